//! `multipart/form-data` (RFC 7578), read part by part.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use hyper::header::CONTENT_TYPE;
use multer::{Field, Multipart};
use tokio::sync::Mutex;

use super::request::{ApiRequest, RequestBody};
use wharf_core::body::{Attributes, Body, Source};
use wharf_core::error::{Error, Kind, Result};

/// Returns the form in the body of a request.
///
/// # Errors
/// `usage` for a body of another media type, or without a boundary.
pub(super) fn read(request: &ApiRequest) -> Result<Multipart<'static>> {
    let kind = request.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind)
        .map_err(|_| Error::usage("the body is not multipart/form-data with a boundary"))?;
    let blocks = futures_util::stream::try_unfold(Arc::clone(&request.body), |body: Arc<RequestBody>| async move {
        Ok::<_, Error>(body.next().await?.map(|block| (block, body)))
    });
    Ok(Multipart::new(blocks, boundary))
}

/// Returns the error of the request's body, or `usage` for one of the form.
pub(super) fn form_error(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Error>() {
            Ok(cause) => *cause,
            Err(cause) => Error::new(Kind::Unavailable, cause.to_string()),
        },
        error => Error::usage(error.to_string()),
    }
}

/// Returns the media type of a part as it was sent.
pub(super) fn media_type(part: &Field<'_>) -> Option<String> {
    let kind = part.headers().get(CONTENT_TYPE)?.to_str().ok()?.trim();
    Some(kind.to_owned()).filter(|kind| !kind.is_empty())
}

/// Returns the content of a part as text of at most `max` bytes.
///
/// # Errors
/// `usage` for more, and for other bytes; those of [`form_error`].
pub(super) async fn text(mut part: Field<'_>, max: usize) -> Result<String> {
    let mut text = Vec::new();
    while let Some(block) = part.chunk().await.map_err(form_error)? {
        text.extend_from_slice(&block);
        if text.len() > max {
            return Err(Error::usage("a part of the form is too long"));
        }
    }
    String::from_utf8(text).map_err(|_| Error::usage("a part of the form is not text"))
}

/// The content of a part as a file that can be read once and has at most `max` bytes.
pub(super) struct PartSource {
    part: Mutex<Option<Field<'static>>>,
    name: String,
    max: u64,
}

impl PartSource {
    pub(super) fn new(part: Field<'static>, name: String, max: u64) -> Self {
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

    fn attributes(&self) -> Attributes {
        Attributes::default()
    }

    async fn open(&self) -> Result<Body> {
        let part = self.part.lock().await.take();
        let part = part.ok_or_else(|| Error::new(Kind::Internal, "a part of a form is read twice"))?;
        let max = self.max;
        let blocks = futures_util::stream::try_unfold((part, 0_u64), move |(mut part, read)| async move {
            let Some(block) = part.chunk().await.map_err(form_error)? else { return Ok(None) };
            let read = read + block.len() as u64;
            if read > max {
                return Err(Error::new(Kind::Limit, format!("a file has at most {max} bytes")));
            }
            Ok(Some((block, (part, read))))
        });
        Ok(Body::of_stream(None, blocks.boxed()))
    }
}
