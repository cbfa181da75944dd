//! The log of a session: what its container writes.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, try_unfold};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep_until, timeout};

use super::client::FoundryClient;
use super::errors::passing;
use super::sessions::version_of;
use crate::backend::follow_pace::FollowPace;
use crate::backend::turn::{LogKind, LogQuery, Logs};
use crate::http::{Class, Request, ServerEvent, ServerEvents};
use wharf_core::advice::Step;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Encoding, Event, EventKind, Provider, SessionId, Timestamp};
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::foundry::logs::{LoggedLine, TAIL_MAX, parameter, stream};
use wharf_wire::json;

/// How long a log that is not followed may bring no line, after which it counts as read: the service was seen to leave
/// the stream open.
const LAST: Duration = Duration::from_secs(3);

/// How long a log that is not followed is read after its first line: a service that follows it all the same sends those that
/// are written meanwhile.
const ALL: Duration = Duration::from_secs(15);

/// How long it may take to bring the first one.
const FIRST: Duration = Duration::from_secs(30);

/// How long a log that is followed may bring no line before its stream is opened again.
const SILENCE: Duration = Duration::from_secs(30 * 60);

/// The lines of a log that explain a failure.
const FEW: u32 = 5;

/// How long these may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the stream may bring no line, after which these are all.
const PAUSE: Duration = Duration::from_secs(1);

/// The logs of an agent's sessions.
pub(super) struct FoundryLogs {
    /// Has no deadline: a log that is followed has no end.
    pub(super) client: Arc<FoundryClient>,
}

#[async_trait]
impl Logs for FoundryLogs {
    async fn read(&self, session: &SessionId, query: &LogQuery) -> Result<BoxStream<'_, Result<Event>>> {
        if query.tail.is_some_and(|lines| !(1..=TAIL_MAX).contains(&lines)) {
            return Err(Error::usage(format!("the service takes from 1 to {TAIL_MAX} lines")));
        }
        let stream = self.client.open_log(session, query).await?;
        let reader = LogReader {
            client: Arc::clone(&self.client),
            session: session.clone(),
            query: query.clone(),
            state: LogState::Open(Box::new(stream)),
            due: Instant::now() + FIRST,
            end: None,
            last: VecDeque::new(),
            pace: FollowPace::new(),
            seen: SeenLines::default(),
        };
        let lines = try_unfold(reader, |mut reader| async move {
            let line = reader.next().await?;
            Ok(line.map(|line| (line, reader)))
        });
        Ok(lines.boxed())
    }
}

/// Reads a log.
struct LogReader {
    client: Arc<FoundryClient>,
    session: SessionId,
    query: LogQuery,
    state: LogState,
    /// When a log that is not followed counts as read.
    due: Instant,
    /// When it does so although lines still come: they are written while it is read.
    end: Option<Instant>,
    /// The last lines of a log of which only these are wanted: not every service heeds the number.
    last: VecDeque<Event>,
    pace: FollowPace,
    seen: SeenLines,
}

enum LogState {
    Open(Box<ServerEvents>),
    /// To be opened again, not before then.
    Broken(Instant),
    /// Broken for good, with lines that were not returned yet.
    Failed(Error),
    Over,
}

impl LogReader {
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            match &mut self.state {
                LogState::Over => return Ok(self.last.pop_front()),
                LogState::Failed(error) => {
                    // Lines that came are no worse for what broke after them.
                    return self.last.pop_front().map_or_else(|| Err(error.clone()), |line| Ok(Some(line)));
                }
                LogState::Open(stream) => {
                    let due = (!self.query.follow).then_some(self.due);
                    let frame = tokio::select! {
                        frame = stream.next() => frame,
                        () = until(due) => Ok(None),
                    };
                    match frame {
                        Ok(Some(frame)) => {
                            let now = Instant::now();
                            self.due = (now + LAST).min(*self.end.get_or_insert(now + ALL));
                            self.pace.succeeded();
                            let line = line(&self.session, &frame);
                            // What the platform says of the stream has the time of its opening.
                            let at = line.at.filter(|_| matches!(line.kind, EventKind::Stdout | EventKind::Stderr));
                            if !self.seen.insert(&frame.data, at) {
                                continue;
                            }
                            let Some(tail) = self.query.tail.filter(|_| !self.query.follow) else {
                                return Ok(Some(line));
                            };
                            self.last.push_back(line);
                            while self.last.len() > tail as usize {
                                self.last.pop_front();
                            }
                        }
                        Ok(None) if !self.query.follow => self.state = LogState::Over,
                        Err(error) if !self.query.follow => self.state = LogState::Failed(error),
                        Ok(None) => self.broke(Error::new(Kind::Unavailable, "the stream of the log ended"))?,
                        Err(error) => self.broke(error)?,
                    }
                }
                LogState::Broken(due) => {
                    sleep_until(*due).await;
                    // All that the service has: lines that came before are left out.
                    let query = LogQuery { tail: None, ..self.query.clone() };
                    match self.client.open_log(&self.session, &query).await {
                        Ok(stream) => {
                            self.seen.begin_again();
                            self.state = LogState::Open(Box::new(stream));
                        }
                        Err(error) if error.kind() == Kind::NotFound => self.state = LogState::Over,
                        Err(error) => self.broke(error)?,
                    }
                }
            }
        }
    }

    fn broke(&mut self, error: Error) -> Result<()> {
        self.state = LogState::Broken(self.pace.failed(passing(error)?)?);
        Ok(())
    }
}

