//! Flags that every command takes.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};

use crate::output::progress::ProgressMode;
use crate::output::{Color, Format};
use wharf_core::config::{Flags, duration};

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalFlags {
    /// The backend; 'wharf backends' lists them [env: WHARF_BACKEND]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub backend: Option<String>,

    /// A group of settings from the configuration file [env: WHARF_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// The session that :PATH means [env: WHARF_SESSION]
    #[arg(short, long, global = true, value_name = "ID")]
    pub session: Option<String>,

    /// The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]
    #[arg(long, global = true, value_name = "ID")]
    pub agent: Option<String>,

    /// How results look [env: WHARF_FORMAT]
    #[arg(long, global = true, value_enum, ignore_case = true)]
    pub format: Option<Format>,

    /// Extract from each object what a GJSON path selects, one result a line
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "quiet")]
    pub transform: Option<String>,

    /// Print text that --transform selects without quotes
    #[arg(short, long, global = true)]
    pub raw_output: bool,

    /// Print ids or paths only, one a line
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// End what -q and --transform print with NUL instead of newline
    #[arg(short = '0', long = "null", global = true)]
    pub null: bool,

    /// Say more of what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// Say everything, secrets masked
    #[arg(long, global = true)]
    pub debug: bool,

    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, hide_default_value = true, value_name = "WHEN")]
    pub color: Color,

    /// How to show progress
    #[arg(long, global = true, value_enum, default_value_t, hide_default_value = true, value_name = "HOW")]
    pub progress: ProgressMode,

    /// The longest that the whole command may take, such as 90s or 15m
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub timeout: Option<Duration>,

    /// The longest that connecting to a service may take
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub connect_timeout: Option<Duration>,

    /// How often a request is tried again
    #[arg(long, global = true, value_name = "N")]
    pub retries: Option<u32>,

    /// Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]
    #[arg(long, global = true, value_name = "N")]
    pub jobs: Option<u32>,

    /// The service's address
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,

    /// A file or a pipe with a token for the service, instead of any other login
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,

    /// The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]
    #[arg(long, global = true, value_name = "ID")]
    pub user_identity: Option<String>,

    /// What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]
    #[arg(long, global = true, value_name = "KEY")]
    pub isolation_key: Option<String>,

    /// A file of certificates to trust as well
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_cert: Option<PathBuf>,

    /// A header of every request, never a credential; may be given several times
    // Read later: what clap refuses it repeats, and this may be a secret.
    #[arg(long, global = true, value_name = "K:V")]
    pub header: Vec<String>,

    /// A feature of the service that is not there for everybody; may be given several times
    #[arg(long, global = true, value_name = "NAME")]
    pub beta: Vec<String>,
}

impl GlobalFlags {
    /// The flags that other layers of settings can set too.
    pub fn layer(&self) -> Flags {
        Flags {
            backend: self.backend.clone(),
            profile: self.profile.clone(),
            session: self.session.clone(),
            agent: self.agent.clone(),
            format: self.format.map(|format| word(format).to_owned()),
            base_url: self.base_url.clone(),
            jobs: self.jobs.map(|jobs| jobs.to_string()),
            ca_cert: self.ca_cert.clone(),
            connect_timeout: self.connect_timeout,
            retries: self.retries,
            headers: self.header.clone(),
            token_file: self.token_file.clone(),
            user_identity: self.user_identity.clone(),
            isolation_key: self.isolation_key.clone(),
            deadline: self.timeout.and_then(deadline),
            trace: None,
            answers: None,
            betas: self.beta.clone(),
        }
    }
}

/// When requests have to be done for `--timeout`: a moment before, so that they say what they were
/// about, and none where that is further away than the clock goes.
fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout.saturating_sub((timeout / 10).min(BEFORE)))
}

/// Requests have to be done so long before `--timeout` runs out.
const BEFORE: Duration = Duration::from_millis(100);

/// The word of a format as it is typed.
pub(super) fn word(format: Format) -> &'static str {
    match format {
        Format::Auto => "auto",
        Format::Table => "table",
        Format::Json => "json",
        Format::Jsonl => "jsonl",
        Format::Yaml => "yaml",
        Format::Raw => "raw",
    }
}

// How much of a listing to show.
#[derive(Debug, Clone, Default, Args)]
pub struct PagingFlags {
    /// Show at most so many, and say how to go on
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,

    /// The same by the vendor's flag, where -1 is no limit
    #[arg(long, value_name = "N", hide = true, allow_negative_numbers = true, value_parser = most)]
    pub max_items: Option<usize>,

    /// Go on where 'more: TOKEN' of an earlier listing said
    #[arg(long, value_name = "TOKEN")]
    pub page: Option<String>,
}

impl PagingFlags {
    /// How many to show at most.
    pub(super) fn limit(&self) -> Option<usize> {
        let limit = self.limit.map_or(usize::MAX, NonZeroUsize::get).min(self.max_items.unwrap_or(usize::MAX));
        (limit < usize::MAX).then_some(limit)
    }
}

/// Reads `--max-items` for clap.
fn most(text: &str) -> Result<usize, String> {
    match text.parse::<i64>() {
        Ok(-1) => Ok(usize::MAX),
        Ok(number @ 1..) => usize::try_from(number).map_err(|e| e.to_string()),
        _ => Err("it is a number from 1, or -1 for no limit".to_owned()),
    }
}

// Sessions by name, as positional arguments or as the vendor's flag.
#[derive(Debug, Clone, Args)]
pub(super) struct SessionNames {
    /// The sessions' ids
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    pub names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    pub session_id: Vec<String>,
}

impl SessionNames {
    /// All of them, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.session_id.iter().chain(&self.names)
    }
}

// A body document.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct BodyFlag {
    /// A YAML or JSON document, merged under the flags; - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub body: Option<PathBuf>,
}

/// The first positional argument is the session, unless the vendor's flag named it.
pub(super) fn session_and_rest<T: Default>(flag: Option<T>, first: Option<T>, rest: Vec<T>) -> (T, Vec<T>) {
    match flag {
        Some(id) => (id, first.into_iter().chain(rest).collect()),
        None => (first.unwrap_or_default(), rest),
    }
}
