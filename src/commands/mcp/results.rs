//! The results of tools.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::bounded::shorten_error;
use crate::commands::advice::with_next_step;
use wharf_core::error::{Error, Kind, Result};

/// The result of a tool: the fields of its output schema, and the error where it failed.
#[derive(Debug, Default)]
pub(super) struct ToolOutput {
    /// The fields.
    pub(super) fields: Map<String, Value>,
    /// The error.
    pub(super) error: Option<Error>,
}

impl ToolOutput {
    /// Returns an object of wharf's output as a result.
    ///
    /// # Errors
    /// `internal` for what is not an object.
    pub(super) fn of(object: &impl Serialize) -> Result<Self> {
        Ok(ToolOutput { fields: fields(object)?, error: None })
    }

    /// Returns the result in the protocol's form. Only fields of the schema that are known are sent: unknown ones cost
    /// tokens.
    pub(super) fn into_result(self, schema: Option<&Value>) -> CallToolResult {
        let ToolOutput { mut fields, error } = self;
        let error = error.map(|error| shortened(with_next_step(error)));
        prune(&mut fields, schema);
        // Objects of the backend, such as the usage of tokens; what an agent or a user wrote is deeper.
        for object in fields.values_mut().filter_map(Value::as_object_mut) {
            object.retain(|_, value| !value.is_null());
        }
        let text = error.as_ref().map_or_else(|| Value::Object(fields.clone()).to_string(), error_text);
        if let Some(error) = &error {
            fields.insert("error".to_owned(), json!(error));
        }
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        result.structured_content = Some(Value::Object(fields));
        result.is_error = Some(error.is_some());
        result
    }
}

impl From<Error> for ToolOutput {
    fn from(error: Error) -> Self {
        ToolOutput { fields: Map::new(), error: Some(error) }
    }
}

/// Returns the fields of an object of wharf's output.
///
/// # Errors
/// `internal` for what is not an object.
pub(super) fn fields(object: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(object) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Error::new(Kind::Internal, "a result is not an object")),
    }
}

/// Removes fields that are not in the schema, and those that are `null` unless the schema requires them, also from objects
/// of a list.
fn prune(fields: &mut Map<String, Value>, schema: Option<&Value>) {
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let required = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|required| required.iter().any(|other| *other == *name));
    fields.retain(|name, value| {
        let schema = properties.map(|properties| properties.get(name));
        if let Value::Array(items) = value {
            let schema = schema.flatten().and_then(|schema| schema.get("items"));
            for item in items.iter_mut().filter_map(Value::as_object_mut) {
                prune(item, schema);
            }
        }
        schema != Some(None) && (!value.is_null() || is_required(name))
    });
}

/// Returns an error that repeats only short parts of arguments and answers.
fn shortened(error: Error) -> Error {
    let hint = error.hint_text().map(shorten_error);
    let message = shorten_error(error.message());
    let error = error.with_message(message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Returns an error as two lines, for models and for clients without structured results.
fn error_text(error: &Error) -> String {
    let hint = error.hint_text().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
    format!("{}: {}{hint}", error.kind().word(), error.message())
}

/// Returns the result of a call that failed before a tool was chosen.
pub(super) fn failure(error: &Error) -> Value {
    json!(ToolOutput::from(error.clone()).into_result(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_the_fields_of_the_schema_that_are_known() {
        let schema = json!({ "properties": {
            "a": {}, "b": {}, "list": { "items": { "properties": { "x": {} } } }, "free": { "items": {} },
            "needed": {},
        }, "required": ["needed"] });
        let fields = json!({
            "a": 1, "b": null, "c": 2, "list": [{ "x": 1, "y": 2 }], "free": [{ "z": 1, "n": null }],
            "needed": null
        });
        let output = ToolOutput { fields: fields.as_object().unwrap().clone(), error: None };
        let result = output.into_result(Some(&schema));
        let expected = json!({ "a": 1, "list": [{ "x": 1 }], "free": [{ "z": 1 }], "needed": null });
        assert_eq!((result.structured_content, result.is_error), (Some(expected), Some(false)));
    }

    #[test]
    fn an_error_has_the_object_of_the_command_line_and_two_lines_of_text() {
        let result = failure(&Error::not_found("session `x` not found").hint("list them"));
        assert_eq!(result["structuredContent"]["error"]["kind"], "not_found");
        assert_eq!(result["content"][0]["text"], "not_found: session `x` not found\nhint: list them");
        assert_eq!(result["isError"], true);
    }
}
