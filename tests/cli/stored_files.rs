//! Stored files that were uploaded by name: not sent again while they are there, and not deleted with a session.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox, Served};

/// A server with a log of its requests.
fn serve(sandbox: &Sandbox) -> Served<'_> {
    sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()])
}

/// Runs a command; gives it with the operations of its requests.
fn run(sandbox: &Sandbox, served: &Served<'_>, args: &[&str]) -> (Run, Vec<String>) {
    let before = fs::read_to_string(sandbox.path("log.jsonl")).unwrap_or_default().lines().count();
    let run = served.wharf("anthropic", args).run();
    let text = fs::read_to_string(sandbox.path("log.jsonl")).unwrap_or_default();
    let operation = |line| serde_json::from_str::<Value>(line).unwrap()["operation"].as_str().unwrap().to_owned();
    (run, text.lines().skip(before).map(operation).collect())
}

fn id(sandbox: &Sandbox, served: &Served<'_>, args: &[&str]) -> String {
    let run = run(sandbox, served, &[&["files", "upload", "-q"], args].concat()).0;
    run.ok().stdout().trim_end().to_owned()
}

#[test]
fn an_unchanged_file_is_uploaded_once_and_its_id_is_the_same() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    sandbox.write("a.csv", "1,2\n");
    let first = id(&sandbox, &served, &["a.csv"]);
    let (again, asked) = run(&sandbox, &served, &["files", "upload", "a.csv"]);
    let receipt = &again.ok().json()[0];
    assert_eq!(
        (&receipt["status"], &receipt["id"], &receipt["file_id"]),
        (&json!("skipped"), &json!(first), &json!(first))
    );
    assert_eq!((&receipt["bytes"], &receipt["verified"]), (&json!(4), &Value::Null));
    assert!(receipt["error"]["message"].as_str().unwrap().contains("unchanged"), "{receipt}");
    assert_eq!(asked, ["files.get"]);
    assert_eq!(id(&sandbox, &served, &["a.csv"]), first);
    let (planned, asked) = run(&sandbox, &served, &["files", "upload", "a.csv", "--dry-run"]);
    assert_eq!((&planned.ok().json()[0]["status"], asked.len()), (&json!("skipped"), 1));
    // Content of the same length and time, another name, another type, or a wish.
    let times = fs::metadata(sandbox.path("a.csv")).unwrap().modified().unwrap();
    sandbox.write("a.csv", "1,3\n");
    fs::File::options().write(true).open(sandbox.path("a.csv")).unwrap().set_modified(times).unwrap();
    let second = id(&sandbox, &served, &["a.csv"]);
    sandbox.write("a.csv", "1,2\n");
    assert_eq!(id(&sandbox, &served, &["a.csv"]), first, "each content has its own file");
    let others = [&["--no-reuse"][..], &["--name", "b.csv"], &["--mime-type", "text/plain"], &["--expires-in", "1d"]];
    for other in others {
        let made = id(&sandbox, &served, &[&["a.csv"], other].concat());
        assert!(made != first && made != second, "{other:?}");
    }
    assert_ne!(id(&sandbox, &served, &["a.csv"]), second);
    assert_eq!(id(&sandbox, &served, &["a.csv", "--mime-type", "text/plain"]).len(), first.len());
    sandbox.session();
    sandbox.run(["files", "upload", "a.csv", "s1:/x", "--no-reuse"]).code(2).says(&["--if-exists"]);
}

#[test]
fn what_is_not_there_any_more_or_expires_soon_is_sent_again() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    sandbox.write("a", "a");
    let first = id(&sandbox, &served, &["a"]);
    run(&sandbox, &served, &["files", "rm", &first]).0.ok();
    let (second, asked) = run(&sandbox, &served, &["files", "upload", "a", "-q"]);
    assert_eq!((second.ok().stdout().trim_end() == first, asked.len()), (false, 1), "wharf knows that it is gone");
    // Another client deletes it.
    let stranger = Sandbox::new();
    let second = second.stdout().trim_end();
    let endpoint = served.variable("ANTHROPIC_BASE_URL");
    let delete = stranger.wharf(["-b", "anthropic", "files", "rm", second]).env("ANTHROPIC_BASE_URL", endpoint);
    delete.env("ANTHROPIC_API_KEY", served.variable("ANTHROPIC_API_KEY")).run().ok();
    let (third, asked) = run(&sandbox, &served, &["files", "upload", "a", "-q"]);
    assert_eq!(
        (third.ok().stdout().trim_end() == second, asked),
        (false, vec!["files.get".into(), "files.upload".into()])
    );
    // A file is kept for at least half of the time that is asked for, and not longer.
    let day = id(&sandbox, &served, &["a", "--expires-in", "1d"]);
    assert_eq!(id(&sandbox, &served, &["a", "--expires-in", "1d"]), day);
    assert_eq!(id(&sandbox, &served, &["a", "--expires-in", "36h"]), day);
    let week = id(&sandbox, &served, &["a", "--expires-in", "7d"]);
    assert_ne!(week, day);
    assert_ne!(id(&sandbox, &served, &["a", "--expires-in", "2d"]), week);
    assert_eq!(id(&sandbox, &served, &["a"]), third.stdout().trim_end());
}

