//! Streams of events as the runtime sends them: with comments while there are no events.

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use hyper::header::{CACHE_CONTROL, HeaderValue};
use tokio::time::timeout;

use crate::answer::{self, HttpResponse};
use crate::event_stream::HEARTBEAT;
use wharf_core::error::Result;

/// How much is sent at once, in bytes, so that a client that does not read costs no more memory.
pub(super) const BLOCK: usize = 64 << 10;

/// Returns an answer with events.
pub(super) fn answer(events: BoxStream<'static, Result<Bytes>>) -> HttpResponse {
    let frames = stream::unfold(events, |mut events| async move {
        match timeout(HEARTBEAT, events.next()).await {
            Ok(next) => next.map(|next| (next, events)),
            Err(_) => Some((Ok(Bytes::from_static(b": keep-alive\n\n")), events)),
        }
    });
    let mut answer = answer::stream("text/event-stream; charset=utf-8", frames.boxed());
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    answer
}
