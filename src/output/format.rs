//! The output format, `--format`.

use clap::ValueEnum;

use super::report::ErrorForm;
use wharf_core::error::{Error, Result};

/// `--format`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// A table.
    Table,
    /// JSON; a listing is one array
    Json,
    /// One JSON object per line
    Jsonl,
    /// YAML; a listing is one list.
    Yaml,
    /// The answer of the service as it is
    Raw,
    /// One short line per object, for coding agents
    Agent,
}

impl Format {
    /// Returns the name of the format in `--format`.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Parses the name of a format, ignoring case.
    ///
    /// # Errors
    /// `usage` with the names of all formats.
    pub fn parse(name: &str) -> Result<Self> {
        Format::from_str(name, true).map_err(|_| {
            let names: Vec<_> = Format::value_variants().iter().map(|format| format.name()).collect();
            Error::usage(format!("invalid format {name:?}")).hint(format!("formats are {}", names.join(", ")))
        })
    }

    /// Returns the form of errors with this format.
    pub fn error_form(self) -> ErrorForm {
        match self {
            Format::Json | Format::Jsonl | Format::Yaml => ErrorForm::Json,
            Format::Agent => ErrorForm::Lines,
            Format::Auto | Format::Table | Format::Raw => ErrorForm::Text,
        }
    }
}
