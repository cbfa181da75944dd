//! The weaknesses that other tools that copy files became known for, each tried on this one.
//!
//! A test bears the numbers of the weakness, and its comment says what that was. Those that need
//! another program to be fast are in `tests/swap.rs`.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::outside::{Outside, SECRET, assert_no_link, assert_no_secret, assert_silent};
use crate::sandbox::{Sandbox, WHARF, tree};

/// A sandbox with a session `s1`, a file `mine`, and something outside that nothing may touch.
fn stage() -> (Sandbox, Outside) {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox.write("mine", "mine");
    let outside = Outside::new(&sandbox);
    (sandbox, outside)
}

/// Another program in the session makes a link.
fn plant(sandbox: &Sandbox, at: &str, target: impl AsRef<Path>) {
    let path = sandbox.inside("s1", at);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink(target, path).unwrap();
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Gives every stored file another name behind the command's back.
fn rename_stored(sandbox: &Sandbox, name: &str) {
    let database = Connection::open(sandbox.store().join("wharf.db")).unwrap();
    database.execute("UPDATE stored_file SET filename = ?1", [name]).unwrap();
}

/// `kubectl cp`, the archivers of "Zip Slip" and GNU tar wrote where a `..` in a name led them.
#[test]
fn cve_2018_1002100_cve_2018_1002200_cve_2007_4131_a_name_with_dots_in_it_lands_nowhere() {
    let (sandbox, outside) = stage();
    let id = sandbox.stored("good", "evil");
    for name in ["../outside/victim", "a/../../outside/victim", "..//../outside/victim", "..", "x/..", "../new"] {
        rename_stored(&sandbox, name);
        fs::create_dir_all(sandbox.path("here")).unwrap();
        sandbox.wharf(["files", "download", &id]).cwd(sandbox.path("here")).run().code(5);
        sandbox.run(["files", "download", &id, "here/"]).code(5);
        sandbox.run(["files", "download", &id, "--into", "here"]).code(5);
        sandbox.run(["resources", "add", "s1", &id]).code(2);
        assert_eq!(sandbox.tree("here"), [""; 0], "{name}");
    }
    for name in ["..\\..\\outside\\victim", "%2e%2e%2foutside%2fvictim", "..:outside"] {
        sandbox.put(&format!("s1:/t/{name}"), "a name");
    }
    sandbox.run(["files", "download", "s1:/t", "here"]).ok();
    assert_eq!(sandbox.tree("here").len(), 3, "what only looks like a path is a name");
    assert!(!sandbox.path("new").exists());
    outside.assert_untouched();
}

/// `kubectl cp`, wget and p7zip made a link that came, and then wrote through it.
#[test]
fn cve_2019_1002101_cve_2014_4877_cve_2015_1038_a_link_that_comes_is_never_made() {
    let (sandbox, outside) = stage();
    for (name, target) in [("dir", outside.path("")), ("file", outside.path("victim")), ("new", outside.path("new"))] {
        plant(&sandbox, &format!("t/{name}"), target);
    }
    plant(&sandbox, "t/up", "../../../../work/outside");
    let run = sandbox.run(["files", "download", "s1:/t", "to"]);
    assert_silent(run.code(5));
    assert!(!sandbox.path("to").exists());
    fs::remove_dir_all(sandbox.inside("s1", "t")).unwrap();
    for name in ["dir/victim", "up/victim", "file", "new"] {
        sandbox.put(&format!("s1:/t/{name}"), "evil");
    }
    sandbox.run(["files", "download", "s1:/t", "to"]).ok();
    assert_no_link(&sandbox.path("to"));
    outside.assert_untouched();
}

/// After that was mended, `kubectl cp` still wrote through links that were there already.
#[test]
fn cve_2019_11246_cve_2019_11249_a_download_through_a_planted_link_stays_inside() {
    let (sandbox, outside) = stage();
    for name in ["d/victim", "sub/deep/new", "f", "gone"] {
        sandbox.put(&format!("s1:/t/{name}"), "evil");
    }
    for flag in ["overwrite", "update", "skip", "error"] {
        let to = format!("to-{flag}");
        fs::create_dir_all(sandbox.path(&to)).unwrap();
        for (name, target) in [("d", ""), ("sub", "sub"), ("f", "f"), ("gone", "gone")] {
            symlink(outside.path(target), sandbox.path(&to).join(name)).unwrap();
        }
        assert_silent(&sandbox.run(["files", "download", "s1:/t", &to, "--if-exists", flag]));
        outside.assert_untouched();
        assert_no_secret(&sandbox.path(&to));
    }
    assert_eq!((sandbox.read("to-overwrite/f"), sandbox.read("to-overwrite/gone")), ("evil".into(), "evil".into()));
}

/// The same, where a name comes from the other side and only the directory for it was chosen.
#[test]
fn cve_2019_11246_a_link_that_was_not_named_is_not_written_through() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/t/f", "evil");
    let id = sandbox.stored("f", "evil");
    for args in [&["s1:/t/f", "to/"][..], &["s1:/t/f", "--into", "to"], &[&id, "to/"], &[&id, "s1:/t/f/../g", "to"]] {
        for target in ["f", "new"] {
            fs::create_dir_all(sandbox.path("to")).unwrap();
            symlink(outside.path(target), sandbox.path("to/f")).unwrap();
            assert_silent(&sandbox.run(["files", "download"].iter().chain(args)));
            outside.assert_untouched();
            fs::remove_dir_all(sandbox.path("to")).unwrap();
        }
    }
    fs::create_dir_all(sandbox.path("to")).unwrap();
    symlink(outside.path("f"), sandbox.path("to/f")).unwrap();
    sandbox.run(["files", "download", "s1:/t/f", "to/"]).ok();
    assert_eq!(sandbox.read("to/f"), "evil", "the link is replaced");
    symlink(outside.path(""), sandbox.path("to/t")).unwrap();
    sandbox.run(["files", "download", "s1:/t", "--into", "to"]).code(5);
    sandbox.run(["files", "download", "s1:/t", "s1:/t/f", "to"]).code(10);
    outside.assert_untouched();
}

