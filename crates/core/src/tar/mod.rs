//! The tar format: reading archives that may be hostile, and writing the headers of one.
//!
//! Archives are read in the ustar, pax and GNU forms [POSIX.1-2017, pax; GNU tar manual, "Basic Tar Format"] and written
//! in the ustar form with pax headers where ustar has no room.

mod header;
mod pax;
mod reader;
mod writer;

pub use reader::{ArchiveEntry, ArchiveReader, EntryType};
pub use writer::{END, EntryHeader, padding_after};

/// The size of a block in bytes: headers are one block, and contents are padded to whole ones.
const BLOCK: usize = 512;

/// A block.
type TarBlock = [u8; BLOCK];

/// Returns the number of bytes after a content of this length up to the end of its last block.
const fn padding(length: u64) -> u64 {
    (BLOCK as u64 - length % BLOCK as u64) % BLOCK as u64
}

// The fields of a header: offset and length in bytes.
const NAME: (usize, usize) = (0, 100);
const MODE: (usize, usize) = (100, 8);
const UID: (usize, usize) = (108, 8);
const GID: (usize, usize) = (116, 8);
const SIZE: (usize, usize) = (124, 12);
const MTIME: (usize, usize) = (136, 12);
const CHECKSUM: (usize, usize) = (148, 8);
const TYPE: usize = 156;
const LINK: (usize, usize) = (157, 100);
const MAGIC: (usize, usize) = (257, 8);
const PREFIX: (usize, usize) = (345, 155);

/// The magic and version of the form of POSIX.
const USTAR: &[u8] = b"ustar\x0000";

/// Returns the sum of the bytes of a header, with spaces for the checksum itself.
fn checksum(block: &TarBlock) -> u32 {
    let is_checksum = |at: usize| (CHECKSUM.0..CHECKSUM.0 + CHECKSUM.1).contains(&at);
    block.iter().enumerate().map(|(at, byte)| if is_checksum(at) { 32 } else { u32::from(*byte) }).sum()
}
