//! The bytes of an archive, which gzip may have compressed.

use std::fs::File;
use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::plan::LocalSource;
use wharf_core::body::{Body, open_stdin};
use wharf_core::error::Result;

/// The first bytes of a content that gzip compressed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens an archive: a file, or standard input.
///
/// # Errors
/// `io` if standard input cannot be read. Those of a file appear when it is read.
pub(super) fn open(source: &LocalSource) -> Result<Body> {
    let name = source.name.clone();
    Ok(if let Some(path) = source.path.clone() {
        Body::of_pipe(name, move || unpacked(File::open(path)?))
    } else {
        let stdin = open_stdin()?;
        Body::of_pipe("standard input".to_owned(), move || unpacked(stdin))
    }
    .unhashed())
}

/// Returns a reader of the content, which is decompressed if it begins as gzip's output does.
fn unpacked(mut reader: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    Read::by_ref(&mut reader).take(GZIP.len() as u64).read_to_end(&mut head)?;
    let is_packed = head == GZIP;
    let whole = Cursor::new(head).chain(reader);
    Ok(if is_packed { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}
