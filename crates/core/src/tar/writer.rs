//! The headers of an archive that is written.

use super::{BLOCK, CHECKSUM, GID, MAGIC, MODE, MTIME, NAME, SIZE, TYPE, TarBlock, UID, USTAR, checksum, padding, pax};
use crate::model::Timestamp;

/// The properties of an entry.
pub struct EntryHeader<'a> {
    /// The path below the root of the archive, with a slash at its end for a directory.
    pub path: &'a str,
    /// The permission bits.
    pub mode: u32,
    /// The number of bytes of a file.
    pub size: u64,
    /// The modification time.
    pub modified_at: Timestamp,
}

/// The end of an archive.
pub const END: &[u8] = &[0; 2 * BLOCK];

/// Returns the zeros that follow a content of this length.
pub fn padding_after(length: u64) -> &'static [u8] {
    const ZEROS: &[u8] = &[0; BLOCK];
    let length = usize::try_from(padding(length)).unwrap_or(0);
    ZEROS.get(..length).unwrap_or_default()
}

/// The largest size that fits the field of ustar.
const LARGEST: u64 = 0o77_777_777_777;

impl EntryHeader<'_> {
    /// Returns the header as bytes, with a pax header before it where ustar has no room for a property.
    pub fn write(&self) -> Vec<u8> {
        let mut records = Vec::new();
        if self.path.len() > NAME.1 || !self.path.is_ascii() {
            pax::push(&mut records, "path", self.path);
        }
        if self.size > LARGEST {
            pax::push(&mut records, "size", &self.size.to_string());
        }
        let (seconds, nanos) = (self.modified_at.as_second(), self.modified_at.subsec_nanosecond());
        if nanos != 0 || seconds < 0 {
            pax::push(&mut records, "mtime", &time(self.modified_at));
        }
        let mut bytes = Vec::new();
        if !records.is_empty() {
            let header = block("././@PaxHeader", b'x', 0o644, records.len() as u64, 0);
            bytes.extend_from_slice(&header);
            bytes.extend_from_slice(&records);
            bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        }
        let kind = if self.path.ends_with('/') { b'5' } else { b'0' };
        let seconds = u64::try_from(seconds).unwrap_or(0);
        bytes.extend_from_slice(&block(self.path, kind, self.mode, self.size.min(LARGEST), seconds));
        bytes
    }
}

/// Formats a time in seconds for a pax header.
fn time(at: Timestamp) -> String {
    let nanos = at.as_nanosecond();
    let (whole, part) = (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
    format!("{}{whole}.{part:09}", if nanos < 0 { "-" } else { "" })
}

/// Returns one header. A path that does not fit is cut: a pax header has it whole.
fn block(path: &str, kind: u8, mode: u32, size: u64, seconds: u64) -> TarBlock {
    let mut block = [0; BLOCK];
    put(&mut block, NAME, path.as_bytes());
    put(&mut block, MODE, format!("{:07o}", mode & 0o7777).as_bytes());
    put(&mut block, UID, b"0000000");
    put(&mut block, GID, b"0000000");
    put(&mut block, SIZE, format!("{size:011o}").as_bytes());
    put(&mut block, MTIME, format!("{:011o}", seconds.min(LARGEST)).as_bytes());
    put(&mut block, (TYPE, 1), &[kind]);
    put(&mut block, MAGIC, USTAR);
    let sum = checksum(&block);
    put(&mut block, CHECKSUM, format!("{sum:06o}\0 ").as_bytes());
    block
}

/// Sets a field to a value, as far as there is room.
fn put(block: &mut TarBlock, (at, length): (usize, usize), value: &[u8]) {
    for (byte, new) in block.iter_mut().skip(at).zip(value.iter().take(length)) {
        *byte = *new;
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Header;
    use super::*;

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let modified_at = Timestamp::new(1_700_000_000, 0).unwrap();
        let bytes = EntryHeader { path: "d/a.txt", mode: 0o755, size: 1234, modified_at }.write();
        let header = Header::read(bytes.as_slice().try_into().unwrap()).unwrap();
        assert_eq!((header.path, header.kind, header.size), (b"d/a.txt".to_vec(), b'0', Some(1234)));
        assert_eq!((header.mode, header.modified), (0o755, Some(1_700_000_000)));
    }

    #[test]
    fn what_ustar_has_no_room_for_is_in_a_pax_header() {
        let modified_at = Timestamp::new(-1, -500_000_000).unwrap();
        let path = format!("é/{}/", "x".repeat(200));
        let bytes = EntryHeader { path: &path, mode: 0o755, size: 9 << 30, modified_at }.write();
        assert_eq!(bytes.len(), 3 * BLOCK);
        let records = pax::PaxRecords::read(bytes[BLOCK..2 * BLOCK].split(|byte| *byte == 0).next().unwrap()).unwrap();
        assert_eq!((records.path, records.size), (Some(path.into_bytes()), Some(9 << 30)));
        assert_eq!(records.modified_at, Some(modified_at));
    }
}
