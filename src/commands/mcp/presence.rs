//! Whether the client is still there.

use std::future::pending;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform;
use wharf_core::sync::lock;
use wharf_core::thread;

/// What is known of the client.
#[derive(Default)]
pub(super) struct ClientState {
    /// Set when the client has left.
    pub(super) left: watch::Sender<bool>,
    /// Why stdin cannot be read, or stdout cannot be written to.
    failure: Mutex<Option<Error>>,
}

/// Tells when the client has left: stdin ended, or stdout was closed.
pub(super) struct ClientPresence(pub(super) Arc<ClientState>);

impl ClientState {
    /// Notes why messages can no longer be exchanged; the first reason is kept.
    pub(super) fn fail(&self, error: Error) {
        lock(&self.failure).get_or_insert(error);
    }
}

impl ClientPresence {
    /// Waits until the client has left.
    pub(super) async fn left(&self) {
        // The sender is kept here, so that the channel is not closed.
        let _ = self.0.left.subscribe().wait_for(|left| *left).await;
    }

    /// Reads no more messages, as if the client had left.
    pub(super) fn dismiss(&self) {
        self.0.left.send_replace(true);
    }

    /// Returns the error of stdin or stdout, unless the reader of stdout has closed it.
    pub(super) fn failure(&self) -> Result<()> {
        lock(&self.0.failure).take().filter(|error| error.kind() != Kind::Closed).map_or(Ok(()), Err)
    }
}

/// Waits until the other end of stdin was closed, also if there is more to read. Where that cannot be learned, it waits
/// without end.
pub(super) async fn stdin_closed(known: &mut Option<watch::Receiver<bool>>) {
    let closed = known.get_or_insert_with(|| {
        let (sender, closed) = watch::channel(false);
        // Without a thread, the channel is closed.
        drop(thread::spawn(move || {
            if platform::wait_for_closed_stdin() {
                sender.send_replace(true);
            }
        }));
        closed
    });
    if closed.wait_for(|closed| *closed).await.is_err() {
        pending::<()>().await;
    }
}
