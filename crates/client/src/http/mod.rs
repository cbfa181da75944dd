//! The one HTTP client of all hosted backends: connections, retries, credentials, bodies, traces.
//!
//! An [`Http`] belongs to one service: its address, its credentials, how it words its errors. It makes
//! nothing until its first request, so that a local command pays nothing for it. Every request says
//! its [`Class`], which decides what may be sent twice. The room knows no protocol, never prints (an
//! [`AttemptObserver`] gets each attempt) and never lets a secret into a message.
//!
//! Start reading in `request.rs` (what a backend calls), then `retry.rs` (the loop over tries), `pace.rs` (when
//! the next one is due) and `attempt.rs` (one try).

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
mod service;
mod tls;
mod trace;

use std::sync::Arc;

use wharf_wire::route::Operation;

pub use answer::ServiceAnswer;
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
pub use trace::{Attempt, AttemptObserver, AttemptOutcome, Detail};

use self::service::Service;
use wharf_core::error::Result;

/// A service, reached over HTTP. Cheap to clone; all clones share connections and waiting times.
#[derive(Clone)]
pub struct Http(Arc<Service>);

/// Where it goes and nothing of what it knows.
impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Http").field(&self.0.origin()).finish()
    }
}

impl Http {
    /// Checks the address and the extra headers; opens, reads and makes nothing else.
    ///
    /// # Errors
    /// `usage` for an invalid address, one that holds a password, or that is plain `http://` to
    /// another machine, and for an extra header that would break the framing of requests.
    pub fn new(options: Options) -> Result<Self> {
        let base = address::base(&options.base_url)?;
        Self::at(base, options)
    }

    /// The same for a service that this machine's host offers to what runs on it, such as the metadata
    /// of a virtual machine: it may be on the machine's own link, over plain `http`.
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

    /// A text of the service without the credentials of this client, wherever and however they stand in it. It
    /// has to be called before the text is cut; of a long text, its beginning.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.0.secrets.scrub(text, false)
    }

    /// A request to the service, with its credentials. `path` is what follows the base URL, one
    /// segment an item; whatever is in a segment stays in it.
    pub fn request(&self, class: Class, method: Method, path: &[&str]) -> Request<'_> {
        let url = address::below(&self.0.base, path);
        Request::new(&self.0, class, method, url.map(|url| (url, true)))
    }

    /// Returns a request for an operation of the service, with its credentials. `parameters` are those of the
    /// route's path, one segment each.
    pub fn operation(&self, class: Class, operation: impl Operation, parameters: &[&str]) -> Request<'_> {
        let route = operation.route();
        let url = address::of_route(&self.0.base, route, parameters);
        Request::new(&self.0, class, route.method.clone(), url.map(|url| (url, true)))
    }

    /// A request to an address that the service gave out (a presigned URL, a direct route): neither
    /// the credentials nor the extra headers go along, and nothing but its origin is ever shown.
    pub fn external(&self, class: Class, method: Method, url: &str) -> Request<'_> {
        Request::new(&self.0, class, method, address::given(url).map(|url| (url, false)))
    }
}
