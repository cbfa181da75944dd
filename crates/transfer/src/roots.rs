//! Local directories outside of which no file is read or written.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::dest::DestDir;
use wharf_core::advice::Setting;
use wharf_core::body::{FileCheck, LocalFile, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform::shown;

/// Local directories outside of which no file is read or written. They are opened once, so that no link, renamed
/// directory or race leads out of them.
pub struct LocalRoots(Vec<LocalRoot>);

struct LocalRoot {
    dir: Arc<Dir>,
    /// The path as the user wrote it, made absolute.
    path: PathBuf,
    /// The path without links.
    real: PathBuf,
}

/// A path below a root.
struct Below<'a> {
    root: &'a LocalRoot,
    path: PathBuf,
    /// The path for messages.
    shown: String,
}

impl LocalRoots {
    /// Opens directories.
    ///
    /// # Errors
    /// `not_found` and `io`; `usage` for one that is not a directory.
    pub fn open(paths: &[PathBuf]) -> Result<Self> {
        let open = |path: &PathBuf| {
            let doing = |e: std::io::Error| Error::io(format!("opening the directory `{}`", shown(path)), &e);
            let real = path.canonicalize().map_err(doing)?;
            if !real.is_dir() {
                return Err(Error::usage(format!("not a directory: `{}`", shown(path))));
            }
            let dir = Dir::open_ambient_dir(&real, ambient_authority()).map_err(doing)?;
            let path = std::path::absolute(path).map_err(doing)?;
            Ok(LocalRoot { dir: Arc::new(dir), path, real })
        };
        paths.iter().map(open).collect::<Result<_>>().map(LocalRoots)
    }

    /// Returns the paths of the directories.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|root| root.path.as_path())
    }

    /// Returns the path of a file on this machine, for checks. What is there may change at any time.
    ///
    /// # Errors
    /// `usage` for a path outside of the roots.
    pub fn path(&self, path: &str) -> Result<PathBuf> {
        self.find(path).map(|below| below.root.real.join(below.path))
    }

    /// Returns a file as a source, which is read if `check` accepts it. A relative path lies in the first root.
    ///
    /// # Errors
    /// `usage` for a path outside of the roots; `not_found`; `conflict` for anything but a regular file.
    pub fn source(&self, path: &str, check: FileCheck) -> Result<Arc<dyn Source>> {
        let names_directory = ends_as_directory(path);
        let Below { root, path, shown } = self.find(path)?;
        refuse_system(root, &path, &shown)?;
        let directory = || Error::conflict(format!("`{shown}` is a directory")).hint("upload its files one by one");
        if path.as_os_str().is_empty() {
            return Err(directory());
        }
        let meta = root.dir.metadata(&path).map_err(|e| refused(&shown, &e))?;
        if meta.is_dir() {
            return Err(directory());
        }
        if names_directory {
            return Err(Error::conflict(format!("`{shown}` is not a directory")).hint("write the path without its end"));
        }
        if !meta.is_file() {
            return Err(Error::new(Kind::Unsupported, format!("`{shown}` is not a regular file")));
        }
        Ok(Arc::new(LocalFile::below(&root.dir, path, shown, &meta).only_stored().checked_by(check)))
    }

    /// Returns the root that a file is written to, and the path of the file below it. Files are replaced in it if `check`
    /// accepts them.
    ///
    /// # Errors
    /// `usage` for a path outside of the roots; those of opening the root.
    pub fn destination(&self, path: &str, check: FileCheck) -> Result<(DestDir, String)> {
        let names_directory = ends_as_directory(path);
        let Below { root, path, shown } = self.find(path)?;
        let below = path.to_str().filter(|below| !below.is_empty() && !names_directory);
        let directory = || Error::conflict(format!("`{shown}` names a directory")).hint("add the name of the file");
        let below = below.ok_or_else(directory)?.to_owned();
        refuse_system(root, &path, &shown)?;
        let dir = root.dir.try_clone().map_err(|e| Error::io(format!("opening `{}`", root.path.display()), &e))?;
        Ok((DestDir::of_open(dir, root.path.clone(), check), below))
    }

    fn find(&self, text: &str) -> Result<Below<'_>> {
        let path = Path::new(text);
        let name = shown(path);
        let Some(first) = self.0.first() else {
            return Err(Error::usage(format!("no local directory is shared, and the path is local: `{name}`"))
                .hint(format!("share its directory: {}; or send the content itself", Setting::Root.to("DIR"))));
        };
        let wrong = if text.is_empty() {
            Some("it is empty")
        } else if text.contains('\0') {
            Some("it has NUL")
        } else {
            path.components().any(|part| part == Component::ParentDir).then_some("it may not have `..`")
        };
        if let Some(wrong) = wrong {
            return Err(Error::usage(format!("invalid local path {text:?}: {wrong}"))
                .hint(format!("name a file in `{}`", first.path.display())));
        }
        let below = |root: &LocalRoot| {
            let below = [&root.path, &root.real].into_iter().find_map(|base| path.strip_prefix(base).ok())?;
            Some(below.to_owned())
        };
        let found = if path.is_relative() {
            Some((first, path.to_owned()))
        } else {
            // The innermost root, if one is in another.
            let all = self.0.iter().filter_map(|root| Some((root, below(root)?)));
            all.min_by_key(|(_, below)| below.components().count())
        };
        let Some((root, below)) = found else {
            let roots: Vec<_> = self.paths().map(|root| format!("`{}`", root.display())).collect();
            return Err(Error::usage(format!("the path is outside of the shared directories: `{name}`"))
                .hint(format!("name a file in {}", roots.join(" or "))));
        };
        // The parts are joined again, so that `.` and double slashes are gone.
        let parts = below.components().filter(|part| matches!(part, Component::Normal(_)));
        Ok(Below { root, path: parts.collect(), shown: name })
    }
}

/// Returns whether a path can only be that of a directory.
fn ends_as_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.") || path == "."
}

/// The directories of the system, whose files are devices, or show memory and variables of processes.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

/// Fails for a path in a directory of the system, unless the user shared a directory in there. Links are resolved as far
/// as the path exists.
fn refuse_system(root: &LocalRoot, path: &Path, shown: &str) -> Result<()> {
    let whole = root.real.join(path);
    let real = whole.ancestors().find_map(|above| {
        let rest = whole.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.join(rest))
    });
    let real = real.unwrap_or(whole);
    let system = SYSTEM.into_iter().find(|system| real.starts_with(system) && !root.real.starts_with(system));
    match system {
        Some(system) => Err(Error::usage(format!("a local path cannot be in `{system}`: `{shown}`"))
            .hint("name a file that a user made")),
        None => Ok(()),
    }
}

fn refused(shown: &str, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return Error::conflict(format!("a link on the way leads out of the shared directory: `{shown}`"));
    }
    Error::io(format!("reading `{shown}`"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_source_is_checked_when_it_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["mine", "theirs"] {
            std::fs::write(at(name), "x").unwrap();
        }
        let mine = wharf_core::platform::key_of(&at("mine")).unwrap();
        let check = FileCheck::new(move |key| if key == mine { Err(Error::usage("it is private")) } else { Ok(()) });
        let roots = LocalRoots::open(&[dir.path().to_owned()]).unwrap();
        let source = roots.source("theirs", check).unwrap();
        assert!(source.open().await.is_ok());
        std::fs::rename(at("mine"), at("theirs")).unwrap();
        assert_eq!(source.open().await.err().map(|error| error.kind()), Some(Kind::Usage));
    }
}
