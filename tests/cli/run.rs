//! `wharf run` with a command on the local backend: inputs, outputs, statuses, objects, and what is kept.

use std::fs;

use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox, wait_until};

/// The ids of all sessions.
pub(crate) fn sessions(sandbox: &Sandbox) -> String {
    sandbox.run(["sessions", "list", "-q"]).ok().stdout().to_owned()
}

/// Runs a script in a session of its own.
fn run(sandbox: &Sandbox, flags: &[&str], script: &str) -> Run {
    sandbox.run([&["run"], flags, &["--", "sh", "-c", script]].concat())
}

/// Nothing was begun: no journal was written and no session created.
fn has_begun_nothing(sandbox: &Sandbox) -> bool {
    !sandbox.store().join("runs").exists() && sessions(sandbox).is_empty()
}

#[test]
fn inputs_arrive_where_they_are_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("data/a.csv", "a");
    sandbox.write("data/deep/b.csv", "b");
    sandbox.write("one.txt", "one");
    sandbox.write("odd:name", "odd");
    let script = "find . -type f ! -name '.*' | sort";
    for (inputs, arrived) in [
        (&["one.txt"][..], &["./one.txt"][..]),
        (&["one.txt:two.txt"], &["./two.txt"]),
        (&["one.txt:in/"], &["./in/one.txt"]),
        (&["one.txt:/in/deep/two.txt"], &["./in/deep/two.txt"]),
        (&["one.txt:"], &["./one.txt"]),
        (&["data"], &["./data/a.csv", "./data/deep/b.csv"]),
        (&["./data/:in"], &["./in/a.csv", "./in/deep/b.csv"]),
        (&["data/deep:in/"], &["./in/b.csv"]),
        (&["odd:name:odd"], &["./odd"]),
        (&["odd:name:"], &["./odd:name"]),
        (&["one.txt:a", "one.txt:b", "data:d"], &["./a", "./b", "./d/a.csv", "./d/deep/b.csv"]),
    ] {
        let flags: Vec<&str> = inputs.iter().flat_map(|input| ["--in", input]).collect();
        assert_eq!(run(&sandbox, &flags, script).ok().lines(), arrived, "{inputs:?}");
    }
    let absolute = sandbox.path("one.txt");
    let run = run(&sandbox, &["--in", absolute.to_str().unwrap()], "cat one.txt; pwd");
    assert!(run.ok().stdout().starts_with("one/"), "{}", run.stdout());
    assert_eq!(sessions(&sandbox), "");
}

#[test]
fn inputs_that_cannot_be_uploaded_end_the_run_before_the_work() {
    let sandbox = Sandbox::new();
    sandbox.write("one.txt", "one");
    let script = format!("touch '{}'", sandbox.path("worked").display());
    for (inputs, says) in [
        (&["missing"][..], "missing"),
        (&["-"], "stdin"),
        (&["odd:name"], "odd"),
        (&["one.txt:x", "one.txt:./x"], "two inputs go to `/x`"),
        (&["one.txt:../../out"], "out"),
    ] {
        let flags: Vec<&str> = inputs.iter().flat_map(|input| ["--in", input]).collect();
        run(&sandbox, &flags, &script).code(125).says(&[says]);
    }
    // Only the session shows that one cannot be where the other one is.
    let flags = ["--in", "one.txt:x", "--in", "one.txt:x/y", "--out", "x:got", "--jobs", "1"];
    run(&sandbox, &flags, &script).code(125).says(&["not a directory"]);
    assert_eq!((sandbox.tree("."), sessions(&sandbox)), (vec!["one.txt".into()], String::new()));
}

#[test]
fn outputs_arrive_where_they_are_asked_for() {
    let sandbox = Sandbox::new();
    let script = "echo r >\"$WHARF_OUTPUTS\"/r; mkdir -p made/deep; echo m >made/deep/m; echo f >f";
    for (outputs, arrived) in [
        (&["@outputs"][..], &["outputs/", "outputs/r"][..]),
        (&["@outputs:results"], &["results/", "results/r"]),
        (&["@outputs/r"], &["r"]),
        (&["@outputs/r:got/"], &["got/", "got/r"]),
        (&["f", "made/deep:d"], &["d/", "d/m", "f"]),
        (&["/made"], &["made/", "made/deep/", "made/deep/m"]),
        (&["f:new/place", "@outputs/r:."], &["new/", "new/place", "r"]),
    ] {
        let stage = Sandbox::new();
        let flags: Vec<&str> = outputs.iter().flat_map(|output| ["--out", output]).collect();
        run(&stage, &flags, script).ok();
        assert_eq!(stage.tree("."), arrived, "{outputs:?}");
    }
    // With LOCAL, what is there is replaced.
    sandbox.write("place", "old");
    run(&sandbox, &["--out", "f:place"], script).ok();
    assert_eq!(sandbox.read("place"), "f\n");
    assert_eq!(sessions(&sandbox), "");
}

