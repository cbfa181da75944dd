//! The destination of each source, which never depends on what exists there. One file goes to the destination itself,
//! or into it if that is spelled as a directory; the contents of one directory go below it; several sources go into it by
//! name, and so does any number of them with `--into`.

use std::cell::Cell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fmt, fs, io};

use super::TransferOptions;
use wharf_client::backend::Limits;
use wharf_core::advice::Setting;
use wharf_core::body::{LocalFile, Source, Stdin};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::platform;
use wharf_core::platform::names::NameRules;

/// The most directories if `--max-files` is lower; guards against endless listings.
const DIRECTORIES: u64 = 10_000;

/// The size of a transfer, as far as it is known before.
#[derive(Debug, Default)]
pub struct TransferSize {
    /// Files.
    pub files: u64,
    directories: u64,
    /// Bytes of the files whose size is known.
    known: u64,
    /// Files whose size is unknown.
    unknown: u64,
    largest: Option<(u64, String)>,
}

impl TransferSize {
    /// Adds a file.
    pub fn add(&mut self, name: &str, bytes: Option<u64>) {
        self.files += 1;
        let Some(bytes) = bytes else {
            self.unknown += 1;
            return;
        };
        self.known = self.known.saturating_add(bytes);
        if self.largest.as_ref().is_none_or(|(largest, _)| bytes > *largest) {
            self.largest = Some((bytes, name.to_owned()));
        }
    }

    /// Adds a directory.
    pub(crate) fn add_directory(&mut self) {
        self.directories += 1;
    }

    /// Returns the number of bytes; `None` if the size of a file is unknown.
    pub fn bytes(&self) -> Option<u64> {
        (self.files > 0 && self.unknown == 0).then_some(self.known)
    }

    /// Returns whether this is more than the options allow.
    pub fn is_over(&self, options: &TransferOptions) -> bool {
        self.check(&Limits::default(), options).is_err()
    }

    /// Fails if this is more than the backend or the options allow.
    ///
    /// # Errors
    /// `limit`, before anything is sent.
    pub fn check(&self, limits: &Limits, options: &TransferOptions) -> Result<()> {
        let nothing = "nothing was transferred";
        if let (Some(limit), Some((bytes, name))) = (limits.file_bytes, &self.largest)
            && *bytes > limit
        {
            return Err(Error::new(
                Kind::Limit,
                format!("`{name}` has {bytes} bytes; this backend takes files of at most {limit}"),
            )
            .hint(format!("{nothing}; split the file, or exclude it: {}", Setting::Exclude)));
        }
        let bytes = self.known;
        if let Some(limit) = limits.session_bytes.filter(|limit| bytes > *limit) {
            return Err(Error::new(
                Kind::Limit,
                format!("a session takes at most {limit} bytes, and the transfer has {bytes}"),
            )
            .hint(format!("{nothing}; transfer less, or use several sessions")));
        }
        if let Some(limit) = options.max_files.filter(|limit| self.files > *limit) {
            return Err(Error::new(
                Kind::Limit,
                format!("more than {limit} files, the limit of {}", Setting::MaxFiles),
            )
            .hint(format!("{nothing}; raise the limit, or exclude some: {}", Setting::Exclude)));
        }
        if let Some(limit) = options.max_files.filter(|limit| self.directories > (*limit).max(DIRECTORIES)) {
            let what = format!("{} directories, and {} is {limit}", self.directories, Setting::MaxFiles);
            return Err(Error::new(Kind::Limit, what)
                .hint(format!("{nothing}; raise the limit, or exclude some: {}", Setting::Exclude)));
        }
        if let Some(limit) = options.max_bytes.filter(|limit| bytes > *limit) {
            return Err(Error::new(Kind::Limit, format!("{bytes} bytes, and {} is {limit}", Setting::MaxSize))
                .hint(format!("{nothing}; raise the limit, or exclude some: {}", Setting::Exclude)));
        }
        Ok(())
    }
}

/// The files and bytes that a download may still write.
pub(crate) struct Budget {
    files: Cell<Option<u64>>,
    directories: Cell<Option<u64>>,
    bytes: Option<Arc<AtomicU64>>,
    over: Cell<bool>,
}

impl Budget {
    /// Returns the budget that the options allow.
    pub(crate) fn new(options: &TransferOptions) -> Self {
        Budget {
            files: Cell::new(options.max_files),
            directories: Cell::new(options.max_files.map(|files| files.max(DIRECTORIES))),
            bytes: options.max_bytes.map(|bytes| Arc::new(AtomicU64::new(bytes))),
            over: Cell::new(false),
        }
    }

    /// Returns whether something exceeded the budget. What follows was not there when the tree was measured, and may be
    /// endless.
    pub(crate) fn is_over(&self) -> bool {
        self.over.get()
    }

