//! `wharf runs`: what is left of `wharf run` and `wharf with`.

mod cleanup;
pub(in crate::commands) mod guard;
pub(in crate::commands) mod session;

use std::io::BufRead as _;
use std::pin::pin;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use self::cleanup::APPEARING;
pub(super) use self::cleanup::kill_processes_of;
use super::sessions::age::OlderThan;
use super::{Cx, question};
use crate::output::{AgentLine, Column, LinePart, Record, TableCell, TableView, human};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{CleanupStatus, SessionId, Timestamp};
use wharf_core::platform::{self, Signal};
use wharf_core::run_journal::{self, ListedRun, RunJournal, RunListing, RunRecord};
use wharf_core::verdict::Verdict;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum RunsCommand {
    /// List runs that go on, whose sessions are kept, or that could not clean up
    #[command(visible_alias = "ls")]
    #[command(after_help = "Example:\n  wharf runs list --format table")]
    List,
    /// Delete what is left of runs that were killed, and of those that are kept
    Prune(RunsPruneArgs),
    /// Finish a run when its process is gone
    #[command(hide = true)]
    Watch {
        /// Id of the run
        run: String,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Runs that are kept are deleted with --older-than only.\n\n\
    Examples:\n  \
    wharf runs prune\n  \
    wharf runs prune --older-than 7d --dry-run")]
pub(super) struct RunsPruneArgs {
    /// Also delete the sessions of kept runs that began before this time, such as 7d
    #[arg(long, value_name = "TIME", value_parser = OlderThan::parse)]
    older_than: Option<OlderThan>,

    /// Print what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,

    /// Delete kept sessions without asking
    #[arg(short, long)]
    yes: bool,
}

/// A run, as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct RunView {
    #[serde(rename = "type")]
    object: &'static str,
    id: String,
    backend: String,
    profile: Option<String>,
    session: Option<SessionId>,
    status: RunStatus,
    began_at: Timestamp,
}

/// What is to be said of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum RunStatus {
    /// Its process lives.
    Running,
    /// Its session is kept.
    Kept,
    /// It was killed, or could not clean up.
    Abandoned,
    /// What was left of it was deleted.
    Deleted,
}

impl RunStatus {
    const fn name(self) -> &'static str {
        match self {
            RunStatus::Running => "running",
            RunStatus::Kept => "kept",
            RunStatus::Abandoned => "abandoned",
            RunStatus::Deleted => "deleted",
        }
    }
}

impl RunView {
    fn of(run: ListedRun) -> Self {
        let status = match (run.is_running, run.record.is_kept()) {
            (true, _) => RunStatus::Running,
            (false, true) => RunStatus::Kept,
            (false, false) => RunStatus::Abandoned,
        };
        RunView {
            object: "run_journal",
            id: run.record.run,
            backend: run.record.backend,
            profile: run.record.profile,
            session: run.record.session,
            status,
            began_at: run.record.began_at,
        }
    }
}

impl Record for RunView {
    const NOUN: &'static str = "runs";

