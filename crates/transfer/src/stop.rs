//! How a transfer is asked to end early: it begins nothing more, ends what is running, and reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::watch;

use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind};

/// A request to stop, shared between whoever makes it and the work that heeds it.
#[derive(Clone)]
pub struct Stop {
    asked: watch::Sender<Option<Kind>>,
    heeding: Arc<AtomicUsize>,
    heard: Arc<AtomicBool>,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { asked: watch::Sender::new(None), heeding: Arc::default(), heard: Arc::default() }
    }
}

impl Stop {
    /// Asks; `why` becomes the kind of the error that the work ends with.
    pub fn ask(&self, why: Kind) {
        self.asked.send_replace(Some(why));
    }

    /// Whether there is work that ends by itself when it is asked to.
    pub fn is_heeded(&self) -> bool {
        self.heeding.load(Ordering::Relaxed) > 0
    }

    /// Whether work has heard it, and is ending.
    pub fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed) && self.is_heeded()
    }

    /// Declares that work heeds this, until the guard is dropped.
    pub fn heed(&self) -> Heeding {
        self.heeding.fetch_add(1, Ordering::Relaxed);
        Heeding(Arc::clone(&self.heeding))
    }

    /// Comes back when somebody asks.
    pub async fn asked(&self) -> Error {
        let mut asked = self.asked.subscribe();
        match asked.wait_for(Option::is_some).await.map(|why| *why) {
            Ok(Some(why)) => {
                self.heard.store(true, Ordering::Relaxed);
                stopped(why)
            }
            _ => std::future::pending().await,
        }
    }
}

/// Work that ends by itself when it is asked to.
pub struct Heeding(Arc<AtomicUsize>);

impl Drop for Heeding {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What work that was stopped ends with.
pub fn stopped(why: Kind) -> Error {
    match why {
        Kind::Deadline => Error::new(why, format!("{} ran out", Setting::Timeout))
            .hint("what was complete is kept; run it again with more time"),
        _ => Error::new(why, "interrupted").hint("what was complete is kept; nothing is left half-done"),
    }
}
