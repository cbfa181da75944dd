//! Commands in sessions, on every backend that can run them.

use std::ffi::OsString;

use bytes::Bytes;
use wharf_client::backend::exec::{
    CommandEvent, CommandLine, CommandStatus, NewCommand, OutputStream, ProgramInput, RunningCommand,
};
use wharf_client::backend::{Feature, NewSession, registry};
use wharf_core::error::{Kind, Result};
use wharf_core::model::{RemotePath, SessionId};
use wharf_core::platform::Signal;

use super::on;
use crate::room::Room;
use crate::stage::{RUNNERS, Stage, refused};

/// A command that ended.
struct EndedCommand {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status: CommandStatus,
}

fn argv(words: &[&str]) -> NewCommand {
    let command = CommandLine::Argv(words.iter().map(OsString::from).collect());
    NewCommand { command, cwd: None, env: Vec::new(), withheld: Vec::new(), input: ProgramInput::Empty, terminal: None }
}

async fn start(stage: &Stage, session: &SessionId, new: NewCommand) -> Result<Box<dyn RunningCommand>> {
    stage.backend.require_exec()?.start(session, new).await
}

/// Returns why a command ended without a status of its own. A backend may start a command with its first event.
async fn failure(stage: &Stage, session: &SessionId, new: NewCommand) -> Result<()> {
    start(stage, session, new).await?.next().await.map(drop)
}

async fn end(mut command: Box<dyn RunningCommand>) -> EndedCommand {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    loop {
        match command.next().await.unwrap() {
            CommandEvent::Output(OutputStream::Stdout, bytes) => stdout.extend(bytes),
            CommandEvent::Output(OutputStream::Stderr, bytes) => stderr.extend(bytes),
            CommandEvent::Ended(end) => return EndedCommand { stdout, stderr, status: end.status },
        }
    }
}

