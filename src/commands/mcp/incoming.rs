//! A line of the client as a message, and the answers to lines that are not accepted.

use bytes::Bytes;
use rmcp::RoleServer;
use rmcp::service::RxJsonRpcMessage;
use serde::Serialize;
use serde_json::{Value, json};

use super::envelope::{Envelope, EnvelopeId, EnvelopeScanner};
use super::lines::Line;
use super::message::{CALL_TOOL, InvalidMessage, message};
use super::results;
use wharf_core::error::{Error, Kind};
use wharf_wire::json::{JsonError, VALUES, check};

/// The error codes of JSON-RPC 2.0.
pub(super) const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;
pub(super) const INVALID_PARAMS: i32 = -32602;

/// The error code of a request for which there is no room, in the range that JSON-RPC 2.0 leaves to servers.
pub(super) const NO_ROOM: i32 = -32000;

/// Returns a message as a line.
pub(super) fn line_of(message: &Value) -> Bytes {
    Bytes::from(format!("{message}\n"))
}

/// Returns a JSON-RPC error as a line.
pub(super) fn error_line(id: &impl Serialize, code: i32, message: &str) -> Bytes {
    line_of(&json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }))
}

/// The next step after a line that is not a message.
const WHOLE: &str = "send each message whole, as one line of JSON";

/// Returns the message of a line, of which the longest has `longest` bytes, if it needs work.
///
/// # Errors
/// The answer to a line that is not a message, if it needs one.
pub(super) fn read_message(line: &Line, longest: usize) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Option<Value>> {
    let bytes = match line {
        Line::Whole(bytes) => bytes,
        Line::TooLong(envelope) => {
            let error = Error::new(Kind::Limit, format!("a message has more than {longest} bytes"))
                .hint("send less at once, and a large content as a file");
            return Err(Some(refusal(envelope.clone(), INVALID_REQUEST, &error)));
        }
    };
    // RFC 8259 section 8.1 allows to ignore a byte order mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refuse = |code, error: &Error| Err(Some(refusal(EnvelopeScanner::scan(text), code, error)));
    if let Err(JsonError::Values) = check(text, VALUES) {
        let error = Error::new(Kind::Limit, format!("a message has more than {VALUES} values"));
        return refuse(INVALID_REQUEST, &error.hint("send less at once"));
    }
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => {
            return refuse(PARSE_ERROR, &Error::usage(format!("a message is not valid JSON: {error}")).hint(WHOLE));
        }
    };
    let invalid = match message(value) {
        Ok(message) => return Ok(message),
        Err(invalid) => invalid,
    };
    let envelope = EnvelopeScanner::scan(text);
    if envelope.id == EnvelopeId::Absent && envelope.method.is_some() {
        // A notification is never answered.
        return Err(None);
    }
    let code = if let InvalidMessage::Initialize(_) = invalid { INVALID_PARAMS } else { INVALID_REQUEST };
    Err(Some(refusal(envelope, code, &Error::usage(invalid.text()).hint(WHOLE))))
}

/// Returns the answer to a message that is not accepted: for a call of a tool a result, which the model sees.
fn refusal(envelope: Envelope, code: i32, error: &Error) -> Value {
    match envelope {
        Envelope { id: EnvelopeId::Usable(id), method: Some(method) } if method == CALL_TOOL => {
            json!({ "jsonrpc": "2.0", "id": id, "result": results::failure(error) })
        }
        Envelope { id, .. } => {
            let id = if let EnvelopeId::Usable(id) = id { id } else { Value::Null };
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": error.to_string() } })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: usize = 1 << 20;

    fn answer(text: &str) -> Option<Value> {
        read_message(&Line::Whole(text.into()), LONGEST).unwrap_err()
    }

    #[test]
    fn what_is_not_a_message_is_answered_with_its_id() {
        let long = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(1025));
        let broken = format!(r#"{{"id":"{}","method":"ping","#, "x".repeat(1025));
        let cases = [
            (&*long, None, INVALID_REQUEST),
            (&*broken, None, PARSE_ERROR),
            ("garbage", None, PARSE_ERROR),
            ("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"", Some(json!(3)), PARSE_ERROR),
            ("[1,2]", None, INVALID_REQUEST),
            ("{\"id\":\"a\",\"method\":\"tools/list\"}", Some(json!("a")), INVALID_REQUEST),
            ("{\"jsonrpc\":\"1.0\",\"id\":4,\"method\":\"ping\"}", Some(json!(4)), INVALID_REQUEST),
            ("null", None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":[],"method":"tools/call"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":{},"method":"tools/call"}"#, None, INVALID_REQUEST),
            (r#"{"jsonrpc":"2.0","id":"\ud800","method":"ping"}"#, None, PARSE_ERROR),
        ];
        for (text, id, code) in cases {
            let answer = answer(text).unwrap();
            assert_eq!(answer["id"], id.unwrap_or_default(), "{text}");
            assert_eq!(answer["error"]["code"], code, "{text}");
        }
        assert_eq!(answer("{\"jsonrpc\":\"3\",\"method\":\"notifications/x\"}"), None, "a notification has no answer");
    }

    #[test]
    fn a_call_of_a_tool_is_answered_with_a_result() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        let text = format!(r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{deep}}}"#);
        let answer = answer(&text).unwrap();
        assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(5), &json!(true)));
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "usage");
        let envelope = Envelope { id: EnvelopeId::Usable(json!(6)), method: Some(CALL_TOOL.to_owned()) };
        let answer = read_message(&Line::TooLong(envelope), LONGEST).unwrap_err().unwrap();
        assert_eq!(answer["result"]["structuredContent"]["error"]["kind"], "limit");
    }
}
