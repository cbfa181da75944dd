//! The waiting time that a service asks for.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::pace::LONGEST_NOTE;

/// The header in milliseconds that some services send beside the standard one; their own SDKs prefer it.
const RETRY_AFTER_MS: &str = "retry-after-ms";

/// Returns how long an answer asks to wait, at most one day: `Retry-After` in seconds or as a date (RFC 9110, section
/// 10.2.3). A date is compared with the answer's own `Date` if present, because clocks differ. Returns `None` for a
/// missing or invalid header, and for a time in the past.
pub(super) fn asked(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let millis = text(RETRY_AFTER_MS).and_then(|text| text.parse::<f64>().ok()).map(|millis| millis / 1000.0);
    let after = text(RETRY_AFTER.as_str());
    let seconds = millis.or_else(|| after.and_then(|text| text.parse().ok()));
    let wait = match seconds {
        // What is too large for a Duration is cut to a day below.
        Some(seconds) if seconds > 0.0 => Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
        Some(_) => return None,
        None => {
            let now = text(DATE.as_str()).and_then(date).unwrap_or(now);
            date(after?)?.duration_since(now).try_into().ok()?
        }
    };
    Some(wait.min(LONGEST_NOTE)).filter(|wait| !wait.is_zero())
}

/// Parses an HTTP date: the current form, or one of the two obsolete ones that RFC 9110 (section 5.6.7) still allows.
fn date(text: &str) -> Option<Timestamp> {
    let old = |format: &str| {
        let parsed = strtime::parse(format, text).and_then(|time| time.to_datetime());
        parsed.and_then(|time| time.to_zoned(TimeZone::UTC)).map(|time| time.timestamp()).ok()
    };
    let today = rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    today.or_else(|| old("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| old("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &str)]) -> Option<f64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        asked(&map, "1994-11-06T08:49:30Z".parse().unwrap()).map(|wait| wait.as_secs_f64())
    }

    fn near(wait: Option<f64>, seconds: f64) {
        assert!(wait.is_some_and(|wait| (wait - seconds).abs() < 1e-9), "{wait:?} {seconds}");
    }

    #[test]
    fn seconds_dates_and_milliseconds() {
        near(of(&[("retry-after", "3")]), 3.0);
        near(of(&[("retry-after", " 1.5 ")]), 1.5);
        near(of(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), 7.0);
        near(of(&[("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT")]), 7.0);
        near(of(&[("retry-after", "Sun Nov  6 08:49:37 1994")]), 7.0);
        near(of(&[("retry-after", "9"), ("retry-after-ms", "250")]), 0.25);
    }

    #[test]
    fn a_date_counts_from_the_clock_of_the_service() {
        let at = [("retry-after", "Sun, 06 Nov 2044 08:49:37 GMT"), ("date", "Sun, 06 Nov 2044 08:49:27 GMT")];
        near(of(&at), 10.0);
    }

    #[test]
    fn what_says_nothing_is_nothing() {
        for value in ["0", "-1", "", "soon", "NaN", "Sun, 06 Nov 1994 08:49:29 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(of(&[("retry-after", value)]), None, "{value:?}");
        }
        assert_eq!(of(&[]), None);
        near(of(&[("retry-after", "99999999999999999999999")]), 86_400.0);
        near(of(&[("retry-after", "inf")]), 86_400.0);
    }
}
