//! The record of synced files, for `files sync` on services that keep no modification times.

use super::Cx;
use wharf_core::error::{Error, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::sync_ledger::{SyncLedger, SyncedFile, SyncedFiles};

impl Cx {
    /// Returns the record; `None` if the backend needs none because it can compare contents itself, or if there is no home
    /// directory.
    fn sync_ledger(&self) -> Option<SyncLedger> {
        let backend = self.backend().ok()?;
        backend.files().filter(|files| !files.hashes_contents())?;
        Some(SyncLedger::new(self.settings().ok()?.home().ok()?, backend.origin()))
    }

    /// Returns what is recorded of the files below a path. Errors of the record are only noted: files without one are
    /// transferred again.
    pub(super) fn synced_files(&self, root: &SessionPath) -> SyncedFiles {
        let Some(ledger) = self.sync_ledger() else { return SyncedFiles::default() };
        match ledger.below(root) {
            Ok(found) => {
                if found.damaged > 0 {
                    let (path, lines) = (ledger.path(), found.damaged);
                    self.out.note(format!(
                        "note: the record of synced files is damaged, and {lines} of its lines cannot be read: `{}`; \
                         files without a record are transferred again",
                        path.display()
                    ));
                }
                found
            }
            Err(error) => {
                self.note_unsynced(&error);
                SyncedFiles::default()
            }
        }
    }

    /// Records files that are equal on both sides now. Errors of the record are only noted.
    pub(super) fn record_synced(&self, session: &SessionId, files: Vec<(RemotePath, SyncedFile)>) {
        let Some(ledger) = self.sync_ledger().filter(|_| !files.is_empty()) else { return };
        match ledger.add(session, files) {
            Ok(0) => {}
            Ok(forgotten) => self.out.note(format!(
                "note: the record of synced files was full: its {forgotten} oldest lines were removed, and those files are \
                 transferred again"
            )),
            Err(error) => self.note_unsynced(&error),
        }
    }

    /// Ends the validity of the records of files that are about to be written by a sync.
    pub(super) fn invalidate_synced(&self, session: &SessionId, paths: &[RemotePath]) {
        self.change_record(|ledger| ledger.invalidate(session, paths));
    }

    /// Removes paths that are about to be changed from the record, with what is below them.
    pub(super) fn forget_synced_below(&self, changed: &[SessionPath]) {
        self.change_record(|ledger| ledger.forget_below(changed));
    }

    /// Removes from the record what an agent that is about to work could change unnoticed.
    pub(super) fn forget_untimed_synced(&self, session: &SessionId) {
        self.change_record(|ledger| ledger.forget_untimed(session));
    }

    /// Removes a session that was deleted from the record.
    pub(super) fn forget_synced(&self, session: &SessionId) {
        self.change_record(|ledger| ledger.forget(session));
    }

    /// Takes something out of the record. If that fails, such as on a full disk, the whole record is removed: a part that
    /// is not true any more would be believed. Errors are only noted.
    fn change_record(&self, change: impl FnOnce(&SyncLedger) -> Result<()>) {
        let Some(ledger) = self.sync_ledger() else { return };
        if let Err(error) = change(&ledger) {
            self.note_unsynced(&ledger.clear().err().unwrap_or(error));
        }
    }

    fn note_unsynced(&self, error: &Error) {
        self.out.note(format!("note: {error}; `files sync` goes by that record"));
    }
}