#[test]
fn many_unchanged_files_are_found_with_one_listing() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let names: Vec<_> = (0..12).map(|number| format!("f{number}")).collect();
    for name in &names {
        sandbox.write(name, name);
    }
    let upload: Vec<_> = ["files", "upload"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let first = run(&sandbox, &served, &upload).0.ok().column("file_id");
    run(&sandbox, &served, &["files", "rm", &first[3]]).0.ok();
    sandbox.write("f5", "other");
    let (again, asked) = run(&sandbox, &served, &upload);
    assert_eq!(again.ok().column("status").iter().filter(|status| *status == "copied").count(), 2);
    assert_eq!((asked.len(), asked[0].as_str()), (3, "files.list"), "{asked:?}");
    let (again, asked) = run(&sandbox, &served, &[&upload[..], &["--transform", "status", "-r"]].concat());
    assert_eq!((again.ok().lines(), asked), (vec!["skipped"; 12], vec!["files.list".to_owned()]));
}

#[test]
fn the_record_is_for_one_service_and_no_upload_fails_because_of_it() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    sandbox.write("a", "a");
    let first = id(&sandbox, &served, &["a"]);
    let local = sandbox.run(["files", "upload", "a", "-q"]).ok().stdout().trim_end().to_owned();
    assert_ne!(local, first);
    assert_eq!(sandbox.run(["files", "upload", "a", "-q"]).ok().stdout().trim_end(), local);
    let log = sandbox.store().join("stored-files.jsonl");
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&log).unwrap();
    // A line that says too much of another file, garbage, and an end without a line break.
    let other = text.lines().next().unwrap().replace(&first, "file_other");
    fs::write(&log, format!("{{\n\u{0}garbage\n{text}{other}\n{{\"origin\":")).unwrap();
    assert_eq!(id(&sandbox, &served, &["a"]), first);
    // Another user may have written it: nothing of it is used.
    fs::set_permissions(&log, fs::Permissions::from_mode(0o666)).unwrap();
    let second = id(&sandbox, &served, &["a"]);
    assert_ne!(second, first);
    assert_eq!(id(&sandbox, &served, &["a"]), second, "it is private again");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let third = run(&sandbox, &served, &["files", "upload", "a"]).0;
    third.ok().says(&["stored-files.jsonl", "unchanged files are uploaded again"]);
    assert_eq!(third.json()[0]["status"], "copied");
}

#[test]
fn no_clean_up_deletes_what_was_uploaded_by_name_or_what_another_session_mounts() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let wharf = |args: &[&str]| run(&sandbox, &served, args).0;
    let listed = || wharf(&["files", "ls", "--transform", "id", "-r"]).ok().lines().join(" ");
    let create = |specs: &[&str]| {
        let flags = specs.iter().flat_map(|spec| ["--resource", spec]);
        let args: Vec<_> = ["sessions", "create", "-q", "--agent", "agent_1", "--environment", "env_1"]
            .into_iter()
            .chain(flags)
            .collect();
        wharf(&args).ok().stdout().trim_end().to_owned()
    };
    sandbox.write("a", "a");
    let named = id(&sandbox, &served, &["a"]);
    let one = create(&["@a:/1", &format!("{named}:/2")]);
    let own = listed().split(' ').find(|id| *id != named).unwrap().to_owned();
    let two = create(&[&format!("{own}:/1")]);
    wharf(&["resources", "add", &two, &format!("{named}:/2")]).ok();
    let planned = wharf(&["sessions", "delete", &one, "--with-files", "--dry-run"]);
    assert_eq!(planned.ok().json().as_array().unwrap().len(), 2);
    let deleted = wharf(&["sessions", "delete", &one, "--with-files"]);
    deleted.ok().says(&[&own, &two, "is deleted with that one"]);
    assert!(listed().contains(&own) && listed().contains(&named));
    let deleted = wharf(&["sessions", "delete", &two, "--with-files"]);
    assert_eq!(deleted.ok().json().as_array().unwrap().len(), 2, "the session and the file that was passed on");
    assert_eq!(listed(), named);
    // A session that is gone by other means mounts nothing.
    let one = create(&["@a:/1"]);
    let own = listed().split(' ').find(|id| *id != named).unwrap().to_owned();
    let two = create(&[&format!("{own}:/1")]);
    let log = sandbox.store().join("uploads.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    wharf(&["sessions", "delete", &two]).ok();
    fs::write(&log, &text).unwrap();
    wharf(&["sessions", "delete", &one, "--with-files"]).ok();
    assert_eq!(listed(), named);
}

#[test]
fn two_uploads_at_once_leave_files_that_can_be_used() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    sandbox.write("a", "a");
    let running: Vec<_> = (0..4).map(|_| served.wharf("anthropic", ["files", "upload", "-q", "a"]).start()).collect();
    let made: Vec<_> = running.into_iter().map(|one| one.finish().ok().stdout().to_owned()).collect();
    let next = id(&sandbox, &served, &["a"]);
    assert!(made.iter().any(|id| id.trim_end() == next), "{made:?} {next}");
}
