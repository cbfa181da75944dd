//! Finding and running other programs.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

/// Searches a program in the absolute directories of `path`, which has the format of `PATH`. Relative directories are
/// ignored, so that a file in the working directory is not run because of its name.
pub fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    let dirs = std::env::split_paths(path).filter(|dir| dir.is_absolute());
    let named = |dir: PathBuf| super::PROGRAM_ENDINGS.iter().map(move |ending| dir.join(format!("{name}{ending}")));
    dirs.flat_map(named).find(|file| file.metadata().is_ok_and(|meta| super::is_program(&meta)))
}

/// Returns the absolute directories of `path`, in the format of `PATH`.
pub fn absolute(path: &OsStr) -> OsString {
    // Joining cannot fail: the directories were split at the separator.
    std::env::join_paths(std::env::split_paths(path).filter(|dir| dir.is_absolute())).unwrap_or_default()
}

/// Runs a program with an empty stdin and returns its output. `path` replaces `PATH` in its environment.
///
/// # Errors
/// Fails if the program cannot be started. `TimedOut` if it runs longer than `limit`; it is then killed.
pub async fn output<S: AsRef<OsStr>>(
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
    async fn programs_are_found_in_absolute_directories_and_run() {
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
        let said = output(&tool, &["word"], None, Duration::from_secs(10)).await.unwrap();
        assert_eq!((said.status.code(), &said.stdout[..], &said.stderr[..]), (Some(3), &b"word\n"[..], &b"why\n"[..]));
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_given_up() {
        let error = output(Path::new("/bin/sleep"), &["60"], None, Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(output(Path::new("/none"), &[""], None, Duration::from_secs(1)).await.is_err());
    }
}
