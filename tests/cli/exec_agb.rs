//! `wharf exec` on AGB cloud: against the emulator that really runs commands, and against services that lie.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::azure::json_of;
use crate::endpoint::{Endpoint, RecordedRequest, Reply};
use crate::sandbox::{Mounts, Run, Sandbox, Served, WHARF};

/// A server with these faults, and a session there.
fn serve<'s>(sandbox: &'s Sandbox, faults: &[&str]) -> (Served<'s>, String) {
    let options: Vec<&str> = ["--exec"].into_iter().chain(faults.iter().flat_map(|fault| ["--fault", fault])).collect();
    let served = sandbox.serve(&options);
    let id = served.wharf("agb", ["sessions", "create", "-q"]).run().ok().stdout().trim_end().to_owned();
    (served, id)
}

fn exec(served: &Served<'_>, id: &str, args: &[&str]) -> Run {
    served.wharf("agb", [&["exec", id], args].concat()).run()
}

/// The files of the session's home.
fn home(served: &Served<'_>, id: &str) -> Vec<String> {
    let run = served.wharf("agb", ["files", "ls", "-R", &format!("{id}:")]).run();
    run.ok().json().as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_lost_call_runs_nothing_twice_and_loses_no_status() {
    // The calls are: start, look, remove.
    for fault in
        ["reset", "reset@end", "500", "503", "429 retry-after=0", "refused=inside", "result=text", "result=no-status"]
    {
        for times in ["x1", "x1 skip=1", "x1 skip=2", "x3"] {
            let sandbox = Sandbox::new();
            let fault = format!("tools.call.shell:{fault} {times}");
            let (served, id) = serve(&sandbox, &[&fault]);
            let run = exec(&served, &id, &["--shell", "echo ran >>log; cat log; exit 3"]);
            assert_eq!((run.code(3).stdout(), run.stderr()), ("ran\n", ""), "{fault}");
            let left = home(&served, &id);
            // The name of a job stays where a call that starts it may still be on its way.
            let jobs = left.iter().filter(|path| path.starts_with("/tmp/.wharf/")).count();
            assert!(jobs <= 1 && !left.iter().any(|path| path.ends_with("/out")), "{fault}: {left:?}");
        }
    }
}

#[test]
fn a_status_that_was_not_learned_is_125() {
    for (faults, kind) in [
        (&["tools.call.shell:refused=inside"][..], "unavailable"),
        (&["tools.call.shell:refused=inside skip=1"], "unavailable"),
        (&["tools.call.shell:500 skip=1"], "unavailable"),
        (&["tools.call.shell:reset@end"], "unavailable"),
        (&["tools.call.shell:401 skip=1"], "auth"),
        (&["tools.call.run_code:reset@end"], "unavailable"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("code.py", "print(1)\n");
        let (served, id) = serve(&sandbox, faults);
        let code = ["--retries", "0", "--format", "json", "--language", "python", "code.py"];
        let words = ["--retries", "0", "--format", "json", "--", "true"];
        let run = exec(&served, &id, if faults[0].contains("run_code") { &code } else { &words });
        let object = run.code(125).json();
        assert_eq!((&object["status"], &object["exit_code"]), (&"unknown".into(), &Value::Null), "{faults:?}");
        assert_eq!(object["error"]["kind"], kind, "{faults:?}: {object}");
        let hint = object["error"]["hint"].as_str().unwrap_or_default();
        assert!(
            kind == "auth" || hint.contains("may still be running") || hint.contains("no record"),
            "{faults:?}: {hint}"
        );
    }
}

#[test]
fn the_end_of_a_session_is_not_the_end_of_its_command() {
    let sandbox = Sandbox::new();
    let (served, id) = serve(&sandbox, &[]);
    let mut running = served.wharf("agb", ["exec", &id, "--", "sh", "-c", "echo go; sleep 60"]).start();
    let mut line = String::new();
    BufReader::new(running.take_stdout()).read_line(&mut line).unwrap();
    served.wharf("agb", ["sessions", "delete", &id, "-q"]).run().ok();
    let run = running.finish();
    // The service kills the command before the session is gone.
    assert!(["gone", "left no status"].iter().any(|what| run.code(125).stderr().contains(what)), "{}", run.stderr());
    exec(&served, &id, &["--", "true"]).code(125).says(&["sessions list"]);
}

#[test]
fn interrupt_ends_the_commands_of_a_session() {
    let sandbox = Sandbox::new();
    let (served, id) = serve(&sandbox, &[]);
    let start = |script: &str| {
        let mut running = served.wharf("agb", ["exec", &id, "--", "sh", "-c", script]).start();
        let mut line = String::new();
        BufReader::new(running.take_stdout()).read_line(&mut line).unwrap();
        assert_eq!(line, "go\n");
        running
    };
    let both = [start("echo go; sleep 60"), start("trap 'exit 9' TERM; echo go; while :; do sleep 0.05; done")];
    let interrupt = || served.wharf("agb", ["sessions", "interrupt", &id]).run();
    assert_eq!(interrupt().ok().json()["id"], *id);
    for (running, code) in both.into_iter().zip([143, 9]) {
        running.finish().code(code);
    }
    interrupt().ok();
    served.wharf("agb", ["sessions", "interrupt", "s-missing"]).run().code(4);
}

#[test]
fn a_command_that_fills_the_disk_of_its_session_does_not_succeed() {
    let sandbox = Sandbox::new();
    let script = format!(
        "id=$({WHARF} sessions create --image i -q)
        {WHARF} exec \"$id\" --shell 'cat /dev/zero >big; exit 0'; echo $?
        {WHARF} exec \"$id\" -- rm big; {WHARF} exec \"$id\" -- echo again"
    );
    for store in [&[][..], &["--store", "disk/store"]] {
        let mounts = Mounts::tmpfs(&sandbox.path("disk"), "size=8m,mode=700");
        let args = [&["serve", "--exec"], store, &["-b", "agb", "--", "sh", "-c", &script]].concat();
        let run = mounts.with(sandbox.wharf(args).env("TMPDIR", sandbox.path("disk"))).run();
        assert_eq!(run.ok().stdout(), "125\nagain\n", "{store:?}");
        run.says(&["left no status", "disk is full"]);
    }
}

#[test]
fn what_stops_wharf_stops_the_command_in_the_session() {
    let sandbox = Sandbox::new();
    let (served, id) = serve(&sandbox, &[]);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 143)] {
        let script = "trap 'echo told >told; exit 0' TERM HUP; echo go; while :; do sleep 0.05; done";
        let mut running = served.wharf("agb", ["exec", &id, "--", "sh", "-c", script]).start();
        let mut line = String::new();
        BufReader::new(running.take_stdout()).read_line(&mut line).unwrap();
        assert_eq!(line, "go\n");
        running.signal(signal);
        running.finish().code(code);
        let told = served.wharf("agb", ["files", "cat", &format!("{id}:told")]).run();
        assert_eq!(told.ok().stdout(), "told\n");
        served.wharf("agb", ["files", "rm", &format!("{id}:told")]).run().ok();
    }
    let object = exec(&served, &id, &["--format", "json", "--timeout", "1s", "--", "sleep", "60"]).code(124).json();
    assert_eq!((&object["status"], &object["signal"]), (&"timed_out".into(), &15.into()), "{object}");
    let line = format!("$WHARF exec {id} -- sh -c 'echo $$ >pid; exec yes' | head -n 1; echo ${{PIPESTATUS[0]}}");
    assert_eq!(sandbox.shell(&line, Some((&served, "agb"))).run().ok().lines(), ["y", "141"]);
    let looked = exec(&served, &id, &["--shell", "kill -0 $(cat pid) 2>/dev/null || echo ended"]);
    assert_eq!(looked.ok().stdout(), "ended\n");
}

