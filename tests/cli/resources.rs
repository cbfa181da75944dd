//! `resources`: add, list, get, delete, and what a mount is to the session's files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// A sandbox with a session `s1` and a stored file.
fn stage() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    let id = sandbox.stored("stored.txt", "stored");
    (sandbox, id)
}

fn mounts(sandbox: &Sandbox) -> Vec<String> {
    sandbox.run(["resources", "list", "s1"]).ok().column("mount_path")
}

fn stored(sandbox: &Sandbox) -> usize {
    sandbox.run(["files", "ls", "-q"]).ok().lines().len()
}

#[test]
fn a_stored_file_is_mounted_by_specification_by_flag_and_by_document() {
    let (sandbox, id) = stage();
    let add = |args: &[&str]| sandbox.run(["resources", "add"].iter().chain(args)).ok().at("/mount_path");
    assert_eq!(add(&["s1", &id]), "/stored.txt", "made from the file's name");
    assert_eq!(add(&["s1", &format!("{id}:/in/a")]), "/in/a");
    assert_eq!(add(&["s1", &format!("{id}:in/b")]), "/in/b");
    assert_eq!(add(&["s1", "--file-id", &id, "--mount-path", "/in/c"]), "/in/c");
    assert_eq!(add(&["--session-id", "s1", "--file-id", &id, "--mount-path", "in/d", "--type", "file"]), "/in/d");
    assert_eq!(add(&["s1", &format!("{{type: file, file_id: {id}, mount_path: /in/e}}")]), "/in/e");
    assert_eq!(add(&["s1", &id, "--mount-path", "/in/f"]), "/in/f");
    let body = format!("type: file\nfile_id: {id}\nmount_path: /in/g\n");
    sandbox.write("body.yaml", &body);
    assert_eq!(add(&["s1", "--body", "body.yaml"]), "/in/g");
    let piped = |args: &[&str], body: String| {
        sandbox.wharf(["resources", "create"].iter().chain(args)).stdin(body).run().ok().at("/mount_path")
    };
    assert_eq!(piped(&["s1", "--body", "-"], body.replace("/g", "/h")), "/in/h");
    assert_eq!(piped(&["s1"], body.replace("/g", "/i")), "/in/i");
    assert_eq!(piped(&["s1"], format!(r#"{{"file_id": "{id}", "mount_path": "/in/j"}}"#)), "/in/j");
    assert_eq!(piped(&["s1", "--mount-path", "/in/k"], body), "/in/k", "flags win");
    assert_eq!(mounts(&sandbox).len(), 12);
    for path in mounts(&sandbox) {
        assert_eq!(sandbox.cat(&format!("s1:{path}")), "stored", "{path}");
    }
}

#[test]
fn a_local_file_is_uploaded_and_mounted_in_one_step() {
    let (sandbox, _) = stage();
    sandbox.write("local.csv", "1,2");
    let add = |args: &[&str]| sandbox.run(["resources", "add", "s1"].iter().chain(args)).ok().json();
    assert_eq!(add(&["@local.csv"])["mount_path"], "/local.csv");
    assert_eq!(add(&["@./local.csv:/in/x"])["mount_path"], "/in/x");
    assert_eq!(add(&["--file", "local.csv", "--mount-path", "/in/y"])["mount_path"], "/in/y");
    let last = add(&["--file", "./local.csv", "--mount-path", "in/z"]);
    assert_eq!(sandbox.cat(last["file_id"].as_str().unwrap()), "1,2");
    assert_eq!(sandbox.cat("s1:/in/x"), "1,2");
    assert_eq!(stored(&sandbox), 5);
}

#[test]
fn one_resource_is_an_object_and_several_are_an_array() {
    let (sandbox, id) = stage();
    let one = sandbox.run(["resources", "add", "s1", &id]);
    let resource = one.ok().json();
    let members: Vec<_> = resource.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["id", "session", "kind", "file_id", "mount_path", "created_at", "updated_at", "provider"]);
    assert_eq!(
        (&resource["session"], &resource["kind"], &resource["file_id"]),
        (&json!("s1"), &json!("file"), &json!(id))
    );
    let several = sandbox.run(["resources", "add", "s1", &format!("{id}:/1"), &format!("{id}:/2")]);
    assert_eq!(several.ok().column("mount_path"), ["/1", "/2"]);
    let some = sandbox.run(["resources", "add", "s1", &format!("{id}:/1"), &format!("{id}:/3")]);
    assert_eq!(some.code(10).column("mount_path"), ["/3"]);
}

#[test]
fn a_mount_path_that_is_taken_is_a_conflict_and_its_upload_is_undone() {
    let (sandbox, id) = stage();
    sandbox.write("local", "local");
    sandbox.put("s1:/file", "a file of the session");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/taken")]).ok();
    for (path, named) in [("/taken", "/taken"), ("/file", "/file"), ("/taken/below", "s1:/taken`")] {
        sandbox.run(["resources", "add", "s1", &format!("{id}:{path}")]).code(5).says(&[named]);
        sandbox.run(["resources", "add", "s1", &format!("@local:{path}")]).code(5);
    }
    assert_eq!(stored(&sandbox), 1, "no upload is left");
    assert_eq!(mounts(&sandbox), ["/taken"]);
    assert_eq!(sandbox.cat("s1:/file"), "a file of the session");
    let run = sandbox.run(["resources", "add", "s1", "@local:/taken", "@local:/free"]);
    assert_eq!(run.code(10).column("mount_path"), ["/free"]);
    assert_eq!(stored(&sandbox), 2);
}

#[test]
fn what_cannot_be_mounted_leaves_nothing() {
    let (sandbox, id) = stage();
    sandbox.write("local", "local");
    let add = |args: &[&str]| sandbox.run(["resources", "add"].iter().chain(args));
    add(&["s1", "file_gone"]).code(4);
    add(&["s1", "@gone"]).code(4);
    add(&["gone", &id]).code(4);
    add(&["gone", "@local"]).code(4);
    add(&["s1", "@local", "@gone"]).code(4);
    for bad in [&["s1"][..], &["s1", &format!("{id}:/")], &["s1", &format!("{id}:/../x")], &["s1", "sesn_1"], &[]] {
        add(bad).code(2);
    }
    add(&["s1", &id, &id, "--mount-path", "/x"]).code(2);
    add(&["s1", "--file-id", &id, "--file", "local"]).code(2);
    assert_eq!(mounts(&sandbox), [""; 0]);
    assert_eq!(stored(&sandbox), 1);
    assert_eq!(sandbox.paths("s1:/"), [""; 0], "not even a parent directory");
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn other_kinds_of_resources_are_unsupported_before_anything_is_sent() {
    let (sandbox, id) = stage();
    sandbox.write("local", "local");
    for spec in ["{type: github_repository, url: x}", "{type: memory_store}", "{type: context}"] {
        let run = sandbox.run(["--format=json", "resources", "add", "s1", "@local", spec]);
        let error = run.code(7).error();
        assert_eq!((&error["kind"], &error["backend"]), (&json!("unsupported"), &json!("local")), "{spec}");
        assert!(error["hint"].as_str().unwrap().contains("upload"), "{error}");
    }
    sandbox.run(["resources", "add", "s1", "--file-id", &id, "--type", "context"]).code(7);
    sandbox.run(["resources", "add", "s1", "--file-id", &id, "--type", "dinner"]).code(2);
    sandbox.wharf(["resources", "add", "s1"]).stdin("type: memory_store\n").run().code(7);
    assert_eq!((mounts(&sandbox), stored(&sandbox)), (vec![], 1));
}

#[test]
fn unknown_members_of_a_document_are_named_on_standard_error() {
    let (sandbox, id) = stage();
    let run = sandbox.wharf(["resources", "add", "s1"]).stdin(format!("file_id: {id}\nstranger: 1.0\n")).run();
    run.ok().says(&["stranger"]);
    assert_eq!(run.at("/provider/stranger"), json!(1.0));
}

#[test]
fn a_mount_is_a_read_only_copy_that_nothing_writes_to() {
    let (sandbox, id) = stage();
    sandbox.write("a.txt", "new");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).ok();
    let path = sandbox.inside("s1", "in/m");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o444);
    let stat = sandbox.run(["files", "stat", "s1:/in/m"]);
    assert_eq!((stat.ok().at("/mode"), stat.at("/file_id")), (json!("0444"), json!(id)));
    sandbox.put("s1:/other", "other");
    for args in [
        &["upload", "a.txt", "s1:/in/m"][..],
        &["upload", "a.txt", "s1:/in/m", "--if-exists", "error"],
        &["upload", "a.txt", "s1:/in/m/below"],
        &["mv", "s1:/other", "s1:/in/m"],
        &["mv", "s1:/in/m", "s1:/moved"],
        &["mv", "s1:/in", "s1:/moved"],
        &["mkdir", "s1:/in/m"],
    ] {
        sandbox.run(["files"].iter().chain(args)).code(5);
        assert_eq!(sandbox.cat("s1:/in/m"), "stored", "{args:?}");
    }
    assert_eq!(mounts(&sandbox), ["/in/m"]);
}

#[test]
fn no_link_leads_around_the_protection_of_a_mount() {
    let (sandbox, id) = stage();
    sandbox.write("a.txt", "new");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).ok();
    symlink("in", sandbox.inside("s1", "alias")).unwrap();
    sandbox.run(["files", "upload", "a.txt", "s1:/alias/m"]).code(5);
    sandbox.run(["files", "mv", "s1:/alias/m", "s1:/moved"]).code(5);
    assert_eq!(sandbox.cat("s1:/in/m"), "stored");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/alias/m")]).code(5);
    assert_eq!(mounts(&sandbox), ["/in/m"]);
}

