//! Streams of bytes that are counted and hashed while they are read.
//!
//! A [`Source`] can be opened several times, so that a retry always starts at the beginning; each pass through it is a
//! [`Body`]. The blocks of a file are read on demand. A pipe may block its reader, so it is read by a thread of its
//! own.
//!
//! ```
//! use wharf_core::body::{LocalFile, Source as _};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> wharf_core::error::Result<()> {
//! let source = LocalFile::new("Cargo.toml".as_ref())?;
//! let mut body = source.open().await?;
//! let mut length = 0;
//! while let Some(block) = body.next().await? {
//!     length += block.len() as u64;
//! }
//! let digest = body.digest()?;
//! assert_eq!((Some(digest.bytes), digest.sha256.len()), (source.len(), 64));
//! assert_eq!(digest.bytes, length);
//! # Ok(())
//! # }
//! ```

mod attributes;
mod in_memory;
mod local_file;
mod mapped;

use std::fs::File;
use std::future::ready;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

pub use attributes::Attributes;
pub use in_memory::InMemory;
pub use local_file::{FileCheck, LocalFile, Stdin, open_stdin};
pub use mapped::{MapSource, Md5Tee};

use crate::error::{Error, Kind, Result};
use crate::model::Timestamp;
use crate::platform;
use crate::pool::{BLOCK, Buffer};
use crate::thread;

/// The maximum number of blocks between the reading thread and the consumer.
const IN_FLIGHT: usize = 16;

/// The length and hash of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The length in bytes.
    pub bytes: u64,
    /// The SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// A single pass through a source, in blocks.
pub struct Body {
    len: Option<u64>,
    input: Input,
    digest: Option<Digest>,
    progress: Option<Arc<AtomicU64>>,
    inspect: Option<Inspect>,
}

/// A function that sees each block before the consumer, and can reject it.
type Inspect = Box<dyn FnMut(&Bytes) -> Result<()> + Send>;

enum Input {
    File(FileReader),
    Thread(mpsc::Receiver<PipeMessage>),
    Stream(Meter, BoxStream<'static, Result<Bytes>>),
}

enum PipeMessage {
    Block(Bytes),
    End(Digest),
    Failed(Error),
}

impl Body {
    /// Returns the total length in bytes; `None` if it is unknown, as for a pipe.
    pub fn len(&self) -> Option<u64> {
        self.len
    }

    /// Returns whether the body is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.len == Some(0)
    }

    /// Disables hashing, for callers that pass the blocks to another body which hashes them. [`Body::digest`] then
    /// fails, except for a pipe, whose thread always hashes.
    #[must_use]
    pub fn unhashed(mut self) -> Self {
        match &mut self.input {
            Input::File(FileReader { meter, .. }) | Input::Stream(meter, _) => meter.hash = None,
            Input::Thread(_) => {}
        }
        self
    }

    /// Adds the length of each block that is read from now on to `progress`.
    #[must_use]
    pub fn counted(mut self, progress: Arc<AtomicU64>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Calls `inspect` with each block before it is returned, after functions that were added earlier. An error from
    /// `inspect` ends the body.
    #[must_use]
    pub fn inspect(mut self, mut inspect: impl FnMut(&Bytes) -> Result<()> + Send + 'static) -> Self {
        let before = self.inspect.take();
        self.inspect = Some(match before {
            None => Box::new(inspect),
            Some(mut before) => Box::new(move |block| before(block).and_then(|()| inspect(block))),
        });
        self
    }

    /// Returns the next block; `None` at the end, when [`Body::digest`] is available.
    ///
    /// # Errors
    /// `conflict` if a file changed or ended early while it was read; `io` from the disk; errors of functions added by
    /// [`Body::inspect`].
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let block = match &mut self.input {
            Input::File(reader) => {
                // Reading from a disk never yields to the runtime, which has to handle signals and timers as well.
                tokio::task::coop::consume_budget().await;
                let block = reader.next().await?;
                if block.is_none() && self.digest.is_none() {
                    self.digest = reader.finish()?;
                }
                block
            }
            Input::Thread(blocks) => match blocks.recv().await {
                Some(PipeMessage::Block(block)) => Some(block),
                Some(PipeMessage::End(digest)) => {
                    self.digest = Some(digest);
                    None
                }
                Some(PipeMessage::Failed(error)) => return Err(error),
                None if self.digest.is_some() => None,
                None => return Err(Error::new(Kind::Internal, "a reader thread ended without a result")),
            },
            Input::Stream(meter, blocks) => {
                // A stream may always be ready, too.
                tokio::task::coop::consume_budget().await;
                let block = blocks.next().await.transpose()?;
                match &block {
                    Some(block) => meter.take(block),
                    None if self.digest.is_none() => self.digest = meter.digest(),
                    None => {}
                }
                block
            }
        };
        if let (Some(block), Some(inspect)) = (&block, &mut self.inspect) {
            inspect(block)?;
        }
        if let (Some(block), Some(progress)) = (&block, &self.progress) {
            progress.fetch_add(block.len() as u64, Ordering::Relaxed);
        }
        Ok(block)
    }

