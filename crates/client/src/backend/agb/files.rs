//! Operations on session files.

use async_trait::async_trait;
use futures_util::future::join;
use futures_util::stream::BoxStream;

use super::bundle::LIMITS;
use super::capabilities::CAPABILITIES;
use super::stat::{AgbFiles, is_fixed};
use super::tools::{failed, from_root, words};
use crate::backend::path_errors::{directory_in_the_way, missing, no_directory, occupied, taken};
use crate::backend::{
    BundleDownload, BundleLimits, BundleUpload, Capabilities, Feature, FetchOptions, FetchedBundle, GetResult,
    MkdirOptions, PutOptions, PutResult, RemoteTree, SessionFiles, TreeOptions,
};
use crate::http::Class;
use wharf_core::advice::{Setting, Step};
use wharf_core::body::Source;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, EntryKind, RemotePath, SessionId, SessionPath};
use wharf_wire::agb as wire;
use wharf_wire::agb::text::ToolError;

/// The longest name, in bytes, that the file system of every image accepts.
const NAME_MAX: usize = 255;

#[async_trait]
impl SessionFiles for AgbFiles {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn put(&self, at: &SessionPath, source: &dyn Source, options: PutOptions) -> Result<PutResult> {
        CAPABILITIES.require_all(options.features())?;
        check_names(&at.path)?;
        self.put_content(at, source, options).await
    }

    async fn fetch(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        self.fetch_content(at, options).await
    }

    fn bundles(&self) -> Option<BundleLimits> {
        Some(LIMITS)
    }

    async fn put_bundle(
        &self,
        session: &SessionId,
        files: &[BundleUpload],
        options: PutOptions,
    ) -> Result<Vec<Result<PutResult>>> {
        CAPABILITIES.require_all(options.features())?;
        self.put_files(session, files, options.keep_existing).await
    }

    async fn fetch_bundle(&self, session: &SessionId, files: &[BundleDownload]) -> Result<Box<dyn FetchedBundle>> {
        self.fetch_files(session, files).await
    }

    async fn stat(&self, at: &SessionPath) -> Result<Entry> {
        self.look(at).await
    }

    async fn stat_each(&self, session: &SessionId, paths: &[RemotePath]) -> Vec<Result<Entry>> {
        self.look_each(session, paths).await
    }

