//! Streams of bytes that are counted and hashed as they are read.
//!
//! A [`Source`] is something that can be read again from its start (a retry never sends half a
//! body); each reading is a [`Body`]. A file is read block by block as it is asked for; a pipe, which
//! may keep its reader waiting, is read by a thread of its own.

mod attributes;
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
pub use local_file::{LocalFile, Stdin, open_stdin};
pub use mapped::{MapSource, Md5Tee};

use crate::error::{Error, Kind, Result};
use crate::model::Timestamp;
use crate::platform;
use crate::pool::{BLOCK, Buffer};
use crate::thread;

/// Blocks between the reading thread and the consumer.
const IN_FLIGHT: usize = 16;

/// The length and the hash of the bytes that were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// One reading of something, in blocks.
pub struct Body {
    len: Option<u64>,
    input: Input,
    digest: Option<Digest>,
    progress: Option<Arc<AtomicU64>>,
    inspect: Option<Inspect>,
}

/// Sees what comes next, and may refuse it.
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
    /// The number of bytes that will come; `None` for a pipe.
    pub fn len(&self) -> Option<u64> {
        self.len
    }

    /// Whether it is known that nothing will come.
    pub fn is_empty(&self) -> bool {
        self.len == Some(0)
    }

    /// Disables hashing, for callers that pass the blocks to another body which hashes them: there is then no
    /// [`Body::digest`]. A pipe is hashed by its thread all the same.
    #[must_use]
    pub fn unhashed(mut self) -> Self {
        match &mut self.input {
            Input::File(FileReader { meter, .. }) | Input::Stream(meter, _) => meter.hash = None,
            Input::Thread(_) => {}
        }
        self
    }

    /// Adds every byte that is taken from here to `progress`.
    #[must_use]
    pub fn counted(mut self, progress: Arc<AtomicU64>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Shows every block to `inspect` before it is handed out, after those that were to see it before.
    #[must_use]
    pub fn inspect(mut self, mut inspect: impl FnMut(&Bytes) -> Result<()> + Send + 'static) -> Self {
        let before = self.inspect.take();
        self.inspect = Some(match before {
            None => Box::new(inspect),
            Some(mut before) => Box::new(move |block| before(block).and_then(|()| inspect(block))),
        });
        self
    }

    /// The next block, or `None` when all of it came and [`Body::digest`] is known.
    ///
    /// # Errors
    /// `conflict` where a file changed or ended early while it was read; `io` from the disk; what
    /// [`Body::inspect`] was told.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let block = match &mut self.input {
            Input::File(reader) => {
                // Reading a disk does not wait for anything that the runtime knows: make room for
                // signals and the clock.
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
                // Nor need a stream ever make its reader wait.
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

    /// What passed; known once [`Body::next`] has returned `None`.
    pub fn digest(&self) -> Result<&Digest> {
        self.digest.as_ref().ok_or_else(unhashed)
    }

    /// The `length` next bytes of an open regular file; fewer are a `conflict`, and where they
    /// reach to the end of the file (`to_end`), so are more, and so is a change of the file.
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

    /// Whatever `open` gives, to its end: a pipe, a FIFO, a device. `open` runs in the reading
    /// thread, because opening a FIFO waits for its writer.
    pub fn of_pipe<R: Read>(name: String, open: impl FnOnce() -> io::Result<R> + Send + 'static) -> Self {
        let (sender, blocks) = mpsc::channel(IN_FLIGHT);
        let shown = name.clone();
        let started = thread::spawn(move || {
            let opened = open().map_err(|e| Error::io(format!("opening `{name}`"), &e));
            let result = opened.and_then(|reader| pump(reader, &name, &sender));
            // A consumer that is gone needs no answer.
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

    /// When the file was last changed before it was opened.
    fn mtime(&self) -> Option<Timestamp> {
        match &self.input {
            Input::File(reader) => reader.mtime.and_then(|time| Timestamp::try_from(time).ok()),
            Input::Thread(_) | Input::Stream(..) => None,
        }
    }

    /// The same, and it is a `conflict` as well if the file loses its name meanwhile: it was removed,
    /// or another took its place.
    fn must_not_be_replaced(mut self) -> Self {
        if let Input::File(reader) = &mut self.input {
            reader.stays = true;
        }
        self
    }
}

/// Counts and hashes.
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
    /// A block came that was not full: there is no more.
    ended: bool,
    mtime: Option<SystemTime>,
    /// It had a name when it was opened.
    named: bool,
    /// It must have one at the end as well.
    stays: bool,
}

impl FileReader {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        // One byte more than announced shows that a file grew.
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

/// Reads and hashes to the end; stops early if the receiver is dropped.
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

/// As many bytes as a buffer holds; fewer only at the end.
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
    Error::conflict(format!("this file changed while it was read: `{name}`"))
        .hint("run the command again when nothing writes to it")
}

fn unhashed() -> Error {
    Error::new(Kind::Internal, "a body was not read to its end, or not hashed")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Something that can be sent, from its start, as often as it takes.
#[async_trait]
pub trait Source: Send + Sync {
    /// What messages call it.
    fn name(&self) -> &str;
    /// Its length; `None` for what has none before it was read: a pipe, which can be sent once.
    fn len(&self) -> Option<u64>;
    /// Whether it is known to be empty.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
    /// Whether reading it waits for nothing but a disk of this machine.
    fn is_at_hand(&self) -> bool {
        false
    }
    /// What goes along with it; nothing where that is not known.
    fn attributes(&self) -> Attributes {
        Attributes::default()
    }
    /// A new reading from its start.
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
