//! What wharf remembers of its uploads: which stored files belong to a session, which ones were uploaded by name, and
//! what a clean-up may delete.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::Cx;
use wharf_client::backend::{Backend, Feature, NewResource, expiry};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{FileId, SessionId, Timestamp};
use wharf_core::upload_log::{FileUse, UploadLog};
use wharf_transfer::reuse::NamedUploads;

/// The number of stored files that are deleted at once.
const DELETIONS: usize = 8;

/// What became of a stored file of a session that is gone.
#[derive(Debug)]
pub(super) enum FileCleanup {
    /// It is deleted.
    Deleted,
    /// It was gone already.
    Missing,
    /// It was uploaded by name, and stays.
    Named,
    /// This session mounts it, and it is deleted with that one.
    Mounted(SessionId),
}

/// Returns the log of uploads to a backend; `None` if it has no stored files.
pub(super) fn upload_log(backend: &dyn Backend, home: PathBuf) -> Option<UploadLog> {
    backend.capabilities().has(Feature::StoredFiles).then(|| UploadLog::new(home, backend.origin()))
}

/// Deletes stored files that were uploaded for a session that is gone, but for those that were uploaded by name or that
/// another session mounts, as far as the log tells. An unreadable log keeps no file.
pub(super) async fn delete_files_of(
    backend: &dyn Backend,
    log: Option<&UploadLog>,
    session: Option<&SessionId>,
    files: &[FileId],
) -> Vec<(FileId, Result<FileCleanup>)> {
    let uses = log.and_then(|log| log.uses(files, session).ok()).unwrap_or_default();
    let delete = async |file: &FileId| {
        let done = match needed_by(backend, log, uses.get(file)).await {
            Some(kept) => Ok(kept),
            None => match backend.require_store() {
                Ok(store) => match store.delete(file).await {
                    Ok(()) => Ok(FileCleanup::Deleted),
                    Err(error) if error.kind() == Kind::NotFound => Ok(FileCleanup::Missing),
                    Err(error) => Err(error.context(format!("deleting the stored file `{file}`"))),
                },
                Err(error) => Err(error),
            },
        };
        (file.clone(), done)
    };
    let done: Vec<_> = stream::iter(files).map(delete).buffered(DELETIONS).collect().await;
    if let Some(log) = log {
        let gone = |done: &Result<FileCleanup>| matches!(done, Ok(FileCleanup::Deleted | FileCleanup::Missing));
        let all: Vec<_> = done.iter().filter(|(_, done)| gone(done)).map(|(file, _)| file.clone()).collect();
        // What cannot be noted is looked for once more by the next clean-up.
        let _ = log.remove(&all);
        for (file, done) in &done {
            if let Ok(FileCleanup::Mounted(other)) = done {
                let _ = log.pass_on(file, session, other);
            }
        }
    }
    done
}

/// Returns why a stored file stays. Sessions that mount it by the log are asked for: they may have been deleted since.
async fn needed_by(backend: &dyn Backend, log: Option<&UploadLog>, usage: Option<&FileUse>) -> Option<FileCleanup> {
    let sessions = match usage? {
        FileUse::Named => return Some(FileCleanup::Named),
        FileUse::Mounted(sessions) => sessions,
    };
    for session in sessions {
        match backend.sessions().get(session).await {
            Err(error) if error.kind() == Kind::NotFound => {
                let _ = log.map(|log| log.remove_mounts(session));
            }
            // Where it is not known, the file stays.
            _ => return Some(FileCleanup::Mounted(session.clone())),
        }
    }
    None
}

impl Cx {
    /// Returns the log; `None` if the backend has no stored files, or there is no home directory.
    pub(super) fn upload_log(&self) -> Option<UploadLog> {
        upload_log(self.backend().ok()?, self.settings().ok()?.home().ok()?)
    }

