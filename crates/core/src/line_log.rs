//! Logs of wharf's own in `WHARF_HOME`: facts that no service reports, such as what was uploaded and when.
//!
//! A log is a file `NAME.jsonl` with one JSON object per line. Lines are appended in batches, and a later line counts more
//! than an earlier one about the same thing, so that a reader puts them into a map. Access is serialized by a lock on a
//! second file, `NAME.lock`. Lines that cannot be read are counted and ignored, so that no command has to fail because
//! of a log. A log is bounded: the older half of a full one is removed.
//!
//! A type of line is a struct with serde's traits, and a log of it is wrapped in a public type that knows what a line is
//! about, as [`upload_log`](crate::upload_log) does:
//!
//! ```text
//! const LOG: LineLogSpec = LineLogSpec { name: "paths", subject: "record of session files", most_bytes: 16 << 20 };
//! #[derive(Serialize, Deserialize)]
//! struct PathRecord { origin: String, session: SessionId, path: RemotePath, size: u64, sha256: String }
//!
//! let log: LineLog<PathRecord> = LineLog::new(home, LOG);
//! log.read(|line| drop(known.insert(line.path.clone(), line)))?;   // once for each command, one line in memory at a time
//! log.append(batch.drain(..))?;                                    // many lines under one lock
//! log.retain(|line| line.session != deleted)?;                     // drop what a deletion made invalid
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::PathBuf;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Kind, Result};
use crate::platform;
use crate::staging::StagingEntry;

/// The longest line, in bytes. Paths of sessions have at most a sixteenth of it.
const LINE_BYTES: u64 = 64 * 1024;

/// The number of bytes that are written at once.
const BATCH_BYTES: usize = 256 * 1024;

/// What a log is for and how large it may become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineLogSpec {
    /// The name of its file without the ending.
    pub(crate) name: &'static str,
    /// What the log is, for messages: `record of uploads`.
    pub(crate) subject: &'static str,
    /// The maximum size of its file in bytes.
    pub(crate) most_bytes: u64,
}

/// A log with lines of type `T`.
pub(crate) struct LineLog<T> {
    dir: PathBuf,
    spec: LineLogSpec,
    lines: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> LineLog<T> {
    /// Creates a handle on the log in `dir`. Nothing is created before the first line.
    pub(crate) fn new(dir: PathBuf, spec: LineLogSpec) -> Self {
        LineLog { dir, spec, lines: PhantomData }
    }

    /// Returns the path of the log.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(self.file_name())
    }

