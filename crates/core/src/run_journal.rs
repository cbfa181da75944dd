//! Journals of runs: sessions that exist for one command and are deleted at its end.
//!
//! A run writes what it is about to create before it creates it, and holds a lock on its journal for its life. A journal
//! whose lock is free belongs to a run that was killed: the process that locks it finishes it. A journal is a file `RUN.json` in
//! the directory `runs` of `WHARF_HOME`, to which a line is added for each change; the last whole line counts. Every
//! line is on the disk before the step that it announces.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, Result};
use crate::model::{FileId, SessionId};
use crate::platform::{self, shown};
use crate::random;

/// The directory of the journals in `WHARF_HOME`.
pub const RUNS: &str = "runs";

/// How the id of a run begins.
const PREFIX: &str = "run_";

/// How the name of a journal ends.
const ENDING: &str = ".json";

/// The longest journal that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The version of the file format.
const VERSION: u8 = 1;

/// What a journal says of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunRecord {
    version: u8,
    /// The id of the run, which its session carries as a label or as its id.
    pub run: String,
    /// When the run began.
    pub began_at: Timestamp,
    /// The backend.
    pub backend: String,
    /// The profile, if one was chosen.
    pub profile: Option<String>,
    /// The service or store: see `Backend::origin` of the client.
    pub origin: String,
    /// The agent, if one was chosen.
    pub agent: Option<String>,
    /// Whether the session is kept, whatever ends the run.
    #[serde(default)]
    pub keeps: bool,
    /// How far the run is.
    pub state: RunState,
    /// The session, once its id is known.
    #[serde(deserialize_with = "session_id")]
    pub session: Option<SessionId>,
    /// The id that the user chose for the session, if no session had it when the run began.
    #[serde(default, deserialize_with = "session_id")]
    pub chosen: Option<SessionId>,
    /// When the session was created, if the service tells: a later one with the same id is not that of the run.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Whether the run uploads stored files, whose names begin with [`RunRecord::upload_prefix`].
    #[serde(default)]
    pub uploads: bool,
    /// The stored files that the run uploaded.
    #[serde(deserialize_with = "file_ids")]
    pub files: Vec<FileId>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Its session may have been created, and nothing else.
    Creating,
    /// It works in its session, which is deleted at its end.
    Working,
    /// It has ended, and its session is kept.
    Kept,
}

fn session_id<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<SessionId>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse()).transpose().map_err(serde::de::Error::custom)
}

fn file_ids<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<FileId>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts.iter().map(|text| text.parse()).collect::<Result<_>>().map_err(serde::de::Error::custom)
}

impl RunRecord {
    /// Returns the record of a run that begins now.
    ///
    /// # Errors
    /// `io` if the system provides no random bytes.
    pub fn new(backend: &str, profile: Option<String>, origin: String, agent: Option<String>) -> Result<Self> {
        Ok(RunRecord {
            version: VERSION,
            run: random::id(PREFIX.trim_end_matches('_'))?,
            began_at: Timestamp::now(),
            backend: backend.to_owned(),
            profile,
            origin,
            agent,
            keeps: false,
            state: RunState::Creating,
            session: None,
            chosen: None,
            created_at: None,
            uploads: false,
            files: Vec::new(),
        })
    }

    /// Returns whether its session stays, so that no other run deletes it.
    pub fn is_kept(&self) -> bool {
        self.keeps || self.state == RunState::Kept
    }

    /// Returns how the names of the stored files begin that the run uploads: those whose id was not noted are found by it.
    pub fn upload_prefix(&self) -> String {
        format!("{}-", self.run)
    }

    /// Returns whether another run can finish this one: it reaches the same sessions with the same settings.
    pub fn has_scope_of(&self, other: &RunRecord) -> bool {
        (&self.backend, &self.profile, &self.origin, &self.agent)
            == (&other.backend, &other.profile, &other.origin, &other.agent)
    }
}

/// The journal of a run, locked by this process.
#[derive(Debug)]
pub struct RunJournal {
    path: PathBuf,
    file: File,
    record: RunRecord,
}

impl RunJournal {
    /// Returns the `WHARF_HOME` of the journal.
    pub fn home(&self) -> PathBuf {
        self.path.ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
    }

