//! What a dialect is given: a request whose body it reads as it needs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::api_error::{ApiError, ApiResult};
use super::connection::Connection;
use super::faults::{ResultForm, SyncFault};
use wharf_core::body::{Body, Source};
use wharf_core::error::{Error, Kind, Result};
use wharf_wire::url::Query;

/// A request.
pub(super) struct ApiRequest {
    pub(super) method: Method,
    /// As it came, escaped.
    pub(super) path: String,
    pub(super) query: Query,
    pub(super) headers: HeaderMap,
    pub(super) body: Arc<RequestBody>,
    /// What becomes of the connection if its protocol is changed.
    pub(super) upgrade: Option<OnUpgrade>,
    /// What a fault makes of the answer.
    pub(super) response_fault: ResponseFault,
}

impl ApiRequest {
    /// Returns the body as one JSON object of at most `most` bytes; an empty object if there is no body.
    pub(super) async fn document<T: DeserializeOwned>(&self, most: u64) -> ApiResult<T> {
        let body = self.body.all(most).await?;
        let fields: serde_json::Result<Map<String, Value>> =
            if body.is_empty() { Ok(Map::new()) } else { serde_json::from_slice(&body) };
        let read = fields.and_then(|fields| serde_json::from_value(fields.into()));
        read.map_err(|e| ApiError::bad(format!("the body cannot be read: {e}")))
    }
}

/// What a fault makes of an answer that only a dialect can give.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct ResponseFault {
    /// Listings come in pages of at most this many entries.
    pub(super) page: Option<usize>,
    /// An upload is reported with this many bytes.
    pub(super) bytes_written: Option<u64>,
    /// What is done fails within an answer that says success.
    pub(super) inside: bool,
    /// How a sync goes wrong.
    pub(super) sync: Option<SyncFault>,
    /// The form of a tool's result.
    pub(super) result: Option<ResultForm>,
}

/// The body of a request. It is read once; each reader goes on where the last one stopped.
pub(super) struct RequestBody {
    reading: Mutex<ReadState>,
    announced: Option<u64>,
    taken: AtomicU64,
    broken: AtomicBool,
    cut: Option<UploadCut>,
    line: Arc<Connection>,
}

struct ReadState {
    incoming: Incoming,
    /// What was read and put back.
    ahead: Option<Bytes>,
    ended: bool,
}

/// Where a fault cuts a body off, and what happens then.
#[derive(Debug, Clone, Copy)]
pub(super) struct UploadCut {
    pub(super) at: u64,
    pub(super) then: UploadInterruption,
}

/// What happens at a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UploadInterruption {
    /// The connection is torn down.
    Reset,
    /// The same, and what came is taken for all of it.
    Keep,
    /// Nothing more is read.
    Stall,
}

