//! The tools that people log in with: `az` and `azd`. Each is asked for a token as a program.

use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::Token;
use super::entra::check_tenant;
use super::part::{Answer, SetUp};
use crate::body::hex;
use crate::config::env;
use crate::error::Result;
use crate::http::redact;
use crate::platform::program;
use crate::wire::foundry as wire;

/// How long a tool may take: it is written in Python, and may have to ask for a token itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tool.
pub(super) struct Tool {
    name: &'static str,
    ask: &'static [&'static str],
    tenant: &'static str,
    /// The directory of its settings: by its variable, else by its name below the home directory.
    settings: (&'static str, &'static str),
    /// Its files there that say who is logged in.
    login: &'static [&'static str],
    read: fn(&[u8]) -> Option<Token>,
}

/// The Azure CLI.
pub(super) const AZ: Tool = Tool {
    name: "az",
    ask: &["account", "get-access-token", "--output", "json", "--scope", wire::SCOPE],
    tenant: "--tenant",
    settings: (env::AZURE_CONFIG_DIR, ".azure"),
    login: &["azureProfile.json", "clouds.config"],
    read: of_az,
};

/// The Azure Developer CLI.
pub(super) const AZD: Tool = Tool {
    name: "azd",
    ask: &["auth", "token", "--output", "json", "--no-prompt", "--scope", wire::SCOPE],
    tenant: "--tenant-id",
    settings: (env::AZD_CONFIG_DIR, ".azd"),
    login: &["auth.json", "config.json"],
    read: of_azd,
};

impl Tool {
    /// Whether it is installed. Its tokens are kept for as long as the same person is logged in: its own
    /// record of that is a part of their key.
    pub(super) fn set_up(&self) -> Result<SetUp> {
        let tenant = tenant()?.unwrap_or_default();
        let Some(program) = self.program() else {
            return Ok(SetUp::Missing(format!("`{}` is not installed", self.name)));
        };
        let key = self.login().map(|login| {
            let program = program.display().to_string();
            [self.name, &program, &tenant, &login, wire::SCOPE].join("\n")
        });
        Ok(SetUp::Ready { key })
    }

    /// Asks it. One that has nothing to give says why, and is passed by.
    pub(super) async fn ask(&self) -> Result<Answer> {
        let Some(program) = self.program() else {
            return Ok(Answer::Absent(format!("`{}` is not installed", self.name)));
        };
        let tenant = tenant()?;
        let mut args = self.ask.to_vec();
        args.extend(tenant.iter().flat_map(|tenant| [self.tenant, tenant]));
        Ok(match program::ask(&program, &args, PATIENCE).await {
            Err(error) => Answer::Nothing(format!("running `{}`: {error}", self.name)),
            Ok(said) if !said.status.success() => Answer::Nothing(useful(&said)),
            Ok(said) => match (self.read)(&said.stdout) {
                Some(token) => Answer::Token(token),
                None => Answer::Nothing(format!("what `{}` answers holds no token", self.name)),
            },
        })
    }

    fn program(&self) -> Option<PathBuf> {
        program::find(self.name, env::path(env::PATH)?.as_os_str())
    }

    /// What stands for the login of now; nothing where the tool keeps no record of it.
    fn login(&self) -> Option<String> {
        let (variable, name) = self.settings;
        let dir = env::path(variable).or_else(|| Some(dirs::home_dir()?.join(name)))?;
        let mut hash = Sha256::new();
        let mut known = false;
        for file in self.login {
            let content = std::fs::read(dir.join(file)).ok();
            known |= content.is_some();
            hash.update(content.as_deref().map_or([0; 32], |content| Sha256::digest(content).into()));
        }
        known.then(|| format!("{}\n{}", dir.display(), hex(&hash.finalize())))
    }
}

/// The tenant that the user wants, where that is said.
fn tenant() -> Result<Option<String>> {
    let tenant = env::text(env::AZURE_TENANT_ID);
    tenant.as_deref().map_or(Ok(()), check_tenant)?;
    Ok(tenant)
}

/// What `az account get-access-token` prints. `expires_on` is in versions from 2.54.0; what was there
/// before is in the time of this place.
fn of_az(content: &[u8]) -> Option<Token> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Printed {
        access_token: String,
        #[serde(rename = "expires_on")]
        second: Option<i64>,
        expires_on: Option<String>,
    }
    let printed: Printed = serde_json::from_slice(content).ok()?;
    let here = |text: String| {
        let time: DateTime = text.trim().parse().ok()?;
        TimeZone::system().to_timestamp(time).ok()
    };
    let expires_at =
        printed.second.and_then(|second| Timestamp::from_second(second).ok()).or_else(|| here(printed.expires_on?));
    Some(Token { text: printed.access_token, expires_at }).filter(|token| !token.text.is_empty())
}

/// What `azd auth token` prints.
fn of_azd(content: &[u8]) -> Option<Token> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Printed {
        token: String,
        expires_on: Option<String>,
    }
    let printed: Printed = serde_json::from_slice(content).ok()?;
    let expires_at = printed.expires_on.and_then(|text| text.parse().ok());
    Some(Token { text: printed.token, expires_at }).filter(|token| !token.text.is_empty())
}

/// The line of a tool's complaint that says something: the error itself, else the first that is no
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
    fn tokens_of_both_tools_are_read_with_their_end() {
        let end = |token: Option<Token>| token.unwrap().expires_at.map(Timestamp::as_second);
        let new = br#"{"accessToken":"t","expiresOn":"2026-11-21 10:00:00.000000","expires_on":1795219200}"#;
        assert_eq!(end(of_az(new)), Some(1_795_219_200));
        assert!(end(of_az(br#"{"accessToken":"t","expiresOn":"2026-11-21 10:00:00.000000"}"#)).is_some());
        assert_eq!(end(of_az(br#"{"accessToken":"t"}"#)), None);
        assert_eq!(end(of_azd(br#"{"token":"t","expiresOn":"2026-11-21T00:00:00Z"}"#)), Some(1_795_219_200));
        assert!(of_az(b"{}").is_none() && of_azd(br#"{"token":""}"#).is_none() && of_az(b"WARNING").is_none());
    }

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
