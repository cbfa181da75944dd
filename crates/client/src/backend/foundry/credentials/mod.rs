//! Credentials: a token of Microsoft Entra, from the first login that is configured.
//!
//! The [`Chain`] looks for a token in a fixed order. A token that the user provides has priority and is never cached
//! on the disk. The other sources ([`CredentialSource`]) follow: one that is not configured is skipped, one that is
//! configured and fails is an error, because the next one may be another account. The command-line tools (`az`,
//! `azd`) are the exception: an installed tool need not be the user's login.
//!
//! Azure's own client (`azure_identity`) requests the tokens, and [`transport`] sends its requests. This module adds
//! the order, the check whether a source is configured, the error messages, and the cache on the disk: the client has
//! no chain for programs that run anywhere, and keeps tokens only within a process.

mod cache;
mod entra;
mod explicit;
mod managed;
mod outcome;
mod source;
mod tools;
mod transport;

use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Mutex;

use self::cache::Cache;
use self::explicit::ExplicitToken;
use self::outcome::{AccessToken, Availability, TokenResult};
use self::source::CredentialSource;
use crate::backend::Check;
use crate::http::{Auth, Credentials, Options};
use wharf_core::advice::Setting;
use wharf_core::config::trace::TraceSink;
use wharf_core::config::{Settings, env};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::sync::lock;

/// How long a lookup is not repeated, whether it brought a token that expires soon, a token that the service rejects,
/// or an error.
const PAUSE: Duration = Duration::from_secs(30);

/// A token in use.
struct ActiveToken {
    /// The source of the token, for display.
    from: String,
    part: Option<CredentialSource>,
    token: AccessToken,
    credentials: Credentials,
    /// The time at which the source provided the token; `None` for one from the cache on the disk.
    since: Option<Instant>,
}

impl ActiveToken {
    fn new(from: String, part: Option<CredentialSource>, token: AccessToken, since: Option<Instant>) -> Result<Self> {
        let credentials = Credentials::bearer(&token.text).map_err(|e| e.context(&from))?;
        Ok(ActiveToken { from, part, token, credentials, since })
    }

    fn is_new(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() < PAUSE)
    }
}

/// The result of the last lookup.
enum LastLookup {
    Found(ActiveToken),
    Failed(Error, Instant),
}

/// A source that was skipped.
#[derive(Clone)]
struct Skipped {
    part: CredentialSource,
    why: String,
    /// Whether the message is that of the source.
    said: bool,
}

/// The sources of a token in order, and the token that was found.
pub(super) struct Chain {
    /// The settings for token endpoints: those of the service, without its headers and credentials.
    options: Options,
    given: Option<ExplicitToken>,
    cache: Option<Cache>,
    trace: Option<TraceSink>,
    /// Whether no program is started for a token: [`Settings::only_looks`].
    only_looks: bool,
    looked: Mutex<Option<LastLookup>>,
    /// The sources that the last lookup skipped.
    skipped: std::sync::Mutex<Vec<Skipped>>,
}

impl Chain {
    /// Returns the chain for the settings. Looks for nothing yet.
    ///
    /// # Errors
    /// `usage` for a token file that cannot be one.
    pub(super) fn new(settings: &Settings, service: &Options) -> Result<Self> {
        let options = Options { auth: None, headers: std::collections::BTreeMap::new(), ..service.clone() };
        Ok(Chain {
            options,
            given: ExplicitToken::find(settings)?,
            cache: settings.token_cache().map(Cache::new),
            trace: settings.trace.clone(),
            only_looks: settings.only_looks,
            looked: Mutex::default(),
            skipped: std::sync::Mutex::default(),
        })
    }

