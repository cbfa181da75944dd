//! Sessions: a row and a directory, made and removed together.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use serde::Serialize;
use serde_json::{Map, Value};

use super::capabilities::CAPABILITIES;
use super::db::{RowPage, fault, is_full, micros, read_ttl, timestamp, too_much, undeleted, unknown};
use super::disk::UNMOUNT;
use super::home::LocalHome;
use super::running::{ask_to_end, interrupt};
use crate::backend::{
    Capabilities, LabelPatch, NewSession, Page, PageRequest, SessionChange, SessionQuery, Sessions, body_document,
    expiry,
};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Labels, Provider, Session, SessionId, SessionStatus, Timestamp};
use wharf_core::random;
use wharf_core::removal::{FEW, Leftovers};
use wharf_core::walk::open_handle;

/// The object in `provider` of a session.
#[derive(Serialize)]
struct SessionRecord {
    id: SessionId,
    path: String,
    ttl_seconds: Option<f64>,
    /// The reason why the session could not be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_error: Option<String>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// The columns that [`read_row`] wants, of the sessions that exist.
const SELECT: &str = "
SELECT seq, id, title, stopped, created_at, updated_at, ttl, expires_at, agent, settings, deletion_error,
       (SELECT json_group_object(name, value) FROM label WHERE session = seq) AS labels";

/// The sessions that exist. One that expired or is being deleted does not, unless its deletion failed.
const EXISTING: &str = "
FROM session
WHERE (deletion_error IS NOT NULL OR NOT deleting AND (expires_at IS NULL OR expires_at > ?1))";

/// The effort of a deletion against obstacles.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// For a requested deletion: waits for writers and tries to remove everything.
    Full,
    /// For a repeated attempt beside other work: waits for nothing and gives up early.
    Little,
}

/// The sessions of a home.
pub(super) struct LocalSessions {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl Sessions for LocalSessions {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        body_document::session(document)
    }

