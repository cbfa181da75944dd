//! Messages of the client as values of the SDK.
//!
//! Only requests that the server answers in their own way get a type. Everything else is a custom request, which is answered
//! with "method not found": parsing all requests of the protocol would take a megabyte of code.

use rmcp::model::{
    CallToolRequestParams, CancelledNotificationParam, ClientJsonRpcMessage, ClientNotification, ClientRequest,
    CustomRequest, DiscoverRequestParams, GetMeta, InitializeRequestParams, JsonRpcMessage, ListToolsRequest,
    MetaObject, Notification, NotificationNoParam, PingRequest, Request, RequestId, RequestMetaObject,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::envelope::LONGEST;

/// The method whose errors are results, so that the model sees them.
pub(super) const CALL_TOOL: &str = "tools/call";

/// The field of a request's metadata that is repeated in notifications.
const PROGRESS_TOKEN: &str = "progressToken";

/// Why a message is not valid.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InvalidMessage {
    /// It is an array of messages.
    Batch,
    /// Its id is something else than an integer or a short string.
    Id,
    /// It is an `initialize` whose parameters are not valid, for this reason.
    Initialize(String),
    /// It is not a message of JSON-RPC 2.0.
    Other,
}

impl InvalidMessage {
    /// Returns the reason.
    pub(super) fn text(&self) -> String {
        match self {
            InvalidMessage::Batch => "batches are not supported: send each message on a line of its own".to_owned(),
            InvalidMessage::Id => {
                format!("the id of a request must be an integer or a string of at most {LONGEST} bytes")
            }
            InvalidMessage::Initialize(reason) => format!("invalid parameters of `initialize`: {reason}"),
            InvalidMessage::Other => "not a valid JSON-RPC 2.0 message".to_owned(),
        }
    }
}

/// Returns a message; `None` for one that needs no work: answers, for the server asks nothing, and unknown notifications.
///
/// # Errors
/// If the value is not a message of JSON-RPC 2.0.
pub(super) fn message(value: Value) -> Result<Option<ClientJsonRpcMessage>, InvalidMessage> {
    let mut fields = match value {
        Value::Object(fields) => fields,
        Value::Array(_) => return Err(InvalidMessage::Batch),
        _ => return Err(InvalidMessage::Other),
    };
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(InvalidMessage::Other);
    }
    let (id, params) = (fields.shift_remove("id"), fields.shift_remove("params"));
    match (fields.get("method"), id) {
        (Some(Value::String(method)), Some(id)) => {
            let id: RequestId = Some(id).filter(is_short).and_then(parse).ok_or(InvalidMessage::Id)?;
            Ok(Some(JsonRpcMessage::request(request(method, params)?, id)))
        }
        (Some(Value::String(method)), None) => Ok(notification(method, params).map(JsonRpcMessage::notification)),
        (None, Some(_)) if fields.contains_key("result") || fields.contains_key("error") => Ok(None),
        _ => Err(InvalidMessage::Other),
    }
}

/// Returns whether an id or a token is short enough to be repeated in answers.
fn is_short(id: &Value) -> bool {
    id.as_str().is_none_or(|id| id.len() <= LONGEST)
}

fn parse<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn request(method: &str, mut params: Option<Value>) -> Result<ClientRequest, InvalidMessage> {
    let meta = params.as_mut().and_then(Value::as_object_mut).and_then(|fields| fields.shift_remove("_meta"));
    let own = match method {
        "initialize" => Some(ClientRequest::InitializeRequest(Request::new(initialize(params)?))),
        "server/discover" => Some(ClientRequest::DiscoverRequest(Request::new(DiscoverRequestParams::default()))),
        "ping" => Some(ClientRequest::PingRequest(PingRequest::default())),
        "tools/list" => Some(ClientRequest::ListToolsRequest(ListToolsRequest::default())),
        CALL_TOOL => params.and_then(tool_call).map(|params| ClientRequest::CallToolRequest(Request::new(params))),
        _ => None,
    };
    let mut request = own.unwrap_or_else(|| ClientRequest::CustomRequest(CustomRequest::new(method.to_owned(), None)));
    if let Some(Value::Object(mut meta)) = meta {
        meta.retain(|name, value| name != PROGRESS_TOKEN || is_short(value));
        *request.get_meta_mut() = RequestMetaObject(MetaObject(meta));
    }
    Ok(request)
}

