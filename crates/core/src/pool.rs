//! The pool of buffers that all transfers share. Buffers are reused, and their number is limited.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::sync::lock;
use bytes::Bytes;
use tokio::sync::Semaphore;

/// The size of a buffer in bytes. Larger writes were measured to be slower, see `docs/benchmarks.md`.
pub const BLOCK: usize = 64 * 1024;

/// The maximum number of buffers, 8 MiB in total. A task that needs another one waits. This cannot deadlock, because no
/// task waits for a second buffer while it holds one.
const ALL: usize = 128;

static ROOM: Semaphore = Semaphore::const_new(ALL);
static FREE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer of [`BLOCK`] bytes. It returns to the pool when the last reader of its content is dropped.
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// Takes a buffer from the pool; waits while all of them are in use.
    pub async fn take() -> Self {
        // The semaphore is never closed, so this always returns a permit.
        if let Ok(permit) = ROOM.acquire().await {
            permit.forget();
        }
        let used = lock(&FREE).pop();
        Buffer { bytes: used.unwrap_or_else(|| vec![0; BLOCK]), filled: 0 }
    }

    /// Takes a buffer from the pool; parks the thread while all of them are in use.
    pub(crate) fn take_in_thread() -> Self {
        let mut taken = pin!(Self::take());
        let waker = Waker::from(Arc::new(ThreadWaker(thread::current())));
        loop {
            match taken.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(buffer) => return buffer,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// Returns the part that is not filled yet.
    pub fn rest(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Marks `bytes` more bytes as filled.
    pub fn advance(&mut self, bytes: usize) {
        self.filled = self.filled.saturating_add(bytes).min(self.bytes.len());
    }

    /// Returns whether the buffer is full.
    pub(crate) fn is_full(&self) -> bool {
        self.filled == self.bytes.len()
    }

    /// Converts the filled part to [`Bytes`], without a copy.
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        lock(&FREE).push(std::mem::take(&mut self.bytes));
        ROOM.add_permits(1);
    }
}

/// Unparks a thread that waits for a buffer.
struct ThreadWaker(Thread);

impl Wake for ThreadWaker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_filled_is_handed_on_and_nothing_of_the_last_use() {
        let mut first = Buffer::take_in_thread();
        first.rest().fill(7);
        first.advance(BLOCK);
        assert!(first.is_full());
        drop(first.freeze());
        let mut second = Buffer::take_in_thread();
        second.rest()[..3].copy_from_slice(b"abc");
        second.advance(3);
        assert_eq!(second.freeze(), &b"abc"[..]);
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let mut held: Vec<Buffer> = (0..ALL).map(|_| Buffer::take_in_thread()).collect();
        let waiting = thread::spawn(|| drop(Buffer::take_in_thread()));
        thread::sleep(std::time::Duration::from_millis(50));
        assert!(!waiting.is_finished());
        held.pop();
        waiting.join().unwrap();
    }
}
