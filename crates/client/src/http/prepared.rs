//! Requests that are ready to be sent.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::class::Class;
use super::payload::Payload;
use super::redact::Secrets;

/// A request that is ready to be sent, several times if needed.
pub(super) struct PreparedRequest<'a> {
    pub(super) class: Class,
    pub(super) method: Method,
    pub(super) url: Url,
    /// The names of query parameters that a backend set, whose values traces show.
    pub(super) asked: Vec<String>,
    /// Whether the request goes to the service itself, with credentials.
    pub(super) authenticated: bool,
    pub(super) headers: HeaderMap,
    pub(super) payload: Payload<'a>,
    pub(super) secrets: Arc<Secrets>,
    /// The number of earlier attempts.
    pub(super) tried: u32,
    /// The time limit without a byte, if it differs from that of the client.
    pub(super) idle: Option<Duration>,
    /// The largest answer that is read completely, in bytes.
    pub(super) longest: usize,
}