    /// Begins the journal of a run, on the disk.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn begin(home: &Path, record: RunRecord) -> Result<Self> {
        let dir = home.join(RUNS);
        let path = dir.join(format!("{}{ENDING}", record.run));
        let failed = |e: io::Error| failed("writing", &path, &e);
        platform::create_private_dir(&dir).map_err(failed)?;
        let file = loop {
            platform::create_private_file(&path).map_err(failed)?;
            let file = match OpenOptions::new().read(true).append(true).open(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                opened => opened.map_err(failed)?,
            };
            file.lock().map_err(failed)?;
            // Until the lock is held, another process takes it for one that was never written.
            if platform::names_of(&file.metadata().map_err(failed)?) > 0 {
                break file;
            }
        };
        let mut journal = RunJournal { path: path.clone(), file, record };
        journal.write()?;
        platform::sync_directory(&dir).map_err(failed)?;
        Ok(journal)
    }

    /// Takes over the journal of a run that does not live any more; `None` if it does, or if the journal is gone or damaged.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn take_over(home: &Path, run: &str) -> Result<Option<Self>> {
        let path = home.join(RUNS).join(format!("{run}{ENDING}"));
        let failed = |e: io::Error| failed("opening", &path, &e);
        let Some(mut file) = open(&path, OpenOptions::new().append(true)).map_err(failed)? else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        // Another process may have finished it in between.
        if platform::names_of(&file.metadata().map_err(failed)?) == 0 || !path.exists() {
            return Ok(None);
        }
        let record = read(&mut file).filter(|record| record.run == run);
        Ok(record.map(|record| RunJournal { path, file, record }))
    }

    /// Returns whether there is no journal of a run any more: it is finished.
    pub fn is_gone(home: &Path, run: &str) -> bool {
        let found = fs::symlink_metadata(home.join(RUNS).join(format!("{run}{ENDING}")));
        found.is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
    }

    /// Returns what the journal says.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Changes what the journal says, on the disk.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn change(&mut self, change: impl FnOnce(&mut RunRecord)) -> Result<()> {
        change(&mut self.record);
        self.write()
    }

    /// Removes the journal of a run of which nothing is left.
    ///
    /// # Errors
    /// Those of the disk, usually `io`.
    pub fn remove(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|e| failed("removing", &self.path, &e))
    }

    fn write(&mut self) -> Result<()> {
        let line = serde_json::to_string(&self.record)
            .map_err(|e| Error::new(crate::error::Kind::Internal, format!("a journal cannot be written: {e}")))?;
        let write = |mut file: &File| {
            let before = file.metadata()?.len();
            let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
            // A part of a line would spoil the next one.
            written.or_else(|e| file.set_len(before).and(Err(e)))
        };
        write(&self.file).map_err(|e| failed("writing", &self.path, &e))
    }
}

/// Removes journals that were never written: their processes were killed before anything was created.
pub fn remove_unwritten(home: &Path) {
    for entry in fs::read_dir(home.join(RUNS)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_journal = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(ENDING));
        if !is_journal {
            continue;
        }
        let Ok(Some(mut file)) = open(&entry.path(), &mut OpenOptions::new()) else { continue };
        if file.try_lock().is_ok() {
            let mut text = Vec::new();
            let is_read = (&mut file).take(LONGEST).read_to_end(&mut text).is_ok();
            if is_read && !text.contains(&b'\n') {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// A run of which there is a journal.
#[derive(Debug)]
pub struct ListedRun {
    /// What the journal says.
    pub record: RunRecord,
    /// Whether its process lives.
    pub is_running: bool,
}

/// The runs of which there is a journal.
#[derive(Debug, Default)]
pub struct RunListing {
    /// The runs, the oldest first.
    pub runs: Vec<ListedRun>,
    /// The number of files that are named as journals and cannot be read as such.
    pub unreadable: usize,
}

/// Returns the runs of which there is a journal. Files with other names are left out.
///
/// # Errors
/// Those of the disk, usually `io`.
pub fn runs(home: &Path) -> Result<RunListing> {
    let dir = home.join(RUNS);
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(RunListing::default()),
        Err(e) => return Err(failed("reading", &dir, &e)),
    };
    let mut found = RunListing::default();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(run) = name.to_str().and_then(|name| name.strip_suffix(ENDING)) else { continue };
        let mut file = match open(&entry.path(), &mut OpenOptions::new()) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(_) => {
                found.unreadable += usize::from(run.starts_with(PREFIX));
                continue;
            }
        };
        let is_running = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        match read(&mut file).filter(|record| record.run == run) {
            Some(record) => found.runs.push(ListedRun { record, is_running }),
            // One that is being written has no whole line yet.
            None if run.starts_with(PREFIX) && !is_running => found.unreadable += 1,
            None => {}
        }
    }
    found.runs.sort_by(|a, b| (a.record.began_at, &a.record.run).cmp(&(b.record.began_at, &b.record.run)));
    Ok(found)
}

