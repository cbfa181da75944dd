//! `files mkdir`, `files mv` and `files rm`.

use clap::{Arg, ArgAction, Args};
use futures_util::StreamExt;

use super::super::Cx;
use super::super::session_name::SessionUse;
use super::targets::targets;
use crate::output::Listing;
use wharf_client::backend::{Backend, Feature, MkdirOptions};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::receipt::DeletionTarget;
use wharf_core::model::target::names_directory;
use wharf_core::model::{Deletion, EntryKind, SessionPath};
use wharf_core::verdict::Verdict;
use wharf_transfer::download::FileTarget;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf files mkdir SESSION:/data/in SESSION:/data/out")]
pub(in crate::commands) struct FilesMkdirArgs {
    /// Paths in sessions; parents are created as needed
    #[arg(value_name = "TARGET", required = true)]
    targets: Vec<String>,

    /// Permission bits in octal
    #[arg(long, value_name = "MODE", value_parser = read_mode)]
    mode: Option<u32>,

    /// Fail if a parent is missing or the directory exists
    #[arg(long)]
    no_parents: bool,

    /// Accepted for compatibility: parents are always created
    #[arg(short = 'p', hide = true)]
    parents: bool,
}

fn read_mode(text: &str) -> Result<u32, String> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o7777 => Ok(mode),
        _ => Err(format!("invalid mode {text:?}: use octal digits, such as 755")),
    }
}

impl FilesMkdirArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        backend.require(Feature::Mkdir)?;
        if self.mode.is_some() {
            backend.require(Feature::MkdirMode)?;
        }
        let options = MkdirOptions { parents: !self.no_parents, mode: self.mode, bulk: false };
        let mut paths = Vec::new();
        for target in &self.targets {
            paths.push(cx.session_path(target, SessionUse::Change("Create directories in")).await?);
        }
        let mut verdict = Verdict::default();
        let mut listing = cx.out.listing().ignore_closed_stdout();
        for at in &paths {
            match backend.require_files()?.mkdir(at, options).await {
                Ok(entry) => {
                    listing.push(&entry)?;
                    verdict.succeeded();
                }
                Err(error) => verdict.failed(error),
            }
        }
        let flushed = backend.flush().await;
        listing.conclude(flushed.and(verdict.into_result("directories")))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "A file at the new path is replaced; a directory there is an error, unless the\n\
    path ends in a slash: then the source is moved into it.\n\n\
    Example:\n  wharf files mv SESSION:/draft.md SESSION:/done/")]
pub(in crate::commands) struct FilesMvArgs {
    /// File or directory to move
    #[arg(value_name = "FROM")]
    from: String,

    /// New path in the same session
    #[arg(value_name = "TO")]
    to: String,
}

impl FilesMvArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        backend.require(Feature::Move)?;
        let usage = SessionUse::Change("Move files in");
        let from = cx.session_path(&self.from, usage).await?;
        let mut to = cx.session_path(&self.to, usage).await?;
        if from.path.is_root() {
            return Err(Error::conflict("the root of a session cannot be moved").hint("move its contents"));
        }
        if from.session != to.session {
            return Err(Error::new(Kind::Unsupported, "a move stays inside one session")
                .hint("download and upload it: `wharf files download A:/x - | wharf files upload - B:/x`"));
        }
        if names_directory(self.to.split_once(':').map_or("", |(_, path)| path)) {
            to = to.at(to.path.join(from.path.name()));
        }
        cx.forget_synced_below(&[from.clone(), to.clone()]);
        let entry = backend.require_files()?.rename(&from, &to.path).await?;
        backend.flush().await?;
        let mut listing = cx.out.listing().ignore_closed_stdout();
        listing.push(&entry)?;
        listing.finish()
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  wharf files rm SESSION:/tmp -r\n  wharf files rm file_123 file_456")]
pub(in crate::commands) struct FilesRmArgs {
    /// Paths in sessions, or ids of stored files
    #[arg(value_name = "TARGET", required_unless_present = "file_id")]
    targets: Vec<String>,

