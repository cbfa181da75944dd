//! A local tree, entry by entry: parents first, names in order.
//!
//! The root is opened once and everything below it relative to it, so that a link that is put in
//! the way meanwhile leads nowhere else either.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};

use super::filter::{Filter, FilterDecision};
use super::links::{LinkPolicy, Links};
use wharf_core::body::LocalFile;
use wharf_core::error::{Error, Kind};
use wharf_core::model::receipt::SkipReason;
use wharf_core::platform::{self, bytes_of};
use wharf_core::staging::is_unfinished;
use wharf_core::walk::DirWalk;

/// Something below the root of a tree.
#[derive(Debug)]
pub struct Found {
    /// What people call it.
    pub path: PathBuf,
    /// Its path below the root, `/`-separated.
    pub below: String,
    /// What it is.
    pub what: What,
}

/// What was found.
#[derive(Debug)]
pub enum What {
    /// A directory; not `meant` where only something in it may be.
    Directory {
        /// Whether the filter takes the directory itself.
        meant: bool,
    },
    /// A regular file.
    File(LocalFile),
    /// Something that is left alone, as asked for, and why.
    Skipped(SkipReason),
    /// Something that the filter leaves out.
    Excluded,
    /// Something that cannot be sent.
    Failed(Error),
}

/// A walk of a local tree.
pub struct Tree<'a> {
    filter: &'a Filter,
    links: LinkPolicy,
    branches: Vec<Branch>,
    failed: Option<Found>,
}

/// The tree itself, or a directory that a link leads to.
struct Branch {
    /// What nothing in it is opened outside of.
    root: Arc<Dir>,
    real_root: PathBuf,
    walk: DirWalk<Place>,
}

/// A directory that the walk is in.
struct Place {
    /// Its path without links, by which a circle is seen.
    real: PathBuf,
    path: PathBuf,
    below: String,
}

impl<'a> Tree<'a> {
    /// The tree below the directory `root`.
    pub fn new(root: &Path, links: Links, filter: &'a Filter) -> Self {
        let mut tree = Tree { filter, links: LinkPolicy::new(links), branches: Vec::new(), failed: None };
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let place = Place { real: real.clone(), path: root.to_owned(), below: String::new() };
        let opened = Dir::open_ambient_dir(&real, ambient_authority());
        if let Err(e) = opened.and_then(|dir| tree.branch(Arc::new(dir), real, Path::new("."), place)) {
            tree.failed = Some(unreadable(root, String::new(), &e));
        }
        tree
    }

    fn branch(&mut self, root: Arc<Dir>, real_root: PathBuf, below: &Path, place: Place) -> io::Result<()> {
        let walk = DirWalk::new(root.open_dir(below)?, place)?;
        self.branches.push(Branch { root, real_root, walk });
        Ok(())
    }

    fn found(&mut self, name: OsString, meta: &Metadata) -> Option<Found> {
        let branch = self.branches.last_mut()?;
        let within = branch.walk.within()?;
        let path = within.path.join(&name);
        let above = if within.below.is_empty() { String::new() } else { format!("{}/", within.below) };
        if self.filter.judge(&[above.as_bytes(), &bytes_of(&name)].concat(), meta.is_dir()) == FilterDecision::Exclude {
            return Some(Found { path, below: above + &name.to_string_lossy(), what: What::Excluded });
        }
        let Ok(text) = name.clone().into_string() else {
            let error = Error::usage(format!("this name is not UTF-8: `{}`", platform::shown(&path))).hint("rename it");
            return Some(Found { path, below: within.below.clone(), what: What::Failed(error) });
        };
        let below = above + &text;
        let what = if is_unfinished(&name, meta) {
            Ok(What::Skipped(SkipReason::Unfinished))
        } else if meta.is_symlink() {
            self.link(&name, &path, &below)
        } else if meta.is_dir() {
            self.directory(&name, &path, &below)
        } else {
            match branch.walk.dir() {
                Ok(dir) if meta.is_file() => {
                    Ok(What::File(LocalFile::below(dir, PathBuf::from(name), platform::shown(&path), meta)))
                }
                Ok(_) => Err(special(&path)),
                Err(e) => Err(reading(&path, &e)),
            }
        };
        Some(Found { path, below, what: what.unwrap_or_else(What::Failed) })
    }

