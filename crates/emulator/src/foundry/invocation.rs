//! One invocation: what the agent has said so far, and the answers that are made of it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::agent_work::{AgentAct, WorkEnd};
use super::refusal::RuntimeError;
use super::sse;
use super::turns::CancelOnDrop;
use crate::answer::{self, HttpResponse};
use wharf_core::error::{Error, Kind};
use wharf_core::sync::lock;

/// The invocations that can be asked for, with their agents.
#[derive(Default)]
pub(super) struct InvocationStore(Mutex<Vec<(String, Arc<Invocation>)>>);

/// The most invocations that are kept: the oldest goes first.
const KEPT: usize = 1_000;

/// How an agent answers: the first line of a text can say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyForm {
    /// A JSON object.
    Json,
    /// `reply text`: text.
    Text,
    /// `reply sse`: events.
    Events,
    /// `reply later`: 202, and then it can be asked for.
    Later,
    /// `reply accepted`: 202, and it cannot.
    Accepted,
}

impl ReplyForm {
    const WORDS: [(&str, Self); 5] = [
        ("json", Self::Json),
        ("text", Self::Text),
        ("sse", Self::Events),
        ("later", Self::Later),
        ("accepted", Self::Accepted),
    ];
}

/// What the agent does for a body.
pub(super) struct Invocation {
    pub(super) id: String,
    state: Mutex<InvocationState>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct InvocationState {
    /// What the agent has said.
    parts: Vec<String>,
    /// Whether it did something else.
    acted: bool,
    end: Option<WorkEnd>,
}

impl InvocationStore {
    pub(super) fn find(&self, agent: &str, id: &str) -> Option<Arc<Invocation>> {
        let kept = lock(&self.0);
        let found = kept.iter().find(|(of, invocation)| of == agent && invocation.id == id);
        found.map(|(_, invocation)| Arc::clone(invocation))
    }

    pub(super) fn add(&self, agent: &str, invocation: &Arc<Invocation>) {
        let mut kept = lock(&self.0);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((agent.to_owned(), Arc::clone(invocation)));
    }
}

impl Invocation {
    pub(super) fn new(id: String) -> Arc<Self> {
        Arc::new(Invocation { id, state: Mutex::default(), changed: watch::Sender::new(()) })
    }

    pub(super) fn end(&self, end: WorkEnd) {
        lock(&self.state).end = Some(end);
        self.changed.send_replace(());
    }

    pub(super) fn is_over(&self) -> bool {
        lock(&self.state).end.is_some()
    }

    pub(super) fn act(&self, act: &AgentAct<'_>) {
        let mut state = lock(&self.state);
        match act {
            AgentAct::Begin | AgentAct::Log(_) => return,
            AgentAct::Say(text) | AgentAct::Refuse(text) => state.parts.push((*text).to_owned()),
            AgentAct::Tool(_) | AgentAct::Ask(_) | AgentAct::Call(_) => state.acted = true,
        }
        drop(state);
        self.changed.send_replace(());
    }

    async fn until(&self, there: impl Fn(&InvocationState) -> bool) {
        let mut changed = self.changed.subscribe();
        while !there(&lock(&self.state)) && changed.changed().await.is_ok() {}
    }

    /// Returns the answer when the agent has said everything.
    pub(super) async fn whole(&self, form: ReplyForm) -> Result<HttpResponse, RuntimeError> {
        self.until(|state| state.end.is_some()).await;
        let state = lock(&self.state);
        let text = state.parts.concat();
        match (&state.end, form) {
            (Some(WorkEnd::Raised | WorkEnd::Cancelled), _) => Err(raised()),
            (Some(WorkEnd::Failed(why)), _) => Ok(answer::json(StatusCode::OK, &failure(why))),
            (Some(WorkEnd::Incomplete), _) => Ok(answer::json(StatusCode::OK, &failure("max_output_tokens"))),
            (_, ReplyForm::Text) => Ok(answer::full(StatusCode::OK, "text/plain; charset=utf-8", text)),
            _ => Ok(answer::json(StatusCode::OK, &json!({ "output": text }))),
        }
    }

