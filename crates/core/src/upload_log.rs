//! A log of the stored files that wharf uploaded for each session, so that they can be deleted together with it.
//!
//! A service that mounts copies of stored files keeps the originals when a session is deleted, and does not report
//! which session they were for. The log is one file, `uploads.jsonl` in `WHARF_HOME`, with one JSON object per line. A
//! line is added after an upload, and removed when the file is deleted. Access is serialized by a lock on a second
//! file. Lines that cannot be read are counted and ignored, so that no command fails because of them.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::str::FromStr;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::model::{FileId, SessionId};
use crate::platform;
use crate::staging;

/// The file name of the log.
const NAME: &str = "uploads.jsonl";

/// The name of the file that is locked while the log is read or changed.
const LOCK: &str = "uploads.lock";

/// The maximum size of the log in bytes. A line has about 150 bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The log of uploads to one service or store.
pub struct UploadLog {
    dir: PathBuf,
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

/// The parsed lines of the log.
#[derive(Default)]
struct LogContent {
    good: Vec<UploadRecord>,
    damaged: usize,
}

impl UploadLog {
    /// Creates a handle on the log in `dir`. `origin` identifies the service or store; entries of other origins are not
    /// returned or changed.
    pub fn new(dir: PathBuf, origin: String) -> Self {
        UploadLog { dir, origin }
    }

    /// Returns the path of the log.
    pub fn path(&self) -> PathBuf {
        self.dir.join(NAME)
    }

    /// Records stored files that were uploaded for a session. If the log is full, its older half is removed first;
    /// returns the number of lines removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn add(&self, session: &SessionId, files: &[FileId], expires_at: Option<Timestamp>) -> Result<usize> {
        if files.is_empty() {
            return Ok(0);
        }
        let line = |file: &FileId| UploadRecord {
            origin: self.origin.clone(),
            session: session.clone(),
            file: file.clone(),
            expires_at,
        };
        let text = write_lines(files.iter().map(line))?;
        let doing = |e: std::io::Error| self.failed("writing", &e);
        platform::create_private_dir(&self.dir).map_err(doing)?;
        let _lock = self.lock()?;
        let mut forgotten = 0;
        let length = if let Ok(meta) = std::fs::symlink_metadata(self.path()) {
            meta.len()
        } else {
            self.replace("")?;
            0
        };
        if length.saturating_add(text.len() as u64) > LARGEST {
            let mut lines = self.read()?;
            forgotten = lines.good.len() / 2 + lines.damaged;
            let kept = lines.good.split_off(lines.good.len() / 2);
            self.replace(&write_lines(kept)?)?;
        }
        let mut log = OpenOptions::new().read(true).append(true).open(self.path()).map_err(doing)?;
        // The last line may be incomplete because its process was killed.
        let whole = ends_a_line(&mut log).map_err(doing)?;
        let text = if whole { text } else { format!("\n{text}") };
        log.write_all(text.as_bytes()).map_err(doing)?;
        Ok(forgotten)
    }

