//! Session files.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use hyper::StatusCode;
use hyper::header::{CONTENT_DISPOSITION, HeaderValue};
use serde_json::Value;
use tokio::sync::mpsc;

use super::sessions::{limit, local_id, missing};
use super::{ApiError, ApiResult, DOCUMENT_MAX, FoundryEmulator};
use crate::answer::{self, HttpResponse};
use crate::request::{ApiRequest, UploadSource};
use wharf_client::backend::{Backend, FetchOptions, MkdirOptions, PutOptions};
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Entry, EntryKind, RemotePath, SessionPath, Timestamp};
use wharf_wire::foundry::{self as wire, FoundryOperation};
use wharf_wire::url::Query;

/// Bytes of a listing that are sent at a time.
const BLOCK: usize = 16 * 1024;

/// Blocks of a listing that wait to be sent.
const AHEAD: usize = 4;

impl FoundryEmulator {
    /// Answers an operation on the files of a session.
    pub(super) async fn files(
        &self,
        operation: FoundryOperation,
        agent: &str,
        id: &str,
        request: &ApiRequest,
    ) -> ApiResult<HttpResponse> {
        let session = local_id(agent, id).map_err(|_| missing(id))?;
        let at = match operation {
            FoundryOperation::ListDirectory => path_of(request.query.get("path").unwrap_or_default())?,
            FoundryOperation::CreateDirectory => RemotePath::root(),
            _ => {
                path_of(request.query.get("path").ok_or_else(|| ApiError::bad("the query parameter path is missing"))?)?
            }
        };
        let at = SessionPath { session, path: at };
        let done = match operation {
            FoundryOperation::UploadFile => self.upload(&at, request).await,
            FoundryOperation::DownloadFile => self.download(&at).await,
            FoundryOperation::ListDirectory => self.directory(&at, request).await,
            FoundryOperation::DeletePath => self.remove(&at, &request.query).await,
            FoundryOperation::CreateDirectory => self.mkdir(&at, request).await,
            _ => self.stat(&at).await,
        };
        match done {
            // Which of the two it is that lacks, only a look tells.
            Err(refusal)
                if refusal.status == StatusCode::NOT_FOUND
                    && self.backend.sessions().get(&at.session).await.is_err() =>
            {
                Err(missing(id))
            }
            // The store has another name for the session.
            Err(refusal) => Err(ApiError { message: refusal.message.replace(at.session.as_str(), id), ..refusal }),
            done => done,
        }
    }

