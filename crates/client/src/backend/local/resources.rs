//! Resources: read-only copies of stored files inside sessions.
//!
//! A mount is a row and a file, which cannot come and go in one step. While they do, the row is
//! *unsettled*: it counts exactly if its file is there, for every reader at every moment. What a
//! killed process left unsettled is settled by that rule as soon as no process works in the session.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use cap_std::fs::Dir;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde_json::{Map, Value};

use super::capabilities::CAPABILITIES;
use super::db::{RowPage, fault, micros, timestamp};
use super::disk::{check_names, real_path, refused};
use super::home::LocalHome;
use super::store::StoredFileRow;
use crate::backend::{Capabilities, Feature, NewResource, Page, PageRequest, Resources};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, Provider, RemotePath, Resource, ResourceKind, SessionId, SessionPath, Timestamp};
use wharf_core::platform;
use wharf_core::random;
use wharf_core::staging::StagingEntry;
use wharf_core::walk::open_handle;

/// The object in `provider` of a resource.
#[derive(Serialize)]
struct ResourceRecord<'a> {
    id: &'a str,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// A stored file that was copied to its place and is to get its row.
pub(super) struct Mount {
    id: String,
    file_id: FileId,
    path: RemotePath,
    extra: Map<String, Value>,
}

impl Mount {
    /// Writes the row, below the limit of the session.
    pub(super) fn insert(
        &self,
        tx: &Transaction<'_>,
        session: i64,
        now: Timestamp,
        unsettled: bool,
    ) -> rusqlite::Result<()> {
        tx.execute(
            "INSERT INTO resource (id, session, file_id, mount_path, extra, created_at, unsettled) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.id,
                session,
                self.file_id.as_str(),
                self.path.as_str(),
                serde_json::to_string(&self.extra).unwrap_or_default(),
                micros(now),
                unsettled
            ],
        )
        .map(drop)
    }
}

/// The resources of the sessions of a home.
pub(super) struct LocalResources {
    pub(super) home: Arc<LocalHome>,
}

#[async_trait]
impl Resources for LocalResources {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn add(&self, session: &SessionId, new: NewResource) -> Result<Resource> {
        let doing = "mounting a stored file";
        let mut prepared = self.home.prepare(session, new)?;
        let guard = &self.home.enter(session)?;
        self.home.woken(guard)?;
        let (seq, dir) = (&guard.seq, &guard.dir);
        self.home.usage(guard)?.room(Some(prepared.bytes()), 0)?;
        self.home.db()?.write(doing, |tx| {
            let mounted: i64 = tx
                .query_row("SELECT count(*) FROM resource WHERE session = ?1", [seq], |row| row.get(0))
                .map_err(|e| fault(doing, &e))?;
            self.home.check_count(usize::try_from(mounted).unwrap_or(usize::MAX))?;
            let path = real_path(dir, &prepared.mount.path)?;
            let taken = tx
                .query_row(
                    "SELECT 1 FROM resource WHERE session = ?1 AND mount_path = ?2",
                    params![seq, path.as_str()],
                    |_| Ok(()),
                )
                .optional()
                .map_err(|e| fault(doing, &e))?;
            // Looked at before there is a row: an unsettled row would take another's file for its own.
            if taken.is_some() || platform::entry_metadata(dir, path.relative()).is_ok() {
                return Err(taken_path(&prepared.at));
            }
            prepared.at.path = path.clone();
            prepared.mount.path = path;
            prepared.mount.insert(tx, *seq, Timestamp::now(), true).map_err(|e| fault(doing, &e))
        })?;
        let id = prepared.mount.id.clone();
        let place = async {
            let parent = self.home.make_parents(guard, &prepared.at, false)?;
            let copy = self.home.copy_beside(&prepared, &parent).await?;
            self.home.usage(guard)?.add(prepared.bytes(), 0)?;
            prepared.persist(copy, &parent)
        };
        let mount = match place.await {
            Ok(mount) => mount,
            Err(error) => {
                self.home.db()?.write(doing, |tx| {
                    tx.execute("DELETE FROM resource WHERE id = ?1", [&id]).map_err(|e| fault(doing, &e))
                })?;
                return Err(error);
            }
        };
        self.home.db()?.write(doing, |tx| {
            tx.execute("UPDATE resource SET unsettled = 0 WHERE id = ?1", [&id]).map_err(|e| fault(doing, &e))
        })?;
        self.home.disk()?.changed_in(&SessionPath { session: session.clone(), path: mount.path }, false);
        self.get(session, &mount.id).await
    }

