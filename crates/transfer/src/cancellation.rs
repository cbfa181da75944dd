//! Cancellation: the work that registered starts nothing more, ends what is running, and reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use wharf_core::advice::Setting;
use wharf_core::clock::millis;
use wharf_core::error::{Error, Kind};

/// A request to stop, shared by those who may make it and the work that ends by it.
///
/// Unlike `tokio_util`'s token it carries a reason, and it knows whether any work listens and has seen it.
#[derive(Clone)]
pub struct Cancellation {
    reason: watch::Sender<Option<Kind>>,
    registered: Arc<AtomicUsize>,
    acknowledged: Arc<AtomicBool>,
    /// The longest time that registered work may take to end, in milliseconds.
    patience: Arc<AtomicU64>,
}

/// The time that work has to end and to report its results, unless it asks for more.
const PATIENCE: Duration = Duration::from_secs(11);

impl Default for Cancellation {
    fn default() -> Self {
        Cancellation {
            reason: watch::Sender::new(None),
            registered: Arc::default(),
            acknowledged: Arc::default(),
            patience: Arc::default(),
        }
    }
}

impl Cancellation {
    /// Asks the work to stop; `why` becomes the kind of the error that it ends with.
    pub fn cancel(&self, why: Kind) {
        self.reason.send_replace(Some(why));
    }

    /// Returns why the work was asked to stop, if it was.
    pub fn reason(&self) -> Option<Kind> {
        *self.reason.borrow()
    }

    /// Returns the time that the work has to end after it was asked to stop.
    pub fn patience(&self) -> Duration {
        PATIENCE.max(Duration::from_millis(self.patience.load(Ordering::Relaxed)))
    }

    /// Gives the work more time to end.
    pub fn extend_patience(&self, patience: Duration) {
        self.patience.fetch_max(millis(patience), Ordering::Relaxed);
    }

    /// Returns whether there is work that stops by itself when it is asked to.
    pub fn is_registered(&self) -> bool {
        self.registered.load(Ordering::Relaxed) > 0
    }

    /// Returns whether work has seen the request and is ending.
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged.load(Ordering::Relaxed) && self.is_registered()
    }

    /// Declares work that stops by itself when it is asked to, until the guard is dropped.
    pub fn register(&self) -> CancelGuard {
        self.registered.fetch_add(1, Ordering::Relaxed);
        CancelGuard(Arc::clone(&self.registered))
    }

    /// Declares work that ends by itself within the patience, whether it is asked to stop or not, until the guard is dropped.
    pub fn register_end(&self) -> CancelGuard {
        self.acknowledged.store(true, Ordering::Relaxed);
        self.register()
    }

    /// Waits until the work is asked to stop, and returns the error that it ends with.
    pub async fn cancelled(&self) -> Error {
        let mut reason = self.reason.subscribe();
        match reason.wait_for(Option::is_some).await.map(|why| *why) {
            Ok(Some(why)) => {
                self.acknowledged.store(true, Ordering::Relaxed);
                cancel_error(why)
            }
            _ => std::future::pending().await,
        }
    }
}

/// Keeps work registered; see [`Cancellation::register`].
pub struct CancelGuard(Arc<AtomicUsize>);

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns the error that stopped work ends with.
pub fn cancel_error(why: Kind) -> Error {
    match why {
        Kind::Deadline => {
            Error::new(why, format!("{} ran out", Setting::Timeout)).hint("run the command again with more time")
        }
        _ => Error::new(why, "interrupted"),
    }
}
