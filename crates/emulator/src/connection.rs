//! One connection: a socket that can be torn down on purpose.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// What the requests of a connection can do to it.
pub(super) struct Connection {
    torn: AtomicBool,
    /// How long it may wait for its client.
    patience: Duration,
    /// How often all that was written has gone out.
    flushes: watch::Sender<u64>,
}

impl Connection {
    pub(super) fn new(patience: Duration) -> Arc<Self> {
        Arc::new(Connection { torn: AtomicBool::new(false), patience, flushes: watch::Sender::new(0) })
    }

    /// Returns how long it may wait for its client.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Makes the connection end in a reset, which the client sees as an error.
    pub(super) fn reset(&self) {
        self.torn.store(true, Ordering::Relaxed);
    }

    /// Returns whether it was torn down.
    pub(super) fn is_reset(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }

    /// Waits until what was written so far has gone out.
    pub(super) async fn flushed(&self) {
        let mut flushes = self.flushes.subscribe();
        // The sender lives as long as `self`.
        drop(flushes.changed().await);
    }
}

/// The socket.
pub(super) struct Socket {
    stream: Stream,
    line: Arc<Connection>,
    /// Runs while the client takes nothing.
    blocked: Option<Pin<Box<Sleep>>>,
}

/// With or without TLS.
pub(super) enum Stream {
    /// Without.
    Plain(TcpStream),
    /// With.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Socket {
    pub(super) fn new(stream: Stream, line: Arc<Connection>) -> Self {
        Socket { stream, line, blocked: None }
    }

    /// Returns the result of a write, which is an error if the client reads nothing for too long.
    fn limited<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.blocked = None;
            return written;
        }
        let patience = self.line.patience;
        let blocked = self.blocked.get_or_insert_with(|| Box::pin(sleep(patience)));
        blocked.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.line.is_reset() {
            let tcp = match &self.stream {
                Stream::Plain(tcp) => tcp,
                Stream::Tls(tls) => tls.get_ref().0,
            };
            // Closing it then sends a reset in place of an end.
            drop(tcp.set_zero_linger());
        }
    }
}

/// Does the same to either stream.
macro_rules! either {
    ($socket:expr, $stream:ident => $work:expr) => {
        match &mut $socket.stream {
            Stream::Plain(tcp) => {
                let $stream = Pin::new(tcp);
                $work
            }
            Stream::Tls(tls) => {
                let $stream = Pin::new(tls.as_mut());
                $work
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = either!(self, stream => stream.poll_write(cx, buf));
        self.limited(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = either!(self, stream => stream.poll_write_vectored(cx, bufs));
        self.limited(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(tcp) => tcp.is_write_vectored(),
            Stream::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = either!(self, stream => stream.poll_flush(cx));
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.line.flushes.send_modify(|times| *times += 1);
        }
        self.limited(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}
