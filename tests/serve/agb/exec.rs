//! Commands that really run: `serve --exec`.

use std::fs;
use std::io::Write;
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use super::stage::{Session, data, fails};
use crate::stage::{Server, Stage, names, wait_until};

const TIMEOUT: &str = "Execution failed. Error code:-1 Error message: [timeout]";

/// Runs a command, and returns what its JSON says.
#[track_caller]
fn told(session: &Session<'_>, args: &Value) -> Value {
    serde_json::from_str(&session.good("shell", args)).unwrap()
}

/// What a command that went well wrote.
#[track_caller]
fn stdout(session: &Session<'_>, command: &str) -> String {
    let told = told(session, &json!({ "command": command, "timeout_ms": 20_000 }));
    assert_eq!((&told["exit_code"], &told["stderr"]), (&json!(0), &json!("")), "{command}: {told}");
    told["stdout"].as_str().unwrap().to_owned()
}

/// Whether the process that wrote its number into a file of the home runs.
fn runs(session: &Session<'_>, file: &str) -> bool {
    process_runs(&session.read(file).unwrap())
}

fn process_runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.starts_with(" Z"))
}

/// A job of a session of its own that does not end, and has written its number.
fn leave_job(session: &Session<'_>, file: &str) {
    stdout(session, &format!("setsid sh -c 'echo $$ >{file}; exec sleep 300' >/dev/null 2>&1 & :"));
    wait_until("started", || session.read(file).is_some_and(|pid| pid.ends_with('\n')));
}

#[test]
fn a_server_that_runs_commands_accepts_its_own_random_key_alone() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    assert_ne!(server.key(), stage.serve(&["--exec"]).key());
    let session = Session::new(&server);
    let head = |path: &str, headers: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n", server.address)
    };
    for path in [
        "/sdk/ListSession",
        "//sdk/ListSession",
        "/v1/files",
        "/api/projects/p/agents/a?api-version=v1",
        "/_emulator/anthropic/sessions/s/outputs",
        "/nowhere",
    ] {
        for key in ["", "authorization: Bearer wharf-serve-accepts-any-token\r\n", "x-api-key: any\r\n"] {
            let reply = server.raw(head(path, key).as_bytes()).unwrap();
            assert_eq!(reply.status, 401, "{path} {key}");
        }
        let bearer = format!("authorization: Bearer {}\r\n", server.key());
        assert_ne!(server.raw(head(path, &bearer).as_bytes()).unwrap().status, 401, "{path}");
    }
    let api_key = format!("x-api-key: {}\r\nanthropic-version: 2023-06-01\r\n", server.key());
    assert_eq!(server.raw(head("/v1/files", &api_key).as_bytes()).unwrap().status, 200);
    fails(&server.raw(head("/sdk/ListSession", "").as_bytes()).unwrap(), 401, "Unauthorized");
    // What opens these is a token or a signature of their own, and they look for it.
    let link = format!("/link/{}/callTool", session.id);
    let call =
        json!({ "tool": "shell", "server": "wuying_shell", "args": { "command": "true" }, "token": server.key() });
    let call = call.to_string();
    let post = format!(
        "POST {link} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-access-token: {}\r\ncontent-length: {}\r\n\r\n{call}",
        server.key(),
        call.len()
    );
    assert_eq!(server.raw(post.as_bytes()).unwrap().status, 401);
    assert_eq!(server.raw(head("/oss/context/x", "").as_bytes()).unwrap().status, 403);
    // The command is given the key, under each service's name for it.
    let run = stage.run(&["--exec", "--", "sh", "-c", "echo $AGB_API_KEY $ANTHROPIC_API_KEY $WHARF_FOUNDRY_TOKEN"]);
    let said = String::from_utf8(run.stdout).unwrap();
    let keys: Vec<_> = said.split_whitespace().collect();
    assert!(keys.len() == 3 && keys.iter().all(|key| *key == keys[0] && key.len() > 40), "{said}");
}

