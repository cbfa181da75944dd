//! Ranges of contents that a service sends only completely.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

use super::ByteRange;
use wharf_core::body::Body;
use wharf_core::error::{Error, Result};

/// Returns a range of a content that is only available completely: bytes before the range are read and dropped, and
/// bytes after it are not read.
///
/// # Errors
/// `usage` where the range begins past the end, as far as the length is known beforehand.
pub(super) fn of_whole(body: Body, range: ByteRange) -> Result<Body> {
    let whole = body.len();
    let (skip, take) = match whole {
        Some(size) => range.resolve(size)?,
        None => (range.first, range.last.map_or(u64::MAX, |last| (last - range.first.min(last)).saturating_add(1))),
    };
    let blocks = stream::try_unfold((body, skip, take), move |(mut body, mut skip, mut take)| async move {
        while take > 0 {
            let Some(mut block) = body.next().await? else {
                // Of a content of unknown length its end shows whether the range begins within it.
                range.resolve(body.digest()?.bytes)?;
                return Ok(None);
            };
            let before = block.len().min(usize::try_from(skip).unwrap_or(usize::MAX));
            let _ = block.split_to(before);
            skip -= before as u64;
            block.truncate(usize::try_from(take).unwrap_or(usize::MAX));
            take -= block.len() as u64;
            if !block.is_empty() {
                return Ok(Some((block, (body, skip, take))));
            }
        }
        Ok::<Option<(Bytes, _)>, Error>(None)
    });
    Ok(Body::of_stream(whole.map(|_| take), blocks.boxed()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::error::Kind;

    #[test]
    fn a_range_of_any_content_is_exact() {
        let run = |known: bool, first: u64, last: Option<u64>| {
            let blocks = ["012", "", "3456", "789"].map(|block| Ok(Bytes::from_static(block.as_bytes())));
            let body = Body::of_stream(known.then_some(10), stream::iter(blocks).boxed());
            let drained = async {
                let mut body = super::of_whole(body, ByteRange { first, last })?;
                let mut all = Vec::new();
                while let Some(block) = body.next().await? {
                    all.extend_from_slice(&block);
                }
                Ok::<_, Error>(String::from_utf8(all).unwrap())
            };
            futures_util::FutureExt::now_or_never(drained).unwrap()
        };
        for known in [true, false] {
            assert_eq!(run(known, 0, Some(0)).unwrap(), "0");
            assert_eq!(run(known, 2, Some(3)).unwrap(), "23");
            assert_eq!(run(known, 4, None).unwrap(), "456789");
            assert_eq!(run(known, 9, Some(u64::MAX)).unwrap(), "9");
            assert_eq!(run(known, 10, None).unwrap_err().kind(), Kind::Usage);
        }
    }
}
