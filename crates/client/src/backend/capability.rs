//! The features and limits of backends, as plain data: read before any call, printed by `wharf backends`.

use serde::Serialize;

use wharf_core::error::{Error, Kind, Result};
use wharf_core::feature::Feature;
use wharf_core::model::SessionStatus;

/// The features and limits of a backend.
#[derive(Debug, Serialize)]
pub struct Capabilities {
    /// The backend's name.
    pub backend: &'static str,
    /// The account or credential that the backend needs.
    pub account: Option<&'static str>,
    /// The directory to which relative session paths refer.
    pub home: &'static str,
    /// The directory of a session's results, which `@outputs` means in a path.
    pub outputs: &'static str,
    /// The way in which the backend verifies an upload, as a text for the table of features.
    pub proof: &'static str,
    /// The default number of files that are transferred at once.
    pub jobs: u32,
    /// The limits.
    pub limits: Limits,
    /// The statuses in which a session is usable, which `sessions wait` waits for.
    pub usable: &'static [SessionStatus],
    /// The features that the backend has.
    pub features: &'static [Feature],
    /// The forms of the ids that wharf and the service generate.
    #[serde(skip)]
    pub generated_ids: &'static [IdForm],
}

/// The form of ids that are generated: a prefix, and a number of characters.
#[derive(Debug)]
pub struct IdForm {
    /// The prefix.
    pub prefix: &'static str,
    /// The number of characters after the prefix.
    pub length: usize,
    /// Whether they are hexadecimal digits in lower case, rather than any ASCII letters and digits.
    pub hex: bool,
}

impl IdForm {
    /// The form of [`wharf_core::random::id`].
    pub(crate) const fn of_wharf(prefix: &'static str) -> Self {
        IdForm { prefix, length: 24, hex: true }
    }

    /// Returns whether a text may be the beginning of an id of this form, and long enough to name one.
    fn begins_with(&self, text: &str) -> bool {
        let is_sign = |sign: u8| match sign {
            b'0'..=b'9' | b'a'..=b'f' => true,
            other => !self.hex && other.is_ascii_alphanumeric(),
        };
        text.strip_prefix(self.prefix)
            .is_some_and(|tail| (SHORTEST..self.length).contains(&tail.len()) && tail.bytes().all(is_sign))
    }
}

/// The number of characters after its prefix by which an id can be named.
const SHORTEST: usize = 6;

impl Capabilities {
    /// Returns whether a text may be the beginning of a generated id, rather than a whole id.
    pub fn may_be_beginning(&self, text: &str) -> bool {
        self.generated_ids.iter().any(|form| form.begins_with(text))
    }

    /// Returns whether the backend has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Returns the `unsupported` error for `feature`, with an alternative as its hint.
    pub fn unsupported(&self, feature: Feature) -> Error {
        let what = format!("backend `{}` cannot do this: `{}`", self.backend, feature.name());
        Error::new(Kind::Unsupported, what).hint(feature.alternative())
    }

    /// Checks that the backend has all of `features`.
    ///
    /// # Errors
    /// `unsupported` for the first one that it lacks.
    pub(crate) fn require_all(&self, mut features: impl Iterator<Item = Feature>) -> Result<()> {
        features.find(|feature| !self.has(*feature)).map_or(Ok(()), |feature| Err(self.unsupported(feature)))
    }
}

/// The limits of a backend; `null` if no limit is known.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: Option<u64>,
    /// Bytes of all files of a session.
    pub session_bytes: Option<u64>,
    /// Resources mounted in a session.
    pub mounts: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_generated_id_has_six_characters_and_is_not_whole() {
        let (hex, any) = (IdForm::of_wharf("sesn_"), IdForm { prefix: "session-", length: 17, hex: false });
        for (text, by_hex, by_any) in [
            ("sesn_01234", false, false),
            ("sesn_012345", true, false),
            ("sesn_0123456789abcdef0123456", true, false),
            ("sesn_0123456789abcdef01234567", false, false),
            ("sesn_01234G", false, false),
            ("sesn_01234-", false, false),
            ("demo012345", false, false),
            ("session-04bdw8", false, true),
            ("session-notes-of", false, false),
            ("session-04bdw8o1a2b3c4d5e", false, false),
            ("", false, false),
        ] {
            assert_eq!((hex.begins_with(text), any.begins_with(text)), (by_hex, by_any), "{text}");
        }
    }
}
