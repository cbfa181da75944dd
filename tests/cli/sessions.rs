//! `sessions`: list, get, label, wait, touch, stop, archive, delete.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;

use crate::sandbox::{Running, Sandbox, wait_until};

/// A sandbox with these sessions, given as id and labels, made in this order.
fn with(sessions: &[(&str, &[&str])]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (id, labels) in sessions {
        let labels = labels.iter().flat_map(|label| ["--label", label]);
        sandbox.run(["sessions", "create", "--id", id].into_iter().chain(labels)).ok();
    }
    sandbox
}

fn ids(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let run = sandbox.run(["sessions", "list", "-q"].iter().chain(args));
    run.ok().lines().into_iter().map(str::to_owned).collect()
}

#[test]
fn listings_are_newest_first_and_select_by_label_and_status() {
    let sandbox = with(&[("s1", &["team=blue"]), ("s2", &["team=red", "n=1"]), ("s3", &["team=blue", "n=1"])]);
    sandbox.run(["sessions", "stop", "s1"]).ok();
    assert_eq!(ids(&sandbox, &[]), ["s3", "s2", "s1"]);
    assert_eq!(ids(&sandbox, &["--label", "team=blue"]), ["s3", "s1"]);
    assert_eq!(ids(&sandbox, &["--label", "team=blue", "--label", "n=1"]), ["s3"]);
    assert_eq!(ids(&sandbox, &["--label", "team=green"]), [""; 0]);
    assert_eq!(ids(&sandbox, &["--status", "stopped"]), ["s1"]);
    assert_eq!(ids(&sandbox, &["--status", "stopped", "--status", "running"]), ["s3", "s2", "s1"]);
    assert_eq!(ids(&sandbox, &["--status", "failed"]), [""; 0]);
    assert_eq!(ids(&sandbox, &["--status", "running", "--label", "team=blue"]), ["s3"]);
    sandbox.run(["sessions", "list", "--status", "asleep"]).code(2);
    sandbox.run(["sessions", "list", "--label", "team"]).code(2);
    assert_eq!(sandbox.run(["sessions", "ls", "--label", "team=green"]).ok().json(), json!([]));
}

