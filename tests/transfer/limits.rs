//! Limits hold before the first byte, and against a side that lies or has no end.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use wharf_client::backend::{GetResult, Limits, RemoteHash};
use wharf_core::body::{Attributes, Body};
use wharf_core::error::Kind;
use wharf_core::model::{EntryKind, RemotePath};
use wharf_transfer::{IfExists, TransferOptions};

use crate::fake_backend::{FakeBackend, Fetch, LengthReport, body, entry, lists, numbered};
use crate::stage::{Room, options, run};

fn most_bytes(bytes: u64) -> TransferOptions {
    TransferOptions { max_bytes: Some(bytes), ..options() }
}

fn most_files(files: u64) -> TransferOptions {
    TransferOptions { max_files: Some(files), ..options() }
}

#[test]
fn a_file_that_the_backend_does_not_take_stops_all_before_anything_is_sent() {
    let room = Room::with(&[("t/a", "1"), ("t/b", "12345"), ("t/d/c", "1")]);
    let limits = Limits { file_bytes: Some(4), ..Limits::default() };
    let other = FakeBackend { limits, ..FakeBackend::default() };
    let result = run(&other, options()).upload(&room.at("t"), "/t").fails(Kind::Limit);
    assert!(result.error().message().contains("t/b"), "{}", result.error());
    run(&other, options()).upload_to_store(&[&room.at("t/a"), &room.at("t/b")]).fails(Kind::Limit);
    assert_eq!((other.writes(), result.lines.len()), (0, 0));
    run(&other, options()).upload(&room.at("t/a"), "/a").ok();
}

#[test]
fn more_than_a_session_takes_is_told_before_anything_is_sent() {
    let room = Room::with(&[("t/a", "123"), ("t/b", "123")]);
    let limits = Limits { session_bytes: Some(5), ..Limits::default() };
    let other = FakeBackend { limits, ..FakeBackend::default() };
    run(&other, options()).upload(&room.at("t"), "/t").fails(Kind::Limit);
    assert_eq!(other.writes(), 0);
    run(&other, options()).upload_to_store(&[&room.at("t/a"), &room.at("t/b")]).ok();
    assert_eq!(other.count("upload"), 2, "stored files are in no session");
}

#[test]
fn a_pipe_among_the_sources_hides_nothing_of_the_others() {
    let room = Room::with(&[("big", "123456")]);
    let fifo = room.at("fifo");
    crate::stage::make_fifo(&fifo);
    let limits = Limits { session_bytes: Some(5), ..Limits::default() };
    let other = FakeBackend { limits, ..FakeBackend::default() };
    let run = run(&other, options());
    crate::stage::wait_for(run.upload_all(&[&fifo, &room.at("big")], "/t/")).fails(Kind::Limit);
    assert_eq!(other.writes(), 0);
}

#[test]
fn the_callers_own_limits_hold_before_anything_is_sent() {
    let room = Room::with(&[("t/a", "123"), ("t/b", "123"), ("t/c", "")]);
    let other = FakeBackend::default();
    for options in [most_files(2), most_bytes(5)] {
        run(&other, options).upload(&room.at("t"), "/t").fails(Kind::Limit);
        assert_eq!(other.writes(), 0);
    }
    for options in [most_files(3), most_bytes(6)] {
        run(&other, options).upload(&room.at("t"), "/t").ok();
    }
}

#[test]
fn the_callers_own_limits_hold_before_anything_is_fetched() {
    let (room, other) = (Room::new(), FakeBackend::with(&[("/t/a", "123"), ("/t/b", "123"), ("/t/c", "")]));
    for options in [most_files(2), most_bytes(5)] {
        run(&other, options).download("/t", &room.at("to")).fails(Kind::Limit);
        assert_eq!(other.count("fetch"), 0);
        assert!(!room.at("to").exists());
    }
    for options in [most_files(3), most_bytes(6)] {
        run(&other, options).download("/t", &room.at("to")).ok();
    }
}

#[test]
fn what_is_streamed_has_the_same_limits() {
    let other = FakeBackend::with(&[("/a", "123"), ("/b", "123")]);
    for options in [most_files(1), most_bytes(5)] {
        let (verdict, came) = run(&other, options).stream(&["/a", "/b"]);
        assert_eq!((verdict.unwrap_err().kind(), came.len(), other.count("fetch")), (Kind::Limit, 0, 0));
    }
    let other = FakeBackend {
        length: LengthReport::Missing,
        fetch: Some(endless_bodies()),
        ..FakeBackend::with(&[("/a", "1")])
    };
    let (verdict, came) = run(&other, most_bytes(5_000)).stream(&["/a"]);
    assert_eq!(verdict.unwrap_err().kind(), Kind::Limit);
    assert!(came.len() <= 5_000);
}

