//! `wharf run` on services that the emulator plays: prompts and commands, exit statuses, and what is sent.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::invoke_local::stage;
use crate::run::sessions;
use crate::sandbox::{Call, Run, Sandbox, Served, wait_until};

/// The flags for the creation of a session on a service.
pub(crate) fn create_flags(backend: &str) -> &'static [&'static str] {
    match backend {
        "anthropic" => &["--agent", "agent_1", "--environment", "env_1"],
        "agb" => &["--image", "agb-code-space-1"],
        _ => &[],
    }
}

/// A server whose agents are shells, so that a prompt is a script, and that logs what comes.
pub(crate) struct Services<'s> {
    pub(crate) sandbox: &'s Sandbox,
    pub(crate) served: Served<'s>,
}

impl<'s> Services<'s> {
    /// With these options of the server.
    pub(crate) fn new(sandbox: &'s Sandbox, options: &[&str]) -> Self {
        fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
        let profile = "profile = 'a'\n[profiles.a]\nagent_command = ['sh']\n";
        fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
        let log = sandbox.path("log.jsonl");
        drop(fs::remove_file(&log));
        let served = sandbox.serve(&[&["--log", log.to_str().unwrap()], options].concat());
        Services { sandbox, served }
    }

    /// With agents that are shells.
    pub(crate) fn with_agents(sandbox: &'s Sandbox, options: &[&str]) -> Self {
        Self::new(sandbox, &[&["--exec", "--agent-command", "sh"], options].concat())
    }

    /// `wharf run` with the flags for a session of its own.
    pub(crate) fn call(&self, backend: &str, words: &[&str]) -> Call {
        self.served.wharf(backend, [&["run"], create_flags(backend), words].concat())
    }

    fn run(&self, backend: &str, words: &[&str]) -> Run {
        self.call(backend, words).run()
    }

    /// The object of a run that ends with this code.
    fn object(&self, backend: &str, code: i32, words: &[&str]) -> Value {
        self.run(backend, &[&["--format", "json"], words].concat()).code(code).json()
    }

    pub(crate) fn list(&self, backend: &str, words: &[&str]) -> String {
        self.served.wharf(backend, words).run().ok().stdout().to_owned()
    }

    /// No session and no stored file is left.
    #[track_caller]
    pub(crate) fn is_empty(&self, backend: &str) {
        wait_until("no run goes on", || self.list(backend, &["runs", "list", "-q"]).is_empty());
        assert_eq!(self.list(backend, &["sessions", "list", "-q"]), "", "{backend}");
        if backend == "anthropic" {
            assert_eq!(self.list(backend, &["files", "ls", "-q"]), "");
        }
    }

