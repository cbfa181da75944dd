//! Session files.
//!
//! The service has no ranges, no moves, no conditional writes and no recursive listing; this module emulates them. It
//! does not trust names and paths in answers.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join;
use futures_util::stream::{self, BoxStream, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::capabilities::CAPABILITIES;
use super::client::FoundryClient;
use crate::backend::made_directories::MadeDirectories;
use crate::backend::page::{Cursors, cursor_stuck, unreadable};
use crate::backend::path_errors::{directory_in_the_way, is_directory, missing, no_directory, occupied, taken};
use crate::backend::spool::Spooled;
use crate::backend::tree::{self, Level};
use crate::backend::{
    Capabilities, Feature, FetchOptions, GetResult, MkdirOptions, PutOptions, PutResult, RemoteHash, SessionFiles,
    TimeOf, range,
};
use crate::http::{Class, Request};
use wharf_core::advice::Setting;
use wharf_core::body::{Attributes, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{Entry, EntryKind, Provider, RemotePath, SessionPath};
use wharf_wire::foundry::{self as wire, FoundryOperation};
use wharf_wire::json::{self, Items};

/// A page of a directory, with each entry as raw JSON.
#[derive(Deserialize)]
struct DirectoryPage<'a> {
    #[serde(borrow)]
    entries: Items<'a, { tree::ENTRIES }>,
    #[serde(default)]
    last_id: Option<String>,
    /// If missing, there is no next page \[live\].
    #[serde(default)]
    has_more: bool,
}

/// The files in the sessions of one agent.
pub(super) struct FoundryFiles {
    client: Arc<FoundryClient>,
    /// Whether the service was found to lack the call for one path.
    no_stat: AtomicBool,
    /// The directories that the current transfer created.
    made: MadeDirectories,
}

#[async_trait]
impl SessionFiles for FoundryFiles {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// Writes a file. The service creates parents and replaces an existing file \[live\], and has no conditional
    /// writes: whether the path exists is checked right before, and a file that appears in between is replaced.
    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        CAPABILITIES.require_all(options.features())?;
        check_names(at)?;
        if at.path.is_root() {
            self.client.session(&at.session).await?;
            return Err(directory_in_the_way(at));
        }
        let spooled;
        let source = match source.len() {
            Some(bytes) if bytes > wire::UPLOAD_MAX => return Err(too_large(source.name())),
            Some(_) => source,
            // Whether the service takes a content of unknown length is not known.
            None => {
                spooled = Spooled::of(source, wire::UPLOAD_MAX, too_large).await?;
                &spooled
            }
        };
        if options.keep_existing {
            match self.stat(at).await {
                Ok(_) => return Err(taken(at)),
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let request = self.file_call(Class::Idempotent, at, FoundryOperation::UploadFile)?;
        let answer = match request.header("content-type", "application/octet-stream").source(source).send().await {
            Err(error) if matches!(error.status(), Some(400 | 409)) && error.hint_text().is_none() => {
                return Err(match self.obstacle(at).await.as_ref().and_then(Error::hint_text) {
                    Some(hint) => error.hint(hint),
                    None => error,
                });
            }
            answer => answer?,
        };
        let written: wire::UploadResponse = answer.object()?;
        if written.success == Some(false) {
            return Err(Error::new(
                Kind::Unavailable,
                format!("the service reported that it did not write the file: `{at}`"),
            )
            .hint("upload it again"));
        }
        let sent = answer.sent.clone();
        let path = written.path.parse().map_err(|e: Error| {
            let what = format!("the service sent an invalid path: {}", json::excerpt(&written.path));
            Error::new(Kind::Unavailable, what).hint(e.message())
        })?;
        Ok(PutResult {
            path,
            size: Some(written.bytes_written),
            sha256: None,
            file_id: None,
            resource_id: None,
            md5: false,
            sent: sent.ok_or_else(|| Error::new(Kind::Internal, "an upload without a source"))?,
        })
    }

    fn time_of(&self) -> TimeOf {
        TimeOf::Write
    }

    /// Reads a file. The length of the answer is not sufficient: it is compared with the size that the service
    /// reports for the file.
    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        if at.path.is_root() {
            self.client.session(&at.session).await?;
            return Err(is_directory(at));
        }
        let content = self.file_call(Class::Safe, at, FoundryOperation::DownloadFile)?.after(options.tried).fetch();
        let (download, size) = match options.size {
            Some(size) => (content.await, Ok(Some(size))),
            None => join(content, self.size(at)).await,
        };
        let download = match download {
            Ok(download) => download,
            // What is answered for a directory is unknown.
            Err(error) if matches!(error.status(), Some(400 | 405 | 409)) => {
                return Err(match self.stat(at).await {
                    Ok(entry) if entry.kind == EntryKind::Directory => is_directory(at),
                    _ => error,
                });
            }
            Err(error) => return Err(error),
        };
        let whole = download.of_size(&at.to_string(), size?)?;
        let body = match options.range {
            Some(range) => range::of_whole(whole, range)?,
            None => whole,
        };
        Ok(GetResult { body, attributes: Attributes::default(), sha256: RemoteHash::Unknown, file_id: None })
    }

    /// Returns the entry at a path, by a call that no contract contains; if the service lacks it, from the listing of
    /// the parent.
    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        if at.path.is_root() {
            self.client.session(&at.session).await?;
            return Ok(directory(at, None, Provider::default()));
        }
        if !self.no_stat.load(Ordering::Relaxed) {
            match self.file_call(Class::Safe, at, FoundryOperation::Stat)?.send().await {
                Ok(answer) => return seen(at, answer.object()?),
                Err(error) if is_no_call(&error) => self.no_stat.store(true, Ordering::Relaxed),
                Err(error) => return Err(error),
            }
        }
        let parent = at.at(at.path.parent().unwrap_or_else(RemotePath::root));
        let children = match self.children(&parent).await {
            // The parent is a file, or nothing.
            Err(error) if matches!(error.status(), Some(400 | 404 | 409)) => return Err(missing(at)),
            children => children?,
        };
        let mut unknown = None;
        for entry in children.entries {
            match entry {
                Ok(entry) if entry.path == at.path => return Ok(entry),
                Ok(_) => {}
                Err(error) => drop(unknown.get_or_insert(error)),
            }
        }
        // What cannot be read may be the one that was asked for.
        Err(unknown.unwrap_or_else(|| missing(at)))
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        let first = match self.children(at).await {
            Ok(first) => first,
            // What is answered for a file is unknown.
            Err(error) if matches!(error.status(), Some(400 | 404 | 409)) && !at.path.is_root() => {
                return match self.stat(at).await? {
                    entry if entry.kind == EntryKind::Directory => Err(error),
                    entry => Ok(stream::iter([Ok(entry)]).boxed()),
                };
            }
            Err(error) => return Err(error),
        };
        Ok(tree::walk(first, recursive, move |at| async move {
            match self.children(&at).await {
                // The same is answered for a directory and for a session that is gone.
                Err(error) if error.kind() == Kind::NotFound => self.client.session(&at.session).await.map(|_| None),
                children => children.map(Some),
            }
        }))
    }

    /// Returns the path itself if it exists: the service does not report links.
    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        self.stat(at).await.map(|_| at.clone())
    }

    fn creates_parents(&self) -> bool {
        true
    }

    /// Creates a directory. One call creates one directory \[docs\].
    async fn mkdir(&self, at: &SessionPath, options: MkdirOptions) -> Result<Entry> {
        check_names(at)?;
        if at.path.is_root() {
            let root = self.stat(at).await?;
            return if options.parents { Ok(root) } else { Err(taken(at)) };
        }
        self.make_all(at, options, &MadeDirectories::default()).await?;
        match self.stat(at).await? {
            entry if entry.kind == EntryKind::Directory => Ok(entry),
            entry => Err(occupied(at, entry.kind)),
        }
    }

    async fn ensure_directory(&self, at: &SessionPath, bulk: bool) -> Result<()> {
        check_names(at)?;
        if at.path.is_root() {
            return self.stat(at).await.map(drop);
        }
        self.make_all(at, MkdirOptions { parents: true, mode: None, bulk }, &self.made).await
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        if at.path.is_root() {
            self.client.session(&at.session).await?;
            return Err(Error::conflict(format!("the root of a session cannot be removed: `{at}`"))
                .hint("remove its contents, or delete the session"));
        }
        self.made.forget(at);
        let request = self.file_call(Class::Idempotent, at, FoundryOperation::DeletePath)?;
        match request.query("recursive", if recursive { "true" } else { "false" }).send().await {
            Ok(answer) => match answer.nothing() {
                Ok(()) => Ok(()),
                // The answer is not that of a deletion: only a look tells whether it was one.
                Err(error) => match self.stat(at).await {
                    Err(gone) if gone.kind() == Kind::NotFound => Ok(()),
                    _ => Err(error),
                },
            },
            Err(error) if error.kind() == Kind::Conflict && !recursive && error.hint_text().is_none() => Err(error
                .hint(format!(
                    "if it is a directory that is not empty, add {} to remove it with its contents",
                    Setting::Recursive
                ))),
            Err(error) => Err(error),
        }
    }
}