    async fn list(&self, session: &SessionId, page: PageRequest) -> Result<Page<Resource>> {
        let seq = self.home.live(session)?.seq;
        let cut = RowPage::new(&page)?;
        let rows = self.home.db()?.read("listing resources", |c| {
            c.prepare("SELECT seq, id, file_id, mount_path, extra, created_at, unsettled FROM resource WHERE session = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?
                .query_map(params![seq, cut.after.unwrap_or(0), cut.rows], read_row)?
                .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let page = cut.page(rows, |row| row.seq, |row| self.home.counted(session, row));
        // A row that is still to be settled is not there.
        let rows = page.items.into_iter().filter_map(Result::transpose);
        let items = rows.map(|row| row.and_then(|row| resource(session, row))).collect();
        Ok(Page { items, received: page.received, next: page.next })
    }

    async fn get(&self, session: &SessionId, id: &str) -> Result<Resource> {
        let seq = self.home.live(session)?.seq;
        let row = self.home.db()?.read("reading a resource", |c| {
            c.query_row(
                "SELECT seq, id, file_id, mount_path, extra, created_at, unsettled FROM resource WHERE session = ?1 AND id = ?2",
                params![seq, id],
                read_row,
            )
            .optional()
        })?;
        let row = row.map(|row| self.home.counted(session, row)).transpose()?.flatten();
        resource(session, row.ok_or_else(|| unknown(session, id))?)
    }

    async fn remove(&self, session: &SessionId, id: &str) -> Result<()> {
        let doing = "unmounting a stored file";
        let guard = &self.home.enter(session)?;
        self.home.woken(guard)?;
        let (seq, dir) = (&guard.seq, &guard.dir);
        let path: String = self.home.db()?.write(doing, |tx| {
            let path: Option<String> = tx
                .query_row(
                    "UPDATE resource SET unsettled = 1 WHERE session = ?1 AND id = ?2 RETURNING mount_path",
                    params![seq, id],
                    |row| row.get(0),
                )
                .optional()
                .map_err(|e| fault(doing, &e))?;
            path.ok_or_else(|| unknown(session, id))
        })?;
        let path: RemotePath = path.parse()?;
        // What another program put in its place is not ours to remove.
        let disk = self.home.disk()?;
        if is_there(dir, &path) {
            let withdrawn = disk.withdraw(dir, path.relative())?;
            disk.changed_in(&SessionPath { session: session.clone(), path: path.clone() }, false);
            // The mount stays unsettled where it fails: it counts exactly if its file is still there.
            disk.discard(withdrawn, format_args!("unmounting `{session}:{path}`"), &disk.session_path(session))?;
        }
        self.home.db()?.write(doing, |tx| {
            tx.execute("DELETE FROM resource WHERE id = ?1", [id]).map(drop).map_err(|e| fault(doing, &e))
        })
    }
}

/// A stored file that is to be mounted.
pub(super) struct PreparedMount {
    upload: StoredFileRow,
    mount: Mount,
    at: SessionPath,
}

impl PreparedMount {
    /// Returns the size of the file in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.upload.size
    }

    /// Moves a copy of the file to its path, where no entry may exist.
    fn persist(self, copy: StagingEntry<'_>, parent: &Dir) -> Result<Mount> {
        let at = self.at;
        copy.persist_noclobber(parent, at.path.name()).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => taken_path(&at),
            _ => refused(format!("mounting at `{at}`"), &e),
        })?;
        Ok(self.mount)
    }
}

