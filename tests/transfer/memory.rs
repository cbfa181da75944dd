//! A hundred thousand files need hardly more memory than a hundred.
//!
//! What the system says of a process is about all of it: each measurement is a process of its own,
//! which is this program once more with a variable set.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::stream::{self, StreamExt};
use wharf_client::backend::{GetResult, RemoteHash};
use wharf_core::body::{Attributes, Body};
use wharf_core::error::Result;
use wharf_core::model::{EntryKind, Receipt, RemotePath};
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::download::FileTarget;
use wharf_transfer::event::Silent;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::plan::{Destination, LocalSource};
use wharf_transfer::{Transfer, TransferOptions};

use crate::fake_backend::{FakeBackend, entry};
use crate::stage::{Room, options, session, wait_for};

const MEASURE: &str = "WHARF_TEST_MEASURE";

/// How much more memory a process may have needed.
const MORE: u64 = 20 << 20;

/// Files that touch no disk, and files that do.
const MANY: u64 = 100_000;
const SOME: u64 = 15_000;

/// Whether this process is the one that is measured; the other one starts it and waits.
fn measured(test: &str) -> bool {
    if std::env::var_os(MEASURE).is_some() {
        return true;
    }
    let me = std::env::current_exe().unwrap();
    let test = format!("memory::{test}");
    let done = Command::new(me).args(["--exact", &test, "--nocapture"]).env(MEASURE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&done.stderr));
    false
}

/// The most memory that this process ever had.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Works on few files first, so that only what grows with their number is measured.
fn stays_small(count: u64, work: impl Fn(u64)) {
    work(200);
    let before = peak();
    work(count);
    let more = peak() - before;
    println!("{} KiB more", more / 1024);
    assert!(more < MORE, "{more} bytes more");
}

/// A listing of `count` files of one byte.
fn listing(count: u64) -> FakeBackend {
    let listing = move |_: &RemotePath| {
        let path = |number| format!("/t/{}/a-file-with-a-name-of-some-length-{number}", number % 100);
        stream::iter(0..count).map(move |number| Ok(entry(&path(number), EntryKind::File, Some(1)))).boxed()
    };
    let fetch = |_: &str, _| {
        let body = Body::of_stream(Some(1), stream::iter([Ok(bytes::Bytes::from_static(b"x"))]).boxed());
        Some(Ok(GetResult { body, attributes: Attributes::default(), sha256: RemoteHash::Streamed, file_id: None }))
    };
    let other = FakeBackend::with(&[("/t/x", "")]);
    FakeBackend { listing: Some(Box::new(listing)), fetch: Some(Box::new(fetch)), forgets: true, ..other }
}

/// Gives the number of receipts, none of which is kept.
fn count(
    other: &FakeBackend,
    options: &TransferOptions,
    work: impl AsyncFnOnce(Transfer<'_>, &mut dyn FnMut(&Receipt) -> Result<()>),
) -> u64 {
    let mut count = 0;
    let cancellation = Cancellation::default();
    let transfer = Transfer { backend: other, options, observer: &Silent, cancellation: &cancellation };
    wait_for(work(transfer, &mut |receipt| {
        assert!(receipt.outcome.error().is_none(), "{receipt:?}");
        count += 1;
        Ok(())
    }));
    count
}

fn download(other: &FakeBackend, options: &TransferOptions, to: PathBuf) -> u64 {
    let to = Destination { path: to, as_directory: false, into: false };
    count(other, options, async |transfer, sink| {
        transfer.download(&[FileTarget::Session(session("/t"))], &to, true, sink).await.unwrap();
    })
}

fn upload(other: &FakeBackend, options: &TransferOptions, from: &Path) -> u64 {
    let to = Destination { path: session("/t"), as_directory: false, into: false };
    let source = LocalSource::look(from.to_str().unwrap(), None).unwrap();
    count(other, options, async |transfer, sink| {
        transfer.upload(std::slice::from_ref(&source), &to, sink).await.unwrap();
    })
}

#[test]
fn a_dry_run_of_a_hundred_thousand_files_holds_no_listing() {
    if measured("a_dry_run_of_a_hundred_thousand_files_holds_no_listing") {
        let room = Room::new();
        let dry_run = TransferOptions { dry_run: true, ..options() };
        stays_small(MANY, |count| assert_eq!(download(&listing(count), &dry_run, room.at("to")), count));
    }
}

#[test]
fn directories_that_a_filter_excludes_are_not_remembered() {
    if measured("directories_that_a_filter_excludes_are_not_remembered") {
        let room = Room::new();
        let exclude = [Rule::Exclude("x-*".into()), Rule::Include("/keep".into())];
        let filtered = TransferOptions { filter: Filter::new(&[], &exclude, None).unwrap(), ..options() };
        stays_small(5 * MANY, |count| {
            let path = |number| format!("/t/x-{number}-{}", "a-name-of-some-length-".repeat(5));
            let listing = move |_: &RemotePath| {
                let excluded = stream::iter(0..count).map(move |n| Ok(entry(&path(n), EntryKind::Directory, None)));
                excluded.chain(stream::iter([Ok(entry("/t/keep", EntryKind::File, Some(4)))])).boxed()
            };
            let other = FakeBackend { listing: Some(Box::new(listing)), ..FakeBackend::with(&[("/t/keep", "kept")]) };
            assert_eq!(download(&other, &filtered, room.at(&count.to_string())), 1);
        });
    }
}

#[test]
fn a_download_of_many_files_holds_no_listing() {
    if measured("a_download_of_many_files_holds_no_listing") {
        let room = Room::new();
        let eight = TransferOptions { jobs: 8, ..options() };
        stays_small(SOME, |count| assert_eq!(download(&listing(count), &eight, room.at(&count.to_string())), count));
    }
}

#[test]
fn an_upload_of_many_files_holds_no_tree() {
    if measured("an_upload_of_many_files_holds_no_tree") {
        let room = Room::new();
        let eight = TransferOptions { jobs: 8, ..options() };
        stays_small(SOME, |count| {
            let from = room.at(&count.to_string());
            for number in 0..count {
                let within = from.join((number % 100).to_string());
                if number < 100 {
                    fs::create_dir_all(&within).unwrap();
                }
                fs::write(within.join(number.to_string()), "x").unwrap();
            }
            let other = FakeBackend { forgets: true, ..FakeBackend::default() };
            assert_eq!(upload(&other, &eight, &from), count);
        });
    }
}
