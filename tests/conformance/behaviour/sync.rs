//! Syncs: the destination becomes the source, on every backend that can, and another run has nothing left to do.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wharf_client::backend::Feature;
use wharf_core::error::{Kind, Result};
use wharf_core::model::{Receipt, ReceiptStatus, RemotePath, SessionPath};
use wharf_core::sync_ledger::SyncedFile;
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::event::Silent;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::plan::LocalSource;
use wharf_transfer::sync::SyncOptions;
use wharf_transfer::{Transfer, TransferOptions};

use super::everywhere;
use crate::room::Room;
use crate::stage::Stage;

const KEEP: SyncOptions = SyncOptions { delete: false, max_delete: None };
const DELETE: SyncOptions = SyncOptions { delete: true, max_delete: None };

/// A local directory that is synced with `/tree` of a session, and what is recorded about that.
struct Pair<'a> {
    room: Room<'a>,
    at: SessionPath,
    disk: TempDir,
    known: Vec<(RemotePath, SyncedFile)>,
    options: TransferOptions,
}

/// The counts of the receipts: copied or planned, skipped, deleted or planned for that, failed.
type Counts = (usize, usize, usize, usize);

impl<'a> Pair<'a> {
    async fn new(stage: &'a Stage, files: &[(&str, &str)]) -> Self {
        let room = Room::new(stage).await;
        let (at, disk) = (room.at("tree"), tempfile::tempdir().unwrap());
        let options = TransferOptions { jobs: 4, ..TransferOptions::default() };
        let pair = Pair { room, at, disk, known: Vec::new(), options };
        for (name, content) in files {
            pair.write(name, content);
        }
        pair
    }

    fn local(&self, name: &str) -> PathBuf {
        self.disk.path().join("tree").join(name)
    }

    /// Writes a file of this machine that was changed last at a whole second, like all others.
    fn write(&self, name: &str, content: &str) {
        let path = self.local(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    async fn sync(&mut self, up: bool, how: SyncOptions) -> (Result<()>, Counts) {
        let cancellation = Cancellation::default();
        let backend = &*self.room.stage.backend;
        let transfer = Transfer { backend, options: &self.options, observer: &Silent, cancellation: &cancellation };
        let known = self.known.iter().cloned().collect();
        let plan = if up {
            let source = LocalSource::look(self.local(""), None).unwrap();
            transfer.plan_sync_upload(source, self.at.clone(), &how, known).await
        } else {
            transfer.plan_sync_download(self.at.clone(), self.local(""), &how, known).await
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => return (Err(error), (0, 0, 0, 0)),
        };
        let mut counts = (0, 0, 0, 0);
        let mut count = |receipt: &Receipt| {
            match receipt.outcome.status() {
                ReceiptStatus::Copied | ReceiptStatus::Planned => counts.0 += 1,
                ReceiptStatus::Skipped => counts.1 += 1,
                ReceiptStatus::Deleted | ReceiptStatus::PlannedDeletion => counts.2 += 1,
                ReceiptStatus::Failed => counts.3 += 1,
            }
            Ok(())
        };
        let verdict = transfer.sync(plan, &mut count, &|_| (), &mut self.known).await;
        (verdict, counts)
    }

    #[track_caller]
    fn ok((verdict, counts): (Result<()>, Counts)) -> Counts {
        verdict.unwrap_or_else(|error| panic!("{error}: {counts:?}"));
        counts
    }

    async fn up(&mut self, how: SyncOptions) -> Counts {
        Self::ok(self.sync(true, how).await)
    }

    async fn down(&mut self, how: SyncOptions) -> Counts {
        Self::ok(self.sync(false, how).await)
    }

    /// The files of the session below the root of the sync.
    async fn remote_files(&self) -> Vec<String> {
        let paths = self.room.paths().await;
        let below = paths.iter().filter_map(|path| path.strip_prefix("tree/"));
        below.filter(|path| !path.is_empty() && !path.ends_with('/')).map(str::to_owned).collect()
    }

    async fn remote(&self, name: &str) -> String {
        String::from_utf8(self.room.read(&format!("tree/{name}")).await.unwrap()).unwrap()
    }
}

fn files_of(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

const TREE: &[(&str, &str)] = &[("a", "aaa"), ("b", "bbb"), ("d/c", "ccc"), ("d/e/f", "fff")];

#[test]
fn a_second_sync_has_nothing_to_do_either_way() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        assert!(stage.capabilities().has(Feature::SyncUpload));
        assert_eq!(pair.up(DELETE).await, (4, 0, 0, 0));
        assert_eq!(pair.up(DELETE).await, (0, 4, 0, 0));
        assert_eq!(pair.remote("d/e/f").await, "fff");
        let (source, copy) = (pair.local(""), pair.disk.path().join("source"));
        fs::rename(source, &copy).unwrap();
        assert_eq!(pair.down(DELETE).await, (4, 0, 0, 0));
        assert_eq!(pair.down(DELETE).await, (0, 4, 0, 0));
        assert_eq!(files_of(&pair.local("")), files_of(&copy));
    });
}

