//! Transfers of any content: through a context that the service keeps for each session, and URLs that each open one
//! object of the context.
//!
//! Each transfer has its own directory below the synchronized one, since a sync moves everything in a directory. The
//! names of the sync directions are those of the session: an upload by the user is a download for the session. A sync
//! is complete when the service reports success *and* the file is there with the expected length.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use futures_util::stream::{self, StreamExt};

use super::cleanup::CreatingCalls;
use super::client::{AgbClient, TransferContext, send};
use super::errors::naming_left;
use super::poll::PollTimer;
use super::put::{PutTarget, beside};
use super::stat::AgbFiles;
use super::tools::{failed, from_root, words};
use crate::http::{Class, Method};
use wharf_core::body::{Body, Digest, MapSource, Md5Tee, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::agb::{SyncItem, SyncMode, SyncState};

/// The temporary name of a content: its own name is not sent.
const CONTENT: &str = "content";

/// The time limit of a sync of any size, plus one second for each mebibyte.
const SYNC: Duration = Duration::from_secs(300);
const SYNC_SPEED: u64 = 1024 * 1024;

/// The first and the longest pause between two status requests for a sync; the longest is that of the SDKs.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(1500);

impl AgbClient {
    /// Returns the transfer context of a session. The service creates it on the first request.
    pub(super) async fn transfer_context(&self, session: &SessionId) -> Result<TransferContext> {
        let cell = {
            let mut contexts = lock(&self.contexts.0);
            Arc::clone(contexts.entry(session.clone()).or_default())
        };
        cell.get_or_try_init(|| self.load_transfer_context(session)).await.cloned()
    }

    async fn load_transfer_context(&self, session: &SessionId) -> Result<TransferContext> {
        let types = format!("[\"{}\"]", wire::FILE_TRANSFER);
        let request = self.post(Class::Idempotent, AgbOperation::LoadInternalContext);
        let reply = send(request.query("sessionId", session.as_str()).query("contextTypes", &types)).await?;
        let all: Option<Vec<wire::InternalContext>> = match reply.envelope.data {
            Some(_) => reply.data()?,
            None => None,
        };
        let usable = all.into_iter().flatten().find_map(|context| {
            let path: RemotePath = context.context_path?.parse().ok()?;
            let context = context.context_id.filter(|id| !id.is_empty())?;
            (!path.is_root()).then_some(TransferContext { id: context, path })
        });
        usable.ok_or_else(|| {
            Error::new(
                Kind::Unavailable,
                format!("the service cannot transfer large or binary files here: `{session}`"),
            )
            .hint("check that the session is running; only small text files work without it")
        })
    }
}

impl AgbFiles {
    /// Uploads a content; returns its digest, and whether the storage confirmed the MD5. The target is replaced in
    /// the last step, after verification.
    pub(super) async fn upload(&self, target: &PutTarget<'_>, source: &dyn Source) -> Result<(Digest, bool)> {
        let at = target.at;
        let mut transfer = self.transfer(&at.session).await?;
        let unfinished = beside(at)?;
        let done = async {
            let (sent, md5) = transfer.send(source).await?;
            transfer.sync(SyncMode::Download, sent.bytes).await?;
            let content = at.at(transfer.content.clone());
            self.must_have(at, &content, sent.bytes).await?;
            transfer.also.push(unfinished.path.clone());
            self.finish(target, &[&content, &unfinished], sent.bytes).await?;
            transfer.also.clear();
            Ok((sent, md5))
        };
        let done = done.await;
        transfer.close_after(done).await
    }

    /// Downloads the content of a file of `size` bytes, after `tried` failed attempts.
    pub(super) async fn download(&self, at: &SessionPath, size: u64, tried: u32) -> Result<Body> {
        let transfer = self.transfer(&at.session).await?;
        match transfer.fetch(at, size, tried).await {
            Ok(body) => Ok(body.closing(transfer, size)),
            Err(error) => transfer.close_after(Err(error)).await,
        }
    }

    /// Returns a transfer of a bundle, on which a script works in the session.
    ///
    /// # Errors
    /// `unsupported` where the session lacks what it takes.
    pub(super) async fn bundle_transfer(&self, session: &SessionId) -> Result<StagedTransfer> {
        let (capable, loaded) = join(self.require_bundles(session), self.client.transfer_context(session)).await;
        capable?;
        loaded?;
        let mut transfer = self.transfer(session).await?;
        // A sync of the transfer does not move what is beside its directory.
        transfer.work = Some(transfer.context.path.join(&format!("work-{}", transfer.id)));
        Ok(transfer)
    }

    async fn transfer(&self, session: &SessionId) -> Result<StagedTransfer> {
        let context = self.client.transfer_context(session).await?;
        let id = random::hex::<8>()?;
        let directory = context.path.join(&format!("wharf-{id}"));
        let content = directory.join(CONTENT);
        Ok(StagedTransfer {
            files: self.clone(),
            session: session.clone(),
            context,
            id,
            directory,
            content,
            work: None,
            also: Vec::new(),
            calls: CreatingCalls::default(),
            closed: false,
        })
    }
}

/// A transfer of one content through the context, and the paths to clean up after it.
pub(super) struct StagedTransfer {
    files: AgbFiles,
    pub(super) session: SessionId,
    context: TransferContext,
    /// The number in its names.
    pub(super) id: String,
    /// The directory of the transfer, in the session and in the context.
    pub(super) directory: RemotePath,
    /// The content in that directory.
    content: RemotePath,
    /// The directory of a script that works on the content, if any.
    pub(super) work: Option<RemotePath>,
    /// Further paths to remove from the session.
    pub(super) also: Vec<RemotePath>,
    /// The calls that create something in the session or in the context.
    pub(super) calls: CreatingCalls,
    closed: bool,
}

impl StagedTransfer {
    /// Requests a URL for the object. It is a credential and is never shown.
    async fn url(&self, class: Class, operation: AgbOperation) -> Result<String> {
        let request = self.files.client.post(class, operation).query("contextId", &self.context.id);
        let reply = send(request.query("filePath", self.content.as_str())).await?;
        Ok(reply.data::<wire::PresignedUrl>()?.url)
    }

    /// Uploads a content to the context, without a content type: the signature covers none. An `ETag` other than the
    /// MD5 is not an error: some storages and upload methods use another value.
    pub(super) async fn send(&self, source: &dyn Source) -> Result<(Digest, bool)> {
        let md5 = Md5Tee::default();
        let source = MapSource::new(source, |body| md5.see(body));
        let url = self.url(Class::Idempotent, AgbOperation::GetUploadUrl).await?;
        let request = self.files.client.http.external(Class::Idempotent, Method::PUT, &url).source(&source);
        let answer = request.send().await.map_err(|e| of_storage(e, "taking the content"))?;
        let etag = answer.header("etag").unwrap_or_default().trim_matches('"');
        let verified = etag.eq_ignore_ascii_case(&md5.hex());
        let sent = answer.sent.ok_or_else(|| Error::new(Kind::Internal, "an upload without a source"))?;
        Ok((sent, verified))
    }

    /// Synchronizes the directory, and waits until that is complete.
    pub(super) async fn sync(&self, mode: SyncMode, bytes: u64) -> Result<()> {
        let sync = DirectorySync {
            client: Arc::clone(&self.files.client),
            session: self.session.clone(),
            context: self.context.id.clone(),
            directory: self.directory.clone(),
            mode,
        };
        self.calls.run(async move { sync.run(bytes).await }).await
    }

    /// Copies a file into the context, and opens the copy.
    async fn fetch(&self, at: &SessionPath, size: u64, tried: u32) -> Result<DownloadBody> {
        let [directory, content, from] = [&self.directory, &self.content, &at.path].map(from_root);
        let there = |with: &str| [words("mkdir -p --", &[&directory]), words(with, &[&from, &content])].join(" && ");
        // Another name costs the session neither time nor room. Not every place, image or owner
        // allows it.
        let (client, session, commands) =
            (Arc::clone(&self.files.client), self.session.clone(), ["ln -fLT --", "cp --"].map(there));
        let copy = async move {
            let mut outcome = Ok(String::new());
            for command in commands {
                outcome = client.act(Class::Idempotent, &session, command).await?;
                if outcome.is_ok() {
                    break;
                }
            }
            Ok(outcome)
        };
        self.calls.run(copy).await?.map_err(|error| failed(at, &error))?;
        self.receive(&at.to_string(), size, tried).await
    }

    /// Moves the content of `size` bytes out of the session, and opens it.
    pub(super) async fn receive(&self, name: &str, size: u64, tried: u32) -> Result<DownloadBody> {
        self.sync(SyncMode::Upload, size).await?;
        // The session's copy has done its work.
        let (url, _) = join(
            self.url(Class::Idempotent, AgbOperation::GetDownloadUrl),
            self.clear(std::slice::from_ref(&self.directory)),
        )
        .await;
        let request = self.files.client.http.external(Class::Safe, Method::GET, &url?);
        let download = request.after(tried).fetch().await.map_err(|e| of_storage(e, "giving the content"))?;
        Ok(DownloadBody(download.of_size(name, Some(size))?.unhashed()))
    }

    /// Removes paths from the session, and what a script works on with them; returns those that may be left.
    async fn clear(&self, paths: &[RemotePath]) -> Vec<SessionPath> {
        match &self.work {
            Some(work) => self.files.end_work(&self.session, &self.id, work, paths).await,
            None => self.files.clear(&self.session, paths).await,
        }
    }

    /// Removes all temporary files of the transfer; returns those beside it that may be left.
    pub(super) async fn close(mut self) -> Vec<SessionPath> {
        let left = self.remove().await;
        self.closed = true;
        left
    }

    /// Removes all temporary files of the transfer. If it failed, its error names those that may be left.
    pub(super) async fn close_after<T>(self, done: Result<T>) -> Result<T> {
        let left = self.close().await;
        done.map_err(|error| naming_left(error, &left))
    }

    /// Removes all temporary files if possible; returns those in directories of the user that may be left. Others go with
    /// the session.
    async fn remove(&self) -> Vec<SessionPath> {
        let object = async {
            let request = self.files.client.post(Class::Idempotent, AgbOperation::DeleteContextFile);
            let request = request.query("contextId", &self.context.id);
            drop(send(request.query("filePath", self.content.as_str())).await);
        };
        // The tool removes no directory with contents.
        let own = [self.content.clone(), self.directory.clone()];
        let paths = [&own[..], &self.also].concat();
        let ((), mut left) = join(object, self.clear(&paths)).await;
        left.retain(|at| self.also.contains(&at.path));
        left
    }
}

/// Cleans up a dropped transfer in the background, as far as time allows.
impl Drop for StagedTransfer {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let rest = Arc::new(StagedTransfer {
            files: self.files.clone(),
            session: self.session.clone(),
            context: self.context.clone(),
            id: self.id.clone(),
            directory: self.directory.clone(),
            content: self.content.clone(),
            work: self.work.take(),
            also: std::mem::take(&mut self.also),
            calls: self.calls.clone(),
            closed: true,
        });
        self.files.clean_up_later(self.calls.clone(), move || {
            let rest = Arc::clone(&rest);
            async move { rest.remove().await }
        });
    }
}

