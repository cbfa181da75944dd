//! Other programs: where they are, and what they have to say.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// Where a program is, by the directories in `path` (the value of `PATH`). Only absolute ones count:
/// what lies in the working directory is not run because of its name.
pub fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    let dirs = std::env::split_paths(path).filter(|dir| dir.is_absolute());
    let named = |dir: PathBuf| super::PROGRAM_ENDINGS.iter().map(move |ending| dir.join(format!("{name}{ending}")));
    dirs.flat_map(named).find(|file| file.metadata().is_ok_and(|meta| super::is_program(&meta)))
}

/// The directories that count for [`find`], written as `PATH` is.
pub fn absolute(path: &OsStr) -> OsString {
    // Without their separators, which is how they came here, they can always be put together again.
    std::env::join_paths(std::env::split_paths(path).filter(|dir| dir.is_absolute())).unwrap_or_default()
}

/// Runs a program to its end, with nothing on its standard input, and takes what it writes. `path` is its
/// `PATH`, where it is not to have ours.
///
/// # Errors
/// Where it cannot be started, and `TimedOut` where it takes longer than `limit`: then it is killed.
pub async fn ask<S: AsRef<OsStr>>(
    program: &Path,
    args: &[S],
    path: Option<&OsStr>,
    limit: Duration,
) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).kill_on_drop(true);
    command.envs(path.map(|path| ("PATH", path)));
    match tokio::time::timeout(limit, command.output()).await {
        Ok(said) => said,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer in {} s", limit.as_secs()))),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn programs_are_found_in_absolute_directories_and_asked() {
        let dir = tempfile::tempdir().unwrap();
        let tool = dir.path().join("tool");
        std::fs::write(&tool, "#!/bin/sh\necho \"$1\"; cat; echo why >&2; exit 3\n").unwrap();
        let path = std::env::join_paths([Path::new("."), dir.path()]).unwrap();
        assert_eq!(find("tool", &path), None, "it is not executable");
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find("tool", &path), Some(tool.clone()));
        assert_eq!(find("tool", OsStr::new(".")), None);
        assert_eq!(
            (absolute(&path).as_os_str(), absolute(OsStr::new(".::a"))),
            (dir.path().as_os_str(), OsString::new())
        );
        let said = ask(&tool, &["word"], None, Duration::from_secs(10)).await.unwrap();
        assert_eq!((said.status.code(), &said.stdout[..], &said.stderr[..]), (Some(3), &b"word\n"[..], &b"why\n"[..]));
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_given_up() {
        let error = ask(Path::new("/bin/sleep"), &["60"], None, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(ask(Path::new("/none"), &[""], None, Duration::from_secs(1)).await.is_err());
    }
}
