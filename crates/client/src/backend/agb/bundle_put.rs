//! Bundles on the way into a session.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

use super::bundle::{BundlePlan, MANIFEST, UNPACK, WorkFailure, of_bundle, unclear};
use super::files::check_names;
use super::put::UNFINISHED;
use super::stat::AgbFiles;
use super::tools::{failed, from_root};
use crate::backend::path_errors::{directory_in_the_way, taken};
use crate::backend::{BundleUpload, PutResult};
use wharf_core::body::{Attributes, Body, Digest, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath, Timestamp};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_core::tar::{END, EntryHeader, padding_after};
use wharf_wire::agb::SyncMode;
use wharf_wire::agb::text::ToolError;

/// The hash of a file that could not be read: no content has it.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The most zeros in one block, for the rest of a content that could not be read.
const ZEROS: &[u8] = &[0; 64 * 1024];

impl AgbFiles {
    /// Writes several files through one archive. After an error, no file has been written, or each may be written again.
    pub(super) async fn put_files(
        &self,
        session: &SessionId,
        files: &[BundleUpload],
        keep: bool,
    ) -> Result<Vec<Result<PutResult>>> {
        let mut results: Vec<Option<Result<PutResult>>> =
            files.iter().map(|file| check_names(&file.at).err().map(Err)).collect();
        let sent: Vec<usize> =
            (0..files.len()).filter(|number| results.get(*number).is_some_and(Option::is_none)).collect();
        let chosen: Vec<&BundleUpload> = sent.iter().filter_map(|number| files.get(*number)).collect();
        if !chosen.is_empty() {
            for (number, result) in sent.iter().zip(self.put_valid_files(session, &chosen, keep).await?) {
                if let Some(place) = results.get_mut(*number) {
                    *place = Some(result);
                }
            }
        }
        let missing = || Err(Error::new(Kind::Internal, "a file of a bundle without a result"));
        Ok(results.into_iter().map(|result| result.unwrap_or_else(missing)).collect())
    }

    async fn put_valid_files(
        &self,
        session: &SessionId,
        files: &[&BundleUpload],
        keep: bool,
    ) -> Result<Vec<Result<PutResult>>> {
        let mut transfer = self.bundle_transfer(session).await?;
        let archive = BundleArchive::new(session, files);
        let staging = common_directory(files).join(&format!("{UNFINISHED}{}", random::hex::<8>()?));
        transfer.also.push(staging.clone());
        let done = async {
            let (sent, _) = transfer.send(&archive).await?;
            transfer.sync(SyncMode::Download, sent.bytes).await?;
            let keep = if keep { "1" } else { "" };
            let args = [&from_root(&staging), &sent.sha256, keep, archive.plan.text.trim_end()];
            Ok(self.work(&transfer, UNPACK, false, &args).await)
        };
        let done: Result<_> = done.await;
        transfer.close().await;
        let digests = lock(&archive.read).clone();
        let text;
        let report = match done? {
            Ok(said) => {
                text = said;
                let unclear = || WorkFailure { error: unclear(session, &text), may_have_begun: true };
                UnpackReport::read(&text).ok_or_else(unclear)
            }
            Err(failure) => Err(failure),
        };
        let report = match report {
            Ok(report) => report,
            // A file that arrived would seem to have been there before.
            Err(WorkFailure { error, may_have_begun: true }) if keep => {
                return Ok(files.iter().map(|_| Err(error.clone())).collect());
            }
            Err(WorkFailure { error, .. }) => return Err(error),
        };
        if let Some(refused) = report.refused {
            let at = SessionPath { session: session.clone(), path: staging };
            let error = ToolError { code: None, message: report.messages };
            return Err(of_bundle(failed(&at, &error)).context(refused));
        }
        let mut digests = digests.into_iter();
        let results = files.iter().enumerate().map(|(number, file)| {
            let at = SessionPath { session: session.clone(), path: file.at.clone() };
            let sent = digests.next().flatten().unwrap_or_else(|| Err(unclear(session, "it was not sent")))?;
            match report.failed.iter().find(|(failed, _)| *failed == number) {
                Some((_, reason)) => Err(reason_of(&at, reason, &report.messages)),
                None => Ok(placed(file.at.clone(), sent)),
            }
        });
        let results: Vec<Result<PutResult>> = results.collect();
        match without_reason(&results) {
            Some(error) => Err(error),
            None => Ok(results),
        }
    }
}

/// Returns the error of a bundle of which no file reached its path, and none for a reason of its own.
fn without_reason(results: &[Result<PutResult>]) -> Option<Error> {
    let errors: Vec<&Error> = results.iter().map_while(|result| result.as_ref().err()).collect();
    let is_unclear = |error: &&Error| matches!(error.kind(), Kind::Unavailable | Kind::Unverified);
    let first = *errors.first()?;
    (errors.len() == results.len() && errors.iter().all(is_unclear)).then(|| of_bundle(first.clone()))
}

