//! `sessions wait`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::commands::Cx;
use crate::commands::args::SessionNames;
use crate::commands::session_name::SessionUse;
use wharf_client::backend::{Backend, Capabilities};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Session, SessionId, SessionStatus};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf sessions wait SESSION --for deleted --timeout 5m")]
pub(in crate::commands) struct SessionsWaitArgs {
    #[command(flatten)]
    pub(super) names: SessionNames,

    /// Status to wait for [default: any in which it can be used]
    #[arg(long = "for", value_name = "STATUS", value_parser = WaitGoal::parse)]
    goal: Option<WaitGoal>,
}

/// The state to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum WaitGoal {
    Usable,
    Status(SessionStatus),
    Deleted,
}

impl WaitGoal {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "deleted" {
            return Ok(WaitGoal::Deleted);
        }
        SessionStatus::from_str(text, true).map(WaitGoal::Status).map_err(|_| {
            let words: Vec<_> = SessionStatus::value_variants().iter().map(|status| status.word()).collect();
            format!("statuses are {}, deleted", words.join(", "))
        })
    }

    fn reached(self, status: SessionStatus, capabilities: &Capabilities) -> bool {
        match self {
            WaitGoal::Usable => capabilities.usable.contains(&status),
            WaitGoal::Status(wanted) => wanted == status,
            WaitGoal::Deleted => false,
        }
    }
}

impl SessionsWaitArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let goal = self.goal.unwrap_or(WaitGoal::Usable);
        let mut seen = Vec::new();
        let ids = cx.sessions(&self.names, SessionUse::Read).await?;
        for id in &ids {
            seen.extend(wait_for(backend, id, goal).await?);
        }
        if goal == WaitGoal::Deleted {
            return Ok(());
        }
        cx.out.objects(ids.len(), &seen, Ok(()))
    }
}

/// Polls until the goal is reached; a deleted session is none.
pub(in crate::commands) async fn wait_for(
    backend: &dyn Backend,
    id: &SessionId,
    goal: WaitGoal,
) -> Result<Option<Session>> {
    let mut pause = Duration::from_millis(100);
    loop {
        let session = match backend.sessions().get(id).await {
            Err(error) if goal == WaitGoal::Deleted && error.kind() == Kind::NotFound => return Ok(None),
            other => other?,
        };
        if goal.reached(session.status, backend.capabilities()) {
            return Ok(Some(session));
        }
        let leaving = session.status == SessionStatus::Deleting && goal != WaitGoal::Deleted;
        if session.status.is_final() || leaving {
            return Err(Error::conflict(format!("session `{id}` is {} and will not change", session.status))
                .hint(format!("see `wharf sessions get {id}`")));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}
