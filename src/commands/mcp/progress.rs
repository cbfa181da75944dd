//! CallProgress notifications, for calls whose client asked for them.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use tokio::time::{MissedTickBehavior, interval};

use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::event::{Observer, TransferEvent};

/// The time between two notifications of a transfer.
const INTERVAL: Duration = Duration::from_millis(250);

/// Sends the progress of a call, if its client asked for that.
pub(super) struct CallProgress<'a> {
    client: Option<(Peer<RoleServer>, ProgressToken)>,
    last: Cell<Option<u64>>,
    /// The cancellation of the call: nothing is reported after it, when the client may have left.
    cancellation: &'a Cancellation,
}

impl<'a> CallProgress<'a> {
    /// Returns the progress of a call.
    pub(super) fn new(context: &RequestContext<RoleServer>, cancellation: &'a Cancellation) -> Self {
        let client = context.meta.get_progress_token().map(|token| (context.peer.clone(), token));
        CallProgress { client, last: Cell::new(None), cancellation }
    }

    /// Sends a notification, unless the progress is not more than the last one. Errors are ignored: the call goes on.
    pub(super) async fn report(&self, done: u64, total: Option<u64>, message: Option<String>) {
        let Some((peer, token)) = &self.client else { return };
        if self.last.get().is_some_and(|last| last >= done) {
            return;
        }
        self.last.set(Some(done));
        #[allow(clippy::cast_precision_loss, reason = "progress is for people, and a number in JSON")]
        let float = |number: u64| number as f64;
        let mut progress = ProgressNotificationParam::new(token.clone(), float(done));
        progress.total = total.map(float);
        progress.message = message;
        tokio::select! {
            biased;
            _ = self.cancellation.cancelled() => {}
            _ = peer.notify_progress(progress) => {}
        }
    }

    /// Runs a transfer, and sends how many bytes have passed.
    pub(super) async fn follow<T>(&self, watch: &ByteWatch, transfer: impl Future<Output = T>) -> T {
        if self.client.is_none() {
            return transfer.await;
        }
        let mut transfer = pin!(transfer);
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let done = loop {
            tokio::select! {
                biased;
                done = &mut transfer => break done,
                _ = ticks.tick() => {
                    let (bytes, total) = watch.position();
                    let mut report = pin!(self.report(bytes, total, None));
                    // The notification is not dropped when the transfer ends: it would follow the result.
                    tokio::select! {
                        done = &mut transfer => {
                            report.await;
                            break done;
                        }
                        () = &mut report => {}
                    }
                }
            }
        };
        let (bytes, total) = watch.position();
        self.report(bytes, total, None).await;
        done
    }
}

/// Counts the bytes of a transfer of one file.
#[derive(Default)]
pub(super) struct ByteWatch {
    total: Cell<Option<u64>>,
    passed: RefCell<Arc<AtomicU64>>,
}

impl ByteWatch {
    fn position(&self) -> (u64, Option<u64>) {
        (self.passed.borrow().load(Ordering::Relaxed), self.total.get())
    }
}

impl Observer for ByteWatch {
    fn on(&self, event: TransferEvent<'_>) {
        if let TransferEvent::Started { bytes, passed, .. } = event {
            self.total.set(bytes);
            *self.passed.borrow_mut() = passed;
        }
    }
}
