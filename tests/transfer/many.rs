//! Many files: the number of parallel transfers, independent results, one exit code.

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::sync::Barrier;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{EntryKind, ReceiptStatus};
use wharf_transfer::TransferOptions;

use crate::fake_backend::{FakeBackend, Node, Pace, entry, lists, numbered};
use crate::stage::{Room, TransferResult, options, run};

fn jobs(jobs: usize) -> TransferOptions {
    TransferOptions { jobs, ..options() }
}

/// Delays each operation by 2 ms.
fn slow() -> Pace {
    Box::new(|_| tokio::time::sleep(std::time::Duration::from_millis(2)).boxed())
}

/// Returns a pace that makes each transfer wait until `count` transfers wait.
fn together(count: usize) -> Pace {
    let barrier = Arc::new(Barrier::new(count));
    Box::new(move |_| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
        }
        .boxed()
    })
}

fn room_of(files: usize) -> Room {
    let room = Room::new();
    for number in 0..files {
        room.write(&format!("t/{number}"), number.to_string());
    }
    room
}

#[test]
fn never_more_are_on_their_way_than_allowed() {
    for most in [1, 2, 3, 8] {
        let (room, other) = (room_of(30), FakeBackend { pace: Some(slow()), ..FakeBackend::default() });
        run(&other, jobs(most)).upload(&room.at("t"), "/t").ok();
        assert_eq!(other.most_at_once(), most);
        let other = FakeBackend { pace: Some(slow()), ..numbered(30) };
        run(&other, jobs(most)).download("/t", &room.at("to")).ok();
        assert_eq!(other.most_at_once(), most);
        let other = FakeBackend { pace: Some(slow()), ..FakeBackend::default() };
        let sources: Vec<_> = (0..30).map(|number| room.at(&format!("t/{number}"))).collect();
        run(&other, jobs(most)).upload_to_store(&sources.iter().map(AsRef::as_ref).collect::<Vec<_>>()).ok();
        assert_eq!(other.most_at_once(), most);
    }
}

#[test]
fn eight_at_once_are_eight_at_once() {
    let (room, other) = (room_of(16), FakeBackend { pace: Some(together(8)), ..FakeBackend::default() });
    run(&other, jobs(8)).upload(&room.at("t"), "/t").ok();
    assert_eq!(other.most_at_once(), 8);
    let other = FakeBackend { pace: Some(together(8)), ..numbered(16) };
    run(&other, jobs(8)).download("/t", &room.at("to")).ok();
    assert_eq!(other.most_at_once(), 8);
    assert_eq!((room.names("to"), room.read("to/15")), (room.names("t"), "15".to_owned()));
}

#[test]
fn no_job_at_all_is_one() {
    let (room, other) = (room_of(3), FakeBackend::default());
    assert_eq!(run(&other, jobs(0)).upload(&room.at("t"), "/t").ok().copied(), 3);
}

#[test]
fn the_last_may_be_done_first() {
    let pace = |path: &str| {
        let wait = if path == "/t/0" { 50 } else { 0 };
        tokio::time::sleep(std::time::Duration::from_millis(wait)).boxed()
    };
    let (room, other) = (room_of(4), FakeBackend { pace: Some(Box::new(pace)), ..FakeBackend::default() });
    let result = run(&other, jobs(4)).upload(&room.at("t"), "/t").ok();
    assert_eq!(result.lines.last().unwrap().destination.as_deref(), Some("s1:/t/0"));
}

#[test]
fn a_listing_may_name_a_directory_after_what_is_in_it() {
    let room = Room::new();
    let other = FakeBackend::with(&[("/t/d/e/f", "1"), ("/t/d/g", "2")]);
    let entries = vec![
        entry("/t/d/e/f", EntryKind::File, Some(1)),
        entry("/t/d/g", EntryKind::File, Some(1)),
        entry("/t/d/e", EntryKind::Directory, None),
        entry("/t/d", EntryKind::Directory, None),
    ];
    let other = FakeBackend { listing: Some(lists(entries)), ..other };
    run(&other, jobs(3)).download("/t", &room.at("to")).ok();
    assert_eq!(room.names("to"), ["d/", "d/e/", "d/e/f", "d/g"]);
}

/// Uploads four files of which `bad` fail, with these kinds.
fn failing(bad: &'static [(&str, Kind)]) -> TransferResult {
    let room = room_of(4);
    let refuse = |call: &str, path: &str| {
        let hit = bad.iter().find(|(bad, _)| path.ends_with(bad) && call == "put");
        hit.map(|(_, kind)| Error::new(*kind, "as it was told to"))
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    let result = run(&other, jobs(2)).upload(&room.at("t"), "/t");
    assert_eq!((other.files_there().len(), other.count("settle")), (4 - bad.len(), 1));
    assert_eq!((result.copied(), result.kinds().len()), (4 - bad.len(), bad.len()));
    result
}

#[test]
fn one_that_fails_stops_no_other_and_the_verdict_is_partial() {
    failing(&[("0", Kind::Conflict)]).fails(Kind::Partial);
    failing(&[("1", Kind::Auth), ("2", Kind::Auth)]).fails(Kind::Partial);
}

#[test]
fn where_all_fail_alike_the_verdict_is_their_kind() {
    use Kind::{Auth, Conflict};
    failing(&[("0", Auth), ("1", Auth), ("2", Auth), ("3", Auth)]).fails(Auth);
    failing(&[("0", Auth), ("1", Auth), ("2", Conflict), ("3", Auth)]).fails(Kind::Partial);
}

#[test]
fn one_download_that_fails_stops_no_other() {
    let (room, other) = (Room::with(&[("to/1/", "")]), numbered(4));
    other.set("/t/fifo", Node::Fifo);
    let result = run(&other, jobs(2)).download("/t", &room.at("to")).fails(Kind::Partial);
    assert_eq!((result.copied(), result.count(ReceiptStatus::Failed)), (3, 2));
    let mut kinds = result.kinds();
    kinds.sort_by_key(|kind| kind.exit_code());
    assert_eq!(kinds, [Kind::Conflict, Kind::Unsupported]);
}

#[test]
fn a_source_that_disappears_is_one_failed_item() {
    let (room, other) = (room_of(1), FakeBackend::default());
    let run = run(&other, options());
    let result = crate::stage::wait_for(run.upload_all(&[&room.at("missing"), &room.at("t/0")], "/t/"));
    assert_eq!(result.fails(Kind::Partial).kinds(), [Kind::NotFound]);
    let result = run.upload_to_store(&[&room.at("missing"), &room.at("t/0")]).fails(Kind::Partial);
    assert_eq!((result.copied(), other.count("upload")), (1, 1));
    let other = numbered(1);
    let run = crate::stage::run(&other, options());
    let result = crate::stage::wait_for(run.download_all(&["/missing", "/t/0"], &room.at("to")));
    assert_eq!((result.fails(Kind::Partial).kinds(), room.names("to")), (vec![Kind::NotFound], vec!["0".to_owned()]));
}

#[test]
fn what_cannot_be_made_durable_is_no_success() {
    let refuse = |call: &str, _: &str| (call == "settle").then(|| Error::new(Kind::Unavailable, "not now"));
    let (room, other) = (room_of(2), FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() });
    run(&other, options()).upload(&room.at("t"), "/t").fails(Kind::Unavailable);
}
