//! `--fault`: failures on purpose, by operation.
//!
//! ```text
//! OPERATION:EFFECT[@POSITION] [MODIFIER]...
//! ```
//!
//! An operation is `files.upload`, or its last word `upload`, or its group `files`, or `*`. A call of a tool of AGB cloud
//! is `tools.call.shell` as well.
//!
//! | effect | what happens |
//! |---|---|
//! | `latency=100ms` | the request waits before anything is done |
//! | `reset` | the connection is torn down, so that the other side sees an error and not an end |
//! | `truncate` | the answer ends early, and the connection with it |
//! | `stall` | nothing more is read or sent, and the connection stays |
//! | `503`, any of 400 to 599 | the answer is this error |
//! | `refused` | the answer is an error in the service's form, and its status is 200 |
//! | `refused=inside` | the answer says success, and what is within it failure: AGB's creations and tools |
//! | `drop@eventN` | a streamed answer ends after N events, and the connection with it |
//! | `silent-end@eventN` | a streamed answer ends in the middle of event N, as if that were its end |
//! | `keepalive-only` | a streamed answer has comments and pings, and no events |
//! | `endless` | the answer is an error 500 whose body never ends |
//! | `redirect=URL` | the answer is 307, to there |
//! | `bytes_written=N` | the answer to an upload reports N bytes |
//! | `page=N` | listings come in pages of at most N entries, where a dialect knows how |
//! | `chunked` | the answer does not say its length before its end |
//! | `header=NAME:VALUE` | the answer, or what comes instead of it, has this header |
//! | `sync=HOW` | AGB's syncs: see `docs/serve.md` |
//! | `result=FORM` | AGB's tools `shell` and `run_code`, where they really run: see `docs/serve.md` |
//!
//! A position is `start` (nothing was read or done), a number of bytes such as `1MiB`, a share such
//! as `50%`, or `end`. For an upload's `reset` and `stall` it counts the bytes of the request,
//! everywhere else those of the answer; at its `end` the request was carried out, and the answer is
//! lost. `eventN` counts the events of a streamed answer, from 1. An error without a position is the answer to the whole request, of which nothing was done.
//!
//! Modifiers: `xN` (the first N requests only), `skip=N` (not the first N), for an error
//! `retry-after=SECONDS` and `code=WORD`, and `keep` for a `reset` within an upload: what came until
//! then stays, as on a service whose uploads are not atomic.

use std::sync::Mutex;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};

use wharf_core::advice::Setting;
use wharf_core::config::{duration, size};
use wharf_core::error::{Error, Result};
use wharf_core::sync::lock;

/// The message of a failure that a fault causes.
pub(super) const REQUESTED: &str = "requested fault";

/// One `--fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    spec: String,
    operation: String,
    effect: Effect,
    skip: u32,
    times: Option<u32>,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect {
    Latency(Duration),
    Page(usize),
    BytesWritten(u64),
    Chunked,
    Header(HeaderName, HeaderValue),
    Inside,
    Sync(SyncFault),
    Result(ResultForm),
    Fail(FailureEffect),
}

/// How a sync of AGB cloud goes wrong while its call is answered with success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SyncFault {
    /// `failed`: it fails, and no reason is given.
    Failed,
    /// `broken`: it fails, with a reason.
    Broken,
    /// `running`: it never ends.
    Running,
    /// `slow`: it is done when it was asked for the third time.
    Slow,
    /// `missing`: it is done, and nothing was moved.
    Missing,
    /// `partial`: it is done, and the last file has half of its bytes.
    Partial,
}

impl SyncFault {
    const WORDS: [(&str, Self); 6] = [
        ("failed", Self::Failed),
        ("broken", Self::Broken),
        ("running", Self::Running),
        ("slow", Self::Slow),
        ("missing", Self::Missing),
        ("partial", Self::Partial),
    ];
}

