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
    assert_eq!(alone.status.code(), Some(60), "curl trusts the certificate without the variables: {alone:?}");
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
    assert!(stage.unfinished().is_empty());
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
    for words in ["emulator is for tests", "any key", "upload:reset@1MiB x2", "--fault", "126 or 127"] {
        assert!(help.contains(words), "{words}");
    }
}

/// `wharf` itself, for commands of the shell.
const WHARF: &str = env!("CARGO_BIN_EXE_wharf");

#[test]
fn a_backend_that_is_named_is_chosen_for_the_command_too() {
    let stage = Stage::new();
    let list = format!("{WHARF} sessions create -q >/dev/null && {WHARF} sessions list");
    for (backend, agent) in [("anthropic", "agent_1"), ("foundry", "a1"), ("agb", "")] {
        for flag in [["-b", backend], ["--backend", backend]] {
            let script = format!(
                "export WHARF_AGENT={agent} WHARF_ENVIRONMENT=env_1 WHARF_IMAGE=i; {list}; {WHARF} config get backend --transform value -r"
            );
            let run = sh(&stage, &flag, &script);
            assert_eq!(run.status.code(), Some(0), "{backend}: {run:?}");
            assert!(said(&run).contains("\"id\""), "{backend}: {run:?}");
            assert!(said(&run).trim_end().ends_with(backend), "{backend}: {run:?}");
        }
    }
    // The address of the server wins over that of a profile, which may be of the real service.
    for backend in ["anthropic", "foundry", "agb"] {
        let profile =
            format!("profile = 'p'\n[profiles.p]\nbackend = 'local'\nbase_url = 'https://127.0.0.1:9/{backend}'\n");
        fs::write(stage.path("config.toml"), profile).unwrap();
        let mut command =
            stage.command(&["-b", backend, "--", "sh", "-c", &format!("{WHARF} sessions list --retries 0")]);
        let run = command.env("WHARF_CONFIG", stage.path("config.toml")).env("WHARF_AGENT", "a").output().unwrap();
        assert_eq!((run.status.code(), said(&run).trim()), (Some(0), "[]"), "{backend}: {run:?}");
    }
    // All services are there all the same, and what the caller chose before does not count.
    let mut command = stage.command(&["-b", "agb", "--", "sh", "-c", "env"]);
    let run = command.env("WHARF_BACKEND", "local").output().unwrap();
    for line in ["WHARF_BACKEND=agb", "ANTHROPIC_BASE_URL=", "FOUNDRY_PROJECT_ENDPOINT=", "AGB_ENDPOINT="] {
        assert_eq!(said(&run).matches(line).count(), 1, "{line}: {run:?}");
    }
    // Without one, nothing is chosen for the command.
    let run = sh(&stage, &[], &format!("{WHARF} sessions list"));
    assert_eq!(run.status.code(), Some(2), "{run:?}");
    assert!(!said(&sh(&stage, &[], "env")).contains("WHARF_BACKEND"));
    for none in ["local", "no-such"] {
        let run = sh(&stage, &["-b", none], "echo started");
        assert_eq!((run.status.code(), said(&run).as_str()), (Some(2), ""), "{run:?}");
        let error = String::from_utf8(run.stderr).unwrap();
        assert!(error.contains(none) && error.contains("foundry, anthropic, agb"), "{error}");
    }
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn the_variables_are_in_a_file_while_the_server_accepts_connections() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = Stage::new();
    for tls in [&[][..], &["--tls"]] {
        let args = [tls, &["-b", "anthropic", "--env-file", "wharf.env"]].concat();
        let mut child = stage.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let file = stage.path("wharf.env");
        crate::stage::wait_until("the file", || file.exists());
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let address = text.split("://").nth(1).unwrap().split(';').next().unwrap();
        std::net::TcpStream::connect(address).expect("it accepts connections");
        assert!(text.starts_with("# written by wharf serve") && text.ends_with("WHARF_BACKEND=anthropic\n"), "{text}");
        // It says what standard output does, and a shell reads it.
        let script = format!("set -a; . ./wharf.env; set +a; {WHARF} sessions list && env");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script]).current_dir(stage.path("")).env_clear();
        let run = shell.env("PATH", "/usr/bin:/bin").env("HOME", stage.path("home")).output().unwrap();
        assert!(run.status.success(), "{run:?}");
        let mut printed = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        let exports: Vec<_> = printed.by_ref().filter(|line| line.starts_with("export ")).take(lines).collect();
        for line in &exports {
            let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
            let value = value.trim_matches('\'');
            assert!(text.lines().any(|line| line == format!("{name}={value}")), "{line}: {text}");
            assert!(said(&run).lines().any(|line| line == format!("{name}={value}")), "{line}");
        }
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(143));
        assert!(!file.exists(), "it goes with the server");
        assert_eq!(stage.left_behind(), [""; 0]);
    }
    // A command can read it as well, and sees it whole.
    let run = sh(&stage, &["--env-file", "wharf.env"], "cat wharf.env; exit 3");
    assert_eq!(run.status.code(), Some(3));
    assert!(said(&run).contains("\nAGB_ENDPOINT=http://127.0.0.1:"), "{run:?}");
    assert!(!stage.path("wharf.env").exists());
    let run = sh(&stage, &["--env-file", "wharf.env", "--timeout", "300ms"], "exec sleep 60");
    assert_eq!((run.status.code(), stage.path("wharf.env").exists()), (Some(124), false));
}

