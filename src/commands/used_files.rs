//! Checks that a file which a command writes, such as a log, is not one that the command reads.

use std::path::{Path, PathBuf};

use super::Cx;
use wharf_core::advice::Setting;
use wharf_core::config::dotenv;
use wharf_core::config::secret::Secret;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{self, shown};

/// The files and directories that a command reads or writes.
#[derive(Default)]
pub(super) struct UsedFiles {
    files: Vec<(String, PathBuf)>,
    directories: Vec<(&'static str, PathBuf)>,
}

impl UsedFiles {
    /// Returns the files that every command with a backend uses.
    pub(super) fn of(cx: &Cx) -> Result<Self> {
        let settings = cx.settings()?;
        let mut used = UsedFiles::default();
        if let Some(file) = &settings.file {
            used.file("the configuration", file);
        }
        used.file("a file with secrets", Path::new(dotenv::FILE));
        let named = [
            (format!("the file of {}", Setting::TokenFile), settings.token_file()?),
            (format!("the file of {}", Setting::CaCert), settings.ca_cert.as_ref()),
            (
                "the file of the profile's secret".to_owned(),
                match &settings.secret {
                    Some(Secret::File(path)) => Some(path),
                    _ => None,
                },
            ),
        ];
        used.files.extend(named.into_iter().filter_map(|(what, path)| Some((what, path?.clone()))));
        used.directories.extend(settings.home().ok().map(|home| ("WHARF_HOME", home)));
        used.directories.extend(settings.token_cache().map(|cache| ("the directory of kept tokens", cache)));
        used.directories.extend(settings.completion_cache().map(|cache| ("the directory of kept answers", cache)));
        Ok(used)
    }

    /// Adds a file.
    pub(super) fn file(&mut self, what: &str, path: &Path) {
        self.files.push((what.to_owned(), path.to_owned()));
    }

    /// Adds a directory with everything in it.
    #[cfg(feature = "emulator")]
    pub(super) fn directory(&mut self, what: &'static str, path: &Path) {
        self.directories.push((what, path.to_owned()));
    }

    /// Fails if `path`, which `flag` names, is one of the files, is in one of the directories, or is the file of a
    /// standard stream. Links are resolved.
    ///
    /// # Errors
    /// `usage`. The file was not opened.
    pub(super) fn check(&self, flag: &str, path: &Path) -> Result<()> {
        let (key, real) = (platform::key_of(path).ok(), resolve_links(path));
        let same = |other: &Path| {
            platform::key_of(other).ok().map_or_else(|| resolve_links(other) == real, |other| Some(other) == key)
        };
        let file = self.files.iter().find(|(_, other)| same(other)).map(|(what, _)| what.as_str());
        let stream = platform::files_of_streams().into_iter().find(|(_, other)| Some(*other) == key);
        let directory = self.directories.iter().find(|(_, directory)| real.starts_with(resolve_links(directory)));
        let what = match (file.or(stream.map(|(what, _)| what)), directory) {
            (Some(what), _) => format!("is {what} as well"),
            (None, Some((what, directory))) => format!("is in {what} (`{}`)", shown(directory)),
            (None, None) => return Ok(()),
        };
        Err(Error::usage(format!("the file of {flag} {what}: `{}`", shown(path)))
            .hint(format!("name another file in {flag}")))
    }
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
        for inside in ["d/g", "l/g", "d/deep/g"] {
            assert!(used.check("--x", &at(inside)).is_err(), "{inside}");
        }
        assert!(used.check("--x", &at("dd")).is_ok());
    }
}