/// Another form of the result of a command or of code that AGB cloud runs than the newest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultForm {
    /// `error`: a command that failed is an error of the tool, with the status in its JSON.
    Error,
    /// `error-code`: the same with the status as `errorCode`.
    ErrorCode,
    /// `error-text`: the same as text.
    ErrorText,
    /// `no-status`: the JSON has no status.
    NoStatus,
    /// `text`: what it wrote, as text.
    Text,
    /// `logs`: of code, the form before the newest one.
    Logs,
    /// `content`: of code, the same text within a list of contents.
    Content,
}

impl ResultForm {
    const WORDS: [(&str, Self); 7] = [
        ("error", Self::Error),
        ("error-code", Self::ErrorCode),
        ("error-text", Self::ErrorText),
        ("no-status", Self::NoStatus),
        ("text", Self::Text),
        ("logs", Self::Logs),
        ("content", Self::Content),
    ];
}

/// How a request fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FailureEffect {
    /// The connection is torn down; with `keep`, what came of an upload stays.
    Reset { at: Position, keep: bool },
    /// The answer ends early.
    Truncate(Position),
    /// Nothing goes on.
    Stall(Position),
    /// The answer is an error.
    Status { status: u16, at: Option<Position>, retry_after: Option<u64>, code: Option<String> },
    /// The answer is an error whose body never ends.
    Endless,
    /// The answer leads elsewhere.
    Redirect(String),
    /// A streamed answer fails; any other does not.
    Stream(StreamFault),
}

/// How a streamed answer fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamFault {
    /// `drop`: the connection ends after this many events.
    Drop(usize),
    /// `silent-end`: the answer ends properly, in the middle of the event with this number.
    SilentEnd(usize),
    /// `keepalive-only`: no events come.
    KeepaliveOnly,
}

/// Where in a body something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Start,
    Bytes(u64),
    Percent(u8),
    End,
}

impl Position {
    /// Returns the byte, in a body of `len` bytes. A share of what has no known length is all of it.
    pub(super) fn offset_in(self, len: Option<u64>) -> u64 {
        match self {
            Position::Start => 0,
            Position::Bytes(bytes) => bytes,
            Position::Percent(share) => {
                len.map_or(u64::MAX, |len| u64::try_from(u128::from(len) * u128::from(share) / 100).unwrap_or(u64::MAX))
            }
            Position::End => u64::MAX,
        }
    }
}

/// What happens to one request.
#[derive(Debug, Default)]
pub(super) struct FaultPlan {
    pub(super) latency: Duration,
    pub(super) page: Option<usize>,
    pub(super) bytes_written: Option<u64>,
    pub(super) chunked: bool,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) inside: bool,
    pub(super) sync: Option<SyncFault>,
    pub(super) result: Option<ResultForm>,
    pub(super) failure: Option<FailureEffect>,
    /// The SPECs of all that, for the log.
    pub(super) specs: Vec<String>,
}

/// All faults of a server, and how often they have happened.
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Faults(Mutex::new(faults))
    }

    /// Returns whether a fault names a part of an operation and not the operation.
    pub(super) fn concern_a_part(&self, operation: &str, parts: &[&str]) -> bool {
        let by = |fault: &Fault, name: &str| concerns(&fault.operation, name);
        !parts.is_empty()
            && lock(&self.0).iter().any(|fault| !by(fault, operation) && parts.iter().any(|part| by(fault, part)))
    }

    /// Returns what happens to the next request of an operation: all delays and other answers that fit, and the first
    /// failure that does.
    pub(super) fn plan(&self, operation: &str) -> FaultPlan {
        let mut plan = FaultPlan::default();
        let mut faults = lock(&self.0);
        for fault in faults.iter_mut().filter(|fault| concerns(&fault.operation, operation)) {
            if fault.times == Some(0) || plan.failure.is_some() && matches!(fault.effect, Effect::Fail(_)) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times = fault.times.map(|times| times - 1);
            plan.specs.push(fault.spec.clone());
            match &fault.effect {
                Effect::Latency(wait) => plan.latency += *wait,
                Effect::Page(entries) => plan.page = Some(*entries),
                Effect::BytesWritten(bytes) => plan.bytes_written = Some(*bytes),
                Effect::Chunked => plan.chunked = true,
                Effect::Header(name, value) => plan.headers.push((name.clone(), value.clone())),
                Effect::Inside => plan.inside = true,
                Effect::Sync(how) => plan.sync = Some(*how),
                Effect::Result(form) => plan.result = Some(*form),
                Effect::Fail(failure) => plan.failure = Some(failure.clone()),
            }
        }
        plan
    }
}

