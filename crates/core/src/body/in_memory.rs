//! Bytes in memory as a source.

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::{Body, Source};
use crate::error::Result;

/// Bytes in memory as a source.
#[derive(Debug)]
pub struct InMemory {
    name: String,
    bytes: Bytes,
}

impl InMemory {
    /// Returns a source with a name for messages.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        InMemory { name: name.into(), bytes: bytes.into() }
    }
}

#[async_trait]
impl Source for InMemory {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }

    fn is_at_hand(&self) -> bool {
        true
    }

    async fn open(&self) -> Result<Body> {
        let block = Some(self.bytes.clone()).filter(|bytes| !bytes.is_empty());
        Ok(Body::of_stream(self.len(), stream::iter(block.map(Ok)).boxed()))
    }
}
