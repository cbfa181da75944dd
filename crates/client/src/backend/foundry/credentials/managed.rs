//! Managed identity: tokens from the host that wharf runs on.
//!
//! App Service, Functions and Container Apps name their endpoint in the environment. A virtual machine has its
//! metadata service at a fixed address, which the environment does not mention. Tokens are not cached on the disk:
//! the host caches them, and several hosts may share a home directory.

use std::sync::Arc;
use std::time::Duration;

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use super::outcome::{Availability, TokenResult};
use super::transport::{Transport, no_token, not_made};
use crate::http::{Http, Options};
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};

/// The address of a virtual machine's metadata service in Azure's own client.
const METADATA: &str = "http://169.254.169.254";

/// The asset tag of every virtual machine of Azure.
const AZURE_TAG: &str = "7783-7084-3265-9085-8269-3286-77";

/// The file in which Linux reports the asset tag.
const TAG_FILE: &str = "/sys/class/dmi/id/chassis_asset_tag";

/// The time limit for connecting to the metadata service: it is link-local, or missing.
const PROBE: Duration = Duration::from_secs(1);

/// The time limit for an answer of the metadata service.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns whether the host seems to offer a managed identity.
#[allow(clippy::unnecessary_wraps, reason = "as the other parts")]
pub(super) fn availability() -> Result<Availability> {
    if env::text(env::IDENTITY_ENDPOINT).is_some() {
        return Ok(match env::text(env::IDENTITY_HEADER) {
            Some(_) => Availability::Configured { key: None },
            // Azure Arc, which has rules of its own.
            None => Availability::NotConfigured(format!(
                "{} is set, and {} is not",
                env::IDENTITY_ENDPOINT,
                env::IDENTITY_HEADER
            )),
        });
    }
    if env::text(env::AZURE_POD_IDENTITY_AUTHORITY_HOST).is_some() {
        return Ok(Availability::Configured { key: None });
    }
    Ok(match std::fs::read_to_string(TAG_FILE) {
        Ok(tag) if tag.trim() == AZURE_TAG => Availability::Configured { key: None },
        Err(_) if !cfg!(target_os = "macos") => Availability::Unknown,
        _ => Availability::NotConfigured(format!(
            "{} is not set, and this is not an Azure machine",
            env::IDENTITY_ENDPOINT
        )),
    })
}

/// Requests a token from the host.
pub(super) async fn get_token(options: &Options, doubtful: bool) -> Result<TokenResult> {
    match env::text(env::IDENTITY_ENDPOINT) {
        Some(endpoint) => of_app(endpoint, options).await,
        None => of_machine(options, doubtful).await,
    }
}

async fn of_app(endpoint: String, options: &Options) -> Result<TokenResult> {
    let named = |e: Error| e.context(env::IDENTITY_ENDPOINT);
    let options = Options { base_url: endpoint, ..options.clone() };
    Http::of_the_host(options.clone()).map_err(named)?;
    let transport = Arc::new(Transport::new(options));
    let credential = match credential(&transport) {
        Ok(credential) => credential,
        Err(error) => return Ok(TokenResult::NotAvailable(error.to_string())),
    };
    // The environment says that it is there, so that whatever it says counts.
    let token = transport.token(&*credential).await.map_err(|e| {
        let refused = e.status().is_some_and(|status| (400..500).contains(&status) && status != 429);
        named(if refused { e.of_kind(Kind::Auth).hint(USER_ASSIGNED) } else { e })
    })?;
    token.map(TokenResult::Token).ok_or_else(|| named(no_token()))
}

async fn of_machine(options: &Options, doubtful: bool) -> Result<TokenResult> {
    let base_url = env::text(env::AZURE_POD_IDENTITY_AUTHORITY_HOST).unwrap_or_else(|| METADATA.to_owned());
    let options = Options {
        base_url,
        connect_timeout: options.connect_timeout.min(PROBE),
        idle_timeout: options.idle_timeout.min(if doubtful { PROBE } else { PATIENCE }),
        retries: if doubtful { 0 } else { options.retries.min(1) },
        ..options.clone()
    };
    Http::of_the_host(options.clone()).map_err(|e| e.context(env::AZURE_POD_IDENTITY_AUTHORITY_HOST))?;
    let to = options.base_url.clone();
    let transport = Arc::new(Transport::new(options).moved(METADATA, &to));
    let credential = match credential(&transport) {
        Ok(credential) => credential,
        Err(error) => return Ok(TokenResult::NotAvailable(error.to_string())),
    };
    // Other clouds have other services at the same address, and a machine need not have an identity.
    Ok(match transport.token(&*credential).await {
        Err(error) if error.kind() == Kind::Deadline => return Err(error),
        Err(error) => match error.status() {
            None => TokenResult::NotAvailable("no metadata service answers here".to_owned()),
            Some(400) => TokenResult::NotLoggedIn(format!("this machine has no identity: {error}")),
            Some(200..300) => TokenResult::NotAvailable(STRANGER.to_owned()),
            Some(_) => TokenResult::NotAvailable(error.to_string()),
        },
        Ok(token) => token.map_or_else(|| TokenResult::NotAvailable(STRANGER.to_owned()), TokenResult::Token),
    })
}

/// Returns Azure's own client for this host.
///
/// # Errors
/// For a host of a kind that it knows and does not support, such as Service Fabric.
fn credential(transport: &Arc<Transport>) -> Result<Arc<ManagedIdentityCredential>> {
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: env::text(env::AZURE_CLIENT_ID).map(UserAssignedId::ClientId),
        client_options: transport.client_options(),
    };
    ManagedIdentityCredential::new(Some(options)).map_err(not_made)
}

/// The message for an answer without a token.
const STRANGER: &str = "the answer is not from Azure's metadata service";

/// The hint for a host that does not know the requested identity.
const USER_ASSIGNED: &str =
    "give the host an identity; of several, AZURE_CLIENT_ID names the one to use, and is unset for the host's own";
