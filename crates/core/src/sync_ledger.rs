//! A record of the files that `files sync` transferred, for backends that keep neither modification times nor hashes.
//!
//! Each line is about one path of one session: size and SHA-256 of the content, and the modification times of both copies
//! after the transfer. If the times are still those, both copies have that content. What wharf itself changes in a session
//! is taken out of the record before: if the change fails or wharf is killed, it is not known what is there.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::line_log::{LineLog, LineLogSpec};
use crate::model::{RemotePath, SessionId, SessionPath};

/// A line has about 300 bytes: the record holds some 200,000 files.
const LOG: LineLogSpec =
    LineLogSpec { name: "synced", subject: "record of synced files", most_bytes: 64 * 1024 * 1024 };

/// The number of outdated lines that are always accepted.
const OUTDATED: usize = 1000;

/// The record of synced files of one service or store.
pub struct SyncLedger {
    log: LineLog<SyncLine>,
    origin: String,
}

/// A file that was transferred, or found to be equal on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncedFile {
    /// The length of the content in bytes.
    pub size: u64,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The modification time in the session, if the service reports one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_modified_at: Option<Timestamp>,
    /// The modification time on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_modified_at: Option<Timestamp>,
}

/// The synced files below a path of a session.
#[derive(Debug, Default)]
pub struct SyncedFiles {
    files: HashMap<RemotePath, SyncedFile>,
    /// The number of lines of the record that cannot be read.
    pub damaged: usize,
}

impl SyncedFiles {
    /// Returns the newest record of a path.
    pub fn get(&self, path: &RemotePath) -> Option<&SyncedFile> {
        self.files.get(path)
    }
}

impl FromIterator<(RemotePath, SyncedFile)> for SyncedFiles {
    fn from_iter<I: IntoIterator<Item = (RemotePath, SyncedFile)>>(files: I) -> Self {
        SyncedFiles { files: files.into_iter().collect(), damaged: 0 }
    }
}

#[derive(Serialize, Deserialize)]
struct SyncLine {
    origin: String,
    session: String,
    path: String,
    /// What was transferred; `None` in a line that ends the validity of those before.
    #[serde(flatten)]
    file: Option<SyncedFile>,
}

impl SyncLedger {
    /// Creates a handle on the record in `dir`. `origin` identifies the service or store; lines of other origins are not
    /// returned or changed.
    pub fn new(dir: PathBuf, origin: String) -> Self {
        SyncLedger { log: LineLog::new(dir, LOG), origin }
    }

    /// Returns the path of the record.
    pub fn path(&self) -> PathBuf {
        self.log.path()
    }