/// Runs a behaviour on every backend that runs commands.
#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "a behaviour is written where it is handed over")]
fn where_commands_run(behaviour: impl AsyncFn(&Stage, Room<'_>)) {
    let ran = std::cell::RefCell::new(Vec::new());
    on(RUNNERS.iter(), async |stage| {
        behaviour(stage, Room::new(stage).await).await;
        ran.borrow_mut().push(stage.capabilities().backend);
    });
    let all = registry::ALL.iter().filter(|entry| entry.capabilities.has(Feature::Exec));
    assert_eq!(*ran.borrow(), all.map(|entry| entry.capabilities.backend).collect::<Vec<_>>());
}

#[test]
fn words_streams_and_status_are_the_commands_own() {
    where_commands_run(async |stage, room| {
        let script = r#"printf '%s|' "$@"; printf '\377\000' >&2; exit 7"#;
        let new = argv(&["sh", "-c", script, "sh", "a b", "", "$HOME", "'\"", "ä\n"]);
        let ended = end(start(stage, &room.id, new).await.unwrap()).await;
        assert_eq!(ended.stdout, "a b||$HOME|'\"|ä\n|".as_bytes());
        assert_eq!((&ended.stderr[..], ended.status.code()), (&b"\xff\0"[..], 7));
    });
}

#[test]
fn a_command_and_the_files_of_its_session_see_each_other() {
    where_commands_run(async |stage, room| {
        room.put("d/in", b"12345").await.unwrap();
        let home: RemotePath = stage.capabilities().home.parse().unwrap();
        let new = NewCommand { cwd: Some(home.join("d")), ..argv(&["sh", "-c", "cat in; wc -c <in >out"]) };
        assert_eq!(end(start(stage, &room.id, new).await.unwrap()).await.stdout, b"12345");
        assert_eq!(String::from_utf8(room.read("d/out").await.unwrap()).unwrap().trim(), "5");
        let new = argv(&["sh", "-c", "cat d/in; echo result >\"$WHARF_OUTPUTS/r\""]);
        assert_eq!(end(start(stage, &room.id, new).await.unwrap()).await.stdout, b"12345");
        let outputs: RemotePath = stage.capabilities().outputs.parse().unwrap();
        let at = room.at("").at(outputs.join("r"));
        assert_eq!(stage.backend.require_files().unwrap().stat(&at).await.unwrap().size, Some(7));
    });
}

#[test]
fn variables_and_input_reach_the_command() {
    where_commands_run(async |stage, room| {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let new = NewCommand {
            env: vec![("NAME".to_owned(), "a b'c".into())],
            input: ProgramInput::Stream(receiver),
            ..argv(&["sh", "-c", "echo \"$NAME\"; cat"])
        };
        let command = start(stage, &room.id, new).await.unwrap();
        sender.send(Bytes::from_static(b"\0input\n")).await.unwrap();
        drop(sender);
        assert_eq!(end(command).await.stdout, b"a b'c\n\0input\n");
        let silent = end(start(stage, &room.id, argv(&["cat"])).await.unwrap()).await;
        assert_eq!((&silent.stdout[..], silent.status.code()), (&b""[..], 0));
    });
}

#[test]
fn what_cannot_be_started_has_the_status_that_shells_have_for_it() {
    where_commands_run(async |stage, room| {
        let missing = end(start(stage, &room.id, argv(&["no-such-command-here"])).await.unwrap()).await;
        assert_eq!(missing.status.code(), 127, "{:?}", missing.status);
        let directory = end(start(stage, &room.id, argv(&["/"])).await.unwrap()).await;
        assert_eq!(directory.status.code(), 126, "{:?}", directory.status);
        let new = NewCommand { cwd: Some("/no/such".parse().unwrap()), ..argv(&["true"]) };
        refused(failure(stage, &room.id, new).await, Kind::NotFound);
        refused(failure(stage, &"no-such-session".parse().unwrap(), argv(&["true"])).await, Kind::NotFound);
    });
}

#[test]
fn a_signal_ends_the_command_and_what_it_started() {
    where_commands_run(async |stage, room| {
        let mut command = start(stage, &room.id, argv(&["sh", "-c", "sleep 60 & echo $!; wait"])).await.unwrap();
        let CommandEvent::Output(_, first) = command.next().await.unwrap() else { panic!("it ended") };
        let child = String::from_utf8(first.to_vec()).unwrap();
        command.signal(Signal::Terminate).await.unwrap();
        assert!(matches!(end(command).await.status, CommandStatus::Signaled(15) | CommandStatus::Exited(143)));
        let script = format!(
            "for i in 1 2 3 4 5 6 7 8 9; do case \"$(ps -o stat= -p {})\" in ''|Z*) exit 0;; esac; sleep 0.2; done; exit 1",
            child.trim()
        );
        let looked = end(start(stage, &room.id, argv(&["sh", "-c", &script])).await.unwrap()).await;
        assert_eq!(looked.status.code(), 0, "the child still runs");
    });
}

#[test]
fn a_session_in_which_a_command_runs_is_kept() {
    where_commands_run(async |stage, room| {
        if stage.has(Feature::SessionTtl)
            && let Some(ttl) = stage.shortest_ttl
        {
            let new = NewSession { ttl: Some(ttl), ..NewSession::default() };
            let session = stage.sessions().create(new).await.unwrap().id;
            let seconds = (ttl * 3).as_secs_f64().to_string();
            let ended = end(start(stage, &session, argv(&["sleep", &seconds])).await.unwrap()).await;
            assert_eq!(ended.status.code(), 0);
            stage.sessions().get(&session).await.unwrap();
        }
        let mut command = start(stage, &room.id, argv(&["sh", "-c", "echo go; sleep 60"])).await.unwrap();
        command.next().await.unwrap();
        if stage.keeps_running {
            refused(stage.sessions().delete(&room.id, false).await, Kind::Conflict);
            let (deleted, ended) = tokio::join!(stage.sessions().delete(&room.id, true), end(command));
            deleted.unwrap();
            assert_ne!(ended.status.code(), 0);
        } else {
            // A service that knows nothing of commands: how this one ended is not known.
            stage.sessions().delete(&room.id, false).await.unwrap();
            let Err(error) = command.next().await else { panic!("a status was made up") };
            assert_eq!(error.kind(), Kind::NotFound, "{error:?}");
        }
    });
}

#[test]
fn more_output_than_one_answer_holds_arrives_whole_and_in_order() {
    where_commands_run(async |stage, room| {
        let script = "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; head -c 30000 /dev/zero >&2";
        let ended = end(start(stage, &room.id, argv(&["sh", "-c", script])).await.unwrap()).await;
        let lines: Vec<String> = (0..20_000).map(|line| format!("{line}\n")).collect();
        assert!(ended.stdout == lines.concat().as_bytes(), "{} bytes", ended.stdout.len());
        assert_eq!((ended.stderr.len(), ended.status.code()), (30_000, 0));
    });
}

#[test]
fn no_word_is_taken_for_a_variable_an_option_or_a_path_of_the_machine() {
    where_commands_run(async |stage, room| {
        room.put("-n=x/tool", b"#!/bin/sh\necho \"$1\"\n").await.unwrap();
        let home: RemotePath = stage.capabilities().home.parse().unwrap();
        let inside = |words: &[&str]| NewCommand { cwd: Some(home.join("-n=x")), ..argv(words) };
        let made = end(start(stage, &room.id, inside(&["chmod", "+x", "tool"])).await.unwrap()).await;
        assert_eq!(made.status.code(), 0);
        let new = NewCommand { cwd: Some(home.clone()), ..argv(&["./-n=x/tool", "--"]) };
        let ended = end(start(stage, &room.id, new).await.unwrap()).await;
        assert_eq!((&ended.stdout[..], ended.status.code()), (&b"--\n"[..], 0));
    });
}
