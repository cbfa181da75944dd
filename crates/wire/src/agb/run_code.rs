//! What `run_code` answers, in all of its forms.

use serde_json::{Map, Value};

use super::answer::value;

/// The tool's word for a language by the words that its users have for it, in lower case \[sdk\].
const LANGUAGES: [(&str, &str); 9] = [
    ("python", "python"),
    ("py", "python"),
    ("python3", "python"),
    ("javascript", "javascript"),
    ("js", "javascript"),
    ("node", "javascript"),
    ("nodejs", "javascript"),
    ("java", "java"),
    ("r", "r"),
];

/// The name of what says that a result is the value of the whole code.
const MAIN: &str = "is_main";

/// The names of what a result has besides MIME types \[sdk\].
const SHORT_NAMES: [(&str, &str); 10] = [
    ("isMainResult", MAIN),
    ("is_main_result", MAIN),
    ("text", "text/plain"),
    ("html", "text/html"),
    ("markdown", "text/markdown"),
    ("latex", "text/latex"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpeg", "image/jpeg"),
    ("json", "application/json"),
];

/// Documents that may stand in a text one within the other \[recorded: two\].
const NESTED: u32 = 3;

/// Returns the tool's word for a language, if it has that language.
pub fn language(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    LANGUAGES.iter().find(|(name, _)| *name == word).map(|(_, language)| *language)
}

/// The output, the displayed results and the error of code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CodeOutput {
    /// The text on stdout.
    pub stdout: String,
    /// The text on stderr.
    pub stderr: String,
    /// The displayed results, each by MIME type; `is_main` is `true` for the value of the whole code.
    pub results: Vec<Map<String, Value>>,
    /// The traceback, or the name and the value of an error that ended it.
    pub error: Option<String>,
}

impl CodeOutput {
    /// Reads the text of a result of `run_code` \[recorded\]: an object with `result`; the older one with `logs`,
    /// `results` and `error`; one with `content`, whose text is one of these; or a text, which is the value. `None`
    /// for any other object, which does not say how the code ended.
    pub fn read(text: &str) -> Option<Self> {
        Self::nested(text, NESTED)
    }

    fn nested(text: &str, levels: u32) -> Option<Self> {
        let levels = levels.checked_sub(1)?;
        let Some(Value::Object(fields)) = value(text.as_bytes()) else { return Some(Self::of_text(text)) };
        if let Some(Value::Array(items)) = fields.get("result") {
            return Some(CodeOutput {
                stdout: joined(fields.get("stdout"))?,
                stderr: joined(fields.get("stderr"))?,
                results: results(items)?,
                error: error(fields.get("executionError")).ok()?,
            });
        }
        if let (Some(Value::Object(logs)), Some(Value::Array(items))) = (fields.get("logs"), fields.get("results")) {
            return Some(CodeOutput {
                stdout: joined(logs.get("stdout"))?,
                stderr: joined(logs.get("stderr"))?,
                results: results(items)?,
                error: error(fields.get("error")).ok()?,
            });
        }
        let first = fields.get("content")?.as_array()?.first()?;
        Self::nested(first.get("text")?.as_str()?, levels)
    }

    fn of_text(text: &str) -> Self {
        let fields = [("text/plain", Value::from(text)), (MAIN, Value::Bool(true))];
        let result = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        CodeOutput { results: vec![result], ..CodeOutput::default() }
    }

    /// Returns the value of the whole code as text, if there is one.
    pub fn value(&self) -> Option<&str> {
        let main = self.results.iter().find(|result| result.get(MAIN) == Some(&Value::Bool(true)))?;
        main.get("text/plain")?.as_str()
    }
}

/// Returns the pieces of a stream as one text; nothing where there is something else.
fn joined(pieces: Option<&Value>) -> Option<String> {
    match pieces {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(pieces)) => pieces.iter().map(Value::as_str).collect(),
        Some(_) => None,
    }
}

/// Returns what was displayed. An item without anything of a known type is left out.
fn results(items: &[Value]) -> Option<Vec<Map<String, Value>>> {
    let all: Option<Vec<_>> = items.iter().map(|item| result(item, NESTED)).collect();
    Some(all?.into_iter().filter(|result| !result.is_empty()).collect())
}

/// Returns an item: an object, or one in a text.
fn result(item: &Value, levels: u32) -> Option<Map<String, Value>> {
    match item {
        Value::Object(fields) => Some(fields.iter().filter_map(field).collect()),
        Value::String(text) => result(&value(text.as_bytes())?, levels.checked_sub(1)?),
        _ => None,
    }
}

fn field((name, value): (&String, &Value)) -> Option<(String, Value)> {
    let name = match SHORT_NAMES.iter().find(|(short, _)| short == name) {
        Some((_, long)) => long,
        None if name.contains('/') => name.as_str(),
        None => return None,
    };
    (!value.is_null()).then(|| (name.to_owned(), value.clone()))
}

