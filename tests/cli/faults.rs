//! A service in trouble, from the command line: right bytes or the right exit code, and nothing half-written here.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sandbox::{Run, Sandbox, Served};

/// Larger than any buffer on the way.
const SIZE: usize = 3 << 20;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

/// A session on a sound server's store.
fn session(served: &Served<'_>) -> String {
    served.wharf("foundry", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned()
}

/// What the log says of the requests of one operation: their status, where there was one.
fn log(sandbox: &Sandbox, operation: &str) -> Vec<Option<u64>> {
    let text = sandbox.read("log.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["operation"] == operation).map(|line| line["status"].as_u64()).collect()
}

/// Uploads a file through a server with this fault, and says what is there afterwards by a sound one.
fn upload(fault: &str, args: &[&str]) -> (Run, Option<Vec<u8>>, Vec<Option<u64>>) {
    let sandbox = Sandbox::new();
    sandbox.write("big", content());
    let id = session(&sandbox.serve(&[]));
    let run = {
        let served = sandbox.serve(&["--fault", fault, "--log", sandbox.path("log.jsonl").to_str().unwrap()]);
        served.wharf("foundry", [&["files", "upload", "big", &format!("{id}:/d/big")], args].concat()).run()
    };
    let sound = sandbox.serve(&[]);
    let there = sound.wharf("foundry", ["files", "cat", &format!("{id}:/d/big")]).run();
    there.one_of(&[0, 4]);
    let there = there.stderr().is_empty().then(|| there.bytes().to_vec());
    let tries = log(&sandbox, "files.upload");
    (run, there, tries)
}

/// Downloads a file over an older one through a server with this fault; what is here afterwards.
fn download(faults: &[&str], args: &[&str]) -> (Run, Vec<u8>, Vec<Option<u64>>) {
    let sandbox = Sandbox::new();
    sandbox.write("big", content());
    sandbox.write("out/big", "the old one");
    let sound = sandbox.serve(&[]);
    let id = session(&sound);
    sound.wharf("foundry", ["files", "upload", "big", &format!("{id}:/big")]).run().ok();
    drop(sound);
    let mut options = vec!["--log".to_owned(), sandbox.path("log.jsonl").to_str().unwrap().to_owned()];
    options.extend(faults.iter().flat_map(|fault| ["--fault".to_owned(), (*fault).to_owned()]));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let run = {
        let served = sandbox.serve(&options);
        served.wharf("foundry", [&["files", "download", &format!("{id}:/big"), "out/big"], args].concat()).run()
    };
    assert_eq!(sandbox.tree("out"), ["big"], "something is left beside the target: {faults:?}");
    let here = std::fs::read(sandbox.path("out/big")).unwrap();
    let tries = log(&sandbox, "files.download");
    (run, here, tries)
}

#[test]
fn an_upload_gets_through_what_passes() {
    for (fault, tries) in [
        ("upload:429 x2", 3),
        ("upload:429 x1 retry-after=1", 2),
        ("upload:500 x1", 2),
        ("upload:503@start x1", 2),
        ("upload:500@end x1", 2),
        ("upload:reset x1", 2),
        ("upload:reset@1MiB x1", 2),
        ("upload:reset@1MiB x1 keep", 2),
        ("upload:reset@end x1", 2),
        ("upload:424 x1 code=session_not_ready", 2),
    ] {
        let begun = Instant::now();
        let (run, there, seen) = upload(fault, &[]);
        let receipt = run.ok().json()[0].clone();
        assert_eq!(
            (receipt["status"].as_str(), receipt["verified"].as_str()),
            (Some("copied"), Some("size")),
            "{fault}"
        );
        assert!(there.as_deref() == Some(&content()[..]), "{fault}: other bytes are there");
        assert_eq!(seen.len(), tries, "{fault}: {seen:?}");
        assert!(!fault.contains("retry-after") || begun.elapsed() >= Duration::from_secs(1), "{fault}");
    }
}

#[test]
fn an_upload_that_cannot_get_through_ends_in_its_code() {
    for (fault, code, left) in [
        ("upload:429 retry-after=0", 6, None),
        ("upload:500", 8, None),
        ("upload:503@start", 8, None),
        ("upload:reset", 8, None),
        ("upload:reset@50%", 8, None),
        ("upload:401", 3, None),
        ("upload:403", 3, None),
        ("upload:413", 6, None),
        ("upload:endless", 8, None),
        ("upload:redirect=https://elsewhere.test/taken", 8, None),
        ("upload:500@end", 8, Some(SIZE)),
        ("upload:reset@end", 8, Some(SIZE)),
    ] {
        let (run, there, seen) = upload(fault, &["--retries", "1"]);
        run.code(code);
        assert_eq!(there.map(|bytes| bytes.len()), left, "{fault}");
        let once = ["401", "403", "413", "redirect"].iter().any(|word| fault.contains(word));
        assert_eq!(seen.len(), if once { 1 } else { 2 }, "{fault}: {seen:?}");
        let receipt = &run.json()[0];
        assert_eq!(receipt["status"], "failed", "{fault}");
        let error = receipt["error"].to_string();
        // A refusal before the content was read may or may not be seen before the connection is.
        if fault != "upload:503@start" {
            assert_eq!(error.contains("may have taken effect"), fault.contains("reset"), "{fault}: {error}");
        }
    }
}

#[test]
fn an_upload_of_which_too_little_was_written_is_not_trusted_and_is_removed() {
    let (run, there, _) = upload("upload:bytes_written=17", &["--verify"]);
    run.code(9).says(&["17", "3145728"]);
    assert_eq!(there, None);
}

#[test]
fn an_upload_that_stalls_ends_with_its_time() {
    for fault in ["upload:stall", "upload:stall@1MiB", "upload:stall@end"] {
        let begun = Instant::now();
        let (run, there, _) = upload(fault, &["--timeout", "2s"]);
        run.code(124);
        assert!(begun.elapsed() < Duration::from_secs(10), "{fault}");
        assert_eq!(there.is_some(), fault.ends_with("@end"), "{fault}");
    }
}

#[test]
fn a_download_gets_through_what_passes() {
    for (faults, tries) in [
        (&["download:429 x2"][..], 3),
        (&["download:429 x1 retry-after=1"], 2),
        (&["download:500 x1"], 2),
        (&["download:503 x1"], 2),
        (&["download:reset x1"], 2),
        (&["download:reset@1MiB x1"], 2),
        (&["download:truncate x1"], 2),
        (&["download:truncate@start x1"], 2),
        (&["download:truncate@3145727 x1"], 2),
        (&["download:chunked"], 1),
        (&["download:chunked", "download:truncate@1MiB x1"], 2),
        (&["download:chunked", "download:reset@2MiB x1"], 2),
    ] {
        let (run, here, seen) = download(faults, &[]);
        run.ok();
        assert!(here == content(), "{faults:?}: other bytes are here");
        assert_eq!(seen.len(), tries, "{faults:?}: {seen:?}");
    }
}

#[test]
fn a_download_that_cannot_get_through_leaves_the_old_file() {
    for (faults, code) in [
        (&["download:429 retry-after=0"][..], 6),
        (&["download:500"], 8),
        (&["download:reset"], 8),
        (&["download:reset@50%"], 8),
        (&["download:truncate"], 8),
        (&["download:chunked", "download:truncate@1MiB"], 8),
        (&["download:401"], 3),
        (&["download:404"], 4),
        (&["download:endless"], 8),
        (&["download:redirect=http://127.0.0.1:1/taken"], 8),
    ] {
        let (run, here, _) = download(faults, &["--retries", "1"]);
        run.code(code);
        assert_eq!(here, b"the old one", "{faults:?}");
    }
    for fault in ["download:stall", "download:stall@1MiB"] {
        let (run, here, _) = download(&[fault], &["--timeout", "2s"]);
        run.code(124);
        assert_eq!(here, b"the old one", "{fault}");
    }
}

#[test]
fn each_try_of_a_download_that_is_cut_off_is_counted_and_paced_like_a_request() {
    let begun = Instant::now();
    let (run, here, seen) = download(&["download:truncate@50%"], &["--retries", "3", "--debug"]);
    // Pauses of at most 0.5, 1 and 2 seconds.
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    run.code(8).says(&["(after 4 tries)"]);
    assert_eq!((here, seen.len()), (b"the old one".to_vec(), 4));
    let tries: Vec<_> = (1..=4)
        .map(|number| run.stderr().matches(&format!("content?api-version=v1&path=big: try {number},")).count())
        .collect();
    assert_eq!(tries, [1, 1, 1, 1], "{}", run.stderr());
    // Failed requests and contents that were cut off share one number of tries.
    let (run, _, seen) = download(&["download:500 x2", "download:truncate@50%"], &["--retries", "3"]);
    run.code(8).says(&["(after 4 tries)"]);
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn what_comes_to_standard_output_is_not_called_whole_when_it_is_not() {
    let sandbox = Sandbox::new();
    let sound = sandbox.serve(&[]);
    let id = session(&sound);
    sound.wharf("foundry", ["files", "upload", "-", &format!("{id}:/f")]).stdin(content()).run().ok();
    drop(sound);
    for fault in ["download:truncate", "download:reset@50%"] {
        let served = sandbox.serve(&["--fault", fault]);
        let run = served.wharf("foundry", ["files", "cat", &format!("{id}:/f"), "--retries", "1"]).run();
        run.code(8);
        assert!(content().starts_with(run.bytes()), "{fault}: bytes that are not the file's");
    }
}

#[test]
fn a_session_whose_creation_was_lost_is_made_once_and_named() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "create:reset@end x1"]);
    let id = session(&served);
    let listed = served.wharf("foundry", ["sessions", "list", "-q"]).run();
    assert_eq!(listed.ok().lines(), [id]);
}