    const VIEW: TableView<Self> = TableView {
        columns: &[
            Column::id("ID"),
            Column::left("STATUS"),
            Column::left("BACKEND"),
            Column::id("SESSION"),
            Column::left("BEGAN"),
        ],
        cells: |run| {
            vec![
                run.id.clone().into(),
                TableCell::status(run.status.name()),
                run.backend.clone().into(),
                TableCell::known(run.session.as_ref()),
                TableCell::Age(Some(run.began_at)),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |run| {
            vec![
                LinePart::word(&run.id),
                LinePart::word(run.status.name()),
                LinePart::word(&run.backend),
                LinePart::known(run.session.as_ref()),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl RunsCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            RunsCommand::List => {
                let mut listing = cx.out.listing();
                for run in journals(cx)? {
                    listing.push(&RunView::of(run))?;
                }
                listing.finish()
            }
            RunsCommand::Prune(args) => args.run(cx).await,
            RunsCommand::Watch { run } => watch(cx, &run).await,
        }
    }
}

/// Returns the runs of which there is a journal, and tells of journals that cannot be read.
fn journals(cx: &Cx) -> Result<Vec<ListedRun>> {
    let home = cx.settings()?.home()?;
    let RunListing { runs, unreadable } = run_journal::runs(&home)?;
    if unreadable > 0 {
        let dir = home.join(run_journal::RUNS);
        cx.out.note(format!("note: {unreadable} journals in `{}` cannot be read", platform::shown(dir)));
    }
    Ok(runs)
}

/// Formats the session of a run that is kept, with the run's age.
fn kept_session(run: &ListedRun) -> String {
    let RunRecord { run: id, backend, session, began_at, .. } = &run.record;
    let began = human::distance(*began_at);
    session.as_ref().map_or_else(
        || format!("the session of {id} on {backend} ({began})"),
        |session| format!("{session} on {backend} ({began})"),
    )
}

impl RunsPruneArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let home = cx.settings()?.home()?;
        let before = self.older_than.as_ref().map(OlderThan::until).transpose()?;
        let is_due =
            |run: &ListedRun| !run.record.is_kept() || before.is_some_and(|before| run.record.began_at <= before);
        let due: Vec<_> = journals(cx)?.into_iter().filter(|run| !run.is_running && is_due(run)).collect();
        let kept: Vec<_> = due.iter().filter(|run| run.record.is_kept()).map(kept_session).collect();
        if !kept.is_empty() && !self.yes && !self.dry_run {
            let sessions = if kept.len() == 1 { "kept session" } else { "kept sessions" };
            let names: Vec<_> = kept.iter().map(String::as_str).collect();
            question::confirm_deletion_of(cx, &format!("{} {sessions}", kept.len()), &names).await?;
        }
        if !self.dry_run {
            run_journal::remove_unwritten(&home);
        }
        let begun = Instant::now();
        let mut verdict = Verdict::default();
        let mut listing = cx.out.listing().ignore_closed_stdout();
        for run in due {
            let id = run.record.run.clone();
            let mut view = RunView::of(run);
            if !self.dry_run {
                // Another process may finish it at the same time.
                let report = match RunJournal::take_over(&home, &id) {
                    Ok(None) => continue,
                    Ok(Some(journal)) => match cx.backend_of_run(journal.record()) {
                        Ok(backend) => {
                            cleanup::finish_for_another(&*backend, journal, appearing_since(begun)).await.error
                        }
                        Err(error) => Some(error),
                    },
                    Err(error) => Some(error),
                };
                if let Some(error) = report {
                    verdict.failed(error.context(format!("finishing the run `{id}`")));
                    continue;
                }
                view.status = RunStatus::Deleted;
            }
            verdict.succeeded();
            listing.push(&view)?;
        }
        listing.conclude(verdict.into_result(RunView::NOUN))
    }
}

/// The time in which the process of a run, which has closed its pipe, has to be gone.
const LINGERING: Duration = Duration::from_secs(30);

/// How long a service that does not answer is asked again.
const PERSISTENCE: Duration = Duration::from_secs(10 * 60);

/// How long the command of a run may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// Returns how long the session of a run that had ended at this time may still appear.
fn appearing_since(ended: Instant) -> Duration {
    APPEARING.saturating_sub(ended.elapsed())
}

/// Waits for the end of the run's process, and finishes the run unless that has been done.
async fn watch(cx: &Cx, run: &str) -> Result<()> {
    platform::leave_session();
    let mut child: Option<(u32, String)> = None;
    // The end of the pipe is the end of the process.
    for line in std::io::stdin().lock().lines().map_while(std::io::Result::ok) {
        if line == guard::DONE {
            return Ok(());
        }
        let process = line.strip_prefix(guard::CHILD).and_then(|number| number.parse().ok());
        // The number alone may name another process later.
        child = process.and_then(|process| Some((process, platform::process_start(process)?)));
    }
    let is_same = |process, start: &str| platform::process_start(process).is_some_and(|found| found == start);
    let home = cx.settings()?.home()?;
    if let Some((process, start)) = child {
        if is_same(process, &start) {
            let _ = platform::send_signal(process, Signal::Terminate);
            tokio::time::sleep(ENDING).await;
        }
        if is_same(process, &start) {
            let _ = platform::send_signal(process, Signal::Kill);
        }
    }
    let begun = Instant::now();
    let mut limit = LINGERING;
    loop {
        if let Ok(Some(journal)) = RunJournal::take_over(&home, run) {
            if journal.record().is_kept() {
                return Ok(());
            }
            limit = PERSISTENCE;
            let report = cleanup::finish_for_another(cx.backend()?, journal, appearing_since(begun)).await;
            if report.status != CleanupStatus::Failed && report.error.is_none() {
                return Ok(());
            }
        }
        // Another process may have finished it.
        if RunJournal::is_gone(&home, run) {
            return Ok(());
        }
        if begun.elapsed() > limit {
            return Err(Error::new(Kind::Unavailable, "the run could not be finished"));
        }
        tokio::time::sleep(Duration::from_millis(if limit == LINGERING { 20 } else { 3000 })).await;
    }
}

/// Waits for `work`, and meanwhile finishes the runs that were killed and that this one can finish.
pub(super) async fn sweep_during<T>(cx: &Cx, guard: &guard::RunGuard, work: impl Future<Output = T>) -> T {
    let (mut work, mut sweeping) = (pin!(work), pin!(sweep(cx, guard)));
    let mut is_swept = false;
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = &mut sweeping, if !is_swept => is_swept = true,
        }
    }
}

/// The number of runs that are finished at once.
const SWEPT: usize = 8;

/// Finishes the runs that were killed and that this one can finish: those of the same backend, service and profile.
/// Whatever comes of it changes nothing for this run.
async fn sweep(cx: &Cx, guard: &guard::RunGuard) {
    let Ok(home) = cx.settings().and_then(wharf_core::config::Settings::home) else { return };
    run_journal::remove_unwritten(&home);
    let begun = Instant::now();
    let Ok(RunListing { runs, .. }) = run_journal::runs(&home) else { return };
    let is_left = |run: &ListedRun| !run.is_running && !run.record.is_kept() && guard.can_finish(&run.record);
    let mut left: Vec<_> = runs.into_iter().filter(is_left).collect();
    // A session whose id is not known has to be waited for: the others do not wait behind it.
    left.sort_by_key(|run| run.record.session.is_none());
    let finish = async |run: ListedRun| {
        if let Ok(Some(journal)) = RunJournal::take_over(&home, &run.record.run) {
            drop(cleanup::finish_for_another(guard.backend(), journal, appearing_since(begun)).await);
        }
    };
    stream::iter(left).for_each_concurrent(SWEPT, finish).await;
}
