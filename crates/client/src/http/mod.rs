//! The one HTTP client of all hosted backends: connections, retries, credentials, bodies, traces.
//!
//! An [`Http`] belongs to one service: its address, its credentials, its error format. It opens nothing before its
//! first request, so that a local command has no cost. Every request states its [`Class`], which decides whether it
//! may be sent twice. This module knows no protocol, never prints (an [`AttemptObserver`] gets each attempt) and
//! never puts a secret into a message.
//!
//! Start reading in `request.rs` (the interface for backends), then `retry.rs` (the loop over attempts), `pace.rs`
//! (the time of the next attempt) and `attempt.rs` (one attempt).

mod address;
mod answer;
mod attempt;
mod auth;
mod class;
mod client;
mod download;
mod failure;
mod multipart;
mod options;
pub mod pace;
mod payload;
mod prepared;
mod proxy;
pub mod redact;
mod request;
mod retry;
mod retry_after;
mod server_events;
mod service;
mod tls;
mod trace;

use std::sync::Arc;

use wharf_wire::route::Operation;

pub use answer::ServiceAnswer;
pub(crate) use answer::is_too_long;
pub use auth::{Auth, Credentials};
pub use class::Class;
pub use download::Download;
pub(crate) use download::other_length;
pub(crate) use failure::parse_common_error;
pub use failure::{ErrorParser, FailureCheck, ServiceError, after_tries, kind_of};
pub use multipart::{FilePart, MultipartForm};
pub use options::Options;
pub use request::Request;
pub use reqwest::header::{HeaderMap, HeaderValue};
pub use reqwest::{Method, StatusCode, Url};
pub use server_events::{ServerEvent, ServerEvents};
pub use trace::{Attempt, AttemptObserver, AttemptOutcome, Detail};

use self::service::Service;
use wharf_core::error::Result;

/// A client for one HTTP service. Cheap to clone; all clones share connections and waiting times.
///
/// ```no_run
/// use wharf_client::http::{Class, Http, Method, Options};
///
/// # async fn page() -> wharf_core::error::Result<()> {
/// let http = Http::new(Options::new("example", "https://api.example.com"))?;
/// // The request changes nothing, so that it may be sent again.
/// let request = http.request(Class::Safe, Method::GET, &["v1", "files"]).query("limit", "20");
/// let page: serde_json::Value = request.send().await?.object()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Http(Arc<Service>);

/// Shows the origin only: the rest may hold credentials.
impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Http").field(&self.0.origin()).finish()
    }
}

impl Http {
    /// Checks the address and the extra headers, and returns a client. Opens no connection and reads no file.
    ///
    /// # Errors
    /// `usage` for an invalid address, one that holds a password, or that is plain `http://` to
    /// another machine, and for an extra header that would break the framing of requests.
    pub fn new(options: Options) -> Result<Self> {
        let base = address::base(&options.base_url)?;
        Self::at(base, options)
    }

    /// Returns a client for a service that this machine's host offers to its programs, such as the metadata of a
    /// virtual machine: its address may be link-local, over plain `http`.
    ///
    /// # Errors
    /// Those of [`Http::new`].
    pub(crate) fn of_the_host(options: Options) -> Result<Self> {
        let base = address::of_the_host(&options.base_url)?;
        Self::at(base, options)
    }

    fn at(base: Url, options: Options) -> Result<Self> {
        Ok(Http(Arc::new(Service::new(base, options)?)))
    }

    /// Returns a text without the credentials of this client, in any escaping. Call this before cutting the text. Of
    /// a long text, returns the beginning.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.0.secrets.scrub(text, false)
    }

    /// Returns a request to the service, with its credentials. `path` follows the base URL, one segment an item; each
    /// segment is escaped.
    pub fn request(&self, class: Class, method: Method, path: &[&str]) -> Request<'_> {
        let url = address::below(&self.0.base, path);
        Request::new(&self.0, class, method, url.map(|url| (url, true)))
    }

    /// Returns a request for an operation of the service, with its credentials. `parameters` fill the path of the
    /// route, one segment each.
    pub fn operation(&self, class: Class, operation: impl Operation, parameters: &[&str]) -> Request<'_> {
        let route = operation.route();
        let url = address::of_route(&self.0.base, route, parameters);
        Request::new(&self.0, class, route.method.clone(), url.map(|url| (url, true)))
    }

    /// Returns a request to a URL that the service returned (a presigned URL, a direct route). It is sent without the
    /// credentials and the extra headers, and messages show only its origin.
    pub fn external(&self, class: Class, method: Method, url: &str) -> Request<'_> {
        Request::new(&self.0, class, method, address::given(url).map(|url| (url, false)))
    }
}
