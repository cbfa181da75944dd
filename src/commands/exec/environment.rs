//! The environment of a command, and code for `--language`.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use wharf_core::body::open_stdin;
use wharf_core::config::{env, small};
use wharf_core::error::{Error, Result};
use wharf_core::platform;

/// The maximum size in bytes of a file of variables or code.
const LIMIT: u64 = 1 << 20;

/// Returns the variables of `--env-file` and `--env`. If a name occurs several times, the last one counts.
///
/// # Errors
/// `usage` for an invalid name; `io` and `not_found` for a file that cannot be read.
pub(in crate::commands) fn read(
    flags: &[OsString],
    files: &[PathBuf],
    until: Option<Instant>,
) -> Result<Vec<(String, OsString)>> {
    let mut variables = Vec::new();
    for file in files {
        let text = read_text(file, "the file of variables", until)?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            if !line.is_empty() && !line.starts_with('#') {
                let context = |error: Error| error.context(format!("{}:{}", file.display(), number + 1));
                variables.extend(variable(OsStr::new(line)).map_err(context)?);
            }
        }
    }
    for flag in flags {
        variables.extend(variable(flag)?);
    }
    Ok(variables)
}

/// Parses `NAME=VALUE`, or `NAME` with the value of this process. `None` if the process has no such variable.
fn variable(text: &OsStr) -> Result<Option<(String, OsString)>> {
    let bytes = text.as_encoded_bytes();
    let (name, value) = match bytes.iter().position(|byte| *byte == b'=') {
        Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 1..)),
        None => (bytes, None),
    };
    let name = std::str::from_utf8(name).ok().filter(|name| is_name(name));
    let Some(name) = name else {
        return Err(Error::usage(format!("invalid variable: {:?}", text.to_string_lossy()))
            .hint("write NAME=VALUE; a name has letters, digits and underscores, and does not begin with a digit"));
    };
    let value = match value {
        Some(value) => Some(platform::name_of(value)),
        None => env::any(name),
    };
    Ok(value.map(|value| (name.to_owned(), value)))
}

/// Returns whether a variable can have this name.
pub(in crate::commands) fn is_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| !c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reads the code for `--language`: the file that the only word names, or stdin for `-` or without a word.
pub(super) fn read_code(words: &[OsString], until: Option<Instant>) -> Result<String> {
    let what = "the code";
    match words {
        [file] if file != "-" => read_text(Path::new(file), what, until),
        [] | [_] => {
            let mut code = Vec::new();
            let read = open_stdin()?.take(LIMIT + 1).read_to_end(&mut code);
            read.map_err(|e| Error::io("reading code from stdin", &e))?;
            if code.len() as u64 > LIMIT {
                return Err(Error::usage(format!("{what} from stdin is larger than {LIMIT} bytes"))
                    .hint("upload it, and run it by its path in the session"));
            }
            String::from_utf8(code).map_err(|_| Error::usage(format!("{what} from stdin is not UTF-8")))
        }
        _ => Err(Error::usage("--language takes one file of code").hint("name one file, or - for stdin")),
    }
}

fn read_text(path: &Path, what: &str, until: Option<Instant>) -> Result<String> {
    String::from_utf8(small::read(path, what, LIMIT, until)?)
        .map_err(|_| Error::usage(format!("{what} is not UTF-8: `{}`", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_docker_reads_them() {
        let flags = ["A=1", "B=", "C=a=b", "WHARF_TEST_UNSET_VARIABLE"].map(OsString::from);
        let read = read(&flags, &[], None).unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(read, [("A", "1"), ("B", ""), ("C", "a=b")]);
        for bad in ["=x", "1A=x", "A B=x", ""] {
            assert!(variable(OsStr::new(bad)).is_err(), "{bad}");
        }
    }
}