    async fn create(&self, new: NewSession) -> Result<Session> {
        self.check(&new)?;
        self.home.remove_expired(Effort::Little)?;
        let id = match &new.id {
            Some(id) => id.clone(),
            None => random::id("sesn")?.parse()?,
        };
        if let Some(id) = &new.id {
            // Of a session of this name, the rest is waited for.
            self.home.finish_deletion(id)?;
        }
        let now = Timestamp::now();
        let (staged, dir) = self.home.swept()?.staging_dir()?;
        let (mut mounts, mut bytes) = (Vec::new(), 0_u64);
        for resource in new.resources {
            self.home.check_count(mounts.len())?;
            let prepared = self.home.prepare(&id, resource)?;
            bytes = prepared.bytes().saturating_add(bytes);
            if let Some(limit) = self.home.limits.session_bytes.filter(|limit| bytes > *limit) {
                return Err(too_much(&id, limit));
            }
            mounts.push(self.home.mount_in(&dir, prepared).await?);
        }
        let mut settings = new.extra.clone();
        for (name, value) in
            [("agent_version", &new.agent_version), ("environment_id", &new.environment), ("image", &new.image)]
        {
            if let Some(value) = value {
                settings.insert(name.to_owned(), value.clone().into());
            }
        }
        if !new.vaults.is_empty() {
            settings.insert("vault_ids".to_owned(), new.vaults.clone().into());
        }
        let doing = "creating a session";
        self.home.db()?.write(doing, |tx| {
            let taken = tx
                .query_row("SELECT deletion_error FROM session WHERE id = ?1", [id.as_str()], |row| row.get(0))
                .optional()
                .map_err(|e| fault(doing, &e))?;
            match taken {
                None => {}
                Some(Some(reason)) => return Err(undeleted(&id, &reason).of_kind(Kind::Conflict)),
                Some(None::<String>) => {
                    return Err(Error::conflict(format!("session `{id}` already exists"))
                        .hint(format!("choose another {}, or delete it first", Setting::SessionId)));
                }
            }
            tx.execute(
                "INSERT INTO session (id, title, created_at, updated_at, ttl, expires_at, agent, settings) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
                params![
                    id.as_str(),
                    new.title,
                    micros(now),
                    new.ttl.and_then(|ttl| i64::try_from(ttl.as_micros()).ok()),
                    new.ttl.and_then(|ttl| expiry(now, ttl)).map(micros),
                    new.agent,
                    serde_json::to_string(&settings).unwrap_or_default(),
                ],
            )
            .map_err(|e| fault(doing, &e))?;
            let seq = tx.last_insert_rowid();
            set_labels(tx, seq, &new.labels).map_err(|e| fault(doing, &e))?;
            for mount in &mounts {
                mount.insert(tx, seq, now, false).map_err(|e| fault(doing, &e))?;
            }
            self.home.disk()?.persist_session(staged, &id)
        })?;
        self.home.disk()?.finish_session(&id)?;
        self.get(&id).await
    }

    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        CAPABILITIES.require_all(query.features())?;
        let mut sql = format!("{SELECT}{EXISTING}");
        let mut values: Vec<Sql> = vec![micros(Timestamp::now()).into()];
        let cut = RowPage::new(&page)?;
        if let Some(before) = cut.after {
            sql.push_str(" AND seq < ?");
            values.push(before.into());
        }
        if !query.statuses.is_empty() {
            let wanted = [
                (SessionStatus::Running, "NOT deleting AND NOT stopped"),
                (SessionStatus::Stopped, "NOT deleting AND stopped"),
                (SessionStatus::Deleting, "deleting"),
            ];
            let wanted = wanted.iter().filter(|(status, _)| query.statuses.contains(status));
            sql.push_str(" AND (FALSE");
            for (_, condition) in wanted {
                sql.push_str(" OR ");
                sql.push_str(condition);
            }
            sql.push(')');
        }
        for (name, value) in &query.labels {
            sql.push_str(" AND EXISTS (SELECT 1 FROM label WHERE session = seq AND name = ? AND value = ?)");
            values.push(name.clone().into());
            values.push(value.clone().into());
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?");
        values.push(cut.rows.into());
        let rows = self.home.db()?.read("listing sessions", |c| {
            c.prepare(&sql)?.query_map(params_from_iter(values), read_row)?.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        Ok(cut.page(rows, |row| row.seq, |row| self.home.session_of(row)))
    }

    async fn get(&self, id: &SessionId) -> Result<Session> {
        let row = self.home.db()?.read("reading a session", |c| find(c, id))?;
        self.home.session_of(row.ok_or_else(|| unknown(id))?)
    }

    async fn delete(&self, id: &SessionId, force: bool) -> Result<()> {
        if force {
            interrupt(&self.home, id).await?;
        }
        self.home.remove_session(id)
    }

    async fn check_delete(&self, id: &SessionId) -> Result<()> {
        self.home.db()?.read_with(|c| self.home.find_to_delete(c, id))?.ok_or_else(|| unknown(id))?;
        match self.home.disk()?.mount_within(id) {
            Some(left) => {
                Err(Error::new(Kind::Io, format!("deleting session `{id}` would not remove everything: {left}"))
                    .hint(UNMOUNT))
            }
            None => Ok(()),
        }
    }

    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        if !patch.set.is_empty() || !patch.remove.is_empty() {
            let doing = "labelling a session";
            self.home.db()?.write(doing, |tx| {
                let seq = live(tx, id, doing)?.seq;
                relabel(tx, seq, &patch).map_err(|e| fault(doing, &e))
            })?;
        }
        self.get(id).await
    }

    async fn update(&self, id: &SessionId, change: SessionChange) -> Result<Session> {
        if let Some(name) = change.extra.keys().next() {
            return Err(Error::usage(format!("`{name}` cannot be changed"))
                .hint("only `title` and `labels` (or `metadata`) can be"));
        }
        let doing = "changing a session";
        self.home.db()?.write(doing, |tx| {
            let seq = live(tx, id, doing)?.seq;
            if let Some(title) = &change.title {
                tx.execute("UPDATE session SET title = ?2 WHERE seq = ?1", params![seq, title])
                    .map_err(|e| fault(doing, &e))?;
            }
            relabel(tx, seq, &change.labels).map_err(|e| fault(doing, &e))
        })?;
        self.get(id).await
    }

    async fn touch(&self, id: &SessionId) -> Result<Session> {
        self.home.used(id)?;
        self.get(id).await
    }

    async fn interrupt(&self, id: &SessionId) -> Result<Session> {
        ask_to_end(&self.home, id)?;
        self.get(id).await
    }

    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let doing = "stopping a session";
        self.home.db()?.write(doing, |tx| {
            let row = live(tx, id, doing)?;
            self.home.refuse_running(tx, row.seq, id, Step::Interrupt { session: Some(id.as_str()) })?;
            tx.execute(
                "UPDATE session SET stopped = 1, updated_at = ?2 WHERE seq = ?1",
                params![row.seq, micros(Timestamp::now())],
            )
            .map_err(|e| fault(doing, &e))
        })?;
        self.get(id).await
    }
}

