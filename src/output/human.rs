//! Sizes, times and summaries for people.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{table, terminal};
use wharf_core::config::env;
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{Cost, Event, SessionId, TokenUsage, ToolCall};
use wharf_transfer::event::{HeldBack, NotDeleted, ReachedConcurrency, TransferSummary};

/// Formats a number of bytes: `812 B`, `1.2 MiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if tenths < 10240 {
            break;
        }
        tenths /= 1024;
        unit = next;
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Formats a number of bytes a second: `3.0 MiB/s`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is rounded anyway")]
pub fn rate(bytes_per_second: f64) -> String {
    format!("{}/s", size(bytes_per_second as u64))
}

/// Returns the summary of a transfer of `from` after which no file is at its destination.
pub fn nothing(summary: &TransferSummary, from: &str) -> String {
    let verb = if summary.dry_run { "would be" } else { "was" };
    let mut left = Vec::new();
    if !summary.skipped.is_empty() {
        left.push(skipped(summary));
    }
    if summary.excluded > 0 {
        left.push(format!("{} excluded", summary.excluded));
    }
    let left = if left.is_empty() { String::new() } else { format!(" ({})", left.join(", ")) };
    format!("nothing {verb} transferred: no files in {from}{left}")
}

/// Returns how many files were transferred at once, and why not more.
pub(super) fn concurrency(reached: ReachedConcurrency) -> String {
    let ReachedConcurrency { highest, files, ceiling, held_back } = reached;
    let why = match held_back {
        HeldBack::Files => "there were not more to begin".to_owned(),
        HeldBack::Ceiling => format!("the limit of --jobs is {ceiling}"),
        HeldBack::Speed => "more at once were not faster".to_owned(),
        HeldBack::Refusals => "the service refused requests because of its load".to_owned(),
    };
    let how = if files > highest { ", in bundles" } else { "" };
    format!("concurrency: up to {} files at once{how}; {why}", files.max(highest))
}

/// Returns the number of skipped files with the reasons; after a sync, those that were equal are unchanged.
pub(super) fn skipped(summary: &TransferSummary) -> String {
    let is_unchanged = |reason: &SkipReason| summary.is_sync && reason.is_unchanged();
    let count = |unchanged: bool| {
        let of_kind = summary.skipped.iter().filter(|(reason, _)| is_unchanged(reason) == unchanged);
        of_kind.map(|(_, count)| count).sum::<u64>()
    };
    let mut parts = Vec::new();
    if count(true) > 0 {
        parts.push(format!("{} unchanged", count(true)));
    }
    if count(false) > 0 {
        let others = summary.skipped.iter().filter(|(reason, _)| !is_unchanged(reason));
        let reasons: Vec<_> = others.map(|(reason, count)| format!("{count}: {}", reason.words())).collect();
        parts.push(format!("{} skipped ({})", count(false), reasons.join("; ")));
    }
    parts.join(", ")
}

/// Returns why a sync deleted nothing.
fn not_deleted(why: NotDeleted) -> &'static str {
    match why {
        NotDeleted::SourceIncomplete => "nothing deleted: the source could not be read whole",
        NotDeleted::DestinationIncomplete => "nothing deleted: the destination could not be read whole",
        NotDeleted::Failures => "nothing deleted because of failures",
    }
}

