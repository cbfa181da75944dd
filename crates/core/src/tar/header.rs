//! The header of an entry, as one block.

use super::{BLOCK, CHECKSUM, LINK, MAGIC, MODE, MTIME, NAME, PREFIX, SIZE, TYPE, TarBlock, USTAR, checksum};

/// A header whose checksum is right.
pub(super) struct Header {
    /// The path, as bytes up to the first NUL.
    pub(super) path: Vec<u8>,
    /// The target of a link.
    pub(super) link: Vec<u8>,
    /// The letter of the type.
    pub(super) kind: u8,
    /// The number of bytes that follow; `None` for an invalid number.
    pub(super) size: Option<u64>,
    /// The permission bits; 0 for an invalid number.
    pub(super) mode: u64,
    /// The modification time in seconds since 1970; `None` for an invalid number.
    pub(super) modified: Option<i64>,
    /// Whether an old GNU header of a sparse file goes on in the next block.
    pub(super) is_continued: bool,
}

/// The flag that an old GNU header of a sparse file, or a block that continues it, is continued.
const CONTINUED: usize = 482;
const CONTINUED_AGAIN: usize = 504;

impl Header {
    /// Reads a header; `None` if the block is not one.
    pub(super) fn read(block: &TarBlock) -> Option<Self> {
        let announced = number(field(block, CHECKSUM))?;
        // Old programs added the bytes as signed numbers.
        let signed = |byte: &u8| if *byte < 0x80 { 0 } else { 256 };
        let sum = i64::from(checksum(block));
        if announced != sum && announced != sum - block.iter().map(signed).sum::<i64>() {
            return None;
        }
        let mut path = text(field(block, NAME)).to_vec();
        // The GNU form keeps other things in the place of the prefix.
        let prefix = text(field(block, PREFIX));
        if field(block, MAGIC) == USTAR && !prefix.is_empty() {
            path = [prefix, b"/", &path].concat();
        }
        let kind = block.get(TYPE).copied().unwrap_or_default();
        Some(Header {
            path,
            link: text(field(block, LINK)).to_vec(),
            kind,
            size: number(field(block, SIZE)).and_then(|size| size.try_into().ok()),
            mode: number(field(block, MODE)).and_then(|mode| mode.try_into().ok()).unwrap_or(0),
            modified: number(field(block, MTIME)),
            is_continued: kind == b'S' && block.get(CONTINUED) == Some(&1),
        })
    }
}

/// Returns whether a block that continues the header of a sparse file is followed by another one.
pub(super) fn is_continued_again(block: &TarBlock) -> bool {
    block.get(CONTINUED_AGAIN) == Some(&1)
}

fn field(block: &TarBlock, (at, length): (usize, usize)) -> &[u8] {
    block.get(at..(at + length).min(BLOCK)).unwrap_or_default()
}

/// Returns a field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Returns a number in octal digits, or in the binary form that GNU has for large and negative ones.
fn number(field: &[u8]) -> Option<i64> {
    match field.split_first() {
        Some((first, rest)) if first & 0x80 != 0 => {
            // The bit is the mark of the form, and the next one is the sign.
            let start = if first & 0x40 == 0 { i64::from(first & 0x3f) } else { i64::from(*first) - 256 };
            rest.iter().try_fold(start, |number, byte| number.checked_mul(256)?.checked_add(i64::from(*byte)))
        }
        _ => {
            let text = std::str::from_utf8(text(field)).ok()?.trim_matches(' ');
            let is_octal = text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
            match text {
                "" => Some(0),
                digits if is_octal => i64::from_str_radix(digits, 8).ok(),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        for (field, expected) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"", Some(0)),
            (b"\0\0\0", Some(0)),
            (b"9\0", None),
            (b"-1\0", None),
            (b"+7\0", None),
            (b"77777777777\0", Some(0o77_777_777_777)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(2 << 32)),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1)),
            (b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ] {
            assert_eq!(number(field), expected, "{field:?}");
        }
    }
}
