//! The client: requests to the service and the envelopes of its answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::credentials::ApiKey;
use super::errors::{self, naming_left};
use crate::http::{Class, Http, Options, Request, ServiceAnswer, ServiceError, redact};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Provider, RemotePath, SessionId, SessionPath};
use wharf_core::sync::lock;
use wharf_wire::agb::{self as wire, AgbOperation};

/// The time limit of clean-ups at the end: a process that was asked to stop is ended after 5 s.
const CLEANING: Duration = Duration::from_secs(3);

/// The client of the service: requests and tools.
pub(super) struct AgbClient {
    pub(super) http: Http,
    pub(super) endpoint: String,
    pub(super) image: Option<String>,
    /// The source of the key, if known.
    pub(super) key: Option<Arc<ApiKey>>,
    /// The contexts of presigned transfers, by session.
    pub(super) contexts: TransferContexts,
    /// Clean-ups after work that was dropped, which return what may be left.
    pub(super) cleanups: Mutex<JoinSet<Vec<SessionPath>>>,
}

impl AgbClient {
    pub(super) fn new(options: Options, image: Option<String>) -> Result<Self> {
        let endpoint = options.base_url.clone();
        let http = Http::new(Options { error_parser: errors::parse, is_failure: errors::is_failure, ..options })?;
        Ok(AgbClient {
            http,
            endpoint,
            image,
            key: None,
            contexts: TransferContexts::default(),
            cleanups: Mutex::default(),
        })
    }
}

/// The transfer contexts by session, requested on first use.
#[derive(Default)]
pub(super) struct TransferContexts(pub(super) Mutex<HashMap<SessionId, Arc<OnceCell<TransferContext>>>>);

/// The context through which the contents of one session are transferred.
#[derive(Debug, Clone)]
pub(super) struct TransferContext {
    /// The id of the context.
    pub(super) id: String,
    /// The directory of the session that is synchronized with the context.
    pub(super) path: RemotePath,
}

/// A successful answer.
pub(super) struct AgbReply {
    pub(super) answer: ServiceAnswer,
    pub(super) envelope: wire::AgbEnvelope,
}

impl AgbReply {
    /// Parses the data of the answer.
    pub(super) fn data<T: DeserializeOwned>(&self) -> Result<T> {
        self.envelope.data().ok_or_else(|| self.lacks("what was asked for"))
    }

    /// Returns the error of an answer without a required field.
    pub(super) fn lacks(&self, what: &str) -> Error {
        self.answer.error(ServiceError {
            message: Some(format!("{what} is not in the answer")),
            request_id: self.envelope.request_id.clone(),
            ..ServiceError::default()
        })
    }

    /// Returns the data as the service wrote it, with its secrets masked for display.
    pub(super) fn provider(&self) -> Provider {
        #[derive(serde::Deserialize)]
        struct Data {
            #[serde(alias = "Data")]
            data: Box<RawValue>,
        }
        serde_json::from_slice(&self.answer.bytes).map_or_else(|_| Provider::default(), |data: Data| shown(&data.data))
    }
}

/// Returns an object of the service whose secrets only `--format raw` shows.
pub(super) fn shown(text: &RawValue) -> Provider {
    let mut masked = wire::value(text.get().as_bytes()).unwrap_or_default();
    redact::json(&mut masked);
    Provider::masked(text, &masked)
}

impl AgbClient {
    /// Waits for the clean-ups after work that was dropped, for a while.
    ///
    /// # Errors
    /// `unavailable`, which names what may be left.
    pub(super) async fn clean_up(&self) -> Result<()> {
        let mut cleanups = std::mem::take(&mut *lock(&self.cleanups));
        let mut left = Vec::new();
        let all = async {
            while let Some(done) = cleanups.join_next().await {
                left.extend(done.unwrap_or_default());
            }
        };
        let in_time = timeout(CLEANING, all).await.is_ok();
        if left.is_empty() && in_time {
            return Ok(());
        }
        let what = if in_time {
            "the clean-up in the session failed"
        } else {
            "the clean-up takes too long: temporary files may stay until the session is deleted"
        };
        Err(naming_left(Error::new(Kind::Unavailable, what), &left))
    }

    /// Returns a request for an operation. Each request has the content type of JSON, as in the SDKs.
    pub(super) fn call(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.http.operation(class, operation, &[]).header("content-type", "application/json")
    }

    /// Returns a `GET` request, whose parameters are in its query.
    pub(super) fn get(&self, operation: AgbOperation) -> Request<'_> {
        self.call(Class::Safe, operation)
    }

    /// Returns a `POST` request, whose parameters are in its query; its body is an empty object \[recorded\].
    pub(super) fn post(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.call(class, operation).json(&serde_json::Map::new())
    }

    /// Returns a `POST` request for one session.
    pub(super) fn post_session(&self, class: Class, operation: AgbOperation, id: &SessionId) -> Request<'_> {
        self.call(class, operation).json(&wire::SessionRef { session_id: id.to_string() })
    }
}

/// Sends a request and parses the envelope of the answer.
pub(super) async fn send(request: Request<'_>) -> Result<AgbReply> {
    let answer = request.send().await?;
    match wire::AgbEnvelope::read(&answer.bytes) {
        Some(envelope) => Ok(AgbReply { answer, envelope }),
        // The client has refused everything else: see `errors::is_failure`.
        None => Err(Error::new(Kind::Internal, "an answer without an envelope")),
    }
}
