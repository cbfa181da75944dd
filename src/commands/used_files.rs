//! Checks that a file which a command or a tool names is not one that wharf uses itself, such as one with secrets.

use std::path::{Path, PathBuf};

use super::Cx;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, FileKey, shown};

/// The files and directories that a command reads or writes.
#[derive(Default)]
pub(super) struct UsedFiles {
    files: Vec<(String, PathBuf)>,
    directories: Vec<(String, PathBuf)>,
}

/// How deep files in the directories are compared by their identity, which finds their hard links: deep enough for
/// databases, journals, kept tokens and logins.
const DEPTH: usize = 2;

/// The directories of the local backend that are not searched for hard links: they hold contents of sessions and their
/// sizes, which may be many.
const CONTENTS: [&str; 4] = ["sessions", "store", "tmp", "usage"];

impl UsedFiles {
    /// Returns the files that every command with a backend uses.
    pub(super) fn of(cx: &Cx) -> Result<Self> {
        let settings = cx.settings()?;
        let mut used = UsedFiles { files: settings.private_files()?, ..UsedFiles::default() };
        if let Some(file) = &settings.file {
            used.file("the configuration", file);
        }
        let kept = [
            ("WHARF_HOME", settings.home().ok()),
            ("the directory of kept tokens", settings.token_cache()),
            ("the directory of kept answers", settings.completion_cache()),
        ];
        let kept = kept.into_iter().filter_map(|(what, path)| Some((what, path?)));
        for (what, path) in kept.chain(settings.private_directories()) {
            used.directory(what, &path);
        }
        Ok(used)
    }

    /// Adds a file.
    pub(super) fn file(&mut self, what: &str, path: &Path) {
        self.files.push((what.to_owned(), path.to_owned()));
    }

    /// Adds a directory with everything in it.
    pub(super) fn directory(&mut self, what: &str, path: &Path) {
        self.directories.push((what.to_owned(), path.to_owned()));
    }

    /// Fails if `path`, which `flag` names, is one of the files, is in one of the directories, or is the file of a
    /// standard stream. Links are resolved.
    ///
    /// # Errors
    /// `usage`. The file was not opened.
    pub(super) fn check(&self, flag: &str, path: &Path) -> Result<()> {
        let real = resolve_links(path);
        let directory = self.directories.iter().find(|(_, directory)| real.starts_with(resolve_links(directory)));
        if let Some((what, directory)) = directory {
            return Err(refused(flag, path, &format!("is in {what} (`{}`)", shown(directory))));
        }
        match platform::key_of(path) {
            Ok(key) => self.check_file(flag, path, key),
            // A file that does not exist yet.
            Err(_) => match self.files.iter().find(|(_, other)| resolve_links(other) == real) {
                Some((what, _)) => Err(refused(flag, path, &format!("is {what} as well"))),
                None => Ok(()),
            },
        }
    }

    /// Fails if a file, which is open or about to be replaced, is one of the files, one in the directories, or that of a
    /// standard stream, whatever its name.
    ///
    /// # Errors
    /// `usage`.
    pub(super) fn check_file(&self, flag: &str, path: &Path, key: FileKey) -> Result<()> {
        let is_same = |other: &Path| platform::key_of(other).is_ok_and(|other| other == key);
        if let Some((what, _)) = self.files.iter().find(|(_, other)| is_same(other)) {
            return Err(refused(flag, path, &format!("is {what} as well")));
        }
        if let Some((what, _)) = platform::files_of_streams().into_iter().find(|(_, other)| *other == key) {
            return Err(refused(flag, path, &format!("is {what} as well")));
        }
        match self.directories.iter().find(|(_, directory)| any_below(directory, DEPTH, &is_same)) {
            Some((what, directory)) => {
                Err(refused(flag, path, &format!("is a link to a file in {what} (`{}`)", shown(directory))))
            }
            None => Ok(()),
        }
    }
}

fn refused(flag: &str, path: &Path, what: &str) -> Error {
    Error::usage(format!("the file of {flag} {what}: `{}`", shown(path))).hint(format!("name another file in {flag}"))
}

/// Returns whether an entry of a directory, or of the directories in it, is wanted.
fn any_below(directory: &Path, depth: usize, is_wanted: &impl Fn(&Path) -> bool) -> bool {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let path = entry.path();
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_directory {
            return is_wanted(&path);
        }
        let is_content = CONTENTS.iter().any(|name| entry.file_name() == *name);
        depth > 1 && !is_content && any_below(&path, depth - 1, is_wanted)
    })
}

/// Resolves the links of a path, as far as it exists.
fn resolve_links(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut above = path.ancestors();
    let found = above.find_map(|above| Some((above.canonicalize().ok()?, path.strip_prefix(above).ok()?)));
    match found {
        Some((above, rest)) if rest.as_os_str().is_empty() => above,
        Some((above, rest)) => above.join(rest),
        None => path,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_file_is_the_same_whatever_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("d")).unwrap();
        std::fs::write(at("d/f"), "").unwrap();
        std::fs::hard_link(at("d/f"), at("hard")).unwrap();
        symlink("d/f", at("soft")).unwrap();
        symlink("d", at("l")).unwrap();
        symlink("d/none", at("dangling")).unwrap();
        let mut used = UsedFiles::default();
        used.file("it", &at("d/f"));
        used.file("nothing yet", &at("d/none"));
        for same in ["d/f", "hard", "soft", "l/f", "l/none", "d/../l/none"] {
            assert!(used.check("--x", &at(same)).is_err(), "{same}");
        }
        for other in ["d/g", "l/g", "f", "none"] {
            assert!(used.check("--x", &at(other)).is_ok(), "{other}");
        }
        used.directory("a room", &at("l"));
        std::fs::create_dir_all(at("d/deep/deeper")).unwrap();
        for (file, link) in [("d/h", "near"), ("d/deep/h", "far")] {
            std::fs::write(at(file), "").unwrap();
            std::fs::hard_link(at(file), at(link)).unwrap();
        }
        for inside in ["d/g", "l/g", "d/deep/g", "near", "far"] {
            assert!(used.check("--x", &at(inside)).is_err(), "{inside}");
        }
        assert!(used.check("--x", &at("dd")).is_ok());
    }
}
