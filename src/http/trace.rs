//! What an observer is told of each try, for `--debug` and for "waiting" on a progress line.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use tokio::time::Instant;

use super::failure::{Failure, Fate};
use super::redact::Secrets;

/// One try of one request. Nothing in it is a secret: values of queries are masked, headers and
/// contents are absent, and so is the path of an address that lets its bearer in.
#[derive(Debug, Clone)]
pub struct Try {
    /// The method.
    pub method: Method,
    /// Where it went.
    pub url: String,
    /// Counted from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Bytes of the request's content that went out.
    pub sent: u64,
    /// Bytes of the answer's content that came in, as they were on the wire.
    pub received: u64,
    /// From the try's start to the answer's last byte.
    pub took: Duration,
    /// The service's name for the request.
    pub request_id: Option<String>,
    /// How long it is to the next try, where there is one.
    pub again_in: Option<Duration>,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// With an answer that came to its end.
    Answered(u16),
    /// With an answer that the caller stopped reading.
    Left(u16),
    /// Without a (whole) answer.
    Failed(String),
}

/// Whoever wants to know of each try.
pub type Observer = Arc<dyn Fn(&Try) + Send + Sync>;

impl fmt::Display for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: try {}, ", self.method, self.url, self.number)?;
        match &self.outcome {
            Outcome::Answered(status) => write!(f, "{status}")?,
            Outcome::Left(status) => write!(f, "{status}, not read to its end")?,
            Outcome::Failed(why) => f.write_str(why)?,
        }
        write!(f, ", {} bytes out, {} bytes in, {} ms", self.sent, self.received, self.took.as_millis())?;
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        match self.again_in {
            Some(wait) => write!(f, ", again in {:.1} s", wait.as_secs_f64()),
            None => Ok(()),
        }
    }
}

/// A try that is going on. The observer is told once, at the latest when this is dropped.
pub(super) struct Watched {
    told: Option<Observer>,
    secrets: Arc<Secrets>,
    started: Instant,
    so_far: Box<Try>,
    sent: Arc<AtomicU64>,
    status: Option<u16>,
}

impl Watched {
    pub(super) fn new(told: Option<Observer>, secrets: Arc<Secrets>, method: Method, url: String, number: u32) -> Self {
        let so_far = Try {
            method,
            url,
            number,
            outcome: Outcome::Failed("given up".to_owned()),
            sent: 0,
            received: 0,
            took: Duration::ZERO,
            request_id: None,
            again_in: None,
        };
        let so_far = Box::new(so_far);
        Watched { told, secrets, started: Instant::now(), so_far, sent: Arc::default(), status: None }
    }

    /// Where the bytes that go out are counted.
    pub(super) fn sent(&self) -> &Arc<AtomicU64> {
        &self.sent
    }

    /// The head of the answer came.
    pub(super) fn head(&mut self, status: u16, request_id: Option<String>) {
        self.status = Some(status);
        self.so_far.request_id = request_id;
        self.so_far.outcome = Outcome::Left(status);
    }

    /// So many bytes came in.
    pub(super) fn received(&mut self, bytes: usize) {
        self.so_far.received += bytes as u64;
    }

    /// The answer came to its end.
    pub(super) fn complete(&mut self) {
        if let Some(status) = self.status {
            self.so_far.outcome = Outcome::Answered(status);
        }
    }

    /// The try failed; an answer in its whole length says why by its status.
    pub(super) fn failed(&mut self, failure: &Failure) {
        if failure.fate == Fate::Unsent {
            self.sent.store(0, Ordering::Relaxed);
        }
        if !matches!(self.so_far.outcome, Outcome::Answered(_)) {
            self.so_far.outcome = Outcome::Failed(failure.message.clone());
        }
    }

    /// There will be another try.
    pub(super) fn again_in(&mut self, wait: Option<Duration>) {
        self.so_far.again_in = wait;
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(told) = &self.told else { return };
        let so_far = &mut self.so_far;
        so_far.sent = self.sent.load(Ordering::Relaxed);
        so_far.took = self.started.elapsed();
        // What a service or a broken connection says is not to be trusted with our secrets.
        so_far.request_id = so_far.request_id.take().map(|id| self.secrets.scrub(&id));
        if let Outcome::Failed(why) = &mut so_far.outcome {
            *why = self.secrets.scrub(why);
        }
        told(so_far);
    }
}
