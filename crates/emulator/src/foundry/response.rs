//! One response: what the agent has answered so far, and the events that streams of it are sent.
//!
//! The order of events, their fields and the object are those of the vendor's runtime \[runtime\].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::agent_work::{AgentAct, WorkEnd};
use wharf_core::model::Timestamp;
use wharf_core::sync::lock;

/// The most events of a response.
const EVENTS_MAX: usize = 1_000_000;

/// What an error says that hides its reason.
const INTERNAL: &str = "An internal server error occurred.";

/// The states of a response.
pub(super) mod status {
    pub(in super::super) const IN_PROGRESS: &str = "in_progress";
    pub(in super::super) const COMPLETED: &str = "completed";
    pub(in super::super) const FAILED: &str = "failed";
    pub(in super::super) const INCOMPLETE: &str = "incomplete";
    pub(in super::super) const CANCELLED: &str = "cancelled";
}

/// How a client wants its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResponseMode {
    pub(super) stream: bool,
    pub(super) background: bool,
    pub(super) store: bool,
}

impl ResponseMode {
    /// Returns whether its events can be read again.
    pub(super) fn can_resume(self) -> bool {
        self.stream && self.background && self.store
    }
}

/// A response.
pub(super) struct AgentResponse {
    pub(super) id: String,
    pub(super) agent: String,
    /// The id of its session in the protocol.
    pub(super) session: String,
    pub(super) mode: ResponseMode,
    pub(super) conversation: Option<String>,
    /// What it answers.
    pub(super) input: Vec<Value>,
    /// The fields that never change.
    pub(super) fields: Map<String, Value>,
    pub(super) created_at: i64,
    pub(super) state: Mutex<ResponseState>,
    pub(super) changed: watch::Sender<()>,
}

/// How far a response is.
pub(super) struct ResponseState {
    pub(super) status: &'static str,
    pub(super) begun: bool,
    pub(super) output: Vec<Value>,
    /// The message that is being written.
    pub(super) open: Option<OpenMessage>,
    completed_at: Option<i64>,
    error: Option<Value>,
    incomplete: Option<Value>,
    usage: Option<Value>,
    /// The length of the text that the agent said.
    said: usize,
    events: VecDeque<ResponseEvent>,
    /// The sequence number of the first of them.
    first: usize,
}

/// A message that is being written.
pub(super) struct OpenMessage {
    pub(super) id: Arc<str>,
    pub(super) text: String,
}

/// An event, without its sequence number.
#[derive(Clone)]
enum ResponseEvent {
    Whole(&'static str, Box<str>),
    /// A part of a text: there can be many.
    Delta {
        kind: &'static str,
        item: Arc<str>,
        index: usize,
        text: Box<str>,
    },
}

impl Default for ResponseState {
    fn default() -> Self {
        ResponseState {
            status: status::IN_PROGRESS,
            begun: false,
            output: Vec::new(),
            open: None,
            completed_at: None,
            error: None,
            incomplete: None,
            usage: None,
            said: 0,
            events: VecDeque::new(),
            first: 0,
        }
    }
}

impl AgentResponse {
    pub(super) fn state(&self) -> MutexGuard<'_, ResponseState> {
        lock(&self.state)
    }

    pub(super) fn is_over(&self) -> bool {
        self.state().status != status::IN_PROGRESS
    }

    /// Returns whether a client can ask for it: one that is neither streamed nor in the background can be seen only when
    /// it is over.
    pub(super) fn is_visible(&self) -> bool {
        self.mode.store && (self.mode.stream || self.mode.background || self.is_over())
    }

    /// Returns whether the agent raised an exception before it began.
    pub(super) fn never_began(&self) -> bool {
        let state = self.state();
        state.status == status::FAILED && !state.begun
    }

    /// Waits until the agent has begun, or until the turn is over.
    pub(super) async fn begun(&self) {
        self.until(|state| state.begun || state.status != status::IN_PROGRESS).await;
    }

    /// Waits until the turn is over.
    pub(super) async fn over(&self) {
        self.until(|state| state.status != status::IN_PROGRESS).await;
    }

    async fn until(&self, there: impl Fn(&ResponseState) -> bool) {
        let mut changed = self.changed.subscribe();
        // The sender is a part of this.
        while !there(&self.state()) && changed.changed().await.is_ok() {}
    }

    /// Takes what the agent does.
    pub(super) fn act(&self, act: &AgentAct<'_>) {
        let mut state = self.state();
        match act {
            AgentAct::Begin => {
                state.begun = true;
                for kind in ["response.created", "response.in_progress"] {
                    self.tell_object(&mut state, kind);
                }
            }
            AgentAct::Say(text) => {
                state.said += text.len();
                self.say(&mut state, text);
            }
            AgentAct::Refuse(text) => self.refuse(&mut state, text),
            AgentAct::Tool(call) => self.tool(&mut state, call),
            AgentAct::Ask(call) => self.ask(&mut state, call),
            AgentAct::Call(call) => {
                self.call(&mut state, call);
            }
            AgentAct::Log(_) => return,
        }
        drop(state);
        self.changed.send_replace(());
    }

