//! Downloads that are cut off in the middle are fetched again, so often and no more.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use wharf_core::error::{Error, Kind};
use wharf_transfer::TransferOptions;

use crate::fake_backend::{FakeBackend, body, broken};
use crate::stage::{Room, TransferResult, options, run};

const CONTENT: &str = "0123456789";

/// A file whose first `times` reads yield one half and then this error.
fn cut(times: usize, error: impl Fn() -> Error + Send + Sync + 'static) -> FakeBackend {
    let fetch = move |_: &str, number: usize| {
        let half = Ok(Bytes::from_static(b"01234"));
        (number <= times).then(|| Ok(body(Some(10), vec![half, Err(error())])))
    };
    FakeBackend { fetch: Some(Box::new(fetch)), ..FakeBackend::with(&[("/t/f", CONTENT)]) }
}

fn soon() -> Error {
    broken(true, Some(Duration::ZERO))
}

/// Downloads the file over an old one with this number of retries, alone and in a directory.
fn fetch(other: &FakeBackend, retries: u32, from: &str) -> (Room, TransferResult) {
    let room = Room::with(&[("to/f", "old")]);
    let to = if from == "/t" { room.at("to") } else { room.at("to/f") };
    let result = run(other, TransferOptions { retries, ..options() }).download(from, &to);
    assert_eq!(room.names("to"), ["f"], "nothing half-written remains");
    (room, result)
}

#[test]
fn what_was_cut_off_comes_whole_the_next_time() {
    for from in ["/t", "/t/f"] {
        for (cuts, retries) in [(0, 0), (1, 1), (2, 2), (2, 9)] {
            let other = cut(cuts, soon);
            let (room, result) = fetch(&other, retries, from);
            let result = result.ok();
            assert_eq!((result.retried, other.count("fetch")), (cuts, cuts + 1));
            assert_eq!((room.read("to/f").as_str(), result.most_passed), (CONTENT, 100));
            assert_eq!(result.only().verified.as_deref(), Some("sha256"));
        }
    }
}

#[test]
fn what_is_cut_off_too_often_is_unavailable_and_the_old_file_stays() {
    for from in ["/t", "/t/f"] {
        for (cuts, retries) in [(1, 0), (2, 1), (9, 3)] {
            let other = cut(cuts, soon);
            let (room, result) = fetch(&other, retries, from);
            let result = result.fails(Kind::Unavailable);
            assert_eq!((result.retried, other.count("fetch")), (retries as usize, retries as usize + 1));
            let after = format!("(after {} tries)", retries + 1);
            assert_eq!(result.error().message().contains(&after), retries > 0, "{}", result.error());
            assert_eq!(room.read("to/f"), "old");
        }
    }
}

#[test]
fn what_will_never_come_is_not_asked_for_again() {
    let errors: [fn() -> Error; 3] = [
        || broken(false, Some(Duration::ZERO)),
        || Error::new(Kind::Unavailable, "without a word on it"),
        || soon().of_kind(Kind::Auth),
    ];
    for error in errors {
        let other = cut(1, error);
        let (room, result) = fetch(&other, 5, "/t/f");
        let result = result.fails(error().kind());
        assert_eq!((result.retried, other.count("fetch"), room.read("to/f").as_str()), (0, 1, "old"));
    }
}

#[test]
fn the_other_side_says_how_long_to_wait() {
    let other = cut(2, || broken(true, Some(Duration::from_millis(300))));
    let began = Instant::now();
    fetch(&other, 2, "/t/f").1.ok();
    assert!(began.elapsed() >= Duration::from_millis(600), "{:?}", began.elapsed());
}

#[test]
fn others_go_on_while_one_waits_for_its_next_try() {
    let room = Room::new();
    let done = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&done);
    let fetch = move |path: &str, number: usize| {
        if path != "/t/a" {
            done.fetch_add(1, SeqCst);
            return None;
        }
        if number > 1 && done.load(SeqCst) == 5 {
            return None;
        }
        Some(Ok(body(Some(1), vec![Err(broken(true, None))])))
    };
    let files = ["/t/a", "/t/b", "/t/c", "/t/d", "/t/e", "/t/f"].map(|path| (path, "x"));
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..FakeBackend::with(&files) };
    run(&other, TransferOptions { jobs: 2, ..options() }).download("/t", &room.at("to")).ok();
    assert_eq!((room.names("to").len(), seen.load(SeqCst)), (6, 5));
}

#[test]
fn one_that_is_told_to_wait_makes_all_others_wait() {
    let wait = Duration::from_millis(400);
    let room = Room::new();
    let result = Arc::new(Mutex::new(None::<Instant>));
    let began = Arc::clone(&result);
    let early = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&early);
    let fetch = move |path: &str, number: usize| {
        let mut result = result.lock().unwrap();
        if path == "/t/a" && number == 1 {
            *result = Some(Instant::now());
            return Some(Ok(body(Some(1), vec![Err(broken(true, Some(wait)))])));
        }
        if result.is_some_and(|result| result.elapsed() < wait) {
            count.fetch_add(1, SeqCst);
        }
        None
    };
    let files = ["/t/a", "/t/b", "/t/c", "/t/d", "/t/e", "/t/f"].map(|path| (path, "x"));
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..FakeBackend::with(&files) };
    run(&other, TransferOptions { jobs: 2, ..options() }).download("/t", &room.at("to")).ok();
    assert_eq!(room.names("to").len(), 6);
    assert!(began.lock().unwrap().is_some());
    // One may have been on its way already.
    assert!(early.load(SeqCst) <= 1, "{} did not wait", early.load(SeqCst));
}

#[test]
fn a_body_that_just_ends_too_early_is_not_taken_for_whole() {
    let fetch_half = |_: &str, _| Some(Ok(body(Some(10), vec![Ok(Bytes::from_static(b"01234"))])));
    let other = FakeBackend { fetch: Some(Box::new(fetch_half)), ..FakeBackend::with(&[("/t/f", CONTENT)]) };
    let (room, result) = fetch(&other, 2, "/t/f");
    result.fails(Kind::Unverified);
    assert_eq!(room.read("to/f"), "old");
}

#[test]
fn what_was_streamed_in_part_is_not_begun_again() {
    let other = cut(1, soon);
    let (verdict, came) = run(&other, options()).stream(&["/t/f"]);
    assert_eq!((verdict.unwrap_err().kind(), came), (Kind::Unavailable, b"01234".to_vec()));
    assert_eq!(other.count("fetch"), 1);
}