impl FoundryFiles {
    pub(super) fn new(client: Arc<FoundryClient>) -> Self {
        FoundryFiles { client, no_stat: AtomicBool::new(false), made: MadeDirectories::default() }
    }

    /// Forgets which directories were created: the agent may remove them before the next transfer.
    pub(super) fn end_transfer(&self) {
        self.made.clear();
    }

    /// Returns a request for a path; without a path, it is for the directory of relative paths \[contract\].
    fn file_call(&self, class: Class, at: &SessionPath, operation: FoundryOperation) -> Result<Request<'_>> {
        let request = self.session_call(class, at, operation)?;
        Ok(if at.path.is_root() { request } else { request.query("path", at.path.relative()) })
    }

    fn session_call(&self, class: Class, at: &SessionPath, operation: FoundryOperation) -> Result<Request<'_>> {
        self.client.call(class, operation, &[at.session.as_str()])
    }

    /// Lists a directory by name. The service returns all entries at once, unsorted \[live\], and may return pages
    /// \[contract\]; an entry on two pages is returned once.
    async fn children(&self, at: &SessionPath) -> Result<Level> {
        let mut found: Vec<(Option<String>, Bytes)> = Vec::new();
        let (mut bytes, mut after, mut cursors) = (0, None::<String>, Cursors::default());
        loop {
            let mut request = self.file_call(Class::Safe, at, FoundryOperation::ListDirectory)?;
            request = request.query("limit", &wire::PAGE_MAX.to_string());
            if let Some(after) = &after {
                request = request.query("after", after);
            }
            let answer = request.at_most(tree::BYTES).send().await?;
            let page: DirectoryPage<'_> = answer.page()?;
            let received = page.entries.0.len();
            bytes += answer.bytes.len();
            if bytes > tree::BYTES || found.len() + received > tree::ENTRIES {
                return Err(tree::too_long(at));
            }
            let mut last = None;
            for text in page.entries.0 {
                let name = parsed::<EntryName>(text).ok().map(|named| named.name);
                last.clone_from(&name);
                found.push((name, answer.bytes.slice_ref(text.get().as_bytes())));
            }
            if !page.has_more {
                break;
            }
            let next = page.last_id.or(last).ok_or_else(cursor_stuck)?;
            cursors.follow(&next, received)?;
            after = Some(next);
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found.dedup_by(|(one, _), (other, _)| one.is_some() && one == other);
        bytes += found
            .iter()
            .map(|(name, _)| name.as_ref().map_or(0, String::len) + size_of::<(String, Bytes)>())
            .sum::<usize>();
        let at = at.clone();
        let entries = found.into_iter().map(move |(_, text)| child(&at, &text));
        Ok(Level { entries: Box::new(entries), bytes })
    }

    /// Returns the error of an obstacle to a file at this path, if any: a directory at the path, or another entry in
    /// place of a parent.
    async fn obstacle(&self, at: &SessionPath) -> Option<Error> {
        if self.stat(at).await.is_ok_and(|entry| entry.kind == EntryKind::Directory) {
            return Some(directory_in_the_way(at));
        }
        self.obstacle_above(at).await
    }

    /// Returns the error of an entry in place of a parent, if there is one.
    async fn obstacle_above(&self, at: &SessionPath) -> Option<Error> {
        let parents = std::iter::successors(at.path.parent(), RemotePath::parent).filter(|parent| !parent.is_root());
        for parent in parents.map(|parent| at.at(parent)) {
            if let Ok(entry) = self.stat(&parent).await {
                return (entry.kind != EntryKind::Directory).then(|| no_directory(&parent));
            }
        }
        None
    }

    /// Returns the size of a file as the service reports it.
    async fn size(&self, at: &SessionPath) -> Result<Option<u64>> {
        match self.stat(at).await? {
            entry if entry.kind == EntryKind::Directory => Err(is_directory(at)),
            entry => Ok(entry.size),
        }
    }

    /// Creates a directory. Below one that is known to have been created, missing parents are created from the top. Otherwise
    /// the whole path is tried first, since its parents mostly exist.
    async fn make_all(&self, at: &SessionPath, options: MkdirOptions, made: &MadeDirectories) -> Result<()> {
        let known = if options.parents { made.below_known(at) } else { None };
        let mut todo = known.unwrap_or_else(|| vec![at.clone()]);
        todo.reverse();
        // Those whose parent was missing.
        let mut orphans = HashSet::new();
        while let Some(path) = todo.pop() {
            let mode = options.mode.filter(|_| path == *at);
            let parent = path.path.parent().filter(|parent| !parent.is_root()).map(|parent| path.at(parent));
            let old = parent.as_ref().and_then(|parent| made.get(parent));
            let make = async {
                match self.make(&path, mode).await {
                    Err(error) if error.kind() != Kind::NotFound || !options.parents => {
                        // What is answered for a directory that exists is unknown.
                        self.is_made(&path, error, options.parents).await
                    }
                    made => made,
                }
            };
            // A mode is for a directory that exists as well.
            let done =
                if options.parents && mode.is_none() { made.once(&path, Box::pin(make)).await } else { make.await };
            match done {
                Ok(()) => {}
                Err(error) if error.kind() == Kind::NotFound && options.parents => {
                    let Some(parent) = parent else {
                        // Nothing lacks but the session, or the call.
                        return Err(self.no_mkdir(at, error).await);
                    };
                    if !orphans.insert(path.clone()) {
                        return Err(Error::conflict(format!(
                            "another program removes what is created here: `{parent}`"
                        )));
                    }
                    if let Some(old) = old {
                        made.forget_creation(&parent, &old);
                    }
                    todo.extend([path, parent]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Creates one directory, whose parent exists.
    async fn make(&self, at: &SessionPath, mode: Option<u32>) -> Result<()> {
        let asked = wire::NewDirectory { path: at.path.relative().to_owned(), mode, create_parents: None };
        let request = self.session_call(Class::Idempotent, at, FoundryOperation::CreateDirectory)?;
        request.json(&asked).send().await.map(drop)
    }

    /// Succeeds if a directory that could not be created exists already and `may_be` allows that.
    async fn is_made(&self, at: &SessionPath, error: Error, may_be: bool) -> Result<()> {
        if !matches!(error.status(), Some(400 | 409)) {
            return Err(if is_no_call(&error) { self.no_mkdir(at, error).await } else { error });
        }
        match self.stat(at).await {
            Ok(entry) if entry.kind == EntryKind::Directory && may_be => Ok(()),
            Ok(entry) => Err(occupied(at, entry.kind)),
            Err(_) => Err(self.obstacle_above(at).await.unwrap_or(error)),
        }
    }

    /// Returns why no directory can be created: the session does not exist, or the service lacks the call.
    async fn no_mkdir(&self, at: &SessionPath, error: Error) -> Error {
        match self.client.session(&at.session).await {
            Ok(_) if is_no_call(&error) => {
                Error::new(Kind::Unsupported, "the service has no call to create directories")
                    .hint(Feature::Mkdir.alternative())
            }
            Ok(_) => error,
            Err(gone) => gone,
        }
    }
}

/// The fields of an entry that it is sorted by.
#[derive(Deserialize)]
struct EntryName {
    name: String,
}

/// Returns an entry of a directory. An invalid name, or one that leads elsewhere, is an error.
fn child(parent: &SessionPath, text: &[u8]) -> Result<Entry> {
    let text: &RawValue = serde_json::from_slice(text)
        .map_err(|e| Error::new(Kind::Internal, format!("the directory entry is not valid JSON: {e}")).caused_by(&e))?;
    let listed: wire::DirectoryEntry = parsed(text).map_err(|e| unreadable("directory entry", text, e))?;
    let name = &listed.name;
    if matches!(name.as_str(), "" | "." | "..") || name.contains(['/', '\0']) || name.len() > tree::PATH {
        let name = json::excerpt(&format!("{name:?}"));
        return Err(Error::new(Kind::Unavailable, format!("the service listed an invalid name in `{parent}`: {name}"))
            .hint("such a name could lead outside of the directory, and is ignored"));
    }
    let at = parent.at(parent.path.join(name));
    let provider = Provider::of(&text);
    let Some(is_directory) = listed.is_directory() else {
        return Err(unreadable("directory entry", text, NEITHER));
    };
    if is_directory {
        return Ok(directory(&at, None, provider));
    }
    let Some(size) = listed.size else { return Err(unreadable("directory entry", text, "missing field `size`")) };
    let modified_at = wire::modified_at(listed.modified_time.as_ref());
    Ok(Entry { kind: EntryKind::File, size: Some(size), modified_at, ..directory(&at, None, provider) })
}

/// Parses the report of the service about one path. The name in the report is not used.
fn seen(at: &SessionPath, text: &RawValue) -> Result<Entry> {
    let unreadable =
        |e: Box<dyn std::error::Error>| unreadable("path's description", text, e).context(format_args!("`{at}`"));
    let stat: wire::PathInfo = parsed(text).map_err(|e| unreadable(e.into()))?;
    let is_directory = stat.is_directory().ok_or_else(|| unreadable(NEITHER.into()))?;
    let (kind, size) = if is_directory { (EntryKind::Directory, None) } else { (EntryKind::File, stat.size) };
    let modified_at = wire::modified_at(stat.modified_time.as_ref());
    Ok(Entry {
        kind,
        size,
        modified_at,
        ..directory(at, stat.mode.map(|mode| Mode(mode & 0o7777)), Provider::of(&text))
    })
}

/// The error of an entry without this field: a directory would be taken for a file.
const NEITHER: &str = "missing field `is_directory`";

fn directory(at: &SessionPath, mode: Option<Mode>, provider: Provider) -> Entry {
    Entry {
        session: at.session.clone(),
        path: at.path.clone(),
        name: at.path.name().to_owned(),
        kind: EntryKind::Directory,
        size: None,
        modified_at: None,
        mode,
        file_id: None,
        provider,
    }
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Result<T, json::JsonError> {
    json::object(text.get().as_bytes())
}

/// Returns whether an answer means that the call does not exist, and not the path: the service's own 404 has a code.
fn is_no_call(error: &Error) -> bool {
    matches!(error.status(), Some(405 | 501)) || error.status() == Some(404) && error.code().is_none()
}

/// Rejects a name with more characters than the contract allows before a parent is created. Whether the service
/// counts bytes or characters is unknown.
fn check_names(at: &SessionPath) -> Result<()> {
    if at.path.as_str().split('/').any(|name| name.chars().count() > wire::NAME_MAX) {
        return Err(Error::usage(format!("a name has more than {} characters: `{at}`", wire::NAME_MAX)));
    }
    at.path.check_length()
}

fn too_large(name: &str) -> Error {
    let most = wire::UPLOAD_MAX;
    Error::new(Kind::Limit, format!("a file has at most {most} bytes here: `{name}`"))
        .hint("the service takes no file in parts: split it, and join it in the session")
        .from_backend(CAPABILITIES.backend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> SessionPath {
        SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() }
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_never_joined() {
        let entry = |name: &str| {
            child(&at("/d"), &serde_json::to_vec(&serde_json::json!({ "name": name, "is_dir": true })).unwrap())
        };
        for name in ["", ".", "..", "/", "a/b", "../a", "/etc", "a\0"] {
            assert_eq!(entry(name).unwrap_err().kind(), Kind::Unavailable, "{name:?}");
        }
        let entry = entry("...").unwrap();
        assert_eq!((entry.path.as_str(), entry.size, entry.modified_at), ("/d/...", None, None));
    }

    #[test]
    fn an_entry_says_what_it_is_and_a_file_how_long() {
        for bad in [
            "7",
            "[]",
            r#"["a",5,false]"#,
            "{}",
            r#"{"name":"a"}"#,
            r#"{"name":"a","is_dir":false}"#,
            r#"{"name":"a","is_dir":null,"size":1}"#,
            r#"{"name":"a","is_dir":false,"size":-1}"#,
            r#"{"name":"\ud800","is_dir":false,"size":1}"#,
        ] {
            let error = child(&at("/d"), bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), Kind::Unavailable, "{bad}");
        }
        assert_eq!(child(&at("/d"), br#"{"name":"a","is_dir":false,"size":0}"#).unwrap().size, Some(0));
    }
}
