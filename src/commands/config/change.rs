//! `wharf config set` and `wharf config unset`.

use clap::Args;

use super::super::Cx;
use super::setting::SettingRecord;
use crate::output::Format;
use wharf_client::backend::registry;
use wharf_core::config::edit::{KEYS, ProfileKey, update};
use wharf_core::config::profile::ConfigFile;
use wharf_core::config::secret_words::names_secret;
use wharf_core::config::{Origin, config_path, env, no_config};
use wharf_core::error::{Error, Result};

/// The name of the profile that is created if the file has none.
pub(super) const DEFAULT_PROFILE: &str = "default";

/// Alternative names of keys, from the vendors' flags.
const ALIASES: [(&str, &str); 2] = [("agent_id", "agent"), ("environment_id", "environment")];

/// Parts of key names that hold secrets, beside those of [`names_secret`].
const SECRET_WORDS: [&str; 2] = ["key", "auth"];

/// The minimum similarity, from 0 to 1, at which a key is suggested for an unknown name.
const SIMILAR: f64 = 0.8;

#[derive(Debug, Args)]
#[command(after_help = "Keys: backend, base_url, agent, environment, image, agent_command, format,\n\
    jobs, session_bytes, session_mounts, user_identity, isolation_key,\n\
    secret_env, secret_file, secret_command, headers; and profile, the default\n\
    profile.\n\nExamples:\n  \
    wharf config set agent agent_123\n  \
    wharf config set agent_command '[\"claude\", \"-p\"]' --profile try\n  \
    wharf config set secret_command '[\"pass\", \"show\", \"anthropic\"]'\n  \
    wharf config set profile try")]
pub(in crate::commands) struct ConfigSetArgs {
    /// Key to set
    #[arg(value_name = "KEY")]
    name: String,

    /// Value: text, a number, or an array or table in TOML or JSON
    // Parsed later: clap repeats invalid values in its messages, and this may be a secret.
    #[arg(value_name = "VALUE")]
    values: Vec<String>,
}

impl ConfigSetArgs {
    pub(super) fn run(self, cx: &Cx) -> Result<()> {
        let key = ConfigKey::find(&self.name)?;
        let [value] = &self.values[..] else {
            let what = if self.values.is_empty() { "a value is missing" } else { "more than one value is given" };
            return Err(Error::usage(what).hint("write `wharf config set KEY VALUE`, with quotes around an array"));
        };
        let path = config_path().ok_or_else(no_config)?;
        let record = update(&path, cx.flags().deadline, |document| {
            let ConfigKey::Profile(key) = key else {
                document.set_default(value)?;
                return Ok(SettingRecord { name: "profile", value: Some(value.clone()), origin: Origin::Default });
            };
            check(key, value)?;
            let profile = match chosen(cx, document.file()) {
                Some(profile) => profile,
                None if document.file().profiles.is_empty() => {
                    document.add(DEFAULT_PROFILE, false, &[], "")?;
                    document.set_default(DEFAULT_PROFILE)?;
                    DEFAULT_PROFILE.to_owned()
                }
                None => return Err(unchosen(document.file())),
            };
            let value = document.set(&profile, key, value)?;
            Ok(SettingRecord { name: key.name, value: Some(value), origin: Origin::Profile(profile) })
        })?;
        cx.out.one(&record)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf config unset agent_command --profile try")]
pub(in crate::commands) struct ConfigUnsetArgs {
    /// Key to remove
    #[arg(value_name = "KEY")]
    name: String,
}

impl ConfigUnsetArgs {
    pub(super) fn run(self, cx: &Cx) -> Result<()> {
        let key = ConfigKey::find(&self.name)?;
        let path = config_path().ok_or_else(no_config)?;
        let record = update(&path, cx.flags().deadline, |document| {
            let ConfigKey::Profile(key) = key else {
                document.unset_default()?;
                return Ok(SettingRecord { name: "profile", value: None, origin: Origin::Default });
            };
            let profile = chosen(cx, document.file()).ok_or_else(|| unchosen(document.file()))?;
            document.unset(&profile, key)?;
            Ok(SettingRecord { name: key.name, value: None, origin: Origin::Profile(profile) })
        })?;
        cx.out.one(&record)
    }
}

/// A key that can be set.
#[derive(Debug, Clone, Copy)]
enum ConfigKey {
    /// The default profile.
    Default,
    /// A key of a profile.
    Profile(&'static ProfileKey),
}

impl ConfigKey {
    /// Returns the key with this name.
    ///
    /// # Errors
    /// `usage` for an unknown key and for the name of a secret. The message does not contain text after `=`.
    fn find(text: &str) -> Result<Self> {
        let (given, rest) = text.split_once('=').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let name = given.trim().to_ascii_lowercase().replace('-', "_");
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, key)| key);
        let found = match ProfileKey::find(name) {
            Some(key) => ConfigKey::Profile(key),
            None if name == "profile" => ConfigKey::Default,
            None if names_secret(name) || SECRET_WORDS.iter().any(|word| name.contains(word)) => {
                return Err(Error::usage(format!("the configuration holds no secrets: `{given}`")).hint(
                    "set ANTHROPIC_API_KEY, WHARF_FOUNDRY_TOKEN or AGB_API_KEY, or name a source: `wharf config set \
                     secret_command '[\"PROGRAM\", \"WORD\"]'`, secret_file or secret_env",
                ));
            }
            None => return Err(unknown(given)),
        };
        match rest {
            Some(_) => Err(Error::usage(format!("the key and its value are two words: `{name}`"))
                .hint(format!("write `wharf config set {name} VALUE`"))),
            None => Ok(found),
        }
    }
}

fn unknown(name: &str) -> Error {
    let names = || KEYS.iter().map(|key| key.name).chain(["profile"]);
    let likeness = |key: &str| strsim::jaro_winkler(name, key);
    let best = names().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|key| likeness(key) >= SIMILAR);
    let error = Error::usage(format!("unknown key: {name:?}"));
    match best {
        Some(key) => error.hint(format!("did you mean `{key}`?")),
        None => error.hint(format!("keys are {}", names().collect::<Vec<_>>().join(", "))),
    }
}

/// Checks a value that must be a name known to this build, such as a backend.
pub(super) fn check(key: &ProfileKey, value: &str) -> Result<()> {
    match key.name {
        "backend" => registry::find(value).map(drop),
        "format" => Format::parse(value).map(drop),
        _ => Ok(()),
    }
}

/// Returns the profile that the flag, the environment or the file names.
fn chosen(cx: &Cx, file: &ConfigFile) -> Option<String> {
    cx.flags().profile.clone().or_else(|| env::text(env::PROFILE)).or_else(|| file.profile.clone())
}

fn unchosen(file: &ConfigFile) -> Error {
    let known: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
    let error = Error::usage("no profile is chosen");
    if known.is_empty() {
        error.hint("the configuration has no profiles; `wharf config init` creates one")
    } else {
        error.hint(format!("choose one with --profile, or `wharf config set profile NAME`: {}", known.join(", ")))
    }
}