/// Returns the summary of a transfer in one line; `None` for a single file, unless it is `for_terminal`, where the summary
/// has the rate as well.
#[allow(clippy::cast_precision_loss, reason = "a rate is rounded anyway")]
pub fn summary(summary: &TransferSummary, several: bool, took: Duration, for_terminal: bool) -> Option<String> {
    let files = |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let TransferSummary { copied, bytes, skipped, excluded, deleted, failed, not_begun, dry_run, .. } = summary;
    let is_single = !several && !summary.is_sync && copied + failed + excluded + skipped.values().sum::<u64>() < 2;
    let is_timed = for_terminal && *copied > 0 && !dry_run;
    if is_single && !is_timed {
        return None;
    }
    let verb = if *dry_run { "would be copied" } else { "copied" };
    let seconds = took.as_secs_f64();
    let pace = (is_timed && *bytes > 0 && seconds > 0.0).then(|| format!(", {}", rate(*bytes as f64 / seconds)));
    let took = if *dry_run { String::new() } else { format!(" in {seconds:.1} s") };
    let pace = pace.unwrap_or_default();
    let mut parts = vec![format!("{} {verb} ({}{took}{pace})", files(*copied), size(*bytes))];
    if !skipped.is_empty() {
        parts.push(self::skipped(summary));
    }
    if *deleted > 0 {
        parts.push(format!("{deleted} {}deleted", if *dry_run { "would be " } else { "" }));
    }
    if *excluded > 0 {
        parts.push(format!("{excluded} excluded"));
    }
    if *failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    if *not_begun > 0 {
        parts.push(format!("{not_begun} not begun"));
    }
    if let Some(why) = summary.not_deleted {
        parts.push(not_deleted(why).to_owned());
    }
    Some(parts.join(", "))
}

/// Formats a time with its zone: `2026-11-21 10:45:07 +01:00`, or `2026-11-21 09:45:07 UTC`.
///
/// The time zone is that of the system, and UTC if `utc` is true or the system's is unknown.
pub fn time(at: Timestamp, utc: bool) -> String {
    let at = at.to_zoned(if utc { TimeZone::UTC } else { system_zone() });
    let zone = if at.offset().is_zero() { "UTC" } else { "%:z" };
    at.strftime(&format!("%Y-%m-%d %H:%M:%S {zone}")).to_string()
}

/// Returns the time zone of the system, which `TZ` can name.
fn system_zone() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    let find = || {
        // `TZ` can be the path of a file: a device or a FIFO would be read without end.
        let is_endless = env::text(env::TZ)
            .is_some_and(|text| Path::new(text.trim_start_matches(':')).metadata().is_ok_and(|meta| !meta.is_file()));
        if is_endless { TimeZone::UTC } else { TimeZone::system() }
    };
    ZONE.get_or_init(find).clone()
}

/// Formats how far a time is from now: `3m ago`, `in 2h`.
pub fn distance(at: Timestamp) -> String {
    let seconds = Timestamp::now().duration_since(at).as_secs();
    if seconds < 0 { format!("in {}", span(seconds.saturating_neg())) } else { format!("{} ago", span(seconds)) }
}

/// Formats a number of seconds from 0 on, in a unit of which there are at least two.
fn span(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    if seconds < 2 * MINUTE {
        format!("{seconds}s")
    } else if seconds < 2 * HOUR {
        format!("{}m", seconds / MINUTE)
    } else if seconds < 2 * DAY {
        format!("{}h", seconds / HOUR)
    } else {
        format!("{}d", seconds / DAY)
    }
}

/// The longest title that a question or a message shows, in columns.
const TITLE: usize = 50;

/// Formats a session as its id and its title, with its age where it is given.
pub fn session(id: &SessionId, title: Option<&str>, created_at: Option<Timestamp>) -> String {
    let title = title.map(|title| format!(" '{}'", table::fit(title, TITLE)));
    let age = created_at.map(|at| format!(" ({})", distance(at)));
    format!("{id}{}{}", title.unwrap_or_default(), age.unwrap_or_default())
}

