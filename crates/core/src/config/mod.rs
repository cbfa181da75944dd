//! Settings from flags, environment, profile and defaults, in this order of precedence, each with its origin.
//!
//! [`Settings::resolve`] is the only place that decides precedence. The names of variables are in [`mod@env`], the
//! format of the configuration file is in [`profile`], and [`body`] parses `--body` documents.

pub mod answers;
pub mod body;
pub mod dotenv;
pub mod duration;
pub mod edit;
pub mod env;
pub mod header;
pub mod money;
pub mod profile;
pub mod secret;
pub mod secret_words;
pub mod size;
pub mod small;
pub mod trace;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use self::answers::Answers;
use self::profile::{Amount, ConfigFile, Profile};
use self::secret::Secret;
use self::trace::TraceSink;
use crate::advice;
use crate::error::{Error, Kind, Result};
use crate::load::ServiceLoad;

/// The default number of retries.
pub const RETRIES: u32 = 4;

/// The maximum number of files that are transferred at once.
const JOBS: u32 = 256;

/// The maximum number of words of `agent_command`.
const COMMAND_WORDS: usize = 1000;

/// The origin of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command.
    Flag,
    /// An environment variable.
    Env(&'static str),
    /// A profile of the configuration file.
    Profile(String),
    /// The built-in default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Env(name) => write!(f, "environment: {name}"),
            Origin::Profile(name) => write!(f, "profile: {name}"),
            Origin::Default => f.write_str("default"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value; `None` if it is not set.
    pub value: Option<T>,
    /// The layer that set the value.
    pub origin: Origin,
}

/// The flags of a command that other layers can set as well, and flags for the client.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--backend`.
    pub backend: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--session`.
    pub session: Option<String>,
    /// `--agent`.
    pub agent: Option<String>,
    /// `--format`.
    pub format: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--jobs`.
    pub jobs: Option<String>,
    /// `--ca-cert`.
    pub ca_cert: Option<PathBuf>,
    /// `--connect-timeout`.
    pub connect_timeout: Option<Duration>,
    /// `--retries`.
    pub retries: Option<u32>,
    /// `--header`.
    pub headers: Vec<String>,
    /// `--token-file`.
    pub token_file: Option<PathBuf>,
    /// `--user-identity`.
    pub user_identity: Option<String>,
    /// `--isolation-key`.
    pub isolation_key: Option<String>,
    /// The time at which `--timeout` runs out.
    pub deadline: Option<Instant>,
    /// Receives lines about each request: `--verbose`, `--debug`.
    pub trace: Option<TraceSink>,
    /// The buffer of answers for `--format raw`.
    pub answers: Option<Answers>,
    /// `--beta`.
    pub betas: Vec<String>,
    /// Whether the command only looks at what is there: see [`Settings::only_looks`].
    pub only_looks: bool,
}

/// The settings of one command: flags, environment, profile and defaults combined.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the profile.
    pub profile: Setting<String>,
    /// The name of the backend.
    pub backend: Setting<String>,
    /// The session that `:PATH` refers to.
    pub session: Setting<String>,
    /// The agent of new sessions.
    pub agent: Setting<String>,
    /// The environment of new sessions.
    pub environment: Setting<String>,
    /// The image of new sessions.
    pub image: Setting<String>,
    /// The program that plays the agent in local sessions, with its arguments, as a JSON array.
    agent_command: Setting<String>,
    /// The output format.
    pub format: Setting<String>,
    /// The address of the service.
    pub base_url: Setting<String>,
    /// The number of files to transfer at once.
    pub jobs: Setting<String>,
    /// The maximum size of a session of the local backend in bytes.
    pub session_bytes: Setting<String>,
    /// The maximum number of resources in a session of the local backend.
    pub session_mounts: Setting<String>,
    /// The end user on whose behalf the service is called (Microsoft Foundry).
    pub user_identity: Setting<String>,
    /// The key that separates the sessions of end users (Microsoft Foundry).
    pub isolation_key: Setting<String>,
    /// The file of `--token-file`, which holds a token.
    token_file: Option<PathBuf>,
    /// The source of the profile's key or token.
    pub secret: Option<Secret>,
    /// The files with the keys and tokens of all profiles.
    secret_files: Vec<PathBuf>,
    /// Additional headers of each request.
    pub headers: BTreeMap<String, String>,
    /// The time at which all requests must be finished.
    pub deadline: Option<Instant>,
    /// Receives lines about each request.
    pub trace: Option<TraceSink>,
    /// The buffer of answers for `--format raw`.
    pub answers: Option<Answers>,
    /// What the service says about its load.
    pub load: ServiceLoad,
    /// Beta features to request from the service.
    pub betas: Vec<String>,
    /// A file of additional trusted certificates.
    pub ca_cert: Option<PathBuf>,
    /// The maximum duration of connecting.
    pub connect_timeout: Option<Duration>,
    /// The maximum number of retries of a request.
    pub retries: Option<u32>,
    /// The path of the configuration file, whether or not it exists; `None` if no configuration directory is known.
    pub file: Option<PathBuf>,
    /// Whether the command only looks at what is there, as shell completion does: no program is started for a secret, and
    /// no store is created.
    pub only_looks: bool,
}

