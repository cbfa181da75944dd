//! The walk of a local directory: parents first, names in order.
//!
//! The root is opened once, and everything below it relative to that handle, so that a link that is created during the
//! walk does not lead out of the directory.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};

use super::TransferOptions;
use super::filter::{Filter, FilterDecision};
use super::links::LinkPolicy;
use super::walk::{WalkEntry, WalkKind};
use wharf_core::advice::Setting;
use wharf_core::body::LocalFile;
use wharf_core::error::{Error, Kind};
use wharf_core::model::receipt::SkipReason;
use wharf_core::platform::{self, FileKey, bytes_of};
use wharf_core::staging::{is_temporary_name, is_unfinished};
use wharf_core::walk::{DirWalk, is_vanished};

/// An entry of a local directory. Its path is the one that people read.
pub(super) type LocalEntry = WalkEntry<PathBuf, LocalFile>;

type LocalKind = WalkKind<LocalFile>;

/// A walk of a local directory.
pub(super) struct LocalWalk<'a> {
    filter: &'a Filter,
    links: LinkPolicy,
    subtrees: Vec<LocalSubtree>,
    failed: Option<LocalEntry>,
    /// The root and its identity, until the end of the walk, at which it must still be there.
    root: Option<(PathBuf, FileKey)>,
    /// The directory of the store that the files are copied to, which is not entered.
    store_dir: Option<FileKey>,
}

/// The root, or a directory that a link leads to.
struct LocalSubtree {
    /// The directory that limits the walk: nothing outside of it is opened.
    root: Arc<Dir>,
    real_root: PathBuf,
    walk: DirWalk<WalkedDir>,
}

/// A directory that the walk is in.
struct WalkedDir {
    /// The path without links, which shows a circle.
    real: PathBuf,
    path: PathBuf,
    below: String,
}

impl<'a> LocalWalk<'a> {
    /// Returns a walk of the directory `root`, which fails at the directory of the store.
    pub(super) fn new(root: &Path, options: &'a TransferOptions) -> Self {
        let TransferOptions { links, filter, store_dir, .. } = options;
        let (links, store_dir) = (LinkPolicy::new(*links), *store_dir);
        let key = platform::key_of(root).ok();
        let at_end = key.map(|key| (root.to_owned(), key));
        let mut tree = LocalWalk { filter, links, subtrees: Vec::new(), failed: None, root: at_end, store_dir };
        if store_dir.is_some() && key == store_dir {
            let (path, error) = (root.to_owned(), store_in_source(root));
            tree.failed = Some(LocalEntry { path, below: String::new(), kind: LocalKind::Failed(error) });
            tree.root = None;
            return tree;
        }
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let directory = WalkedDir { real: real.clone(), path: root.to_owned(), below: String::new() };
        let opened = Dir::open_ambient_dir(&real, ambient_authority());
        if let Err(e) = opened.and_then(|dir| tree.enter_subtree(Arc::new(dir), real, Path::new("."), directory)) {
            tree.failed = Some(unreadable(root, String::new(), &e));
            tree.root = None;
        }
        tree
    }

    fn enter_subtree(
        &mut self,
        root: Arc<Dir>,
        real_root: PathBuf,
        below: &Path,
        directory: WalkedDir,
    ) -> io::Result<()> {
        let walk = DirWalk::new(root.open_dir(below)?, directory)?;
        self.subtrees.push(LocalSubtree { root, real_root, walk });
        Ok(())
    }

    fn found(&mut self, name: OsString, meta: &io::Result<Metadata>) -> Option<LocalEntry> {
        let subtree = self.subtrees.last_mut()?;
        let current = subtree.walk.current()?;
        let path = current.path.join(&name);
        let above = if current.below.is_empty() { String::new() } else { format!("{}/", current.below) };
        let is_dir = meta.as_ref().is_ok_and(Metadata::is_dir);
        if self.filter.judge(&[above.as_bytes(), &bytes_of(&name)].concat(), is_dir) == FilterDecision::Exclude {
            return Some(LocalEntry { path, below: above + &name.to_string_lossy(), kind: LocalKind::Excluded });
        }
        let Ok(text) = name.clone().into_string() else {
            let error = Error::usage(format!("the name is not UTF-8: `{}`", platform::shown(&path))).hint("rename it");
            return Some(LocalEntry { path, below: current.below.clone(), kind: LocalKind::Failed(error) });
        };
        let below = above + &text;
        let meta = match meta {
            Ok(meta) => meta,
            Err(e) if is_vanished(e) && is_temporary_name(&name) => return None,
            Err(e) => {
                let error = if is_vanished(e) { vanished(&path) } else { reading(&path, e) };
                return Some(LocalEntry { path, below, kind: LocalKind::Failed(error) });
            }
        };
        let kind = if is_unfinished(&name, meta) {
            Ok(LocalKind::Skipped(SkipReason::Unfinished))
        } else if meta.is_symlink() {
            self.link(&name, &path, &below)
        } else if meta.is_dir() {
            self.directory(&name, &path, &below, meta)
        } else {
            match subtree.walk.dir() {
                Ok(dir) if meta.is_file() => {
                    Ok(LocalKind::File(LocalFile::below(dir, PathBuf::from(name), platform::shown(&path), meta)))
                }
                Ok(_) => Err(special(&path)),
                Err(e) => Err(reading(&path, &e)),
            }
        };
        Some(LocalEntry { path, below, kind: kind.unwrap_or_else(LocalKind::Failed) })
    }

