//! `files ls`, `files stat` and `files cat`.

use clap::Args;
use futures_util::StreamExt;

use super::super::Cx;
use super::super::args::PagingFlags;
use super::super::cx::shown;
use super::super::session_name::SessionUse;
use super::targets::targets;
use crate::output::{AgentLine, ENTRY_LONG, ENTRY_SHORT, Record, TableCell, TableView, human};
use wharf_client::backend::{ByteRange, FetchOptions, page};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, SessionPath, StoredFile, Target};
use wharf_core::verdict::Verdict;
use wharf_transfer::dest::stream;
use wharf_transfer::download::FileTarget;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf files ls                      # the stored files\n  \
    wharf files ls -s SESSION           # what is in a session's home\n  \
    wharf files ls SESSION:/ -R         # everything in a session\n  \
    wharf files ls SESSION:/data -q0 | xargs -0 -n1 wharf files stat")]
pub(in crate::commands) struct FilesLsArgs {
    /// SESSION:PATH or a stored file [default: all stored files, or the session's home]
    #[arg(value_name = "TARGET")]
    target: Option<String>,

    /// Show sizes, times and modes
    #[arg(short)]
    long: bool,

    /// List directories recursively
    #[arg(short = 'R', long)]
    recursive: bool,

    /// Only stored files of this session or mounted in it
    #[arg(long, value_name = "SESSION", conflicts_with = "target")]
    scope_id: Option<String>,

    #[command(flatten)]
    paging: PagingFlags,
}

impl FilesLsArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self.target.as_deref().map(Target::parse).transpose()? {
            Some(Target::Session { session, path }) => {
                self.entries(cx, &cx.at(session, &path, SessionUse::Read).await?).await
            }
            Some(Target::Stored(id)) => {
                let mut listing = cx.out.listing();
                listing.push(&cx.backend()?.require_store()?.get(&id).await?)?;
                listing.finish()
            }
            None if cx.names_session()? => {
                if self.scope_id.is_some() {
                    return Err(Error::usage("--session lists the files of a session, --scope-id stored files")
                        .hint("leave one of them out"));
                }
                self.entries(cx, &cx.at(None, "", SessionUse::Read).await?).await
            }
            None if self.recursive => Err(Error::usage("--recursive is for the files of a session")
                .hint("name the session: `wharf files ls SESSION:/ -R`")),
            None => {
                let store = cx.backend()?.require_store()?;
                let scope = match &self.scope_id {
                    Some(name) => Some(cx.named_session(name, SessionUse::Read).await?),
                    None => None,
                };
                let listing = cx.out.listing::<StoredFile>();
                cx.pages(&self.paging, listing, async |page| store.list(scope.as_ref(), page).await).await
            }
        }
    }

    async fn entries(&self, cx: &Cx, at: &SessionPath) -> Result<()> {
        let files = cx.backend()?.require_files()?;
        let mut entries = files.list(at, self.recursive).await?;
        let mut listing = cx.out.listing_as(if self.long { ENTRY_LONG } else { ENTRY_SHORT });
        let mut verdict = Verdict::default();
        let name = cx.backend()?.capabilities().backend;
        let skip = self.paging.page.as_deref().map_or(Ok(0), |token| page::offset_of(name, token))?;
        let end = self.paging.limit().map_or(usize::MAX, |limit| skip.saturating_add(limit));
        let mut seen = 0;
        while let Some(entry) = entries.next().await {
            if seen == end {
                listing.more(page::offset_token(name, seen));
                break;
            }
            seen += 1;
            if seen <= skip {
                continue;
            }
            match entry {
                Ok(entry) => shown(listing.push(&entry), &mut verdict)?,
                Err(error) => verdict.failed(error),
            }
            // A large listing must yield to signals and timers.
            tokio::task::coop::consume_budget().await;
        }
        listing.conclude(verdict.into_result(Entry::NOUN))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf files stat SESSION:/data/a.csv --transform size")]
pub(in crate::commands) struct FilesStatArgs {
    /// Paths in sessions
    #[arg(value_name = "TARGET", required_unless_present = "file_id")]
    targets: Vec<String>,

    /// A stored file, by the vendor's flag
    #[arg(long, value_name = "FILE_ID", hide = true)]
    file_id: Vec<String>,
}

/// An object that `stat` prints: a file in a session or a stored file.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum StatRecord {
    Entry(Entry),
    Stored(StoredFile),
}

