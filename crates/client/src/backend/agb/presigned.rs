//! Contents of any bytes and any length: over a context that the service keeps for each session, and
//! URLs that open one object of it.
//!
//! Every transfer has a directory of its own below the one that is mirrored, since a sync moves all
//! that is in a directory. The words of a sync are the session's: what a user uploads it downloads.
//! A sync is done when the service says so *and* what it should have brought is there in its length.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use futures_util::stream::{self, StreamExt};
use tokio::runtime::Handle;

use super::client::{AgbClient, Gate, send};
use super::look::AgbFiles;
use super::poll::Patience;
use super::put::{Target, beside};
use super::tools::{failed, words};
use crate::http::{Class, Method};
use wharf_core::body::{Body, Digest, MapSource, Md5Tee, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::agb::{self as wire, AgbOperation};
use wharf_wire::agb::{SyncItem, SyncMode, SyncState};

/// What a content is called on its way. Its own name is nobody's business there.
const CONTENT: &str = "content";

/// How long a sync may take, whatever it moves, and how much longer for each byte: a mebibyte a
/// second is slow for a service's own network.
const SYNC: Duration = Duration::from_secs(300);
const SYNC_SPEED: u64 = 1024 * 1024;

/// The pauses between two looks at a sync: a few milliseconds at first, and at last as long as the
/// SDKs' are.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(1500);

impl AgbClient {
    /// Where a session's contents pass through. The service makes it when it is first asked for.
    pub(super) async fn gate(&self, session: &SessionId) -> Result<Gate> {
        let cell = {
            let mut gates = lock(&self.gates.0);
            Arc::clone(gates.entry(session.clone()).or_default())
        };
        cell.get_or_try_init(|| self.load_gate(session)).await.cloned()
    }

    async fn load_gate(&self, session: &SessionId) -> Result<Gate> {
        let types = format!("[\"{}\"]", wire::FILE_TRANSFER);
        let request = self.tell(Class::Idempotent, AgbOperation::LoadInternalContext);
        let reply = send(request.query("sessionId", session.as_str()).query("contextTypes", &types)).await?;
        let all: Option<Vec<wire::InternalContext>> = match reply.envelope.data {
            Some(_) => reply.data()?,
            None => None,
        };
        let usable = all.into_iter().flatten().find_map(|context| {
            let path: RemotePath = context.context_path?.parse().ok()?;
            let context = context.context_id.filter(|id| !id.is_empty())?;
            (!path.is_root()).then_some(Gate { context, path })
        });
        usable.ok_or_else(|| {
            Error::new(Kind::Unavailable, format!("the service has no way for large or binary files here: `{session}`"))
                .hint("small text goes another way; is the session running?")
        })
    }
}

impl AgbFiles {
    /// Uploads any content, and tells whether the storage told its MD5. The target is replaced in the
    /// last step, when all is proven.
    pub(super) async fn upload(&self, target: &Target<'_>, source: &dyn Source) -> Result<(Digest, bool)> {
        let at = target.at;
        let mut passage = self.passage(&at.session).await?;
        let unfinished = beside(at)?;
        let done = async {
            let (sent, md5) = passage.send(source).await?;
            passage.sync(SyncMode::Download, sent.bytes).await?;
            let content = at.at(passage.content.clone());
            self.must_have(at, &content, sent.bytes).await?;
            let parent = at.path.parent().unwrap_or_else(RemotePath::root);
            let made =
                self.client.act(Class::Idempotent, &at.session, words("mkdir -p --", &[parent.as_str()])).await?;
            if let Err(error) = made {
                return Err(self.why(at, &error).await);
            }
            self.finish(target, &[&content, &unfinished], sent.bytes).await?;
            Ok((sent, md5))
        };
        let done = done.await;
        if done.is_err() {
            passage.also.push(unfinished.path);
        }
        passage.close().await;
        done
    }

    /// Downloads the content of a file that has `size` bytes, after `tried` tries that failed.
    pub(super) async fn download(&self, at: &SessionPath, size: u64, tried: u32) -> Result<Body> {
        let passage = self.passage(&at.session).await?;
        match passage.fetch(at, size, tried).await {
            Ok(body) => Ok(body.closing(passage, size)),
            Err(error) => {
                passage.close().await;
                Err(error)
            }
        }
    }

    async fn passage(&self, session: &SessionId) -> Result<Passage> {
        let gate = self.client.gate(session).await?;
        let directory = gate.path.join(&format!("wharf-{}", random::hex::<8>()?));
        let content = directory.join(CONTENT);
        let closed = false;
        Ok(Passage {
            files: self.clone(),
            session: session.clone(),
            gate,
            directory,
            content,
            also: Vec::new(),
            closed,
        })
    }
}

/// The way of one content, and what has to be removed when it is through.
struct Passage {
    files: AgbFiles,
    session: SessionId,
    gate: Gate,
    /// Its own directory, in the session and in the context.
    directory: RemotePath,
    /// The content in it.
    content: RemotePath,
    /// What else is to be removed from the session.
    also: Vec<RemotePath>,
    closed: bool,
}

impl Passage {
    /// A URL for the object, which lets its bearer in and is shown to nobody.
    async fn url(&self, class: Class, operation: AgbOperation) -> Result<String> {
        let request = self.files.client.tell(class, operation).query("contextId", &self.gate.context);
        let reply = send(request.query("filePath", self.content.as_str())).await?;
        Ok(reply.data::<wire::PresignedUrl>()?.url)
    }

    /// Puts a content into the context. It has no type: the signature covers none. An `ETag` that is
    /// not the MD5 says nothing: there are storages, and ways to store, where it is something else.
    async fn send(&self, source: &dyn Source) -> Result<(Digest, bool)> {
        let md5 = Md5Tee::default();
        let source = MapSource::new(source, |body| md5.see(body));
        let url = self.url(Class::Idempotent, AgbOperation::GetUploadUrl).await?;
        let request = self.files.client.http.elsewhere(Class::Idempotent, Method::PUT, &url).source(&source);
        let answer = request.send().await.map_err(|e| of_storage(e, "taking the content"))?;
        let etag = answer.header("etag").unwrap_or_default().trim_matches('"');
        let proven = etag.eq_ignore_ascii_case(&md5.hex());
        let sent = answer.sent.ok_or_else(|| Error::new(Kind::Internal, "an upload without a source"))?;
        Ok((sent, proven))
    }

    /// Moves what is in the directory, and waits until that is done.
    async fn sync(&self, mode: SyncMode, bytes: u64) -> Result<()> {
        let directory = self.directory.as_str();
        let request = self.files.client.tell(Class::Idempotent, AgbOperation::SyncContext);
        let request = request.query("sessionId", self.session.as_str()).query("contextId", &self.gate.context);
        send(request.query("path", directory).query("mode", mode.word())).await.map_err(|e| not_synced(mode, e))?;
        let all = SYNC + Duration::from_secs(bytes / SYNC_SPEED);
        let mut patience = Patience::new(FIRST_LOOK, LAST_LOOK, all);
        loop {
            match self.state(mode).await? {
                Some(item) if item.state() == SyncState::Done => return Ok(()),
                Some(item) if item.state() == SyncState::Failed => {
                    let why = self.files.client.http.scrub(item.reason().unwrap_or("no reason is given"));
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

    async fn state(&self, mode: SyncMode) -> Result<Option<SyncItem>> {
        let directory = self.directory.as_str();
        let request = self.files.client.ask(AgbOperation::GetContextInfo).query("sessionId", self.session.as_str());
        let request = request.query("contextId", &self.gate.context).query("path", directory);
        let info: wire::ContextInfo = send(request.query("taskType", mode.word())).await?.data()?;
        let items = info.items().ok_or_else(|| Error::new(Kind::Unavailable, "the state of a sync cannot be read"))?;
        Ok(items.into_iter().flatten().find(|item| item.is_about(&self.gate.context, directory, mode)))
    }

    /// Brings a copy of a file into the context, and opens it there.
    async fn fetch(&self, at: &SessionPath, size: u64, tried: u32) -> Result<Whole> {
        let (directory, content) = (self.directory.as_str(), self.content.as_str());
        let from = at.path.as_str();
        let there = |with: &str| [words("mkdir -p --", &[directory]), words(with, &[from, content])].join(" && ");
        // Another name costs the session neither time nor room. Not every place, image or owner
        // allows it.
        if self.files.client.act(Class::Idempotent, &self.session, there("ln -fLT --")).await?.is_err()
            && let Err(error) = self.files.client.act(Class::Idempotent, &self.session, there("cp --")).await?
        {
            return Err(failed(at, &error));
        }
        self.sync(SyncMode::Upload, size).await?;
        // The session's copy has done its work.
        let (url, ()) = join(
            self.url(Class::Idempotent, AgbOperation::GetDownloadUrl),
            self.files.clear(&self.session, &[&self.directory]),
        )
        .await;
        let request = self.files.client.http.elsewhere(Class::Safe, Method::GET, &url?);
        let download = request.after(tried).fetch().await.map_err(|e| of_storage(e, "giving the content"))?;
        Ok(Whole(download.of_size(&at.to_string(), Some(size))?.unhashed()))
    }

    /// Removes all that was made on the way.
    async fn close(mut self) {
        self.closed = true;
        self.remove().await;
    }

    /// As far as that goes; what stays goes with the session.
    async fn remove(&self) {
        let object = async {
            let request = self.files.client.tell(Class::Idempotent, AgbOperation::DeleteContextFile);
            let request = request.query("contextId", &self.gate.context);
            drop(send(request.query("filePath", self.content.as_str())).await);
        };
        let mut paths: Vec<&RemotePath> = vec![&self.directory];
        paths.extend(&self.also);
        join(object, self.files.clear(&self.session, &paths)).await;
    }
}

/// Whoever stops in the middle leaves the rest to whatever time there still is.
impl Drop for Passage {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let rest = Passage {
            files: self.files.clone(),
            session: self.session.clone(),
            gate: self.gate.clone(),
            directory: self.directory.clone(),
            content: self.content.clone(),
            also: std::mem::take(&mut self.also),
            closed: true,
        };
        runtime.spawn(async move { rest.remove().await });
    }
}

/// A content on its way out.
struct Whole(Body);

impl Whole {
    /// The same, which removes what was made on the way when it ends.
    fn closing(self, passage: Passage, size: u64) -> Body {
        let blocks = stream::try_unfold((self.0, Some(passage)), |(mut body, mut passage)| async move {
            let next = body.next().await;
            if !matches!(next, Ok(Some(_)))
                && let Some(passage) = passage.take()
            {
                passage.close().await;
            }
            Ok(next?.map(|block| (block, (body, passage))))
        });
        Body::of_stream(Some(size), blocks.boxed())
    }
}

/// What the storage said: its statuses are about a URL that nobody has seen.
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
