//! The process: `serve -- COMMAND`, signals, what is left behind, and where it listens.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{Stage, names};

fn sh(stage: &Stage, args: &[&str], script: &str) -> Output {
    stage.run(&[args, &["--", "sh", "-c", script]].concat())
}

#[track_caller]
fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_status_of_the_command_is_passed_on() {
    let stage = Stage::new();
    for (script, status) in [("exit 7", 7), ("true", 0), ("exit 255", 255), ("kill -9 $$", 137), ("kill -TERM $$", 143)]
    {
        let run = sh(&stage, &[], script);
        assert_eq!(run.status.code(), Some(status), "{script}: {run:?}");
        assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{script}: {run:?}");
    }
    assert_eq!(stage.left_behind(), [""; 0]);
    assert!(!stage.path("home").exists(), "it has its own store");
}

#[test]
fn a_command_that_cannot_start_is_126_or_127() {
    let stage = Stage::new();
    fs::write(stage.path("text"), "no program").unwrap();
    for (command, status) in [("no-such-command", 127), ("./none", 127), ("./text", 126), ("/", 126)] {
        let run = stage.run(&["--", command]);
        assert_eq!(run.status.code(), Some(status), "{command}: {run:?}");
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(said.contains(&format!("starting `{command}`")), "{said}");
    }
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn the_command_finds_and_trusts_the_server_and_not_its_store() {
    let stage = Stage::new();
    for tls in [&[][..], &["--tls"]] {
        let run = sh(&stage, tls, "env; cat \"${SSL_CERT_FILE:-/dev/null}\"");
        let said = said(&run);
        let value =
            |name: &str| said.lines().find_map(|line| line.strip_prefix(&format!("{name}=")).map(str::to_owned));
        let endpoint = value("FOUNDRY_PROJECT_ENDPOINT").unwrap();
        assert_eq!(value("AZURE_AI_PROJECT_ENDPOINT").as_ref(), Some(&endpoint));
        let scheme = if tls.is_empty() { "http" } else { "https" };
        assert!(endpoint.starts_with(&format!("{scheme}://127.0.0.1:")), "{endpoint}");
        assert!(value("WHARF_FOUNDRY_TOKEN").is_some_and(|token| !token.is_empty()));
        assert_eq!(value("WHARF_HOME"), None);
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"] {
            assert_eq!(value(name).is_some(), !tls.is_empty(), "{name}");
        }
        assert_eq!(said.contains("BEGIN CERTIFICATE"), !tls.is_empty());
        assert!(!said.contains("PRIVATE KEY"));
    }
    let run =
        stage.command(&["--store", "store", "--", "sh", "-c", "echo $WHARF_HOME"]).env("WHARF_HOME", "mine").output();
    assert_eq!(said(&run.unwrap()), "mine\n");
}

#[test]
fn what_was_trusted_before_still_is() {
    let stage = Stage::new();
    fs::write(stage.path("before.pem"), "what was trusted before\n").unwrap();
    let mut command = stage.command(&["--tls", "--", "sh", "-c", "cat $SSL_CERT_FILE"]);
    let said = said(&command.env("SSL_CERT_FILE", stage.path("before.pem")).output().unwrap());
    assert_eq!(said.matches("BEGIN CERTIFICATE").count(), 1, "{said}");
    assert!(said.ends_with("what was trusted before\n"), "{said}");
}

#[test]
fn curl_trusts_the_certificate_without_being_told() {
    let stage = Stage::new();
    let script = "command -v curl >/dev/null || exit 0
        for host in 127.0.0.1 localhost; do
            url=$(echo $FOUNDRY_PROJECT_ENDPOINT | sed s/127.0.0.1/$host/)
            curl -sS --fail -H \"Authorization: Bearer $WHARF_FOUNDRY_TOKEN\" \"$url/agents/a1?api-version=v1\" || exit
        done";
    let run = sh(&stage, &["--tls"], script);
    assert!(run.status.success(), "{run:?}");
    let alone = sh(
        &stage,
        &["--tls"],
        "command -v curl >/dev/null || exit 60
        env -u CURL_CA_BUNDLE -u SSL_CERT_FILE curl -sS $FOUNDRY_PROJECT_ENDPOINT",
    );
    assert_eq!(alone.status.code(), Some(60), "nobody else trusts it: {alone:?}");
}

