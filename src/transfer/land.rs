//! Where bytes reach this machine's disk: temporary file, proof, rename.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::backend::{Expected, Fetched};
use crate::body::{Attributes, Body, Summary};
use crate::error::{Error, Kind, Result};
use crate::model::Verified;
use crate::pending::{Pending, handle_of};
use crate::platform;

/// A directory on this machine that files are landed in. Opened once and held: whatever is renamed
/// or linked meanwhile, nothing lands outside of it.
pub struct Ground {
    dir: Dir,
    path: PathBuf,
    changed: bool,
}

/// What was landed.
#[derive(Debug)]
pub struct Landed {
    /// What passed.
    pub summary: Summary,
    /// How far it is proven.
    pub verified: Verified,
}

impl Ground {
    /// Opens a directory, making it and its parents where `make` says so.
    pub fn open(path: &Path, make: bool) -> Result<Self> {
        // `out/.` cannot be made where `out` is not there; `out` can.
        let path: &Path = &path.components().collect::<PathBuf>();
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let doing = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => {
                Error::not_found(format!("the directory to write to does not exist: `{}`", path.display()))
                    .hint(format!("make it first: mkdir -p '{}'", path.display()))
            }
            _ => Error::io(format!("opening the directory `{}`", path.display()), &e),
        };
        if make {
            std::fs::create_dir_all(path).map_err(doing)?;
        }
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(doing)?;
        Ok(Ground { dir, path: path.to_owned(), changed: false })
    }

    /// Opens a directory below this one, making it where it is not there.
    pub fn enter(mut self, name: &str) -> Result<Self> {
        self.mkdir(name)?;
        let dir = self.dir.open_dir(name).map_err(|e| self.refused("opening the directory", name, &e))?;
        Ok(Ground { dir, path: self.path.join(name), changed: self.changed })
    }

    /// What is at `below`, a link being itself.
    pub fn look(&self, below: &str) -> Result<Option<cap_std::fs::Metadata>> {
        match self.dir.symlink_metadata(below) {
            Ok(meta) => Ok(Some(meta)),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(self.refused("looking at", below, &e)),
        }
    }

    /// The SHA-256 of the file at `below`, in hexadecimal.
    pub async fn hash(&self, below: &str) -> Result<String> {
        let doing = |e: io::Error| self.refused("reading", below, &e);
        let file = platform::open_regular_below(&self.dir, Path::new(below)).map_err(doing)?;
        let length = file.metadata().map_err(doing)?.len();
        let mut body = Body::of_file(file, self.path.join(below).display().to_string(), length, true);
        while body.next().await?.is_some() {}
        Ok(body.summary()?.sha256.clone())
    }

    /// Makes a directory and its parents.
    pub fn mkdir(&mut self, below: &str) -> Result<()> {
        self.changed = true;
        self.dir.create_dir_all(below).map_err(|e| self.refused("making the directory", below, &e))
    }

    /// Lands a file at `below`, making its parents: all of it, proven, or nothing.
    pub async fn land(&mut self, below: &str, mut fetched: Fetched, keep_existing: bool, bulk: bool) -> Result<Landed> {
        if let Some((parent, _)) = below.rsplit_once('/') {
            self.mkdir(parent)?;
        }
        if let Some(there) = self.look(below)?.filter(|there| !there.is_file() && !there.is_symlink()) {
            let path = self.path.join(below);
            let path = path.display();
            return Err(if there.is_dir() {
                Error::conflict(format!("this is a directory: `{path}`"))
                    .hint(format!("to put the file inside, add a slash: `{path}/`"))
            } else {
                Error::conflict(format!("this is neither file nor directory: `{path}`"))
                    .hint("name it by itself to write to it")
            });
        }
        self.changed = true;
        let mut pending = Pending::file(&self.dir).map_err(|e| self.refused("writing", below, &e))?;
        let summary = pending.fill(&mut fetched.body, self.path.join(below).display(), None).await?;
        let verified = compare(&fetched, &summary)?;
        set_attributes(pending.handle(), fetched.attributes).map_err(|e| self.refused("writing", below, &e))?;
        if !bulk {
            pending.handle().sync_all().map_err(|e| self.refused("writing", below, &e))?;
        }
        let placed = if keep_existing { pending.place_new(&self.dir, below) } else { pending.place(&self.dir, below) };
        placed.map_err(|e| self.refused("writing", below, &e))?;
        Ok(Landed { summary, verified })
    }

    /// Makes everything durable that was landed here.
    pub fn settle(&self, bulk: bool) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        let doing = |e: io::Error| self.refused("making durable what was written to", ".", &e);
        let handle = handle_of(&self.dir).map_err(doing)?;
        if bulk { platform::sync_file_system(&handle) } else { handle.sync_all() }.map_err(doing)
    }

    fn refused(&self, doing: &str, below: &str, error: &io::Error) -> Error {
        let path = self.path.join(below);
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            return Error::conflict(format!(
                "{doing} `{}`: a link on the way leads out of the destination",
                path.display()
            ))
            .hint("remove the link, or choose another destination");
        }
        Error::io(format!("{doing} `{}`", path.display()), error)
    }
}

/// Hands a body to something that nothing can be renamed onto: a device, a FIFO, standard output.
pub async fn stream(mut fetched: Fetched, write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<Landed> {
    while let Some(block) = fetched.body.next().await? {
        write(&block)?;
    }
    let summary = fetched.body.summary().cloned()?;
    let verified = compare(&fetched, &summary)?;
    Ok(Landed { summary, verified })
}

/// Opens a device or a FIFO for writing, if that is what `path` is.
pub fn open_stream(path: &Path) -> Result<Option<File>> {
    let doing = |e: io::Error| Error::io(format!("opening `{}`", path.display()), &e);
    if !path.metadata().is_ok_and(|meta| platform::is_stream(&meta)) {
        return Ok(None);
    }
    let file = OpenOptions::new().write(true).open(path).map_err(doing)?;
    if !platform::is_stream(&file.metadata().map_err(doing)?) {
        return Err(Error::conflict(format!("another program put a file in its place: `{}`", path.display()))
            .hint("run the command again when nothing changes it"));
    }
    Ok(Some(file))
}

/// Compares what passed with what was announced.
fn compare(fetched: &Fetched, summary: &Summary) -> Result<Verified> {
    let differs = |what: &str, wanted: &str, got: &str| {
        Err(Error::new(Kind::Unverified, format!("the {what} of what came differs: wanted {wanted}, got {got}"))
            .hint("the stored content is damaged, or was cut on the way; nothing was kept here"))
    };
    if let Some(length) = fetched.body.len().filter(|length| *length != summary.bytes) {
        return differs("length", &length.to_string(), &summary.bytes.to_string());
    }
    match &fetched.sha256 {
        Expected::Known(sha256) if *sha256 != summary.sha256 => differs("hash", sha256, &summary.sha256),
        Expected::Known(_) | Expected::Streamed => Ok(Verified::Sha256),
        Expected::Unknown if fetched.body.len().is_some() => Ok(Verified::Size),
        Expected::Unknown => Ok(Verified::None("the backend told neither length nor hash")),
    }
}

fn set_attributes(file: &File, attributes: Attributes) -> io::Result<()> {
    if attributes.executable {
        platform::make_executable(file)?;
    }
    if let Some(time) = attributes.modified_at {
        file.set_modified(time.into())?;
    }
    Ok(())
}
