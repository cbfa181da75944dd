//! The rules of operating systems for file names and paths, as pure functions, so that the rules of each system are
//! tested on all of them.

use std::borrow::Cow;

/// The rules of an operating system for file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRules {
    /// A name consists of any bytes except NUL and `/`.
    Unix,
    /// The rules of the Win32 API ("Naming Files, Paths, and Namespaces", learn.microsoft.com).
    Windows,
}

/// Names that are devices in every directory, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

impl NameRules {
    /// The rules of the system that wharf was built for.
    pub const HERE: NameRules = if cfg!(windows) { NameRules::Windows } else { NameRules::Unix };

    /// Returns why a file cannot have this name; `None` if it can. Windows accepts some of these names but opens
    /// another file: `x.` is `x`, `x:y` is a stream of `x`, and `NUL.txt` is a device.
    pub fn problem(self, name: &str) -> Option<&'static str> {
        if matches!(name, "" | "." | "..") {
            return Some("it is not the name of a file");
        }
        if name.contains(['/', '\0']) {
            return Some("it holds a slash or a NUL");
        }
        match self {
            NameRules::Windows if name.contains(['<', '>', ':', '"', '\\', '|', '?', '*']) => {
                Some("it holds one of the characters < > : \" \\ | ? *")
            }
            NameRules::Windows if name.chars().any(|c| c < ' ') => Some("it holds a control character"),
            NameRules::Windows if name.ends_with(['.', ' ']) => Some("it ends in a dot or a space"),
            NameRules::Windows if is_device(name) => Some("it is the name of a device"),
            NameRules::Unix | NameRules::Windows => None,
        }
    }

    /// Returns whether a character separates the components of a path.
    pub(crate) fn is_separator(self, c: char) -> bool {
        c == '/' || self == NameRules::Windows && c == '\\'
    }

    /// Returns whether a path that the user wrote names a directory to put files into: it is empty, or ends with a
    /// separator or with a component `.` or `..`.
    pub fn names_directory(self, path: &str) -> bool {
        let last = path.rsplit(|c| self.is_separator(c)).next().unwrap_or_default();
        // `C:` is the current directory of that drive.
        matches!(last, "" | "." | "..") || self.drive(path) == path.len()
    }

    /// Returns the length of the drive at the beginning of a path, such as `C:`; 0 without a drive.
    pub fn drive(self, path: &str) -> usize {
        match path.as_bytes() {
            [letter, b':', ..] if self == NameRules::Windows && letter.is_ascii_alphabetic() => 2,
            _ => 0,
        }
    }

    /// Splits a local path from the text after the first colon that does not belong to a drive: `C:\x.csv:/in/x.csv`.
    pub fn split_at_colon(self, text: &str) -> (&str, Option<&str>) {
        let drive = self.drive(text);
        match text.get(drive..).and_then(|rest| rest.find(':')) {
            Some(colon) => {
                (text.get(..drive + colon).unwrap_or_default(), Some(text.get(drive + colon + 1..).unwrap_or_default()))
            }
            None => (text, None),
        }
    }

    /// Returns a path of this system with `/` as the separator.
    pub fn with_slashes(self, path: &str) -> Cow<'_, str> {
        match self {
            NameRules::Unix => path.into(),
            NameRules::Windows => path.replace('\\', "/").into(),
        }
    }

    /// Returns a key that is equal for names that the system treats as equal.
    pub fn folded(self, name: &str) -> Cow<'_, str> {
        match self {
            NameRules::Unix => name.into(),
            NameRules::Windows => name.to_uppercase().into(),
        }
    }
}

/// Returns whether Windows treats a name as that of a device: `con`, `NUL.txt`, `Com1 .log`.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_uppercase();
    let port = |kind| {
        stem.strip_prefix(kind)
            .is_some_and(|number: &str| matches!(number.chars().collect::<Vec<_>>()[..], ['1'..='9' | '¹' | '²' | '³']))
    };
    DEVICES.contains(&stem.as_str()) || port("COM") || port("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_takes_for_something_else_are_none() {
        for bad in [
            "x.",
            "x ",
            "x. .",
            "a\\b",
            "ab:strm",
            "C:",
            "a?",
            "a*",
            "a<b",
            "a>b",
            "a|b",
            "a\"b",
            "a\tb",
            "con",
            "NUL",
            "nul.txt",
            "Com1",
            "lpt9.tar.gz",
            "COM¹",
            "aux .c",
            "CONIN$",
            "",
            ".",
            "..",
            "a/b",
            "a\0",
        ] {
            assert!(NameRules::Windows.problem(bad).is_some(), "{bad:?}");
        }
        for good in ["x", ".x", "x.y", "...a", "console", "com", "COM0", "com10", "nul2", "a b", "\u{fc}", "a;b", "~$x"]
        {
            assert_eq!(NameRules::Windows.problem(good), None, "{good:?}");
            assert_eq!(NameRules::Unix.problem(good), None, "{good:?}");
        }
        for good in ["x.", "x ", "a\\b", "a:b", "NUL", "a\nb", "..."] {
            assert_eq!(NameRules::Unix.problem(good), None, "{good:?}");
        }
        for bad in ["", ".", "..", "a/b", "/", "a\0b"] {
            assert!(NameRules::Unix.problem(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn directories_by_their_spelling() {
        for both in ["", "/", "a/", ".", "a/.", "..", "a/.."] {
            assert!(NameRules::Unix.names_directory(both) && NameRules::Windows.names_directory(both), "{both:?}");
        }
        for windows in ["a\\", "\\", "C:\\a\\", "a\\.", "a\\..", "C:", "C:\\"] {
            assert!(!NameRules::Unix.names_directory(windows) || windows.ends_with('/'), "{windows:?}");
            assert!(NameRules::Windows.names_directory(windows), "{windows:?}");
        }
        for neither in ["a", "/a", "a/b", "a.", "...", "C:a", "a\\b"] {
            assert!(
                !NameRules::Unix.names_directory(neither) && !NameRules::Windows.names_directory(neither),
                "{neither:?}"
            );
        }
    }

    #[test]
    fn a_drive_is_no_end_of_a_path() {
        assert_eq!(NameRules::Windows.split_at_colon("C:\\data\\x.csv:/x.csv"), ("C:\\data\\x.csv", Some("/x.csv")));
        assert_eq!(NameRules::Windows.split_at_colon("C:\\x.csv"), ("C:\\x.csv", None));
        assert_eq!(NameRules::Windows.split_at_colon("x.csv:/y"), ("x.csv", Some("/y")));
        assert_eq!(NameRules::Unix.split_at_colon("C:/y"), ("C", Some("/y")));
        assert_eq!(NameRules::Unix.split_at_colon("x"), ("x", None));
    }

    #[test]
    fn separators_and_case() {
        assert_eq!(NameRules::Windows.with_slashes("a\\b\\c"), "a/b/c");
        assert_eq!(NameRules::Unix.with_slashes("a\\b"), "a\\b");
        assert_eq!(NameRules::Windows.folded("Readme"), NameRules::Windows.folded("README"));
        assert_ne!(NameRules::Unix.folded("Readme"), NameRules::Unix.folded("README"));
    }
}
