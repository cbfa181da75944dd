//! What wharf remembers of the stored files that it uploaded.
//!
//! A service that mounts copies of stored files keeps the originals when a session is deleted, and does not report
//! which session they were for: one log has the files of each session, so that they can be deleted together with it, and
//! those that the session mounts besides. Another log has the files that were uploaded by name, so that an unchanged file is
//! not uploaded again, and no clean-up deletes them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::line_log::{LineLog, LineLogSpec};
use crate::model::{FileId, SessionId};

/// The log of files of sessions. A line has about 150 bytes.
const SESSIONS: LineLogSpec =
    LineLogSpec { name: "uploads", subject: "record of uploads", most_bytes: 4 * 1024 * 1024 };

/// The log of files that were uploaded by name. A line has about 350 bytes.
const NAMED: LineLogSpec =
    LineLogSpec { name: "stored-files", subject: "record of stored files", most_bytes: 4 * 1024 * 1024 };

/// The logs of uploads to one service or store.
pub struct UploadLog {
    sessions: LineLog<SessionFile>,
    named: LineLog<NamedFile>,
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

/// A stored file that was uploaded by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUpload {
    /// The stored file.
    #[serde(deserialize_with = "parsed")]
    pub file: FileId,
    /// The name of the stored file.
    pub name: String,
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The media type, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The time of the upload, if the service reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The time at which the service deletes the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Why a stored file is needed after the session for which it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileUse {
    /// It was uploaded by name.
    Named,
    /// These sessions mount it.
    Mounted(Vec<SessionId>),
}

#[derive(Debug, Serialize, Deserialize)]
struct SessionFile {
    origin: String,
    #[serde(deserialize_with = "parsed")]
    session: SessionId,
    #[serde(deserialize_with = "parsed")]
    file: FileId,
    /// The time at which the service deletes the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Whether the session mounts the file without having it uploaded for itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_mount: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct NamedFile {
    origin: String,
    #[serde(flatten)]
    upload: NamedUpload,
}

/// Deserializes a string with its `FromStr`.
fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(from: D) -> std::result::Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

/// Returns whether a file that expires at this time is there.
fn is_there(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_none_or(|end| end > now)
}

impl UploadLog {
    /// Creates a handle on the logs in `dir`. `origin` identifies the service or store; entries of other origins are not
    /// returned or changed.
    pub fn new(dir: PathBuf, origin: String) -> Self {
        UploadLog { sessions: LineLog::new(dir.clone(), SESSIONS), named: LineLog::new(dir, NAMED), origin }
    }

    /// Returns the path of the log of files of sessions.
    pub fn path(&self) -> PathBuf {
        self.sessions.path()
    }

    /// Records stored files that were uploaded for a session. If the log is full, its older half is removed first;
    /// returns the number of lines removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add(&self, session: &SessionId, files: &[FileId], expires_at: Option<Timestamp>) -> Result<usize> {
        self.sessions.append(files.iter().map(|file| self.line(session, file, expires_at, false)))
    }

    /// Records stored files that a session mounts without having them uploaded for itself; otherwise like
    /// [`UploadLog::add`].
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add_mounts(&self, session: &SessionId, files: &[FileId]) -> Result<usize> {
        self.sessions.append(files.iter().map(|file| self.line(session, file, None, true)))
    }

    fn line(&self, session: &SessionId, file: &FileId, expires_at: Option<Timestamp>, is_mount: bool) -> SessionFile {
        let origin = self.origin.clone();
        SessionFile { origin, session: session.clone(), file: file.clone(), expires_at, is_mount }
    }