    async fn list<'a>(&'a self, at: &SessionPath, recursive: bool) -> Result<BoxStream<'a, Result<Entry>>> {
        self.tree(at, recursive).await
    }

    /// Lists a directory and its own entry with one call.
    async fn open_tree<'a>(&'a self, at: &SessionPath, _: TreeOptions) -> Result<RemoteTree<'a>> {
        self.snapshot(at).await
    }

    async fn resolve(&self, at: &SessionPath) -> Result<SessionPath> {
        self.realpath(at).await
    }

    /// Creates a directory. The tool creates parents and seems to accept an existing directory; without parents, the
    /// command `mkdir` is exact.
    async fn mkdir(&self, at: &SessionPath, options: MkdirOptions) -> Result<Entry> {
        check_names(&at.path)?;
        if options.mode.is_some() {
            return Err(CAPABILITIES.unsupported(Feature::MkdirMode));
        }
        let (class, path) = (Class::Idempotent, at.path.as_str());
        let made = if options.parents {
            let asked = wire::PathOnly { path: path.to_owned() };
            match self.client.tool(class, &at.session, wire::name::CREATE_DIRECTORY, &asked).await? {
                Ok(_) => Ok(String::new()),
                Err(_) => self.client.act(class, &at.session, words("mkdir -p --", &[&from_root(&at.path)])).await?,
            }
        } else {
            if let Some(there) = self.entry(at).await? {
                return Err(occupied(at, there.kind));
            }
            let class = Class::Once(Step::StatFile);
            self.client.act(class, &at.session, words("mkdir --", &[&from_root(&at.path)])).await?
        };
        let there = match self.look_through(at).await {
            Err(error) if error.kind() == Kind::NotFound && error.code().is_none() => None,
            looked => Some(looked?),
        };
        match (there, made) {
            (Some(entry), made) if entry.kind == EntryKind::Directory && (made.is_ok() || options.parents) => Ok(entry),
            (Some(entry), _) => Err(occupied(at, entry.kind)),
            (None, Err(error)) => Err(self.explain(at, &error).await),
            (None, Ok(_)) => Err(missing(at)),
        }
    }

    async fn rename(&self, from: &SessionPath, to: &RemotePath) -> Result<Entry> {
        check_names(to)?;
        let to = from.at(to.clone());
        let (source, target) = join(self.look(from), self.entry(&to)).await;
        let (source, target) = (source?, target?);
        if let Some(fixed) = [from, &to].into_iter().find(|at| is_fixed(&at.path)) {
            return Err(never(fixed));
        }
        if *from == to {
            return Ok(source);
        }
        let directory = source.kind == EntryKind::Directory;
        match target {
            Some(there) if there.kind == EntryKind::Directory || directory => return Err(taken(&to)),
            _ if directory && to.path.is_within(&from.path) => {
                return Err(Error::conflict(format!("a directory cannot be moved into itself: `{to}`")));
            }
            _ => {}
        }
        let command = words("mv -fT --", &[&from_root(&from.path), &from_root(&to.path)]);
        let class = Class::Once(Step::ListFiles { session: None });
        match self.client.act(class, &from.session, command).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(self.explain(&to, &error).await),
            // Whether it was done shows at both ends.
            Err(error) if error.kind() == Kind::Unavailable => {
                if self.entry(from).await?.is_some() {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        self.look(&to).await
    }

    async fn remove(&self, at: &SessionPath, recursive: bool) -> Result<()> {
        let entry = self.look(at).await?;
        if is_fixed(&at.path) {
            return Err(never(at));
        }
        let (class, path) = (Class::Idempotent, at.path.as_str());
        let directory = entry.kind == EntryKind::Directory;
        let outcome = if entry.kind == EntryKind::File {
            let asked = wire::PathOnly { path: path.to_owned() };
            self.client.tool(class, &at.session, wire::name::DELETE_FILE, &asked).await?
        } else {
            let command = match (directory, recursive) {
                (true, false) => "rmdir --",
                (true, true) => "rm -rf --",
                (false, _) => "rm -f --",
            };
            self.client.act(class, &at.session, words(command, &[&from_root(&at.path)])).await?
        };
        let Err(error) = outcome else { return Ok(()) };
        match self.entry(at).await? {
            // An earlier attempt, or another program, has done it.
            None => Ok(()),
            Some(_) => Err(match failed(at, &error) {
                error if error.kind() == Kind::Conflict && directory && !recursive => {
                    error.hint(format!("add {} to remove it with its contents", Setting::Recursive))
                }
                error => error,
            }),
        }
    }
}

impl AgbFiles {
    /// Returns the entry at a path, if any.
    pub(super) async fn entry(&self, at: &SessionPath) -> Result<Option<Entry>> {
        match self.look(at).await {
            Ok(entry) => Ok(Some(entry)),
            // Nothing is there, or no session is: that shows in the code.
            Err(error) if error.kind() == Kind::NotFound && error.code().is_none() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns why a path could not be written, from its entry: the messages of systems differ.
    pub(super) async fn explain(&self, at: &SessionPath, error: &ToolError) -> Error {
        match self.look(at).await {
            Ok(entry) if entry.kind == EntryKind::Directory => return directory_in_the_way(at),
            _ => {}
        }
        let mut above = at.path.parent();
        while let Some(parent) = above {
            match self.look(&at.at(parent.clone())).await {
                Ok(entry) if entry.kind == EntryKind::File => {
                    return no_directory(&at.at(parent));
                }
                Ok(_) => break,
                Err(_) => above = parent.parent(),
            }
        }
        failed(at, error)
    }
}

/// Rejects invalid names before a parent is created.
pub(super) fn check_names(path: &RemotePath) -> Result<()> {
    if path.as_str().split('/').any(|name| name.len() > NAME_MAX) {
        return Err(Error::usage(format!("a name has more than {NAME_MAX} bytes: `{path}`")));
    }
    path.check_length()
}

/// Returns the error of a path that cannot be changed.
fn never(at: &SessionPath) -> Error {
    Error::conflict(format!("the root of a session and its home cannot be removed or moved: `{at}`"))
        .hint("remove its contents, or delete the session")
}
