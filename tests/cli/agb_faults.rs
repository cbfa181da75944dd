//! AGB cloud in trouble: right bytes or the right exit code, nothing half-written and nothing left behind.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

const SIZE: usize = 2 << 20;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

const OLD: &[u8] = b"the old one";

/// What happened, what is at the target afterwards, and what else is in the session.
struct UploadOutcome {
    run: Run,
    there: Vec<u8>,
    others: Vec<String>,
}

fn options<'a>(faults: &[&'a str]) -> Vec<&'a str> {
    faults.iter().flat_map(|fault| ["--fault", fault]).collect()
}

/// Uploads over an older file through a server with these faults.
fn upload(faults: &[&str], content: &[u8], args: &[&str]) -> UploadOutcome {
    let sandbox = Sandbox::new();
    sandbox.write("new", content);
    let sound = sandbox.serve(&[]);
    let id = sound.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    let target = format!("{id}:/tmp/d/f");
    sound.wharf("agb", ["files", "upload", "-", &target]).stdin(OLD).run().ok();
    drop(sound);
    let run = {
        let served = sandbox.serve(&options(faults));
        served.wharf("agb", [&["files", "upload", "new", &target], args].concat()).run()
    };
    let sound = sandbox.serve(&[]);
    let there = sound.wharf("agb", ["files", "cat", &target]).run().ok().bytes().to_vec();
    let listed = sound.wharf("agb", ["files", "ls", &format!("{id}:/"), "-R"]).run().ok().json();
    let paths = listed.as_array().unwrap().iter().filter(|one| one["kind"] == "file");
    let others = paths.map(|one| one["path"].as_str().unwrap().to_owned()).filter(|path| path != "/tmp/d/f");
    UploadOutcome { run, there, others: others.collect() }
}

/// Downloads over an older file through a server with these faults; what is here afterwards.
fn download(faults: &[&str], content: &[u8], args: &[&str]) -> (Run, Vec<u8>) {
    let sandbox = Sandbox::new();
    sandbox.write("big", content);
    sandbox.write("out/big", OLD);
    let sound = sandbox.serve(&[]);
    let id = sound.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    sound.wharf("agb", ["files", "upload", "big", &format!("{id}:/tmp/big")]).run().ok();
    drop(sound);
    let run = {
        let served = sandbox.serve(&options(faults));
        served.wharf("agb", [&["files", "download", &format!("{id}:big"), "out/big"], args].concat()).run()
    };
    assert_eq!(sandbox.tree("out"), ["big"], "something is left beside the target: {faults:?}");
    (run, std::fs::read(sandbox.path("out/big")).unwrap())
}

fn error(run: &Run) -> Value {
    run.json()[0]["error"].clone()
}

#[test]
fn an_upload_gets_through_what_passes() {
    for faults in [
        &["files.upload:429 x2"][..],
        &["files.upload:500 x1"],
        &["files.upload:reset x1"],
        &["files.upload:reset@1MiB x1"],
        &["files.upload:reset@end x1"],
        &["contexts.sync:503 x1"],
        &["contexts.sync:reset@end x1"],
        &["contexts.status:500 x2"],
        &["contexts.upload_url:429 x1 retry-after=1"],
        &["contexts.sync:sync=slow"],
        &["contexts.load:500 x1"],
        &["contexts.delete_file:500"],
        // The last call is the move: the fourth of the tools'.
        &["tools.call:reset@end x1 skip=3"],
        &["tools.call:503 x1 skip=3"],
    ] {
        let seen = upload(faults, &content(), &[]);
        let receipt = seen.run.ok().json()[0].clone();
        assert_eq!((&receipt["status"], &receipt["verified"]), (&"copied".into(), &"md5".into()), "{faults:?}");
        assert!(seen.there == content(), "{faults:?}: other bytes are there");
        assert!(seen.others.is_empty(), "{faults:?} left {:?}", seen.others);
    }
}

