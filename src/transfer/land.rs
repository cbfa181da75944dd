//! Where bytes reach this machine's disk: temporary file, proof, rename.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};

use super::prove;
use crate::backend::Fetched;
use crate::body::{Attributes, Body, Summary};
use crate::error::{Error, Result};
use crate::model::Verified;
use crate::pending::{Pending, handle_of};
use crate::platform;

/// A directory on this machine that files are landed in. Opened once and held: whatever is renamed
/// or linked meanwhile, nothing lands outside of it.
pub struct Ground {
    /// None where it is not there and nothing is to be made.
    dir: Option<Dir>,
    path: PathBuf,
    changed: Cell<bool>,
}

/// What was landed.
#[derive(Debug)]
pub struct Landed {
    /// What passed.
    pub summary: Summary,
    /// How far it is proven.
    pub verified: Verified,
}

/// How a file is to be landed.
pub struct Landing<'a> {
    /// Fail with `conflict` where something is there already.
    pub keep_existing: bool,
    /// Many files follow: durability may wait for [`Ground::settle`].
    pub bulk: bool,
    /// At most so many bytes.
    pub room: Option<u64>,
    /// What this run landed before.
    pub claims: &'a Claims,
}

/// The files that a run landed, as the disk knows them. A disk that takes two names for the same
/// shows the first file under the second name, whatever its rule is.
#[derive(Default)]
pub struct Claims(RefCell<HashSet<(u64, u64)>>);

impl Claims {
    fn hold(&self, meta: &Metadata) -> bool {
        self.0.borrow().contains(&(meta.dev(), meta.ino()))
    }

    fn add(&self, meta: &Metadata) {
        self.0.borrow_mut().insert((meta.dev(), meta.ino()));
    }
}

