//! Stored files: content by its SHA-256, and a row for each upload.

use async_trait::async_trait;
use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, Row, Transaction, params, params_from_iter};
use serde::Serialize;
use std::sync::Arc;

use super::capabilities::CAPABILITIES;
use super::db::{RowPage, fault, micros, timestamp};
use super::disk::{Durability, NAME_MAX};
use super::home::LocalHome;
use crate::backend::{FetchOptions, FileStore, GetResult, NewStoredFile, Page, PageRequest, PutResult, RemoteHash};
use wharf_core::advice::{Setting, Step};
use wharf_core::body::{Attributes, Source};
use wharf_core::error::{Error, Result};
use wharf_core::model::{FileId, Provider, RemotePath, Scope, SessionId, StoredFile, Timestamp};
use wharf_core::random;
use wharf_core::staging::StagingEntry;

/// The object in `provider` of a stored file.
#[derive(Serialize)]
struct StoredFileRecord<'a> {
    id: &'a str,
    sha256: &'a str,
}

/// The stored files of a home.
pub(super) struct LocalStore {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl FileStore for LocalStore {
    async fn upload(&self, new: NewStoredFile, source: &dyn Source) -> Result<(StoredFile, PutResult)> {
        CAPABILITIES.require_all(new.features())?;
        check_name(&new.filename)?;
        let doing = "storing a file";
        let (sent, content) = self.home.ingest(&mut source.open().await?, &new.filename).await?;
        let id: FileId = random::id("file")?.parse()?;
        let mime_type = new.mime_type.unwrap_or_else(|| {
            mime_guess::from_path(&new.filename).first_raw().unwrap_or("application/octet-stream").to_owned()
        });
        let now = Timestamp::now();
        let _mark = self.home.mark(&sent.sha256)?;
        self.home.db()?.write(doing, |tx| {
            self.home.insert_content(content, &sent.sha256)?;
            let row = StoredFileRow {
                seq: None,
                id: id.to_string(),
                filename: new.filename,
                mime_type,
                size: sent.bytes,
                sha256: sent.sha256.clone(),
                created_at: micros(now),
            };
            insert(tx, &row).map_err(|e| fault(doing, &e))
        })?;
        let stored = PutResult {
            path: RemotePath::root(),
            size: Some(sent.bytes),
            sha256: Some(sent.sha256.clone()),
            file_id: Some(id.clone()),
            resource_id: None,
            md5: false,
            sent,
        };
        Ok((self.get(&id).await?, stored))
    }

