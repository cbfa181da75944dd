//! After a sync the destination is the source, and nothing was deleted that it should have kept.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, StreamExt};
use wharf_client::backend::TimeOf;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{EntryKind, ReceiptStatus, Timestamp};
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::sync::SyncOptions;
use wharf_transfer::{Links, TransferOptions};

use crate::fake_backend::{FakeBackend, HashReport, Node, entry};
use crate::stage::{Room, Run, TransferResult, make_fifo, options, run};

const KEEP: SyncOptions = SyncOptions { delete: false, max_delete: None };
const DELETE: SyncOptions = SyncOptions { delete: true, max_delete: None };

fn room() -> Room {
    Room::with(&[("t/a", "aaa"), ("t/b", "bbb"), ("t/d/c", "ccc"), ("t/empty/", "")])
}

fn there() -> FakeBackend {
    FakeBackend::with(&[("/t/a", "aaa"), ("/t/b", "bbb"), ("/t/d/c", "ccc")])
}

fn up(other: &FakeBackend, source: &Path, how: SyncOptions) -> TransferResult {
    run(other, options()).sync_up(source, how, &mut Vec::new())
}

fn down(other: &FakeBackend, to: &Path, how: SyncOptions) -> TransferResult {
    run(other, options()).sync_down(to, how, &mut Vec::new())
}

fn excluding(patterns: &[&str]) -> TransferOptions {
    let rules: Vec<_> = patterns.iter().map(|pattern| Rule::Exclude((*pattern).into())).collect();
    TransferOptions { filter: Filter::new(&[], &rules, None).unwrap(), ..options() }
}

fn checksum() -> TransferOptions {
    TransferOptions { checksum: true, ..options() }
}

fn write_times() -> FakeBackend {
    FakeBackend { time_of: TimeOf::Write, knows: HashReport::Nothing, ..FakeBackend::default() }
}

#[test]
fn a_second_sync_transfers_nothing_and_asks_for_one_listing() {
    let (room, other) = (room(), FakeBackend::default());
    assert_eq!(up(&other, &room.at("t"), DELETE).ok().copied(), 3);
    assert!(other.content("/t/d/c").is_some());
    other.forget_calls();
    let again = up(&other, &room.at("t"), DELETE).ok();
    assert_eq!((again.count(ReceiptStatus::Skipped), again.lines.len()), (3, 3));
    let calls = ["put", "fetch", "mkdir", "remove", "resolve"].map(|call| other.count(call));
    assert_eq!((calls, other.count("list"), other.count("stat")), ([0; 5], 1, 1));

    assert_eq!(down(&other, &room.at("to"), DELETE).ok().copied(), 3);
    other.forget_calls();
    assert_eq!(down(&other, &room.at("to"), DELETE).ok().count(ReceiptStatus::Skipped), 3);
    assert_eq!((other.count("list"), other.count("stat"), other.count("fetch")), (1, 1, 0));
    assert_eq!(room.names("to"), ["a", "b", "d/", "d/c", "empty/"]);
}

#[test]
fn what_the_source_lacks_is_deleted_if_asked() {
    let (room, other) = (room(), there());
    other.set("/t/old/deep/x", Node::File(b"x".to_vec()));
    other.set("/t/link", Node::Link("/elsewhere".to_owned()));
    other.set("/t/pipe", Node::Fifo);
    other.set("/outside", Node::File(b"outside".to_vec()));
    assert_eq!(up(&other, &room.at("t"), KEEP).ok().count(ReceiptStatus::Deleted), 0);
    let result = up(&other, &room.at("t"), DELETE).ok();
    assert_eq!(other.asked("remove"), ["/t/pipe", "/t/old/deep/x", "/t/link", "/t/old/deep", "/t/old"]);
    assert_eq!((result.count(ReceiptStatus::Deleted), other.content("/outside").is_some()), (5, true));

    fs::create_dir_all(room.at("to/old/deep")).unwrap();
    fs::create_dir(room.at("kept")).unwrap();
    room.write("kept/file", "kept");
    room.write("to/old/deep/x", "x");
    symlink(room.at("kept"), room.at("to/link")).unwrap();
    symlink(room.at("kept/file"), room.at("to/old/file")).unwrap();
    make_fifo(&room.at("to/pipe"));
    assert_eq!(down(&other, &room.at("to"), KEEP).ok().count(ReceiptStatus::Deleted), 0);
    assert_eq!(down(&other, &room.at("to"), DELETE).ok().count(ReceiptStatus::Deleted), 6);
    assert_eq!(room.names("to"), ["a", "b", "d/", "d/c", "empty/"]);
    assert_eq!(room.read("kept/file"), "kept", "a link is deleted, and not what it points to");
}

