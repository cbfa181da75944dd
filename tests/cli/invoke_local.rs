//! `wharf invoke`, `sessions events` and `sessions interrupt` on the local backend, whose agent is a shell: a prompt is
//! the script that it runs.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::sandbox::{Call, Run, Running, Sandbox, wait_until};

const PROFILE: &str = "profile = 'a'\n[profiles.a]\nbackend = 'local'\n";

/// A sandbox with a session `s1` and this agent.
pub(crate) fn with_agent(agent: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.config().join("wharf")).unwrap();
    let profile = if agent.is_empty() { PROFILE.to_owned() } else { format!("{PROFILE}agent_command = {agent}\n") };
    fs::write(sandbox.config().join("wharf/config.toml"), profile).unwrap();
    sandbox.run(["sessions", "create", "--id", "s1"]).ok();
    sandbox
}

pub(crate) fn stage() -> Sandbox {
    with_agent("['sh']")
}

fn call(sandbox: &Sandbox, args: &[&str]) -> Call {
    sandbox.wharf(["invoke", "s1"].iter().chain(args))
}

fn invoke(sandbox: &Sandbox, args: &[&str]) -> Run {
    call(sandbox, args).run()
}

/// Starts a turn whose script prints `go`, and waits for that.
fn under_way(sandbox: &Sandbox, args: &[&str], script: &str) -> Running {
    let script = format!("echo go; {script}");
    let mut running = call(sandbox, &[args, &[&script]].concat()).start();
    let mut first = [0; 3];
    running.take_stdout().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"go\n");
    running
}