/// `kubectl cp` and `rsync --safe-links` judged each link by itself: two of them led out together.
#[test]
fn cve_2019_11251_cve_2024_12088_links_that_lead_out_together_are_not_followed() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/t/sub/own", "own");
    plant(&sandbox, "t/here", "sub");
    plant(&sandbox, "t/sub/up", "..");
    plant(&sandbox, "t/out", "here/up/../../../../work/outside");
    plant(&sandbox, "t/file", "out/secret");
    let run = sandbox.run(["files", "download", "s1:/t", "copy"]);
    assert_silent(run.code(10));
    for target in ["s1:/t/out/secret", "s1:/t/file", "s1:/t/here/up/out/secret"] {
        assert_silent(sandbox.run(["files", "cat", target]).code(5));
        sandbox.run(["files", "upload", "mine", &format!("{target}/../new")]).code(2);
        sandbox.run(["files", "upload", "mine", "s1:/t/here/up/out/new"]).code(5);
    }
    assert_no_secret(&sandbox.path("copy"));
    // The same links in a source tree, and where a download goes to.
    for root in ["source", "to"] {
        sandbox.write(format!("{root}/sub/own"), "own");
        symlink("sub", sandbox.path(root).join("here")).unwrap();
        symlink("..", sandbox.path(root).join("sub/up")).unwrap();
        symlink("here/up/../outside", sandbox.path(root).join("out")).unwrap();
    }
    assert_silent(sandbox.run(["files", "upload", "source", "s1:/u"]).code(10));
    assert_no_secret(&sandbox.inside("s1", ""));
    sandbox.put("s1:/v/out/victim", "evil");
    sandbox.put("s1:/v/here/up/out/victim", "evil");
    sandbox.run(["files", "download", "s1:/v", "to"]).code(5);
    outside.assert_untouched();
}

