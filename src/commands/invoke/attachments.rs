//! Files that the agent is shown with a message.

use std::path::PathBuf;

use bytes::BytesMut;

use crate::commands::Cx;
use wharf_client::backend::turn::{Attachment, RunningTurn};
use wharf_core::body::Body;
use wharf_core::error::{Error, Result};
use wharf_core::model::{FileId, SessionId};
use wharf_core::platform::{self, shown};
use wharf_transfer::Transfer;
use wharf_transfer::mount::{MountUploads, delete_uploads};
use wharf_transfer::plan::LocalSource;

/// What the id of a stored file begins with: a local file of that name is written `./file_...`.
const ID_PREFIX: &str = "file_";

/// The most bytes of a file that travels in the message.
const INLINE_MAX: u64 = 20 << 20;

/// The files of `--attach`.
#[derive(Default)]
pub(super) struct Attachments {
    files: Vec<AttachedFile>,
    /// The stored files that were uploaded for the message.
    uploaded: Vec<FileId>,
}

enum AttachedFile {
    Stored(FileId),
    Local(PathBuf),
}

impl AttachedFile {
    /// Reads a file that travels in the message.
    ///
    /// # Errors
    /// `usage` for a stored file and for one that is too large; `not_found` and others for the file.
    async fn read(&self) -> Result<Attachment> {
        let path = match self {
            AttachedFile::Local(path) => path,
            AttachedFile::Stored(id) => {
                return Err(Error::usage(format!("the backend has no stored files: {id}"))
                    .hint(format!("a local file of that name is written `./{id}`")));
            }
        };
        let shown = platform::shown(path);
        let failed = |e| Error::io(format!("reading `{shown}`"), &e);
        let file = platform::open_regular(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        if length > INLINE_MAX {
            let most = INLINE_MAX >> 20;
            return Err(Error::usage(format!("a file in a message has at most {most} MiB: `{shown}`"))
                .hint("upload it into the session, and name it in the prompt"));
        }
        // A file that changes meanwhile is a conflict.
        let mut body = Body::of_file(file, shown, length, true);
        let mut bytes = BytesMut::new();
        while let Some(block) = body.next().await? {
            bytes.extend_from_slice(&block);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Attachment::Inline { name, bytes: bytes.freeze() })
    }
}

impl Attachments {
    /// Reads the values of the flag.
    ///
    /// # Errors
    /// `usage` for an id that is not valid, for stdin and for a directory.
    pub(super) fn read(values: &[PathBuf]) -> Result<Self> {
        if values.iter().any(|value| value.as_os_str() == "-") {
            return Err(Error::usage("--attach takes files, not stdin")
                .hint("write the content to a file first; a local file of that name is written `./-`"));
        }
        if let Some(directory) = values.iter().find(|value| value.is_dir()) {
            let name = shown(directory);
            return Err(Error::usage(format!("--attach takes files, not a directory: `{name}`"))
                .hint(format!("attach its files, or put it into the session: `wharf files upload {name} SESSION:`")));
        }
        let file = |value: &PathBuf| match value.to_str().filter(|text| text.starts_with(ID_PREFIX)) {
            Some(id) => id
                .parse()
                .map(AttachedFile::Stored)
                .map_err(|error: Error| error.hint(format!("a local file of that name is written `./{id}`"))),
            None => Ok(AttachedFile::Local(value.clone())),
        };
        Ok(Attachments { files: values.iter().map(file).collect::<Result<_>>()?, uploaded: Vec::new() })
    }

    /// Uploads the local files, or reads them where files travel in the message, and returns all files in order. They
    /// go with one message.
    ///
    /// # Errors
    /// Those of the uploads, after which none of them is left; `not_found` for a file that does not exist.
    pub(super) async fn prepare(&mut self, cx: &Cx, session: &SessionId) -> Result<Vec<Attachment>> {
        if self.files.is_empty() {
            return Ok(Vec::new());
        }
        if cx.backend()?.store().is_none() {
            let mut attachments = Vec::new();
            for file in std::mem::take(&mut self.files) {
                attachments.push(file.read().await?);
            }
            return Ok(attachments);
        }
        let store = cx.backend()?.require_store()?;
        let paths = self.files.iter().filter_map(|file| match file {
            AttachedFile::Local(path) => Some(path.clone()),
            AttachedFile::Stored(_) => None,
        });
        let sources = LocalSource::look_at_all(&paths.collect::<Vec<_>>(), None)?;
        let options = cx.transfer_options()?;
        let watch = cx.out.watch(&[]);
        let transfer =
            Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &cx.cancellation };
        let mut uploads = MountUploads::new(transfer);
        self.uploaded = uploads.upload(&sources).await?;
        cx.log_uploads(session, &self.uploaded, None);
        let mut uploaded = self.uploaded.iter();
        let mut attachments = Vec::new();
        for file in std::mem::take(&mut self.files) {
            let id = match file {
                AttachedFile::Stored(id) => id,
                AttachedFile::Local(_) => {
                    uploaded.next().cloned().ok_or_else(|| Error::usage("an upload has no id"))?
                }
            };
            // How a file is shown depends on its type, which the service knows.
            let kind = match uploads.mime_type(&id) {
                Some(kind) => Some(kind.to_owned()),
                None => match store.get(&id).await {
                    Ok(stored) => stored.mime_type,
                    Err(error) => return Err(self.delete_uploads(cx, error).await),
                },
            };
            let is_image = kind.is_some_and(|kind| kind.starts_with("image/"));
            attachments.push(Attachment::Stored { file: id, is_image });
        }
        Ok(attachments)
    }

    /// Sends the message. If it was not sent, the uploads are deleted again.
    ///
    /// # Errors
    /// Those of `send`.
    pub(super) async fn send(
        &mut self,
        cx: &Cx,
        send: impl Future<Output = Result<Box<dyn RunningTurn>>>,
    ) -> Result<Box<dyn RunningTurn>> {
        match send.await {
            Err(error) if !error.is_uncertain() => Err(self.delete_uploads(cx, error).await),
            sent => sent,
        }
    }

    /// Deletes what was uploaded, after an error. What is left is named in it.
    async fn delete_uploads(&mut self, cx: &Cx, error: Error) -> Error {
        let uploaded = std::mem::take(&mut self.uploaded);
        let Ok(backend) = cx.backend() else { return error };
        let left = delete_uploads(backend, &uploaded, &error, &mut None).await;
        let gone: Vec<_> = uploaded.into_iter().filter(|id| !left.contains(id)).collect();
        cx.forget_uploads(&gone);
        let left: Vec<_> = left.iter().map(FileId::as_str).collect();
        if left.is_empty() { error } else { error.or_hint(format!("uploads that are left: {}", left.join(", "))) }
    }
}
