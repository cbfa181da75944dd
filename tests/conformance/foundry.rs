//! What only Microsoft Foundry's client has to cope with: the service's oddities and its gaps.

use wharf_client::backend::{NewSession, PageRequest, PutOptions, SessionQuery};
use wharf_core::error::Kind;
use wharf_core::model::SessionStatus;

use crate::content::Content;
use crate::room::Room;
use crate::stage::{on_foundry_with, refused, wait_for};

#[test]
fn a_directory_in_pages_and_without_the_call_for_one_path_looks_the_same() {
    let stage = on_foundry_with(&["files.list:page=2", "files.stat:405"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        for at in ["a", "b", "c/x", "c/y", "c/z", "d", "e"] {
            room.put_new(at, at.as_bytes()).await.unwrap();
        }
        assert_eq!(room.paths().await, ["a", "b", "c/", "c/x", "c/y", "c/z", "d", "e"]);
        assert_eq!(room.stat("c/z").await.unwrap().size, Some(3));
        assert_eq!(room.stat("c").await.unwrap().size, None);
        for at in ["gone", "gone/x", "a/below"] {
            refused(room.stat(at).await, Kind::NotFound);
        }
        refused(room.put_new("e", b"").await, Kind::Conflict);
        assert_eq!(room.list("e", true).await.unwrap().len(), 1);
        room.mkdir("c/new/deep", true).await.unwrap();
        refused(room.mkdir("c/new", false).await, Kind::Conflict);
    });
}

#[test]
fn a_session_whose_answer_was_lost_is_made_once() {
    let stage = on_foundry_with(&["sessions.create:reset@end x1"]);
    wait_for(async {
        let made = stage.sessions().create(NewSession::default()).await.unwrap();
        let page = stage.sessions().list(&SessionQuery::default(), PageRequest::default()).await.unwrap();
        let there: Vec<_> = page.items.into_iter().map(|session| session.unwrap().id).collect();
        assert_eq!(there, [made.id]);
    });
}

#[test]
fn a_session_that_says_that_it_was_stopped_already_is_stopped() {
    let stage = on_foundry_with(&["sessions.stop:409@end code=session_already_stopped"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        assert_eq!(stage.sessions().stop(&room.id).await.unwrap().status, SessionStatus::Idle);
    });
}

#[test]
fn an_upload_is_as_long_as_the_service_says() {
    let stage = on_foundry_with(&["files.upload:bytes_written=3"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        let stored = room.put_from("f", &Content(b"12345"), PutOptions::default()).await.unwrap();
        assert_eq!((stored.size, stored.sent.bytes), (Some(3), 5));
    });
}

#[test]
fn a_service_without_the_call_that_makes_directories_is_told_from_one_without_the_session() {
    let stage = on_foundry_with(&["files.mkdir:405"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        refused(room.mkdir("a/b", true).await, Kind::Unsupported);
        room.delete().await.unwrap();
        refused(room.mkdir("a/b", true).await, Kind::NotFound);
    });
}

#[test]
fn a_parent_that_is_always_missing_ends_the_creation_of_a_directory() {
    let stage = on_foundry_with(&["files.mkdir:404 x1", "files.mkdir:404 skip=1"]);
    wait_for(async {
        let room = Room::new(&stage).await;
        refused(room.mkdir("a/b", true).await, Kind::Conflict);
    });
}