    /// Appends lines under one lock. If the log becomes too large, its older half is removed first; returns the number of
    /// lines removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub(crate) fn append(&self, lines: impl IntoIterator<Item = T>) -> Result<usize> {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_none() {
            return Ok(0);
        }
        let doing = |e: io::Error| self.failed("writing", &e);
        platform::create_private_dir(&self.dir).map_err(doing)?;
        let _lock = self.lock()?;
        let mut forgotten = 0;
        while lines.peek().is_some() {
            let mut text = Vec::new();
            while let Some(line) = lines.next_if(|_| text.len() < BATCH_BYTES) {
                write_line(&mut text, &line)?;
            }
            forgotten += self.make_room(text.len() as u64)?;
            self.write(text).map_err(doing)?;
        }
        Ok(forgotten)
    }

    /// Calls `found` with each line, oldest first; returns the number of lines that cannot be read. The lock is held
    /// meanwhile, so `found` must not use the log.
    ///
    /// # Errors
    /// Those of the disk, usually `io`. A log that does not exist has no lines.
    pub(crate) fn read(&self, mut found: impl FnMut(T)) -> Result<usize> {
        if !self.exists() {
            return Ok(0);
        }
        let _lock = self.lock()?;
        let mut damaged = 0;
        self.each(|line, _| match line {
            ReadLine::Whole(_, line) => {
                found(line);
                Ok(())
            }
            ReadLine::Damaged => {
                damaged += 1;
                Ok(())
            }
        })?;
        Ok(damaged)
    }

    /// Removes the lines for which `keep` returns false. If there is one, lines that cannot be read go with it. Returns the
    /// number of lines removed.
    ///
    /// # Errors
    /// Those of the disk, usually `io`: the log is unchanged.
    pub(crate) fn retain(&self, mut keep: impl FnMut(&T) -> bool) -> Result<usize> {
        if !self.exists() {
            return Ok(0);
        }
        let _lock = self.lock()?;
        self.rewrite(|line, _| keep(line), false)
    }

    /// Removes all lines. That works on a full disk, too.
    ///
    /// # Errors
    /// Those of the disk, usually `io`: the log is unchanged.
    pub(crate) fn remove(&self) -> Result<()> {
        match fs::remove_file(self.path()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(self.failed("removing", &e)),
            _ => Ok(()),
        }
    }

    fn exists(&self) -> bool {
        self.path().symlink_metadata().is_ok()
    }

    fn file_name(&self) -> String {
        format!("{}.jsonl", self.spec.name)
    }

    /// Locks the log until the returned file is dropped.
    fn lock(&self) -> Result<File> {
        let doing = |e: io::Error| self.failed("locking", &e);
        let path = self.dir.join(format!("{}.lock", self.spec.name));
        platform::lock_private(&path).map_err(doing)
    }

    /// Prepares the file for `more` bytes; returns the number of lines that were removed for them.
    fn make_room(&self, more: u64) -> Result<usize> {
        let meta = match self.path().symlink_metadata() {
            Ok(meta) if platform::is_private(&meta) => meta,
            // Another user may have written it, or it is a link.
            _ => return self.replace(|_| Ok(Some(0))),
        };
        if meta.len().saturating_add(more) <= self.spec.most_bytes {
            return Ok(0);
        }
        // Counted from the end, since the file of another program may have any length.
        let half = meta.len().saturating_sub(self.spec.most_bytes / 2);
        self.rewrite(|_, begins| begins >= half, true)
    }

    fn write(&self, mut text: Vec<u8>) -> io::Result<()> {
        // Opened for reading first: that waits for no pipe.
        drop(platform::open_regular(&self.path())?);
        let mut log = OpenOptions::new().read(true).append(true).open(self.path())?;
        // The last line may be incomplete because its process was killed.
        if !ends_a_line(&mut log)? {
            text.insert(0, b'\n');
        }
        log.write_all(&text)
    }

    /// Calls `found` with each line and the position at which it begins.
    fn each(&self, mut found: impl FnMut(ReadLine<'_, T>, u64) -> Result<()>) -> Result<()> {
        let doing = |e: io::Error| self.failed("reading", &e);
        let file = platform::open_regular(&self.path()).map_err(doing)?;
        if !platform::is_private(&file.metadata().map_err(doing)?) {
            // Another user may have written it.
            return found(ReadLine::Damaged, 0);
        }
        let (mut lines, mut line, mut begins) = (BufReader::new(file), Vec::new(), 0);
        // A file that is much longer than it may be is not of this log.
        while begins < self.spec.most_bytes.saturating_mul(2) {
            line.clear();
            let length = lines.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line).map_err(doing)? as u64;
            if length == 0 {
                return Ok(());
            }
            match serde_json::from_slice(&line) {
                _ if line == b"\n" => {}
                Ok(parsed) => found(ReadLine::Whole(&line, parsed), begins)?,
                Err(_) => found(ReadLine::Damaged, begins)?,
            }
            begins += length;
        }
        found(ReadLine::Damaged, begins)
    }

    /// Removes the lines for which `keep` returns false, and those that cannot be read. `keep` gets the position of the line
    /// too. The file is replaced if `keep` removes a line, or `always`. Returns the number of lines removed.
    fn rewrite(&self, mut keep: impl FnMut(&T, u64) -> bool, always: bool) -> Result<usize> {
        self.replace(|file| {
            let doing = |e: io::Error| self.failed("writing", &e);
            let (mut removed, mut damaged, mut kept) = (0, 0, BufWriter::new(file));
            self.each(|line, begins| match line {
                ReadLine::Whole(text, line) if keep(&line, begins) => {
                    kept.write_all(text.trim_ascii_end()).and_then(|()| kept.write_all(b"\n")).map_err(doing)
                }
                ReadLine::Whole(..) => {
                    removed += 1;
                    Ok(())
                }
                ReadLine::Damaged => {
                    damaged += 1;
                    Ok(())
                }
            })?;
            kept.flush().map_err(doing)?;
            Ok((removed > 0 || always).then_some(removed + damaged))
        })
    }

    /// Replaces the file atomically with what `write` writes, unless that returns `None`. Returns the number from `write`.
    fn replace(&self, write: impl FnOnce(&mut File) -> Result<Option<usize>>) -> Result<usize> {
        let doing = |e: io::Error| self.failed("writing", &e);
        let dir = Dir::open_ambient_dir(&self.dir, ambient_authority()).map_err(doing)?;
        let mut file = StagingEntry::file(&dir).map_err(doing)?;
        platform::set_mode(file.handle(), 0o600).map_err(doing)?;
        let Some(removed) = write(file.handle())? else { return Ok(0) };
        file.persist(&dir, self.file_name()).map_err(doing)?;
        Ok(removed)
    }

    fn failed(&self, doing: &str, error: &io::Error) -> Error {
        Error::io(format!("{doing} the {} `{}`", self.spec.subject, self.path().display()), error)
    }
}

/// A line of the file, with its text if it can be read.
enum ReadLine<'a, T> {
    Whole(&'a [u8], T),
    Damaged,
}

