//! Answers that are given without the SDK: errors of messages, and pings.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::output::RelaySender;

/// The number of answers that may wait until the client takes them. No line is read while all places are taken.
const PLACES: u32 = 256;

/// The place of an answer. It is taken before a line is read that may need it.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Answers that wait until the client takes them, in the order of their lines.
pub(super) struct DirectAnswers {
    answers: mpsc::UnboundedSender<(Bytes, Place)>,
    places: Arc<Semaphore>,
}

impl DirectAnswers {
    /// Starts the task that writes answers.
    pub(super) fn start(out: RelaySender) -> Self {
        let (answers, mut waiting) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some((line, place)) = waiting.recv().await {
                if !out.send_written(&line).await {
                    break;
                }
                drop::<Place>(place);
            }
        });
        DirectAnswers { answers, places: Arc::new(Semaphore::new(PLACES as usize)) }
    }

    /// Returns whether all places are taken.
    pub(super) fn is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Waits for a place.
    pub(super) fn place(&self) -> impl Future<Output = Option<Place>> + use<> {
        let places = Arc::clone(&self.places);
        async move { places.acquire_owned().await.ok().map(|permit| Place { _permit: permit }) }
    }

    /// Passes an answer on.
    pub(super) fn send(&self, line: Bytes, place: Place) {
        // The task has ended if the client takes no more answers.
        drop(self.answers.send((line, place)));
    }

    /// Waits until all answers are written.
    pub(super) async fn written(&self) {
        drop(self.places.acquire_many(PLACES).await);
    }
}
