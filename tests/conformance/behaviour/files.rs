//! Uploads to a session: complete and verified, or not at all.

use std::time::Duration;

use wharf_client::backend::PutOptions;
use wharf_core::error::Kind;

use super::everywhere;
use crate::content::{BrokenSource, Content, GatedPipe, Pipe, bytes, summary};
use crate::room::{Room, assert_receipt};
use crate::stage::refused;

const PLAIN: PutOptions = PutOptions { keep_existing: false, bulk: false, expires_in: None };

#[test]
fn a_file_is_put_with_its_parents_and_comes_back_as_it_went() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("deep/down/here", b"content").await.unwrap();
        assert_eq!(room.read("deep/down/here").await.unwrap(), b"content");
        assert_eq!(room.paths().await, ["deep/", "deep/down/", "deep/down/here"]);
        assert_eq!(room.stat("deep/down/here").await.unwrap().size, Some(7));
    });
}

#[test]
fn an_empty_file_is_a_file() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("empty", b"").await.unwrap();
        assert_eq!(room.read("empty").await.unwrap(), b"");
        assert_eq!(room.stat("empty").await.unwrap().size, Some(0));
    });
}

#[test]
fn a_large_file_arrives_whole() {
    everywhere(async |stage| {
        let most = stage.capabilities().limits.file_bytes.unwrap_or(u64::MAX);
        let large = bytes(usize::try_from(most).unwrap_or(usize::MAX).min(5_000_001));
        let room = Room::new(stage).await;
        room.put("large", &large).await.unwrap();
        assert!(room.read("large").await.unwrap() == large);
        assert_eq!(room.stat("large").await.unwrap().size, Some(large.len() as u64));
    });
}

#[test]
fn a_pipe_of_unknown_length_arrives_whole() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for (at, length) in [("none", 0), ("short", 10), ("long", 1_000_001)] {
            let content = bytes(length);
            let stored = room.put_from(at, &Pipe(content.clone()), PLAIN).await.unwrap();
            assert_receipt(stage, &stored, &content);
            assert!(room.read(at).await.unwrap() == content, "{at}");
        }
    });
}

#[test]
fn a_file_that_is_there_is_replaced_whatever_its_length() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for content in [&b"first"[..], b"a longer one", b"short", b"", b"again"] {
            room.put("d/f", content).await.unwrap();
            assert_eq!(room.read("d/f").await.unwrap(), content);
        }
        assert_eq!(room.paths().await, ["d/", "d/f"]);
    });
}

#[test]
fn what_is_to_be_kept_is_a_conflict() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put_new("new", b"first").await.unwrap();
        for bulk in [false, true] {
            let options = PutOptions { keep_existing: true, bulk, expires_in: None };
            refused(room.put_with("new", b"second", options).await, Kind::Conflict);
            room.put_with(&format!("free/{bulk}"), b"free", options).await.unwrap();
        }
        assert_eq!(room.read("new").await.unwrap(), b"first");
        stage.backend.flush().await.unwrap();
    });
}

#[test]
fn a_file_never_takes_the_place_of_a_directory() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("d/kept", b"kept").await.unwrap();
        for bulk in [false, true] {
            for at in ["", "d"] {
                refused(
                    room.put_with(at, b"x", PutOptions { keep_existing: false, bulk, expires_in: None }).await,
                    Kind::Conflict,
                );
                refused(
                    room.put_with(at, b"x", PutOptions { keep_existing: true, bulk, expires_in: None }).await,
                    Kind::Conflict,
                );
            }
        }
        assert_eq!(room.paths().await, ["d/", "d/kept"]);
    });
}

#[test]
fn a_file_never_lies_below_a_file() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("f", b"kept").await.unwrap();
        for at in ["f/below", "f/far/below"] {
            refused(room.put(at, b"x").await, Kind::Conflict);
            refused(room.put_new(at, b"x").await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["f"]);
        assert_eq!(room.read("f").await.unwrap(), b"kept");
    });
}

#[test]
fn a_source_that_breaks_leaves_the_old_file_or_nothing() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("old", b"old").await.unwrap();
        for first in [0, 10, 1_000_000] {
            refused(room.put_from("old", &BrokenSource(first), PLAIN).await, Kind::Io);
            refused(room.put_from("new/f", &BrokenSource(first), PLAIN).await, Kind::Io);
        }
        assert_eq!(room.read("old").await.unwrap(), b"old");
        assert_eq!(room.paths().await, ["old"], "not even a parent");
    });
}

#[test]
fn many_files_are_there_before_and_after_they_are_made_durable() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for n in 0..80 {
            let options = PutOptions { keep_existing: false, bulk: true, expires_in: None };
            room.put_with(&format!("d/{n:02}"), format!("{n}").as_bytes(), options).await.unwrap();
        }
        let before = room.paths().await;
        assert_eq!(before.len(), 81);
        stage.backend.flush().await.unwrap();
        assert_eq!(room.paths().await, before);
        assert_eq!(room.read("d/79").await.unwrap(), b"79");
    });
}

#[test]
fn of_two_that_write_at_once_one_wins_whole() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let (one, two) = (vec![b'1'; 300_000], vec![b'2'; 300_000]);
        let (first, second) = tokio::join!(room.put("f", &one), room.put("f", &two));
        first.and(second).unwrap();
        let there = room.read("f").await.unwrap();
        assert!(there == one || there == two);
    });
}

#[test]
fn of_two_that_write_something_new_at_once_only_one_succeeds() {
    everywhere(async |stage| {
        if !stage.keeps_in_one_step {
            return;
        }
        let room = Room::new(stage).await;
        let keep = PutOptions { keep_existing: true, bulk: false, expires_in: None };
        let (one, two) = (Pipe(vec![b'1'; 300_000]), Pipe(vec![b'2'; 300_000]));
        let (first, second) = tokio::join!(room.put_from("d/f", &one, keep), room.put_from("d/f", &two, keep));
        let winner = if first.is_ok() { &one } else { &two };
        let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
        assert_eq!(won.unwrap().sent, summary(&winner.0));
        refused(lost, Kind::Conflict);
        assert!(room.read("d/f").await.unwrap() == winner.0);
    });
}

#[test]
fn what_appears_while_a_file_is_on_its_way_is_kept_too() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let (slow, gate) = GatedPipe::new(b"slow");
        let (slow, ()) = tokio::join!(
            room.put_from("d/f", &slow, PutOptions { keep_existing: true, bulk: false, expires_in: None }),
            async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                room.put("d/f", b"quick").await.unwrap();
                drop(gate);
            }
        );
        refused(slow, Kind::Conflict);
        assert_eq!(room.read("d/f").await.unwrap(), b"quick");
    });
}

#[test]
fn a_session_can_be_deleted_while_a_file_is_on_its_way() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let (slow, gate) = GatedPipe::new(b"slow");
        let (slow, ()) = tokio::join!(room.put_from("d/f", &slow, PLAIN), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            room.delete().await.unwrap();
            drop(gate);
        });
        refused(slow, Kind::NotFound);
        refused(room.list("", true).await, Kind::NotFound);
    });
}

#[test]
fn a_session_does_not_see_the_files_of_another() {
    everywhere(async |stage| {
        let (one, two) = (Room::new(stage).await, Room::new(stage).await);
        one.put("f", b"one").await.unwrap();
        assert_eq!(two.paths().await, [""; 0]);
        two.put_from("f", &Content(b"two"), PLAIN).await.unwrap();
        one.remove("f", false).await.unwrap();
        assert_eq!(two.read("f").await.unwrap(), b"two");
    });
}
