//! Applications: a service principal with its secret, and a workload whose platform vouches for it.
//!
//! Both post a form to the tenant's token endpoint (OAuth 2.0 client credentials, RFC 6749, section 4.4,
//! and for the workload RFC 7523, section 2.2).

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::part::{Answer, SetUp, unset};
use super::{Token, managed};
use crate::config::env;
use crate::config::secret::of_file;
use crate::error::{Error, Kind, Result};
use crate::http::{Class, HeaderMap, Http, Method, Options, StatusCode, Told};
use crate::wire::foundry as wire;

/// Where tokens of the public cloud are asked for.
const AUTHORITY: &str = "https://login.microsoftonline.com";

/// What an assertion is (RFC 7523, section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An application that can be asked for.
pub(super) struct Application {
    authority: String,
    tenant: String,
    client: String,
    proof: Proof,
}

/// What proves that it is the application.
enum Proof {
    Secret(String),
    /// A file with a token of the platform's, which keeps it fresh.
    Assertion(PathBuf),
}

/// An application, or what is missing to have one.
type Found = Result<Application, String>;

impl From<Found> for SetUp {
    fn from(found: Found) -> Self {
        match found {
            Ok(application) => SetUp::Ready { key: Some(application.key()) },
            Err(missing) => SetUp::Missing(missing),
        }
    }
}

impl Application {
    /// What tells its tokens from those of all others. Whoever does not know the secret does not get
    /// its token either.
    fn key(&self) -> String {
        let proof = match &self.proof {
            Proof::Secret(secret) => format!("secret {secret}"),
            Proof::Assertion(path) => format!("assertion {}", path.display()),
        };
        [&*self.authority, &self.tenant, &self.client, &proof, wire::SCOPE].join("\n")
    }
}

/// The service principal of the environment.
///
/// # Errors
/// `auth` where it is named by half, or by a certificate only.
pub(super) fn secret() -> Result<Found> {
    let needed = [env::AZURE_TENANT_ID, env::AZURE_CLIENT_ID, env::AZURE_CLIENT_SECRET];
    if let Some(secret) = env::text(env::AZURE_CLIENT_SECRET) {
        return application(&needed, Proof::Secret(secret)).map(Ok);
    }
    if env::text(env::AZURE_CLIENT_CERTIFICATE_PATH).is_some() {
        return Err(Error::new(
            Kind::Auth,
            format!("a certificate ({}) is not supported", env::AZURE_CLIENT_CERTIFICATE_PATH),
        )
        .hint(format!(
            "unset it and set {}, or run `az login --service-principal --certificate FILE`",
            env::AZURE_CLIENT_SECRET
        )));
    }
    Ok(Err(unset(&needed).unwrap_or_default()))
}

/// The workload identity of the environment.
///
/// # Errors
/// `auth` where it is named by half.
pub(super) fn workload() -> Result<Found> {
    let needed = [env::AZURE_TENANT_ID, env::AZURE_CLIENT_ID, env::AZURE_FEDERATED_TOKEN_FILE];
    match env::path(env::AZURE_FEDERATED_TOKEN_FILE) {
        Some(file) => application(&needed, Proof::Assertion(file)).map(Ok),
        None => Ok(Err(unset(&needed).unwrap_or_default())),
    }
}

fn application(needed: &[&str; 3], proof: Proof) -> Result<Application> {
    let (Some(tenant), Some(client)) = (env::text(env::AZURE_TENANT_ID), env::text(env::AZURE_CLIENT_ID)) else {
        let what = unset(needed).unwrap_or_default();
        let [.., proof] = needed;
        return Err(Error::new(Kind::Auth, format!("{proof} is set, and {what}"))
            .hint(format!("set all of {}, or unset {proof}", needed.join(", "))));
    };
    check_tenant(&tenant)?;
    let authority = env::text(env::AZURE_AUTHORITY_HOST).unwrap_or_else(|| AUTHORITY.to_owned());
    // Some of Azure's own clients take a name alone.
    let authority = if authority.contains("://") { authority } else { format!("https://{authority}") };
    Ok(Application { authority: authority.trim_end_matches('/').to_owned(), tenant, client, proof })
}

/// A tenant is an id or a domain.
///
/// # Errors
/// `auth` for what is neither.
pub(super) fn check_tenant(tenant: &str) -> Result<()> {
    if tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') && !tenant.starts_with(['-', '.']) {
        return Ok(());
    }
    Err(Error::new(Kind::Auth, format!("{} holds no name of a tenant: {tenant:?}", env::AZURE_TENANT_ID))
        .hint("it is an id such as 01234567-89ab-cdef-0123-456789abcdef, or a domain"))
}

/// A token, as endpoints answer it. Numbers may be in quotes.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: Option<String>,
    expires_in: Option<Number>,
    expires_on: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(i64),
    Quoted(String),
}

impl Number {
    fn value(&self) -> Option<i64> {
        match self {
            Number::Plain(number) => Some(*number),
            Number::Quoted(text) => text.parse().ok(),
        }
    }
}

