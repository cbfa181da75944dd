//! `wharf files`.

mod change;
mod how;
mod read;
mod transfer;

use clap::Subcommand;

use super::Cx;
use wharf_core::error::Result;
use wharf_core::model::Target;
use wharf_transfer::download::Wanted;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Puts files and trees into a session, or into the workspace's file store
    Upload(transfer::Upload),
    /// Fetches files and trees
    #[command(visible_alias = "get")]
    Download(transfer::Download),
    /// Lists a session's files, or the stored files
    #[command(visible_alias = "list")]
    Ls(read::Ls),
    /// Prints what is known of files
    #[command(alias = "retrieve-metadata")]
    Stat(read::Stat),
    /// Prints what files hold
    Cat(read::Cat),
    /// Makes directories
    Mkdir(change::Mkdir),
    /// Moves a file or a directory inside one session
    Mv(change::Mv),
    /// Removes files and directories
    #[command(visible_alias = "delete")]
    Rm(change::Rm),
}

impl Verb {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            Verb::Upload(args) => args.run(cx).await,
            Verb::Download(args) => args.run(cx).await,
            Verb::Ls(args) => args.run(cx).await,
            Verb::Stat(args) => args.run(cx).await,
            Verb::Cat(args) => args.run(cx).await,
            Verb::Mkdir(args) => args.run(cx).await,
            Verb::Mv(args) => args.run(cx).await,
            Verb::Rm(args) => args.run(cx).await,
        }
    }
}

/// What each target means.
fn targets<'a>(cx: &Cx, names: impl IntoIterator<Item = &'a String>) -> Result<Vec<Wanted>> {
    names
        .into_iter()
        .map(|name| match Target::parse(name)? {
            Target::Session { session, path } => cx.at(session, &path).map(Wanted::Session),
            Target::Stored(id) => Ok(Wanted::Stored(id)),
        })
        .collect()
}
