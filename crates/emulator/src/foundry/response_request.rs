//! The body of a request for a response: what is checked of it, and the text for the agent.

use serde_json::{Map, Value, json};

use super::ids;
use super::refusal::RuntimeError;
use super::response::ResponseMode;

/// A request for a response.
pub(super) struct ResponseRequest {
    pub(super) mode: ResponseMode,
    /// What the client says, for the agent.
    pub(super) text: String,
    /// The same as items.
    pub(super) input: Vec<Value>,
    pub(super) session: Option<String>,
    pub(super) conversation: Option<String>,
    pub(super) previous: Option<String>,
    pub(super) model: String,
    pub(super) metadata: Option<Value>,
}

impl ResponseRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// With the runtime's own codes and words \[runtime\].
    pub(super) fn read(body: &[u8]) -> Result<Self, RuntimeError> {
        let body: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| RuntimeError::invalid("invalid_request", "request body must be a JSON object", None))?;
        let mut wrong = Vec::new();
        let mut expect = |name: &str, expected: &str, fits: fn(&Value) -> bool| {
            if let Some(value) = body.get(name).filter(|value| !value.is_null() && !fits(value)) {
                let message = format!("{expected} got {}", type_of(value));
                let param = format!("$.{name}");
                let kind = "invalid_request_error";
                wrong.push(json!({ "code": "invalid_value", "message": message, "param": param, "type": kind }));
            }
        };
        expect("input", "Expected one of: string, array;", |input| input.is_string() || input.is_array());
        for name in ["stream", "background", "store"] {
            expect(name, "Expected boolean,", Value::is_boolean);
        }
        for name in ["agent_session_id", "previous_response_id", "model"] {
            expect(name, "Expected string,", Value::is_string);
        }
        let conversation = "Expected one of: string, OpenAI.ConversationParam-2;";
        expect("conversation", conversation, |value| value.is_string() || value.is_object());
        if !wrong.is_empty() {
            let what = "request body failed schema validation";
            let error = RuntimeError::invalid("invalid_request", what, None);
            return Err(error.with("details", wrong.into()).naming_request());
        }
        let flag = |name: &str| body.get(name).and_then(Value::as_bool);
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let mode = ResponseMode {
            stream: flag("stream").unwrap_or(false),
            background: flag("background").unwrap_or(false),
            store: flag("store").unwrap_or(true),
        };
        if mode.background && !mode.store {
            let what = "background=true requires store=true";
            return Err(RuntimeError::invalid("unsupported_parameter", what, Some("background")).naming_request());
        }
        let previous = text("previous_response_id");
        if previous.is_some_and(|id| !ids::is_response(id)) {
            let what = "Malformed identifier.";
            return Err(RuntimeError::invalid("invalid_parameters", what, Some("previous_response_id")));
        }
        let conversation = body.get("conversation");
        let conversation = conversation.and_then(|value| value.as_str().or_else(|| value.get("id")?.as_str()));
        let (said, input) = read_input(body.get("input").unwrap_or(&Value::Null));
        Ok(ResponseRequest {
            mode,
            text: said,
            input,
            session: text("agent_session_id").map(str::to_owned),
            conversation: conversation.filter(|id| !id.is_empty()).map(str::to_owned),
            previous: previous.map(str::to_owned),
            model: text("model").unwrap_or_default().to_owned(),
            metadata: body.get("metadata").filter(|value| !value.is_null()).cloned(),
        })
    }
}

/// Returns the text of an input and its items. The text is that of the client's last message.
fn read_input(input: &Value) -> (String, Vec<Value>) {
    let items: Vec<Value> = match input {
        Value::Array(items) => items.clone(),
        Value::String(text) => vec![json!({ "role": "user", "content": [{ "type": "input_text", "text": text }] })],
        _ => Vec::new(),
    };
    let said = items.iter().rev().find(|item| item.get("role").is_none_or(|role| role == "user"));
    let content = said.and_then(|item| item.get("content"));
    let text = match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts: Vec<_> = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    };
    (text, items.into_iter().map(stored).collect())
}

/// Returns an item as listings have it.
fn stored(mut item: Value) -> Value {
    if let Some(item) = item.as_object_mut() {
        item.entry("type").or_insert_with(|| "message".into());
        item.entry("id").or_insert_with(|| ids::new("msg").unwrap_or_default().into());
        item.entry("status").or_insert_with(|| "completed".into());
    }
    item
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_that_of_the_last_message_of_the_client() {
        let text = |input: &Value| read_input(input).0;
        assert_eq!(text(&json!("hi")), "hi");
        let parts = json!([
            { "type": "input_text", "text": "read" }, { "type": "input_file", "file_id": "f" }, { "type": "input_text", "text": "this" }
        ]);
        let answer = json!({ "role": "assistant", "content": "no" });
        assert_eq!(
            text(&json!([{ "role": "user", "content": "old" }, { "role": "user", "content": parts }, answer])),
            "read\nthis"
        );
        assert_eq!(text(&json!([{ "content": "bare" }])), "bare");
        assert_eq!(text(&Value::Null), "");
    }
}
