//! Listings, which write records as they arrive, so that memory does not grow with a listing.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::record::{Record, TableView, to_json};
use super::table::Table;
use super::transform_hint::transform_hint;
use super::watch::TransferWatch;
use super::yaml_chunks::to_yaml;
use super::{Format, Output, escape, yaml};
use wharf_core::config::answers::Answers;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::Provider;
use wharf_gjson::Selection;

/// A listing in progress.
pub struct Listing<'a, T> {
    output: &'a Output,
    format: Format,
    view: TableView<T>,
    table: Option<Table>,
    seen: u64,
    /// The records that count in the last line for agents.
    counted: u64,
    matched: u64,
    /// The number of records in which the transform matched only in part.
    partial: u64,
    /// The parts of the transform that did not match in them.
    missed: BTreeSet<String>,
    ignores_closed_stdout: bool,
    /// Whether each record is flushed at once.
    flushes: bool,
    /// The transfer whose summary ends a listing for agents.
    transfer: Option<&'a TransferWatch<'a>>,
    /// The number of lines for agents in which a text is not whole.
    shortened: u64,
    /// The token of the next page, for agents.
    more: Option<String>,
}

impl Output {
    /// Starts a listing with the usual table of the record.
    pub fn listing<T: Record>(&self) -> Listing<'_, T> {
        Listing::new(self, T::VIEW)
    }

    /// Returns a listing of records that are shown while they happen: JSON is one object a line.
    pub fn following<T: Record>(&self) -> Listing<'_, T> {
        let mut listing = self.listing();
        if listing.format == Format::Json {
            listing.format = Format::Jsonl;
        }
        listing.flushes = true;
        listing
    }

    /// Starts a listing with another table.
    pub fn listing_as<T: Record>(&self, view: TableView<T>) -> Listing<'_, T> {
        Listing::new(self, view)
    }
}

impl<'a, T: Record> Listing<'a, T> {
    fn new(output: &'a Output, view: TableView<T>) -> Self {
        let table = (output.format == Format::Table).then(|| Table::new(view.columns, output.width(), output.colour));
        Listing {
            output,
            format: output.format,
            view,
            table,
            seen: 0,
            counted: 0,
            matched: 0,
            partial: 0,
            missed: BTreeSet::new(),
            ignores_closed_stdout: false,
            flushes: false,
            transfer: None,
            shortened: 0,
            more: None,
        }
    }

    /// Ends the listing with the summary of a transfer if it is for agents. Otherwise, the summary goes to stderr.
    #[must_use]
    pub fn summarized_by(mut self, transfer: &'a TransferWatch<'a>) -> Self {
        self.transfer = self.output.is_for_agents().then_some(transfer);
        self
    }

    /// Tells how to continue a listing that ends at its limit.
    pub fn more(&mut self, token: String) {
        if self.output.is_for_agents() {
            self.more = Some(token);
        } else {
            self.output.note(format!("more: {token}"));
        }
    }

    /// Continues if stdout is closed, for commands that must finish their work, and flushes after each record.
    #[must_use]
    pub fn ignore_closed_stdout(mut self) -> Self {
        (self.ignores_closed_stdout, self.flushes) = (true, true);
        self
    }

    /// Writes a record.
    ///
    /// # Errors
    /// `closed` if the reader of stdout is gone; `io` from stdout.
    pub fn push(&mut self, record: &T) -> Result<()> {
        let extracts = self.output.transform.is_some() || self.format == Format::Raw;
        if extracts && record.is_failure() {
            return Ok(());
        }
        let written = self.write(record).and_then(|()| if self.flushes { self.output.flush() } else { Ok(()) });
        self.seen += 1;
        self.counted += u64::from(record.is_counted());
        self.forgive(written)
    }

    /// Writes a page in the service's own format. A transform is applied to the page instead of its items.
    ///
    /// # Errors
    /// `closed` if the reader of stdout is gone; `io` from stdout.
    pub fn push_page(&mut self, page: &str) -> Result<()> {
        self.seen += 1;
        self.raw(page)
    }

    /// Counts a record that is not printed.
    pub fn skip(&mut self) {
        self.seen += 1;
        self.counted += 1;
    }

