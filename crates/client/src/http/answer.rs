//! Answers that are read completely: JSON, and errors.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use reqwest::Version;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use super::failure::{self, AnswerContent, AttemptFailure, Delivery, ServiceError, idle_message};
use super::redact::Secrets;
use super::retry_after;
use super::trace::AttemptTrace;
use wharf_core::advice::Setting;
use wharf_core::body::Digest;
use wharf_core::error::{Cause, Details, Error, Kind, Result};
use wharf_wire::json;

/// The largest answer that is read into memory, in bytes after decompression, unless the request sets another limit.
pub(super) const LONGEST: usize = json::BYTES;

/// The largest part of an error's content that is read, in bytes.
const LONGEST_ERROR: usize = 64 * 1024;

/// The time limit for reading the content of an error: its status is usually enough.
const ERROR_TIME: Duration = Duration::from_secs(10);

/// The fewest bytes of a content that count as progress within the idle timeout. At the default of 60 s that
/// is 137 bits a second, which is slower than any modem; a service that sends less only keeps its client busy.
const PROGRESS: u64 = 1024;

/// An answer whose content has not been read yet.
pub(super) type Response = hyper::Response<reqwest::Body>;

/// A successful answer. The content is unchanged, apart from decompression.
#[derive(Debug, Clone)]
pub struct ServiceAnswer {
    /// The status, 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The content.
    pub bytes: Bytes,
    /// The digest of the content that was sent, if it came from a source.
    pub sent: Option<Digest>,
    /// The number of attempts. Above 1, an earlier attempt may have had the effect already.
    pub tries: u32,
    pub(super) backend: &'static str,
    pub(super) secrets: Arc<Secrets>,
}

impl ServiceAnswer {
    /// Returns the text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns how long the service asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::asked(&self.headers, Timestamp::now())
    }

    /// Returns the service's id for the request.
    pub fn request_id(&self) -> Option<String> {
        failure::request_id(&self.headers, &self.secrets)
    }

    /// Returns the error that a service reports with a successful status; `unavailable` where `reported` has no kind.
    pub fn error(&self, reported: ServiceError) -> Error {
        let shown = |text: String| self.secrets.excerpt(&text);
        let message = reported.message.map_or_else(|| "no reason is given".to_owned(), shown);
        let kind = reported.kind.unwrap_or(Kind::Unavailable);
        let error = Error::new(kind, format!("the service answered: {message}")).details(Details {
            backend: Some(self.backend),
            status: Some(self.status),
            code: reported.code.map(shown),
            request_id: self.request_id().or(reported.request_id).map(shown),
            retryable: reported.retry.unwrap_or(false),
            ..Details::default()
        });
        match reported.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// Parses the content as one JSON object.
    ///
    /// # Errors
    /// `unavailable`, with the first words of what came instead.
    pub fn object<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        self.expected(json::object(&self.bytes))
    }

    /// Parses the content as a JSON object that holds a list of [`json::Items`].
    ///
    /// # Errors
    /// As [`ServiceAnswer::object`].
    pub fn page<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        self.expected(json::page(&self.bytes))
    }

    /// Fails unless the content is empty, which is how the service reports success.
    ///
    /// # Errors
    /// As [`ServiceAnswer::object`].
    pub fn nothing(&self) -> Result<()> {
        if self.bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.expected(Err("no content was expected"))
    }

    fn expected<T>(&self, read: Result<T, impl Into<Box<dyn std::error::Error>>>) -> Result<T> {
        read.map_err(|e| {
            let cause = Cause::of(e.into().as_ref()).map(&|text| self.secrets.excerpt(text));
            let kind = self.header("content-type").unwrap_or("no content type");
            let beginning = self.bytes.get(..LONGEST_ERROR).unwrap_or(&self.bytes);
            let is_cut = beginning.len() < self.bytes.len();
            let says = self.secrets.scrub(&String::from_utf8_lossy(beginning), is_cut);
            let message = format!(
                "the service answered {} with something other than the expected JSON ({}; {}): {}",
                self.status,
                self.secrets.excerpt(kind),
                cause,
                self.secrets.excerpt(&says),
            );
            Error::new(Kind::Unavailable, message)
                .hint(format!("a proxy or a login page may have answered: check {}", Setting::BaseUrl))
                .with_cause(cause)
                .details(Details {
                    backend: Some(self.backend),
                    status: Some(self.status),
                    request_id: self.request_id(),
                    ..Details::default()
                })
        })
    }
}

