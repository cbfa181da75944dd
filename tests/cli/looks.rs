//! How many requests a command takes: each remote tree is looked at once.

use serde_json::Value;

use crate::sandbox::{Sandbox, Served};

/// A command's requests, as the server's log has them: their operations.
fn requests(sandbox: &Sandbox, served: &Served<'_>, backend: &str, args: &[&str]) -> Vec<String> {
    let before = sandbox.read("log.jsonl").lines().count();
    served.wharf(backend, args).run().ok();
    let text = sandbox.read("log.jsonl");
    let lines = text.lines().skip(before).map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["operation"].as_str().unwrap().to_owned()).collect()
}

fn serve(sandbox: &Sandbox) -> Served<'_> {
    sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap()])
}

fn session(served: &Served<'_>, backend: &str, args: &[&str]) -> String {
    let run = served.wharf(backend, [&["sessions", "create", "-q"], args].concat()).run();
    run.ok().stdout().trim_end().to_owned()
}

#[test]
fn a_tree_of_three_outputs_takes_two_looks_and_three_contents() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let id = session(&served, "anthropic", &["--agent", "agent_1", "--environment", "env_1"]);
    let outputs = format!("{id}:/mnt/session/outputs");
    let empty = requests(&sandbox, &served, "anthropic", &["files", "download", &outputs, "empty"]);
    // Each look is two listings, and outputs appear late: two looks have to agree. Without files, each look asks for
    // the session as well.
    assert_eq!(empty.len(), 6, "{empty:?}");
    for name in ["a", "b", "c"] {
        served.leave(&id, &format!("filename={name}"), name.as_bytes());
    }
    let all = requests(&sandbox, &served, "anthropic", &["files", "download", &outputs, "out"]);
    assert_eq!((all.len(), sandbox.tree("out").len()), (7, 3), "{all:?}");
    let limited = ["files", "download", &outputs, "limited", "--max-files", "9", "--max-size", "1MB"];
    let limited = requests(&sandbox, &served, "anthropic", &limited);
    assert_eq!(limited.len(), 7, "{limited:?}");
}

#[test]
fn each_directory_of_foundry_is_listed_once() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let id = session(&served, "foundry", &[]);
    for path in ["t/a", "t/d/b", "t/d/e/c", "t/f/x"] {
        sandbox.write(path, path);
    }
    served.wharf("foundry", ["files", "upload", "t", &format!("{id}:/t")]).run().ok();
    let from = format!("{id}:/t");
    for limits in [&[][..], &["--max-files", "9"], &["--max-size", "1MB"], &["--receipt", "receipts.jsonl"]] {
        let args = [&["files", "download", &from, "out"], limits].concat();
        let all = requests(&sandbox, &served, "foundry", &args);
        let count = |operation: &str| all.iter().filter(|one| *one == operation).count();
        assert_eq!((count("files.list"), count("files.stat"), count("files.download")), (4, 1, 4), "{all:?}");
        assert_eq!(all.len(), 9, "{all:?}");
    }
}

#[test]
fn four_small_files_of_agb_take_few_calls() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    let id = session(&served, "agb", &[]);
    for path in ["t/a", "t/b", "t/c", "t/d"] {
        sandbox.write(path, path);
    }
    served.wharf("agb", ["files", "upload", "t", &format!("{id}:/tmp/t")]).run().ok();
    let all = requests(&sandbox, &served, "agb", &["files", "download", &format!("{id}:/tmp/t"), "out"]);
    let calls = all.iter().filter(|operation| operation.contains("tool")).count();
    assert_eq!((calls, sandbox.tree("out").len()), (9, 4), "{all:?}");
}
