//! The environment file: the variables by which clients find the server, in a file that is there while they
//! can.
//!
//! The file appears complete, in one step, when the server accepts connections, and goes with the
//! server: its being there is the signal that the server is ready. Its lines are `NAME=VALUE`, which
//! is what `docker run --env-file`, `kubectl create secret --from-env-file`, systemd, the dotenv
//! libraries and a shell (`set -a; . FILE`) all read.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use wharf_core::advice::Setting;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform;
use wharf_core::staging::StagingEntry;

/// How the first line begins: what tells such a file from any other.
const MARK: &str = "# written by wharf serve";

/// Where such a file will be.
#[derive(Debug)]
pub struct EnvFileTarget {
    /// As it was given, for messages.
    path: PathBuf,
    dir: Dir,
    name: OsString,
}

/// Such a file; removed when dropped, unless something else has taken its place.
#[derive(Debug)]
pub struct EnvFile {
    target: EnvFileTarget,
    content: String,
}

impl EnvFileTarget {
    /// Finds a place for the file, and removes what an earlier server left there: it would
    /// pass for a sign of this one.
    ///
    /// # Errors
    /// `conflict` where there is something else; `io` where the directory cannot be opened.
    pub fn claim(path: &Path) -> Result<Self> {
        let doing = |e: &io::Error| Error::io(format!("opening the directory of `{}`", path.display()), e);
        let name = path.file_name().ok_or_else(|| Error::usage(format!("`{}` names no file", path.display())))?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let dir = Dir::open_ambient_dir(parent, ambient_authority()).map_err(|e| doing(&e))?;
        let target = EnvFileTarget { path: path.to_owned(), dir, name: name.to_owned() };
        match fs::symlink_metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(target),
            Err(e) => Err(doing(&e)),
            Ok(meta) if meta.is_file() && target.starts_with(MARK.as_bytes()) => {
                target.dir.remove_file(&target.name).map_err(|e| target.trouble("removing", &e))?;
                Ok(target)
            }
            Ok(_) => Err(target.taken()),
        }
    }

    /// Writes the file, for this user alone.
    ///
    /// # Errors
    /// `conflict` where something took the place meanwhile; `io` where it cannot be written.
    pub fn write(self, origin: &str, variables: &[(&'static str, String)]) -> Result<EnvFile> {
        let process = std::process::id();
        let mut content = format!("{MARK} (process {process}) at {origin}; removed when it ends\n");
        for (name, value) in variables {
            // Writing to a String cannot fail.
            let _ = writeln!(content, "{name}={}", quoted(value));
        }
        let written = || {
            let mut pending = StagingEntry::file(&self.dir)?;
            platform::set_mode(pending.handle(), 0o600)?;
            pending.handle().write_all(content.as_bytes())?;
            pending.persist_noclobber(&self.dir, &self.name)
        };
        match written() {
            Ok(()) => Ok(EnvFile { target: self, content }),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(self.taken()),
            Err(e) => Err(self.trouble("writing", &e)),
        }
    }

    /// Returns whether the file begins like this.
    fn starts_with(&self, text: &[u8]) -> bool {
        let mut head = Vec::new();
        let file = self.dir.open(&self.name);
        let read = file.and_then(|file| file.take(text.len() as u64).read_to_end(&mut head));
        read.is_ok() && head == text
    }

    fn taken(&self) -> Error {
        let what = format!("`{}` exists and was not written by the emulator", self.path.display());
        Error::new(Kind::Conflict, what)
            .hint(format!("choose another file for {}, or remove this one", Setting::EnvFile))
    }

    fn trouble(&self, doing: &str, error: &io::Error) -> Error {
        Error::io(format!("{doing} `{}`", self.path.display()), error)
    }
}

impl Drop for EnvFile {
    fn drop(&mut self) {
        if self.target.starts_with(self.content.as_bytes()) {
            // What stays is known by its mark to the next server.
            drop(self.target.dir.remove_file(&self.target.name));
        }
    }
}

/// Returns a value as a shell and the dotenv libraries read it. Docker and kubectl read the line as it is,
/// so that nothing is quoted that need not be.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,+@%".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_it_is_quoted() {
        assert_eq!(quoted("http://127.0.0.1:80/api/projects/wharf"), "http://127.0.0.1:80/api/projects/wharf");
        assert_eq!(quoted("/tmp/a b/c"), "'/tmp/a b/c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