#[test]
fn a_deletion_whose_answer_was_lost_is_done() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--fault", "delete:reset@end x2"]);
    let id = session(&served);
    served.wharf("foundry", ["files", "upload", "-", &format!("{id}:/f")]).stdin("x").run().ok();
    served.wharf("foundry", ["sessions", "delete", &id, "--yes"]).run().ok();
    assert!(served.wharf("foundry", ["sessions", "list", "-q"]).run().ok().lines().is_empty());
}

#[test]
fn what_all_items_failed_of_stands_in_the_error_of_all() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a", "a");
    sandbox.write("in/b", "b");
    let sound = sandbox.serve(&[]);
    let (id, other) = (session(&sound), session(&sound));
    sound.wharf("foundry", ["files", "upload", "in", &format!("{id}:/d")]).run().ok();
    drop(sound);
    let (a, b) = (format!("{id}:/d/a"), format!("{id}:/d/b"));
    let served = sandbox.serve(&["--fault", "*:503 retry-after=300 code=busy"]);
    for args in [
        &["files", "upload", "in/a", "in/b", &format!("{id}:/new/")][..],
        &["files", "download", &a, &b, "out/"],
        &["files", "cat", &a, &b],
        &["files", "stat", &a, &b],
        &["files", "rm", &a, &b],
        &["files", "mkdir", &a, &b],
        &["sessions", "get", &id, &other],
        &["sessions", "stop", &id, &other],
        &["sessions", "delete", &id, &other],
    ] {
        let all = [args, &["--retries", "0", "--format", "json", "--jobs", "1"]].concat();
        let error = served.wharf("foundry", all).run().error();
        assert!(error["message"].as_str().unwrap().starts_with("2 of 2 "), "{args:?}: {error}");
        // The second one is not even sent: the first was told to wait.
        assert_eq!((&error["backend"], &error["retryable"]), (&"foundry".into(), &true.into()), "{args:?}: {error}");
    }
    let served = sandbox.serve(&["--fault", "*:503 code=busy"]);
    for args in [&["files", "cat", &a, &b][..], &["files", "rm", &a, &b], &["sessions", "get", &id, &other]] {
        let all = [args, &["--retries", "0", "--format", "json"]].concat();
        let error = served.wharf("foundry", all).run().code(8).error();
        let told = (&error["status"], &error["code"], &error["retryable"], &error["request_id"]);
        assert_eq!(told, (&503.into(), &"busy".into(), &true.into(), &Value::Null), "{args:?}: {error}");
    }
    // One that is not there, and one that the service refuses.
    let served = sandbox.serve(&["--fault", "*:503 x1 code=busy"]);
    let args = ["files", "stat", &a, &format!("{id}:/none"), "--retries", "0", "--format", "json"];
    let error = served.wharf("foundry", args).run().code(10).error();
    assert_eq!((&error["status"], &error["code"], &error["retryable"]), (&Value::Null, &Value::Null, &false.into()));
}

