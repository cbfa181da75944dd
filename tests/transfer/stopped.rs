//! A transfer that is asked to stop begins nothing more, drops what is running, and says so.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use wharf_core::error::Kind;
use wharf_core::model::{EntryKind, RemotePath};
use wharf_transfer::TransferOptions;
use wharf_transfer::cancellation::Cancellation;

use crate::fake_backend::{FakeBackend, Node, entry, numbered};
use crate::stage::{Room, Run, TransferResult, options};

/// Lets two files pass; asks to stop when three more are on their way, which never end.
fn hanging(cancellation: &Cancellation, why: Kind) -> FakeBackend {
    let (cancellation, begun) = (cancellation.clone(), Arc::new(AtomicUsize::new(0)));
    let pace = move |_: &str| {
        let number = begun.fetch_add(1, SeqCst);
        if number < 2 {
            return std::future::ready(()).boxed();
        }
        if number == 4 {
            cancellation.cancel(why);
        }
        pending().boxed()
    };
    FakeBackend { pace: Some(Box::new(pace)), ..numbered(20) }
}

fn check(result: &TransferResult, why: Kind) {
    assert_eq!((result.copied(), result.kinds()), (2, vec![why; 3]), "{:?}", result.lines);
    assert_eq!(result.lines.len(), 5, "nothing else was begun");
    for line in result.lines.iter().filter(|line| line.error.is_some()) {
        assert!(line.destination.is_some(), "{line:?}");
    }
}

fn three(backend: &FakeBackend, cancellation: Cancellation) -> Run<'_> {
    Run { backend, options: TransferOptions { jobs: 3, ..options() }, cancellation }
}

#[test]
fn an_upload_ends_with_what_is_done_and_settles_it() {
    for why in [Kind::Interrupted, Kind::Terminated, Kind::Deadline] {
        let (room, cancellation) = (Room::new(), Cancellation::default());
        (0..20).for_each(|number| drop(room.write(&format!("t/{number:02}"), "1")));
        let other = hanging(&cancellation, why);
        let before = other.files_there().len();
        let result = three(&other, cancellation).upload(&room.at("t"), "/u").fails(why);
        check(&result, why);
        assert_eq!((other.count("put"), other.files_there().len() - before), (5, 2));
        assert_eq!((other.now(), other.count("settle")), (0, 1), "what was running is gone, what is done is settled");
    }
}

#[test]
fn a_download_ends_with_what_is_done_and_leaves_nothing_half_written() {
    for why in [Kind::Interrupted, Kind::Deadline] {
        let (room, cancellation) = (Room::new(), Cancellation::default());
        let other = hanging(&cancellation, why);
        let result = three(&other, cancellation).download("/t", &room.at("to")).fails(why);
        check(&result, why);
        assert_eq!((other.count("fetch"), room.names("to").len(), other.now()), (5, 2, 0));
        room.assert_nothing_in_the_making();
    }
}

#[test]
fn uploading_to_the_store_ends_with_what_is_done() {
    let (room, cancellation) = (Room::new(), Cancellation::default());
    let sources: Vec<_> = (0..20).map(|number| room.write(&format!("{number}"), "1")).collect();
    let other = hanging(&cancellation, Kind::Interrupted);
    let result = three(&other, cancellation)
        .upload_to_store(&sources.iter().map(AsRef::as_ref).collect::<Vec<_>>())
        .fails(Kind::Interrupted);
    assert_eq!((result.copied(), result.kinds()), (2, vec![Kind::Interrupted; 3]));
    assert_eq!((other.count("upload"), other.count("settle")), (5, 1));
}

#[test]
fn what_was_half_fetched_is_gone_and_the_old_file_is_there() {
    let (room, cancellation) = (Room::with(&[("to/0", "old")]), Cancellation::default());
    let asking = cancellation.clone();
    let fetch = move |_: &str, _| {
        let asking = asking.clone();
        let first = stream::iter([Ok(bytes::Bytes::from_static(b"half"))]);
        let rest = stream::once(async move {
            asking.cancel(Kind::Interrupted);
            pending().await
        });
        let body = wharf_core::body::Body::of_stream(Some(8), first.chain(rest).boxed());
        let sha256 = wharf_client::backend::RemoteHash::Unknown;
        Some(Ok(wharf_client::backend::GetResult {
            body,
            attributes: wharf_core::body::Attributes::default(),
            sha256,
            file_id: None,
        }))
    };
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..numbered(1) };
    let result = three(&other, cancellation).download("/t", &room.at("to")).fails(Kind::Interrupted);
    assert_eq!(result.kinds(), [Kind::Interrupted]);
    assert_eq!((room.names("to"), room.read("to/0")), (vec!["0".to_owned()], "old".to_owned()));
}