    /// Returns the stored files that were uploaded for a session.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn of(&self, session: &SessionId) -> Result<SessionUploads> {
        let (now, mut files) = (Timestamp::now(), Vec::new());
        let damaged = self.sessions.read(|line| {
            let is_own = line.origin == self.origin && line.session == *session && !line.is_mount;
            if is_own && is_there(line.expires_at, now) && !files.contains(&line.file) {
                files.push(line.file);
            }
        })?;
        Ok(SessionUploads { files, damaged })
    }

    /// Returns which of `files` are needed besides by `session`, and why.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn uses(&self, files: &[FileId], session: Option<&SessionId>) -> Result<HashMap<FileId, FileUse>> {
        let mut uses = HashMap::new();
        if files.is_empty() {
            return Ok(uses);
        }
        self.sessions.read(|line| {
            let is_other = line.origin == self.origin && line.is_mount && session != Some(&line.session);
            if is_other && files.contains(&line.file) {
                match uses.entry(line.file).or_insert_with(|| FileUse::Mounted(Vec::new())) {
                    FileUse::Mounted(sessions) if !sessions.contains(&line.session) => sessions.push(line.session),
                    _ => {}
                }
            }
        })?;
        self.named.read(|line| {
            if line.origin == self.origin && files.contains(&line.upload.file) {
                uses.insert(line.upload.file, FileUse::Named);
            }
        })?;
        Ok(uses)
    }

    /// Records that a file that was uploaded for a session is kept for another one that mounts it.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn pass_on(&self, file: &FileId, from: Option<&SessionId>, to: &SessionId) -> Result<()> {
        self.sessions.retain(|line| {
            line.origin != self.origin || line.file != *file || from != Some(&line.session) && line.session != *to
        })?;
        self.sessions.append([self.line(to, file, None, false), self.line(to, file, None, true)]).map(drop)
    }

    /// Records that a session is gone, which mounts nothing any more. What was uploaded for it stays in the log.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn remove_mounts(&self, session: &SessionId) -> Result<()> {
        let is_its = |line: &SessionFile| line.origin == self.origin && line.session == *session && line.is_mount;
        self.sessions.retain(|line| !is_its(line)).map(drop)
    }

    /// Removes deleted stored files from the logs; expired and unreadable lines go with them.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn remove(&self, files: &[FileId]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let now = Timestamp::now();
        let is_gone = |origin: &str, file: &FileId, expires_at| {
            origin == self.origin && files.contains(file) || !is_there(expires_at, now)
        };
        self.sessions.retain(|line| !is_gone(&line.origin, &line.file, line.expires_at))?;
        self.named.retain(|line| !is_gone(&line.origin, &line.upload.file, line.upload.expires_at)).map(drop)
    }

    /// Records stored files that were uploaded by name; otherwise like [`UploadLog::add`].
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add_named(&self, uploads: Vec<NamedUpload>) -> Result<usize> {
        let line = |upload| NamedFile { origin: self.origin.clone(), upload };
        self.named.append(uploads.into_iter().map(line))
    }

    /// Returns the stored files that were uploaded by name, oldest first. Lines that cannot be read are ignored.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn named(&self) -> Result<Vec<NamedUpload>> {
        let (now, mut uploads) = (Timestamp::now(), Vec::new());
        self.named.read(|line| {
            if line.origin == self.origin && is_there(line.upload.expires_at, now) {
                uploads.push(line.upload);
            }
        })?;
        Ok(uploads)
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

    fn named(number: usize) -> NamedUpload {
        let (name, sha256) = (format!("name {number}"), "0".repeat(64));
        NamedUpload { file: file(number), name, size: 1, sha256, mime_type: None, created_at: None, expires_at: None }
    }

    fn in_seconds(seconds: i64) -> Option<Timestamp> {
        Timestamp::now().checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
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
        log.add(&session("s1"), &[file(1)], in_seconds(-1)).unwrap();
        log.add(&session("s1"), &[file(2)], in_seconds(3600)).unwrap();
        assert_eq!(files(&log, "s1"), ["file_2"]);
        let expired = NamedUpload { expires_at: in_seconds(-1), ..named(1) };
        let kept = NamedUpload { expires_at: in_seconds(3600), ..named(2) };
        log.add_named(vec![expired, kept.clone()]).unwrap();
        assert_eq!(log.named().unwrap(), [kept]);
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

    #[test]
    fn a_file_is_needed_if_it_was_uploaded_by_name_or_another_session_mounts_it() {
        let dir = tempfile::tempdir().unwrap();
        let (log, other) = (log(dir.path(), "one"), log(dir.path(), "other"));
        let (s1, s2) = (session("s1"), session("s2"));
        log.add(&s1, &[file(1), file(2), file(3)], None).unwrap();
        log.add_mounts(&s2, &[file(1), file(1)]).unwrap();
        log.add_mounts(&s1, &[file(2)]).unwrap();
        log.add_named(vec![named(3)]).unwrap();
        other.add_mounts(&s2, &[file(2)]).unwrap();
        let all = [file(1), file(2), file(3)];
        let expected = HashMap::from([(file(1), FileUse::Mounted(vec![s2.clone()])), (file(3), FileUse::Named)]);
        assert_eq!(log.uses(&all, Some(&s1)).unwrap(), expected);
        assert_eq!(files(&log, "s2"), [""; 0], "what is only mounted is not deleted with its session");
        log.pass_on(&file(1), Some(&s1), &s2).unwrap();
        assert_eq!((files(&log, "s1").len(), files(&log, "s2")), (2, vec!["file_1".to_owned()]));
        log.remove_mounts(&s2).unwrap();
        assert_eq!(log.uses(&[file(1)], None).unwrap(), HashMap::new());
        log.remove(&[file(3)]).unwrap();
        assert_eq!((log.named().unwrap(), files(&log, "s1")), (vec![], vec!["file_2".to_owned()]));
    }
}
