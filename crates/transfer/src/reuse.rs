//! Stored files that need not be uploaded again, because wharf uploaded the same content under the same name before.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::Transfer;
use wharf_client::backend::page::Pager;
use wharf_client::backend::{FileStore, NewStoredFile, PutResult, expiry};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{FileId, Receipt, StoredFile, Timestamp};
use wharf_core::upload_log::NamedUpload;

/// The number of files from which one listing is asked for instead of each file.
const LISTED: usize = 3;

/// How much longer than asked for a file may be kept: the clocks of two machines differ.
const CLOCKS: Duration = Duration::from_secs(5 * 60);

/// The stored files that wharf uploaded by name, and those that a transfer adds to them.
#[derive(Debug, Default)]
pub struct NamedUploads {
    known: HashMap<(String, u64), Vec<NamedUpload>>,
    made: RefCell<Vec<NamedUpload>>,
    gone: RefCell<Vec<FileId>>,
}

impl NamedUploads {
    /// Returns those of earlier commands, which are not uploaded again if they are still there.
    pub fn new(known: Vec<NamedUpload>) -> Self {
        let mut uploads = NamedUploads::default();
        for one in known {
            uploads.known.entry((one.name.clone(), one.size)).or_default().push(one);
        }
        uploads
    }

    /// Returns those that were uploaded since the last call, if they are at least `least`.
    pub fn take_made(&self, least: usize) -> Option<Vec<NamedUpload>> {
        let is_enough = self.made.borrow().len() >= least;
        is_enough.then(|| self.made.take())
    }

    /// Returns those of earlier commands of which the service says that they are not there any more.
    pub fn take_gone(&self) -> Vec<FileId> {
        self.gone.take()
    }

    fn of(&self, name: &str, size: Option<u64>) -> &[NamedUpload] {
        let found = size.and_then(|size| self.known.get(&(name.to_owned(), size)));
        found.map_or(&[], Vec::as_slice)
    }
}

/// What is known at the service of the uploads that a transfer may use.
pub(super) struct StoredCopies<'a> {
    uploads: &'a NamedUploads,
    listed: HashMap<FileId, StoredFile>,
    /// Whether the listing went to its end, so that what is not in it does not exist.
    is_complete: bool,
}

impl<'a> StoredCopies<'a> {
    /// Prepares for files with these names and sizes: several are looked up in the listing, as long as each page has one.
    pub(super) async fn look(
        store: &dyn FileStore,
        uploads: &'a NamedUploads,
        files: impl Iterator<Item = (&str, Option<u64>)>,
    ) -> Self {
        let wanted: HashSet<_> = files.flat_map(|(name, size)| uploads.of(name, size)).map(|one| &one.file).collect();
        let mut copies = StoredCopies { uploads, listed: HashMap::new(), is_complete: false };
        if wanted.len() >= LISTED {
            // What a listing does not tell is asked for one by one.
            let _ = copies.list(store, &wanted).await;
        }
        copies
    }

    /// Notes a file that was uploaded.
    pub(super) fn add(&self, new: NewStoredFile, file: &StoredFile, stored: &PutResult) {
        self.uploads.made.borrow_mut().push(NamedUpload {
            file: file.id.clone(),
            name: new.filename,
            size: stored.sent.bytes,
            sha256: stored.sent.sha256.clone(),
            mime_type: new.mime_type,
            created_at: file.created_at,
            expires_at: new.expires_in.and_then(|time| expiry(Timestamp::now(), time)),
        });
    }

    async fn list(&mut self, store: &dyn FileStore, wanted: &HashSet<&FileId>) -> Result<()> {
        let mut pages = Pager::whole();
        while let Some(request) = pages.request()? {
            let (mut has_one, mut is_readable) = (false, true);
            for file in pages.take(store.list(None, request).await?).0 {
                match file {
                    Ok(file) if wanted.contains(&file.id) => {
                        has_one = true;
                        self.listed.insert(file.id.clone(), file);
                    }
                    Ok(_) => {}
                    Err(_) => is_readable = false,
                }
            }
            if !has_one || !is_readable || self.listed.len() == wanted.len() {
                return Ok(());
            }
        }
        self.is_complete = true;
        Ok(())
    }