#[test]
fn a_second_signal_leaves_a_service_that_hangs_at_once() {
    for (faults, args) in [
        ("tools.call.shell:stall", &["--", "true"][..]),
        ("tools.call.run_code:stall", &["--language", "python", "code.py"]),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("code.py", "1\n");
        let (served, id) = serve(&sandbox, &[faults]);
        let running = served.wharf("agb", [&["exec", &id, "--format", "json"], args].concat()).start();
        running.wait_for_handlers();
        // The process answers signals itself until the command is about to start.
        std::thread::sleep(Duration::from_secs(1));
        let begun = Instant::now();
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(300));
        running.signal(Signal::INT);
        let run = running.finish();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        assert_eq!(run.code(130).json()["status"], "killed", "{faults}");
        run.says(&["may still be running"]);
    }
}

#[test]
fn flags_reach_the_command_and_the_machine_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let sentinel = sandbox.write("sentinel", "here");
    let (served, id) = serve(&sandbox, &[]);
    let input: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let run = served.wharf("agb", ["exec", &id, "-i", "--", "cat"]).stdin(input.clone()).run();
    assert!(run.ok().bytes() == input, "{} bytes", run.bytes().len());
    served.wharf("agb", ["files", "mkdir", "-p", &format!("{id}:/data/x y")]).run().ok();
    let run = exec(
        &served,
        &id,
        &["-w", "/data/x y", "-e", "A=1 '2'", "--shell", "pwd; echo \"$A\"; echo r >\"$WHARF_OUTPUTS/r\""],
    );
    let out = run.ok().stdout().to_owned();
    assert!(out.ends_with("/data/x y\n1 '2'\n"), "{out}");
    assert_eq!(served.wharf("agb", ["files", "cat", &format!("{id}:@outputs/r")]).run().ok().stdout(), "r\n");
    exec(&served, &id, &["-t", "--", "true"]).code(125).says(&["-i"]);
    exec(&served, &id, &["-w", "none", "--", "true"]).code(125).says(&["/tmp/none"]);
    exec(&served, &id, &["--", &"x".repeat(60_000)]).code(125).says(&["too long"]);
    // Files as well are those of the session, whatever lies at their paths on the machine.
    let at = format!("{id}:{}", sentinel.display());
    served.wharf("agb", ["files", "stat", &at]).run().code(4);
    served.wharf("agb", ["files", "rm", &at]).run().code(4);
    served.wharf("agb", ["files", "upload", "-", &at]).stdin("there").run().ok();
    served.wharf("agb", ["files", "mv", &at, &format!("{id}:/tmp/moved")]).run().ok();
    assert_eq!(served.wharf("agb", ["files", "cat", &format!("{id}:moved")]).run().ok().stdout(), "there");
    assert_eq!(sandbox.read("sentinel"), "here");
}

