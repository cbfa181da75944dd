//! Flags that several commands share.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};

use crate::output::progress::ProgressMode;
use crate::output::{Color, Format, ReportFormat};
use wharf_core::config::{Flags, duration};
use wharf_core::error::{Error, Result};

/// The heading of the flags that every command takes.
pub(super) const GLOBAL_HEADING: &str = "Global options";

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = GLOBAL_HEADING)]
pub struct GlobalFlags {
    /// Use this backend; see 'wharf backends' [env: WHARF_BACKEND]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub backend: Option<String>,

    /// Use this profile of the configuration file [env: WHARF_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// Session for targets of the form :PATH [env: WHARF_SESSION]
    #[arg(short, long, global = true, value_name = "ID")]
    pub session: Option<String>,

    /// Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]
    #[arg(long, global = true, value_name = "ID")]
    pub agent: Option<String>,

    /// Output format [default: auto] [env: WHARF_FORMAT]
    #[arg(long, global = true, value_enum, ignore_case = true)]
    pub format: Option<Format>,

    /// Print what a GJSON path selects from each object, one result per line
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "quiet")]
    pub transform: Option<String>,

    /// Print strings selected by --transform without quotes
    #[arg(short, long, global = true)]
    pub raw_output: bool,

    /// Print ids or paths only, one per line
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// End results of -q and --transform with NUL instead of a newline
    #[arg(short = '0', long = "null", global = true)]
    pub null: bool,

    /// Print settings, retries and excluded files to stderr
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// Print requests, responses and causes of errors, with secrets masked
    #[arg(long, global = true)]
    pub debug: bool,

    /// Control the use of color [default: auto]
    #[arg(long, global = true, value_enum, default_value_t, hide_default_value = true, value_name = "WHEN")]
    pub color: Color,

    /// Control how progress is shown [default: auto]
    #[arg(long, global = true, value_enum, default_value_t, hide_default_value = true, value_name = "HOW")]
    pub progress: ProgressMode,

    /// Show times in UTC instead of the local time zone
    #[arg(long, global = true)]
    pub utc: bool,

    /// Stop the command after this time, such as 90s or 15m [default: none]
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub timeout: Option<Duration>,

    /// Time limit for connecting to a service [default: 10s]
    #[arg(long, global = true, value_name = "TIME", value_parser = duration::parse)]
    pub connect_timeout: Option<Duration>,

    /// Number of retries for each request [default: 4]
    #[arg(long, global = true, value_name = "N")]
    pub retries: Option<u32>,

    /// Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]
    #[arg(long, global = true, value_name = "N")]
    pub jobs: Option<u32>,

    /// Address of the service [default: per backend]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,

    /// Read the token for the service from a file or a pipe
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,

    /// End user on whose behalf to call [env: WHARF_USER_IDENTITY]
    #[arg(long, global = true, value_name = "ID")]
    pub user_identity: Option<String>,

    /// Key that isolates an end user's sessions [env: WHARF_ISOLATION_KEY]
    #[arg(long, global = true, value_name = "KEY")]
    pub isolation_key: Option<String>,

    /// File with additional certificates to trust
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_cert: Option<PathBuf>,

    /// Header to add to each request, no credentials; can be repeated
    // Parsed later: clap repeats invalid values in its messages, and this may be a secret.
    #[arg(long, global = true, value_name = "K:V")]
    pub header: Vec<String>,

    /// Beta feature header to send; can be repeated
    #[arg(long, global = true, value_name = "NAME")]
    pub beta: Vec<String>,
}

impl GlobalFlags {
    /// Returns the flags that the environment and the profile can set as well.
    pub fn layer(&self) -> Flags {
        Flags {
            backend: self.backend.clone(),
            profile: self.profile.clone(),
            session: self.session.clone(),
            agent: self.agent.clone(),
            format: self.format.map(Format::name),
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
            only_looks: false,
        }
    }
}