#[test]
fn a_name_that_is_not_utf_8_is_deleted_like_others() {
    use std::os::unix::ffi::OsStrExt;
    let (room, other) = (Room::new(), there());
    let odd = room.at("to").join(std::ffi::OsStr::from_bytes(b"\xff"));
    fs::create_dir_all(&odd).unwrap();
    fs::write(odd.join("x"), "").unwrap();
    let result = down(&other, &room.at("to"), DELETE).ok();
    assert_eq!((result.count(ReceiptStatus::Deleted), room.names("to").len()), (2, 4), "{:?}", result.lines);
}

#[test]
fn what_is_excluded_is_neither_sent_nor_deleted() {
    let (room, other) = (room(), there());
    room.write("t/new.tmp", "");
    for path in ["/t/old.tmp", "/t/old/x.tmp", "/t/old/y", "/t/gone/y"] {
        other.set(path, Node::File(Vec::new()));
    }
    run(&other, excluding(&["*.tmp"])).sync_up(&room.at("t"), DELETE, &mut Vec::new()).ok();
    assert_eq!(other.files_there(), ["/t/a", "/t/b", "/t/d/c", "/t/old.tmp", "/t/old/x.tmp"]);

    for name in ["to/old.tmp", "to/old/x.tmp", "to/old/y", "to/gone/y", "to/cache/z"] {
        room.write(name, "");
    }
    other.set("/t/other.tmp", Node::File(Vec::new()));
    run(&other, excluding(&["*.tmp", "cache/"])).sync_down(&room.at("to"), DELETE, &mut Vec::new()).ok();
    let names = ["a", "b", "cache/", "cache/z", "d/", "d/c", "empty/", "old/", "old.tmp", "old/x.tmp"];
    assert_eq!(room.names("to"), names);
}

/// With `--include` first, only what it matches is part of the sync.
#[test]
fn what_is_not_included_is_not_deleted() {
    let (room, other) = (room(), there());
    room.write("to/d/x", "");
    room.write("to/d/old.csv", "");
    let only = Filter::new(&[], &[Rule::Include("*.csv".into())], None).unwrap();
    let options = TransferOptions { filter: only, ..options() };
    run(&other, options).sync_down(&room.at("to"), DELETE, &mut Vec::new()).ok();
    assert_eq!(room.names("to"), ["d/", "d/x"]);
}

#[test]
fn more_than_may_be_deleted_is_a_limit_before_anything_is_changed() {
    let (room, other) = (room(), there());
    room.write("to/old/x", "");
    let most = |max| SyncOptions { delete: true, max_delete: Some(max) };
    let result = down(&other, &room.at("to"), most(1)).fails(Kind::Limit);
    assert!(result.error().message().contains("2 entries"), "{}", result.error());
    assert_eq!((room.names("to"), other.count("fetch")), (vec!["old/".to_owned(), "old/x".to_owned()], 0));
    assert_eq!(down(&other, &room.at("to"), most(2)).ok().count(ReceiptStatus::Deleted), 2);
    let source = room.write("t2/a", "aaa");
    down(&other, source.parent().unwrap(), most(0)).ok();
    fs::remove_file(room.at("t2/b")).unwrap();
    up(&other, &room.at("t2"), most(0)).fails(Kind::Limit);
    assert_eq!((other.writes(), other.files_there().len()), (0, 3));
}

