//! A source in memory, which may say something else than what it holds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::iter;
use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Result};

pub(crate) struct Memory {
    pub(crate) content: Bytes,
    pub(crate) said: Option<u64>,
    pub(crate) block: usize,
    pub(crate) opened: AtomicUsize,
    /// Whether it turns out after its last byte, and a moment later, that it was changed.
    pub(crate) spoiled: bool,
}

impl Memory {
    /// A source that is what it says.
    pub(crate) fn new(content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let said = Some(content.len() as u64);
        Memory { content, said, block: 10_000, opened: AtomicUsize::new(0), spoiled: false }
    }

    /// One that says another length, or none.
    pub(crate) fn saying(content: impl Into<Bytes>, said: Option<u64>) -> Self {
        Memory { said, ..Memory::new(content) }
    }

    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Source for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn len(&self) -> Option<u64> {
        self.said
    }

    async fn open(&self) -> Result<Body> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let blocks: Vec<_> = self.content.chunks(self.block).map(|block| Ok(Bytes::copy_from_slice(block))).collect();
        let end = iter(self.spoiled.then_some(())).then(async |()| {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err(Error::conflict("changed"))
        });
        Ok(Body::of_stream(self.said, iter(blocks).chain(end).boxed()))
    }
}

/// Bytes that are not all alike.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    (0_u32..).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).take(len).collect()
}