#[test]
fn sizes_that_overflow_are_no_way_around_a_limit() {
    let room = Room::new();
    let entries = ["/t/a", "/t/b"].map(|path| entry(path, EntryKind::File, Some(u64::MAX)));
    let other =
        FakeBackend { listing: Some(lists(entries.to_vec())), ..FakeBackend::with(&[("/t/a", "1"), ("/t/b", "1")]) };
    run(&other, most_bytes(100)).download("/t", &room.at("to")).fails(Kind::Limit);
    assert_eq!(other.count("fetch"), 0);
    run(&other, TransferOptions { dry_run: true, ..options() }).download("/t", &room.at("to")).ok();
}

#[test]
fn a_size_that_is_not_told_hides_nothing_of_the_others() {
    let room = Room::new();
    let entries = vec![entry("/t/a", EntryKind::File, None), entry("/t/b", EntryKind::File, Some(100))];
    let other = FakeBackend { listing: Some(lists(entries)), ..FakeBackend::with(&[("/t/a", "1"), ("/t/b", "1")]) };
    run(&other, most_bytes(99)).download("/t", &room.at("to")).fails(Kind::Limit);
    assert_eq!(other.count("fetch"), 0);
}

/// A listing without an end.
fn endless(kind: EntryKind, size: Option<u64>) -> FakeBackend {
    let listing = move |_: &RemotePath| {
        stream::iter(0_u64..).map(move |number| Ok(entry(&format!("/t/{number}"), kind, size))).boxed()
    };
    FakeBackend { listing: Some(Box::new(listing)), ..FakeBackend::with(&[("/t/0", "1")]) }
}

#[test]
fn a_listing_without_an_end_comes_to_one() {
    let room = Room::new();
    for size in [None, Some(0), Some(1)] {
        let other = endless(EntryKind::File, size);
        run(&other, most_files(1000)).download("/t", &room.at("to")).fails(Kind::Limit);
        assert_eq!(other.count("fetch"), 0);
    }
    let other = endless(EntryKind::File, Some(1));
    run(&other, most_bytes(1000)).download("/t", &room.at("to")).fails(Kind::Limit);
    assert_eq!(other.count("fetch"), 0);
    assert!(!room.at("to").exists());
}

#[test]
fn directories_without_an_end_come_to_one_as_well() {
    let room = Room::new();
    run(&endless(EntryKind::Directory, None), most_files(10)).download("/t", &room.at("to")).fails(Kind::Limit);
    assert!(!room.at("to").exists());
    let many = (0..100).map(|number| entry(&format!("/t/{number}"), EntryKind::Directory, None)).collect();
    let other = FakeBackend { listing: Some(lists(many)), ..FakeBackend::with(&[("/t/0", "1")]) };
    run(&other, most_files(10)).download("/t", &room.at("to")).ok();
}

/// Lists these files the first time, and files without an end whenever it is asked again.
fn longer_the_second_time(first: u64, size: u64) -> FakeBackend {
    let walks = std::sync::atomic::AtomicUsize::new(0);
    let listing = move |_: &RemotePath| {
        let walk = walks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let (end, size) = if walk == 0 { (first, size) } else { (u64::MAX, 1) };
        let file = move |number| Ok(entry(&format!("/t/{number}"), EntryKind::File, Some(size)));
        stream::iter(0..end).map(file).boxed()
    };
    let fetch = |_: &str, _| Some(Ok(body(Some(1), vec![Ok(Bytes::from_static(b"1"))])));
    FakeBackend {
        listing: Some(Box::new(listing)),
        fetch: Some(Box::new(fetch)),
        ..FakeBackend::with(&[("/t/0", "1")])
    }
}

#[test]
fn what_was_measured_is_what_is_fetched() {
    for options in [most_files(20), most_bytes(20), options()] {
        let (room, other) = (Room::new(), longer_the_second_time(3, 1));
        let result = run(&other, options).download("/t", &room.at("to"));
        assert_eq!((result.ok().copied(), other.count("list"), other.count("stat")), (3, 1, 1));
    }
}