    /// Returns a stored file with the name and the content of a source, if there is one that is kept as long as the new one
    /// would be.
    ///
    /// # Errors
    /// Those of reading the source.
    async fn find(
        &self,
        store: &dyn FileStore,
        source: &dyn Source,
        new: &NewStoredFile,
    ) -> Result<Option<(NamedUpload, StoredFile)>> {
        let known = self.uploads.of(&new.filename, source.len());
        let now = Timestamp::now();
        let fits = |one: &&NamedUpload| one.mime_type == new.mime_type && lasts(one.expires_at, new.expires_in, now);
        if !known.iter().any(|one| fits(&one)) {
            return Ok(None);
        }
        let sha256 = source.open().await?.sha256().await?;
        for one in known.iter().rev().filter(fits).filter(|one| one.sha256 == sha256) {
            let there = match self.listed.get(&one.file) {
                Some(file) => Ok(file.clone()),
                None if self.is_complete => Err(Error::not_found("not in the listing")),
                None => store.get(&one.file).await,
            };
            match there {
                Ok(there) if is_same(one, &there) => return Ok(Some((one.clone(), there))),
                Err(error) if error.kind() != Kind::NotFound => return Ok(None),
                // Deleted, or the id has become that of another file.
                _ => self.uploads.gone.borrow_mut().push(one.file.clone()),
            }
        }
        Ok(None)
    }
}

impl Transfer<'_> {
    /// Returns the receipt of a file that need not be uploaded.
    pub(super) async fn reuse(
        &self,
        copies: &StoredCopies<'_>,
        name: &str,
        source: &dyn Source,
        new: &NewStoredFile,
    ) -> Result<Option<Receipt>> {
        if self.options.verify {
            return Ok(None);
        }
        let found = copies.find(self.backend.require_store()?, source, new).await?;
        Ok(found.map(|(upload, there)| {
            let id = upload.file.to_string();
            Receipt {
                bytes: Some(upload.size),
                sha256: Some(upload.sha256),
                file_id: Some(upload.file),
                mime_type: there.mime_type,
                provider: there.provider,
                ..Receipt::skipped(name, id.clone(), &id, SkipReason::Stored)
            }
        }))
    }
}

/// Returns whether a stored file is the one that was uploaded.
fn is_same(upload: &NamedUpload, there: &StoredFile) -> bool {
    let same_time = upload.created_at.zip(there.created_at).is_none_or(|(ours, theirs)| ours == theirs);
    there.filename == upload.name && there.size == Some(upload.size) && same_time
}

/// Returns whether a file that expires at `expires_at` will do for one that is to be kept for `wanted`: it is kept at least half
/// of that time and not longer.
fn lasts(expires_at: Option<Timestamp>, wanted: Option<Duration>, now: Timestamp) -> bool {
    match (expires_at, wanted) {
        (None, None) => true,
        (Some(end), Some(wanted)) => {
            let is_long = expiry(now, wanted / 2).is_some_and(|half| end >= half);
            is_long && expiry(now, wanted.saturating_add(CLOCKS)).is_none_or(|most| end <= most)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_lasts_if_it_is_kept_about_as_long_as_the_new_one_would_be() {
        let now = Timestamp::now();
        let hours = |hours: u64| expiry(now, Duration::from_secs(hours * 60 * 60));
        let day = Some(Duration::from_secs(24 * 60 * 60));
        assert!(lasts(None, None, now));
        assert!(lasts(hours(24), day, now) && lasts(hours(12), day, now));
        assert!(!lasts(hours(11), day, now), "it is about to expire");
        assert!(!lasts(hours(25), day, now) && !lasts(None, day, now), "it would be kept longer than asked for");
        assert!(!lasts(hours(2400), None, now), "it would expire");
    }
}