    fn directory(&mut self, name: &OsString, path: &Path, below: &str, meta: &Metadata) -> Result<LocalKind, Error> {
        self.check_not_store(path, meta)?;
        let included = self.filter.judge(below.as_bytes(), true) == FilterDecision::Include;
        let Some(subtree) = self.subtrees.last_mut() else { return Ok(LocalKind::Directory { included, known: () }) };
        let real = subtree.walk.current().map(|current| current.real.join(name)).unwrap_or_default();
        match subtree.walk.enter(name, WalkedDir { real, path: path.to_owned(), below: below.to_owned() }) {
            Ok(true) => {}
            Ok(false) => return Err(vanished(path)),
            Err(e) => self.failed = Some(unreadable(path, below.to_owned(), &e)),
        }
        Ok(LocalKind::Directory { included, known: () })
    }

    /// Returns the error of a root that was removed during the walk: what was read of it may be less than it had.
    fn check_root(&mut self) -> Option<LocalEntry> {
        let (path, key) = self.root.take()?;
        if platform::key_of(&path).ok() == Some(key) {
            return None;
        }
        let error = vanished(&path);
        Some(LocalEntry { path, below: String::new(), kind: LocalKind::Failed(error) })
    }

    /// Fails for the directory of the store.
    fn check_not_store(&self, path: &Path, meta: &Metadata) -> Result<(), Error> {
        if self.store_dir == Some((meta.dev(), meta.ino())) { Err(store_in_source(path)) } else { Ok(()) }
    }

