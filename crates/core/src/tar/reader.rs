//! An archive that is read from a stream, entry by entry, with bounded memory.

use bytes::Bytes;

use super::header::{Header, is_continued_again};
use super::pax::PaxRecords;
use super::{BLOCK, TarBlock, padding};
use crate::advice::Step;
use crate::body::Body;
use crate::error::{Error, Kind, Result};
use crate::model::Timestamp;

/// The largest header that says more of an entry, in bytes: a long name, or records of pax.
const EXTENSION_BYTES: u64 = 1 << 20;

/// The most zeros that are read after the end of an archive, in bytes: a program that writes to a pipe must not fail
/// because the last of them are not read.
const TRAILING_BYTES: u64 = 16 << 20;

/// Reads an archive.
pub struct ArchiveReader {
    body: Body,
    name: String,
    /// What was read and not used yet.
    rest: Bytes,
    /// The position in the archive, in bytes.
    at: u64,
    /// The bytes of the current content that are left, and those after it up to the next header.
    left: u64,
    padding: u64,
}

/// An entry of an archive, as the archive has it.
pub struct ArchiveEntry {
    /// The path, as bytes.
    pub path: Vec<u8>,
    /// The type.
    pub kind: EntryType,
    /// The length of the content.
    pub size: u64,
    /// Whether any of its permission bits allows to run it.
    pub executable: bool,
    /// The modification time.
    pub modified_at: Option<Timestamp>,
}

