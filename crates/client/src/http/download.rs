//! Streamed answers: contents of files.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use http_body::Body as _;
use jiff::Timestamp;
use reqwest::Version;
use reqwest::header::{HeaderMap, TRANSFER_ENCODING};
use tokio::time::Instant;

use super::answer::{ProgressLimit, Response, encoding};
use super::class::Class;
use super::failure::{self, AttemptFailure, Delivery, RequestHistory};
use super::options::Options;
use super::prepared::PreparedRequest;
use super::redact::Secrets;
use super::retry_after;
use super::trace::{AttemptTrace, FailedAttempt};
use wharf_core::body::Body;
use wharf_core::error::{Details, Error, Kind, Result};

/// A successful answer whose content has not been read yet.
pub struct Download {
    /// The status, 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The content. A stream that is cut off, is longer or shorter than announced or makes no progress ends with a
    /// retryable `unavailable` error. This client does not retry it, because only the caller knows what happened to
    /// the first part.
    pub body: Body,
    /// Whether the end of the content can be distinguished from a broken connection: by its length, chunks, HTTP/2,
    /// or the close message of TLS. Otherwise (HTTP/1.0 without TLS) the content cannot be verified to be complete.
    pub end_is_known: bool,
    secrets: Arc<Secrets>,
    /// The number of this attempt, counted from 1.
    number: u32,
}

impl Download {
    /// Returns the text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the media type of the content in lower case, without its parameters; empty if there is none.
    pub(crate) fn media_type(&self) -> String {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Returns how long the service asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::asked(&self.headers, Timestamp::now())
    }

    /// Returns the service's id for the request.
    pub fn request_id(&self) -> Option<String> {
        failure::request_id(&self.headers, &self.secrets)
    }

    /// Returns the content of the file `name`, whose `size` in bytes the service reported before; without a size, the
    /// answer itself has to mark the end. [`Body::len`] of the result is that size.
    ///
    /// # Errors
    /// `unverified` for another length, at once where the answer announces it, else when it shows; `unavailable`
    /// where neither a size nor the answer tells the end of the content from a broken connection.
    pub fn of_size(self, name: &str, size: Option<u64>) -> Result<Body> {
        let Some(size) = size else {
            if self.end_is_known {
                return Ok(self.body);
            }
            return Err(unknown_end());
        };
        match self.body.len() {
            Some(len) if len == size => Ok(self.body),
            Some(len) => Err(other_length(name, size, len)),
            None => {
                let (name, may_be_cut, tries) = (name.to_owned(), !self.end_is_known, self.number);
                let blocks = try_unfold((self.body.unhashed(), 0), move |(mut body, passed)| {
                    let name = name.clone();
                    async move {
                        let block = body.next().await?;
                        let passed = passed + block.as_ref().map_or(0, Bytes::len) as u64;
                        match block {
                            _ if passed > size => Err(other_length(&name, size, passed)),
                            Some(block) => Ok(Some((block, (body, passed)))),
                            None if passed == size => Ok(None),
                            None if may_be_cut => Err(cut_off(passed, size, tries)),
                            None => Err(other_length(&name, size, passed)),
                        }
                    }
                });
                Ok(Body::of_stream(Some(size), blocks.boxed()))
            }
        }
    }

    /// Returns the content, to be passed on as it comes. Its end is the error `unavailable` where it cannot be told from a
    /// broken connection.
    pub(crate) fn piecewise(self) -> Body {
        if self.end_is_known {
            return self.body;
        }
        let blocks = try_unfold(self.body.unhashed(), |mut body| async move {
            let block = body.next().await?.ok_or_else(unknown_end)?;
            Ok(Some((block, body)))
        });
        Body::of_stream(None, blocks.boxed())
    }
}

fn unknown_end() -> Error {
    Error::new(Kind::Unavailable, "the end of the answer cannot be told from a broken connection")
        .hint("a proxy on the way speaks HTTP/1.0")
}

