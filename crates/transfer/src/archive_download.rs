//! A directory as a tar archive on a stream.
//!
//! The stream is whole or visibly broken: nothing is written before the listing is known, the last part of each content is
//! held back until the content is verified, and after a failure neither padding nor the end of the archive follows.

use std::cmp::Ordering;

use bytes::Bytes;

use super::Transfer;
use super::download::{BufferedWalk, FileTarget};
use super::download_items::SourceInfo;
use super::event::TransferEvent;
use super::fetch::receipt;
use super::plan::{Budget, RemoteSource, TransferSize};
use super::remote_walk::{RemoteEntry, RemoteFile};
use super::results::Results;
use super::verify;
use super::walk::WalkKind;
use wharf_client::backend::{GetResult, Limits};
use wharf_core::advice::{Setting, Step};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::entry::Mode;
use wharf_core::model::{Receipt, Timestamp};
use wharf_core::tar::{END, EntryHeader, padding_after};

/// Receives the bytes of a stream.
pub(super) type Write<'a> = &'a mut dyn FnMut(&[u8]) -> Result<()>;

/// The most memory for entries that wait to be sorted, in bytes. Those that follow have the order of the listing.
const SORTED_BYTES: usize = 64 << 20;

/// The modes of what has none.
const FILE_MODE: u32 = 0o644;
const PROGRAM_MODE: u32 = 0o755;
const DIRECTORY_MODE: u32 = 0o755;

/// What all entries of an archive share.
struct ArchiveOutput<'a> {
    write: Write<'a>,
    /// The time of what has none.
    now: Timestamp,
}

