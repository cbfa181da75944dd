//! `wharf with`: a session for a command of this machine.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::time::timeout;

use super::Cx;
use super::args::ReportFlag;
use super::child::ChildCommand;
use super::cx::Signals;
use super::runs::cleanup::CleanupStatus;
use super::runs::guard::RunGuard;
use super::runs::sweep;
use super::sessions::create::{SessionDraft, SessionsCreateArgs};
use super::sessions::wait::{WaitGoal, wait_for};
use crate::output::ReportFormat;
use wharf_client::backend::{Feature, MkdirOptions};
use wharf_core::advice::Step;
use wharf_core::config::env;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Session, SessionPath};
use wharf_core::platform::{self, Signal};
use wharf_transfer::cancellation::cancel_error;

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

    /// Keep the session: never, after a failure, or always
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    keep: KeepPolicy,

    #[command(flatten)]
    report: ReportFlag,

    /// Command and its arguments, after --
    #[arg(value_name = "COMMAND", trailing_var_arg = true, required = true)]
    command: Vec<OsString>,
}

/// When the session of a run is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum KeepPolicy {
    /// It is always deleted
    #[default]
    Never,
    /// It is kept if the work failed
    OnFailure,
    /// It is always kept
    Always,
}

impl KeepPolicy {
    fn keeps(self, has_failed: bool) -> bool {
        match self {
            KeepPolicy::Never => false,
            KeepPolicy::OnFailure => has_failed,
            KeepPolicy::Always => true,
        }
    }
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
        let session = guard.session().cloned();
        let has_failed = worked.is_err() || cx.status.get() != 0;
        let report = tokio::select! {
            report = guard.finish(self.keep.keeps(has_failed)) => report,
            heard = signals.next() => {
                // The watchdog goes on.
                cx.out.report_fact("Session afterwards", "is being deleted");
                return Err(cancel_error(heard.signal.kind()).hint("the session is being deleted in the background"));
            }
        };
        cx.out.report_fact("Session afterwards", report.status.words());
        if let (CleanupStatus::Kept, Some(session)) = (report.status, session) {
            let delete = Step::DeleteSession { id: Some(session.as_str()), force: false };
            cx.out.note(format!("the session is kept: {session}; delete it: {delete}"));
        }
        match (worked, report.error) {
            (Err(error), None) => Err(error),
            (Err(error), Some(left)) => Err(error.or_hint(format!("cleaning up failed: {left}"))),
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(error)) if cx.status.get() == 0 => Err(error),
            (Ok(()), Some(error)) => {
                cx.out.note(format!("error: {error}"));
                cx.out.report_failure("the session", &error);
                Ok(())
            }
        }
    }
}

/// Creates the session and runs the command, whose status is that of the process then.
async fn work(
    cx: &Cx,
    guard: &mut RunGuard,
    mut draft: SessionDraft,
    command: &[OsString],
    signals: &mut Signals,
) -> Result<()> {
    let Some((program, args)) = command.split_first() else {
        return Err(Error::usage("a command is missing").hint("write it after `--`"));
    };
    guard.mark(&mut draft)?;
    let created = draft.create(cx, |files| guard.uploaded(files));
    let session = tokio::select! {
        created = created => {
            if created.as_ref().is_err_and(|error| !error.is_uncertain()) {
                guard.not_created();
            }
            created?
        }
        heard = signals.next() => return Err(cancel_error(heard.signal.kind())),
        error = cx.cancellation.cancelled() => return Err(error),
    };
    cx.out.report_fact("Session", session.id.as_str());
    guard.created(&session)?;
    let outputs = prepare_outputs(cx, &session).await?;
    let settings = cx.settings()?;
    let mut variables = vec![
        (env::SESSION, session.id.to_string()),
        (env::BACKEND, session.backend.to_owned()),
        (env::OUTPUTS, outputs),
    ];
    variables.extend(settings.profile.value.clone().map(|profile| (env::PROFILE, profile)));
    variables.extend(settings.agent.value.clone().map(|agent| (env::AGENT, agent)));
    let Some(mut child) = ChildCommand::start(cx, program, args, variables) else { return Ok(()) };
    if let Some(process) = child.process() {
        guard.works_by(process);
    }
    let mut swept = Some(Box::pin(sweep(cx, guard)));
    let status = loop {
        tokio::select! {
            status = child.wait(signals) => break status?,
            () = async { if let Some(swept) = &mut swept { swept.await } }, if swept.is_some() => swept = None,
            error = cx.cancellation.cancelled() => {
                child.signal(Signal::Terminate);
                // One that does not end is killed.
                drop(timeout(PATIENCE, child.wait(signals)).await);
                return Err(error);
            }
        }
    };
    cx.status.set(platform::exit_status(status));
    cx.out.report_fact("Command", &format!("exit status {}", cx.status.get()));
    Ok(())
}

/// Waits until the session can be used, and creates its directory of results where it lacks. Returns the directory.
async fn prepare_outputs(cx: &Cx, session: &Session) -> Result<String> {
    let backend = cx.backend()?;
    let outputs = backend.capabilities().outputs;
    wait_for(backend, &session.id, WaitGoal::Usable).await?;
    if backend.capabilities().has(Feature::Mkdir) {
        let at = SessionPath { session: session.id.clone(), path: outputs.parse()? };
        let options = MkdirOptions { parents: true, ..MkdirOptions::default() };
        match backend.require_files()?.mkdir(&at, options).await {
            Err(error) if error.kind() != Kind::Conflict => return Err(error),
            _ => {}
        }
    }
    Ok(outputs.to_owned())
}
