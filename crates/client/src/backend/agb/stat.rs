//! Entries and listings of paths.
//!
//! One command in the session reports a path or a directory: kinds, sizes, times and modes, and every name unchanged.
//! If the image lacks that command, the tools need more calls and report less: their listings have only names and
//! kinds, one a line, so that a name with a line break has to be detected, and they follow links.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::OnceCell;

use super::capabilities::CAPABILITIES;
use super::client::AgbClient;
use super::tools::{ToolOutcome, failed, from_root, is_unknown, words};
use crate::backend::RemoteTree;
use crate::backend::made_directories::MadeDirectories;
use crate::backend::path_errors::{missing, no_longer_directory};
use crate::backend::tree::{self, Level};
use crate::http::Class;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{Entry, EntryKind, Provider, RemotePath, SessionId, SessionPath, Timestamp};
use wharf_wire::agb as wire;
use wharf_wire::agb::text::{FileInfo, ToolError};
use wharf_wire::json;

/// The number of paths that are requested in parallel if each needs a call.
const AT_ONCE: usize = 16;

/// The longest listing by the tool, in lines, each of which needs a call.
const LINES: usize = 10_000;

/// The longest report of the tool about a path, in bytes.
const INFO: usize = 64 << 10;

/// The output format for `find`: depth, kind, size, time, mode and name, separated by characters that no name
/// contains.
pub(super) const FORMAT: &str = "%d %y %s %T@ %m %f/";

/// The result of listing a path.
pub(super) enum Children {
    /// A directory and its entries, by name.
    Directory(Box<Entry>, Level),
    /// Any other entry.
    Other(Box<Entry>),
}

/// The files in sessions. Clones share the knowledge about images.
#[derive(Clone)]
pub(super) struct AgbFiles {
    pub(super) client: Arc<AgbClient>,
    /// The commands that the images of the sessions were found to lack.
    pub(super) images: Arc<Images>,
    /// The directories that were created for files.
    pub(super) made: Arc<MadeDirectories>,
}

/// The commands that the images of the sessions were found to lack.
#[derive(Default)]
pub(super) struct Images {
    /// A `find` that supports the output format.
    pub(super) no_find: AtomicBool,
    /// A `readlink` that follows links.
    pub(super) no_readlink: AtomicBool,
    /// The reasons why sessions cannot work on bundles; none for those that can.
    pub(super) bundles: Mutex<HashMap<SessionId, Arc<OnceCell<Option<String>>>>>,
}

impl AgbFiles {
    pub(super) fn new(client: Arc<AgbClient>) -> Self {
        AgbFiles { client, images: Arc::default(), made: Arc::default() }
    }
}

impl AgbFiles {
    /// Returns the entry at a path, without following a link if the image can report links.
    pub(super) async fn look(&self, at: &SessionPath) -> Result<Entry> {
        if let Some(found) = self.find(at, "0").await? {
            let found = found?;
            let Some((0, entry)) = found.first(at).filter(|_| found.records.len() == 1) else {
                return Err(missing(at));
            };
            return Ok(Entry { name: at.path.name().to_owned(), path: at.path.clone(), ..entry });
        }
        self.info(at).await
    }

    /// Returns the entry at a path, following a link.
    pub(super) async fn look_through(&self, at: &SessionPath) -> Result<Entry> {
        match self.look(at).await? {
            entry if entry.kind == EntryKind::Symlink => self.info(at).await,
            entry => Ok(entry),
        }
    }

    /// Lists a directory.
    pub(super) async fn children(&self, at: &SessionPath) -> Result<Children> {
        let Some(found) = self.find(at, "1").await? else { return self.children_by_tools(at).await };
        let found = found?;
        let root = match found.first(at) {
            Some((0, root)) => Entry { name: at.path.name().to_owned(), path: at.path.clone(), ..root },
            _ => return Err(missing(at)),
        };
        if root.kind != EntryKind::Directory {
            return Ok(Children::Other(Box::new(root)));
        }
        found.below(at).map(|level| Children::Directory(Box::new(root), level))
    }

