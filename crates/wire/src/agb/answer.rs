//! What every answer is wrapped in.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::json;

/// The words for what went wrong that a client or the dialect knows. An open set.
pub mod code {
    /// The code of a success, which some answers lack \[recorded\]: clients do not test it.
    pub const OK: &str = "ok";
    /// The session does not exist, or not any more \[sibling\].
    pub const NO_SESSION: &str = "InvalidMcpSession.NotFound";
    /// The sentence that goes with it \[sibling\].
    pub const NO_SESSION_MESSAGE: &str = "Resource [McpSession] is not found.";
    /// The context does not exist. A guess.
    pub const NO_CONTEXT: &str = "Context.NotFound";
    /// A parameter is wrong \[recorded\].
    pub const INVALID: &str = "InvalidParameter";
    /// An error inside the service \[recorded\].
    pub const INTERNAL: &str = "InternalError";
    /// Too many calls. A guess after \[sibling\].
    pub const THROTTLED: &str = "Throttling";
    /// The key is wrong. A guess.
    pub const UNAUTHORIZED: &str = "Unauthorized";
    /// The key may not do this. A guess.
    pub const DENIED: &str = "AccessDenied";

    /// Returns the word that goes with a status where nothing else is known. Only that of 500 was seen in a
    /// test of an SDK; the others are ours.
    pub const fn of(status: u16) -> &'static str {
        match status {
            400 | 405 | 409 => INVALID,
            401 => UNAUTHORIZED,
            403 => DENIED,
            404 => "Resource.NotFound",
            413 => "RequestTooLarge",
            429 => THROTTLED,
            501 => "NotImplemented",
            503 => "ServiceUnavailable",
            _ => INTERNAL,
        }
    }
}

/// Returns whether a failure means that what was asked for is not there: a code that ends in `NotFound`, or
/// words to that effect \[sdk\].
pub fn is_not_found(code: Option<&str>, message: Option<&str>) -> bool {
    code.is_some_and(|code| code.ends_with("NotFound"))
        || message.is_some_and(|message| {
            let message = message.to_ascii_lowercase();
            message.contains("not found") || message.contains("notfound")
        })
}

/// The JSON object that every answer of the API is. [`AgbEnvelope::read`] parses all of its forms.
///
/// An answer is a success where the HTTP status is 200 *and* [`AgbEnvelope::success`]; even then
/// [`CreatedSession::failure`](super::CreatedSession::failure) and
/// [`ToolResult::is_error`](super::ToolResult) have a say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgbEnvelope {
    /// The service's name for the request.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// A word for programs.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A sentence for people; may be there on success too.
    #[serde(default, deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it went well: the JSON value `true` and nothing else.
    #[serde(default, deserialize_with = "strictly_true")]
    pub success: bool,
    /// The HTTP status once more; now and then the only place that has the right one.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub http_status_code: Option<u64>,
    /// The result of the call: see [`AgbEnvelope::data`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// The cursor of the next page, beside `data`; empty on the last page.
    #[serde(default, deserialize_with = "token", skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
    /// The maximum number of items of a page.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u64>,
    /// The number of items on all pages.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The number of items on all pages, as another call names it.
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
}

impl AgbEnvelope {
    /// Returns a success with `data`.
    pub fn of(data: Option<Value>) -> Self {
        AgbEnvelope {
            code: Some(code::OK.to_owned()),
            message: Some(String::new()),
            success: true,
            data,
            ..Self::default()
        }
    }

    /// Reads the body of an answer; nothing where it is not a JSON object, as from a gateway. Members
    /// may begin with a capital letter, and all of it may be within a field `body` \[sdk\].
    pub fn read(body: &[u8]) -> Option<Self> {
        let Value::Object(mut fields) = lowered(value(body)?) else { return None };
        if !fields.contains_key("success")
            && let Some(Value::Object(inner)) = fields.remove("body")
        {
            fields = inner;
        }
        serde_json::from_value(Value::Object(fields)).ok()
    }

    /// Returns the data of the answer, which is JSON or a string with JSON; `None` if it has another form.
    pub fn data<T: DeserializeOwned>(&self) -> Option<T> {
        let data = self.data.as_ref()?;
        if let Value::String(inner) = data
            && let Some(inner) = value(inner.as_bytes())
            && let Ok(read) = serde_json::from_value(lowered(inner))
        {
            return Some(read);
        }
        T::deserialize(data).ok()
    }