#[test]
fn signals_are_passed_on_and_the_command_decides() {
    for (signal, name) in [(Signal::INT, "INT"), (Signal::TERM, "TERM"), (Signal::HUP, "HUP")] {
        let stage = Stage::new();
        let script = format!("trap 'echo got {name}; exit 9' {name}; echo ready; while :; do sleep 0.05; done");
        let mut child = stage.command(&["--", "sh", "-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), format!("got {name}"));
        assert_eq!(child.wait().unwrap().code(), Some(9));
        assert_eq!(stage.left_behind(), [""; 0]);
    }
}

#[test]
fn a_command_that_dies_of_a_signal_is_128_and_more() {
    let stage = Stage::new();
    let script = "echo ready; exec sleep 60";
    let mut child = stage.command(&["--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn a_timeout_ends_the_command_and_the_server() {
    let stage = Stage::new();
    let start = Instant::now();
    let run = sh(&stage, &["--timeout", "300ms"], "exec sleep 60");
    assert_eq!(run.status.code(), Some(124), "{run:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn without_a_command_it_says_how_to_use_it_and_ends_when_told() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 143)] {
        let stage = Stage::new();
        let mut server = stage.session(&[]);
        server.put("x", "y");
        let name = |at: usize| server.variables[at].0.as_str();
        assert_eq!(
            [name(0), name(1), name(2)],
            ["FOUNDRY_PROJECT_ENDPOINT", "AZURE_AI_PROJECT_ENDPOINT", "WHARF_FOUNDRY_TOKEN"]
        );
        assert_eq!(stage.left_behind().len(), 1);
        server.signal(signal);
        assert_eq!(server.child.wait().unwrap().code(), Some(code));
        let mut said = String::new();
        server.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.starts_with("error: interrupted"), "{said}");
        assert_eq!(stage.left_behind(), [""; 0], "{signal:?}");
    }
}

#[test]
fn a_request_that_hangs_does_not_keep_it() {
    let stage = Stage::new();
    let mut server = stage.session(&["--fault", "get:stall", "--fault", "list:endless"]);
    let mut streams = [server.connect(), server.connect(), server.connect()];
    for (stream, path) in streams.iter_mut().zip([crate::stage::S1, "/agents/a1/endpoint/sessions"]) {
        std::io::Write::write_all(stream, server.head("GET", path, "").as_bytes()).unwrap();
    }
    std::thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    assert_eq!(server.stop(), 130);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn a_named_store_stays() {
    let stage = Stage::new();
    let mut server = stage.session(&["--store", "store"]);
    server.put("x", "kept");
    assert_eq!(server.stop(), 130);
    assert_eq!(stage.left_behind(), [""; 0]);
    assert_eq!(names(&stage.path("store/tmp")), [""; 0]);
    let server = stage.serve(&["--store", "store"]);
    assert_eq!(server.read("x").unwrap(), b"kept");
    assert_eq!(server.get(crate::stage::S1).json()["version_indicator"]["agent_version"], "1");
}

#[test]
fn it_listens_on_this_machine_only() {
    let stage = Stage::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.org:80", "x"] {
        let run = stage.run(&["--listen", address, "--", "true"]);
        assert_eq!(run.status.code(), Some(2), "{address}: {run:?}");
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(said.contains(address) && said.contains("127.0.0.1:8080"), "{said}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = stage.run(&["--listen", &address, "--", "true"]);
    assert_eq!(run.status.code(), Some(5), "{run:?}");
    drop(taken);
    let run = sh(&stage, &["--listen", &address], "echo $FOUNDRY_PROJECT_ENDPOINT");
    assert_eq!(said(&run), format!("http://{address}/api/projects/wharf\n"));
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn its_help_says_what_it_is() {
    let stage = Stage::new();
    let help = said(&stage.run(&["--help"]));
    for words in ["emulator for tests", "any key", "upload:reset@1MiB x2", "--fault", "126 or 127"] {
        assert!(help.contains(words), "{words}");
    }
}
