//! What is deleted is gone, or the command says what is left and where; and nothing about one session
//! is in the way of another.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::sandbox::{Call, Mounts, Pinned, Run, Sandbox, is_root, wait_until};

/// A user that owns none of the files.
const OTHER_USER: u32 = 65_534;

/// One check of `doctor`.
fn check(doctor: &Run, name: &str) -> Value {
    let checks = doctor.json();
    checks.as_array().unwrap().iter().find(|check| check["check"] == name).unwrap().clone()
}

/// A session `s1` with a file of its own, and something of the user mounted at `/tree/deep/mine`.
struct Stage {
    sandbox: Sandbox,
    mounts: Mounts,
}

impl Stage {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.run(["sessions", "create", "--id", "s1"]).ok();
        sandbox.put("s1:/tree/own", "own");
        sandbox.write("mine/precious", "precious");
        sandbox.write("f", "new");
        let (mine, at) = (sandbox.path("mine"), sandbox.inside("s1", "tree/deep/mine"));
        fs::create_dir_all(&at).unwrap();
        let mounts = Mounts::new(&format!("mount --bind '{}' '{}'", mine.display(), at.display()));
        Stage { sandbox, mounts }
    }

    fn wharf(&self, args: &[&str]) -> Call {
        self.mounts.with(self.sandbox.wharf(args))
    }

    fn run(&self, args: &[&str]) -> Run {
        self.wharf(args).run()
    }

    fn unmount(&self) {
        self.mounts.run(&format!("umount '{}'", self.sandbox.inside("s1", "tree/deep/mine").display()));
    }
}

#[test]
fn a_tree_is_removed_around_a_mount_whose_content_stays() {
    let stage = Stage::new();
    let run = stage.run(&["files", "rm", "-r", "s1:/tree"]);
    run.code(12).says(&["removing `s1:/tree`", "s1/tree/deep/mine`: it is a mount point", "hint: "]);
    assert_eq!(run.json(), serde_json::json!([]), "nothing says that it was deleted");
    assert_eq!(
        stage.run(&["files", "ls", "-R", "s1:/", "-q"]).ok().lines(),
        ["s1:/tree", "s1:/tree/deep", "s1:/tree/deep/mine", "s1:/tree/deep/mine/precious"]
    );
    // Neither is the mount itself removed, nor anything behind it unless it is named.
    stage.run(&["files", "rm", "-r", "s1:/tree/deep/mine"]).code(12).says(&["it is a mount point"]);
    assert_eq!(stage.sandbox.read("mine/precious"), "precious");
    let run = stage.run(&["files", "mv", "s1:/tree/deep/mine/precious", "s1:/here"]);
    run.code(5).says(&["a mount point is between", "hint: copy it: `wharf files download s1:/tree/deep"]);
    stage.run(&["files", "rm", "s1:/tree/deep/mine/precious"]).ok();
    assert!(stage.sandbox.tree("mine").is_empty());
    stage.unmount();
    stage.run(&["files", "rm", "-r", "s1:/tree"]).ok();
    assert!(stage.sandbox.paths("s1:/").is_empty());
    assert!(stage.sandbox.unfinished().is_empty());
}

#[test]
fn a_session_that_cannot_be_removed_stays_visible_and_blocks_no_other() {
    let stage = Stage::new();
    let left = "s1/tree/deep/mine`: it is a mount point";
    stage.run(&["sessions", "delete", "s1"]).code(12).says(&["`s1` is deleted, but not everything", left, "hint: "]);
    assert!(!stage.sandbox.inside("s1", "tree/own").exists(), "what can be removed is removed");
    assert_eq!(stage.sandbox.read("mine/precious"), "precious");

    stage.run(&["sessions", "create", "--id", "s2"]).ok();
    stage.run(&["files", "upload", "f", "s2:/f"]).ok();
    let listed = stage.run(&["sessions", "list"]);
    assert_eq!(
        (listed.ok().column("id"), listed.column("status")),
        (vec!["s2".to_owned(), "s1".to_owned()], vec!["running".to_owned(), "deleting".to_owned()])
    );
    assert!(listed.at("/1/provider/deletion_error").as_str().unwrap().ends_with(left));
    assert!(stage.run(&["sessions", "get", "s1"]).ok().at("/provider/deletion_error").is_string());
    stage.run(&["sessions", "wait", "s1"]).code(5).says(&["is deleting and will not change"]);
    for (status, ids) in [("deleting", "s1\n"), ("running", "s2\n"), ("stopped", "")] {
        assert_eq!(stage.run(&["sessions", "list", "--status", status, "-q"]).ok().stdout(), ids, "{status}");
    }
    // It can be deleted, and nothing else.
    let others: [&[&str]; 6] = [
        &["sessions", "create", "--id", "s1"],
        &["sessions", "label", "s1", "a=b"],
        &["sessions", "touch", "s1"],
        &["files", "ls", "s1:/"],
        &["files", "upload", "f", "s1:/f"],
        &["files", "rm", "-r", "s1:/tree"],
    ];
    for args in others {
        stage.run(args).code(5).says(&["not everything could be removed", left]);
    }
    for args in [&["sessions", "delete", "s1"][..], &["sessions", "delete", "--missing-ok", "s1"]] {
        let run = stage.run(args);
        assert_eq!(run.code(12).json(), serde_json::json!([]), "nothing says that it was deleted");
    }
    stage.run(&["sessions", "delete", "s1", "s2"]).code(10).says(&["1 of 2"]);
    let doctor = stage.run(&["doctor"]);
    let removals = check(doctor.code(10), "removals");
    assert!(removals["detail"].as_str().unwrap().contains("of the session `s1`: `"), "{removals}");
    assert!(removals["detail"].as_str().unwrap().contains(left), "{removals}");

    // Another command tries again.
    stage.unmount();
    stage.run(&["sessions", "create", "--id", "s3"]).ok();
    assert_eq!(stage.run(&["sessions", "list", "-q"]).ok().stdout(), "s3\n");
    stage.run(&["doctor"]).ok();
    assert_eq!(stage.sandbox.read("mine/precious"), "precious");
}