#[test]
fn code_is_run_and_its_results_are_in_the_object() {
    let sandbox = Sandbox::new();
    sandbox.write("code.py", "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 + 1\n");
    sandbox.write("bad.py", "1 / 0\n");
    let (served, id) = serve(&sandbox, &[]);
    let run = exec(&served, &id, &["--language", "py", "code.py"]);
    assert_eq!((run.ok().stdout(), run.stderr()), ("out\n2\n", "err\n"));
    let run = served.wharf("agb", ["exec", &id, "--language", "PYTHON3", "-"]).stdin("print(3)").run();
    assert_eq!(run.ok().stdout(), "3\n");
    let object = exec(&served, &id, &["--format", "json", "--language", "python", "code.py"]).ok().json();
    assert_eq!(object["results"], json!([{ "text/plain": "2", "is_main": true }]));
    let run = exec(&served, &id, &["--language", "python", "bad.py"]);
    run.code(1).says(&["ZeroDivisionError"]);
    exec(&served, &id, &["--language", "perl", "code.py"]).code(125).says(&["perl", "javascript"]);
    exec(&served, &id, &["--language", "python", "-i", "code.py"]).code(125);
}

/// Runs `exec` in a session of a service that answers each tool call with this text.
fn answered(text: impl Fn(&str, &str) -> (String, bool) + Send + Sync + 'static, args: &[&str]) -> (Run, usize) {
    replied(move |command, id| told(text(command, id)), args)
}

/// The answer of a tool.
fn told((text, is_error): (String, bool)) -> Reply {
    let content = json!([{ "type": "text", "text": text }]);
    json_of(200, &json!({ "success": true, "data": { "content": content, "isError": is_error } }))
}