#[test]
fn an_incomplete_source_deletes_nothing() {
    let (room, other) = (room(), there());
    other.set("/t/old", Node::File(Vec::new()));
    symlink("/", room.at("t/outside")).unwrap();
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!((result.kinds(), other.count("remove")), (vec![Kind::Conflict], 0));

    // A listing that ends with an error, and one with an entry that cannot be read.
    for ending in [
        vec![Err(Error::new(Kind::Unavailable, "the page was cut off"))],
        vec![Ok(entry("/t/p", EntryKind::Other, None))],
    ] {
        room.write("to/mine", "mine");
        let entries = move |_: &_| {
            let file = Ok(entry("/t/a", EntryKind::File, Some(3)));
            stream::iter([file].into_iter().chain(ending.clone())).boxed()
        };
        let other = FakeBackend { listing: Some(Box::new(entries)), ..there() };
        let result = down(&other, &room.at("to"), DELETE).fails(Kind::Partial);
        assert_eq!((result.copied(), room.names("to")), (1, vec!["a".to_owned(), "mine".to_owned()]));
        fs::remove_dir_all(room.at("to")).unwrap();
    }
}

#[test]
fn a_source_that_cannot_be_listed_or_is_missing_changes_nothing() {
    let room = Room::with(&[("to/mine", "mine")]);
    let refuse = |call: &str, _: &str| (call == "list").then(|| Error::new(Kind::Unavailable, "not now"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..there() };
    down(&other, &room.at("to"), DELETE).fails(Kind::Unavailable);
    down(&FakeBackend::default(), &room.at("to"), DELETE).fails(Kind::NotFound);
    down(&FakeBackend::with(&[("/t", "a file")]), &room.at("to"), DELETE).fails(Kind::Usage);
    assert_eq!(room.names("to"), ["mine"]);
    let other = there();
    up(&other, &room.at("to/mine"), DELETE).fails(Kind::Usage);
    up(&FakeBackend::with(&[("/t", "a file")]), &room.at("to"), DELETE).fails(Kind::Conflict);
    assert_eq!(other.writes(), 0);
}

#[test]
fn a_source_of_which_a_part_is_removed_while_it_is_read_deletes_nothing() {
    // The source is removed after it was looked at, and before it is read.
    let other_room = room();
    let removed = other_room.at("t");
    let remove = move |call: &str, _: &str| {
        if call == "list" {
            fs::remove_dir_all(&removed).unwrap();
        }
        None
    };
    let other = FakeBackend { refuse: Some(Box::new(remove)), ..there() };
    let result = up(&other, &other_room.at("t"), DELETE).fails(Kind::NotFound);
    assert_eq!((result.lines.len(), other.files_there().len(), other.writes()), (1, 3, 0));

    // A part could not be read for the plan, and is whole again when the files are sent.
    let room = room();
    let link = room.at("t/link");
    let change = move |call: &str, _: &str| {
        match call {
            "stat" if !link.is_symlink() => symlink("missing", &link).unwrap(),
            "mkdir" => fs::remove_file(&link).unwrap(),
            _ => {}
        }
        None
    };
    let other = FakeBackend { refuse: Some(Box::new(change)), ..FakeBackend::default() };
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (3, vec![Kind::NotFound]));
}

/// A service answers the same for a path that is gone and for one of a session that is gone.
#[test]
fn a_session_that_is_gone_is_not_taken_for_one_without_what_is_deleted() {
    let (room, other) = (room(), there());
    other.set("/t/old", Node::File(Vec::new()));
    up(&other, &room.at("t"), KEEP).ok();
    let is_gone = AtomicUsize::new(0);
    let refuse = move |call: &str, path: &str| {
        let gone = is_gone.fetch_add(usize::from(call == "remove"), Ordering::Relaxed) + usize::from(call == "remove");
        (call == "remove" || gone > 0 && path == "/").then(|| Error::not_found("gone"))
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..other };
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!(result.kinds(), [Kind::NotFound]);
}

