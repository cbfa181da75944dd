//! Uploads of small files in bundles.

use std::sync::Arc;

use super::bundle::fails_each;
use super::engine::{Label, RunningFiles, WorkResult};
use super::upload::receipt;
use super::upload_items::UploadItem;
use super::upload_root::UploadRoot;
use super::{IfExists, Transfer};
use wharf_client::backend::{BundleLimits, BundleUpload, PutOptions};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, Receipt, SessionPath};

/// A file of a bundle that is to be sent.
struct BundledUpload<'r> {
    name: String,
    source: Arc<dyn Source>,
    at: SessionPath,
    root: &'r UploadRoot<'r>,
    /// The number of the running file.
    number: u64,
}

impl Transfer<'_> {
    /// Returns the bounds of bundles, if files may travel in bundles.
    pub(super) fn bundle_limits(&self) -> Option<BundleLimits> {
        let files = self.backend.files().filter(|_| !self.options.dry_run && self.options.jobs > 0)?;
        files.bundles()
    }

    /// Uploads files together. Those that the bundle could not be sent with are done again, one by one.
    pub(super) async fn send_bundle<'r>(
        &self,
        items: Vec<(UploadItem, &'r UploadRoot<'r>)>,
        bulk: bool,
        running: &RunningFiles,
    ) -> WorkResult<(UploadItem, &'r UploadRoot<'r>)> {
        let (mut rest, mut files) = (Vec::new(), Vec::new());
        let session = items.first().map(|(_, root)| &root.at.session);
        for (item, root) in items {
            match item {
                UploadItem::Send { name, source: Ok(source), at } if session == Some(&root.at.session) => {
                    let at = root.at.at(at);
                    let number = running.begin(Label { source: name.clone(), destination: Some(at.to_string()) });
                    files.push(BundledUpload { name, source, at, root, number });
                }
                other => rest.push((other, root)),
            }
        }
        // If the wait is too long, the requests fail with that.
        let _ = running.pace.ready().await;
        let chosen = self.chosen(files, running).await;
        let bytes = match self.put_bundle(&chosen, bulk).await {
            Ok(results) => {
                let mut bytes = 0;
                for (file, result) in chosen.into_iter().zip(results) {
                    let receipt =
                        result.unwrap_or_else(|error| Receipt::failed(&file.name, Some(file.at.to_string()), error));
                    bytes += receipt.bytes.unwrap_or(0);
                    running.finish(file.number, receipt);
                }
                bytes
            }
            Err(error) => {
                self.report_unbundled(&error, chosen.len(), running);
                for BundledUpload { name, source, at, root, number } in chosen {
                    if fails_each(&error) {
                        running.finish(number, Receipt::failed(&name, Some(at.to_string()), error.clone()));
                        continue;
                    }
                    running.forget(number);
                    rest.push((UploadItem::Send { name, source: Ok(source), at: at.path }, root));
                }
                0
            }
        };
        WorkResult::Bundle(bytes, rest)
    }

    /// Finishes the files that are left as they are at their destination, and returns the others.
    async fn chosen<'r>(&self, files: Vec<BundledUpload<'r>>, running: &RunningFiles) -> Vec<BundledUpload<'r>> {
        if !matches!(self.options.if_exists, IfExists::Skip | IfExists::Update) {
            return files;
        }
        let (Some(first), Some(session_files)) = (files.first(), self.backend.files()) else { return files };
        let paths: Vec<_> = files.iter().map(|file| file.at.path.clone()).collect();
        let there = session_files.stat_each(&first.at.session, &paths).await;
        let mut chosen = Vec::new();
        for (file, there) in files.into_iter().zip(there) {
            match self.reason_to_skip(&file, there).await {
                Ok(None) => chosen.push(file),
                Ok(Some(receipt)) => running.finish(file.number, receipt),
                Err(error) => {
                    running.finish(file.number, Receipt::failed(&file.name, Some(file.at.to_string()), error));
                }
            }
        }
        chosen
    }

    /// Returns the receipt of a file that is left as it is; `there` is what is at its destination.
    async fn reason_to_skip(&self, file: &BundledUpload<'_>, there: Result<Entry>) -> Result<Option<Receipt>> {
        let there = match there {
            Ok(there) => there,
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let reason = self.reason_to_leave(&there, file.source.as_ref(), &file.at).await?;
        let shown = file.at.to_string();
        Ok(reason.map(|reason| Receipt::skipped(&file.name, shown.clone(), &shown, reason)))
    }

    /// Sends the files and verifies each.
    async fn put_bundle(&self, files: &[BundledUpload<'_>], bulk: bool) -> Result<Vec<Result<Receipt>>> {
        let Some(first) = files.first() else { return Ok(Vec::new()) };
        let keep_existing = self.options.if_exists == IfExists::Error;
        let options = PutOptions { keep_existing, bulk, expires_in: self.options.expires_in };
        let contents: Vec<_> = files
            .iter()
            .map(|file| {
                let source = self.watched(Arc::clone(&file.source), &file.name);
                BundleUpload { at: file.at.path.clone(), source: Arc::new(source) }
            })
            .collect();
        let stored = self.backend.require_files()?.put_bundle(&first.at.session, &contents, options).await?;
        let mut results = Vec::new();
        for (file, stored) in files.iter().zip(stored) {
            results.push(match stored {
                Ok(stored) => {
                    let at = file.at.at(stored.path.clone());
                    let verified = self.verify(&at, &stored, None).await;
                    Ok(receipt(&file.name, &at.to_string(), stored, verified))
                }
                Err(error) => Err(error),
            });
        }
        if results.len() < files.len() {
            return Err(Error::new(Kind::Internal, "a bundle has fewer results than files"));
        }
        Ok(results)
    }
}
