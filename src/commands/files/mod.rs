//! `wharf files`.

mod change;
mod read;
mod sync;
mod targets;
mod transfer;
mod transfer_flags;

use clap::Subcommand;

use super::Cx;
use crate::output::ReportFormat;
use wharf_core::error::Result;

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum FilesCommand {
    /// Upload files and directories to a session or the file store
    Upload(transfer::FilesUploadArgs),
    /// Download files and directories
    #[command(visible_alias = "get")]
    Download(transfer::FilesDownloadArgs),
    /// Make a directory equal to one in a session, or the other way
    Sync(sync::FilesSyncArgs),
    /// List the files of a session, or stored files
    #[command(visible_alias = "list")]
    Ls(read::FilesLsArgs),
    /// Show metadata of files
    #[command(alias = "retrieve-metadata")]
    Stat(read::FilesStatArgs),
    /// Print file contents
    Cat(read::FilesCatArgs),
    /// Create directories
    Mkdir(change::FilesMkdirArgs),
    /// Move a file or directory within a session
    Mv(change::FilesMvArgs),
    /// Remove files and directories
    #[command(visible_alias = "delete", arg = change::raw_output())]
    Rm(change::FilesRmArgs),
}

impl FilesCommand {
    /// Returns the CI system that the command reports to.
    pub(super) fn report(&self) -> Option<ReportFormat> {
        match self {
            FilesCommand::Upload(args) => args.report(),
            FilesCommand::Download(args) => args.report(),
            FilesCommand::Sync(args) => args.report(),
            _ => None,
        }
    }

    /// Returns whether the verb can change which files are listed.
    pub(super) fn changes_lists(&self) -> bool {
        match self {
            FilesCommand::Download(_) | FilesCommand::Ls(_) | FilesCommand::Stat(_) | FilesCommand::Cat(_) => false,
            FilesCommand::Upload(_)
            | FilesCommand::Sync(_)
            | FilesCommand::Mkdir(_)
            | FilesCommand::Mv(_)
            | FilesCommand::Rm(_) => true,
        }
    }

    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            FilesCommand::Upload(args) => args.run(cx).await,
            FilesCommand::Download(args) => args.run(cx).await,
            FilesCommand::Sync(args) => args.run(cx).await,
            FilesCommand::Ls(args) => args.run(cx).await,
            FilesCommand::Stat(args) => args.run(cx).await,
            FilesCommand::Cat(args) => args.run(cx).await,
            FilesCommand::Mkdir(args) => args.run(cx).await,
            FilesCommand::Mv(args) => args.run(cx).await,
            FilesCommand::Rm(args) => args.run(cx).await,
        }
    }
}