/// Runs `exec` in a session of a service that gives each tool call this answer.
fn replied(reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static, args: &[&str]) -> (Run, usize) {
    let sandbox = Sandbox::new();
    sandbox.write("code.py", "1");
    let service = Endpoint::new(move |asked: &RecordedRequest| -> Reply {
        let call: Value = serde_json::from_str(&asked.body).unwrap();
        let args: Value = serde_json::from_str(call["args"].as_str().unwrap()).unwrap();
        let command = args["command"].as_str().unwrap_or_default();
        let id = command.split("exec_").nth(1).map_or(String::new(), |rest| format!("exec_{}", &rest[..24]));
        reply(command, &id)
    });
    let all = [&["exec", "s1", "--format", "json"], args].concat();
    let call = sandbox.wharf(all).env("WHARF_BACKEND", "agb").env("AGB_ENDPOINT", service.url());
    let run = call.env("AGB_API_KEY", "key-of-a-test").run();
    (run, service.asked("POST").len())
}

#[test]
fn no_answer_but_a_whole_one_makes_a_status() {
    for lie in [
        "",
        "{}",
        r#"{"stdout":"","stderr":"","exit_code":0}"#,
        "wharf exec_1 process=9 alive=0 status=0 stdout=0 stderr=0\n- 0\n- 0\n",
        "wharf ID process=9 alive=0 status=0 stdout=0 stderr=0\n- 0\n",
        "wharf ID process=9 alive=0 sta",
        "wharf ID process=9 alive=0 status=256 stdout=0 stderr=0\n- 0\n- 0\n",
        "wharf ID process=9 alive=0 status=0 stdout=5 stderr=0\naGVs\n- 5\n- 0\n",
        "wharf ID process=9 alive=0 status=- stdout=0 stderr=0\n- 0\n- 0\n",
    ] {
        let says = move |command: &str, id: &str| {
            // The call that starts a command is the only one with three words before its own.
            let text = if command.contains("shift 3") { "wharf ID started\n" } else { lie };
            (text.replace("ID", id), false)
        };
        let (run, calls) = answered(says, &["--", "true"]);
        let object = run.code(125).json();
        assert_eq!((&object["status"], &object["exit_code"]), (&"unknown".into(), &Value::Null), "{lie:?}");
        assert!(calls < 10, "{lie:?}: {calls} calls");
    }
}