#[test]
fn a_session_whose_directory_is_a_mount_point_is_emptied_and_stays_visible() {
    let sandbox = Sandbox::new();
    for id in ["s1", "s2"] {
        sandbox.run(["sessions", "create", "--id", id, "--ttl", "1s"]).ok();
    }
    let at = |id: &str| sandbox.inside(id, "").display().to_string();
    let script = format!("mount -t tmpfs tmpfs '{}'; mount -t tmpfs tmpfs '{}'", at("s1"), at("s2"));
    let mounts = Mounts::new(&script);
    let run = |args: &[&str]| mounts.with(sandbox.wharf(args)).run();
    mounts.run(&format!("mkdir '{0}/d'; echo x > '{0}/d/f'", at("s1")));
    run(&["sessions", "delete", "s1"]).code(12).says(&["sessions/s1`: it is a mount point"]);
    mounts.run(&format!("test -z \"$(ls -A '{}')\"", at("s1")));
    // The other session expires without a request to delete it.
    wait_until("it has expired", || run(&["sessions", "get", "s2"]).one_of(&[0, 4]).stdout().is_empty());
    run(&["sessions", "create", "--id", "s3"]).ok();
    assert_eq!(
        run(&["sessions", "list", "--transform", "status", "-r"]).ok().lines(),
        ["running", "deleting", "deleting"]
    );
    run(&["sessions", "delete", "--missing-ok", "s2"]).code(12).says(&["sessions/s2`: it is a mount point"]);
    drop(mounts);
    sandbox.run(["sessions", "delete", "s1", "s2", "s3"]).ok();
    sandbox.run(["doctor"]).ok();
}

/// A process that is stopped, or waits for a pipe, keeps its lock.
#[test]
fn a_session_that_another_process_works_in_keeps_no_creation_waiting() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1", "--ttl", "1s"]).ok();
    let inside = fs::File::open(sandbox.inside("s1", "")).unwrap();
    inside.lock_shared().unwrap();
    wait_until("it has expired", || sandbox.run(["sessions", "get", "s1"]).one_of(&[0, 4]).stdout().is_empty());
    sandbox.run(["sessions", "create", "--id", "s2"]).ok();
    assert!(sandbox.store().join("sessions/s1").exists());
    let removals = check(sandbox.run(["doctor"]).code(10), "removals");
    assert!(removals["detail"].as_str().unwrap().contains("of the session `s1`: another process"), "{removals}");
    drop(inside);
    sandbox.run(["sessions", "create", "--id", "s3"]).ok();
    assert!(!sandbox.store().join("sessions/s1").exists());
    sandbox.run(["doctor"]).ok();
}

#[test]
fn a_server_of_a_store_goes_on_beside_a_session_that_cannot_be_removed() {
    let stage = Stage::new();
    stage.run(&["sessions", "delete", "s1"]).code(12);
    let store = stage.sandbox.store();
    let args = ["serve", "--store", store.to_str().unwrap(), "--", env!("CARGO_BIN_EXE_wharf")];
    let rest = ["-b", "foundry", "--agent", "a1", "sessions"];
    let serve = |verb: &str| stage.run(&[&args[..], &rest[..], &[verb]].concat());
    serve("create").ok();
    serve("list").ok();
}