/// Returns why a file of a bundle was not put to its path.
fn reason_of(at: &SessionPath, reason: &str, messages: &str) -> Error {
    // What a program does not find on the way is not the file.
    let said = || match failed(at, &ToolError { code: None, message: about(at, messages) }) {
        error if error.kind() == Kind::NotFound => error.of_kind(Kind::Unavailable),
        error => error,
    };
    match reason {
        "exists" => taken(at),
        "directory" => directory_in_the_way(at),
        // What is wrong with the disk shows in the messages.
        "differs" if !messages.trim().is_empty() => said(),
        "differs" => {
            let what = format!("the hash of the unpacked file differs from the source's: `{at}`");
            Error::new(Kind::Unverified, what).hint("nothing was replaced: upload it again")
        }
        _ => said(),
    }
}

/// Returns the message about a path, or all of them.
fn about(at: &SessionPath, messages: &str) -> String {
    let parent = at.path.parent().unwrap_or_else(RemotePath::root);
    let names = [from_root(&at.path), from_root(&parent)];
    let line = names.iter().find_map(|name| messages.lines().find(|line| line.contains(name.as_str())));
    line.unwrap_or(messages.trim()).to_owned()
}

fn placed(path: RemotePath, sent: Digest) -> PutResult {
    let (size, sha256) = (Some(sent.bytes), Some(sent.sha256.clone()));
    PutResult { path, size, sha256, file_id: None, resource_id: None, md5: false, sent }
}

/// Returns the deepest directory that all files are below.
fn common_directory(files: &[&BundleUpload]) -> RemotePath {
    let mut parents = files.iter().filter_map(|file| file.at.parent());
    let Some(mut common) = parents.next() else { return RemotePath::root() };
    for parent in parents {
        while !parent.is_within(&common) {
            common = common.parent().unwrap_or_else(RemotePath::root);
        }
    }
    common
}

/// What [`UNPACK`] reports.
struct UnpackReport<'r> {
    /// The files that were not put to their paths, by number, with the reason as a word.
    failed: Vec<(usize, &'r str)>,
    /// Why no file was.
    refused: Option<&'static str>,
    /// What programs said.
    messages: String,
}

impl<'r> UnpackReport<'r> {
    /// Reads a report; `None` if it is not whole.
    fn read(text: &'r str) -> Option<Self> {
        let mut failed = Vec::new();
        let mut lines = text.lines();
        let refused = loop {
            let line = lines.next()?;
            match line {
                "end" => break None,
                "damaged" => break Some("the content that reached the session is damaged"),
                "unwritable" => break Some("a directory for the unpacked files cannot be created"),
                "packed" => break Some("the archive cannot be unpacked"),
                "unhashed" => break Some("the unpacked files cannot be checked"),
                "unmeasured" => break Some("the modes of the unpacked files cannot be read"),
                line => {
                    let (number, reason) = line.split_once(' ')?;
                    failed.push((number.parse().ok()?, reason));
                }
            }
        };
        Some(UnpackReport { failed, refused, messages: lines.collect::<Vec<_>>().join("\n") })
    }
}

/// The archive of a bundle. Its length is known before a file is read: the hashes follow the contents, and a content that
/// cannot be read is filled up with zeros and gets a hash that it does not have.
struct BundleArchive {
    name: String,
    plan: BundlePlan,
    files: Arc<Vec<ArchivedFile>>,
    len: u64,
    /// The results of reading the files in the last pass.
    read: Arc<Mutex<Vec<Option<Result<Digest>>>>>,
}

struct ArchivedFile {
    staged: String,
    source: Arc<dyn Source>,
    header: Vec<u8>,
    len: u64,
}

impl BundleArchive {
    fn new(session: &SessionId, files: &[&BundleUpload]) -> Self {
        let (mut plan, now) = (BundlePlan::default(), Timestamp::now());
        let mut archived = Vec::new();
        for file in files {
            let Attributes { modified_at, executable } = file.source.attributes();
            let modified_at = modified_at.unwrap_or(now);
            let time = format!("{}.{:09} ", modified_at.as_second(), modified_at.subsec_nanosecond());
            plan.add(&file.at, executable, &time);
            let (mode, len) = (if executable { 0o755 } else { 0o644 }, file.source.len().unwrap_or(0));
            let staged = plan.staged.last().cloned().unwrap_or_default();
            let header = EntryHeader { path: &staged, mode, size: len, modified_at }.write();
            archived.push(ArchivedFile { staged, source: Arc::clone(&file.source), header, len });
        }
        let contents = archived.iter().map(|file| file.header.len() as u64 + file.len + padding(file.len));
        let mut archive = BundleArchive {
            name: format!("files for {session}"),
            plan,
            len: contents.sum(),
            read: Arc::default(),
            files: Arc::new(archived),
        };
        let end = manifest(&archive.files, &[]);
        archive.len += end.len() as u64;
        archive
    }
}

