//! What is written into a store: bytes at hand, a file of a store, and what comes in a request.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use md5::{Digest as _, Md5};
use tokio::sync::Mutex;

use crate::backend::{Backend, ByteRange};
use crate::body::{Attributes, Body, Source, hex};
use crate::error::Result;
use crate::model::SessionPath;

/// Bytes at hand.
pub(super) struct Literal {
    pub(super) name: String,
    pub(super) content: Bytes,
}

#[async_trait]
impl Source for Literal {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.content.len() as u64)
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
    }

    async fn open(&self) -> Result<Body> {
        let blocks: Vec<Result<Bytes>> =
            if self.content.is_empty() { Vec::new() } else { vec![Ok(self.content.clone())] };
        Ok(Body::of_stream(self.len(), stream::iter(blocks).boxed()))
    }
}

/// The first bytes of a file of a store, and what is put behind them.
pub(super) struct Stored {
    pub(super) store: Arc<dyn Backend>,
    pub(super) at: SessionPath,
    pub(super) name: String,
    pub(super) len: u64,
    pub(super) tail: Bytes,
    pub(super) attributes: Attributes,
}

#[async_trait]
impl Source for Stored {
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
            self.store.need_files()?.fetch(&self.at, Some(range)).await?.body
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

/// Another source, whose MD5 is known once it was read to its end.
pub(super) struct Hashed<S> {
    source: S,
    hash: Arc<Mutex<Md5>>,
}

impl<S: Source> Hashed<S> {
    pub(super) fn new(source: S) -> Self {
        Hashed { source, hash: Arc::new(Mutex::new(Md5::new())) }
    }

    /// The MD5 of what passed, in upper-case hexadecimal within quotes, as the header has it.
    pub(super) async fn etag(&self) -> String {
        format!("\"{}\"", hex(&self.hash.lock().await.clone().finalize()).to_ascii_uppercase())
    }
}

#[async_trait]
impl<S: Source> Source for Hashed<S> {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn len(&self) -> Option<u64> {
        self.source.len()
    }

    fn attributes(&self) -> Attributes {
        self.source.attributes()
    }

    async fn open(&self) -> Result<Body> {
        let body = self.source.open().await?;
        *self.hash.lock().await = Md5::new();
        let from = (body, Arc::clone(&self.hash));
        let blocks = stream::try_unfold(from, |(mut body, hash)| async move {
            let Some(block) = body.next().await? else { return Ok(None) };
            hash.lock().await.update(&block);
            Ok(Some((block, (body, hash))))
        });
        Ok(Body::of_stream(self.len(), blocks.boxed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_tag_is_the_md5_of_what_passed() {
        let of = async |content: &'static str| {
            let source = Hashed::new(Literal { name: "n".into(), content: Bytes::from_static(content.as_bytes()) });
            for _ in 0..2 {
                let mut body = source.open().await.unwrap();
                while body.next().await.unwrap().is_some() {}
            }
            source.etag().await
        };
        assert_eq!(of("hello").await, "\"5D41402ABC4B2A76B9719D911017C592\"");
        assert_eq!(of("").await, "\"D41D8CD98F00B204E9800998ECF8427E\"");
    }
}