#[test]
fn an_output_without_a_place_replaces_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "mine");
    run(&sandbox, &["--out", "f"], "echo new >f").code(125).says(&["`./f` exists", "--out f:LOCAL"]);
    std::os::unix::fs::symlink("nowhere", sandbox.path("outputs")).unwrap();
    run(&sandbox, &["--out", "@outputs"], "true").code(125).says(&["`./outputs` exists"]);
    assert!(has_begun_nothing(&sandbox), "{}", sessions(&sandbox));
    assert_eq!(sandbox.read("f"), "mine");
    // A directory is completed, and what is in it stays.
    sandbox.write("made/mine", "mine");
    sandbox.write("made/same", "mine");
    let script = "mkdir made; echo new >made/new; echo new >made/same";
    run(&sandbox, &["--out", "made"], script).code(125).says(&["made/same"]);
    assert_eq!((sandbox.read("made/same"), sandbox.read("made/new")), ("mine".into(), "new\n".into()));
    assert_eq!((sandbox.read("made/mine"), sessions(&sandbox)), ("mine".into(), String::new()));
}

#[test]
fn outputs_that_mean_nothing_are_refused_before_anything_is_created() {
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink(".", sandbox.path("here")).unwrap();
    for (outputs, says) in [
        (&["f:-"][..], "stdout"),
        (&[":here"], "--out needs a path"),
        (&["/"], "no name"),
        (&["d/."], "no name"),
        (&[".."], "not allowed"),
        (&["sesn_00ce2cbd86f25bec9fc34003:/f"], "no session"),
        (&["f", "d/f"], "two outputs go to"),
        (&["f:same", "g:same"], "two outputs go to `same`"),
        (&["f:same", "g:here/same"], "two outputs go to `here/same`"),
        (&["f:new/same", "g:here/here/new/same"], "two outputs go to"),
    ] {
        let flags: Vec<&str> = outputs.iter().flat_map(|output| ["--out", output]).collect();
        run(&sandbox, &flags, "true").code(125).says(&[says]);
    }
    assert!(has_begun_nothing(&sandbox));
}

#[test]
fn outputs_are_downloaded_after_failed_work_and_what_is_missing_is_said() {
    let sandbox = Sandbox::new();
    let failed = run(&sandbox, &["--out", "f:got"], "echo f >f; exit 3");
    assert_eq!((failed.code(3).stdout(), sandbox.read("got")), ("", "f\n".into()));
    let missing = run(&sandbox, &["--out", "none", "--out", "f:later"], "echo f >f");
    missing.code(125).says(&["none", "--keep on-failure"]);
    assert_eq!(sandbox.read("later"), "f\n", "the others arrive");
    let both = run(&sandbox, &["--format", "json", "--out", "none"], "exit 3");
    let object = both.code(3).json();
    assert_eq!((&object["exit_code"], &object["error"]), (&json!(3), &Value::Null), "{object:#}");
    both.says(&["none"]);
    let object = run(&sandbox, &["--format", "json", "--out", "none"], "exit 0").code(125).json();
    assert_eq!((&object["exit_code"], &object["error"]["kind"]), (&json!(125), &json!("not_found")), "{object:#}");
    let empty = run(&sandbox, &["--out", "@outputs:results"], "true");
    assert!(empty.ok().stderr().contains("outputs"), "it is said that nothing came: {}", empty.stderr());
    assert_eq!(sessions(&sandbox), "");
}

#[test]
fn the_status_is_the_commands_own_and_125_is_that_of_wharf() {
    let sandbox = Sandbox::new();
    for (words, code) in [
        (&["--", "true"][..], 0),
        (&["--", "sh", "-c", "exit 3"], 3),
        (&["--", "sh", "-c", "exit 125"], 125),
        (&["--", "sh", "-c", "kill -9 $$"], 137),
        (&["--", "/"], 126),
        (&["--", "no-such-command"], 127),
        (&["-w", "none", "--", "true"], 125),
        (&["--timeout", "100ms", "--", "sleep", "60"], 124),
        (&["--bad-flag", "--", "true"], 125),
        (&["--", ""], 125),
        (&["-e", "=x", "--", "true"], 125),
        (&["--env-file", "none", "--", "true"], 125),
        (&["--keep", "sometimes", "--", "true"], 125),
        (&["--ttl", "0s", "--", "true"], 125),
        (&["--image", "", "--", "true"], 125),
        (&["--format", "raw", "--", "true"], 125),
        (&["--transform", "(", "--", "true"], 125),
        (&["--allow-tool", "x", "--", "true"], 125),
        (&["a prompt", "--", "true"], 125),
        (&["-f", "prompt.md", "--", "true"], 125),
        (&["-b", "none", "--", "true"], 125),
        (&["--session", "none", "--", "true"], 125),
    ] {
        let run = sandbox.run(["run"].iter().chain(words));
        run.code(code);
    }
    let said = sandbox.run(["run", "--", "no-such-command"]);
    assert_eq!((said.code(127).stdout(), sessions(&sandbox)), ("", String::new()));
    said.says(&["no-such-command"]);
}