fn events(sandbox: &Sandbox, args: &[&str]) -> Vec<Value> {
    let run = sandbox.run([&["--format", "json", "sessions", "events", "s1"], args].concat());
    run.ok().json().as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

fn json_lines(run: &Run) -> Vec<Value> {
    run.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn is_alive(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[test]
fn the_agent_reads_the_prompt_and_works_in_the_session() {
    let sandbox = with_agent("['sh', '-c', 'cat; echo \"$1 $WHARF_SESSION $WHARF_BACKEND\"; pwd >&2', 'sh', 'a b']");
    let run = invoke(&sandbox, &["a prompt; $HOME\n"]);
    assert_eq!(run.ok().stdout(), "a prompt; $HOME\na b s1 local\n");
    run.says(&["/s1\n", "done in "]);
    let quiet = invoke(&sandbox, &["-q", "text"]);
    assert_eq!((quiet.ok().stdout(), quiet.stderr()), ("texta b s1 local\n", ""));
    let sandbox = stage();
    sandbox.put("s1:/in", "content");
    assert_eq!(invoke(&sandbox, &["cat in; echo result >$WHARF_OUTPUTS/r"]).ok().stdout(), "content\n");
    assert_eq!(sandbox.cat("s1:@outputs/r"), "result\n");
    let passed = call(&sandbox, &["echo $PASSED"]).env("PASSED", "on").run();
    assert_eq!(passed.ok().stdout(), "on\n");
    assert_eq!(invoke(&sandbox, &["exec true"]).ok().stdout(), "", "an agent may say nothing");
}

#[test]
fn text_arrives_before_the_program_ends() {
    let sandbox = stage();
    let mut running =
        call(&sandbox, &["--format", "jsonl", "printf one; until [ -e go ]; do sleep 0.02; done"]).start();
    let mut stdout = running.take_stdout();
    let mut text = String::new();
    while !text.contains("text_delta") || !text.ends_with('\n') {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    assert!(text.lines().last().unwrap().contains("\"one\""), "{text}");
    sandbox.put("s1:/go", "");
    stdout.read_to_string(&mut text).unwrap();
    running.finish().ok();
    assert!(text.lines().last().unwrap().contains("\"result\""), "{text}");
}

#[test]
fn characters_are_whole_and_other_bytes_are_kept() {
    let sandbox = stage();
    let script = r"printf '\303'; sleep 0.2; printf '\244'; sleep 0.1; printf '\377\000'; printf '\303'";
    let run = invoke(&sandbox, &[script]);
    assert_eq!(run.ok().bytes(), b"\xc3\xa4\xff\0\xc3\n");
    let run = invoke(&sandbox, &["--format", "jsonl", script]);
    let lines = json_lines(run.ok());
    let deltas: Vec<_> = lines.iter().filter(|event| event["type"] == "text_delta").collect();
    assert_eq!((&deltas[0]["text"], &deltas[0]["encoding"]), (&json!("\u{e4}"), &json!("utf-8")));
    assert_eq!((&deltas[1]["text"], &deltas[1]["encoding"]), (&json!("/wA="), &json!("base64")));
    let text = lines.iter().find(|event| event["type"] == "text").unwrap();
    assert_eq!((&text["text"], &text["encoding"]), (&json!("w6T/AMM="), &json!("base64")));
    assert_eq!(lines.last().unwrap()["text"], "\u{e4}\u{fffd}\0\u{fffd}");
    let listed = events(&sandbox, &["--type", "text"]);
    assert_eq!((&listed[0]["text"], &listed[0]["encoding"]), (&json!("w6T/AMM="), &json!("base64")));
}

#[test]
fn the_status_decides_how_the_turn_ended() {
    let sandbox = stage();
    for (script, code, status, reason) in [
        ("echo text", 0, "completed", "exit 0"),
        ("echo text; echo why >&2; exit 3", 14, "failed", "exit 3"),
        ("exit 126", 14, "failed", "exit 126"),
        ("kill -9 $$", 14, "failed", "signal 9"),
    ] {
        let run = invoke(&sandbox, &["--format", "json", script]);
        let result = run.code(code).json();
        assert_eq!((&result["status"], &result["stop_reason"]), (&json!(status), &json!(reason)), "{result}");
        assert_eq!(result["error"]["kind"], if code == 0 { Value::Null } else { json!("agent_failed") });
        let end = events(&sandbox, &["--type", "status"]).pop().unwrap();
        assert_eq!((&end["status"], &end["stop_reason"]), (&json!(status), &json!(reason)), "{end}");
        assert_eq!(end["error"]["kind"], result["error"]["kind"]);
    }
    invoke(&sandbox, &["echo why >&2; exit 3"]).code(14).says(&["why\n", "exit 3"]);
    for agent in ["['no-such-command-here']", "['/']"] {
        let sandbox = with_agent(agent);
        let run = invoke(&sandbox, &["--format", "json", "x"]);
        assert_eq!(run.code(14).json()["error"]["kind"], "agent_failed");
        run.says(&["the agent cannot be started"]);
        assert_eq!(kinds(&events(&sandbox, &[])), ["user", "status"]);
    }
}

#[test]
fn json_and_jsonl_end_with_one_result() {
    let sandbox = stage();
    let script = "echo one; echo why >&2; sleep 0.1; echo two";
    let object = invoke(&sandbox, &["--format", "json", script]);
    let result = object.ok().json();
    for (member, value) in [
        ("type", json!("result")),
        ("session", json!("s1")),
        ("backend", json!("local")),
        ("status", json!("completed")),
        ("text", json!("one\ntwo\n")),
        ("tools", json!(0)),
        ("usage", Value::Null),
        ("error", Value::Null),
    ] {
        assert_eq!(result[member], value, "{member}");
    }
    assert_eq!(object.stderr(), "");
    let lines = invoke(&sandbox, &["--format", "jsonl", script]);
    let lines = json_lines(lines.ok());
    let (result, events) = lines.split_last().unwrap();
    assert_eq!((&result["type"], &result["events"]), (&json!("result"), &json!(events.len())));
    assert!(events.iter().enumerate().all(|(at, event)| event["seq"] == at + 1 && event["session"] == "s1"));
    let kinds = kinds(events);
    assert_eq!((kinds.first(), kinds.last()), (Some(&"user"), Some(&"status")), "{kinds:?}");
    let text = |kind: &str| -> String {
        events.iter().filter(|event| event["type"] == kind).filter_map(|event| event["text"].as_str()).collect()
    };
    assert_eq!(
        (text("text"), text("text_delta"), text("stderr")),
        ("one\ntwo\n".into(), "one\ntwo\n".into(), "why\n".into())
    );
    let raw = json_lines(invoke(&sandbox, &["--format", "raw", "echo one"]).ok());
    assert_eq!((raw[0]["type"].clone(), raw.last().unwrap()["status"].clone()), (json!("user"), json!("completed")));
    let late = invoke(&sandbox, &["--format", "jsonl", "--timeout", "300ms", "echo x; sleep 60"]);
    let lines = json_lines(late.code(124));
    assert_eq!(lines.iter().filter(|line| line["type"] == "result").count(), 1);
    assert_eq!(lines.last().unwrap()["status"], "timed_out");
}

#[test]
fn a_session_without_an_agent_command_is_told_how_to_name_one() {
    let sandbox = with_agent("");
    let run = invoke(&sandbox, &["--format", "json", "x"]);
    assert_eq!(run.code(7).stdout(), "");
    assert_eq!(run.error()["hint"], "name one: `wharf config set agent_command '[\"PROGRAM\", \"ARG\"]'`");
    sandbox.wharf(["invoke", "s1", "-"]).stdin_held().run().code(7);
    assert_eq!(events(&sandbox, &[]), [] as [Value; 0]);
    for flag in [["--attach", "file_1"], ["--system", "x"], ["--on-ask", "allow"]] {
        invoke(&sandbox, &[&flag, &["x"][..]].concat()).code(7).says(&[flag[0]]);
    }
    // Another command does not care about what is wrong with it.
    let sandbox = with_agent("['']");
    sandbox.run(["sessions", "list"]).ok();
    invoke(&sandbox, &["x"]).code(2).says(&["agent_command (profile: a)"]);
}

#[test]
fn signals_and_the_time_limit_end_the_agent_and_what_it_started() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let sandbox = stage();
        let running = under_way(&sandbox, &[], "sleep 61 & echo $! >pid; wait");
        let pid = sandbox.inside("s1", "pid");
        wait_until("the child is known", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
        running.signal(signal);
        running.finish().code(code).says(&["the agent was stopped"]);
        let pid = fs::read_to_string(&pid).unwrap();
        wait_until("the child has ended", || !is_alive(pid.trim()));
        let end = events(&sandbox, &["--type", "status"]).pop().unwrap();
        assert_eq!(end["status"], "interrupted");
    }
    let sandbox = stage();
    let late = invoke(&sandbox, &["--timeout", "300ms", "--format", "json", "echo $$ >pid; sleep 60"]);
    assert_eq!(late.code(124).json()["status"], "timed_out");
    let pid = fs::read_to_string(sandbox.inside("s1", "pid")).unwrap();
    wait_until("the agent has ended", || !is_alive(pid.trim()));
}

#[test]
fn an_agent_that_ignores_a_signal_is_killed_by_the_second_one() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "trap '' TERM; echo $$ >pid; while :; do sleep 0.1; done");
    let pid = sandbox.inside("s1", "pid");
    wait_until("the agent ignores it", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    running.signal(Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    running.signal(Signal::INT);
    let begun = Instant::now();
    running.finish().code(130);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let pid = fs::read_to_string(&pid).unwrap();
    wait_until("the agent has ended", || !is_alive(pid.trim()));
}

#[test]
fn a_reader_that_stalls_does_not_keep_the_agent_from_being_stopped() {
    for format in [&[][..], &["--format", "jsonl"]] {
        let sandbox = stage();
        let mut running = call(&sandbox, &[format, &["trap '' PIPE TERM; echo $$ >pid; yes"]].concat()).start();
        let unread = running.take_stdout();
        let pid = sandbox.inside("s1", "pid");
        wait_until("the agent writes", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
        std::thread::sleep(Duration::from_millis(200));
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(200));
        running.signal(Signal::INT);
        let begun = Instant::now();
        running.finish().code(130);
        assert!(begun.elapsed() < Duration::from_secs(8), "{format:?}: {:?}", begun.elapsed());
        let pid = fs::read_to_string(&pid).unwrap();
        wait_until("the agent has ended", || !is_alive(pid.trim()));
        drop(unread);
    }
}

#[test]
fn a_reader_that_goes_away_does_not_end_the_turn() {
    let sandbox = stage();
    let script = "$WHARF invoke s1 'echo a; sleep 0.3; echo b; echo c; touch done' | head -n 1; echo ${PIPESTATUS[0]}";
    assert_eq!(sandbox.shell(script, None).run().ok().lines(), ["a", "0"]);
    assert!(sandbox.inside("s1", "done").exists());
}

#[test]
fn one_turn_goes_on_in_a_session_at_a_time() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "until [ -e go ]; do sleep 0.02; done");
    invoke(&sandbox, &["echo x"]).code(5).says(&["at work", "wharf invoke s1 --follow", "wharf sessions interrupt s1"]);
    sandbox.run(["exec", "s1", "--", "touch", "go"]).ok();
    running.finish().ok();
    invoke(&sandbox, &["echo x"]).ok();
    assert_eq!(events(&sandbox, &["--type", "user"]).len(), 2);
}

#[test]
fn a_turn_holds_its_session_and_interrupt_ends_all_that_runs_there() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "sleep 62");
    sandbox.run(["sessions", "delete", "s1"]).code(5).says(&["running", "--force"]);
    let command = sandbox.wharf(["exec", "s1", "--", "sh", "-c", "touch there; sleep 62"]).start();
    wait_until("the command runs", || sandbox.inside("s1", "there").exists());
    assert_eq!(sandbox.run(["sessions", "interrupt", "s1"]).ok().json()["id"], "s1");
    running.finish().code(130).says(&["the agent was interrupted"]);
    command.finish().code(143);
    assert_eq!(events(&sandbox, &["--type", "status"])[0]["status"], "interrupted");
    sandbox.run(["sessions", "interrupt", "s1"]).ok();
    sandbox.run(["sessions", "interrupt", "missing"]).code(4);
    let running = under_way(&sandbox, &[], "sleep 62");
    sandbox.run(["sessions", "delete", "s1", "--force"]).ok();
    running.finish().one_of(&[14, 130]);
    sandbox.run(["sessions", "get", "s1"]).code(4);
}

