//! Temporary files for pipes, for services that need the length in advance.

use std::fs::File;
use std::io::{self, Seek, Write};

use async_trait::async_trait;

use wharf_core::body::{Attributes, Body, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_core::platform;

/// The content of a pipe in a temporary file, so that its length is known and it can be sent again. The file has no
/// name, so that it disappears with the process.
pub(super) struct Spooled {
    file: File,
    name: String,
    len: u64,
    attributes: Attributes,
}

impl Spooled {
    /// Reads a source to its end, at most `most` bytes.
    ///
    /// # Errors
    /// What `too_large` makes of the source's name; those of the source; `io` from the temporary file.
    pub(super) async fn of(source: &dyn Source, most: u64, too_large: fn(&str) -> Error) -> Result<Self> {
        let doing = |e: io::Error| {
            let error = Error::io("copying the upload to a temporary file", &e).of_kind(Kind::Io);
            let place = platform::shown(std::env::temp_dir());
            match e.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    error.hint(format!("free some space in `{place}`, or set TMPDIR to a directory that has more"))
                }
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    error.hint(format!("set TMPDIR to a directory that can be written to: it is `{place}` now"))
                }
                _ => error,
            }
        };
        let mut file = tempfile::tempfile().map_err(doing)?;
        let mut body = source.open().await?.unhashed();
        let mut len = 0;
        while let Some(block) = body.next().await? {
            len += block.len() as u64;
            if len > most {
                return Err(too_large(source.name()));
            }
            file.write_all(&block).map_err(doing)?;
        }
        Ok(Spooled { file, name: source.name().to_owned(), len, attributes: source.attributes() })
    }
}

#[async_trait]
impl Source for Spooled {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        Some(self.len)
    }

    fn attributes(&self) -> Attributes {
        self.attributes
    }

    /// Opens the content. Only one body may be open at a time: all share the position in the file.
    async fn open(&self) -> Result<Body> {
        let doing = |e: io::Error| Error::io(format!("reading `{}`", self.name), &e);
        let mut file = self.file.try_clone().map_err(doing)?;
        file.rewind().map_err(doing)?;
        Ok(Body::of_file(file, self.name.clone(), self.len, true))
    }
}
