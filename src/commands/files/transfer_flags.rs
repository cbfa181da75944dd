//! Flags that `upload`, `download` and `sync` share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use super::super::Cx;
use super::super::args::ReportFlag;
use super::super::used_files::UsedFiles;
use crate::output::{Listing, ReceiptFile};
use wharf_core::config::size;
use wharf_core::error::{Error, Result};
use wharf_core::model::Receipt;
use wharf_core::platform::shown;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::reserved::Reserved;
use wharf_transfer::{IfExists, Links, TransferOptions};

// Flags of `upload` and `download`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Transfer options")]
pub(super) struct TransferFlags {
    /// If the destination exists: overwrite, skip, error, update [default: overwrite]
    #[arg(long, value_enum, value_name = "WHAT", hide_possible_values = true, long_help = IF_EXISTS)]
    pub(super) if_exists: Option<IfExists>,

    /// With --if-exists update, compare contents instead of times
    #[arg(long)]
    checksum: bool,

    #[command(flatten)]
    pub(super) shared: SharedFlags,
}

// Flags of all transfers.
#[derive(Debug, Args)]
#[command(next_help_heading = "Transfer options")]
pub(super) struct SharedFlags {
    #[command(flatten)]
    filters: FilterFlags,

    /// Links: follow-inside, skip, follow or error [default: follow-inside]
    #[arg(long, value_enum, value_name = "WHAT", hide_possible_values = true, long_help = LINKS)]
    links: Option<Links>,

    /// Print what would be done without doing it
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Exit with 11 if fewer than N files arrive
    #[arg(long, value_name = "N")]
    pub(super) require: Option<u64>,

    /// Append each receipt to a file as it happens, as a line of JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) receipt: Option<PathBuf>,

    #[command(flatten)]
    pub(super) report: ReportFlag,
}

const IF_EXISTS: &str = "What to do if the destination exists: overwrite (the default), skip, error, or update, \
which skips files with the same size and time, or with --checksum the same size and hash";

const LINKS: &str = "What to do with links in a directory: follow-inside (the default) transfers their targets, and fails if one is \
outside of the directory; skip excludes links; follow transfers their targets wherever they are; error fails";

impl TransferFlags {
    /// Returns the options of a transfer; `or_else` is the default of `--if-exists`.
    pub(super) fn options(&self, cx: &Cx, or_else: IfExists) -> Result<TransferOptions> {
        let if_exists = self.if_exists.unwrap_or(or_else);
        if self.checksum && if_exists != IfExists::Update {
            return Err(Error::usage("--checksum is for --if-exists update").hint("add --if-exists update"));
        }
        Ok(TransferOptions { if_exists, checksum: self.checksum, ..self.shared.options(cx)? })
    }

    /// Fails for flags that do not apply to the file store, in which names do not collide.
    pub(super) fn check_for_store(&self) -> Result<()> {
        match self.if_exists {
            None | Some(IfExists::Overwrite) => Ok(()),
            Some(_) => Err(Error::usage("--if-exists is for a DEST: a stored file never takes the place of another")
                .hint("leave it out, or name a session path as DEST")),
        }
    }
}

impl SharedFlags {
    /// Returns the options of a transfer.
    pub(super) fn options(&self, cx: &Cx) -> Result<TransferOptions> {
        Ok(TransferOptions {
            links: self.links.unwrap_or_default(),
            filter: Filter::new(&self.filters.files, &self.filters.rules, cx.settings()?.deadline)?,
            dry_run: self.dry_run,
            required: self.require,
            ..cx.transfer_options()?
        })
    }

    /// Opens the file of `--receipt`. `more` are files of the transfer that are known in advance; the others are
    /// checked when they are [reserved](TransferOptions::reserved).
    pub(super) fn journal(&self, cx: &Cx, more: &[(&'static str, &Path)]) -> Result<Option<ReceiptFile>> {
        let Some(path) = &self.receipt else { return Ok(None) };
        if path == Path::new("-") {
            return Err(Error::usage("--receipt takes a file, not `-`")
                .hint("receipts go to stdout already: leave the flag out, or write `./-` for a file of that name"));
        }
        let mut used = UsedFiles::of(cx)?;
        for file in &self.filters.files {
            used.file("an ignore file", file);
        }
        for (what, path) in more {
            used.file(what, path);
        }
        used.check("--receipt", path)?;
        let journal = ReceiptFile::open(path)?;
        if journal.continues() {
            cx.out.note(format!("receipts of earlier runs stay in `{}`: those of this run follow", shown(path)));
        }
        Ok(Some(journal))
    }

    /// Returns the file of [`SharedFlags::journal`] as a reserved file, once it exists.
    pub(super) fn reserved(&self) -> Option<Reserved> {
        Reserved::new(self.receipt.as_deref()?)
    }
}

/// Writes a receipt to the listing and to the receipt file.
pub(super) fn record(
    cx: &Cx,
    journal: &mut Option<ReceiptFile>,
    listing: &mut Listing<'_, Receipt>,
    receipt: &Receipt,
) -> Result<()> {
    let kept = journal.as_mut().map_or(Ok(()), |journal| journal.write(receipt));
    if !cx.out.wants(receipt) {
        listing.skip();
        return kept;
    }
    // The receipt is printed even if the file cannot be written.
    kept.and(listing.push(receipt))
}

/// The patterns of `--include`, `--exclude` and `--ignore-file`, in the order of the command line.
#[derive(Debug, Default)]
struct FilterFlags {
    files: Vec<PathBuf>,
    rules: Vec<Rule>,
}

impl FilterFlags {
    fn flags() -> [Arg; 3] {
        let pattern = |name: &'static str, help: &'static str| {
            let arg = Arg::new(name).long(name).value_name("PATTERN").action(ArgAction::Append);
            arg.value_parser(clap::value_parser!(OsString)).help(help)
        };
        [
            pattern("include", "Include files that match a gitignore pattern; if given first, only those"),
            pattern("exclude", "Exclude files that match a gitignore pattern; the last match decides"),
            Arg::new("ignore-file")
                .long("ignore-file")
                .value_name("FILE")
                .action(ArgAction::Append)
                .value_parser(clap::value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .help("Read patterns from a file, before those of flags; can be repeated"),
        ]
    }
}

// Implemented manually, because the relative order of the flags matters.
impl Args for FilterFlags {
    fn augment_args(command: Command) -> Command {
        command.args(FilterFlags::flags())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FilterFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut filters = FilterFlags::default();
        filters.update_from_arg_matches(matches)?;
        Ok(filters)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        let of = |name: &str, rule: fn(OsString) -> Rule| {
            let places = matches.indices_of(name).into_iter().flatten();
            let patterns = matches.get_many::<OsString>(name).into_iter().flatten();
            places.zip(patterns).map(|(place, pattern)| (place, rule(pattern.clone()))).collect::<Vec<_>>()
        };
        let mut rules = of("include", Rule::Include);
        rules.extend(of("exclude", Rule::Exclude));
        rules.sort_by_key(|(place, _)| *place);
        self.rules = rules.into_iter().map(|(_, rule)| rule).collect();
        self.files = matches.get_many("ignore-file").into_iter().flatten().cloned().collect();
        Ok(())
    }
}

/// Parses a size for clap.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    size::parse(text)
}
