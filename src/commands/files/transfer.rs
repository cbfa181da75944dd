//! `files upload` and `files download`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueHint};

use super::super::Cx;
use super::super::session_name::SessionUse;
use super::targets::targets;
use super::transfer_flags::{TransferFlags, bytes, record};
use crate::output::{ReceiptFile, ReportFormat};
use wharf_client::backend::{Feature, NewStoredFile};
use wharf_core::body;
use wharf_core::config::duration;
use wharf_core::error::{Error, Result};
use wharf_core::model::target::names_directory;
use wharf_core::model::{Outcome, Receipt, SessionId, SessionPath, Target};
use wharf_core::platform::names::NameRules;
use wharf_core::platform::shown;
use wharf_transfer::plan::{self, Destination, LocalSource};
use wharf_transfer::reuse::NamedUploads;
use wharf_transfer::{IfExists, Transfer, TransferOptions};

/// The number of uploads that are recorded at once while a transfer runs.
const LOGGED: usize = 64;

#[derive(Debug, Args)]
#[command(after_help = "The contents of one directory go to DEST. One file goes to DEST, or into it if\n\
    DEST ends in a slash. Several sources go into DEST under their names. Without\n\
    DEST, files go to the file store of the workspace.\n\n\
    Examples:\n  \
    wharf files upload ./data SESSION:/data\n  \
    wharf files upload a.csv b.csv SESSION:/in\n  \
    tar c . | wharf files upload - SESSION:/src/ --untar\n  \
    id=$(wharf files upload report.csv -q)")]
pub(in crate::commands) struct FilesUploadArgs {
    /// Files and directories (- for stdin), then the destination SESSION:PATH
    #[arg(value_name = "SOURCE... [DEST]", required_unless_present = "file", value_hint = ValueHint::AnyPath)]
    args: Vec<OsString>,

    /// A source, by the vendor's flag; can be repeated
    #[arg(long, value_name = "LOCAL", hide = true, value_hint = ValueHint::FilePath)]
    file: Vec<OsString>,

    /// Put each source into this directory under its own name
    #[arg(long, value_name = "SESSION:DIR")]
    into: Option<String>,

    /// Name for a source that has none, such as stdin
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Media type of the stored file [default: from its name]
    #[arg(long, value_name = "TYPE")]
    mime_type: Option<String>,

    /// Delete the stored file after this time, such as 36h or 30d
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    expires_in: Option<Duration>,

    /// Upload again what was uploaded before, is unchanged and is still stored
    #[arg(long)]
    no_reuse: bool,

    /// Download each file again to compare hashes if the backend reports none
    #[arg(long)]
    verify: bool,

    /// Unpack a tar archive, which gzip may have compressed, below DEST
    #[arg(long, conflicts_with_all = ["into", "name", "mime_type", "file"])]
    untar: bool,

    #[command(flatten)]
    transfer: TransferFlags,
}

impl FilesUploadArgs {
    pub(super) fn report(&self) -> Option<ReportFormat> {
        self.transfer.shared.report.report
    }

