//! `wharf sessions`.

pub(super) mod age;
mod confirm;
pub(super) mod create;
mod delete;
mod events;
mod label;
mod label_flags;
mod logs;
mod update;
pub(super) mod wait;

use clap::{Args, Subcommand};

use self::age::OlderThan;
use self::label_flags::labels;
use super::Cx;
use super::args::{CHOSEN_SESSION, PagingFlags, SessionNames};
use super::session_name::SessionUse;
use wharf_client::backend::{Backend, Feature, SessionFilters, SessionQuery};
use wharf_core::error::Result;
use wharf_core::model::{Session, SessionId, SessionStatus};

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum SessionsCommand {
    /// Create a session
    #[command(after_help = "If stdin is a pipe or a file, a YAML or JSON document is read from it.\n\n\
        Examples:\n  \
        wharf sessions create --title nightly --label team=blue --ttl 2h\n  \
        wharf sessions create --resource @./data.csv:/in/data.csv\n  \
        id=$(wharf sessions create -q </dev/null)")]
    Create(create::SessionsCreateArgs),
    /// List sessions, newest first
    #[command(visible_alias = "ls")]
    List(SessionsListArgs),
    /// Show sessions
    #[command(visible_alias = "show", alias = "retrieve")]
    #[command(after_help = "Example:\n  wharf sessions get SESSION --transform status -r")]
    Get(SessionNames),
    /// Set, change and remove labels
    Label(label::SessionsLabelArgs),
    /// Change the title and labels of a session
    Update(update::SessionsUpdateArgs),
    /// Wait until sessions can be used, or have a status
    Wait(wait::SessionsWaitArgs),
    /// Reset the idle timer of sessions
    #[command(after_help = "Example:\n  wharf sessions touch SESSION")]
    Touch(SessionNames),
    /// List what happened in a session, or follow it
    Events(events::SessionsEventsArgs),
    /// Print what the programs of an agent write beside its answers
    Logs(logs::SessionsLogsArgs),
    /// Stop what the agents of sessions do; the sessions stay
    #[command(after_help = "Example:\n  wharf sessions interrupt SESSION")]
    Interrupt(SessionNames),
    /// Answer an agent that asks whether a tool may run
    Confirm(confirm::SessionsConfirmArgs),
    /// Stop sessions; their files are kept
    #[command(after_help = "Example:\n  wharf sessions stop SESSION")]
    Stop(SessionNames),
    /// Archive sessions; only their history is kept
    #[command(after_help = "Example:\n  wharf sessions archive SESSION")]
    Archive(SessionNames),
    /// Delete sessions and all their files
    #[command(visible_alias = "rm")]
    Delete(delete::SessionsDeleteArgs),
}

impl SessionsCommand {
    /// Returns whether a SESSION argument is `:`, the session of `--session` or `WHARF_SESSION`.
    pub(super) fn takes_session(&self) -> bool {
        match self {
            SessionsCommand::Get(names) | SessionsCommand::Touch(names) | SessionsCommand::Interrupt(names) => {
                names.all().any(|name| name == CHOSEN_SESSION)
            }
            SessionsCommand::Wait(args) => args.names.all().any(|name| name == CHOSEN_SESSION),
            SessionsCommand::Events(args) => args.target() == CHOSEN_SESSION,
            SessionsCommand::Logs(args) => args.target == CHOSEN_SESSION,
            SessionsCommand::Confirm(args) => args.target == CHOSEN_SESSION,
            _ => false,
        }
    }

    /// Returns whether the verb can change which sessions are listed, or as what.
    pub(super) fn changes_lists(&self) -> bool {
        match self {
            SessionsCommand::List(_)
            | SessionsCommand::Get(_)
            | SessionsCommand::Wait(_)
            | SessionsCommand::Events(_)
            | SessionsCommand::Logs(_)
            | SessionsCommand::Touch(_)
            | SessionsCommand::Interrupt(_)
            | SessionsCommand::Confirm(_) => false,
            SessionsCommand::Create(_)
            | SessionsCommand::Label(_)
            | SessionsCommand::Update(_)
            | SessionsCommand::Stop(_)
            | SessionsCommand::Archive(_)
            | SessionsCommand::Delete(_) => true,
        }
    }

    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            SessionsCommand::Create(args) => args.run(cx).await,
            SessionsCommand::List(args) => args.run(cx).await,
            SessionsCommand::Get(names) => {
                let ids = cx.sessions(&names, SessionUse::Read).await?;
                let backend = cx.backend()?;
                cx.each(&ids, async |id| backend.sessions().get(id).await).await
            }
            SessionsCommand::Label(args) => args.run(cx).await,
            SessionsCommand::Update(args) => args.run(cx).await,
            SessionsCommand::Wait(args) => args.run(cx).await,
            SessionsCommand::Touch(names) => {
                each(cx, &names, Feature::SessionTouch, "Touch", async |backend, id| backend.sessions().touch(id).await)
                    .await
            }
            SessionsCommand::Events(args) => args.run(cx).await,
            SessionsCommand::Logs(args) => args.run(cx).await,
            SessionsCommand::Confirm(args) => args.run(cx).await,
            SessionsCommand::Interrupt(names) => {
                each(cx, &names, Feature::Interrupt, "Interrupt", async |backend, id| {
                    backend.sessions().interrupt(id).await
                })
                .await
            }
            SessionsCommand::Stop(names) => {
                cx.backend()?.require(Feature::SessionStop)?;
                let ids = cx.named_sessions(&names, SessionUse::Change("Stop")).await?;
                let backend = cx.backend()?;
                cx.each(&ids, async |id| backend.sessions().stop(id).await).await
            }
            SessionsCommand::Archive(names) => {
                cx.backend()?.require(Feature::SessionArchive)?;
                let ids = cx.named_sessions(&names, SessionUse::Change("Archive")).await?;
                let backend = cx.backend()?;
                cx.each(&ids, async |id| backend.sessions().archive(id).await).await
            }
            SessionsCommand::Delete(args) => args.run(cx).await,
        }
    }
}

