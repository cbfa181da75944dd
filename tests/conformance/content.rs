//! What the tests send: from memory, and from pipes that end, break or wait.

use std::io::{self, Cursor, Read, Seek, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use wharf_core::body::{Body, Digest, Source, hex};
use wharf_core::error::{Error, Result};

/// A file of known length.
pub(crate) struct Content<'a>(pub(crate) &'a [u8]);

#[async_trait]
impl Source for Content<'_> {
    fn name(&self) -> &'static str {
        "the test's file"
    }

    fn len(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    async fn open(&self) -> Result<Body> {
        let doing = |e: io::Error| Error::io("making the test's file", &e);
        let mut file = tempfile::tempfile().map_err(doing)?;
        file.write_all(self.0).and_then(|()| file.rewind()).map_err(doing)?;
        Ok(Body::of_file(file, self.name().to_owned(), self.0.len() as u64, true))
    }
}

/// A pipe: its length is unknown until it ends.
pub(crate) struct Pipe(pub(crate) Vec<u8>);

#[async_trait]
impl Source for Pipe {
    fn name(&self) -> &'static str {
        "the test's pipe"
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let bytes = self.0.clone();
        Ok(Body::of_pipe(self.name().to_owned(), move || Ok(Cursor::new(bytes))))
    }
}

/// A pipe that yields this number of bytes and then a disk error.
pub(crate) struct BrokenSource(pub(crate) u64);

#[async_trait]
impl Source for BrokenSource {
    fn name(&self) -> &'static str {
        "the test's broken pipe"
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let first = self.0;
        Ok(Body::of_pipe(self.name().to_owned(), move || Ok(io::repeat(b'x').take(first).chain(Fault))))
    }
}

/// A pipe that gives these bytes at once and ends when the other end of its gate is dropped. It can
/// be opened once.
pub(crate) struct GatedPipe(&'static [u8], Mutex<Option<Receiver<()>>>);

impl GatedPipe {
    /// The pipe, and what holds it open.
    pub(crate) fn new(bytes: &'static [u8]) -> (Self, Sender<()>) {
        let (open, gate) = channel();
        (GatedPipe(bytes, Mutex::new(Some(gate))), open)
    }
}

#[async_trait]
impl Source for GatedPipe {
    fn name(&self) -> &'static str {
        "the test's held pipe"
    }

    fn len(&self) -> Option<u64> {
        None
    }

    async fn open(&self) -> Result<Body> {
        let gate = self.1.lock().unwrap_or_else(PoisonError::into_inner).take().map(Gate);
        let gate = gate.ok_or_else(|| Error::usage("a held pipe is opened once"))?;
        let bytes = self.0;
        Ok(Body::of_pipe(self.name().to_owned(), move || Ok(bytes.chain(gate))))
    }
}

struct Gate(Receiver<()>);

impl Read for Gate {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        // An error says that the other end is gone.
        let _ = self.0.recv();
        Ok(0)
    }
}

struct Fault;

impl Read for Fault {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the test's fault"))
    }
}

/// Bytes without a pattern that a block's length divides.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

/// What passes when all of `bytes` pass.
pub(crate) fn summary(bytes: &[u8]) -> Digest {
    Digest { bytes: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
}