#[test]
fn a_session_does_not_expire_while_its_agent_works() {
    let sandbox = stage();
    sandbox.run(["sessions", "create", "--id", "s2", "--ttl", "1s"]).ok();
    sandbox.run(["invoke", "s2", "sleep 3"]).ok();
    sandbox.run(["sessions", "get", "s2"]).ok();
}

#[test]
fn the_record_lists_what_happened_in_pages_and_by_type_and_time() {
    let sandbox = stage();
    assert_eq!(events(&sandbox, &[]), [] as [Value; 0]);
    invoke(&sandbox, &["echo one; echo why >&2"]).ok();
    invoke(&sandbox, &["echo two"]).ok();
    let all = events(&sandbox, &[]);
    let names = kinds(&all);
    assert_eq!(names.iter().filter(|kind| **kind == "text").count(), 2, "{names:?}");
    assert_eq!(names.iter().filter(|kind| **kind == "stderr").count(), 1, "{names:?}");
    assert!(names.starts_with(&["user"]) && names.ends_with(&["user", "text", "status"]), "{names:?}");
    assert!(all.iter().enumerate().all(|(at, event)| event["seq"] == at + 1 && event["at"].is_string()));
    let mut ids: Vec<_> = all.iter().map(|event| event["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert_eq!(all[0]["text"], "echo one; echo why >&2");
    let middle = all[4]["id"].as_str().unwrap();
    let later = events(&sandbox, &["--since", middle]);
    assert_eq!(
        later.iter().map(|event| &event["id"]).collect::<Vec<_>>(),
        all[5..].iter().map(|event| &event["id"]).collect::<Vec<_>>()
    );
    assert_eq!(events(&sandbox, &["--since", all[4]["at"].as_str().unwrap()]).len(), 3);
    assert_eq!(events(&sandbox, &["--limit", "2"]).len(), 2);
    let idle =
        sandbox.run(["sessions", "events", "s1", "--until", "idle", "--type", "text", "--transform", "text", "-r"]);
    assert_eq!(idle.ok().stdout(), "one\n\ntwo\n\n");
}

#[test]
fn another_process_follows_a_turn_while_it_goes_on() {
    let sandbox = stage();
    invoke(&sandbox, &["--follow"]).code(5).says(&["no message"]);
    let running = under_way(&sandbox, &[], "echo why >&2; until [ -e go ]; do sleep 0.02; done; echo end");
    let mut following = call(&sandbox, &["--follow"]).start();
    let mut first = [0; 3];
    let mut stdout = following.take_stdout();
    stdout.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"go\n");
    let events = sandbox.wharf(["sessions", "events", "s1", "--until", "idle", "--format", "jsonl"]).start();
    let detached = call(&sandbox, &["--follow", "--timeout", "300ms"]).run();
    detached.code(124).says(&["not interrupted"]);
    sandbox.put("s1:/go", "");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "end\n");
    following.finish().ok().says(&["why\n"]);
    running.finish().ok();
    let events = json_lines(events.finish().ok());
    assert_eq!(events.last().unwrap()["status"], "completed");
    assert!(events.iter().any(|event| event["type"] == "text" && event["text"] == "go\nend\n"), "{events:?}");
    assert_eq!(invoke(&sandbox, &["--follow"]).ok().stdout(), "go\nend\n", "a turn that is over");
    let result = invoke(&sandbox, &["--follow", "--format", "json"]).ok().json();
    assert_eq!((&result["text"], &result["stop_reason"]), (&json!("go\nend\n"), &json!("exit 0")));
    invoke(&sandbox, &["exit 4"]).code(14);
    invoke(&sandbox, &["--follow"]).code(14).says(&["exit 4"]);
    // Events go on until the session ends.
    let mut following = sandbox.wharf(["sessions", "events", "s1", "-f", "-q"]).start();
    let mut ids = BufReader::new(following.take_stdout()).lines().map(Result::unwrap);
    invoke(&sandbox, &["echo more"]).ok();
    assert_eq!(ids.by_ref().filter(|id| id.ends_with("-end")).take(3).count(), 3);
    sandbox.run(["sessions", "delete", "s1"]).ok();
    assert_eq!(ids.next(), None);
    following.finish().ok();
}