    /// Counts a file.
    ///
    /// # Errors
    /// `limit` if it exceeds the budget.
    pub(crate) fn count_file(&self) -> Result<()> {
        self.count(&self.files)
    }

    /// Counts a directory.
    ///
    /// # Errors
    /// `limit` if it exceeds the budget.
    pub(crate) fn count_directory(&self) -> Result<()> {
        self.count(&self.directories)
    }

    fn count(&self, left: &Cell<Option<u64>>) -> Result<()> {
        let Some(some) = left.get() else { return Ok(()) };
        let less = some.checked_sub(1).ok_or_else(|| over(Setting::MaxFiles));
        self.over.set(less.is_err());
        left.set(Some(less?));
        Ok(())
    }

    /// Reserves the announced bytes of a file until the returned share is dropped.
    ///
    /// # Errors
    /// `limit` if they exceed the budget.
    pub(crate) fn claim(&self, announced: Option<u64>) -> Result<BudgetShare> {
        let mut share = BudgetShare { left: self.bytes.clone(), aside: 0, taken: 0 };
        let claimed = share.take(announced.unwrap_or(0));
        self.over.set(self.over.get() || claimed.is_err());
        claimed?;
        (share.aside, share.taken) = (share.taken, 0);
        Ok(share)
    }

    /// Subtracts the bytes of a file that was written.
    pub(crate) fn spend(&self, bytes: u64) {
        if let Some(left) = &self.bytes {
            let less = |left: u64| Some(left.saturating_sub(bytes));
            // The closure never refuses.
            let _ = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }
}

/// The part of a [`Budget`] that one file uses: first what is reserved for it, then what is left for all.
pub(crate) struct BudgetShare {
    left: Option<Arc<AtomicU64>>,
    aside: u64,
    taken: u64,
}

impl BudgetShare {
    /// Counts bytes that arrived.
    ///
    /// # Errors
    /// `limit` if they exceed the budget.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<()> {
        let Some(left) = &self.left else { return Ok(()) };
        let more = bytes.saturating_sub(self.aside);
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(more))
            .map_err(|_| over(Setting::MaxSize))?;
        self.aside -= bytes - more;
        self.taken += bytes;
        Ok(())
    }
}

/// Returns everything to the budget. The bytes of a file that was written are [spent](Budget::spend) afterwards.
impl Drop for BudgetShare {
    fn drop(&mut self) {
        if let Some(left) = &self.left {
            left.fetch_add(self.aside + self.taken, Ordering::Relaxed);
        }
    }
}

fn over(setting: Setting) -> Error {
    Error::new(Kind::Limit, format!("the limit of {setting} is reached"))
        .hint("files that were downloaded before are complete")
}

/// A destination as the user spelled it.
#[derive(Debug, Clone)]
pub struct Destination<P> {
    /// The path itself.
    pub path: P,
    /// Whether it is spelled as a directory: it ends in `/` or `.`, or is empty.
    pub as_directory: bool,
    /// Whether everything goes into it by name (`--into`).
    pub into: bool,
}

impl<P> Destination<P> {
    /// Returns whether one of `sources` goes into the destination by name. Otherwise a file goes to the destination itself,
    /// and the contents of a directory go below it.
    pub(crate) fn takes_by_name(&self, sources: usize, is_directory: bool) -> bool {
        self.into || sources > 1 || self.as_directory && !is_directory
    }
}

/// A local file or directory to upload.
#[derive(Clone)]
pub struct LocalSource {
    /// The name as the user wrote it; `-` for standard input.
    pub name: String,
    /// The path; `None` for standard input and a content that is open.
    pub path: Option<PathBuf>,
    /// The content, if it is not that of a path or of standard input.
    pub content: Option<Arc<dyn Source>>,
    /// The name that it gets in a directory; `None` if that is not UTF-8.
    pub base: Option<String>,
    /// Whether it is a directory.
    pub is_directory: bool,
}

impl fmt::Debug for LocalSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSource").field("name", &self.name).finish_non_exhaustive()
    }
}

impl LocalSource {
    /// Returns a source with this content, and the name that it gets in a directory.
    pub fn of_content(content: Arc<dyn Source>, base: Option<String>) -> Self {
        LocalSource { name: content.name().to_owned(), path: None, content: Some(content), base, is_directory: false }
    }

    /// Returns the content of a source that is not a directory.
    ///
    /// # Errors
    /// Those of looking at a file.
    pub(crate) fn content(&self) -> Result<Arc<dyn Source>> {
        match (&self.content, &self.path) {
            (Some(content), _) => Ok(Arc::clone(content)),
            (None, Some(path)) => Ok(Arc::new(LocalFile::new(path)?)),
            (None, None) => Ok(Arc::new(Stdin)),
        }
    }

