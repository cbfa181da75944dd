//! Contents that can be read once: those of entries in an archive, while the archive is read.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;

use wharf_core::body::{Attributes, Body, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::sync::lock;

/// The content of an entry.
pub(super) struct ArchiveSource {
    name: String,
    size: u64,
    attributes: Attributes,
    content: EntryContent,
}

enum EntryContent {
    Whole(Bytes),
    Once(Mutex<Option<Box<Body>>>),
}

/// The parts of a content that a reader holds back.
const IN_FLIGHT: usize = 4;

impl ArchiveSource {
    /// Returns a content that is in memory.
    pub(super) fn whole(name: String, content: Vec<u8>, attributes: Attributes) -> Self {
        let size = content.len() as u64;
        ArchiveSource { name, size, attributes, content: EntryContent::Whole(content.into()) }
    }

    /// Returns a content of `size` bytes that is still to be read, and what takes its parts.
    pub(super) fn piped(name: String, size: u64, attributes: Attributes) -> (Self, mpsc::Sender<Result<Bytes>>) {
        let (sender, parts) = mpsc::channel(IN_FLIGHT);
        let source = name.clone();
        let parts = stream::unfold((parts, 0), move |(mut parts, passed): (mpsc::Receiver<Result<Bytes>>, u64)| {
            let name = source.clone();
            async move {
                match parts.recv().await {
                    Some(Ok(part)) => {
                        let passed = passed + part.len() as u64;
                        Some((Ok(part), (parts, passed)))
                    }
                    Some(Err(error)) => Some((Err(error), (parts, size))),
                    None if passed == size => None,
                    // The reader of the archive ended early.
                    None => {
                        let error = Error::new(Kind::Interrupted, format!("reading `{name}` was interrupted"));
                        Some((Err(error), (parts, size)))
                    }
                }
            }
        });
        (Self::once(name, size, attributes, Body::of_stream(None, parts.boxed())), sender)
    }

    /// Returns the content of a body of `size` bytes.
    pub(super) fn once(name: String, size: u64, attributes: Attributes, body: Body) -> Self {
        ArchiveSource { name, size, attributes, content: EntryContent::Once(Mutex::new(Some(Box::new(body)))) }
    }
}

#[async_trait]
impl Source for ArchiveSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        matches!(self.content, EntryContent::Whole(_)).then_some(self.size)
    }

    fn announced_len(&self) -> Option<u64> {
        Some(self.size)
    }

    fn is_at_hand(&self) -> bool {
        self.len().is_some()
    }

    fn attributes(&self) -> Attributes {
        self.attributes
    }

    async fn open(&self) -> Result<Body> {
        match &self.content {
            EntryContent::Whole(bytes) => {
                let block = Some(bytes.clone()).filter(|bytes| !bytes.is_empty());
                Ok(Body::of_stream(Some(self.size), stream::iter(block.map(Ok)).boxed()))
            }
            EntryContent::Once(body) => match lock(body).take() {
                Some(body) => Ok(*body),
                None => Err(Error::conflict(format!("`{}` can be read only once", self.name))),
            },
        }
    }
}