    /// Asks `find`, `depth` levels deep. Returns `None` where the image lacks a `find` that can tell.
    /// The path of an entry is not filled in.
    async fn find(&self, at: &SessionPath, depth: &str) -> Result<Option<Result<FindOutput>>> {
        if self.images.no_find.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let path = from_root(&at.path);
        let command = words("find", &[&path, "-maxdepth", depth, "-printf", FORMAT]);
        Ok(match self.client.shell(Class::Safe, &at.session, command).await? {
            Ok(text) => FindOutput::read(text).map(Ok),
            Err(error) if is_unknown(&error) || error.message.contains("-printf") => {
                self.images.no_find.store(true, Ordering::Relaxed);
                None
            }
            // An entry that was removed meanwhile is missing as well.
            Err(error) if is_missing(&error) && !error.message.contains(&format!("{path}/")) => Some(Err(missing(at))),
            Err(_) => None,
        })
    }

    /// Returns the entry at a path, following a link, as the tool reports it.
    pub(super) async fn info(&self, at: &SessionPath) -> Result<Entry> {
        let asked = wire::PathOnly { path: at.path.to_string() };
        match self.client.tool(Class::Safe, &at.session, wire::name::GET_FILE_INFO, &asked).await? {
            Ok(text) => seen(at, &text),
            Err(error) if is_missing(&error) => Err(missing(at)),
            Err(error) => Err(failed(at, &error)),
        }
    }

    async fn children_by_tools(&self, at: &SessionPath) -> Result<Children> {
        let asked = wire::PathOnly { path: at.path.to_string() };
        let text = match self.client.tool(Class::Safe, &at.session, wire::name::LIST_DIRECTORY, &asked).await? {
            Ok(text) => text,
            Err(error) => {
                return match self.info(at).await? {
                    entry if entry.kind == EntryKind::Directory => Err(failed(at, &error)),
                    entry => Ok(Children::Other(Box::new(entry))),
                };
            }
        };
        if text.split('\n').count() > LINES {
            return Err(tree::too_long(at));
        }
        let looks = stream::iter(lines(&text)).map(|line| self.child(at, line));
        let answers: Vec<Vec<(String, Result<Entry>)>> = looks.buffered(AT_ONCE).collect().await;
        // What stands there twice is taken once.
        let by_name: BTreeMap<_, _> = answers.into_iter().flatten().collect();
        let bytes = by_name.len() * size_of::<Entry>() + text.len();
        let level = Level { entries: Box::new(by_name.into_values()), bytes };
        Ok(Children::Directory(Box::new(Entry { kind: EntryKind::Directory, ..blank(at) }), level))
    }

    /// Returns the entry of a line and the lines after it that begin no entry: parts of its name, or messages of the
    /// service.
    async fn child(&self, parent: &SessionPath, line: ListingLine) -> Vec<(String, Result<Entry>)> {
        let ListingLine { name, is_directory, strays } = line;
        let whole = strays.iter().fold(name.clone(), |name, stray| format!("{name}\n{stray}"));
        for name in if strays.is_empty() { vec![name] } else { vec![whole, name] } {
            let looked = match child_path(parent, &name) {
                Ok(path) => self.info(&parent.at(path)).await,
                Err(error) => Err(error),
            };
            match looked {
                Err(error) if error.kind() == Kind::NotFound => {}
                Ok(entry) if entry.kind == EntryKind::Directory && !is_directory => {
                    // Only a link is a directory when it is looked at, and none when it is listed.
                    return vec![(name, Ok(Entry { kind: EntryKind::Symlink, size: None, ..entry }))];
                }
                looked => return vec![(name, looked)],
            }
        }
        let first = strays.is_empty();
        let error = Error::conflict(format!("the listing of `{parent}` contains a name that does not exist"))
            .hint("it was removed meanwhile, or contains a line break, which listings of this image cannot show");
        vec![(if first { String::new() } else { "\n".to_owned() }, Err(error))]
    }