/// The lines that came: a stream that is opened again repeats the last ones.
#[derive(Default)]
struct SeenLines {
    hasher: RandomState,
    /// The newest lines, the oldest first.
    order: VecDeque<u64>,
    /// Lines of the streams before this one that it has not repeated yet, and how many are alike.
    repeated: HashMap<u64, u32>,
    /// The time of the first line: a stream that is opened again has older ones that were not wanted.
    first: Option<Timestamp>,
}

impl SeenLines {
    /// Returns whether a line is new.
    fn insert(&mut self, data: &str, at: Option<Timestamp>) -> bool {
        let hash = self.hasher.hash_one(data);
        if let Some(count) = self.repeated.get_mut(&hash).filter(|count| **count > 0) {
            *count -= 1;
            return false;
        }
        if self.first.zip(at).is_some_and(|(first, at)| at < first) {
            return false;
        }
        self.first = self.first.or(at);
        self.order.push_back(hash);
        if self.order.len() > TAIL_MAX as usize {
            self.order.pop_front();
        }
        true
    }

    fn begin_again(&mut self) {
        self.repeated.clear();
        for hash in &self.order {
            *self.repeated.entry(*hash).or_default() += 1;
        }
    }
}

/// Returns a line as an event. The service calls its form opaque: one that is not known is shown as it is.
fn line(session: &SessionId, frame: &ServerEvent) -> Event {
    let text: Option<Box<RawValue>> = json::object(frame.data.as_bytes()).ok();
    let known: Option<LoggedLine> = json::object(frame.data.as_bytes()).ok();
    let (kind, at, message) = match known {
        Some(LoggedLine { timestamp, stream, message: Some(message) }) => {
            let kind = match stream.as_deref() {
                Some(stream::STDOUT) => EventKind::Stdout,
                Some(stream::STDERR) => EventKind::Stderr,
                Some(_) => EventKind::Status,
                None => EventKind::Other,
            };
            (kind, timestamp, message)
        }
        Some(LoggedLine { timestamp, .. }) => (EventKind::Other, timestamp, frame.data.clone()),
        None => (EventKind::Other, None, frame.data.clone()),
    };
    Event {
        at,
        text: Some(message),
        encoding: Some(Encoding::Utf8),
        provider_type: Some(frame.name.clone()).filter(|name| !name.is_empty()),
        provider: text.as_ref().map(Provider::of).unwrap_or_default(),
        ..Event::new(kind, session)
    }
}

impl FoundryClient {
    /// Opens the log of a session: by the route that takes a query \[azd\], or, where there is none, by that of the
    /// official clients \[recorded\].
    ///
    /// # Errors
    /// Those of the service.
    async fn open_log(&self, session: &SessionId, query: &LogQuery) -> Result<ServerEvents> {
        let request = self.call(Class::Safe, FoundryOperation::SessionLog, &[session.as_str()])?;
        match with_query(request, query).fetch().await {
            Err(error) if matches!(error.status(), Some(404 | 405 | 501)) => {
                // Of a session that does not exist this is the better error.
                let request = self.call(Class::Safe, FoundryOperation::GetSession, &[session.as_str()])?;
                let version = version_of(&request.send().await?)?;
                let request = self.call(Class::Safe, FoundryOperation::VersionLog, &[&version, session.as_str()])?;
                let opened = with_query(request, query).fetch().await;
                opened
                    .map(ServerEvents::new)
                    .map_err(|second| if second.status() == Some(404) { error } else { second })
            }
            opened => opened.map(ServerEvents::new),
        }
    }

    /// Adds the end of the session's log to the error of an agent that failed: the reason may be there.
    pub(super) async fn explained(&self, session: &SessionId, error: &Error) -> Error {
        let error = error.clone();
        if error.kind() != Kind::AgentFailed {
            return error;
        }
        let lines = self.end_of_log(session).await;
        if lines.is_empty() {
            let log = Step::ReadLog { session: Some(session.as_str()) };
            return error.or_hint(format!("the reason may be in the log: {log}"));
        }
        error.hint(format!("the session's log ends with\n{}", lines.join("\n")))
    }

    /// Returns the last lines of a session's log; none where they cannot be had at once.
    async fn end_of_log(&self, session: &SessionId) -> Vec<String> {
        let query = LogQuery { tail: Some(FEW), ..LogQuery::default() };
        let mut lines = VecDeque::new();
        let read = async {
            let mut stream = self.open_log(session, &query).await?;
            while let Ok(Ok(Some(frame))) = timeout(PAUSE, stream.next()).await {
                let line = line(session, &frame);
                // Lines of the platform say that the stream works.
                if matches!(line.kind, EventKind::Stdout | EventKind::Stderr) {
                    let text = self.http.scrub(&line.text.unwrap_or_default());
                    lines.push_back(json::excerpt(text.trim_end()));
                }
                if lines.len() > FEW as usize {
                    lines.pop_front();
                }
            }
            Ok::<_, Error>(())
        };
        drop(timeout(PATIENCE, read).await);
        lines.into()
    }
}

fn with_query<'a>(request: Request<'a>, query: &LogQuery) -> Request<'a> {
    let kind = match query.kind {
        LogKind::Console => "console",
        LogKind::System => "system",
    };
    let tail = query.tail.unwrap_or(TAIL_MAX).to_string();
    let follow = if query.follow { "true" } else { "false" };
    let request = request.header("accept", "text/event-stream").read_timeout(SILENCE);
    request.query(parameter::KIND, kind).query(parameter::TAIL, &tail).query(parameter::FOLLOW, follow)
}