#[test]
fn a_new_content_is_found_with_checksum_even_if_size_and_time_are_equal() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        pair.up(KEEP).await;
        pair.write("b", "BBB");
        assert_eq!(pair.up(KEEP).await.0, 0);
        pair.options.checksum = true;
        assert_eq!(pair.up(KEEP).await, (1, 3, 0, 0));
        assert_eq!(pair.up(KEEP).await, (0, 4, 0, 0));
        assert_eq!(pair.remote("b").await, "BBB");
    });
}

#[test]
fn what_an_agent_changed_is_replaced_by_the_source() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        pair.up(KEEP).await;
        pair.room.put("tree/a", b"by the agent").await.unwrap();
        pair.room.put("tree/new", b"by the agent").await.unwrap();
        assert_eq!(pair.up(KEEP).await, (1, 3, 0, 0));
        assert_eq!((pair.remote("a").await.as_str(), pair.remote("new").await.as_str()), ("aaa", "by the agent"));
        pair.room.put("tree/d/c", b"by the agent").await.unwrap();
        assert_eq!(pair.down(KEEP).await.0, 2);
        assert_eq!(fs::read_to_string(pair.local("d/c")).unwrap(), "by the agent");
    });
}

#[test]
fn deletions_are_counted_and_limited_and_predicted() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        pair.up(KEEP).await;
        fs::remove_dir_all(pair.local("d")).unwrap();
        let directories =
            pair.room.paths().await.iter().filter(|path| path.starts_with("tree/d") && path.ends_with('/')).count();
        let entries = 2 + directories;
        let (error, _) = pair.sync(true, SyncOptions { delete: true, max_delete: Some(entries as u64 - 1) }).await;
        let error = error.unwrap_err();
        assert!(error.kind() == Kind::Limit && error.message().contains(&format!("{entries} entries")), "{error}");
        assert_eq!(pair.remote_files().await.len(), 4);
        pair.options.dry_run = true;
        assert_eq!(pair.up(DELETE).await, (0, 2, entries, 0));
        assert_eq!(pair.remote_files().await.len(), 4);
        pair.options.dry_run = false;
        assert_eq!(pair.up(SyncOptions { delete: true, max_delete: Some(entries as u64) }).await, (0, 2, entries, 0));
        assert_eq!(pair.remote_files().await, ["a", "b"]);
        pair.write("old/x", "x");
        assert_eq!(pair.down(DELETE).await, (0, 2, 2, 0));
        assert_eq!(files_of(&pair.local("")), ["a", "b"]);
    });
}

#[test]
fn filters_apply_to_both_sides() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        pair.write("x.tmp", "local");
        pair.room.put("tree/y.tmp", b"remote").await.unwrap();
        pair.room.put("tree/old/y.tmp", b"remote").await.unwrap();
        pair.room.put("tree/old/z", b"remote").await.unwrap();
        pair.options.filter = Filter::new(&[], &[Rule::Exclude("*.tmp".into())], None).unwrap();
        assert_eq!(pair.up(DELETE).await, (4, 0, 1, 0));
        assert_eq!(pair.remote_files().await, ["a", "b", "d/c", "d/e/f", "old/y.tmp", "y.tmp"]);
        assert_eq!(pair.down(DELETE).await.2, 0);
        assert!(pair.local("x.tmp").exists() && !pair.local("y.tmp").exists());
    });
}

#[test]
fn a_source_that_cannot_be_read_whole_deletes_nothing() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, TREE).await;
        pair.up(KEEP).await;
        fs::remove_file(pair.local("a")).unwrap();
        std::os::unix::fs::symlink("/nowhere", pair.local("dangling")).unwrap();
        let (verdict, counts) = pair.sync(true, DELETE).await;
        assert_eq!((verdict.unwrap_err().kind(), counts), (Kind::Partial, (0, 3, 0, 1)));
        assert_eq!(pair.remote("a").await, "aaa");
    });
}

#[test]
fn a_file_and_a_directory_take_each_others_place() {
    everywhere(async |stage| {
        let mut pair = Pair::new(stage, &[("a/x", "x"), ("b", "b"), ("c", "c")]).await;
        pair.up(KEEP).await;
        fs::remove_dir_all(pair.local("a")).unwrap();
        fs::remove_file(pair.local("b")).unwrap();
        pair.write("a", "now a file");
        pair.write("b/y", "now in a directory");
        let (verdict, counts) = pair.sync(true, KEEP).await;
        assert_eq!((verdict.unwrap_err().kind(), counts), (Kind::Partial, (0, 1, 0, 2)));
        assert_eq!(pair.up(DELETE).await.0, 2);
        assert_eq!(pair.remote_files().await, ["a", "b/y", "c"]);
        assert_eq!(pair.up(DELETE).await, (0, 3, 0, 0));
    });
}