fn initialize(params: Option<Value>) -> Result<InitializeRequestParams, InvalidMessage> {
    let params = params.unwrap_or_default();
    // The error of the parser does not name the field.
    if !params.get("protocolVersion").is_some_and(Value::is_string) {
        let reason = "`protocolVersion` must be a string, such as \"2025-11-25\"";
        return Err(InvalidMessage::Initialize(reason.to_owned()));
    }
    serde_json::from_value(params).map_err(|e| InvalidMessage::Initialize(e.to_string()))
}

fn tool_call(params: Value) -> Option<CallToolRequestParams> {
    let Value::Object(mut fields) = params else { return None };
    let Some(Value::String(name)) = fields.shift_remove("name") else { return None };
    let params = CallToolRequestParams::new(name);
    match fields.shift_remove("arguments") {
        None | Some(Value::Null) => Some(params),
        Some(Value::Object(arguments)) => Some(params.with_arguments(arguments)),
        Some(_) => None,
    }
}

fn notification(method: &str, params: Option<Value>) -> Option<ClientNotification> {
    match method {
        "notifications/initialized" => {
            Some(ClientNotification::InitializedNotification(NotificationNoParam::default()))
        }
        "notifications/cancelled" => {
            let id = params?.get("requestId").cloned().and_then(parse)?;
            let params = CancelledNotificationParam::new(Some(id), None);
            Some(ClientNotification::CancelledNotification(Notification::new(params)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request_of(value: Value) -> ClientRequest {
        message(value).unwrap().unwrap().into_request().unwrap().0
    }

    #[test]
    fn requests_have_their_types_arguments_and_metadata() {
        let call = request_of(json!({
            "jsonrpc": "2.0", "id": "a", "method": "tools/call",
            "params": { "name": "x", "arguments": { "a": 1.5, "b": null }, "_meta": { "progressToken": 7 } },
        }));
        assert!(call.get_meta().get_progress_token().is_some());
        let ClientRequest::CallToolRequest(call) = call else { panic!("{call:?}") };
        assert_eq!((&*call.params.name, json!(call.params.arguments)), ("x", json!({ "a": 1.5, "b": null })));
        let begin = json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                "protocolVersion": "2025-06-18", "capabilities": { "roots": {} },
                "clientInfo": { "name": "n", "version": "1" },
            },
        });
        assert!(matches!(request_of(begin), ClientRequest::InitializeRequest(_)));
        for (method, params) in [
            ("tools/call", json!({ "name": 1 })),
            ("tools/call", json!({ "name": "x", "arguments": [] })),
            ("tools/call", json!("x")),
            ("prompts/list", json!({})),
        ] {
            let request = request_of(json!({ "jsonrpc": "2.0", "id": 2, "method": method, "params": params }));
            assert!(matches!(request, ClientRequest::CustomRequest(_)), "{method} {params}");
        }
    }

    #[test]
    fn notifications_and_answers_are_told_from_what_is_not_a_message() {
        let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 3 } });
        assert!(matches!(message(cancelled), Ok(Some(JsonRpcMessage::Notification(_)))));
        for ignored in [
            json!({ "jsonrpc": "2.0", "method": "notifications/other" }),
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled" }),
            json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
            json!({ "jsonrpc": "2.0", "id": 1, "error": {} }),
        ] {
            assert!(matches!(message(ignored.clone()), Ok(None)), "{ignored}");
        }
        for invalid in [
            (json!(null), InvalidMessage::Other),
            (json!([]), InvalidMessage::Batch),
            (json!({ "id": 1, "method": "ping" }), InvalidMessage::Other),
            (json!({ "jsonrpc": "2.0", "id": null, "method": "ping" }), InvalidMessage::Id),
            (json!({ "jsonrpc": "2.0", "id": 1.5, "method": "ping" }), InvalidMessage::Id),
            (json!({ "jsonrpc": "2.0", "id": "x".repeat(LONGEST + 1), "method": "ping" }), InvalidMessage::Id),
            (json!({ "jsonrpc": "2.0", "id": 1, "method": 2 }), InvalidMessage::Other),
            (json!({ "jsonrpc": "2.0", "id": 1 }), InvalidMessage::Other),
        ] {
            assert_eq!(message(invalid.0.clone()).map(drop), Err(invalid.1), "{}", invalid.0);
        }
    }
}
