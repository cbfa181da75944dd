//! `wharf environments`.

use clap::{Args, Subcommand};

use super::Cx;
use super::args::{PagingFlags, ids};
use wharf_client::backend::Feature;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::AgentId;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum EnvironmentsCommand {
    /// List environments
    #[command(visible_alias = "ls")]
    List(EnvironmentsListArgs),
    /// Show environments
    #[command(visible_alias = "show", alias = "retrieve")]
    #[command(after_help = "Example:\n  wharf environments get env_123")]
    Get(EnvironmentsGetArgs),
}

impl EnvironmentsCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        cx.backend()?.require(Feature::Environments)?;
        match self {
            EnvironmentsCommand::List(args) => args.run(cx).await,
            EnvironmentsCommand::Get(args) => args.run(cx).await,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf environments list\n  \
    wharf environments list -q      # ids only, for --environment")]
pub(super) struct EnvironmentsListArgs {
    /// Include archived environments
    #[arg(long)]
    include_archived: bool,

    #[command(flatten)]
    paging: PagingFlags,
}

impl EnvironmentsListArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let environments = cx.backend()?.require_environments()?;
        let fetch = async |page| environments.list(self.include_archived, page).await;
        cx.pages(&self.paging, cx.out.listing(), fetch).await
    }
}

#[derive(Debug, Args)]
pub(super) struct EnvironmentsGetArgs {
    /// Environment ids
    #[arg(value_name = "ENVIRONMENT", required_unless_present = "environment_id")]
    names: Vec<String>,

    /// The same, by the vendor's flag
    #[arg(long, value_name = "ENVIRONMENT", hide = true)]
    environment_id: Vec<String>,
}

impl EnvironmentsGetArgs {
    async fn run(self, cx: &Cx) -> Result<()> {
        let environments = cx.backend()?.require_environments()?;
        let ids: Vec<AgentId> = ids(&self.environment_id, &self.names)?;
        cx.each(&ids, async |id| environments.get(id).await.map_err(missing)).await
    }
}

/// Adds a hint to a `not_found` error: the command that lists environments.
fn missing(error: Error) -> Error {
    if error.kind() == Kind::NotFound { error.hint("`wharf environments list` shows the ids") } else { error }
}
