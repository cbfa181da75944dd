//! What only Anthropic's client has to cope with: a view in place of files, a service that cannot
//! tell two tries from two requests, and files that come to light late. `model.rs` plays random
//! sequences.

mod model;
mod sync;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use wharf_client::backend::{
    FetchOptions, LabelPatch, NewSession, NewStoredFile, PageRequest, PutOptions, SessionFilters, SessionQuery,
    TreeOptions,
};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{FileId, ResourceKind, SessionStatus};

use crate::content::{Content, bytes};
use crate::room::{Room, pages, store};
use crate::stage::{Stage, on_anthropic_with, refused, wait_for};

const OUTPUTS: &str = "/mnt/session/outputs";

/// Asks the emulator itself.
fn ask(stage: &Stage, path: &str, kind: &str, content: &[u8]) -> Value {
    let origin = stage.server.as_ref().unwrap().variable("ANTHROPIC_BASE_URL");
    let address = origin.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    let length = content.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nx-api-key: k\r\ncontent-type: {kind}\r\n\
         anthropic-version: 2026-10-21\r\nanthropic-beta: managed-agents-2026-04-01\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(content).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

/// Leaves a file as an agent would.
fn leave(room: &Room<'_>, query: &str, content: &[u8]) -> FileId {
    let path = format!("/_emulator/anthropic/sessions/{}/outputs?{query}", room.id);
    ask(room.stage, &path, "application/octet-stream", content)["id"].as_str().unwrap().parse().unwrap()
}

fn say(room: &Room<'_>, text: &str) {
    let event = json!({ "type": "user.message", "content": [{ "type": "text", "text": text }] });
    let content = json!({ "events": [event] }).to_string();
    ask(room.stage, &format!("/v1/sessions/{}/events", room.id), "application/json", content.as_bytes());
}

async fn stored(stage: &Stage) -> Vec<String> {
    let found = pages(None, async |page| stage.store().list(None, page).await).await.unwrap();
    found.into_iter().map(|file| file.filename).collect()
}

/// What is in the directory of what the agent made.
async fn outputs(room: &Room<'_>) -> Vec<(String, Option<u64>)> {
    use futures_util::TryStreamExt as _;
    let at = room.at("").at(OUTPUTS.parse().unwrap());
    let entries: Vec<_> = room.stage.files().list(&at, true).await.unwrap().try_collect().await.unwrap();
    entries.into_iter().map(|entry| (entry.name, entry.size)).collect()
}

async fn read_output(room: &Room<'_>, name: &str) -> wharf_core::error::Result<Vec<u8>> {
    let at = room.at("").at(format!("{OUTPUTS}/{name}").parse()?);
    crate::room::drain(room.stage.files().fetch(&at, FetchOptions::default()).await?).await
}

#[test]
fn an_upload_to_a_path_is_stored_and_mounted_and_never_had_back() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        let put = room.put_from("in/a b.csv", &Content(b"1,2"), PutOptions::default()).await.unwrap();
        assert_eq!(put.path.as_str(), "/mnt/session/uploads/in/a b.csv");
        assert_eq!((put.size, put.sent.bytes), (Some(3), 3));
        let (file, resource) = (put.file_id.unwrap(), put.resource_id.unwrap());
        assert_eq!(stage.store().get(&file).await.unwrap().filename, "a b.csv");
        let mounted = stage.resources().get(&room.id, &resource).await.unwrap();
        assert_ne!(mounted.file_id.as_ref(), Some(&file), "a session has a copy of its own");
        let line = room.stat("in/a b.csv").await.unwrap();
        assert_eq!((line.size, line.file_id), (Some(3), mounted.file_id));
        assert_eq!(room.paths().await, ["in/", "in/a b.csv"]);
        refused(room.read("in/a b.csv").await, Kind::Unsupported);
        refused(stage.store().fetch(&file, FetchOptions::default()).await, Kind::Unsupported);
        refused(room.read("in").await, Kind::Conflict);
        // The same place by its other names.
        let other = room.at("").at("/in/a b.csv".parse().unwrap());
        assert_eq!(stage.files().resolve(&other).await.unwrap(), room.at("in/a b.csv"));
        room.remove("in/a b.csv", false).await.unwrap();
        assert_eq!(room.paths().await, [""; 0]);
        assert_eq!(stored(&stage).await, ["a b.csv"], "what was stored stays");
    });
}