/// The beginning of the error of an answer that is too long.
const TOO_LONG: &str = "the answer is longer than";

/// Returns whether a request failed because its answer is longer than accepted.
pub(crate) fn is_too_long(error: &Error) -> bool {
    error.message().starts_with(TOO_LONG)
}

/// Reads a successful answer to its end: at most `longest` bytes after decompression.
pub(super) async fn read(
    response: &mut Response,
    longest: usize,
    idle: Duration,
    deadline: Option<Instant>,
    watched: &mut AttemptTrace,
) -> Result<Bytes, AttemptFailure> {
    let mut content = Incoming::of(response.headers(), longest)?;
    let mut progress = ProgressLimit::new(idle);
    while let Some(block) = progress.next(response, deadline).await? {
        watched.received(block.len());
        content.take(&block)?;
        if content.is_cut() {
            let message = format!("{TOO_LONG} {} MiB", longest >> 20);
            return Err(AttemptFailure::protocol(Delivery::Unknown, message));
        }
    }
    watched.complete();
    let content = AnswerContent { bytes: content.whole()?, is_cut: false };
    watched.reads(response.headers(), &content);
    Ok(content.bytes)
}

/// Limits the time spent waiting for the content of an answer: at least [`PROGRESS`] bytes have to arrive within the
/// idle timeout. The time between two reads does not count.
#[derive(Debug)]
pub(super) struct ProgressLimit {
    idle: Duration,
    waited: Duration,
    came: u64,
}

impl ProgressLimit {
    pub(super) fn new(idle: Duration) -> Self {
        ProgressLimit { idle, waited: Duration::ZERO, came: 0 }
    }

    /// Returns the next block of an answer, or `None` at its confirmed end.
    pub(super) async fn next(
        &mut self,
        response: &mut Response,
        deadline: Option<Instant>,
    ) -> Result<Option<Bytes>, AttemptFailure> {
        let begun = Instant::now();
        let block = timeout(self.idle.saturating_sub(self.waited), block(response));
        let block = match deadline {
            Some(deadline) => {
                timeout_at(deadline, block).await.map_err(|_| AttemptFailure::too_late(Delivery::Unknown))?
            }
            None => block.await,
        };
        let block = block.map_err(|_| AttemptFailure::new(Delivery::Unknown, self.too_slow()))??;
        self.waited += begun.elapsed();
        self.came += block.as_ref().map_or(0, Bytes::len) as u64;
        if self.came >= PROGRESS {
            *self = ProgressLimit::new(self.idle);
        }
        Ok(block)
    }

    fn too_slow(&self) -> String {
        match self.came {
            0 => idle_message("the service sent", self.idle),
            _ => format!("the service sent fewer than {PROGRESS} bytes in {} s", self.idle.as_secs_f64()),
        }
    }
}

/// Returns the next block of an answer, or `None` at its confirmed end. The HTTP library treats an HTTP/2 stream that
/// the service resets with `NO_ERROR` as ended; only `END_STREAM` is an end (RFC 9113, section 8.1).
async fn block(response: &mut Response) -> Result<Option<Bytes>, AttemptFailure> {
    loop {
        match response.body_mut().frame().await {
            Some(Ok(frame)) => {
                if let Ok(block) = frame.into_data() {
                    return Ok(Some(block));
                }
            }
            Some(Err(error)) => return Err(AttemptFailure::cut_off(&error)),
            None if response.version() >= Version::HTTP_2 && !response.body().is_end_stream() => {
                return Err(AttemptFailure::new(
                    Delivery::Unknown,
                    "the answer was cut off: the service reset the stream",
                ));
            }
            None => return Ok(None),
        }
    }
}

