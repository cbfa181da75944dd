//! The content of a request: bytes, a source, or a source between bytes; streamed and verified.
//!
//! The reader of the source (`pump`) and the body that the HTTP library sends (`UploadBody`) are joined by a channel
//! of a few blocks. So a source is borrowed, memory use stays small, and it is known which side waits for the other.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use wharf_core::body::{Digest, Source};
use wharf_core::clock::millis;
use wharf_core::error::{Error, Result};

/// The capacity of the channel, in blocks: a small file and the bytes around it fit at once.
const ON_THE_WAY: usize = 3;

/// The content of a request.
#[derive(Default)]
pub(super) struct Payload<'a> {
    before: Bytes,
    source: Option<&'a dyn Source>,
    after: Bytes,
    opened: AtomicBool,
}

impl<'a> Payload<'a> {
    pub(super) fn bytes(bytes: impl Into<Bytes>) -> Self {
        Payload { before: bytes.into(), ..Payload::default() }
    }

    pub(super) fn source(before: impl Into<Bytes>, source: &'a dyn Source, after: impl Into<Bytes>) -> Self {
        Payload { before: before.into(), source: Some(source), after: after.into(), ..Payload::default() }
    }

    /// Returns the total length in bytes; `None` for a pipe.
    fn len(&self) -> Option<u64> {
        let around = self.before.len() as u64 + self.after.len() as u64;
        self.source.map_or(Some(0), Source::len).and_then(|len| len.checked_add(around))
    }

    /// Returns the content if it is in memory.
    pub(super) fn at_hand(&self) -> Option<&Bytes> {
        Some(&self.before).filter(|_| self.source.is_none())
    }

    /// Returns whether the content is known to be empty.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Returns whether the content can be sent (again): a pipe can be read once.
    pub(super) fn can_be_sent(&self) -> bool {
        self.source.is_none_or(|source| source.len().is_some()) || !self.opened.load(Ordering::Relaxed)
    }

    /// Returns the body for one attempt, and the pump that has to run while it is sent.
    ///
    /// # Errors
    /// What the source says, and `conflict` where an empty one is not empty any more: nothing would
    /// be asked of it later.
    pub(super) async fn start(&self, pulse: &Arc<Pulse>, sent: &Arc<AtomicU64>) -> Result<(reqwest::Body, Pump<'_>)> {
        let Some(source) = self.source else {
            sent.store(self.before.len() as u64, Ordering::Relaxed);
            return Ok((self.before.clone().into(), Pump::done(None)));
        };
        if self.is_empty() {
            let summary = self.pump(source, None).await.map_err(PumpError::into_error)?;
            return Ok((Bytes::new().into(), Pump::done(Some(summary))));
        }
        let (blocks, receiver) = mpsc::channel(ON_THE_WAY);
        let (wanted, is_wanted) = oneshot::channel();
        let upload = UploadBody {
            blocks: receiver,
            wanted: Some(wanted),
            left: self.len(),
            pulse: Arc::clone(pulse),
            sent: Arc::clone(sent),
        };
        let pump = async move {
            // A pipe is not touched before there is a connection: what was read of it is gone.
            if source.len().is_none() && is_wanted.await.is_err() {
                return Err(PumpError::NotTaken);
            }
            self.pump(source, Some(&blocks)).await.map(Some)
        };
        Ok((reqwest::Body::wrap(upload), Pump(Box::pin(pump))))
    }

