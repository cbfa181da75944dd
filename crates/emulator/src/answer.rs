//! Answers: made by a dialect, and cut short where a fault says so.

use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::connection::Connection;
use super::log::{Log, LogLine};
use super::request::RequestBody;
use wharf_core::body::Body;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Timestamp;
use wharf_wire::url::escape;

/// What ends a body early.
pub(super) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer.
pub(super) type ResponseBody = UnsyncBoxBody<Bytes, BodyError>;

/// An answer.
pub(super) type HttpResponse = Response<ResponseBody>;

/// Returns the time in the form of answers.
pub(super) fn now() -> Timestamp {
    written(Timestamp::now())
}

/// Returns a time in the form of answers: to the microsecond, as the services' own answers do \[docs\]. Its last
/// digit is never 0, which would be left out: all times have six decimals, so that clients which
/// compare them as text find them in order.
pub(super) fn written(time: Timestamp) -> Timestamp {
    let micros = time.as_microsecond();
    Timestamp::from_microsecond(micros + i64::from(micros % 10 == 0)).unwrap_or(time)
}

/// Returns an answer without a body.
pub(super) fn empty(status: StatusCode) -> HttpResponse {
    let mut answer = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
    *answer.status_mut() = status;
    answer
}

/// Returns an answer with a body of this type.
pub(super) fn full(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    let content = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    with(status, media_type, content)
}

/// Returns an answer with a JSON document.
pub(super) fn json(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    full(status, "application/json; charset=utf-8", serde_json::to_vec(document).unwrap_or_default())
}

/// Returns an answer with blocks that come one by one.
pub(super) fn stream(media_type: &'static str, blocks: BoxStream<'static, Result<Bytes>>) -> HttpResponse {
    let frames = blocks.map_ok(Frame::data).map_err(BodyError::from);
    with(StatusCode::OK, media_type, BodyExt::boxed_unsync(StreamBody::new(frames)))
}

/// Returns an answer with a file.
pub(super) fn file(body: Body) -> HttpResponse {
    let len = body.len();
    let body = body.unhashed();
    let blocks = stream::try_unfold(body, |mut body| async move { Ok(body.next().await?.map(|block| (block, body))) });
    let mut answer = stream("application/octet-stream", blocks.boxed());
    if let Some(len) = len {
        answer.headers_mut().insert(CONTENT_LENGTH, len.into());
    }
    answer
}

