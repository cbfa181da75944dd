//! Answers that are streams of events, failing in their middle.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use hyper::header::CONTENT_TYPE;

use super::answer::{BodyError, HttpResponse, ResponseBody};
use super::connection::Connection;
use super::faults::StreamFault;
use wharf_core::error::{Error, Kind};

/// How often a stream without events says that it is still there.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);

/// What the media type of a stream of events begins with.
const MEDIA_TYPE: &[u8] = b"text/event-stream";

/// Returns a streamed answer with a fault, and any other as it is.
pub(super) fn with_fault(answer: HttpResponse, fault: StreamFault, line: Arc<Connection>) -> HttpResponse {
    let streamed = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(MEDIA_TYPE));
    if !streamed {
        return answer;
    }
    let (head, content) = answer.into_parts();
    let cut = CutStream { content, fault, line, read: BytesMut::new(), events: 0, over: false };
    let frames = stream::try_unfold(cut, |mut cut| async move {
        Ok::<_, BodyError>(cut.next().await?.map(|frame| (Frame::data(frame), cut)))
    });
    Response::from_parts(head, BodyExt::boxed_unsync(StreamBody::new(frames)))
}

/// A stream of events with a fault.
struct CutStream {
    content: ResponseBody,
    fault: StreamFault,
    line: Arc<Connection>,
    /// What is not a whole frame yet.
    read: BytesMut,
    /// How many events have come.
    events: usize,
    over: bool,
}

impl CutStream {
    /// Returns what is sent next; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        if self.fault == StreamFault::Drop(self.events) {
            // What came before is to arrive.
            if self.events > 0 {
                self.line.flushed().await;
            }
            return Err(Error::new(Kind::Unavailable, "dropped on purpose").into());
        }
        while !self.over {
            let Some(frame) = self.frame().await? else { break };
            if !is_event(&frame) {
                return Ok(Some(frame));
            }
            self.events += 1;
            match self.fault {
                StreamFault::KeepaliveOnly => {}
                StreamFault::SilentEnd(number) if self.events == number => {
                    self.over = true;
                    return Ok(Some(frame.slice(..frame.len() / 2)));
                }
                StreamFault::Drop(_) | StreamFault::SilentEnd(_) => return Ok(Some(frame)),
            }
        }
        Ok(None)
    }

    /// Returns the next frame with the blank line at its end; `None` where no whole one follows.
    async fn frame(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            if let Some(end) = self.read.windows(2).position(|window| window == b"\n\n") {
                return Ok(Some(self.read.split_to(end + 2).freeze()));
            }
            match self.content.frame().await.transpose()? {
                Some(frame) => self.read.extend_from_slice(&frame.into_data().unwrap_or_default()),
                None => return Ok(None),
            }
        }
    }
}

/// Returns whether a frame is an event: neither comments nor a ping.
fn is_event(frame: &[u8]) -> bool {
    let mut lines = frame.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b":"));
    lines.next().is_some_and(|line| line != b"event: ping")
}