/// Returns the error of a content whose length differs from the reported size of the file.
pub(crate) fn other_length(name: &str, size: u64, came: u64) -> Error {
    Error::new(Kind::Unverified, format!("received {came} bytes, and the listing says {size}: `{name}`"))
        .hint("it was cut off, or a program is writing to it: nothing was kept")
}

/// Returns the error of a content that ended before its size, in an answer whose end cannot be distinguished from a
/// broken connection.
fn cut_off(passed: u64, size: u64, tries: u32) -> Error {
    let details = Details { retryable: true, tries, ..Details::default() };
    let after = failure::after_tries(tries);
    Error::new(Kind::Unavailable, format!("the answer was cut off: received {passed} of {size} bytes{after}"))
        .details(details)
}

/// A download in progress.
struct InFlight {
    history: RequestHistory,
    response: Response,
    progress: ProgressLimit,
    deadline: Option<Instant>,
    watched: AttemptTrace,
    passed: u64,
    len: Option<u64>,
    secrets: Arc<Secrets>,
}

impl InFlight {
    async fn next(&mut self) -> Result<Option<Bytes>, AttemptFailure> {
        let block = self.progress.next(&mut self.response, self.deadline).await?;
        let bytes = block.as_ref().map_or(0, Bytes::len);
        self.watched.received(bytes);
        self.passed += bytes as u64;
        // The HTTP library checks this too; a length is too important to be checked once.
        let wrong = |len: u64| if block.is_none() { self.passed != len } else { self.passed > len };
        if let Some(len) = self.len.filter(|len| wrong(*len)) {
            let message = format!("the answer has {} bytes where {len} were announced", self.passed);
            return Err(AttemptFailure::new(Delivery::Unknown, message));
        }
        if block.is_none() {
            self.watched.complete();
        }
        Ok(block)
    }
}

/// Returns the content of `response` as a stream.
///
/// # Errors
/// Those of an answer that is packed, although that was not requested: its length is not that of the file.
pub(super) fn stream(
    request: &PreparedRequest<'_>,
    options: &Options,
    response: Response,
    deadline: Option<Instant>,
    number: u32,
    watched: AttemptTrace,
) -> Result<Download, FailedAttempt> {
    let headers = response.headers().clone();
    if let Some(encoding) = encoding(&headers) {
        let message = format!("the answer has a content encoding that was not requested: {encoding}");
        return Err(FailedAttempt {
            watched: Box::new(watched),
            failure: AttemptFailure::protocol(Delivery::Answered, message),
        });
    }
    let status = response.status().as_u16();
    let len = response.body().size_hint().exact();
    let framed = response.version() >= Version::HTTP_2 || headers.contains_key(TRANSFER_ENCODING);
    let end_is_known = len.is_some() || framed || request.url.scheme() == "https";
    let progress = ProgressLimit::new(request.idle.unwrap_or(options.idle_timeout));
    let mut history = RequestHistory::new(request, options.backend);
    history.tries = number;
    // That the request took effect is certain once its answer has begun.
    history.class = Class::Safe;
    let in_flight = InFlight {
        history,
        response,
        progress,
        deadline,
        watched,
        passed: 0,
        len,
        secrets: Arc::clone(&request.secrets),
    };
    let blocks = try_unfold(in_flight, |mut in_flight| async move {
        match in_flight.next().await {
            Ok(block) => Ok(block.map(|block| (block, in_flight))),
            Err(mut failure) => {
                in_flight.watched.failed(&failure);
                failure.details.status = Some(in_flight.response.status().as_u16());
                failure.details.request_id = failure::request_id(in_flight.response.headers(), &in_flight.secrets);
                Err(failure.into_error(&in_flight.history))
            }
        }
    });
    let body = Body::of_stream(len, blocks.boxed());
    Ok(Download { status, headers, body, end_is_known, secrets: Arc::clone(&request.secrets), number })
}
