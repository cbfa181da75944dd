//! The metadata: one `SQLite` file in WAL mode, safe for many processes at once.

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior, ffi};

use super::disk::{Durability, NO_NETWORK, link_refused};
use crate::backend::{Page, PageRequest};
use wharf_core::advice::Step;
use wharf_core::error::{Details, Error, Kind, Result};
use wharf_core::model::{SessionId, Timestamp};
use wharf_core::platform;
use wharf_core::sync::lock;

/// Bytes of a write-ahead log that is carried into the database. Each process that opens the database reads the log, and
/// carrying it over waits for the disk: with a quarter or half a mebibyte, both together take the least time.
const LARGE_LOG: u64 = 256 << 10;

/// Pages of a write-ahead log that is carried into the database of a server, where that costs little. It is less than
/// creating the tables takes, so that the log never grows afterwards: a full disk has room for small changes.
const SMALL_LOG: u32 = 16;

/// The time that a process waits for another one's transaction.
const PATIENCE: Duration = Duration::from_secs(15);

/// What leads from each format to the next, beginning with an empty database. A format's number is
/// kept in `user_version`. What was once released stays as it is; a change is a new step.
const STEPS: [&str; 5] = [
    FIRST,
    "CREATE INDEX session_deleting ON session (seq) WHERE deleting;",
    // Why a deletion that was decided on could not be completed.
    "ALTER TABLE session ADD COLUMN deletion_error TEXT;",
    // Commands that run in sessions, each with its process and when that was started. A row counts only while that
    // process lives. One tree of pages, because each command writes to it three times.
    "CREATE TABLE command (
        session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
        id TEXT NOT NULL,
        process INTEGER NOT NULL,
        started TEXT,
        PRIMARY KEY (session, id)
     ) STRICT, WITHOUT ROWID;",
    // Turns of agents, each with the process that records it and when that was started, and what happened in them.
    // A turn that has no end counts as running only while that process lives, or the one of its row in `command`.
    "CREATE TABLE turn (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
        id TEXT NOT NULL,
        process INTEGER NOT NULL,
        started TEXT,
        interrupted INTEGER NOT NULL DEFAULT 0,
        ended INTEGER NOT NULL DEFAULT 0
     ) STRICT;
     CREATE INDEX turn_session ON turn (session, seq);
     CREATE TABLE event (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
        turn INTEGER NOT NULL REFERENCES turn (seq) ON DELETE CASCADE,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        text BLOB,
        continues INTEGER NOT NULL DEFAULT 0,
        status TEXT,
        stop_reason TEXT,
        error TEXT
     ) STRICT;
     CREATE INDEX event_session ON event (session, seq);
     CREATE INDEX event_turn ON event (turn, seq);",
];

/// The format of this wharf.
const FORMAT: usize = STEPS.len();

/// The length of the header of a database, what it begins with, and where it has `user_version` (`SQLite`, "Database File
/// Format", section 1.3).
const HEADER: usize = 100;
const SIGNATURE: &[u8] = b"SQLite format 3\0";
const USER_VERSION: Range<usize> = 60..64;

/// Times are microseconds since 1970. `seq` orders listings and is their cursor.
const FIRST: &str = "
CREATE TABLE session (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT,
    stopped INTEGER NOT NULL DEFAULT 0,
    deleting INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ttl INTEGER,
    expires_at INTEGER,
    agent TEXT,
    settings TEXT NOT NULL
) STRICT;
CREATE INDEX session_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE label (
    session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE stored_file (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX stored_file_content ON stored_file (sha256);
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES session (seq) ON DELETE CASCADE,
    file_id TEXT NOT NULL,
    mount_path TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    unsettled INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, mount_path)
) STRICT;
";

/// The open database.
pub(super) struct Db {
    connection: Mutex<ModalConnection>,
    /// The write-ahead log.
    log: PathBuf,
}

/// A connection, and how it commits.
struct ModalConnection {
    inner: Connection,
    mode: CommitMode,
}

/// The way in which a connection commits and treats the write-ahead log when it is closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CommitMode {
    /// It has written nothing, and leaves the log as it is.
    Reading,
    /// It syncs each commit, and carries the log into the database.
    Synced,
    /// It syncs nothing, and leaves the log as it is: carried over without a sync, it could damage the database.
    Unsynced,
    /// It syncs nothing: a power cut may damage the database.
    Volatile,
}

impl ModalConnection {
    fn new(inner: Connection, durability: Durability) -> rusqlite::Result<Self> {
        inner.busy_timeout(PATIENCE)?;
        inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        let mode = if durability == Durability::Synced {
            inner.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            CommitMode::Reading
        } else {
            inner.pragma_update(None, "synchronous", "OFF")?;
            inner.pragma_update(None, "wal_autocheckpoint", SMALL_LOG)?;
            CommitMode::Volatile
        };
        Ok(ModalConnection { inner, mode })
    }

