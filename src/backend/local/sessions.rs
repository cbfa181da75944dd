//! Sessions: a row and a directory, made and removed together.

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use serde::Serialize;
use serde_json::{Map, Value};

use super::db::{Cut, fault, micros, timestamp};
use super::usage::too_much;
use super::{CAPABILITIES, Local};
use crate::backend::{
    Feature, LabelPatch, NewSession, Page, PageRequest, SessionQuery, Sessions, document, expiry, registry,
};
use crate::error::{Error, Result};
use crate::model::{Labels, Provider, Session, SessionId, SessionStatus, Timestamp};
use crate::pending::handle_of;
use crate::random;

/// What a session's `provider` shows.
#[derive(Serialize)]
struct Record {
    id: SessionId,
    path: String,
    ttl_seconds: Option<f64>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

/// The columns that [`read_row`] wants. A session that expired or is being deleted is not there.
const SELECT: &str = "
SELECT seq, id, title, stopped, created_at, updated_at, ttl, expires_at, agent, settings,
       (SELECT json_group_object(name, value) FROM label WHERE session = seq) AS labels
FROM session WHERE NOT deleting AND (expires_at IS NULL OR expires_at > ?1)";

#[async_trait]
impl Sessions for Local {
    fn read_document(&self, document: Map<String, Value>) -> Result<(NewSession, Vec<String>)> {
        document::session(document)
    }

