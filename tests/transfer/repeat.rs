//! A transfer that is run again does only what is left.

use std::fs;

use wharf_core::error::{Error, Kind};
use wharf_core::model::ReceiptStatus;
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::{IfExists, TransferOptions};

use crate::fake_backend::{FakeBackend, HashReport, Node, numbered};
use crate::stage::{Room, Run, options, run};

fn update() -> TransferOptions {
    TransferOptions { if_exists: IfExists::Update, ..options() }
}

fn checksum() -> TransferOptions {
    TransferOptions { checksum: true, ..update() }
}

fn room() -> Room {
    Room::with(&[("t/a", "aaa"), ("t/b", "bbb"), ("t/d/c", "ccc")])
}

#[test]
fn an_update_sends_what_has_another_size_or_time() {
    let (room, other) = (room(), FakeBackend::default());
    assert_eq!(run(&other, update()).upload(&room.at("t"), "/t").ok().copied(), 3);
    other.forget_calls();
    let result = run(&other, update()).upload(&room.at("t"), "/t").ok();
    assert_eq!((result.count(ReceiptStatus::Skipped), other.count("put"), other.count("fetch")), (3, 0, 0));
    room.write("t/a", "longer");
    fs::write(room.at("t/b"), "new").unwrap();
    let result = run(&other, update()).upload(&room.at("t"), "/t").ok();
    assert_eq!((result.copied(), other.asked("put")), (2, vec!["/t/a".to_owned(), "/t/b".to_owned()]));
    assert_eq!(other.content("/t/b"), Some(b"new".to_vec()));
}

#[test]
fn an_update_fetches_what_has_another_size_or_time() {
    let (room, other) = (Room::new(), FakeBackend::with(&[("/t/a", "aaa"), ("/t/b", "bbb"), ("/t/d/c", "ccc")]));
    assert_eq!(run(&other, update()).download("/t", &room.at("to")).ok().copied(), 3);
    other.forget_calls();
    let result = run(&other, update()).download("/t", &room.at("to")).ok();
    assert_eq!((result.count(ReceiptStatus::Skipped), other.count("fetch")), (3, 0));
    other.set("/t/a", Node::File(b"longer".to_vec()));
    other.change("/t/b", |held| held.modified_at = Some("2021-01-01T00:00:00Z".parse().unwrap()));
    other.forget_calls();
    let result = run(&other, update()).download("/t", &room.at("to")).ok();
    assert_eq!((result.copied(), room.read("to/a").as_str()), (2, "longer"));
    assert!(!other.asked("fetch").contains(&"/t/d/c".to_owned()));
}

#[test]
fn a_side_that_tells_no_time_is_sent_to_again() {
    let (room, other) = (room(), FakeBackend::default());
    run(&other, update()).upload(&room.at("t"), "/t").ok();
    other.change("/t/a", |held| held.modified_at = None);
    other.forget_calls();
    run(&other, update()).upload(&room.at("t"), "/t").ok();
    assert_eq!(other.asked("put"), ["/t/a"]);
}

/// Where times differ and only contents count.
#[test]
fn with_checksum_only_another_content_is_sent() {
    for (knows, sent) in [(HashReport::Hash, 1), (HashReport::Streamed, 1), (HashReport::Nothing, 3)] {
        let (room, other) = (room(), FakeBackend { knows, ..FakeBackend::default() });
        run(&other, checksum()).upload(&room.at("t"), "/t").ok();
        for path in ["/t/a", "/t/b", "/t/d/c"] {
            other.change(path, |held| held.modified_at = None);
        }
        // Neither size nor time tells of this one.
        room.write("t/b", "BBB");
        other.forget_calls();
        let result = run(&other, checksum()).upload(&room.at("t"), "/t").ok();
        assert_eq!((result.copied(), other.count("put")), (sent, sent), "{knows:?}");
        assert_eq!(other.content("/t/b"), Some(b"BBB".to_vec()));
    }
}

#[test]
fn with_checksum_only_another_content_is_landed() {
    for (knows, landed) in [(HashReport::Hash, 1), (HashReport::Streamed, 1), (HashReport::Nothing, 3)] {
        let room = Room::new();
        let other = FakeBackend { knows, ..FakeBackend::with(&[("/t/a", "aaa"), ("/t/b", "bbb"), ("/t/d/c", "ccc")]) };
        run(&other, checksum()).download("/t", &room.at("to")).ok();
        fs::write(room.at("to/a"), "aaa").unwrap();
        room.write("to/b", "BBB");
        let result = run(&other, checksum()).download("/t", &room.at("to")).ok();
        assert_eq!((result.copied(), room.read("to/b").as_str()), (landed, "bbb"), "{knows:?}");
    }
}

