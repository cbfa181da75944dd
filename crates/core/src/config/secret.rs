//! Sources of a key or token: a variable, a file, or the output of a program.
//!
//! The configuration contains the source, never the secret, and no message contains the secret.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{env, small};
use crate::error::{Error, Kind, Result};
use crate::platform::program;
use crate::thread;

/// The maximum length of a secret in bytes.
const LONGEST: usize = 64 * 1024;

/// The maximum run time of a program that prints a secret. It may wait for the user, for example to touch a security
/// key.
const PATIENCE: Duration = Duration::from_secs(60);

/// The source of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The value of an environment variable.
    Env(String),
    /// The content of a file.
    File(PathBuf),
    /// The output of a program with arguments.
    Command(Vec<String>),
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Env(name) => write!(f, "secret_env ({name})"),
            Secret::File(path) => write!(f, "secret_file (`{}`)", path.display()),
            // The arguments may be confidential.
            Secret::Command(words) => write!(f, "secret_command (`{}`)", words.first().map_or("", String::as_str)),
        }
    }
}

impl Secret {
    /// Reads the secret, without white space around it.
    ///
    /// # Errors
    /// `auth` if it cannot be read or is empty.
    pub async fn read(&self) -> Result<String> {
        let read = match self {
            Secret::Env(name) => env::text(name).ok_or_else(|| bad("the variable is not set")),
            Secret::File(path) => return of_file(path).await.map_err(|e| e.context(self)),
            Secret::Command(words) => printed(words).await,
        };
        read.and_then(|text| checked(&text)).map_err(|e| e.context(self))
    }
}

/// Reads a secret from a file or pipe, without white space around it.
///
/// # Errors
/// `auth` if it cannot be read, is empty, or is longer than 64 KiB.
pub async fn of_file(path: &Path) -> Result<String> {
    let theirs = path.to_owned();
    // A pipe may block its reader. The process does not wait for this thread when it ends.
    let (sender, read) = oneshot::channel();
    let doing = |e: io::Error| Error::io(format!("reading `{}`", path.display()), &e);
    thread::spawn(move || drop(sender.send(small::read_at_most(&theirs, LONGEST as u64)))).map_err(doing)?;
    let bytes = match read.await {
        Ok(read) => read.map_err(|e| doing(e).of_kind(Kind::Auth))?,
        Err(_) => return Err(bad("reading it was interrupted")),
    };
    text(bytes).and_then(|text| checked(&text)).map_err(|e| e.context(format!("`{}`", path.display())))
}

async fn printed(words: &[String]) -> Result<String> {
    let Some((name, args)) = words.split_first() else { return Err(bad("no program is named")) };
    let program = if Path::new(name).components().nth(1).is_some() {
        Some(PathBuf::from(name))
    } else {
        program::find(name, &env::path(env::PATH).map(OsString::from).unwrap_or_default())
    };
    let program = program.ok_or_else(|| bad("the program was not found on PATH"))?;
    let said = program::output(&program, args, None, PATIENCE).await;
    let said = said.map_err(|e| Error::io("running it", &e).of_kind(Kind::Auth))?;
    if said.status.success() { text(said.stdout) } else { Err(bad(format!("it failed ({})", said.status))) }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    if bytes.len() > LONGEST {
        return Err(bad(format!("it is longer than {LONGEST} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| bad("it is not UTF-8 text"))
}

fn checked(text: &str) -> Result<String> {
    // Some editors write a byte order mark.
    match text.trim_start_matches('\u{feff}').trim() {
        "" => Err(bad("it is empty")),
        text => Ok(text.to_owned()),
    }
}

fn bad(what: impl Into<String>) -> Error {
    Error::new(Kind::Auth, what)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    async fn command(words: &[&str]) -> Result<String> {
        Secret::Command(words.iter().map(|&word| word.to_owned()).collect()).read().await
    }

    #[tokio::test]
    async fn a_secret_is_read_from_a_file_without_its_line_break() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        for text in ["tok-0123456789\n", "\u{feff}tok-0123456789\r\n"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(Secret::File(path.clone()).read().await.unwrap(), "tok-0123456789");
        }
        for bad in [&b"\n"[..], b"\xff\xfe", &vec![b'x'; LONGEST + 1]] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(of_file(&path).await.unwrap_err().kind(), Kind::Auth);
        }
        let error = Secret::File(dir.path().join("none")).read().await.unwrap_err();
        assert!(error.kind() == Kind::Auth && error.message().contains("secret_file"), "{error}");
    }

    #[tokio::test]
    async fn a_secret_is_what_a_program_prints() {
        assert_eq!(command(&["/bin/sh", "-c", "echo ' tok '"]).await.unwrap(), "tok");
        for bad in [&["/bin/sh", "-c", "echo hunter2; exit 1"][..], &["/bin/sh", "-c", ":"], &["no-such-program"], &[]]
        {
            let error = command(bad).await.unwrap_err();
            assert!(error.kind() == Kind::Auth && !error.message().contains("hunter2"), "{error}");
        }
        assert!(Secret::Env("WHARF_NO_SUCH_VARIABLE".to_owned()).read().await.is_err());
    }
}
