//! A source that changes while it is read is never stored as good, and a retry begins at its start.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use wharf_core::error::Kind;
use wharf_core::pool::BLOCK;
use wharf_transfer::TransferOptions;

use crate::fake_backend::{FakeBackend, PutReport};
use crate::stage::{Room, age, options, run};

/// Bytes of several blocks, without a pattern that a block's length divides.
fn long() -> Vec<u8> {
    (0..=250).cycle().take(5 * BLOCK + 77).collect()
}

/// Uploads a file and a hundred others; `change` changes it after its second block was read.
fn upload_while(change: fn(&Path)) {
    for stored in [false, true] {
        let room = Room::new();
        let path = room.write("t/file", long());
        let (changing, once) = (path.clone(), std::sync::Once::new());
        let between = move |block| {
            if block == 1 {
                once.call_once(|| change(&changing));
            }
        };
        let other =
            FakeBackend { between: Some(Box::new(between)), tells: PutReport::Nothing, ..FakeBackend::default() };
        let run = run(&other, options());
        let result = if stored { run.upload_to_store(&[&path]) } else { run.upload(&room.at("t"), "/t") };
        assert_eq!(result.fails(Kind::Conflict).copied(), 0);
        assert!(other.files_there().is_empty(), "what is neither the old nor the new was stored");
    }
}

fn open(path: &Path) -> fs::File {
    OpenOptions::new().write(true).open(path).unwrap()
}

#[test]
fn a_source_that_is_written_to_in_front_of_the_reader_is_a_conflict() {
    upload_while(|path| open(path).write_all_at(b"new", 4 * BLOCK as u64).unwrap());
}

#[test]
fn a_source_that_is_written_to_behind_the_reader_is_a_conflict() {
    upload_while(|path| open(path).write_all_at(b"new", 0).unwrap());
}

#[test]
fn a_source_that_grows_is_a_conflict() {
    upload_while(|path| open(path).set_len(6 * BLOCK as u64).unwrap());
    // The modification time is set back, which hides the change.
    upload_while(|path| {
        open(path).set_len(6 * BLOCK as u64).unwrap();
        age(path);
    });
}

#[test]
fn a_source_that_shrinks_is_a_conflict() {
    upload_while(|path| open(path).set_len(4 * BLOCK as u64).unwrap());
    upload_while(|path| {
        open(path).set_len(4 * BLOCK as u64).unwrap();
        age(path);
    });
}

#[test]
fn a_source_that_is_emptied_is_a_conflict() {
    upload_while(|path| open(path).set_len(0).unwrap());
}

#[test]
fn a_source_that_is_emptied_and_written_again_is_a_conflict() {
    upload_while(|path| fs::write(path, vec![1; 5 * BLOCK + 77]).unwrap());
}

#[test]
fn a_source_that_is_replaced_is_a_conflict() {
    upload_while(|path| {
        let new = path.with_extension("new");
        fs::write(&new, long()).unwrap();
        age(&new);
        fs::rename(new, path).unwrap();
    });
}

#[test]
fn a_source_that_is_removed_is_a_conflict() {
    upload_while(|path| fs::remove_file(path).unwrap());
}

#[test]
fn a_source_that_was_replaced_after_the_plan_is_not_sent_with_the_old_ones_time() {
    let room = Room::with(&[("t/a", "a"), ("t/b", "old")]);
    let b = room.at("t/b");
    let between = move |_| {
        // Of the same length, and newer.
        fs::write(b.with_extension("new"), "new").unwrap();
        fs::rename(b.with_extension("new"), &b).unwrap();
    };
    let other = FakeBackend { between: Some(Box::new(between)), ..FakeBackend::default() };
    // Both were looked at when the first one is read.
    let options = TransferOptions { jobs: 2, ..options() };
    let run = run(&other, options);
    let result = crate::stage::wait_for(run.upload_all(&[&room.at("t/a"), &room.at("t/b")], "/t/"));
    let stored = other.content("/t/b");
    assert!(result.kinds() == [Kind::Conflict] && stored.is_none() || stored == Some(b"new".to_vec()), "{result:?}");
}

#[test]
fn a_retry_sends_all_of_it_again_and_counts_anew() {
    for half in [1, BLOCK, 3 * BLOCK, 6 * BLOCK] {
        let room = Room::new();
        let path = room.write("file", long());
        let other = FakeBackend { retries_after: Some(half), ..FakeBackend::default() };
        let result = run(&other, options()).upload(&path, "/file").ok();
        assert_eq!((other.content("/file"), result.most_passed), (Some(long()), 100), "{half}");
        let other = FakeBackend { retries_after: Some(half), ..FakeBackend::default() };
        assert_eq!(run(&other, options()).upload_to_store(&[&path]).ok().most_passed, 100);
        assert_eq!(other.content("/stored/file_file"), Some(long()));
    }
}

#[test]
fn a_source_that_changes_between_two_tries_is_a_conflict() {
    for change in [
        (|path| fs::write(path, vec![2; 5 * BLOCK + 77]).unwrap()) as fn(&Path),
        |path| open(path).set_len(1).unwrap(),
        |path| {
            fs::write(path.with_extension("new"), vec![2; 5 * BLOCK + 77]).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        },
    ] {
        let room = Room::new();
        let path = room.write("file", long());
        let source = wharf_core::body::LocalFile::new(&path).unwrap();
        let twice = async {
            let mut first = wharf_core::body::Source::open(&source).await.unwrap();
            first.next().await.unwrap();
            change(&path);
            let mut second = wharf_core::body::Source::open(&source).await?;
            while second.next().await?.is_some() {}
            Ok::<_, wharf_core::error::Error>(())
        };
        assert_eq!(crate::stage::wait_for(twice).unwrap_err().kind(), Kind::Conflict);
    }
}

#[test]
fn a_file_without_a_name_can_be_sent() {
    // As a shell hands over what stands in a script.
    use std::io::Write;
    use std::os::fd::AsRawFd;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"here").unwrap();
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let other = FakeBackend::default();
    let result = run(&other, options()).upload(Path::new(&path), "/here");
    if cfg!(target_os = "linux") {
        result.ok();
        assert_eq!(other.content("/here"), Some(b"here".to_vec()));
    }
}