#[test]
fn a_mount_path_stays_taken_when_an_agent_removed_the_file() {
    let (sandbox, id) = stage();
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).ok();
    fs::remove_file(sandbox.inside("s1", "in/m")).unwrap();
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).code(5).says(&["/in/m"]);
    assert_eq!(sandbox.paths("s1:/"), ["/in/"], "what failed left nothing");
    sandbox.run(["resources", "delete", "s1", "--mount-path", "/in/m"]).ok();
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).ok();
}

#[test]
fn a_resource_can_be_deleted_whatever_an_agent_put_in_its_place() {
    let (sandbox, id) = stage();
    let specs: Vec<_> = (1..=3).map(|n| format!("{id}:/in{n}/m")).collect();
    sandbox.run(["resources", "add", "s1"].into_iter().chain(specs.iter().map(String::as_str))).ok();
    let inside = sandbox.inside("s1", "");
    fs::remove_dir_all(inside.join("in1")).unwrap();
    fs::remove_dir_all(inside.join("in2")).unwrap();
    fs::write(inside.join("in2"), "the agent's").unwrap();
    fs::remove_file(inside.join("in3/m")).unwrap();
    fs::create_dir(inside.join("in3/m")).unwrap();
    for n in 1..=3 {
        sandbox.run(["resources", "delete", "s1", "--mount-path", &format!("/in{n}/m")]).ok();
    }
    assert_eq!(mounts(&sandbox), [""; 0]);
    assert_eq!(sandbox.cat("s1:/in2"), "the agent's");
}

