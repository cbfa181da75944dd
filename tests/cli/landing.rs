//! What lands keeps what the user has: mounts, groups, ACLs, owners and modes, at destinations and
//! inside sessions alike, and a dry run says what would be refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{Mounts, Pinned, Sandbox, is_root};

/// A user that owns none of the files.
const OTHER_USER: u32 = 65_534;

/// A session `s1`, and here a file `d`, a program `x` and a tree of both.
fn stage() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for name in ["d", "x", "tree/in/d", "tree/in/x"] {
        let path = sandbox.write(name, "new");
        fs::set_permissions(path, Permissions::from_mode(if name.ends_with('x') { 0o755 } else { 0o644 })).unwrap();
    }
    sandbox.run(["files", "upload", "tree", "s1:/tree"]).ok();
    sandbox
}

/// Both directions: where a tree with `in/d` and `in/x` lands, and the command that lands it.
fn both(sandbox: &Sandbox) -> [(PathBuf, [&'static str; 4]); 2] {
    [
        (sandbox.inside("s1", "to"), ["files", "upload", "tree", "s1:/to"]),
        (sandbox.path("to"), ["files", "download", "s1:/tree", "to"]),
    ]
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn mounts_below_a_destination_and_inside_a_session_are_written_to() {
    let sandbox = stage();
    let id = sandbox.stored("stored", "stored");
    for (to, args) in both(&sandbox) {
        fs::create_dir_all(to.join("in")).unwrap();
        let at = to.join("in").display().to_string();
        let mounts = Mounts::new(&format!("mount -t tmpfs tmpfs '{at}'"));
        let run = |args: &[&str]| mounts.with(sandbox.wharf(args)).run();
        for dry_run in [&["--dry-run"][..], &[]] {
            run(&[&args[..], dry_run].concat()).ok();
            // A second time, over what is there.
            run(&[&args[..], dry_run].concat()).ok();
        }
        mounts
            .run(&format!("cd '{at}'; test \"$(ls -A)\" = \"$(printf 'd\\nx')\"; test -x x; test \"$(cat d)\" = new"));
        assert!(sandbox.tree("").iter().all(|name| !name.contains(".wharf-")));
        if args[1] == "upload" {
            run(&["resources", "add", "s1", &format!("{id}:/to/in/deep/mount")]).ok();
            assert_eq!(run(&["files", "cat", "s1:/to/in/deep/mount"]).ok().stdout(), "stored");
            run(&["resources", "delete", "s1", "--mount-path", "/to/in/deep/mount"]).ok();
            run(&["files", "mv", "s1:/to/in/d", "s1:/to/in/deep/e"]).ok();
            run(&["files", "rm", "-r", "s1:/to/in/deep", "s1:/to/in/x"]).ok();
            mounts.run(&format!("test -z \"$(ls -A '{at}')\""));
        }
    }
}

#[test]
fn times_that_no_calendar_has_stop_nothing() {
    let sandbox = stage();
    let mounts = Mounts::tmpfs(&sandbox.path("fs"), "size=8m");
    let at = sandbox.path("fs");
    // The lowest and the highest time that tmpfs stores.
    mounts.run(&format!(
        "cd '{}'; mkdir -p tree/d; echo low >tree/d/low; echo high >tree/d/high
        touch -d @9223372036854775807 tree/d/high; touch -d @-9223372036854775808 tree/d/low tree/d tree",
        at.display()
    ));
    let run = |args: &[&str]| {
        let call = sandbox.wharf(args).env("WHARF_HOME", at.join("home")).cwd(&at);
        mounts.with(call).run()
    };
    run(&["sessions", "create", "--id", "s2"]).ok();
    run(&["files", "upload", "tree", "s2:/tree"]).ok();
    let inside = run(&["sessions", "get", "s2", "--transform", "provider.path", "-r"]).ok().stdout().to_owned();
    mounts.run(&format!("cd '{}'; touch -d @-9223372036854775808 tree/d/low tree/d tree", inside.trim_end()));
    let listed = run(&["files", "ls", "s2:/", "-R", "--transform", "path"]);
    assert_eq!(listed.ok().stdout().matches("/tree").count(), 4, "{}", listed.stdout());
    run(&["files", "stat", "s2:/tree/d/low"]).ok();
    run(&["files", "download", "s2:/tree", "back"]).ok();
    run(&["files", "sync", "s2:/tree", "back"]).ok();
    assert_eq!(mounts.run(&format!("cat '{}'/back/d/*", at.display())), "high\nlow\n");
    run(&["files", "rm", "-r", "s2:/tree"]).ok();
    run(&["sessions", "delete", "s2"]).ok();
}

#[test]
fn a_file_that_is_a_mount_point_is_refused_with_what_to_do() {
    let sandbox = stage();
    let mine = sandbox.write("mine", "mine");
    for (to, args) in both(&sandbox) {
        fs::create_dir_all(to.join("in")).unwrap();
        fs::write(to.join("in/d"), "").unwrap();
        let script = format!("mount --bind '{}' '{}'", mine.display(), to.join("in/d").display());
        let mounts = Mounts::new(&script);
        for dry_run in [&["--dry-run"][..], &[]] {
            let run = mounts.with(sandbox.wharf([&args[..], dry_run].concat())).run();
            let done = if dry_run.is_empty() { "in/x copied" } else { "in/x planned" };
            let prefix = if args[1] == "upload" { "s1:/to" } else { "to" };
            assert_eq!(run.code(10).outcomes(prefix), ["in/d failed conflict", done]);
            assert!(run.says(&["the file is a mount point", "hint: "]).stderr().contains("1 failed"));
        }
        assert_eq!(sandbox.read("mine"), "mine");
    }
}

#[test]
fn what_is_new_gets_the_group_of_a_setgid_directory() {
    let sandbox = stage();
    // A group that is not the one of new files elsewhere: any for root, another one of the user's where there is one.
    let own = fs::metadata(sandbox.path("d")).unwrap().gid();
    let groups = Command::new("id").arg("-G").output().unwrap().stdout;
    let groups = String::from_utf8(groups).unwrap();
    let another = groups.split_whitespace().map(|gid| gid.parse::<u32>().unwrap()).find(|gid| *gid != own);
    let group = if is_root() { 1234 } else { another.unwrap_or(own) };
    for (to, args) in both(&sandbox) {
        fs::create_dir_all(&to).unwrap();
        chown(&to, None, Some(group)).unwrap();
        fs::set_permissions(&to, Permissions::from_mode(0o2775)).unwrap();
        sandbox.run(args).ok();
        sandbox.run(args).ok();
        for name in ["in", "in/d", "in/x"] {
            assert_eq!(fs::metadata(to.join(name)).unwrap().gid(), group, "{name} of {args:?}");
        }
        assert_eq!(mode(&to.join("in")) & 0o2000, 0o2000, "what is made below goes on with it");
    }
    let to = sandbox.inside("s1", "to");
    sandbox.run(["files", "mkdir", "s1:/to/m", "--mode", "750"]).ok();
    assert_eq!((mode(&to.join("m")), fs::metadata(to.join("m")).unwrap().gid()), (0o2750, group));
}

#[test]
fn a_replaced_file_keeps_its_read_and_write_bits_and_never_gets_others() {
    let sandbox = stage();
    // Of the file that is there, and what a plain file and a program make of it.
    let cases = [(0o600, 0o600, 0o700), (0o664, 0o664, 0o775), (0o755, 0o644, 0o755), (0o6711, 0o600, 0o700)];
    for (to, args) in both(&sandbox) {
        for (before, plain, program) in cases {
            fs::create_dir_all(to.join("in")).unwrap();
            for name in ["in/d", "in/x"] {
                fs::write(to.join(name), "old").unwrap();
                fs::set_permissions(to.join(name), Permissions::from_mode(before)).unwrap();
            }
            sandbox.run(args).ok();
            let modes = (mode(&to.join("in/d")), mode(&to.join("in/x")));
            assert_eq!(modes, (plain, program), "{before:o} of {args:?}");
            assert_eq!(fs::read_to_string(to.join("in/d")).unwrap(), "new");
        }
        // A link that is replaced gives nothing of what it leads to.
        let outside = sandbox.write("outside", "old");
        fs::set_permissions(&outside, Permissions::from_mode(0o600)).unwrap();
        fs::remove_file(to.join("in/d")).unwrap();
        std::os::unix::fs::symlink(&outside, to.join("in/d")).unwrap();
        sandbox.run(args).ok();
        assert_eq!((mode(&to.join("in/d")), sandbox.read("outside").as_str()), (0o644, "old"));
    }
}

#[test]
fn a_replaced_file_keeps_its_owner_so_that_an_agent_can_go_on_writing() {
    let sandbox = stage();
    // Only root can give a file to another user; for everyone else it stays with the user.
    let user = fs::metadata(sandbox.path("d")).unwrap();
    let (uid, gid) = if is_root() { (OTHER_USER, OTHER_USER) } else { (user.uid(), user.gid()) };
    for (to, args) in both(&sandbox) {
        fs::create_dir_all(to.join("in")).unwrap();
        fs::write(to.join("in/d"), "old").unwrap();
        fs::set_permissions(to.join("in/d"), Permissions::from_mode(0o600)).unwrap();
        chown(to.join("in/d"), Some(uid), Some(gid)).unwrap();
        sandbox.run(args).ok();
        let meta = fs::metadata(to.join("in/d")).unwrap();
        assert_eq!((meta.uid(), meta.gid(), mode(&to.join("in/d"))), (uid, gid, 0o600), "{args:?}");
        // What is new belongs to the one who runs wharf.
        assert_eq!(fs::metadata(to.join("in/x")).unwrap().uid(), user.uid());
    }
}

/// An ACL as the kernel has it in an extended attribute: `acl(5)`, `posix_acl_xattr.h`. The user
/// `OTHER_USER` may read and write, and so may the group; other users have no access.
#[cfg(target_os = "linux")]
fn acl() -> Vec<u8> {
    const NONE: u32 = u32::MAX;
    let entries = [(1_u16, 6_u16, NONE), (2, 6, OTHER_USER), (4, 6, NONE), (0x10, 6, NONE), (0x20, 0, NONE)];
    let mut bytes = 2_u32.to_le_bytes().to_vec();
    for (tag, bits, id) in entries {
        bytes.extend([&tag.to_le_bytes()[..], &bits.to_le_bytes(), &id.to_le_bytes()].concat());
    }
    bytes
}

#[cfg(target_os = "linux")]
fn acl_of(path: &Path) -> Option<Vec<u8>> {
    let mut buffer = [0; 256];
    let length = rustix::fs::getxattr(path, "system.posix_acl_access", &mut buffer[..]).ok()?;
    Some(buffer[..length].to_vec())
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_new_gets_the_acl_of_its_directory_and_what_is_replaced_keeps_its_own() {
    let sandbox = stage();
    for (to, args) in both(&sandbox) {
        fs::create_dir_all(to.join("in")).unwrap();
        rustix::fs::setxattr(to.join("in"), "system.posix_acl_default", &acl(), rustix::fs::XattrFlags::empty())
            .expect("a file system that has ACLs");
        sandbox.run(args).ok();
        assert_eq!(acl_of(&to.join("in/d")), Some(acl()), "{args:?}");
        assert_eq!(mode(&to.join("in/d")), 0o660, "the directory decides");
        // Another ACL, of a file whose directory gives none.
        rustix::fs::removexattr(to.join("in"), "system.posix_acl_default").unwrap();
        sandbox.run(args).ok();
        assert_eq!(acl_of(&to.join("in/d")), Some(acl()), "{args:?}");
    }
}

#[test]
fn files_of_the_user_that_look_like_unfinished_ones_stay() {
    let sandbox = stage();
    let names = [".wharf-0123456789abcdef", ".wharf-0123456789abcdef-0123456789abcdef", ".wharf-x"];
    for (to, args) in both(&sandbox) {
        for name in names {
            for below in [name.to_owned(), format!("in/{name}")] {
                fs::create_dir_all(to.join("in")).unwrap();
                fs::write(to.join(below), "mine").unwrap();
            }
        }
        sandbox.run(args).ok();
        for name in names {
            for below in [name.to_owned(), format!("in/{name}")] {
                assert_eq!(fs::read_to_string(to.join(&below)).unwrap(), "mine", "{below} of {args:?}");
            }
        }
    }
    // They are shown, sent and fetched like any other.
    let shown = sandbox.paths("s1:/to");
    assert!(names.iter().all(|name| shown.contains(&format!("/to/in/{name}"))), "{shown:?}");
    assert_eq!(sandbox.run(["files", "upload", "to", "s1:/again"]).ok().json().as_array().unwrap().len(), 8);
}

#[test]
fn a_dry_run_predicts_what_the_disk_refuses() {
    let sandbox = stage();
    fs::create_dir_all(sandbox.path("shut/in")).unwrap();
    let inside = sandbox.inside("s1", "shut/in");
    fs::create_dir_all(&inside).unwrap();
    let _pinned = [sandbox.path("shut/in"), inside].map(Pinned::new);
    let commands: [&[&str]; 6] = [
        &["files", "download", "s1:/tree", "shut"],
        &["files", "download", "s1:/tree/in/d", "shut/in/d"],
        &["files", "download", "s1:/tree", "shut/in/new/dir"],
        &["files", "upload", "tree", "s1:/shut"],
        &["files", "upload", "d", "s1:/shut/in/d"],
        &["files", "upload", "d", "s1:/shut/in/new/d"],
    ];
    for args in commands {
        let predicted = sandbox.run([args, &["--dry-run"]].concat());
        let done = sandbox.run(args);
        assert_eq!(predicted.code(12).json(), done.code(12).json(), "{args:?}");
        assert!(sandbox.tree("shut") == ["in/"], "{args:?}");
    }
}

#[test]
fn a_dry_run_predicts_a_read_only_disk() {
    let sandbox = stage();
    let disk = sandbox.path("disk");
    let mounts = Mounts::tmpfs(&disk, "size=1m");
    mounts.run(&format!("echo old >'{0}/there'; mount -o remount,bind,ro '{0}'", disk.display()));
    for to in ["disk/there", "disk/new", "disk/deep/new"] {
        for extra in [&["--dry-run"][..], &[]] {
            let run = mounts.with(sandbox.wharf([&["files", "download", "s1:/tree/in/d", to], extra].concat())).run();
            run.code(12).says(&["read-only"]);
        }
    }
}
