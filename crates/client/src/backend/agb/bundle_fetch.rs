//! Bundles on the way out of a session.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use tokio::sync::Mutex;

use super::bundle::{BundlePlan, MANIFEST, PACK, of_bundle, unclear};
use super::presigned::{DownloadBody, StagedTransfer};
use super::stat::AgbFiles;
use super::tools::failed;
use crate::backend::bundle::BundledFile;
use crate::backend::{BundleDownload, FetchedBundle, GetResult, RemoteHash};
use wharf_core::body::{Attributes, Body};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{SessionId, SessionPath};
use wharf_core::tar::{ArchiveEntry, ArchiveReader, EntryType, padding_after};
use wharf_wire::agb::text::ToolError;
use wharf_wire::json;

/// The most bytes of an archive beside the contents: for each file with its header and its line of the manifest, and in
/// all.
const AROUND_FILE: u64 = 2048;
const AROUND: u64 = 64 * 1024;

/// The most bytes of a line of the manifest.
const LINE: u64 = 256;

impl AgbFiles {
    /// Reads several files through one archive.
    pub(super) async fn fetch_files(
        &self,
        session: &SessionId,
        files: &[BundleDownload],
    ) -> Result<Box<dyn FetchedBundle>> {
        let transfer = self.bundle_transfer(session).await?;
        let mut plan = BundlePlan::default();
        for file in files {
            plan.add(&file.at, false, "");
        }
        let (body, size) = match self.packed(&transfer, files, &plan).await {
            Ok(packed) => packed,
            Err(error) => return transfer.close_after(Err(error)).await,
        };
        let mut reader = ArchiveReader::new(body.closing(transfer, size), &format!("files of {session}"));
        let hashes = hashes(&mut reader, session, files.len() as u64).await?;
        let wanted = plan.staged.into_iter().zip(files.iter().cloned().enumerate()).collect();
        Ok(Box::new(AgbBundle { session: session.clone(), reader: Arc::new(Mutex::new(reader)), wanted, hashes }))
    }

    /// Has the session make an archive, and opens it; returns its size as well.
    async fn packed(
        &self,
        transfer: &StagedTransfer,
        files: &[BundleDownload],
        plan: &BundlePlan,
    ) -> Result<(DownloadBody, u64)> {
        let session = &transfer.session;
        let report = self.work(transfer, PACK, true, &[plan.text.trim_end()]).await.map_err(|failure| failure.error)?;
        let (line, messages) = report.split_once('\n').unwrap_or((&report, ""));
        let Some(size) = line.strip_prefix("size ").and_then(|size| size.trim().parse::<u64>().ok()) else {
            let at = SessionPath { session: session.clone(), path: transfer.directory.clone() };
            return Err(match line {
                "nothing" | "unwritable" => {
                    of_bundle(failed(&at, &ToolError { code: None, message: messages.to_owned() }))
                }
                _ => unclear(session, &report),
            });
        };
        let whole = |file: &BundleDownload| file.size + padding_after(file.size).len() as u64 + AROUND_FILE;
        if size > files.iter().map(whole).sum::<u64>() + AROUND {
            let what =
                format!("the session sends a bundle of {size} bytes, which is more than was asked for: `{session}`");
            return Err(Error::new(Kind::Unverified, what));
        }
        Ok((transfer.receive(&format!("files of {session}"), size, 0).await?, size))
    }
}

/// Reads the manifest, which is the first entry, and returns the hash of each path.
async fn hashes(reader: &mut ArchiveReader, session: &SessionId, files: u64) -> Result<HashMap<String, String>> {
    let invalid =
        || Error::new(Kind::Unverified, format!("the session sent a bundle without valid hashes: `{session}`"));
    let entry = reader.next().await?.ok_or_else(invalid)?;
    if entry.path != MANIFEST.as_bytes() || !matches!(entry.kind, EntryType::File) || entry.size > files * LINE {
        return Err(invalid());
    }
    let mut text = Vec::new();
    while let Some(part) = reader.content().await? {
        text.extend_from_slice(&part);
    }
    let text = String::from_utf8(text).map_err(|_| invalid())?;
    let pairs = text.lines().map(|line| {
        let (hash, path) = line.split_once("  ")?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| (path.to_owned(), hash.to_ascii_lowercase()))
    });
    pairs.collect::<Option<_>>().ok_or_else(invalid)
}

