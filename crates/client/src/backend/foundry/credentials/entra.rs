//! Applications: a service principal with its secret, and a workload identity that its platform confirms.
//!
//! This module checks whether they are configured, and interprets their errors; Azure's own client requests the
//! tokens (OAuth 2.0 client credentials, RFC 6749, section 4.4, and for the workload RFC 7523, section 2.2).

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::cloud::CustomConfiguration;
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientMethodOptions, ClientOptions};
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions,
};
use serde::Deserialize;

use super::outcome::{Availability, TokenResult, check_tenant, unset};
use super::transport::{Transport, no_token, not_made};
use crate::http::{HeaderMap, Http, Options, ServiceError, StatusCode, Url, redact};
use wharf_core::config::env;
use wharf_core::config::secret::of_file;
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::foundry as wire;

/// The default authority: that of the public cloud.
const AUTHORITY: &str = "https://login.microsoftonline.com";

/// An application with all that a token request needs.
pub(super) struct Application {
    authority: String,
    tenant: String,
    client: String,
    client_credential: ClientCredential,
}

/// The credential of an application.
enum ClientCredential {
    Secret(String),
    /// A file with a token of the platform, which renews it.
    Assertion(PathBuf),
}

/// An application, or the missing settings.
type ApplicationResult = Result<Application, String>;

impl From<ApplicationResult> for Availability {
    fn from(found: ApplicationResult) -> Self {
        match found {
            Ok(application) => Availability::Configured { key: Some(application.key()) },
            Err(missing) => Availability::NotConfigured(missing),
        }
    }
}

impl Application {
    /// Returns the cache key of the application's tokens. It includes the secret, so that a token is not found
    /// without the secret.
    fn key(&self) -> String {
        let client_credential = match &self.client_credential {
            ClientCredential::Secret(secret) => format!("secret {secret}"),
            ClientCredential::Assertion(path) => format!("assertion {}", path.display()),
        };
        [&*self.authority, &self.tenant, &self.client, &client_credential, wire::SCOPE].join("\n")
    }
}

/// Returns the service principal of the environment.
///
/// # Errors
/// `auth` where it is named by half, or by a certificate only.
pub(super) fn secret() -> Result<ApplicationResult> {
    let needed = [env::AZURE_TENANT_ID, env::AZURE_CLIENT_ID, env::AZURE_CLIENT_SECRET];
    if let Some(secret) = env::text(env::AZURE_CLIENT_SECRET) {
        return application(&needed, ClientCredential::Secret(secret)).map(Ok);
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

/// Returns the workload identity of the environment.
///
/// # Errors
/// `auth` where it is named by half.
pub(super) fn workload() -> Result<ApplicationResult> {
    let needed = [env::AZURE_TENANT_ID, env::AZURE_CLIENT_ID, env::AZURE_FEDERATED_TOKEN_FILE];
    match env::path(env::AZURE_FEDERATED_TOKEN_FILE) {
        Some(file) => application(&needed, ClientCredential::Assertion(file)).map(Ok),
        None => Ok(Err(unset(&needed).unwrap_or_default())),
    }
}

fn application(needed: &[&str; 3], client_credential: ClientCredential) -> Result<Application> {
    let (Some(tenant), Some(client)) = (env::text(env::AZURE_TENANT_ID), env::text(env::AZURE_CLIENT_ID)) else {
        let what = unset(needed).unwrap_or_default();
        let [.., client_credential] = needed;
        return Err(Error::new(Kind::Auth, format!("{client_credential} is set, and {what}"))
            .hint(format!("set all of {}, or unset {client_credential}", needed.join(", "))));
    };
    check_tenant(&tenant)?;
    let authority = env::text(env::AZURE_AUTHORITY_HOST).unwrap_or_else(|| AUTHORITY.to_owned());
    // Some of Azure's own clients take a name alone.
    let authority = if authority.contains("://") { authority } else { format!("https://{authority}") };
    Ok(Application { authority: authority.trim_end_matches('/').to_owned(), tenant, client, client_credential })
}

/// The assertion of a workload's platform.
struct Assertion(String);

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(redact::MASK)
    }
}

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        Ok(self.0.clone())
    }
}

