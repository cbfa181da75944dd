//! A command that does the agent's work: `--agent-command`.

use std::fs;

use serde_json::{Value, json};

use super::stage::{ReplyChecks, kinds};
use crate::stage::{Server, Stage, processes, wait_until};

/// Waits for the end of a turn; gives the history.
#[track_caller]
fn ended(server: &Server, session: &str) -> Vec<Value> {
    let mut history = Vec::new();
    wait_until("the end of the turn", || {
        history = server.history(session);
        history.last().is_some_and(|event| event["type"] == "session.status_idle")
    });
    history
}

#[test]
fn a_command_answers_and_its_results_are_outputs() {
    let stage = Stage::new();
    let agent = r#"sh -c 'cat in.csv; read -r line; printf "got: %s\n" "$line"; echo "$line" >"$WHARF_OUTPUTS/report.txt"; mkdir -p ../outputs/sub; echo x >../outputs/sub/y'"#;
    let server = stage.serve(&["--agent-command", agent]);
    let file = server.store("in.csv", b"1,2\n");
    let opened = server.open(&json!([{ "type": "file", "file_id": file, "mount_path": "/in.csv" }]));
    let session = format!("/v1/sessions/{}", opened["id"].as_str().unwrap());
    let mut stream = server.follow(&format!("{session}/events/stream?event_deltas[]=agent.message"));
    server.say(&session, "sleep\nsecond line");
    let history = ended(&server, &session);
    let expected = [
        "user.message",
        "session.status_running",
        "span.model_request_start",
        "agent.message",
        "span.model_request_end",
        "session.usage",
        "session.status_idle",
    ];
    assert_eq!(kinds(&history), expected);
    assert_eq!(history[3]["content"], json!([{ "type": "text", "text": "1,2\ngot: sleep\n" }]));
    let deltas: Vec<_> = stream.by_ref().take_while(|event| event["type"] != "agent.message").collect();
    let text = |event: &Value| event["delta"]["content"]["text"].as_str().unwrap_or_default().to_owned();
    assert_eq!(deltas.iter().map(text).collect::<String>(), "1,2\ngot: sleep\n");

    // At the end of the turn the outputs are there; a turn that changes one replaces it.
    let outputs = || {
        let mut all: Vec<_> = server
            .files_of(&session)
            .into_iter()
            .filter(|file| file["downloadable"] == true)
            .map(|file| (file["filename"].as_str().unwrap().to_owned(), file["id"].as_str().unwrap().to_owned()))
            .collect();
        all.sort();
        all
    };
    let first = outputs();
    assert_eq!(first.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["report.txt", "sub/y"]);
    let content = |id: &str| server.ask("GET", &format!("/v1/files/{id}/content"), &Value::Null);
    assert_eq!(content(&first[0].1).body, b"sleep\n");
    server.say(&session, "a longer line");
    ended(&server, &session);
    let second = outputs();
    assert_eq!(second.len(), 2);
    assert_eq!(content(&second[0].1).body, b"a longer line\n");
    content(&first[0].1).refused(404, "not_found_error", None);
}

#[test]
fn text_comes_as_it_is_written_and_messages_wait_for_their_turn() {
    let stage = Stage::new();
    let server = stage.serve(&[
        "--agent-command",
        r#"sh -c 'read -r f; printf "é$f"; while [ ! -e go ]; do sleep 0.05; done; rm go; echo ...'"#,
        "--store",
        "store",
    ]);
    let session = server.empty();
    let mut stream = server.follow(&format!("{session}/events/stream?event_deltas[]=agent.message"));
    server.say(&session, "one");
    server.say(&session, "two");
    assert!(stream.any(|event| event["delta"]["content"]["text"] == "éone"), "before the command has ended");
    let waiting = server.history(&session).pop().unwrap();
    assert_eq!((&waiting["content"][0]["text"], &waiting["processed_at"]), (&json!("two"), &Value::Null));
    server.ask("DELETE", &session, &Value::Null).bad();
    let go = || {
        let id = session.rsplit('/').next().unwrap();
        fs::write(stage.path(&format!("store/sessions/{id}/mnt/session/uploads/go")), "").unwrap();
    };
    go();
    assert!(stream.any(|event| event["delta"]["content"]["text"] == "étwo"));
    go();
    let messages: Vec<_> =
        ended(&server, &session).into_iter().filter(|event| event["type"] == "agent.message").collect();
    assert_eq!(
        messages.iter().map(|event| &event["content"][0]["text"]).collect::<Vec<_>>(),
        ["éone...\n", "étwo...\n"]
    );
    server.ask("DELETE", &session, &Value::Null).fine();
}

