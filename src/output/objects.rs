//! Output of single objects, and of the results of a command with several subjects.

use anstyle::Style;
use serde_json::Value;

use super::cell::style_of;
use super::record::to_json;
use super::table::{Align, Column, Fit, StyledCell, Table};
use super::{Format, Output, Record, escape, human, yaml};
use wharf_core::error::Result;

impl Output {
    /// Prints one object.
    pub fn one<T: Record>(&self, record: &T) -> Result<()> {
        if self.options.quiet || self.transform.is_some() || self.format == Format::Raw {
            let mut listing = self.listing();
            listing.push(record)?;
            return listing.finish();
        }
        if self.format == Format::Agent {
            return self.line(&T::LINE.show(record).text);
        }
        self.object(&to_json(record)?)
    }

    /// Prints one object like [`Output::one`], and frees it before its text is formatted: it may be large.
    pub fn last<T: Record>(&self, record: T) -> Result<()> {
        if self.options.quiet || self.transform.is_some() || matches!(self.format, Format::Raw | Format::Agent) {
            return self.one(&record);
        }
        let json = to_json(&record)?;
        drop(record);
        self.object(&json)
    }

    fn object(&self, json: &str) -> Result<()> {
        match self.format {
            Format::Jsonl => self.line(&self.safe_json(json)),
            Format::Yaml => self.yaml(json, yaml::write_document),
            Format::Table => self.text(&self.fields(json)),
            Format::Auto | Format::Json | Format::Raw | Format::Agent => {
                self.pretty(json, 0).and_then(|()| self.text("\n"))
            }
        }
    }

    /// Prints the results of a command with several subjects: one object for a single subject, else a listing.
    ///
    /// # Errors
    /// The verdict, else those of [`Listing::finish`](super::Listing::finish).
    pub fn objects<T: Record>(&self, subjects: usize, records: &[T], verdict: Result<()>) -> Result<()> {
        match records {
            [record] if subjects == 1 => verdict.and(self.one(record)),
            [] if subjects == 1 => verdict,
            records => {
                let mut listing = self.listing();
                records.iter().try_for_each(|record| listing.push(record))?;
                listing.conclude(verdict)
            }
        }
    }

    /// Formats an object for people, as lines of name and value, without unknown values.
    fn fields(&self, json: &str) -> String {
        const COLUMNS: &[Column] = &[
            Column { name: "FIELD", align: Align::Left, fit: Fit::Rigid },
            Column { name: "VALUE", align: Align::Left, fit: Fit::Flexible },
        ];
        let Ok(Value::Object(members)) = serde_json::from_str(json) else { return format!("{json}\n") };
        let mut table = Table::new(COLUMNS, self.width(), self.colour);
        let mut text = String::new();
        for (name, value) in members {
            if value.is_null() || name == "provider" {
                continue;
            }
            let shown = human::value(&name, &value, self.options.utc);
            let style = if name == "status" { style_of(&shown) } else { Style::new() };
            let safe = |text: &str| escape::for_terminal(text).into_owned();
            let is_id = name == "id" || name == "session" || name.ends_with("_id");
            text.extend(table.row(vec![safe(&name).into(), StyledCell { text: safe(&shown), style, is_id }]));
        }
        text.extend(table.finish());
        text
    }
}
