//! Documents from `--body` and from standard input.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::args::BodyFlag;
use crate::config::body;
use crate::error::{Error, Result};
use crate::platform::{self, StdinIs};

/// How long standard input may be silent when nobody said that it holds a document.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest document, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// The document of `--body`, or, where `unasked` allows it, whatever standard input holds.
///
/// # Errors
/// `usage` where standard input is silent, or what it holds is no mapping.
pub(super) fn document(flag: &BodyFlag, unasked: bool) -> Result<Map<String, Value>> {
    match flag.body.as_deref() {
        Some(path) if path == Path::new("-") => body::mapping(&read(io::stdin(), "standard input")?, "standard input"),
        Some(path) => {
            let name = path.display().to_string();
            let file = std::fs::File::open(path).map_err(|e| Error::io(format!("opening `{name}`"), &e))?;
            body::mapping(&read(file, &name)?, &name)
        }
        None if unasked && platform::stdin_is() == StdinIs::Document => {
            if !platform::stdin_ready(PATIENCE) {
                return Err(Error::usage("standard input is a pipe that says nothing for 5 s")
                    .hint("to read a document from it, add `--body -`; if there is none, add `</dev/null`"));
            }
            body::mapping(&read(io::stdin(), "standard input")?, "standard input")
        }
        None => Ok(Map::new()),
    }
}

fn read(from: impl Read, name: &str) -> Result<String> {
    let mut text = String::new();
    from.take(LARGEST + 1).read_to_string(&mut text).map_err(|e| match e.kind() {
        io::ErrorKind::InvalidData => Error::usage(format!("this document is not UTF-8: {name}")),
        _ => Error::io(format!("reading {name}"), &e),
    })?;
    if text.len() as u64 > LARGEST {
        return Err(Error::usage(format!("this document is larger than 32 MiB: {name}")));
    }
    Ok(text)
}
