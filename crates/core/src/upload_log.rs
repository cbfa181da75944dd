//! A log of the stored files that wharf uploaded for each session, so that they can be deleted together with it.
//!
//! A service that mounts copies of stored files keeps the originals when a session is deleted, and does not report
//! which session they were for. A line is added after an upload, and removed when the file is deleted.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::line_log::{LineLog, LineLogSpec};
use crate::model::{FileId, SessionId};

/// The log. A line has about 150 bytes.
const LOG: LineLogSpec = LineLogSpec { name: "uploads", subject: "record of uploads", most_bytes: 4 * 1024 * 1024 };

/// The log of uploads to one service or store.
pub struct UploadLog {
    log: LineLog<UploadRecord>,
    origin: String,
}

/// The log entries of one session.
#[derive(Debug, Default)]
pub struct SessionUploads {
    /// The stored files that were uploaded for the session, oldest first, without those that wharf deleted.
    pub files: Vec<FileId>,
    /// The number of log lines that cannot be read.
    pub damaged: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct UploadRecord {
    origin: String,
    #[serde(deserialize_with = "parsed")]
    session: SessionId,
    #[serde(deserialize_with = "parsed")]
    file: FileId,
    /// The time at which the service deletes the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

/// Deserializes a string with its `FromStr`.
fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(from: D) -> std::result::Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

impl UploadLog {
    /// Creates a handle on the log in `dir`. `origin` identifies the service or store; entries of other origins are not
    /// returned or changed.
    pub fn new(dir: PathBuf, origin: String) -> Self {
        UploadLog { log: LineLog::new(dir, LOG), origin }
    }

    /// Returns the path of the log.
    pub fn path(&self) -> PathBuf {
        self.log.path()
    }

    /// Records stored files that were uploaded for a session. If the log is full, its older half is removed first;
    /// returns the number of lines removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add(&self, session: &SessionId, files: &[FileId], expires_at: Option<Timestamp>) -> Result<usize> {
        let line = |file: &FileId| UploadRecord {
            origin: self.origin.clone(),
            session: session.clone(),
            file: file.clone(),
            expires_at,
        };
        self.log.append(files.iter().map(line))
    }

    /// Returns the stored files that were uploaded for a session.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn of(&self, session: &SessionId) -> Result<SessionUploads> {
        let (now, mut files) = (Timestamp::now(), Vec::new());
        let damaged = self.log.read(|line| {
            let stays = line.expires_at.is_none_or(|end| end > now);
            if stays && line.origin == self.origin && line.session == *session && !files.contains(&line.file) {
                files.push(line.file);
            }
        })?;
        Ok(SessionUploads { files, damaged })
    }

    /// Removes deleted stored files from the log; expired and unreadable lines go with them.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn remove(&self, files: &[FileId]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let now = Timestamp::now();
        let gone = |line: &UploadRecord| line.origin == self.origin && files.contains(&line.file);
        self.log.retain(|line| !gone(line) && line.expires_at.is_none_or(|end| end > now)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn log(dir: &Path, origin: &str) -> UploadLog {
        UploadLog::new(dir.join("a/home"), origin.to_owned())
    }

    fn file(number: usize) -> FileId {
        format!("file_{number}").parse().unwrap()
    }

    fn session(name: &str) -> SessionId {
        name.parse().unwrap()
    }

    fn files(log: &UploadLog, name: &str) -> Vec<String> {
        log.of(&session(name)).unwrap().files.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_are_kept_by_origin_and_session_until_they_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (log(dir.path(), "one"), log(dir.path(), "other"));
        assert_eq!(files(&one, "s1"), [""; 0]);
        one.remove(&[file(1)]).unwrap();
        one.add(&session("s1"), &[file(1), file(2)], None).unwrap();
        one.add(&session("s2"), &[file(3)], None).unwrap();
        other.add(&session("s1"), &[file(1)], None).unwrap();
        one.add(&session("s1"), &[file(2)], None).unwrap();
        assert_eq!(
            (files(&one, "s1"), files(&one, "s2")),
            (vec!["file_1".into(), "file_2".into()], vec!["file_3".into()])
        );
        one.remove(&[file(1)]).unwrap();
        assert_eq!((files(&one, "s1"), files(&other, "s1")), (vec!["file_2".to_owned()], vec!["file_1".to_owned()]));
    }

    #[test]
    fn what_expired_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path(), "one");
        let in_seconds = |seconds| Timestamp::now().checked_add(jiff::SignedDuration::from_secs(seconds)).ok();
        log.add(&session("s1"), &[file(1)], in_seconds(-1)).unwrap();
        log.add(&session("s1"), &[file(2)], in_seconds(3600)).unwrap();
        assert_eq!(files(&log, "s1"), ["file_2"]);
    }

    #[test]
    fn a_line_with_an_invalid_id_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path(), "one");
        log.add(&session("s1"), &[file(1)], None).unwrap();
        let mut text = std::fs::read_to_string(log.path()).unwrap();
        text.push_str("{\"origin\":\"one\",\"session\":\"s1\",\"file\":\"../x\"}\n");
        std::fs::write(log.path(), text).unwrap();
        let logged = log.of(&session("s1")).unwrap();
        assert_eq!((logged.files, logged.damaged), (vec![file(1)], 1));
    }
}