/// Returns whether `pattern` means the operation: by its whole name or the beginning of it, one of its words, or `*`.
fn concerns(pattern: &str, operation: &str) -> bool {
    let begins = || operation.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    pattern == "*" || begins() || operation.split('.').any(|part| part == pattern)
}

impl Fault {
    /// Reads a SPEC; `operations` are all that there are.
    ///
    /// # Errors
    /// `usage` that says which word is wrong and what may stand there.
    pub fn parse(spec: &str, operations: &[&str]) -> Result<Self> {
        read(spec, operations).map_err(|problem| {
            Error::usage(format!("invalid fault `{spec}`: {problem}")).hint(format!(
                "write {}, such as 'upload:reset@1MiB x2'",
                Setting::Fault.to("'OPERATION:EFFECT[@POSITION] [xN]'")
            ))
        })
    }
}

fn read(spec: &str, operations: &[&str]) -> Result<Fault, String> {
    let (operation, rest) = spec.split_once(':').ok_or("no colon after an operation")?;
    let operation = operation.trim();
    if !operations.iter().any(|known| concerns(operation, known)) {
        return Err(format!("unknown operation `{operation}`: use one of {}", operations.join(", ")));
    }
    let mut words = rest.split_whitespace();
    let effect = words.next().ok_or("no effect after the colon")?;
    let mut effect = read_effect(effect)?;
    let (mut skip, mut times) = (0, None);
    for word in words {
        match (word.split_once('='), &mut effect) {
            (Some(("skip", number)), _) => skip = count(number)?,
            (Some(("retry-after", seconds)), Effect::Fail(FailureEffect::Status { retry_after, .. })) => {
                *retry_after = Some(count(seconds)?.into());
            }
            (Some(("code", word)), Effect::Fail(FailureEffect::Status { code, .. })) => *code = Some(word.to_owned()),
            (None, Effect::Fail(FailureEffect::Reset { keep, .. })) if word == "keep" => *keep = true,
            (None, _) if word.starts_with('x') => times = Some(count(word.get(1..).unwrap_or_default())?),
            _ => return Err(format!("`{word}` does not go with this effect, or is not known")),
        }
    }
    Ok(Fault { spec: spec.to_owned(), operation: operation.to_owned(), effect, skip, times })
}