    fn directory(&mut self, name: &OsString, path: &Path, below: &str) -> Result<What, Error> {
        let meant = self.filter.judge(below.as_bytes(), true) == FilterDecision::Include;
        let Some(branch) = self.branches.last_mut() else { return Ok(What::Directory { meant }) };
        let real = branch.walk.within().map(|within| within.real.join(name)).unwrap_or_default();
        match branch.walk.enter(name, Place { real, path: path.to_owned(), below: below.to_owned() }) {
            Ok(true) => {}
            Ok(false) => return Err(Error::conflict(format!("this changed while it was read: `{}`", path.display()))),
            Err(e) => self.failed = Some(unreadable(path, below.to_owned(), &e)),
        }
        Ok(What::Directory { meant })
    }

    /// What a link stands for.
    fn link(&mut self, name: &OsString, path: &Path, below: &str) -> Result<What, Error> {
        let shown = path.display();
        if let Some(reason) = self.links.skip(&shown)? {
            return Ok(What::Skipped(reason));
        }
        let Some((root, real_root, real)) = self.branches.last().and_then(|branch| {
            Some((Arc::clone(&branch.root), branch.real_root.clone(), branch.walk.within()?.real.join(name)))
        }) else {
            return Err(reading(path, &io::ErrorKind::NotFound.into()));
        };
        let target = fs::canonicalize(&real).map_err(|e| Error::io(format!("following the link `{shown}`"), &e))?;
        let (root, real_root, inside) = match target.strip_prefix(&real_root) {
            Ok(inside) => (root, real_root, inside.to_owned()),
            Err(_)
                if !self.links.follows_outside()
                    && target.is_dir()
                    && self.filter.judge(below.as_bytes(), true) == FilterDecision::Exclude =>
            {
                return Ok(What::Excluded);
            }
            Err(_) => {
                let instead = "name its target as a source of its own, put a copy in its place";
                self.links.check_target(&shown, false, "the source tree", instead)?;
                match outside(&target).map_err(|e| reading(path, &e))? {
                    Some((dir, real_root, inside)) => (Arc::new(dir), real_root, inside),
                    None => return Err(special(path)),
                }
            }
        };
        let inside = if inside.as_os_str().is_empty() { PathBuf::from(".") } else { inside };
        let meta = root.symlink_metadata(&inside).map_err(|e| reading(path, &e))?;
        if meta.is_file() {
            return Ok(What::File(LocalFile::below(&root, inside, shown.to_string(), &meta)));
        }
        if !meta.is_dir() {
            return Err(special(path));
        }
        match self.filter.judge(below.as_bytes(), true) {
            FilterDecision::Exclude => Ok(What::Excluded),
            verdict => {
                let is_circle = self
                    .branches
                    .iter()
                    .flat_map(|branch| branch.walk.ancestors())
                    .any(|place| place.real.starts_with(&target));
                self.links.enter(&shown, is_circle)?;
                let place = Place { real: target, path: path.to_owned(), below: below.to_owned() };
                self.branch(root, real_root, &inside, place).map_err(|e| reading(path, &e))?;
                Ok(What::Directory { meant: verdict == FilterDecision::Include })
            }
        }
    }
}

/// What a link that leads out of a tree is opened below of: its target, or the directory of it.
fn outside(target: &Path) -> io::Result<Option<(Dir, PathBuf, PathBuf)>> {
    let is_directory = fs::metadata(target)?.is_dir();
    let root = if is_directory { target } else { target.parent().unwrap_or(target) };
    let Some(inside) = target.strip_prefix(root).ok().map(Path::to_owned) else { return Ok(None) };
    Ok(Some((Dir::open_ambient_dir(root, ambient_authority())?, root.to_owned(), inside)))
}

fn reading(path: &Path, error: &io::Error) -> Error {
    Error::io(format!("reading `{}`", path.display()), error)
}