#[test]
fn a_turn_whose_wharf_was_killed_ends_as_failed_once_its_program_has_ended() {
    let sandbox = stage();
    let running = under_way(&sandbox, &[], "echo $$ >pid; sleep 0.5; until [ -e go ]; do sleep 0.02; done");
    let pid = sandbox.inside("s1", "pid");
    wait_until("the agent works", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    wait_until("its text is recorded", || kinds(&events(&sandbox, &[])).contains(&"text_delta"));
    running.signal(Signal::KILL);
    let wharf = running.id().to_string();
    drop(running);
    wait_until("wharf has ended", || !is_alive(&wharf));
    assert!(!kinds(&events(&sandbox, &[])).contains(&"status"), "its program goes on");
    invoke(&sandbox, &["echo x"]).code(5);
    sandbox.put("s1:/go", "");
    let pid = fs::read_to_string(&pid).unwrap();
    wait_until("the agent has ended", || !is_alive(pid.trim()));
    let all = events(&sandbox, &[]);
    assert_eq!(kinds(&all), ["user", "text", "status"]);
    assert_eq!((&all[1]["text"], &all[2]["status"]), (&json!("go\n"), &json!("failed")));
    assert_eq!(all[2]["error"]["kind"], "agent_failed");
    sandbox.run(["sessions", "events", "s1", "--until", "idle"]).ok();
    invoke(&sandbox, &["--follow"]).code(14).says(&["killed"]);
    invoke(&sandbox, &["echo x"]).ok();
}

#[test]
fn the_record_of_a_session_is_bounded_and_its_oldest_turns_go_first() {
    let sandbox = stage();
    invoke(&sandbox, &["echo first"]).ok();
    for letter in ["a", "b", "c", "d", "e"] {
        invoke(&sandbox, &["-q", &format!("head -c 1000000 /dev/zero | tr '\\0' {letter}")]).ok();
    }
    let texts = events(&sandbox, &["--type", "text"]);
    let begin: Vec<_> = texts.iter().map(|event| event["text"].as_str().unwrap().get(..1).unwrap()).collect();
    assert_eq!(begin, ["b", "c", "d", "e"]);
    assert_eq!(kinds(&events(&sandbox, &["--limit", "1"])), ["user"], "a turn goes as a whole");
    // Of a turn that is larger than all that is kept, the end stays.
    let run = invoke(&sandbox, &["--format", "json", "head -c 9000000 /dev/zero | tr '\\0' x; printf end"]);
    let result = run.ok().json();
    assert_eq!(result["text"].as_str().map(str::len), Some(9_000_003));
    let all = events(&sandbox, &[]);
    let size: usize = all.iter().filter_map(|event| event["text"].as_str()).map(str::len).sum();
    assert!(size <= 4 << 20 && size > 2 << 20, "{size}");
    let names = kinds(&all);
    assert!(names.starts_with(&["user", "text"]) && names.ends_with(&["text", "status"]), "{names:?}");
    assert!(all[all.len() - 2]["text"].as_str().unwrap().ends_with("end"));
    // A prompt is recorded by its beginning.
    sandbox.write("prompt", format!("# {}\necho x\n", "\u{e4}".repeat(1_000_000)));
    invoke(&sandbox, &["-f", "prompt"]).ok();
    let user = events(&sandbox, &["--type", "user"]).pop().unwrap();
    assert_eq!((user["text"].as_str().map(str::len), &user["encoding"]), (Some(1 << 20), &json!("utf-8")));
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_what_an_agent_writes() {
    let sandbox = stage();
    let peak = |bytes: u64, to: &str| {
        let script = format!("head -c {bytes} /dev/zero | tr '\\0' x {to}; grep VmHWM /proc/$PPID/status >peak");
        let run = invoke(&sandbox, &[&script]);
        let text = fs::read_to_string(sandbox.inside("s1", "peak")).unwrap();
        (text.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap(), run)
    };
    for to in ["", ">&2"] {
        let (small, _) = peak(16 << 20, to);
        let (large, run) = peak(200 << 20, to);
        assert!(large < small + (8 << 10), "{small} and {large} KiB");
        let out = if to.is_empty() { run.ok().bytes().len() } else { run.ok().stderr().len() };
        assert!((200 << 20..(200 << 20) + 100).contains(&out), "{out} bytes");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_turn_that_cannot_be_recorded_goes_on_and_says_so_once() {
    let sandbox = stage();
    sandbox.run(["sessions", "delete", "s1"]).ok();
    let mounts = crate::sandbox::Mounts::tmpfs(&sandbox.path("small"), "size=2m,mode=700");
    let run = |args: &[&str]| mounts.with(sandbox.wharf(args).env("WHARF_HOME", sandbox.path("small"))).run();
    run(&["sessions", "create", "--id", "s1"]).ok();
    let fill = "head -c 10000000 /dev/zero >big 2>/dev/null; for n in 1 2 3 4; do echo $n; sleep 0.3; done; \
                head -c 500000 /dev/zero | tr '\\0' x";
    let turn = run(&["invoke", "s1", fill]);
    assert_eq!(turn.ok().stdout().len(), 500_009);
    assert_eq!(turn.stderr().matches("not recorded").count(), 1, "{}", turn.stderr());
    run(&["files", "rm", "s1:/big"]).ok();
    assert_eq!(run(&["invoke", "s1", "echo x"]).ok().stdout(), "x\n");
    run(&["sessions", "delete", "s1"]).ok();
}

#[test]
fn text_of_an_agent_does_not_control_a_terminal_but_reaches_a_pipe_unchanged() {
    let sandbox = stage();
    let run = invoke(&sandbox, &[r"printf '\033[31mred\n'; printf '\033]0;t\007' >&2"]);
    assert_eq!(run.ok().bytes(), b"\x1b[31mred\n");
    assert!(run.stderr().contains("\x1b]0;t\x07"));
}

#[test]
fn bytes_that_a_result_cannot_hold_are_reported() {
    let sandbox = stage();
    let run = invoke(&sandbox, &["--format", "json", r"printf 'a\377b'"]);
    assert_eq!(run.ok().json()["text"], "a\u{fffd}b");
    run.says(&["not UTF-8"]);
    assert_eq!(invoke(&sandbox, &["--format", "json", r"printf '\303\244'"]).ok().stderr(), "");
    assert_eq!(invoke(&sandbox, &[r"printf 'a\377b'"]).ok().bytes(), b"a\xffb\n");
}