/// Returns the `Content-Disposition` of a download: `attachment; filename=a.csv; filename*=UTF-8''a.csv`
/// \[as Foundry was seen to\]. A name that is not a plain word is quoted, with signs that old readers do not know
/// replaced.
pub(super) fn disposition(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$&+-.^_`|~".contains(c);
    let mut text = String::from("attachment; filename=");
    if name.chars().all(plain) {
        text.push_str(name);
    } else {
        let known = |c: char| if c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\') { c } else { '_' };
        text.extend(['"'].into_iter().chain(name.chars().map(known)).chain(['"']));
    }
    let _ = write!(text, "; filename*=UTF-8''{}", escape(name));
    text
}

fn with(status: StatusCode, media_type: &'static str, content: ResponseBody) -> HttpResponse {
    let mut answer = Response::new(content);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

/// Returns the same answer, which does not say its length before its end.
pub(super) fn chunked(answer: HttpResponse) -> HttpResponse {
    let (mut head, content) = answer.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    let frames = content.into_data_stream().map_ok(Frame::data);
    Response::from_parts(head, BodyExt::boxed_unsync(StreamBody::new(frames)))
}

/// Marks a streamed answer whose end is the end of the work that was asked for.
#[derive(Debug, Clone, Copy)]
struct EndsWithWork;

/// Returns the same answer, whose end is the end of the work that was asked for.
pub(super) fn that_ends(mut answer: HttpResponse) -> HttpResponse {
    answer.extensions_mut().insert(EndsWithWork);
    answer
}

/// Waits for the end of the work that an answer reports while it goes on.
pub(super) async fn worked(answer: HttpResponse) {
    if answer.extensions().get::<EndsWithWork>().is_some() {
        let mut content = answer.into_body();
        while let Some(Ok(_)) = content.frame().await {}
    }
}

/// Returns how many bytes the body of an answer has, where that is known.
pub(super) fn length(answer: &HttpResponse) -> Option<u64> {
    let announced = answer.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    announced.or_else(|| answer.body().size_hint().exact())
}

/// What happens where an answer is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// The connection is torn down.
    Reset,
    /// The connection ends.
    End,
    /// The connection stays.
    Stall,
}

/// Returns the same answer, cut after `at` bytes of its body. It goes on saying how long it would have been.
pub(super) fn cut(answer: HttpResponse, at: u64, then: Interruption, line: Arc<Connection>) -> HttpResponse {
    let len = length(&answer);
    let (mut head, content) = answer.into_parts();
    if let Some(len) = len {
        head.headers.insert(CONTENT_LENGTH, len.into());
    }
    let frames = stream::try_unfold((content, at), move |(mut content, left)| {
        let line = Arc::clone(&line);
        async move {
            if left > 0
                && let Some(frame) = content.frame().await
            {
                let mut block = frame?.into_data().unwrap_or_default();
                block.truncate(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - block.len() as u64;
                return Ok(Some((Frame::data(block), (content, left))));
            }
            // What came before the cut is to arrive.
            line.flushed().await;
            match then {
                Interruption::Stall => std::future::pending().await,
                Interruption::Reset => line.reset(),
                Interruption::End => {}
            }
            Err(BodyError::from(Error::new(Kind::Unavailable, "cut off on purpose")))
        }
    });
    Response::from_parts(head, BodyExt::boxed_unsync(StreamBody::new(frames)))
}

/// Returns an error whose body never ends.
pub(super) fn endless() -> HttpResponse {
    let line = Bytes::from_static(&[b'x'; 4096]);
    let blocks = stream::repeat_with(move || Ok(line.clone()));
    let mut answer = stream("text/plain; charset=utf-8", blocks.boxed());
    *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    answer
}

/// The body of an answer, counted, whose end is the end of the request in the log.
pub(super) struct LoggedBody {
    content: ResponseBody,
    entry: RequestEntry,
}

/// A request that is logged when this is dropped.
pub(super) struct RequestEntry {
    pub(super) line: LogLine,
    body: Arc<RequestBody>,
    log: Option<Arc<Log>>,
}

impl RequestEntry {
    pub(super) fn new(line: LogLine, body: &Arc<RequestBody>, log: Option<&Arc<Log>>) -> Self {
        RequestEntry { line, body: Arc::clone(body), log: log.cloned() }
    }

    /// Returns the answer, which is logged with its status when its body has ended.
    pub(super) fn watch(mut self, answer: HttpResponse) -> Response<LoggedBody> {
        self.line.status = Some(answer.status().as_u16());
        answer.map(|content| LoggedBody { content, entry: self })
    }
}

impl Drop for RequestEntry {
    fn drop(&mut self) {
        if let Some(log) = &self.log {
            self.line.bytes_in = self.body.taken();
            self.line.finish();
            log.write(&self.line);
        }
    }
}

impl HttpBody for LoggedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = Pin::new(&mut self.content).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &frame {
            self.entry.line.bytes_out += frame.data_ref().map_or(0, |block| block.len() as u64);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_six_decimals() {
        for (time, as_told) in [
            ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000001Z"),
            ("2026-11-20T09:00:00.12345678Z", "2026-11-20T09:00:00.123456Z"),
            ("2026-11-20T09:00:00.1234509Z", "2026-11-20T09:00:00.123451Z"),
        ] {
            assert_eq!(written(time.parse().unwrap()).to_string(), as_told);
        }
    }

    #[test]
    fn names_of_downloads() {
        assert_eq!(disposition("report.csv"), "attachment; filename=report.csv; filename*=UTF-8''report.csv");
        let odd = disposition("naïve \"1\".txt");
        assert_eq!(odd, "attachment; filename=\"na_ve _1_.txt\"; filename*=UTF-8''na%C3%AFve%20%221%22.txt");
    }
}
