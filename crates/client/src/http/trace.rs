//! Reports of attempts to an observer, for traces and for the progress line.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::failure::{AnswerContent, AttemptFailure, Delivery};
use super::redact::{self, MASK, Secrets};

/// One attempt of a request. It holds no secrets: values of queries are masked, the path of a URL that grants access
/// as well, and known secrets in headers and contents.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The method.
    pub method: Method,
    /// The URL of the request.
    pub url: String,
    /// The number of the attempt, counted from 1.
    pub number: u32,
    /// The end of the attempt.
    pub outcome: AttemptOutcome,
    /// Bytes of the request's content that were sent.
    pub sent: u64,
    /// Bytes of the answer's content that were received, before decompression.
    pub received: u64,
    /// The time from the start of the attempt to the last byte of the answer.
    pub took: Duration,
    /// The service's id for the request.
    pub request_id: Option<String>,
    /// The time to the next attempt, if there is one.
    pub again_in: Option<Duration>,
    /// Headers and contents, if requested.
    pub detail: Option<Box<Detail>>,
}

/// The end of an attempt.
#[derive(Debug, Clone)]
pub enum AttemptOutcome {
    /// With a complete answer of this status.
    Answered(u16),
    /// With an answer of this status that the caller stopped reading.
    Left(u16),
    /// Without a (complete) answer, for this reason.
    Failed(String),
}

/// A function that is called with each attempt.
pub type AttemptObserver = Arc<dyn Fn(&Attempt) + Send + Sync>;

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: try {}, ", self.method, self.url, self.number)?;
        match &self.outcome {
            AttemptOutcome::Answered(status) => write!(f, "{status}")?,
            AttemptOutcome::Left(status) => write!(f, "{status}, not read to its end")?,
            AttemptOutcome::Failed(why) => f.write_str(why)?,
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

/// The headers of one side of a connection, and its content if that is a short text.
#[derive(Debug, Clone, Default)]
struct Side {
    headers: Vec<(String, String)>,
    content: Option<String>,
}

/// The headers and contents of both sides of a connection, without secrets.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    sent: Side,
    got: Side,
}

impl Detail {
    /// Returns the lines to print: `> name: value` was sent, `< name: value` was received.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        [('>', &self.sent), ('<', &self.got)].into_iter().flat_map(|(mark, side)| {
            let headers = side.headers.iter().map(move |(name, value)| format!("{mark} {name}: {value}"));
            headers.chain(side.content.iter().map(move |content| format!("{mark} {content}")))
        })
    }
}

/// The number of characters of a content that are shown.
const SHOWN: usize = 4000;

/// The number of bytes of a content that are examined.
const LOOKED_AT: usize = 64 * 1024;

/// Headers of answers that hold a secret or an address that may be one.
const SECRET_ANSWERS: [&str; 4] = ["content-location", "link", "location", "set-cookie"];

/// Returns headers for display.
fn shown(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let shown = |(name, value): (&HeaderName, &HeaderValue)| {
        let secret = value.is_sensitive() || SECRET_ANSWERS.contains(&name.as_str());
        let value =
            if secret { MASK.to_owned() } else { secrets.scrub(&String::from_utf8_lossy(value.as_bytes()), false) };
        (name.to_string(), value)
    };
    headers.iter().map(shown).collect()
}

/// Returns a content for display: of a web form, the names of its fields; of URLs to other hosts, their origins.
fn readable(headers: &HeaderMap, content: &AnswerContent, secrets: &Secrets, own: Option<&str>) -> Option<String> {
    let AnswerContent { bytes: content, is_cut } = content;
    if content.is_empty() {
        return None;
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let head = content.get(..LOOKED_AT).unwrap_or(content);
    let Ok(text) =
        std::str::from_utf8(head).or_else(|e| std::str::from_utf8(head.get(..e.valid_up_to()).unwrap_or_default()))
    else {
        return None;
    };
    let text = if kind.contains("x-www-form-urlencoded") {
        let names = text.split('&').map(|pair| format!("{}={MASK}", pair.split('=').next().unwrap_or_default()));
        names.collect::<Vec<_>>().join("&")
    } else if let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) {
        redact::json(&mut value);
        secrets.scrub(&value.to_string(), false)
    } else {
        secrets.scrub(text, *is_cut || text.len() < content.len())
    };
    let text = redact::only_origins(&text, own);
    Some(match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), content.len()),
        None => text,
    })
}