#[test]
fn a_hash_that_is_wrong_leaves_nothing_as_it_is() {
    let (room, other) = (room(), FakeBackend { knows: HashReport::WrongHash, ..FakeBackend::default() });
    run(&other, checksum()).upload(&room.at("t"), "/t").ok();
    assert_eq!(run(&other, checksum()).upload(&room.at("t"), "/t").ok().copied(), 3);
}

#[test]
fn an_interrupted_upload_is_continued() {
    let room = Room::new();
    (0..20).for_each(|number| drop(room.write(&format!("t/{number:02}"), number.to_string())));
    let cancellation = Cancellation::default();
    let asking = cancellation.clone();
    let refuse = move |call: &str, path: &str| {
        if call == "put" && path == "/t/12" && !asking.is_acknowledged() {
            asking.cancel(Kind::Interrupted);
        }
        None::<Error>
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    Run { backend: &other, options: update(), cancellation }.upload(&room.at("t"), "/t").fails(Kind::Interrupted);
    let kept = other.files_there().len();
    assert!((12..20).contains(&kept), "{kept}");
    other.forget_calls();
    let result = run(&other, update()).upload(&room.at("t"), "/t").ok();
    assert_eq!((other.count("put"), result.lines.len(), other.files_there().len()), (20 - kept, 20, 20));
}

#[test]
fn an_interrupted_download_is_continued() {
    let (room, cancellation) = (Room::new(), Cancellation::default());
    let asking = cancellation.clone();
    let refuse = move |call: &str, path: &str| {
        if call == "fetch" && path == "/t/5" && !asking.is_registered() {
            return None;
        }
        if call == "fetch" && path == "/t/5" {
            asking.cancel(Kind::Interrupted);
        }
        None::<Error>
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..numbered(20) };
    Run { backend: &other, options: update(), cancellation }.download("/t", &room.at("to")).fails(Kind::Interrupted);
    let kept = room.names("to").len();
    assert!((1..20).contains(&kept), "{kept}");
    other.forget_calls();
    let result = run(&other, update()).download("/t", &room.at("to")).ok();
    assert_eq!((other.count("fetch"), result.lines.len(), room.names("to").len()), (20 - kept, 20, 20));
}

#[test]
fn what_failed_is_all_that_is_sent_again() {
    let room = room();
    let once = std::sync::atomic::AtomicBool::new(true);
    let refuse = move |call: &str, path: &str| {
        let now = call == "put" && path == "/t/b" && once.swap(false, std::sync::atomic::Ordering::SeqCst);
        now.then(|| Error::new(Kind::Unavailable, "not now"))
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    run(&other, update()).upload(&room.at("t"), "/t").fails(Kind::Partial);
    other.forget_calls();
    run(&other, update()).upload(&room.at("t"), "/t").ok();
    assert_eq!(other.asked("put"), ["/t/b"]);
}

#[test]
fn what_exists_is_skipped_or_refused_as_asked() {
    let (room, other) = (room(), FakeBackend::with(&[("/t/a", "theirs")]));
    let skip = TransferOptions { if_exists: IfExists::Skip, ..options() };
    let result = run(&other, skip).upload(&room.at("t"), "/t").ok();
    assert_eq!((result.count(ReceiptStatus::Skipped), other.content("/t/a")), (1, Some(b"theirs".to_vec())));
    let error = TransferOptions { if_exists: IfExists::Error, ..options() };
    let result = run(&other, error).upload(&room.at("t"), "/t").fails(Kind::Conflict);
    assert_eq!((result.kinds().len(), other.content("/t/a")), (3, Some(b"theirs".to_vec())));
}

#[test]
fn what_is_in_the_way_of_a_download_is_refused_before_it_is_fetched() {
    let (room, other) = (Room::with(&[("to/0", "mine")]), numbered(2));
    let error = TransferOptions { if_exists: IfExists::Error, ..options() };
    let result = run(&other, error).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.kinds(), room.read("to/0").as_str()), (vec![Kind::Conflict], "mine"));
    assert_eq!(other.asked("fetch"), ["/t/1"]);
}
