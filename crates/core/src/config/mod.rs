//! Settings: flags, then environment, then profile, then defaults, each with where it came from.
//!
//! [`Settings::resolve`] is the only place that decides precedence. The variables' names are in
//! [`mod@env`], the file's shape is in [`profile`], and `--body` documents are read by [`body`].

pub mod answers;
pub mod body;
pub mod dotenv;
pub mod duration;
pub mod env;
pub mod header;
pub mod profile;
pub mod secret;
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
use crate::error::{Error, Result};

/// The default number of retries.
pub const RETRIES: u32 = 4;

/// The most files that a transfer moves at once.
const JOBS: u32 = 256;

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of this command.
    Flag,
    /// This environment variable.
    Env(&'static str),
    /// This profile.
    Profile(String),
    /// The default of wharf.
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

/// A value with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value, if there is one.
    pub value: Option<T>,
    /// Who gave it.
    pub origin: Origin,
}

/// What the flags of a command said, as far as other layers can say it too.
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
    /// When `--timeout` runs out.
    pub deadline: Option<Instant>,
    /// Receives lines about each request: `--verbose`, `--debug`.
    pub trace: Option<TraceSink>,
    /// Where answers are kept for `--format raw`.
    pub answers: Option<Answers>,
    /// `--beta`.
    pub betas: Vec<String>,
}

/// Everything that is settled before a command runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The chosen profile.
    pub profile: Setting<String>,
    /// The backend's name.
    pub backend: Setting<String>,
    /// The session of `:PATH`.
    pub session: Setting<String>,
    /// The agent of new sessions.
    pub agent: Setting<String>,
    /// The environment of new sessions.
    pub environment: Setting<String>,
    /// The image of new sessions.
    pub image: Setting<String>,
    /// The output format.
    pub format: Setting<String>,
    /// The service's address.
    pub base_url: Setting<String>,
    /// Transfers at once.
    pub jobs: Setting<String>,
    /// Bytes that a session of the local backend takes.
    pub session_bytes: Setting<String>,
    /// Resources that a session of the local backend takes.
    pub session_mounts: Setting<String>,
    /// The end user on whose behalf the service is called.
    pub user_identity: Setting<String>,
    /// What keeps the sessions of one end user apart from those of others.
    pub isolation_key: Setting<String>,
    /// A file that holds a token, named on the command line.
    token_file: Option<PathBuf>,
    /// Where the profile says that its key or token is.
    pub secret: Option<Secret>,
    /// Headers of every request.
    pub headers: BTreeMap<String, String>,
    /// When all requests have to be done.
    pub deadline: Option<Instant>,
    /// Receives lines about each request.
    pub trace: Option<TraceSink>,
    /// Where answers are kept for `--format raw`.
    pub answers: Option<Answers>,
    /// Names of the service's features that are not there for everybody.
    pub betas: Vec<String>,
    /// Certificates to trust as well.
    pub ca_cert: Option<PathBuf>,
    /// The longest that connecting may take.
    pub connect_timeout: Option<Duration>,
    /// How often a request is tried again.
    pub retries: Option<u32>,
    /// The configuration file that was read, or would be; none where no directory of the user's is known.
    pub file: Option<PathBuf>,
}

impl Setting<String> {
    /// Returns a limit: `default` if it is not set, `None` if it is `none`.
    ///
    /// # Errors
    /// `usage` that names the setting and who gave it.
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
    /// Puts the layers together. `choosers` decide about the backend where no layer names one.
    ///
    /// # Errors
    /// `usage` for a bad file, an unknown profile, or several backends to choose from.
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
            format: pick(flags.format.as_ref(), &[env::FORMAT], from(&profile.format)),
            base_url: pick(flags.base_url.as_ref(), &[], from(&profile.base_url)),
            jobs: pick(flags.jobs.as_ref(), &[env::JOBS], from(&profile.jobs.map(|jobs| jobs.to_string()))),
            session_bytes: pick(None, &[env::SESSION_BYTES], amount(&profile.session_bytes)),
            session_mounts: pick(None, &[env::SESSION_MOUNTS], amount(&profile.session_mounts)),
            user_identity: pick(flags.user_identity.as_ref(), &[env::USER_IDENTITY], from(&profile.user_identity)),
            isolation_key: pick(flags.isolation_key.as_ref(), &[env::ISOLATION_KEY], from(&profile.isolation_key)),
            token_file: flags.token_file.clone(),
            secret: path.as_deref().map(|path| profile.secret(path)).transpose()?.flatten(),
            headers: header::merge(profile.headers, &flags.headers)?,
            deadline: flags.deadline,
            trace: flags.trace.clone(),
            answers: flags.answers.clone(),
            betas: flags.betas.clone(),
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

