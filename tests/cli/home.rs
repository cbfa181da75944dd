//! The data directory is its owner's alone, and nothing in it leads elsewhere; with it, no home
//! directory is needed.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::sandbox::{Run, Sandbox, is_root, tree};

/// A user that owns none of the files, and an id without a user.
const OTHER_USER: u32 = 65_534;
const UNKNOWN: u32 = 54_321;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn privacy(doctor: &Run) -> Option<serde_json::Value> {
    doctor.json().as_array().unwrap().iter().find(|check| check["check"] == "privacy").cloned()
}

#[test]
fn a_new_store_is_its_owners_alone() {
    let sandbox = Sandbox::new();
    // In a directory that others may look into, what is made is shut all the same.
    fs::create_dir(sandbox.store()).unwrap();
    fs::set_permissions(sandbox.store(), Permissions::from_mode(0o755)).unwrap();
    sandbox.run(["sessions", "create", "--id", "s1", "--title", "secret"]).ok();
    sandbox.put("s1:/f", "x");
    sandbox.stored("x", "x");
    for name in ["tmp", "sessions", "sessions/s1", "store", "usage"] {
        assert_eq!(mode(&sandbox.store().join(name)) & 0o077, 0, "{name}");
    }
    for name in ["wharf.db", "wharf.db-wal", "wharf.db-shm"] {
        let path = sandbox.store().join(name);
        assert_eq!(if path.exists() { mode(&path) & 0o077 } else { 0 }, 0, "{name}");
    }
    let doctor = sandbox.run(["doctor"]);
    let found = privacy(doctor.ok().says(&["warning: other users can read the data directory"])).unwrap();
    assert_eq!(found["ok"], true, "it is not broken");
    let hint = format!("make it private: `chmod 700 {}`", sandbox.store().display());
    assert_eq!(found["hint"], hint.as_str());
    assert!(sandbox.run(["doctor", "--format", "table"]).ok().stdout().contains("WARN"));
    fs::set_permissions(sandbox.store(), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(privacy(sandbox.run(["doctor"]).ok()), None);
    // Where it makes the directory itself, there is nothing to warn of.
    let other = Sandbox::new();
    assert_eq!(privacy(other.run(["doctor"]).ok()), None);
    assert_eq!(mode(&other.store()), 0o700);
}

#[test]
fn a_store_of_another_user_is_refused() {
    if !is_root() {
        // Nothing of another user's can be made here, and what belongs to root is trusted: it cannot be written to.
        let sandbox = Sandbox::new();
        sandbox.wharf(["sessions", "list"]).env("WHARF_HOME", "/usr").run().code(12).says(&["hint: "]);
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    chown(sandbox.store(), Some(OTHER_USER), None).unwrap();
    let before = tree(&sandbox.store());
    for args in
        [&["sessions", "list"][..], &["sessions", "create"], &["files", "ls", "s1:/"], &["sessions", "delete", "s1"]]
    {
        sandbox.run(args).code(12).says(&["belongs to another user: 65534", "hint: set WHARF_HOME"]);
    }
    let doctor = sandbox.run(["doctor"]);
    doctor.code(10).says(&["belongs to another user"]);
    assert_eq!(tree(&sandbox.store()), before);
    chown(sandbox.store(), Some(0), None).unwrap();
    sandbox.run(["sessions", "delete", "s1"]).ok();
}

#[test]
fn a_link_in_a_store_is_not_followed_whether_or_not_it_leads_anywhere() {
    for name in ["wharf.db", "wharf.db-wal", "wharf.db-journal", "tmp", "sessions", "store", "usage"] {
        for there in [false, true] {
            let sandbox = Sandbox::new();
            fs::create_dir(sandbox.store()).unwrap();
            let target = sandbox.path("elsewhere");
            match (there, name.starts_with("wharf.db")) {
                (true, true) => fs::write(&target, "").unwrap(),
                (true, false) => fs::create_dir(&target).unwrap(),
                (false, _) => {}
            }
            symlink(&target, sandbox.store().join(name)).unwrap();
            let run = sandbox.run(["sessions", "create"]);
            if !name.starts_with("wharf.db-") {
                let link = sandbox.store().join(name);
                run.code(12).says(&[
                    "wharf does not follow links in its store",
                    &format!("`{}`", link.display()),
                    "hint: ",
                ]);
                sandbox.run(["doctor"]).code(10).says(&["wharf does not follow links in its store"]);
            }
            assert_eq!(target.exists(), there, "{name}: nothing is made elsewhere");
            let untouched =
                if target.is_dir() { tree(&target).is_empty() } else { !there || sandbox.read("elsewhere").is_empty() };
            assert!(untouched, "{name}: nothing is written elsewhere");
        }
    }
    // A home that is reached by a link is another thing: it was named.
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("real")).unwrap();
    symlink("real", sandbox.path("link")).unwrap();
    sandbox.wharf(["sessions", "create"]).env("WHARF_HOME", "link").run().ok();
    assert!(sandbox.path("real/wharf.db").exists());
}

#[test]
fn no_home_directory_is_needed_where_the_data_directory_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("d", "data");
    fs::create_dir(sandbox.store()).unwrap();
    // Of a user that the system does not know, only HOME could say where the home directory is.
    let unknown = |args: &[&str]| {
        let call = sandbox.wharf(args).without_env("HOME").without_env("XDG_CONFIG_HOME").without_env("XDG_DATA_HOME");
        if is_root() { call.run_by(UNKNOWN) } else { call }
    };
    if is_root() {
        for path in [sandbox.path(""), sandbox.path("").parent().unwrap().to_owned(), sandbox.store()] {
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
        chown(sandbox.store(), Some(UNKNOWN), Some(UNKNOWN)).unwrap();
    }
    let commands: [&[&str]; 8] = [
        &["sessions", "create", "--id", "s1"],
        &["files", "upload", "d", "s1:/d"],
        &["files", "cat", "s1:/d"],
        &["files", "upload", "d"],
        &["config", "list"],
        &["config", "get", "home"],
        &["doctor"],
        &["serve", "--", "/bin/true"],
    ];
    for args in commands {
        unknown(args).run().ok();
    }
    // Whether the system knows the home directory of the user who runs this.
    let user = Command::new("id").arg("-un").output().unwrap();
    if !is_root() && user.status.success() {
        unknown(&["config", "path"]).run().ok();
        unknown(&["sessions", "list", "--profile", "p"]).run().code(2).says(&["\"p\"", "hint: "]);
        return;
    }
    // What does need one says which variable names it.
    unknown(&["config", "path"]).run().code(2).says(&["hint: set HOME or WHARF_CONFIG"]);
    unknown(&["sessions", "list", "--profile", "p"]).run().code(2).says(&["`p`", "hint: set HOME or WHARF_CONFIG"]);
    unknown(&["sessions", "list"]).without_env("WHARF_HOME").run().code(2).says(&["hint: set HOME or WHARF_HOME"]);
    let backend = ["backends"];
    unknown(&backend).without_env("WHARF_HOME").run().ok();
}