    fn switch(&mut self, to: CommitMode) -> rusqlite::Result<()> {
        if self.mode == to || self.mode == CommitMode::Volatile {
            return Ok(());
        }
        let (leaves_log, settings) = match to {
            CommitMode::Unsynced => (true, "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0"),
            _ => (false, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000"),
        };
        self.inner.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leaves_log)?;
        self.inner.execute_batch(settings)?;
        self.mode = to;
        Ok(())
    }
}

impl Db {
    /// Returns whether the file at `path` is a database of the current format. It is only read, so that a missing or
    /// older one stays as it is, and it does not matter who else uses it.
    pub(super) fn is_current(path: &Path) -> bool {
        let read = || {
            let mut header = [0; HEADER];
            platform::open_regular(path)?.read_exact(&mut header)?;
            std::io::Result::Ok(header)
        };
        read().is_ok_and(|header| {
            header.starts_with(SIGNATURE) && header[USER_VERSION] == u32::try_from(FORMAT).unwrap_or(0).to_be_bytes()
        })
    }

    /// Opens the database, and creates a missing one; without durability it is in memory.
    pub(super) fn open(path: &Path, durability: Durability) -> Result<Self> {
        let doing = || format!("opening the database `{}`", path.display());
        let opened = if durability == Durability::None {
            Connection::open_in_memory()
        } else {
            // Its other files get the same mode.
            let made = platform::create_private_file(path);
            if path.is_symlink() {
                return Err(link_refused(path));
            }
            made.map_err(|e| Error::io(doing(), &e).of_kind(Kind::Io).hint(unwritable()))?;
            // The name of the home itself may be a link.
            let real = path.parent().and_then(|home| Some(home.canonicalize().ok()?.join(path.file_name()?)));
            let flags =
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
            Connection::open_with_flags(real.as_deref().unwrap_or(path), flags)
        };
        let connection = opened.map_err(|e| fault(doing(), &e))?;
        let mut connection = ModalConnection::new(connection, durability).map_err(|e| fault(doing(), &e))?;
        let refused = |what: &str, hint: String| Err(Error::new(Kind::Io, format!("{}: {what}", doing())).hint(hint));
        let mut state = DbState::of(&connection.inner);
        if matches!(state, Ok(DbState::Format(format)) if format < FORMAT) {
            state = connection.switch(CommitMode::Synced).and_then(|()| upgrade(&mut connection.inner));
        }
        match state.map_err(|e| fault(doing(), &e))? {
            DbState::Format(FORMAT) => {
                Ok(Db { connection: Mutex::new(connection), log: path.with_extension("db-wal") })
            }
            DbState::Format(format) => refused(
                &format!("it was written by a newer wharf, in format {format}"),
                format!("this wharf reads format {FORMAT}: update it, or choose another WHARF_HOME"),
            ),
            DbState::Foreign => {
                refused("it is not a database of wharf", "choose another WHARF_HOME, or move it away".to_owned())
            }
        }
    }

    /// Reads from the database, outside of any transaction.
    pub(super) fn read<T>(&self, doing: &str, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.read_with(|c| read(c).map_err(|e| fault(doing, &e)))
    }

    /// Reads from the database like [`read`](Self::read), for work that has errors of its own.
    pub(super) fn read_with<T>(&self, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        read(&self.lock().inner)
    }

    /// Runs `work` in a transaction that takes the write lock at its beginning, because one that
    /// takes it later fails under load instead of waiting. Rolled back unless `work` succeeds.
    pub(super) fn write<T>(&self, doing: &str, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.write_in(CommitMode::Synced, doing, work)
    }

    /// Runs `work` in a transaction that a power cut may undo: nothing is synced.
    ///
    /// The transaction stays in the write-ahead log until a synced write, another process or [`Db::trim_log`] carries it
    /// into the database.
    pub(super) fn write_unsynced<T>(&self, doing: &str, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.write_in(CommitMode::Unsynced, doing, work)
    }

    fn write_in<T>(
        &self,
        mode: CommitMode,
        doing: &str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut modal = self.lock();
        modal.switch(mode).map_err(|e| fault(doing, &e))?;
        let begun = modal.inner.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(|e| fault(doing, &e))?;
        let value = work(&transaction)?;
        transaction.commit().map_err(|e| fault(doing, &e))?;
        Ok(value)
    }