    /// Records stored files that were uploaded for a session. Errors of the log are only noted, so that no upload fails
    /// because of it.
    pub(super) fn log_uploads(&self, session: &SessionId, files: &[FileId], expires_in: Option<Duration>) {
        let Some(log) = self.upload_log() else { return };
        let expires_at = expires_in.and_then(|time| expiry(Timestamp::now(), time));
        self.note_full(log.add(session, files, expires_at), WITH_FILES);
    }

    /// Records stored files that a session mounts without having them uploaded for itself, like [`Cx::log_uploads`].
    pub(super) fn log_mounts<'r>(&self, session: &SessionId, mounted: impl IntoIterator<Item = &'r NewResource>) {
        let files: Vec<_> = mounted.into_iter().filter_map(|new| new.file_id.clone()).collect();
        if let Some(log) = self.upload_log().filter(|_| !files.is_empty()) {
            self.note_full(log.add_mounts(session, &files), WITH_FILES);
        }
    }

    /// Returns the stored files that were uploaded for a session. Errors of the log are only noted, so that no deletion
    /// fails because of it.
    pub(super) fn logged_uploads(&self, session: &SessionId) -> Vec<FileId> {
        let Some(log) = self.upload_log() else { return Vec::new() };
        match log.of(session) {
            Ok(logged) => {
                if logged.damaged > 0 {
                    let (path, lines) = (log.path(), logged.damaged);
                    self.out.note(format!(
                        "note: the record of uploads is damaged, and {lines} of its lines cannot be read: `{}`; \
                         `wharf files ls` shows all stored files",
                        path.display()
                    ));
                }
                logged.files
            }
            Err(error) => {
                self.note_unrecorded(&error, WITH_FILES);
                Vec::new()
            }
        }
    }

    /// Removes deleted stored files from the log.
    pub(super) fn forget_uploads(&self, files: &[FileId]) {
        if let Some(Err(error)) = self.upload_log().map(|log| log.remove(files)) {
            self.note_unrecorded(&error, WITH_FILES);
        }
    }

    /// Removes what a session that is gone had mounted from the log.
    pub(super) fn forget_mounts(&self, session: &SessionId) {
        if let Some(Err(error)) = self.upload_log().map(|log| log.remove_mounts(session)) {
            self.note_unrecorded(&error, WITH_FILES);
        }
    }

    /// Returns the stored files that were uploaded by name. Errors of the log are only noted: all files are uploaded then.
    pub(super) fn named_uploads(&self) -> NamedUploads {
        match self.upload_log().map(|log| log.named()) {
            Some(Ok(known)) => NamedUploads::new(known),
            Some(Err(error)) => {
                self.note_unrecorded(&error, AGAIN);
                NamedUploads::default()
            }
            None => NamedUploads::default(),
        }
    }

    /// Records what a transfer added to `named`, if that is at least `least` files.
    pub(super) fn log_named(&self, named: &NamedUploads, least: usize) {
        let Some(log) = self.upload_log() else { return };
        let gone = named.take_gone();
        if let Err(error) = log.remove(&gone) {
            self.note_unrecorded(&error, AGAIN);
        }
        if let Some(made) = named.take_made(least) {
            self.note_full(log.add_named(made), AGAIN);
        }
    }

    fn note_full(&self, added: Result<usize>, effect: &str) {
        match added {
            Ok(0) => {}
            Ok(forgotten) => {
                let what = format!("note: the record of uploads was full: its {forgotten} oldest lines were removed");
                self.out.note(what);
            }
            Err(error) => self.note_unrecorded(&error, effect),
        }
    }

    fn note_unrecorded(&self, error: &Error, effect: &str) {
        self.out.note(format!("note: {error}; {effect}"));
    }
}

/// What goes by the log of files of sessions.
const WITH_FILES: &str = "`sessions delete --with-files` goes by that record";

/// What follows if the log of files that were uploaded by name cannot be used.
const AGAIN: &str = "unchanged files are uploaded again";