impl Ground {
    /// Opens a directory, making it and its parents where `make` says so; without, one that is not
    /// there can only be looked at.
    pub fn open(path: &Path, make: bool) -> Result<Self> {
        // `out/.` cannot be made where `out` is not there; `out` can.
        let path: &Path = &path.components().collect::<PathBuf>();
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let doing = |e: io::Error| Error::io(format!("opening the directory `{}`", path.display()), &e);
        if make {
            std::fs::create_dir_all(path).map_err(doing)?;
        }
        let dir = match Dir::open_ambient_dir(path, ambient_authority()) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && !make => None,
            opened => Some(opened.map_err(doing)?),
        };
        Ok(Ground { dir, path: path.to_owned(), changed: Cell::new(false) })
    }

    /// Opens a directory below this one, making it where `make` says so.
    pub fn enter(self, name: &str, make: bool) -> Result<Self> {
        if make {
            self.mkdir(name)?;
        }
        let dir = match self.dir.as_ref().map(|dir| dir.open_dir(name)) {
            None => None,
            Some(Err(e)) if e.kind() == io::ErrorKind::NotFound && !make => None,
            Some(opened) => Some(opened.map_err(|e| self.refused("opening the directory", name, &e))?),
        };
        Ok(Ground { dir, path: self.path.join(name), changed: self.changed })
    }

    /// What people call what is at `below`.
    pub fn shown(&self, below: &str) -> String {
        self.path.join(below).display().to_string()
    }

    fn dir(&self) -> Result<&Dir> {
        self.dir.as_ref().ok_or_else(|| Error::not_found(format!("there is no directory `{}`", self.path.display())))
    }

    /// What is at `below`, a link being itself.
    pub fn look(&self, below: &str) -> Result<Option<Metadata>> {
        match self.dir.as_ref().map(|dir| dir.symlink_metadata(below)) {
            None => Ok(None),
            Some(Ok(meta)) => Ok(Some(meta)),
            Some(Err(e)) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Some(Err(e)) => Err(self.refused("looking at", below, &e)),
        }
    }

    /// The SHA-256 of the file at `below`, in hexadecimal.
    pub async fn hash(&self, below: &str) -> Result<String> {
        let doing = |e: io::Error| self.refused("reading", below, &e);
        let file = platform::open_regular_below(self.dir()?, Path::new(below)).map_err(doing)?;
        let length = file.metadata().map_err(doing)?.len();
        let mut body = Body::of_file(file, self.shown(below), length, true);
        while body.next().await?.is_some() {}
        Ok(body.summary()?.sha256.clone())
    }

    /// Makes a directory and its parents.
    pub fn mkdir(&self, below: &str) -> Result<()> {
        self.changed.set(true);
        self.dir()?.create_dir_all(below).map_err(|e| self.refused("making the directory", below, &e))
    }

    /// What a run would say of a directory.
    pub fn foresee_directory(&self, below: &str) -> Result<()> {
        let mut at = Some(below);
        while let Some(path) = at.filter(|path| !path.is_empty()) {
            match self.look(path)? {
                Some(there) if there.is_dir() || there.is_symlink() => return Ok(()),
                Some(_) => return Err(Error::conflict(format!("this is no directory: `{}`", self.shown(path)))),
                None => at = path.rsplit_once('/').map(|(parent, _)| parent),
            }
        }
        Ok(())
    }

    /// What a run would say of a file's place, without doing anything to it.
    pub fn foresee(&self, below: &str, keep_existing: bool) -> Result<()> {
        match self.look(below)? {
            Some(there) => {
                self.check_place(below, &there)?;
                if keep_existing {
                    Err(self.refused("writing", below, &io::ErrorKind::AlreadyExists.into()))
                } else {
                    Ok(())
                }
            }
            None => below.rsplit_once('/').map_or(Ok(()), |(parent, _)| self.foresee_directory(parent)),
        }
    }

    fn check_place(&self, below: &str, there: &Metadata) -> Result<()> {
        let path = self.shown(below);
        if there.is_file() || there.is_symlink() {
            Ok(())
        } else if there.is_dir() {
            Err(Error::conflict(format!("this is a directory: `{path}`"))
                .hint(format!("to put the file inside, add a slash: `{path}/`")))
        } else {
            Err(Error::conflict(format!("this is neither file nor directory: `{path}`"))
                .hint("name it by itself to write to it"))
        }
    }

    /// Lands a file at `below`, making its parents: all of it, proven, or nothing.
    pub async fn land(&self, below: &str, mut fetched: Fetched, landing: &Landing<'_>) -> Result<Landed> {
        if let Some((parent, _)) = below.rsplit_once('/') {
            self.mkdir(parent)?;
        }
        if let Some(there) = self.look(below)? {
            self.check_place(below, &there)?;
            if landing.claims.hold(&there) {
                return Err(Error::conflict(format!(
                    "this run wrote another file here, whose name this disk takes for the same: `{}`",
                    self.shown(below)
                ))
                .hint("fetch it by itself, to another name"));
            }
        }
        let dir = self.dir()?;
        let doing = |e: io::Error| self.refused("writing", below, &e);
        self.changed.set(true);
        let mut pending = Pending::file(dir).map_err(doing)?;
        let summary = pending.fill(&mut fetched.body, self.shown(below), landing.room).await?;
        let verified = prove::of_download(&fetched, &summary)?;
        set_attributes(pending.handle(), fetched.attributes).map_err(doing)?;
        if !landing.bulk {
            pending.handle().sync_all().map_err(doing)?;
        }
        let landed = Metadata::from_file(pending.handle()).map_err(doing)?;
        let placed = if landing.keep_existing { pending.place_new(dir, below) } else { pending.place(dir, below) };
        placed.map_err(doing)?;
        landing.claims.add(&landed);
        Ok(Landed { summary, verified })
    }

    /// Makes everything durable that was landed here.
    pub fn settle(&self, bulk: bool) -> Result<()> {
        if !self.changed.get() {
            return Ok(());
        }
        let doing = |e: io::Error| self.refused("making durable what was written to", ".", &e);
        let handle = handle_of(self.dir()?).map_err(doing)?;
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
    let verified = prove::of_download(&fetched, &summary)?;
    Ok(Landed { summary, verified })
}

/// Whether nothing can be renamed onto a path.
pub fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| platform::is_stream(&meta))
}

/// Opens a device or a FIFO for writing, if that is what `path` is.
pub fn open_stream(path: &Path) -> Result<Option<File>> {
    let doing = |e: io::Error| Error::io(format!("opening `{}`", path.display()), &e);
    if !is_stream(path) {
        return Ok(None);
    }
    let file = OpenOptions::new().write(true).open(path).map_err(doing)?;
    if !platform::is_stream(&file.metadata().map_err(doing)?) {
        return Err(Error::conflict(format!("another program put a file in its place: `{}`", path.display()))
            .hint("run the command again when nothing changes it"));
    }
    Ok(Some(file))
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
