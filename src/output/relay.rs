//! Writing to standard streams from threads, so that a stalled reader does not prevent a command from handling signals.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use wharf_core::error::{Error, Result};
use wharf_core::platform;
use wharf_core::sync::lock;
use wharf_core::thread;

/// A standard stream with a thread that writes to it. The first block starts the thread.
pub struct Relay {
    open: fn() -> io::Result<Box<dyn Write + Send>>,
    running: Option<Running>,
    /// Converts an error of the stream.
    explain: fn(&io::Error) -> Error,
}

struct Running {
    blocks: mpsc::Sender<Bytes>,
    failure: Arc<Mutex<Option<io::Error>>>,
    ended: oneshot::Receiver<()>,
}

impl Relay {
    /// Creates the relay of stdout.
    pub fn stdout() -> Self {
        Relay {
            open: || platform::stdout().map(|stdout| Box::new(stdout) as _),
            running: None,
            explain: super::stdout_error,
        }
    }

    /// Creates the relay of stderr.
    pub fn stderr() -> Self {
        Relay {
            open: || Ok(Box::new(platform::stderr())),
            running: None,
            explain: |e| Error::io("writing to stderr", e),
        }
    }

    /// Passes a block to the thread, once the previous block is being written. Cancel safe: if the future is dropped,
    /// the block was not passed.
    ///
    /// # Errors
    /// The error of an earlier block; `closed` if the reader is gone.
    pub async fn send(&mut self, block: &Bytes) -> Result<()> {
        let running = self.running()?;
        if let Ok(permit) = running.blocks.reserve().await {
            permit.send(block.clone());
            return Ok(());
        }
        Err(self.failed().await)
    }

    /// Waits for an error of the stream, and returns it.
    pub async fn failed(&mut self) -> Error {
        let explain = self.explain;
        match &self.running {
            Some(running) => {
                running.blocks.closed().await;
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
        drop(blocks);
        // The thread drops its sender when it ends.
        drop(ended.await);
        let failure = lock(&failure).take();
        failure.map_or(Ok(()), |e| Err((self.explain)(&e)))
    }

    fn running(&mut self) -> Result<&Running> {
        let running = match self.running.take() {
            Some(running) => running,
            None => (self.open)().and_then(start).map_err(|e| (self.explain)(&e))?,
        };
        Ok(self.running.insert(running))
    }
}

fn start(mut stream: Box<dyn Write + Send>) -> io::Result<Running> {
    let (blocks, mut receiver) = mpsc::channel::<Bytes>(1);
    let (end, ended) = oneshot::channel();
    let failure = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&failure);
    thread::spawn(move || {
        while let Some(block) = receiver.blocking_recv() {
            if let Err(e) = stream.write_all(&block).and_then(|()| stream.flush()) {
                *lock(&kept) = Some(e);
                break;
            }
        }
        drop(receiver);
        let _ = end.send(());
    })?;
    Ok(Running { blocks, failure, ended })
}