#[test]
fn pages_of_any_size_show_everything_once() {
    let sandbox = with(&[("s1", &["k=v"]), ("s2", &[]), ("s3", &["k=v"]), ("s4", &["k=v"]), ("s5", &["k=v"])]);
    for (flag, size) in [("--limit", 1), ("--max-items", 2), ("--limit", 3), ("--limit", 4), ("--limit", 9)] {
        let (mut seen, mut token, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let mut args =
                vec!["sessions".to_owned(), "list".into(), "--label=k=v".into(), flag.into(), size.to_string()];
            args.extend(token.take().map(|token| format!("--page={token}")));
            let run = sandbox.run(args);
            let page = run.ok().column("id");
            assert!(page.len() <= size, "{page:?}");
            seen.extend(page);
            pages += 1;
            match run.stderr().trim_end().strip_prefix("more: ") {
                Some(next) => token = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(seen, ["s5", "s4", "s3", "s1"], "{size}");
        assert_eq!(pages, seen.len().div_ceil(size), "{size}");
    }
    for bad in ["rubbish", "", "e30"] {
        sandbox.run(["sessions", "list", "--page", bad]).code(2);
    }
}

#[test]
fn a_limit_of_nothing_is_not_taken_for_a_complete_listing() {
    let sandbox = with(&[("s1", &[])]);
    let run = sandbox.run(["sessions", "list", "--limit", "0"]);
    assert_ne!(run.stderr(), "", "refused, or told that there is more");
}

#[test]
fn get_prints_one_object_for_one_and_an_array_for_several() {
    let sandbox = with(&[("s1", &[]), ("s2", &[])]);
    assert_eq!(sandbox.run(["sessions", "get", "s1"]).ok().at("/id"), "s1");
    assert_eq!(sandbox.run(["sessions", "get", "s2", "s1"]).ok().column("id"), ["s2", "s1"]);
    for same in [["show", "s1"], ["retrieve", "s1"], ["get", "--session-id=s1"]] {
        assert_eq!(sandbox.run(["sessions"].iter().chain(&same)).ok().at("/id"), "s1");
    }
    let run = sandbox.run(["sessions", "get", "s1", "gone"]);
    assert_eq!(run.code(10).column("id"), ["s1"]);
    sandbox.run(["sessions", "get", "gone"]).code(4).says(&["gone"]);
    sandbox.run(["sessions", "get", "gone", "gone2"]).code(4);
    sandbox.run(["sessions", "get"]).code(2);
}

#[test]
fn the_chosen_session_never_stands_for_a_session_argument() {
    let sandbox = with(&[("s1", &[])]);
    for verb in ["get", "delete", "stop", "touch", "wait", "label"] {
        sandbox.wharf(["sessions", verb, "--session", "s1"]).env("WHARF_SESSION", "s1").run().code(2);
    }
    sandbox.wharf(["resources", "list"]).env("WHARF_SESSION", "s1").run().code(2);
    assert_eq!(ids(&sandbox, &[]), ["s1"]);
}

#[test]
fn labels_are_printed_set_changed_and_removed() {
    let sandbox = with(&[("s1", &["team=blue", "old=1"])]);
    let label = |changes: &[&str]| sandbox.run(["sessions", "label", "s1"].iter().chain(changes)).ok().json();
    assert_eq!(label(&[]), json!({"team": "blue", "old": "1"}));
    assert_eq!(
        label(&["team=red", "new=a=b", "empty="]),
        json!({"team": "red", "old": "1", "new": "a=b", "empty": ""})
    );
    assert_eq!(label(&["old-", "new-", "never-", "empty=x-"]), json!({"team": "red", "empty": "x-"}));
    let by_flag = sandbox.run(["sessions", "label", "--session-id", "s1", "empty-"]);
    assert_eq!(by_flag.ok().json(), json!({"team": "red"}));
    assert_eq!(sandbox.run(["sessions", "get", "s1"]).ok().at("/labels"), json!({"team": "red"}));
    assert_eq!(sandbox.run(["sessions", "label", "s1", "--transform", "team"]).ok().stdout(), "\"red\"\n");
    for bad in ["plain", "=x", "-", ""] {
        sandbox.run(["sessions", "label", "s1", bad]).code(2);
    }
    sandbox.run(["sessions", "label", "gone", "a=b"]).code(4);
}

#[test]
fn wait_returns_at_once_for_a_session_that_runs() {
    let sandbox = with(&[("s1", &[]), ("s2", &[])]);
    assert_eq!(sandbox.run(["sessions", "wait", "s1"]).ok().at("/status"), "running");
    assert_eq!(sandbox.run(["sessions", "wait", "--session-id", "s1", "--for", "running"]).ok().at("/id"), "s1");
    assert_eq!(sandbox.run(["sessions", "wait", "s1", "s2"]).ok().column("id"), ["s1", "s2"]);
    sandbox.run(["sessions", "wait", "gone"]).code(4);
    sandbox.run(["sessions", "wait", "s1", "--for", "dinner"]).code(2);
}

#[test]
fn wait_runs_into_its_timeout_while_a_session_stays_stopped() {
    let sandbox = with(&[("s1", &[])]);
    sandbox.run(["sessions", "stop", "s1"]).ok();
    let run = sandbox.run(["--format", "json", "sessions", "wait", "s1", "--timeout", "200ms"]);
    assert_eq!(run.code(124).error()["kind"], "deadline");
    assert_eq!(run.stdout(), "");
}

#[test]
fn wait_ends_when_the_session_wakes() {
    let sandbox = with(&[("s1", &[])]);
    sandbox.run(["sessions", "stop", "s1"]).ok();
    let mut waiting = sandbox.wharf(["sessions", "wait", "s1"]).start();
    std::thread::sleep(Duration::from_millis(150));
    assert!(waiting.is_running());
    sandbox.run(["sessions", "touch", "s1"]).ok();
    assert_eq!(waiting.finish().ok().at("/status"), "running");
}

#[test]
fn wait_for_deleted_takes_a_session_that_is_not_there_as_success() {
    let sandbox = with(&[("s1", &[])]);
    sandbox.run(["sessions", "wait", "gone", "--for", "deleted"]).ok();
    let mut waiting = sandbox.wharf(["sessions", "wait", "s1", "--for", "deleted"]).start();
    std::thread::sleep(Duration::from_millis(150));
    assert!(waiting.is_running());
    sandbox.run(["sessions", "delete", "s1"]).ok();
    waiting.finish().ok();
}

#[test]
fn a_stopped_session_keeps_its_files_and_wakes_by_touch_and_upload() {
    let sandbox = with(&[("s1", &[]), ("s2", &[])]);
    sandbox.put("s1:/a.txt", "a");
    assert_eq!(sandbox.run(["sessions", "stop", "s1", "s2"]).ok().column("status"), ["stopped", "stopped"]);
    assert_eq!(sandbox.cat("s1:/a.txt"), "a");
    assert_eq!(sandbox.run(["sessions", "get", "s1"]).ok().at("/status"), "stopped", "reading wakes nothing");
    assert_eq!(sandbox.run(["sessions", "touch", "--session-id", "s2"]).ok().at("/status"), "running");
    sandbox.put("s1:/b.txt", "b");
    assert_eq!(sandbox.run(["sessions", "get", "s1"]).ok().at("/status"), "running");
    sandbox.run(["sessions", "stop", "gone"]).code(4);
    sandbox.run(["sessions", "touch", "s1", "gone"]).code(10);
}

#[test]
fn archiving_is_not_faked() {
    let sandbox = with(&[("s1", &[])]);
    let run = sandbox.run(["--format", "json", "sessions", "archive", "s1"]);
    assert_eq!(run.code(7).error()["kind"], "unsupported");
    assert_eq!(run.error()["backend"], "local");
    assert!(run.error()["hint"].as_str().unwrap().contains("sessions stop"));
    assert_eq!(ids(&sandbox, &[]), ["s1"]);
}

#[test]
fn delete_removes_sessions_with_their_directories() {
    let sandbox = with(&[("s1", &[]), ("s2", &[]), ("s3", &[]), ("s4", &[])]);
    sandbox.put("s1:/deep/a.txt", "a");
    let inside = sandbox.inside("s1", "");
    let run = sandbox.run(["sessions", "delete", "s1", "s2"]);
    assert_eq!(run.ok().json(), json!([{"id": "s1", "deleted": true}, {"id": "s2", "deleted": true}]));
    assert!(!inside.exists());
    assert_eq!(sandbox.run(["sessions", "rm", "--session-id", "s3"]).ok().column("id"), ["s3"]);
    assert_eq!(ids(&sandbox, &[]), ["s4"]);
    assert_eq!(sandbox.unfinished(), [""; 0]);
    sandbox.run(["sessions", "delete", "s1"]).code(4);
    sandbox.run(["sessions", "delete"]).code(2);
}

#[test]
fn delete_of_several_says_which_were_there() {
    let sandbox = with(&[("s1", &[]), ("s2", &[])]);
    let run = sandbox.run(["sessions", "delete", "s1", "gone", "--format", "json"]);
    assert_eq!(run.code(10).column("id"), ["s1"]);
    assert_eq!(run.error()["kind"], "partial");
    let run = sandbox.run(["sessions", "delete", "gone", "s2", "--missing-ok", "--force"]);
    assert_eq!(run.ok().json(), json!([{"id": "gone", "deleted": false}, {"id": "s2", "deleted": true}]));
}

#[test]
fn delete_by_label_needs_yes_without_a_terminal() {
    let sandbox = with(&[("s1", &["team=blue"]), ("s2", &["team=blue"]), ("s3", &["team=red"])]);
    let run = sandbox.run(["sessions", "delete", "--label", "team=blue"]);
    run.code(2).says(&["2", "--yes"]);
    assert_eq!(run.stdout(), "");
    let rehearsal = sandbox.run(["sessions", "delete", "--label", "team=blue", "--dry-run"]);
    assert_eq!(rehearsal.ok().json(), json!([{"id": "s2", "deleted": false}, {"id": "s1", "deleted": false}]));
    assert_eq!(ids(&sandbox, &[]).len(), 3, "nothing was deleted yet");
    sandbox.run(["sessions", "delete", "--label", "team=blue", "--yes", "s3"]).code(2);
    let run = sandbox.run(["sessions", "delete", "--label", "team=blue", "--yes"]);
    assert_eq!(run.ok().column("id"), ["s2", "s1"]);
    assert_eq!(ids(&sandbox, &[]), ["s3"]);
}

#[test]
fn delete_by_label_that_selects_nothing_is_no_match() {
    let sandbox = with(&[("s1", &["team=red"])]);
    for extra in ["--yes", "--dry-run", "--force"] {
        let run = sandbox.run(["--format=json", "sessions", "delete", "--label", "team=blue", extra]);
        assert_eq!(run.code(11).error()["kind"], "no_match");
    }
    let run = sandbox.run(["sessions", "delete", "--label", "team=blue", "--yes", "--missing-ok"]);
    assert_eq!(run.ok().json(), json!([]));
    assert_eq!(ids(&sandbox, &[]), ["s1"]);
}

#[test]
fn dry_run_deletes_nothing_and_still_tells_what_is_missing() {
    let sandbox = with(&[("s1", &[])]);
    let run = sandbox.run(["sessions", "delete", "s1", "--dry-run"]);
    assert_eq!(run.ok().json(), json!([{"id": "s1", "deleted": false}]));
    sandbox.run(["sessions", "delete", "gone", "--dry-run"]).code(4);
    assert_eq!(ids(&sandbox, &[]), ["s1"]);
}

#[test]
fn an_expired_session_is_gone_from_everything_and_its_id_is_free() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(["sessions", "create", "--id", "brief", "--ttl", "1500ms", "--title", "first"]);
    assert!(run.ok().at("/expires_at").is_string());
    sandbox.put("brief:/a.txt", "a");
    wait_until("expired", || sandbox.run(["sessions", "list"]).ok().json() == json!([]));
    sandbox.run(["sessions", "get", "brief"]).code(4);
    sandbox.run(["sessions", "touch", "brief"]).code(4);
    sandbox.run(["sessions", "delete", "brief"]).code(4);
    sandbox.run(["sessions", "wait", "brief", "--for", "deleted"]).ok();
    sandbox.run(["files", "ls", "brief:/"]).code(4);
    sandbox.run(["files", "cat", "brief:/a.txt"]).code(4);
    sandbox.run(["files", "ls", "--scope-id", "brief"]).code(4);
    sandbox.run(["resources", "list", "brief"]).code(4);
    let upload = sandbox.wharf(["files", "upload", "-", "brief:/b.txt"]).stdin("b").run();
    upload.code(4);
    let run = sandbox.run(["sessions", "create", "--id", "brief"]);
    assert!(run.ok().at("/title").is_null());
    assert_eq!(sandbox.paths("brief:/"), [""; 0], "nothing is left of the first");
}

#[test]
fn use_of_a_session_puts_its_expiry_off() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "create", "--id", "kept", "--ttl", "1h"]).ok();
    let expiry = || sandbox.run(["sessions", "get", "kept", "--transform", "expires_at"]).ok().stdout().to_owned();
    let first = expiry();
    sandbox.run(["sessions", "touch", "kept"]).ok();
    let touched = expiry();
    sandbox.put("kept:/a.txt", "a");
    let written = expiry();
    assert!(first < touched && touched < written, "{first} {touched} {written}");
}