/// The type of an entry.
pub enum EntryType {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link to a path that is relative to its directory.
    Symlink(Vec<u8>),
    /// Another name for a path in the archive.
    HardLink(Vec<u8>),
    /// Anything else, in words.
    Other(&'static str),
}

/// What the headers before an entry say of it.
#[derive(Default)]
struct Extensions {
    pax: PaxRecords,
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl ArchiveReader {
    /// Returns the reader of an archive with a name for messages.
    pub fn new(body: Body, name: &str) -> Self {
        ArchiveReader { body, name: name.to_owned(), rest: Bytes::new(), at: 0, left: 0, padding: 0 }
    }

    /// Returns the next entry; `None` at the end. What was not read of the content of the last entry is skipped.
    ///
    /// # Errors
    /// `unsupported` for what is not an archive; `conflict` for one that is damaged; `io` for one that is cut off.
    pub async fn next(&mut self) -> Result<Option<ArchiveEntry>> {
        let mut extensions = Extensions::default();
        loop {
            self.skip().await?;
            let begun = self.at > 0;
            let Some(block) = self.block().await? else {
                return Err(if begun { self.cut_off() } else { self.not_an_archive("is empty") });
            };
            if is_zero(&block) {
                self.end().await?;
                return Ok(None);
            }
            let Some(header) = Header::read(&block) else {
                return Err(if begun { self.damaged("a header is invalid") } else { self.unknown(&block) });
            };
            let size = header.size.ok_or_else(|| self.damaged("a size is invalid"))?;
            match header.kind {
                b'x' => {
                    let text = self.extension(size).await?;
                    extensions.pax = PaxRecords::read(&text).ok_or_else(|| self.damaged("a pax header is invalid"))?;
                }
                b'g' => {
                    let text = self.extension(size).await?;
                    let records = PaxRecords::read(&text).ok_or_else(|| self.damaged("a pax header is invalid"))?;
                    if records.names_entry() {
                        return Err(self.damaged("a global header names a path or a size"));
                    }
                }
                b'L' => extensions.path = Some(self.long_name(size).await?),
                b'K' => extensions.link = Some(self.long_name(size).await?),
                // The name of the archive.
                b'V' => self.content_of(size),
                _ => return self.entry(header, size, extensions).await.map(Some),
            }
        }
    }

    /// Returns the next part of the content of the current entry; `None` at its end.
    ///
    /// # Errors
    /// `io` if the archive is cut off; those of reading.
    pub async fn content(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        if !self.fill().await? {
            return Err(self.cut_off());
        }
        let part = self.take(self.left);
        self.left -= part.len() as u64;
        Ok(Some(part))
    }

    async fn entry(&mut self, header: Header, size: u64, extensions: Extensions) -> Result<ArchiveEntry> {
        let Extensions { pax, path, link } = extensions;
        let path = pax.path.or(path).unwrap_or(header.path);
        let link = pax.link.or(link).unwrap_or(header.link);
        let size = pax.size.unwrap_or(size);
        let mut more = header.is_continued;
        while more {
            let block = self.block().await?.ok_or_else(|| self.cut_off())?;
            more = is_continued_again(&block);
        }
        let (kind, has_content) = match header.kind {
            _ if pax.is_sparse => (EntryType::Other("a sparse file"), true),
            b'0' | b'\0' | b'7' if path.ends_with(b"/") => (EntryType::Directory, true),
            b'0' | b'\0' | b'7' => (EntryType::File, true),
            b'1' => (EntryType::HardLink(link), false),
            b'2' => (EntryType::Symlink(link), false),
            b'3' | b'4' => (EntryType::Other("a device"), false),
            b'5' => (EntryType::Directory, false),
            b'6' => (EntryType::Other("a FIFO"), false),
            b'S' => (EntryType::Other("a sparse file"), true),
            b'M' => (EntryType::Other("a part of a file in another volume"), true),
            _ => (EntryType::Other("of an unknown type"), true),
        };
        self.content_of(if has_content { size } else { 0 });
        let modified_at = pax.modified_at.or_else(|| Timestamp::from_second(header.modified?).ok());
        Ok(ArchiveEntry { path, kind, size, executable: header.mode & 0o111 != 0, modified_at })
    }

    /// Reads the content of a header that says more of an entry.
    async fn extension(&mut self, size: u64) -> Result<Vec<u8>> {
        if size > EXTENSION_BYTES {
            let what = format!("a header of {size} bytes is larger than {EXTENSION_BYTES}");
            return Err(Error::new(Kind::Limit, format!("{what}: `{}` at byte {}", self.name, self.at))
                .hint("files that arrived before are complete"));
        }
        self.content_of(size);
        let mut text = Vec::new();
        while let Some(part) = self.content().await? {
            text.extend_from_slice(&part);
        }
        Ok(text)
    }

    /// Reads a name that was too long for a header of GNU's form; a NUL ends it.
    async fn long_name(&mut self, size: u64) -> Result<Vec<u8>> {
        let mut name = self.extension(size).await?;
        if name.last() == Some(&0) {
            name.pop();
        }
        Ok(name)
    }

    fn content_of(&mut self, size: u64) {
        (self.left, self.padding) = (size, padding(size));
    }

    /// Skips the rest of the current content, up to the next header.
    async fn skip(&mut self) -> Result<()> {
        while self.content().await?.is_some() {}
        while self.padding > 0 {
            if !self.fill().await? {
                return Err(self.cut_off());
            }
            let part = self.take(self.padding);
            self.padding -= part.len() as u64;
        }
        Ok(())
    }

    /// Reads what follows the first block of the end: another such block, and zeros.
    async fn end(&mut self) -> Result<()> {
        let begin = self.at;
        while self.at - begin < TRAILING_BYTES && self.fill().await? {
            let part = self.take(u64::MAX);
            if !is_zero(&part) {
                return Err(Error::conflict(format!("data follows the end of the archive: `{}`", self.name))
                    .hint("unpack archives that were joined one by one; files that arrived before are complete"));
            }
        }
        Ok(())
    }

    /// Reads a block; `None` at the end of the input.
    async fn block(&mut self) -> Result<Option<TarBlock>> {
        let (mut block, mut filled) = ([0; BLOCK], 0);
        while let Some(free) = block.get_mut(filled..).filter(|free| !free.is_empty()) {
            if !self.fill().await? {
                return match (filled, self.at > BLOCK as u64) {
                    (0, _) => Ok(None),
                    (_, true) => Err(self.cut_off()),
                    (_, false) => Err(self.unknown(&block)),
                };
            }
            let part = self.take(free.len() as u64);
            free.iter_mut().zip(&part).for_each(|(to, from)| *to = *from);
            filled += part.len();
        }
        Ok(Some(block))
    }

    /// Reads on if nothing is left; returns whether there is something.
    async fn fill(&mut self) -> Result<bool> {
        while self.rest.is_empty() {
            match self.body.next().await? {
                Some(block) => self.rest = block,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Takes at most `most` bytes of what was read.
    fn take(&mut self, most: u64) -> Bytes {
        let length = usize::try_from(most).unwrap_or(usize::MAX).min(self.rest.len());
        self.at += length as u64;
        self.rest.split_to(length)
    }

    fn cut_off(&self) -> Error {
        Error::new(Kind::Io, format!("the archive `{}` is cut off after {} bytes", self.name, self.at))
            .hint("files that arrived before are complete; check the program that wrote the archive")
    }

    fn damaged(&self, what: &str) -> Error {
        Error::conflict(format!("the archive `{}` is damaged: {what} before byte {}", self.name, self.at))
            .hint("files that arrived before are complete")
    }

    fn not_an_archive(&self, why: &str) -> Error {
        Error::new(Kind::Unsupported, format!("`{}` is not a tar archive: it {why}", self.name))
            .hint(format!("upload it as one file: {}", Step::Upload { source: &self.name, target: "SESSION:/FILE" }))
    }

    /// Returns the error of an input that does not begin as an archive does.
    fn unknown(&self, block: &TarBlock) -> Error {
        const COMPRESSED: [(&[u8], &str, &str); 4] = [
            (b"BZh", "bzip2", "bunzip2 -c"),
            (b"\xfd7zXZ\0", "xz", "xz -dc"),
            (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
            (b"\x1f\x9d", "compress", "uncompress -c"),
        ];
        match COMPRESSED.iter().find(|(magic, ..)| block.starts_with(magic)) {
            Some((_, by, command)) => {
                let what = format!("`{}` is compressed with {by}, which wharf does not unpack", self.name);
                Error::new(Kind::Unsupported, what).hint(format!("decompress it first: `{command} | ...`"))
            }
            None => self.not_an_archive("does not begin with a header"),
        }
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
