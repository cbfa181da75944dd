//! The flags of `wharf run`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::commands::args::ReportFlag;
use crate::commands::invoke::tools::ToolFlags;
use crate::commands::runs::session::KeepPolicy;
use crate::commands::sessions::create::SessionsCreateArgs;
use crate::output::ReportFormat;

#[derive(Debug, Args)]
pub(in crate::commands) struct RunArgs {
    #[command(flatten)]
    pub(super) create: SessionsCreateArgs,

    /// Upload a file or a directory before the work; can be repeated
    #[arg(long = "in", value_name = "SOURCE[:DEST]", value_hint = ValueHint::AnyPath)]
    pub(super) inputs: Vec<OsString>,

    /// Download a file or a directory after the work; can be repeated
    #[arg(long = "out", value_name = "PATH[:LOCAL]")]
    pub(super) outputs: Vec<OsString>,

    /// Keep the session: never, on-failure or always
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    pub(super) keep: KeepPolicy,

    /// Read the prompt from a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "prompt")]
    pub(super) file: Option<PathBuf>,

    #[command(flatten)]
    pub(super) report: ReportFlag,

    #[command(flatten)]
    pub(super) tools: ToolFlags,

    /// Working directory of the command, below the session's home
    #[arg(short = 'w', long, alias = "workdir", value_name = "DIR")]
    pub(super) cwd: Option<String>,

    /// Set a variable for the command; NAME alone passes it on
    #[arg(short, long, value_name = "NAME[=VALUE]")]
    pub(super) env: Vec<OsString>,

    /// Read variables for the command from a file, one NAME=VALUE per line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) env_file: Vec<PathBuf>,

    /// What the agent is to do; - reads it from stdin
    #[arg(value_name = "PROMPT")]
    pub(super) prompt: Option<String>,

    /// Command to run in the session, and its arguments, after --
    #[arg(value_name = "COMMAND", last = true, conflicts_with_all = ["prompt", "file"])]
    pub(super) command: Vec<OsString>,
}

impl RunArgs {
    /// Returns whether a command works, whose status is passed on, and not an agent.
    pub(in crate::commands) fn is_command(&self) -> bool {
        !self.command.is_empty()
    }

    pub(in crate::commands) fn report(&self) -> Option<ReportFormat> {
        self.report.report
    }
}
