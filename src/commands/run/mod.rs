//! `wharf run`: create a session, upload, let a command or the agent work, download, and delete the session.

mod args;
mod places;
mod plan;
mod receipts;
mod steps;
mod work;

use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

pub(super) use self::args::RunArgs;
use self::plan::{RunPlan, RunSession};
use self::receipts::Receipts;
use self::steps::{BegunStep, RunSteps, say};
use super::Cx;
use super::cx::Signals;
use super::exit_status::exit_code;
use super::runs::guard::RunGuard;
use super::runs::session::{KeepPolicy, make_outputs, wait_until_usable};
use super::runs::sweep_during;
use super::sessions::create::SessionDraft;
use crate::output::Relay;
use wharf_client::backend::{Backend, SessionFiles, registry};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{
    Cleanup, CleanupStatus, Receipt, RunResult, RunStepName, RunWork, Session, SessionId, SessionPath,
};
use wharf_core::random;
use wharf_core::verdict::Verdict;
use wharf_transfer::cancellation::{Cancellation, cancel_error};
use wharf_transfer::download::FileTarget;
use wharf_transfer::mount::MountSource;
use wharf_transfer::{IfExists, Transfer, TransferOptions};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    wharf run --agent reporter --in ./data:data --out @outputs:./results \\\n      \
    'Summarise data/*.csv into a report'\n  \
    wharf run -b local --in ./job:job --out job/out:./out -- python3 job/main.py\n\n\
    The exit status is that of the command, or of the turn as for invoke. Outputs\n\
    are downloaded after failed work too, and the session is deleted in any case.";

/// How long the download may take after `--timeout` ran out.
const LATE_DOWNLOAD: Duration = Duration::from_secs(60);

/// How long a reader of stdout that is slow may delay the end of a run that was stopped.
const LATE_READER: Duration = Duration::from_secs(5);

impl RunArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let (keep, passes_status) = (self.keep, self.is_command());
        let plan = RunPlan::prepare(self, cx).await?;
        let signals = cx.signals();
        let _guarded = cx.cancellation.register();
        let mut run = Run::begin(cx, &plan, signals, keep)?;
        if !plan.outputs.is_empty() {
            cx.cancellation.extend_patience(cx.cancellation.patience() + LATE_DOWNLOAD);
        }
        run.perform(plan).await;
        let cleanup = run.clean_up().await;
        run.conclude(cleanup, passes_status).await
    }
}

/// A run that goes on.
struct Run<'a> {
    cx: &'a Cx,
    signals: Signals,
    id: String,
    /// The session's own run; `None` for a session that exists already.
    guard: Option<RunGuard>,
    keep: KeepPolicy,
    /// The backend without the time limit of the command, for a session that exists already.
    undated: Option<Box<dyn Backend>>,
    session: Option<SessionId>,
    steps: RunSteps,
    uploads: Receipts,
    downloads: Receipts,
    work: Option<RunWork>,
    /// What went wrong: of the creation or the inputs, of the work, of the outputs.
    errors: Vec<Error>,
}

impl<'a> Run<'a> {
    /// Begins a run: from now on, what it creates is deleted.
    fn begin(cx: &'a Cx, plan: &RunPlan, signals: Signals, keep: KeepPolicy) -> Result<Self> {
        let (guard, session) = match &plan.session {
            RunSession::New(_) => (Some(RunGuard::begin(cx, keep == KeepPolicy::Always)?), None),
            RunSession::Existing(session) => (None, Some(session.clone())),
        };
        let undated = match &guard {
            None if !plan.outputs.is_empty() => Some(registry::open(&cx.settings()?.undated())?),
            _ => None,
        };
        let id = match &guard {
            Some(guard) => guard.id().to_owned(),
            None => random::id("run")?,
        };
        let keeps_receipts = cx.out.object_format().is_some();
        Ok(Run {
            cx,
            signals,
            id,
            guard,
            keep,
            undated,
            session,
            steps: RunSteps::new(),
            uploads: Receipts::new(keeps_receipts),
            downloads: Receipts::new(keeps_receipts),
            work: None,
            errors: Vec::new(),
        })
    }

