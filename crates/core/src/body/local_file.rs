//! Local files and standard input as sources.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use cap_std::fs::Dir;

use super::{Attributes, Body, Source, changed};
use crate::error::{Error, Result};
use crate::model::Timestamp;
use crate::platform::{self, FileKey};

/// Decides by the identity of a file whether it may be read or replaced. It is asked when the file is open, or about to be
/// replaced, so that no name that changes meanwhile leads past it.
#[derive(Clone)]
pub struct FileCheck(Arc<dyn Fn(FileKey) -> Result<()> + Send + Sync>);

impl FileCheck {
    /// Returns a check that fails where `check` does.
    pub fn new(check: impl Fn(FileKey) -> Result<()> + Send + Sync + 'static) -> Self {
        FileCheck(Arc::new(check))
    }

    /// Checks a file.
    ///
    /// # Errors
    /// That of the check.
    pub fn check(&self, key: FileKey) -> Result<()> {
        (self.0)(key)
    }
}

impl fmt::Debug for FileCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileCheck")
    }
}

/// A local file, FIFO or device as a source.
#[derive(Debug)]
pub struct LocalFile {
    location: FileLocation,
    name: String,
    /// The length in bytes; `None` if it is unknown until the whole file has been read.
    len: Option<u64>,
    is_regular: bool,
    attributes: Attributes,
    /// Whether files that the kernel generates are refused.
    only_stored: bool,
    /// Asked whether the file may be read.
    check: Option<FileCheck>,
}

/// The location of a local file.
#[derive(Debug)]
enum FileLocation {
    /// A path, as the caller spelled it.
    Named(PathBuf),
    /// A path below a directory. Links that lead out of the directory are not followed.
    Below(Arc<Dir>, PathBuf),
}

impl LocalFile {
    /// Creates a source for the file at `path`. The file is not opened yet, except to find out whether its reported
    /// length is right: files in `/proc`, for example, report 0.
    ///
    /// # Errors
    /// `not_found`; `conflict` for a directory.
    pub fn new(path: &Path) -> Result<Self> {
        let name = platform::shown(path);
        let meta = path.metadata().map_err(|e| Error::io(format!("reading `{name}`"), &e))?;
        if meta.is_dir() {
            return Err(Error::conflict(format!("`{name}` is a directory")));
        }
        let made_up = meta.is_file() && platform::may_be_made_up(&meta) && is_made_up(platform::open_regular(path));
        Ok(LocalFile {
            location: FileLocation::Named(path.to_owned()),
            name,
            len: (meta.is_file() && !made_up).then_some(meta.len()),
            is_regular: meta.is_file(),
            attributes: if meta.is_file() { platform::attributes(&meta) } else { Attributes::default() },
            only_stored: false,
            check: None,
        })
    }

    /// Creates a source for a regular file at a path below `dir`, of which the caller has the metadata.
    pub fn below(dir: &Arc<Dir>, path: PathBuf, name: String, meta: &cap_std::fs::Metadata) -> Self {
        let time = meta.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok());
        let executable = platform::mode(meta).is_some_and(|mode| mode & 0o111 != 0);
        let made_up = platform::may_be_made_up_below(meta) && is_made_up(platform::open_regular_below(dir, &path));
        LocalFile {
            location: FileLocation::Below(Arc::clone(dir), path),
            name,
            len: (!made_up).then_some(meta.len()),
            is_regular: true,
            attributes: Attributes { modified_at: time, executable },
            only_stored: false,
            check: None,
        }
    }

    /// Refuses files that the kernel generates, such as those in `/proc`, which show memory and variables of processes.
    #[must_use]
    pub fn only_stored(mut self) -> Self {
        self.only_stored = true;
        self
    }

    /// Opens the file only if `check` accepts it.
    #[must_use]
    pub fn checked_by(mut self, check: FileCheck) -> Self {
        self.check = Some(check);
        self
    }
}

/// Returns the error of a file that the system generates.
fn generated(name: &str) -> Error {
    Error::usage(format!("a file that the system generates is not sent: `{name}`"))
        .hint("copy what is needed into a file")
}

#[async_trait]
impl Source for LocalFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        self.len
    }

    fn is_at_hand(&self) -> bool {
        self.len.is_some()
    }

    fn attributes(&self) -> Attributes {
        self.attributes
    }

    async fn open(&self) -> Result<Body> {
        let file = match &self.location {
            FileLocation::Named(path) if !self.is_regular => {
                let path = path.clone();
                return Ok(Body::of_pipe(self.name.clone(), move || File::open(path)));
            }
            FileLocation::Named(path) => platform::open_regular(path),
            FileLocation::Below(dir, path) => platform::open_regular_below(dir, path),
        };
        let file = file.map_err(|e| Error::io(format!("opening `{}`", self.name), &e))?;
        // An error here would come again.
        if self.only_stored && platform::is_generated(&file).unwrap_or(true) {
            return Err(generated(&self.name));
        }
        if let Some(check) = &self.check {
            let key = platform::key_of_file(&file);
            check.check(key.map_err(|e| Error::io(format!("reading `{}`", self.name), &e))?)?;
        }
        let Some(len) = self.len else {
            // Without a length, a change during the transfer cannot be detected.
            return Ok(Body::of_pipe(self.name.clone(), move || Ok(file)));
        };
        let body = Body::of_file(file, self.name.clone(), len, true).must_not_be_replaced();
        match (body.mtime(), self.attributes.modified_at) {
            // The attributes in `self` would be those of another version.
            (Some(now), Some(then)) if now != then => Err(changed(&self.name)),
            _ => Ok(body),
        }
    }
}

/// Returns whether an open file is longer than the system reports. Errors are ignored here: the transfer meets them
/// again.
fn is_made_up(file: io::Result<File>) -> bool {
    file.and_then(|file| platform::is_made_up(&file)).unwrap_or(false)
}

/// Standard input, read to its end. It can be opened once.
pub struct Stdin;

#[async_trait]
impl Source for Stdin {
    fn name(&self) -> &'static str {
        "-"
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let stdin = open_stdin()?;
        Ok(Body::of_pipe("standard input".to_owned(), || Ok(stdin)))
    }
}

/// Opens standard input for reading.
///
/// # Errors
/// `io` if it is closed or not open for reading. An empty stdin is not an error.
pub fn open_stdin() -> Result<impl Read + Send + 'static> {
    platform::stdin().map_err(|e| {
        Error::io("reading standard input", &e)
            .hint("for an empty content write `</dev/null`, which is open for reading only")
    })
}
