//! A source whose bodies are modified, and an MD5 of the bytes of a body.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use md5::{Digest as _, Md5};

use super::{Attributes, Body, Source, hex};
use crate::error::Result;
use crate::sync::lock;

/// A source that applies a function to each body of another source.
pub struct MapSource<S, F> {
    source: S,
    map: F,
}

impl<S, F> MapSource<S, F> {
    /// Creates a source that passes each body of `source` through `map`.
    pub fn new(source: S, map: F) -> Self {
        MapSource { source, map }
    }
}

#[async_trait]
impl<S, F> Source for MapSource<S, F>
where
    S: Deref + Send + Sync,
    S::Target: Source,
    F: Fn(Body) -> Body + Send + Sync,
{
    fn name(&self) -> &str {
        self.source.name()
    }

    fn len(&self) -> Option<u64> {
        self.source.len()
    }

    fn announced_len(&self) -> Option<u64> {
        self.source.announced_len()
    }

    fn is_at_hand(&self) -> bool {
        self.source.is_at_hand()
    }

    fn attributes(&self) -> Attributes {
        self.source.attributes()
    }

    async fn open(&self) -> Result<Body> {
        Ok((self.map)(self.source.open().await?))
    }
}

/// Computes the MD5 of a body while it is read. S3, OSS and compatible storage report it as the `ETag`.
#[derive(Clone, Default)]
pub struct Md5Tee(Arc<Mutex<Md5>>);

impl Md5Tee {
    /// Starts a new MD5 with the bytes of `body`; returns the body to read.
    pub fn see(&self, body: Body) -> Body {
        *self.hash() = Md5::new();
        let seen = self.clone();
        body.inspect(move |block| {
            seen.hash().update(block);
            Ok(())
        })
    }

    /// Returns the MD5 of the bytes read so far, in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        hex(&self.hash().clone().finalize())
    }

    fn hash(&self) -> MutexGuard<'_, Md5> {
        lock(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::LocalFile;

    #[tokio::test]
    async fn it_is_the_md5_of_what_passed_last() {
        let (dir, md5) = (tempfile::tempdir().unwrap(), Md5Tee::default());
        for (content, sum) in [("hello", "5d41402abc4b2a76b9719d911017c592"), ("", "d41d8cd98f00b204e9800998ecf8427e")]
        {
            let path = dir.path().join("f");
            std::fs::write(&path, content).unwrap();
            let file = LocalFile::new(&path).unwrap();
            let source = MapSource::new(&file, |body| md5.see(body));
            for _ in 0..2 {
                let mut body = source.open().await.unwrap();
                while body.next().await.unwrap().is_some() {}
                assert_eq!(md5.hex(), sum);
            }
        }
    }
}
