//! One script, every backend: what is settled in the environment is for those backends that have it.

use crate::sandbox::Sandbox;

const SETTLED: [(&str, &str); 2] = [("WHARF_ENVIRONMENT", "env_1"), ("WHARF_IMAGE", "agb-code-space-1")];

#[test]
fn one_script_runs_on_every_backend() {
    let sandbox = Sandbox::new();
    sandbox.write("data/a.txt", "a");
    sandbox.write("data/raw/b.txt", "b");
    let served = sandbox.serve(&[]);
    for (backend, agent) in [("local", "a1"), ("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "a1")] {
        let wharf = |args: &[&str]| {
            let call = served.wharf(backend, args).env("WHARF_AGENT", agent);
            SETTLED.into_iter().fold(call, |call, (name, value)| call.env(name, value)).run()
        };
        let id = wharf(&["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
        wharf(&["sessions", "wait", &id, "--timeout", "10s"]).ok();
        let receipts = wharf(&["files", "upload", "data", &format!("{id}:/tmp/data")]);
        assert_eq!(receipts.ok().column("status"), ["copied", "copied"], "{backend}");
        let shown = wharf(&["files", "ls", "-R", &format!("{id}:/tmp/data")]);
        assert_eq!(shown.ok().column("name"), ["a.txt", "raw", "b.txt"], "{backend}");
        wharf(&["files", "rm", &format!("{id}:/tmp/data/a.txt")]).ok();
        wharf(&["sessions", "delete", &id, "--yes"]).ok();
        wharf(&["sessions", "get", &id]).code(4);
    }
}

#[test]
fn a_flag_that_a_backend_lacks_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let log = sandbox.path("log.jsonl");
    let served = sandbox.serve(&["--log", log.to_str().unwrap()]);
    for (backend, flag) in [("anthropic", "--image"), ("foundry", "--environment"), ("agb", "--agent")] {
        served.wharf(backend, ["sessions", "create", flag, "x"]).run().code(7).says(&[flag, backend]);
    }
    assert!(std::fs::read_to_string(log).unwrap_or_default().is_empty(), "a request was sent");
}

#[test]
fn a_token_file_is_never_standard_input() {
    let sandbox = Sandbox::new();
    let served = sandbox.serve(&[]);
    for backend in ["anthropic", "foundry", "agb"] {
        let run = served.wharf(backend, ["sessions", "list", "--token-file", "-"]).stdin("a-token").run();
        run.code(2).says(&["--token-file takes a file or a pipe"]);
    }
}

#[test]
fn a_file_that_cannot_be_where_it_is_sent_is_a_conflict_that_names_what_is_in_the_way() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "a");
    let served = sandbox.serve(&[]);
    for (backend, agent) in [("local", "a1"), ("foundry", "a1"), ("agb", "a1")] {
        let wharf = |args: &[&str]| {
            let call = served.wharf(backend, args).env("WHARF_AGENT", agent);
            SETTLED.into_iter().fold(call, |call, (name, value)| call.env(name, value)).run()
        };
        let id = wharf(&["sessions", "create", "-q"]).ok().stdout().trim_end().to_owned();
        let at = |path: &str| format!("{id}:/tmp/{path}");
        wharf(&["files", "upload", "a.txt", &at("d/a.txt")]).ok();
        let onto = wharf(&["files", "upload", "a.txt", &at("d")]);
        onto.code(5).says(&["directory", &format!("add a slash: `{}`", at("d/"))]);
        let below = wharf(&["files", "upload", "a.txt", &at("d/a.txt/b/c")]);
        below.code(5).says(&[&format!("remove or move `{}`", at("d/a.txt"))]);
        let removed = wharf(&["files", "rm", &at("d")]);
        let error = removed.code(5).says(&["-r"]).stderr();
        assert_eq!(error.matches("/tmp/d").count(), 1, "{backend}: {error}");
    }
}