#[test]
fn many_processes_make_sessions_in_a_new_store_at_once() {
    let sandbox = Sandbox::new();
    let running: Vec<_> = (0..12).map(|_| sandbox.wharf(["sessions", "create", "-q"]).start()).collect();
    let made: BTreeSet<String> = running.into_iter().map(|run| run.finish().ok().stdout().to_owned()).collect();
    assert_eq!(made.len(), 12);
    assert_eq!(ids(&sandbox, &[]).len(), 12);
}

#[test]
fn a_store_that_another_process_is_making_is_waited_for() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.store()).unwrap();
    let maker = Connection::open(sandbox.store().join("wharf.db")).unwrap();
    maker.execute_batch("BEGIN IMMEDIATE; CREATE TABLE half_made (x)").unwrap();
    let mut running = sandbox.wharf(["sessions", "list"]).start();
    std::thread::sleep(Duration::from_millis(300));
    assert!(running.is_running(), "it gave up: {}", running.finish().stderr());
    maker.execute_batch("ROLLBACK").unwrap();
    running.finish().ok();
}

#[test]
fn of_many_processes_that_want_one_id_one_gets_it() {
    let sandbox = Sandbox::new();
    sandbox.run(["sessions", "list"]).ok();
    let create = || sandbox.wharf(["sessions", "create", "--id", "wanted", "--format=json"]).start();
    let runs: Vec<_> = (0..8).map(|_| create()).collect::<Vec<_>>().into_iter().map(Running::finish).collect();
    let (won, lost): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.stderr().is_empty());
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].ok().at("/id"), "wanted");
    for run in lost {
        assert_eq!(run.code(5).error()["kind"], "conflict");
    }
    assert_eq!(sandbox.unfinished(), [""; 0]);
}

#[test]
fn a_colon_is_the_chosen_session_of_the_verbs_that_read() {
    let sandbox = Sandbox::new();
    let id = sandbox.session();
    for verb in ["get", "wait", "touch"] {
        for chosen in [["--session", &id].as_slice(), &[]] {
            let run = sandbox.wharf([chosen, &["sessions", verb, ":", "-q"]].concat());
            let run = if chosen.is_empty() { run.env("WHARF_SESSION", &id) } else { run };
            assert_eq!(run.run().ok().stdout(), format!("{id}\n"), "{verb}");
        }
        sandbox.run(["sessions", verb, ":"]).code(2).says(&["--session"]);
    }
    for verb in ["stop", "archive", "delete"] {
        sandbox.wharf(["sessions", verb, ":", "--yes"]).env("WHARF_SESSION", &id).run().code(2);
    }
}
