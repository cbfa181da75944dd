//! Settings of a client.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::auth::Auth;
use super::failure::{ErrorParser, FailureCheck, parse_common_error};
use super::trace::{Attempt, AttemptObserver};
use wharf_core::config::Settings;
use wharf_core::config::answers::Answers;
use wharf_core::error::{Error, Result};
use wharf_core::load::ServiceLoad;

/// Headers that control routing, framing, type or encoding of a message: they belong to the program that writes the
/// message (RFC 9110, sections 7.2, 7.6.1 and 8).
const FRAMING: [&str; 14] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Settings of a client.
#[derive(Clone)]
pub struct Options {
    /// The backend's name, for errors.
    pub backend: &'static str,
    /// The URL of the service; requests go below its path.
    pub base_url: String,
    /// The source of credentials; `None` if the service needs none.
    pub auth: Option<Arc<dyn Auth>>,
    /// Parses the errors of the service.
    pub error_parser: ErrorParser,
    /// Detects an error in an answer with a successful status, if the answer is read completely; `error_parser` then
    /// parses it.
    pub is_failure: FailureCheck,
    /// Additional headers of every request to the service, never credentials.
    pub headers: BTreeMap<String, String>,
    /// A PEM file of certificates to trust in addition to those of the system.
    pub ca_cert: Option<PathBuf>,
    /// The time limit for connecting, TLS and proxy included.
    pub connect_timeout: Duration,
    /// The time limit without a byte in either direction.
    pub idle_timeout: Duration,
    /// The time at which all work has to be done, retries and waiting included.
    pub deadline: Option<Instant>,
    /// The number of retries of a request.
    pub retries: u32,
    /// Called with each attempt.
    pub observer: Option<AttemptObserver>,
    /// Whether the observer gets headers and contents as well.
    pub detail: bool,
    /// Counts the requests that the service refuses because of its load.
    pub load: ServiceLoad,
    /// Stores the answers to requests that change something.
    pub answers: Option<Answers>,
}

impl Options {
    /// Returns the default options: 10 s to connect, 60 s without a byte, 4 retries, no deadline, no observer.
    pub fn new(backend: &'static str, base_url: impl Into<String>) -> Self {
        Options {
            backend,
            base_url: base_url.into(),
            auth: None,
            error_parser: parse_common_error,
            is_failure: |_| false,
            headers: BTreeMap::new(),
            ca_cert: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            deadline: None,
            retries: 4,
            observer: None,
            detail: false,
            load: ServiceLoad::default(),
            answers: None,
        }
    }

    /// Applies the settings of the user.
    #[must_use]
    pub fn configured(mut self, settings: &Settings) -> Self {
        self.headers.clone_from(&settings.headers);
        self.ca_cert.clone_from(&settings.ca_cert);
        self.connect_timeout = settings.connect_timeout.unwrap_or(self.connect_timeout);
        self.retries = settings.retries.unwrap_or(self.retries);
        self.deadline = settings.deadline;
        self.load = settings.load.clone();
        self.detail = settings.trace.as_ref().is_some_and(|sink| sink.detail);
        self.observer = settings.trace.clone().map(|sink| -> AttemptObserver {
            Arc::new(move |one: &Attempt| {
                (sink.say)(one.to_string());
                one.detail.iter().flat_map(|detail| detail.lines()).for_each(|line| (sink.say)(line));
            })
        });
        self
    }

    /// Returns the extra headers as they are sent. `config::header` has rejected credentials already.
    pub(super) fn extra_headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let refused = || Error::usage(format!("header `{name}` cannot be set"));
            let parsed = HeaderName::try_from(name.as_str()).map_err(|_| refused())?;
            if FRAMING.contains(&parsed.as_str()) {
                return Err(refused().hint("it belongs to the HTTP client"));
            }
            headers.insert(parsed, HeaderValue::try_from(value.as_str()).map_err(|_| refused())?);
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_frame_a_message_cannot_be_set() {
        for name in ["Content-Length", "HOST", "transfer-encoding", "Range"] {
            let mut options = Options::new("test", "https://service.test");
            options.headers.insert(name.to_owned(), "5".to_owned());
            assert!(options.extra_headers().unwrap_err().message().contains(name));
        }
        let mut options = Options::new("test", "https://service.test");
        options.headers.insert("X-Team".to_owned(), "blue".to_owned());
        assert_eq!(options.extra_headers().unwrap().get("x-team").unwrap(), "blue");
    }
}