impl Setting<String> {
    /// Returns a limit: `default` if it is not set, `None` if it is `none`.
    ///
    /// # Errors
    /// `usage` with the name and origin of an invalid setting.
    pub fn limit(&self, name: &str, default: u64) -> Result<Option<u64>> {
        match self.value.as_deref() {
            None => Ok(Some(default)),
            Some("none") => Ok(None),
            Some(text) => size::parse(text)
                .map(Some)
                .map_err(|e| Error::usage(format!("{name} ({}): {e}", self.origin)).hint("or `none`, for no limit")),
        }
    }
}

impl Settings {
    /// Combines the layers. If no layer names the backend, `choosers` select it by their variables.
    ///
    /// # Errors
    /// `usage` for an invalid configuration file, an unknown profile, or if the variables of several backends are set.
    pub fn resolve(flags: &Flags, choosers: impl Iterator<Item = Chooser>) -> Result<Self> {
        let path = config_path();
        let file = path.as_deref().map(|path| ConfigFile::read(path, flags.deadline)).transpose()?.unwrap_or_default();
        let chosen =
            pick(flags.profile.as_ref(), &[env::PROFILE], file.profile.clone().map(|name| (name, Origin::Default)));
        let (name, profile) = match &chosen.value {
            Some(name) => {
                let path =
                    path.as_deref().ok_or_else(|| no_config().context(format!("reading the profile `{name}`")))?;
                (name.clone(), file.find(name, path)?)
            }
            None => (String::new(), Profile::default()),
        };
        let from = |value: &Option<String>| value.clone().map(|value| (value, Origin::Profile(name.clone())));
        let amount = |value: &Option<Amount>| from(&value.as_ref().map(ToString::to_string));
        let backend = pick(flags.backend.as_ref(), &[env::BACKEND], from(&profile.backend));
        let backend = match backend.value {
            Some(_) => backend,
            None => detect(choosers)?,
        };
        Ok(Settings {
            session: pick(flags.session.as_ref(), &[env::SESSION], None),
            agent: pick(flags.agent.as_ref(), &[env::AGENT], from(&profile.agent)),
            environment: pick(None, &[env::ENVIRONMENT], from(&profile.environment)),
            image: pick(None, &[env::IMAGE], from(&profile.image)),
            agent_command: pick(None, &[], from(&profile.agent_command.as_ref().map(|words| json_array(words)))),
            format: pick(flags.format.as_ref(), &[env::FORMAT], from(&profile.format)),
            base_url: pick(flags.base_url.as_ref(), &[], from(&profile.base_url)),
            jobs: pick(flags.jobs.as_ref(), &[env::JOBS], from(&profile.jobs.map(|jobs| jobs.to_string()))),
            session_bytes: pick(None, &[env::SESSION_BYTES], amount(&profile.session_bytes)),
            session_mounts: pick(None, &[env::SESSION_MOUNTS], amount(&profile.session_mounts)),
            user_identity: pick(flags.user_identity.as_ref(), &[env::USER_IDENTITY], from(&profile.user_identity)),
            isolation_key: pick(flags.isolation_key.as_ref(), &[env::ISOLATION_KEY], from(&profile.isolation_key)),
            token_file: flags.token_file.clone(),
            secret: path.as_deref().map(|path| profile.secret(path)).transpose()?.flatten(),
            secret_files: path.as_deref().map(|path| file.secret_files(path)).unwrap_or_default(),
            headers: header::merge(profile.headers, &flags.headers)?,
            deadline: flags.deadline,
            trace: flags.trace.clone(),
            answers: flags.answers.clone(),
            load: ServiceLoad::default(),
            betas: flags.betas.clone(),
            only_looks: flags.only_looks,
            ca_cert: flags.ca_cert.clone(),
            connect_timeout: flags.connect_timeout,
            retries: flags.retries,
            profile: chosen,
            backend,
            file: path,
        })
    }

    /// Returns the number of files to transfer at once, if it is set.
    ///
    /// # Errors
    /// `usage` for an invalid number.
    pub fn jobs(&self) -> Result<Option<u32>> {
        let read = |text: &String| match text.parse() {
            Ok(jobs @ 1..=JOBS) => Ok(jobs),
            _ => Err(Error::usage(format!("jobs ({}): {text:?} is not a number from 1 to {JOBS}", self.jobs.origin))),
        };
        self.jobs.value.as_ref().map(read).transpose()
    }