    /// The file or pipe of `--token-file`.
    ///
    /// # Errors
    /// `usage` for `-`: standard input may be what is to be uploaded.
    pub fn token_file(&self) -> Result<Option<&PathBuf>> {
        if self.token_file.as_deref() == Some(Path::new("-")) {
            return Err(Error::usage(format!("{} takes a file or a pipe, not `-`", advice::Setting::TokenFile))
                .hint("stdin belongs to what is uploaded; `/dev/stdin` reads it all the same"));
        }
        Ok(self.token_file.as_ref())
    }

    /// Returns the address of a service: that of the flag, else that of the environment, which a
    /// backend hands in as `named`, else that of the profile.
    pub fn endpoint(&self, named: Option<String>) -> Option<String> {
        let set = self.base_url.value.clone();
        if self.base_url.origin == Origin::Flag { set.or(named) } else { named.or(set) }
    }

    /// Where the local backend keeps everything.
    ///
    /// # Errors
    /// `usage` where neither `WHARF_HOME` nor a home directory is set.
    pub fn home(&self) -> Result<PathBuf> {
        match env::path(env::HOME) {
            Some(home) => {
                std::path::absolute(&home).map_err(|e| Error::io(format!("finding `{}`", home.display()), &e))
            }
            None => Ok(under(env::path(env::XDG_DATA_HOME).or_else(dirs::data_dir), env::HOME)?.join("wharf")),
        }
    }

    /// Where tokens are kept until they are over; nowhere where no directory is the user's own.
    pub fn token_cache(&self) -> Option<PathBuf> {
        let base = match env::path(env::HOME) {
            Some(home) => home,
            None => env::path(env::XDG_CACHE_HOME).or_else(dirs::cache_dir)?.join("wharf"),
        };
        Some(std::path::absolute(base).ok()?.join("tokens"))
    }

    /// Who says where that is.
    pub fn home_origin(&self) -> Origin {
        let named = [env::HOME, env::XDG_DATA_HOME].into_iter().find(|name| env::path(name).is_some());
        named.map_or(Origin::Default, Origin::Env)
    }

    /// Every setting by name, for `config list` and `config get`.
    pub fn all(&self) -> Vec<(&'static str, &Setting<String>)> {
        vec![
            ("backend", &self.backend),
            ("profile", &self.profile),
            ("session", &self.session),
            ("agent", &self.agent),
            ("environment", &self.environment),
            ("image", &self.image),
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

/// The first layer that says something.
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
    /// Any of these variables chooses the backend; none for a backend that has to be named.
    pub variables: &'static [&'static str],
}

/// The backend whose own variables are set, else the one that needs no account.
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
            Err(Error::usage(format!("the environment speaks for several backends: {}", names.join(", ")))
                .hint(format!("choose one: `{}` or WHARF_BACKEND", advice::Setting::Backend.to("NAME"))))
        }
    }
}

/// Where the configuration file is, whether or not it exists; none where neither `WHARF_CONFIG` nor a
/// home directory is set.
pub fn config_path() -> Option<PathBuf> {
    env::path(env::CONFIG).or_else(|| {
        let base = env::path(env::XDG_CONFIG_HOME).or_else(dirs::config_dir)?;
        Some(base.join("wharf").join("config.toml"))
    })
}

/// The error of needing a configuration file where none can be.
pub fn no_config() -> Error {
    Error::usage("no directory is known for the configuration file").hint(format!("set HOME or {}", env::CONFIG))
}

fn under(base: Option<PathBuf>, instead: &str) -> Result<PathBuf> {
    base.ok_or_else(|| Error::usage("no home directory is known").hint(format!("set HOME or {instead}")))
}