/// Applies `work`, which needs a feature, to each session.
async fn each(
    cx: &Cx,
    names: &SessionNames,
    feature: Feature,
    doing: &'static str,
    work: impl AsyncFn(&dyn Backend, &SessionId) -> Result<Session>,
) -> Result<()> {
    let backend = cx.backend()?;
    backend.require(feature)?;
    let ids = cx.sessions(names, SessionUse::Change(doing)).await?;
    cx.each(&ids, async |id| work(backend, id).await).await
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions list --label team=blue --status running\n  \
    wharf sessions list --older-than 7d -q\n  \
    wharf sessions list -q | xargs -n 1 wharf sessions touch")]
pub(super) struct SessionsListArgs {
    /// Only sessions with this label; can be repeated
    #[arg(long, value_name = "K=V")]
    label: Vec<String>,

    /// Only sessions with this status; can be repeated
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Vec<SessionStatus>,

    /// Only sessions created this long ago or longer, such as 7d
    #[arg(long, value_name = "TIME", value_parser = OlderThan::parse)]
    older_than: Option<OlderThan>,

    #[command(flatten)]
    filters: ProviderFilters,

    #[command(flatten)]
    paging: PagingFlags,
}

// Filters that only the service knows, by the vendor's flags.
#[derive(Debug, Args)]
struct ProviderFilters {
    /// Include archived sessions
    #[arg(long)]
    include_archived: bool,

    #[arg(long, value_name = "ID", hide = true)]
    agent_id: Option<String>,

    #[arg(long, value_name = "N", hide = true, requires = "agent_id")]
    agent_version: Option<String>,

    #[arg(long, value_name = "TIME", hide = true)]
    created_at_gt: Option<String>,

    #[arg(long, value_name = "TIME", hide = true)]
    created_at_gte: Option<String>,

    #[arg(long, value_name = "TIME", hide = true)]
    created_at_lt: Option<String>,

    #[arg(long, value_name = "TIME", hide = true)]
    created_at_lte: Option<String>,

    #[arg(long, value_name = "ID", hide = true)]
    deployment_id: Option<String>,

    #[arg(long, value_name = "ID", hide = true)]
    memory_store_id: Option<String>,

    #[arg(long, value_name = "ORDER", hide = true, value_parser = ["asc", "desc"])]
    order: Option<String>,
}

impl ProviderFilters {
    fn filters(self) -> SessionFilters {
        SessionFilters {
            include_archived: self.include_archived,
            agent: self.agent_id,
            agent_version: self.agent_version,
            created_after: self.created_at_gt,
            created_from: self.created_at_gte,
            created_before: self.created_at_lt,
            created_until: self.created_at_lte,
            deployment: self.deployment_id,
            memory_store: self.memory_store_id,
            order: self.order,
        }
    }
}

impl SessionsListArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let query =
            SessionQuery { labels: labels(&self.label)?, statuses: self.status, filters: self.filters.filters() };
        query.features().try_for_each(|feature| backend.require(feature))?;
        let mut age = self.older_than.as_ref().map(OlderThan::filter).transpose()?;
        let listed = cx.pages(&self.paging, cx.out.listing(), async |page| {
            let mut page = backend.sessions().list(&query, page).await?;
            if let Some(age) = &mut age {
                // One that cannot be read may be as old.
                page.items.retain(|session| session.as_ref().map_or(true, |session| age.wants(session)));
            }
            Ok(page)
        });
        let listed = listed.await;
        if let Some(age) = age {
            age.note_unknown(cx);
        }
        listed
    }
}