/// Requests a token for an application.
pub(super) async fn get_token(found: ApplicationResult, options: &Options) -> Result<TokenResult> {
    let Application { authority, tenant, client, client_credential } = match found {
        Ok(application) => application,
        Err(missing) => return Ok(TokenResult::NotAvailable(missing)),
    };
    check_authority(&authority, options).map_err(|e| e.context(env::AZURE_AUTHORITY_HOST))?;
    let transport = Arc::new(Transport::new(Options { error_parser: parse_error, ..options.clone() }));
    let mut cloud = CustomConfiguration::default();
    cloud.authority_host.clone_from(&authority);
    let client_options = ClientOptions { cloud: Some(Arc::new(cloud.into())), ..transport.client_options() };
    let credential: Arc<dyn TokenCredential> = match &client_credential {
        ClientCredential::Secret(secret) => {
            let options = ClientSecretCredentialOptions { client_options };
            ClientSecretCredential::new(&tenant, client, secret.clone().into(), Some(options)).map_err(not_made)?
        }
        // Not `WorkloadIdentityCredential`, which is this one and a file that it reads while all requests
        // wait, with the line break at its end.
        ClientCredential::Assertion(file) => {
            let assertion = of_file(file).await.map_err(|e| e.context(env::AZURE_FEDERATED_TOKEN_FILE))?;
            let options = ClientAssertionCredentialOptions { client_options };
            ClientAssertionCredential::new(tenant, client, Assertion(assertion), Some(options)).map_err(not_made)?
        }
    };
    let token = transport.token(&*credential).await.map_err(|error| {
        let hint = match &client_credential {
            ClientCredential::Secret(_) => "check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or unset the last one",
            ClientCredential::Assertion(_) => {
                "check AZURE_TENANT_ID, AZURE_CLIENT_ID, and the trust between the application and AZURE_FEDERATED_TOKEN_FILE"
            }
        };
        let error = if error.kind() == Kind::Auth { error.hint(hint) } else { error };
        error.context(format!("asking {authority} for a token"))
    })?;
    token.map(TokenResult::Token).ok_or_else(no_token)
}

/// Checks an authority: Azure's client rejects plain HTTP, even to this machine, and ignores a path.
fn check_authority(authority: &str, options: &Options) -> Result<()> {
    Http::new(Options { base_url: authority.to_owned(), ..options.clone() })?;
    let url = Url::parse(authority).map_err(|e| Error::usage(format!("invalid URL: {e}")).caused_by(&e))?;
    let why = match (url.scheme(), url.path()) {
        ("https", "/") => return Ok(()),
        ("https", _) => "an address with a path",
        _ => "plain http:// for a login",
    };
    Err(Error::usage(why).hint("write it like `https://login.example`; `--ca-cert FILE` adds a certificate authority"))
}

/// Parses an error of the token endpoint (RFC 6749, section 5.2). Entra's description ends with ids for its support,
/// on separate lines or after a blank.
fn parse_error(status: StatusCode, _: &HeaderMap, content: &[u8]) -> ServiceError {
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
    ServiceError {
        message: error_description.map(first).or_else(|| error.clone()),
        code: error,
        request_id: trace_id,
        kind: status.is_client_error().then_some(Kind::Auth).filter(|_| status != StatusCode::TOO_MANY_REQUESTS),
        ..ServiceError::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_endpoint_says_is_one_sentence() {
        let body = br#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret. Trace ID: 1 Correlation ID: 2","trace_id":"1"}"#;
        let reported = parse_error(StatusCode::UNAUTHORIZED, &HeaderMap::new(), body);
        assert_eq!(reported.message.as_deref(), Some("AADSTS7000215: Invalid client secret."));
        assert_eq!((reported.code.as_deref(), reported.kind), (Some("invalid_client"), Some(Kind::Auth)));
        let reported = parse_error(StatusCode::SERVICE_UNAVAILABLE, &HeaderMap::new(), b"<html>");
        assert!(reported.message.is_none() && reported.kind.is_none());
    }
}
