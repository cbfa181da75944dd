//! Reads small files that users name, such as settings, patterns and secrets, with limits for size and time.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use crate::error::{Error, Kind, Result};
use crate::thread;

/// Reads the file at `path`, which has at most `most` bytes. `what` describes the file in messages. A FIFO may block
/// its reader, so reading ends at `until`.
///
/// # Errors
/// `usage` for a larger file; `deadline`; errors of opening and reading the file.
pub fn read(path: &Path, what: &str, most: u64, until: Option<Instant>) -> Result<Vec<u8>> {
    let doing = |e: &io::Error| Error::io(format!("reading {what} `{}`", path.display()), e);
    let bytes = if path.metadata().map_err(|e| doing(&e))?.is_file() {
        read_at_most(path, most).map_err(|e| doing(&e))?
    } else {
        read_in_thread(path, most, until).ok_or_else(|| late(path, what))?.map_err(|e| doing(&e))?
    };
    if bytes.len() as u64 > most {
        return Err(Error::usage(format!("{what} is larger than {most} bytes: `{}`", path.display())));
    }
    Ok(bytes)
}

/// Returns the error of a file that was not read in time.
pub(super) fn late(path: &Path, what: &str) -> Error {
    Error::new(Kind::Deadline, format!("the time ran out while {what} was read: `{}`", path.display()))
        .hint("it may be a pipe that nothing is written to")
}

/// Reads the first bytes of a file: `most` at most, or one more if the file is longer.
pub(super) fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file in a thread; returns `None` if that is not finished by `until`. The thread ends with the process.
fn read_in_thread(path: &Path, most: u64, until: Option<Instant>) -> Option<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let path = path.to_owned();
    if let Err(e) = thread::spawn(move || drop(sender.send(read_at_most(&path, most)))) {
        return Some(Err(e));
    }
    let received = match until {
        Some(until) => receiver.recv_timeout(until.saturating_duration_since(Instant::now())),
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    received.ok()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_file_is_read_whole_or_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, "it", 5, None).unwrap(), b"12345");
        assert_eq!(read(&path, "it", 4, None).unwrap_err().kind(), Kind::Usage);
        assert_eq!(read(&dir.path().join("none"), "it", 4, None).unwrap_err().kind(), Kind::NotFound);
        assert_eq!(read(Path::new("/dev/zero"), "it", 4, None).unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn a_pipe_that_nothing_is_written_to_is_not_waited_for_longer_than_allowed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let until = Instant::now() + Duration::from_millis(50);
        assert_eq!(read(&path, "it", 4, Some(until)).unwrap_err().kind(), Kind::Deadline);
    }
}