/// A synchronization of a directory of a session with its context.
struct DirectorySync {
    client: Arc<AgbClient>,
    session: SessionId,
    context: String,
    directory: RemotePath,
    mode: SyncMode,
}

impl DirectorySync {
    /// Starts the synchronization, and waits until it is complete.
    async fn run(self, bytes: u64) -> Result<()> {
        let (directory, mode) = (self.directory.as_str(), self.mode);
        let request = self.client.post(Class::Idempotent, AgbOperation::SyncContext);
        let request = request.query("sessionId", self.session.as_str()).query("contextId", &self.context);
        send(request.query("path", directory).query("mode", mode.word())).await.map_err(|e| not_synced(mode, e))?;
        let all = SYNC + Duration::from_secs(bytes / SYNC_SPEED);
        let mut patience = PollTimer::new(FIRST_LOOK, LAST_LOOK, all);
        loop {
            match self.state().await? {
                Some(item) if item.state() == SyncState::Done => return Ok(()),
                Some(item) if item.state() == SyncState::Failed => {
                    let why = self.client.http.scrub(item.reason().unwrap_or("no reason is given"));
                    let error = Error::new(Kind::Unavailable, format!("the service's sync failed: {why}"));
                    return Err(not_synced(mode, error));
                }
                _ => {}
            }
            if !patience.wait().await {
                let error =
                    Error::new(Kind::Unavailable, format!("the service's sync is not done after {} s", all.as_secs()));
                return Err(not_synced(mode, error));
            }
        }
    }

