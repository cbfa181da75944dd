//! Downloads: one target after another, a receipt for each file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::StreamExt;

use super::event::{Event, Observer};
use super::land::{Ground, Landed, open_stream, stream};
use super::plan::{self, Destination, RemoteSource};
use super::tally::{Ledger, Sink};
use super::{BULK, IfExists};
use crate::backend::{Backend, Fetched};
use crate::error::{Error, Kind, Result};
use crate::model::{EntryKind, FileId, Receipt, ReceiptStatus, SessionPath, Timestamp};

/// Something on the other side to be fetched.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// A path in a session.
    Session(SessionPath),
    /// A stored file.
    Stored(FileId),
}

impl Wanted {
    fn name(&self) -> String {
        match self {
            Wanted::Session(at) => at.to_string(),
            Wanted::Stored(id) => id.to_string(),
        }
    }
}

/// A download that is under way.
pub struct Download<'a> {
    /// Where it comes from.
    pub backend: &'a dyn Backend,
    /// What to do with what is there.
    pub if_exists: IfExists,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

/// Something to be fetched, looked at.
struct Looked {
    wanted: Wanted,
    source: RemoteSource,
    bytes: Option<u64>,
    modified_at: Option<Timestamp>,
}

impl Download<'_> {
    /// Fetches files and trees to this machine.
    ///
    /// # Errors
    /// `usage` before anything is asked for; then the verdict over all receipts.
    pub async fn to_disk(
        &self,
        wanted: &[Wanted],
        to: &Destination<PathBuf>,
        directories: bool,
        sink: Sink<'_>,
    ) -> Result<()> {
        let mut ledger = Ledger::new(self.backend, self.observer, sink);
        let mut looked = Vec::new();
        for wanted in wanted {
            match self.look(wanted).await {
                Ok(found) => looked.push(found),
                Err(error) => ledger.enter(Receipt::failed(&wanted.name(), None, error))?,
            }
        }
        if let Some(directory) = looked.iter().find(|one| one.source.is_directory && !directories) {
            return Err(Error::usage(format!("a directory needs a DEST: `{}`", directory.source.name))
                .hint("say where its contents go: `wharf files download SESSION:/dir ./dir`"));
        }
        // A target that was not found still counts for where the others go.
        let sources: Vec<_> = looked.iter().map(|one| one.source.clone()).collect();
        let to = Destination { into: to.into || wanted.len() > 1, ..to.clone() };
        let places = plan::download(&sources, &to)?;
        let bulk = self.announce(&looked).await? > BULK;
        for (one, place) in looked.iter().zip(places) {
            match &one.wanted {
                Wanted::Session(root) if one.source.is_directory => self.tree(root, &place, bulk, &mut ledger).await?,
                _ => {
                    let done = self.single(one, &place, bulk).await;
                    ledger.enter(done)?;
                }
            }
        }
        ledger.verdict()
    }

    /// Hands files to `write`, one after another.
    pub async fn to_stream(&self, wanted: &[Wanted], write: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for wanted in wanted {
            let one = self.look(wanted).await?;
            if one.source.is_directory {
                return Err(Error::conflict(format!(
                    "a directory cannot be written to standard output: `{}`",
                    one.source.name
                ))
                .hint("give a DEST directory instead of `-`"));
            }
            self.observer.on(Event::Planned { files: 1, bytes: one.bytes });
            let fetched = self.watched(self.fetch(&one.wanted).await?, &one.source.name, one.bytes);
            stream(fetched, write).await?;
        }
        Ok(())
    }

    async fn look(&self, wanted: &Wanted) -> Result<Looked> {
        let (base, is_directory, bytes, modified_at) = match wanted {
            Wanted::Session(at) => {
                let entry = self.backend.need_files()?.stat(at).await?;
                let base = (!at.path.is_root()).then(|| at.path.name().to_owned());
                (base, entry.kind == EntryKind::Directory, entry.size, entry.modified_at)
            }
            Wanted::Stored(id) => {
                let file = self.backend.need_store()?.get(id).await?;
                (Some(file.filename), false, file.size, file.created_at)
            }
        };
        let source = RemoteSource { name: wanted.name(), base, is_directory };
        Ok(Looked { wanted: wanted.clone(), source, bytes, modified_at })
    }

    async fn announce(&self, looked: &[Looked]) -> Result<u64> {
        let (mut files, mut bytes) = (0, Some(0_u64));
        for one in looked {
            match &one.wanted {
                Wanted::Session(root) if one.source.is_directory => {
                    let mut entries = self.backend.need_files()?.list(root, true).await?;
                    while let Some(entry) = entries.next().await {
                        if let Ok(entry) = entry
                            && entry.kind == EntryKind::File
                        {
                            files += 1;
                            bytes = bytes.zip(entry.size).map(|(sum, size)| sum + size);
                        }
                    }
                }
                _ => {
                    files += 1;
                    bytes = bytes.zip(one.bytes).map(|(sum, size)| sum + size);
                }
            }
        }
        self.observer.on(Event::Planned { files, bytes });
        Ok(files)
    }

    async fn tree(&self, root: &SessionPath, place: &Path, bulk: bool, ledger: &mut Ledger<'_>) -> Result<()> {
        let mut ground = match Ground::open(place, true) {
            Ok(ground) => ground,
            Err(error) => return ledger.enter(Receipt::failed(&root.to_string(), Some(shown(place)), error)),
        };
        let files = self.backend.need_files()?;
        let mut entries = files.list(root, true).await?;
        while let Some(entry) = entries.next().await {
            let done = match entry {
                Err(error) => Receipt::failed(&root.to_string(), None, error),
                Ok(entry) => {
                    let at = root.at(entry.path.clone());
                    let below = entry.path.below(&root.path).to_owned();
                    match entry.kind {
                        EntryKind::Directory => match ground.mkdir(&below) {
                            Ok(()) => continue,
                            Err(error) => Receipt::failed(&at.to_string(), Some(shown(&place.join(&below))), error),
                        },
                        EntryKind::Other => {
                            let error =
                                Error::new(Kind::Unsupported, format!("this is neither file nor directory: `{at}`"));
                            Receipt::failed(&at.to_string(), None, error)
                        }
                        EntryKind::File | EntryKind::Symlink => {
                            let source = RemoteSource { name: at.to_string(), base: None, is_directory: false };
                            let one = Looked {
                                wanted: Wanted::Session(at),
                                source,
                                bytes: entry.size,
                                modified_at: entry.modified_at,
                            };
                            self.land(&one, &mut ground, &below, &place.join(&below), bulk).await
                        }
                    }
                }
            };
            ledger.enter(done)?;
        }
        ground.settle(bulk)
    }

    async fn single(&self, one: &Looked, place: &Path, bulk: bool) -> Receipt {
        let name = &one.source.name;
        let landed = async {
            if let Some(mut file) = open_stream(place)? {
                let fetched = self.watched(self.fetch(&one.wanted).await?, name, one.bytes);
                let mut write = |block: &[u8]| {
                    file.write_all(block).map_err(|e| Error::io(format!("writing `{}`", place.display()), &e))
                };
                return Ok(receipt(name, place, stream(fetched, &mut write).await?));
            }
            // The one who names a link of his own means what it points to.
            let place = if place.is_symlink() {
                place.canonicalize().unwrap_or_else(|_| place.to_owned())
            } else {
                place.to_owned()
            };
            let file_name = place.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
                Error::usage(format!("this destination has no file name: `{}`", place.display()))
                    .hint("add one, or a slash for a directory")
            })?;
            let mut ground = Ground::open(place.parent().unwrap_or(Path::new(".")), true)?;
            let done = self.land(one, &mut ground, file_name, &place, bulk).await;
            ground.settle(bulk)?;
            Ok(done)
        };
        landed.await.unwrap_or_else(|error| Receipt::failed(name, Some(shown(place)), error))
    }

    async fn land(&self, one: &Looked, ground: &mut Ground, below: &str, place: &Path, bulk: bool) -> Receipt {
        let name = &one.source.name;
        let landed = async {
            if let Some(meta) = ground.look(below)?
                && let Some(reason) = self.reason_to_skip(one, &meta)
            {
                return Ok(Err(reason));
            }
            let fetched = self.watched(self.fetch(&one.wanted).await?, name, one.bytes);
            ground.land(below, fetched, self.if_exists == IfExists::Error, bulk).await.map(Ok)
        };
        match landed.await {
            Ok(Ok(landed)) => receipt(name, place, landed),
            Ok(Err(reason)) => Receipt::skipped(name, shown(place), reason),
            Err(error) => Receipt::failed(name, Some(shown(place)), error),
        }
    }

    fn reason_to_skip(&self, one: &Looked, there: &cap_std::fs::Metadata) -> Option<&'static str> {
        let time = there.modified().ok().and_then(|time| Timestamp::try_from(time.into_std()).ok());
        let same = there.is_file() && Some(there.len()) == one.bytes && time.is_some() && time == one.modified_at;
        match self.if_exists {
            IfExists::Skip => Some("it exists at the destination"),
            IfExists::Update if same => Some("size and time are equal"),
            _ => None,
        }
    }

    async fn fetch(&self, wanted: &Wanted) -> Result<Fetched> {
        match wanted {
            Wanted::Session(at) => self.backend.need_files()?.fetch(at, None).await,
            Wanted::Stored(id) => self.backend.need_store()?.fetch(id, None).await,
        }
    }

    fn watched(&self, mut fetched: Fetched, name: &str, bytes: Option<u64>) -> Fetched {
        let passed = Arc::new(AtomicU64::new(0));
        self.observer.on(Event::Started { name, bytes, passed: Arc::clone(&passed) });
        fetched.body = fetched.body.counted(passed);
        fetched
    }
}

fn receipt(source: &str, place: &Path, landed: Landed) -> Receipt {
    Receipt {
        id: Some(source.to_owned()),
        source: source.to_owned(),
        destination: Some(shown(place)),
        status: ReceiptStatus::Copied,
        bytes: Some(landed.summary.bytes),
        sha256: Some(landed.summary.sha256),
        verified: Some(landed.verified),
        file_id: source.parse().ok(),
        resource_id: None,
        error: None,
    }
}

fn shown(place: &Path) -> String {
    place.display().to_string()
}
