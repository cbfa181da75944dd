//! Requests, as backends build them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;

use super::answer::{LONGEST, ServiceAnswer};
use super::attempt::{ReadMode, Reply};
use super::auth::secret_value;
use super::class::Class;
use super::download::Download;
use super::multipart::MultipartForm;
use super::payload::Payload;
use super::prepared::PreparedRequest;
use super::redact::Secrets;
use super::service::Service;
use super::{address, retry};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::url::escape;

/// The longest path or query, in bytes: the HTTP library accepts 65,534 in total, and services fewer.
const LONGEST_PART: usize = 32 * 1024;

/// Headers whose values are always secret.
const SECRET_HEADERS: [&str; 7] =
    ["api-key", "authorization", "cookie", "proxy-authorization", "x-access-token", "x-api-key", "x-identity-header"];

/// A request under construction. Invalid parts are reported when it is sent, before any connection.
#[must_use = "nothing is sent before `send` or `fetch`"]
pub struct Request<'a> {
    service: &'a Service,
    parts: Result<PreparedRequest<'a>>,
}

impl<'a> Request<'a> {
    pub(super) fn new(service: &'a Service, class: Class, method: Method, to: Result<(Url, bool)>) -> Self {
        let parts = to.map(|(url, authenticated)| {
            let secrets = Arc::new(Secrets::of_request(&service.secrets));
            if !authenticated {
                secrets.learn_url(&url);
            }
            PreparedRequest {
                class,
                method,
                url,
                asked: Vec::new(),
                authenticated,
                headers: HeaderMap::new(),
                payload: Payload::default(),
                secrets,
                tried: 0,
                idle: None,
                longest: LONGEST,
            }
        });
        Request { service, parts }
    }