#[test]
fn a_command_reads_no_stdin() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.wharf(["run", "--", "cat"]).stdin("not for cat").run().ok().stdout(), "");
    let script = "printf '1\\n2\\n3\\n' | while read n; do $WHARF run -- sh -c \"cat; echo $n\"; done";
    assert_eq!(sandbox.shell(script, None).run().ok().stdout(), "1\n2\n3\n");
    assert_eq!(sandbox.shell("$WHARF run -- cat <&-; echo $?", None).run().ok().stdout(), "0\n");
    let document = sandbox.wharf(["run", "--body", "-", "--", "cat"]).stdin("{\"title\":\"one\"}").run();
    assert_eq!(document.ok().stdout(), "");
}

#[test]
fn directory_and_variables_are_those_of_the_flags() {
    let sandbox = Sandbox::new();
    sandbox.write("d/f", "inside");
    sandbox.write("vars", "# comment\nA=file\nB=two words\nPASSED\n");
    let script =
        "echo \"$A|$B|$PASSED|$WHARF_BACKEND|$(basename \"$WHARF_OUTPUTS\")\"; cat f; test -d \"$WHARF_OUTPUTS\"";
    for directory in [["-w", "d"], ["--cwd", "/d"], ["--workdir", "./d"]] {
        let words =
            [&["run", "--in", "d", "--env-file", "vars", "-e", "A=flag"], &directory[..], &["--", "sh", "-c", script]];
        let run = sandbox.wharf(words.concat()).env("PASSED", "on").run();
        assert_eq!(run.ok().stdout(), "flag|two words|on|local|outputs\ninside", "{directory:?}");
    }
    let session = run(&sandbox, &[], "echo $WHARF_SESSION").ok().stdout().trim_end().to_owned();
    assert!(session.starts_with("run_"), "{session}");
    assert_eq!(run(&sandbox, &["--id", "mine", "--label", "a=b"], "echo $WHARF_SESSION").ok().stdout(), "mine\n");
    assert_eq!(sessions(&sandbox), "");
}

/// The members of the object `run`.
const FIELDS: [&str; 11] =
    ["backend", "cleanup", "downloads", "error", "exit_code", "id", "session", "steps", "type", "uploads", "work"];

