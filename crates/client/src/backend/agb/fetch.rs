//! Downloads: small files and ranges by the tool, others by presigned URLs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::future::join;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::stat::{AgbFiles, or_failed};
use super::tools::ToolOutcome;
use crate::backend::path_errors::{is_directory, missing};
use crate::backend::range;
use crate::backend::{ByteRange, FetchOptions, GetResult, RemoteHash};
use crate::http::{Class, other_length};
use wharf_core::body::{Attributes, Body};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Entry, EntryKind, SessionPath};
use wharf_wire::agb as wire;

/// The largest content that is read by the tool, in bytes. It takes as many calls as a presigned transfer, and each
/// carries a third more bytes.
const BY_TOOL: u64 = 8 * wire::READ_SURE;

/// The number of parallel calls for one file.
const AT_ONCE: usize = 4;

impl AgbFiles {
    /// Reads a file, or the one that a link leads to.
    pub(super) async fn fetch_content(&self, at: &SessionPath, options: FetchOptions) -> Result<GetResult> {
        if let Some(fetched) = self.fetch_unless_link(at, options, false).await? {
            return Ok(fetched);
        }
        // What the tools make of a link is not documented, so they are asked for its target.
        let real = self.realpath(at).await.map_err(|error| of_target(at, error))?;
        let fetched = self.fetch_unless_link(&real, options, true).await.map_err(|error| of_target(at, error))?;
        fetched.ok_or_else(|| missing(at))
    }

    /// Requests the size and the first block at the same time: most files are not longer than that. Returns `None` for a
    /// link, unless it is to be read as the tools read it.
    async fn fetch_unless_link(
        &self,
        at: &SessionPath,
        options: FetchOptions,
        reads_link: bool,
    ) -> Result<Option<GetResult>> {
        let range = options.range;
        let asked = range.unwrap_or(ByteRange { first: 0, last: None });
        let most = asked.last.map_or(u64::MAX, |last| last.saturating_sub(asked.first).saturating_add(1));
        let first = self.read(at, asked.first, most.min(wire::READ_SURE));
        let (entry, block) = join(self.look(at), first).await;
        let entry = match entry? {
            entry if entry.kind != EntryKind::Symlink => entry,
            _ if reads_link => self.info(at).await?,
            _ => return Ok(None),
        };
        match entry.kind {
            EntryKind::File => {}
            EntryKind::Directory => return Err(is_directory(at)),
            _ => return Err(Error::new(Kind::Unsupported, format!("`{at}` is neither a file nor a directory"))),
        }
        let size = entry
            .size
            .ok_or_else(|| Error::new(Kind::Unavailable, format!("the session did not report the size: `{at}`")))?;
        let (skip, take) = asked.resolve(size)?;
        let body = if take <= BY_TOOL {
            let block = if take == 0 { Bytes::new() } else { or_failed(at, block?)? };
            self.by_tool(at, skip, take, block)?
        } else {
            let whole = self.download(at, size, options.tried).await?;
            match range {
                Some(range) => range::of_whole(whole, range)?,
                None => whole,
            }
        };
        Ok(Some(GetResult { body, attributes: attributes(&entry), sha256: RemoteHash::Unknown, file_id: None }))
    }

    /// Returns a content whose first block was read already.
    fn by_tool(&self, at: &SessionPath, skip: u64, take: u64, first: Bytes) -> Result<Body> {
        let step = wire::READ_SURE;
        if take == 0 {
            return Ok(Body::of_stream(Some(0), stream::empty().boxed()));
        }
        let first = exactly(at, first, take.min(step))?;
        let offsets = (1..take.div_ceil(step)).map(move |block| block * step);
        let (files, at_block) = (self.clone(), at.clone());
        let rest = stream::iter(offsets)
            .map(move |offset| {
                let (files, at, length) = (files.clone(), at_block.clone(), (take - offset).min(step));
                async move {
                    let block = or_failed(&at, files.read(&at, skip + offset, length).await?)?;
                    exactly(&at, block, length)
                }
            })
            .buffered(AT_ONCE);
        Ok(Body::of_stream(Some(take), stream::iter([Ok(first)]).chain(rest).into_stream().boxed()))
    }

    /// Reads some bytes of a file, encoded as base64: as text, a character at either end could be cut.
    async fn read(&self, at: &SessionPath, offset: u64, length: u64) -> Result<ToolOutcome<Bytes>> {
        let asked = wire::ReadFile {
            path: at.path.to_string(),
            offset: Some(offset),
            length: Some(length),
            format: Some(wire::ReadFile::BINARY.to_owned()),
        };
        let text = match self.client.tool(Class::Safe, &at.session, wire::name::READ_FILE, &asked).await? {
            Ok(text) => text,
            Err(error) => return Ok(Err(error)),
        };
        let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = BASE64_STANDARD.decode(text).map_err(|e| {
            Error::new(Kind::Unavailable, format!("the session sent invalid base64 ({e}): `{at}`")).caused_by(&e)
        })?;
        Ok(Ok(bytes.into()))
    }
}

/// Returns the error of the target of a link as one of the link, if the target does not exist.
fn of_target(at: &SessionPath, error: Error) -> Error {
    if error.kind() == Kind::NotFound && error.code().is_none() { missing(at) } else { error }
}

fn attributes(entry: &Entry) -> Attributes {
    let executable = entry.mode.is_some_and(|mode| mode.0 & 0o111 != 0);
    Attributes { modified_at: entry.modified_at, executable }
}

/// Returns a block after checking its length.
fn exactly(at: &SessionPath, block: Bytes, length: u64) -> Result<Bytes> {
    let came = block.len() as u64;
    if came == length { Ok(block) } else { Err(other_length(&at.to_string(), length, came)) }
}