    /// Ends the listing of a command that works on several objects, with the verdict over them, which takes precedence
    /// over errors of the listing. If the command did not start, stdout stays empty.
    ///
    /// # Errors
    /// The verdict, else those of [`Listing::finish`].
    pub fn conclude(mut self, verdict: Result<()>) -> Result<()> {
        let Err(error) = verdict else { return self.finish() };
        if self.seen > 0 || !matches!(error.kind(), Kind::Usage | Kind::Unsupported) {
            // The verdict is more important than an error of writing.
            let _ = self.write_end();
        }
        Err(error)
    }

    /// Ends a listing after an error. Output that was started is completed, so that it is well-formed; an empty listing
    /// prints nothing.
    pub fn abandon(mut self) {
        if self.seen > 0 {
            // The caller reports the error that ended the listing.
            let _ = self.end();
        }
    }

    /// Ends the listing.
    ///
    /// # Errors
    /// `no_match` if the transform matched none of the records; `closed` and `io` from stdout.
    pub fn finish(mut self) -> Result<()> {
        self.write_end()?;
        if let Some(path) = &self.output.transform {
            self.check_matches(path)?;
        }
        if self.seen > 0 || self.transfer.is_some() {
            return Ok(());
        }
        let nothing = format!("no {}", T::NOUN);
        if self.output.is_for_agents() {
            return self.forgive(self.output.line(&nothing));
        }
        if self.output.is_for_people() {
            self.output.note(nothing);
        }
        Ok(())
    }

    fn write_end(&mut self) -> Result<()> {
        let written = self.end();
        self.forgive(written)
    }

    /// Fails if the transform matched nothing; prints notes on records that it matched in part or not at all.
    fn check_matches(&self, path: &wharf_gjson::Path) -> Result<()> {
        let missed = self.seen - self.matched;
        if self.seen > 0 && self.matched == 0 {
            let hint = transform_hint(path.as_str());
            return Err(Error::new(Kind::NoMatch, format!("--transform matched nothing: `{}`", path.as_str()))
                .hint(hint.unwrap_or_else(|| "run it without --transform to see the fields".to_owned())));
        }
        if missed > 0 {
            let (seen, noun, path) = (self.seen, T::NOUN, path.as_str());
            self.output.note(format!("note: {missed} of {seen} {noun} had no match for `{path}`"));
        }
        if self.partial > 0 {
            let (partial, seen, noun, path) = (self.partial, self.seen, T::NOUN, path.as_str());
            let parts: Vec<_> = self.missed.iter().map(|part| format!("`{part}`")).collect();
            let parts = parts.join(", ");
            self.output.note(format!("note: {partial} of {seen} {noun} had no match for a part of `{path}`: {parts}"));
        }
        Ok(())
    }

    fn forgive(&self, written: Result<()>) -> Result<()> {
        match written {
            Err(e) if e.kind() == Kind::Closed && self.ignores_closed_stdout => Ok(()),
            other => other,
        }
    }

    fn write(&mut self, record: &T) -> Result<()> {
        let output = self.output;
        if output.options.quiet {
            return record.key().map_or(Ok(()), |key| output.item(&key));
        }
        if self.format == Format::Raw {
            return self.answers(record);
        }
        if let Some(path) = &output.transform {
            let json = to_json(record)?;
            let found = self.select(path, &json, record)?;
            return self.selected(found);
        }
        match self.format {
            Format::Table => {
                let cells = (self.view.cells)(record).iter().map(|cell| cell.show(output.options.utc)).collect();
                match self.table.as_mut().and_then(|table| table.row(cells)) {
                    Some(lines) => output.text(&lines),
                    None => Ok(()),
                }
            }
            Format::Jsonl => output.line(&output.safe_json(&to_json(record)?)),
            Format::Raw => self.answers(record),
            Format::Yaml => output.yaml(&to_json(record)?, yaml::write_item),
            Format::Agent => {
                let line = T::LINE.show(record);
                self.shortened += u64::from(line.is_shortened);
                output.line(&line.text)
            }
            Format::Auto | Format::Json => {
                let json = to_json(record)?;
                output.text(if self.seen == 0 { "[\n  " } else { ",\n  " })?;
                output.pretty(&json, 1)
            }
        }
    }

    /// Prints a record for `--format raw`: the answers of the provider to its requests, the provider's object, or else
    /// the record itself.
    fn answers(&mut self, record: &T) -> Result<()> {
        let kept = self.output.options.answers.as_ref().filter(|_| T::BY_ANSWERS).map(Answers::take);
        let kept = kept.unwrap_or_default();
        if !kept.is_empty() {
            return kept.iter().try_for_each(|answer| self.raw(answer.get()));
        }
        match record.provider().and_then(Provider::text) {
            Some(raw) => self.raw(raw),
            None => self.raw(&to_json(record)?),
        }
    }