#[test]
fn another_status_ends_the_turn_in_failure() {
    let stage = Stage::new();
    let server = stage.serve(&["--agent-command", "sh -c 'echo half; echo no model >&2; exit 3'"]);
    let session = server.empty();
    server.say(&session, "hello");
    let history = ended(&server, &session);
    assert_eq!(history.last().unwrap()["stop_reason"]["type"], "retries_exhausted");
    assert!(!kinds(&history).contains(&"agent.message"));
    let error = &history.iter().find(|event| event["type"] == "session.error").unwrap()["error"];
    assert_eq!(error["retry_status"]["type"], "exhausted");
    assert_eq!(error["message"], "the agent's command ended with status 3: no model");

    let server = stage.serve(&["--agent-command", "no-such-program-here"]);
    let session = server.empty();
    server.say(&session, "hello");
    let history = ended(&server, &session);
    let error = &history.iter().find(|event| event["type"] == "session.error").unwrap()["error"];
    assert!(error["message"].as_str().unwrap().contains("no-such-program-here"), "{error}");
}

#[test]
fn a_command_that_does_not_stop_writing_is_killed() {
    let stage = Stage::new();
    let server = stage.serve(&["--agent-command", "yes 4243.5"]);
    let session = server.empty();
    server.say(&session, "hello");
    let history = ended(&server, &session);
    assert_eq!(history.last().unwrap()["stop_reason"]["type"], "retries_exhausted");
    let error = &history.iter().find(|event| event["type"] == "session.error").unwrap()["error"];
    assert_eq!(error["message"], "the agent's command wrote more than 16 MiB");
    assert_eq!(processes("4243.5"), 0);
}

#[test]
fn an_interrupt_and_the_end_of_the_server_kill_the_command_with_all_its_processes() {
    let stage = Stage::new();
    let mut server = stage.serve(&["--agent-command", "sh -c 'sleep 4242.5 & echo begun; sleep 4242.5'"]);
    let session = server.empty();
    let begin = |server: &Server| {
        server.say(&session, "hello");
        wait_until("two processes", || processes("4242.5") == 2);
    };
    begin(&server);
    server.tell(&session, &json!([{ "type": "user.interrupt" }]));
    let history = ended(&server, &session);
    assert_eq!(history.last().unwrap()["stop_reason"]["type"], "end_turn");
    assert_eq!(processes("4242.5"), 0);
    begin(&server);
    server.stop();
    wait_until("the end of the processes", || processes("4242.5") == 0);
    assert_eq!(stage.left_behind(), [""; 0]);
}

#[test]
fn only_the_random_key_is_accepted_and_the_words_are_read_without_a_shell() {
    let stage = Stage::new();
    let server = stage.serve(&["--agent-command", "printf %s 'a  $HOME' \"b\""]);
    let wrong = format!("GET /v1/sessions HTTP/1.1\r\nhost: {}\r\nx-api-key: any\r\n\r\n", server.address);
    assert_eq!(server.raw(wrong.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n").as_bytes()).unwrap().status, 401);
    let session = server.empty();
    server.say(&session, "hello");
    assert_eq!(ended(&server, &session)[3]["content"][0]["text"], "a  $HOMEb");
    for bad in ["", "''", "sh 'x"] {
        let run = stage.run(&["--agent-command", bad, "--", "true"]);
        assert_eq!(run.status.code(), Some(2), "{bad}: {}", String::from_utf8_lossy(&run.stderr));
    }
}
