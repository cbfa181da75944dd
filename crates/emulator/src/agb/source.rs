//! What is written into a store: bytes at hand, and files of a store.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use wharf_client::backend::local::Local;
use wharf_client::backend::{ByteRange, FetchOptions, PutOptions};
use wharf_core::body::{Attributes, Body, Source};
use wharf_core::error::Result;
use wharf_core::model::SessionPath;

/// Bytes at hand.
pub(super) struct BytesSource {
    pub(super) name: String,
    pub(super) content: Bytes,
}

#[async_trait]
impl Source for BytesSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.content.len() as u64)
    }

    async fn open(&self) -> Result<Body> {
        let blocks: Vec<Result<Bytes>> =
            if self.content.is_empty() { Vec::new() } else { vec![Ok(self.content.clone())] };
        Ok(Body::of_stream(self.len(), stream::iter(blocks).boxed()))
    }
}

/// The first bytes of a file of a store, and what is put behind them.
pub(super) struct StoredFileSource {
    pub(super) store: Arc<Local>,
    pub(super) at: SessionPath,
    pub(super) name: String,
    pub(super) len: u64,
    pub(super) tail: Bytes,
    pub(super) attributes: Attributes,
}

impl StoredFileSource {
    /// Puts it over what is at a place: of a whole file no copy is made where none is needed.
    pub(super) async fn put(&self, into: &Local, to: &SessionPath) -> Result<()> {
        if !self.tail.is_empty() || !self.store.share(&self.at, self.len, into, to)? {
            let over = PutOptions { keep_existing: false, bulk: true, expires_in: None };
            into.session_files().put(to, self, over).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Source for StoredFileSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.len + self.tail.len() as u64)
    }

    fn attributes(&self) -> Attributes {
        self.attributes
    }

    async fn open(&self) -> Result<Body> {
        let head = if self.len == 0 {
            Body::of_stream(Some(0), stream::empty().boxed())
        } else {
            let range = ByteRange { first: 0, last: Some(self.len - 1) };
            self.store
                .session_files()
                .fetch(&self.at, FetchOptions { range: Some(range), ..FetchOptions::default() })
                .await?
                .body
                .unhashed()
        };
        let from = (head, Some(self.tail.clone()).filter(|tail| !tail.is_empty()));
        let blocks = stream::try_unfold(from, |(mut head, tail)| async move {
            Ok(match (head.next().await?, tail) {
                (Some(block), tail) => Some((block, (head, tail))),
                (None, Some(tail)) => Some((tail, (head, None))),
                (None, None) => None,
            })
        });
        Ok(Body::of_stream(self.len(), blocks.boxed()))
    }
}