/// rsync and node-tar looked at a directory once and wrote to it for long: it had become a link by then.
#[test]
fn cve_2024_12087_cve_2021_32803_a_directory_that_became_a_link_is_not_written_through() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/t/d/f", "one");
    sandbox.run(["files", "download", "s1:/t", "to"]).ok();
    fs::rename(sandbox.path("to/d"), sandbox.path("to/was-d")).unwrap();
    symlink(outside.path("d"), sandbox.path("to/d")).unwrap();
    sandbox.put("s1:/t/d/f", "two");
    sandbox.put("s1:/t/d/victim", "evil");
    sandbox.run(["files", "download", "s1:/t", "to"]).code(5);
    sandbox.write("tree/d/f", "three");
    sandbox.write("tree/d/victim", "evil");
    fs::rename(sandbox.inside("s1", "t/d"), sandbox.inside("s1", "t/was-d")).unwrap();
    plant(&sandbox, "t/d", outside.path("d"));
    sandbox.run(["files", "upload", "tree", "s1:/t"]).code(5);
    outside.assert_untouched();
    assert_eq!((sandbox.read("to/was-d/f"), sandbox.cat("s1:/t/was-d/f")), ("one".into(), "two".into()));
}

/// node-tar took one leading slash from a name, and left `////etc/passwd` absolute.
#[test]
fn cve_2021_32804_a_path_of_many_slashes_stays_inside() {
    let (sandbox, outside) = stage();
    let victim = outside.path("victim");
    let victim = victim.to_str().unwrap();
    for slashes in ["", "/", "///"] {
        let target = format!("s1:{slashes}{victim}");
        sandbox.run(["files", "upload", "mine", &target]).ok();
        assert_eq!(sandbox.cat(&target), "mine");
        sandbox.run(["resources", "add", "s1", &format!("@mine:{slashes}{victim}.{}", slashes.len())]).ok();
    }
    sandbox.run(["files", "download", "s1:/", "to"]).ok();
    assert_eq!(sandbox.read(format!("to{victim}")), "mine");
    let id = sandbox.stored("good", "evil");
    for slashes in ["", "/", "///"] {
        rename_stored(&sandbox, &format!("{slashes}{victim}"));
        sandbox.run(["files", "download", &id, "to/"]).code(5);
        sandbox.run(["files", "download", &id]).code(5);
    }
    outside.assert_untouched();
}

/// node-tar and git took a link and a directory for two things that the disk, which minds neither
/// case nor Unicode form nor the slant of a slash, took for one.
#[test]
fn cve_2021_37701_cve_2021_37712_cve_2021_21300_no_link_is_made_that_a_like_name_could_go_through() {
    let (sandbox, outside) = stage();
    for (dir, link) in [("D", "d"), ("caf\u{e9}", "cafe\u{301}"), ("a", "a\\"), ("a\\b", "A"), ("ss", "\u{df}")] {
        sandbox.put(&format!("s1:/t/{dir}/victim"), "evil");
        plant(&sandbox, &format!("t/{link}"), outside.path(""));
    }
    for _ in 0..2 {
        let run = sandbox.run(["files", "download", "s1:/t", "to"]);
        assert_silent(run.code(10));
        assert_eq!(run.column("status").iter().filter(|status| *status == "copied").count(), 5);
    }
    assert_no_link(&sandbox.path("to"));
    assert_no_secret(&sandbox.path("to"));
    outside.assert_untouched();
}

/// `podman cp` followed a container's links as if they were the host's.
#[test]
fn cve_2019_10152_a_link_in_a_session_does_not_mean_this_machine() {
    let (sandbox, outside) = stage();
    plant(&sandbox, "secret", outside.path("secret"));
    plant(&sandbox, "passwd", "/etc/passwd");
    plant(&sandbox, "dir", outside.path(""));
    for target in ["s1:/secret", "s1:/passwd", "s1:/dir/secret"] {
        for args in [&["cat", target][..], &["download", target, "x"], &["download", target, "-"]] {
            let run = sandbox.run(["files"].iter().chain(args));
            assert_silent(run.code(5));
            assert!(!run.stdout().contains("root:"), "{args:?}");
        }
    }
    assert_eq!(sandbox.run(["files", "stat", "s1:/passwd"]).ok().at("/kind"), "symlink");
    assert!(!sandbox.path("x").exists());
    for args in [
        &["upload", "mine", "s1:/dir/new"][..],
        &["upload", "mine", "s1:/dir/victim"],
        &["mkdir", "s1:/dir/x"],
        &["rm", "s1:/dir/victim"],
        &["rm", "-r", "s1:/dir/sub"],
        &["mv", "s1:/dir/victim", "s1:/stolen"],
        &["mv", "s1:/secret", "s1:/dir/secret"],
    ] {
        sandbox.run(["files"].iter().chain(args)).code(5);
        outside.assert_untouched();
    }
    assert_no_secret(&sandbox.inside("s1", ""));
}

