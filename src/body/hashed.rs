//! A source whose MD5 is asked for: what storages in the manner of S3 and OSS call an `ETag`.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use md5::{Digest as _, Md5};

use super::{Attributes, Body, Source, hex};
use crate::error::Result;

/// Another source, whose MD5 is known once it was read to its end.
pub struct Hashed<'a> {
    source: &'a dyn Source,
    hash: Arc<Mutex<Md5>>,
}

impl<'a> Hashed<'a> {
    /// The same source.
    pub fn new(source: &'a dyn Source) -> Self {
        Hashed { source, hash: Arc::default() }
    }

    /// The MD5 of what passed last, in lower-case hexadecimal.
    pub fn md5(&self) -> String {
        hex(&self.hash.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize())
    }
}

#[async_trait]
impl Source for Hashed<'_> {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn len(&self) -> Option<u64> {
        self.source.len()
    }

    fn attributes(&self) -> Attributes {
        self.source.attributes()
    }

    async fn open(&self) -> Result<Body> {
        let body = self.source.open().await?;
        *self.hash.lock().unwrap_or_else(PoisonError::into_inner) = Md5::new();
        let hash = Arc::clone(&self.hash);
        Ok(body.within(move |block| {
            hash.lock().unwrap_or_else(PoisonError::into_inner).update(block);
            Ok(())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::LocalFile;

    #[tokio::test]
    async fn it_is_the_md5_of_what_passed_last() {
        let dir = tempfile::tempdir().unwrap();
        for (content, md5) in [("hello", "5d41402abc4b2a76b9719d911017c592"), ("", "d41d8cd98f00b204e9800998ecf8427e")]
        {
            let path = dir.path().join("f");
            std::fs::write(&path, content).unwrap();
            let file = LocalFile::new(&path).unwrap();
            let source = Hashed::new(&file);
            for _ in 0..2 {
                let mut body = source.open().await.unwrap();
                while body.next().await.unwrap().is_some() {}
                assert_eq!(source.md5(), md5);
            }
        }
    }
}
