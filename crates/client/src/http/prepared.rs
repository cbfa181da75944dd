//! A request that is ready to be sent, as often as it takes.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::class::Class;
use super::payload::Payload;
use super::redact::Secrets;

/// A request that is ready to go, as often as it takes.
pub(super) struct PreparedRequest<'a> {
    pub(super) class: Class,
    pub(super) method: Method,
    pub(super) url: Url,
    /// The names of what a backend put into its query, which traces show.
    pub(super) asked: Vec<String>,
    /// Whether it goes to the service itself, with its credentials.
    pub(super) authenticated: bool,
    pub(super) headers: HeaderMap,
    pub(super) payload: Payload<'a>,
    pub(super) secrets: Arc<Secrets>,
    /// How often it was sent before.
    pub(super) tried: u32,
    /// The longest without a byte, where it is not that of all requests.
    pub(super) idle: Option<Duration>,
    /// Bytes of the longest answer that is read whole.
    pub(super) longest: usize,
}
