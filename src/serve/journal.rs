//! What a dialect keeps beside the store: a file with a line for each change, so that a change costs
//! one write, however much is kept.
//!
//! A line is `[SUBJECT, PART, VALUE]`, and `null` for a value says that the part is gone. What a
//! killed server had not written to its end is no line. Lines that others replaced go when a server
//! opens the file, of which there is one at a time.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::Value;

use crate::error::{Error, Kind, Result};
use crate::pending::Pending;
use crate::platform;

/// All that is kept: the parts of each subject, by their names.
pub(super) type Kept = BTreeMap<String, BTreeMap<String, Value>>;

/// The file, where there is one: what goes with the server has none.
pub(super) struct Journal(Option<Mutex<File>>);

impl Journal {
    /// Opens the file of that name in a store, and gives what it keeps; without a store there is
    /// none, and nothing.
    ///
    /// # Errors
    /// `conflict` where another server has it; `io` where it cannot be read or written.
    pub(super) fn open(store: Option<&Path>, name: &str) -> Result<(Self, Kept)> {
        let Some(store) = store else { return Ok((Journal(None), Kept::new())) };
        let doing =
            |e: io::Error| Error::io(format!("opening `{name}` in `{}`", store.display()), &e).of_kind(Kind::Io);
        platform::create_private_dir(store).map_err(doing)?;
        let store = Dir::open_ambient_dir(store, ambient_authority()).map_err(doing)?;
        let mut text = Vec::new();
        match store.open(name).map(cap_std::fs::File::into_std) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            file => {
                let mut file = file.map_err(doing)?;
                if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                    return Err(Error::conflict("another server has this store")
                        .hint("use that one, end it first, or name another directory with --store"));
                }
                file.read_to_end(&mut text).map_err(doing)?;
            }
        }
        let kept = read(&text);
        // Where the store has what is not finished, so that it is swept with all the rest.
        store.create_dir_all("tmp").map_err(doing)?;
        let tmp = store.open_dir("tmp").map_err(doing)?;
        let mut pending = Pending::file(&tmp).map_err(doing)?;
        // Its lock goes along, and stays as long as it is open.
        let mut file = pending.handle().try_clone().map_err(doing)?;
        let all = kept.iter().flat_map(|(subject, parts)| parts.iter().map(|(part, value)| line(subject, part, value)));
        file.write_all(all.collect::<String>().as_bytes()).map_err(doing)?;
        pending.place(&store, name).map_err(doing)?;
        Ok((Journal(Some(Mutex::new(file))), kept))
    }

    /// Writes changes of one subject down, all at once.
    ///
    /// # Errors
    /// `io` where that is not possible; then none of them is kept.
    pub(super) fn write(&self, subject: &str, changes: impl FnOnce() -> Vec<(String, Value)>) -> Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        let lines: String = changes().into_iter().map(|(part, value)| line(subject, &part, &value)).collect();
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(lines.as_bytes()).map_err(|e| Error::io("writing what a session holds", &e).of_kind(Kind::Io))
    }
}

fn line(subject: &str, part: &str, value: &Value) -> String {
    format!("{}\n", serde_json::json!([subject, part, value]))
}

/// What the lines of a file come to.
fn read(text: &[u8]) -> Kept {
    let mut kept = Kept::new();
    let lines = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    for (subject, part, value) in lines.filter_map(|line| serde_json::from_slice::<(String, String, Value)>(line).ok())
    {
        let parts = kept.entry(subject).or_default();
        if value.is_null() {
            parts.remove(&part);
        } else {
            parts.insert(part, value);
        }
    }
    kept.retain(|_, parts| !parts.is_empty());
    kept
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
        let (journal, kept) = Journal::open(Some(&store), "journal").unwrap();
        assert!(kept.is_empty());
        journal.write("a", changes(&[("x", json!(1)), ("y", json!("line\nend"))])).unwrap();
        journal.write("b", changes(&[("x", json!({}))])).unwrap();
        journal.write("a", changes(&[("x", json!(2))])).unwrap();
        journal.write("b", changes(&[("x", Value::Null)])).unwrap();
        assert!(Journal::open(Some(&store), "journal").is_err_and(|e| e.kind() == Kind::Conflict));
        drop(journal);
        let (_, kept) = Journal::open(Some(&store), "journal").unwrap();
        assert_eq!(json!(kept), json!({ "a": { "x": 2, "y": "line\nend" } }));
        assert_eq!(fs::read_to_string(store.join("journal")).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_line_without_its_end_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let store = Some(dir.path());
        fs::write(dir.path().join("journal"), "[\"a\",\"x\",1]\nnonsense\n[\"a\",\"x\",2]").unwrap();
        let (journal, kept) = Journal::open(store, "journal").unwrap();
        assert_eq!(json!(kept), json!({ "a": { "x": 1 } }));
        journal.write("a", changes(&[("y", json!(3))])).unwrap();
        drop(journal);
        assert_eq!(json!(Journal::open(store, "journal").unwrap().1), json!({ "a": { "x": 1, "y": 3 } }));
    }

    #[test]
    fn what_goes_with_the_server_is_not_written() {
        let (journal, kept) = Journal::open(None, "journal").unwrap();
        journal.write("a", changes(&[("x", json!(1))])).unwrap();
        assert!(kept.is_empty());
    }
}
