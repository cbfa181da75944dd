//! Files of this machine, and its standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use cap_std::fs::Dir;

use super::{Attributes, Body, Source, changed};
use crate::error::{Error, Result};
use crate::model::Timestamp;
use crate::platform;

/// A file on this machine, or a FIFO.
#[derive(Debug)]
pub struct LocalFile {
    location: FileLocation,
    name: String,
    /// None where it is not known before all of it was read.
    len: Option<u64>,
    is_regular: bool,
    attributes: Attributes,
}

/// Where a local file is opened.
#[derive(Debug)]
enum FileLocation {
    /// A path as the caller gave it.
    Named(PathBuf),
    /// Below a directory, which is never left, whatever links there are by then.
    Below(Arc<Dir>, PathBuf),
}

impl LocalFile {
    /// Looks at the file. It is opened only where it is a regular file that the system may have made up.
    ///
    /// # Errors
    /// `not_found`; `conflict` for a directory.
    pub fn new(path: &Path) -> Result<Self> {
        let name = platform::shown(path);
        let meta = path.metadata().map_err(|e| Error::io(format!("reading `{name}`"), &e))?;
        if meta.is_dir() {
            return Err(Error::conflict(format!("this is a directory: `{name}`")));
        }
        let made_up = meta.is_file() && platform::may_be_made_up(&meta) && is_made_up(platform::open_regular(path));
        Ok(LocalFile {
            location: FileLocation::Named(path.to_owned()),
            name,
            len: (meta.is_file() && !made_up).then_some(meta.len()),
            is_regular: meta.is_file(),
            attributes: if meta.is_file() { platform::attributes(&meta) } else { Attributes::default() },
        })
    }

    /// A regular file that was just looked at, at a path below `dir`.
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
        }
    }
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
        let Some(len) = self.len else {
            // There is nothing by which it could be seen that it changed.
            return Ok(Body::of_pipe(self.name.clone(), move || Ok(file)));
        };
        let body = Body::of_file(file, self.name.clone(), len, true).must_not_be_replaced();
        match (body.mtime(), self.attributes.modified_at) {
            // What goes along with it would be another file's.
            (Some(now), Some(then)) if now != then => Err(changed(&self.name)),
            _ => Ok(body),
        }
    }
}

/// Whether an open file is longer than the system says. What cannot be read says so when it is sent.
fn is_made_up(file: io::Result<File>) -> bool {
    file.and_then(|file| platform::is_made_up(&file)).unwrap_or(false)
}

/// Standard input, to its end.
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

/// Standard input, for reading it to its end.
///
/// # Errors
/// `io` where it is closed or not open for reading, which is not the same as empty.
pub fn open_stdin() -> Result<impl Read + Send + 'static> {
    platform::stdin().map_err(|e| {
        Error::io("reading standard input", &e)
            .hint("for an empty content write `</dev/null`, which is open for reading only")
    })
}
