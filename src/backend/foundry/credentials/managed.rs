//! Managed identity: the host that this runs on vouches for it, and tells its tokens to whoever runs there.
//!
//! App Service, Functions and Container Apps name an endpoint of theirs in the environment. A virtual
//! machine has its metadata service at one fixed address, of which nothing in the environment speaks.
//! Tokens are not kept on a disk: the host keeps them, and a home directory may belong to several hosts.

use std::time::Duration;

use super::entra::TokenAnswer;
use super::part::{Answer, SetUp};
use crate::config::env;
use crate::error::{Error, Kind, Result};
use crate::http::{Class, Http, Method, Options};
use crate::wire::foundry as wire;

/// Where a virtual machine's metadata service is.
const METADATA: &str = "http://169.254.169.254";

/// Where it gives tokens.
const METADATA_PATH: [&str; 4] = ["metadata", "identity", "oauth2", "token"];

/// The asset tag of every virtual machine of Azure's.
const AZURE_TAG: &str = "7783-7084-3265-9085-8269-3286-77";

/// Where Linux shows it.
const TAG_FILE: &str = "/sys/class/dmi/id/chassis_asset_tag";

/// How long connecting to the metadata service may take: it is on the machine's own link, or not there.
const PROBE: Duration = Duration::from_secs(1);

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether this looks like a host that vouches.
#[allow(clippy::unnecessary_wraps, reason = "as the other parts")]
pub(super) fn set_up() -> Result<SetUp> {
    if env::text(env::IDENTITY_ENDPOINT).is_some() {
        return Ok(match env::text(env::IDENTITY_HEADER) {
            Some(_) => SetUp::Ready { key: None },
            // Azure Arc and Service Fabric, which have rules of their own.
            None => SetUp::Missing(format!("{} is set, and {} is not", env::IDENTITY_ENDPOINT, env::IDENTITY_HEADER)),
        });
    }
    if env::text(env::AZURE_POD_IDENTITY_AUTHORITY_HOST).is_some() {
        return Ok(SetUp::Ready { key: None });
    }
    Ok(match std::fs::read_to_string(TAG_FILE) {
        Ok(tag) if tag.trim() == AZURE_TAG => SetUp::Ready { key: None },
        Err(_) if !cfg!(target_os = "macos") => SetUp::Perhaps,
        _ => SetUp::Missing(format!("{} is not set, and this is no machine of Azure's", env::IDENTITY_ENDPOINT)),
    })
}

/// Asks the host.
pub(super) async fn ask(options: &Options, doubtful: bool) -> Result<Answer> {
    match env::text(env::IDENTITY_ENDPOINT) {
        Some(endpoint) => of_app(endpoint, options).await,
        None => of_machine(options, doubtful).await,
    }
}

async fn of_app(endpoint: String, options: &Options) -> Result<Answer> {
    let named = |e: Error| e.context(env::IDENTITY_ENDPOINT);
    let http = Http::of_the_host(Options { base_url: endpoint, ..options.clone() }).map_err(named)?;
    let secret = env::text(env::IDENTITY_HEADER).unwrap_or_default();
    let mut request = http.request(Class::Safe, Method::GET, &[]).query("api-version", "2019-08-01");
    request = request.query("resource", resource()).secret("x-identity-header", &secret);
    if let Some(client) = env::text(env::AZURE_CLIENT_ID) {
        request = request.query("client_id", &client);
    }
    // The environment says that it is there, so that whatever it says counts.
    let answer = request.send().await.map_err(|e| {
        let refused = e.status().is_some_and(|status| (400..500).contains(&status) && status != 429);
        named(if refused { e.of_kind(Kind::Auth).hint(USER_ASSIGNED) } else { e })
    })?;
    answer.json::<TokenAnswer>()?.token().map(Answer::Token).ok_or_else(no_token)
}

async fn of_machine(options: &Options, doubtful: bool) -> Result<Answer> {
    let base_url = env::text(env::AZURE_POD_IDENTITY_AUTHORITY_HOST).unwrap_or_else(|| METADATA.to_owned());
    let http = Http::of_the_host(Options {
        base_url,
        connect_timeout: options.connect_timeout.min(PROBE),
        idle_timeout: options.idle_timeout.min(if doubtful { PROBE } else { PATIENCE }),
        retries: if doubtful { 0 } else { options.retries.min(1) },
        ..options.clone()
    })
    .map_err(|e| e.context(env::AZURE_POD_IDENTITY_AUTHORITY_HOST))?;
    let mut request = http.request(Class::Safe, Method::GET, &METADATA_PATH).header("metadata", "true");
    request = request.query("api-version", "2018-02-01").query("resource", resource());
    if let Some(client) = env::text(env::AZURE_CLIENT_ID) {
        request = request.query("client_id", &client);
    }
    // Other clouds have other services at the same address, and a machine need not have an identity.
    Ok(match request.send().await {
        Err(error) if error.kind() == Kind::Deadline => return Err(error),
        Err(error) if error.status().is_none() => Answer::Absent("no metadata service answers here".to_owned()),
        Err(error) if error.status() == Some(400) => Answer::Nothing(format!("this machine has no identity: {error}")),
        Err(error) => Answer::Absent(error.to_string()),
        Ok(answer) => match answer.json::<TokenAnswer>().ok().and_then(TokenAnswer::token) {
            Some(token) => Answer::Token(token),
            None => Answer::Absent("what answers here is no metadata service of Azure's".to_owned()),
        },
    })
}

/// What to do where a host does not know the identity that it is asked for.
const USER_ASSIGNED: &str =
    "give the host an identity; of several, AZURE_CLIENT_ID names the one to use, and is unset for the host's own";

/// What a token is asked for, as these endpoints call it.
fn resource() -> &'static str {
    wire::SCOPE.trim_end_matches("/.default")
}

/// An answer that should have held a token.
pub(super) fn no_token() -> Error {
    Error::new(Kind::Auth, "the answer holds no token").hint("is this the right address?")
}
