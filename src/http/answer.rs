//! Answers that are read whole: JSON, and errors.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use reqwest::Version;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout, timeout_at};

use super::attempt::idle_message;
use super::failure::{self, Content, Failure, Fate, Told};
use super::redact::Secrets;
use super::trace::Watched;
use crate::body::Summary;
use crate::error::{Details, Error, Kind, Result};

/// The longest answer that is read into memory, unpacked.
const LONGEST: usize = 64 * 1024 * 1024;

/// As much of an error is read.
const LONGEST_ERROR: usize = 64 * 1024;

/// As long a time is spent on the content of an error: its status says the most.
const ERROR_TIME: Duration = Duration::from_secs(10);

/// The fewest bytes of a content that count as progress within the idle timeout. At the default of 60 s that
/// is 137 bits a second, which is slower than any modem; a service that sends less only keeps its client busy.
const PROGRESS: u64 = 1024;

/// An answer whose content is still to come.
pub(super) type Response = hyper::Response<reqwest::Body>;

/// A successful answer, byte for byte as the service wrote it (unpacked, where it was packed).
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status, 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The content.
    pub bytes: Bytes,
    /// What was sent, where it came from a source: its own bytes and their hash.
    pub sent: Option<Summary>,
    /// How many tries it took. Above 1, what was asked for may have been done by an earlier one.
    pub tries: u32,
    pub(super) backend: &'static str,
    pub(super) secrets: Arc<Secrets>,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The service's name for the request.
    pub fn request_id(&self) -> Option<String> {
        failure::request_id(&self.headers, &self.secrets)
    }

    /// The error that a service tells in an answer whose status says that all is well;
    /// `unavailable` where the service does not say what kind it is.
    pub fn error(&self, told: Told) -> Error {
        let shown = |text: String| self.secrets.excerpt(&text);
        let message = told.message.map_or_else(|| "no reason is given".to_owned(), shown);
        let kind = told.kind.unwrap_or(Kind::Unavailable);
        let error = Error::new(kind, format!("the service answered: {message}")).details(Details {
            backend: Some(self.backend),
            status: Some(self.status),
            code: told.code.map(shown),
            request_id: self.request_id().or(told.request_id).map(shown),
            retryable: told.again.unwrap_or(false),
            ..Details::default()
        });
        match told.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// The content as the service wrote it, where it is JSON.
    pub fn raw(&self) -> Option<Box<RawValue>> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// The content, read as JSON.
    ///
    /// # Errors
    /// `unavailable`, with the first words of what came instead.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.bytes).map_err(|e| {
            let kind = self.header("content-type").unwrap_or("no content type");
            let beginning = self.bytes.get(..LONGEST_ERROR).unwrap_or(&self.bytes);
            let is_cut = beginning.len() < self.bytes.len();
            let says = self.secrets.scrub(&String::from_utf8_lossy(beginning), is_cut);
            let message = format!(
                "the service answered {} with what is not the JSON that was expected ({}; {}): {}",
                self.status,
                self.secrets.excerpt(kind),
                self.secrets.excerpt(&e.to_string()),
                self.secrets.excerpt(&says),
            );
            Error::new(Kind::Unavailable, message)
                .hint("is there a proxy or a login page on the way? see --base-url")
                .details(Details {
                    backend: Some(self.backend),
                    status: Some(self.status),
                    request_id: self.request_id(),
                    ..Details::default()
                })
        })
    }
}

/// Reads a successful answer to its end.
pub(super) async fn read(
    response: &mut Response,
    idle: Duration,
    deadline: Option<Instant>,
    watched: &mut Watched,
) -> Result<Bytes, Failure> {
    let mut content = BytesMut::new();
    let mut pace = Pace::new(idle);
    while let Some(block) = pace.next(response, deadline).await? {
        watched.received(block.len());
        if content.len() + block.len() > LONGEST {
            return Err(too_long());
        }
        content.extend_from_slice(&block);
    }
    watched.complete();
    let (bytes, is_cut) = unpack(response.headers(), content.freeze(), LONGEST)?;
    let content = Content { bytes, is_cut };
    watched.reads(response.headers(), &content);
    if is_cut { Err(too_long()) } else { Ok(content.bytes) }
}

/// Limits the time that is spent on waiting for an answer's content: [`PROGRESS`] bytes have to come within
/// the idle timeout. Time that the reader spends elsewhere does not count.
#[derive(Debug)]
pub(super) struct Pace {
    idle: Duration,
    waited: Duration,
    came: u64,
}

impl Pace {
    pub(super) fn new(idle: Duration) -> Self {
        Pace { idle, waited: Duration::ZERO, came: 0 }
    }