/// Looks at the members that every object has, and gives the statuses of the steps.
fn steps(object: &Value) -> Vec<String> {
    let fields: Vec<_> = object.as_object().unwrap().keys().collect();
    assert_eq!(fields.len(), FIELDS.len(), "{fields:?}");
    assert!(FIELDS.iter().all(|field| object.get(field).is_some()), "{fields:?}");
    assert_eq!((&object["type"], &object["backend"]), (&json!("run"), &json!("local")));
    let steps = object["steps"].as_array().unwrap();
    let names: Vec<_> = steps.iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["create", "upload", "work", "download", "cleanup"]);
    for step in steps {
        let is_skipped = step["status"] == "skipped";
        assert_eq!((step["started_at"].is_null(), step["duration_ms"].is_null()), (is_skipped, is_skipped), "{step}");
    }
    steps.iter().map(|step| step["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_object_tells_everything_whatever_happened() {
    let sandbox = Sandbox::new();
    sandbox.write("data/a", "a");
    sandbox.write("data/b", "b");
    let flags = ["--format", "json", "--in", "data", "--out", "@outputs:got"];
    let done = run(&sandbox, &flags, "echo out; echo err >&2; cp data/a \"$WHARF_OUTPUTS\"");
    let object = done.ok().json();
    assert_eq!(steps(&object), ["completed"; 5], "{object:#}");
    let column = |list: &str, member: &str| -> Vec<Value> {
        object[list].as_array().unwrap().iter().map(|receipt| receipt[member].clone()).collect()
    };
    assert_eq!((column("uploads", "status"), column("uploads", "direction").len()), (vec![json!("copied"); 2], 2));
    assert_eq!(column("downloads", "destination"), [json!("got/a")]);
    assert_eq!((&object["work"]["type"], &object["work"]["stdout"]), (&json!("exec"), &json!("out\n")));
    assert_eq!((&object["exit_code"], &object["error"]), (&json!(0), &Value::Null));
    let cleanup = json!({ "status": "deleted", "files_deleted": 0, "error": null });
    assert_eq!((&object["cleanup"], &object["session"]), (&cleanup, &object["id"]));
    assert!(object["id"].as_str().unwrap().starts_with("run_"));

    let failed = run(&sandbox, &flags, "exit 3").code(3).json();
    assert_eq!(steps(&failed), ["completed", "completed", "failed", "completed", "completed"]);
    assert_eq!((&failed["exit_code"], &failed["work"]["exit_code"]), (&json!(3), &json!(3)));

    let late = run(&sandbox, &[&flags[..], &["--timeout", "300ms"]].concat(), "cp data/a \"$WHARF_OUTPUTS\"; sleep 60");
    let object = late.code(124).json();
    assert_eq!(steps(&object), ["completed", "completed", "failed", "completed", "completed"]);
    assert_eq!((&object["exit_code"], &object["error"]["kind"]), (&json!(124), &json!("deadline")));
    assert_eq!((&object["work"]["status"], &object["downloads"][0]["status"]), (&json!("timed_out"), &json!("copied")));

    let refused = run(&sandbox, &["--format", "json", "--in", "data:x", "--in", "data/a:x/a/y", "--jobs", "1"], "true");
    let object = refused.code(125).json();
    assert_eq!(steps(&object), ["completed", "failed", "skipped", "skipped", "completed"], "{object:#}");
    assert_eq!((&object["work"], &object["exit_code"]), (&Value::Null, &json!(125)));
    assert!(object["error"]["kind"].is_string() && object["uploads"][0].is_object(), "{object:#}");
    assert_eq!(sessions(&sandbox), "");
}

#[test]
fn an_error_before_the_first_request_is_on_stderr_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("f", "");
    for flags in
        [&["--in", "missing"][..], &["--out", "f"], &["--keep", "x"], &["-e", "=x"], &["--session", "a", "--ttl", "1h"]]
    {
        let run = run(&sandbox, &[&["--format", "json"], flags].concat(), "true");
        assert_eq!(run.code(125).stdout(), "", "{flags:?}");
        assert!(run.error()["kind"].is_string(), "{flags:?}");
    }
    assert!(has_begun_nothing(&sandbox));
    // A session that cannot be created was asked for: that is told in an object.
    let session = sandbox.session();
    let object = run(&sandbox, &["--format", "json", "--id", &session], "true").code(125).json();
    assert_eq!(steps(&object), ["failed", "skipped", "skipped", "skipped", "completed"], "{object:#}");
    assert_eq!((&object["session"], &object["cleanup"]["status"]), (&Value::Null, &json!("not_needed")));
    assert_eq!((&object["error"]["kind"], sessions(&sandbox).trim()), (&json!("conflict"), session.as_str()));
}

#[test]
fn lines_end_with_the_object_and_a_path_selects_from_it() {
    let sandbox = Sandbox::new();
    let lines = run(&sandbox, &["--format", "jsonl", "--out", "f:got"], "echo one; echo f >f; exit 3");
    let lines: Vec<Value> = lines.code(3).lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, events) = lines.split_last().unwrap();
    assert_eq!(steps(last), ["completed", "skipped", "failed", "completed", "completed"]);
    assert_eq!((&last["exit_code"], &last["downloads"][0]["status"]), (&json!(3), &json!("copied")));
    assert!(!events.is_empty() && events.iter().all(|event| event["type"] == "stdout"), "{events:?}");
    let selected = run(&sandbox, &["--transform", "work.exit_code"], "exit 3");
    assert_eq!(selected.code(3).stdout(), "3\n");
    let selected = run(&sandbox, &["--transform", "cleanup.status", "-r"], "true");
    assert_eq!(selected.ok().stdout(), "deleted\n");
    let yaml = run(&sandbox, &["--format", "yaml"], "true");
    assert!(yaml.ok().stdout().contains("type: run\n"), "{}", yaml.stdout());
    run(&sandbox, &["--format", "raw"], "true").code(125).says(&["raw is not available"]);
    // The variable is for objects, and not for a command, whose output is its own.
    let words = ["run", "--", "echo", "bytes"];
    assert_eq!(sandbox.wharf(words).env("WHARF_FORMAT", "json").run().ok().stdout(), "bytes\n");
    let table = run(&sandbox, &["--format", "table"], "printf '\\377'");
    assert_eq!(table.ok().bytes(), b"\xff");
}

