//! `multipart/form-data` (RFC 7578) as it comes in, part by part.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use hyper::header::CONTENT_TYPE;
use tokio::sync::Mutex;

use super::request::{ApiRequest, RequestBody};
use wharf_core::body::{Attributes, Body, Source};
use wharf_core::error::{Error, Kind, Result};

/// The most bytes of a part's headers.
const HEAD_MAX: usize = 16 * 1024;

/// A form that is being read.
pub(super) struct MultipartReader {
    body: Arc<RequestBody>,
    /// What comes before every part but for the line that begins it: a line's end and two dashes.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    /// Whether the content of a part is being read, or what stands before the first.
    inside: bool,
}

/// What a part says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartHead {
    /// Its name.
    pub(super) name: String,
    /// The file name, as it is on the wire.
    pub(super) filename: Option<String>,
    /// Its media type.
    pub(super) content_type: Option<String>,
}

impl MultipartReader {
    /// The form that a request brings.
    ///
    /// # Errors
    /// `usage` where it brings something else.
    pub(super) fn of(request: &ApiRequest) -> Result<Self> {
        let kind = request.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = match kind.split_once(';') {
            Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("multipart/form-data") => {
                parameter(rest, "boundary")
            }
            _ => None,
        };
        let boundary = boundary.filter(|boundary| !boundary.is_empty() && boundary.len() <= 70);
        let boundary = boundary.ok_or_else(|| Error::usage("the body is no multipart/form-data with a boundary"))?;
        // As if a line ended before the first part.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Ok(MultipartReader { body: Arc::clone(&request.body), delimiter, buffer, inside: true })
    }

    /// The next part; what was not read of the one before is passed over.
    ///
    /// # Errors
    /// `usage` for what is no form; `unavailable` where the sender went away.
    pub(super) async fn next(&mut self) -> Result<Option<PartHead>> {
        while self.inside {
            self.block().await?;
        }
        while self.buffer.len() < 2 {
            self.more().await?;
        }
        if self.buffer.starts_with(b"--") {
            return Ok(None);
        }
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.buffer.len() > HEAD_MAX {
                return Err(Error::usage("a part of the form has too large a head"));
            }
            self.more().await?;
        };
        let head = self.buffer.split_to(end + 4);
        let head = std::str::from_utf8(&head).map_err(|_| Error::usage("the head of a part is not UTF-8"))?;
        self.inside = true;
        // An empty content is followed at once by what begins with the end of a line.
        let mut part = PartHead::default();
        for line in head.split("\r\n") {
            let Some((name, value)) = line.split_once(':') else { continue };
            if name.trim().eq_ignore_ascii_case("content-disposition") {
                part.name = parameter(value, "name").unwrap_or_default();
                part.filename = parameter(value, "filename");
            } else if name.trim().eq_ignore_ascii_case("content-type") {
                part.content_type = Some(value.trim().to_owned()).filter(|kind| !kind.is_empty());
            }
        }
        Ok(Some(part))
    }

    /// The next block of the part; nothing at its end.
    ///
    /// # Errors
    /// As [`MultipartReader::next`].
    pub(super) async fn block(&mut self) -> Result<Option<Bytes>> {
        while self.inside {
            match find(&self.buffer, &self.delimiter) {
                Some(0) => {
                    drop(self.buffer.split_to(self.delimiter.len()));
                    self.inside = false;
                }
                Some(at) => return Ok(Some(self.buffer.split_to(at).freeze())),
                // Its end may be the beginning of a delimiter.
                None if self.buffer.len() > self.delimiter.len() => {
                    let sure = self.buffer.len() - self.delimiter.len();
                    return Ok(Some(self.buffer.split_to(sure).freeze()));
                }
                None => self.more().await?,
            }
        }
        Ok(None)
    }

    /// The rest of the part as text, of at most `most` bytes.
    ///
    /// # Errors
    /// As [`MultipartReader::next`], and for more or no text.
    pub(super) async fn text(&mut self, most: usize) -> Result<String> {
        let mut text = Vec::new();
        while let Some(block) = self.block().await? {
            text.extend_from_slice(&block);
            if text.len() > most {
                return Err(Error::usage("a part of the form is too long"));
            }
        }
        String::from_utf8(text).map_err(|_| Error::usage("a part of the form is no text"))
    }

    async fn more(&mut self) -> Result<()> {
        let block = self.body.next().await?.ok_or_else(|| Error::usage("the form has no end"))?;
        self.buffer.extend_from_slice(&block);
        Ok(())
    }
}

