//! The contents of stored files, in `store/` by their SHA-256, so that equal contents are stored once. A temporary store
//! keeps small contents in memory, because tests create and delete thousands of them.

use std::io::Write as _;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt};

use super::disk::{Disk, Durability, read_range};
use super::home::LocalHome;
use super::memory::{ALL, SMALL};
use super::store::StoredFileRow;
use crate::backend::ByteRange;
use wharf_core::body::{Body, Digest};
use wharf_core::error::{Error, Result};
use wharf_core::platform;
use wharf_core::staging::{StagedRemoval, StagingEntry};

/// A complete content that has no path yet.
pub(super) enum Ingested<'a> {
    OnDisk(StagingEntry<'a>),
    InMemory(Bytes),
}

impl LocalHome {
    /// Reads a content; `name` is its name in messages.
    pub(super) async fn ingest(&self, body: &mut Body, name: &str) -> Result<(Digest, Ingested<'_>)> {
        let doing = |e: std::io::Error| Error::io(format!("writing `{name}`"), &e);
        let mut head = BytesMut::new();
        while self.durability == Durability::None && head.len() <= SMALL && self.memory.state().bytes < ALL {
            let Some(block) = body.next().await? else {
                return Ok((body.digest()?.clone(), Ingested::InMemory(head.freeze())));
            };
            head.extend_from_slice(&block);
        }
        let mut staged = self.swept()?.staging_file()?;
        staged.handle().write_all(&head).map_err(doing)?;
        let sent = staged.fill(body, name).await?;
        platform::set_mode(staged.handle(), 0o444).map_err(doing)?;
        if self.durability == Durability::Synced {
            staged.handle().sync_all().map_err(doing)?;
        }
        Ok((sent, Ingested::OnDisk(staged)))
    }

    /// Moves a content to its path in the store.
    pub(super) fn insert_content(&self, content: Ingested<'_>, sha256: &str) -> Result<()> {
        let doing = |e: std::io::Error| Error::io("storing a file", &e);
        match content {
            Ingested::InMemory(content) => self.memory.insert(sha256, content),
            Ingested::OnDisk(staged) => {
                let (disk, (directory, path)) = (self.disk()?, content_path(sha256));
                disk.store().create_dir_all(&directory).map_err(doing)?;
                staged.persist(disk.store(), &path).map_err(doing)?;
                disk.changed_store(&directory);
            }
        }
        Ok(())
    }

    /// Removes a content that was taken out of the store.
    pub(super) fn discard_content(&self, content: StagedRemoval<'_>) -> Result<()> {
        let disk = self.disk()?;
        disk.discard(content, "removing the content of a stored file", &self.path.join("store"))
    }

    /// Takes a content out of the store; returns its file on the disk, if any.
    pub(super) fn withdraw_content<'d>(&self, disk: &'d Disk, sha256: &str) -> Result<Option<StagedRemoval<'d>>> {
        if self.memory.remove(sha256) {
            return Ok(None);
        }
        let (directory, path) = content_path(sha256);
        let withdrawn = disk.withdraw(disk.store(), &path)?;
        disk.changed_store(&directory);
        Ok(Some(withdrawn))
    }

    /// Returns whether the store has a content.
    pub(super) fn has_content(&self, sha256: &str) -> Result<bool> {
        Ok(self.memory.state().contents.contains_key(sha256) || self.disk()?.store().exists(content_path(sha256).1))
    }

    /// Returns the content of a stored file, or a range of it.
    pub(super) fn content(&self, row: &StoredFileRow, range: Option<ByteRange>) -> Result<Body> {
        if let Some(content) = self.memory.state().contents.get(&row.sha256).cloned() {
            let size = content.len() as u64;
            let (first, length) = range.map_or(Ok((0, size)), |range| range.resolve(size))?;
            let end = usize::try_from(first + length).unwrap_or(content.len());
            let part = content.slice(usize::try_from(first).unwrap_or(end)..end);
            let blocks = (!part.is_empty()).then_some(Ok(part));
            return Ok(Body::of_stream(Some(length), stream::iter(blocks).boxed()));
        }
        let (_, path) = content_path(&row.sha256);
        let file = platform::open_regular_below(self.disk()?.store(), Path::new(&path)).map_err(|e| {
            Error::io(format!("reading the content of the stored file `{}`", row.id), &e)
                .hint("its content is missing from the store: delete the file and upload it again")
        })?;
        read_range(file, row.id.clone(), range)
    }
}

/// Returns the directory and the path of a content below `store/`.
fn content_path(sha256: &str) -> (String, String) {
    let directory = sha256.get(..2).unwrap_or("00").to_owned();
    let path = format!("{directory}/{sha256}");
    (directory, path)
}

#[cfg(test)]
mod tests {
    use super::super::CAPABILITIES;
    use super::super::Local;
    use super::*;
    use crate::backend::{FetchOptions, FileStore, NewStoredFile};
    use wharf_core::body::LocalFile;
    use wharf_core::model::FileId;

    async fn upload(store: &Local, dir: &Path, content: &[u8]) -> FileId {
        let (path, new) = (dir.join("source"), NewStoredFile { filename: "f".into(), ..NewStoredFile::default() });
        std::fs::write(&path, content).unwrap();
        store.store.upload(new, &LocalFile::new(&path).unwrap()).await.unwrap().0.id
    }

    async fn read(store: &Local, id: &FileId, range: Option<ByteRange>) -> Option<Vec<u8>> {
        let (mut body, mut all) =
            (store.store.fetch(id, FetchOptions { range, ..FetchOptions::default() }).await.ok()?.body, Vec::new());
        while let Some(block) = body.next().await.unwrap() {
            all.extend_from_slice(&block);
        }
        Some(all)
    }

    #[tokio::test]
    async fn small_contents_of_a_store_that_outlives_nothing_are_in_memory_and_others_are_not() {
        let (small, large) = (b"0123456789".to_vec(), vec![7; 3 * SMALL]);
        for (durability, on_disk) in [(Durability::None, 1), (Durability::Process, 2)] {
            let dir = tempfile::tempdir().unwrap();
            let store = Local::new(dir.path().join("home"), CAPABILITIES.limits, durability);
            let ids = [upload(&store, dir.path(), &small).await, upload(&store, dir.path(), &small).await];
            let other = upload(&store, dir.path(), &large).await;
            assert_eq!(std::fs::read_dir(dir.path().join("home/store")).unwrap().count(), on_disk);
            assert_eq!(read(&store, &other, None).await.unwrap(), large);
            store.store.delete(&ids[0]).await.unwrap();
            assert_eq!(read(&store, &ids[1], None).await.unwrap(), small);
            let part = Some(ByteRange { first: 3, last: Some(5) });
            assert_eq!(read(&store, &ids[1], part).await.unwrap(), b"345");
            assert_eq!(read(&store, &ids[1], Some(ByteRange { first: 10, last: None })).await, None);
            store.store.delete(&ids[1]).await.unwrap();
            store.store.delete(&other).await.unwrap();
            let left = store.home.memory.state();
            assert_eq!((left.contents.len(), left.bytes), (0, 0));
            assert_eq!(std::fs::read_dir(dir.path().join("home/tmp")).unwrap().count(), 0);
        }
    }
}