    /// Looks for a token in order; skips cached ones that are known to be `stale`.
    async fn look(&self, stale: bool) -> Result<ActiveToken> {
        if let Some(given) = &self.given {
            let token = given.token().await?;
            return ActiveToken::new(given.to_string(), None, token, Some(Instant::now()));
        }
        self.skipped().clear();
        for (at, part) in CredentialSource::ALL.into_iter().enumerate() {
            let named = |error: Error| error.context(part.name());
            let setup = part.availability().map_err(named)?;
            let key = match &setup {
                Availability::NotConfigured(why) => {
                    self.skipped().push(Skipped { part, why: why.clone(), said: false });
                    continue;
                }
                Availability::Unknown => {
                    // Whether it is there costs time to find out: not where a later part has an answer.
                    let later = CredentialSource::ALL.into_iter().skip(at + 1);
                    if let Some(held) = later.filter(|_| !stale).find_map(|part| self.kept(part)) {
                        return held;
                    }
                    None
                }
                Availability::Configured { key } => key.as_deref(),
            };
            if let Some(held) = self.kept(part).filter(|_| !stale) {
                return held;
            }
            if self.only_looks && part.is_program() {
                self.skipped().push(Skipped { part, why: "no program is started".to_owned(), said: false });
                continue;
            }
            match part.get_token(&self.options, matches!(setup, Availability::Unknown)).await.map_err(named)? {
                TokenResult::Token(token) => {
                    if let (Some(cache), Some(key)) = (&self.cache, key) {
                        cache.put(key, &token);
                    }
                    return ActiveToken::new(part.name().to_owned(), Some(part), token, Some(Instant::now()));
                }
                TokenResult::NotAvailable(why) => self.skipped().push(Skipped { part, why, said: false }),
                TokenResult::NotLoggedIn(why) => {
                    self.say(|| format!("{}: {why}", part.name()));
                    self.skipped().push(Skipped { part, why, said: true });
                }
            }
        }
        Err(none(&self.skipped()))
    }

    fn skipped(&self) -> std::sync::MutexGuard<'_, Vec<Skipped>> {
        lock(&self.skipped)
    }

    /// Returns the token of a source that an earlier process cached.
    fn kept(&self, part: CredentialSource) -> Option<Result<ActiveToken>> {
        let Ok(Availability::Configured { key: Some(key) }) = part.availability() else { return None };
        let token = self.cache.as_ref()?.get(&key).filter(AccessToken::is_good)?;
        Some(ActiveToken::new(part.name().to_owned(), Some(part), token, None))
    }

    fn say(&self, what: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            (trace.say)(what());
        }
    }

    /// Looks for a token, and stores the result.
    async fn found<'a>(&self, looked: &'a mut Option<LastLookup>, stale: bool) -> Result<&'a ActiveToken> {
        let new = self.look(stale).await;
        if let Ok(held) = &new {
            self.say(|| format!("token: {}", describe(held)));
        }
        match looked.insert(new.map_or_else(|error| LastLookup::Failed(error, Instant::now()), LastLookup::Found)) {
            LastLookup::Found(held) => Ok(held),
            LastLookup::Failed(error, _) => Err(error.clone()),
        }
    }

    /// Returns the state of each source, for `doctor`.
    pub(super) async fn diagnose(&self) -> Vec<Check> {
        let outcome = self.credentials().await;
        let looked = self.looked.lock().await;
        let held = match &*looked {
            Some(LastLookup::Found(held)) => Some(held),
            _ => None,
        };
        let answer = outcome.map(|_| held.map(describe).unwrap_or_default());
        let mut findings = vec![Check { name: "token", outcome: answer }];
        for part in CredentialSource::ALL {
            let skipped = self.skipped().iter().find(|skipped| skipped.part == part).map(|skipped| skipped.why.clone());
            // None of these is a fault: the one that is stands in the finding before.
            let outcome = Ok(match part.availability() {
                _ if held.is_some_and(|held| held.part == Some(part)) => "gave the token".to_owned(),
                Ok(Availability::NotConfigured(why)) => format!("not set up: {why}"),
                Ok(Availability::Configured { .. } | Availability::Unknown) => match skipped {
                    Some(why) => format!("asked: {why}"),
                    None => "not asked".to_owned(),
                },
                Err(error) => format!("misconfigured: {error}"),
            });
            findings.push(Check { name: part.name(), outcome });
        }
        findings
    }
}