#[test]
fn a_command_is_run_by_a_shell_in_the_sessions_directory() {
    let stage = Stage::new();
    let mut command = stage.command(&["--exec", "--store", "store"]);
    let server = Stage::start(command.env("SECRET_OF_THE_CALLER", "x"));
    let session = Session::new(&server);
    assert_eq!(stdout(&session, "echo \"$((6 * 7))\" | tr 4 5; cat; [ -t 1 ] || echo none"), "52\nnone\n");
    let told_of = |args: Value| told(&session, &args);
    let three = told_of(json!({ "command": "echo out; echo err >&2; exit 3", "timeout_ms": 20_000 }));
    assert_eq!(
        (&three["stdout"], &three["stderr"], &three["exit_code"]),
        (&json!("out\n"), &json!("err\n"), &json!(3))
    );
    assert!(three["traceId"].as_str().is_some_and(|trace| !trace.is_empty()), "{three}");
    assert_eq!(told_of(json!({ "command": "kill -KILL $$" }))["exit_code"], 137);
    assert_eq!(told_of(json!({ "command": "printf '\\377'" }))["stdout"], "\u{fffd}");
    // Where it is: the tools for files see the same.
    stdout(
        &session,
        "mkdir -p data outputs && echo one >data/x && echo two >\"$WHARF_OUTPUTS/y\" && echo three >\"$TMPDIR/z\"",
    );
    assert_eq!(session.read("/home/agb/data/x").as_deref(), Some("one\n"));
    assert_eq!(session.read("/home/agb/outputs/y").as_deref(), Some("two\n"));
    assert_eq!(session.read("/tmp/z").as_deref(), Some("three\n"));
    assert_eq!(stdout(&session, "cat ../../tmp/z ~/data/x"), "three\none\n");
    for (cwd, command) in
        [("", "cat data/x"), ("data", "cat x"), ("/home/agb/data", "cat x"), ("/", "cat home/agb/data/x")]
    {
        assert_eq!(told_of(json!({ "command": command, "cwd": cwd }))["stdout"], "one\n", "{cwd}");
    }
    session.bad("shell", &json!({ "command": "true", "cwd": "/none" }), "No such file or directory");
    session.bad("shell", &json!({ "command": "true", "cwd": "data/x" }), "not a directory");
    session.bad("shell", &json!({ "command": "true", "cwd": "../.." }), "");
    session.bad("shell", &json!({ "command": "true\0" }), "NUL");
    // Its environment is its own.
    let envs = json!({ "A": "é b\n$x", "PATH": "/usr/bin:/bin:/x", "HOME": "/elsewhere" });
    assert_eq!(
        told_of(json!({ "command": "printf '%s|' \"$A\" $PATH $HOME", "envs": envs }))["stdout"],
        "é b\n$x|/usr/bin:/bin:/x|/elsewhere|"
    );
    session.bad("shell", &json!({ "command": "true", "envs": { "A": 1 } }), "`A`");
    session.bad("shell", &json!({ "command": "true", "envs": { "-u": "x" } }), "`-u`");
    let names: Vec<_> =
        stdout(&session, "env").lines().map(|line| line.split('=').next().unwrap().to_owned()).collect();
    for name in &names {
        let known =
            ["HOME", "LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "_", "TMPDIR", "WHARF_OUTPUTS", "WHARF_SERVE_SESSION"];
        assert!(known.contains(&name.as_str()), "{names:?}");
    }
}

#[test]
fn a_command_whose_time_is_over_ends_with_its_group() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::new(&server);
    let command = "echo $$ >one; sh -c 'echo $$ >two; sleep 300' & setsid sh -c 'echo $$ >job; exec sleep 300' & \
                   while ! [ -s two ] || ! [ -s job ]; do sleep 0.01; done; echo told; wait";
    let (text, failed) = session.tool("shell", &json!({ "command": command, "timeout_ms": 1500 }));
    assert_eq!((text.as_str(), failed), (TIMEOUT, true));
    wait_until("the group has ended", || !runs(&session, "one") && !runs(&session, "two"));
    assert!(runs(&session, "job"), "a job of a session of its own goes on");
    // The default is what the SDKs send.
    let (text, _) = session.tool("shell", &json!({ "command": "sleep 300" }));
    assert_eq!(text, TIMEOUT);
}