    async fn state(&self) -> Result<Option<SyncItem>> {
        let directory = self.directory.as_str();
        let request = self.client.get(AgbOperation::GetContextInfo).query("sessionId", self.session.as_str());
        let request = request.query("contextId", &self.context).query("path", directory);
        let info: wire::ContextInfo = send(request.query("taskType", self.mode.word())).await?.data()?;
        let items = info.items().ok_or_else(|| Error::new(Kind::Unavailable, "the state of a sync cannot be read"))?;
        Ok(items.into_iter().flatten().find(|item| item.is_about(&self.context, directory, self.mode)))
    }
}

/// A content that is being downloaded.
pub(super) struct DownloadBody(Body);

impl DownloadBody {
    /// Returns a body that removes the temporary files of the transfer when it ends.
    pub(super) fn closing(self, transfer: StagedTransfer, size: u64) -> Body {
        let blocks = stream::try_unfold((self.0, Some(transfer)), |(mut body, mut transfer)| async move {
            let next = body.next().await;
            if !matches!(next, Ok(Some(_)))
                && let Some(transfer) = transfer.take()
            {
                transfer.close().await;
            }
            Ok(next?.map(|block| (block, (body, transfer))))
        });
        Body::of_stream(Some(size), blocks.boxed())
    }
}

/// Returns an error of the storage, reworded: its statuses are about a URL that the user has not seen.
fn of_storage(error: Error, doing: &str) -> Error {
    match error.status() {
        Some(400..=499) if error.kind() != Kind::Limit => {
            let status = error.status().unwrap_or_default();
            let what = if status == 404 { "has nothing there".to_owned() } else { format!("answered {status}") };
            Error::new(Kind::Unavailable, format!("{doing}: the service's storage {what}"))
                .hint("the service gave a URL that does not work: run the command again")
        }
        // The URL is the service's, and so is what is wrong with it.
        None if error.kind() == Kind::Usage => error.of_kind(Kind::Unavailable).context(doing),
        _ => error,
    }
}

fn not_synced(mode: SyncMode, error: Error) -> Error {
    error.context(match mode {
        SyncMode::Download => "the content was sent, and did not reach the session",
        SyncMode::Upload => "the content did not leave the session",
    })
}