    /// Goes through the steps up to the download. What goes wrong is noted.
    async fn perform(&mut self, plan: RunPlan) {
        let RunPlan { session, inputs, work, outputs } = plan;
        if let Err(error) = self.set_up(session, inputs).await {
            self.errors.push(error);
            return;
        }
        let Some(session) = self.session.clone() else { return };
        if self.is_interrupted() {
            return;
        }
        let step = BegunStep::new(RunStepName::Work);
        let working = work.run(self.cx, &session, &mut self.signals);
        let (result, ended) = match &self.guard {
            Some(guard) => sweep_during(self.cx, guard, working).await,
            None => working.await,
        };
        self.work = result;
        self.steps.end(&step, ended.is_ok() && self.cx.status.get() == 0);
        self.errors.extend(ended.err());
        // After a signal, the results are of no interest.
        if !self.is_interrupted() && !outputs.is_empty() {
            let downloaded = self.download(&session, &outputs).await;
            self.errors.extend(downloaded.err());
        }
    }

    /// Returns whether a signal asked to stop, and notes it as an error if a step has succeeded nevertheless.
    fn is_interrupted(&mut self) -> bool {
        let first = self.signals.first();
        if let Some(why) = first
            && self.errors.is_empty()
        {
            self.errors.push(cancel_error(why));
        }
        first.is_some()
    }

    /// Creates the session, and uploads the inputs: before it is created where they are mounted, else afterwards.
    async fn set_up(&mut self, session: RunSession, mut inputs: Vec<MountSource>) -> Result<()> {
        let cx = self.cx;
        if let RunSession::New(mut draft) = session {
            if cx.backend()?.files().is_some_and(SessionFiles::mounts_uploads) {
                draft.inputs = std::mem::take(&mut inputs);
            }
            let created = Box::pin(self.create(*draft)).await?;
            cx.out.report_fact("Session", created.id.as_str());
            say(cx, RunStepName::Create, created.id.as_str());
            self.session = Some(created.id.clone());
            cx.unless_stopped(&mut self.signals, wait_until_usable(cx, &created)).await?;
        }
        let Some(session) = self.session.clone() else { return Ok(()) };
        if inputs.is_empty() {
            return cx.unless_stopped(&mut self.signals, make_outputs(cx, &session)).await.map(drop);
        }
        self.upload(&session, inputs).await
    }