#[test]
fn what_a_command_leaves_running_ends_with_the_session_or_the_server() {
    for (stop, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let stage = Stage::new();
        let mut server = stage.serve(&["--exec", "--store", "store"]);
        let pid = {
            let (one, two) = (Session::new(&server), Session::new(&server));
            for session in [&one, &two] {
                leave_job(session, "job");
                stdout(session, "sleep 300 & echo $! >group");
            }
            assert!(runs(&one, "job") && runs(&one, "group"), "it survives its call");
            let pids = [one.read("job").unwrap(), one.read("group").unwrap()];
            data(&one.post("/mcp/releaseSessionAsync"));
            for pid in pids {
                wait_until("ended with its session", || !process_runs(&pid));
            }
            assert!(runs(&two, "job") && runs(&two, "group"), "those of another session go on");
            two.read("job").unwrap()
        };
        server.signal(stop);
        assert_eq!(server.child.wait().unwrap().code(), Some(code));
        assert!(!process_runs(&pid), "it ended with the server");
        assert_eq!(stage.left_behind(), [""; 0]);
    }
}

#[test]
fn a_server_whose_time_is_over_leaves_nothing_running() {
    let stage = Stage::new();
    let mut server = stage.serve(&["--exec", "--timeout", "3s"]);
    let pid = {
        let session = Session::new(&server);
        leave_job(&session, "job");
        session.read("job").unwrap()
    };
    assert_eq!(server.child.wait().unwrap().code(), Some(124));
    wait_until("ended", || !process_runs(&pid));
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn a_session_is_released_while_a_command_runs_in_it() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::new(&server);
    std::thread::scope(|scope| {
        let call = scope
            .spawn(|| session.tool("shell", &json!({ "command": "echo $$ >pid; sleep 300", "timeout_ms": 50_000 })));
        wait_until("started", || session.read("pid").is_some_and(|pid| pid.ends_with('\n')));
        let pid = session.read("pid").unwrap();
        data(&session.post("/mcp/releaseSessionAsync"));
        assert!(!process_runs(&pid));
        let (text, _) = call.join().unwrap();
        assert!(text.contains("137"), "{text}");
    });
    fails(&session.post("/mcp/getSession"), 400, "InvalidMcpSession.NotFound");
}

#[test]
fn a_command_goes_on_where_its_client_no_longer_waits() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec", "--fault", "tools.call:reset@end x1"]);
    let session = Session::new(&server);
    let request = |command: &str| {
        let args = json!({ "command": command, "timeout_ms": 20_000 }).to_string();
        let body = json!({ "args": args, "sessionId": session.id, "name": "shell" }).to_string();
        format!(
            "POST /mcp?autoGenSession=false HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            server.key(),
            body.len()
        )
    };
    assert!(server.raw(request("echo >lost").as_bytes()).is_none_or(|reply| reply.reset));
    assert!(session.read("lost").is_some(), "an answer that is lost is one of what was done");
    let mut stream = server.connect();
    stream.write_all(request("echo >begun; sleep 1; echo >done").as_bytes()).unwrap();
    wait_until("begun", || session.read("begun").is_some());
    drop(stream);
    wait_until("done", || session.read("done").is_some());
}

