//! `files sync`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::super::session_name::SessionUse;
use super::super::{Cx, question};
use super::transfer::{end, remote};
use super::transfer_flags::{SharedFlags, record};
use crate::output::ReportFormat;
use wharf_client::backend::Feature;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Receipt, RemotePath, Target};
use wharf_core::platform::shown;
use wharf_transfer::plan::LocalSource;
use wharf_transfer::sync::{SyncOptions, SyncPlan};
use wharf_transfer::{IfExists, Transfer, TransferOptions};

#[derive(Debug, Args)]
#[command(after_help = "One of SOURCE and DEST is SESSION:PATH, the other a local directory. What is\n\
    equal stays; what the filter excludes is neither transferred nor deleted.\n\n\
    Examples:\n  \
    wharf files sync ./site SESSION:/site --delete --dry-run\n  \
    wharf files sync ./site SESSION:/site --delete --max-delete 20\n  \
    wharf files sync SESSION:/results ./results --exclude '*.tmp'")]
pub(in crate::commands) struct FilesSyncArgs {
    /// Directory to copy
    #[arg(value_name = "SOURCE", value_hint = ValueHint::DirPath)]
    source: OsString,

    /// Directory that becomes its copy
    #[arg(value_name = "DEST", value_hint = ValueHint::DirPath)]
    dest: OsString,

    /// Delete what SOURCE lacks, after all transfers have succeeded
    #[arg(long)]
    delete: bool,

    /// Fail before anything is changed if more than N entries would be deleted
    #[arg(long, value_name = "N", requires = "delete")]
    max_delete: Option<u64>,

    /// Do not ask before everything is deleted because SOURCE is empty
    #[arg(short, long, requires = "delete")]
    yes: bool,

    /// Compare contents instead of times
    #[arg(long)]
    checksum: bool,

    /// Do not wait for new output files to appear
    #[arg(long)]
    no_settle: bool,

    #[command(flatten)]
    shared: SharedFlags,
}

/// Source and destination as they were typed.
enum Direction {
    Upload { source: OsString, to: String },
    Download { from: String, to: PathBuf },
}

impl FilesSyncArgs {
    pub(super) fn report(&self) -> Option<ReportFormat> {
        self.shared.report.report
    }

    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let direction = self.direction()?;
        let backend = cx.backend()?;
        backend.require_files()?;
        let local = match &direction {
            Direction::Upload { source, .. } => Path::new(source).to_owned(),
            Direction::Download { to, .. } => to.clone(),
        };
        if let Direction::Upload { .. } = direction {
            backend.require(Feature::SyncUpload)?;
        } else if self.delete {
            check_home(cx, &local)?;
        }
        let options = TransferOptions {
            if_exists: IfExists::Overwrite,
            checksum: self.checksum,
            no_settle: self.no_settle,
            ..self.shared.options(cx)?
        };
        let mut journal = self.shared.journal(cx, &[("the local directory", &local)])?;
        let options = TransferOptions { reserved: self.shared.reserved(), ..options };
        let (cancellation, names) = (&cx.cancellation, [shown(&self.source)]);
        let how = SyncOptions { delete: self.delete, max_delete: self.max_delete };
        let (plan, at) = match direction {
            Direction::Upload { source, to } => {
                let source = LocalSource::look(&source, None)?;
                let usage = if self.shared.dry_run { SessionUse::Rehearse } else { SessionUse::Change("Sync to") };
                let to = cx.session_path(&to, usage).await?;
                let known = cx.synced_files(&to);
                let watch = cx.out.watch(&names);
                let transfer = Transfer { backend, options: &options, observer: &watch, cancellation };
                (transfer.plan_sync_upload(source, to.clone(), &how, known).await?, to)
            }
            Direction::Download { from, to } => {
                let from = cx.session_path(&from, SessionUse::Read).await?;
                let known = cx.synced_files(&from);
                let watch = cx.out.watch(&names);
                let transfer = Transfer { backend, options: &options, observer: &watch, cancellation };
                (transfer.plan_sync_download(from.clone(), to, &how, known).await?, from)
            }
        };
        // Nothing is drawn over a question, and the time until the answer is not that of the transfer.
        self.confirm(cx, &plan).await?;
        let watch = cx.out.watch(&names);
        let transfer = Transfer { backend, options: &options, observer: &watch, cancellation };
        let mut listing = cx.out.listing().ignore_closed_stdout().summarized_by(&watch);
        let mut receipts = |receipt: &Receipt| record(cx, &mut journal, &mut listing, receipt);
        let mut records = Vec::new();
        let changing = |paths: &[RemotePath]| cx.invalidate_synced(&at.session, paths);
        let verdict = transfer.sync(plan, &mut receipts, &changing, &mut records).await;
        cx.record_synced(&at.session, records);
        // The receipts are complete even if the verdict is an error, and the summary comes last.
        let verdict = listing.conclude(verdict);
        drop(watch);
        end(journal, verdict)
    }

    /// Returns which argument is a path in a session.
    fn direction(&self) -> Result<Direction> {
        let is_remote = |arg: &OsString| Target::is_session_path(&arg.to_string_lossy());
        let (source, dest) = (&self.source, &self.dest);
        if let Some(name) =
            [("SOURCE", source), ("DEST", dest)].iter().find_map(|(name, arg)| arg.is_empty().then_some(name))
        {
            return Err(Error::usage(format!("{name} is empty")).hint("is a variable unset, such as \"$SESSION\"?"));
        }
        if [source, dest].contains(&&OsString::from("-")) {
            return Err(Error::usage("a sync is of two directories, not of `-`")
                .hint("`files upload` reads stdin, and `files download` writes to stdout"));
        }
        match (is_remote(source), is_remote(dest)) {
            (false, true) => Ok(Direction::Upload { source: source.clone(), to: remote(dest)? }),
            (true, false) => Ok(Direction::Download { from: remote(source)?, to: dest.into() }),
            (true, true) => Err(Error::usage("SOURCE and DEST are both in a session")
                .hint("sync one to a local directory, and that to the other")),
            (false, false) => Err(Error::usage("SOURCE and DEST are both local")
                .hint("one of them is a path in a session: `SESSION:/PATH`; for two local directories use rsync")),
        }
    }

    /// Asks before everything at the destination is deleted because the source is empty, unless the user expects that.
    async fn confirm(&self, cx: &Cx, plan: &SyncPlan) -> Result<()> {
        let is_expected = self.yes || self.shared.dry_run || self.max_delete.is_some();
        if is_expected || !plan.is_source_empty() || plan.deletions() == 0 {
            return Ok(());
        }
        let entries = if plan.deletions() == 1 { "entry" } else { "entries" };
        let (source, dest) = (shown(&self.source), shown(&self.dest));
        let what = format!("{} {entries} of `{dest}`, since `{source}` has no files", plan.deletions());
        let names: Vec<_> = plan.deleted_names().collect();
        question::confirm_deletion_of(cx, &what, &names.iter().map(String::as_str).collect::<Vec<_>>()).await
    }
}

/// Fails if wharf's own directory would be deleted as a part of the destination.
fn check_home(cx: &Cx, dest: &Path) -> Result<()> {
    let (Ok(home), Ok(real)) = (cx.settings()?.home(), dest.canonicalize()) else { return Ok(()) };
    match home.canonicalize() {
        Ok(home) if home.starts_with(&real) => {
            Err(Error::usage(format!("--delete would delete WHARF_HOME, which is in DEST: `{}`", shown(&home)))
                .hint("choose another DEST, or another WHARF_HOME"))
        }
        _ => Ok(()),
    }
}
