//! `multipart/form-data` with one file (RFC 7578), streamed.

use std::fmt::Write as _;

use bytes::Bytes;

use super::payload::Payload;
use wharf_core::body::Source;
use wharf_core::error::{Error, Result};
use wharf_core::random;

/// A form: fields, then a file, in the given order.
pub struct MultipartForm<'a> {
    /// Names and values before the file.
    pub fields: Vec<(&'a str, &'a str)>,
    /// The file.
    pub file: FilePart<'a>,
}

/// The file of a form.
pub struct FilePart<'a> {
    /// The part's name.
    pub name: &'a str,
    /// The file's name for the service.
    pub filename: &'a str,
    /// The media type of the file; without one, the part has no `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The content of the file.
    pub source: &'a dyn Source,
}

impl<'a> MultipartForm<'a> {
    /// Returns the content type and the content. The boundary has 128 random bits: a content cannot contain it by
    /// accident, and its author cannot predict it.
    ///
    /// # Errors
    /// `usage` for an invalid media type; `io` where the system gives no random bytes.
    pub(super) fn payload(self) -> Result<(String, Payload<'a>)> {
        let boundary = format!("wharf-{}", random::hex::<16>()?);
        let (before, after) = self.around(&boundary)?;
        Ok((format!("multipart/form-data; boundary={boundary}"), Payload::source(before, self.file.source, after)))
    }

    /// Returns the bytes before and after the file's content.
    fn around(&self, boundary: &str) -> Result<(Bytes, Bytes)> {
        let mut before = String::new();
        // Writing to a String cannot fail.
        for (name, value) in &self.fields {
            let name = quoted(name);
            let _ = write!(before, "--{boundary}\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n");
        }
        let (name, filename) = (quoted(self.file.name), quoted(self.file.filename));
        let _ = write!(before, "--{boundary}\r\nContent-Disposition: form-data; name={name}; filename={filename}\r\n");
        if let Some(kind) = self.file.content_type {
            if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
                return Err(Error::usage(format!("invalid media type: `{kind}`")));
            }
            let _ = write!(before, "Content-Type: {kind}\r\n");
        }
        before.push_str("\r\n");
        Ok((before.into(), format!("\r\n--{boundary}--\r\n").into()))
    }
}

/// Returns a quoted name as browsers write it: quotes and line breaks are escaped with `%`, all else is plain UTF-8
/// (WHATWG HTML, "multipart/form-data encoding algorithm").
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::body::Stdin;

    fn form<'a>(filename: &'a str, content_type: Option<&'a str>) -> MultipartForm<'a> {
        let file = FilePart { name: "file", filename, content_type, source: &Stdin };
        MultipartForm { fields: vec![("expires_in_seconds", "3600")], file }
    }

    #[test]
    fn a_form_is_written_as_browsers_write_it() {
        let (before, after) = form("ä \"b\"\r\nX: y.csv", Some("text/csv")).around("B").unwrap();
        assert_eq!(
            std::str::from_utf8(&before).unwrap(),
            "--B\r\nContent-Disposition: form-data; name=\"expires_in_seconds\"\r\n\r\n3600\r\n--B\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"ä %22b%22%0D%0AX: y.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        assert_eq!(after, &b"\r\n--B--\r\n"[..]);
    }

    #[test]
    fn a_type_cannot_bring_lines_of_its_own() {
        assert!(form("x", Some("text/plain\r\nX: y")).around("B").is_err());
        assert!(form("x", Some("")).around("B").is_err());
        assert!(form("x", None).around("B").is_ok());
    }

    #[test]
    fn boundaries_differ() {
        let (one, other) = (form("x", None).payload().unwrap().0, form("x", None).payload().unwrap().0);
        assert_ne!(one, other);
    }
}
