//! `wharf files`.

mod change;
mod read;
mod transfer;
mod transfer_flags;

use clap::Subcommand;

use super::Cx;
use wharf_core::error::Result;
use wharf_core::model::Target;
use wharf_transfer::download::Wanted;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum FilesCommand {
    /// Puts files and trees into a session, or into the workspace's file store
    Upload(transfer::FilesUploadArgs),
    /// Fetches files and trees
    #[command(visible_alias = "get")]
    Download(transfer::FilesDownloadArgs),
    /// Lists a session's files, or the stored files
    #[command(visible_alias = "list")]
    Ls(read::FilesLsArgs),
    /// Prints what is known of files
    #[command(alias = "retrieve-metadata")]
    Stat(read::FilesStatArgs),
    /// Prints what files hold
    Cat(read::FilesCatArgs),
    /// Makes directories
    Mkdir(change::FilesMkdirArgs),
    /// Moves a file or a directory inside one session
    Mv(change::FilesMvArgs),
    /// Removes files and directories
    #[command(visible_alias = "delete", arg = change::raw_output())]
    Rm(change::FilesRmArgs),
}

impl FilesCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            FilesCommand::Upload(args) => args.run(cx).await,
            FilesCommand::Download(args) => args.run(cx).await,
            FilesCommand::Ls(args) => args.run(cx).await,
            FilesCommand::Stat(args) => args.run(cx).await,
            FilesCommand::Cat(args) => args.run(cx).await,
            FilesCommand::Mkdir(args) => args.run(cx).await,
            FilesCommand::Mv(args) => args.run(cx).await,
            FilesCommand::Rm(args) => args.run(cx).await,
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
