//! `--log`: each request as a line of JSON, written when its answer has ended.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde::Serialize;

use wharf_core::config::secret_words::names_secret;
use wharf_core::error::{Error, Result, reason};
use wharf_core::model::Timestamp;
use wharf_core::sync::lock;

/// The file.
pub(super) struct Log {
    file: Mutex<File>,
    path: PathBuf,
    /// Receives a warning.
    warn: Arc<dyn Fn(String) + Send + Sync>,
    /// Whether a line could not be written before.
    incomplete: AtomicBool,
}

impl Log {
    /// Opens the file, which grows.
    pub(super) fn open(path: PathBuf, warn: Arc<dyn Fn(String) + Send + Sync>) -> Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let file = file.map_err(|e| Error::io(format!("opening the log `{}`", path.display()), &e))?;
        Ok(Log { file: Mutex::new(file), path, warn, incomplete: AtomicBool::new(false) })
    }

    /// Writes one line. A full disk does not stop the server; the first line that is lost is reported.
    pub(super) fn write(&self, line: &LogLine) {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        let written = lock(&self.file).write_all(&text);
        if let Err(error) = written
            && !self.incomplete.swap(true, Ordering::Relaxed)
        {
            let path = self.path.display();
            (self.warn)(format!("warning: the log `{path}` is incomplete: {}; the server goes on", reason(&error)));
        }
    }
}

/// The log entry of a request. No headers: that is where credentials are.
#[derive(Debug, Serialize)]
pub(super) struct LogLine {
    /// When it came.
    time: Timestamp,
    method: String,
    path: String,
    /// What followed the question mark, with secrets masked.
    query: String,
    operation: &'static str,
    /// Nothing where no answer was sent.
    pub(super) status: Option<u16>,
    /// Bytes of its body that were read.
    pub(super) bytes_in: u64,
    /// Bytes of the answer's body that were handed to the connection.
    pub(super) bytes_out: u64,
    duration_ms: u128,
    /// What was done to it on purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<String>,
    #[serde(skip)]
    started: Instant,
}

impl LogLine {
    /// Returns a request that came just now.
    pub(super) fn of(method: &hyper::Method, uri: &hyper::Uri, operation: &'static str) -> Self {
        LogLine {
            time: Timestamp::now(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: masked(uri.query().unwrap_or_default()),
            operation,
            status: None,
            bytes_in: 0,
            bytes_out: 0,
            duration_ms: 0,
            faults: Vec::new(),
            started: Instant::now(),
        }
    }

    /// Sets the duration: the request has ended.
    pub(super) fn finish(&mut self) {
        self.duration_ms = self.started.elapsed().as_millis();
    }
}

/// Parts of names of query parameters that hold secrets, beside those of [`names_secret`].
const SECRETS: [&str; 4] = ["key", "signature", "ticket", "code"];

/// Returns a query with the values of secrets replaced.
fn masked(query: &str) -> String {
    let mask = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    query.split('&').map(mask).collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    let name = wharf_wire::url::unescape(name).unwrap_or_default().to_ascii_lowercase();
    name == "sig" || names_secret(&name) || SECRETS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_nothing_else_is() {
        let query = "path=%2Fa&api_key=1&X-Amz-Signature=2&sig=3&a%63cess_token=4&api-version=v1&x";
        let shown = "path=%2Fa&api_key=***&X-Amz-Signature=***&sig=***&a%63cess_token=***&api-version=v1&x";
        assert_eq!(masked(query), shown);
        assert_eq!(masked(""), "");
    }
}