#[test]
fn no_other_file_is_taken_for_the_variables() {
    let stage = Stage::new();
    fs::write(stage.path("mine.env"), "KEY=mine\n").unwrap();
    fs::write(stage.path("empty.env"), "").unwrap();
    fs::create_dir(stage.path("dir")).unwrap();
    std::os::unix::fs::symlink("mine.env", stage.path("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", stage.path("dangling")).unwrap();
    for path in ["mine.env", "empty.env", "dir", "link", "dangling", "/dev/null"] {
        let run = sh(&stage, &["--env-file", path], "echo started");
        assert_eq!((run.status.code(), said(&run).as_str()), (Some(5), ""), "{path}: {run:?}");
        assert!(String::from_utf8(run.stderr).unwrap().contains(path), "{path}");
    }
    assert_eq!(fs::read_to_string(stage.path("mine.env")).unwrap(), "KEY=mine\n");
    assert_eq!(names(&stage.path("")), ["dangling", "dir", "empty.env", "link", "mine.env", "tmp"]);
    let run = sh(&stage, &["--env-file", "none/x.env"], "echo started");
    assert_eq!((run.status.code(), said(&run).as_str()), (Some(4), ""), "{run:?}");

    // What a server left that was killed is replaced, and gone before the next one is ready.
    let file = stage.path("wharf.env");
    let mut child = stage.command(&["--env-file", "wharf.env"]).stdout(Stdio::null()).spawn().unwrap();
    crate::stage::wait_until("the file", || file.exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let old = fs::read_to_string(&file).unwrap();
    let run = sh(&stage, &["--env-file", "wharf.env"], "cat wharf.env");
    assert!(run.status.success() && said(&run) != old, "{run:?}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    fs::write(&file, &old).unwrap();
    let run =
        stage.run(&["--listen", &taken.local_addr().unwrap().to_string(), "--env-file", "wharf.env", "--", "true"]);
    assert_eq!(
        (run.status.code(), file.exists()),
        (Some(5), false),
        "a server that never was ready left no sign: {run:?}"
    );

    // What took its place meanwhile stays.
    let run = sh(&stage, &["--env-file", "wharf.env"], "rm wharf.env && echo KEY=new >wharf.env");
    assert_eq!((run.status.code(), fs::read_to_string(&file).unwrap().as_str()), (Some(0), "KEY=new\n"));
}