/// A `subPath` of Kubernetes was mounted wherever a link in the volume led to.
#[test]
fn cve_2017_1002101_a_mount_path_does_not_go_through_a_link_that_leads_out() {
    let (sandbox, outside) = stage();
    let id = sandbox.stored("f", "mounted");
    plant(&sandbox, "dir", outside.path(""));
    plant(&sandbox, "victim", outside.path("victim"));
    plant(&sandbox, "gone", outside.path("gone"));
    for path in ["/dir/new", "/dir/victim", "/dir/sub/new", "/dir/new/new", "/victim", "/gone", "/gone/new"] {
        sandbox.run(["resources", "add", "s1", &format!("{id}:{path}")]).code(5);
        outside.assert_untouched();
    }
    assert_eq!(sandbox.run(["resources", "list", "s1"]).ok().stdout(), "[]\n");
    // A mount whose directory became such a link is forgotten, and what is there now stays.
    sandbox.run(["resources", "add", "s1", &format!("{id}:/d/f")]).ok();
    fs::rename(sandbox.inside("s1", "d"), sandbox.inside("s1", "was-d")).unwrap();
    plant(&sandbox, "d", outside.path("d"));
    sandbox.run(["resources", "delete", "s1", "--mount-path", "/d/f"]).ok();
    outside.assert_untouched();
}

/// rclone, containerd and rsync gave the mode, the owner and the times of what they copied to what a
/// link pointed to.
#[test]
fn cve_2024_52522_cve_2021_32760_cve_2026_43619_modes_and_times_do_not_go_through_links() {
    let (sandbox, outside) = stage();
    let tool = sandbox.write("tree/victim", "tool");
    set_mode(&tool, 0o777);
    for name in ["victim", "f"] {
        plant(&sandbox, name, outside.path(name));
    }
    plant(&sandbox, "dir", outside.path("sub"));
    sandbox.run(["files", "upload", "tree", "s1:/"]).ok();
    sandbox.run(["files", "upload", "tree/victim", "s1:/f"]).ok();
    sandbox.run(["files", "mkdir", "--mode", "777", "s1:/dir"]).code(5);
    sandbox.run(["files", "mkdir", "--mode", "777", "s1:/dir/deep"]).code(5);
    fs::create_dir(sandbox.path("to")).unwrap();
    symlink(outside.path("victim"), sandbox.path("to/victim")).unwrap();
    sandbox.run(["files", "download", "s1:/victim", "s1:/f", "to"]).ok();
    assert_eq!(mode(sandbox.path("to/victim")) & 0o111, 0o111);
    outside.assert_untouched();
}

/// GNU tar restored set-user-id bits without a word.
#[test]
fn cve_2005_2541_no_right_but_that_to_run_travels() {
    let (sandbox, _) = stage();
    sandbox.put("s1:/t/d/tool", "tool");
    set_mode(sandbox.inside("s1", "t/d/tool"), 0o6777);
    set_mode(sandbox.inside("s1", "t/d"), 0o7777);
    sandbox.run(["files", "download", "s1:/t", "to"]).ok();
    sandbox.run(["files", "download", "s1:/t/d/tool", "single"]).ok();
    for path in ["to/d/tool", "single"] {
        assert_eq!(mode(sandbox.path(path)) & 0o7111, 0o111, "{path}");
    }
    assert_eq!(mode(sandbox.path("to/d")) & 0o7000, 0);
    let tool = sandbox.write("tree/d/tool", "tool");
    set_mode(&tool, 0o6777);
    set_mode(sandbox.path("tree/d"), 0o7777);
    sandbox.run(["files", "upload", "tree", "s1:/u"]).ok();
    assert_eq!(mode(sandbox.inside("s1", "u/d/tool")), 0o755);
    assert_eq!(mode(sandbox.inside("s1", "u/d")) & 0o7000, 0);
    sandbox.run(["resources", "add", "s1", "@tree/d/tool:/m"]).ok();
    assert_eq!(mode(sandbox.inside("s1", "m")), 0o444);
}

