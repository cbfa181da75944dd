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
use serde_json::{Map, Value};

/// The method whose errors are results, so that the model sees them.
pub(super) const CALL_TOOL: &str = "tools/call";

/// A message that is not valid.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidMessage;

/// Returns a message; `None` for one that needs no work: answers, for the server asks nothing, and unknown notifications.
///
/// # Errors
/// If the value is not a message of JSON-RPC 2.0.
pub(super) fn message(value: Value) -> Result<Option<ClientJsonRpcMessage>, InvalidMessage> {
    let Value::Object(mut fields) = value else { return Err(InvalidMessage) };
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(InvalidMessage);
    }
    let (id, params) = (fields.shift_remove("id"), fields.shift_remove("params"));
    match (fields.get("method"), id) {
        (Some(Value::String(method)), Some(id)) => {
            let id: RequestId = parse(id).ok_or(InvalidMessage)?;
            Ok(Some(JsonRpcMessage::request(request(method, params), id)))
        }
        (Some(Value::String(method)), None) => Ok(notification(method, params).map(JsonRpcMessage::notification)),
        (None, Some(_)) if fields.contains_key("result") || fields.contains_key("error") => Ok(None),
        _ => Err(InvalidMessage),
    }
}

fn parse<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn request(method: &str, params: Option<Value>) -> ClientRequest {
    let fields = params.as_ref().and_then(Value::as_object);
    let meta = fields.and_then(|fields| fields.get("_meta")).and_then(Value::as_object).cloned();
    let own = match method {
        "initialize" => params
            .clone()
            .and_then(parse::<InitializeRequestParams>)
            .map(|params| ClientRequest::InitializeRequest(Request::new(params))),
        "server/discover" => Some(ClientRequest::DiscoverRequest(Request::new(DiscoverRequestParams::default()))),
        "ping" => Some(ClientRequest::PingRequest(PingRequest::default())),
        "tools/list" => Some(ClientRequest::ListToolsRequest(ListToolsRequest::default())),
        CALL_TOOL => fields.and_then(tool_call).map(|params| ClientRequest::CallToolRequest(Request::new(params))),
        _ => None,
    };
    let mut request =
        own.unwrap_or_else(|| ClientRequest::CustomRequest(CustomRequest::new(method.to_owned(), params)));
    if let Some(meta) = meta {
        *request.get_meta_mut() = RequestMetaObject(MetaObject(meta));
    }
    request
}

fn tool_call(fields: &Map<String, Value>) -> Option<CallToolRequestParams> {
    let params = CallToolRequestParams::new(fields.get("name")?.as_str()?.to_owned());
    match fields.get("arguments") {
        None | Some(Value::Null) => Some(params),
        Some(Value::Object(arguments)) => Some(params.with_arguments(arguments.clone())),
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
            ("initialize", json!({})),
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
            json!(null),
            json!([]),
            json!({ "id": 1, "method": "ping" }),
            json!({ "jsonrpc": "2.0", "id": null, "method": "ping" }),
            json!({ "jsonrpc": "2.0", "id": 1.5, "method": "ping" }),
            json!({ "jsonrpc": "2.0", "id": 1, "method": 2 }),
            json!({ "jsonrpc": "2.0", "id": 1 }),
        ] {
            assert!(matches!(message(invalid.clone()), Err(InvalidMessage)), "{invalid}");
        }
    }
}
