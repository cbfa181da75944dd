//! Objects: what presigned URLs lead to, in the manner of OSS, with errors as XML.

use std::sync::Arc;

use hyper::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue, RANGE};
use hyper::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::AgbEmulator;
use super::context_state::{ObjectInfo, key};
use super::source::StoredFileSource;
use crate::answer::{self, HttpResponse};
use crate::request::{ApiRequest, UploadSource};
use wharf_client::backend::{Backend as _, ByteRange, FetchOptions, NewSession, PutOptions};
use wharf_core::body::{MapSource, Md5Tee, Source, hex};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{SessionId, SessionPath, Timestamp};
use wharf_core::random;

/// An error in the form of OSS.
struct ObjectError(StatusCode, &'static str, String);

impl From<Error> for ObjectError {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Limit => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        ObjectError(
            status,
            if status.is_client_error() { "EntityTooLarge" } else { "InternalError" },
            error.message().to_owned(),
        )
    }
}

impl AgbEmulator {
    /// Stores or returns the object at `path` in a context, by the method of the request.
    pub(super) async fn object(&self, context: &str, path: &str, request: &ApiRequest) -> HttpResponse {
        let done = match self.signed(context, path, request) {
            Ok(key) if request.method == Method::PUT => self.put_object(context, &key, request).await,
            Ok(key) => self.get_object(context, &key, request).await,
            Err(wrong) => Err(wrong),
        };
        done.unwrap_or_else(|ObjectError(status, code, message)| {
            let text = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>"
            );
            answer::full(status, "application/xml", body)
        })
    }

    /// Returns the object that a URL is for, if it is good. A `Content-Type` that comes along
    /// is a part of what must have been signed, and never was.
    fn signed(&self, context: &str, path: &str, request: &ApiRequest) -> Result<String, ObjectError> {
        let denied = |code, message: &str| ObjectError(StatusCode::FORBIDDEN, code, message.to_owned());
        let invalid =
            || ObjectError(StatusCode::BAD_REQUEST, "InvalidObjectName", "no object has this name".to_owned());
        let key = key(path).map_err(|_| invalid())?;
        let (Some(expires), Some(signature)) =
            (request.query.get("Expires").and_then(|text| text.parse().ok()), request.query.get("Signature"))
        else {
            return Err(denied("AccessDenied", "this URL is not signed"));
        };
        let media_type = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if self.signer.signature(&request.method, media_type, expires, context, &key) != signature {
            return Err(denied(
                "SignatureDoesNotMatch",
                "the signature covers another request; no Content-Type is signed",
            ));
        }
        if expires < Timestamp::now().as_second() {
            return Err(denied("AccessDenied", "Request has expired."));
        }
        if !self.contexts.has(context) {
            return Err(ObjectError(StatusCode::NOT_FOUND, "NoSuchBucket", "the context is gone".to_owned()));
        }
        Ok(key)
    }

    async fn put_object(&self, context: &str, key: &str, request: &ApiRequest) -> Result<HttpResponse, ObjectError> {
        let source = UploadSource { body: Arc::clone(&request.body), name: key.to_owned(), most: u64::MAX };
        let etag = self.keep_object(context, key, source).await?;
        let mut answer = answer::empty(StatusCode::OK);
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            answer.headers_mut().insert(ETAG, etag);
        }
        Ok(answer)
    }

    async fn get_object(&self, context: &str, key: &str, request: &ApiRequest) -> Result<HttpResponse, ObjectError> {
        let missing =
            || ObjectError(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.".to_owned());
        let object =
            self.contexts.with(context, |held| held.objects.get(key).cloned()).flatten().ok_or_else(missing)?;
        let range = request.headers.get(RANGE).and_then(|value| part(value.to_str().ok()?, object.size));
        let fetched = self
            .objects
            .session_files()
            .fetch(&object_path(context, key)?, FetchOptions { range, ..FetchOptions::default() })
            .await
            .map_err(|e| match e.kind() {
                Kind::NotFound => missing(),
                _ => e.into(),
            })?;
        let mut answer = answer::file(fetched.body);
        if let Some((first, last)) = range.and_then(|range| Some((range.first, range.last?))) {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            if let Ok(value) = HeaderValue::from_str(&format!("bytes {first}-{last}/{}", object.size)) {
                answer.headers_mut().insert(CONTENT_RANGE, value);
            }
        }
        if let Ok(etag) = HeaderValue::from_str(&object.etag) {
            answer.headers_mut().insert(ETAG, etag);
        }
        Ok(answer)
    }

    /// Keeps what was sent as an object: all of it or nothing. Gives its `ETag`, the MD5.
    async fn keep_object(&self, context: &str, key: &str, source: impl Source) -> Result<String, Error> {
        let at = self.create_object_path(context, key).await?;
        let (md5, over) = (Md5Tee::default(), PutOptions { keep_existing: false, bulk: true, expires_in: None });
        let source = MapSource::new(&source, |body| md5.see(body));
        let stored = self.objects.session_files().put(&at, &source, over).await?;
        let etag = format!("\"{}\"", md5.hex().to_ascii_uppercase());
        self.note_object(context, key, etag.clone(), stored.sent.bytes);
        Ok(etag)
    }

    /// Keeps a session's file as an object: without a copy where that is possible, and with the
    /// `ETag` of what came in parts, which is not a hash of the content.
    pub(super) async fn keep_file(&self, context: &str, key: &str, file: StoredFileSource) -> Result<(), Error> {
        let at = self.create_object_path(context, key).await?;
        file.put(&self.objects, &at).await?;
        let etag = format!("\"{}-1\"", random::hex::<16>()?.to_ascii_uppercase());
        self.note_object(context, key, etag, file.len);
        Ok(())
    }

    /// Returns where an object is kept, below what is there by now.
    async fn create_object_path(&self, context: &str, key: &str) -> Result<SessionPath, Error> {
        let at = object_path(context, key)?;
        let new = NewSession { id: Some(at.session.clone()), ..NewSession::default() };
        match self.objects.sessions().create(new).await {
            Err(e) if e.kind() != Kind::Conflict => Err(e),
            _ => Ok(at),
        }
    }

    fn note_object(&self, context: &str, key: &str, etag: String, size: u64) {
        let changed = Timestamp::now();
        self.contexts.with(context, |held| {
            let made = held.objects.get(key).map_or(changed, |before| before.made);
            held.objects.insert(key.to_owned(), ObjectInfo { etag, size, made, changed });
        });
    }

    /// Removes what is kept of an object.
    pub(super) async fn remove_object(&self, context: &str, key: &str) -> Result<(), Error> {
        match self.objects.session_files().remove(&object_path(context, key)?, false).await {
            Err(e) if e.kind() != Kind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

/// Returns where an object is kept: keys are not paths, as `a` and `a/b` may both be there.
pub(super) fn object_path(context: &str, key: &str) -> Result<SessionPath, Error> {
    let session: SessionId = context.parse()?;
    Ok(SessionPath { session, path: hex(&Sha256::digest(key)).parse()? })
}

/// Returns the part that `bytes=FIRST-` or `bytes=FIRST-LAST` asks for; of what is anything else, all is sent.
fn part(header: &str, size: u64) -> Option<ByteRange> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok().filter(|first| *first < size)?;
    let end = size.checked_sub(1)?;
    let last = if last.is_empty() { end } else { last.parse::<u64>().ok()?.min(end) };
    (first <= last).then_some(ByteRange { first, last: Some(last) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_object() {
        let read = |header| part(header, 10).map(|range| (range.first, range.last));
        assert_eq!(read("bytes=3-"), Some((3, Some(9))));
        assert_eq!(read("bytes=0-99"), Some((0, Some(9))));
        for all in ["bytes=10-", "bytes=-3", "bytes=5-4", "lines=1-2", "bytes=1-2,4-5"] {
            assert_eq!(read(all), None, "{all}");
        }
    }
}