    /// Decides about commits of killed processes: what is not visible afterwards never will be.
    ///
    /// A process that is killed between syncing a commit and announcing it in the index of the write-ahead log leaves a
    /// commit that no other process sees until the index is rebuilt. Another commit takes its place in the log.
    pub(super) fn settle(&self) -> Result<()> {
        let doing = "settling the log of the database";
        self.write_unsynced(doing, |tx| {
            // A transaction that changes nothing would write nothing.
            tx.execute_batch(&format!("PRAGMA user_version = {FORMAT}")).map_err(|e| fault(doing, &e))
        })
    }

    /// Carries a large write-ahead log into the database: for work that made unsynced writes.
    pub(super) fn trim_log(&self) -> Result<()> {
        if self.log.metadata().is_ok_and(|log| log.len() > LARGE_LOG) {
            let mut modal = self.lock();
            let trimmed = modal
                .switch(CommitMode::Synced)
                .and_then(|()| modal.inner.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
            trimmed.map_err(|e| fault("trimming the log of the database", &e))?;
        }
        Ok(())
    }

    /// Asks `SQLite` whether the file is whole.
    pub(super) fn check(&self) -> Result<String> {
        let doing = "checking the database";
        let verdict: String = self.read(doing, |c| c.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
        let mode: String = self.read(doing, |c| c.query_row("PRAGMA journal_mode", [], |row| row.get(0)))?;
        if verdict == "ok" {
            Ok(format!("whole, format {FORMAT}, journal {mode}"))
        } else {
            let what = verdict.lines().last().unwrap_or_default();
            Err(Error::new(Kind::Io, format!("the database is damaged: {what}")).hint(damaged()))
        }
    }

    fn lock(&self) -> MutexGuard<'_, ModalConnection> {
        lock(&self.connection)
    }
}

/// Hint for a database file that cannot grow because the disk is full.
const FULL: &str = "the disk is full: free some space, or delete a session";

/// Hint for a database file that cannot grow for one of several reasons.
const LIMITED: &str = "the disk, a quota or `ulimit -f` leaves no room: free some space";

/// Returns whether a change failed because the disk is full.
pub(super) fn is_full(error: &Error) -> bool {
    error.hint_text() == Some(FULL)
}

/// Returns the hint for a database that cannot be written.
fn unwritable() -> String {
    let diagnose = Step::Diagnose { backend: None };
    format!("check that WHARF_HOME is on a writable disk and yours; {diagnose} shows where it is")
}

/// Returns the hint for a damaged database. Nothing is ever removed because of it.
fn damaged() -> String {
    format!("no file was changed; {} reports what can be recovered", Step::Diagnose { backend: None })
}

/// The state of a database.
enum DbState {
    /// A database of wharf in this format; 0 is an empty one.
    Format(usize),
    /// A database of another program.
    Foreign,
}

impl DbState {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        // The usual case, for which the tables need not be counted.
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if usize::try_from(version) == Ok(FORMAT) {
            return Ok(DbState::Format(FORMAT));
        }
        // In one statement, so that no other process makes the tables between the two.
        let (version, tables): (i64, i64) = connection.query_row(
            "SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(match usize::try_from(version) {
            Ok(format) if (format == 0) == (tables == 0) => DbState::Format(format),
            _ => DbState::Foreign,
        })
    }
}

/// Takes the steps that are missing. Several processes may come here at once: the first one in does it.
fn upgrade(connection: &mut Connection) -> rusqlite::Result<DbState> {
    use_wal(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let DbState::Format(format) = DbState::of(&transaction)? {
        for (step, to) in STEPS.iter().zip(1_i64..).skip(format) {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", to)?;
        }
    }
    let state = DbState::of(&transaction);
    transaction.commit()?;
    state
}

/// Switches the database to WAL. `SQLite` does not wait for the lock of another process here, so this does.
fn use_wal(connection: &Connection) -> rusqlite::Result<()> {
    let started = Instant::now();
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

/// Returns the error for a failure of `SQLite`.
pub(super) fn fault(doing: impl std::fmt::Display, error: &rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    let kind = match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Kind::Unavailable,
        Some(
            ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase,
        ) => Kind::Io,
        _ => Kind::Internal,
    };
    let made = Error::new(kind, format!("{doing}: {error}")).caused_by(error);
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => made
            .hint("another program keeps the store locked: try again, or check that WHARF_HOME is on a local disk")
            .details(Details { retryable: true, ..Details::default() }),
        Some(ErrorCode::DiskFull) => made.hint(FULL),
        Some(ErrorCode::SystemIoFailure) if is_refused_size(error) => made.hint(LIMITED),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => made.hint(unwritable()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => made.hint(damaged()),
        Some(ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => made.hint(NO_NETWORK),
        _ => made,
    }
}

/// Returns whether a file could not grow. `SQLite` reports a full disk as such for its main file only.
fn is_refused_size(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_WRITE))
}