    /// Returns the answer as events, when the agent has said something.
    pub(super) async fn events(
        self: Arc<Self>,
        guard: CancelOnDrop,
        session: &str,
    ) -> Result<HttpResponse, RuntimeError> {
        self.until(|state| state.end.is_some() || !state.parts.is_empty() || state.acted).await;
        if lock(&self.state).end == Some(WorkEnd::Raised) && lock(&self.state).parts.is_empty() {
            return Err(raised());
        }
        let done = json!({ "invocation_id": self.id, "session_id": session });
        let changed = self.changed.subscribe();
        let frames = stream::unfold(
            (self, 0, changed, guard, Some(done)),
            |(ours, next, mut changed, guard, done)| async move {
                // Without it, everything has been sent.
                let last = done?;
                loop {
                    changed.mark_unchanged();
                    let (text, after, end) = ours.frames(next);
                    if !text.is_empty() {
                        return Some((Ok(Bytes::from(text)), (ours, after, changed, guard, Some(last))));
                    }
                    let frame = match end {
                        None => {
                            if changed.changed().await.is_err() {
                                return None;
                            }
                            continue;
                        }
                        Some(EndFrame::Done) => Ok(Bytes::from(format!("event: done\ndata: {last}\n\n"))),
                        Some(EndFrame::Error(why)) => Ok(Bytes::from(format!("data: {}\n\n", failure(&why)))),
                        Some(EndFrame::Cut) => Err(Error::new(Kind::Unavailable, "the agent raised an exception")),
                    };
                    return Some((frame, (ours, after, changed, guard, None)));
                }
            },
        );
        Ok(answer::that_ends(sse::answer(frames.boxed())))
    }

    /// Returns the events from a number on, the number of the next, and what comes after them.
    fn frames(&self, from: usize) -> (String, usize, Option<EndFrame>) {
        let state = lock(&self.state);
        let (mut text, mut next) = (String::new(), from);
        while let Some(part) = state.parts.get(next).filter(|_| text.len() < sse::BLOCK) {
            text.push_str("data: ");
            text.push_str(&json!({ "delta": part }).to_string());
            text.push_str("\n\n");
            next += 1;
        }
        let end = state.end.as_ref().map(|end| match end {
            WorkEnd::Completed => EndFrame::Done,
            WorkEnd::Failed(why) => EndFrame::Error(why.clone()),
            WorkEnd::Incomplete => EndFrame::Error("max_output_tokens".to_owned()),
            WorkEnd::Raised | WorkEnd::Cancelled => EndFrame::Cut,
        });
        (text, next, end)
    }

    /// Returns it as the answer to a question has it.
    pub(super) fn shown(&self) -> Value {
        let state = lock(&self.state);
        let id = &self.id;
        let failed = |why: &str| {
            let error = json!({ "code": "agent_error", "message": why });
            json!({ "invocation_id": id, "status": "failed", "error": error })
        };
        match &state.end {
            None => json!({ "invocation_id": id, "status": "running" }),
            Some(WorkEnd::Completed) => {
                json!({ "invocation_id": id, "status": "completed", "output": state.parts.concat() })
            }
            Some(WorkEnd::Cancelled) => json!({ "invocation_id": id, "status": "cancelled" }),
            Some(WorkEnd::Failed(why)) => failed(why),
            Some(WorkEnd::Incomplete) => failed("max_output_tokens"),
            Some(WorkEnd::Raised) => failed("Internal server error"),
        }
    }
}

/// What a stream of events ends with.
enum EndFrame {
    Done,
    Error(String),
    /// The connection.
    Cut,
}

/// Returns how a body is answered, and the text for the agent: a member `message` or `input` of a JSON object, or all.
pub(super) fn read(body: &[u8]) -> (ReplyForm, String) {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name: &str| document.get(name).and_then(Value::as_str);
    let text = member("message").or_else(|| member("input")).or_else(|| document.as_str());
    let text = text.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let word = first.trim().strip_prefix("reply ").map(str::trim);
    let form = word.and_then(|word| ReplyForm::WORDS.iter().find(|(known, _)| *known == word));
    match form {
        Some((_, form)) => (*form, rest.to_owned()),
        None if document.get("stream") == Some(&Value::Bool(true)) => (ReplyForm::Events, text),
        None => (ReplyForm::Json, text),
    }
}

/// Returns what an agent says that has failed.
fn failure(why: &str) -> Value {
    json!({ "error": { "code": "agent_error", "message": why } })
}

fn raised() -> RuntimeError {
    RuntimeError::of_agent(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Internal server error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_a_member_or_all_of_the_body_and_its_first_line_may_choose_the_form() {
        let known = |body: &str| {
            let (form, text) = read(body.as_bytes());
            (form, text)
        };
        assert_eq!(known(r#"{"message":"hi","x":1}"#), (ReplyForm::Json, "hi".to_owned()));
        assert_eq!(known(r#"{"input":"reply sse\necho a"}"#), (ReplyForm::Events, "echo a".to_owned()));
        assert_eq!(known("reply later\nsleep 1s"), (ReplyForm::Later, "sleep 1s".to_owned()));
        assert_eq!(known("reply later please"), (ReplyForm::Json, "reply later please".to_owned()));
        assert_eq!(known(r#""hi""#), (ReplyForm::Json, "hi".to_owned()));
        assert_eq!(known(r#"{"message":"hi","stream":true}"#), (ReplyForm::Events, "hi".to_owned()));
        assert_eq!(known(r#"{"boom":true}"#), (ReplyForm::Json, r#"{"boom":true}"#.to_owned()));
    }
}