#[test]
fn a_body_that_never_waits_can_be_cancelled_as_well() {
    let (room, cancellation) = (Room::new(), Cancellation::default());
    let asking = cancellation.clone();
    let fetch = move |_: &str, _| {
        let asking = asking.clone();
        let blocks = stream::iter(0..).map(move |number| {
            if number == 1000 {
                asking.cancel(Kind::Interrupted);
            }
            assert!(number < 1_000_000, "the cancellation was not noticed");
            Ok(bytes::Bytes::from_static(b"x"))
        });
        let body = wharf_core::body::Body::of_stream(None, blocks.boxed());
        let sha256 = wharf_client::backend::RemoteHash::Unknown;
        Some(Ok(wharf_client::backend::GetResult {
            body,
            attributes: wharf_core::body::Attributes::default(),
            sha256,
            file_id: None,
        }))
    };
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..numbered(1) };
    three(&other, cancellation).download("/t", &room.at("to")).fails(Kind::Interrupted);
    room.assert_nothing_in_the_making();
}

#[test]
fn a_listing_without_an_end_can_be_stopped_while_it_is_measured() {
    for waits in [false, true] {
        let (room, cancellation) = (Room::new(), Cancellation::default());
        let asking = cancellation.clone();
        let listing = move |_: &RemotePath| {
            let asking = asking.clone();
            let endless = stream::iter(0..).map(move |number| {
                if number == 1000 {
                    asking.cancel(Kind::Interrupted);
                }
                assert!(number < 1_000_000, "the cancellation was not noticed");
                Ok(entry(&format!("/t/{number}"), EntryKind::File, Some(1)))
            });
            if waits { endless.take(1001).chain(stream::pending()).boxed() } else { endless.boxed() }
        };
        let other = FakeBackend { listing: Some(Box::new(listing)), ..numbered(1) };
        let mut run = three(&other, cancellation);
        run.options.max_bytes = Some(u64::MAX);
        run.download("/t", &room.at("to")).fails(Kind::Interrupted);
        assert_eq!((other.count("fetch"), room.at("to").exists()), (0, false));
    }
}

#[test]
fn a_transfer_cancelled_before_its_start_does_nothing() {
    let (room, cancellation) = (Room::with(&[("t/a", "1"), ("t/d/b", "1")]), Cancellation::default());
    cancellation.cancel(Kind::Interrupted);
    let other = numbered(3);
    three(&other, cancellation.clone()).upload(&room.at("t"), "/u").fails(Kind::Interrupted);
    three(&other, cancellation.clone()).upload_to_store(&[&room.at("t/a")]).fails(Kind::Interrupted);
    three(&other, cancellation).download("/t", &room.at("to")).fails(Kind::Interrupted);
    assert_eq!((other.writes(), other.count("fetch"), room.at("to").exists()), (0, 0, false));
}

#[test]
fn waiting_for_another_try_can_be_stopped() {
    let (room, cancellation) = (Room::new(), Cancellation::default());
    let asking = cancellation.clone();
    let fetch = move |_: &str, _| {
        asking.cancel(Kind::Deadline);
        let broken = crate::fake_backend::broken(true, Some(std::time::Duration::from_secs(100)));
        Some(Ok(crate::fake_backend::body(None, vec![Err(broken)])))
    };
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..numbered(1) };
    three(&other, cancellation).download("/t", &room.at("to")).fails(Kind::Deadline);
    assert_eq!(other.count("fetch"), 1);
}

#[test]
fn a_transfer_registers_and_acknowledges_its_cancellation() {
    let cancellation = Cancellation::default();
    let seen = cancellation.clone();
    let pace = move |_: &str| {
        assert!(seen.is_registered() && !seen.is_acknowledged());
        seen.cancel(Kind::Interrupted);
        pending().boxed()
    };
    let (room, other) =
        (Room::with(&[("t/a", "1")]), FakeBackend { pace: Some(Box::new(pace)), ..FakeBackend::default() });
    other.set("/u", Node::Directory);
    three(&other, cancellation.clone()).upload(&room.at("t"), "/u").fails(Kind::Interrupted);
    assert!(!cancellation.is_registered(), "it is over");
}
