//! `multipart/form-data` (RFC 7578), read part by part.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hyper::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use tokio::sync::Mutex;

use super::request::{ApiRequest, RequestBody};
use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Kind, Result};

/// The most bytes that the parser may hold before it gives out a part or a block of one: the headers of a part, what
/// precedes the first part, and spaces after a boundary. `multer` has no limit of its own.
const UNPARSED_MAX: u64 = 16 << 10;

/// The form in the body of a request.
pub(super) struct ReceivedForm {
    parts: Multipart<'static>,
    /// Bytes that the parser took since it gave out something.
    unparsed: Arc<AtomicU64>,
}

impl ReceivedForm {
    /// Returns the form in the body of a request.
    ///
    /// # Errors
    /// `usage` for a body of another media type, or without a boundary.
    pub(super) fn new(request: &ApiRequest) -> Result<Self> {
        let kind = request.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind)
            .map_err(|_| Error::usage("the body is not multipart/form-data with a boundary"))?;
        let body = Arc::clone(&request.body);
        let blocks = futures_util::stream::try_unfold(body, |body: Arc<RequestBody>| async move {
            Ok(body.next().await?.map(|block| (block, body)))
        });
        Ok(Self::of_blocks(blocks, boundary))
    }

    fn of_blocks(blocks: impl Stream<Item = Result<Bytes>> + Send + 'static, boundary: String) -> Self {
        let unparsed: Arc<AtomicU64> = Arc::default();
        let state = (Box::pin(blocks), Arc::clone(&unparsed));
        let blocks = futures_util::stream::try_unfold(state, |mut state| async move {
            // The parser takes blocks for as long as one is ready, and up to twice before it looks at them: this lets it
            // look at each one before the next.
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
            if state.1.load(Ordering::Relaxed) > UNPARSED_MAX {
                return Err(Error::usage("the headers of a part of the form are too long"));
            }
            let Some(block) = state.0.next().await.transpose()? else { return Ok(None) };
            state.1.fetch_add(block.len() as u64, Ordering::Relaxed);
            Ok(Some((block, state)))
        });
        ReceivedForm { parts: Multipart::new(blocks, boundary), unparsed }
    }

    /// Returns the next part; `None` at the end. The part before has to be read to its end or dropped.
    ///
    /// # Errors
    /// Those of the request's body; `usage` where it is not a form, and for more than [`UNPARSED_MAX`] bytes before the
    /// content of the part.
    pub(super) async fn next_part(&mut self) -> Result<Option<Part>> {
        let field = self.parts.next_field().await.map_err(form_error)?;
        self.unparsed.store(0, Ordering::Relaxed);
        Ok(field.map(|field| Part { field, unparsed: Arc::clone(&self.unparsed) }))
    }
}

/// A part of a form.
pub(super) struct Part {
    field: Field<'static>,
    unparsed: Arc<AtomicU64>,
}

impl Part {
    /// Returns the name of the field; empty where the part has none.
    pub(super) fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    /// Returns the name of the file.
    pub(super) fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// Returns the media type as it was sent.
    pub(super) fn media_type(&self) -> Option<String> {
        let kind = self.field.headers().get(CONTENT_TYPE)?.to_str().ok()?.trim();
        Some(kind.to_owned()).filter(|kind| !kind.is_empty())
    }

    /// Returns the content as text of at most `max` bytes.
    ///
    /// # Errors
    /// `usage` for more, and for other bytes; those of the request's body.
    pub(super) async fn text(mut self, max: usize) -> Result<String> {
        let mut text = Vec::new();
        while let Some(block) = self.chunk().await? {
            text.extend_from_slice(&block);
            if text.len() > max {
                return Err(Error::usage("a part of the form is too long"));
            }
        }
        String::from_utf8(text).map_err(|_| Error::usage("a part of the form is not text"))
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let block = self.field.chunk().await.map_err(form_error)?;
        self.unparsed.store(0, Ordering::Relaxed);
        Ok(block)
    }
}

/// Returns the error of the request's body, or `usage` for one of the form.
fn form_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Error>() {
            Ok(cause) => *cause,
            Err(cause) => Error::new(Kind::Unavailable, cause.to_string()),
        },
        error => Error::usage(error.to_string()),
    }
}

/// The content of a part as a file that can be read once and has at most `max` bytes.
pub(super) struct PartSource {
    part: Mutex<Option<Part>>,
    name: String,
    max: u64,
}

impl PartSource {
    pub(super) fn new(part: Part, name: String, max: u64) -> Self {
        PartSource { part: Mutex::new(Some(part)), name, max }
    }
}

#[async_trait]
impl Source for PartSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let part = self.part.lock().await.take();
        let part = part.ok_or_else(|| Error::new(Kind::Internal, "a part of a form is read twice"))?;
        let max = self.max;
        let blocks = futures_util::stream::try_unfold((part, 0_u64), move |(mut part, read)| async move {
            let Some(block) = part.chunk().await? else { return Ok(None) };
            let read = read + block.len() as u64;
            if read > max {
                return Err(Error::new(Kind::Limit, format!("a file has at most {max} bytes")));
            }
            Ok(Some((block, (part, read))))
        });
        Ok(Body::of_stream(None, blocks.boxed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(blocks: Vec<Vec<u8>>) -> ReceivedForm {
        let blocks = futures_util::stream::iter(blocks.into_iter().map(|block| Ok(Bytes::from(block))));
        ReceivedForm::of_blocks(blocks, "b".to_owned())
    }

    #[tokio::test]
    async fn blocks_of_any_size_that_are_ready_at_once_are_parsed() {
        let content = vec![b'x'; 1 << 20];
        let head = b"--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n".to_vec();
        let whole = [head, content.clone(), b"\r\n--b--\r\n".to_vec()].concat();
        for size in [1 << 10, 1 << 16, whole.len()] {
            let mut form = form(whole.chunks(size).map(<[u8]>::to_vec).collect());
            let part = form.next_part().await.unwrap().unwrap();
            assert_eq!(part.text(content.len()).await.unwrap().len(), content.len(), "{size}");
            assert!(form.next_part().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn headers_without_an_end_are_refused() {
        let head = b"--b\r\nX-Long: ".to_vec();
        let blocks = std::iter::once(head).chain(std::iter::repeat_n(vec![b'x'; 1 << 10], 1 << 10)).collect();
        assert!(form(blocks).next_part().await.is_err());
    }
}