    /// Writes a file, parents and all, in the place of any that is there; all of it or nothing.
    async fn upload(&self, at: &SessionPath, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let too_large = || {
            let what = format!("an upload has at most {} bytes", wire::UPLOAD_MAX);
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, what)
        };
        if request.body.announced().is_some_and(|bytes| bytes > wire::UPLOAD_MAX) {
            return Err(too_large());
        }
        let source = UploadSource { body: Arc::clone(&request.body), name: at.to_string(), most: wire::UPLOAD_MAX };
        let options = PutOptions { keep_existing: false, bulk: true, expires_in: None };
        let stored = self.backend.require_files()?.put(at, &source, options).await.map_err(|e| match e.kind() {
            Kind::Limit if request.body.taken() > wire::UPLOAD_MAX => too_large(),
            _ => e.into(),
        })?;
        let written = wire::UploadResponse {
            path: shown(&at.path),
            bytes_written: request.response_fault.bytes_written.unwrap_or(stored.sent.bytes),
            success: Some(true),
            source_type: Some("stream".to_owned()),
        };
        Ok(answer::json(StatusCode::CREATED, &written))
    }

    /// Returns a file's content. There are no ranges. What the answer for a directory is, is unknown: here 409.
    async fn download(&self, at: &SessionPath) -> ApiResult<HttpResponse> {
        let fetched =
            self.backend.require_files()?.fetch(at, FetchOptions::default()).await.map_err(|e| gone(e, at))?;
        let mut answer = answer::file(fetched.body);
        if let Ok(name) = HeaderValue::from_str(&answer::disposition(at.path.name())) {
            answer.headers_mut().insert(CONTENT_DISPOSITION, name);
        }
        Ok(answer)
    }

    async fn directory(&self, at: &SessionPath, request: &ApiRequest) -> ApiResult<HttpResponse> {
        // Seen to be read and to have no effect [live]; a wrong one is an error [contract].
        limit(&request.query)?;
        if !matches!(request.query.get("order"), None | Some("asc" | "desc")) {
            return Err(ApiError::bad("order is asc or desc"));
        }
        let files = self.backend.require_files()?;
        let real = files.resolve(at).await.map_err(|e| gone(e, at))?;
        if files.stat(&real).await.map_err(|e| gone(e, at))?.kind != EntryKind::Directory {
            return Err(ApiError::bad(format!("{} is not a directory", shown(&at.path))));
        }
        match request.response_fault.page {
            None => Ok(answer::stream("application/json; charset=utf-8", listing(&self.backend, at, real))),
            Some(size) => self.page(at, &real, size, request.query.get("after")).await,
        }
    }

    /// Returns a listing in pages, as the contract allows: asked for by a fault.
    async fn page(
        &self,
        at: &SessionPath,
        real: &SessionPath,
        size: usize,
        after: Option<&str>,
    ) -> ApiResult<HttpResponse> {
        let mut found = self.backend.require_files()?.list(real, false).await?;
        let mut entries = Vec::new();
        let mut has_more = false;
        while let Some(entry) = found.next().await {
            let entry = entry?;
            if after.is_some_and(|after| entry.name.as_str() <= after) {
                continue;
            }
            has_more = entries.len() == size;
            if has_more {
                break;
            }
            entries.push(child(&entry));
        }
        // A last page has no ids: one client goes on while there is one [recorded].
        let id = |entry: Option<&wire::DirectoryEntry>| entry.filter(|_| has_more).map(|entry| entry.name.clone());
        let (first_id, last_id) = (id(entries.first()), id(entries.last()));
        let page = wire::Directory { path: shown(&at.path), entries, first_id, last_id, has_more };
        Ok(answer::json(StatusCode::OK, &page))
    }

    async fn remove(&self, at: &SessionPath, query: &Query) -> ApiResult<HttpResponse> {
        let recursive = super::flag(query, "recursive")?;
        let files = self.backend.require_files()?;
        if let Err(e) = files.remove(at, recursive).await {
            let is_directory = || async { files.stat(at).await.is_ok_and(|entry| entry.kind == EntryKind::Directory) };
            let full = e.kind() == Kind::Conflict && !recursive && !at.path.is_root() && is_directory().await;
            let refusal = gone(e, at);
            return Err(if full { refusal.code(wire::NOT_EMPTY) } else { refusal });
        }
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    /// Makes one directory. Parents are not made \[docs of August 2026\] unless `createParents` asks
    /// for them, and then one that exists will do; without it that is 409, which no source tells, and
    /// so is that a mode is taken.
    async fn mkdir(&self, home: &SessionPath, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let asked: wire::NewDirectory = request.document(DOCUMENT_MAX).await?;
        let at = home.at(path_of(&asked.path)?);
        let (parents, mode) = (asked.create_parents.unwrap_or(false), asked.mode.map(|mode| mode & 0o7777));
        let options = MkdirOptions { parents, mode, bulk: true };
        self.backend.require_files()?.mkdir(&at, options).await?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    async fn stat(&self, at: &SessionPath) -> ApiResult<HttpResponse> {
        let entry = self.backend.require_files()?.stat(at).await.map_err(|e| gone(e, at))?;
        let is_dir = entry.kind == EntryKind::Directory;
        let stat = wire::PathInfo {
            name: if at.path.is_root() { String::new() } else { entry.name },
            path: shown(&at.path),
            is_dir: Some(is_dir),
            is_directory: None,
            size: Some(entry.size.unwrap_or_default()),
            mode: entry.mode.map(|mode| mode.0),
            modified_time: entry.modified_at.map(|time| Value::from(Timestamp::as_second(time))),
        };
        Ok(answer::json(StatusCode::OK, &stat))
    }
}

/// Returns a path below the session's home, with or without a leading slash.
fn path_of(text: &str) -> ApiResult<RemotePath> {
    let path: RemotePath = text.parse()?;
    if path.as_str().split('/').any(|name| name.len() > wire::NAME_MAX) {
        return Err(ApiError::bad(format!("a name has at most {} bytes", wire::NAME_MAX)));
    }
    Ok(path)
}

/// Returns a path as answers have it: without a leading slash \[live\], nothing for the home.
fn shown(path: &RemotePath) -> String {
    path.as_str().trim_start_matches('/').to_owned()
}

/// Returns the store's error, in words that fit.
fn gone(error: Error, at: &SessionPath) -> ApiError {
    match error.kind() {
        Kind::NotFound => ApiError::not_found(format!("{} does not exist", at.path)),
        _ => error.into(),
    }
}

/// Returns a child of a directory. Its time is 0, as in every recording \[live\].
fn child(entry: &Entry) -> wire::DirectoryEntry {
    wire::DirectoryEntry {
        name: entry.name.clone(),
        size: Some(entry.size.unwrap_or_default()),
        is_directory: Some(entry.kind == EntryKind::Directory),
        is_dir: None,
        modified_time: Some(0.into()),
    }
}

/// Returns all of a directory in one answer, however many entries it has, as the service does it \[live\].
fn listing(
    backend: &Arc<dyn Backend>,
    at: &SessionPath,
    real: SessionPath,
) -> BoxStream<'static, Result<Bytes, Error>> {
    let (sender, blocks) = mpsc::channel(AHEAD);
    let backend = Arc::clone(backend);
    let head = format!(r#"{{"path":{},"entries":["#, Value::from(shown(&at.path)));
    // The entries belong to the backend, and the answer outlives the call: they meet in a channel.
    tokio::spawn(async move {
        if let Err(error) = fill(&*backend, &real, head, &sender).await {
            // The answer then ends in the middle, which is what a client can see.
            drop(sender.send(Err(error)).await);
        }
    });
    stream::unfold(blocks, |mut blocks| async move { blocks.recv().await.map(|block| (block, blocks)) }).boxed()
}

type BlockSender = mpsc::Sender<Result<Bytes, Error>>;

async fn fill(backend: &dyn Backend, at: &SessionPath, head: String, blocks: &BlockSender) -> Result<(), Error> {
    let mut entries = backend.require_files()?.list(at, false).await?;
    let mut text = head;
    let mut first = true;
    while let Some(entry) = entries.next().await {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(&child(&entry?)).unwrap_or_default());
        if text.len() >= BLOCK && blocks.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
            // No client listens any more.
            return Ok(());
        }
    }
    text.push_str(r#"],"has_more":false}"#);
    drop(blocks.send(Ok(text.into())).await);
    Ok(())
}
