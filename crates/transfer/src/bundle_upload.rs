//! Uploads of small files in bundles.

use std::sync::Arc;

use super::bundle::fails_each;
use super::engine::{Label, RunningFiles, WorkResult};
use super::upload::receipt;
use super::upload_items::UploadItem;
use super::{IfExists, Transfer};
use wharf_client::backend::{BundleLimits, BundleUpload, PutOptions};
use wharf_core::body::{MapSource, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Receipt, SessionPath};

/// A file of a bundle that is to be sent.
struct BundledUpload<'r> {
    name: String,
    source: Arc<dyn Source>,
    at: SessionPath,
    root: &'r SessionPath,
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
        items: Vec<(UploadItem, &'r SessionPath)>,
        bulk: bool,
        running: &RunningFiles,
    ) -> WorkResult<(UploadItem, &'r SessionPath)> {
        let (mut rest, mut files) = (Vec::new(), Vec::new());
        let session = items.first().map(|(_, root)| &root.session);
        for (item, root) in items {
            match item {
                UploadItem::Send { name, source: Ok(source), at } if session == Some(&root.session) => {
                    let at = root.at(at);
                    let number = running.begin(Label { source: name.clone(), destination: Some(at.to_string()) });
                    files.push(BundledUpload { name, source: source.into(), at, root, number });
                }
                other => rest.push((other, root)),
            }
        }
        // If the wait is too long, the requests fail with that.
        let _ = running.pace.ready().await;
        let mut chosen = Vec::new();
        for file in files {
            match self.reason_to_skip(&file).await {
                Ok(None) => chosen.push(file),
                Ok(Some(receipt)) => running.finish(file.number, receipt),
                Err(error) => {
                    running.finish(file.number, Receipt::failed(&file.name, Some(file.at.to_string()), error));
                }
            }
        }
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
                    let source: Box<dyn Source> = Box::new(MapSource::new(source, |body| body));
                    rest.push((UploadItem::Send { name, source: Ok(source), at: at.path }, root));
                }
                0
            }
        };
        WorkResult::Bundle(bytes, rest)
    }

    /// Returns the receipt of a file that is left as it is at its destination.
    async fn reason_to_skip(&self, file: &BundledUpload<'_>) -> Result<Option<Receipt>> {
        if !matches!(self.options.if_exists, IfExists::Skip | IfExists::Update) {
            return Ok(None);
        }
        let there = match self.backend.require_files()?.stat_lately(&file.at).await {
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
                let source: Box<dyn Source> = Box::new(MapSource::new(Arc::clone(&file.source), |body| body));
                BundleUpload { at: file.at.path.clone(), source: Arc::new(self.watched(source, &file.name)) }
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