#[test]
fn a_mount_is_independent_of_the_stored_file_and_of_other_mounts() {
    let (sandbox, id) = stage();
    sandbox.run(["resources", "add", "s1", &format!("{id}:/1"), &format!("{id}:/2")]).ok();
    let path = sandbox.inside("s1", "1");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, "an agent that breaks the rules").unwrap();
    assert_eq!(sandbox.cat("s1:/2"), "stored");
    assert_eq!(sandbox.cat(&id), "stored");
}

#[test]
fn resources_are_listed_and_got_by_id() {
    let (sandbox, id) = stage();
    sandbox.run(["resources", "add", "s1", &format!("{id}:/1"), &format!("{id}:/2"), &format!("{id}:/3")]).ok();
    let ids = sandbox.run(["resources", "ls", "--session-id", "s1"]).ok().column("id");
    assert!(ids.iter().all(|id| id.starts_with("sesrsc_")), "{ids:?}");
    let got = sandbox.run(["resources", "get", "s1", &ids[1]]);
    assert_eq!(got.ok().at("/mount_path"), "/2");
    let by_flags = sandbox.run(["resources", "get", "--session-id", "s1", "--resource-id", &ids[1]]);
    assert_eq!(by_flags.ok().json(), got.json());
    let first = sandbox.run(["resources", "list", "s1", "--limit", "2"]);
    assert_eq!(first.ok().column("mount_path"), ["/1", "/2"]);
    let token = first.stderr().trim_end().strip_prefix("more: ").unwrap();
    assert_eq!(sandbox.run(["resources", "list", "s1", "--page", token]).ok().column("mount_path"), ["/3"]);
    sandbox.run(["resources", "get", "s1", "sesrsc_gone"]).code(4);
    sandbox.run(["resources", "get", "gone", &ids[0]]).code(4);
    sandbox.run(["resources", "get", "s1"]).code(2);
    sandbox.run(["resources", "list", "gone"]).code(4);
    sandbox.run(["resources", "list"]).code(2);
}