impl Record for StatRecord {
    const NOUN: &'static str = "files";

    const VIEW: TableView<Self> = TableView {
        columns: ENTRY_LONG.columns,
        cells: |found| match found {
            StatRecord::Entry(entry) => (ENTRY_LONG.cells)(entry),
            StatRecord::Stored(file) => {
                vec![
                    "-".into(),
                    TableCell::known(file.size.map(human::size)),
                    TableCell::Age(file.created_at),
                    file.id.to_string().into(),
                    file.filename.clone().into(),
                ]
            }
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: Entry::LINE.max_bytes,
        parts: |found| match found {
            StatRecord::Entry(entry) => (Entry::LINE.parts)(entry),
            StatRecord::Stored(file) => (StoredFile::LINE.parts)(file),
        },
    };

    fn key(&self) -> Option<String> {
        match self {
            StatRecord::Entry(entry) => entry.key(),
            StatRecord::Stored(file) => file.key(),
        }
    }

    fn provider(&self) -> Option<&wharf_core::model::Provider> {
        match self {
            StatRecord::Entry(entry) => entry.provider(),
            StatRecord::Stored(file) => file.provider(),
        }
    }
}

impl FilesStatArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let wanted = targets(cx, self.file_id.iter().chain(&self.targets), SessionUse::Read).await?;
        let backend = cx.backend()?;
        cx.each(&wanted, async |one| match one {
            FileTarget::Session(at) => backend.require_files()?.stat(at).await.map(StatRecord::Entry),
            FileTarget::Stored(id) => backend.require_store()?.get(id).await.map(StatRecord::Stored),
        })
        .await
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf files cat SESSION:/log.txt | grep -c ERROR\n  \
    wharf files cat SESSION:/data.bin --range 0-1023      # the first KiB")]
pub(in crate::commands) struct FilesCatArgs {
    /// Paths in sessions, or ids of stored files
    #[arg(value_name = "TARGET", required_unless_present = "file_id")]
    targets: Vec<String>,

    /// A stored file, by the vendor's flag
    #[arg(long, value_name = "FILE_ID", hide = true)]
    file_id: Vec<String>,

    /// Print bytes A to B, counted from 0 and inclusive, or A- to the end
    #[arg(long, value_name = "A-B", value_parser = read_range)]
    range: Option<ByteRange>,
}

fn read_range(text: &str) -> Result<ByteRange, String> {
    let bad = || format!("invalid range {text:?}: use 0-1023 for the first KiB, or 1024- for the rest");
    let (first, last) = text.split_once('-').ok_or_else(bad)?;
    let first = first.parse().map_err(|_| bad())?;
    let last = if last.is_empty() { None } else { Some(last.parse().map_err(|_| bad())?) };
    if last.is_some_and(|last: u64| last < first) { Err(bad()) } else { Ok(ByteRange { first, last }) }
}

impl FilesCatArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        cx.out.expect_bytes()?;
        let backend = cx.backend()?;
        let mut verdict = Verdict::default();
        for wanted in targets(cx, self.file_id.iter().chain(&self.targets), SessionUse::Read).await? {
            let options = FetchOptions { range: self.range, ..FetchOptions::default() };
            let fetched = match &wanted {
                FileTarget::Session(at) => backend.require_files()?.fetch(at, options).await,
                FileTarget::Stored(id) => backend.require_store()?.fetch(id, options).await,
            };
            let printed = match fetched {
                Ok(fetched) => stream(fetched, &mut |block| cx.out.bytes(block)).await,
                Err(error) => Err(error),
            };
            match printed {
                Ok(_) => verdict.succeeded(),
                Err(error) if error.kind() == Kind::Closed => return Err(error),
                Err(error) => verdict.failed(error),
            }
        }
        cx.out.flush()?;
        verdict.into_result("files")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(read_range("0-9"), Ok(ByteRange { first: 0, last: Some(9) }));
        assert_eq!(read_range("5-"), Ok(ByteRange { first: 5, last: None }));
        for bad in ["", "-", "-5", "9-0", "a-b", "1", "1-2-3", "+1-2x"] {
            assert!(read_range(bad).is_err(), "{bad}");
        }
        assert_eq!(ByteRange { first: 2, last: Some(100) }.resolve(10).unwrap(), (2, 8));
        assert_eq!(ByteRange { first: 0, last: None }.resolve(0).unwrap(), (0, 0));
        assert!(ByteRange { first: 10, last: None }.resolve(10).is_err());
    }
}
