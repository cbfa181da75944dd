//! Writing to standard streams from threads, so that a stalled reader does not prevent a command from handling signals.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::stdout_errors::stdout_error;
use wharf_core::error::{Error, Result};
use wharf_core::platform;
use wharf_core::sync::lock;
use wharf_core::thread;

/// Bytes of notes that wait for a reader that stalls: more are left out.
const NOTES: usize = 1 << 20;

/// A standard stream with a thread that writes to it. The first block starts the thread.
pub struct Relay {
    open: fn() -> io::Result<Box<dyn Write + Send>>,
    running: Option<Running>,
    /// Whether blocks were passed that [`Relay::written`] did not wait for.
    has_passed: bool,
    /// Converts an error of the stream.
    explain: fn(&io::Error) -> Error,
}

/// The relays of both standard streams. What one shows stands below what the other was passed before: their threads would
/// mix lines otherwise.
pub struct OutputRelays {
    /// That of stdout.
    pub stdout: Relay,
    /// That of stderr.
    pub stderr: Relay,
}

impl OutputRelays {
    /// Passes a block to stdout, as [`Relay::send`].
    ///
    /// # Errors
    /// Those of [`Relay::send`].
    pub async fn send_stdout(&mut self, block: &Bytes) -> Result<()> {
        self.stderr.written().await;
        self.stdout.send(block).await
    }

    /// Passes a block to stderr, as [`Relay::send`].
    ///
    /// # Errors
    /// Those of [`Relay::send`].
    pub async fn send_stderr(&mut self, block: &Bytes) -> Result<()> {
        self.stdout.written().await;
        self.stderr.send(block).await
    }
}

struct Running {
    blocks: RelaySender,
    failure: Arc<Mutex<Option<io::Error>>>,
    ended: oneshot::Receiver<()>,
}

/// Passes blocks to the thread of a relay.
#[derive(Clone)]
pub struct RelaySender {
    blocks: mpsc::UnboundedSender<Block>,
    /// The place for the block that waits while another one is being written.
    place: Arc<Semaphore>,
}

#[derive(Default)]
struct Block {
    /// None to end the thread.
    bytes: Option<Bytes>,
    /// The place where it waits.
    place: Option<OwnedSemaphorePermit>,
    /// The room that a note takes until it is written.
    room: Option<OwnedSemaphorePermit>,
    /// Told when the block and those before it are written; dropped if the stream fails.
    written: Option<oneshot::Sender<()>>,
}

/// Passes notes to the thread of the relay of stderr, without waiting.
pub(super) struct NoteRelay {
    blocks: RelaySender,
    room: Arc<Semaphore>,
    /// Notes that were left out.
    lost: AtomicU64,
    /// Fails once the thread has ended.
    ended: Receiver<()>,
}

impl RelaySender {
    /// Passes a block to the thread, once the previous block is being written. Cancel safe: if the future is dropped,
    /// the block was not passed. Returns whether the thread still takes blocks.
    pub async fn send(&self, bytes: &Bytes) -> bool {
        let place = Arc::clone(&self.place).acquire_owned().await.ok();
        self.blocks.send(Block { bytes: Some(bytes.clone()), place, ..Block::default() }).is_ok()
    }

    /// Passes a block to the thread, as [`RelaySender::send`], and waits until it is written. Returns false if the stream
    /// has failed.
    pub async fn send_written(&self, bytes: &Bytes) -> bool {
        let place = Arc::clone(&self.place).acquire_owned().await.ok();
        let (written, all) = oneshot::channel();
        let block = Block { bytes: Some(bytes.clone()), place, written: Some(written), ..Block::default() };
        self.blocks.send(block).is_ok() && all.await.is_ok()
    }

    /// Waits until the blocks that were passed are written, or the stream has failed.
    async fn written(&self) {
        let (written, all) = oneshot::channel();
        let last = Block { bytes: Some(Bytes::new()), written: Some(written), ..Block::default() };
        if self.blocks.send(last).is_ok() {
            // Fails when the block is dropped.
            drop(all.await);
        }
    }

    /// Waits until the thread takes no more blocks: the stream failed or was finished.
    pub async fn closed(&self) {
        self.blocks.closed().await;
    }

    /// Lets the thread end after the blocks before.
    fn end(&self) {
        drop(self.blocks.send(Block::default()));
    }
}

impl NoteRelay {
    /// Passes a line on. One for which there is no room is left out, which a later line reports.
    pub(super) fn note(&self, line: &str) {
        self.pass(format!("{line}\n"));
    }