/// Cargo gave files the modes of the archive, whatever the umask forbade.
#[test]
fn cve_2023_38497_the_umask_counts_for_what_is_downloaded() {
    let (sandbox, _) = stage();
    for (name, bits) in [("t/open", 0o666), ("t/tool", 0o777), ("t/d/f", 0o666)] {
        sandbox.put(&format!("s1:/{name}"), name);
        set_mode(sandbox.inside("s1", name), bits);
    }
    set_mode(sandbox.inside("s1", "t/d"), 0o777);
    for (umask, file, tool) in [("077", 0o600, 0o700), ("022", 0o644, 0o755), ("027", 0o640, 0o750)] {
        let script = format!("umask {umask}; exec \"$0\" files download s1:/t to-{umask}");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, WHARF]).env_clear().envs(sandbox.environment()).current_dir(sandbox.path(""));
        assert!(command.output().unwrap().status.success());
        let of = |name: &str| mode(sandbox.path(format!("to-{umask}/{name}")));
        assert_eq!((of("open"), of("tool"), of("d/f"), of("d"), of("")), (file, tool, file, tool, tool), "{umask}");
    }
}

/// A server of scp or rsync sent other files than those that were asked for, and the client took them.
#[test]
fn cve_2019_6111_cve_2022_29154_what_was_not_asked_for_does_not_come() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/wanted", "wanted");
    sandbox.put("s1:/unwanted", "unwanted");
    sandbox.put("s1:/became/a/tree", "unwanted");
    let id = sandbox.stored("good", "stored");
    rename_stored(&sandbox, "mine");
    fs::create_dir(sandbox.path("here")).unwrap();
    let get = |args: &[&str]| sandbox.wharf(["files", "download"].iter().chain(args)).cwd(sandbox.path("here")).run();
    get(&["s1:/wanted"]).ok();
    get(&["s1:/became"]).code(2);
    get(&[&id, "chosen"]).ok();
    get(&["s1:/wanted", "also"]).ok();
    assert_eq!(sandbox.tree("here"), ["also", "chosen", "wanted"]);
    assert_eq!(sandbox.read("mine"), "mine");
    outside.assert_untouched();
}

/// A server of scp changed the mode of the directory that files came to, under the name `.` or none.
#[test]
fn cve_2018_20685_the_directory_that_files_come_to_stays_as_it_is() {
    let (sandbox, _) = stage();
    let here = sandbox.path("here");
    fs::create_dir(&here).unwrap();
    set_mode(&here, 0o700);
    let before = fs::metadata(&here).unwrap();
    let id = sandbox.stored("good", "evil");
    for name in [".", "", "./", "./."] {
        rename_stored(&sandbox, name);
        sandbox.wharf(["files", "download", &id]).cwd(&here).run().code(5);
        sandbox.run(["files", "download", &id, "here/"]).code(5);
        sandbox.run(["files", "download", &id, "--into", "here"]).code(5);
    }
    let after = fs::metadata(&here).unwrap();
    assert_eq!((mode(&here), after.modified().unwrap()), (0o700, before.modified().unwrap()));
    sandbox.run(["files", "mkdir", "s1:/t"]).ok();
    set_mode(sandbox.inside("s1", "t"), 0o777);
    sandbox.run(["files", "download", "s1:/t", "here"]).ok();
    sandbox.run(["files", "download", "s1:/t/", "here/."]).ok();
    assert_eq!(mode(&here), 0o700);
}