/// An error of the code that cannot be read.
struct UnreadableError;

/// Returns the error that ended the code, if one did.
fn error(error: Option<&Value>) -> Result<Option<String>, UnreadableError> {
    let text = match error {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(fields)) => {
            let field = |name: &str| joined(fields.get(name)).unwrap_or_default();
            let (name, value, traceback) = (field("name"), field("value"), field("traceback"));
            if traceback.is_empty() { format!("{name}: {value}") } else { traceback }
        }
        Some(_) => return Err(UnreadableError),
    };
    // An empty text is how some images say that there is none.
    Ok(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &Value) -> Option<CodeOutput> {
        CodeOutput::read(&document.to_string())
    }

    #[test]
    fn a_language_has_aliases_in_any_case() {
        for (word, wanted) in
            [("python", "python"), ("Py", "python"), ("JS", "javascript"), ("nodejs", "javascript"), ("R", "r")]
        {
            assert_eq!(language(word), Some(wanted), "{word}");
        }
        assert!(language("perl").is_none() && language("").is_none());
    }

    #[test]
    fn results_are_by_mime_type_in_all_forms() {
        let rich = json!({
            "result": [
                { "text/plain": "<Figure>", "image/png": "iVBORw0KGgo=", "isMainResult": false },
                json!({ "text/plain": "2", "application/json": { "Aa": 1 }, "isMainResult": true }).to_string(),
                json!(json!({ "text/html": "<b>", "chart": {} }).to_string()).to_string(),
            ],
            "stdout": ["a", "b\n"], "stderr": ["w\n"], "executionError": null, "execution_count": 2,
        });
        let output = read(&rich).unwrap();
        assert_eq!(
            (&*output.stdout, &*output.stderr, output.value(), output.error.as_deref()),
            ("ab\n", "w\n", Some("2"), None)
        );
        assert_eq!((output.results.len(), output.results[2].len()), (3, 1));
        assert_eq!(output.results[1]["application/json"], json!({ "Aa": 1 }), "what the code displays is not changed");
        let older = json!({
            "logs": { "stdout": ["a\n"], "stderr": [] },
            "results": [{ "text": "2", "png": "AA==", "html": null, "is_main_result": true }],
            "error": { "name": "NameError", "value": "x", "traceback": "Traceback ..." },
        });
        let output = read(&older).unwrap();
        assert_eq!((output.value(), output.error.as_deref()), (Some("2"), Some("Traceback ...")));
        let names: Vec<_> = output.results[0].keys().map(String::as_str).collect();
        assert_eq!(names, ["text/plain", "image/png", "is_main"]);
        let within = json!({ "content": [{ "type": "text", "text": rich.to_string() }] });
        assert_eq!(read(&within), read(&rich));
        for plain in ["2", "[1, 2]", "text\n", "\"quoted\""] {
            assert_eq!(CodeOutput::read(plain).unwrap().value(), Some(plain));
        }
    }

    #[test]
    fn an_error_is_found_wherever_it_stands() {
        for (error, wanted) in [
            (json!("NameError: x"), Some("NameError: x")),
            (json!({ "name": "E", "value": "v" }), Some("E: v")),
            (json!({ "name": "E", "value": "v", "traceback": ["one\n", "two"] }), Some("one\ntwo")),
            (json!(null), None),
            (json!(""), None),
        ] {
            let newer = json!({ "result": [], "executionError": error });
            assert_eq!(read(&newer).unwrap().error.as_deref(), wanted, "{error}");
            let older = json!({ "logs": {}, "results": [], "error": error });
            assert_eq!(read(&older).unwrap().error.as_deref(), wanted, "{error}");
        }
    }

    #[test]
    fn an_answer_that_does_not_say_how_the_code_ended_is_none() {
        for lie in [
            json!({}),
            json!({ "error": { "code": "Throttled" } }),
            json!({ "stdout": ["x"] }),
            json!({ "result": {} }),
            json!({ "result": [1] }),
            json!({ "result": ["text"] }),
            json!({ "result": [], "stdout": [1] }),
            json!({ "result": [], "stdout": {} }),
            json!({ "result": [], "executionError": 1 }),
            json!({ "logs": {}, "error": null }),
            json!({ "content": [] }),
            json!({ "content": [{ "type": "image", "data": "AA==" }] }),
        ] {
            assert_eq!(read(&lie), None, "{lie}");
        }
        let mut deep = json!({ "result": [] });
        for _ in 0..10 {
            deep = json!({ "content": [{ "type": "text", "text": deep.to_string() }] });
        }
        assert_eq!(read(&deep), None);
    }
}