/// A page of rows in the order of `seq`, which is the cursor.
pub(super) struct RowPage {
    limit: usize,
    /// Rows on the far side of this one.
    pub(super) after: Option<i64>,
    /// The number of rows to request: one more than wanted shows whether there are more.
    pub(super) rows: i64,
}

impl RowPage {
    /// Reads the request.
    pub(super) fn new(page: &PageRequest) -> Result<Self> {
        let foreign = |cursor: &String| Error::usage(format!("invalid cursor of a local listing: {cursor:?}"));
        let after = page.cursor.as_ref().map(|cursor| cursor.parse().map_err(|_| foreign(cursor))).transpose()?;
        let limit = page.limit.unwrap_or(usize::MAX);
        Ok(RowPage { limit, after, rows: i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX) })
    }

    /// Turns rows into a page.
    pub(super) fn page<R, T>(&self, mut rows: Vec<R>, seq: fn(&R) -> i64, item: impl FnMut(R) -> Result<T>) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|row| seq(row).to_string());
        Page { received: rows.len(), items: rows.into_iter().map(item).collect(), next }
    }
}

/// Returns a time as the database stores it, in microseconds.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Returns a time from the database.
pub(super) fn timestamp(micros: Option<i64>) -> Option<Timestamp> {
    micros.and_then(|micros| Timestamp::from_microsecond(micros).ok())
}

/// Reads the maximum idle time of a session.
pub(super) fn read_ttl(row: &Row<'_>) -> rusqlite::Result<Option<Duration>> {
    let ttl: Option<i64> = row.get("ttl")?;
    Ok(ttl.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros))
}

/// Returns the error of a session that was deleted and could not be removed.
pub(super) fn undeleted(id: &SessionId, reason: &str) -> Error {
    Error::new(Kind::Io, format!("session `{id}` is deleted, but not everything could be removed: {reason}")).hint(
        format!(
            "correct the cause (owner, attributes, a mount), then: {}",
            Step::DeleteSession { id: Some(id.as_str()), force: false }
        ),
    )
}

/// Returns the error of a session that does not exist.
pub(super) fn unknown(id: &SessionId) -> Error {
    Error::not_found(format!("session `{id}` not found"))
        .hint(format!("{} lists the existing ones", Step::ListSessions))
}

/// Returns the error of a session that would exceed its size limit.
pub(super) fn too_much(session: &SessionId, limit: u64) -> Error {
    Error::new(Kind::Limit, format!("a session takes at most {limit} bytes, and this one would have more: `{session}`"))
        .hint("remove files that are no longer needed, or set WHARF_SESSION_BYTES (a size, or `none`)")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::FileExt as _;

    use super::*;

    /// The two headers of the index of the write-ahead log, which announce commits, in bytes.
    const HEADERS: usize = 96;

    fn insert(db: &Db, id: &str) {
        let sql = "INSERT INTO session (id, created_at, updated_at, settings) VALUES (?1, 0, 0, '')";
        db.write("inserting", |tx| tx.execute(sql, [id]).map(drop).map_err(|e| fault("inserting", &e))).unwrap();
    }

    fn ids(db: &Db) -> Vec<String> {
        db.read("listing", |c| c.prepare("SELECT id FROM session")?.query_map([], |row| row.get(0))?.collect()).unwrap()
    }

    /// The sessions that a process sees once the index was rebuilt, because no other process had the database open.
    fn ids_with_new_index(home: &Path) -> Vec<String> {
        let copy = tempfile::tempdir().unwrap();
        for name in ["wharf.db", "wharf.db-wal"] {
            fs::copy(home.join(name), copy.path().join(name)).unwrap();
        }
        ids(&Db::open(&copy.path().join("wharf.db"), Durability::Synced).unwrap())
    }

    #[test]
    fn a_commit_that_was_not_announced_never_appears_once_settled() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("wharf.db");
        let [killed, other] = [(); 2].map(|()| Db::open(&path, Durability::Synced).unwrap());
        insert(&other, "first");
        let index = fs::File::options().read(true).write(true).open(home.path().join("wharf.db-shm")).unwrap();
        let mut headers = [0; HEADERS];
        index.read_exact_at(&mut headers, 0).unwrap();
        insert(&killed, "late");
        // As a process leaves it that is killed before it announces its commit.
        index.write_all_at(&headers, 0).unwrap();
        assert_eq!(ids(&other), ["first"]);
        assert_eq!(ids_with_new_index(home.path()), ["first", "late"]);
        other.settle().unwrap();
        assert_eq!(ids(&other), ["first"]);
        assert_eq!(ids_with_new_index(home.path()), ["first"]);
    }
}