    /// Returns where the next page begins: beside `data`, or within it \[sdk\]; nothing on the last page.
    pub fn next(&self) -> Option<&str> {
        let inside = || self.data.as_ref()?.get("nextToken")?.as_str();
        self.next_token.as_deref().or_else(inside).filter(|token| !token.is_empty())
    }

    /// Returns whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        !self.success && is_not_found(self.code.as_deref(), self.message.as_deref())
    }
}

/// Returns a document of the service's, within its bounds. Half a surrogate pair in it, which no string can hold, is
/// NUL: code that reads a name refuses that one name.
pub fn value(text: &[u8]) -> Option<Value> {
    json::read(&json::mended(text)).ok()
}

/// Returns the same document whose fields begin with small letters. One that stands there in both forms is
/// the small one.
pub(super) fn lowered(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(lowered).collect(),
        Value::Object(fields) => {
            let (small, large): (Vec<_>, Vec<_>) =
                fields.into_iter().partition(|(name, _)| !name.starts_with(|first: char| first.is_ascii_uppercase()));
            let mut all: Map<String, Value> = small.into_iter().map(|(name, value)| (name, lowered(value))).collect();
            for (name, value) in large {
                let mut rest = name.chars();
                let first = rest.next().map(|first| first.to_ascii_lowercase());
                let name: String = first.into_iter().chain(rest).collect();
                all.entry(name).or_insert_with(|| lowered(value));
            }
            Value::Object(all)
        }
        other => other,
    }
}

/// Parses text, or a number as text; `None` for everything else.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Parses text, a number as text, or null. Anything else is an error: it would end a listing too early.
fn token<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Null => Ok(None),
        _ => Err(D::Error::custom("a page token that is neither text nor a number")),
    }
}

/// Returns a number, or text that is one; nothing for all else.
pub(super) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Returns the JSON value `true` and nothing else.
fn strictly_true<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(from)? == Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> AgbEnvelope {
        AgbEnvelope::read(body.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn only_true_is_success() {
        for (value, good) in [(json!(true), true), (json!("true"), false), (json!(1), false), (json!(null), false)] {
            assert_eq!(read(&json!({ "success": value })).success, good, "{value}");
        }
        assert!(!read(&json!({})).success);
        for no_object in ["", "[]", "<html></html>", "{"] {
            assert!(AgbEnvelope::read(no_object.as_bytes()).is_none(), "{no_object}");
        }
    }

    #[test]
    fn capital_letters_and_a_body_around_it_are_taken() {
        let gone =
            json!({ "Code": "InvalidMcpSession.NotFound", "Message": "m", "Success": false, "HttpStatusCode": "400" });
        for answer in [gone.clone(), json!({ "body": gone, "headers": {} })] {
            let answer = read(&answer);
            assert!(answer.is_not_found() && !answer.success);
            assert_eq!((answer.message.as_deref(), answer.http_status_code), (Some("m"), Some(400)));
        }
        assert_eq!(read(&json!({ "Code": "A", "code": "b" })).code.as_deref(), Some("b"));
    }

    #[test]
    fn data_is_read_within_a_string_as_well() {
        #[derive(Deserialize, PartialEq, Debug)]
        struct Item {
            name: String,
        }
        let item = || Some(vec![Item { name: "n".into() }]);
        assert_eq!(read(&json!({ "data": [{ "Name": "n" }] })).data(), item());
        assert_eq!(read(&json!({ "data": "[{\"Name\": \"n\"}]" })).data(), item());
        assert_eq!(read(&json!({ "data": "plain" })).data::<Vec<Item>>(), None);
        assert_eq!(read(&json!({ "data": "12" })).data::<String>().as_deref(), Some("12"));
        assert_eq!(read(&json!({})).data::<Vec<Item>>(), None);
    }

    #[test]
    fn the_next_page_stands_beside_or_within_data_and_an_empty_token_is_none() {
        assert_eq!(read(&json!({ "data": [], "nextToken": "2" })).next(), Some("2"));
        assert_eq!(read(&json!({ "data": [], "nextToken": 2 })).next(), Some("2"));
        assert_eq!(read(&json!({ "data": { "nextToken": "t" } })).next(), Some("t"));
        assert_eq!(read(&json!({ "data": [], "nextToken": "" })).next(), None);
        assert!(AgbEnvelope::read(br#"{"success":true,"data":[],"nextToken":{}}"#).is_none());
    }

    #[test]
    fn what_is_not_there_is_told_by_code_or_by_words() {
        assert!(is_not_found(Some("InvalidAction.NotFound"), None));
        assert!(is_not_found(None, Some("Resource [McpSession] is not found.")));
        assert!(!is_not_found(Some("AccessDenied"), Some("no")));
    }
}