    /// Reads everything, and returns the SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn sha256(mut self) -> Result<String> {
        while self.next().await?.is_some() {}
        self.digest().map(|digest| digest.sha256.clone())
    }

    /// Returns the length and hash of the whole body.
    ///
    /// # Errors
    /// `internal` if the body was not read to its end, or not hashed.
    pub fn digest(&self) -> Result<&Digest> {
        self.digest.as_ref().ok_or_else(unhashed)
    }

    /// Returns a body of the next `length` bytes of an open regular file. A shorter file is a `conflict`. If `to_end`
    /// is true, the bytes must reach to the end of the file, and a longer or modified file is a `conflict` as well.
    pub fn of_file(file: File, name: String, length: u64, to_end: bool) -> Self {
        let meta = file.metadata().ok();
        let mtime = meta.as_ref().and_then(|meta| meta.modified().ok());
        let named = meta.as_ref().is_some_and(|meta| !platform::is_nameless(meta));
        let meter = Meter::default();
        let reader = FileReader { meter, file, name, length, to_end, ended: false, mtime, named, stays: false };
        Body::new(Some(length), Input::File(reader))
    }

    /// Returns a body of blocks from a stream, with `len` bytes if the length is known. The stream must end with an
    /// error if it was cut off.
    pub fn of_stream(len: Option<u64>, blocks: BoxStream<'static, Result<Bytes>>) -> Self {
        Body::new(len, Input::Stream(Meter::default(), blocks))
    }

    /// Returns a body that reads a pipe, a FIFO or a device to its end. `open` runs in the reading thread, because
    /// opening a FIFO waits for its writer.
    pub fn of_pipe<R: Read>(name: String, open: impl FnOnce() -> io::Result<R> + Send + 'static) -> Self {
        let (sender, blocks) = mpsc::channel(IN_FLIGHT);
        let shown = name.clone();
        let started = thread::spawn(move || {
            let opened = open().map_err(|e| Error::io(format!("opening `{name}`"), &e));
            let result = opened.and_then(|reader| pump(reader, &name, &sender));
            // If the consumer is gone, the result is not needed.
            drop(sender.blocking_send(result.map_or_else(PipeMessage::Failed, PipeMessage::End)));
        });
        match started {
            Ok(()) => Body::new(None, Input::Thread(blocks)),
            Err(e) => {
                let failed = Err(Error::io(format!("reading `{shown}`"), &e));
                Body::of_stream(None, stream::once(ready(failed)).boxed())
            }
        }
    }

    fn new(len: Option<u64>, input: Input) -> Self {
        Body { len, input, digest: None, progress: None, inspect: None }
    }

    /// Returns the modification time of the file when it was opened.
    fn mtime(&self) -> Option<Timestamp> {
        match &self.input {
            Input::File(reader) => reader.mtime.and_then(|time| Timestamp::try_from(time).ok()),
            Input::Thread(_) | Input::Stream(..) => None,
        }
    }

    /// Makes it a `conflict` if the file is removed or replaced while it is read.
    fn must_not_be_replaced(mut self) -> Self {
        if let Input::File(reader) = &mut self.input {
            reader.stays = true;
        }
        self
    }
}

/// The count and hash of the bytes of a body.
struct Meter {
    bytes: u64,
    hash: Option<Sha256>,
}

impl Default for Meter {
    fn default() -> Self {
        Meter { bytes: 0, hash: Some(Sha256::default()) }
    }
}

impl Meter {
    fn take(&mut self, block: &[u8]) {
        self.bytes += block.len() as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(block);
        }
    }

    fn digest(&mut self) -> Option<Digest> {
        let (bytes, hash) = (self.bytes, self.hash.take()?);
        Some(Digest { bytes, sha256: hex(&hash.finalize()) })
    }
}

struct FileReader {
    meter: Meter,
    file: File,
    name: String,
    length: u64,
    to_end: bool,
    /// Whether a block was not full, which means that the file has ended.
    ended: bool,
    mtime: Option<SystemTime>,
    /// Whether the file had a name when it was opened.
    named: bool,
    /// Whether the file must still have a name at the end.
    stays: bool,
}