#[test]
fn an_etag_that_is_not_the_md5_verifies_nothing_and_is_not_an_error() {
    let hash = "files.upload:header=etag:\"D41D8CD98F00B204E9800998ECF8427E\"";
    for fault in [hash, "files.upload:header=etag:\"D41D8CD98F00B204E9800998ECF8427E-1\"", "files.upload:header=etag:-"]
    {
        let seen = upload(&[fault], &content(), &[]);
        let receipt = seen.run.ok().json()[0].clone();
        assert_eq!((&receipt["status"], &receipt["verified"]), (&"copied".into(), &"size".into()), "{fault}");
        assert!(seen.there == content() && seen.others.is_empty(), "{fault}");
    }
}

#[test]
fn an_upload_that_cannot_get_through_leaves_the_old_file_and_nothing_else() {
    for (faults, code) in [
        (&["files.upload:429 retry-after=0"][..], 6),
        (&["files.upload:500"], 8),
        (&["files.upload:403"], 8),
        (&["files.upload:reset@50%"], 8),
        (&["files.upload:endless"], 8),
        (&["files.upload:redirect=https://elsewhere.test/stolen"], 8),
        (&["contexts.upload_url:401"], 3),
        (&["contexts.upload_url:refused"], 8),
        (&["contexts.upload_url:redirect=http://127.0.0.1:1/stolen"], 8),
        (&["contexts.sync:refused"], 8),
        (&["contexts.sync:sync=failed"], 8),
        (&["contexts.sync:sync=broken"], 8),
        (&["contexts.sync:sync=missing"], 9),
        (&["contexts.sync:sync=partial"], 9),
        (&["contexts.status:500"], 8),
    ] {
        let seen = upload(faults, &content(), &["--retries", "1"]);
        let told = error(seen.run.code(code));
        assert!(told["message"].is_string(), "{faults:?}: {told}");
        assert_eq!(seen.there, OLD, "{faults:?}");
        assert!(seen.others.is_empty(), "{faults:?} left {:?}", seen.others);
        assert!(!told.to_string().contains("/oss/") && !told.to_string().contains("stolen"), "{told}");
    }
}

#[test]
fn small_text_is_as_safe() {
    let text = b"small text\n";
    for (faults, code) in [
        (&["tools.call:refused=inside x1"][..], 0),
        (&["tools.call:500 x1"], 0),
        (&["tools.call:reset@end x1"], 0),
        (&["tools.call:reset@end x1 skip=2"], 0),
        (&["tools.call:refused=inside"], 8),
        (&["tools.call:refused"], 8),
        (&["tools.call:401"], 3),
        (&["tools.call:429 retry-after=0"], 6),
        (&["tools.call:endless"], 8),
    ] {
        let seen = upload(faults, text, &["--retries", "1"]);
        seen.run.code(code);
        assert_eq!(seen.there, if code == 0 { text } else { OLD }, "{faults:?}");
        assert!(seen.others.is_empty(), "{faults:?} left {:?}", seen.others);
    }
}

#[test]
fn what_stands_still_ends_with_its_time() {
    for fault in
        ["files.upload:stall", "files.upload:stall@1MiB", "contexts.sync:sync=running", "contexts.status:stall"]
    {
        let begun = Instant::now();
        let seen = upload(&[fault], &content(), &["--timeout", "2s"]);
        seen.run.code(124);
        assert!(begun.elapsed() < Duration::from_secs(12), "{fault}");
        assert_eq!(seen.there, OLD, "{fault}");
    }
}

#[test]
fn a_download_gets_through_what_passes() {
    for faults in [
        &["files.download:429 x2"][..],
        &["files.download:500 x1"],
        &["files.download:reset@1MiB x1"],
        &["files.download:truncate x1"],
        &["contexts.sync:sync=slow"],
        &["contexts.sync:reset@end x1"],
        &["contexts.download_url:503 x1"],
        &["contexts.delete_file:500"],
    ] {
        let (run, here) = download(faults, &content(), &[]);
        run.ok();
        assert!(here == content(), "{faults:?}: other bytes are here");
    }
}

