//! Whether the answer to a request was written.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use wharf_core::sync::lock;

/// Tells whether the answer to a request was written. The transport adds it to each request.
#[derive(Clone)]
pub(super) struct AnswerDelivery {
    written: Arc<Mutex<Option<oneshot::Receiver<()>>>>,
}

impl AnswerDelivery {
    /// Returns the delivery of an answer, and what takes that it was written.
    pub(super) fn new() -> (oneshot::Sender<()>, Self) {
        let (sender, written) = oneshot::channel();
        (sender, AnswerDelivery { written: Arc::new(Mutex::new(Some(written))) })
    }

    /// Waits until the answer is written. Returns false once it is sure that it will not be: the request was cancelled, or
    /// stdout was closed.
    pub(super) async fn is_written(&self) -> bool {
        let written = lock(&self.written).take();
        match written {
            Some(written) => written.await.is_ok(),
            None => false,
        }
    }
}