    /// Reads the source to its end and sends all of it, one block behind: the last block is sent only when the source
    /// was found to have the announced length and to be unchanged.
    async fn pump(&self, source: &dyn Source, out: Option<&mpsc::Sender<Option<Bytes>>>) -> Result<Digest, PumpError> {
        let send = async |block: Option<Bytes>| match out {
            Some(out) => out.send(block).await.map_err(|_| PumpError::NotTaken),
            None => Ok(()),
        };
        self.opened.store(true, Ordering::Relaxed);
        let mut body = source.open().await.map_err(PumpError::Source)?;
        let (mut held, mut passed) = (self.before.clone(), 0_u64);
        while let Some(block) = body.next().await.map_err(PumpError::Source)? {
            passed += block.len() as u64;
            if source.len().is_some_and(|len| passed > len) {
                return Err(PumpError::Source(changed(source)));
            }
            if !held.is_empty() {
                send(Some(std::mem::take(&mut held))).await?;
            }
            held = block;
        }
        if source.len().is_some_and(|len| passed != len) {
            return Err(PumpError::Source(changed(source)));
        }
        let summary = body.digest().map_err(PumpError::Source)?.clone();
        for block in [held, self.after.clone()].into_iter().filter(|block| !block.is_empty()) {
            send(Some(block)).await?;
        }
        // The end of a content of known length is not polled.
        if self.len().is_none() {
            send(None).await?;
        }
        Ok(summary)
    }
}

fn changed(source: &dyn Source) -> Error {
    Error::conflict(format!("the size of `{}` changed while it was read", source.name()))
        .hint("run the command again when no program writes to it")
}

/// The reason why a pump stopped.
pub(super) enum PumpError {
    /// The source failed or changed.
    Source(Error),
    /// The receiver stopped reading.
    NotTaken,
}

impl PumpError {
    fn into_error(self) -> Error {
        match self {
            PumpError::Source(error) => error,
            PumpError::NotTaken => Error::new(wharf_core::error::Kind::Internal, "a content was not taken"),
        }
    }
}

/// Reads a source while its blocks are sent; returns the digest of the blocks.
pub(super) struct Pump<'a>(Pin<Box<dyn Future<Output = Result<Option<Digest>, PumpError>> + Send + 'a>>);

impl Pump<'_> {
    fn done(summary: Option<Digest>) -> Self {
        Pump(Box::pin(std::future::ready(Ok(summary))))
    }
}

impl Future for Pump<'_> {
    type Output = Result<Option<Digest>, PumpError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

/// The body that the HTTP library sends.
struct UploadBody {
    blocks: mpsc::Receiver<Option<Bytes>>,
    wanted: Option<oneshot::Sender<()>>,
    left: Option<u64>,
    pulse: Arc<Pulse>,
    sent: Arc<AtomicU64>,
}

/// The error that the HTTP library gets when the pump has stopped: the library closes the connection, so that the
/// service does not accept a partial content.
#[derive(Debug, thiserror::Error)]
#[error("the content ended early")]
struct EndedEarly;

impl http_body::Body for UploadBody {
    type Data = Bytes;
    type Error = EndedEarly;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, EndedEarly>>> {
        if let Some(wanted) = self.wanted.take() {
            // Without a receiver, the pump did not wait for it.
            let _ = wanted.send(());
        }
        let polled = self.blocks.poll_recv(cx);
        self.pulse.hungry.store(polled.is_pending(), Ordering::Relaxed);
        match ready!(polled) {
            Some(Some(block)) => {
                self.pulse.beat();
                self.sent.fetch_add(block.len() as u64, Ordering::Relaxed);
                self.left = self.left.map(|left| left.saturating_sub(block.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(block))))
            }
            Some(None) => Poll::Ready(None),
            None if self.left == Some(0) => Poll::Ready(None),
            None => Poll::Ready(Some(Err(EndedEarly))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The time of the last progress.
pub(super) struct Pulse {
    start: Instant,
    last: AtomicU64,
    hungry: AtomicBool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Pulse { start: Instant::now(), last: AtomicU64::new(0), hungry: AtomicBool::new(false) }
    }

    fn beat(&self) {
        let now = millis(self.start.elapsed());
        self.last.store(now, Ordering::Relaxed);
    }

    /// Returns whether the connection waits for the source.
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed)
    }

    /// Returns after `idle` without progress.
    pub(super) async fn stops_for(&self, idle: Duration) {
        loop {
            let end = self.start + Duration::from_millis(self.last.load(Ordering::Relaxed)) + idle;
            if Instant::now() >= end {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}