    fn with(mut self, change: impl FnOnce(&mut PreparedRequest<'a>) -> Result<()>) -> Self {
        let changed = match &mut self.parts {
            Ok(parts) => change(parts),
            Err(_) => Ok(()),
        };
        if let Err(error) = changed {
            self.parts = Err(error);
        }
        self
    }

    /// Adds a parameter to the query.
    pub fn query(self, name: &str, value: &str) -> Self {
        self.with(|parts| {
            address::add_query(&mut parts.url, name, value);
            parts.asked.push(name.to_owned());
            Ok(())
        })
    }

    /// Sets a header. A header for credentials is treated as in [`Request::secret`].
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|parts| {
            let refused = || Error::usage(format!("header `{name}` has invalid characters"));
            let name = HeaderName::try_from(name).map_err(|_| refused())?;
            let mut value = HeaderValue::try_from(value).map_err(|_| refused())?;
            value.set_sensitive(SECRET_HEADERS.contains(&name.as_str()));
            parts.headers.insert(name, value);
            Ok(())
        })
    }

    /// Sets a header that is a secret of this request, such as the token of a direct route. It is sent wherever the
    /// request goes, and is never shown.
    pub fn secret(self, name: &'static str, value: &str) -> Self {
        self.with(|parts| {
            parts.headers.insert(HeaderName::from_static(name), secret_value(value)?);
            Ok(())
        })
    }

    /// Sets a content of any media type.
    pub(crate) fn content(self, media_type: &'static str, content: Bytes) -> Self {
        self.with(|parts| {
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
            parts.payload = Payload::bytes(content);
            Ok(())
        })
    }

    /// Sets how long the service may be silent, before its answer and in it, instead of the idle timeout.
    pub(crate) fn read_timeout(self, idle: Duration) -> Self {
        self.with(|parts| {
            parts.idle = Some(idle);
            Ok(())
        })
    }

    /// Continues an earlier request of which `tries` attempts have failed: the remaining retries, the pauses and the
    /// attempt numbers follow on from these.
    pub(crate) fn after(self, tries: u32) -> Self {
        self.with(|parts| {
            parts.tried = tries;
            Ok(())
        })
    }

    /// Accepts an answer of at most `longest` bytes: for listings, which may be longer than one object.
    pub(crate) fn at_most(self, longest: usize) -> Self {
        self.with(|parts| {
            parts.longest = longest;
            Ok(())
        })
    }

    /// Sets a JSON content.
    pub fn json<T: Serialize + ?Sized>(self, content: &T) -> Self {
        self.with(|parts| {
            let json = serde_json::to_vec(content).map_err(|e| {
                Error::new(Kind::Internal, format!("the request cannot be written as JSON: {e}")).caused_by(&e)
            })?;
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            parts.payload = Payload::bytes(json);
            Ok(())
        })
    }

    /// Sets the fields of a web form as the content.
    pub fn fields(self, fields: &[(&str, &str)]) -> Self {
        self.with(|parts| {
            let pairs: Vec<_> =
                fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            parts.payload = Payload::bytes(pairs.join("&"));
            Ok(())
        })
    }

    /// Marks a text in the content as a secret: it is never shown, even if the service repeats it.
    pub fn hide(self, secret: &str) -> Self {
        self.with(|parts| {
            parts.secrets.learn_text(secret);
            Ok(())
        })
    }

    /// Sets a source as the content, read from its start in every attempt. A source that turns out longer or shorter
    /// than announced aborts the request with `conflict`. No content type is sent unless [`Request::header`] sets
    /// one.
    pub fn source(self, source: &'a dyn Source) -> Self {
        self.with(|parts| {
            parts.payload = Payload::source("", source, "");
            Ok(())
        })
    }

    /// Sets a form with one file as the content; the file is treated as in [`Request::source`].
    pub fn form(self, form: MultipartForm<'a>) -> Self {
        self.with(|parts| {
            let (kind, payload) = form.payload()?;
            let kind =
                HeaderValue::try_from(kind).map_err(|e| Error::new(Kind::Internal, e.to_string()).caused_by(&e))?;
            parts.headers.insert(CONTENT_TYPE, kind);
            parts.payload = payload;
            Ok(())
        })
    }

    /// Sends the request and reads the complete answer, up to 4 MiB or the limit of `Request::at_most`.
    ///
    /// # Errors
    /// By status: 401, 403 `auth`; 404 `not_found`; 409, 412 `conflict`; 413, 429, 507 `limit`;
    /// 400, 422 `usage`; everything else, redirects included, `unavailable`; or what the service's
    /// [`super::ErrorParser`] says. `unavailable` where no whole answer came, `deadline`, and `conflict` or
    /// `io` of a source.
    pub async fn send(self) -> Result<ServiceAnswer> {
        let parts = self.parts.and_then(checked)?;
        let kept = self.service.options.answers.as_ref().filter(|kept| parts.class != Class::Safe || kept.wants_all());
        match retry::run(self.service, parts, ReadMode::Whole).await? {
            Reply::Whole(answer) => {
                if let (Some(kept), Ok(raw)) = (kept, serde_json::from_slice(&answer.bytes)) {
                    kept.keep(raw);
                }
                Ok(answer)
            }
            Reply::Stream(_) => Err(Error::new(Kind::Internal, "a stream instead of a complete answer")),
        }
    }

    /// Sends the request and streams the answer's content as it is on the wire.
    ///
    /// # Errors
    /// Those of [`Request::send`]; what happens to the content comes up in its [`Download::body`].
    pub async fn fetch(self) -> Result<Download> {
        let parts = self.parts.and_then(checked)?;
        match retry::run(self.service, parts, ReadMode::Stream).await? {
            Reply::Stream(download) => Ok(download),
            Reply::Whole(_) => Err(Error::new(Kind::Internal, "a complete answer instead of a stream")),
        }
    }
}

/// Returns the request if its address is short enough to be sent.
///
/// # Errors
/// `usage` for a path that is too long, which holds names that the user gave; `unavailable` for a query, which in
/// practice means a cursor of the service's.
fn checked(parts: PreparedRequest<'_>) -> Result<PreparedRequest<'_>> {
    let (path, query) = (parts.url.path().len(), parts.url.query().map_or(0, str::len));
    if path > LONGEST_PART {
        return Err(Error::usage(format!("a name in this request is too long: its address would have {path} bytes"))
            .hint(format!("an address has at most {LONGEST_PART} bytes")));
    }
    if query > LONGEST_PART {
        let asked = parts.asked.join("`, `");
        return Err(Error::new(
            Kind::Unavailable,
            format!("the query of this request would have {query} bytes: `{asked}`"),
        )
        .hint(format!("a cursor or a path that is too long; a query has at most {LONGEST_PART} bytes")));
    }
    Ok(parts)
}
