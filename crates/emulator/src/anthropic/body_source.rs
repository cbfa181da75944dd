//! The content of an answer of the store, as a source for another file.

use async_trait::async_trait;
use tokio::sync::Mutex;

use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Kind, Result};

/// A body that is there already.
pub(super) struct BodySource {
    name: String,
    len: Option<u64>,
    body: Mutex<Option<Body>>,
}

impl BodySource {
    pub(super) fn new(name: String, body: Body) -> Self {
        BodySource { name, len: body.len(), body: Mutex::new(Some(body)) }
    }
}

#[async_trait]
impl Source for BodySource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        self.len
    }

    async fn open(&self) -> Result<Body> {
        let body = self.body.lock().await.take();
        body.ok_or_else(|| Error::new(Kind::Internal, "this was read already"))
    }
}