/// Formats a call of a tool in one line: its name, and its first text argument or else its whole input.
pub fn tool(call: &ToolCall) -> String {
    let input: Option<Value> = call.input.as_deref().and_then(|input| serde_json::from_str(input.get()).ok());
    let words = match &input {
        // The first text is usually the command or the path.
        Some(Value::Object(fields)) => match fields.values().find_map(Value::as_str) {
            Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            None if fields.is_empty() => String::new(),
            None => input.as_ref().map(ToString::to_string).unwrap_or_default(),
        },
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let name = call.name.as_deref().unwrap_or("tool");
    if words.is_empty() { name.to_owned() } else { format!("{name}  {words}") }
}

/// Formats how long a turn took that is done or was stopped, its usage and cost in one line.
pub fn turn(took: Duration, was_stopped: bool, usage: Option<&TokenUsage>, cost: Option<&Cost>) -> String {
    let what = if was_stopped { "stopped after" } else { "done in" };
    let mut parts = vec![format!("{what} {:.1} s", took.as_secs_f64())];
    if let Some(usage) = usage {
        let counts = [
            (usage.input_tokens, "in"),
            (usage.output_tokens, "out"),
            (usage.cache_read_tokens.filter(|count| *count > 0), "cached"),
        ];
        let counts = counts.iter().filter_map(|(count, word)| Some(format!("{} {word}", thousands((*count)?))));
        let counts = counts.collect::<Vec<_>>().join(", ");
        parts.extend((!counts.is_empty()).then_some(counts));
    }
    if let Some(cost) = cost {
        let kind = if cost.list_price { "list price " } else { "" };
        let amount = &cost.amount;
        parts.push(match cost.currency.as_str() {
            "USD" => format!("{kind}${amount}"),
            currency => format!("{kind}{amount} {currency}"),
        });
    }
    parts.join("  ")
}

/// Formats a count: `812`, `5.2k`, `1.4M`.
fn thousands(count: u64) -> String {
    let tenths = |unit: u64| count / (unit / 10);
    match count {
        0..1000 => count.to_string(),
        1000..1_000_000 => format!("{}.{}k", tenths(1000) / 10, tenths(1000) % 10),
        _ => format!("{}.{}M", tenths(1_000_000) / 10, tenths(1_000_000) % 10),
    }
}

/// Cuts a line to the width of the terminal on stderr, where there is one.
pub fn cut_to_terminal(line: &str) -> String {
    let columns = io::stderr().is_terminal().then(terminal::columns).flatten();
    match columns {
        Some(columns) => table::fit(line, columns),
        None => line.to_owned(),
    }
}

/// Formats an event in one line.
pub fn event(event: &Event) -> String {
    let tool = event.tool.as_ref().map(|tool| {
        let input = tool.input.as_deref().map(RawValue::get);
        [tool.name.as_deref(), input].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let usage = event.usage.as_ref().map(|usage| {
        let (input, output) = (usage.input_tokens.unwrap_or(0), usage.output_tokens.unwrap_or(0));
        format!("{input} tokens in, {output} out")
    });
    let words = [
        tool.filter(|words| !words.is_empty()),
        event.text.clone(),
        event.status.clone(),
        event.stop_reason.clone(),
        event.error.as_ref().map(ToString::to_string),
        usage,
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Returns a cell for a value that may be unknown: `-` if it is.
pub fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}

/// Formats the field `name` of an object: times in the local zone or in UTC, sizes in binary units.
pub fn value(name: &str, value: &Value, utc: bool) -> String {
    match value {
        Value::String(text) if name.ends_with("_at") => text.parse().map_or_else(|_| text.clone(), |at| time(at, utc)),
        Value::String(text) => text.clone(),
        Value::Number(number) if name == "size" || name.ends_with("bytes") => {
            number.as_u64().map_or_else(|| number.to_string(), |bytes| format!("{} ({number} bytes)", size(bytes)))
        }
        Value::Object(fields) if fields.values().all(|value| !value.is_object() && !value.is_array()) => fields
            .iter()
            .map(|(name, value)| format!("{name}={}", self::value("", value, utc)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(|item| self::value("", item, utc)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (seconds, shown) in
            [(0, "0s"), (119, "119s"), (180, "3m"), (7199, "119m"), (7200, "2h"), (172_799, "47h"), (432_000, "5d")]
        {
            assert_eq!(span(seconds), shown);
        }
        let now = Timestamp::now();
        let from_now = |minutes: i64| now + jiff::SignedDuration::from_secs(60 * minutes);
        assert_eq!(distance(from_now(-3)), "3m ago");
        assert!(distance(from_now(600)).starts_with("in "), "{}", distance(from_now(600)));
    }

    #[test]
    fn a_time_has_its_zone() {
        let at: Timestamp = "2026-11-21T09:45:07.5Z".parse().unwrap();
        assert_eq!(time(at, true), "2026-11-21 09:45:07 UTC");
    }

    #[test]
    fn sizes() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_575, "1023.9 KiB"),
            (1_048_576, "1.0 MiB"),
            (1_610_612_736, "1.5 GiB"),
            (u64::MAX, "15.9 EiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