impl LocalHome {
    /// Fails if a session has the maximum number of mounts.
    pub(super) fn check_count(&self, mounted: usize) -> Result<()> {
        match self.limits.mounts {
            Some(limit) if mounted >= limit as usize => {
                Err(Error::new(Kind::Limit, format!("a session takes at most {limit} resources"))
                    .hint("unmount some, upload files without mounting them, or set WHARF_SESSION_MOUNTS"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the row if it is valid.
    fn counted(&self, session: &SessionId, row: ResourceRow) -> Result<Option<ResourceRow>> {
        let there = !row.unsettled || is_there(&self.disk()?.session(session)?, &row.mount_path.parse()?);
        Ok(there.then_some(row))
    }

    /// Settles what a killed process left, unless a process works in the session.
    pub(super) fn settle_mounts(&self, session: &SessionId, seq: i64) -> Result<()> {
        let doing = "settling the mounts of a session";
        let left = self.db()?.read(doing, |c| {
            c.prepare_cached("SELECT id, mount_path FROM resource WHERE session = ?1 AND unsettled")?
                .query_map([seq], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<Vec<(String, String)>>>()
        })?;
        if left.is_empty() {
            return Ok(());
        }
        let dir = self.disk()?.session(session)?;
        let Ok(handle) = open_handle(&dir) else { return Ok(()) };
        if handle.try_lock().is_err() {
            return Ok(());
        }
        self.db()?.write(doing, |tx| {
            for (id, path) in &left {
                let sql = if is_there(&dir, &path.parse()?) {
                    "UPDATE resource SET unsettled = 0 WHERE id = ?1"
                } else {
                    "DELETE FROM resource WHERE id = ?1 AND unsettled"
                };
                tx.execute(sql, [id]).map_err(|e| fault(doing, &e))?;
            }
            Ok(())
        })
    }

    /// Reads the stored file that `new` mounts.
    pub(super) fn prepare(&self, session: &SessionId, new: NewResource) -> Result<PreparedMount> {
        CAPABILITIES.require_all([Feature::of_resource(new.kind)].into_iter())?;
        let file_id = new.file_id.ok_or_else(|| {
            Error::usage("a resource of type file needs a stored file")
                .hint("give its id: `file_...`, or `@LOCAL` to upload and mount")
        })?;
        let upload = self.stored(&file_id)?;
        let wanted = new.mount_path.as_ref().unwrap_or(&upload.filename);
        let path: RemotePath = wanted.parse()?;
        if path.is_root() {
            return Err(Error::usage(format!("a mount path names a file: `{wanted}`")).hint("`FILE_ID:/dir/name`"));
        }
        let at = SessionPath { session: session.clone(), path: path.clone() };
        check_names(&at)?;
        let mount = Mount { id: random::id("sesrsc")?, file_id, path, extra: new.extra };
        Ok(PreparedMount { upload, mount, at })
    }

    /// Mounts a stored file in the directory of a session that is not visible yet.
    pub(super) async fn mount_in(&self, dir: &Dir, prepared: PreparedMount) -> Result<Mount> {
        let path = prepared.at.path.parent().unwrap_or_else(RemotePath::root);
        let doing = |e: io::Error| match e.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => taken_path(&prepared.at),
            _ => refused(format!("mounting at `{}`", prepared.at), &e),
        };
        let parent = if path.is_root() {
            dir.try_clone()
        } else {
            dir.create_dir_all(path.relative()).and_then(|()| dir.open_dir(path.relative()))
        };
        let parent = parent.map_err(doing)?;
        let copy = self.copy_beside(&prepared, &parent).await?;
        prepared.persist(copy, &parent)
    }

    /// Copies a stored file into the directory that it is to be mounted in.
    async fn copy_beside<'d>(&self, prepared: &PreparedMount, parent: &'d Dir) -> Result<StagingEntry<'d>> {
        let (at, upload) = (&prepared.at, &prepared.upload);
        let doing = |e: io::Error| refused(format!("mounting at `{at}`"), &e);
        let mut staged = StagingEntry::beside(parent).map_err(doing)?;
        let copied = staged.fill(&mut self.content(upload, None)?, at).await?;
        if copied.sha256 != upload.sha256 {
            return Err(Error::new(
                Kind::Unverified,
                format!("the content of this stored file is damaged: `{}`", upload.id),
            )
            .hint("delete it and upload it again"));
        }
        platform::set_mode(staged.handle(), 0o444).map_err(doing)?;
        staged.handle().sync_all().map_err(doing)?;
        Ok(staged)
    }
}

fn taken_path(at: &SessionPath) -> Error {
    Error::conflict(format!("mount path `{at}` is already in use")).hint("choose another: `FILE_ID:/other/path`")
}

/// Returns whether the file of a mount is at its path.
fn is_there(dir: &Dir, path: &RemotePath) -> bool {
    platform::entry_metadata(dir, path.relative()).is_ok_and(|meta| meta.is_file())
}

/// Unsettles the rows of all mounts at `path` or below it, because their files are to go.
pub(super) fn unsettle(tx: &Transaction<'_>, session: i64, path: &RemotePath) -> Result<()> {
    update_below(tx, "UPDATE resource SET unsettled = 1", session, path)
}

/// Removes the rows of all mounts at `path` or below it, whose files are gone.
pub(super) fn forget(tx: &Transaction<'_>, session: i64, path: &RemotePath) -> Result<()> {
    update_below(tx, "DELETE FROM resource", session, path)
}

fn update_below(tx: &Transaction<'_>, change: &str, session: i64, path: &RemotePath) -> Result<()> {
    let below = if path.is_root() { "/".to_owned() } else { format!("{path}/") };
    let sql = format!("{change} WHERE session = ?1 AND (mount_path = ?2 OR substr(mount_path, 1, length(?3)) = ?3)");
    tx.execute(&sql, params![session, path.as_str(), below]).map(drop).map_err(|e| fault("unmounting", &e))
}

struct ResourceRow {
    seq: i64,
    id: String,
    file_id: String,
    mount_path: String,
    extra: String,
    created_at: i64,
    unsettled: bool,
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<ResourceRow> {
    Ok(ResourceRow {
        seq: row.get("seq")?,
        id: row.get("id")?,
        file_id: row.get("file_id")?,
        mount_path: row.get("mount_path")?,
        extra: row.get("extra")?,
        created_at: row.get("created_at")?,
        unsettled: row.get("unsettled")?,
    })
}

fn resource(session: &SessionId, row: ResourceRow) -> Result<Resource> {
    let made = timestamp(Some(row.created_at));
    Ok(Resource {
        provider: Provider::of(&ResourceRecord {
            id: &row.id,
            extra: serde_json::from_str(&row.extra).unwrap_or_default(),
        }),
        id: Some(row.id),
        session: session.clone(),
        kind: ResourceKind::File,
        file_id: Some(row.file_id.parse()?),
        mount_path: Some(row.mount_path),
        created_at: made,
        updated_at: made,
    })
}

fn unknown(session: &SessionId, id: &str) -> Error {
    Error::not_found(format!("resource `{id}` not found in session `{session}`"))
        .hint(format!("{} lists the existing ones", Step::ListResources { session: Some(session.as_str()) }))
}