impl Transfer<'_> {
    /// Writes the directory of a walk as an archive, in the order of the paths.
    ///
    /// # Errors
    /// That of an entry which has no place in an archive, and `limit`, before anything is written; then the first error
    /// of a file or of `write`.
    pub(super) async fn stream_tree(&self, mut tree: BufferedWalk<'_>, write: Write<'_>) -> Result<()> {
        let (mut items, mut total, mut kept) = (Vec::new(), TransferSize::default(), 0);
        let mut nothing = |_: &Receipt| Ok(());
        let mut results = Results::new(self, &mut nothing);
        while kept <= SORTED_BYTES
            && let Some(entry) = tree.next().await
        {
            kept += size_of::<RemoteEntry>() + entry.path.path.as_str().len() + entry.below.len();
            count(&mut total, &entry)?;
            total.check(&Limits::default(), self.options)?;
            match entry.kind {
                WalkKind::Excluded => results.excluded(&entry.path.to_string()),
                _ => items.push(entry),
            }
        }
        items.sort_by(|a, b| in_tree(&a.below, &b.below));
        let bytes = total.bytes().filter(|_| kept <= SORTED_BYTES);
        self.observer.on(TransferEvent::Planned { files: total.files, bytes });
        results.expect(total.files);
        let budget = Budget::new(self.options);
        let mut output = ArchiveOutput { write, now: Timestamp::now() };
        let all = async {
            for entry in items {
                self.write_entry(entry, &budget, &mut output, &mut results).await?;
            }
            while let Some(entry) = tree.next().await {
                self.write_entry(entry, &budget, &mut output, &mut results).await?;
            }
            (output.write)(END)
        };
        let ended = match self.unless_cancelled(all).await {
            Ok(ended) => ended,
            Err(why) => Err(why),
        };
        results.finish(ended.map_err(|error| match error.kind() {
            Kind::Closed => error,
            _ => error.hint("the archive on stdout is incomplete and has no end: do not use it"),
        }))
    }

    async fn write_entry(
        &self,
        entry: RemoteEntry,
        budget: &Budget,
        output: &mut ArchiveOutput<'_>,
        results: &mut Results<'_>,
    ) -> Result<()> {
        let RemoteEntry { path, below, kind } = entry;
        let name = path.to_string();
        match kind {
            WalkKind::Excluded => results.excluded(&name),
            WalkKind::Skipped(reason) => results.record(Receipt::skipped(&name, below, &name, reason))?,
            WalkKind::Failed(error) => return Err(error),
            WalkKind::Directory { included: false, .. } => {}
            WalkKind::Directory { included: true, known } => {
                budget.count_directory()?;
                let path = format!("{below}/");
                let mode = mode_of(known.mode, DIRECTORY_MODE);
                let modified_at = known.modified_at.unwrap_or(output.now);
                (output.write)(&EntryHeader { path: &path, mode, size: 0, modified_at }.write())?;
            }
            WalkKind::File(file) => {
                budget.count_file()?;
                let source = RemoteSource { name: name.clone(), base: None, is_directory: false };
                let wanted = FileTarget::Session(path);
                let RemoteFile { bytes, modified_at, mode } = file;
                let one = SourceInfo { wanted, source, bytes, modified_at };
                let written = self.write_file(&one, &below, mode, budget, output).await;
                match written {
                    Ok(done) => results.record(done)?,
                    Err(error) => {
                        results.record(Receipt::failed(&name, Some(below), error.clone()))?;
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    }

    async fn write_file(
        &self,
        one: &SourceInfo,
        below: &str,
        mode: Option<Mode>,
        budget: &Budget,
        output: &mut ArchiveOutput<'_>,
    ) -> Result<Receipt> {
        let mut fetched = self.fetch_current(one, budget).await?;
        let size = match fetched.body.len().or(one.bytes) {
            Some(size) => size,
            None => self.size(&one.wanted).await?.ok_or_else(|| unknown_size(&one.source.name))?,
        };
        let default = if fetched.attributes.executable { PROGRAM_MODE } else { FILE_MODE };
        let modified_at = fetched.attributes.modified_at.or(one.modified_at).unwrap_or(output.now);
        let header = EntryHeader { path: below, mode: mode_of(mode, default), size, modified_at }.write();
        let mut passed = 0_u64;
        // What was not written yet: the header of an empty file, or the last part of a content.
        let mut held = Bytes::from(header);
        while let Some(block) = fetched.body.next().await? {
            passed += block.len() as u64;
            if passed > size {
                return Err(changed(&one.source.name));
            }
            (output.write)(&held)?;
            held = block;
        }
        if passed < size {
            return Err(changed(&one.source.name));
        }
        let digest = fetched.body.digest().cloned()?;
        let verified = verify::verify_download(&fetched, &digest)?;
        (output.write)(&held)?;
        (output.write)(padding_after(size))?;
        budget.spend(digest.bytes);
        let GetResult { file_id, .. } = fetched;
        Ok(receipt(&one.source.name, below.to_owned(), super::dest::Written { digest, verified, file_id }))
    }

    /// Fetches a file. One that changed after it was listed is fetched with its current size.
    async fn fetch_current(&self, one: &SourceInfo, budget: &Budget) -> Result<GetResult> {
        match self.fetch_within(one, one.bytes, 0, budget).await {
            Err(error) if error.kind() == Kind::Unverified => match self.size(&one.wanted).await? {
                now if now != one.bytes => self.fetch_within(one, now, 0, budget).await,
                _ => Err(error),
            },
            fetched => fetched,
        }
    }
}

/// Counts an entry.
///
/// # Errors
/// That of an entry which cannot be in an archive.
fn count(total: &mut TransferSize, entry: &RemoteEntry) -> Result<()> {
    match &entry.kind {
        WalkKind::File(file) => total.add(&entry.below, file.bytes),
        WalkKind::Directory { included: true, .. } => total.add_directory(),
        WalkKind::Failed(error) => {
            // The error of the whole directory is that of something in it that no pattern names.
            let hint = match (error.hint_text(), entry.below.is_empty()) {
                (None, true) => "nothing was written".to_owned(),
                (Some(own), true) => format!("nothing was written; {own}"),
                (None, false) => format!("nothing was written; leave it out: {}", Setting::Exclude),
                (Some(own), false) => format!("nothing was written; {own}; or leave it out: {}", Setting::Exclude),
            };
            return Err(error.clone().hint(hint));
        }
        _ => {}
    }
    Ok(())
}

/// Compares paths so that what is in a directory follows it.
fn in_tree(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

fn mode_of(mode: Option<Mode>, default: u32) -> u32 {
    mode.map_or(default, |mode| mode.0 & 0o777)
}

fn changed(name: &str) -> Error {
    Error::conflict(format!("`{name}` changed while it was read"))
}

fn unknown_size(name: &str) -> Error {
    Error::new(
        Kind::Unsupported,
        format!("the size of `{name}` is unknown, and an archive needs it before the content"),
    )
    .hint(format!("give a DEST directory: {}", Step::Download { target: "SESSION:/dir", dest: "./dir" }))
}