    /// Returns the program that plays the agent in sessions of the local backend, with its arguments; `None` if the
    /// profile names no program.
    ///
    /// # Errors
    /// `usage` for an empty array or word, and for more than 1,000 words.
    pub fn agent_command(&self) -> Result<Option<Vec<String>>> {
        let Some(text) = &self.agent_command.value else { return Ok(None) };
        let words: Vec<String> = serde_json::from_str(text).map_err(|e| {
            Error::new(Kind::Internal, format!("agent_command is not an array of text: {e}")).caused_by(&e)
        })?;
        check_command(&words).map_err(|e| {
            let what = format!("agent_command ({}): {}", self.agent_command.origin, e.message());
            e.with_message(what)
        })?;
        Ok(Some(words))
    }

    /// Returns the names of the variables that hold credentials: those of each backend, and that of the profile.
    pub fn secret_variables(&self) -> Vec<String> {
        let own = match &self.secret {
            Some(Secret::Env(name)) => Some(name.clone()),
            _ => None,
        };
        env::SECRETS.into_iter().map(str::to_owned).chain(own).collect()
    }

    /// Returns the files with keys, tokens or trusted certificates: those of flags, of variables and of all profiles, and
    /// that of the working directory. Each comes with its description.
    ///
    /// # Errors
    /// Those of [`Settings::token_file`].
    pub fn private_files(&self) -> Result<Vec<(String, PathBuf)>> {
        let file_of = |what: &dyn fmt::Display, path: &PathBuf| (format!("the file of {what}"), path.clone());
        let token = self.token_file()?.map(|path| file_of(&advice::Setting::TokenFile, path));
        let certificate = self.ca_cert.as_ref().map(|path| file_of(&advice::Setting::CaCert, path));
        let profiles = self.secret_files.iter().map(|path| file_of(&"a profile's secret", path));
        let variables = env::PRIVATE_FILES.into_iter().filter_map(|name| Some(file_of(&name, &env::path(name)?)));
        let dotenv = [("a file with secrets".to_owned(), PathBuf::from(dotenv::FILE))];
        Ok(dotenv.into_iter().chain(token).chain(certificate).chain(profiles).chain(variables).collect())
    }

    /// Returns the directories of logins and of trusted certificates, with their variables.
    pub fn private_directories(&self) -> impl Iterator<Item = (&'static str, PathBuf)> {
        let of = |name| env::private_directories(name).into_iter().map(move |path| (name, path));
        env::PRIVATE_DIRECTORIES.into_iter().flat_map(of)
    }

    /// Returns the path of `--token-file`.
    ///
    /// # Errors
    /// `usage` for `-`, because stdin may be the content to upload.
    pub fn token_file(&self) -> Result<Option<&PathBuf>> {
        if self.token_file.as_deref() == Some(Path::new("-")) {
            return Err(Error::usage(format!("{} takes a file or a pipe, not `-`", advice::Setting::TokenFile))
                .hint("stdin is for uploaded content; to read the token from it anyway, write `/dev/stdin`"));
        }
        Ok(self.token_file.as_ref())
    }

    /// Returns the address of the service: from the flag, else `named` (the backend's own variable), else from the
    /// profile.
    pub fn endpoint(&self, named: Option<String>) -> Option<String> {
        let set = self.base_url.value.clone();
        if self.base_url.origin == Origin::Flag { set.or(named) } else { named.or(set) }
    }

    /// Returns the data directory of the local backend.
    ///
    /// # Errors
    /// `usage` if neither `WHARF_HOME` nor a home directory is set.
    pub fn home(&self) -> Result<PathBuf> {
        match env::path(env::HOME) {
            Some(home) => {
                std::path::absolute(&home).map_err(|e| Error::io(format!("finding `{}`", home.display()), &e))
            }
            None => Ok(under(env::path(env::XDG_DATA_HOME).or_else(dirs::data_dir), env::HOME)?.join("wharf")),
        }
    }

    /// Returns the same settings without the time limit of the command, for work that goes on after it.
    #[must_use]
    pub fn undated(&self) -> Self {
        Settings { deadline: None, ..self.clone() }
    }

    /// Returns the directory of cached tokens; `None` if no directory of the user is known.
    pub fn token_cache(&self) -> Option<PathBuf> {
        cache_dir("tokens")
    }

    /// Returns the directory of answers that shell completion keeps; `None` if no directory of the user is known.
    pub fn completion_cache(&self) -> Option<PathBuf> {
        cache_dir("completion")
    }

