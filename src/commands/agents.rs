//! `wharf agents`.

use clap::{Args, Subcommand};

use super::Cx;
use super::args::{PagingFlags, ids};
use crate::output::AgentVersionView;
use wharf_client::backend::{AgentQuery, Feature, Page};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::AgentId;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum AgentsCommand {
    /// List agents, or the versions of an agent
    #[command(visible_alias = "ls")]
    List(AgentsListArgs),
    /// Show agents
    #[command(visible_alias = "show", alias = "retrieve")]
    Get(AgentsGetArgs),
}

impl AgentsCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        cx.backend()?.require(Feature::Agents)?;
        match self {
            AgentsCommand::List(args) => args.run(cx).await,
            AgentsCommand::Get(args) => args.run(cx).await,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "With AGENT, -q prints the versions.\n\nExamples:\n  \
    wharf agents list\n  \
    wharf agents list agent_123\n  \
    wharf sessions create --agent \"$(wharf agents list -q | head -n 1)\"")]
pub(super) struct AgentsListArgs {
    /// List the versions of this agent, newest first
    #[arg(value_name = "AGENT", conflicts_with = "agent_id")]
    of: Option<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "AGENT", hide = true)]
    agent_id: Option<String>,

    /// Include archived agents
    #[arg(long, conflicts_with_all = ["of", "agent_id"])]
    include_archived: bool,

    #[arg(long, value_name = "TIME", hide = true, conflicts_with_all = ["of", "agent_id"])]
    created_at_gte: Option<String>,

    #[arg(long, value_name = "TIME", hide = true, conflicts_with_all = ["of", "agent_id"])]
    created_at_lte: Option<String>,

    #[command(flatten)]
    paging: PagingFlags,
}

impl AgentsListArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let agents = backend.require_agents()?;
        if let Some(id) = self.of.or(self.agent_id) {
            let id: AgentId = id.parse()?;
            let fetch = async |page| {
                let Page { items, received, next } = agents.versions(&id, page).await?;
                let items = items.into_iter().map(|version| version.map(AgentVersionView)).collect();
                Ok(Page { items, received, next })
            };
            return cx.pages(&self.paging, cx.out.listing(), fetch).await;
        }
        let query = AgentQuery {
            include_archived: self.include_archived,
            created_from: self.created_at_gte,
            created_until: self.created_at_lte,
        };
        query.features().try_for_each(|feature| backend.require(feature))?;
        cx.pages(&self.paging, cx.out.listing(), async |page| agents.list(&query, page).await).await
    }
}

#[derive(Debug, Args)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  \
    wharf agents get agent_123 --version 2"
)]
pub(super) struct AgentsGetArgs {
    /// Agent ids; on foundry, names
    #[arg(value_name = "AGENT", required_unless_present = "agent_id")]
    names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "AGENT", hide = true)]
    agent_id: Vec<String>,

    /// Show this version [default: the newest]
    #[arg(long = "version", alias = "agent-version", value_name = "VERSION")]
    number: Option<String>,
}

impl AgentsGetArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let agents = cx.backend()?.require_agents()?;
        let ids: Vec<AgentId> = ids(&self.agent_id, &self.names)?;
        if self.number.is_some() && ids.len() > 1 {
            return Err(Error::usage("--version is for one agent")
                .hint("`wharf agents list AGENT` shows the versions of an agent"));
        }
        cx.each(&ids, async |id| agents.get(id, self.number.as_deref()).await.map_err(|error| missing(error, id))).await
    }
}

/// Adds a hint to a `not_found` error: the command that lists agents or versions.
fn missing(error: Error, id: &AgentId) -> Error {
    if error.kind() != Kind::NotFound {
        return error;
    }
    error.hint(format!("`wharf agents list` shows the agents, `wharf agents list {id}` the versions of this one"))
}