/// The files of an archive that arrive.
struct AgbBundle {
    session: SessionId,
    /// Shared with the body of the current file, which reads from it.
    reader: Arc<Mutex<ArchiveReader>>,
    /// The files that have not arrived, by their paths in the archive.
    wanted: HashMap<String, (usize, BundleDownload)>,
    hashes: HashMap<String, String>,
}

#[async_trait]
impl FetchedBundle for AgbBundle {
    async fn next(&mut self) -> Result<Option<BundledFile>> {
        let Some(entry) = self.reader.lock().await.next().await? else { return Ok(None) };
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        let Some((number, wanted)) = self.wanted.remove(&path) else {
            let what = format!("the session sent a file that was not asked for: {}", json::excerpt(&path));
            return Err(Error::new(Kind::Unverified, what));
        };
        let file = self.file(&entry, &wanted, self.hashes.get(&path));
        Ok(Some(BundledFile { number, file }))
    }
}

impl AgbBundle {
    fn file(&self, entry: &ArchiveEntry, wanted: &BundleDownload, hash: Option<&String>) -> Result<GetResult> {
        let at = SessionPath { session: self.session.clone(), path: wanted.at.clone() };
        if !matches!(entry.kind, EntryType::File) {
            return Err(Error::new(Kind::Unverified, format!("the session sent something else than a file: `{at}`")));
        }
        if entry.size != wanted.size {
            let what = format!("the session sent {} bytes in place of {}: `{at}`", entry.size, wanted.size);
            return Err(Error::new(Kind::Unverified, what));
        }
        let Some(sha256) = hash else {
            return Err(Error::new(Kind::Unverified, format!("the session sent a file without its hash: `{at}`")));
        };
        let parts = stream::try_unfold(Arc::clone(&self.reader), |reader| async move {
            let part = reader.lock().await.content().await?;
            Ok(part.map(|part| (part, reader)))
        });
        let modified_at = wanted.modified_at.or(entry.modified_at);
        Ok(GetResult {
            body: Body::of_stream(Some(wanted.size), parts.boxed()),
            attributes: Attributes { modified_at, executable: entry.executable },
            sha256: RemoteHash::Known(sha256.clone()),
            file_id: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use wharf_core::tar::{END, EntryHeader};

    /// An archive of entries: paths and contents.
    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (path, content) in entries {
            let (size, modified_at) = (content.len() as u64, wharf_core::model::Timestamp::UNIX_EPOCH);
            bytes.extend(EntryHeader { path, mode: 0o644, size, modified_at }.write());
            bytes.extend_from_slice(content);
            bytes.extend_from_slice(padding_after(size));
        }
        bytes.extend_from_slice(END);
        bytes
    }

    fn manifest(paths: &[&str]) -> Vec<u8> {
        let lines: Vec<String> = paths.iter().map(|path| format!("{}  {path}\n", "0".repeat(64))).collect();
        lines.concat().into_bytes()
    }

    /// Reads an archive from which `1/a` and `1/b`, of 3 bytes each, were asked for: what arrives, and how it ends.
    async fn read(bytes: Vec<u8>) -> (Vec<(usize, Result<Vec<u8>>)>, Result<()>) {
        let session: SessionId = "s1".parse().unwrap();
        let blocks = stream::iter([Ok(Bytes::from(bytes))]).boxed();
        let mut reader = ArchiveReader::new(Body::of_stream(None, blocks), "files");
        let hashes = match hashes(&mut reader, &session, 2).await {
            Ok(hashes) => hashes,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let file = |at: &str| BundleDownload { at: at.parse().unwrap(), size: 3, modified_at: None };
        let wanted = [("1/a".to_owned(), (0, file("/a"))), ("1/b".to_owned(), (1, file("/b")))].into();
        let mut bundle = AgbBundle { session, reader: Arc::new(Mutex::new(reader)), wanted, hashes };
        let mut files = Vec::new();
        loop {
            match bundle.next().await {
                Ok(Some(BundledFile { number, file })) => files.push((number, content(file).await)),
                Ok(None) => return (files, Ok(())),
                Err(error) => return (files, Err(error)),
            }
        }
    }

    async fn content(file: Result<GetResult>) -> Result<Vec<u8>> {
        let (mut body, mut content) = (file?.body, Vec::new());
        while let Some(block) = body.next().await? {
            content.extend_from_slice(&block);
        }
        Ok(content)
    }

    #[tokio::test]
    async fn a_bundle_from_a_service_that_lies_writes_only_what_was_asked_for() {
        let good = manifest(&["1/a", "1/b"]);
        let (files, ended) = read(archive(&[("manifest", &good), ("1/a", b"abc"), ("1/b", b"def")])).await;
        ended.unwrap();
        let files: Vec<_> = files.into_iter().map(|(number, file)| (number, file.unwrap())).collect();
        assert_eq!(files, [(0, b"abc".to_vec()), (1, b"def".to_vec())]);
        // Files that were not asked for, or were sent twice, end the bundle; what came before them is kept.
        for other in ["1/c", "../a", "/etc/passwd", "1/../1/a", "manifest", "1/a", "1/b/"] {
            let (files, ended) =
                read(archive(&[("manifest", &good), ("1/a", b"abc"), (other, b"abc"), ("1/b", b"def")])).await;
            assert_eq!(files.len(), 1, "{other}");
            assert_eq!(ended.unwrap_err().kind(), Kind::Unverified, "{other}");
        }
        // A file of another size, or without a hash, fails alone.
        let (files, ended) = read(archive(&[("manifest", &good), ("1/a", b"abcd"), ("1/b", b"def")])).await;
        assert!(ended.is_ok() && files[0].1.is_err() && files[1].1.is_ok());
        let (files, ended) =
            read(archive(&[("manifest", &manifest(&["1/b"])), ("1/a", b"abc"), ("1/b", b"def")])).await;
        assert!(ended.is_ok() && files[0].1.is_err() && files[1].1.is_ok());
        for bad in [&b"x"[..], b"\xff\xff", &manifest(&["x"; 20])] {
            assert_eq!(read(archive(&[("manifest", bad)])).await.1.unwrap_err().kind(), Kind::Unverified);
        }
        assert!(read(archive(&[("1/a", b"abc"), ("manifest", &good)])).await.1.is_err());
        // An archive that is cut off anywhere loses the rest.
        let whole = archive(&[("manifest", &good), ("1/a", b"abc"), ("1/b", b"def")]);
        for cut in (0..whole.len() - END.len()).step_by(97) {
            let (files, ended) = read(whole[..cut].to_vec()).await;
            assert!(ended.is_err() || files.iter().any(|(_, file)| file.is_err()), "{cut}");
        }
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn a_link_in_the_place_of_a_file_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("1")).unwrap();
        std::fs::write(dir.path().join("manifest"), manifest(&["1/a", "1/b"])).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("1/a")).unwrap();
        std::fs::write(dir.path().join("1/b"), "def").unwrap();
        let tar = std::process::Command::new("tar")
            .arg("-C")
            .arg(dir.path())
            .args(["-cf", "-", "manifest", "1/a", "1/b"])
            .output();
        let (files, ended) = read(tar.unwrap().stdout).await;
        ended.unwrap();
        assert_eq!(files[0].1.as_ref().unwrap_err().kind(), Kind::Unverified);
        assert_eq!(files[1].1.as_ref().unwrap(), b"def");
    }
}
