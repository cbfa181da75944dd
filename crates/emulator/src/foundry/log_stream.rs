//! The log of a session as a stream.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::timeout;

use super::session_log::{KEPT, LogStream, SessionLogLine, frame};
use super::{ApiError, ApiResult, FoundryEmulator, flag, sse};
use crate::answer::{HttpResponse, now};
use crate::request::ApiRequest;

/// The most lines that `tail` asks for \[azd\].
const TAIL_MAX: usize = 300;

/// After this time without lines, a stream says so \[azd\].
const QUIET: Duration = Duration::from_secs(60);

impl FoundryEmulator {
    /// Answers with the log of a session. It stays open unless the client wants only what there is.
    pub(super) async fn session_log(&self, agent: &str, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let session = self.find_session(agent, id).await?.id;
        let query = &request.query;
        let only = match query.get("kind") {
            None => None,
            Some("console") => Some(LogStream::Stderr),
            Some("system") => Some(LogStream::Status),
            Some(_) => return Err(ApiError::bad("kind is console or system")),
        };
        let tail = match query.get("tail").map(str::parse) {
            None => KEPT,
            Some(Ok(tail @ 1..=TAIL_MAX)) => tail,
            Some(_) => return Err(ApiError::bad(format!("tail is 1 to {TAIL_MAX}"))),
        };
        let follow = query.get("follow").is_none() || flag(query, "follow")?;
        let wanted = move |line: &&SessionLogLine| only.is_none_or(|only| line.stream == only);
        let (text, next, changed) = self.logs.with(&session, |log| {
            let mut lines: Vec<_> = log.lines.iter().filter(wanted).collect();
            lines.drain(..lines.len().saturating_sub(tail));
            let connected = frame(now(), LogStream::Status, "Successfully connected to container");
            let text = lines.into_iter().fold(connected, |text, line| text + &line.frame());
            (text, log.first + log.lines.len(), log.changed.subscribe())
        });
        let first = stream::iter([Ok(Bytes::from(text))]);
        if !follow {
            return Ok(sse::answer(first.boxed()));
        }
        let logs = Arc::clone(&self.logs);
        let rest =
            stream::unfold((logs, session, next, changed), move |(logs, session, next, mut changed)| async move {
                loop {
                    match timeout(QUIET, changed.changed()).await {
                        Ok(Ok(())) => {}
                        // The session is gone.
                        Ok(Err(_)) => return None,
                        Err(_) => {
                            let text = frame(now(), LogStream::Status, "No logs since last 60 seconds");
                            return Some((Ok(Bytes::from(text)), (logs, session, next, changed)));
                        }
                    }
                    let (text, after): (String, usize) = logs.with(&session, |log| {
                        let new = log.lines.iter().skip(next.saturating_sub(log.first));
                        (new.filter(wanted).map(SessionLogLine::frame).collect(), log.first + log.lines.len())
                    });
                    if !text.is_empty() {
                        return Some((Ok(Bytes::from(text)), (logs, session, after, changed)));
                    }
                }
            });
        Ok(sse::answer(first.chain(rest).boxed()))
    }
}