    pub(super) async fn run(mut self, cx: &Cx) -> Result<()> {
        let to = self.destination()?;
        let mut names = std::mem::take(&mut self.file);
        names.append(&mut self.args);
        check_sources(&names, self.name.is_some())?;
        if to.is_some() && self.mime_type.is_some() {
            return Err(Error::usage("--mime-type is for stored files").hint("leave out DEST, or --mime-type"));
        }
        if to.is_some() && self.no_reuse {
            return Err(Error::usage("--no-reuse is for stored files, and DEST names a path in a session")
                .hint("leave out --no-reuse: `--if-exists` says what happens to a file that exists"));
        }
        if to.is_none() {
            self.transfer.check_for_store()?;
            if cx.names_session()? {
                return Err(Error::usage("--session names a session, and DEST is missing")
                    .hint("add `:/` for that session; leave out --session for the workspace's file store"));
            }
        }
        if self.untar {
            check_archive(&names, to.is_some())?;
        }
        if names.iter().any(|name| name == "-") {
            // Checked before anything is sent.
            body::open_stdin()?;
        }
        let backend = cx.backend()?;
        if self.expires_in.is_some() {
            backend.require(Feature::FileExpiry)?;
        }
        if self.verify {
            backend.require(Feature::Verify)?;
        }
        let sources = LocalSource::look_at_all(&names, self.name.as_deref())?;
        if let Some(directory) = sources.iter().find(|source| self.untar && source.is_directory) {
            return Err(Error::usage(format!("a directory is not an archive: `{}`", directory.name))
                .hint("leave out --untar: the contents of the directory go to DEST"));
        }
        if self.name.is_some() && self.into.is_none() && sources.iter().any(|source| source.is_directory) {
            return Err(Error::usage("--name is for a file: a directory gives its contents")
                .hint("name it in DEST, or add --into"));
        }
        let usage = if self.transfer.shared.dry_run { SessionUse::Rehearse } else { SessionUse::Change("Upload to") };
        let to = match to {
            Some(to) => Some(to.find(cx, usage).await?),
            None => None,
        };
        let options = TransferOptions {
            verify: self.verify,
            expires_in: self.expires_in,
            ..self.transfer.options(cx, IfExists::Overwrite)?
        };
        let paths = sources.iter().filter_map(|source| Some(("a source", source.path.as_deref()?)));
        let mut journal = self.transfer.shared.journal(cx, &paths.collect::<Vec<_>>())?;
        let options = TransferOptions { reserved: self.transfer.shared.reserved(), ..options };
        let watch = cx.out.watch(&names.iter().map(shown).collect::<Vec<_>>());
        let transfer =
            Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &cx.cancellation };
        if let Some(to) = to.as_ref().filter(|_| !self.transfer.shared.dry_run) {
            // What is wrong with the names is an error of the upload.
            let changed = plan::upload(&sources, to).unwrap_or_default();
            cx.forget_synced_below(if self.untar { std::slice::from_ref(&to.path) } else { &changed });
        }
        let mut listing = cx.out.listing().ignore_closed_stdout().summarized_by(&watch);
        let mut has_copied = false;
        let named = if to.is_some() || self.no_reuse { NamedUploads::default() } else { cx.named_uploads() };
        let mut receipts = |receipt: &Receipt| {
            has_copied |= matches!(receipt.outcome, Outcome::Copied);
            if let Some(to) = &to {
                let left = receipt.outcome.error().into_iter().flat_map(Error::left).filter_map(|id| id.parse().ok());
                let files: Vec<_> = receipt.file_id.iter().cloned().chain(left).collect();
                cx.log_uploads(&to.path.session, &files, self.expires_in);
            } else {
                cx.log_named(&named, LOGGED);
            }
            record(cx, &mut journal, &mut listing, receipt)
        };
        let verdict = if let Some(to) = &to {
            match sources.first().filter(|_| self.untar) {
                Some(archive) => transfer.upload_archive(archive, &to.path, &mut receipts).await,
                None => transfer.upload(&sources, to, &mut receipts).await,
            }
        } else {
            let like = NewStoredFile { mime_type: self.mime_type, expires_in: self.expires_in, ..Default::default() };
            let verdict = transfer.upload_to_store(&sources, &like, &named, &mut receipts).await;
            cx.log_named(&named, 1);
            verdict
        };
        if let (Some(to), Err(error)) = (&to, &verdict) {
            let left: Vec<_> = error.left().iter().filter_map(|id| id.parse().ok()).collect();
            cx.log_uploads(&to.path.session, &left, self.expires_in);
        }
        // The receipts are complete even if the verdict is an error, and the summary comes last.
        let verdict = listing.conclude(verdict);
        drop(watch);
        if let (Some(to), Ok(()), true) = (&to, &verdict, has_copied) {
            cx.suggest_work(&to.path.session)?;
        }
        end(journal, verdict)
    }

    /// Removes and returns the destination: `--into`, or the last argument if it is a session path.
    fn destination(&mut self) -> Result<Option<TypedDestination>> {
        if let Some(into) = &self.into {
            return Ok(Some(TypedDestination { target: into.clone(), as_directory: true, into: true }));
        }
        match self.args.last() {
            Some(last) if Target::is_session_path(&last.to_string_lossy()) => {
                let target = remote(&self.args.pop().unwrap_or_default())?;
                Target::parse(&target)?;
                let as_directory = names_directory(target.split_once(':').map_or("", |(_, path)| path));
                Ok(Some(TypedDestination { target, as_directory, into: false }))
            }
            _ => Ok(None),
        }
    }
}

/// The destination of an upload as it was typed.
struct TypedDestination {
    target: String,
    as_directory: bool,
    into: bool,
}

impl TypedDestination {
    /// Returns the destination in the session that the target names.
    ///
    /// # Errors
    /// Those of [`Cx::session_path`].
    async fn find(self, cx: &Cx, usage: SessionUse<'_>) -> Result<Destination<SessionPath>> {
        let TypedDestination { target, as_directory, into } = self;
        Ok(Destination { path: cx.session_path(&target, usage).await?, as_directory, into })
    }
}

