//! Output of YAML in parts, so that memory does not grow with an object.

use super::{Output, PART, yaml};
use wharf_core::error::{Error, Kind, Result};

impl Output {
    /// Writes JSON as YAML, converted by `write`. If the conversion fails, nothing is printed.
    pub(super) fn yaml(&self, json: &str, write: Yaml) -> Result<()> {
        let mut short = YamlChunks { output: None, part: String::new(), failed: None, long: false };
        write(json, &mut short).map_err(|e| unwritable(&e))?;
        if !short.long {
            return self.text(&self.safe_lines(&short.part));
        }
        let mut parts = YamlChunks { output: Some(self), part: String::new(), failed: None, long: false };
        let written = write(json, &mut parts);
        match parts.failed {
            Some(error) => Err(error),
            None => written.map_err(|e| unwritable(&e)).and_then(|()| self.text(&self.safe_lines(&parts.part))),
        }
    }
}

/// A function that converts JSON to YAML.
type Yaml = fn(&str, &mut dyn std::fmt::Write) -> Result<(), yaml::YamlError>;

/// YAML in conversion. Lines are printed when there are enough of them, or discarded if there is no output.
struct YamlChunks<'a> {
    output: Option<&'a Output>,
    part: String,
    failed: Option<Error>,
    long: bool,
}

impl std::fmt::Write for YamlChunks<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.part.push_str(text);
        if self.part.len() < PART || !text.ends_with('\n') {
            return Ok(());
        }
        self.long = true;
        let part = std::mem::take(&mut self.part);
        let written = self.output.map_or(Ok(()), |output| output.text(&output.safe_lines(&part)));
        written.map_err(|error| {
            self.failed = Some(error);
            std::fmt::Error
        })
    }
}

/// Converts a JSON value to YAML.
pub(super) fn to_yaml(json: &str) -> Result<String> {
    yaml::from_json(json).map_err(|e| unwritable(&e))
}

fn unwritable(error: &yaml::YamlError) -> Error {
    Error::new(Kind::Usage, error.to_string()).hint("use --format json")
}
