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

#[test]
fn a_resource_is_found_by_its_path_with_one_listing() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    sandbox.write("f", "f");
    let id = session(&served, "anthropic", &["--agent", "agent_1", "--environment", "env_1", "--resource", "@f:/in/g"]);
    let delete = ["resources", "delete", &id, "--mount-path", "/mnt/session/uploads/in/g"];
    assert_eq!(requests(&sandbox, &served, "anthropic", &delete), ["resources.list", "resources.delete"]);
}

#[test]
fn a_directory_is_made_once_however_many_files_go_into_it_at_once() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&["--log", sandbox.path("log.jsonl").to_str().unwrap(), "--fault", "*:latency=20ms"]);
    for number in 0..8 {
        for directory in ["one", "two", "two/deep"] {
            sandbox.write(format!("t/{directory}/{number}"), "text");
        }
    }
    // The service creates parents by itself.
    let id = session(&served, "foundry", &[]);
    for _ in 0..2 {
        let all = requests(&sandbox, &served, "foundry", &["files", "upload", "t", &format!("{id}:/t")]);
        assert!(all.len() == 24 && all.iter().all(|one| one == "files.upload"), "{all:?}");
    }
    // Empty directories have a request each, and so have those above them.
    for empty in ["a/1", "a/2", "a/3", "b/c/d"] {
        std::fs::create_dir_all(sandbox.path(format!("empty/{empty}"))).unwrap();
    }
    let all = requests(&sandbox, &served, "foundry", &["files", "upload", "empty", &format!("{id}:/e")]);
    assert_eq!(all, vec!["files.mkdir"; 8]);
    assert_eq!(served.wharf("foundry", ["files", "ls", &format!("{id}:/e"), "-R", "-q"]).run().ok().lines().len(), 7);
    // Each write into a directory that is missing fails, and the directory is made for the first of them.
    let id = session(&served, "agb", &[]);
    let all = requests(&sandbox, &served, "agb", &["files", "upload", "t", &format!("{id}:/tmp/t")]);
    // Four for each file, one for a write that failed, three directories, and the attempt to send a bundle.
    assert!(all.len() <= 24 * 4 + 24 + 3 + 5, "{} requests", all.len());
}

#[test]
fn a_directory_that_cannot_be_the_destination_is_looked_at_once() {
    let sandbox = Sandbox::new();
    let served = serve(&sandbox);
    for number in 0..40 {
        sandbox.write(format!("t/{number}"), "text");
    }
    sandbox.write("f", "file");
    let upload = |backend: &str, to: &str, code| {
        let before = sandbox.read("log.jsonl").lines().count();
        let run = served.wharf(backend, ["files", "upload", "t", to]).run();
        let receipts = run.code(code).json();
        let asked = sandbox.read("log.jsonl").lines().count() - before;
        (receipts.as_array().unwrap().clone(), asked)
    };
    for (backend, flags) in [("foundry", &[][..]), ("anthropic", &["--agent", "agent_1", "--environment", "env_1"])] {
        let id = session(&served, backend, flags);
        served.wharf(backend, ["files", "upload", "f", &format!("{id}:/in/f")]).run().ok();
        for to in ["in/f", "in/f/x", "in/f/x/y"] {
            let (receipts, asked) = upload(backend, &format!("{id}:/{to}"), 5);
            assert_eq!(receipts.len(), 40);
            // Only the files that were begun have been looked at.
            assert!(asked < 120, "{backend} {to}: {asked} requests");
            for receipt in receipts {
                let message = receipt["error"]["message"].as_str().unwrap();
                assert!(message.starts_with("not a directory: ") && message.ends_with("in/f`"), "{backend}: {message}");
            }
        }
        served.wharf(backend, ["sessions", "delete", &id]).run().ok();
        let (receipts, asked) = upload(backend, &format!("{id}:/t"), 4);
        assert_eq!(receipts.len(), 40);
        assert!(asked <= 40, "{backend}: {asked} requests");
    }
}