/// A server of scp wrote to the terminal: in the names of files, and in what it had to say.
#[test]
fn cve_2019_6109_cve_2019_6110_names_do_not_write_to_the_terminal() {
    const EVIL: &str = "x\u{1b}]0;title\u{7}\u{1b}[2K\r\u{202e}y";
    let (sandbox, _) = stage();
    sandbox.write(format!("tree/{EVIL}"), vec![1; 3_000_000]);
    sandbox.write(format!("tree/{EVIL}2"), "small");
    let script = r#"exec 2>&1
        "$0" files upload tree s1:/t; "$0" files ls s1:/t; "$0" files ls -R s1:/ -q; "$0" files ls -R s1:/ --format json
        "$0" files stat "s1:/t/$1"; "$0" files download s1:/t to; "$0" files download "s1:/t/$1/no" to
        "$0" files cat "s1:/$1"; "$0" files mv "s1:/t/$1" "s1:/no/$1"; "$0" files rm "s1:/t/$1"; "$0" files ls "$1:/""#;
    let mut command = Command::new("script");
    command.args(["-qec", r#"/bin/sh -c "$SCRIPT" "$WHARF" "$EVIL""#, "/dev/null"]);
    command.env_clear().envs(sandbox.environment()).envs([("SCRIPT", script), ("WHARF", WHARF), ("EVIL", EVIL)]);
    command.env("TERM", "xterm").env("SHELL", "/bin/sh").current_dir(sandbox.path(""));
    let output = command.stdin(std::process::Stdio::null()).output().expect("`script` of util-linux, for a terminal");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.matches("]0;title").count() > 10, "the names were shown: {said:?}");
    for evil in ["\u{1b}]0;", "\u{7}", "\u{202e}", "title\u{1b}"] {
        assert!(!said.contains(evil), "{evil:?} in {said:?}");
    }
}

/// A server of wget or curl chose the name of what came, and it replaced a file of that name.
#[test]
fn cve_2016_4971_cve_2020_8177_a_name_from_the_other_side_replaces_nothing() {
    let (sandbox, outside) = stage();
    sandbox.put("s1:/.bashrc", "evil");
    let id = sandbox.stored(".bashrc", "evil");
    let rc = sandbox.path(".bashrc");
    for target in ["s1:/.bashrc", &id] {
        sandbox.write(".bashrc", "mine");
        sandbox.run(["files", "download", target]).code(5);
        assert_eq!(sandbox.read(".bashrc"), "mine");
        for link in ["victim", "new"] {
            fs::remove_file(&rc).unwrap();
            symlink(outside.path(link), &rc).unwrap();
            sandbox.run(["files", "download", target]).code(5);
            assert!(rc.is_symlink());
        }
        fs::remove_file(&rc).unwrap();
    }
    outside.assert_untouched();
}

/// libarchive and node-tar wrote into the other names of a file: hard links.
#[test]
fn cve_2016_5418_cve_2026_26960_a_file_with_another_name_outside_is_replaced_not_written_to() {
    let (sandbox, outside) = stage();
    for name in ["a", "b", "c"] {
        fs::hard_link(outside.path("victim"), sandbox.inside("s1", name)).unwrap();
    }
    let tool = sandbox.write("tool", "tool");
    set_mode(&tool, 0o755);
    sandbox.run(["files", "upload", "tool", "s1:/a"]).ok();
    sandbox.put("s1:/own", "own");
    sandbox.run(["files", "mv", "s1:/own", "s1:/b"]).ok();
    sandbox.run(["resources", "add", "s1", "@mine:/c"]).code(5);
    sandbox.run(["files", "rm", "s1:/c"]).ok();
    outside.assert_untouched();
    fs::create_dir(sandbox.path("to")).unwrap();
    for name in ["a", "single", "c"] {
        fs::hard_link(outside.path("victim"), sandbox.path("to").join(name)).unwrap();
    }
    sandbox.run(["files", "download", "s1:/", "to"]).ok();
    sandbox.run(["files", "download", "s1:/a", "to/single"]).ok();
    assert_eq!((sandbox.read("to/a"), sandbox.read("to/single")), ("tool".into(), "tool".into()));
    outside.assert_untouched();
}

/// Perl's `Archive::Tar` wrote a file through a link of the same name.
#[test]
fn cve_2018_12015_an_upload_replaces_a_link_and_does_not_write_through_it() {
    let (sandbox, outside) = stage();
    for name in ["victim", "new", "d"] {
        plant(&sandbox, &format!("t/{name}"), outside.path(name));
    }
    for name in ["victim", "new", "d/f"] {
        sandbox.write(format!("tree/{name}"), "mine");
    }
    for flag in ["error", "skip", "update", "overwrite"] {
        assert_silent(&sandbox.run(["files", "upload", "tree", "s1:/t", "--if-exists", flag]));
        outside.assert_untouched();
        assert!(!outside.path("new").exists());
    }
    assert_eq!((sandbox.cat("s1:/t/victim"), sandbox.cat("s1:/t/new")), ("mine".into(), "mine".into()));
    assert!(sandbox.inside("s1", "t/d").is_symlink());
}

/// Rust's own `remove_dir_all` went through links to directories, and so did many an `rm -r`.
#[test]
fn cve_2022_21658_a_removal_takes_links_and_not_what_they_point_to() {
    let (sandbox, outside) = stage();
    for at in ["t/dir", "t/sub/dir", "t/sub/deep/dir", "root"] {
        plant(&sandbox, at, outside.path(""));
    }
    plant(&sandbox, "t/up", "../../../../work/outside");
    sandbox.run(["files", "rm", "-r", "s1:/t/dir/"]).ok();
    outside.assert_untouched();
    sandbox.run(["files", "rm", "-r", "s1:/t"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/root"]);
    outside.assert_untouched();
    sandbox.run(["sessions", "delete", "s1"]).ok();
    outside.assert_untouched();
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

/// Python's `tarfile` resolved links until the path was too long, and took the rest on trust.
#[test]
fn cve_2025_4517_a_link_whose_real_path_is_too_long_leads_nowhere() {
    let (sandbox, outside) = stage();
    // A link shortens the first half of a path of more than 4096 bytes; at its end another leads out.
    let build = |root: &Path| {
        let half = |letters: &str| letters.chars().map(|c| c.to_string().repeat(247) + "/").collect::<String>();
        let (first, second) = (half("abcdefghijklm"), half("nopqrst"));
        fs::create_dir_all(root.join(&first)).unwrap();
        symlink(first, root.join("half")).unwrap();
        let end = format!("half/{second}");
        fs::create_dir_all(root.join(&end)).unwrap();
        symlink("../".repeat(20), root.join(&end).join("up")).unwrap();
        symlink(format!("{end}up/../outside/secret"), root.join("escape")).unwrap();
        symlink(format!("{end}up/../outside"), root.join("escape-dir")).unwrap();
    };
    fs::create_dir(sandbox.path("tree")).unwrap();
    build(&sandbox.path("tree"));
    assert!(fs::read_to_string(sandbox.path("tree/escape")).unwrap().contains(SECRET), "the trap is set");
    assert_silent(&sandbox.run(["files", "upload", "tree", "s1:/t"]));
    assert_no_secret(&sandbox.inside("s1", ""));
    sandbox.run(["sessions", "create", "--id", "s2"]).ok();
    let inside = sandbox.inside("s2", "");
    symlink(outside.path(""), inside.parent().unwrap().join("outside")).unwrap();
    build(&inside);
    assert!(fs::read_to_string(inside.join("escape")).unwrap().contains(SECRET), "the trap is set");
    for args in [&["download", "s2:/", "to"][..], &["cat", "s2:/escape"], &["upload", "mine", "s2:/escape-dir/new"]] {
        let run = sandbox.run(["files"].iter().chain(args));
        assert_silent(&run);
        assert_ne!(run.stderr(), "", "{args:?}");
    }
    if sandbox.path("to").exists() {
        assert!(!tree(&sandbox.path("to")).iter().any(|name| name.contains("secret")));
    }
    outside.assert_untouched();
}