/// Returns the source and the remaining life of a token, for display.
fn describe(held: &ActiveToken) -> String {
    let kept = if held.since.is_none() { ", cached by an earlier command" } else { "" };
    match held.token.expires_at.or_else(|| explicit::end_of(&held.token.text)) {
        Some(end) if end < Timestamp::now() => format!("from {}, expired at {end:.0}", held.from),
        Some(end) => format!("from {}, valid until {end:.0}{kept}", held.from),
        None => format!("from {}, expiry unknown{kept}", held.from),
    }
}

/// Returns the error of a lookup without a token, with the reason of each source.
fn none(skipped: &[Skipped]) -> Error {
    let mut message = "no login for Microsoft Foundry was found".to_owned();
    let mut missing = String::new();
    for Skipped { part, why, said } in skipped {
        if *said {
            message = format!("{message}; {}: {why}", part.name());
        } else {
            missing = format!("{missing}, {} ({why})", part.name());
        }
    }
    let token_file = Setting::TokenFile;
    Error::new(Kind::Auth, message).hint(format!(
        "run `az login`, or set {}, or the variables of a service principal; looked for: {token_file}, {0}, {}, a \
         secret in the profile{missing}",
        env::FOUNDRY_TOKEN,
        env::FOUNDRY_TOKEN_FILE,
    ))
}

#[async_trait]
impl Auth for Chain {
    async fn credentials(&self) -> Result<Credentials> {
        // One looks and all others wait for what it finds.
        let mut looked = self.looked.lock().await;
        match &*looked {
            Some(LastLookup::Found(held)) if held.token.is_good() || held.is_new() => {
                return Ok(held.credentials.clone());
            }
            Some(LastLookup::Failed(error, at)) if at.elapsed() < PAUSE => return Err(error.clone()),
            _ => {}
        }
        self.found(&mut looked, false).await.map(|held| held.credentials.clone())
    }

    /// Looks again: a cached token may have been revoked, and a file may hold a newer one.
    async fn renew(&self, refused: &Credentials) -> Result<Option<Credentials>> {
        let mut looked = self.looked.lock().await;
        if let Some(LastLookup::Found(held)) = &*looked {
            if held.credentials != *refused {
                return Ok(Some(held.credentials.clone()));
            }
            let lasting = self.given.as_ref().is_some_and(|given| !given.may_change());
            if lasting || self.given.is_none() && held.is_new() {
                return Ok(None);
            }
        }
        let renewed = self.found(&mut looked, true).await?.credentials.clone();
        Ok(Some(renewed).filter(|renewed| renewed != refused))
    }
}

#[cfg(test)]
mod tests {
    use super::outcome::tests::token;
    use super::*;

    #[test]
    fn what_was_looked_for_is_named_and_what_was_said_is_repeated() {
        let skipped = [
            Skipped {
                part: CredentialSource::ServicePrincipal,
                why: "AZURE_TENANT_ID is not set".to_owned(),
                said: false,
            },
            Skipped { part: CredentialSource::AzureCli, why: "run `az login`".to_owned(), said: true },
        ];
        let error = none(&skipped);
        assert_eq!(error.kind(), Kind::Auth);
        assert!(error.message().contains("Azure CLI: run `az login`"), "{error}");
        let hint = error.hint_text().unwrap();
        for word in ["TokenFile", "WHARF_FOUNDRY_TOKEN,", "service principal (AZURE_TENANT_ID is not set)", "az login"]
        {
            assert!(hint.contains(word), "{word}: {hint}");
        }
    }

    #[test]
    fn what_is_told_of_a_token_is_not_the_token() {
        let held =
            ActiveToken::new("Azure CLI".to_owned(), Some(CredentialSource::AzureCli), token(3600), None).unwrap();
        let text = describe(&held);
        assert!(text.starts_with("from Azure CLI, valid until 20") && text.ends_with(", cached by an earlier command"));
        assert!(!text.contains("tok-"));
    }
}