#[test]
fn a_name_that_the_service_would_refuse_is_stored_under_another_and_mounted_under_its_own() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        room.put("what?.txt", b"1").await.unwrap();
        assert_eq!(room.paths().await, ["what?.txt"]);
        assert_eq!(stored(&stage).await, ["what_.txt"]);
        refused(store(&stage, "what?.txt", b"1").await, Kind::Usage);
    });
}

#[test]
fn a_path_that_is_taken_is_a_conflict_and_nothing_is_sent() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        room.put("a", b"1").await.unwrap();
        room.put("d/x", b"1").await.unwrap();
        let file = store(&stage, "f", b"2").await.unwrap();
        for at in ["a", "a/below", "d", "d/x"] {
            let keep = PutOptions { keep_existing: true, ..PutOptions::default() };
            refused(room.put_with(at, b"2", keep).await, Kind::Conflict);
            refused(stage.resources().add(&room.id, room.resource(at, &file)).await, Kind::Conflict);
        }
        for at in ["a/below", "d", ""] {
            refused(room.put_from(at, &Content(b"2"), PutOptions::default()).await, Kind::Conflict);
        }
        refused(stage.resources().add(&room.id, room.resource("", &file)).await, Kind::Usage);
        assert_eq!(stored(&stage).await, ["f", "x", "a"]);
        let at = room.at("").at(format!("{OUTPUTS}/x").parse().unwrap());
        refused(stage.files().put(&at, &Content(b"1"), PutOptions::default()).await, Kind::Unsupported);
    });
}

/// Replaces what is at `a`; gives the error, if it failed, and what is there and stored then.
async fn replace(stage: &Stage) -> (Room<'_>, Option<Error>, Option<u64>, usize) {
    let room = Room::new(stage).await;
    room.put_from("a", &Content(b"old"), PutOptions::default()).await.unwrap();
    let put = room.put_from("a", &Content(b"newer"), PutOptions::default()).await;
    let there = room.stat("a").await.ok().and_then(|line| line.size);
    let stored = stored(stage).await.len();
    (room, put.err(), there, stored)
}

#[test]
fn a_mounted_file_is_replaced_once_the_new_one_is_stored_and_has_the_right_length() {
    wait_for(async {
        let stage = on_anthropic_with(&[]);
        let (room, error, there, stored) = replace(&stage).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!((there, stored), (Some(5), 2), "what was uploaded before stays stored");
        assert_eq!(room.mounts().await.unwrap().len(), 1);
        // In each of these the old file is still mounted, and the new one is gone.
        for fault in ["files.upload:bytes_written=3 skip=1", "files.upload:400 skip=1", "resources.delete:400"] {
            let stage = on_anthropic_with(&[fault]);
            let (_, error, there, stored) = replace(&stage).await;
            assert!(error.is_some(), "{fault}");
            assert_eq!((there, stored), (Some(3), 1), "{fault}");
        }
        // Only the mount can still fail: the new file stays, and is named.
        let stage = on_anthropic_with(&["resources.add:400 skip=1 x1"]);
        let (room, error, there, stored) = replace(&stage).await;
        let error = error.unwrap();
        assert_eq!((there, stored), (None, 2));
        let [left] = error.left() else { panic!("{error:?}") };
        assert!(error.message().contains(left.as_str()) && error.hint_text().unwrap().contains("AddResource"));
        stage.resources().add(&room.id, room.resource("a", &left.parse().unwrap())).await.unwrap();
        assert_eq!(room.stat("a").await.unwrap().size, Some(5));
    });
}

#[test]
fn a_memory_store_is_not_replaced_by_a_file() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let document = json!({ "resources": [{ "type": "memory_store", "memory_store_id": "m1" }] });
        let (new, _) = stage.sessions().read_document(document.as_object().unwrap().clone()).unwrap();
        let room = Room { stage: &stage, id: stage.sessions().create(new).await.unwrap().id };
        let at = room.at("").at("/mnt/memory/m1".parse().unwrap());
        refused(stage.files().put(&at, &Content(b"1"), PutOptions::default()).await, Kind::Conflict);
        let mounts = stage.resources().list(&room.id, PageRequest::default()).await.unwrap().items;
        assert_eq!((mounts.len(), stored(&stage).await.len()), (1, 0));
    });
}