    async fn list(&self, scope: Option<&SessionId>, page: PageRequest) -> Result<Page<StoredFile>> {
        let mut sql = SELECT.to_owned();
        let mut values: Vec<Sql> = Vec::new();
        let cut = RowPage::new(&page)?;
        if let Some(before) = cut.after {
            sql.push_str(" AND seq < ?");
            values.push(before.into());
        }
        if let Some(session) = scope {
            sql.push_str(" AND id IN (SELECT file_id FROM resource WHERE session = ?)");
            values.push(self.home.live(session)?.seq.into());
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?");
        values.push(cut.rows.into());
        let rows = self.home.db()?.read("listing stored files", |c| {
            c.prepare(&sql)?.query_map(params_from_iter(values), read_row)?.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let scope = scope.map(|id| Scope { kind: "session", id: id.clone() });
        Ok(cut.page(rows, |row| row.seq.unwrap_or(0), |row| stored_file(row, scope.clone())))
    }

    async fn get(&self, id: &FileId) -> Result<StoredFile> {
        stored_file(self.home.stored(id)?, None)
    }

    async fn fetch(&self, id: &FileId, options: FetchOptions) -> Result<GetResult> {
        let row = self.home.stored(id)?;
        let body = self.home.content(&row, options.range)?;
        let attributes = Attributes { modified_at: timestamp(Some(row.created_at)), executable: false };
        let sha256 = if options.range.is_none() { RemoteHash::Known(row.sha256) } else { RemoteHash::Streamed };
        Ok(GetResult { body, attributes, sha256, file_id: Some(id.clone()) })
    }

    async fn delete(&self, id: &FileId) -> Result<()> {
        let doing = "deleting a stored file";
        let row = self.home.stored(id)?;
        let _mark = self.home.mark(&row.sha256)?;
        let deleted = self.home.db()?.write(doing, |tx| {
            tx.execute("DELETE FROM stored_file WHERE id = ?1", [id.as_str()]).map_err(|e| fault(doing, &e))
        })?;
        if deleted == 0 {
            return Err(unknown(id));
        }
        // Only now, so that a kill on the way leaves content without a name, never a name without
        // content.
        let Err(error) = self.home.forget_content(&row.sha256) else { return Ok(()) };
        if self.home.has_content(&row.sha256)? {
            // It is as it was, so that the deletion can be tried again.
            self.home.db()?.write(doing, |tx| insert(tx, &row).map_err(|e| fault(doing, &e)))?;
        }
        Err(error)
    }
}

impl LocalHome {
    /// Records that a content may have no name for a moment, if a later process could clean it up.
    fn mark(&self, sha256: &str) -> Result<Option<StagingEntry<'_>>> {
        let disk = self.swept()?;
        (self.durability != Durability::None).then(|| disk.mark(sha256)).transpose()
    }

    /// Removes a content that no stored file needs any more.
    pub(super) fn forget_content(&self, sha256: &str) -> Result<()> {
        let doing = "removing the content of a stored file";
        let (disk, db) = (self.disk()?, self.db()?);
        db.settle()?;
        let withdrawn = db.write(doing, |tx| {
            let others: i64 = tx
                .query_row("SELECT count(*) FROM stored_file WHERE sha256 = ?1", [sha256], |row| row.get(0))
                .map_err(|e| fault(doing, &e))?;
            match if others > 0 { None } else { self.withdraw_content(disk, sha256)? } {
                // Before anything else can take its place.
                Some(content) if content.is_in_place() => self.discard_content(content).map(|()| None),
                content => Ok(content),
            }
        })?;
        withdrawn.map_or(Ok(()), |content| self.discard_content(content))
    }

    /// Returns the row of a stored file.
    pub(super) fn stored(&self, id: &FileId) -> Result<StoredFileRow> {
        let sql = format!("{SELECT} AND id = ?1");
        self.db()?
            .read("reading a stored file", |c| c.prepare_cached(&sql)?.query_row([id.as_str()], read_row).optional())?
            .ok_or_else(|| unknown(id))
    }
}

const SELECT: &str = "SELECT seq, id, filename, mime_type, size, sha256, created_at FROM stored_file WHERE seq > 0";

/// A row of [`SELECT`]; one that is still to be inserted has no number.
pub(super) struct StoredFileRow {
    seq: Option<i64>,
    pub(super) id: String,
    pub(super) filename: String,
    mime_type: String,
    pub(super) size: u64,
    pub(super) sha256: String,
    created_at: i64,
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<StoredFileRow> {
    let size: i64 = row.get("size")?;
    Ok(StoredFileRow {
        seq: row.get("seq")?,
        id: row.get("id")?,
        filename: row.get("filename")?,
        mime_type: row.get("mime_type")?,
        size: u64::try_from(size).unwrap_or(0),
        sha256: row.get("sha256")?,
        created_at: row.get("created_at")?,
    })
}

fn insert(tx: &Transaction<'_>, row: &StoredFileRow) -> rusqlite::Result<()> {
    let size = i64::try_from(row.size).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO stored_file (seq, id, filename, mime_type, size, sha256, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![row.seq, row.id, row.filename, row.mime_type, size, row.sha256, row.created_at])
    .map(drop)
}

fn stored_file(row: StoredFileRow, scope: Option<Scope>) -> Result<StoredFile> {
    Ok(StoredFile {
        provider: Provider::of(&StoredFileRecord { id: &row.id, sha256: &row.sha256 }),
        id: row.id.parse()?,
        filename: row.filename,
        size: Some(row.size),
        mime_type: Some(row.mime_type),
        created_at: timestamp(Some(row.created_at)),
        downloadable: Some(true),
        scope,
    })
}

fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > NAME_MAX || name == "." || name == ".." || name.contains(['/', '\0']) {
        return Err(Error::usage(format!("invalid name of a stored file: {name:?}"))
            .hint(format!("use 1 to 255 bytes without a slash: {}", Setting::Name.to("NAME"))));
    }
    Ok(())
}

fn unknown(id: &FileId) -> Error {
    Error::not_found(format!("stored file `{id}` not found"))
        .hint(format!("{} lists the existing ones", Step::ListStoredFiles { scope: None }))
}
