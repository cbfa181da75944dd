//! The items of a response's output, and the events that report them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ids;
use super::response::{AgentResponse, OpenMessage, ResponseState, status};
use crate::script::AgentToolCall;

impl AgentResponse {
    /// Says a part of a text, in the message that is being written or in a new one.
    pub(super) fn say(&self, state: &mut ResponseState, part: &str) {
        if state.open.is_none() {
            let id: Arc<str> = ids::within(&self.id, "msg").into();
            self.begin_message(state, &id, &text_part(""));
            state.open = Some(OpenMessage { id, text: String::new() });
        }
        if let Some(open) = &mut state.open {
            open.text.push_str(part);
            let id = Arc::clone(&open.id);
            self.tell_delta(state, "response.output_text.delta", &id, part);
        }
    }

    /// Ends the message that is being written.
    pub(super) fn close_message(&self, state: &mut ResponseState, how: &str) {
        let Some(OpenMessage { id, text }) = state.open.take() else { return };
        let kind = "response.output_text.done";
        let index = state.output.len();
        let done = json!({
            "type": kind, "item_id": *id, "output_index": index, "content_index": 0, "text": text, "logprobs": [],
        });
        self.tell(state, kind, &done);
        self.end_message(state, &id, &text_part(&text), how);
    }

    /// Refuses, in a message of its own.
    pub(super) fn refuse(&self, state: &mut ResponseState, text: &str) {
        self.close_message(state, status::COMPLETED);
        let id: Arc<str> = ids::within(&self.id, "msg").into();
        let part = |text: &str| json!({ "type": "refusal", "refusal": text });
        self.begin_message(state, &id, &part(""));
        self.tell_delta(state, "response.refusal.delta", &id, text);
        let kind = "response.refusal.done";
        let index = state.output.len();
        let done = json!({ "type": kind, "item_id": *id, "output_index": index, "content_index": 0, "refusal": text });
        self.tell(state, kind, &done);
        self.end_message(state, &id, &part(text), status::COMPLETED);
    }

    /// Uses a tool of the agent's own: a call with its output.
    pub(super) fn tool(&self, state: &mut ResponseState, call: &AgentToolCall) {
        let call_id = self.call(state, call);
        let id = ids::within(&self.id, "fco");
        let output = json!({ "type": "function_call_output", "id": id, "call_id": call_id, "output": "ok" });
        self.add(state, output);
    }

    /// Calls a function. Returns the id of the call.
    pub(super) fn call(&self, state: &mut ResponseState, call: &AgentToolCall) -> String {
        self.close_message(state, status::COMPLETED);
        let (id, call_id) = (ids::within(&self.id, "fc"), ids::within(&self.id, "call"));
        let arguments = Value::from(call.input.clone()).to_string();
        let item = |arguments: &str, how: &str| {
            let item = json!({
                "type": "function_call", "id": id, "call_id": call_id, "name": call.name, "arguments": arguments,
            });
            self.owned(item, how)
        };
        self.tell_item(state, "response.output_item.added", &item("", status::IN_PROGRESS));
        self.tell_delta(state, "response.function_call_arguments.delta", &id.as_str().into(), &arguments);
        let kind = "response.function_call_arguments.done";
        let index = state.output.len();
        let done = json!({
            "type": kind, "item_id": id, "output_index": index, "name": call.name, "arguments": arguments,
        });
        self.tell(state, kind, &done);
        let item = item(&arguments, status::COMPLETED);
        self.tell_item(state, "response.output_item.done", &item);
        state.output.push(item);
        call_id
    }

    /// Asks whether a tool may be used.
    pub(super) fn ask(&self, state: &mut ResponseState, call: &AgentToolCall) {
        self.close_message(state, status::COMPLETED);
        let item = json!({
            "type": "mcp_approval_request",
            "id": ids::within(&self.id, "mcpr"),
            "server_label": "emulator",
            "name": call.name,
            "arguments": Value::from(call.input.clone()).to_string(),
        });
        self.add(state, item);
    }

    /// Adds an item that is whole at once.
    fn add(&self, state: &mut ResponseState, item: Value) {
        let item = self.owned(item, status::COMPLETED);
        self.tell_item(state, "response.output_item.added", &item);
        self.tell_item(state, "response.output_item.done", &item);
        state.output.push(item);
    }

    fn begin_message(&self, state: &mut ResponseState, id: &str, part: &Value) {
        self.tell_item(state, "response.output_item.added", &self.message(id, &json!([]), status::IN_PROGRESS));
        self.tell_part(state, "response.content_part.added", id, part);
    }

    fn end_message(&self, state: &mut ResponseState, id: &str, part: &Value, how: &str) {
        self.tell_part(state, "response.content_part.done", id, part);
        let item = self.message(id, &json!([part]), how);
        self.tell_item(state, "response.output_item.done", &item);
        state.output.push(item);
    }

    fn message(&self, id: &str, content: &Value, how: &str) -> Value {
        self.owned(json!({ "type": "message", "id": id, "role": "assistant", "content": content }), how)
    }

    /// Returns an item with its state and the fields that the service adds.
    fn owned(&self, mut item: Value, how: &str) -> Value {
        if let Some(item) = item.as_object_mut() {
            item.insert("status".to_owned(), how.into());
            item.insert("response_id".to_owned(), self.id.clone().into());
            item.insert("agent_reference".to_owned(), Value::Null);
        }
        item
    }

    fn tell_item(&self, state: &mut ResponseState, kind: &'static str, item: &Value) {
        let event = json!({ "type": kind, "output_index": state.output.len(), "item": item });
        self.tell(state, kind, &event);
    }

    fn tell_part(&self, state: &mut ResponseState, kind: &'static str, id: &str, part: &Value) {
        let index = state.output.len();
        let event = json!({ "type": kind, "item_id": id, "output_index": index, "content_index": 0, "part": part });
        self.tell(state, kind, &event);
    }
}

fn text_part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] })
}