impl RequestBody {
    /// Returns the body of a request, which is cut off where `cut` says for its length.
    pub(super) fn new(
        incoming: Incoming,
        cut: impl FnOnce(Option<u64>) -> Option<UploadCut>,
        line: Arc<Connection>,
    ) -> Arc<Self> {
        let announced = incoming.size_hint().exact();
        let reading = Mutex::new(ReadState { incoming, ahead: None, ended: false });
        let (taken, broken) = (AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(RequestBody { reading, announced, taken, broken, cut: cut(announced), line })
    }

    /// Returns how many bytes it says that it has; nothing for one that comes in chunks.
    pub(super) fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// Returns how many bytes were read.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Returns whether its sender went away before its end.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Returns the next block; nothing at the end, which is where the sender said it would be.
    ///
    /// # Errors
    /// `unavailable` where the sender went away before.
    pub(super) async fn next(&self) -> Result<Option<Bytes>> {
        let mut reading = self.reading.lock().await;
        if let Some(block) = reading.ahead.take() {
            return Ok(Some(block));
        }
        loop {
            if reading.ended {
                return Ok(None);
            }
            let taken = self.taken();
            if let Some(cut) = self.cut.filter(|cut| taken >= cut.at) {
                return self.cut_off(&mut reading, cut).await;
            }
            let Ok(frame) = timeout(self.line.patience(), reading.incoming.frame()).await else {
                reading.ended = true;
                self.broken.store(true, Ordering::Relaxed);
                return Err(Error::new(Kind::Unavailable, "the request stands still"));
            };
            match frame {
                Some(Ok(frame)) => {
                    let Ok(mut block) = frame.into_data() else { continue };
                    if let Some(cut) = self.cut {
                        block.truncate(usize::try_from(cut.at - taken).unwrap_or(usize::MAX));
                    }
                    self.taken.fetch_add(block.len() as u64, Ordering::Relaxed);
                    return Ok(Some(block));
                }
                Some(Err(e)) => {
                    reading.ended = true;
                    self.broken.store(true, Ordering::Relaxed);
                    return Err(Error::new(Kind::Unavailable, format!("the request was cut off: {e}")));
                }
                None if self.announced.is_some_and(|announced| announced != taken) => {
                    reading.ended = true;
                    self.broken.store(true, Ordering::Relaxed);
                    return Err(Error::new(Kind::Unavailable, "the request is shorter than it said"));
                }
                None => match self.cut {
                    Some(cut) => return self.cut_off(&mut reading, cut).await,
                    None => reading.ended = true,
                },
            }
        }
    }

    async fn cut_off(&self, reading: &mut ReadState, cut: UploadCut) -> Result<Option<Bytes>> {
        if cut.then == UploadInterruption::Stall {
            std::future::pending::<()>().await;
        }
        reading.ended = true;
        self.line.reset();
        match cut.then {
            UploadInterruption::Keep => Ok(None),
            _ => Err(Error::new(Kind::Unavailable, "the request was cut off on purpose")),
        }
    }

    /// Returns its beginning, of about `most` bytes or all, which the next reader gets again.
    pub(super) async fn peek(&self, most: u64) -> Bytes {
        let mut all = Vec::new();
        while let Ok(Some(block)) = self.next().await {
            all.extend_from_slice(&block);
            if all.len() as u64 > most {
                break;
            }
        }
        let all = Bytes::from(all);
        self.reading.lock().await.ahead = Some(all.clone()).filter(|all| !all.is_empty());
        all
    }

    /// Returns all of it, where it has at most `most` bytes.
    ///
    /// # Errors
    /// As [`RequestBody::next`]; `limit` where it has more.
    pub(super) async fn all(&self, most: u64) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(block) = self.next().await? {
            all.extend_from_slice(&block);
            if self.taken() > most {
                return Err(Error::new(Kind::Limit, format!("this request takes at most {most} bytes")));
            }
        }
        Ok(all)
    }

    /// Reads the rest away, up to `most` bytes: a client that is still sending would not see an
    /// answer.
    pub(super) async fn drain(&self, most: u64) {
        let from = self.taken();
        while self.taken() - from < most && matches!(self.next().await, Ok(Some(_))) {}
    }
}

/// A file that comes as the body of a request: it can be read once, and never has more than `most`
/// bytes.
pub(super) struct UploadSource {
    pub(super) body: Arc<RequestBody>,
    pub(super) name: String,
    pub(super) most: u64,
}

#[async_trait]
impl Source for UploadSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> Option<u64> {
        // What is cut off on purpose and kept is shorter than it said.
        self.body.announced().filter(|_| self.body.cut.is_none())
    }

    async fn open(&self) -> Result<Body> {
        let (body, most) = (Arc::clone(&self.body), self.most);
        let blocks = futures_util::stream::try_unfold(body, move |body| async move {
            let Some(block) = body.next().await? else { return Ok(None) };
            if body.taken() > most {
                return Err(Error::new(Kind::Limit, format!("an upload has at most {most} bytes")));
            }
            Ok(Some((block, body)))
        });
        Ok(Body::of_stream(self.len(), blocks.boxed()))
    }
}