#[test]
fn a_destination_that_cannot_be_read_whole_keeps_everything() {
    let room = Room::with(&[("t/a", "aaa")]);
    let entries = |_: &_| {
        let old = Ok(entry("/t/old", EntryKind::File, Some(1)));
        stream::iter([old, Err(Error::new(Kind::Unavailable, "not this one"))]).boxed()
    };
    let other = FakeBackend { listing: Some(Box::new(entries)), ..there() };
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!((result.copied(), other.count("remove")), (1, 0));
}

#[test]
fn a_transfer_that_fails_deletes_nothing() {
    let (room, refuse) = (room(), |call: &str, path: &str| {
        (matches!(call, "put" | "fetch") && path == "/t/b").then(|| Error::new(Kind::Unavailable, "not now"))
    });
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::with(&[("/t/old", "x")]) };
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!((result.copied(), other.count("remove")), (2, 0));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..there() };
    room.write("to/old", "x");
    down(&other, &room.at("to"), DELETE).fails(Kind::Partial);
    assert_eq!(room.read("to/old"), "x");
}

#[test]
fn what_has_another_kind_is_replaced_with_delete_only() {
    let room = Room::with(&[("t/file", "f"), ("t/dir/x", "x"), ("t/link/y", "y"), ("t/same", "s")]);
    let other = FakeBackend::with(&[("/t/file/old", "o"), ("/t/dir", "d"), ("/outside/y", "theirs")]);
    other.set("/t/link", Node::Link("/outside".to_owned()));
    let result = up(&other, &room.at("t"), KEEP).fails(Kind::Partial);
    assert_eq!((result.kinds(), result.copied()), (vec![Kind::Conflict; 3], 1), "{:?}", result.lines);
    assert_eq!(up(&other, &room.at("t"), DELETE).ok().copied(), 3);
    assert_eq!(other.files_there(), ["/outside/y", "/t/dir/x", "/t/file", "/t/link/y", "/t/same"]);
    assert_eq!(other.content("/outside/y"), Some(b"theirs".to_vec()));

    let room = Room::with(&[("to/file/old", "o"), ("to/dir", "d"), ("outside/y", "mine")]);
    symlink(room.at("outside"), room.at("to/link")).unwrap();
    let result = down(&other, &room.at("to"), KEEP).fails(Kind::Partial);
    assert!(result.kinds().iter().all(|kind| *kind == Kind::Conflict) && result.copied() == 1, "{:?}", result.lines);
    assert_eq!(down(&other, &room.at("to"), DELETE).ok().copied(), 3);
    assert_eq!(room.names("to"), ["dir/", "dir/x", "file", "link/", "link/y", "same"]);
    assert_eq!(room.read("outside/y"), "mine");
}

