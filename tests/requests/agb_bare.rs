//! AGB cloud with an image that has no commands: what the tools alone tell.

use std::sync::Arc;

use futures_util::StreamExt;
use serde_json::{Value, json};
use wharf_client::backend::{Backend, FetchOptions, agb};
use wharf_client::http::{Credentials, Options};
use wharf_core::error::Kind;
use wharf_core::model::{EntryKind, SessionPath};
use wharf_wire::agb as wire;

use crate::recorder::{RecordedRequest, Recorder, Reply};

/// What is in the session: paths, and the length of files.
const THERE: [(&str, Option<u64>); 8] = [
    ("/tmp/d", None),
    ("/tmp/d/[FILE] x", Some(1)),
    ("/tmp/d/ a b ", Some(2)),
    ("/tmp/d/two\nlines", Some(3)),
    ("/tmp/d/sub", None),
    ("/tmp/d/sub/\n", Some(5)),
    ("/tmp/d/link", None),
    ("/tmp/d/last", Some(4)),
];

/// What the tool lists of `/tmp/d`: `link` leads to a directory, `torn` is not there under that name.
const LISTED: &str =
    "[FILE] [FILE] x\n[FILE]  a b \n[FILE] two\nlines\n[DIR] sub\n[FILE] link\n[FILE] torn\n[FILE] last";

fn answer(sent: &RecordedRequest) -> Reply {
    let call: Value = serde_json::from_slice(&sent.body).unwrap();
    let args: Value = serde_json::from_str(call["args"].as_str().unwrap()).unwrap();
    let path = args["path"].as_str().unwrap_or_default();
    let known = THERE.iter().find(|(at, _)| *at == path);
    let missing = || Err("Execution failed. Error code:-32602 Error message: No such file or directory".to_owned());
    let outcome = match (call["name"].as_str().unwrap(), known) {
        (wire::name::SHELL, _) => Err("Execution failed. Error code:127 Error message: sh: not found".to_owned()),
        (_, None) => missing(),
        (wire::name::GET_FILE_INFO, Some((at, size))) => {
            Ok(format!("path: {at}\nsize: {}\nisDirectory: {}", size.unwrap_or(4096), size.is_none()))
        }
        (wire::name::LIST_DIRECTORY, Some(("/tmp/d", _))) => Ok(LISTED.to_owned()),
        (wire::name::LIST_DIRECTORY, Some(("/tmp/d/sub", _))) => Ok("[FILE] \n\n".to_owned()),
        (wire::name::READ_FILE, Some((_, Some(3)))) => Ok("YWJj".to_owned()),
        _ => Err("Execution failed. Error code:-32602 Error message: Not a directory".to_owned()),
    };
    let (text, is_error) = match outcome {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    let data = json!({ "content": [{ "type": "text", "text": text }], "isError": is_error });
    Reply::json(&json!({ "success": true, "data": data }))
}

async fn start() -> (Box<dyn Backend>, Recorder) {
    let recorder = Recorder::start(Box::new(answer)).await;
    let mut options = Options::new("agb", recorder.origin.clone());
    options.auth = Some(Arc::new(Credentials::bearer("akm-test").unwrap()));
    (agb::with(options, None).unwrap(), recorder)
}

fn at(path: &str) -> SessionPath {
    SessionPath { session: "session-1".parse().unwrap(), path: path.parse().unwrap() }
}

#[tokio::test]
async fn a_tree_is_told_with_the_names_that_can_be_told_and_an_error_for_each_that_cannot() {
    let (backend, recorder) = start().await;
    let files = backend.require_files().unwrap();
    let all: Vec<_> = files.list(&at("/tmp/d"), true).await.unwrap().collect().await;
    let (told, errors): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let told: Vec<_> = told.into_iter().map(|entry| entry.unwrap()).map(|one| (one.name, one.kind, one.size)).collect();
    let file = |name: &str, size| (name.to_owned(), EntryKind::File, Some(size));
    let wanted = [
        file(" a b ", 2),
        file("[FILE] x", 1),
        file("last", 4),
        ("link".to_owned(), EntryKind::Symlink, None),
        ("sub".to_owned(), EntryKind::Directory, None),
        file("\n", 5),
        file("two\nlines", 3),
    ];
    assert_eq!(told, wanted);
    assert_eq!(errors.len(), 1, "the one that is torn");
    assert_eq!(errors.into_iter().next().unwrap().unwrap_err().kind(), Kind::Conflict);
    // That there are no commands was found out once.
    let shells = recorder.got().into_iter().filter(|sent| String::from_utf8_lossy(&sent.body).contains("\"shell\""));
    assert_eq!(shells.count(), 1);
}

#[tokio::test]
async fn one_path_and_a_content_are_told_as_well() {
    let (backend, _recorder) = start().await;
    let files = backend.require_files().unwrap();
    assert_eq!(files.stat(&at("/tmp/d/last")).await.unwrap().size, Some(4));
    assert_eq!(files.stat(&at("/tmp/d/gone")).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(files.list(&at("/tmp/d/last"), true).await.unwrap().count().await, 1);
    assert_eq!(files.resolve(&at("/tmp/d/last")).await.unwrap(), at("/tmp/d/last"));
    let mut body = files.fetch(&at("/tmp/d/two\nlines"), FetchOptions::default()).await.unwrap().body;
    assert_eq!(body.next().await.unwrap().unwrap(), &b"abc"[..]);
    assert!(body.next().await.unwrap().is_none());
}