/// Opens a journal for reading; `None` if it is gone. Something else of that name, such as a link or a pipe, which may never
/// open, is not a journal.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<Option<File>> {
    let mut open = || {
        let is_journal = fs::symlink_metadata(path)?.is_file();
        if is_journal { options.read(true).open(path).map(Some) } else { Ok(None) }
    };
    open().or_else(|e: io::Error| if e.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(e) })
}

/// Returns what the last line of a journal says that is whole.
fn read(file: &mut File) -> Option<RunRecord> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = text.rsplit_once('\n')?.0;
    let record = whole.lines().rev().find_map(|line| serde_json::from_str::<RunRecord>(line).ok())?;
    (record.version == VERSION).then_some(record)
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> Error {
    Error::io(format!("{doing} the journal of the run `{}`", shown(path)), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(home: &Path) -> RunJournal {
        let record = RunRecord::new("local", None, "local /home".to_owned(), None).unwrap();
        RunJournal::begin(home, record).unwrap()
    }

    #[test]
    fn a_journal_is_taken_over_once_its_run_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let mut journal = begun(home.path());
        let run = journal.record().run.clone();
        assert!(RunJournal::take_over(home.path(), &run).unwrap().is_none(), "its process lives");
        journal.change(|record| record.session = Some("s1".parse().unwrap())).unwrap();
        journal.change(|record| record.state = RunState::Working).unwrap();
        let listed = runs(home.path()).unwrap().runs;
        assert!(listed.len() == 1 && listed[0].is_running, "{listed:?}");
        drop(journal);
        assert!(!runs(home.path()).unwrap().runs[0].is_running);
        let taken = RunJournal::take_over(home.path(), &run).unwrap().unwrap();
        assert_eq!(
            (taken.record().state, taken.record().session.as_ref().map(SessionId::as_str)),
            (RunState::Working, Some("s1"))
        );
        assert!(RunJournal::take_over(home.path(), &run).unwrap().is_none(), "it is being finished");
        taken.remove().unwrap();
        assert!(runs(home.path()).unwrap().runs.is_empty());
        assert!(RunJournal::take_over(home.path(), &run).unwrap().is_none());
    }

    #[test]
    fn a_line_that_was_cut_off_does_not_count() {
        let home = tempfile::tempdir().unwrap();
        let journal = begun(home.path());
        let (path, run) = (journal.path.clone(), journal.record().run.clone());
        drop(journal);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"version\":1,\"run\":").unwrap();
        assert_eq!(RunJournal::take_over(home.path(), &run).unwrap().unwrap().record().state, RunState::Creating);
        remove_unwritten(home.path());
        assert!(path.exists(), "it has a whole line");
        // A line that follows it is spoilt as well, and the one before counts.
        file.write_all(b"{}\n\xff\n").unwrap();
        assert_eq!(RunJournal::take_over(home.path(), &run).unwrap().unwrap().record().state, RunState::Creating);
        fs::write(&path, "no journal").unwrap();
        let listed = runs(home.path()).unwrap();
        assert_eq!((listed.runs.len(), listed.unreadable), (0, 1));
        assert!(RunJournal::take_over(home.path(), &run).unwrap().is_none());
        remove_unwritten(home.path());
        assert!(!path.exists());
    }
}