    /// Returns a path with its links resolved.
    pub(super) async fn realpath(&self, at: &SessionPath) -> Result<SessionPath> {
        if !self.images.no_readlink.load(Ordering::Relaxed) {
            // The real path of the root tells which part of the other one lies in the session.
            let command = words("readlink -f --", &[".", &from_root(&at.path)]);
            match self.client.shell(Class::Safe, &at.session, command).await? {
                Ok(text) => {
                    if let Some(real) = real_path(&text) {
                        let real = at.at(real);
                        return self.look(&real).await.map(|_| real);
                    }
                }
                Err(error) if is_unknown(&error) => self.images.no_readlink.store(true, Ordering::Relaxed),
                Err(_) => {}
            }
        }
        self.look(at).await.map(|_| at.clone())
    }

    /// Returns the entries of a directory, or of the whole tree below it, or the entry of anything else.
    pub(super) async fn tree(&self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'_, Result<Entry>>> {
        Ok(match self.children(at).await? {
            Children::Directory(_, first) => self.below(first, recursive),
            Children::Other(entry) => stream::iter([Ok(*entry)]).boxed(),
        })
    }

    /// Returns the entry at a path, following a link, with all entries below it.
    pub(super) async fn snapshot(&self, at: &SessionPath) -> Result<RemoteTree<'_>> {
        let (mut at, mut listed) = (at.clone(), self.children(at).await?);
        if let Children::Other(entry) = &listed
            && entry.kind == EntryKind::Symlink
        {
            at = self.realpath(&at).await?;
            listed = self.children(&at).await?;
        }
        Ok(match listed {
            Children::Directory(root, first) => RemoteTree { at, root: *root, entries: Some(self.below(first, true)) },
            Children::Other(root) => RemoteTree { at, root: *root, entries: None },
        })
    }

    /// Returns the entries of a directory whose first level was listed already.
    fn below(&self, first: Level, recursive: bool) -> BoxStream<'_, Result<Entry>> {
        tree::walk(first, recursive, move |at| async move {
            match self.children(&at).await {
                Ok(Children::Directory(_, children)) => Ok(Some(children)),
                Ok(Children::Other(_)) => Err(no_longer_directory(&at)),
                // Without a code of the service, the directory is gone, and not the session.
                Err(error) if error.kind() == Kind::NotFound && error.code().is_none() => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}

/// Parses the real paths of a session's root and of a path in it: returns the path as seen from the root.
fn real_path(text: &str) -> Option<RemotePath> {
    let (root, real) = text.split_once('\n')?;
    let real = real.strip_suffix('\n').unwrap_or(real).strip_prefix(root.strip_suffix('/').unwrap_or(root))?;
    (real.is_empty() || real.starts_with('/')).then(|| real.parse().ok()).flatten()
}

/// A line of a listing by the tool, and the lines after it that begin no entry.
struct ListingLine {
    name: String,
    is_directory: bool,
    strays: Vec<String>,
}

fn lines(text: &str) -> Vec<ListingLine> {
    let mut all: Vec<ListingLine> = Vec::new();
    for line in text.split('\n') {
        match (wire::text::DirectoryListing::read(line).entries.pop(), all.last_mut()) {
            (Some(entry), _) => {
                all.push(ListingLine { name: entry.name, is_directory: entry.is_directory, strays: Vec::new() });
            }
            (None, Some(last)) => last.strays.push(line.to_owned()),
            (None, None) => {}
        }
    }
    // The text may end in a line end.
    if let Some(last) = all.last_mut() {
        last.strays.pop_if(|stray| stray.is_empty());
    }
    all
}

/// The output of `find`. Entries are created from it on demand.
struct FindOutput {
    text: String,
    /// The positions of the records, in output order.
    records: Vec<Range<usize>>,
}

impl FindOutput {
    /// Parses the output of `find`; `None` if it does not have that format.
    fn read(text: String) -> Option<Self> {
        let rest = text.strip_suffix('/')?;
        let (mut records, mut start) = (Vec::new(), 0);
        for record in rest.split('/') {
            if !record.is_empty() {
                fields(record)?;
                records.push(start..start + record.len());
            }
            start += record.len() + 1;
        }
        Some(FindOutput { text, records })
    }

    /// Returns the depth of the first entry, and the entry. The path of an entry is not filled in.
    fn first(&self, at: &SessionPath) -> Option<(u32, Entry)> {
        record(at, self.text.get(self.records.first()?.clone())?)
    }

    /// Returns the entries after the first, by name.
    fn below(mut self, at: &SessionPath) -> Result<Level> {
        if self.records.len() > tree::ENTRIES {
            return Err(tree::too_long(at));
        }
        let text = self.text;
        let name = |range: &Range<usize>| text.get(range.clone()).and_then(fields).map(|(.., name)| name);
        let mut rest = self.records.split_off(1);
        rest.sort_by(|one, other| name(one).cmp(&name(other)));
        let bytes = text.len() + rest.len() * size_of::<Range<usize>>();
        let at = at.clone();
        let entries = rest.into_iter().filter_map(move |range| {
            let (_, entry) = record(&at, text.get(range)?)?;
            Some(child_path(&at, &entry.name).map(|path| Entry { path, ..entry }))
        });
        Ok(Level { entries: Box::new(entries), bytes })
    }
}

/// Splits a record into depth, kind, size, time, mode and name.
fn fields(record: &str) -> Option<(u32, &str, &str, &str, &str, &str)> {
    let mut parts = record.splitn(6, ' ');
    let depth = parts.next()?.parse().ok()?;
    Some((depth, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?))
}

pub(super) fn record(at: &SessionPath, record: &str) -> Option<(u32, Entry)> {
    let (depth, kind, size, modified_at, mode, name) = fields(record)?;
    let kind = match kind {
        "d" => EntryKind::Directory,
        "f" => EntryKind::File,
        "l" => EntryKind::Symlink,
        _ => EntryKind::Other,
    };
    let size = size.parse().ok().filter(|_| kind == EntryKind::File);
    let mode = u32::from_str_radix(mode, 8).ok().map(Mode);
    Some((depth, Entry { kind, size, modified_at: time(modified_at), mode, name: name.to_owned(), ..blank(at) }))
}

/// Parses seconds since 1970, with a fraction of any length.
fn time(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let nanoseconds: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()
}

/// Parses the report of the tool about a path. Two keys are reliable, the others differ between sources.
fn seen(at: &SessionPath, text: &str) -> Result<Entry> {
    if text.len() > INFO {
        return Err(Error::new(
            Kind::Unavailable,
            format!("the session sent more than {INFO} bytes of metadata: `{at}`"),
        ));
    }
    let info = FileInfo::read(text);
    let says = |key: &str, word: &str| info.get(key).is_some_and(|value| value.trim().eq_ignore_ascii_case(word));
    let kind = match info.is_directory() {
        Some(true) => EntryKind::Directory,
        _ if says("isSymlink", "true") || says("type", "symlink") => EntryKind::Symlink,
        Some(false) if says("isFile", "false") => EntryKind::Other,
        Some(false) => EntryKind::File,
        None => {
            return Err(Error::new(Kind::Unavailable, format!("the session did not report the type: `{at}`")));
        }
    };
    let modified_at = info.modified().and_then(|text| text.parse().ok().or_else(|| time(text)));
    let provider: BTreeMap<&str, &str> = ["size", "isDirectory", "mode", "modified"]
        .into_iter()
        .filter_map(|key| info.get(key).map(|value| (key, value)))
        .collect();
    Ok(Entry {
        kind,
        size: info.size().filter(|_| kind == EntryKind::File),
        modified_at,
        mode: info.mode().map(Mode),
        provider: Provider::of(&provider),
        ..blank(at)
    })
}

fn blank(at: &SessionPath) -> Entry {
    Entry {
        session: at.session.clone(),
        path: at.path.clone(),
        name: at.path.name().to_owned(),
        kind: EntryKind::Other,
        size: None,
        modified_at: None,
        mode: None,
        file_id: None,
        provider: Provider::default(),
    }
}

/// Returns the path of a name in a directory. An invalid name, or one that leads elsewhere, is an
/// error.
fn child_path(parent: &SessionPath, name: &str) -> Result<RemotePath> {
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) || name.len() > tree::PATH {
        let name = json::excerpt(&format!("{name:?}"));
        return Err(Error::new(Kind::Unavailable, format!("the session listed an invalid name in `{parent}`: {name}"))
            .hint("such a name could lead outside of the directory, and is ignored"));
    }
    Ok(parent.path.join(name))
}

/// Returns whether an error means that a path does not exist, by the messages of operating systems.
pub(super) fn is_missing(error: &ToolError) -> bool {
    !is_unknown(error) && (error.is_not_found() || error.message.to_ascii_lowercase().contains("not a directory"))
}

/// Returns whether a path is never removed, moved or replaced: the root, and the directory of relative paths.
pub(super) fn is_fixed(path: &RemotePath) -> bool {
    path.is_root() || path.as_str() == CAPABILITIES.home
}

/// Returns the result of a tool, with the general error for a path if it failed.
pub(super) fn or_failed<T>(at: &SessionPath, outcome: ToolOutcome<T>) -> Result<T> {
    outcome.map_err(|error| failed(at, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> SessionPath {
        SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() }
    }

    #[test]
    fn what_find_prints_is_read_to_the_last_sign_of_each_name() {
        let text =
            "0 d 4096 1795240000.1234567890 755 d/1 f 12 1795240000.5 644 a b\n[FILE] c/1 l 3 0 777  x /1 p 0 1 600 f/";
        let found = FindOutput::read(text.to_owned()).unwrap();
        let parsed = |range: &Range<usize>| record(&at("/d"), &found.text[range.clone()]).unwrap();
        let found: Vec<_> = found.records.iter().map(parsed).collect();
        let names: Vec<_> = found.iter().map(|(depth, entry)| (*depth, entry.name.as_str(), entry.kind)).collect();
        let wanted = [
            (0, "d", EntryKind::Directory),
            (1, "a b\n[FILE] c", EntryKind::File),
            (1, " x ", EntryKind::Symlink),
            (1, "f", EntryKind::Other),
        ];
        assert_eq!(names, wanted);
        let file = &found[1].1;
        assert_eq!((file.size, file.mode), (Some(12), Some(Mode(0o644))));
        assert_eq!(file.modified_at.unwrap().to_string(), "2026-11-21T05:46:40.5Z");
        assert_eq!(found[0].1.size, None);
    }

    #[test]
    fn what_was_cut_off_is_not_taken_for_the_whole() {
        for text in ["", "0 d 4096 1 755 d", "0 d 4096/", "x", "0 d 4096 1 755 d/1 f 1", "total 0\n"] {
            assert!(FindOutput::read(text.to_owned()).is_none(), "{text:?}");
        }
        assert_eq!(FindOutput::read("0 d 4096 1 755 //1 d 0 1 755 tmp/".to_owned()).unwrap().records.len(), 2);
    }

    #[test]
    fn lines_of_a_listing_keep_what_follows_them() {
        let read: Vec<_> = lines("[FILE] a\nb\n\n[DIR] [FILE] c \n").into_iter().map(|l| (l.name, l.strays)).collect();
        assert_eq!(read[0], ("a".to_owned(), vec!["b".to_owned(), String::new()]));
        assert_eq!(read[1], ("[FILE] c ".to_owned(), Vec::new()));
        assert!(lines("").is_empty() && lines("nothing here").is_empty());
    }

    #[test]
    fn the_tools_words_are_read_where_they_mean_something() {
        let text = "name: x\nsize: 15\nisDirectory: false\nmode: 0644\nmodified: 2026-11-21T08:00:00Z";
        let entry = seen(&at("/d/x"), text).unwrap();
        assert_eq!((entry.kind, entry.size, entry.mode), (EntryKind::File, Some(15), Some(Mode(0o644))));
        assert_eq!(entry.modified_at.unwrap().to_string(), "2026-11-21T08:00:00Z");
        assert_eq!(seen(&at("/d"), "size: 4096\nisDirectory: true").unwrap().size, None);
        assert_eq!(seen(&at("/d"), "isDirectory: false\nisFile: false").unwrap().kind, EntryKind::Other);
        assert_eq!(seen(&at("/d"), "what?").unwrap_err().kind(), Kind::Unavailable);
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_never_joined() {
        for name in ["", ".", "..", "/", "a/b", "../a", "a\0"] {
            assert_eq!(child_path(&at("/d"), name).unwrap_err().kind(), Kind::Unavailable, "{name:?}");
        }
        assert_eq!(child_path(&at("/d"), "...").unwrap().as_str(), "/d/...");
    }
}