    /// Returns the newest record of each file below a path. If most lines of the session are outdated, the record is
    /// compacted.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn below(&self, root: &SessionPath) -> Result<SyncedFiles> {
        let (mut found, mut lines) = (SyncedFiles::default(), 0);
        found.damaged = self.log.read(|line: SyncLine| {
            if line.origin != self.origin || line.session != root.session.as_str() {
                return;
            }
            if let Ok(path) = line.path.parse::<RemotePath>()
                && path.is_within(&root.path)
            {
                lines += 1;
                match line.file {
                    Some(file) => drop(found.files.insert(path, file)),
                    None => drop(found.files.remove(&path)),
                }
            }
        })?;
        if lines > 2 * found.files.len() + OUTDATED {
            self.compact()?;
        }
        Ok(found)
    }

    /// Records files of a session. If the record is full, its older half is removed first; returns the number of lines
    /// removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add(&self, session: &SessionId, files: impl IntoIterator<Item = (RemotePath, SyncedFile)>) -> Result<usize> {
        self.log.append(files.into_iter().map(|(path, file)| SyncLine {
            origin: self.origin.clone(),
            session: session.to_string(),
            path: path.to_string(),
            file: Some(file),
        }))
    }

    /// Ends the validity of what is recorded of files of a session, because they are about to be written.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn invalidate(&self, session: &SessionId, paths: &[RemotePath]) -> Result<()> {
        let ends = paths.iter().map(|path| SyncLine {
            origin: self.origin.clone(),
            session: session.to_string(),
            path: path.to_string(),
            file: None,
        });
        self.log.append(ends).map(drop)
    }

    /// Removes the lines of these paths and of what is below them.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn forget_below(&self, changed: &[SessionPath]) -> Result<()> {
        if changed.is_empty() {
            return Ok(());
        }
        let is_changed = |line: &SyncLine| {
            let mut here = changed.iter().filter(|at| line.session == at.session.as_str()).peekable();
            // Most lines are about other sessions.
            here.peek().is_some()
                && line.path.parse::<RemotePath>().is_ok_and(|path| here.any(|at| path.is_within(&at.path)))
        };
        self.log.retain(|line| line.origin != self.origin || !is_changed(line)).map(drop)
    }

    /// Removes the lines of a session that have no modification time there, so that a change by an agent would not show.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn forget_untimed(&self, session: &SessionId) -> Result<()> {
        let has_time = |line: &SyncLine| line.file.as_ref().is_some_and(|file| file.remote_modified_at.is_some());
        let keep = |line: &SyncLine| line.origin != self.origin || line.session != session.as_str() || has_time(line);
        self.log.retain(keep).map(drop)
    }

    /// Removes the lines of a session that was deleted.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn forget(&self, session: &SessionId) -> Result<()> {
        self.log.retain(|line| line.origin != self.origin || line.session != session.as_str()).map(drop)
    }

    /// Removes the record, which needs no room on the disk.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn clear(&self) -> Result<()> {
        self.log.remove()
    }

    /// Removes the lines that a later line about the same path follows.
    fn compact(&self) -> Result<()> {
        let (key, mut last, mut number) = (RandomState::new(), HashMap::new(), 0_usize);
        let hash = |line: &SyncLine| key.hash_one((&line.origin, &line.session, &line.path));
        self.log.read(|line: SyncLine| {
            number += 1;
            last.insert(hash(&line), number);
        })?;
        number = 0;
        // Lines that another process added meanwhile come last.
        let keep = |line: &SyncLine| {
            number += 1;
            last.get(&hash(line)).is_none_or(|last| number >= *last)
        };
        self.log.retain(keep).map(drop)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn ledger(dir: &Path, origin: &str) -> SyncLedger {
        SyncLedger::new(dir.join("home"), origin.to_owned())
    }

    fn at(session: &str, path: &str) -> SessionPath {
        SessionPath { session: session.parse().unwrap(), path: path.parse().unwrap() }
    }

    fn file(size: u64) -> SyncedFile {
        let time = Timestamp::from_second(i64::try_from(size).unwrap()).ok();
        SyncedFile { size, sha256: "0".repeat(64), remote_modified_at: None, local_modified_at: time }
    }

    fn add(ledger: &SyncLedger, session: &str, files: &[(&str, u64)]) {
        let files = files.iter().map(|(path, size)| (path.parse().unwrap(), file(*size)));
        ledger.add(&session.parse().unwrap(), files).unwrap();
    }

    fn sizes(ledger: &SyncLedger, session: &str, root: &str) -> Vec<u64> {
        let found = ledger.below(&at(session, root)).unwrap();
        let mut sizes: Vec<_> = found.files.values().map(|file| file.size).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn the_newest_line_of_each_path_counts_until_its_session_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (ledger(dir.path(), "one"), ledger(dir.path(), "other"));
        assert_eq!(sizes(&one, "s1", "/"), [0; 0]);
        add(&one, "s1", &[("/d/a", 1), ("/d/b", 2), ("/dd/c", 3)]);
        add(&one, "s1", &[("/d/a", 9)]);
        add(&one, "s2", &[("/d/a", 4)]);
        add(&other, "s1", &[("/d/a", 5)]);
        assert_eq!((sizes(&one, "s1", "/d"), sizes(&one, "s1", "/")), (vec![2, 9], vec![2, 3, 9]));
        assert_eq!(one.below(&at("s1", "/")).unwrap().get(&"/d/a".parse().unwrap()), Some(&file(9)));
        one.forget(&"s1".parse().unwrap()).unwrap();
        assert_eq!((sizes(&one, "s1", "/"), sizes(&one, "s2", "/")), (vec![], vec![4]));
        assert_eq!(sizes(&other, "s1", "/"), [5]);
    }

    #[test]
    fn outdated_lines_are_removed_when_they_are_the_most() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = ledger(dir.path(), "one");
        add(&ledger, "s2", &[("/a", 7)]);
        add(&ledger, "s1", &(0..OUTDATED as u64 + 10).map(|size| ("/a", size)).collect::<Vec<_>>());
        let before = ledger.path().metadata().unwrap().len();
        assert_eq!(sizes(&ledger, "s1", "/"), [OUTDATED as u64 + 9]);
        assert!(ledger.path().metadata().unwrap().len() < before / 100);
        assert_eq!((sizes(&ledger, "s1", "/"), sizes(&ledger, "s2", "/")), (vec![OUTDATED as u64 + 9], vec![7]));
    }

    #[test]
    fn what_is_changed_has_no_record_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let (ledger, other) = (ledger(dir.path(), "one"), ledger(dir.path(), "other"));
        let all = [("/d/a", 1), ("/d/b", 2), ("/dd/c", 3), ("/e", 4)];
        add(&ledger, "s1", &all);
        add(&ledger, "s2", &all);
        add(&other, "s1", &all);
        ledger.invalidate(&"s1".parse().unwrap(), &["/d/a", "/e"].map(|path| path.parse().unwrap())).unwrap();
        assert_eq!(sizes(&ledger, "s1", "/"), [2, 3]);
        add(&ledger, "s1", &[("/e", 4)]);
        add(&ledger, "s1", &[("/d/a", 9)]);
        assert_eq!(sizes(&ledger, "s1", "/"), [2, 3, 4, 9]);
        ledger.forget_below(&[at("s1", "/d"), at("s1", "/e")]).unwrap();
        assert_eq!((sizes(&ledger, "s1", "/"), sizes(&ledger, "s2", "/")), (vec![3], vec![1, 2, 3, 4]));
        let timed = SyncedFile { remote_modified_at: Some(Timestamp::UNIX_EPOCH), ..file(5) };
        ledger.add(&"s1".parse().unwrap(), [("/t".parse().unwrap(), timed)]).unwrap();
        ledger.forget_untimed(&"s1".parse().unwrap()).unwrap();
        assert_eq!((sizes(&ledger, "s1", "/"), sizes(&ledger, "s2", "/").len()), (vec![5], 4));
        assert_eq!(sizes(&other, "s1", "/"), [1, 2, 3, 4]);
    }
}