/// Reads the content of an error: at most [`LONGEST_ERROR`] bytes within [`ERROR_TIME`]. If reading stops early,
/// returns the part that was read.
pub(super) async fn read_error(
    response: &mut Response,
    idle: Duration,
    deadline: Option<Instant>,
    watched: &mut AttemptTrace,
) -> AnswerContent {
    let end = Instant::now() + ERROR_TIME.min(idle);
    let end = deadline.map_or(end, |deadline| deadline.min(end));
    let mut content = Incoming::of(response.headers(), LONGEST_ERROR).unwrap_or_else(|_| Incoming::plain(0));
    let mut is_cut = false;
    while !content.is_cut() {
        match timeout_at(end, block(response)).await {
            Ok(Ok(Some(block))) => {
                watched.received(block.len());
                if content.take(&block).is_err() {
                    is_cut = true;
                    break;
                }
            }
            Ok(Ok(None)) => break,
            Ok(Err(_)) | Err(_) => {
                is_cut = true;
                break;
            }
        }
    }
    watched.complete();
    let is_cut = is_cut || content.is_cut();
    let content = AnswerContent { bytes: content.beginning(), is_cut };
    watched.reads(response.headers(), &content);
    content
}

/// Returns the beginning of a complete content, cut as [`read_error`] cuts it, for an answer that turns out to be an
/// error.
pub(super) fn of_error(content: &Bytes) -> AnswerContent {
    AnswerContent { bytes: content.slice(..content.len().min(LONGEST_ERROR)), is_cut: content.len() > LONGEST_ERROR }
}

/// The content of an answer, decompressed while it arrives.
enum Incoming {
    Plain(Beginning),
    Gzip { reader: Box<MultiGzDecoder<Beginning>>, packed: usize },
}

/// The beginning of a content, at most `room` bytes, and whether more followed.
struct Beginning {
    bytes: Vec<u8>,
    room: usize,
    cut: bool,
}

impl Beginning {
    fn push(&mut self, block: &[u8]) {
        let room = self.room - self.bytes.len();
        self.cut |= block.len() > room;
        self.bytes.extend_from_slice(block.get(..room).unwrap_or(block));
    }
}

