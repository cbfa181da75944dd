//! What a run uploads into its session, and what it downloads.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::commands::Cx;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::target::names_directory;
use wharf_core::model::{RemotePath, SessionId, Target};
use wharf_core::platform::names::NameRules;
use wharf_core::platform::{self, shown};
use wharf_transfer::mount::MountSource;
use wharf_transfer::plan::{Destination, LocalSource};

/// Parses a value of `--in`, SOURCE[:DEST], and looks at the source.
///
/// # Errors
/// `usage` for stdin, and for a name that is not UTF-8; those of looking at the source.
pub(super) fn input(cx: &Cx, text: &OsStr) -> Result<MountSource> {
    let (source, dest) = split_input(text);
    if source == "-" {
        return Err(Error::usage("--in takes files and directories, not stdin")
            .hint("write the content to a file first; a local file of that name is written `./-`"));
    }
    let source = LocalSource::look(&source, None).map_err(|error| match error.kind() {
        Kind::NotFound => error.hint("--in takes a file or a directory of this machine: SOURCE[:DEST]"),
        _ => error,
    })?;
    let is_file = source.path.as_ref().and_then(|path| path.metadata().ok()).is_some_and(|meta| meta.is_file());
    if !is_file && !source.is_directory {
        // A pipe may wait for its writer for ever, with a session that costs.
        return Err(Error::usage(format!(
            "--in takes files and directories, not a pipe or a device: `{}`",
            source.name
        ))
        .hint("write the content to a file first"));
    }
    let name = || {
        source.base.as_deref().ok_or_else(|| {
            Error::usage(format!("the name of `{}` is not UTF-8", source.name)).hint("write --in SOURCE:DEST")
        })
    };
    let dest = match dest.filter(|dest| !dest.is_empty()) {
        None => name()?.to_owned(),
        Some(dest) if !source.is_directory && names_directory(&dest) => {
            format!("{}/{}", dest.trim_end_matches('/'), name()?)
        }
        Some(dest) => dest,
    };
    Ok(MountSource { path: cx.resolve(&dest)?, source })
}

/// Splits at the last colon that does not belong to a drive.
fn split_input(text: &OsStr) -> (OsString, Option<String>) {
    let bytes = platform::bytes_of(text);
    let Some(colon) = bytes.iter().rposition(|byte| *byte == b':') else { return (text.to_owned(), None) };
    let (before, after) = (bytes.get(..colon).unwrap_or_default(), bytes.get(colon + 1..).unwrap_or_default());
    match std::str::from_utf8(after) {
        Ok(dest) if !before.is_empty() && !is_drive(before, dest) => (platform::name_of(before), Some(dest.to_owned())),
        _ => (text.to_owned(), None),
    }
}

/// Returns whether a colon is that of a drive, as in `C:\data`.
fn is_drive(before: &[u8], after: &str) -> bool {
    cfg!(windows) && before.len() == 1 && (after.starts_with('\\') || after.starts_with('/'))
}

/// A value of `--out`: PATH[:LOCAL].
#[derive(Debug)]
pub(super) struct RunOutput {
    /// What is downloaded.
    pub(super) path: RemotePath,
    /// Where it goes.
    pub(super) to: Destination<PathBuf>,
    /// Whether LOCAL was given: files there may be replaced.
    pub(super) replaces: bool,
}

impl RunOutput {
    /// Parses a value, and looks at the local path.
    ///
    /// # Errors
    /// `usage` for a path that is empty or has no name; `conflict` if a file has the name that the output would get.
    pub(super) fn parse(cx: &Cx, text: &OsStr) -> Result<Self> {
        let Some(text) = text.to_str() else {
            return Err(Error::usage(format!("the value of --out is not UTF-8: `{}`", shown(text))));
        };
        let (typed, local) = text.split_once(':').map_or((text, None), |(path, local)| (path, Some(local)));
        let path = match typed {
            "" => {
                return Err(Error::usage(format!("--out needs a path in the session: `{text}`"))
                    .hint("write --out PATH or --out PATH:LOCAL, such as `--out @outputs:./results`"));
            }
            typed => cx.resolve(typed)?,
        };
        if let Some(local) = local.filter(|local| !local.is_empty()) {
            if local == "-" {
                return Err(Error::usage("--out takes a local path, not stdout: it has the output of the work")
                    .hint("a local file of that name is written `./-`"));
            }
            if let Some((id, _)) = typed_session(typed, local) {
                return Err(Error::usage(format!("--out takes PATH[:LOCAL], and no session: `{text}`"))
                    .hint(format!("leave out `{id}:`: the path is in the session of the run")));
            }
            let as_directory = NameRules::HERE.names_directory(local);
            let to = Destination { path: PathBuf::from(local), as_directory, into: false };
            return Ok(RunOutput { path, to, replaces: true });
        }
        let typed_name = typed.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let Some(name) = path.as_str().rsplit('/').next().filter(|_| !matches!(typed_name, "" | "." | "..")) else {
            return Err(Error::usage(format!("the path has no name: `{text}`"))
                .hint(format!("say where it goes: `--out {typed}:./everything`")));
        };
        let here = Path::new(name);
        if here.symlink_metadata().is_ok() && !here.is_dir() {
            return Err(Error::conflict(format!("`./{name}` exists, and --out {typed} would be written there"))
                .hint(format!("move it away, or say where the output goes: `--out {typed}:LOCAL`")));
        }
        Ok(RunOutput {
            to: Destination { path: PathBuf::from("."), as_directory: true, into: true },
            path,
            replaces: false,
        })
    }

    /// Returns the local path that the output goes to, for messages.
    pub(super) fn name(&self) -> String {
        if self.replaces { shown(&self.to.path) } else { self.path.name().to_owned() }
    }

    /// Returns the local path that the output goes to, as far as it is known, for comparing outputs. Links in the part that
    /// exists are resolved.
    pub(super) fn place(&self) -> PathBuf {
        let place = if self.replaces { self.to.path.clone() } else { PathBuf::from(self.path.name()) };
        // Without `.` and double slashes.
        let place: PathBuf = std::path::absolute(&place).unwrap_or(place).components().collect();
        let resolve = |above: &Path| Some(above.canonicalize().ok()?.join(place.strip_prefix(above).ok()?));
        let resolved = place.ancestors().find_map(resolve);
        // What is joined with nothing ends with a slash.
        resolved.map_or(place, |resolved| resolved.components().collect())
    }
}

/// Returns the id of a session and the path in it, if that is what was typed in place of PATH:LOCAL.
fn typed_session<'a>(typed: &'a str, local: &'a str) -> Option<(&'a str, &'a str)> {
    (SessionId::is_generated(typed) && Target::is_session_path(&format!("{typed}:{local}"))).then_some((typed, local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_split_at_its_last_colon() {
        let split = |text: &str| {
            let (source, dest) = split_input(OsStr::new(text));
            (source.into_string().unwrap(), dest)
        };
        assert_eq!(split("./data"), ("./data".into(), None));
        assert_eq!(split("./data:data"), ("./data".into(), Some("data".into())));
        assert_eq!(split("a:b:c"), ("a:b".into(), Some("c".into())));
        assert_eq!(split("a:"), ("a".into(), Some(String::new())));
        assert_eq!(split(":x"), (":x".into(), None));
    }
}
