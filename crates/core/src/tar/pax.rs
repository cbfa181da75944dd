//! Records of pax headers: `LENGTH KEY=VALUE\n`.

use crate::model::Timestamp;

/// What a pax header says of the next entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PaxRecords {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) modified_at: Option<Timestamp>,
    /// Whether the entry is a sparse file.
    pub(super) is_sparse: bool,
}

impl PaxRecords {
    /// Reads the records of a header; `None` if it is malformed.
    pub(super) fn read(mut text: &[u8]) -> Option<Self> {
        let mut records = PaxRecords::default();
        while !text.is_empty() {
            let space = text.iter().position(|byte| *byte == b' ')?;
            let digits = text.get(..space).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
            let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
            let record = text.get(space + 1..length)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|byte| *byte == b'=')?;
            let (key, value) = (record.get(..equals)?, record.get(equals + 1..)?);
            records.set(key, value)?;
            text = text.get(length..)?;
        }
        Some(records)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<()> {
        let number = || std::str::from_utf8(value).ok();
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => {
                let is_number = value.iter().all(u8::is_ascii_digit);
                self.size = Some(number().filter(|_| is_number)?.parse().ok()?);
            }
            // A time beyond the calendar is no reason to refuse the file.
            b"mtime" => self.modified_at = number().and_then(time),
            key if key.starts_with(b"GNU.sparse.") => self.is_sparse = true,
            _ => {}
        }
        Some(())
    }

    /// Returns whether the records say something of an entry, which those of a global header must not.
    pub(super) fn names_entry(&self) -> bool {
        self.path.is_some() || self.link.is_some() || self.size.is_some() || self.is_sparse
    }
}

/// Parses a time in seconds, with digits after a point.
fn time(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let nanos: i32 = digits.parse().ok()?;
    Timestamp::new(seconds, if whole.starts_with('-') { -nanos } else { nanos }).ok()
}

/// Appends a record to those of a header.
pub(super) fn push(text: &mut Vec<u8>, key: &str, value: &str) {
    let rest = format!(" {key}={value}\n");
    // The length counts its own digits.
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    text.extend_from_slice(format!("{length}{rest}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_were_written() {
        for length in [1, 80, 88, 89, 90, 91, 92, 93, 980, 990, 995, 1000] {
            let (mut text, path) = (Vec::new(), "é".repeat(length));
            push(&mut text, "path", &path);
            push(&mut text, "mtime", "1700000000.123456789");
            push(&mut text, "comment", "a=b\nc");
            let records = PaxRecords::read(&text).unwrap();
            assert_eq!(records.path.as_deref(), Some(path.as_bytes()));
            assert_eq!(records.modified_at, Some(Timestamp::new(1_700_000_000, 123_456_789).unwrap()));
            assert!(!records.is_sparse);
        }
    }

    #[test]
    fn malformed_records_are_refused() {
        for text in ["x", "5", "99 a=b\n", "6 a=b", "0 a=b\n", "6 ab\n\n", "+6 a=b\n", "10 size=-1\n", "11 size=+12\n"]
        {
            assert_eq!(PaxRecords::read(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(time("-1.5"), Timestamp::new(-1, -500_000_000).ok());
        assert_eq!(time("99999999999999999"), None);
    }
}
