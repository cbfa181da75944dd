//! What the server asks of a dialect: one hosted service's protocol in front of the store.

use async_trait::async_trait;
use hyper::{Method, StatusCode};

use super::answer::{self, HttpResponse};
use super::request::{ApiRequest, RequestBody};
use wharf_wire::route::Operation;

/// What faults and the log call a request that is for no operation.
pub(super) const UNKNOWN: &str = "unknown";

/// Returns the names that faults and the log have for the operations of a table.
pub(super) fn names<O: Operation>() -> impl Iterator<Item = &'static str> {
    O::ALL.iter().map(|operation| operation.route().name)
}

/// Returns the name that faults and the log have for a request, if its operation is in the table.
pub(super) fn name<O: Operation>(method: &Method, path: &str) -> Option<&'static str> {
    O::find(method, path).ok().map(|(operation, _)| operation.route().name)
}

/// A protocol.
#[async_trait]
pub(super) trait Dialect: Send + Sync {
    /// Returns whether a path is one of its own.
    fn claims(&self, path: &str) -> bool;
    /// Returns the name of a request in faults and in the log: `group.verb`.
    fn operation(&self, method: &Method, path: &str) -> &'static str;
    /// Returns the longer names for requests of an operation, which the body decides between: `group.verb.part`.
    fn parts(&self, _operation: &str) -> &'static [&'static str] {
        &[]
    }
    /// Returns which of its parts a request is, by its body.
    async fn part(&self, _operation: &str, _body: &RequestBody) -> Option<&'static str> {
        None
    }
    /// Returns whether faults count the bytes of the request of that operation, and not those of the answer.
    fn is_upload(&self, operation: &str) -> bool {
        operation.ends_with(".upload")
    }
    /// Returns whether requests to a path carry a signature or a token of the dialect's own, which it checks, in place
    /// of a key.
    fn is_signed(&self, _method: &Method, _path: &str) -> bool {
        false
    }
    /// Answers a request.
    async fn answer(&self, request: ApiRequest) -> HttpResponse;
    /// Returns an error in its own form; `code` is the word that it has for programs.
    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> HttpResponse;
    /// Ends what runs, when no request is answered any more.
    async fn stop(&self) {}
}

/// Answers the requests that no dialect claims.
pub(super) const FALLBACK: &dyn Dialect = &Fallback;

struct Fallback;

#[async_trait]
impl Dialect for Fallback {
    fn claims(&self, _path: &str) -> bool {
        true
    }

    fn operation(&self, _method: &Method, _path: &str) -> &'static str {
        UNKNOWN
    }

    async fn answer(&self, _request: ApiRequest) -> HttpResponse {
        self.failure(StatusCode::NOT_FOUND, None, "no service of the emulator has this path")
    }

    fn failure(&self, status: StatusCode, code: Option<&str>, message: &str) -> HttpResponse {
        answer::json(status, &serde_json::json!({ "error": { "code": code, "message": message } }))
    }
}
