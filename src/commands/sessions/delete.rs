//! `sessions delete`.

use clap::Args;

use super::labels;
use crate::backend::{Backend, Feature, PageRequest, SessionQuery};
use crate::commands::{Cx, question};
use crate::error::{Error, Kind, Result};
use crate::model::receipt::Deleted;
use crate::model::{Deletion, Session, SessionId};
use crate::output::Record;
use crate::transfer::tally::Tally;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions delete SESSION\n  \
    wharf sessions delete --label team=blue --dry-run\n  \
    wharf sessions delete --label team=blue --yes --missing-ok")]
pub(in crate::commands) struct Delete {
    /// The sessions' ids
    #[arg(value_name = "SESSION", required_unless_present_any = ["label", "session_id"])]
    names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Vec<String>,

    /// All sessions with this label; may be given several times
    #[arg(long, value_name = "K=V", conflicts_with_all = ["names", "session_id"])]
    label: Vec<String>,

    /// Do not ask before deleting by label
    #[arg(short, long)]
    yes: bool,

    /// Print what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,

    /// A session that is not there is no failure
    #[arg(long)]
    missing_ok: bool,

    /// Interrupt a session that is running
    #[arg(long)]
    force: bool,
}

impl Delete {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let ids = if self.label.is_empty() {
            self.session_id.iter().chain(&self.names).map(|name| name.parse()).collect::<Result<Vec<SessionId>>>()?
        } else {
            let ids = self.select(backend).await?;
            if ids.is_empty() && !self.missing_ok {
                return Err(Error::new(
                    Kind::NoMatch,
                    format!("no session has these labels: {}", self.label.join(", ")),
                )
                .hint("add --missing-ok if that is fine"));
            }
            if !self.dry_run && !self.yes && !ids.is_empty() {
                confirm(cx, ids.len(), &self.label).await?;
            }
            ids
        };
        let mut tally = Tally::default();
        let mut listing = cx.out.listing().regardless();
        for id in ids {
            let result = if self.dry_run {
                backend.sessions().get(&id).await.map(|_| false)
            } else {
                backend.sessions().delete(&id, self.force).await.map(|()| true)
            };
            match result {
                Ok(deleted) => {
                    listing.push(&Deletion { what: Deleted::Id(id.to_string()), deleted })?;
                    tally.done();
                }
                Err(error) if error.kind() == Kind::NotFound && self.missing_ok => {
                    listing.push(&Deletion { what: Deleted::Id(id.to_string()), deleted: false })?;
                    tally.done();
                }
                Err(error) => tally.failed(error),
            }
        }
        let settled = backend.settle().await;
        listing.conclude(settled.and(tally.verdict(Session::NOUN)))
    }

    async fn select(&self, backend: &dyn Backend) -> Result<Vec<SessionId>> {
        backend.require(Feature::SessionLabels)?;
        let query = SessionQuery { labels: labels(&self.label)?, ..SessionQuery::default() };
        let mut ids = Vec::new();
        let mut page = PageRequest::default();
        loop {
            let part = backend.sessions().list(&query, page).await?;
            ids.extend(part.items.into_iter().map(|session| session.id));
            match part.next {
                Some(cursor) => page = PageRequest { cursor: Some(cursor), limit: None },
                None => return Ok(ids),
            }
        }
    }
}

/// Asks at a terminal; elsewhere nobody could answer.
async fn confirm(cx: &Cx, count: usize, labels: &[String]) -> Result<()> {
    let sessions = if count == 1 { "session" } else { "sessions" };
    let what = format!("{count} {sessions} with {}", labels.join(", "));
    if !question::can_ask() {
        return Err(Error::usage(format!("this would delete {what}"))
            .hint("add --yes to delete them, or --dry-run to see them"));
    }
    if question::is_agreed(cx, &format!("Delete {what}?")).await? {
        Ok(())
    } else {
        Err(Error::conflict("nothing was deleted").hint("answer `y`, or add --yes"))
    }
}