#[test]
fn what_is_in_the_way_of_a_failure_stays() {
    let room = Room::with(&[("t/file", "f"), ("t/a", "a")]);
    let refuse =
        |call: &str, path: &str| (call == "put" && path == "/t/a").then(|| Error::new(Kind::Unavailable, "not now"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::with(&[("/t/file/old", "o")]) };
    let result = up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!((result.kinds().len(), other.files_there()), (2, vec!["/t/file/old".to_owned()]));
    // What is excluded in a directory keeps it, and so the file has no place.
    let other = FakeBackend::with(&[("/t/file/old.tmp", "o")]);
    let result =
        run(&other, excluding(&["*.tmp"])).sync_up(&room.at("t"), DELETE, &mut Vec::new()).fails(Kind::Partial);
    assert_eq!((result.kinds(), other.files_there().len()), (vec![Kind::Conflict], 2));
}

#[test]
fn a_link_at_the_destination_is_replaced_by_a_file_and_not_written_through() {
    let (room, other) = (Room::with(&[("outside", "mine")]), there());
    fs::create_dir(room.at("to")).unwrap();
    symlink(room.at("outside"), room.at("to/a")).unwrap();
    down(&other, &room.at("to"), DELETE).ok();
    assert_eq!((room.read("outside").as_str(), room.read("to/a").as_str()), ("mine", "aaa"));
    assert!(!room.at("to/a").is_symlink());
}

#[test]
fn links_that_the_source_skips_keep_what_is_at_the_destination() {
    let (room, other) = (room(), there());
    other.set("/t/link/x", Node::File(b"from a run that followed it".to_vec()));
    symlink("d", room.at("t/link")).unwrap();
    let skip = TransferOptions { links: Links::Skip, ..options() };
    run(&other, skip).sync_up(&room.at("t"), DELETE, &mut Vec::new()).ok();
    assert_eq!(other.count("remove"), 0);
}

#[test]
fn a_dry_run_predicts_and_changes_nothing() {
    let make = || {
        let room = Room::with(&[("t/same", "s"), ("t/new", "n"), ("t/file", "f"), ("t/dir/x", "x"), ("t/bare/", "")]);
        let files = [("/t/same", "s"), ("/t/old/x", "o"), ("/t/file/old", "o"), ("/t/dir", "d")];
        (room, FakeBackend::with(&files))
    };
    let lines = |result: &TransferResult| {
        let word = |status: ReceiptStatus| match status {
            ReceiptStatus::Planned => "copied",
            ReceiptStatus::PlannedDeletion => "deleted",
            other => other.word(),
        };
        let mut lines: Vec<_> =
            result.lines.iter().map(|line| format!("{} {:?}", word(line.status), line.destination)).collect();
        lines.sort();
        lines
    };
    for how in [KEEP, DELETE] {
        let (room, other) = make();
        let dry = run(&other, TransferOptions { dry_run: true, ..options() }).sync_up(&room.at("t"), how, &mut vec![]);
        assert_eq!((other.writes(), other.files_there().len()), (0, 4));
        let wet = up(&other, &room.at("t"), how);
        assert_eq!(lines(&dry), lines(&wet), "{how:?}");
        assert_eq!(dry.verdict.is_ok(), wet.verdict.is_ok());

        let (room, other) =
            (Room::with(&[("to/old/x", "o"), ("to/a/old", "o"), ("to/d", "d"), ("to/b", "bbb")]), there());
        let names = room.names("to");
        let dry =
            run(&other, TransferOptions { dry_run: true, ..options() }).sync_down(&room.at("to"), how, &mut vec![]);
        assert_eq!((room.names("to"), other.count("fetch")), (names, 0));
        let wet = down(&other, &room.at("to"), how);
        assert_eq!(lines(&dry), lines(&wet), "{how:?}");
    }
}

#[test]
fn what_is_excluded_is_in_the_way_in_a_dry_run_as_well() {
    let there = || FakeBackend::with(&[("/t/d/k.tmp", "k"), ("/t/a", "aaa")]);
    for pattern in ["d/", "*.tmp"] {
        for dry_run in [true, false] {
            let options = || TransferOptions { dry_run, ..excluding(&[pattern]) };
            let (room, other) = (Room::with(&[("t/d", "d"), ("to/d/k.tmp", "k")]), there());
            let up = run(&other, options()).sync_up(&room.at("t"), DELETE, &mut Vec::new()).fails(Kind::Conflict);
            let error = up.error();
            assert!(error.message().contains("the destination is a directory"), "{error}");
            assert!(error.hint_text().is_some_and(|hint| hint.contains("excluded")), "{error}");
            assert!(other.content("/t/d/k.tmp").is_some());

            let other = FakeBackend::with(&[("/t/d", "d"), ("/t/a", "aaa")]);
            let down = run(&other, options()).sync_down(&room.at("to"), DELETE, &mut Vec::new()).fails(Kind::Partial);
            let hints = down.lines.iter().filter_map(|line| line.error.as_ref()?.hint_text());
            assert!(hints.count() == 1 && room.names("to").contains(&"d/k.tmp".to_owned()));
        }
    }
}

/// Where a service keeps no times of sources, what wharf recorded decides.
#[test]
fn without_times_what_was_recorded_decides() {
    let (room, other, mut known) = (room(), write_times(), Vec::new());
    let mut sync = || run(&other, options()).sync_up(&room.at("t"), KEEP, &mut known).ok().copied();
    assert_eq!((sync(), sync()), (3, 0));
    other.set("/t/a", Node::File(b"AAA".to_vec()));
    assert_eq!(sync(), 1, "another program wrote to it");
    assert_eq!(other.content("/t/a"), Some(b"aaa".to_vec()));
    // The same content with another time is read and not sent, and then not read again.
    fs::write(room.at("t/b"), "bbb").unwrap();
    assert_eq!(sync(), 0);
    fs::write(room.at("t/b"), "BBB").unwrap();
    assert_eq!((sync(), sync()), (1, 0));
    assert_eq!(other.content("/t/b"), Some(b"BBB".to_vec()));

    let mut known = Vec::new();
    let mut sync = || run(&other, options()).sync_down(&room.at("to"), KEEP, &mut known).ok().copied();
    assert_eq!((sync(), sync()), (3, 0));
    other.set("/t/a", Node::File(b"AAA".to_vec()));
    assert_eq!((sync(), room.read("to/a").as_str()), (1, "AAA"));
    fs::write(room.at("to/a"), "mine").unwrap();
    fs::write(room.at("to/b"), "bbb").unwrap();
    assert_eq!((sync(), sync()), (2, 0));
    assert_eq!(run(&other, options()).sync_down(&room.at("to"), KEEP, &mut Vec::new()).ok().copied(), 3, "no record");
}

#[test]
fn a_change_while_others_are_sent_is_not_recorded() {
    let room = Room::with(&[("t/a", "aaa"), ("t/b", "bbb")]);
    // Their clock is ahead, and `b` was written again an hour after it was sent.
    let later = |seconds| Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let number = AtomicUsize::new(0);
    let listing = move |_: &_| {
        let file = |path: &str, seconds| {
            let mut entry = entry(path, EntryKind::File, Some(3));
            entry.modified_at = Some(later(seconds));
            Ok(entry)
        };
        let entries = match number.fetch_add(1, Ordering::SeqCst) {
            0 => Vec::new(),
            _ => vec![file("/t/a", 7200), file("/t/b", 10_800)],
        };
        stream::iter(entries).boxed()
    };
    let other = FakeBackend { listing: Some(Box::new(listing)), ..write_times() };
    other.set("/t", Node::Directory);
    let mut known = Vec::new();
    run(&other, options()).sync_up(&room.at("t"), KEEP, &mut known).ok();
    assert_eq!(known.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/t/a"]);
}

#[test]
fn with_checksum_a_content_of_the_same_size_and_time_is_sent() {
    for hashes_contents in [true, false] {
        let knows = if hashes_contents { HashReport::Streamed } else { HashReport::Nothing };
        let (room, other) = (room(), FakeBackend { knows, hashes_contents, ..FakeBackend::default() });
        let mut known = Vec::new();
        let mut sync = |options| run(&other, options).sync_up(&room.at("t"), KEEP, &mut known).ok().copied();
        assert_eq!((sync(options()), sync(checksum())), (3, 0), "{hashes_contents}");
        room.write("t/b", "BBB");
        assert_eq!((sync(options()), sync(checksum()), sync(checksum())), (0, 1, 0), "{hashes_contents}");
        // A new time alone is no difference.
        fs::write(room.at("t/a"), "aaa").unwrap();
        assert_eq!(sync(checksum()), 0);

        let mut known = Vec::new();
        let mut sync = |options| run(&other, options).sync_down(&room.at("to"), KEEP, &mut known).ok().copied();
        assert_eq!((sync(options()), sync(checksum())), (3, 0), "{hashes_contents}");
        let time = room.at("to/b").metadata().unwrap().modified().unwrap();
        fs::write(room.at("to/b"), "ccc").unwrap();
        fs::File::options().write(true).open(room.at("to/b")).unwrap().set_modified(time).unwrap();
        assert_eq!((sync(options()), sync(checksum()), sync(checksum())), (0, 1, 0), "{hashes_contents}");
        assert_eq!(room.read("to/b"), "BBB");
    }
    // Without a record and without hashes, nothing tells that a file is equal.
    let (room, other) = (room(), FakeBackend { knows: HashReport::Nothing, ..FakeBackend::default() });
    up(&other, &room.at("t"), KEEP).ok();
    assert_eq!(run(&other, checksum()).sync_up(&room.at("t"), KEEP, &mut Vec::new()).ok().copied(), 3);
}

/// A service may keep times in whole seconds.
#[test]
fn times_are_compared_as_precisely_as_both_sides_keep_them() {
    let (room, other) = (room(), FakeBackend::default());
    up(&other, &room.at("t"), KEEP).ok();
    for path in ["/t/a", "/t/b", "/t/d/c"] {
        other.change(path, |held| {
            let whole = held.modified_at.map(|time| Timestamp::from_second(time.as_second()).unwrap());
            held.modified_at = whole;
        });
    }
    assert_eq!(up(&other, &room.at("t"), KEEP).ok().copied(), 0);
    other.change("/t/a", |held| {
        held.modified_at = held.modified_at.map(|time| time + jiff::SignedDuration::from_secs(1));
    });
    assert_eq!(up(&other, &room.at("t"), KEEP).ok().copied(), 1);
}

#[test]
fn a_sync_that_is_interrupted_deletes_nothing_and_is_continued() {
    let room = Room::new();
    (0..20).for_each(|number| drop(room.write(&format!("t/{number:02}"), number.to_string())));
    let cancellation = wharf_transfer::cancellation::Cancellation::default();
    let asking = cancellation.clone();
    let refuse = move |call: &str, path: &str| {
        if call == "put" && path == "/t/12" && !asking.is_acknowledged() {
            asking.cancel(Kind::Interrupted);
        }
        None::<Error>
    };
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::with(&[("/t/old", "x")]) };
    let mut known = Vec::new();
    let stopped = Run { backend: &other, options: options(), cancellation };
    stopped.sync_up(&room.at("t"), DELETE, &mut known).fails(Kind::Interrupted);
    let kept = other.files_there().len() - 1;
    assert!((12..20).contains(&kept) && known.len() == kept && other.count("remove") == 0, "{kept} {}", known.len());
    assert_eq!(run(&other, options()).sync_up(&room.at("t"), DELETE, &mut known).ok().copied(), 20 - kept);
    assert_eq!(other.files_there().len(), 20);
}

#[test]
fn a_file_that_changes_during_a_sync_is_a_conflict_and_deletes_nothing() {
    let (room, old) = (room(), FakeBackend::with(&[("/t/old", "x")]));
    let large = room.write("t/large", vec![b'x'; 3 << 20]);
    let between = move |number: usize| {
        if number == 0 {
            fs::write(&large, "changed").unwrap();
        }
    };
    let other = FakeBackend { between: Some(Box::new(between)), ..old };
    up(&other, &room.at("t"), DELETE).fails(Kind::Partial);
    assert_eq!(other.count("remove"), 0);
}

#[test]
fn the_file_of_the_receipts_is_not_deleted() {
    use wharf_transfer::reserved::Reserved;
    let (room, other) = (Room::with(&[("to/log/receipts", "r"), ("to/old", "o")]), there());
    let reserved = Reserved::new(&room.at("to/log/receipts"));
    let options = TransferOptions { reserved, ..options() };
    run(&other, options).sync_down(&room.at("to"), DELETE, &mut Vec::new()).ok();
    assert_eq!(room.names("to"), ["a", "b", "d/", "d/c", "log/", "log/receipts"]);
}

#[test]
fn a_thousand_unchanged_files_are_compared_without_requests() {
    let (room, other) = (Room::new(), FakeBackend::default());
    for number in 0..1000 {
        let path = format!("/t/{}/{number}", number % 100);
        other.set(&path, Node::File(b"x".to_vec()));
    }
    let mut known = Vec::new();
    let first =
        run(&other, TransferOptions { jobs: 16, ..options() }).sync_down(&room.at("to"), DELETE, &mut known).ok();
    assert_eq!((first.copied(), known.len()), (1000, 1000));
    other.forget_calls();
    let second = down(&other, &room.at("to"), DELETE).ok();
    assert_eq!((second.count(ReceiptStatus::Skipped), other.count("fetch"), other.count("list")), (1000, 0, 1));
}