    /// Returns the stored files that were uploaded for a session.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn of(&self, session: &SessionId) -> Result<SessionUploads> {
        if !self.exists() {
            return Ok(SessionUploads::default());
        }
        let _lock = self.lock()?;
        let lines = self.read()?;
        let (now, mut files) = (Timestamp::now(), Vec::new());
        for line in lines.good {
            let stays = line.expires_at.is_none_or(|end| end > now);
            if stays && line.origin == self.origin && line.session == *session && !files.contains(&line.file) {
                files.push(line.file);
            }
        }
        Ok(SessionUploads { files, damaged: lines.damaged })
    }

    /// Removes deleted stored files from the log; expired and unreadable lines go with them.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn remove(&self, files: &[FileId]) -> Result<()> {
        if files.is_empty() || !self.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        let mut lines = self.read()?;
        let (before, now) = (lines.good.len(), Timestamp::now());
        let gone = |line: &UploadRecord| line.origin == self.origin && files.contains(&line.file);
        lines.good.retain(|line| !gone(line) && line.expires_at.is_none_or(|end| end > now));
        if lines.good.len() == before { Ok(()) } else { self.replace(&write_lines(lines.good)?) }
    }

    fn exists(&self) -> bool {
        self.path().symlink_metadata().is_ok()
    }

    /// Locks the log until the returned file is dropped.
    fn lock(&self) -> Result<File> {
        let doing = |e: std::io::Error| self.failed("locking", &e);
        let options = OpenOptions::new().create(true).truncate(false).write(true).open(self.dir.join(LOCK));
        let file = options.map_err(doing)?;
        platform::set_mode(&file, 0o600).map_err(doing)?;
        file.lock().map_err(doing)?;
        Ok(file)
    }

    /// Reads the log. A log that other users can write to is not trusted, and counts as one damaged line.
    fn read(&self) -> Result<LogContent> {
        let doing = |e: std::io::Error| self.failed("reading", &e);
        let file = platform::open_regular(&self.path()).map_err(doing)?;
        if !platform::is_private(&file.metadata().map_err(doing)?) {
            return Ok(LogContent { good: Vec::new(), damaged: 1 });
        }
        let mut content = Vec::new();
        file.take(LARGEST * 2).read_to_end(&mut content).map_err(doing)?;
        let mut lines = LogContent::default();
        for line in content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice::<UploadRecord>(line) {
                Ok(line) => lines.good.push(line),
                Err(_) => lines.damaged += 1,
            }
        }
        Ok(lines)
    }

    /// Replaces the log atomically.
    fn replace(&self, content: &str) -> Result<()> {
        let write = || {
            let dir = Dir::open_ambient_dir(&self.dir, ambient_authority())?;
            staging::write_private(&dir, NAME, content.as_bytes())
        };
        write().map_err(|e| self.failed("writing", &e))
    }

    fn failed(&self, doing: &str, error: &std::io::Error) -> Error {
        Error::io(format!("{doing} the record of uploads `{}`", self.path().display()), error)
    }
}

/// Returns whether a file is empty or ends with a line break.
fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn write_lines(lines: impl IntoIterator<Item = UploadRecord>) -> Result<String> {
    let mut text = String::new();
    for line in lines {
        let json = serde_json::to_string(&line).map_err(|e| {
            Error::new(crate::error::Kind::Internal, format!("a line could not be written as JSON: {e}")).caused_by(&e)
        })?;
        text.push_str(&json);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
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
        assert!(!one.dir.exists(), "nothing is made before there is something to keep");
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
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&one.path()), mode(&one.dir)), (0o600, 0o700));
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
    fn a_damaged_log_is_read_as_far_as_it_goes() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path(), "one");
        log.add(&session("s1"), &[file(1)], None).unwrap();
        let mut handle = OpenOptions::new().append(true).open(log.path()).unwrap();
        handle.write_all(b"\xff\xfe\n{}\n{\"origin\":\"one\",\"session\":\"s1\",\"file\":\"../x\"}\n{\"orig").unwrap();
        log.add(&session("s1"), &[file(2)], None).unwrap();
        let logged = log.of(&session("s1")).unwrap();
        assert_eq!((logged.files.len(), logged.damaged), (2, 4));
        log.remove(&[file(1)]).unwrap();
        let logged = log.of(&session("s1")).unwrap();
        assert_eq!((logged.files.len(), logged.damaged), (1, 0), "it is whole again");
    }

    #[test]
    fn a_log_that_others_can_write_to_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path(), "one");
        log.add(&session("s1"), &[file(1)], None).unwrap();
        std::fs::set_permissions(log.path(), std::fs::Permissions::from_mode(0o666)).unwrap();
        let logged = log.of(&session("s1")).unwrap();
        assert!(logged.files.is_empty() && logged.damaged > 0, "{logged:?}");
    }

    #[test]
    fn a_full_log_forgets_its_oldest_lines_and_says_how_many() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path(), "one");
        let many: Vec<_> = (0..20_000).map(file).collect();
        let mut forgotten = 0;
        for number in 0..5 {
            forgotten += log.add(&session(&format!("session{number}")), &many, None).unwrap();
        }
        assert!(forgotten > 0);
        assert!(log.path().metadata().unwrap().len() <= LARGEST);
        assert_eq!(files(&log, "session4").len(), 20_000, "the newest stay");
    }

    #[test]
    fn many_at_once_lose_no_line() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let dir = dir.path();
                scope.spawn(move || {
                    for number in 0..25 {
                        let (log, id) = (log(dir, "one"), file(thread * 100 + number));
                        log.add(&session("s1"), std::slice::from_ref(&id), None).unwrap();
                        if number % 5 == 0 {
                            log.remove(&[id]).unwrap();
                        }
                    }
                });
            }
        });
        assert_eq!(files(&log(dir.path(), "one"), "s1").len(), 8 * 20);
    }
}
