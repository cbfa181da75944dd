//! How much a session holds, known without walking it at each write.
//!
//! The count lies beside the session, in `usage/ID`. A writer locks it, adds to it, and
//! only then gives the file its name: a count is never too low by what wharf did. That it may be
//! too high, because a file was removed or a process was killed, does no harm: nothing is refused
//! before the session was walked. What other programs did shows at the next walk, and a count is
//! walked again once it is [`REST`] times as old as the last walk took, so that this costs little.

use std::fs::File;
use std::io;
use std::sync::MutexGuard;
use std::time::{Duration, SystemTime};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, OpenOptions};

use super::db::too_much;
use super::home::LocalHome;
use super::session_lock::SessionGuard;
use wharf_core::error::{Error, Result};
use wharf_core::platform;
use wharf_core::sync::lock;
use wharf_core::walk::{DirWalk, is_vanished};

/// The maximum age of a size, as a multiple of the duration of its walk.
const REST: u32 = 50;

/// The size of the file, in bytes, which four numbers always fit.
const WIDTH: usize = 96;

/// The size of a session, locked so that no other writer changes it.
pub(super) struct Usage<'a> {
    guard: &'a SessionGuard,
    /// The current size; `None` if there is no limit.
    limited: Option<LimitedUsage<'a>>,
}

struct LimitedUsage<'a> {
    file: LockedSizeFile<'a>,
    count: Count,
    limit: u64,
    /// The start of this process: older sizes are not used to reject a file.
    since: SystemTime,
}

#[derive(Clone, Copy)]
struct Count {
    /// The number of the session's row: another session of the same name has another.
    session: i64,
    bytes: u64,
    walked_at: SystemTime,
    took: Duration,
}

impl LocalHome {
    /// Waits for other writers of the session, and blocks them.
    pub(super) fn usage<'a>(&self, guard: &'a SessionGuard) -> Result<Usage<'a>> {
        let Some(limit) = self.limits.session_bytes else { return Ok(Usage { guard, limited: None }) };
        let counts = self.disk()?.usage();
        let read = || {
            let file = LockedSizeFile::open(counts, guard)?;
            let known = Count::read(file.file()).filter(|count| count.session == guard.seq);
            let count = match known {
                Some(count) => count,
                None => Count::walk(guard)?,
            };
            Ok(LimitedUsage { file, count, limit, since: self.started })
        };
        let limited = read().map_err(|e| failed(guard, &e))?;
        Ok(Usage { guard, limited: Some(limited) })
    }
}

impl Usage<'_> {
    /// Returns the maximum size of a file that replaces one of `replaced` bytes; `None` if there is no limit. Fails
    /// if the file is known to be larger. A file that is smaller than the one before always fits.
    pub(super) fn room(&mut self, bytes: Option<u64>, replaced: u64) -> Result<Option<u64>> {
        let Some(limited) = &mut self.limited else { return Ok(None) };
        let fits = |room: u64| bytes.is_some_and(|bytes| bytes <= room);
        let stale =
            limited.count.is_stale() || !fits(limited.room(replaced)) && limited.count.walked_at < limited.since;
        if stale {
            limited.count = Count::walk(self.guard).map_err(|e| failed(self.guard, &e))?;
        }
        let room = limited.room(replaced);
        match bytes {
            Some(bytes) if bytes > room => Err(too_much(&self.guard.id, limited.limit)),
            _ => Ok(Some(room)),
        }
    }

    /// Counts a file that is about to be given its name, as [`Usage::room`] allows.
    pub(super) fn add(&mut self, bytes: u64, replaced: u64) -> Result<()> {
        self.room(Some(bytes), replaced)?;
        let Some(limited) = &mut self.limited else { return Ok(()) };
        limited.count.bytes = limited.count.bytes.saturating_add(bytes.saturating_sub(replaced));
        limited.count.write(limited.file.file()).map_err(|e| failed(self.guard, &e))
    }
}

impl LimitedUsage<'_> {
    fn room(&self, replaced: u64) -> u64 {
        self.limit.saturating_sub(self.count.bytes).saturating_add(replaced)
    }
}

impl Count {
    /// Reads a size; `None` if it is missing or invalid, and the session is walked again.
    fn read(file: Option<&File>) -> Option<Self> {
        let mut buffer = [0; WIDTH];
        let length = platform::read_start(file?, &mut buffer).ok()?;
        let text = str::from_utf8(buffer.get(..length)?).ok()?;
        let mut words = text.split_whitespace();
        let mut next = || words.next()?.parse::<u64>().ok();
        Some(Count {
            session: i64::try_from(next()?).ok()?,
            bytes: next()?,
            walked_at: SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(next()?))?,
            took: Duration::from_micros(next()?),
        })
    }

    fn write(&self, file: Option<&File>) -> io::Result<()> {
        let at = self.walked_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_micros();
        let text = format!("{} {} {at} {}", self.session, self.bytes, self.took.as_micros());
        file.map_or(Ok(()), |file| platform::write_start(file, format!("{text:<0$}\n", WIDTH - 1).as_bytes()))
    }

    /// Returns the total size of the regular files of a session; each name counts.
    fn walk(guard: &SessionGuard) -> io::Result<Self> {
        let walked_at = SystemTime::now();
        let mut walk = DirWalk::new(guard.dir.try_clone()?, ())?;
        let mut bytes = 0_u64;
        while let Some((name, meta)) = walk.next() {
            let meta = match meta {
                // What was removed takes no space.
                Err(e) if is_vanished(&e) => continue,
                meta => meta?,
            };
            if meta.is_file() {
                bytes = bytes.saturating_add(meta.len());
            } else if meta.is_dir() {
                match walk.enter(&name, ()) {
                    // Another program keeps it to itself.
                    Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {}
                    other => drop(other?),
                }
            }
        }
        Ok(Count { session: guard.seq, bytes, walked_at, took: walked_at.elapsed().unwrap_or_default() })
    }

    fn is_stale(&self) -> bool {
        self.walked_at.elapsed().map_or(true, |age| age > self.took.saturating_mul(REST))
    }
}

fn failed(guard: &SessionGuard, error: &io::Error) -> Error {
    Error::io(format!("measuring session `{}`", guard.id), error)
}

/// The file with the size, locked until dropped.
struct LockedSizeFile<'a>(MutexGuard<'a, Option<File>>);

impl<'a> LockedSizeFile<'a> {
    fn open(counts: &Dir, guard: &'a SessionGuard) -> io::Result<Self> {
        let mut held = lock(&guard.count);
        if held.is_none() {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).follow(FollowSymlinks::No);
            *held = Some(counts.open_with(guard.id.as_str(), &options)?.into_std());
        }
        let locked = LockedSizeFile(held);
        locked.file().map_or(Ok(()), File::lock)?;
        Ok(locked)
    }

    fn file(&self) -> Option<&File> {
        self.0.as_ref()
    }
}

impl Drop for LockedSizeFile<'_> {
    fn drop(&mut self) {
        drop(self.file().map(File::unlock));
    }
}