#[test]
fn a_download_that_cannot_get_through_leaves_the_old_file() {
    for (faults, code) in [
        (&["files.download:429 retry-after=0"][..], 6),
        (&["files.download:500"], 8),
        (&["files.download:404"], 8),
        (&["files.download:403"], 8),
        (&["files.download:truncate"], 8),
        (&["files.download:reset@50%"], 8),
        (&["files.download:endless"], 8),
        (&["files.download:redirect=http://127.0.0.1:1/taken"], 8),
        (&["contexts.sync:refused"], 8),
        (&["contexts.sync:sync=failed"], 8),
        (&["contexts.sync:sync=broken"], 8),
        (&["contexts.sync:sync=missing"], 8),
        (&["contexts.sync:sync=partial"], 9),
        (&["contexts.download_url:refused"], 8),
    ] {
        let (run, here) = download(faults, &content(), &["--retries", "1"]);
        run.code(code);
        assert_eq!(here, OLD, "{faults:?}");
    }
    for fault in ["files.download:stall@1MiB", "contexts.sync:sync=running"] {
        let (run, here) = download(&[fault], &content(), &["--timeout", "2s"]);
        run.code(124);
        assert_eq!(here, OLD, "{fault}");
    }
    for fault in ["tools.call:refused=inside", "tools.call:truncate"] {
        let (run, here) = download(&[fault], b"small", &["--retries", "1"]);
        run.code(8);
        assert_eq!(here, OLD, "{fault}");
    }
}

#[test]
fn a_session_is_made_once_or_said_to_be_in_doubt() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[
        "--fault",
        "sessions.create:reset@end x1",
        "--fault",
        "sessions.create:refused=inside skip=1 x1",
    ]);
    let lost = served.wharf("agb", ["sessions", "create"]).run();
    lost.code(8).says(&["may have taken effect", "sessions list"]);
    assert_eq!(served.wharf("agb", ["sessions", "list", "-q"]).run().ok().lines().len(), 1);
    served.wharf("agb", ["sessions", "create"]).run().code(8).says(&["requested fault"]);
    assert_eq!(served.wharf("agb", ["sessions", "list", "-q"]).run().ok().lines().len(), 1);
}

#[test]
fn a_deletion_whose_answer_was_lost_is_done() {
    let sandbox = Sandbox::new();
    let served =
        sandbox.serve(&["--fault", "sessions.delete:reset@end x1", "--fault", "sessions.status:500 x1 skip=1"]);
    let id = served.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    served.wharf("agb", ["sessions", "delete", &id]).run().ok();
    assert!(served.wharf("agb", ["sessions", "list", "-q"]).run().ok().lines().is_empty());
}

#[test]
fn a_refusal_within_a_success_is_one() {
    let sandbox = Sandbox::new();
    for (fault, args) in [
        ("sessions.list:refused", &["sessions", "list"][..]),
        ("sessions.labels:refused", &["sessions", "label", "session-1"]),
        ("sessions.touch:refused", &["sessions", "touch", "session-1"]),
    ] {
        let served = sandbox.serve(&["--fault", fault]);
        served.wharf("agb", args).run().one_of(&[2, 8]);
    }
    let served = sandbox.serve(&["--fault", "sessions.list:refused code=Throttling x1"]);
    served.wharf("agb", ["sessions", "list"]).run().ok();
}

#[test]
fn a_temporary_file_is_removed_another_way_or_named() {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c"] {
        sandbox.write(format!("in/{name}"), "text");
    }
    for (faults, is_left) in [
        (&["tools.call.shell:refused=inside skip=1"][..], false),
        (&["tools.call.shell:refused=inside skip=1", "tools.call.delete_file:refused=inside"], true),
        (&["tools.call.shell:500 skip=1"], false),
    ] {
        let options: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        let served = sandbox.serve(&options);
        let id = served.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
        let args = ["files", "upload", "in", &format!("{id}:/tmp/p"), "--retries", "0", "--format", "json"];
        let up = served.wharf("agb", args).run();
        assert_eq!(up.code(8).column("status"), ["failed"; 3], "{faults:?}");
        drop(served);
        let sound = sandbox.serve(&[]);
        let listed = sound.wharf("agb", ["files", "ls", &format!("{id}:/tmp/p"), "-q"]).run();
        let left = listed.ok().lines();
        assert_eq!(left.len(), if is_left { 3 } else { 0 }, "{faults:?}: {left:?}");
        for path in left {
            assert!(path.contains("/.wharf-") && up.stdout().contains(path), "{faults:?}: {path} is not named");
        }
    }
}
