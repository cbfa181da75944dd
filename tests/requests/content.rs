//! What is uploaded: of a length that is known, or not.

use std::io::{self, Cursor, Seek, Write};

use async_trait::async_trait;
use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Result};

/// A file, or a pipe.
pub(crate) struct Sample {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_pipe: bool,
}

#[async_trait]
impl Source for Sample {
    fn name(&self) -> &'static str {
        "sample"
    }

    fn len(&self) -> Option<u64> {
        (!self.is_pipe).then_some(self.bytes.len() as u64)
    }

    async fn open(&self) -> Result<Body> {
        let bytes = self.bytes.clone();
        if self.is_pipe {
            return Ok(Body::of_pipe(self.name().to_owned(), move || Ok(Cursor::new(bytes))));
        }
        let doing = |e: io::Error| Error::io("making the sample", &e);
        let mut file = tempfile::tempfile().map_err(doing)?;
        file.write_all(&bytes).and_then(|()| file.rewind()).map_err(doing)?;
        Ok(Body::of_file(file, self.name().to_owned(), bytes.len() as u64, true))
    }
}