    async fn create(&self, new: NewSession) -> Result<Session> {
        self.remove_expired()?;
        let id = match &new.id {
            Some(id) => id.clone(),
            None => random::id("sesn")?.parse()?,
        };
        let now = Timestamp::now();
        let (pending, dir) = self.swept()?.pending_dir()?;
        let (mut mounts, mut bytes) = (Vec::new(), 0_u64);
        for resource in new.resources {
            self.check_count(mounts.len())?;
            let prepared = self.prepare(&id, resource).await?;
            bytes = prepared.bytes().saturating_add(bytes);
            if let Some(limit) = self.limits.session_bytes.filter(|limit| bytes > *limit) {
                return Err(too_much(&id, limit));
            }
            mounts.push(prepared.place(&dir)?);
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
        self.db()?.write(doing, |tx| {
            let taken = tx.query_row("SELECT 1 FROM session WHERE id = ?1", [id.as_str()], |_| Ok(())).optional();
            if taken.map_err(|e| fault(doing, &e))?.is_some() {
                return Err(Error::conflict(format!("a session of this id exists: `{id}`")).hint("choose another --id, or delete it first"));
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
            self.disk()?.place_session(pending, &id)
        })?;
        self.disk()?.finish_session(&id)?;
        self.get(&id).await
    }

    async fn list(&self, query: &SessionQuery, page: PageRequest) -> Result<Page<Session>> {
        let mut sql = SELECT.to_owned();
        let mut values: Vec<Sql> = vec![micros(Timestamp::now()).into()];
        let cut = Cut::new(&page)?;
        if let Some(before) = cut.after {
            sql.push_str(" AND seq < ?");
            values.push(before.into());
        }
        if !query.statuses.is_empty() {
            let wanted = [(SessionStatus::Running, "0"), (SessionStatus::Stopped, "1")];
            let codes: Vec<&str> =
                wanted.iter().filter(|(status, _)| query.statuses.contains(status)).map(|(_, code)| *code).collect();
            sql.push_str(" AND stopped IN (");
            sql.push_str(&codes.join(", "));
            sql.push(')');
        }
        for (name, value) in &query.labels {
            sql.push_str(" AND EXISTS (SELECT 1 FROM label WHERE session = seq AND name = ? AND value = ?)");
            values.push(name.clone().into());
            values.push(value.clone().into());
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?");
        values.push(cut.rows.into());
        let rows = self.db()?.read("listing sessions", |c| {
            c.prepare(&sql)?.query_map(params_from_iter(values), read_row)?.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        cut.page(rows, |row| row.seq, |row| self.session_of(row))
    }

    async fn get(&self, id: &SessionId) -> Result<Session> {
        let row = self.db()?.read("reading a session", |c| find(c, id))?;
        self.session_of(row.ok_or_else(|| unknown(id))?)
    }

    async fn delete(&self, id: &SessionId, _force: bool) -> Result<()> {
        let now = micros(Timestamp::now());
        let live = "NOT deleting AND (expires_at IS NULL OR expires_at > ?2)";
        self.remove_session(id, live, now)?.then_some(()).ok_or_else(|| unknown(id))
    }

    async fn label(&self, id: &SessionId, patch: LabelPatch) -> Result<Session> {
        if !patch.set.is_empty() || !patch.remove.is_empty() {
            let doing = "labelling a session";
            self.db()?.write(doing, |tx| {
                let seq = find(tx, id).map_err(|e| fault(doing, &e))?.ok_or_else(|| unknown(id))?.seq;
                set_labels(tx, seq, &patch.set).map_err(|e| fault(doing, &e))?;
                for name in &patch.remove {
                    tx.execute("DELETE FROM label WHERE session = ?1 AND name = ?2", params![seq, name])
                        .map_err(|e| fault(doing, &e))?;
                }
                tx.execute("UPDATE session SET updated_at = ?2 WHERE seq = ?1", params![seq, micros(Timestamp::now())])
                    .map_err(|e| fault(doing, &e))
            })?;
        }
        self.get(id).await
    }

    async fn touch(&self, id: &SessionId) -> Result<Session> {
        self.used(id)?;
        self.get(id).await
    }

    async fn stop(&self, id: &SessionId) -> Result<Session> {
        let doing = "stopping a session";
        self.db()?.write(doing, |tx| {
            let row = find(tx, id).map_err(|e| fault(doing, &e))?.ok_or_else(|| unknown(id))?;
            tx.execute(
                "UPDATE session SET stopped = 1, updated_at = ?2 WHERE seq = ?1",
                params![row.seq, micros(Timestamp::now())],
            )
            .map_err(|e| fault(doing, &e))
        })?;
        self.get(id).await
    }

    async fn archive(&self, _id: &SessionId) -> Result<Session> {
        Err(registry::unsupported(CAPABILITIES.backend, Feature::SessionArchive))
    }
}

impl Local {
    /// Notes that a session was used: it is awake, and its idle time begins anew.
    pub(super) fn used(&self, id: &SessionId) -> Result<()> {
        let doing = "touching a session";
        self.db()?.write(doing, |tx| {
            let row = find(tx, id).map_err(|e| fault(doing, &e))?.ok_or_else(|| unknown(id))?;
            let now = Timestamp::now();
            let expires_at = row.ttl.and_then(|ttl| expiry(now, ttl)).map(micros);
            tx.execute(
                "UPDATE session SET stopped = 0, updated_at = ?2, expires_at = ?3 WHERE seq = ?1",
                params![row.seq, micros(now), expires_at],
            )
            .map_err(|e| fault(doing, &e))?;
            Ok(())
        })
    }

    /// Deletes what expired, so that a name can be used again and the disk does not fill, and what
    /// a killed process had begun to delete.
    fn remove_expired(&self) -> Result<()> {
        let now = micros(Timestamp::now());
        let expired: Vec<String> = self.db()?.read("looking for expired sessions", |c| {
            c.prepare("SELECT id FROM session WHERE deleting UNION SELECT id FROM session WHERE expires_at <= ?1")?
                .query_map([now], |row| row.get(0))?
                .collect()
        })?;
        for id in expired {
            self.remove_session(&id.parse()?, "deleting OR expires_at <= ?2", now)?;
        }
        Ok(())
    }

    /// Removes row and directory; false where no row fits. The decision is committed first: from
    /// then on the session is in no listing, and whoever is killed on the way leaves the rest to the
    /// next process. Whatever is being written in it is complete before its directory goes.
    fn remove_session(&self, id: &SessionId, condition: &str, now: i64) -> Result<bool> {
        let doing = "deleting a session";
        let decide = format!("UPDATE session SET deleting = 1 WHERE id = ?1 AND ({condition})");
        let decided = self
            .db()?
            .write(doing, |tx| tx.execute(&decide, params![id.as_str(), now]).map_err(|e| fault(doing, &e)))?;
        if decided == 0 {
            return Ok(false);
        }
        let disk = self.disk()?;
        let _lock = match disk.session(id).map(|dir| handle_of(&dir)) {
            Ok(handle) => {
                let locked = handle.and_then(|handle| handle.lock().map(|()| handle));
                Some(locked.map_err(|e| Error::io(format!("deleting the session `{id}`"), &e))?)
            }
            // Its directory is gone already.
            Err(_) => None,
        };
        let withdrawn = self.db()?.write(doing, |tx| {
            let gone = tx.execute("DELETE FROM session WHERE id = ?1 AND deleting", [id.as_str()]);
            // Where another process was faster there may be a new session of this name.
            if gone.map_err(|e| fault(doing, &e))? == 0 {
                return Ok(None);
            }
            drop(disk.usage().remove_file(id.as_str()));
            disk.withdraw_session(id).map(Some)
        })?;
        if let Some(withdrawn) = withdrawn {
            withdrawn.discard();
        }
        Ok(true)
    }

    fn session_of(&self, row: Stored) -> Result<Session> {
        let id: SessionId = row.id.parse()?;
        let record = Record {
            id: id.clone(),
            path: self.disk()?.session_path(&id).display().to_string(),
            ttl_seconds: row.ttl.map(|ttl| ttl.as_secs_f64()),
            settings: serde_json::from_str(&row.settings).unwrap_or_default(),
        };
        Ok(Session {
            id,
            backend: CAPABILITIES.backend,
            status: if row.stopped { SessionStatus::Stopped } else { SessionStatus::Running },
            title: row.title,
            labels: serde_json::from_str(&row.labels).ok(),
            created_at: timestamp(Some(row.created_at)),
            updated_at: timestamp(Some(row.updated_at)),
            expires_at: timestamp(row.expires_at),
            agent: row.agent,
            provider: Provider::of(&record),
        })
    }
}

/// A row of [`SELECT`].
struct Stored {
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
    labels: String,
}

pub(super) fn read_ttl(row: &Row<'_>) -> rusqlite::Result<Option<Duration>> {
    let ttl: Option<i64> = row.get("ttl")?;
    Ok(ttl.and_then(|micros| u64::try_from(micros).ok()).map(Duration::from_micros))
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
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
        labels: row.get("labels")?,
    })
}

fn find(connection: &Connection, id: &SessionId) -> rusqlite::Result<Option<Stored>> {
    let sql = format!("{SELECT} AND id = ?2");
    connection.prepare_cached(&sql)?.query_row(params![micros(Timestamp::now()), id.as_str()], read_row).optional()
}

fn set_labels(tx: &Transaction<'_>, session: i64, labels: &Labels) -> rusqlite::Result<()> {
    let mut insert = tx.prepare(
        "INSERT INTO label (session, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (session, name) DO UPDATE SET value = excluded.value",
    )?;
    labels.iter().try_for_each(|(name, value)| insert.execute(params![session, name, value]).map(drop))
}

pub(super) fn unknown(id: &SessionId) -> Error {
    Error::not_found(format!("there is no session of this id: `{id}`"))
        .hint("`wharf sessions list` shows those that are there")
}