#[test]
fn an_upload_whose_work_is_dropped_is_deleted_or_named() {
    wait_for(async {
        let drop_early = async |stage: &Stage| {
            let room = Room::new(stage).await;
            room.put_from("a", &Content(b"old"), PutOptions::default()).await.unwrap();
            for at in ["new", "a"] {
                let (content, at) = (Content(b"newer"), room.at(at));
                let put = stage.files().put(&at, &content, PutOptions::default());
                assert!(tokio::time::timeout(Duration::from_millis(800), put).await.is_err(), "it should be dropped");
            }
            stage.backend.flush().await
        };
        // What is not mounted yet is deleted, since a later mount is a copy. What replaces a file is mounted, and named.
        let stage = on_anthropic_with(&["resources.add:latency=2s skip=1 x2"]);
        let error = drop_early(&stage).await.unwrap_err();
        assert_eq!(error.left().len(), 1, "{error}");
        assert!(error.left().iter().all(|id| error.message().contains(id.as_str())), "{error}");
        // The old file may go yet: the new one is kept.
        let stage = on_anthropic_with(&["resources.add:latency=2s skip=1 x1", "resources.delete:latency=2s"]);
        let error = drop_early(&stage).await.unwrap_err();
        assert_eq!(error.left().len(), 1, "{error}");
        stage.backend.flush().await.unwrap();
    });
}

#[test]
fn an_upload_that_cannot_be_mounted_is_undone() {
    let stage = on_anthropic_with(&["resources.add:400", "files.delete:500 skip=1"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        refused(room.put("a", b"1").await, Kind::Usage);
        assert_eq!(stored(&stage).await, [""; 0]);
        let error = room.put("a", b"1").await.unwrap_err();
        assert!(error.message().contains("the upload remains as `file_") && error.left().len() == 1, "{error:?}");
        assert_eq!(stored(&stage).await, ["a"]);
    });
}

#[test]
fn what_may_have_happened_is_told_and_never_done_twice() {
    let faults = ["files.upload:reset@end x1", "resources.add:reset@end x1", "sessions.create:reset@end x1"];
    let stage = on_anthropic_with(&faults);
    wait_for(async {
        let told = |error: &Error| {
            assert_eq!(error.kind(), Kind::Unavailable, "{error}");
            assert!(error.message().contains("may have taken effect"), "{error}");
        };
        told(&stage.sessions().create(NewSession::default()).await.unwrap_err());
        let there =
            pages(None, async |page| stage.sessions().list(&SessionQuery::default(), page).await).await.unwrap();
        assert_eq!(there.len(), 1);
        let room = Room { stage: &stage, id: there[0].id.clone() };
        told(&store(&stage, "f", b"1").await.unwrap_err());
        assert_eq!(stored(&stage).await, ["f"]);
        let error = room.put("a", b"1").await.unwrap_err();
        told(&error);
        assert!(error.message().contains("the upload stays as `file_") && error.left().len() == 1, "{error:?}");
        assert_eq!(room.paths().await, ["a"], "it did happen");
        assert_eq!(stored(&stage).await, ["a", "f"]);
    });
}

#[test]
fn a_deletion_whose_answer_was_lost_is_done() {
    let stage = on_anthropic_with(&[
        "files.delete:reset@end x1",
        "resources.delete:reset@end x1",
        "sessions.delete:reset@end x1",
    ]);
    wait_for(async {
        let room = Room::new(&stage).await;
        room.put("a", b"1").await.unwrap();
        room.remove("a", false).await.unwrap();
        let file = store(&stage, "f", b"1").await.unwrap();
        stage.store().delete(&file).await.unwrap();
        refused(stage.store().delete(&file).await, Kind::NotFound);
        stage.sessions().delete(&room.id, false).await.unwrap();
        refused(stage.sessions().get(&room.id).await, Kind::NotFound);
    });
}

#[test]
fn what_is_refused_before_it_is_done_is_sent_again() {
    let stage =
        on_anthropic_with(&["upload:429 x1 retry-after=0", "upload:529 x1 skip=1", "list:500 x2", "create:503 x1"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        room.put("a", b"12345").await.unwrap();
        assert_eq!(room.paths().await, ["a"]);
        assert_eq!(stored(&stage).await, ["a"]);
    });
}

#[test]
fn a_session_whose_agent_works_is_deleted_by_force_only() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        say(&room, "sleep");
        assert_eq!(stage.sessions().get(&room.id).await.unwrap().status, SessionStatus::Running);
        let running = SessionQuery { statuses: vec![SessionStatus::Running], ..SessionQuery::default() };
        let found = stage.sessions().list(&running, PageRequest::default()).await.unwrap().items;
        assert_eq!(found.len(), 1);
        refused(stage.sessions().delete(&room.id, false).await, Kind::Conflict);
        refused(stage.sessions().archive(&room.id).await, Kind::Conflict);
        stage.sessions().delete(&room.id, true).await.unwrap();
        refused(stage.sessions().get(&room.id).await, Kind::NotFound);
    });
}