impl LocalHome {
    /// Notes that a session was used: it is awake, and its idle time begins anew.
    pub(super) fn used(&self, id: &SessionId) -> Result<()> {
        self.db()?.write("touching a session", |tx| mark_used(tx, id, Duration::ZERO).map(drop))
    }

    /// Deletes what expired, so that a name can be used again and the disk does not fill, and what
    /// could not be deleted before. Fails only where the database does: what is wrong with one
    /// session concerns no other.
    fn remove_expired(&self, effort: Effort) -> Result<()> {
        let now = micros(Timestamp::now());
        let doing = "looking for expired sessions";
        let expired: Vec<(i64, String)> = self.db()?.read(doing, |c| {
            c.prepare(
                "SELECT seq, id FROM session WHERE deleting UNION SELECT seq, id FROM session WHERE expires_at <= ?1",
            )?
            .query_map([now], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        for (seq, id) in expired {
            let decide = "UPDATE session SET deleting = 1 WHERE seq = ?1 AND (deleting OR expires_at <= ?2)";
            let Ok(id) = id.parse() else { continue };
            let decided = self.db()?.write(doing, |tx| {
                if self.running(tx, seq, &id)?.is_empty() {
                    tx.execute(decide, [seq, now]).map_err(|e| fault(doing, &e))
                } else {
                    Ok(0)
                }
            });
            if let Ok(1) = decided {
                // The row keeps the reason.
                drop(self.complete_deletion(&id, seq, effort));
            }
        }
        Ok(())
    }

    /// Waits until a session that was deleted or expired is gone, if it can be removed.
    fn finish_deletion(&self, id: &SessionId) -> Result<()> {
        let left = self.db()?.read("looking for a session", |c| {
            c.prepare_cached("SELECT seq FROM session WHERE id = ?1 AND deleting AND deletion_error IS NULL")?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()
        })?;
        if let Some(seq) = left {
            drop(self.complete_deletion(id, seq, Effort::Full));
        }
        Ok(())
    }

    /// Removes row and directory. The decision is committed first: from then on the session is in no
    /// listing, and the next process finishes what a killed one left. The row goes
    /// last, so that what cannot be removed stays known.
    fn remove_session(&self, id: &SessionId) -> Result<()> {
        let doing = "deleting a session";
        let decide = || {
            self.db()?.write(doing, |tx| {
                let shown = self.find_to_delete(tx, id)?.is_some();
                let update = "UPDATE session SET deleting = 1 WHERE id = ?1 RETURNING seq";
                tx.query_row(update, [id.as_str()], |row| row.get(0))
                    .optional()
                    .map(|seq| seq.map(|seq: i64| (seq, shown)))
                    .map_err(|e| fault(doing, &e))
            })
        };
        let row = match decide() {
            // The files of the session may be what fills the disk.
            Err(error) if is_full(&error) && self.db()?.read_with(|c| self.find_to_delete(c, id))?.is_some() => {
                self.empty_session(id)?;
                decide()?
            }
            decided => decided?,
        };
        let (seq, shown) = row.ok_or_else(|| unknown(id))?;
        self.complete_deletion(id, seq, Effort::Full)?;
        // Another process decided on it: for this one there was none.
        if shown { Ok(()) } else { Err(unknown(id)) }
    }

    /// Returns a session's row, if there is one.
    ///
    /// # Errors
    /// `conflict` while a command runs in the session.
    fn find_to_delete(&self, connection: &Connection, id: &SessionId) -> Result<Option<FullSessionRow>> {
        let row = find(connection, id).map_err(|e| fault("looking for a session", &e))?;
        if let Some(row) = &row {
            self.refuse_running(connection, row.seq, id, Step::DeleteSession { id: Some(id.as_str()), force: true })?;
        }
        Ok(row)
    }

    /// Removes the files of a session as far as possible, once nothing is being written in it.
    fn empty_session(&self, id: &SessionId) -> Result<()> {
        let doing = |e: io::Error| Error::io("deleting the files of a session", &e);
        let disk = self.disk()?;
        let Some(dir) = disk.open_to_remove(id).map_err(doing)? else { return Ok(()) };
        let _lock = exclusive(open_handle(&dir).map_err(doing)?, Effort::Full).map_err(doing)?;
        if disk.is_session(id, &dir) {
            drop(disk.empty_session(id, &dir, u64::MAX));
        }
        Ok(())
    }

    /// Removes a session whose deletion is decided on: its directory, and when that is gone, its
    /// row. Whatever is being written in it is complete before its directory goes.
    fn complete_deletion(&self, id: &SessionId, seq: i64, effort: Effort) -> Result<()> {
        let disk = self.disk()?;
        let patience = if effort == Effort::Full { u64::MAX } else { FEW };
        let at = disk.session_path(id);
        let mut lock = None;
        let mut left = match disk.open_to_remove(id) {
            Ok(None) => Leftovers::default(),
            Ok(Some(dir)) => match open_handle(&dir).and_then(|handle| exclusive(handle, effort)) {
                Ok(Some(handle)) => {
                    lock = Some(handle);
                    // Another process may have removed it, and there may be a new one of this name.
                    if disk.is_session(id, &dir) {
                        disk.empty_session(id, &dir, patience)
                    } else {
                        Leftovers::default()
                    }
                }
                // Someone is writing in it: a later command removes it.
                Ok(None) => return Ok(()),
                Err(e) => Leftovers::of(&at, &e),
            },
            // Something else has its name.
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => Leftovers::default(),
            Err(e) => Leftovers::of(&at, &e),
        };
        let doing = "deleting a session";
        // In one transaction, so that no session of this name is made meanwhile.
        self.db()?.write(doing, |tx| {
            let there = tx.query_row("SELECT 1 FROM session WHERE seq = ?1", [seq], |_| Ok(())).optional();
            if there.map_err(|e| fault(doing, &e))?.is_none() {
                left = Leftovers::default();
                return Ok(());
            }
            if left.is_empty() {
                left = disk.remove_session_dir(id);
            }
            let done = if left.is_empty() {
                drop(disk.usage().remove_file(id.as_str()));
                tx.execute("DELETE FROM session WHERE seq = ?1", [seq])
            } else {
                tx.execute("UPDATE session SET deletion_error = ?2 WHERE seq = ?1", params![seq, left.to_string()])
            };
            done.map(drop).map_err(|e| fault(doing, &e))
        })?;
        drop(lock);
        if left.is_empty() { Ok(()) } else { Err(undeleted(id, &left.to_string())) }
    }

    /// Tries again to complete all deletions; returns those that still are not, with the reason.
    pub(super) fn waiting_deletions(&self) -> Result<Vec<(String, String)>> {
        self.remove_expired(Effort::Little)?;
        self.db()?.read("looking for deleted sessions", |c| {
            c.prepare(
                "SELECT id, coalesce(deletion_error, 'another process works in it') FROM session WHERE deleting ORDER BY seq",
            )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    fn session_of(&self, row: FullSessionRow) -> Result<Session> {
        let id: SessionId = row.id.parse()?;
        let record = SessionRecord {
            id: id.clone(),
            path: self.disk()?.session_path(&id).display().to_string(),
            ttl_seconds: row.ttl.map(|ttl| ttl.as_secs_f64()),
            deletion_error: row.deletion_error.clone(),
            settings: serde_json::from_str(&row.settings).unwrap_or_default(),
        };
        Ok(Session {
            id,
            backend: CAPABILITIES.backend,
            status: match row.deletion_error {
                Some(_) => SessionStatus::Deleting,
                None if row.stopped => SessionStatus::Stopped,
                None => SessionStatus::Running,
            },
            title: row.title,
            labels: serde_json::from_str(&row.labels).ok(),
            created_at: timestamp(Some(row.created_at)),
            updated_at: timestamp(Some(row.updated_at)),
            expires_at: timestamp(row.expires_at),
            agent: row.agent,
            mounts: Vec::new(),
            provider: Provider::of(&record),
        })
    }
}

/// Notes within a transaction that a session is used, unless that was noted a `pause` ago or less; returns the row's
/// number and how long the session may idle.
pub(super) fn mark_used(tx: &Transaction<'_>, id: &SessionId, pause: Duration) -> Result<(i64, Option<Duration>)> {
    let doing = "touching a session";
    let row = live(tx, id, doing)?;
    let now = Timestamp::now();
    let pause = row.ttl.map_or(pause, |ttl| pause.min(ttl / 10));
    let noted =
        u128::try_from(micros(now).saturating_sub(row.updated_at)).is_ok_and(|passed| passed < pause.as_micros());
    if noted && !row.stopped {
        return Ok((row.seq, row.ttl));
    }
    let expires_at = row.ttl.and_then(|ttl| expiry(now, ttl)).map(micros);
    tx.execute(
        "UPDATE session SET stopped = 0, updated_at = ?2, expires_at = ?3 WHERE seq = ?1",
        params![row.seq, micros(now), expires_at],
    )
    .map_err(|e| fault(doing, &e))?;
    Ok((row.seq, row.ttl))
}

/// A row of [`SELECT`].
struct FullSessionRow {
    seq: i64,
    id: String,
    title: Option<String>,
    stopped: bool,
    created_at: i64,
    updated_at: i64,
    ttl: Option<Duration>,
    expires_at: Option<i64>,
    agent: Option<String>,
    settings: String,
    deletion_error: Option<String>,
    labels: String,
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<FullSessionRow> {
    Ok(FullSessionRow {
        seq: row.get("seq")?,
        id: row.get("id")?,
        title: row.get("title")?,
        stopped: row.get("stopped")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        ttl: read_ttl(row)?,
        expires_at: row.get("expires_at")?,
        agent: row.get("agent")?,
        settings: row.get("settings")?,
        deletion_error: row.get("deletion_error")?,
        labels: row.get("labels")?,
    })
}

fn find(connection: &Connection, id: &SessionId) -> rusqlite::Result<Option<FullSessionRow>> {
    let sql = format!("{SELECT}{EXISTING} AND id = ?2");
    connection.prepare_cached(&sql)?.query_row(params![micros(Timestamp::now()), id.as_str()], read_row).optional()
}

/// What decides whether a session can be used, and until when.
struct LiveRow {
    seq: i64,
    stopped: bool,
    updated_at: i64,
    ttl: Option<Duration>,
    deletion_error: Option<String>,
}

/// Returns the row of a usable session.
fn live(tx: &Transaction<'_>, id: &SessionId, doing: &str) -> Result<LiveRow> {
    // Each command looks here, and the labels of [`SELECT`] would take most of the time.
    let sql = format!("SELECT seq, stopped, updated_at, ttl, deletion_error {EXISTING} AND id = ?2");
    let row = tx.prepare_cached(&sql).and_then(|mut select| {
        let read = |row: &Row<'_>| {
            Ok(LiveRow {
                seq: row.get("seq")?,
                stopped: row.get("stopped")?,
                updated_at: row.get("updated_at")?,
                ttl: read_ttl(row)?,
                deletion_error: row.get("deletion_error")?,
            })
        };
        select.query_row(params![micros(Timestamp::now()), id.as_str()], read).optional()
    });
    let row = row.map_err(|e| fault(doing, &e))?.ok_or_else(|| unknown(id))?;
    match &row.deletion_error {
        Some(reason) => Err(undeleted(id, reason).of_kind(Kind::Conflict)),
        None => Ok(row),
    }
}

/// Locks a session's directory exclusively; `None` if it is locked and `effort` does not wait.
fn exclusive(handle: File, effort: Effort) -> io::Result<Option<File>> {
    if effort == Effort::Full {
        handle.lock()?;
        return Ok(Some(handle));
    }
    match handle.try_lock() {
        Ok(()) => Ok(Some(handle)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

fn set_labels(tx: &Transaction<'_>, session: i64, labels: &Labels) -> rusqlite::Result<()> {
    let mut insert = tx.prepare(
        "INSERT INTO label (session, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (session, name) DO UPDATE SET value = excluded.value",
    )?;
    labels.iter().try_for_each(|(name, value)| insert.execute(params![session, name, value]).map(drop))
}

/// Changes a session's labels, and records the time.
fn relabel(tx: &Transaction<'_>, session: i64, patch: &LabelPatch) -> rusqlite::Result<()> {
    set_labels(tx, session, &patch.set)?;
    for name in &patch.remove {
        tx.execute("DELETE FROM label WHERE session = ?1 AND name = ?2", params![session, name])?;
    }
    tx.execute("UPDATE session SET updated_at = ?2 WHERE seq = ?1", params![session, micros(Timestamp::now())])?;
    Ok(())
}
