//! Uploads to the file store.

use std::sync::Arc;

use futures_util::stream;

use super::Transfer;
use super::engine::{ItemResult, Label, RunningFiles};
use super::plan::LocalSource;
use super::results::{Results, Sink};
use super::reuse::{NamedUploads, StoredCopies};
use super::upload::{readable, receipt};
use wharf_client::backend::{Limits, NewStoredFile};
use wharf_core::body::Source;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Receipt, RemotePath};

/// A file to upload to the file store.
pub(super) struct StoreUpload<'a> {
    /// The name of the source.
    pub(super) name: String,
    pub(super) source: Result<Arc<dyn Source>>,
    pub(super) new: NewStoredFile,
    /// The path at which it is to be mounted, which is its destination then.
    pub(super) mount_point: Option<RemotePath>,
    /// For a file that is uploaded by name: the earlier uploads, to which it is added.
    pub(super) copies: Option<&'a StoredCopies<'a>>,
}

impl Transfer<'_> {
    /// Uploads files to the file store of the workspace; `like` has their properties except for the names. Those of `known`
    /// that are unchanged and still there are not sent again, and those that are uploaded are added to it.
    ///
    /// # Errors
    /// `usage` for a directory or a source without a name; then the verdict over all receipts.
    pub async fn upload_to_store(
        &self,
        sources: &[LocalSource],
        like: &NewStoredFile,
        known: &NamedUploads,
        sink: Sink<'_>,
    ) -> Result<()> {
        let _guard = self.cancellation.register();
        let store = self.backend.require_store()?;
        let mut named = Vec::new();
        for source in sources {
            if source.is_directory {
                return Err(Error::usage(format!("a directory cannot be a stored file: `{}`", source.name))
                    .hint("name a session to put it into: `SESSION:/path`"));
            }
            named.push((source, NewStoredFile { filename: source.file_name()?, ..like.clone() }));
        }
        let mut results = Results::new(self, sink);
        match self.unless_cancelled(self.measure(sources, |_, _, _| Ok(()))).await {
            // The limit of a session does not apply to stored files.
            Ok(total) => {
                let total = total?;
                total.check(&Limits { session_bytes: None, ..self.backend.limits() }, self.options)?;
                results.expect(total.files);
            }
            Err(why) => return results.finish(Err(why)),
        }
        let files =
            named.iter().filter_map(|(source, new)| Some((new.filename.as_str(), source.content().ok()?.len())));
        let copies = match self.unless_cancelled(StoredCopies::look(store, known, files)).await {
            Ok(copies) => copies,
            Err(why) => return results.finish(Err(why)),
        };
        let running = RunningFiles::new(self.options);
        let work = async |(source, new): (&LocalSource, _)| {
            let name = source.name.clone();
            let upload = StoreUpload { name, source: source.content(), new, mount_point: None, copies: Some(&copies) };
            ItemResult::from(self.store(upload, &running).await)
        };
        let ended = self.run(stream::iter(named), std::future::ready(()), &running, work, &mut results).await;
        results.finish(self.flush(ended).await)
    }

    /// Uploads one file to the file store, and returns its receipt.
    pub(super) async fn store(&self, upload: StoreUpload<'_>, running: &RunningFiles) -> Receipt {
        let StoreUpload { name, source, new, mount_point, copies } = upload;
        let destination = mount_point.map(|path| path.to_string());
        let label = Label { source: name.clone(), destination: destination.clone() };
        let stored = async {
            let store = self.backend.require_store()?;
            let source = source?;
            if let Some(copies) = copies
                && let Some(receipt) = self.reuse(copies, &name, source.as_ref(), &new).await?
            {
                return Ok(receipt);
            }
            if self.options.dry_run {
                readable(source.as_ref()).await?;
                return Ok(Receipt::planned(&name, destination.clone(), source.len()));
            }
            let (file, stored) = store.upload(new.clone(), &self.watched(source, &name)).await?;
            let verified = self.verify_stored(&file.id, &stored).await;
            if let (Some(copies), Ok(_)) = (copies, &verified) {
                copies.add(new, &file, &stored);
            }
            let destination = destination.clone().unwrap_or_else(|| file.id.to_string());
            Ok(Receipt {
                provider: file.provider,
                mime_type: file.mime_type,
                ..receipt(&name, &destination, stored, verified)
            })
        };
        let stored =
            async { stored.await.unwrap_or_else(|error: Error| Receipt::failed(&name, destination.clone(), error)) };
        running.track(label, stored).await
    }
}
