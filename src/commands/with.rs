//! `wharf with`: a session for a command of this machine.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueHint};
use tokio::time::timeout;

use super::Cx;
use super::args::ReportFlag;
use super::child::ChildCommand;
use super::cx::Signals;
use super::runs::guard::RunGuard;
use super::runs::session::{KeepPolicy, make_outputs, wait_until_usable};
use super::runs::{kill_processes_of, sweep_during};
use super::sessions::create::{SessionDraft, SessionsCreateArgs};
use crate::output::ReportFormat;
use wharf_core::config::env;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, Signal};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    wharf with -- ./script-that-uses-WHARF_SESSION.sh\n  \
    wharf with --label ci=1 --keep on-failure -- make test\n\n\
    The command finds the session in WHARF_SESSION, and the status is its own.";

/// How long a command may take to end when it is stopped.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct WithArgs {
    #[command(flatten)]
    create: SessionsCreateArgs,

    /// Keep the session: never, on-failure or always
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = true)]
    keep: KeepPolicy,

    #[command(flatten)]
    report: ReportFlag,

    /// Command and its arguments, after --
    #[arg(value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments, trailing_var_arg = true, required = true)]
    command: Vec<OsString>,
}

impl WithArgs {
    pub(super) fn report(&self) -> Option<ReportFormat> {
        self.report.report
    }

    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let draft = self.create.prepare(cx, false).await?;
        let mut signals = cx.signals();
        let _guarded = cx.cancellation.register();
        let mut guard = RunGuard::begin(cx, self.keep == KeepPolicy::Always)?;
        let worked = work(cx, &mut guard, draft, &self.command, &mut signals).await;
        let has_failed = worked.is_err() || cx.status.get() != 0;
        let cleanup = guard.clean_up(cx, &mut signals, self.keep.keeps(has_failed)).await;
        match (worked, cleanup.error) {
            (Ok(()), Some(error)) if cx.status.get() == 0 => Err(error),
            (worked, left) => {
                if let Some(error) = left {
                    cx.out.note_error(&error.clone().context("cleaning up failed"));
                    cx.out.report_failure("the session", &error);
                }
                worked
            }
        }
    }
}

/// Creates the session and runs the command, whose status is that of the process then.
async fn work(
    cx: &Cx,
    guard: &mut RunGuard,
    draft: SessionDraft,
    command: &[OsString],
    signals: &mut Signals,
) -> Result<()> {
    let Some((program, args)) = command.split_first() else {
        return Err(Error::usage("a command is missing").hint("write it after `--`"));
    };
    let session = guard.create_session(cx, draft, signals).await?;
    let prepared = async {
        wait_until_usable(cx, &session).await?;
        make_outputs(cx, &session.id).await
    };
    cx.out.report_fact("Session", session.id.as_str());
    let outputs = cx.unless_stopped(signals, prepared).await?;
    let run = guard.id().to_owned();
    let settings = cx.settings()?;
    let mut variables = vec![
        (env::SESSION, session.id.to_string()),
        (env::BACKEND, session.backend.to_owned()),
        (env::OUTPUTS, outputs),
        (env::RUN, run.clone()),
    ];
    variables.extend(settings.profile.value.clone().map(|profile| (env::PROFILE, profile)));
    variables.extend(settings.agent.value.clone().map(|agent| (env::AGENT, agent)));
    let Some(mut child) = ChildCommand::start(cx, program, args, variables) else { return Ok(()) };
    if let Some(process) = child.process() {
        guard.works_by(process);
    }
    let ended = async {
        tokio::select! {
            status = child.wait(signals) => status,
            error = cx.cancellation.cancelled() => {
                child.signal(Signal::Terminate);
                // One that does not end is killed, and so is what it has started.
                drop(timeout(PATIENCE, child.wait(signals)).await);
                kill_processes_of(&run);
                Err(error.hint("the command was stopped"))
            }
        }
    };
    cx.status.set(platform::exit_status(sweep_during(cx, guard, ended).await?));
    cx.out.report_fact("Command", &format!("exit status {}", cx.status.get()));
    Ok(())
}