/// Returns the words that set these flags for another process that uses the same backend.
pub(super) fn backend_words(flags: &Flags) -> Vec<OsString> {
    let texts = [
        ("--profile", &flags.profile),
        ("--base-url", &flags.base_url),
        ("--user-identity", &flags.user_identity),
        ("--isolation-key", &flags.isolation_key),
    ];
    let texts = texts.into_iter().filter_map(|(name, value)| Some((name, value.clone()?.into())));
    let paths = [("--ca-cert", &flags.ca_cert), ("--token-file", &flags.token_file)];
    let paths = paths.into_iter().filter_map(|(name, value)| Some((name, value.clone()?.into_os_string())));
    let connect = flags.connect_timeout.map(|time| ("--connect-timeout", format!("{}ms", time.as_millis()).into()));
    let headers = flags.headers.iter().map(|header| ("--header", header.into()));
    let betas = flags.betas.iter().map(|beta| ("--beta", beta.into()));
    let all = texts.chain(paths).chain(connect).chain(headers).chain(betas);
    all.flat_map(|(name, value): (&str, OsString)| [name.into(), value]).collect()
}

/// Returns the time by which requests must be finished for `--timeout`: shortly before it, so that the error of a
/// request is reported. `None` if the time is beyond the range of the clock.
fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout.saturating_sub((timeout / 10).min(BEFORE)))
}

/// The time before the end of `--timeout` by which requests must be finished.
const BEFORE: Duration = Duration::from_millis(100);

// The flags of a listing that select a page.
#[derive(Debug, Clone, Default, Args)]
pub struct PagingFlags {
    /// Show at most N entries, and print a token for the next page
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,

    /// The same by the vendor's flag; -1 means no limit
    #[arg(long, value_name = "N", hide = true, allow_negative_numbers = true, value_parser = most)]
    pub max_items: Option<usize>,

    /// Continue from the 'more: TOKEN' of an earlier listing
    #[arg(long, value_name = "TOKEN")]
    pub page: Option<String>,
}

impl PagingFlags {
    /// Returns the maximum number of entries to print.
    pub(super) fn limit(&self) -> Option<usize> {
        let limit = self.limit.map_or(usize::MAX, NonZeroUsize::get).min(self.max_items.unwrap_or(usize::MAX));
        (limit < usize::MAX).then_some(limit)
    }
}

/// Parses `--max-items`.
fn most(text: &str) -> Result<usize, String> {
    match text.parse::<i64>() {
        Ok(-1) => Ok(usize::MAX),
        Ok(number @ 1..) => usize::try_from(number).map_err(|e| e.to_string()),
        _ => Err("use a number from 1, or -1 for no limit".to_owned()),
    }
}

/// The SESSION argument that means the session of `--session` or `WHARF_SESSION`.
pub(super) const CHOSEN_SESSION: &str = ":";

// Sessions by name, as positional arguments or as the vendor's flag.
#[derive(Debug, Clone, Args)]
pub(super) struct SessionNames {
    /// Session ids, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    pub names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    pub session_id: Vec<String>,
}

impl SessionNames {
    /// Returns all names in the order of the arguments.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.session_id.iter().chain(&self.names)
    }
}

/// Returns the ids of the vendor's flag and of the arguments, in this order.
///
/// # Errors
/// `usage` for what is not an id.
pub(super) fn ids<T: FromStr<Err = Error>>(flag: &[String], names: &[String]) -> Result<Vec<T>> {
    flag.iter().chain(names).map(|name| name.parse()).collect()
}

// The report for a CI system.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct ReportFlag {
    /// Also report failures and a summary to a CI system: github
    #[arg(long, value_enum, value_name = "SYSTEM", hide_possible_values = true)]
    pub report: Option<ReportFormat>,
}

// A body document.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct BodyFlag {
    /// YAML or JSON file with fields; flags override them; - for stdin
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub body: Option<PathBuf>,
}

/// Returns the session, which is the first positional argument unless the vendor's flag names it, and the remaining
/// arguments.
pub(super) fn session_and_rest<T: Default>(flag: Option<T>, first: Option<T>, rest: Vec<T>) -> (T, Vec<T>) {
    match flag {
        Some(id) => (id, first.into_iter().chain(rest).collect()),
        None => (first.unwrap_or_default(), rest),
    }
}
