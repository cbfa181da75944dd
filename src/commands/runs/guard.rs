//! A session that exists for one command, and is deleted whatever ends wharf.
//!
//! The journal is written before anything is created. A second process, the watchdog, finishes the run if this one ends
//! without having done so; the next run of the same kind finishes those that the watchdog could not.

use std::io::Write as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::cleanup::{self, APPEARING, LABEL};
use crate::commands::Cx;
use crate::commands::args::backend_words;
use crate::commands::sessions::create::SessionDraft;
use wharf_client::backend::{Backend, Feature, registry};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Cleanup, FileId, Session, SessionId};
use wharf_core::run_journal::{RunJournal, RunRecord, RunState};

/// The line that tells the watchdog that there is nothing left to do.
pub(super) const DONE: &str = "done";

/// How the line begins that tells the watchdog which process works for the run.
pub(super) const CHILD: &str = "child ";

/// How long stopping the work and deleting the session may take after `--timeout` ran out.
const LATE: Duration = Duration::from_secs(45);

/// How long the watchdog may take to end once there is nothing left to do.
const LEAVING: Duration = Duration::from_secs(1);

/// A run that has begun.
pub(in crate::commands) struct RunGuard {
    journal: RunJournal,
    watchdog: Option<Watchdog>,
    /// The backend without the time limit of the command: what was created is deleted also after that.
    backend: Box<dyn Backend>,
    /// How long a session may appear whose id is not known; `None` if none was created.
    appearing: Option<Duration>,
}

/// The process that finishes the run if this one cannot.
struct Watchdog {
    child: Child,
    pipe: ChildStdin,
}

impl RunGuard {
    /// Begins a run: writes its journal and starts the watchdog, unless its session is kept in any case.
    ///
    /// # Errors
    /// Those of the disk, usually `io`. Nothing was created.
    pub(in crate::commands) fn begin(cx: &Cx, is_kept: bool) -> Result<Self> {
        let settings = cx.settings()?;
        let home = settings.home()?;
        let backend = registry::open(&settings.undated())?;
        let mut record = RunRecord::new(
            backend.capabilities().backend,
            settings.profile.value.clone(),
            backend.origin(),
            settings.agent.value.clone().filter(|_| backend.capabilities().has(Feature::CallAgent)),
        )?;
        record.keeps = is_kept;
        let journal = RunJournal::begin(&home, record)?;
        cx.cancellation.extend_patience(LATE);
        let watchdog = if is_kept { None } else { Some(Watchdog::start(cx, journal.record())?) };
        Ok(RunGuard { journal, watchdog, backend, appearing: Some(APPEARING) })
    }

    /// Returns the backend, which has no time limit.
    pub(in crate::commands) fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// Marks a session that is about to be created and the files that are uploaded for it, so that they are found again if
    /// an answer is lost.
    ///
    /// # Errors
    /// `conflict` if there is a session with the id that the user chose; those of the disk, usually `io`.
    pub(in crate::commands) async fn mark(&mut self, draft: &mut SessionDraft) -> Result<()> {
        if draft.uploads() {
            self.journal.change(|record| record.uploads = true)?;
            draft.upload_prefix = self.journal.record().upload_prefix();
        }
        let (capabilities, run) = (self.backend.capabilities(), &self.journal.record().run);
        let new = &mut draft.session;
        if capabilities.has(Feature::SessionLabels) {
            new.labels.insert(LABEL.to_owned(), run.clone());
        }
        if !capabilities.has(Feature::SessionId) {
            return Ok(());
        }
        let Some(id) = new.id.clone() else {
            // An id of wharf's form is valid everywhere.
            new.id = run.parse().ok();
            return Ok(());
        };
        if capabilities.account.is_some() {
            // If the answer of the creation is lost, a session of this id is that of the run only if there was none before.
            match self.backend.sessions().get(&id).await {
                Ok(_) => {
                    self.not_created();
                    return Err(Error::conflict(format!("session `{id}` already exists"))
                        .hint("choose another id, or leave out --id"));
                }
                Err(error) if error.kind() == Kind::NotFound => {
                    self.journal.change(|record| record.chosen = Some(id))?;
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Returns the id of the run.
    pub(in crate::commands) fn id(&self) -> &str {
        &self.journal.record().run
    }

    /// Returns the session, once it is created.
    pub(in crate::commands) fn session(&self) -> Option<&SessionId> {
        self.journal.record().session.as_ref()
    }

    /// Returns whether this run can finish another one.
    pub(super) fn can_finish(&self, other: &RunRecord) -> bool {
        self.journal.record().has_scope_of(other)
    }

    /// Notes stored files that were uploaded.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub(in crate::commands) fn uploaded(&mut self, files: &[FileId]) -> Result<()> {
        if files.is_empty() { Ok(()) } else { self.journal.change(|record| record.files.extend_from_slice(files)) }
    }

    /// Notes the session that was created.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub(in crate::commands) fn created(&mut self, session: &Session) -> Result<()> {
        self.journal.change(|record| {
            record.state = RunState::Working;
            record.session = Some(session.id.clone());
            record.created_at = session.created_at;
        })
    }

    /// Returns whether a session of this id at the service can only be that of this run.
    pub(in crate::commands) fn owns(&self, id: &SessionId) -> bool {
        let (capabilities, record) = (self.backend.capabilities(), self.journal.record());
        let has_ids = capabilities.has(Feature::SessionId) && capabilities.account.is_some();
        has_ids && (record.chosen.as_ref() == Some(id) || id.as_str() == record.run)
    }

    /// Notes that no session was created, and none will appear.
    pub(in crate::commands) fn not_created(&mut self) {
        self.appearing = None;
    }

    /// Notes the process that works for the run: it is ended if this one is killed.
    pub(in crate::commands) fn works_by(&mut self, process: u32) {
        if let Some(watchdog) = &mut self.watchdog {
            drop(watchdog.pipe.write_all(format!("{CHILD}{process}\n").as_bytes()));
        }
    }

    /// Ends the run: deletes its session and its stored files, or keeps them.
    pub(in crate::commands) async fn finish(self, keeps: bool) -> Cleanup {
        let RunGuard { mut journal, backend, watchdog, appearing } = self;
        let keeps = keeps && journal.record().session.is_some();
        let report = if keeps {
            match journal.change(|record| record.state = RunState::Kept) {
                Ok(()) => Cleanup::kept(),
                Err(error) => Cleanup::failed(error),
            }
        } else {
            cleanup::finish(&*backend, journal, appearing).await
        };
        if let Some(watchdog) = watchdog {
            // What is to be kept is not deleted there either.
            watchdog.end(keeps || report.error.is_none());
        }
        report
    }
}

impl Watchdog {
    /// Starts the process.
    fn start(cx: &Cx, record: &RunRecord) -> Result<Self> {
        let failed = |e: std::io::Error| Error::io("starting the process that cleans up", &e);
        let program = std::env::current_exe().map_err(failed)?;
        let mut child = Command::new(program)
            .args(backend_words(cx.flags()))
            .args(["--backend", &record.backend])
            .args(record.agent.iter().flat_map(|agent| ["--agent", agent]))
            .args(["runs", "watch", &record.run])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        match child.stdin.take() {
            Some(pipe) => Ok(Watchdog { child, pipe }),
            None => Err(failed(std::io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Tells the process whether anything is left to do, and leaves it.
    fn end(mut self, is_done: bool) {
        if is_done {
            drop(self.pipe.write_all(format!("{DONE}\n").as_bytes()));
            drop(self.pipe);
            // It ends at once, unless it is stopped.
            let until = Instant::now() + LEAVING;
            while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}