/// Closes the receipt file at the end of the run.
pub(super) fn end(journal: Option<ReceiptFile>, verdict: Result<()>) -> Result<()> {
    if let Some(journal) = journal.filter(|_| verdict.is_ok()) {
        journal.keep();
    }
    verdict
}

/// Converts an argument that names a path in a session, which must be UTF-8.
pub(super) fn remote(arg: &OsStr) -> Result<String> {
    arg.to_str().map(str::to_owned).ok_or_else(|| {
        Error::usage(format!("a path in a session is UTF-8: `{}`", shown(arg))).hint("choose a name that is UTF-8")
    })
}

/// Checks the arguments of `--untar`.
fn check_archive(names: &[OsString], has_dest: bool) -> Result<()> {
    if !has_dest {
        return Err(Error::usage("--untar needs a DEST").hint("name the directory: `SESSION:/DIR/`"));
    }
    if names.len() > 1 {
        return Err(Error::usage("--untar takes one archive").hint("unpack them one by one"));
    }
    Ok(())
}

fn check_sources(names: &[OsString], named: bool) -> Result<()> {
    if names.is_empty() {
        return Err(Error::usage("nothing to upload").hint("name a source before DEST"));
    }
    if named && names.len() > 1 {
        return Err(Error::usage("--name is for one source").hint("upload them one by one"));
    }
    if names.iter().filter(|name| *name == "-").count() > 1 {
        return Err(Error::usage("stdin can be read only once"));
    }
    match names.iter().map(shown).find(|name| Target::is_session_path(name)) {
        Some(name) => Err(Error::usage(format!("only the last argument can be a session path: `{name}`"))
            .hint(format!("for a local file of that name write `./{name}`; for several sources name DEST last"))),
        None => Ok(()),
    }
}

#[derive(Debug, Args)]
#[command(after_help = "The contents of one directory go to DEST. One file goes to DEST, or into it if\n\
    DEST ends in a slash. Several targets go into DEST under their names. Without\n\
    DEST, a file goes to the current directory and replaces nothing. DEST - is\n\
    stdout: a file as it is, or one directory as a tar archive.\n\n\
    Examples:\n  \
    wharf files download SESSION:/data ./results\n  \
    wharf files download SESSION:/report.csv\n  \
    wharf files download SESSION:/src - | tar x")]
pub(in crate::commands) struct FilesDownloadArgs {
    /// SESSION:PATH or ids of stored files, then the local destination
    #[arg(value_name = "TARGET... [DEST]", required_unless_present = "file_id")]
    args: Vec<OsString>,

    /// A stored file, by the vendor's flag; can be repeated
    #[arg(long, value_name = "FILE_ID", hide = true)]
    file_id: Vec<String>,

    /// The destination, by the vendor's flag
    #[arg(short, long, value_name = "DEST", hide = true, value_hint = ValueHint::AnyPath, conflicts_with = "into")]
    output: Option<OsString>,

    /// Put each target into this directory under its own name
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    into: Option<PathBuf>,

    /// Fail before downloading if the total is larger, such as 500MB or 10GiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_size: Option<u64>,

    /// Fail before downloading if there are more than N files
    #[arg(long, value_name = "N")]
    max_files: Option<u64>,

    /// Do not wait for new output files to appear
    #[arg(long)]
    no_settle: bool,

    /// Download all files of the same name, with ids in their names
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    transfer: TransferFlags,
}

impl FilesDownloadArgs {
    pub(super) fn report(&self) -> Option<ReportFormat> {
        self.transfer.shared.report.report
    }

