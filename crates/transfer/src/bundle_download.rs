//! Downloads of small files in bundles. What arrives is written as every other content is: staged, verified, renamed.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Transfer;
use super::bundle::fails_each;
use super::dest::DestDir;
use super::download_items::{DownloadItem, DownloadState, FileTarget, SourceInfo};
use super::engine::{Label, WorkResult};
use super::fetch::receipt;
use wharf_client::backend::bundle::BundledFile;
use wharf_client::backend::{BundleDownload, GetResult};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Receipt;

/// A file of a bundle that is to be fetched.
struct BundledDownload {
    one: SourceInfo,
    dest: Rc<DestDir>,
    below: String,
    destination: String,
    /// The number of the running file.
    number: u64,
}

impl Transfer<'_> {
    /// Downloads files together. Those that do not arrive with the bundle are done again, one by one.
    pub(super) async fn fetch_bundle(
        &self,
        items: Vec<DownloadItem>,
        state: &DownloadState,
    ) -> WorkResult<DownloadItem> {
        let running = &state.running;
        let mut session = None;
        let mut files = Vec::new();
        let mut rest = Vec::new();
        for item in items {
            match item {
                DownloadItem::Leaf { one, dest, below, .. }
                    if *session.get_or_insert_with(|| one.session()) == one.session() =>
                {
                    let destination = dest.shown(&below);
                    let label = Label { source: one.source.name.clone(), destination: Some(destination.clone()) };
                    let number = running.begin(label);
                    files.push(BundledDownload { one, dest, below, destination, number });
                }
                other => rest.push(other),
            }
        }
        // If the wait is too long, the requests fail with that.
        let _ = running.pace.ready().await;
        let mut chosen = BTreeMap::new();
        for file in files {
            match self.decide(&file.one, &file.dest, &file.below, &file.destination, state).await {
                Ok(None) => drop(chosen.insert(chosen.len(), file)),
                Ok(Some(receipt)) => running.finish(file.number, receipt),
                Err(error) => file.fail(error, state),
            }
        }
        let mut bytes = 0;
        let ended = self.fetch_chosen(&mut chosen, &mut bytes, state).await;
        if let Err(error) = &ended {
            self.report_unbundled(error, chosen.len(), running);
        }
        for file in chosen.into_values() {
            match &ended {
                Err(error) if fails_each(error) => file.fail(error.clone(), state),
                _ => {
                    running.forget(file.number);
                    let BundledDownload { one, dest, below, .. } = file;
                    rest.push(DownloadItem::Leaf { one, dest, below, decided: true });
                }
            }
        }
        WorkResult::Bundle(bytes, rest)
    }

    /// Fetches the files, and takes those that are finished out of `chosen`.
    async fn fetch_chosen(
        &self,
        chosen: &mut BTreeMap<usize, BundledDownload>,
        bytes: &mut u64,
        state: &DownloadState,
    ) -> Result<()> {
        let Some(session) = chosen.values().find_map(|file| file.one.session()) else { return Ok(()) };
        let wanted: Vec<_> = chosen.values().filter_map(BundledDownload::wanted).collect();
        let mut bundle = self.backend.require_files()?.fetch_bundle(&session, &wanted).await?;
        while let Some(BundledFile { number, file: fetched }) = bundle.next().await? {
            let Some(file) = chosen.get(&number) else {
                return Err(Error::new(Kind::Internal, "a bundle has a file that was not asked for"));
            };
            // A file that changed after it was listed is fetched as it is now.
            let Ok(fetched) = fetched else { continue };
            match self.write_bundled(file, fetched, state).await {
                Ok(receipt) => {
                    *bytes += receipt.bytes.unwrap_or(0);
                    state.running.finish(file.number, receipt);
                }
                // The content does not have the hash that the session reported.
                Err(error) if error.kind() == Kind::Unverified => file.fail(error, state),
                Err(_) => continue,
            }
            chosen.remove(&number);
        }
        Ok(())
    }

    async fn write_bundled(
        &self,
        file: &BundledDownload,
        fetched: GetResult,
        state: &DownloadState,
    ) -> Result<Receipt> {
        let (name, bytes) = (&file.one.source.name, file.one.bytes);
        let fetched = self.watched_download(name, bytes, state.budget.claim(bytes)?, fetched);
        let done = file.dest.write(&file.below, fetched, &self.write_options(state)).await?;
        state.budget.spend(done.digest.bytes);
        Ok(receipt(name, file.destination.clone(), done))
    }
}

impl BundledDownload {
    fn wanted(&self) -> Option<BundleDownload> {
        let FileTarget::Session(at) = &self.one.wanted else { return None };
        let (size, modified_at) = (self.one.bytes?, self.one.modified_at);
        Some(BundleDownload { at: at.path.clone(), size, modified_at })
    }

    fn fail(&self, error: Error, state: &DownloadState) {
        self.dest.mark_failed();
        let receipt = Receipt::failed(&self.one.source.name, Some(self.destination.clone()), error);
        state.running.finish(self.number, receipt);
    }
}
