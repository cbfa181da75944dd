//! The lines of a client: each is one message. Their length is bounded before anything is parsed.

use std::io::{self, Read};

use super::envelope::{Envelope, EnvelopeScanner};

/// The number of bytes that are read at once.
const BLOCK: usize = 64 << 10;

/// A line of the client.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// A line that was discarded, because it is too long.
    TooLong(Envelope),
}

/// A line that is being read.
#[derive(Default)]
struct UnfinishedLine {
    kept: Vec<u8>,
    /// Reads a line that is too long.
    scanner: Option<EnvelopeScanner>,
}

impl UnfinishedLine {
    fn push(&mut self, bytes: &[u8], longest: usize) {
        if let Some(scanner) = &mut self.scanner {
            scanner.read(bytes);
        } else if self.kept.len() + bytes.len() <= longest {
            self.kept.extend_from_slice(bytes);
        } else {
            let mut scanner = EnvelopeScanner::default();
            scanner.read(&std::mem::take(&mut self.kept));
            scanner.read(bytes);
            self.scanner = Some(scanner);
        }
    }

    /// Returns the line; `None` for a blank one.
    fn finish(&mut self) -> Option<Line> {
        if let Some(scanner) = self.scanner.take() {
            return Some(Line::TooLong(scanner.finish()));
        }
        let line = std::mem::take(&mut self.kept);
        (!line.trim_ascii().is_empty()).then_some(Line::Whole(line))
    }
}

/// Reads lines of at most `longest` bytes to the end of `input`, or until `accept` returns false.
///
/// # Errors
/// Those of `input`.
pub(super) fn read_lines(mut input: impl Read, longest: usize, mut accept: impl FnMut(Line) -> bool) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    let mut line = UnfinishedLine::default();
    loop {
        let read = match input.read(&mut block) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let mut parts = block.get(..read).unwrap_or_default().split(|byte| *byte == b'\n');
        line.push(parts.next().unwrap_or_default(), longest);
        for part in parts {
            if line.finish().is_some_and(|line| !accept(line)) {
                return Ok(());
            }
            line.push(part, longest);
        }
    }
    if let Some(line) = line.finish() {
        accept(line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::mcp::envelope::EnvelopeId;
    use serde_json::json;

    /// Returns a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(buffer.len()).min(self.0.len());
            let (now, rest) = self.0.split_at(size);
            buffer[..size].copy_from_slice(now);
            self.0 = rest;
            Ok(size)
        }
    }

    fn lines(text: &str, longest: usize, size: usize) -> Vec<Line> {
        let mut found = Vec::new();
        read_lines(Slow(text.as_bytes(), size), longest, |line| {
            found.push(line);
            true
        })
        .unwrap();
        found
    }

    #[test]
    fn a_line_at_the_limit_is_whole_and_one_byte_more_is_discarded() {
        let (fits, over) = (r#"{"id":1,"a":"xx"}"#, r#"{"id":12,"a":"xx"}"#);
        for size in 1..40 {
            let text = format!("{fits}\n{over}\n\n \r\n{fits}");
            let id = EnvelopeId::Usable(json!(12));
            let expected =
                [Line::Whole(fits.into()), Line::TooLong(Envelope { id, method: None }), Line::Whole(fits.into())];
            assert_eq!(lines(&text, fits.len(), size), expected, "{size}");
        }
    }

    #[test]
    fn reading_ends_when_no_line_is_wanted() {
        let mut seen = 0;
        read_lines(&b"1\n2\n3\n"[..], 10, |_| {
            seen += 1;
            seen < 2
        })
        .unwrap();
        assert_eq!(seen, 2);
    }
}