#[test]
fn a_session_that_exists_stays_and_only_the_flag_names_it() {
    let sandbox = Sandbox::new();
    let other = sandbox.session();
    sandbox.write("f", "in");
    let there = ["--session", &other, "--in", "f", "--out", "@outputs:got"];
    let script = "echo $WHARF_SESSION; cp f \"$WHARF_OUTPUTS\"/r";
    assert_eq!(run(&sandbox, &there, script).ok().stdout(), format!("{other}\n"));
    assert_eq!((sandbox.read("got/r"), sandbox.cat(&format!("{other}:/f"))), ("in".into(), "in".into()));
    let object = run(&sandbox, &["--session", &other, "--format", "json"], "exit 3").code(3).json();
    assert_eq!((&object["session"], &object["cleanup"]["status"]), (&json!(other), &json!("not_needed")));
    assert_eq!(steps(&object), ["skipped", "skipped", "failed", "skipped", "skipped"]);
    run(&sandbox, &["--session", &other, "--timeout", "200ms"], "sleep 60").code(124);
    assert_eq!(sessions(&sandbox).trim(), other);
    assert!(!sandbox.store().join("runs").exists() || sandbox.run(["runs", "list", "-q"]).ok().stdout().is_empty());
    // The variable alone never means it.
    let own = sandbox.wharf(["run", "--", "sh", "-c", "echo $WHARF_SESSION"]).env("WHARF_SESSION", &other).run();
    assert_ne!(own.ok().stdout().trim_end(), other);
    assert_eq!(sessions(&sandbox).trim(), other);
    for flag in [&["--title", "x"][..], &["--label", "a=b"], &["--ttl", "1h"], &["--id", "x"]] {
        let refused = run(&sandbox, &[&["--session", &other], flag].concat(), "touch worked");
        refused.code(125).says(&["--session"]);
    }
    run(&sandbox, &["--session", "none"], "true").code(125).says(&["none"]);
}

#[test]
fn a_session_is_kept_as_asked_for() {
    let sandbox = Sandbox::new();
    run(&sandbox, &["--keep", "never"], "exit 3").code(3);
    run(&sandbox, &["--keep", "on-failure"], "true").ok();
    assert_eq!(sessions(&sandbox), "");
    let failed = run(&sandbox, &["--keep", "on-failure", "--format", "json"], "exit 3");
    let object = failed.code(3).json();
    let kept = sessions(&sandbox);
    assert_eq!((&object["cleanup"]["status"], &object["session"]), (&json!("kept"), &json!(kept.trim())));
    failed.says(&["the session is kept", kept.trim(), "wharf sessions delete"]);
    sandbox.run(["sessions", "delete", kept.trim()]).ok();
    // So it is after a failed download, and after a time limit.
    for (flags, script, code) in [(["--out", "none"], "true", 125), (["--timeout", "200ms"], "sleep 60", 124)] {
        run(&sandbox, &[&["--keep", "on-failure"], &flags[..]].concat(), script).code(code).says(&["is kept"]);
        let kept = sessions(&sandbox);
        assert_eq!(kept.lines().count(), 1, "{flags:?}");
        sandbox.run(["sessions", "delete", kept.trim()]).ok();
    }
    run(&sandbox, &["--keep", "always", "--out", "f:got"], "echo f >f").ok().says(&["is kept"]);
    let kept = sessions(&sandbox);
    assert_eq!(sandbox.cat(&format!("{}:/f", kept.trim())), "f\n");
    run(&sandbox, &[], "sleep 0.3").ok();
    assert_eq!(sessions(&sandbox), kept, "the next run leaves it alone");
    sandbox.run(["runs", "prune", "--older-than", "0s", "--yes"]).ok();
    assert_eq!((sessions(&sandbox).as_str(), sandbox.run(["runs", "list", "-q"]).ok().stdout()), ("", ""));
    assert_eq!(fs::read_dir(sandbox.store().join("runs")).unwrap().count(), 0);
}

#[test]
fn a_directory_of_many_files_goes_there_and_back() {
    let sandbox = Sandbox::new();
    for number in 0..60 {
        sandbox.write(format!("data/{}/{number}", number % 7), format!("{number}"));
    }
    run(&sandbox, &["--in", "data", "--out", "copy"], "cp -r data copy").ok();
    assert_eq!(sandbox.tree("copy"), sandbox.tree("data"));
    wait_until("no process of the run lives", || sandbox.run(["runs", "list", "-q"]).ok().stdout().is_empty());
}