    /// Creates the session, with the inputs of the draft.
    async fn create(&mut self, mut draft: SessionDraft) -> Result<Session> {
        let cx = self.cx;
        let Some(guard) = &mut self.guard else { return Err(Error::new(Kind::Internal, "a run without a journal")) };
        if draft.inputs.is_empty() {
            let _shown = cx.out.phase("creating the session");
            let creating = Box::pin(guard.create_session(cx, draft, &mut self.signals));
            return self.steps.during(RunStepName::Create, creating).await;
        }
        cx.unless_stopped(&mut self.signals, guard.mark(&mut draft)).await?;
        let (options, stop) = (cx.transfer_options()?, Cancellation::default());
        let names: Vec<_> = draft.inputs.iter().map(|input| input.source.name.clone()).collect();
        let watch = cx.out.watch_step(RunStepName::Upload.word(), &names);
        let transfer = Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &stop };
        let mut sink = |receipt: &Receipt| self.uploads.add(receipt);
        let staging = draft.stage(transfer, &mut sink);
        let staging = Box::pin(until_stopped(&mut self.signals, &stop, timed_out(cx), staging));
        let mut staged = self.steps.during(RunStepName::Upload, staging).await?;
        let created = {
            let _shown = cx.out.phase("creating the session");
            let creating = Box::pin(guard.create_staged(cx, &mut staged, &mut self.signals));
            self.steps.during(RunStepName::Create, creating).await
        };
        staged.uploads.report(created.as_ref(), &mut sink)?;
        created
    }

    /// Uploads the inputs into the session, and meanwhile creates its directory of results.
    async fn upload(&mut self, session: &SessionId, inputs: Vec<MountSource>) -> Result<()> {
        let cx = self.cx;
        let (options, stop) = (cx.transfer_options()?, Cancellation::default());
        let at = |input: &MountSource| SessionPath { session: session.clone(), path: input.path.clone() };
        let places: Vec<_> = inputs.iter().map(at).collect();
        let sources: Vec<_> = inputs.into_iter().map(|input| input.source).collect();
        let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
        let watch = cx.out.watch_step(RunStepName::Upload.word(), &names);
        let transfer = Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &stop };
        let is_new = self.guard.is_some();
        let mut sink = |receipt: &Receipt| {
            if !is_new {
                let files: Vec<_> = receipt.file_id.iter().cloned().collect();
                cx.log_uploads(session, &files, None);
            }
            self.uploads.add(receipt)
        };
        let uploading = async {
            let making = async {
                tokio::select! {
                    made = make_outputs(cx, session) => made.map(drop),
                    error = stop.cancelled() => Err(error),
                }
            };
            let (uploaded, made) = tokio::join!(transfer.upload_each(&sources, &places, &mut sink), making);
            uploaded.and(made)
        };
        let uploading = until_stopped(&mut self.signals, &stop, timed_out(cx), uploading);
        let uploaded = self.steps.during(RunStepName::Upload, uploading).await;
        uploaded.map_err(|error| self.with_hint(error))
    }

    /// Returns the error of a transfer with a hint for a session that is deleted at the end: one about what is in it would
    /// be of no use.
    fn with_hint(&self, error: Error) -> Error {
        match &self.guard {
            Some(_) if self.keep == KeepPolicy::Never && !error.kind().is_stop() => {
                error.hint("to keep the session of a run that fails, add --keep on-failure")
            }
            _ => error,
        }
    }

    /// Downloads the outputs.
    async fn download(&mut self, session: &SessionId, outputs: &[places::RunOutput]) -> Result<()> {
        let cx = self.cx;
        let step = BegunStep::new(RunStepName::Download);
        let stop = Cancellation::default();
        let backend = match (&self.guard, &self.undated) {
            (Some(guard), _) => guard.backend(),
            (None, Some(undated)) => &**undated,
            (None, None) => cx.backend()?,
        };
        let mut verdict = Verdict::default();
        for output in outputs {
            let at = SessionPath { session: session.clone(), path: output.path.clone() };
            let options = TransferOptions {
                if_exists: if output.replaces { IfExists::Overwrite } else { IfExists::Error },
                deadline: None,
                ..cx.transfer_options()?
            };
            let watch = cx.out.watch_step(RunStepName::Download.word(), &[at.path.to_string()]);
            let transfer = Transfer { backend, options: &options, observer: &watch, cancellation: &stop };
            let wanted = [FileTarget::Session(at)];
            let downloads = &mut self.downloads;
            let mut sink = |receipt: &Receipt| downloads.add(receipt);
            let limit = async {
                let why = timed_out(cx).await;
                sleep(LATE_DOWNLOAD).await;
                why
            };
            let downloading = transfer.download(&wanted, &output.to, true, &mut sink);
            let downloaded = until_stopped(&mut self.signals, &stop, limit, downloading).await;
            drop(watch);
            let is_stopped = stop.reason().is_some();
            match downloaded {
                Ok(()) => verdict.succeeded(),
                Err(error) => verdict.failed(error),
            }
            if is_stopped {
                break;
            }
        }
        let downloaded = verdict.into_result("outputs");
        self.steps.end(&step, downloaded.is_ok());
        downloaded.map_err(|error| self.with_hint(error))
    }

    /// Deletes the session, or keeps it.
    async fn clean_up(&mut self) -> Cleanup {
        let cx = self.cx;
        let Some(guard) = self.guard.take() else { return Cleanup::not_needed() };
        let keeps = self.keep.keeps(!self.errors.is_empty() || cx.status.get() != 0);
        let step = BegunStep::new(RunStepName::Cleanup);
        let shown = cx.out.phase("deleting the session");
        let cleanup = guard.clean_up(cx, &mut self.signals, keeps).await;
        drop(shown);
        self.steps.end(&step, cleanup.error.is_none());
        if cleanup.status == CleanupStatus::Deleted {
            say(cx, RunStepName::Cleanup, "the session is deleted");
        }
        cleanup
    }

    /// Prints the result where it is an object; returns the error that decides the exit status.
    async fn conclude(mut self, cleanup: Cleanup, passes_status: bool) -> Result<()> {
        let cx = self.cx;
        match &cleanup.error {
            Some(error) if self.errors.is_empty() => {
                let kind = match error.kind() {
                    why if why.is_stop() => why,
                    _ => Kind::Partial,
                };
                self.errors.push(error.clone().of_kind(kind).context("the work is done, and cleaning up failed"));
            }
            Some(error) => {
                cx.out.note_error(&error.clone().context("cleaning up failed"));
                cx.out.report_failure("the session", error);
            }
            None => {}
        }
        if let (true, Some(why)) = (self.errors.is_empty(), cx.cancellation.reason()) {
            self.errors.push(cancel_error(why).hint("the work is done"));
        }
        let status = cx.status.get();
        let is_stopped = cx.cancellation.reason().is_some() || self.errors.iter().any(|error| error.kind().is_stop());
        let mut errors = self.errors.into_iter();
        // A status of the command's own is passed on, whatever else went wrong.
        let first = if status == 0 { errors.next() } else { None };
        for error in errors {
            cx.out.note_error(&error);
            cx.out.report_failure("the run", &error);
        }
        if cx.out.object_format().is_some() {
            let result = RunResult {
                object: "run",
                id: self.id,
                session: self.session,
                backend: cx.backend()?.capabilities().backend,
                steps: self.steps.into_vec(),
                uploads: self.uploads.into_vec(),
                work: self.work,
                downloads: self.downloads.into_vec(),
                cleanup,
                exit_code: match (&first, status) {
                    (Some(error), 0) => exit_code(error.kind(), passes_status),
                    (_, status) => status,
                },
                error: first.clone(),
            };
            let printed = print(cx, &mut self.signals, result, is_stopped.then_some(LATE_READER)).await;
            if first.is_none() {
                printed?;
            }
        }
        first.map_or(Ok(()), Err)
    }
}