/// An attempt in progress. It is reported to the observer once, at the latest when this value is dropped.
pub(super) struct AttemptTrace {
    observer: Option<AttemptObserver>,
    secrets: Arc<Secrets>,
    /// The service's own host, whose addresses may be shown.
    own: Option<String>,
    started: Instant,
    so_far: Box<Attempt>,
    sent: Arc<AtomicU64>,
    status: Option<u16>,
}

/// A failed attempt that has not been reported to the observer yet.
pub(super) struct FailedAttempt {
    pub(super) watched: Box<AttemptTrace>,
    pub(super) failure: AttemptFailure,
}

impl AttemptTrace {
    pub(super) fn new(
        observer: Option<AttemptObserver>,
        secrets: Arc<Secrets>,
        method: Method,
        url: String,
        number: u32,
    ) -> Self {
        let so_far = Attempt {
            method,
            url,
            number,
            outcome: AttemptOutcome::Failed("given up".to_owned()),
            sent: 0,
            received: 0,
            took: Duration::ZERO,
            request_id: None,
            again_in: None,
            detail: None,
        };
        let so_far = Box::new(so_far);
        AttemptTrace {
            observer,
            secrets,
            own: None,
            started: Instant::now(),
            so_far,
            sent: Arc::default(),
            status: None,
        }
    }

    /// Sets whether headers and contents are recorded, and for which host URLs in them may be shown.
    pub(super) fn wants_detail(&mut self, wanted: bool, own: Option<&str>) {
        self.own = own.map(str::to_owned);
        self.so_far.detail = (wanted && self.observer.is_some()).then(Box::default);
    }

    /// Records the head of the request and its content.
    pub(super) fn sends(&mut self, headers: &HeaderMap, content: Option<Bytes>) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.sent = Side { headers: shown(headers, &self.secrets), content: None };
            let content = content.map(|bytes| AnswerContent { bytes, is_cut: false });
            detail.sent.content =
                content.and_then(|content| readable(headers, &content, &self.secrets, self.own.as_deref()));
        }
    }

    /// Records the headers of the answer.
    pub(super) fn gets(&mut self, headers: &HeaderMap) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.got.headers = shown(headers, &self.secrets);
        }
    }

    /// Records the decompressed content of the answer.
    pub(super) fn reads(&mut self, headers: &HeaderMap, content: &AnswerContent) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.got.content = readable(headers, content, &self.secrets, self.own.as_deref());
        }
    }

    /// Returns the counter of sent bytes.
    pub(super) fn sent(&self) -> &Arc<AtomicU64> {
        &self.sent
    }

    /// Records the status and id of the answer.
    pub(super) fn head(&mut self, status: u16, request_id: Option<String>) {
        self.status = Some(status);
        self.so_far.request_id = request_id;
        self.so_far.outcome = AttemptOutcome::Left(status);
    }

    /// Counts received bytes.
    pub(super) fn received(&mut self, bytes: usize) {
        self.so_far.received += bytes as u64;
    }

    /// Records that the answer is complete.
    pub(super) fn complete(&mut self) {
        if let Some(status) = self.status {
            self.so_far.outcome = AttemptOutcome::Answered(status);
        }
    }

    /// Records that the attempt failed; a complete answer states the reason by its status.
    pub(super) fn failed(&mut self, failure: &AttemptFailure) {
        if failure.delivery == Delivery::NotSent {
            self.sent.store(0, Ordering::Relaxed);
        }
        if !matches!(self.so_far.outcome, AttemptOutcome::Answered(_)) {
            self.so_far.outcome = AttemptOutcome::Failed(failure.message.clone());
        }
    }

    /// Records the time to the next attempt.
    pub(super) fn again_in(&mut self, wait: Option<Duration>) {
        self.so_far.again_in = wait;
    }
}

impl Drop for AttemptTrace {
    fn drop(&mut self) {
        let Some(observer) = &self.observer else { return };
        let so_far = &mut self.so_far;
        so_far.sent = self.sent.load(Ordering::Relaxed);
        so_far.took = self.started.elapsed();
        // What a service or a broken connection says is not to be trusted with our secrets.
        so_far.request_id = so_far.request_id.take().map(|id| self.secrets.scrub(&id, false));
        if let AttemptOutcome::Failed(why) = &mut so_far.outcome {
            *why = self.secrets.scrub(why, false);
        }
        observer(so_far);
    }
}