#[test]
fn resources_are_deleted_by_id_and_by_mount_path_and_their_files_go_with_them() {
    let (sandbox, id) = stage();
    for n in 1..=5 {
        sandbox.run(["resources", "add", "s1", &format!("{id}:/in/{n}")]).ok();
    }
    let ids = sandbox.run(["resources", "list", "s1"]).ok().column("id");
    let run = sandbox.run(["resources", "delete", "s1", &ids[0], &ids[1]]);
    assert_eq!(run.ok().json(), json!([{"id": ids[0], "deleted": true}, {"id": ids[1], "deleted": true}]));
    sandbox.run(["resources", "rm", "s1", "--mount-path", "/in/3"]).ok();
    sandbox.run(["resources", "rm", "--session-id", "s1", "--resource-id", &ids[3]]).ok();
    sandbox.run(["resources", "rm", "s1", "--mount-path", "in/5"]).ok();
    assert_eq!(sandbox.paths("s1:/"), ["/in/"]);
    assert_eq!(mounts(&sandbox), [""; 0]);
    sandbox.run(["resources", "delete", "s1", &ids[0]]).code(4);
    sandbox.run(["resources", "delete", "s1", "--mount-path", "/in/3"]).code(4);
    sandbox.run(["resources", "delete", "s1"]).code(2);
    assert_eq!(sandbox.cat(&id), "stored", "the stored file stays");
}

#[test]
fn removing_a_mounted_path_removes_the_resource() {
    let (sandbox, id) = stage();
    let spec = |path: &str| format!("{id}:{path}");
    sandbox
        .run(["resources", "add", "s1", &spec("/a"), &spec("/d/b"), &spec("/d/e/c"), &spec("/dx"), &spec("/kept")])
        .ok();
    sandbox.run(["files", "rm", "s1:/a"]).ok();
    sandbox.run(["files", "rm", "-r", "s1:/d"]).ok();
    assert_eq!(mounts(&sandbox), ["/dx", "/kept"]);
    sandbox.run(["resources", "add", "s1", &spec("/a")]).ok();
    sandbox.run(["sessions", "delete", "s1"]).ok();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    assert_eq!(mounts(&sandbox), [""; 0]);
}

#[test]
fn a_session_takes_a_hundred_mounts_and_no_more() {
    let (sandbox, id) = stage();
    let specs: Vec<String> = (0..99).map(|n| format!("{id}:/m/{n}")).collect();
    sandbox.run(["resources", "add", "s1", "-q"].into_iter().chain(specs.iter().map(String::as_str))).ok();
    sandbox.write("local", "local");
    let run = sandbox.run(["--format=json", "resources", "add", "s1", "@local:/m/99", "@local:/m/100"]);
    assert_eq!(run.code(10).column("mount_path"), ["/m/99"]);
    let run = sandbox.run(["--format=json", "resources", "add", "s1", &id]);
    assert_eq!(run.code(6).error()["kind"], "limit");
    assert_eq!(mounts(&sandbox).len(), 100);
    assert_eq!(stored(&sandbox), 2, "the upload of the one too many is undone");
    let specs: Vec<Value> = (0..101).map(|n| json!({"file_id": id, "mount_path": format!("/{n}")})).collect();
    let body = json!({ "resources": specs }).to_string();
    sandbox.wharf(["sessions", "create"]).stdin(body).run().code(6);
    assert_eq!(sandbox.run(["sessions", "list", "-q"]).ok().lines(), ["s1"], "no session is left half-made");
    assert_eq!(sandbox.unfinished(), [""; 0]);
    sandbox.run(["resources", "rm", "s1", "--mount-path", "/m/7"]).ok();
    sandbox.run(["resources", "add", "s1", &id]).ok();
}

#[test]
fn a_mount_that_is_refused_leaves_the_file_that_was_there_to_its_owner() {
    let (sandbox, id) = stage();
    sandbox.put("s1:/in/m", "the agent's");
    sandbox.run(["resources", "add", "s1", &format!("{id}:/in/m")]).code(5).says(&["/in/m"]);
    assert_eq!(mounts(&sandbox), [""; 0]);
    sandbox.run(["resources", "delete", "s1", "--mount-path", "/in/m"]).code(4);
    assert_eq!(sandbox.cat("s1:/in/m"), "the agent's");
}

#[test]
fn what_was_uploaded_to_be_mounted_is_told_when_its_session_goes() {
    let (sandbox, _) = stage();
    sandbox.write("local", "local");
    sandbox.run(["resources", "add", "s1", "@local:/a"]).ok();
    sandbox.run(["sessions", "create", "--id", "s2", "--resource", "@local:/b"]).ok();
    sandbox.run(["files", "upload", "local", "s1:/in-place"]).ok();
    let deleted = sandbox.run(["sessions", "delete", "s1", "s2", "--with-files", "--dry-run"]);
    assert_eq!(deleted.ok().json().as_array().unwrap().len(), 4);
    sandbox.run(["sessions", "delete", "s1"]).ok().says(&["1 stored file", "s1 --with-files --missing-ok"]);
    assert_eq!(stored(&sandbox), 3);
    sandbox.run(["sessions", "delete", "s2", "--with-files"]).ok();
    sandbox.run(["sessions", "delete", "s1", "--with-files", "--missing-ok"]).ok();
    assert_eq!(stored(&sandbox), 1);
}
