//! The buffers of all transfers, used again and again.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Bytes in a buffer. Larger writes were measured to be slower, see `docs/benchmarks.md`.
pub const BLOCK: usize = 64 * 1024;

/// Buffers that are kept: 8 MiB, for all transfers together.
const KEPT: usize = 128;

static FREE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer of [`BLOCK`] bytes, which goes back when the last reader of what it holds is done.
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// One that was used before, or a new one.
    pub fn take() -> Self {
        let used = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Buffer { bytes: used.unwrap_or_else(|| vec![0; BLOCK]), filled: 0 }
    }

    /// What is not filled yet.
    pub fn rest(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// So many bytes more are filled.
    pub fn advance(&mut self, bytes: usize) {
        self.filled = self.filled.saturating_add(bytes).min(self.bytes.len());
    }

    /// Whether there is no room left.
    pub fn is_full(&self) -> bool {
        self.filled == self.bytes.len()
    }

    /// What is filled, to be handed on without a copy.
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
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_filled_is_handed_on_and_nothing_of_the_last_use() {
        let mut first = Buffer::take();
        first.rest().fill(7);
        first.advance(BLOCK);
        assert!(first.is_full());
        drop(first.freeze());
        let mut second = Buffer::take();
        second.rest()[..3].copy_from_slice(b"abc");
        second.advance(3);
        assert_eq!(second.freeze(), &b"abc"[..]);
    }
}