/// Prints the object, for at most `patience` if there is a limit. A reader that went away is not an error.
async fn print(cx: &Cx, signals: &mut Signals, result: RunResult, patience: Option<Duration>) -> Result<()> {
    let captured = cx.out.capture();
    cx.out.last(result)?;
    cx.out.flush()?;
    let mut relay = Relay::stdout();
    let bytes = captured.take().into();
    let printing = async {
        relay.send(&bytes).await?;
        relay.finish().await
    };
    match cx.close_output(signals, printing, patience).await {
        Err(error) if error.kind() == Kind::Closed => Ok(()),
        printed => printed,
    }
}

/// Waits until `--timeout` has run out.
async fn timed_out(cx: &Cx) -> Kind {
    cx.cancellation.cancelled().await.kind()
}

/// Waits for a transfer that a signal or the end of `limit` stops. A second signal leaves it at once.
async fn until_stopped<T>(
    signals: &mut Signals,
    stop: &Cancellation,
    limit: impl Future<Output = Kind>,
    transfer: impl Future<Output = Result<T>>,
) -> Result<T> {
    let (mut transfer, mut limit) = (pin!(transfer), pin!(limit));
    loop {
        let is_stopping = stop.reason().is_some();
        tokio::select! {
            done = &mut transfer => return done,
            heard = signals.next() => {
                let why = heard.signal.kind();
                if is_stopping {
                    return Err(cancel_error(why));
                }
                stop.cancel(why);
            }
            why = &mut limit, if !is_stopping => stop.cancel(why),
        }
    }
}