#[test]
fn an_archived_session_is_listed_only_on_request() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let (room, other) = (Room::new(&stage).await, Room::new(&stage).await);
        stage.sessions().archive(&room.id).await.unwrap();
        assert_eq!(stage.sessions().archive(&room.id).await.unwrap().status, SessionStatus::Archived);
        let listed = async |query: SessionQuery| {
            let found = pages(Some(1), async |page| stage.sessions().list(&query, page).await).await.unwrap();
            found.into_iter().map(|session| session.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(SessionQuery::default()).await, std::slice::from_ref(&other.id));
        let archived = SessionQuery { statuses: vec![SessionStatus::Archived], ..SessionQuery::default() };
        assert_eq!(listed(archived).await, std::slice::from_ref(&room.id));
        let filters = SessionFilters { include_archived: true, ..SessionFilters::default() };
        let all = SessionQuery { filters, ..SessionQuery::default() };
        assert_eq!(listed(all).await, [other.id.clone(), room.id.clone()]);
        let failed = SessionQuery { statuses: vec![SessionStatus::Failed], ..SessionQuery::default() };
        assert_eq!(listed(failed).await, []);
        refused(
            stage
                .sessions()
                .label(&room.id, LabelPatch { remove: vec!["x".to_owned()], ..LabelPatch::default() })
                .await,
            Kind::Usage,
        );
    });
}

#[test]
fn a_session_is_made_with_resources_of_every_kind_or_not_at_all() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let file = store(&stage, "data.csv", b"1,2").await.unwrap();
        let document = json!({
            "title": "t", "metadata": { "a": "b" }, "vault_ids": ["vlt_1"],
            "agent": { "type": "agent", "id": "agent_7", "version": 1 },
            "resources": [
                { "type": "file", "file_id": file.as_str() },
                { "type": "github_repository", "url": "https://github.test/acme/etl" },
                { "type": "memory_store", "memory_store_id": "memstore_1", "access": "read_only" },
            ],
        });
        let read = |document: &Value| stage.sessions().read_document(document.as_object().unwrap().clone()).unwrap();
        let (new, unknown) = read(&document);
        assert!(unknown.is_empty());
        let made = stage.sessions().create(new.clone()).await.unwrap();
        assert_eq!((made.title.as_deref(), made.agent.as_deref()), (Some("t"), Some("agent_7")));
        let room = Room { stage: &stage, id: made.id };
        let mounted = stage.resources().list(&room.id, PageRequest::default()).await.unwrap().items;
        let mounted: Vec<_> = mounted.into_iter().map(Result::unwrap).collect();
        let shown: Vec<_> = mounted.iter().map(|one| (one.kind, one.mount_path.as_deref().unwrap())).collect();
        assert_eq!(
            shown,
            [
                (ResourceKind::File, "/mnt/session/uploads/data.csv"),
                (ResourceKind::GithubRepository, "/workspace/etl"),
                (ResourceKind::MemoryStore, "/mnt/memory/memstore_1"),
            ]
        );
        let etl = room.at("").at("/workspace/etl".parse().unwrap());
        refused(stage.files().fetch(&etl, FetchOptions::default()).await, Kind::Unsupported);
        refused(
            stage.files().remove(&etl.at("/mnt/memory/memstore_1".parse().unwrap()), false).await,
            Kind::Unsupported,
        );
        let mut late = room.resource("late", &file);
        for kind in [ResourceKind::GithubRepository, ResourceKind::MemoryStore] {
            late.kind = kind;
            refused(stage.resources().add(&room.id, late.clone()).await, Kind::Unsupported);
        }
        for (change, kind) in [
            (NewSession { ttl: Some(Duration::from_secs(60)), ..new.clone() }, Kind::Unsupported),
            (NewSession { agent_version: Some("newest".to_owned()), ..new.clone() }, Kind::Usage),
            (NewSession { environment: Some("nowhere".to_owned()), ..new.clone() }, Kind::NotFound),
            (
                NewSession { resources: vec![room.resource("a", &file), room.resource("a", &file)], ..new.clone() },
                Kind::Conflict,
            ),
            (
                NewSession { resources: vec![room.resource("b", &"file_gone".parse().unwrap())], ..new.clone() },
                Kind::NotFound,
            ),
        ] {
            refused(stage.sessions().create(change).await, kind);
        }
        let there = stage.sessions().list(&SessionQuery::default(), PageRequest::default()).await.unwrap().items;
        assert_eq!(there.len(), 1, "what was refused left no session");
    });
}