impl FileReader {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        // One more byte than announced shows that the file has grown.
        let wanted = (self.length - self.meter.bytes.min(self.length)).saturating_add(u64::from(self.to_end));
        let block = fill(Buffer::take().await, &mut Read::by_ref(&mut self.file).take(wanted), &self.name)?;
        self.ended = block.len() < BLOCK;
        self.meter.take(&block);
        if self.meter.bytes > self.length {
            return Err(changed(&self.name));
        }
        Ok(Some(block).filter(|block| !block.is_empty()))
    }

    fn finish(&mut self) -> Result<Option<Digest>> {
        let now = self.file.metadata().ok();
        let mtime = now.as_ref().and_then(|meta| meta.modified().ok());
        let lost = self.stays && self.named && now.as_ref().is_some_and(platform::is_nameless);
        if self.meter.bytes != self.length || lost || self.to_end && mtime != self.mtime {
            return Err(changed(&self.name));
        }
        Ok(self.meter.digest())
    }
}

/// Reads and hashes `reader` to its end; stops early if the receiver is dropped.
fn pump(mut reader: impl Read, name: &str, sender: &mpsc::Sender<PipeMessage>) -> Result<Digest> {
    let mut meter = Meter::default();
    loop {
        let block = fill(Buffer::take_in_thread(), &mut reader, name)?;
        meter.take(&block);
        let last = block.len() < BLOCK;
        if !block.is_empty() && sender.blocking_send(PipeMessage::Block(block)).is_err() {
            return Err(Error::new(Kind::Interrupted, format!("reading `{name}` was cancelled")));
        }
        if last {
            return meter.digest().ok_or_else(unhashed);
        }
    }
}

/// Fills a buffer from `reader`. A buffer that is not full means the end.
fn fill(mut block: Buffer, reader: &mut impl Read, name: &str) -> Result<Bytes> {
    while !block.is_full() {
        match reader.read(block.rest()) {
            Ok(0) => break,
            Ok(filled) => block.advance(filled),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Error::io(format!("reading `{name}`"), &e)),
        }
    }
    Ok(block.freeze())
}

fn changed(name: &str) -> Error {
    Error::conflict(format!("file `{name}` changed while it was read"))
        .hint("run the command again when no program writes to it")
}

fn unhashed() -> Error {
    Error::new(Kind::Internal, "a body was not read to its end, or not hashed")
}

/// Returns `bytes` in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A source of bytes that can be read from its start, several times if it has a known length.
#[async_trait]
pub trait Source: Send + Sync {
    /// Returns the name for messages.
    fn name(&self) -> &str;
    /// Returns the length in bytes; `None` if it is unknown until the end, as for a pipe, which can be read once.
    fn len(&self) -> Option<u64>;
    /// Returns whether the source is known to be empty.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
    /// Returns the length that a source announces even if it can be read only once, as an entry of an archive does.
    fn announced_len(&self) -> Option<u64> {
        self.len()
    }
    /// Returns whether reading depends on nothing but a local disk.
    fn is_at_hand(&self) -> bool {
        false
    }
    /// Returns the attributes of the file, as far as they are known.
    fn attributes(&self) -> Attributes {
        Attributes::default()
    }
    /// Starts a new pass from the beginning.
    async fn open(&self) -> Result<Body>;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn drain(mut body: Body) -> Result<Digest> {
        while body.next().await?.is_some() {}
        body.digest().cloned()
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn small_and_large_files_are_counted_and_hashed_alike() {
        let dir = tempfile::tempdir().unwrap();
        for size in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 10 * BLOCK + 7] {
            let path = dir.path().join("f");
            let content: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
            std::fs::write(&path, &content).unwrap();
            let file = LocalFile::new(&path).unwrap();
            let digest = run(async { drain(file.open().await?).await }).unwrap();
            assert_eq!(digest, Digest { bytes: size as u64, sha256: hex(&Sha256::digest(&content)) }, "{size}");
        }
    }

    #[test]
    fn a_stream_is_counted_and_hashed_to_its_end_or_its_error() {
        let blocks = |last: Result<Bytes>| {
            let blocks = [Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c")), last];
            futures_util::stream::iter(blocks).boxed()
        };
        let body = Body::of_stream(Some(4), blocks(Ok(Bytes::from_static(b"d"))));
        assert_eq!(body.len(), Some(4));
        assert_eq!(run(drain(body)).unwrap(), Digest { bytes: 4, sha256: hex(&Sha256::digest(b"abcd")) });
        let cut = Body::of_stream(Some(4), blocks(Err(Error::new(Kind::Unavailable, "cut off"))));
        assert_eq!(run(drain(cut)).unwrap_err().kind(), Kind::Unavailable);
    }

    #[test]
    fn a_file_that_shrank_or_grew_is_a_conflict() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        for (planned, found) in [(10, 9), (10, 11), (5 * BLOCK, 4 * BLOCK), (5 * BLOCK, 6 * BLOCK)] {
            std::fs::write(&path, vec![1; planned]).unwrap();
            let file = LocalFile::new(&path).unwrap();
            std::fs::write(&path, vec![1; found]).unwrap();
            let error = run(async { drain(file.open().await?).await }).unwrap_err();
            assert_eq!(error.kind(), Kind::Conflict, "{planned} {found}");
        }
    }
}
