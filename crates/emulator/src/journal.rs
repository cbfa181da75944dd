//! What a dialect keeps beside the store: a file with a line for each change, so that a change costs
//! one write, however much is kept.
//!
//! A line is `[SUBJECT, PART, VALUE]`, and `null` for a value says that the part is gone. What a
//! killed server had not written to its end is not a line. Servers that have one store at the same time
//! all add to the file, and read what the others added; who opens it alone first leaves out the lines
//! that later ones replaced.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Mutex;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use serde_json::Value;

use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform;
use wharf_core::staging::StagingEntry;
use wharf_core::sync::lock;

/// A change: of what, of which part of it, and what that is now.
pub(super) type JournalLine = (String, String, Value);

/// The file, where there is one: what goes with the server has none.
pub(super) struct Journal(Option<Mutex<JournalFile>>);

struct JournalFile {
    file: File,
    /// How far it was read.
    read: u64,
    /// Locked, so that no other process shortens the file.
    _lock: File,
}

impl Journal {
    /// Opens the file of that name in a store; without a store there is none.
    ///
    /// # Errors
    /// `io` where it cannot be read or written.
    pub(super) fn open(store: Option<&Path>, name: &str) -> Result<Self> {
        let Some(store) = store else { return Ok(Journal(None)) };
        let open = || {
            platform::create_private_dir(store)?;
            let store = Dir::open_ambient_dir(store, ambient_authority())?;
            let mut options = OpenOptions::new();
            options.read(true).append(true).create(true);
            let lock = store.open_with(format!("{name}.lock"), &options)?.into_std();
            if lock.try_lock().is_ok() {
                shorten(&store, name)?;
                lock.unlock()?;
            }
            lock.lock_shared()?;
            let file = store.open_with(name, &options)?.into_std();
            Ok(JournalFile { file, read: 0, _lock: lock })
        };
        let opened = open().map_err(|e: io::Error| {
            Error::io(format!("opening `{name}` in `{}`", store.display()), &e).of_kind(Kind::Io)
        });
        Ok(Journal(Some(Mutex::new(opened?))))
    }

    /// Returns whether there is a file.
    pub(super) fn stays(&self) -> bool {
        self.0.is_some()
    }

    /// Writes changes of one subject down, all at once.
    ///
    /// # Errors
    /// `io` where that is not possible; then none of them is kept.
    pub(super) fn write(&self, subject: &str, changes: impl FnOnce() -> Vec<(String, Value)>) -> Result<()> {
        let Some(shared) = &self.0 else { return Ok(()) };
        let lines: String = changes().into_iter().map(|(part, value)| line(subject, &part, &value)).collect();
        let mut shared = lock(shared);
        shared.file.write_all(lines.as_bytes()).map_err(|e| failed("writing", &e))
    }

    /// Returns what any process wrote since the last call; everything the first time.
    ///
    /// # Errors
    /// `io` where the file cannot be read.
    pub(super) fn read_new(&self) -> Result<Vec<JournalLine>> {
        let Some(shared) = &self.0 else { return Ok(Vec::new()) };
        let mut shared = lock(shared);
        let doing = |e: io::Error| failed("reading", &e);
        if shared.file.metadata().map_err(doing)?.len() == shared.read {
            return Ok(Vec::new());
        }
        let (from, mut text) = (shared.read, Vec::new());
        shared.file.seek(SeekFrom::Start(from)).map_err(doing)?;
        shared.file.read_to_end(&mut text).map_err(doing)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        shared.read += whole as u64;
        Ok(lines(text.get(..whole).unwrap_or_default()).collect())
    }
}

fn failed(doing: &str, error: &io::Error) -> Error {
    Error::io(format!("{doing} what is kept beside the store"), error).of_kind(Kind::Io)
}

fn line(subject: &str, part: &str, value: &Value) -> String {
    format!("{}\n", serde_json::json!([subject, part, value]))
}

fn lines(text: &[u8]) -> impl Iterator<Item = JournalLine> {
    text.split_inclusive(|byte| *byte == b'\n')
        .filter(|line| line.ends_with(b"\n"))
        .filter_map(|line| serde_json::from_slice(line).ok())
}

/// Leaves out of a file what was replaced, and what is not a line; the parts of a subject come in the
/// order of their names.
fn shorten(store: &Dir, name: &str) -> io::Result<()> {
    let text = match store.read(name) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text?,
    };
    let mut kept: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (subject, part, value) in lines(&text) {
        let parts = kept.entry(subject).or_default();
        if value.is_null() {
            parts.remove(&part);
        } else {
            parts.insert(part, value);
        }
    }
    let all = kept.iter().flat_map(|(subject, parts)| parts.iter().map(|(part, value)| line(subject, part, value)));
    // Where the store has what is not finished, so that it is swept with all the rest.
    store.create_dir_all("tmp")?;
    let tmp = store.open_dir("tmp")?;
    let mut pending = StagingEntry::file(&tmp)?;
    pending.handle().write_all(all.collect::<String>().as_bytes())?;
    pending.persist(store, name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn changes(all: &[(&str, Value)]) -> impl FnOnce() -> Vec<(String, Value)> {
        || all.iter().map(|(part, value)| ((*part).to_owned(), value.clone())).collect()
    }

    #[test]
    fn what_was_written_is_kept_and_what_was_replaced_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("store");
        let journal = Journal::open(Some(&store), "journal").unwrap();
        assert!(journal.read_new().unwrap().is_empty());
        journal.write("a", changes(&[("x", json!(1)), ("y", json!("line\nend"))])).unwrap();
        journal.write("b", changes(&[("x", json!({}))])).unwrap();
        journal.write("a", changes(&[("x", json!(2))])).unwrap();
        journal.write("b", changes(&[("x", Value::Null)])).unwrap();
        assert_eq!((journal.read_new().unwrap().len(), journal.read_new().unwrap().len()), (5, 0));
        drop(journal);
        let read_new = Journal::open(Some(&store), "journal").unwrap().read_new().unwrap();
        assert_eq!(json!(read_new), json!([["a", "x", 2], ["a", "y", "line\nend"]]));
    }

    #[test]
    fn servers_hear_of_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let open = || Journal::open(Some(dir.path()), "journal").unwrap();
        let first = open();
        first.write("a", changes(&[("x", json!(1))])).unwrap();
        first.write("a", changes(&[("x", json!(2))])).unwrap();
        let second = open();
        second.write("a", changes(&[("y", json!(3))])).unwrap();
        let all = json!([["a", "x", 1], ["a", "x", 2], ["a", "y", 3]]);
        assert_eq!((json!(first.read_new().unwrap()), json!(second.read_new().unwrap())), (all.clone(), all));
        first.write("b", changes(&[("z", json!(4))])).unwrap();
        assert_eq!(json!(second.read_new().unwrap()), json!([["b", "z", 4]]));
    }

    #[test]
    fn a_line_without_its_end_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        fs::write(&path, "[\"a\",\"x\",1]\nnonsense\n[\"a\",\"x\",2]").unwrap();
        let journal = Journal::open(Some(dir.path()), "journal").unwrap();
        journal.write("a", changes(&[("y", json!(3))])).unwrap();
        assert_eq!(json!(journal.read_new().unwrap()), json!([["a", "x", 1], ["a", "y", 3]]));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    }

    #[test]
    fn what_goes_with_the_server_is_not_written() {
        let journal = Journal::open(None, "journal").unwrap();
        journal.write("a", changes(&[("x", json!(1))])).unwrap();
        assert!(journal.read_new().unwrap().is_empty());
    }
}
