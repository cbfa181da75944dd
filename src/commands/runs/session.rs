//! The session of a run: created once, prepared for the work, and kept or deleted.

use std::time::Duration;

use clap::ValueEnum;
use tokio::time::sleep;

use super::guard::RunGuard;
use crate::commands::Cx;
use crate::commands::cx::Signals;
use crate::commands::sessions::create::{SessionDraft, StagedSession};
use crate::commands::sessions::wait::{WaitGoal, wait_for};
use wharf_client::backend::Feature;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Cleanup, CleanupStatus, Session, SessionId, SessionPath};
use wharf_transfer::cancellation::cancel_error;

/// How long deleting the session may take after `--timeout` ran out; then the watchdog goes on.
const LATE_DELETION: Duration = Duration::from_secs(20);

/// When the session of a run is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::commands) enum KeepPolicy {
    /// It is always deleted
    #[default]
    Never,
    /// It is kept after a failure
    OnFailure,
    /// It is always kept
    Always,
}

impl KeepPolicy {
    /// Returns whether the session is kept.
    pub(in crate::commands) fn keeps(self, has_failed: bool) -> bool {
        match self {
            KeepPolicy::Never => false,
            KeepPolicy::OnFailure => has_failed,
            KeepPolicy::Always => true,
        }
    }
}

impl RunGuard {
    /// Creates the session of the run.
    ///
    /// # Errors
    /// Those of the creation; that of a signal or of `--timeout`.
    pub(in crate::commands) async fn create_session(
        &mut self,
        cx: &Cx,
        mut draft: SessionDraft,
        signals: &mut Signals,
    ) -> Result<Session> {
        cx.unless_stopped(signals, self.mark(&mut draft)).await?;
        let id = draft.session.id.clone();
        let creating = async { Ok(draft.create(cx, |files| self.uploaded(files)).await) };
        let created = cx.unless_stopped(signals, creating).await?;
        self.settle(created, id).await
    }

    /// Creates the session of the run from a draft that was marked and whose files were uploaded.
    ///
    /// # Errors
    /// Those of the creation; that of a signal or of `--timeout`.
    pub(in crate::commands) async fn create_staged(
        &mut self,
        cx: &Cx,
        staged: &mut StagedSession<'_>,
        signals: &mut Signals,
    ) -> Result<Session> {
        self.uploaded(&staged.files)?;
        let id = staged.id().cloned();
        let creating = async { Ok(staged.create(cx).await) };
        let created = cx.unless_stopped(signals, creating).await?;
        self.settle(created, id).await
    }

    /// Ends the run: deletes its session and its stored files, or keeps them and says so. A signal leaves the rest to the
    /// watchdog.
    pub(in crate::commands) async fn clean_up(self, cx: &Cx, signals: &mut Signals, keeps: bool) -> Cleanup {
        let session = self.session().cloned();
        let background =
            |error: Error| error.hint("the session is being deleted in the background: see `wharf runs list`");
        let late = async {
            let error = cx.cancellation.cancelled().await;
            sleep(LATE_DELETION).await;
            Cleanup::failed(background(error))
        };
        let cleanup = tokio::select! {
            cleanup = self.finish(keeps) => cleanup,
            heard = signals.next() => {
                Cleanup::failed(background(cancel_error(heard.signal.kind())))
            }
            cleanup = late => cleanup,
        };
        cx.out.report_fact("Session afterwards", cleanup.status.words());
        if let (CleanupStatus::Kept, Some(session)) = (cleanup.status, session) {
            let delete = Step::DeleteSession { id: Some(session.as_str()), force: false };
            cx.out.note(format!("the session is kept: {session}; delete it: {delete}"));
        }
        cleanup
    }

    /// Notes how the creation of a session with this id ended.
    async fn settle(&mut self, mut created: Result<Session>, id: Option<SessionId>) -> Result<Session> {
        if let (Err(error), Some(id)) = (&created, &id)
            && error.kind() == Kind::Conflict
            && error.tries() > 1
            && self.owns(id)
        {
            // An earlier try has created it, and its answer was lost.
            created = self.backend().sessions().get(id).await;
        }
        match (&created, id) {
            (Ok(session), _) => self.created(session)?,
            // One that was stopped may have reached the service.
            (Err(error), _) if error.is_uncertain() || error.kind().is_stop() => {}
            // A gateway says so of a session that the service created, too.
            (Err(error), Some(id)) if matches!(error.status(), Some(429 | 503)) && self.owns(&id) => {
                match self.backend().sessions().get(&id).await {
                    Ok(session) => self.created(&session)?,
                    Err(_) => self.not_created(),
                }
            }
            (Err(_), _) => self.not_created(),
        }
        created
    }
}

/// Waits until a session that was just created can be used.
///
/// # Errors
/// `conflict` for one that never will be; those of the service.
pub(in crate::commands) async fn wait_until_usable(cx: &Cx, session: &Session) -> Result<()> {
    let backend = cx.backend()?;
    if backend.capabilities().usable.contains(&session.status) {
        return Ok(());
    }
    wait_for(backend, &session.id, WaitGoal::Usable).await.map(drop)
}

/// Creates the directory of results where it lacks. Returns its path.
///
/// # Errors
/// Those of the service.
pub(in crate::commands) async fn make_outputs(cx: &Cx, session: &SessionId) -> Result<String> {
    let backend = cx.backend()?;
    let outputs = backend.capabilities().outputs;
    if backend.capabilities().has(Feature::Mkdir) {
        let at = SessionPath { session: session.clone(), path: outputs.parse()? };
        match backend.require_files()?.ensure_directory(&at, false).await {
            Err(error) if error.kind() != Kind::Conflict => return Err(error),
            _ => {}
        }
    }
    Ok(outputs.to_owned())
}