#[test]
fn a_listing_too_long_to_be_kept_that_has_no_end_the_second_time_comes_to_one() {
    let (room, other) = (Room::new(), longer_the_second_time(100_000, 0));
    let result = run(&other, most_bytes(20)).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds(), other.count("list")), (20, vec![Kind::Limit], 2));
}

/// Every file is without an end.
fn endless_bodies() -> Fetch {
    Box::new(|_, _| {
        let blocks = stream::repeat(Bytes::from_static(&[0; 100])).map(Ok).boxed();
        let body = Body::of_stream(None, blocks);
        Some(Ok(GetResult { body, attributes: Attributes::default(), sha256: RemoteHash::Unknown, file_id: None }))
    })
}

#[test]
fn a_body_without_an_end_comes_to_one_and_nothing_of_it_stays() {
    let room = Room::with(&[("to/a", "old")]);
    for size in [None, Some(0), Some(3)] {
        let other = FakeBackend { fetch: Some(endless_bodies()), ..FakeBackend::with(&[("/t/a", "abc")]) };
        let other = FakeBackend { listing: Some(lists(vec![entry("/t/a", EntryKind::File, size)])), ..other };
        run(&other, most_bytes(100_000)).download("/t", &room.at("to")).fails(Kind::Limit);
        assert_eq!((room.names("to"), room.read("to/a")), (vec!["a".to_owned()], "old".to_owned()));
    }
}

#[test]
fn sizes_that_lie_are_no_way_around_a_limit_however_many_files_come_at_once() {
    // Two pieces, and the others' turn in between.
    let fetch = |_: &str, _| {
        let piece = || stream::once(std::future::ready(Ok(Bytes::from_static(&[1; 30]))));
        let pause = stream::once(tokio::time::sleep(std::time::Duration::from_millis(1))).map(|()| Ok(Bytes::new()));
        let body = Body::of_stream(None, piece().chain(pause).chain(piece()).boxed());
        Some(Ok(GetResult { body, attributes: Attributes::default(), sha256: RemoteHash::Unknown, file_id: None }))
    };
    for jobs in [1, 2, 8] {
        for size in [None, Some(0), Some(10)] {
            let room = Room::new();
            let entries = (0..8).map(|number| entry(&format!("/t/{number}"), EntryKind::File, size)).collect();
            let other = FakeBackend::with(&[("/t/0", "1")]);
            let other = FakeBackend { listing: Some(lists(entries)), fetch: Some(Box::new(fetch)), ..other };
            let result = run(&other, TransferOptions { jobs, ..most_bytes(130) }).download("/t", &room.at("to"));
            let bytes: u64 = result.lines.iter().filter_map(|line| line.bytes).sum();
            assert!(bytes <= 130 && result.copied() > 0, "{jobs} {size:?}: {:?}", result.lines);
            assert!(result.kinds().iter().all(|kind| *kind == Kind::Limit));
            room.assert_nothing_in_the_making();
        }
    }
}

#[test]
fn a_file_that_came_to_nothing_leaves_its_room_to_the_others() {
    let room = Room::new();
    let other = FakeBackend::with(&[("/t/a", "0123456789"), ("/t/b", "0123456789"), ("/t/c", "0123456789")]);
    let fetch = |path: &str, _| (path == "/t/a").then(|| Ok(body(Some(10), vec![Ok(Bytes::from_static(b"0123"))])));
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..other };
    let result = run(&other, most_bytes(30)).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (2, vec![Kind::Unverified]));
}

#[test]
fn a_file_that_is_tried_again_counts_once() {
    let room = Room::new();
    let fetch = |_: &str, number| {
        let broken = crate::fake_backend::broken(true, Some(std::time::Duration::ZERO));
        (number < 3).then(|| Ok(body(Some(10), vec![Ok(Bytes::from_static(b"01234567")), Err(broken)])))
    };
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..FakeBackend::with(&[("/t/a", "0123456789")]) };
    let result =
        run(&other, TransferOptions { max_files: Some(1), ..most_bytes(10) }).download("/t", &room.at("to")).ok();
    assert_eq!((result.retried, room.read("to/a")), (2, "0123456789".to_owned()));
}

#[test]
fn what_is_skipped_is_not_fetched() {
    let (room, other) = (Room::with(&[("to/0", "mine"), ("to/1", "mine")]), numbered(4));
    let options = TransferOptions { if_exists: IfExists::Skip, ..most_files(4) };
    let result = run(&other, options).download("/t", &room.at("to")).ok();
    assert_eq!((result.copied(), other.count("fetch")), (2, 2));
}