#[test]
fn what_the_agent_made_is_fetched_and_waited_for() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        room.put("in.csv", b"1").await.unwrap();
        let content = bytes(300_000);
        leave(&room, "filename=report.pdf", &content);
        leave(&room, "filename=late.txt&after=100ms", b"late");
        assert_eq!(outputs(&room).await, [("report.pdf".to_owned(), Some(300_000))]);
        assert!(read_output(&room, "report.pdf").await.unwrap() == content);
        let at = room.at("").at(OUTPUTS.parse().unwrap());
        stage.files().open_tree(&at, TreeOptions { settle: true, all: false }).await.unwrap();
        assert_eq!(outputs(&room).await.len(), 2);
        assert_eq!(read_output(&room, "late.txt").await.unwrap(), b"late");
        let range = wharf_client::backend::ByteRange { first: 1, last: Some(2) };
        let late = at.at(format!("{OUTPUTS}/late.txt").parse().unwrap());
        let fetched =
            stage.files().fetch(&late, FetchOptions { range: Some(range), ..FetchOptions::default() }).await.unwrap();
        assert_eq!(crate::room::drain(fetched).await.unwrap(), b"at");
        refused(stage.files().remove(&at, true).await, Kind::Unsupported);
        refused(read_output(&room, "gone").await, Kind::NotFound);
    });
}

#[test]
fn two_of_one_name_are_told_apart_and_names_that_lead_elsewhere_do_not() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        let (one, two) = (leave(&room, "filename=r.pdf", b"1"), leave(&room, "filename=r.pdf", b"22"));
        leave(&room, "filename=..%2F..%2Fetc%2Fpasswd", b"333");
        let mut names = vec![format!("r.{one}.pdf"), format!("r.{two}.pdf")];
        names.sort();
        names.insert(0, ".._.._etc_passwd".to_owned());
        assert_eq!(outputs(&room).await.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
        let at = room.at("").at(OUTPUTS.parse().unwrap());
        let error = stage.files().open_tree(&at, TreeOptions { settle: false, all: false }).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Conflict);
        assert!(error.message().contains(one.as_str()) && error.message().contains(two.as_str()), "{error}");
        stage.files().open_tree(&at, TreeOptions { settle: false, all: true }).await.unwrap();
        refused(read_output(&room, "r.pdf").await, Kind::Conflict);
        assert_eq!(read_output(&room, &format!("r.{two}.pdf")).await.unwrap(), b"22");
        assert_eq!(read_output(&room, ".._.._etc_passwd").await.unwrap(), b"333");
    });
}

#[test]
fn files_expire_and_expired_ones_are_gone() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        leave(&room, "filename=old.txt&expires_in=0s", b"old");
        refused(read_output(&room, "old.txt").await, Kind::NotFound);
        let hour = NewStoredFile {
            filename: "f".to_owned(),
            expires_in: Some(Duration::from_hours(1)),
            ..NewStoredFile::default()
        };
        let (file, _) = stage.store().upload(hour.clone(), &Content(b"1")).await.unwrap();
        assert!(file.provider.text().unwrap().contains(r#""expires_at":"2"#));
        let short = NewStoredFile { expires_in: Some(Duration::from_secs(3599)), ..hour };
        refused(stage.store().upload(short, &Content(b"1")).await, Kind::Usage);
    });
}

#[test]
fn a_content_that_is_cut_off_is_never_taken_for_whole() {
    for fault in ["files.download:truncate@50%", "files.download:reset@10", "files.download:stall@10"] {
        let stage = on_anthropic_with(&[fault]);
        wait_for(async {
            let room = Room::new(&stage).await;
            leave(&room, "filename=r.bin", &bytes(100_000));
            let error = read_output(&room, "r.bin").await.unwrap_err();
            assert!(error.kind() == Kind::Unavailable && error.is_retryable(), "{fault}: {error}");
        });
    }
}

#[test]
fn an_answer_without_end_or_from_elsewhere_is_an_error() {
    for (fault, kind) in [
        ("sessions.get:endless", Kind::Unavailable),
        ("sessions.get:redirect=http://127.0.0.1:9/", Kind::Unavailable),
        ("sessions.get:401", Kind::Auth),
        ("sessions.get:403", Kind::Auth),
        ("sessions.get:402", Kind::Limit),
        ("sessions.get:413", Kind::Limit),
        ("sessions.get:429@end code=enforced_spend_limit_reached", Kind::Limit),
    ] {
        let stage = on_anthropic_with(&[fault]);
        wait_for(async {
            let room = Room::new(&stage).await;
            refused(stage.sessions().get(&room.id).await, kind);
        });
    }
}
