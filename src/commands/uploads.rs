//! The log of uploads for each session, for `sessions delete --with-files`.

use std::time::Duration;

use super::Cx;
use wharf_client::backend::{Feature, expiry};
use wharf_core::error::Error;
use wharf_core::model::{FileId, SessionId, Timestamp};
use wharf_core::upload_log::UploadLog;

impl Cx {
    /// Returns the log; `None` if the backend has no stored files, or there is no home directory.
    fn upload_log(&self) -> Option<UploadLog> {
        let backend = self.backend().ok()?;
        if !backend.capabilities().has(Feature::StoredFiles) {
            return None;
        }
        let home = self.settings().ok()?.home().ok()?;
        Some(UploadLog::new(home, backend.origin()))
    }

    /// Records stored files that were uploaded for a session. Errors of the log are only noted, so that no upload fails
    /// because of it.
    pub(super) fn log_uploads(&self, session: &SessionId, files: &[FileId], expires_in: Option<Duration>) {
        let Some(log) = self.upload_log() else { return };
        match log.add(session, files, expires_in.and_then(|time| expiry(Timestamp::now(), time))) {
            Ok(0) => {}
            Ok(forgotten) => {
                let what = format!("note: the record of uploads was full: its {forgotten} oldest lines were removed");
                self.out.note(what);
            }
            Err(error) => self.note_unrecorded(&error),
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
                self.note_unrecorded(&error);
                Vec::new()
            }
        }
    }

    /// Removes deleted stored files from the log.
    pub(super) fn forget_uploads(&self, files: &[FileId]) {
        if let Some(Err(error)) = self.upload_log().map(|log| log.remove(files)) {
            self.note_unrecorded(&error);
        }
    }

    fn note_unrecorded(&self, error: &Error) {
        self.out.note(format!("note: {error}; `sessions delete --with-files` goes by that record"));
    }
}
