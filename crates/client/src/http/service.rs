//! What all requests to one service share.

use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderMap;

use super::address;
use super::client::Clients;
use super::options::Options;
use super::pace::Pace;
use super::redact::Secrets;
use wharf_core::error::Result;

/// What all requests to a service share: its address, connections, waiting times and secrets.
pub(super) struct Service {
    pub(super) options: Options,
    pub(super) base: Url,
    pub(super) headers: HeaderMap,
    pub(super) clients: Clients,
    pub(super) pace: Pace,
    pub(super) secrets: Arc<Secrets>,
}

impl Service {
    /// Returns the service at `base`, to which nothing has been sent yet.
    ///
    /// # Errors
    /// `usage` for an extra header that would break the framing of requests.
    pub(super) fn new(base: Url, options: Options) -> Result<Self> {
        Ok(Service {
            base,
            headers: options.extra_headers()?,
            clients: Clients::default(),
            pace: Pace::new(options.retries, options.deadline),
            secrets: Arc::default(),
            options,
        })
    }

    /// Returns the address of the service without its path, which is all that messages show of it.
    pub(super) fn origin(&self) -> String {
        address::origin(&self.base)
    }
}