    /// Looks at a local source; `called` is the value of `--name`.
    ///
    /// # Errors
    /// `not_found` if it does not exist; `io` if it cannot be read; `unsupported` for anything but a file, a directory, a
    /// pipe or a device.
    pub fn look(name: impl AsRef<Path>, called: Option<&str>) -> Result<Self> {
        let (path, name) = (name.as_ref().to_owned(), platform::shown(name));
        if path == Path::new("-") {
            let base = called.map(str::to_owned);
            return Ok(LocalSource { name, path: None, content: None, base, is_directory: false });
        }
        let meta = path.metadata().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => no_source(&name, &path),
            _ => Error::io(format!("reading `{name}`"), &e),
        })?;
        readable(&path, &meta).map_err(|e| Error::io(format!("opening `{name}`"), &e))?;
        if platform::is_socket(&meta) {
            return Err(Error::new(Kind::Unsupported, format!("`{name}` is a socket, which has no content")));
        }
        let base = called.map(str::to_owned).or_else(|| base_name(&path));
        Ok(LocalSource { name, path: Some(path), content: None, base, is_directory: meta.is_dir() })
    }

    /// Returns the name that it gets as a stored file.
    ///
    /// # Errors
    /// `usage` for a source without a name.
    pub fn file_name(&self) -> Result<String> {
        self.base.clone().ok_or_else(|| {
            Error::usage(format!("the source has no file name: `{}`", self.name))
                .hint(format!("give one: {}", Setting::Name.to("NAME")))
        })
    }

    /// Looks at all sources of a command before a byte is sent: a mistyped destination looks like a source that does not
    /// exist, and the others would go to the wrong place.
    ///
    /// # Errors
    /// The kind of the first source that cannot be sent, with the messages of all.
    pub fn look_at_all(names: &[impl AsRef<Path>], called: Option<&str>) -> Result<Vec<Self>> {
        let mut sources = Vec::new();
        let mut errors = Vec::new();
        for name in names {
            match Self::look(name, called) {
                Ok(source) => sources.push(source),
                Err(error) => errors.push(error),
            }
        }
        let Some(first) = errors.first() else { return Ok(sources) };
        let mut said: Vec<_> = errors.iter().take(SHOWN).map(Error::message).collect();
        let more = format!("and {} more", errors.len().saturating_sub(SHOWN));
        if errors.len() > SHOWN {
            said.push(&more);
        }
        if names.len() > 1 {
            said.push("nothing was sent");
        }
        let error = Error::new(first.kind(), said.join("; "));
        Err(match first.hint_text() {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }
}

/// The most sources that an error names.
const SHOWN: usize = 20;

/// Fails if a file or a directory cannot be read. A pipe is not opened, because that would consume from it.
fn readable(path: &Path, meta: &fs::Metadata) -> io::Result<()> {
    if meta.is_dir() {
        fs::read_dir(path).map(drop)
    } else if meta.is_file() {
        platform::open_regular(path).map(drop)
    } else {
        Ok(())
    }
}

/// Returns the error for a source that does not exist, which may be meant as a session path.
fn no_source(name: &str, path: &Path) -> Error {
    if name.is_empty() {
        return Error::not_found("the name of a source is empty").hint("is a variable unset, such as \"$SESSION\"?");
    }
    if path.is_symlink() {
        return Error::not_found(format!("`{name}` is a link to a file that does not exist"));
    }
    let error = Error::not_found(format!("`{name}` is not a local file"));
    match name.split_once('/') {
        Some((session, below)) if SessionId::is_generated(session) => {
            error.hint(format!("did you mean `{session}:/{below}`?"))
        }
        None if !name.contains('.') && name.parse::<SessionId>().is_ok() => {
            error.hint(format!("did you mean `{name}:/`?"))
        }
        _ => error,
    }
}

/// Returns the last part of a path; if that is `.` or `..`, the name of the directory.
fn base_name(path: &Path) -> Option<String> {
    let direct = path.file_name().map(ToOwned::to_owned);
    let name = direct.or_else(|| path.canonicalize().ok()?.file_name().map(ToOwned::to_owned))?;
    name.into_string().ok()
}

/// Returns the destination of each source: the path of a file, or the path below which the contents of a directory go.
///
/// # Errors
/// `usage` if a source needs a name and has none, or two sources have the same.
pub fn upload(sources: &[LocalSource], to: &Destination<SessionPath>) -> Result<Vec<SessionPath>> {
    let mut names = HashSet::new();
    sources
        .iter()
        .map(|source| {
            if !to.takes_by_name(sources.len(), source.is_directory) {
                return Ok(to.path.clone());
            }
            let name = source.base.as_deref().filter(|name| !name.is_empty()).ok_or_else(|| {
                Error::usage(format!("no name in `{}` can be derived from the source `{}`", to.path, source.name))
                    .hint(format!("give the whole destination path, or {}", Setting::Name.to("NAME")))
            })?;
            check_unique(&mut names, name)?;
            let path = RemotePath::resolve(name, &to.path.path)?;
            if path.parent().as_ref() != Some(&to.path.path) {
                return Err(Error::usage(format!("a file name must not contain a slash: {name:?}")));
            }
            Ok(to.path.at(path))
        })
        .collect()
}

/// A remote file or directory to download.
#[derive(Debug, Clone)]
pub struct RemoteSource {
    /// The name as the user wrote it.
    pub name: String,
    /// The name that it gets in a directory; `None` for the root of a session.
    pub base: Option<String>,
    /// Whether it is a directory.
    pub is_directory: bool,
}

/// Returns the local destination of each source.
///
/// # Errors
/// As [`upload`]; `conflict` for a name from the backend that cannot be a file name here.
pub fn download(sources: &[RemoteSource], to: &Destination<PathBuf>) -> Result<Vec<PathBuf>> {
    let mut names = HashSet::new();
    sources
        .iter()
        .map(|source| {
            if !to.takes_by_name(sources.len(), source.is_directory) {
                return Ok(to.path.clone());
            }
            let name = source.base.as_deref().ok_or_else(|| {
                Error::usage(format!(
                    "no name in `{}` can be derived from the source `{}`",
                    to.path.display(),
                    source.name
                ))
                .hint("download the root of a session by itself: its contents go under DEST")
            })?;
            check_unique(&mut names, name)?;
            Ok(to.path.join(plain_name(name)?))
        })
        .collect()
}

/// Returns a name from the backend that can be a file name here.
///
/// # Errors
/// `conflict` for a name that would lead elsewhere.
pub(crate) fn plain_name(name: &str) -> Result<&str> {
    match NameRules::HERE.problem(name) {
        None => Ok(name),
        Some(why) => {
            Err(Error::conflict(format!("invalid file name: {name:?}: {why}")).hint("choose one yourself: give a DEST"))
        }
    }
}

fn check_unique<'a>(names: &mut HashSet<&'a str>, name: &'a str) -> Result<()> {
    if names.insert(name) {
        return Ok(());
    }
    Err(Error::usage(format!("several sources have the same name: `{name}`"))
        .hint("upload or download them one by one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(path: &str) -> Destination<SessionPath> {
        let as_directory = wharf_core::model::target::names_directory(path);
        let path = SessionPath { session: "s1".parse().unwrap(), path: path.parse().unwrap() };
        Destination { path, as_directory, into: false }
    }

    fn source(name: &str, is_directory: bool) -> LocalSource {
        let base = name.rsplit('/').next().map(str::to_owned);
        LocalSource { name: name.into(), path: Some(name.into()), content: None, base, is_directory }
    }

    fn destinations(sources: &[LocalSource], to: &Destination<SessionPath>) -> Vec<String> {
        upload(sources, to).unwrap().into_iter().map(|at| at.path.to_string()).collect()
    }

    #[test]
    fn one_file_goes_to_the_path_or_into_the_directory() {
        let file = [source("x/a.txt", false)];
        assert_eq!(destinations(&file, &to("/d")), ["/d"]);
        assert_eq!(destinations(&file, &to("/d/")), ["/d/a.txt"]);
        assert_eq!(destinations(&file, &to("/d/.")), ["/d/a.txt"]);
        assert_eq!(destinations(&file, &to("")), ["/a.txt"]);
        assert_eq!(destinations(&file, &Destination { into: true, ..to("/d") }), ["/d/a.txt"]);
    }

    #[test]
    fn one_directory_gives_its_contents_however_the_destination_is_spelled() {
        let dir = [source("x/tree", true)];
        assert_eq!(destinations(&dir, &to("/d")), ["/d"]);
        assert_eq!(destinations(&dir, &to("/d/")), ["/d"]);
        assert_eq!(destinations(&dir, &Destination { into: true, ..to("/d") }), ["/d/tree"]);
    }

    #[test]
    fn several_go_by_name_and_never_onto_each_other() {
        let several = [source("x/tree", true), source("a.txt", false)];
        assert_eq!(destinations(&several, &to("/d")), ["/d/tree", "/d/a.txt"]);
        assert!(upload(&[source("x/a", false), source("y/a", false)], &to("/d")).is_err());
    }

    #[test]
    fn names_from_the_other_side_stay_names() {
        for bad in ["", ".", "..", "a/b", "/a", "a/", "a\0b"] {
            assert!(plain_name(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "...", "-x", " ", "a\nb"] {
            assert_eq!(plain_name(good).ok(), Some(good));
        }
    }
}