/// Where `wanted`, which begins with the end of a line, is.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let at = from + rest.iter().position(|byte| *byte == b'\r')?;
        if bytes.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// A parameter of a header: a word, or text between quotes. `%22` and the like stay as they are.
fn parameter(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (word, after) = rest.split_once('=').filter(|(word, _)| !word.contains(';')).or_else(|| {
            // A word alone, such as `form-data`.
            rest.split_once(';').map(|_| ("", ""))
        })?;
        if word.is_empty() {
            rest = rest.split_once(';')?.1;
            continue;
        }
        let (value, behind) = if let Some(quoted) = after.strip_prefix('"') {
            let mut value = String::new();
            let mut signs = quoted.char_indices();
            let end = loop {
                match signs.next()? {
                    (at, '"') => break at + 1,
                    (_, '\\') if quoted.contains("\\\"") => value.push(signs.next()?.1),
                    (_, sign) => value.push(sign),
                }
            };
            (value, quoted.get(end..)?)
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after.get(..end)?.trim().to_owned(), after.get(end..)?)
        };
        if word.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = behind;
    }
}

/// The content of a form's part as a file, which can be read once and has at most `most` bytes.
pub(super) struct PartSource {
    pub(super) form: Arc<Mutex<MultipartReader>>,
    pub(super) name: String,
    pub(super) most: u64,
}

#[async_trait]
impl Source for PartSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        None
    }

    fn attributes(&self) -> Attributes {
        Attributes::default()
    }

    async fn open(&self) -> Result<Body> {
        let most = self.most;
        let state = (Arc::clone(&self.form), 0_u64);
        let blocks = futures_util::stream::try_unfold(state, move |(form, taken)| async move {
            let Some(block) = form.lock().await.block().await? else { return Ok(None) };
            let taken = taken + block.len() as u64;
            if taken > most {
                return Err(Error::new(Kind::Limit, format!("a file has at most {most} bytes")));
            }
            Ok(Some((block, (form, taken))))
        });
        Ok(Body::of_stream(None, blocks.boxed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_words_or_quoted() {
        let value = r#" form-data; name="file"; filename="odd%22name ü;=.bin""#;
        assert_eq!(parameter(value, "name").as_deref(), Some("file"));
        assert_eq!(parameter(value, "filename").as_deref(), Some("odd%22name ü;=.bin"));
        assert_eq!(parameter(value, "other"), None);
        assert_eq!(parameter(" boundary=ab-c; x=1", "boundary").as_deref(), Some("ab-c"));
        assert_eq!(parameter(r#"form-data; name="a\"b""#, "name").as_deref(), Some("a\"b"));
        assert_eq!(parameter(r#"form-data; name=x; filename="C:\dir\f""#, "filename").as_deref(), Some("C:\\dir\\f"));
        for broken in ["", "form-data", "form-data; name=\"x", ";;=;"] {
            assert_eq!(parameter(broken, "name"), None, "{broken}");
        }
    }

    #[test]
    fn a_delimiter_is_found_behind_ends_of_lines() {
        assert_eq!(find(b"a\r\r\n\r\n--b", b"\r\n--b"), Some(4));
        assert_eq!(find(b"a\r\n--", b"\r\n--b"), None);
        assert_eq!(find(b"", b"\r\n--b"), None);
    }
}
