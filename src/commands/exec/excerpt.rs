//! The start and the end of a stream of bytes.

use std::collections::VecDeque;
use std::string::FromUtf8Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use wharf_core::model::Encoding;
use wharf_core::utf8::unfinished;

/// The start and the end of a stream of bytes, of which the middle is missing if it is longer than a limit.
pub(in crate::commands) struct Excerpt {
    first: Vec<u8>,
    last: VecDeque<u8>,
    /// Half of the limit.
    half: usize,
    /// The number of bytes of the middle that are missing.
    left_out: u64,
}

impl Excerpt {
    /// Returns an excerpt of at most `limit` bytes: half from the start, half from the end.
    pub(in crate::commands) fn new(limit: usize) -> Self {
        Excerpt { first: Vec::new(), last: VecDeque::new(), half: limit / 2, left_out: 0 }
    }

    /// Returns whether the middle is missing.
    pub(in crate::commands) fn is_cut(&self) -> bool {
        self.left_out > 0
    }

    /// Adds the next bytes of the stream.
    pub(in crate::commands) fn push(&mut self, bytes: &[u8]) {
        let room = self.half.saturating_sub(self.first.len()).min(bytes.len());
        let (head, tail) = bytes.split_at(room);
        self.first.extend_from_slice(head);
        self.last.extend(tail);
        if let Some(over) = self.last.len().checked_sub(self.half).filter(|over| *over > 0) {
            self.last.drain(..over);
            self.left_out += over as u64;
        }
    }

    /// Takes the bytes that were kept; the excerpt is empty then.
    pub(in crate::commands) fn take(&mut self) -> Vec<u8> {
        self.take_around(|_| String::new())
    }

    /// Does the same as [`Excerpt::take`], with a text in place of the middle that says how many bytes are missing there.
    pub(in crate::commands) fn take_around(&mut self, marker: impl FnOnce(u64) -> String) -> Vec<u8> {
        std::mem::replace(self, Excerpt::new(2 * self.half)).bytes(marker)
    }

    /// Returns the bytes that were kept. If the middle is missing, incomplete characters there are removed.
    fn bytes(mut self, marker: impl FnOnce(u64) -> String) -> Vec<u8> {
        if self.is_cut() {
            let kept = self.first.len() + self.last.len();
            self.first.truncate(self.first.len() - unfinished(&self.first));
            while self.last.front().is_some_and(|byte| byte & 0xc0 == 0x80) {
                self.last.pop_front();
            }
            let left_out = self.left_out + (kept - self.first.len() - self.last.len()) as u64;
            self.first.extend_from_slice(marker(left_out).as_bytes());
        }
        self.first.extend(self.last);
        self.first
    }
}

/// Returns the two streams of a command as text, in base64 unless both are UTF-8.
pub(in crate::commands) fn texts(stdout: Vec<u8>, stderr: Vec<u8>) -> (String, String, Encoding) {
    match (String::from_utf8(stdout), String::from_utf8(stderr)) {
        (Ok(stdout), Ok(stderr)) => (stdout, stderr, Encoding::Utf8),
        (stdout, stderr) => {
            let bytes =
                |text: Result<String, FromUtf8Error>| text.map_or_else(FromUtf8Error::into_bytes, String::into_bytes);
            (STANDARD.encode(bytes(stdout)), STANDARD.encode(bytes(stderr)), Encoding::Base64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_keeps_both_ends_and_whole_characters() {
        const KEPT: usize = 1 << 20;
        let mut excerpt = Excerpt::new(KEPT);
        let text = "ä".repeat(KEPT) + "end";
        for block in text.as_bytes().chunks(1001) {
            excerpt.push(block);
        }
        assert!(excerpt.is_cut());
        let kept = String::from_utf8(excerpt.take_around(|left_out| format!("[{left_out}]"))).unwrap();
        let (first, last) = kept.split_once('[').unwrap();
        let (left_out, last) = last.split_once(']').unwrap();
        assert!(
            first.starts_with("ää") && last.ends_with("äend") && first.len() + last.len() <= KEPT,
            "{}",
            kept.len()
        );
        assert_eq!(first.len() + last.len() + left_out.parse::<usize>().unwrap(), text.len());
        let mut small = Excerpt::new(KEPT);
        small.push(b"\xff");
        assert_eq!((small.is_cut(), small.take()), (false, vec![0xff]));
    }
}
