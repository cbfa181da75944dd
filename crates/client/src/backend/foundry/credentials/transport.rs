//! The transport of Azure's own client: with the connections, time limits, retries, proxies, traces and errors of
//! wharf.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, Body, ClientOptions, HttpClient, Request, RetryOptions};
use jiff::Timestamp;
use serde_json::Value;

use super::outcome::AccessToken;
use crate::http::{Class, Http, Method, Options, ServiceAnswer, ServiceError, redact};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::sync::lock;
use wharf_wire::foundry as wire;
use wharf_wire::url::Query;

/// Headers that this transport sets itself.
const OURS: [&str; 2] = ["content-type", "user-agent"];

/// Fields of a form that hold credentials.
const SECRETS: [&str; 2] = ["client_assertion", "client_secret"];

/// The longest plausible life of a token, in seconds: ten years, where an hour or a day is usual.
const LONGEST_LIFE: i64 = 10 * 365 * 86_400;

/// Sends the requests of a credential of Azure's client, and keeps the reason of a failure.
pub(super) struct Transport {
    options: Options,
    /// An address prefix, and its replacement.
    moved: Option<(&'static str, String)>,
    failed: Mutex<Option<Error>>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl Transport {
    /// Returns a transport for a single credential. The base URL in `options` is not used.
    pub(super) fn new(options: Options) -> Self {
        Transport { options, moved: None, failed: Mutex::default() }
    }

    /// Sends requests to addresses below `from` to `to` instead.
    pub(super) fn moved(self, from: &'static str, to: &str) -> Self {
        Transport { moved: Some((from, to.trim_end_matches('/').to_owned())), ..self }
    }

    /// Returns the options that make a credential use this transport, without retries of its own.
    pub(super) fn client_options(self: &Arc<Self>) -> ClientOptions {
        ClientOptions {
            transport: Some(azure_core::http::Transport::new(Arc::<Self>::clone(self))),
            retry: RetryOptions::none(),
            ..ClientOptions::default()
        }
    }

    /// Requests a token from a credential that uses this transport; `None` if the answer holds no token.
    ///
    /// # Errors
    /// Those of the request, in our words.
    pub(super) async fn token(&self, credential: &dyn TokenCredential) -> Result<Option<AccessToken>> {
        let token = token(credential).await;
        match lock(&self.failed).take() {
            Some(error) if token.is_none() => Err(error),
            _ => Ok(token),
        }
    }

    async fn send(&self, request: &Request) -> Result<ServiceAnswer> {
        let odd = |what: &str| Error::new(Kind::Internal, format!("a request for a token with {what}"));
        let url = request.url().as_str();
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        let query = Query::parse(query).ok_or_else(|| odd("an odd query"))?;
        let moved = self.moved.as_ref().and_then(|(from, to)| Some(format!("{to}{}", place.strip_prefix(from)?)));
        let base_url = moved.unwrap_or_else(|| place.to_owned());
        let http = Http::of_the_host(Options { base_url, ..self.options.clone() })?;
        let method = Method::from_bytes(request.method().as_str().as_bytes()).map_err(|_| odd("an odd method"))?;
        // Asking twice makes two tokens and changes nothing.
        let mut ours = http.request(Class::Safe, method, &[]);
        for (name, value) in query.pairs() {
            ours = ours.query(name, value);
        }
        for (name, value) in request.headers().iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
            ours = ours.header(name.as_str(), value.as_str());
        }
        let Body::Bytes(form) = request.body() else { return Err(odd("an endless content")) };
        let form = std::str::from_utf8(form).ok().and_then(Query::parse).ok_or_else(|| odd("no form"))?;
        let fields: Vec<_> = form.pairs().collect();
        if !fields.is_empty() {
            ours = ours.fields(&fields);
        }
        for (_, secret) in fields.iter().filter(|(name, _)| SECRETS.contains(name)) {
            ours = ours.hide(secret);
        }
        let answer = ours.send().await?;
        // An answer that is not JSON is reported here, where its secrets are known and hidden.
        let members: Value = answer.object()?;
        match absurd(&members, Timestamp::now()) {
            Some(what) => Err(answer.error(ServiceError { message: Some(what), ..ServiceError::default() })),
            None => Ok(answer),
        }
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        match self.send(request).await {
            Ok(answer) => Ok(AsyncRawResponse::from_bytes(answer.status.into(), Headers::new(), answer.bytes)),
            Err(error) => {
                *lock(&self.failed) = Some(error);
                // Of no kind that is sent again: some credentials bring retries of their own.
                Err(azure_core::Error::with_message(ErrorKind::Other, "the request failed"))
            }
        }
    }
}

/// Returns what is wrong with the times in an answer. Azure's client adds them to the current time unchecked, and
/// panics where the sum overflows.
fn absurd(answer: &Value, now: Timestamp) -> Option<String> {
    let number = |name: &str| match answer.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let lives = ["expires_in", "ext_expires_in", "refresh_in"].map(|name| (name, 0));
    let ends = ["expires_on", "refresh_on", "not_before"].map(|name| (name, now.as_second()));
    lives.into_iter().chain(ends).find_map(|(name, from)| {
        let seconds = number(name)?;
        let absurd = seconds < 0 || seconds.saturating_sub(from) > LONGEST_LIFE;
        absurd.then(|| format!("the token has an invalid `{name}`: {seconds}"))
    })
}

/// Returns the token of a credential, if any. The source of the answer knows the reason of a failure: the
/// credential's own error may repeat the answer.
pub(super) async fn token(credential: &dyn TokenCredential) -> Option<AccessToken> {
    let given = credential.get_token(&[wire::SCOPE], None).await.ok()?;
    let expires_at = Timestamp::from_second(given.expires_on.unix_timestamp()).ok();
    Some(AccessToken { text: given.token.secret().to_owned(), expires_at })
        .filter(|token| !token.text.trim().is_empty())
}

/// Returns the error of an answer without a token.
pub(super) fn no_token() -> Error {
    Error::new(Kind::Auth, "the answer holds no token").hint("check that this is the right address")
}

/// Returns the error of a credential that cannot be created. It cannot contain a secret yet.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn not_made(error: azure_core::Error) -> Error {
    Error::new(Kind::Auth, redact::text(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_that_cannot_be_true_are_found() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for good in [
            json!({"expires_in": 3599, "ext_expires_in": 0, "expires_on": 1_800_003_599_i64}),
            json!({"expires_in": "86400", "expires_on": "1800086400", "not_before": "1799999999"}),
            json!({"expires_on": "11/27/2026 10:00:00 AM +00:00"}),
            json!({}),
        ] {
            assert_eq!(absurd(&good, now), None, "{good}");
        }
        for bad in
            [json!(253_402_300_799_i64), json!(i64::MIN), json!(i64::MAX), json!(-1), json!("9223372036854775807")]
        {
            for name in ["expires_in", "ext_expires_in", "refresh_in", "expires_on"] {
                assert!(absurd(&json!({name: bad}), now).is_some_and(|what| what.contains(name)), "{name} {bad}");
            }
        }
    }
}