#[test]
fn what_root_cannot_remove_waits_and_is_tried_again() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    for path in ["s1:/tree/deep/stuck", "s1:/tree/own", "s1:/f"] {
        sandbox.put(path, "x");
    }
    if !is_root() {
        // What belongs to a user can be removed, whatever its directory's mode.
        fs::set_permissions(sandbox.inside("s1", "tree/deep"), Permissions::from_mode(0o555)).unwrap();
        sandbox.run(["files", "rm", "-r", "s1:/tree", "s1:/f"]).ok();
        assert!(sandbox.unfinished().is_empty() && sandbox.paths("s1:/").is_empty());
        return;
    }
    let pinned = Pinned::new(sandbox.inside("s1", "tree/deep/stuck"));
    let stuck = format!("tree/deep/stuck`: {}", Pinned::reason());
    let run = sandbox.run(["files", "rm", "-r", "s1:/tree", "s1:/f"]);
    run.code(10).says(&["/tmp/.wharf-", &stuck, "hint: "]);
    assert_eq!(run.column("path"), ["/f"]);
    let left = sandbox.unfinished();
    assert_eq!(left.len(), 4, "{left:?}");
    // It stays where it is, under the name that was reported, and a command that sweeps does not mind.
    sandbox.run(["sessions", "create", "--id", "s2"]).ok();
    assert_eq!(sandbox.unfinished(), left);
    let doctor = sandbox.run(["doctor"]);
    let removals = check(doctor.code(10), "removals");
    let detail = removals["detail"].as_str().unwrap();
    assert!(detail.contains(&stuck), "{removals}");
    let at = sandbox.store().join("tmp").join(left.last().unwrap());
    pinned.release(at);
    sandbox.run(["sessions", "create", "--id", "s3"]).ok();
    assert!(sandbox.unfinished().is_empty());
    sandbox.run(["doctor"]).ok();
}

#[test]
fn a_stored_file_that_cannot_be_removed_stays_as_it_was() {
    let sandbox = Sandbox::new();
    let id = sandbox.stored("x", "stored");
    let stat = sandbox.run(["files", "stat", &id]).ok().json();
    let sha256 = stat["provider"]["sha256"].as_str().unwrap().to_owned();
    let pinned = Pinned::new(sandbox.store().join("store").join(&sha256[..2]).join(&sha256));
    sandbox.run(["files", "rm", &id]).code(12).says(&[&sha256, Pinned::reason(), "hint: "]);
    assert_eq!(sandbox.run(["files", "stat", &id]).ok().json(), stat);
    assert_eq!(sandbox.run(["files", "cat", &id]).ok().stdout(), "stored");
    drop(pinned);
    sandbox.run(["files", "rm", &id]).ok();
    assert!(sandbox.unfinished().is_empty() && sandbox.run(["files", "ls", "-q"]).ok().stdout().is_empty());
}

/// An agent in a container leaves files of a user that is not the one who runs wharf.
#[test]
fn files_of_another_user_are_left_and_named() {
    let sandbox = Sandbox::new();
    let store = sandbox.path("shared/store");
    fs::create_dir_all(&store).unwrap();
    for path in [sandbox.path("shared"), sandbox.path(""), sandbox.path("").parent().unwrap().to_owned()] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    if is_root() {
        std::os::unix::fs::chown(&store, Some(OTHER_USER), Some(OTHER_USER)).unwrap();
    }
    let run = |args: &[&str]| {
        let call = sandbox.wharf(args).env("WHARF_HOME", &store);
        if is_root() { call.run_by(OTHER_USER) } else { call }.run()
    };
    for id in ["s1", "s2"] {
        run(&["sessions", "create", "--id", id]).ok();
        run(&["files", "mkdir", &format!("{id}:/agent/own")]).ok();
        let agents = store.join("sessions").join(id).join("agent/other");
        fs::create_dir(&agents).unwrap();
        fs::write(agents.join("f"), "x").unwrap();
        fs::set_permissions(&agents, Permissions::from_mode(0o555)).unwrap();
    }
    if !is_root() {
        // Only root can make files of another user.
        run(&["files", "rm", "-r", "s1:/agent"]).ok();
        run(&["sessions", "delete", "s2"]).ok();
        assert_eq!(run(&["files", "ls", "s1:/", "-q"]).ok().stdout(), "");
        return;
    }
    let left = "agent/other/f`: permission denied";
    run(&["files", "rm", "-r", "s1:/agent"]).code(12).says(&[left]);
    run(&["sessions", "delete", "s2"]).code(12).says(&[left]);
    run(&["sessions", "create", "--id", "s3"]).ok();
    let removals = check(run(&["doctor"]).code(10), "removals");
    let detail = removals["detail"].as_str().unwrap();
    assert!(detail.matches(left).count() == 2 && detail.contains("of the session `s2`"), "{removals}");
    // Root cleans up.
    fs::remove_dir_all(store.join("sessions/s2/agent/other")).unwrap();
    let waiting = fs::read_dir(store.join("tmp")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(waiting.join("agent/other")).unwrap();
    run(&["doctor"]).ok();
    assert_eq!(run(&["sessions", "list", "-q"]).ok().lines(), ["s3", "s1"]);
    assert_eq!(fs::read_dir(store.join("tmp")).unwrap().count(), 0);
}