    /// The requests so far, by their operation.
    fn requests(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in self.sandbox.read("log.jsonl").lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            *counts.entry(line["operation"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }
}

/// What a run does everywhere: it reads its inputs, says something, and leaves an output.
const SCRIPT: &str = "cat data/a.csv one.txt && echo result >\"$WHARF_OUTPUTS\"/r";

fn write_inputs(sandbox: &Sandbox) {
    sandbox.write("data/a.csv", "a,b\n");
    sandbox.write("one.txt", "one\n");
}

const FLAGS: [&str; 6] = ["--in", "data", "--in", "one.txt", "--out", "@outputs:results"];

#[test]
fn one_prompt_works_on_every_backend() {
    let sandbox = Sandbox::new();
    write_inputs(&sandbox);
    let services = Services::with_agents(&sandbox, &[]);
    for backend in ["local", "anthropic", "foundry", "agb"] {
        drop(fs::remove_dir_all(sandbox.path("results")));
        let run = services.run(backend, &[&FLAGS[..], &[SCRIPT]].concat());
        assert_eq!(run.ok().stdout(), "a,b\none\n", "{backend}: {}", run.stderr());
        assert_eq!(sandbox.read("results/r"), "result\n", "{backend}");
        let object = services.object(backend, 0, &[&FLAGS[..], &[SCRIPT]].concat());
        assert_eq!((&object["work"]["type"], &object["work"]["text"]), (&json!("result"), &json!("a,b\none\n")));
        assert_eq!((&object["backend"], &object["cleanup"]["status"]), (&json!(backend), &json!("deleted")));
        assert_eq!((object["uploads"].as_array().unwrap().len(), &object["exit_code"]), (2, &json!(0)), "{object:#}");
        assert_eq!(object["downloads"].as_array().unwrap().len(), 1, "{object:#}");
        services.is_empty(backend);
    }
}

#[test]
fn one_command_works_on_every_backend_that_runs_commands() {
    let sandbox = Sandbox::new();
    write_inputs(&sandbox);
    let services = Services::with_agents(&sandbox, &[]);
    for backend in ["local", "agb"] {
        drop(fs::remove_dir_all(sandbox.path("results")));
        let script = format!("{SCRIPT}; exit 3");
        let run = services.run(backend, &[&FLAGS[..], &["--", "sh", "-c", &script]].concat());
        assert_eq!(run.code(3).stdout(), "a,b\none\n", "{backend}");
        assert_eq!(sandbox.read("results/r"), "result\n", "{backend}");
        services.run(backend, &["-w", "data", "--in", "data", "--", "cat", "a.csv"]).ok();
        services.is_empty(backend);
    }
    for backend in ["anthropic", "foundry"] {
        let run = services.run(backend, &["--", "true"]);
        run.code(125).says(&["wharf run 'what to do'"]);
        services.is_empty(backend);
    }
}

#[test]
fn a_prompt_comes_from_a_word_from_stdin_or_from_a_file() {
    let sandbox = stage();
    sandbox.write("prompt.md", "echo from a file");
    assert_eq!(sandbox.run(["run", "echo a word"]).ok().stdout(), "a word\n");
    assert_eq!(sandbox.run(["run", "-f", "prompt.md"]).ok().stdout(), "from a file\n");
    assert_eq!(sandbox.wharf(["run", "-"]).stdin("echo from stdin").run().ok().stdout(), "from stdin\n");
    assert_eq!(sandbox.wharf(["run", "-f", "-"]).stdin("echo from stdin").run().ok().stdout(), "from stdin\n");
    assert_eq!(sandbox.wharf(["run", "cat; echo end"]).stdin("kept").run().ok().stdout(), "end\n");
    let script = "printf '1\\n2\\n' | while read n; do $WHARF run \"echo $n\"; done";
    assert_eq!(sandbox.shell(script, None).run().ok().stdout(), "1\n2\n");
    for (words, says) in [
        (&[][..], "a prompt or a command is missing"),
        (&[""], "empty"),
        (&["-f", "missing.md"], "missing.md"),
        (&["-f", "prompt.md", "x"], "PROMPT"),
        (&["--env-file", "prompt.md", "x"], "--cwd, --env and --env-file"),
        (&["-e", "A=b", "x"], "--cwd, --env and --env-file"),
        (&["-w", "d", "x"], "--cwd, --env and --env-file"),
        (&["--body", "-", "-"], "stdin can be read only once"),
    ] {
        let run = sandbox.run(["run"].iter().chain(words));
        run.one_of(&[2, 4]).says(&[says]);
    }
    assert_eq!(sessions(&sandbox), "s1\n");
    let without = Sandbox::new();
    without.run(["run", "x"]).code(7).says(&["wharf config set agent_command"]);
    assert!(!without.store().join("runs").exists());
}

#[test]
fn a_verb_of_runs_is_not_a_prompt() {
    let sandbox = Sandbox::new();
    let services = Services::with_agents(&sandbox, &[]);
    for backend in ["local", "anthropic", "foundry", "agb"] {
        for verb in ["list", "prune", "ls", "delete", "help"] {
            services.run(backend, &[verb]).code(2).says(&[&format!("`wharf runs {verb}`")]);
        }
    }
    assert_eq!(services.requests(), BTreeMap::new());
    assert!(!sandbox.store().join("runs").exists());
}

#[test]
fn the_format_of_the_environment_is_for_prompts() {
    let sandbox = stage();
    let object = sandbox.wharf(["run", "echo a"]).env("WHARF_FORMAT", "json").run().ok().json();
    assert_eq!((&object["type"], &object["work"]["text"]), (&json!("run"), &json!("a\n")));
    let lines = sandbox.run(["run", "--format", "jsonl", "echo a"]);
    let last: Value = serde_json::from_str(lines.ok().lines().pop().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["work"]["type"]), (&json!("run"), &json!("result")));
    sandbox.run(["run", "--format", "raw", "echo a"]).code(7).says(&["raw is not available"]);
    assert_eq!(sandbox.run(["run", "--transform", "work.status", "-r", "echo a"]).ok().stdout(), "completed\n");
    assert_eq!(sessions(&sandbox), "s1\n");
}

#[test]
fn the_end_of_the_turn_decides_the_exit_code() {
    let sandbox = stage();
    let object = sandbox.run(["run", "--format", "json", "--out", "f", "echo f >f; exit 3"]).code(14).json();
    assert_eq!((&object["exit_code"], &object["error"]["kind"]), (&json!(14), &json!("agent_failed")), "{object:#}");
    assert_eq!((sandbox.read("f"), &object["cleanup"]["status"]), ("f\n".into(), &json!("deleted")));
    sandbox.run(["run", "--out", "missing", "exit 3"]).code(14).says(&["missing"]);
    sandbox.run(["run", "--out", "missing", "true"]).code(4).says(&["missing"]);
    assert_eq!(sessions(&sandbox), "s1\n");
    let sandbox = Sandbox::new();
    let services = Services::new(&sandbox, &[]);
    for (backend, prompt, code, kind) in [
        ("anthropic", "custom weather {}", 13, "needs_action"),
        ("anthropic", "ask bash {}", 13, "needs_action"),
        ("anthropic", "refuse", 14, "agent_failed"),
        ("anthropic", "exhaust", 14, "agent_failed"),
        ("anthropic", "budget", 6, "limit"),
        ("foundry", "fail", 14, "agent_failed"),
    ] {
        let object = services.object(backend, code, &[prompt]);
        assert_eq!(
            (&object["error"]["kind"], &object["exit_code"]),
            (&json!(kind), &json!(code)),
            "{prompt}: {object:#}"
        );
        assert_eq!(object["cleanup"]["status"], "deleted", "{prompt}");
        services.is_empty(backend);
    }
    services.run("anthropic", &["ask bash {}", "--allow-tool", "bash"]).ok();
    services.run("anthropic", &["custom weather {}", "--tool", "weather=echo fine"]).ok();
    services.run("foundry", &["x", "--allow-tool", "bash"]).code(7).says(&["--allow-tool"]);
    services.is_empty("anthropic");
}

#[test]
fn a_session_that_cannot_be_deleted_is_told_and_deleted_later() {
    for (backend, words, code) in [
        ("anthropic", &["true"][..], 10),
        ("foundry", &["true"], 10),
        ("agb", &["true"], 10),
        ("agb", &["--", "true"], 125),
        ("agb", &["--", "sh", "-c", "exit 3"], 3),
    ] {
        let sandbox = Sandbox::new();
        let services = Services::with_agents(&sandbox, &["--fault", "sessions.delete:403 x1"]);
        let run = services.run(backend, &[&["--format", "json"], words].concat());
        let object = run.code(code).json();
        assert_eq!(
            (&object["cleanup"]["status"], &object["exit_code"]),
            (&json!("failed"), &json!(code)),
            "{object:#}"
        );
        assert!(object["cleanup"]["error"]["kind"].is_string(), "{object:#}");
        run.says(&["cleaning up failed"]);
        services.is_empty(backend);
    }
}

#[test]
fn a_failure_before_the_work_leaves_nothing() {
    for (backend, fault, code) in [
        ("anthropic", "files.upload:400 x1", 2),
        ("anthropic", "files.upload:403 x1", 3),
        ("anthropic", "sessions.create:400 x1", 2),
        ("foundry", "sessions.create:403 x1", 3),
        ("agb", "sessions.create:403 x1", 3),
    ] {
        let sandbox = Sandbox::new();
        write_inputs(&sandbox);
        let services = Services::with_agents(&sandbox, &["--fault", fault]);
        let object = services.object(backend, code, &[&FLAGS[..], &[SCRIPT]].concat());
        assert_eq!((&object["work"], &object["exit_code"]), (&Value::Null, &json!(code)), "{fault}: {object:#}");
        services.is_empty(backend);
    }
}

#[test]
fn a_session_is_deleted_although_its_creation_was_answered_with_an_error() {
    for (backend, fault, code) in [
        ("foundry", "sessions.create:504@end", 8),
        ("foundry", "sessions.create:500@end x1", 8),
        ("foundry", "sessions.create:503@end", 8),
        ("foundry", "sessions.create:429@end", 6),
        ("anthropic", "sessions.create:502@end", 8),
    ] {
        let sandbox = Sandbox::new();
        let services = Services::with_agents(&sandbox, &["--fault", fault]);
        let object = services.object(backend, code, &["--retries", "0", "true"]);
        assert_eq!(object["cleanup"]["status"], "deleted", "{fault}: {object:#}");
        services.is_empty(backend);
    }
    let sandbox = Sandbox::new();
    let services = Services::with_agents(&sandbox, &["--fault", "sessions.create:504@end"]);
    let refused = services.served.wharf("foundry", ["sessions", "create", "--retries", "0"]).run();
    refused.code(8).says(&["it may have taken effect", "shows whether the session `wharf_"]);
}

#[test]
fn only_a_session_whose_id_the_user_chose_is_looked_at_before_it_is_deleted() {
    let sandbox = Sandbox::new();
    let services = Services::with_agents(&sandbox, &[]);
    let operations = |args: &[&str]| -> Vec<String> {
        let before = sandbox.read("log.jsonl").lines().count();
        services.served.wharf("foundry", args).run().ok();
        let text = sandbox.read("log.jsonl");
        let lines = text.lines().skip(before).map(|line| serde_json::from_str::<Value>(line).unwrap());
        let all = lines.map(|line| line["operation"].as_str().unwrap().to_owned());
        all.filter(|operation| operation.starts_with("sessions.")).collect()
    };
    assert_eq!(operations(&["with", "--", "true"]), ["sessions.create", "sessions.delete"]);
    let chosen = operations(&["with", "--id", "mine-1", "--", "true"]);
    assert_eq!(chosen, ["sessions.get", "sessions.create", "sessions.get", "sessions.delete"]);
    // It was deleted meanwhile, so that its id may be that of another session soon.
    let delete = ["with", "--id", "mine-2", "--", env!("CARGO_BIN_EXE_wharf"), "sessions", "delete", "mine-2"];
    let deleted = operations(&delete);
    assert_eq!(deleted, ["sessions.get", "sessions.create", "sessions.get", "sessions.delete", "sessions.get"]);
}

#[test]
fn no_request_is_sent_that_the_steps_do_not_need() {
    // With two inputs and one output. A number that grows is a step that became slower.
    let command = ["--", "sh", "-c", SCRIPT];
    for (backend, work, expected) in [
        (
            "anthropic",
            &[SCRIPT][..],
            "events.list 1, events.send 1, events.stream 1, files.delete 2, files.download 1, files.list 2, \
             files.upload 2, resources.list 2, sessions.create 1, sessions.delete 1, sessions.get 2",
        ),
        (
            "foundry",
            &[SCRIPT],
            "agents.invoke 1, agents.version 1, agents.versions 1, files.download 1, files.list 1, files.mkdir 1, \
             files.stat 1, files.upload 2, sessions.create 1, sessions.delete 1, sessions.get 1",
        ),
        ("agb", &command, "sessions.create 1, sessions.delete 1, sessions.status 3, tools.call 18"),
        ("agb", &[SCRIPT], "sessions.create 1, sessions.delete 1, sessions.status 3, tools.call 24"),
    ] {
        let sandbox = Sandbox::new();
        write_inputs(&sandbox);
        let services = Services::with_agents(&sandbox, &[]);
        services.run(backend, &[&FLAGS[..], work].concat()).ok();
        let mut sent = services.requests();
        if backend == "agb" {
            // It is asked again and again whether the command has ended, and the session is gone.
            for (operation, usual) in [("tools.call", if work.len() == 1 { 24 } else { 18 }), ("sessions.status", 3)] {
                let count = sent.get_mut(operation).unwrap();
                *count = if (usual..=usual + 4).contains(count) { usual } else { *count };
            }
        }
        let sent: Vec<_> = sent.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
        assert_eq!(sent.join(", "), expected, "{backend}");
        services.is_empty(backend);
    }
}