    /// Ends the turn. `read` is the length of the input, where the tokens are counted.
    pub(super) fn end(&self, end: WorkEnd, read: Option<usize>) {
        let mut state = self.state();
        let crowded = state.events.len() >= EVENTS_MAX;
        let end = if crowded { WorkEnd::Failed(format!("more than {EVENTS_MAX} events")) } else { end };
        let server_error = |message: &str| Some(json!({ "code": "server_error", "message": message }));
        match end {
            WorkEnd::Completed => {
                self.close_message(&mut state, status::COMPLETED);
                state.status = status::COMPLETED;
                state.completed_at = Some(Timestamp::now().as_second());
            }
            WorkEnd::Incomplete => {
                self.close_message(&mut state, status::INCOMPLETE);
                state.status = status::INCOMPLETE;
                state.incomplete = Some(json!({ "reason": "max_output_tokens" }));
            }
            WorkEnd::Failed(why) => {
                state.status = status::FAILED;
                state.error = server_error(&why);
            }
            WorkEnd::Raised => {
                state.status = status::FAILED;
                state.error = server_error(INTERNAL);
            }
            WorkEnd::Cancelled => state.status = status::CANCELLED,
        }
        if let status::FAILED | status::CANCELLED = state.status {
            state.open = None;
            state.output.clear();
        }
        if let Some(read) = read.filter(|_| matches!(state.status, status::COMPLETED | status::INCOMPLETE)) {
            state.usage = Some(usage(read, state.said));
        }
        let kind = match state.status {
            status::COMPLETED => "response.completed",
            status::INCOMPLETE => "response.incomplete",
            // Also of one that was cancelled; its object says so.
            _ => "response.failed",
        };
        if state.begun || state.status == status::CANCELLED {
            self.tell_object(&mut state, kind);
        } else {
            let error = json!({ "type": "error", "message": INTERNAL, "param": null, "code": null });
            self.tell(&mut state, "error", &error);
        }
        drop(state);
        self.changed.send_replace(());
    }

    /// Returns the object as answers have it.
    pub(super) fn object(&self) -> Value {
        let state = self.state();
        let mut object = self.members(&state);
        if state.status != status::IN_PROGRESS {
            object.insert("background".to_owned(), self.mode.background.into());
        }
        if !state.begun && state.status == status::FAILED {
            // The runtime has made it, and not the agent.
            object.shift_remove("parallel_tool_calls");
            object.insert("agent_reference".to_owned(), json!({}));
        }
        object.into()
    }

    fn members(&self, state: &ResponseState) -> Map<String, Value> {
        let mut object = Map::new();
        let mut set = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
        set("id", self.id.clone().into());
        set("object", "response".into());
        set("output", state.output.clone().into());
        set("created_at", self.created_at.into());
        set("parallel_tool_calls", false.into());
        if self.mode.background {
            set("background", true.into());
        }
        set("status", state.status.into());
        let known =
            [("error", &state.error), ("incomplete_details", &state.incomplete), ("usage", &state.usage)].into_iter();
        for (name, value) in known.filter_map(|(name, value)| Some((name, value.clone()?))) {
            set(name, value);
        }
        if let Some(at) = state.completed_at {
            set("completed_at", at.into());
        }
        set("response_id", self.id.clone().into());
        for (name, value) in &self.fields {
            set(name, value.clone());
        }
        set("agent_session_id", self.session.clone().into());
        object
    }

    /// Adds an event with the object as streams have it.
    fn tell_object(&self, state: &mut ResponseState, kind: &'static str) {
        let mut object = self.members(state);
        for name in ["error", "incomplete_details", "instructions"] {
            object.entry(name).or_insert(Value::Null);
        }
        if state.completed_at.is_some() {
            object.entry("usage").or_insert(Value::Null);
        }
        self.tell(state, kind, &json!({ "type": kind, "response": object }));
    }

    /// Adds an event.
    pub(super) fn tell(&self, state: &mut ResponseState, kind: &'static str, event: &Value) {
        if self.mode.stream {
            state.events.push_back(ResponseEvent::Whole(kind, event.to_string().into()));
        }
    }

    /// Adds an event with a part of a text.
    pub(super) fn tell_delta(&self, state: &mut ResponseState, kind: &'static str, item: &Arc<str>, text: &str) {
        if self.mode.stream && state.events.len() < EVENTS_MAX {
            let (item, index, text) = (Arc::clone(item), state.output.len(), text.into());
            state.events.push_back(ResponseEvent::Delta { kind, item, index, text });
        }
    }

    /// Returns the events from a sequence number on as a stream sends them, about `most` bytes, and the number of the
    /// next one. Events that can not be read again are removed.
    pub(super) fn events(&self, from: usize, most: usize) -> (String, usize) {
        let mut state = self.state();
        let (mut text, mut next) = (String::new(), from);
        while text.len() < most
            && let Some(event) = next.checked_sub(state.first).and_then(|place| state.events.get(place))
        {
            event.write(next, &mut text);
            next += 1;
            if !self.mode.can_resume() {
                state.events.pop_front();
                state.first = next;
            }
        }
        (text, next)
    }
}

impl ResponseEvent {
    fn write(&self, number: usize, text: &mut String) {
        let (kind, json) = match self {
            ResponseEvent::Whole(kind, json) => (kind, json.to_string()),
            ResponseEvent::Delta { kind, item, index, text } => {
                let mut event = json!({
                    "type": kind, "item_id": **item, "output_index": index, "content_index": 0, "delta": **text,
                });
                if let Some(event) = event.as_object_mut().filter(|_| *kind == "response.output_text.delta") {
                    event.insert("logprobs".to_owned(), json!([]));
                }
                (kind, event.to_string())
            }
        };
        let open = json.strip_suffix('}').unwrap_or(&json);
        for part in ["event: ", kind, "\ndata: ", open, ",\"sequence_number\":", &number.to_string(), "}\n\n"] {
            text.push_str(part);
        }
    }
}

/// Returns the tokens of a turn that reads and writes texts of these lengths: about four bytes each.
fn usage(read: usize, written: usize) -> Value {
    let (input, output) = (read.div_ceil(4), written.div_ceil(4));
    json!({
        "input_tokens": input,
        "input_tokens_details": { "cached_tokens": 0 },
        "output_tokens": output,
        "output_tokens_details": { "reasoning_tokens": 0 },
        "total_tokens": input + output,
    })
}