    pub(super) async fn run(mut self, cx: &Cx) -> Result<()> {
        let to = self.destination()?;
        let bytes_out = self.wants_bytes(cx, to.as_deref());
        let mut names = std::mem::take(&mut self.file_id);
        for target in &self.args {
            names.push(remote(target)?);
        }
        if names.is_empty() {
            return Err(Error::usage("nothing to download").hint("name a target before DEST"));
        }
        let wanted = targets(cx, &names, SessionUse::Read).await?;
        let streamed = to.as_deref() == Some(OsStr::new("-")) || bytes_out;
        if let Some(flag) = self.beside_a_stream().filter(|_| streamed) {
            return Err(Error::usage(format!("{flag} does not go with DEST `-`")).hint("leave it out, or name a file"));
        }
        if streamed {
            cx.out.expect_bytes()?;
        }
        let here = to.is_none() && self.into.is_none();
        let options = TransferOptions {
            max_bytes: self.max_size,
            max_files: self.max_files,
            no_settle: self.no_settle,
            all: self.all,
            ..self.transfer.options(cx, if here { IfExists::Error } else { IfExists::Overwrite })?
        };
        let place = self.into.as_deref().or(to.as_deref().map(Path::new));
        let places: Vec<_> = place.into_iter().map(|place| ("the destination", place)).collect();
        let mut journal = self.transfer.shared.journal(cx, &places)?;
        let options = TransferOptions { reserved: self.transfer.shared.reserved(), ..options };
        let watch = cx.out.watch(&names);
        let transfer =
            Transfer { backend: cx.backend()?, options: &options, observer: &watch, cancellation: &cx.cancellation };
        if streamed {
            let mut written = 0_u64;
            let write = &mut |block: &[u8]| {
                written += block.len() as u64;
                cx.out.bytes(block)
            };
            let streamed = transfer.stream(&wanted, || cx.out.expect_pipe("an archive"), write).await;
            cx.out.report_fact("Bytes to stdout", &written.to_string());
            streamed?;
            if let Err(error) = cx.out.flush() {
                watch.drop_summary();
                return Err(error);
            }
            if bytes_out {
                cx.out.note(format!("note: {written} bytes of `{}` were written to stdout", names.join("`, `")));
            }
            return Ok(());
        }
        let to = match (to, self.into) {
            (_, Some(into)) => Destination { path: into, as_directory: true, into: true },
            (None, None) => Destination { path: PathBuf::from("."), as_directory: true, into: false },
            (Some(to), None) => {
                let as_directory = NameRules::HERE.names_directory(&shown(&to));
                Destination { path: PathBuf::from(to), as_directory, into: false }
            }
        };
        let mut listing = cx.out.listing().ignore_closed_stdout().summarized_by(&watch);
        let mut receipts = |receipt: &Receipt| {
            if let (true, Outcome::Copied, Some(at)) = (here, &receipt.outcome, &receipt.destination) {
                cx.out.aside(format!("note: `{}` was written to the file `{at}`", receipt.source));
            }
            record(cx, &mut journal, &mut listing, receipt)
        };
        let verdict = transfer.download(&wanted, &to, !here, &mut receipts).await;
        // The receipts are complete even if the verdict is an error, and the summary comes last.
        let verdict = listing.conclude(verdict);
        drop(watch);
        end(journal, verdict)
    }

    /// Returns whether the content goes to stdout without a DEST. For compatibility with the vendor's tool, this is so
    /// if a stored file is named by its flag, neither a destination nor a form of output is given, and stdout is not a
    /// terminal.
    fn wants_bytes(&self, cx: &Cx, to: Option<&OsStr>) -> bool {
        let by_flag = self.file_id.len() == 1 && self.args.is_empty();
        let place = to.is_some() || self.into.is_some();
        by_flag && !place && self.beside_a_stream().is_none() && cx.out.is_left_to_bytes()
    }

    /// Returns a flag that does not apply if the content goes to stdout.
    fn beside_a_stream(&self) -> Option<&'static str> {
        let flags = [
            ("--dry-run", self.transfer.shared.dry_run),
            ("--receipt", self.transfer.shared.receipt.is_some()),
            ("--require", self.transfer.shared.require.is_some()),
            ("--if-exists", self.transfer.if_exists.is_some()),
        ];
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag))
    }

    /// Removes and returns the destination: `--output`, or the last argument if it is not a target.
    fn destination(&mut self) -> Result<Option<OsString>> {
        let is_target = |text: &str| Target::is_session_path(text) || Target::is_stored_file(text);
        if self.output.is_some() || self.into.is_some() {
            return self.output.take().map(|text| self.local_destination(text)).transpose();
        }
        match self.args.last() {
            Some(last) if !is_target(&last.to_string_lossy()) => {
                if self.args.len() + self.file_id.len() < 2 {
                    Target::parse(&shown(last))?;
                }
                self.args.pop().map(|text| self.local_destination(text)).transpose()
            }
            _ => Ok(None),
        }
    }

    /// Checks a local DEST, which must not look like a session. The name of a session that is downloaded from is
    /// accepted.
    fn local_destination(&self, dest: OsString) -> Result<OsString> {
        let Some(text) = dest.to_str() else { return Ok(dest) };
        if text.is_empty() {
            return Err(Error::usage("DEST is empty").hint("is a variable unset? for the current directory write `.`"));
        }
        let is_source = || {
            let mut named = self.args.iter().filter_map(|target| target.to_str()?.split_once(':'));
            named.any(|(id, _)| id == text)
        };
        if SessionId::is_generated(text) && !Path::new(text).exists() && !is_source() {
            return Err(Error::usage(format!("DEST `{text}` is the id of a session, not a local path")).hint(format!(
                "for a file in that session write `{text}:/PATH`; for a local directory write `./{text}`"
            )));
        }
        Ok(dest)
    }
}