    /// Passes text on, like [`NoteRelay::note`].
    pub(super) fn pass(&self, text: String) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        let text = match lost {
            0 => text,
            lost => format!("note: {lost} notes are left out, because stderr was not read\n{text}"),
        };
        let room = u32::try_from(text.len()).ok();
        match room.and_then(|room| Arc::clone(&self.room).try_acquire_many_owned(room).ok()) {
            Some(room) => {
                drop(self.blocks.blocks.send(Block { bytes: Some(text.into()), room: Some(room), ..Block::default() }));
            }
            None => drop(self.lost.fetch_add(lost + 1, Ordering::Relaxed)),
        }
    }

    /// Returns what passes blocks to the same thread.
    pub(super) fn blocks(&self) -> RelaySender {
        self.blocks.clone()
    }

    /// Waits until all is written, at most for `patience`.
    pub(super) fn settle(self, patience: Duration) {
        let NoteRelay { blocks, ended, .. } = self;
        blocks.end();
        let _ = ended.recv_timeout(patience);
    }
}

impl Relay {
    /// Creates the relay of stdout.
    pub fn stdout() -> Self {
        Relay {
            open: || platform::stdout().map(|stdout| Box::new(stdout) as _),
            running: None,
            has_passed: false,
            explain: stdout_error,
        }
    }

    /// Creates the relay of stderr, and what passes notes to it. Without a thread, notes are written directly.
    pub(super) fn stderr() -> (Self, Option<NoteRelay>) {
        let mut relay = Relay {
            open: || Ok(Box::new(platform::stderr())),
            running: None,
            has_passed: false,
            explain: |e| Error::io("writing to stderr", e),
        };
        let (end, ended) = channel();
        let started = start(Box::new(platform::stderr()), Some(end)).ok();
        relay.running = started;
        let notes = relay.running.as_ref().map(|running| NoteRelay {
            blocks: running.blocks.clone(),
            room: Arc::new(Semaphore::new(NOTES)),
            lost: AtomicU64::new(0),
            ended,
        });
        (relay, notes)
    }

    /// Passes a block to the thread, once the previous block is being written. Cancel safe: if the future is dropped,
    /// the block was not passed.
    ///
    /// # Errors
    /// The error of an earlier block; `closed` if the reader is gone.
    pub async fn send(&mut self, block: &Bytes) -> Result<()> {
        let running = self.running()?;
        if running.blocks.send(block).await {
            self.has_passed = true;
            return Ok(());
        }
        Err(self.failed().await)
    }

    /// Waits until the blocks that were passed are written, or the stream has failed. Cancel safe.
    async fn written(&mut self) {
        if let Some(running) = self.running.as_ref().filter(|_| self.has_passed) {
            running.blocks.written().await;
            self.has_passed = false;
        }
    }

    /// Starts the thread, and returns what passes blocks to it.
    ///
    /// # Errors
    /// Those of opening the stream.
    pub fn sender(&mut self) -> Result<RelaySender> {
        self.running().map(|running| running.blocks.clone())
    }

    /// Waits for an error of the stream, and returns it.
    pub async fn failed(&mut self) -> Error {
        let explain = self.explain;
        match &self.running {
            Some(running) => {
                running.blocks.blocks.closed().await;
                let failure = lock(&running.failure).take();
                explain(&failure.unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()))
            }
            None => std::future::pending().await,
        }
    }

    /// Waits until all blocks are written.
    ///
    /// # Errors
    /// Those of [`Relay::send`].
    pub async fn finish(&mut self) -> Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        let Running { blocks, failure, ended } = running;
        blocks.end();
        // The thread drops its sender when it ends.
        drop(ended.await);
        let failure = lock(&failure).take();
        failure.map_or(Ok(()), |e| Err((self.explain)(&e)))
    }

    fn running(&mut self) -> Result<&Running> {
        let running = if let Some(running) = self.running.take() {
            running
        } else {
            let started = (self.open)().and_then(|stream| start(stream, None));
            started.map_err(|e| (self.explain)(&e))?
        };
        Ok(self.running.insert(running))
    }
}

/// Starts the thread. `settled` is dropped when it ends.
fn start(mut stream: Box<dyn Write + Send>, settled: Option<Sender<()>>) -> io::Result<Running> {
    let (blocks, mut receiver) = mpsc::unbounded_channel::<Block>();
    let (end, ended) = oneshot::channel();
    let failure = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&failure);
    thread::spawn(move || {
        while let Some(Block { bytes: Some(bytes), place, room, written }) = receiver.blocking_recv() {
            // The next block may take its place while it is written.
            drop(place);
            if let Err(e) = stream.write_all(&bytes).and_then(|()| stream.flush()) {
                *lock(&kept) = Some(e);
                break;
            }
            drop(room);
            let _ = written.map(|written| written.send(()));
        }
        drop(receiver);
        let _ = end.send(());
        drop(settled);
    })?;
    Ok(Running { blocks: RelaySender { blocks, place: Arc::new(Semaphore::new(1)) }, failure, ended })
}
