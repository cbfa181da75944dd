//! `--older-than`: sessions by the time of their creation.

use std::time::Duration;

use jiff::SignedDuration;

use crate::commands::Cx;
use wharf_core::config::duration;
use wharf_core::error::{Error, Result};
use wharf_core::model::{Session, SessionId, Timestamp};

/// The highest number of sessions that a note names.
const NAMED: usize = 5;

/// The value of `--older-than`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) struct OlderThan {
    /// The value as it was typed.
    pub(super) text: String,
    age: Duration,
}

impl OlderThan {
    /// Parses the value for clap.
    pub(in crate::commands) fn parse(text: &str) -> Result<Self, String> {
        // What is deleted depends on it: a number alone may be meant as days.
        if text.trim().parse::<f64>().is_ok() {
            return Err(format!("{text:?} has no unit: use a number and a unit, such as 90s, 12h or 7d"));
        }
        Ok(OlderThan { text: text.to_owned(), age: duration::parse(text)? })
    }

    /// Returns the time at which what is that old now began.
    ///
    /// # Errors
    /// `usage` if the time is before all times that can be written.
    pub(in crate::commands) fn until(&self) -> Result<Timestamp> {
        let until = SignedDuration::try_from(self.age).ok().and_then(|age| Timestamp::now().checked_sub(age).ok());
        until
            .ok_or_else(|| Error::usage("--older-than reaches too far back").hint("write a time such as `7d` or `12h`"))
    }

    /// Returns the filter for sessions that are older than that now.
    ///
    /// # Errors
    /// As [`OlderThan::until`].
    pub(super) fn filter(&self) -> Result<AgeFilter> {
        Ok(AgeFilter { until: self.until()?, unknown: Vec::new() })
    }
}

/// Selects sessions that were created at a time or before, and collects those for which that is not known.
#[derive(Debug)]
pub(super) struct AgeFilter {
    until: Timestamp,
    unknown: Vec<SessionId>,
}

impl AgeFilter {
    /// Returns whether a session is selected. One whose time of creation is not known is not.
    pub(super) fn wants(&mut self, session: &Session) -> bool {
        if session.created_at.is_none() {
            self.unknown.push(session.id.clone());
        }
        session.created_at.is_some_and(|at| at <= self.until)
    }

    /// Prints a note about the sessions whose time of creation is not known.
    pub(super) fn note_unknown(&self, cx: &Cx) {
        let (count, named) = (self.unknown.len(), self.unknown.iter().take(NAMED));
        if count == 0 {
            return;
        }
        let mut named: Vec<_> = named.map(ToString::to_string).collect();
        if count > NAMED {
            named.push(format!("{} more", count - NAMED));
        }
        let what = if count == 1 { "1 session is" } else { &format!("{count} sessions are") };
        cx.out.note(format!("note: {what} left out, because the time of creation is not known: {}", named.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_core::model::{Provider, SessionStatus};

    fn session(created_at: Option<Timestamp>) -> Session {
        Session {
            id: "s1".parse().unwrap(),
            backend: "local",
            status: SessionStatus::Running,
            title: None,
            labels: None,
            created_at,
            updated_at: None,
            expires_at: None,
            agent: None,
            mounts: Vec::new(),
            provider: Provider::default(),
        }
    }

    #[test]
    fn a_session_is_selected_from_the_very_time_on_and_never_without_a_time() {
        let until: Timestamp = "2026-11-27T09:00:00Z".parse().unwrap();
        let mut filter = AgeFilter { until, unknown: Vec::new() };
        for (created_at, is_old) in [
            ("2026-11-27T08:59:59.999999Z", true),
            ("2026-11-27T09:00:00Z", true),
            ("2026-11-27T09:00:00.000001Z", false),
            ("2027-01-01T00:00:00Z", false),
        ] {
            assert_eq!(filter.wants(&session(created_at.parse().ok())), is_old, "{created_at}");
        }
        assert!(filter.unknown.is_empty());
        assert!(!filter.wants(&session(None)));
        assert_eq!(filter.unknown.len(), 1);
    }

    #[test]
    fn an_age_is_subtracted_from_now() {
        let older = OlderThan::parse("1h").unwrap();
        let before = Timestamp::now();
        let until = older.filter().unwrap().until;
        let hour = SignedDuration::from_hours(1);
        assert!(until >= before.checked_sub(hour).unwrap() && until <= Timestamp::now().checked_sub(hour).unwrap());
        assert!(OlderThan::parse("1y").is_err() && OlderThan::parse("").is_err());
        assert!(OlderThan::parse("99999999w").unwrap().filter().is_err());
    }
}