#[async_trait]
impl Source for BundleArchive {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.len)
    }

    async fn open(&self) -> Result<Body> {
        *lock(&self.read) = self.files.iter().map(|_| None).collect();
        let blocks = ArchiveBlocks {
            files: Arc::clone(&self.files),
            read: Arc::clone(&self.read),
            number: 0,
            ready: VecDeque::new(),
            content: None,
            is_over: false,
        };
        let blocks =
            stream::try_unfold(
                blocks,
                |mut blocks| async move { Ok(blocks.next().await.map(|block| (block, blocks))) },
            );
        Ok(Body::of_stream(Some(self.len), blocks.boxed()))
    }
}

/// A pass through an archive.
struct ArchiveBlocks {
    files: Arc<Vec<ArchivedFile>>,
    read: Arc<Mutex<Vec<Option<Result<Digest>>>>>,
    /// The next file.
    number: usize,
    ready: VecDeque<Bytes>,
    content: Option<OpenContent>,
    is_over: bool,
}

/// The content of a file that is being read.
struct OpenContent {
    number: usize,
    len: u64,
    left: u64,
    /// The body, or nothing after a failure.
    body: Option<Body>,
}

impl ArchiveBlocks {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(block) = self.ready.pop_front() {
                return Some(block);
            }
            if let Some(content) = &mut self.content {
                if let Some(block) = content.next(&self.files, &self.read).await {
                    return Some(block);
                }
                self.ready.push_back(Bytes::from_static(padding_after(content.len)));
                self.content = None;
            } else if let Some(file) = self.files.get(self.number) {
                let opened = file.source.open().await;
                self.ready.push_back(file.header.clone().into());
                let body = opened.map_err(|error| set(&self.read, self.number, Err(error))).ok();
                self.content = Some(OpenContent { number: self.number, len: file.len, left: file.len, body });
                self.number += 1;
            } else if !self.is_over {
                self.is_over = true;
                let read = lock(&self.read).clone();
                self.ready.push_back(manifest(&self.files, &read).into());
            } else {
                return None;
            }
        }
    }
}

impl OpenContent {
    /// Returns the next block of the content, which has its length whatever is read.
    async fn next(&mut self, files: &[ArchivedFile], read: &Mutex<Vec<Option<Result<Digest>>>>) -> Option<Bytes> {
        if let Some(body) = &mut self.body {
            let changed = || {
                let name = files.get(self.number).map_or("", |file| file.source.name());
                Error::conflict(format!("the size of `{name}` changed while it was read"))
                    .hint("run the command again when no program writes to it")
            };
            let result = match body.next().await {
                Ok(Some(block)) if block.len() as u64 <= self.left => {
                    self.left -= block.len() as u64;
                    return Some(block);
                }
                Ok(None) if self.left == 0 => body.digest().cloned(),
                Ok(_) => Err(changed()),
                Err(error) => Err(error),
            };
            set(read, self.number, result);
            self.body = None;
        }
        let block = ZEROS.get(..usize::try_from(self.left).unwrap_or(usize::MAX).min(ZEROS.len())).unwrap_or_default();
        self.left -= block.len() as u64;
        Some(Bytes::from_static(block)).filter(|block| !block.is_empty())
    }
}

fn set(read: &Mutex<Vec<Option<Result<Digest>>>>, number: usize, result: Result<Digest>) {
    if let Some(place) = lock(read).get_mut(number) {
        *place = Some(result);
    }
}

/// Returns the last entry of an archive, which has the hashes, and the end of the archive. Its length depends on the files
/// only.
fn manifest(files: &[ArchivedFile], read: &[Option<Result<Digest>>]) -> Vec<u8> {
    let lines = files.iter().enumerate().map(|(number, file)| {
        let hash = match read.get(number) {
            Some(Some(Ok(digest))) => digest.sha256.as_str(),
            _ => NO_HASH,
        };
        format!("{hash}  {}\n", file.staged)
    });
    let text: String = lines.collect();
    let size = text.len() as u64;
    // The time says nothing.
    let mut entry = EntryHeader { path: MANIFEST, mode: 0o644, size, modified_at: Timestamp::UNIX_EPOCH }.write();
    entry.extend_from_slice(text.as_bytes());
    entry.extend_from_slice(padding_after(size));
    entry.extend_from_slice(END);
    entry
}

fn padding(len: u64) -> u64 {
    padding_after(len).len() as u64
}
