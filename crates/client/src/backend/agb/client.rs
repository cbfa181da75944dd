//! The client: requests to the service and the envelopes of its answers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use super::credentials::ApiKey;
use super::errors;
use crate::http::{Class, Http, Options, Request, ServiceAnswer, ServiceError, redact};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Provider, RemotePath, SessionId};
use wharf_wire::agb::{self as wire, AgbOperation};

/// The service: its requests and its tools.
pub(super) struct AgbClient {
    pub(super) http: Http,
    pub(super) endpoint: String,
    pub(super) image: Option<String>,
    /// Where the key comes from, if it is known.
    pub(super) key: Option<Arc<ApiKey>>,
    /// Where presigned transfers pass through, for each session.
    pub(super) contexts: TransferContexts,
}

impl AgbClient {
    pub(super) fn new(options: Options, image: Option<String>) -> Result<Self> {
        let endpoint = options.base_url.clone();
        let http = Http::new(Options { error_parser: errors::parse, is_failure: errors::is_failure, ..options })?;
        Ok(AgbClient { http, endpoint, image, key: None, contexts: TransferContexts::default() })
    }
}

/// Where contents pass through, for each session, once it was asked for.
#[derive(Default)]
pub(super) struct TransferContexts(pub(super) Mutex<HashMap<SessionId, Arc<OnceCell<TransferContext>>>>);

/// Where the contents of one session pass through.
#[derive(Debug, Clone)]
pub(super) struct TransferContext {
    /// The context.
    pub(super) id: String,
    /// The directory of the session that is mirrored.
    pub(super) path: RemotePath,
}

/// An answer that says that all is well.
pub(super) struct AgbReply {
    pub(super) answer: ServiceAnswer,
    pub(super) envelope: wire::AgbEnvelope,
}

impl AgbReply {
    /// What was asked for.
    pub(super) fn data<T: DeserializeOwned>(&self) -> Result<T> {
        self.envelope.data().ok_or_else(|| self.lacks("what was asked for"))
    }

    /// An answer without something that is always there.
    pub(super) fn lacks(&self, what: &str) -> Error {
        self.answer.error(ServiceError {
            message: Some(format!("{what} is not in the answer")),
            request_id: self.envelope.request_id.clone(),
            ..ServiceError::default()
        })
    }

    /// The same as the service wrote it, and as it may be shown.
    pub(super) fn provider(&self) -> Provider {
        #[derive(serde::Deserialize)]
        struct Data {
            #[serde(alias = "Data")]
            data: Box<RawValue>,
        }
        serde_json::from_slice(&self.answer.bytes).map_or_else(|_| Provider::default(), |data: Data| shown(&data.data))
    }
}

/// An object of the service, whose secrets only `--format raw` shows.
pub(super) fn shown(text: &RawValue) -> Provider {
    let mut masked = wire::value(text.get().as_bytes()).unwrap_or_default();
    redact::json(&mut masked);
    Provider::masked(text, &masked)
}

impl AgbClient {
    /// Returns a request for an operation. Every one says that it is JSON, as the SDKs' do.
    pub(super) fn call(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.http.operation(class, operation, &[]).header("content-type", "application/json")
    }

    /// A `GET` whose parameters are in its query.
    pub(super) fn get(&self, operation: AgbOperation) -> Request<'_> {
        self.call(Class::Safe, operation)
    }

    /// A `POST` whose parameters are in its query; its body is an empty object \[recorded\].
    pub(super) fn post(&self, class: Class, operation: AgbOperation) -> Request<'_> {
        self.call(class, operation).json(&serde_json::Map::new())
    }

    /// A `POST` about one session.
    pub(super) fn post_session(&self, class: Class, operation: AgbOperation, id: &SessionId) -> Request<'_> {
        self.call(class, operation).json(&wire::SessionRef { session_id: id.to_string() })
    }
}

/// Sends a request and reads the envelope of its answer.
pub(super) async fn send(request: Request<'_>) -> Result<AgbReply> {
    let answer = request.send().await?;
    match wire::AgbEnvelope::read(&answer.bytes) {
        Some(envelope) => Ok(AgbReply { answer, envelope }),
        // The client has refused everything else: see `errors::is_failure`.
        None => Err(Error::new(Kind::Internal, "an answer without an envelope")),
    }
}
