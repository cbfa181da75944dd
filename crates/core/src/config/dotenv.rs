//! Reads single values from `.env` files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Kind, Result};

/// The name of the file, which is read from the working directory only.
pub const FILE: &str = ".env";

/// The maximum size of the file in bytes.
const LONGEST: u64 = 64 * 1024;

/// Returns the value of `name` in the file at `path`; `None` if there is no such regular file, the file has no such
/// line, or the value is empty.
///
/// # Errors
/// `auth` if the file cannot be read, because the value is a credential.
pub fn value(path: &Path, name: &str) -> Result<Option<String>> {
    let doing = |e: &io::Error| Error::io(format!("reading `{}`", path.display()), e).of_kind(Kind::Auth);
    match path.metadata() {
        Ok(meta) if meta.is_file() => {}
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(doing(&e)),
        _ => return Ok(None),
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.map_err(|e| doing(&e))?;
    Ok(find(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}'), name))
}

/// Returns the value of `name`. The last line that sets it counts, as in other readers of dotenv files.
fn find(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().rev().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(line);
        let (known, value) = line.split_once('=')?;
        (known.trim() == name).then(|| read(value.trim()))
    });
    lines.next().filter(|value| !value.is_empty())
}

/// Returns the text between quotes, or the text before a comment.
fn read(value: &str) -> String {
    for quote in ['\'', '"'] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside.to_owned();
        }
    }
    let comment = value
        .match_indices('#')
        .find(|(at, _)| value.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t'])));
    let end = comment.map_or(value.len(), |(at, _)| at);
    value.get(..end).unwrap_or(value).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_is_found_in_all_spellings_and_the_last_one_counts() {
        let key = |text: &str| find(text, "KEY");
        for text in
            ["KEY=v", "export KEY=v", "  KEY = v  ", "KEY='v' # x", "KEY=\"v\"", "KEY=v # x", "KEY=w\nKEY=v\r\n"]
        {
            assert_eq!(key(text).as_deref(), Some("v"), "{text:?}");
        }
        for text in
            ["", "#KEY=v", "OTHER_KEY=v", "KEYS=v", "KEY", "KEY=", "KEY=''", "KEY=v\nKEY=", "exportKEY=v", "KEY= # v"]
        {
            assert_eq!(key(text), None, "{text:?}");
        }
        assert_eq!(key("KEY=a#b").as_deref(), Some("a#b"));
        assert_eq!(key("KEY='a # b'").as_deref(), Some("a # b"));
    }

    #[test]
    fn only_a_regular_file_is_read() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(value(dir.path(), "KEY").unwrap(), None);
        let path = dir.path().join(FILE);
        assert_eq!(value(&path, "KEY").unwrap(), None);
        for text in [&b"\xff\nKEY=v\n"[..], b"\xef\xbb\xbfKEY=v\r\n", b"\xef\xbb\xbfexport KEY=v"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(value(&path, "KEY").unwrap().as_deref(), Some("v"), "{text:?}");
        }
    }
}