fn read_effect(word: &str) -> Result<Effect, String> {
    // A URL may hold an `@`.
    if let Some(url) = word.strip_prefix("redirect=") {
        return if url.starts_with("http://") || url.starts_with("https://") {
            Ok(Effect::Fail(FailureEffect::Redirect(url.to_owned())))
        } else {
            Err(format!("`{url}` is not a URL of http or https"))
        };
    }
    if let Some(header) = word.strip_prefix("header=") {
        let read = || {
            let (name, value) = header.split_once(':')?;
            Some(Effect::Header(name.parse().ok()?, value.parse().ok()?))
        };
        return read().ok_or_else(|| format!("invalid header `{header}`: write `header=NAME:VALUE`"));
    }
    let (effect, at) = match word.split_once('@') {
        Some((effect, at)) => (effect, Some(at)),
        None => (word, None),
    };
    if let Some(fault) = read_stream_fault(effect, at) {
        return fault.map(FailureEffect::Stream).map(Effect::Fail);
    }
    let at = at.map(read_position).transpose()?;
    let nowhere = |made: Effect| match at {
        None => Ok(made),
        Some(_) => Err(format!("`{effect}` takes no position")),
    };
    match effect.split_once('=') {
        Some(("latency", time)) => nowhere(Effect::Latency(duration::parse(time)?)),
        Some(("bytes_written", bytes)) => nowhere(Effect::BytesWritten(size::parse(bytes)?)),
        Some(("page", entries)) => match entries.parse() {
            Ok(entries @ 1..) => nowhere(Effect::Page(entries)),
            _ => Err(format!("`{entries}` is not a number of entries")),
        },
        Some(("refused", "inside")) => nowhere(Effect::Inside),
        Some(("sync", how)) => nowhere(Effect::Sync(choice("sync", how, &SyncFault::WORDS)?)),
        Some(("result", form)) => nowhere(Effect::Result(choice("result", form, &ResultForm::WORDS)?)),
        Some((name, _)) => Err(format!("unknown effect `{name}=`")),
        None if effect == "chunked" => nowhere(Effect::Chunked),
        None => read_failure(effect, at).map(Effect::Fail),
    }
}

/// Returns what a word of a list stands for.
fn choice<T: Copy>(effect: &str, word: &str, words: &[(&str, T)]) -> Result<T, String> {
    words.iter().find(|(known, _)| *known == word).map(|(_, choice)| *choice).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        format!("unknown {effect} `{word}`: use one of {}", all.join(", "))
    })
}

/// Reads the effects that only streamed answers have.
fn read_stream_fault(effect: &str, at: Option<&str>) -> Option<Result<StreamFault, String>> {
    let event = |least: usize| {
        let number = at.map_or(Some(1), |at| at.strip_prefix("event")?.parse().ok());
        number
            .filter(|number| *number >= least)
            .ok_or_else(|| format!("`{effect}` happens at an event from {least} on, such as `{effect}@event3`"))
    };
    match effect {
        "drop" => Some(event(0).map(StreamFault::Drop)),
        "silent-end" => Some(event(1).map(StreamFault::SilentEnd)),
        "keepalive-only" if at.is_none() => Some(Ok(StreamFault::KeepaliveOnly)),
        "keepalive-only" => Some(Err("`keepalive-only` takes no position".to_owned())),
        _ => None,
    }
}

fn read_failure(effect: &str, at: Option<Position>) -> Result<FailureEffect, String> {
    match (effect, at) {
        ("reset", at) => Ok(FailureEffect::Reset { at: at.unwrap_or(Position::Start), keep: false }),
        ("stall", at) => Ok(FailureEffect::Stall(at.unwrap_or(Position::Start))),
        ("truncate", Some(Position::End)) => Err("an answer that ends at its end is whole".to_owned()),
        ("truncate", at) => Ok(FailureEffect::Truncate(at.unwrap_or(Position::Percent(50)))),
        ("refused", None) => Ok(FailureEffect::Status { status: 200, at: None, retry_after: None, code: None }),
        ("refused", Some(_)) => Err("`refused` takes no position".to_owned()),
        ("endless", None) => Ok(FailureEffect::Endless),
        ("endless", Some(_)) => Err("`endless` takes no position".to_owned()),
        (status, at) => match status.parse() {
            Ok(status @ 400..=599) if matches!(at, None | Some(Position::Start | Position::End)) => {
                Ok(FailureEffect::Status { status, at, retry_after: None, code: None })
            }
            Ok(400..=599) => Err(format!("`{status}` happens at `start` or at `end`")),
            _ => Err(format!(
                "unknown effect `{status}`: use one of latency=TIME, reset, truncate, stall, drop, silent-end, keepalive-only, endless, \
                 refused, refused=inside, redirect=URL, bytes_written=N, page=N, chunked, header=NAME:VALUE, sync=HOW, result=FORM and the numbers 400 to 599"
            )),
        },
    }
}