impl TokenAnswer {
    /// The token, if there is one.
    pub(super) fn token(self) -> Option<Token> {
        let text = self.access_token.filter(|text| !text.trim().is_empty())?;
        let on = self.expires_on.and_then(|at| Timestamp::from_second(at.value()?).ok());
        let from_now = |seconds: i64| Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).ok();
        let expires_at = on.or_else(|| from_now(self.expires_in?.value()?));
        Some(Token { text, expires_at })
    }
}

/// Asks for an application's token.
pub(super) async fn ask(found: Found, options: &Options) -> Result<Answer> {
    let Application { authority, tenant, client, proof } = match found {
        Ok(application) => application,
        Err(missing) => return Ok(Answer::Absent(missing)),
    };
    let http = Http::new(Options { base_url: authority.clone(), envelope, ..options.clone() })
        .map_err(|e| e.context(env::AZURE_AUTHORITY_HOST))?;
    let (secret, fields) = match &proof {
        Proof::Secret(secret) => (secret.clone(), vec![("client_secret", secret.clone())]),
        Proof::Assertion(file) => {
            let assertion = of_file(file).await.map_err(|e| e.context(env::AZURE_FEDERATED_TOKEN_FILE))?;
            (assertion.clone(), vec![("client_assertion_type", JWT_BEARER.to_owned()), ("client_assertion", assertion)])
        }
    };
    let mut form = vec![("client_id", &*client), ("grant_type", "client_credentials"), ("scope", wire::SCOPE)];
    form.extend(fields.iter().map(|(name, value)| (*name, &**value)));
    let path = [&*tenant, "oauth2", "v2.0", "token"];
    // Asking twice makes two tokens and changes nothing.
    let asked = http.request(Class::Safe, Method::POST, &path).hide(&secret).fields(&form).send().await;
    let answer = asked.and_then(|answer| answer.json::<TokenAnswer>()).map_err(|error| {
        let hint = match &proof {
            Proof::Secret(_) => "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or unset the last one",
            Proof::Assertion(_) => {
                "check AZURE_TENANT_ID, AZURE_CLIENT_ID, and the trust between the application and AZURE_FEDERATED_TOKEN_FILE"
            }
        };
        let error = if error.kind() == Kind::Auth { error.hint(hint) } else { error };
        error.context(format!("asking {authority} for a token"))
    })?;
    answer.token().map(Answer::Token).ok_or_else(managed::no_token)
}

/// An error of the token endpoint (RFC 6749, section 5.2). Entra's description goes on with ids for
/// its support, line by line or after a blank.
fn envelope(status: StatusCode, _: &HeaderMap, content: &[u8]) -> Told {
    #[derive(Deserialize)]
    struct Refused {
        error: Option<String>,
        error_description: Option<String>,
        trace_id: Option<String>,
    }
    let refused: Option<Refused> = serde_json::from_slice(content).ok();
    let Refused { error, error_description, trace_id } =
        refused.unwrap_or(Refused { error: None, error_description: None, trace_id: None });
    let first = |text: String| {
        let line = text.lines().next().unwrap_or_default();
        line.split(" Trace ID:").next().unwrap_or_default().trim().to_owned()
    };
    Told {
        message: error_description.map(first).or_else(|| error.clone()),
        code: error,
        request_id: trace_id,
        kind: status.is_client_error().then_some(Kind::Auth).filter(|_| status != StatusCode::TOO_MANY_REQUESTS),
        ..Told::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_with_their_end_however_it_is_written() {
        let read = |text: &str| serde_json::from_str::<TokenAnswer>(text).unwrap().token();
        let on = |text: &str| read(text).unwrap().expires_at.map(Timestamp::as_second);
        assert_eq!(on(r#"{"access_token":"t","expires_on":"1795219200"}"#), Some(1_795_219_200));
        assert_eq!(on(r#"{"access_token":"t","expires_on":1795219200,"expires_in":"1"}"#), Some(1_795_219_200));
        let end = on(r#"{"access_token":"t","expires_in":3599}"#).unwrap();
        assert!((3590..=3600).contains(&(end - Timestamp::now().as_second())));
        assert_eq!(on(r#"{"access_token":"t","expires_on":"soon"}"#), None);
        assert!(read("{}").is_none() && read(r#"{"access_token":" "}"#).is_none());
    }

    #[test]
    fn what_the_endpoint_says_is_one_sentence() {
        let body = br#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret. Trace ID: 1 Correlation ID: 2","trace_id":"1"}"#;
        let told = envelope(StatusCode::UNAUTHORIZED, &HeaderMap::new(), body);
        assert_eq!(told.message.as_deref(), Some("AADSTS7000215: Invalid client secret."));
        assert_eq!((told.code.as_deref(), told.kind), (Some("invalid_client"), Some(Kind::Auth)));
        let told = envelope(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new(), b"<html>");
        assert!(told.message.is_none() && told.kind.is_none());
    }

    #[test]
    fn tenants_are_ids_or_domains() {
        assert!(check_tenant("01234567-89ab").is_ok() && check_tenant("a.onmicrosoft.com").is_ok());
        for bad in ["a/b", "..", "-x", "a b", "a?b"] {
            assert!(check_tenant(bad).is_err(), "{bad}");
        }
    }
}