#[test]
fn the_result_of_a_command_has_the_form_that_is_asked_for() {
    let stage = Stage::new();
    let shell = |server: &Server, command: &str| {
        let session = Session::new(server);
        session.tool("shell", &json!({ "command": command, "timeout_ms": 20_000 }))
    };
    let failing = "echo out; echo err >&2; exit 3";
    let form = |word: &str| stage.serve(&["--exec", "--fault", &format!("tools.call:result={word}")]);
    for word in ["error", "error-code"] {
        let server = form(word);
        let (text, failed) = shell(&server, failing);
        let mut told: Value = serde_json::from_str(&text).unwrap();
        assert_ne!(told["traceId"].take(), "");
        let name = if word == "error" { "exit_code" } else { "errorCode" };
        assert_eq!((told, failed), (json!({ "stdout": "out\n", "stderr": "err\n", name: 3, "traceId": null }), true));
        let (text, failed) = shell(&server, "echo x");
        assert_eq!((text.as_str(), failed), (r#"{"stdout":"x\n","stderr":"","exit_code":0,"traceId":""}"#, false));
    }
    let server = form("error-text");
    assert_eq!(shell(&server, failing), ("Execution failed. Error code:3 Error message: err".to_owned(), true));
    let server = form("text");
    assert_eq!(shell(&server, failing), ("out\nerr\n".to_owned(), false));
    let server = form("no-status");
    assert_eq!(shell(&server, failing), (r#"{"stdout":"out\n","stderr":"err\n"}"#.to_owned(), false));
}

#[test]
fn the_answer_to_a_command_is_no_longer_than_a_message() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::new(&server);
    let text =
        session.good("shell", &json!({ "command": "head -c 20000000 /dev/zero; echo err >&2", "timeout_ms": 20_000 }));
    assert!(text.len() <= 63 * 1024, "{}", text.len());
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&told["exit_code"], &told["stderr"]), (&json!(0), &json!("err\n")));
    assert!(told["stdout"].as_str().is_some_and(|zeros| zeros.len() > 10_000));
}

/// All files below a directory but those of the store, with what they hold.
fn snapshot(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in names(dir).into_iter().filter(|name| name != "store") {
        let path = dir.join(&name);
        let content =
            if path.is_dir() { format!("{:?}", snapshot(&path)).into_bytes() } else { fs::read(&path).unwrap() };
        all.push((name, content));
    }
    all
}

#[test]
fn no_call_reaches_what_is_outside_of_the_store() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec", "--store", "store"]);
    fs::create_dir(stage.path("outside")).unwrap();
    fs::write(stage.path("outside/sentinel"), "unchanged\n").unwrap();
    let before = snapshot(&stage.path(""));
    let session = Session::with(&server, "agb-code-space-2", &json!({}));
    let outside = stage.path("outside");
    stdout(&session, &format!("ln -s '{}' out && ln -s ../../../../../outside up && ln -s / root", outside.display()));
    // A directory of the command that leads out by name or by link is refused.
    let absolute = outside.to_str().unwrap();
    let relative = format!("root{absolute}");
    for cwd in ["out", "up", "root", &relative, absolute, "..", "../../../..", "/home/agb/out"] {
        let (text, failed) = session.tool("shell", &json!({ "command": "rm -f sentinel; echo >new", "cwd": cwd }));
        assert!(failed, "{cwd}: {text}");
    }
    for path in ["out/sentinel", "up/sentinel", &format!("{relative}/sentinel")] {
        assert!(session.tool("write_file", &json!({ "path": path, "content": "changed" })).1, "{path}");
        assert!(session.tool("read_file", &json!({ "path": path })).1, "{path}");
    }
    // What a command writes by its variables and relative names stays in the session.
    stdout(
        &session,
        "cd && echo >a && echo >../../b && echo >$TMPDIR/c && mkdir -p $WHARF_OUTPUTS && mktemp >/dev/null",
    );
    leave_job(&session, "job");
    // The session goes with its links, and what they lead to stays.
    data(&session.post("/mcp/releaseSessionAsync"));
    assert_eq!(snapshot(&stage.path("")), before);
    assert_eq!(fs::read_to_string(stage.path("outside/sentinel")).unwrap(), "unchanged\n");
}

#[test]
fn wharf_itself_reaches_only_the_session_by_paths_that_the_machine_has_as_well() {
    let stage = Stage::new();
    fs::create_dir(stage.path("outside")).unwrap();
    fs::write(stage.path("outside/sentinel"), "unchanged\n").unwrap();
    fs::write(stage.path("in"), "from the client\n").unwrap();
    fs::create_dir(stage.path("got")).unwrap();
    let script = r#"
        set -e
        s=$(wharf sessions create -q --image i)
        wharf files upload -q in "$s:$OUTSIDE/sentinel"
        wharf files upload -q in "$s:$OUTSIDE/new"
        wharf files mv "$s:$OUTSIDE/new" "$s:$OUTSIDE/moved"
        wharf files ls "$s:$OUTSIDE"
        wharf files download -q "$s:$OUTSIDE/moved" got/
        test "$(wharf exec "$s" --cwd "$OUTSIDE" -- cat sentinel)" = 'from the client'
        wharf exec "$s" --cwd "$OUTSIDE" -- sh -c 'echo by a command >made; rm sentinel'
        wharf files rm -r "$s:$OUTSIDE"
        wharf sessions delete "$s"
    "#;
    let mut command = stage.command(&["--exec", "--store", "store", "-b", "agb", "--", "sh", "-c", script]);
    let path = format!("{}:/usr/bin:/bin", Path::new(env!("CARGO_BIN_EXE_wharf")).parent().unwrap().display());
    command.env("PATH", path).env("OUTSIDE", stage.path("outside"));
    let run = command.output().unwrap();
    assert!(run.status.success(), "{run:?}");
    assert_eq!(names(&stage.path("outside")), ["sentinel"]);
    assert_eq!(fs::read_to_string(stage.path("outside/sentinel")).unwrap(), "unchanged\n");
    assert_eq!(fs::read_to_string(stage.path("got/moved")).unwrap(), "from the client\n");
}