    /// The next block of an answer, or `None` at its proven end.
    pub(super) async fn next(
        &mut self,
        response: &mut Response,
        deadline: Option<Instant>,
    ) -> Result<Option<Bytes>, Failure> {
        let begun = Instant::now();
        let block = timeout(self.idle.saturating_sub(self.waited), block(response));
        let block = match deadline {
            Some(deadline) => timeout_at(deadline, block).await.map_err(|_| Failure::too_late(Fate::Lost))?,
            None => block.await,
        };
        let block = block.map_err(|_| Failure::new(Fate::Lost, self.too_slow()))??;
        self.waited += begun.elapsed();
        self.came += block.as_ref().map_or(0, Bytes::len) as u64;
        if self.came >= PROGRESS {
            *self = Pace::new(self.idle);
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

/// The next block of an answer, or `None` at its proven end. The HTTP library takes an HTTP/2 stream that the
/// service resets with `NO_ERROR` for one that has ended; only `END_STREAM` is an end (RFC 9113, section 8.1).
async fn block(response: &mut Response) -> Result<Option<Bytes>, Failure> {
    loop {
        match response.body_mut().frame().await {
            Some(Ok(frame)) => {
                if let Ok(block) = frame.into_data() {
                    return Ok(Some(block));
                }
            }
            Some(Err(error)) => return Err(Failure::cut_off(&error)),
            None if response.version() >= Version::HTTP_2 && !response.body().is_end_stream() => {
                return Err(Failure::new(Fate::Lost, "the answer was cut off: the service reset the stream"));
            }
            None => return Ok(None),
        }
    }
}

/// Reads what there is of an error: at most [`LONGEST_ERROR`] bytes in [`ERROR_TIME`]. Where that
/// stops early, its beginning is better than nothing.
pub(super) async fn read_error(
    response: &mut Response,
    idle: Duration,
    deadline: Option<Instant>,
    watched: &mut Watched,
) -> Content {
    let end = Instant::now() + ERROR_TIME.min(idle);
    let end = deadline.map_or(end, |deadline| deadline.min(end));
    let mut content = BytesMut::new();
    let mut is_cut = false;
    while content.len() < LONGEST_ERROR {
        match timeout_at(end, block(response)).await {
            Ok(Ok(Some(block))) => {
                watched.received(block.len());
                let room = LONGEST_ERROR - content.len();
                content.extend_from_slice(block.get(..room).unwrap_or(&block));
            }
            Ok(Ok(None)) => break,
            Ok(Err(_)) | Err(_) => {
                is_cut = true;
                break;
            }
        }
    }
    watched.complete();
    let full = content.len() >= LONGEST_ERROR || is_cut;
    let content = unpack(response.headers(), content.freeze(), LONGEST_ERROR);
    let (bytes, is_cut) = content.map_or_else(|_| (Bytes::new(), true), |(content, cut)| (content, cut || full));
    let content = Content { bytes, is_cut };
    watched.reads(response.headers(), &content);
    content
}

fn too_long() -> Failure {
    Failure::protocol(Fate::Lost, format!("the answer is longer than {} MiB", LONGEST / 1024 / 1024))
}

/// Unpacks an answer; says whether it was cut off at `longest` bytes.
fn unpack(headers: &HeaderMap, content: Bytes, longest: usize) -> Result<(Bytes, bool), Failure> {
    match encoding(headers).as_deref() {
        None => Ok((content, false)),
        Some("gzip" | "x-gzip") => {
            let mut plain = Vec::new();
            let mut reader = MultiGzDecoder::new(&content[..]).take(longest as u64 + 1);
            let read = reader.read_to_end(&mut plain);
            let cut = plain.len() > longest;
            plain.truncate(longest);
            match read {
                Err(error) => Err(Failure::new(Fate::Lost, format!("the answer cannot be unpacked: {error}"))),
                Ok(_) => Ok((plain.into(), cut)),
            }
        }
        Some(other) => Err(Failure::protocol(Fate::Lost, format!("the answer is packed as nobody asked for: {other}"))),
    }
}

/// How an answer is packed, if it is.
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

    #[test]
    fn packed_answers_are_unpacked_to_a_limit() {
        let content = packed(&[b'x'; 10_000]);
        assert_eq!(unpack(&headers("gzip"), content.clone(), 10_000).unwrap().0.len(), 10_000);
        let (cut, is_cut) = unpack(&headers("GZIP"), content.clone(), 9_999).unwrap();
        assert!(cut.len() == 9_999 && is_cut);
        let half = content.slice(..content.len() / 2);
        assert!(unpack(&headers("gzip"), half, 10_000).is_err());
        assert!(unpack(&headers("br"), content.clone(), 10_000).is_err());
        assert_eq!(unpack(&headers("identity"), content.clone(), 1).unwrap().0, content);
    }
}
