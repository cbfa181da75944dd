//! Reports of attempts to an observer, for traces and for "waiting" on a progress line.

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

/// One try of one request. Nothing in it is a secret: values of queries are masked, and so is the
/// path of an address that lets its bearer in; in headers and contents, what is known to be secret.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The method.
    pub method: Method,
    /// Where it went.
    pub url: String,
    /// Counted from 1.
    pub number: u32,
    /// How it ended.
    pub outcome: AttemptOutcome,
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
    /// Headers and contents, where they are wanted.
    pub detail: Option<Box<Detail>>,
}

/// How a try ended.
#[derive(Debug, Clone)]
pub enum AttemptOutcome {
    /// With an answer that came to its end.
    Answered(u16),
    /// With an answer that the caller stopped reading.
    Left(u16),
    /// Without a (whole) answer.
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

/// What one side of a connection says: its headers, and its content where that is a short text.
#[derive(Debug, Clone, Default)]
struct Side {
    headers: Vec<(String, String)>,
    content: Option<String>,
}

/// What both sides of a connection said, without the secrets in it.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    sent: Side,
    got: Side,
}

impl Detail {
    /// Line by line: `> name: value` went out, `< name: value` came in.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        [('>', &self.sent), ('<', &self.got)].into_iter().flat_map(|(mark, side)| {
            let headers = side.headers.iter().map(move |(name, value)| format!("{mark} {name}: {value}"));
            headers.chain(side.content.iter().map(move |content| format!("{mark} {content}")))
        })
    }
}

/// As much of a content is shown, in characters.
const SHOWN: usize = 4000;

/// As much of a content is looked at, in bytes.
const LOOKED_AT: usize = 64 * 1024;

/// Headers of answers that hold a secret or an address that may be one.
const SECRET_ANSWERS: [&str; 4] = ["content-location", "link", "location", "set-cookie"];

/// Headers as people may see them.
fn shown(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let shown = |(name, value): (&HeaderName, &HeaderValue)| {
        let secret = value.is_sensitive() || SECRET_ANSWERS.contains(&name.as_str());
        let value =
            if secret { MASK.to_owned() } else { secrets.scrub(&String::from_utf8_lossy(value.as_bytes()), false) };
        (name.to_string(), value)
    };
    headers.iter().map(shown).collect()
}

/// A content as people may see it; of a web form, its names; of addresses elsewhere, their origins.
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

/// An attempt in progress. It is reported to the observer once, at the latest when this is dropped.
pub(super) struct AttemptTrace {
    told: Option<AttemptObserver>,
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
        told: Option<AttemptObserver>,
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
        AttemptTrace { told, secrets, own: None, started: Instant::now(), so_far, sent: Arc::default(), status: None }
    }

    /// Whether headers and contents are wanted, and of which host the addresses in them may be shown.
    pub(super) fn wants_detail(&mut self, wanted: bool, own: Option<&str>) {
        self.own = own.map(str::to_owned);
        self.so_far.detail = (wanted && self.told.is_some()).then(Box::default);
    }

    /// This goes out.
    pub(super) fn sends(&mut self, headers: &HeaderMap, content: Option<Bytes>) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.sent = Side { headers: shown(headers, &self.secrets), content: None };
            let content = content.map(|bytes| AnswerContent { bytes, is_cut: false });
            detail.sent.content =
                content.and_then(|content| readable(headers, &content, &self.secrets, self.own.as_deref()));
        }
    }

    /// This came in.
    pub(super) fn gets(&mut self, headers: &HeaderMap) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.got.headers = shown(headers, &self.secrets);
        }
    }

    /// This followed, unpacked.
    pub(super) fn reads(&mut self, headers: &HeaderMap, content: &AnswerContent) {
        if let Some(detail) = &mut self.so_far.detail {
            detail.got.content = readable(headers, content, &self.secrets, self.own.as_deref());
        }
    }

    /// Where the bytes that go out are counted.
    pub(super) fn sent(&self) -> &Arc<AtomicU64> {
        &self.sent
    }

    /// The head of the answer came.
    pub(super) fn head(&mut self, status: u16, request_id: Option<String>) {
        self.status = Some(status);
        self.so_far.request_id = request_id;
        self.so_far.outcome = AttemptOutcome::Left(status);
    }

    /// Counts bytes that were received.
    pub(super) fn received(&mut self, bytes: usize) {
        self.so_far.received += bytes as u64;
    }

    /// The answer came to its end.
    pub(super) fn complete(&mut self) {
        if let Some(status) = self.status {
            self.so_far.outcome = AttemptOutcome::Answered(status);
        }
    }

    /// The try failed; an answer in its whole length says why by its status.
    pub(super) fn failed(&mut self, failure: &AttemptFailure) {
        if failure.delivery == Delivery::NotSent {
            self.sent.store(0, Ordering::Relaxed);
        }
        if !matches!(self.so_far.outcome, AttemptOutcome::Answered(_)) {
            self.so_far.outcome = AttemptOutcome::Failed(failure.message.clone());
        }
    }

    /// There will be another try.
    pub(super) fn again_in(&mut self, wait: Option<Duration>) {
        self.so_far.again_in = wait;
    }
}

impl Drop for AttemptTrace {
    fn drop(&mut self) {
        let Some(told) = &self.told else { return };
        let so_far = &mut self.so_far;
        so_far.sent = self.sent.load(Ordering::Relaxed);
        so_far.took = self.started.elapsed();
        // What a service or a broken connection says is not to be trusted with our secrets.
        so_far.request_id = so_far.request_id.take().map(|id| self.secrets.scrub(&id, false));
        if let AttemptOutcome::Failed(why) = &mut so_far.outcome {
            *why = self.secrets.scrub(why, false);
        }
        told(so_far);
    }
}