#[test]
fn a_command_runs_on_the_direct_route_as_well() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::with(&server, "agb-code-space-2", &json!({}));
    let about = data(&session.post("/mcp/getSession"));
    let (token, link) = (about["token"].as_str().unwrap(), about["linkUrl"].as_str().unwrap());
    let target = link.split_once(&server.address).unwrap().1;
    let args = json!({ "command": "echo $((1 + 1))", "timeout_ms": 5000 });
    let body =
        json!({ "args": args, "server": "wuying_shell", "requestId": "link-1", "tool": "shell", "token": token });
    let body = body.to_string();
    let head = format!(
        "POST {target}/callTool HTTP/1.1\r\nhost: localhost\r\nx-access-token: {token}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = server.raw(head.as_bytes()).unwrap().json();
    let inner: Value = serde_json::from_str(answer["data"].as_str().unwrap()).unwrap();
    let text: Value = serde_json::from_str(inner["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!((&text["stdout"], &inner["result"]["isError"]), (&json!("2\n"), &json!(false)));
}

/// Runs code, and returns the JSON of its result.
#[track_caller]
fn code(session: &Session<'_>, language: &str, code: &str) -> Value {
    let text = session.good("run_code", &json!({ "code": code, "language": language, "timeout_s": 30 }));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn code_runs_as_a_cell_of_a_notebook_does() {
    let stage = Stage::new();
    let server = stage.serve(&["--exec"]);
    let session = Session::new(&server);
    let mut one = code(&session, "python", "print('hi')\nopen('made', 'w').write('x')\n1+1");
    assert!(one["execution_time"].take().as_f64().is_some_and(|took| took > 0.0));
    let main = json!([{ "text/plain": "2", "isMainResult": true }]);
    let told = json!({
        "result": main, "stdout": ["hi\n"], "stderr": [], "executionError": null, "execution_count": 1,
        "execution_time": null,
    });
    assert_eq!(one, told);
    assert_eq!(session.read("/home/agb/made").as_deref(), Some("x"));
    // Aliases are resolved in any case; each call is an interpreter of its own.
    assert_eq!(code(&session, "PY", "x = 1")["result"], json!([]));
    let unknown = code(&session, "python3", "def f():\n    return x\nf()");
    assert_eq!(unknown["executionError"], "NameError: name 'x' is not defined");
    let trace = unknown["stderr"][0].as_str().unwrap();
    assert!(trace.contains("\"<code>\", line 2, in f") && !trace.contains("eval("), "{trace}");
    assert_eq!((&unknown["execution_count"], &unknown["result"]), (&json!(3), &json!([])));
    assert_eq!(
        code(&session, "python", "(")["executionError"].as_str().unwrap().split(':').next(),
        Some("SyntaxError")
    );
    assert_eq!(code(&session, "python", "import sys; sys.exit(0)")["executionError"], Value::Null);
    assert_eq!(code(&session, "python", "import sys; sys.exit(3)")["executionError"], "SystemExit: 3");
    assert_eq!(
        code(&session, "python", "import os; os._exit(9)")["executionError"],
        "ExecutionError: the interpreter ended with status 9"
    );
    let rich = "class Rich:\n  def __repr__(self): return '<r>'\n  def _repr_html_(self): return '<b>r</b>'\n  \
                def _repr_png_(self): return b'\\x89PNG'\n  def _repr_json_(self): return {'a': 1}\nRich()";
    let shown = json!([{
        "text/plain": "<r>", "text/html": "<b>r</b>", "image/png": "iVBORw==", "application/json": { "a": 1 },
        "isMainResult": true,
    }]);
    assert_eq!(code(&session, "python", rich)["result"], shown);
    assert_eq!(code(&session, "python", "'\\ud800'")["result"][0]["text/plain"], "'\\ud800'");
    assert!(session.good("run_code", &json!({ "code": "print('x' * 10**6)", "language": "py" })).len() <= 63 * 1024);
    let (text, failed) =
        session.tool("run_code", &json!({ "code": "while 1: pass", "language": "py", "timeout_s": 1 }));
    assert_eq!((text.as_str(), failed), (TIMEOUT, true));
    for language in ["java", "r", "ruby", ""] {
        session.bad("run_code", &json!({ "code": "1", "language": language }), "runs python and javascript");
    }
}

#[test]
fn code_of_javascript_runs_where_there_is_node() {
    let stage = Stage::new();
    let mut command = stage.command(&["--exec"]);
    let server = Stage::start(command.env("PATH", "/none"));
    let session = Session::new(&server);
    for (language, program) in [("javascript", "node"), ("python", "python3")] {
        let (text, failed) = session.tool("run_code", &json!({ "code": "1", "language": language }));
        let why =
            format!("Execution failed. Error code:127 Error message: {program}: not found in the PATH of the emulator");
        assert_eq!((text, failed), (why, true));
    }
    if !Path::new("/usr/bin/node").exists() {
        return;
    }
    let server = stage.serve(&["--exec"]);
    let session = Session::new(&server);
    let one = code(&session, "node", "console.log('hi'); require('fs').writeFileSync('made', 'x'); [1, 'a']");
    assert_eq!((&one["stdout"], &one["executionError"]), (&json!(["hi\n"]), &Value::Null), "{one}");
    assert_eq!(one["result"], json!([{ "text/plain": "[ 1, 'a' ]", "isMainResult": true }]));
    assert_eq!(session.read("/home/agb/made").as_deref(), Some("x"));
    assert_eq!(code(&session, "js", "--x")["executionError"], "ReferenceError: x is not defined");
    assert_eq!(
        code(&session, "js", "setTimeout(() => { throw new TypeError('late') }, 1)")["executionError"],
        "TypeError: late"
    );
    assert_eq!(code(&session, "js", "let x")["result"], json!([]));
}

#[test]
fn the_result_of_code_has_the_form_that_is_asked_for() {
    let stage = Stage::new();
    let run = |word: &str, code: &str| {
        let server = stage.serve(&["--exec", "--fault", &format!("tools.call.run_code:result={word}")]);
        Session::new(&server).good("run_code", &json!({ "code": code, "language": "python" }))
    };
    let mut logs: Value = serde_json::from_str(&run("logs", "print('a')\n2")).unwrap();
    assert!(logs["execution_time"].take().is_f64());
    let told = json!({
        "logs": { "stdout": ["a\n"], "stderr": [] }, "results": [{ "text": "2", "is_main_result": true }], "error": null,
        "execution_count": 1, "execution_time": null,
    });
    assert_eq!(logs, told);
    let logs: Value = serde_json::from_str(&run("logs", "1/0")).unwrap();
    assert_eq!(
        (&logs["error"]["name"], &logs["error"]["value"]),
        (&json!("ZeroDivisionError"), &json!("division by zero"))
    );
    assert!(logs["error"]["traceback"].as_str().is_some_and(|text| text.starts_with("Traceback")));
    assert_eq!(run("content", "print('a')\n2"), r#"{"content":[{"type":"text","text":"a\n2"}]}"#);
    assert_eq!(run("text", "print('a')\n2"), "a\n2");
}

#[test]
fn a_fault_can_name_a_tool() {
    let stage = Stage::new();
    let faults = [
        "--fault",
        "tools.call.shell:refused=inside x1",
        "--fault",
        "read_file:503 x1",
        "--fault",
        "shell:reset@end x1 skip=1",
    ];
    let server = stage.serve(&[&["--exec"], &faults[..]].concat());
    let session = Session::new(&server);
    session.write("/tmp/a", "x");
    let (text, failed) = session.tool("shell", &json!({ "command": "echo >first" }));
    assert_eq!((text.as_str(), failed), ("requested fault", true));
    let call = |name: &str, args: &Value| {
        let body = json!({ "args": args.to_string(), "sessionId": session.id, "name": name }).to_string();
        let head = format!(
            "POST /mcp?autoGenSession=false HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            server.key(),
            body.len()
        );
        server.raw(&[head.as_bytes(), body.as_bytes()].concat())
    };
    assert_eq!(call("read_file", &json!({ "path": "/tmp/a" })).unwrap().status, 503);
    assert!(call("shell", &json!({ "command": "echo >second" })).is_none_or(|reply| reply.reset));
    assert_eq!((session.read("first"), session.read("second").as_deref()), (None, Some("\n")));
    let run = stage.run(&["--fault", "tools.call.shel:reset", "--", "true"]);
    assert_eq!(run.status.code(), Some(2), "{run:?}");
}