    /// Prints an answer on one line, or the result of the transform on it.
    fn raw(&mut self, raw: &str) -> Result<()> {
        let Some(path) = &self.output.transform else { return self.output.line(raw) };
        let found = wharf_gjson::answer(raw, path).map_err(|limit| gave_up(limit, path))?;
        self.selected(found)
    }

    /// Applies a path to a record. If not all of it matches, the path is also tried on the provider's object; the
    /// results are never mixed.
    fn select<'j>(&self, path: &wharf_gjson::Path, json: &'j str, record: &T) -> Result<Selection<'j>> {
        let gave_up = |limit| gave_up(limit, path);
        let ours = wharf_gjson::answer(json, path).map_err(gave_up)?;
        let provider = record.provider().and_then(Provider::shown);
        let (Some(provider), Selection::Partial { .. } | Selection::Missed) = (provider, &ours) else {
            return Ok(ours);
        };
        let theirs = match (&ours, wharf_gjson::answer(provider, path).map_err(gave_up)?) {
            (_, Selection::Matched(text)) => Selection::Matched(Cow::Owned(text.into_owned())),
            (Selection::Missed, Selection::Partial { text, missed }) => {
                Selection::Partial { text: Cow::Owned(text.into_owned()), missed }
            }
            _ => return Ok(ours),
        };
        if self.output.options.verbose {
            self.output.note(format!("note: `{}` was found in `provider`", path.as_str()));
        }
        Ok(theirs)
    }

    /// Prints a selection, and counts it.
    fn selected(&mut self, found: Selection<'_>) -> Result<()> {
        let found = match found {
            Selection::Matched(found) => found,
            Selection::Partial { text, missed } => {
                self.partial += 1;
                self.missed.extend(missed);
                text
            }
            Selection::Missed => return Ok(()),
        };
        self.matched += 1;
        self.result(&found)
    }

    /// Prints a result of the transform.
    fn result(&self, found: &str) -> Result<()> {
        let output = self.output;
        let scalar = !found.starts_with(['{', '[']);
        match (scalar, self.format) {
            (true, Format::Yaml) => output.item(&wharf_gjson::text(found)),
            (true, _) if output.options.raw_output => output.item(&wharf_gjson::text(found)),
            (false, Format::Yaml) => output.text(&output.safe_lines(&format!("---\n{}", to_yaml(found)?))),
            _ => output.item(&output.safe_json(&wharf_gjson::ugly(found))),
        }
    }

    fn end(&mut self) -> Result<()> {
        let output = self.output;
        if output.options.quiet || output.transform.is_some() {
            return Ok(());
        }
        match self.format {
            Format::Auto | Format::Json => output.text(if self.seen == 0 { "[]\n" } else { "\n]\n" }),
            Format::Yaml if self.seen == 0 => output.text("[]\n"),
            Format::Agent => self.total().map_or(Ok(()), |total| output.line(&total)),
            Format::Table => match self.table.take().and_then(Table::finish) {
                Some(lines) => output.text(&lines),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl<T: Record> Listing<'_, T> {
    /// Returns the line that ends a listing for agents: what it has, and what was left out.
    fn total(&self) -> Option<String> {
        if let Some(transfer) = self.transfer {
            return transfer.take_summary();
        }
        if self.seen == 0 {
            return None;
        }
        let mut total = match self.counted {
            1 => format!("1 {}", singular(T::NOUN)),
            counted => format!("{counted} {}", T::NOUN),
        };
        if self.shortened > 0 {
            let _ = write!(total, ", {} shortened", self.shortened);
        }
        if let Some(token) = &self.more {
            let _ = write!(total, "; more: {}", escape::shell_word(token));
        }
        Some(total)
    }
}

/// Returns the singular of a record's [`NOUN`](Record::NOUN).
fn singular(noun: &str) -> String {
    noun.strip_suffix("ies").map_or_else(|| noun.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"))
}

fn gave_up(limit: wharf_gjson::Limit, path: &wharf_gjson::Path) -> Error {
    Error::new(Kind::Limit, format!("--transform gave up: {limit}: `{}`", path.as_str()))
        .hint("run it without --transform, and select from the JSON with another tool")
}