    /// Returns the origin of [`Settings::home`].
    pub fn home_origin(&self) -> Origin {
        let named = [env::HOME, env::XDG_DATA_HOME].into_iter().find(|name| env::path(name).is_some());
        named.map_or(Origin::Default, Origin::Env)
    }

    /// Returns all settings by name, for `config list` and `config get`.
    pub fn all(&self) -> Vec<(&'static str, &Setting<String>)> {
        vec![
            ("backend", &self.backend),
            ("profile", &self.profile),
            ("session", &self.session),
            ("agent", &self.agent),
            ("environment", &self.environment),
            ("image", &self.image),
            ("agent_command", &self.agent_command),
            ("format", &self.format),
            ("base_url", &self.base_url),
            ("jobs", &self.jobs),
            ("session_bytes", &self.session_bytes),
            ("session_mounts", &self.session_mounts),
            ("user_identity", &self.user_identity),
            ("isolation_key", &self.isolation_key),
        ]
    }
}

/// Returns the cache directory with this name.
fn cache_dir(name: &str) -> Option<PathBuf> {
    let base = match env::path(env::HOME) {
        Some(home) => home,
        None => env::path(env::XDG_CACHE_HOME).or_else(dirs::cache_dir)?.join("wharf"),
    };
    Some(std::path::absolute(base).ok()?.join(name))
}

/// Returns words as a JSON array.
fn json_array(words: &[String]) -> String {
    serde_json::Value::from(words).to_string()
}

/// Checks the words of `agent_command`.
fn check_command(words: &[String]) -> Result<()> {
    let fault = if words.is_empty() {
        "no program is named".to_owned()
    } else if words.iter().any(|word| word.is_empty() || word.contains('\0')) {
        "a word is empty or contains NUL".to_owned()
    } else if words.len() > COMMAND_WORDS {
        format!("it has {} words, more than {COMMAND_WORDS}", words.len())
    } else {
        return Ok(());
    };
    Err(Error::usage(fault).hint("write the program and its arguments, such as `[\"claude\", \"-p\"]`"))
}

/// Returns the first value in order of precedence: flag, variables, then `below`.
fn pick(flag: Option<&String>, variables: &[&'static str], below: Option<(String, Origin)>) -> Setting<String> {
    if let Some(value) = flag {
        return Setting { value: Some(value.clone()), origin: Origin::Flag };
    }
    for name in variables {
        if let Some(value) = env::text(name) {
            return Setting { value: Some(value), origin: Origin::Env(name) };
        }
    }
    match below {
        Some((value, origin)) => Setting { value: Some(value), origin },
        None => Setting { value: None, origin: Origin::Default },
    }
}

/// A backend and the environment variables that choose it.
pub struct Chooser {
    /// The backend's name.
    pub backend: &'static str,
    /// The variables, any of which chooses the backend; empty for a backend that must be named.
    pub variables: &'static [&'static str],
}

/// Returns the backend whose variables are set, else `local`.
fn detect(choosers: impl Iterator<Item = Chooser>) -> Result<Setting<String>> {
    let mut found: Vec<(&'static str, &'static str)> = Vec::new();
    for Chooser { backend, variables } in choosers {
        if let Some(name) = variables.iter().find(|name| env::text(name).is_some()) {
            found.push((backend, name));
        }
    }
    match found.as_slice() {
        [] => Ok(Setting { value: Some("local".to_owned()), origin: Origin::Default }),
        [(backend, name)] => Ok(Setting { value: Some((*backend).to_owned()), origin: Origin::Env(name) }),
        several => {
            let names: Vec<_> = several.iter().map(|(backend, name)| format!("{backend} ({name})")).collect();
            Err(Error::usage(format!("several backends are configured in the environment: {}", names.join(", ")))
                .hint(format!("choose one: `{}` or WHARF_BACKEND", advice::Setting::Backend.to("NAME"))))
        }
    }
}

/// Returns the path of the configuration file, whether or not it exists; `None` if neither `WHARF_CONFIG` nor a home
/// directory is set.
pub fn config_path() -> Option<PathBuf> {
    env::path(env::CONFIG).or_else(|| {
        let base = env::path(env::XDG_CONFIG_HOME).or_else(dirs::config_dir)?;
        Some(base.join("wharf").join("config.toml"))
    })
}

/// Returns the error of a command that needs the configuration file, if [`config_path`] is `None`.
pub fn no_config() -> Error {
    Error::usage("no directory is known for the configuration file").hint(format!("set HOME or {}", env::CONFIG))
}

fn under(base: Option<PathBuf>, instead: &str) -> Result<PathBuf> {
    base.ok_or_else(|| Error::usage("no home directory is known").hint(format!("set HOME or {instead}")))
}