#[test]
fn pauses_that_a_service_asks_for_fail_no_file() {
    let sandbox = Sandbox::new();
    for file in 0..100 {
        sandbox.write(format!("in/{file}"), file.to_string());
    }
    let id = session(&sandbox.serve(&[]));
    let (there, log) = (format!("{id}:/d"), sandbox.path("log.jsonl"));
    // More refusals than a file has tries.
    let faults = ["--fault", "upload:429 x30 retry-after=1", "--fault", "download:503 x30 retry-after=1"];
    let served = sandbox.serve(&[&faults[..], &["--log", log.to_str().unwrap()]].concat());
    for args in [["files", "upload", "in", &there], ["files", "download", &there, "out"]] {
        let run = served.wharf("foundry", [&args[..], &["--verbose", "--retries", "1"]].concat()).run();
        run.ok().says(&["files at once; the service refused requests because of its load"]);
    }
    let refused = |operation| self::log(&sandbox, operation).iter().filter(|status| **status != Some(200)).count();
    assert!(refused("files.upload") >= 30 && refused("files.download") >= 30);
    for file in 0..100 {
        assert_eq!(sandbox.read(format!("out/{file}")), file.to_string());
    }
}

#[test]
fn more_files_are_transferred_at_once_where_that_is_faster() {
    let sandbox = Sandbox::new();
    for file in 0..200 {
        sandbox.write(format!("in/{file}"), "x");
    }
    let id = session(&sandbox.serve(&[]));
    let served = sandbox.serve(&["--fault", "*:latency=50ms"]);
    for (jobs, reached) in [("40", "up to 40 files at once"), ("3", "up to 3 files at once")] {
        let args = ["files", "upload", "in", &format!("{id}:/d{jobs}"), "--verbose", "--jobs", jobs];
        served.wharf("foundry", args).run().ok().says(&[reached]);
    }
}
