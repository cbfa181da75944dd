//! Locks of sessions that are being changed, which a deletion waits for.
//!
//! A process that changes a session holds a shared lock on its directory from its last look at the row to
//! its rename. The handles that this takes are kept from one change to the next, the lock is not.

use std::io;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cap_std::fs::Dir;
use rusqlite::{OptionalExtension, params};

use super::db::{micros, read_ttl, undeleted, unknown};
use super::handles::Handles;
use super::home::LocalHome;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, Timestamp};
use wharf_core::sync::lock;
use wharf_core::walk::open_handle;

/// The time after a use in which the next use is not recorded.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// A session that exists.
pub(super) struct SessionRow {
    /// The number of the row.
    pub(super) seq: i64,
    /// Whether stored files are mounted in the session.
    pub(super) mounted: bool,
    /// Whether what a killed process left of mounts is still to be settled.
    unsettled: bool,
    stopped: bool,
    ttl: Option<Duration>,
}

/// A session that is being changed.
pub(super) struct SessionGuard {
    handles: Arc<Handles>,
    /// The row as read under the lock.
    pub(super) live: SessionRow,
}

impl LocalHome {
    /// Returns the row of a session, or fails if it does not exist.
    pub(super) fn live(&self, id: &SessionId) -> Result<SessionRow> {
        let row = self.db()?.read("reading a session", |c| {
            c.prepare_cached(
                "SELECT seq, stopped, ttl,
                        EXISTS (SELECT 1 FROM resource WHERE session = session.seq) AS mounted,
                        EXISTS (SELECT 1 FROM resource WHERE session = session.seq AND unsettled) AS unsettled
                 FROM session WHERE NOT deleting AND (expires_at IS NULL OR expires_at > ?1) AND id = ?2",
            )?
            .query_row(params![micros(Timestamp::now()), id.as_str()], |row| {
                Ok(SessionRow {
                    seq: row.get("seq")?,
                    mounted: row.get("mounted")?,
                    unsettled: row.get("unsettled")?,
                    stopped: row.get("stopped")?,
                    ttl: read_ttl(row)?,
                })
            })
            .optional()
        })?;
        row.map_or_else(|| self.get_deleted(id), Ok)
    }

    /// Returns the error of a session that does not exist, or exists only because it could not be removed.
    fn get_deleted(&self, id: &SessionId) -> Result<SessionRow> {
        let reason: Option<String> = self
            .db()?
            .read("reading a session", |c| {
                c.query_row("SELECT deletion_error FROM session WHERE id = ?1", [id.as_str()], |row| row.get(0))
                    .optional()
            })?
            .flatten();
        Err(reason.map_or_else(|| unknown(id), |reason| undeleted(id, &reason).of_kind(Kind::Conflict)))
    }

    /// Locks a session to change it. While the guard lives, a deletion waits; after the decision to delete a session,
    /// no process can lock it.
    pub(super) fn enter(&self, id: &SessionId) -> Result<SessionGuard> {
        let known = lock(&self.handles).as_ref().filter(|handles| handles.id == *id).map(Arc::clone);
        if let Some(handles) = known {
            let guard = self.go_in(handles)?;
            if let Some(guard) = guard.filter(|guard| !guard.live.unsettled)
                && self.disk()?.is_session(id, &guard.dir)
            {
                return Ok(guard);
            }
            lock(&self.handles).take();
        }
        let live = self.live(id)?;
        if live.unsettled {
            self.settle_mounts(id, live.seq)?;
        }
        let dir = self.disk()?.session(id)?;
        let lock_file = open_handle(&dir).map_err(|e| Error::io(format!("entering the session `{id}`"), &e))?;
        let handles = Arc::new(Handles {
            id: id.clone(),
            seq: live.seq,
            dir,
            count: Mutex::default(),
            lock: lock_file,
            inside: Mutex::default(),
            parent: Mutex::default(),
        });
        // Another session of the same name would have another number.
        let guard = self.go_in(Arc::clone(&handles))?.ok_or_else(|| unknown(id))?;
        *lock(&self.handles) = Some(handles);
        Ok(guard)
    }

    /// Locks the session of the handles; `None` if they belong to another session of the same name.
    fn go_in(&self, handles: Arc<Handles>) -> Result<Option<SessionGuard>> {
        let doing = |e: io::Error| Error::io(format!("entering the session `{}`", handles.id), &e);
        {
            let mut inside = lock(&handles.inside);
            if *inside == 0 {
                handles.lock.lock_shared().map_err(doing)?;
            }
            *inside += 1;
        }
        let out = LockRelease(&handles);
        let live = self.live(&handles.id)?;
        if live.seq != handles.seq {
            return Ok(None);
        }
        std::mem::forget(out);
        Ok(Some(SessionGuard { handles, live }))
    }

    /// Notes that a session is used before a change of its files, so that nothing can fail once that
    /// is done. For a tree of them it is enough now and then, unless the session was stopped.
    pub(super) fn woken(&self, guard: &SessionGuard) -> Result<()> {
        let pause = guard.live.ttl.map_or(PAUSE, |ttl| PAUSE.min(ttl / 10));
        let mut woken = lock(&self.woken);
        if guard.live.stopped || woken.get(&guard.id).is_none_or(|at| at.elapsed() > pause) {
            self.used(&guard.id)?;
            woken.insert(guard.id.clone(), Instant::now());
        }
        Ok(())
    }
}

impl SessionGuard {
    /// Returns the parent directory of a path, or the nearest one above that exists.
    pub(super) fn nearest_dir(&self, path: &RemotePath) -> io::Result<Arc<Dir>> {
        let mut at = path.clone();
        loop {
            if let Some(dir) = self.parent_of(&at)? {
                return Ok(dir);
            }
            at = at.parent().ok_or(io::ErrorKind::NotFound)?;
        }
    }
}

impl Deref for SessionGuard {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.handles
    }
}

impl Drop for SessionGuard {
    fn drop(&mut self) {
        drop(LockRelease(&self.handles));
    }
}

/// Releases the lock when dropped, so that a deletion can proceed.
struct LockRelease<'a>(&'a Handles);

impl Drop for LockRelease<'_> {
    fn drop(&mut self) {
        let mut inside = lock(&self.0.inside);
        *inside = inside.saturating_sub(1);
        if *inside == 0 {
            drop(self.0.lock.unlock());
        }
    }
}