/// Receives the output of a decoder, and stops the decoder when the limit is exceeded.
impl Write for Beginning {
    fn write(&mut self, block: &[u8]) -> io::Result<usize> {
        self.push(block);
        if self.cut { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(block.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Incoming {
    /// Returns the reader of an answer with these headers.
    ///
    /// # Errors
    /// That of an answer which is packed in a way that was not requested.
    fn of(headers: &HeaderMap, longest: usize) -> Result<Self, AttemptFailure> {
        match encoding(headers).as_deref() {
            None => Ok(Self::plain(longest)),
            Some("gzip" | "x-gzip") => {
                let beginning = Beginning { bytes: Vec::new(), room: longest, cut: false };
                Ok(Incoming::Gzip { reader: Box::new(MultiGzDecoder::new(beginning)), packed: 0 })
            }
            Some(other) => Err(AttemptFailure::protocol(
                Delivery::Unknown,
                format!("the answer has a content encoding that was not requested: {other}"),
            )),
        }
    }

    fn plain(longest: usize) -> Self {
        Incoming::Plain(Beginning { bytes: Vec::new(), room: longest, cut: false })
    }

    /// Adds a block of the answer.
    ///
    /// # Errors
    /// That of an answer which cannot be unpacked.
    fn take(&mut self, block: &[u8]) -> Result<(), AttemptFailure> {
        match self {
            Incoming::Plain(beginning) => beginning.push(block),
            Incoming::Gzip { reader, packed } => {
                *packed += block.len();
                if *packed > reader.get_ref().room {
                    // Packed, it may hold nothing at all and have no end.
                    reader.get_mut().cut = true;
                } else if let Err(error) = reader.write_all(block)
                    && !reader.get_ref().cut
                {
                    return Err(unpacking(&error));
                }
            }
        }
        Ok(())
    }

    fn is_cut(&self) -> bool {
        match self {
            Incoming::Plain(beginning) => beginning.cut,
            Incoming::Gzip { reader, .. } => reader.get_ref().cut,
        }
    }

    /// Returns the complete content.
    ///
    /// # Errors
    /// Where its packing does not come to an end.
    fn whole(self) -> Result<Bytes, AttemptFailure> {
        match self {
            Incoming::Plain(beginning) => Ok(beginning.bytes.into()),
            Incoming::Gzip { packed: 0, .. } => Ok(Bytes::new()),
            Incoming::Gzip { reader, .. } => Ok(reader.finish().map_err(|e| unpacking(&e))?.bytes.into()),
        }
    }

    /// Returns the part of the content that has arrived.
    fn beginning(self) -> Bytes {
        match self {
            Incoming::Plain(beginning) => beginning.bytes.into(),
            Incoming::Gzip { mut reader, .. } => {
                // What is in the decoder already; the rest did not come.
                let _ = reader.flush();
                std::mem::take(&mut reader.get_mut().bytes).into()
            }
        }
    }
}

fn unpacking(error: &io::Error) -> AttemptFailure {
    AttemptFailure::new(Delivery::Unknown, format!("the answer cannot be unpacked: {error}"))
        .caused_by(Cause::of(error))
}

/// Returns the content encoding of an answer, if any.
pub(super) fn encoding(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_ENCODING)?;
    let name = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
    Some(name).filter(|name| !name.is_empty() && name != "identity")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(content: &[u8]) -> Bytes {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(content).unwrap();
        writer.finish().unwrap().into()
    }

    fn headers(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, encoding.parse().unwrap())])
    }

    /// Decompresses a content; returns whether it was cut off at `longest` bytes as well.
    fn unpack(encoding: &'static str, content: &[u8], longest: usize) -> Result<(Bytes, bool), AttemptFailure> {
        let mut unpacked = Incoming::of(&headers(encoding), longest)?;
        for block in content.chunks(7) {
            unpacked.take(block)?;
            if unpacked.is_cut() {
                return Ok((unpacked.beginning(), true));
            }
        }
        unpacked.whole().map(|all| (all, false))
    }

    #[test]
    fn packed_answers_are_unpacked_to_a_limit() {
        let content = packed(&[b'x'; 10_000]);
        assert_eq!(unpack("gzip", &content, 10_000).unwrap().0.len(), 10_000);
        let (cut, is_cut) = unpack("GZIP", &content, 9_999).unwrap();
        assert!(cut.len() <= 9_999 && is_cut);
        assert!(unpack("gzip", &content[..content.len() / 2], 10_000).is_err());
        assert!(unpack("br", &content, 10_000).is_err());
        assert_eq!(unpack("identity", &content, 10_000).unwrap().0, content);
        assert!(unpack("identity", &content, content.len() - 1).unwrap().1);
        assert!(unpack("gzip", b"", 10).unwrap().0.is_empty());
        let endless = packed(b"").repeat(1000);
        assert!(unpack("gzip", &endless, 10_000).unwrap().1, "members without content are counted as well");
    }

    #[test]
    fn a_small_content_that_unpacks_to_a_large_one_is_stopped_on_the_way() {
        let bomb = packed(&vec![0; 64 << 20]);
        let mut unpacked = Incoming::of(&headers("gzip"), 1000).unwrap();
        unpacked.take(&bomb[..900]).unwrap();
        assert!(unpacked.is_cut());
        let Incoming::Gzip { reader, .. } = &unpacked else { panic!("it is packed") };
        assert!(reader.get_ref().bytes.capacity() < 1 << 20);
    }
}