#[test]
fn an_error_after_the_start_says_where_the_output_is() {
    for (status, body) in [
        (500, ""),
        (502, "<html>"),
        (429, "{}"),
        (401, r#"{"code":"InvalidApiKey","message":"m"}"#),
        (200, "<html>"),
        (200, ""),
        (200, "null"),
        (200, r#"{"success":false}"#),
        (200, r#"{"success":true,"data":{}}"#),
    ] {
        for is_started in [true, false] {
            // What refuses a start has certainly started nothing.
            if !is_started && [401, 429].contains(&status) {
                continue;
            }
            let reply = move |command: &str, id: &str| {
                let starts = command.contains("shift 3");
                if is_started && starts {
                    return told((format!("wharf {id} started\n"), false));
                }
                (status, "content-type: application/json\r\n".to_owned(), body.to_owned())
            };
            let (run, _) = replied(reply, &["--retries", "0", "--", "true"]);
            let error = &run.code(125).json()["error"];
            let hint = error["hint"].as_str().unwrap_or_default();
            let says = hint.contains("may still be running") && hint.contains("s1:.wharf/exec_");
            assert!(says, "{status} {body:?}, started: {is_started}: {error}");
        }
    }
}

#[test]
fn a_command_that_ended_with_its_session_is_not_found() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let reply = move |command: &str, id: &str| {
        if command.contains("shift 3") {
            return told((format!("wharf {id} started\n"), false));
        }
        // The session ends what runs in it before it is gone.
        match looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => told((format!("wharf {id} process=9 alive=0 status=- stdout=0 stderr=0\n- 0\n- 0\n"), false)),
            1 => told((format!("wharf {id} gone\n"), false)),
            _ => json_of(400, &json!({ "code": "InvalidMcpSession.NotFound", "message": "m", "success": false })),
        }
    };
    let object = replied(reply, &["--", "true"]).0.code(125).json();
    assert_eq!(object["error"]["kind"], "not_found", "{object}");
}

#[test]
fn a_service_that_promises_output_and_sends_none_is_asked_at_intervals() {
    let says = |command: &str, id: &str| {
        let text = if command.contains("shift 3") {
            "ID started\n"
        } else {
            "ID process=9 alive=1 status=- stdout=1000000000000000 stderr=0\n- 0\n- 0\n"
        };
        (format!("wharf {}", text.replace("ID", id)), false)
    };
    let (run, calls) = answered(says, &["--timeout", "2s", "--", "true"]);
    run.code(124);
    // The pauses grow by half from 20 ms; then come the signals and what they are looked up with.
    assert!(calls < 40, "{calls} calls");
}

#[test]
fn a_file_in_the_place_of_outputs_can_be_removed_again() {
    let sandbox = Sandbox::new();
    let (served, id) = serve(&sandbox, &[]);
    exec(&served, &id, &["--shell", "rm -r outputs; echo x >outputs"]).ok();
    exec(&served, &id, &["--", "rm", "outputs"]).ok();
    assert_eq!(exec(&served, &id, &["--shell", "test -d outputs && echo yes"]).ok().stdout(), "yes\n");
}

#[test]
fn an_image_that_cannot_run_a_command_is_named_as_the_reason() {
    for (text, is_error) in [
        (None, false),
        (Some("Execution failed. Error code:127 Error message: sh: 1: sh: not found"), true),
        (Some("Tool shell not found"), true),
    ] {
        let (run, _) = answered(
            move |_, id| (text.map_or_else(|| format!("wharf {id} lacks setsid\n"), str::to_owned), is_error),
            &["--", "true"],
        );
        let object = run.code(125).json();
        assert_eq!(object["error"]["kind"], "unsupported", "{text:?}");
        assert!(object["error"]["hint"].as_str().unwrap().contains("setsid"), "{object}");
    }
}

#[test]
fn code_whose_output_may_be_cut_is_no_success() {
    let sandbox = Sandbox::new();
    sandbox.write("long.py", "print('x' * 200000)\n");
    sandbox.write("escaped.py", "print('\"' * 31800)\n");
    sandbox.write("value.py", "'x' * 64000\n");
    sandbox.write("short.py", "print('x' * 62000)\n");
    let (served, id) = serve(&sandbox, &[]);
    for code in ["long.py", "escaped.py", "value.py"] {
        let run = exec(&served, &id, &["--format", "json", "--language", "python", code]);
        let object = run.code(125).json();
        assert_eq!((&object["truncated"], &object["error"]["kind"]), (&json!(true), &json!("limit")), "{code}");
        let run = exec(&served, &id, &["--language", "python", code]);
        run.code(125).says(&["63 KiB", "may be cut", "download"]);
        assert!(run.bytes().len() > 30_000, "what came is passed on");
    }
    let object = exec(&served, &id, &["--format", "json", "--language", "python", "short.py"]).ok().json();
    assert_eq!((&object["truncated"], &object["stdout_bytes"]), (&json!(false), &json!(62_001)));
}

#[test]
fn code_ends_as_its_answer_says_in_every_form() {
    for (text, is_error, code, stdout) in [
        (json!({ "result": [{ "text/plain": "2", "isMainResult": true }], "stdout": ["a\n"] }), false, 0, "a\n2\n"),
        (
            json!({ "logs": { "stdout": ["a\n"] }, "results": [], "error": { "name": "E", "value": "v" } }),
            false,
            1,
            "a\n",
        ),
        (json!({ "result": [], "executionError": "NameError: x" }), false, 1, ""),
        (json!({ "result": [], "executionError": "NameError: x" }), true, 1, ""),
        (json!({ "content": [{ "type": "text", "text": "7" }] }), false, 0, "7\n"),
        (json!("plain"), false, 0, "plain\n"),
        (json!("Execution failed. Error code:-1 Error message: [timeout]"), true, 125, ""),
        (json!({}), false, 125, ""),
        (json!({ "error": { "code": "Throttled" } }), false, 125, ""),
    ] {
        let plain = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        let (run, calls) = answered(move |_, _| (plain.clone(), is_error), &["--language", "python", "code.py"]);
        let object = run.code(code).json();
        assert_eq!((object["stdout"].as_str(), calls), (Some(stdout), 1), "{text}: {object}");
    }
}