    /// Returns the entry for a link.
    fn link(&mut self, name: &OsString, path: &Path, below: &str) -> Result<LocalKind, Error> {
        let shown = path.display();
        if let Some(reason) = self.links.skip(&shown)? {
            return Ok(LocalKind::Skipped(reason));
        }
        let Some((root, real_root, real)) = self.subtrees.last().and_then(|subtree| {
            Some((Arc::clone(&subtree.root), subtree.real_root.clone(), subtree.walk.current()?.real.join(name)))
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
                return Ok(LocalKind::Excluded);
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
        let meta = platform::entry_metadata(&root, &inside).map_err(|e| reading(path, &e))?;
        if meta.is_file() {
            return Ok(LocalKind::File(LocalFile::below(&root, inside, shown.to_string(), &meta)));
        }
        if !meta.is_dir() {
            return Err(special(path));
        }
        match self.filter.judge(below.as_bytes(), true) {
            FilterDecision::Exclude => Ok(LocalKind::Excluded),
            verdict => {
                let is_circle = self
                    .subtrees
                    .iter()
                    .flat_map(|subtree| subtree.walk.ancestors())
                    .any(|directory| directory.real.starts_with(&target));
                self.links.enter(&shown, is_circle)?;
                self.check_not_store(path, &meta)?;
                let directory = WalkedDir { real: target, path: path.to_owned(), below: below.to_owned() };
                self.enter_subtree(root, real_root, &inside, directory).map_err(|e| reading(path, &e))?;
                Ok(LocalKind::Directory { included: verdict == FilterDecision::Include, known: () })
            }
        }
    }
}

/// Opens the target of a link that leads out of the root, or the directory of a target that is a file. Returns the
/// directory, its path, and the path of the target below it.
fn outside(target: &Path) -> io::Result<Option<(Dir, PathBuf, PathBuf)>> {
    let is_directory = fs::metadata(target)?.is_dir();
    let root = if is_directory { target } else { target.parent().unwrap_or(target) };
    let Some(inside) = target.strip_prefix(root).ok().map(Path::to_owned) else { return Ok(None) };
    Ok(Some((Dir::open_ambient_dir(root, ambient_authority())?, root.to_owned(), inside)))
}

fn reading(path: &Path, error: &io::Error) -> Error {
    Error::io(format!("reading `{}`", path.display()), error)
}

/// Returns the error of an entry that was removed, or replaced, after its directory was listed.
fn vanished(path: &Path) -> Error {
    Error::not_found(format!("`{}` was removed while it was read", platform::shown(path)))
        .hint("run the command again when nothing changes it")
}

fn special(path: &Path) -> Error {
    Error::new(Kind::Unsupported, format!("`{}` is neither a file nor a directory", path.display()))
        .hint("name it by itself to read it to its end")
}

/// Returns the error of a source that has the store in it, which would be copied into itself.
fn store_in_source(path: &Path) -> Error {
    let what = format!("the directory is the store that wharf keeps its sessions in: `{}`", platform::shown(path));
    Error::conflict(what).hint(format!("leave it out: {}", Setting::Exclude))
}

fn unreadable(path: &Path, below: String, error: &io::Error) -> LocalEntry {
    let error = Error::io(format!("reading the directory `{}`", path.display()), error);
    LocalEntry { path: path.to_owned(), below, kind: LocalKind::Failed(error) }
}

impl Iterator for LocalWalk<'_> {
    type Item = LocalEntry;

    fn next(&mut self) -> Option<LocalEntry> {
        loop {
            if let Some(failed) = self.failed.take() {
                return Some(failed);
            }
            let Some(subtree) = self.subtrees.last_mut() else { return self.check_root() };
            match subtree.walk.next() {
                Some((name, meta)) => {
                    if let Some(found) = self.found(name, &meta) {
                        return Some(found);
                    }
                }
                None => drop(self.subtrees.pop()),
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::filter::Rule;
    use crate::links::Links;
    use std::os::unix::fs::symlink;
    use wharf_core::body::Source;

    fn seen(root: &Path, links: Links, filter: Filter) -> String {
        let line = |found: LocalEntry| match found.kind {
            LocalKind::Directory { included: true, .. } => format!("{}/", found.below),
            LocalKind::Directory { included: false, .. } => format!("({}/)", found.below),
            LocalKind::File(file) => format!("{} {}", found.below, file.len().unwrap_or_default()),
            LocalKind::Skipped(_) => format!("{} skipped", found.below),
            LocalKind::Excluded => format!("{} excluded", found.below),
            LocalKind::Failed(error) => format!("{} {}", found.below, error.kind().word()),
        };
        let options = TransferOptions { links, filter, ..TransferOptions::default() };
        LocalWalk::new(root, &options).map(line).collect::<Vec<_>>().join(", ")
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
        let all = seen(dir.path(), Links::FollowInside, Filter::default());
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
        let expected = format!("{inside}out conflict, out-dir conflict");
        assert_eq!(seen(dir.path(), Links::FollowInside, Filter::default()), expected);
        let expected = format!("{inside}out 1, out-dir/, out-dir/f 1");
        assert_eq!(seen(dir.path(), Links::Follow, Filter::default()), expected);
        let left = "broken skipped, d/, d/f 1, d/to-e skipped, d/up skipped, e/, e/to-d skipped, l-dir skipped, \
            l-file skipped, out skipped, out-dir skipped";
        assert_eq!(seen(dir.path(), Links::Skip, Filter::default()), left);
        assert_eq!(seen(dir.path(), Links::Error, Filter::default()), left.replace("skipped", "conflict"));
    }

    #[test]
    fn what_is_removed_while_it_is_read_is_an_error() {
        let options = TransferOptions::default();
        let line = |found: LocalEntry| match found.kind {
            LocalKind::Failed(error) => format!("{} {}", found.below, error.kind().word()),
            _ => found.below,
        };
        for (removed, expected) in [
            ("b", "a, b not_found, c, c/x"),
            ("c", "a, b, b/x, c not_found"),
            ("c/x", "a, b, b/x, c"),
            ("", "a, b not_found, c not_found,  not_found"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            make(&dir.path().join("t"), &["a", "b/x", "c/x"]);
            let mut walk = LocalWalk::new(&dir.path().join("t"), &options);
            let mut lines = vec![line(walk.next().unwrap())];
            let removed = dir.path().join("t").join(removed);
            if removed.is_dir() {
                fs::remove_dir_all(&removed).unwrap();
            } else {
                fs::remove_file(&removed).unwrap();
            }
            lines.extend(walk.map(line));
            assert_eq!(lines.join(", "), expected);
        }
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
        assert_eq!(seen(dir.path(), Links::FollowInside, filter), expected);
        let filter = Filter::new(&[], &[Rule::Include("*.csv".into()), exclude("temporary")], None).unwrap();
        let expected = "a.log excluded, (d/), d/b.csv 1, d/b.log excluded, temporary excluded, (tmp/), tmp/c.csv 1, x.log excluded";
        assert_eq!(seen(dir.path(), Links::FollowInside, filter), expected);
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
        let options = TransferOptions { links: Links::FollowInside, ..TransferOptions::default() };
        let over = LocalWalk::new(dir.path(), &options)
            .filter(|found| matches!(&found.kind, LocalKind::Failed(error) if error.kind() == Kind::Limit))
            .count();
        assert!(over > 0);
    }
}
