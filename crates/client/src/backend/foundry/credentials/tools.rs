//! The command-line tools `az` and `azd`. Azure's own client runs them to get a token, through an executor of this
//! module.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential, AzureDeveloperCliCredentialOptions,
    Executor,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::outcome::{Availability, TokenResult, check_tenant};
use super::transport::{self, not_made};
use crate::http::redact;
use wharf_core::body::hex;
use wharf_core::config::{env, small};
use wharf_core::error::Result;
use wharf_core::platform::program;
use wharf_core::sync::lock;
use wharf_wire::foundry as wire;

/// The time limit of a tool: `az` is written in Python, and a tool may have to request a token.
const PATIENCE: Duration = Duration::from_secs(30);

/// A credential of Azure's client.
type CredentialResult = azure_core::Result<Arc<dyn TokenCredential>>;

/// A tool.
pub(super) struct Tool {
    name: &'static str,
    /// Creates Azure's own client of the tool, for a tenant.
    credential: fn(Option<String>, Arc<dyn Executor>) -> CredentialResult,
    /// The variable of the tool's settings directory.
    settings: &'static str,
    /// The files in that directory that record the login.
    login: &'static [&'static str],
}

/// The Azure CLI.
pub(super) const AZ: Tool = Tool {
    name: "az",
    credential: |tenant_id, executor| {
        let options = AzureCliCredentialOptions { tenant_id, executor: Some(executor), ..Default::default() };
        Ok(AzureCliCredential::new(Some(options))?)
    },
    settings: env::AZURE_CONFIG_DIR,
    login: &["azureProfile.json", "clouds.config"],
};

/// The Azure Developer CLI.
pub(super) const AZD: Tool = Tool {
    name: "azd",
    credential: |tenant_id, executor| {
        let options = AzureDeveloperCliCredentialOptions { tenant_id, executor: Some(executor) };
        Ok(AzureDeveloperCliCredential::new(Some(options))?)
    },
    settings: env::AZD_CONFIG_DIR,
    login: &["auth.json", "config.json"],
};

/// Runs the commands of Azure's client, and keeps the reason of a failure.
#[derive(Debug)]
struct Runner {
    /// The tool.
    name: &'static str,
    /// The directories in which the tool is searched.
    path: OsString,
    why: Mutex<Option<String>>,
}

#[async_trait]
impl Executor for Runner {
    /// Runs a command. `program` is a shell, which changes to a system directory and calls the tool by its name.
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let said = program::output(Path::new(program), args, Some(&self.path), PATIENCE).await;
        let why = match &said {
            Ok(said) if said.status.success() => None,
            Ok(said) => Some(useful(said)),
            Err(error) => Some(format!("running `{}`: {error}", self.name)),
        };
        *lock(&self.why) = why;
        said
    }
}

impl Tool {
    /// Returns whether the tool is installed. Its tokens are cached while the same user is logged in: the tool's
    /// record of the login is a part of their key.
    pub(super) fn availability(&self) -> Result<Availability> {
        let tenant = tenant()?.unwrap_or_default();
        let Some(program) = self.program() else {
            return Ok(Availability::NotConfigured(format!("`{}` is not installed", self.name)));
        };
        let key = self.login().map(|login| {
            let program = program.display().to_string();
            [self.name, &program, &tenant, &login, wire::SCOPE].join("\n")
        });
        Ok(Availability::Configured { key })
    }

    /// Requests a token from the tool. A tool without a login states the reason, and is skipped.
    pub(super) async fn get_token(&self) -> Result<TokenResult> {
        let path = program::absolute(&env::path(env::PATH).map(OsString::from).unwrap_or_default());
        let runner = Arc::new(Runner { name: self.name, path, why: Mutex::default() });
        let credential = (self.credential)(tenant()?, Arc::<Runner>::clone(&runner)).map_err(not_made)?;
        if let Some(token) = transport::token(&*credential).await {
            return Ok(TokenResult::Token(token));
        }
        let why = lock(&runner.why).take();
        Ok(TokenResult::NotLoggedIn(why.unwrap_or_else(|| {
            format!("the output of `{}` contains no token that wharf understands: try a newer version of it", self.name)
        })))
    }

    fn program(&self) -> Option<PathBuf> {
        program::find(self.name, env::path(env::PATH)?.as_os_str())
    }

    /// Returns an identifier of the current login; `None` if the tool keeps no record of it.
    fn login(&self) -> Option<String> {
        // A tool does not run where we do: what a relative one means is its own affair.
        let dir = env::private_directories(self.settings).into_iter().find(|dir| dir.is_absolute())?;
        let mut hash = Sha256::new();
        let mut known = false;
        for file in self.login {
            let content = small::read(&dir.join(file), "the login", LOGIN, None).ok();
            known |= content.is_some();
            hash.update(content.as_deref().map_or([0; 32], |content| Sha256::digest(content).into()));
        }
        known.then(|| format!("{}\n{}", dir.display(), hex(&hash.finalize())))
    }
}

/// The largest file with a tool's login, in bytes.
const LOGIN: u64 = 16 * 1024 * 1024;

/// Returns the configured tenant, if any.
fn tenant() -> Result<Option<String>> {
    let tenant = env::text(env::AZURE_TENANT_ID);
    tenant.as_deref().map_or(Ok(()), check_tenant)?;
    Ok(tenant)
}

/// Returns the line of a tool's output that names the error, else the first line that is not a
/// warning. `azd` wraps its lines in JSON.
fn useful(said: &Output) -> String {
    #[derive(Deserialize)]
    struct Wrapped {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        message: String,
    }
    let text = String::from_utf8_lossy(&said.stderr);
    let unwrapped = text.lines().map(|line| {
        serde_json::from_str::<Wrapped>(line).map_or_else(|_| line.to_owned(), |wrapped| wrapped.data.message)
    });
    let text = unwrapped.collect::<Vec<_>>().join("\n");
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let warns = |line: &&str| line.get(..7).is_none_or(|start| !start.eq_ignore_ascii_case("warning"));
    let error = lines().find_map(|line| line.strip_prefix("ERROR:"));
    match error.or_else(|| lines().find(warns)) {
        Some(line) => redact::text(line.trim()),
        None => format!("it failed ({})", said.status),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn the_line_that_says_something_is_found() {
        let useful = |stderr: &str| {
            let stderr = stderr.as_bytes().to_vec();
            useful(&Output { status: ExitStatusExt::from_raw(256), stdout: vec![], stderr })
        };
        assert_eq!(useful("WARNING: old\n\nERROR: Please run 'az login'.\nmore\n"), "Please run 'az login'.");
        assert_eq!(useful("warning: x\nno luck\n"), "no luck");
        assert_eq!(
            useful(
                "{\"type\":\"consoleMessage\",\"data\":{\"message\":\"\\nERROR: not logged in, run `azd auth login`\\n\"}}\n"
            ),
            "not logged in, run `azd auth login`"
        );
        assert_eq!(useful(""), "it failed (exit status: 1)");
        assert!(!useful("ERROR: got {\"accessToken\": 1, \"access_token\": \"hunter2\"}").contains("hunter2"));
    }
}