    /// A stored file, by the vendor's flag
    #[arg(long, value_name = "FILE_ID", hide = true)]
    file_id: Vec<String>,

    /// Remove directories and their contents
    #[arg(short, long)]
    recursive: bool,

    /// Succeed if a target does not exist
    #[arg(short, long)]
    force: bool,

    /// Print what would be removed without removing it
    #[arg(long)]
    dry_run: bool,
}

/// Returns the global flag without its short name, because `-r` means recursive in `files rm`.
pub(super) fn raw_output() -> Arg {
    let flag = Arg::new("raw_output").long("raw-output").action(ArgAction::SetTrue);
    flag.display_order(100).help("Print strings selected by --transform without quotes")
}

impl FilesRmArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let names: Vec<_> = self.file_id.iter().chain(&self.targets).cloned().collect();
        let usage = if self.dry_run { SessionUse::Rehearse } else { SessionUse::DeleteIn("Remove files from", &names) };
        let wanted = targets(cx, &names, usage).await?;
        for one in &wanted {
            if let FileTarget::Session(SessionPath { path, .. }) = one
                && path.is_root()
            {
                return Err(Error::usage("the root of a session cannot be removed")
                    .hint("name what is in it, or delete the session: `wharf sessions delete`"));
            }
        }
        if !self.dry_run {
            let paths = wanted.iter().filter_map(|one| match one {
                FileTarget::Session(at) => Some(at.clone()),
                FileTarget::Stored(_) => None,
            });
            cx.forget_synced_below(&paths.collect::<Vec<_>>());
        }
        let mut verdict = Verdict::default();
        let mut listing = cx.out.listing().ignore_closed_stdout();
        let mut gone = Vec::new();
        for one in &wanted {
            match self.remove(backend, one, &mut listing).await {
                Ok(()) => {
                    verdict.succeeded();
                    if let FileTarget::Stored(id) = one {
                        gone.push(id.clone());
                    }
                }
                Err(error) => verdict.failed(error),
            }
        }
        if !self.dry_run {
            cx.forget_uploads(&gone);
        }
        let flushed = backend.flush().await;
        listing.conclude(flushed.and(verdict.into_result("targets")))
    }

    async fn remove(
        &self,
        backend: &dyn Backend,
        wanted: &FileTarget,
        listing: &mut Listing<'_, Deletion>,
    ) -> Result<()> {
        let removed = match wanted {
            FileTarget::Session(at) if self.dry_run => self.rehearse(backend, at).await,
            FileTarget::Session(at) => backend.require_files()?.remove(at, self.recursive).await,
            FileTarget::Stored(id) if self.dry_run => backend.require_store()?.get(id).await.map(drop),
            FileTarget::Stored(id) => backend.require_store()?.delete(id).await,
        };
        let missing = match removed {
            Ok(()) => false,
            Err(error) if self.force && error.kind() == Kind::NotFound => true,
            Err(error) => return Err(error),
        };
        let what = match wanted {
            FileTarget::Session(at) => DeletionTarget::Path { session: at.session.clone(), path: at.path.clone() },
            FileTarget::Stored(id) => DeletionTarget::Id(id.to_string()),
        };
        listing.push(&Deletion { what, deleted: !missing && !self.dry_run, missing })
    }

    /// Fails if the removal would fail.
    async fn rehearse(&self, backend: &dyn Backend, at: &SessionPath) -> Result<()> {
        let files = backend.require_files()?;
        let entry = files.stat(at).await?;
        if entry.kind == EntryKind::Directory && !self.recursive && files.list(at, false).await?.next().await.is_some()
        {
            return Err(Error::conflict(format!("directory is not empty: `{at}`"))
                .hint("add -r to remove it with its contents"));
        }
        files.check_remove(at).await
    }
}