fn write_line(text: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *text, line)
        .map_err(|e| Error::new(Kind::Internal, format!("a line could not be written as JSON: {e}")).caused_by(&e))?;
    text.push(b'\n');
    Ok(())
}

/// Returns whether a file is empty or ends with a line break.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Fact {
        of: u32,
        text: String,
    }

    const KIND: LineLogSpec = LineLogSpec { name: "facts", subject: "record of facts", most_bytes: 64 * 1024 };

    fn log(dir: &Path) -> LineLog<Fact> {
        LineLog::new(dir.join("a/home"), KIND)
    }

    fn fact(of: u32) -> Fact {
        Fact { of, text: format!("fact {of}") }
    }

    fn facts(log: &LineLog<Fact>) -> (Vec<u32>, usize) {
        let mut all = Vec::new();
        let damaged = log.read(|fact| all.push(fact.of)).unwrap();
        (all, damaged)
    }

    #[test]
    fn lines_are_appended_in_batches_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path());
        assert_eq!((facts(&log), log.append([]).unwrap(), log.retain(|_| false).unwrap()), ((vec![], 0), 0, 0));
        assert!(!log.dir.exists(), "nothing is made before there is something to keep");
        log.append((0..3).map(fact)).unwrap();
        log.append([fact(3)]).unwrap();
        assert_eq!(facts(&log), (vec![0, 1, 2, 3], 0));
        assert_eq!(log.retain(|fact| fact.of % 2 == 0).unwrap(), 2);
        assert_eq!(facts(&log), (vec![0, 2], 0));
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&log.path()), mode(&log.dir)), (0o600, 0o700));
        assert_eq!(log.dir.read_dir().unwrap().count(), 2, "the log and its lock");
    }

    #[test]
    fn a_full_log_loses_its_older_half_and_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path());
        let mut forgotten = 0;
        for batch in 0..10 {
            forgotten += log.append((batch * 500..(batch + 1) * 500).map(fact)).unwrap();
            assert!(log.path().metadata().unwrap().len() <= KIND.most_bytes);
        }
        let (left, damaged) = facts(&log);
        assert_eq!((left.len() + forgotten, damaged), (5000, 0));
        assert!(left.windows(2).all(|two| two[0] + 1 == two[1]) && left.last() == Some(&4999), "the newest stay");
    }

    #[test]
    fn what_is_damaged_too_long_or_of_others_is_counted_and_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let log = log(dir.path());
        log.append([fact(1)]).unwrap();
        let append = |bytes: &[u8]| {
            OpenOptions::new().append(true).open(log.path()).unwrap().write_all(bytes).unwrap();
        };
        append(b"\xff\xfe\n\n{}\n{\"of\":\"1\"}\n{\"of\":9,\"te");
        log.append([fact(2)]).unwrap();
        assert_eq!(facts(&log), (vec![1, 2], 4));
        log.retain(|fact| fact.of != 1).unwrap();
        assert_eq!(facts(&log), (vec![2], 0), "it is whole again");
        append(&[b'x'; 1024].repeat(5 * 64));
        let (all, damaged) = facts(&log);
        assert!(all == [2] && damaged > 0, "{damaged}");
        log.append([fact(3)]).unwrap();
        assert_eq!(facts(&log), (vec![3], 0));
        std::fs::set_permissions(log.path(), Permissions::from_mode(0o666)).unwrap();
        assert_eq!(facts(&log), (vec![], 1));
        log.append([fact(4)]).unwrap();
        assert_eq!(facts(&log), (vec![4], 0));
        let elsewhere = dir.path().join("elsewhere");
        std::fs::rename(log.path(), &elsewhere).unwrap();
        symlink(&elsewhere, log.path()).unwrap();
        log.append([fact(5)]).unwrap();
        assert_eq!(facts(&log), (vec![5], 0));
        assert!(!std::fs::read_to_string(elsewhere).unwrap().contains("fact 5"), "a link is not followed");
        std::fs::remove_file(log.path()).unwrap();
        std::fs::create_dir(log.path()).unwrap();
        assert!(log.append([fact(6)]).is_err() && log.read(|_| ()).is_err(), "a directory is not a log");
        let lock = log.dir.join("facts.lock");
        std::fs::remove_file(&lock).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        assert!(log.append([fact(7)]).is_err() && log.read(|_| ()).is_err(), "a pipe is not waited for");
    }

    #[test]
    fn many_at_once_lose_no_line() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let dir = dir.path();
                scope.spawn(move || {
                    for number in 0..25 {
                        log(dir).append([fact(thread * 100 + number)]).unwrap();
                        if number % 5 == 0 {
                            log(dir).retain(|fact| fact.of != thread * 100 + number).unwrap();
                        }
                    }
                });
            }
        });
        assert_eq!(facts(&log(dir.path())).0.len(), 8 * 20);
    }
}