fn special(path: &Path) -> Error {
    Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{}`", path.display()))
        .hint("name it by itself to read it to its end")
}

fn unreadable(path: &Path, below: String, error: &io::Error) -> Found {
    let error = Error::io(format!("reading the directory `{}`", path.display()), error);
    Found { path: path.to_owned(), below, what: What::Failed(error) }
}

impl Iterator for Tree<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(failed) = self.failed.take() {
                return Some(failed);
            }
            match self.branches.last_mut()?.walk.next() {
                Some(Ok((name, meta))) => return self.found(name, &meta),
                Some(Err(e)) => {
                    let within = self.branches.last().and_then(|branch| branch.walk.within())?;
                    return Some(unreadable(&within.path, within.below.clone(), &e));
                }
                None => drop(self.branches.pop()),
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::filter::Rule;
    use std::os::unix::fs::symlink;
    use wharf_core::body::Source;

    fn seen(root: &Path, links: Links, filter: &Filter) -> String {
        let line = |found: Found| match found.what {
            What::Directory { meant: true } => format!("{}/", found.below),
            What::Directory { meant: false } => format!("({}/)", found.below),
            What::File(file) => format!("{} {}", found.below, file.len().unwrap_or_default()),
            What::Skipped(_) => format!("{} skipped", found.below),
            What::Excluded => format!("{} excluded", found.below),
            What::Failed(error) => format!("{} {}", found.below, error.kind().word()),
        };
        Tree::new(root, links, filter).map(line).collect::<Vec<_>>().join(", ")
    }

    fn make(root: &Path, paths: &[&str]) {
        for path in paths {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), "1").unwrap();
        }
    }

    #[test]
    fn parents_first_and_names_in_order() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["b/deep/x", "a", "c"]);
        fs::create_dir(dir.path().join("empty")).unwrap();
        let all = seen(dir.path(), Links::FollowInside, &Filter::default());
        assert_eq!(all, "a 1, b/, b/deep/, b/deep/x 1, c 1, empty/");
    }

    #[test]
    fn links_are_followed_inside_and_nowhere_else() {
        let outside = tempfile::tempdir().unwrap();
        make(outside.path(), &["secret", "d/f"]);
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["d/f"]);
        symlink("d/f", dir.path().join("l-file")).unwrap();
        symlink("d", dir.path().join("l-dir")).unwrap();
        symlink("..", dir.path().join("d/up")).unwrap();
        symlink(outside.path().join("secret"), dir.path().join("out")).unwrap();
        symlink(outside.path().join("d"), dir.path().join("out-dir")).unwrap();
        symlink("missing", dir.path().join("broken")).unwrap();
        fs::create_dir(dir.path().join("e")).unwrap();
        symlink("../d", dir.path().join("e/to-d")).unwrap();
        symlink("../e", dir.path().join("d/to-e")).unwrap();
        let inside = "broken not_found, d/, d/f 1, d/to-e/, d/to-e/to-d conflict, d/up conflict, e/, e/to-d/, \
            e/to-d/f 1, e/to-d/to-e conflict, e/to-d/up conflict, l-dir/, l-dir/f 1, l-dir/to-e/, \
            l-dir/to-e/to-d conflict, l-dir/up conflict, l-file 1, ";
        let none = Filter::default();
        let expected = format!("{inside}out conflict, out-dir conflict");
        assert_eq!(seen(dir.path(), Links::FollowInside, &none), expected);
        let expected = format!("{inside}out 1, out-dir/, out-dir/f 1");
        assert_eq!(seen(dir.path(), Links::Follow, &none), expected);
        let left = "broken skipped, d/, d/f 1, d/to-e skipped, d/up skipped, e/, e/to-d skipped, l-dir skipped, \
            l-file skipped, out skipped, out-dir skipped";
        assert_eq!(seen(dir.path(), Links::Skip, &none), left);
        assert_eq!(seen(dir.path(), Links::Error, &none), left.replace("skipped", "conflict"));
    }

    #[test]
    fn a_filter_leaves_out_what_it_says_and_looks_no_further() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), &["a.log", "d/b.log", "d/b.csv", "tmp/c.csv"]);
        symlink("/nowhere", dir.path().join("x.log")).unwrap();
        symlink("tmp", dir.path().join("temporary")).unwrap();
        let exclude = |pattern: &str| Rule::Exclude(pattern.into());
        let filter = Filter::new(&[], &[exclude("*.log"), exclude("tmp/"), exclude("temporary/")], None).unwrap();
        let expected =
            "a.log excluded, d/, d/b.csv 1, d/b.log excluded, temporary excluded, tmp excluded, x.log excluded";
        assert_eq!(seen(dir.path(), Links::FollowInside, &filter), expected);
        let filter = Filter::new(&[], &[Rule::Include("*.csv".into()), exclude("temporary")], None).unwrap();
        let expected = "a.log excluded, (d/), d/b.csv 1, d/b.log excluded, temporary excluded, (tmp/), tmp/c.csv 1, x.log excluded";
        assert_eq!(seen(dir.path(), Links::FollowInside, &filter), expected);
    }

    #[test]
    fn links_to_links_without_end_are_a_limit() {
        let dir = tempfile::tempdir().unwrap();
        for level in 0..20 {
            let at = dir.path().join(format!("{level}"));
            fs::create_dir(&at).unwrap();
            symlink(format!("../{}", level + 1), at.join("a")).unwrap();
            symlink(format!("../{}", level + 1), at.join("b")).unwrap();
        }
        let none = Filter::default();
        let over = Tree::new(dir.path(), Links::FollowInside, &none)
            .filter(|found| matches!(&found.what, What::Failed(error) if error.kind() == Kind::Limit))
            .count();
        assert!(over > 0);
    }
}
