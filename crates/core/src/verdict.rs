//! The combination of several results into one error, and so one exit code.

use super::error::{Error, Kind, Result};

/// Counts successes and failures, and combines them into one result.
///
/// ```
/// use wharf_core::error::{Error, Kind};
/// use wharf_core::verdict::Verdict;
///
/// let mut verdict = Verdict::default();
/// verdict.succeeded();
/// verdict.failed(Error::not_found("session `s1` not found"));
/// let error = verdict.into_result("sessions").unwrap_err();
/// assert_eq!(error.kind(), Kind::Partial);
/// assert_eq!(error.message(), "1 of 2 sessions failed: session `s1` not found");
/// ```
#[derive(Debug, Default)]
pub struct Verdict {
    succeeded: u64,
    failed: u64,
    kinds: Vec<Kind>,
    /// The only failure, or one with the details that all failures share.
    common: Option<Error>,
    /// The distinct messages of the failures.
    messages: Vec<String>,
    /// The number of failures whose message is in `messages`.
    named: u64,
}

/// The kinds that end a command early, and so decide the kind of the verdict.
const ENDS: [Kind; 3] = [Kind::Deadline, Kind::Interrupted, Kind::Terminated];

/// The maximum number of messages in a verdict.
const MOST_MESSAGES: usize = 20;

/// The total length in bytes from which no further message is added.
const MESSAGE_BYTES: usize = 4000;

impl Verdict {
    /// Counts a success.
    pub fn succeeded(&mut self) {
        self.succeeded += 1;
    }

    /// Counts a failure.
    pub fn failed(&mut self, error: Error) {
        self.failed += 1;
        if !self.kinds.contains(&error.kind()) {
            self.kinds.push(error.kind());
        }
        if self.messages.iter().any(|message| message == error.message()) {
            self.named += 1;
        } else if self.messages.len() < MOST_MESSAGES
            && self.messages.iter().map(String::len).sum::<usize>() < MESSAGE_BYTES
        {
            self.messages.push(error.message().to_owned());
            self.named += 1;
        }
        self.common = Some(match self.common.take() {
            Some(common) => common.in_common_with(&error),
            None => error,
        });
    }

    /// Returns one result for all. `noun` is the plural of what was counted, for the message.
    ///
    /// # Errors
    /// If there was one operation, its error. Otherwise an error that names the failures, with the status, code, hint
    /// and advice on retries that all of them share. Its kind is `deadline`, `interrupted` or `terminated` if any
    /// failure has it; the kind of the failures if all operations failed with the same kind; else `partial`.
    pub fn into_result(self, noun: &str) -> Result<()> {
        let Some(common) = self.common else { return Ok(()) };
        let total = self.succeeded + self.failed;
        if total == 1 {
            return Err(common);
        }
        let end = ENDS.into_iter().find(|end| self.kinds.contains(end));
        let kind = match (end, self.kinds.as_slice()) {
            (Some(end), _) => end,
            (None, [kind]) if self.succeeded == 0 => *kind,
            _ => Kind::Partial,
        };
        let more = self.failed - self.named;
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let named = self.messages.join("; ");
        let message = format!("{} of {total} {noun} failed: {named}{more}", self.failed);
        Err(common.of_kind(kind).with_message(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Details;

    fn kind(done: u64, failures: &[Kind]) -> Option<Kind> {
        let mut verdict = Verdict::default();
        (0..done).for_each(|_| verdict.succeeded());
        for kind in failures {
            verdict.failed(Error::new(*kind, "x"));
        }
        verdict.into_result("files").err().map(|error| error.kind())
    }

    #[test]
    fn the_kind_of_many_results() {
        assert_eq!(kind(3, &[]), None);
        assert_eq!(kind(0, &[Kind::NotFound]), Some(Kind::NotFound));
        assert_eq!(kind(0, &[Kind::NotFound, Kind::NotFound]), Some(Kind::NotFound));
        assert_eq!(kind(0, &[Kind::NotFound, Kind::Io]), Some(Kind::Partial));
        assert_eq!(kind(1, &[Kind::NotFound]), Some(Kind::Partial));
        assert_eq!(kind(1, &[Kind::NotFound, Kind::Deadline]), Some(Kind::Deadline));
        assert_eq!(kind(1, &[Kind::NotFound, Kind::Interrupted]), Some(Kind::Interrupted));
        assert_eq!(kind(0, &[Kind::Terminated]), Some(Kind::Terminated));
    }

    #[test]
    fn what_all_failures_agree_on_is_said_of_the_sum() {
        let failure = |status: u16, code: &str, id: &str, wait: u64, retryable| {
            Error::new(Kind::Unavailable, "x").hint("later").details(Details {
                backend: Some("foundry"),
                status: Some(status),
                code: Some(code.to_owned()),
                request_id: Some(id.to_owned()),
                retryable,
                retry_after: Some(std::time::Duration::from_secs(wait)),
                ..Details::default()
            })
        };
        let sum = |failures: Vec<Error>| {
            let mut verdict = Verdict::default();
            verdict.succeeded();
            for error in failures {
                verdict.failed(error);
            }
            serde_json::to_value(verdict.into_result("files").unwrap_err()).unwrap()
        };
        let shared = |sum: &serde_json::Value, names: &[&str]| {
            names.iter().map(|name| sum[name].to_string()).collect::<Vec<_>>().join(" ")
        };
        let names = ["backend", "status", "code", "request_id", "retryable", "retry_after", "hint"];
        let alike = sum(vec![failure(503, "busy", "r1", 7, true), failure(503, "busy", "r2", 7, true)]);
        assert_eq!(shared(&alike, &names), r#""foundry" 503 "busy" null true 7.0 "later""#);
        let mixed = sum(vec![failure(503, "busy", "r1", 7, true), failure(500, "down", "r1", 8, false)]);
        assert_eq!(shared(&mixed, &names), r#""foundry" null null "r1" false null "later""#);
        // What one of them does not say, they do not agree on; and it does not come back.
        let own =
            sum(vec![failure(503, "busy", "r", 7, true), Error::not_found("y"), failure(503, "busy", "r", 7, true)]);
        assert_eq!(shared(&own, &names), r"null null null null false null null");
    }
}