fn read_position(text: &str) -> Result<Position, String> {
    match (text, text.strip_suffix('%').map(str::parse)) {
        ("start", _) => Ok(Position::Start),
        ("end", _) => Ok(Position::End),
        (_, Some(Ok(share @ 0..=100))) => Ok(Position::Percent(share)),
        (_, Some(_)) => Err(format!("invalid share `{text}`: write `50%`")),
        (_, None) => size::parse(text).map(Position::Bytes),
    }
}

fn count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: &[&str] = &["sessions.list", "files.list", "files.upload", "files.download"];

    fn fault(spec: &str) -> Fault {
        Fault::parse(spec, OPERATIONS).expect(spec)
    }

    fn failure(spec: &str) -> FailureEffect {
        match fault(spec).effect {
            Effect::Fail(failure) => failure,
            other => panic!("{spec}: {other:?}"),
        }
    }

    #[test]
    fn the_documented_specs() {
        let upload = fault("upload:reset@1MiB x2");
        assert_eq!(upload.times, Some(2));
        let at = Position::Bytes(1 << 20);
        assert_eq!(upload.effect, Effect::Fail(FailureEffect::Reset { at, keep: false }));
        assert_eq!(failure("upload:reset@1MiB keep"), FailureEffect::Reset { at, keep: true });
        let list = fault("list:429 x3 retry-after=1");
        assert_eq!(list.times, Some(3));
        let status = FailureEffect::Status { status: 429, at: None, retry_after: Some(1), code: None };
        assert_eq!(list.effect, Effect::Fail(status));
        assert_eq!(failure("download:truncate@50%"), FailureEffect::Truncate(Position::Percent(50)));
        assert_eq!(fault("*:latency=100ms").effect, Effect::Latency(Duration::from_millis(100)));
        assert_eq!(failure("*:stall"), FailureEffect::Stall(Position::Start));
        assert_eq!(failure("*:reset"), FailureEffect::Reset { at: Position::Start, keep: false });
        assert_eq!(failure("files:endless"), FailureEffect::Endless);
        let url = "http://user@127.0.0.1:9/x";
        assert_eq!(failure(&format!("list:redirect={url}")), FailureEffect::Redirect(url.to_owned()));
        assert_eq!(fault("files.upload:bytes_written=13").effect, Effect::BytesWritten(13));
        assert_eq!(fault("files.list:page=2").effect, Effect::Page(2));
        let header = Effect::Header(HeaderName::from_static("x-a"), HeaderValue::from_static("b:c@d=e"));
        assert_eq!(fault("files.upload:header=X-A:b:c@d=e x1").effect, header);
        for bad in ["list:header=x", "list:header=:x", "list:header=a b:c", "list:header=a:\u{7f}"] {
            assert!(Fault::parse(bad, OPERATIONS).is_err(), "{bad}");
        }
        for (spec, fault) in [
            ("list:drop", StreamFault::Drop(1)),
            ("list:drop@event0", StreamFault::Drop(0)),
            ("list:silent-end@event3 x1", StreamFault::SilentEnd(3)),
            ("list:keepalive-only", StreamFault::KeepaliveOnly),
        ] {
            assert_eq!(failure(spec), FailureEffect::Stream(fault), "{spec}");
        }
        let refused = FailureEffect::Status { status: 200, at: None, retry_after: None, code: Some("c".into()) };
        assert_eq!(failure("list:refused code=c"), refused);
        assert_eq!(fault("list:refused=inside").effect, Effect::Inside);
        assert_eq!(fault("list:sync=partial x1").effect, Effect::Sync(SyncFault::Partial));
        assert_eq!(fault("list:result=error-text").effect, Effect::Result(ResultForm::ErrorText));
        let end =
            FailureEffect::Status { status: 500, at: Some(Position::End), retry_after: None, code: Some("c".into()) };
        assert_eq!(failure("upload:500@end code=c"), end);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (spec, word) in [
            ("upload", "colon"),
            ("uplaod:reset", "`uplaod`"),
            ("upload:", "no effect"),
            ("upload:rest", "`rest`"),
            ("upload:200", "`200`"),
            ("upload:600", "`600`"),
            ("upload:reset@x", "\"x\""),
            ("upload:reset@101%", "`101%`"),
            ("upload:reset xx", "`x`"),
            ("upload:reset two", "`two`"),
            ("upload:reset retry-after=1", "retry-after"),
            ("upload:429 retry-after=soon", "`soon`"),
            ("upload:truncate keep", "`keep`"),
            ("upload:500@50%", "`start` or at `end`"),
            ("download:truncate@end", "whole"),
            ("upload:latency=1y", "1y"),
            ("upload:latency=1s@50%", "position"),
            ("upload:speed=1", "`speed=`"),
            ("list:drop@1KiB", "`drop@event3`"),
            ("list:silent-end@event0", "from 1 on"),
            ("list:keepalive-only@event1", "position"),
            ("list:reset@event1", "event1"),
            ("list:page=0", "`0`"),
            ("list:sync=odd", "`odd`"),
            ("list:result=odd", "error-text"),
            ("list:refused@end", "position"),
            ("list:refused=outside", "`refused=`"),
            ("list:redirect=ftp://x", "ftp"),
        ] {
            let error = Fault::parse(spec, OPERATIONS).expect_err(spec);
            assert!(error.message().contains(word), "{spec}: {error}");
            assert!(error.hint_text().is_some(), "{spec}");
        }
    }

    #[test]
    fn operations_go_by_name_last_word_group_or_star() {
        for pattern in ["files.list", "list", "files", "*"] {
            assert!(concerns(pattern, "files.list"), "{pattern}");
        }
        for pattern in ["sessions.list", "sessions", "lis", "files.", "files.lis", ""] {
            assert!(!concerns(pattern, "files.list"), "{pattern}");
        }
        for pattern in ["tools", "tools.call", "call", "tools.call.shell", "shell"] {
            assert!(concerns(pattern, "tools.call.shell"), "{pattern}");
        }
        let of_part = |spec: &str| {
            let parts = ["tools.call.shell", "tools.call.read_file"];
            Faults::new(vec![Fault::parse(spec, &parts).unwrap()]).concern_a_part("tools.call", &parts)
        };
        assert!(of_part("tools.call.shell:reset") && of_part("shell:reset"));
        assert!(!of_part("tools.call:reset") && !of_part("*:reset"));
    }

    #[test]
    fn a_fault_happens_as_often_as_it_says_and_one_failure_at_a_time() {
        let specs = ["list:500 x2 skip=1", "*:latency=1s", "list:503 x1"];
        let faults = Faults::new(specs.iter().map(|spec| fault(spec)).collect());
        let statuses: Vec<_> = (0..5)
            .map(|_| match faults.plan("files.list") {
                FaultPlan { failure: Some(FailureEffect::Status { status, .. }), latency, .. }
                    if !latency.is_zero() =>
                {
                    status
                }
                plan => u16::from(plan.failure.is_some()),
            })
            .collect();
        assert_eq!(statuses, [503, 500, 500, 0, 0]);
        assert_eq!(faults.plan("files.upload").specs, ["*:latency=1s"]);
    }

    #[test]
    fn positions_lie_within_a_body() {
        assert_eq!(Position::Percent(50).offset_in(Some(7)), 3);
        assert_eq!(Position::Percent(50).offset_in(None), u64::MAX);
        assert_eq!(Position::Bytes(9).offset_in(Some(7)), 9);
        assert_eq!(Position::Percent(100).offset_in(Some(u64::MAX)), u64::MAX);
    }
}
