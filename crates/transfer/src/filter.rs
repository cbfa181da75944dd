//! The filter of files in a directory: `--include`, `--exclude` and `--ignore-file`, in gitignore syntax.
//!
//! The patterns are one list: first those of the ignore files, then those of the flags, each in the order of the
//! command line. The last pattern that matches a path decides. A path that no pattern matches is included, unless the
//! first flag is `--include`. An excluded directory is not read, so nothing below it can be included.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use super::gitignore::{self, Pattern};
use wharf_core::advice::Setting;
use wharf_core::config::small;
use wharf_core::error::{Error, Result};
use wharf_core::platform::{bytes_of, shown};

/// The maximum size of an ignore file in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// A flag with a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `--include PATTERN`
    Include(OsString),
    /// `--exclude PATTERN`
    Exclude(OsString),
}

/// The decision of a filter about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterDecision {
    /// The path is part of the transfer.
    Include,
    /// The path is a directory that is not part of the transfer, but may contain files that are.
    Descend,
    /// The path is excluded, with everything below it.
    Exclude,
}

/// An ordered list of patterns.
///
/// ```
/// use wharf_transfer::filter::{Filter, FilterDecision, Rule};
///
/// let rules = [Rule::Exclude("*.log".into()), Rule::Exclude("/target/".into())];
/// let filter = Filter::new(&[], &rules, None)?;
/// assert_eq!(filter.judge(b"src/main.rs", false), FilterDecision::Include);
/// assert_eq!(filter.judge(b"logs/today.log", false), FilterDecision::Exclude);
/// assert_eq!(filter.judge(b"target", true), FilterDecision::Exclude);
/// # Ok::<(), wharf_core::error::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Filter {
    patterns: Vec<Pattern>,
    /// Whether paths that no pattern matches are excluded.
    only: bool,
}

impl Filter {
    /// Creates a filter from ignore files, which must be read by `until`, and flags.
    ///
    /// # Errors
    /// `usage` for an include that begins with `!`, or a file that is too large; errors of reading a file; `deadline`.
    pub fn new(files: &[PathBuf], rules: &[Rule], until: Option<Instant>) -> Result<Self> {
        let mut patterns = Vec::new();
        for file in files {
            patterns.extend(gitignore::of_file(&small::read(file, "the ignore file", LARGEST, until)?));
        }
        for rule in rules {
            patterns.push(match rule {
                Rule::Include(pattern) => {
                    let bytes = bytes_of(pattern);
                    if bytes.starts_with(b"!") {
                        return Err(Error::usage(format!(
                            "{} takes a pattern without `!`: {:?}",
                            Setting::Include,
                            shown(pattern)
                        ))
                        .hint(format!("use {}, or write a name that begins with it as `[!]name`", Setting::Exclude)));
                    }
                    Pattern::including(&bytes)
                }
                Rule::Exclude(pattern) => Pattern::new(&bytes_of(pattern)),
            });
        }
        Ok(Filter { patterns, only: matches!(rules.first(), Some(Rule::Include(_))) })
    }

    /// Returns the decision about a path, which is relative to the root of the tree and has `/` between its components.
    pub fn judge(&self, below: &[u8], is_directory: bool) -> FilterDecision {
        let mut found = self.last_match(below, is_directory);
        let mut at = below;
        // An included directory includes its content.
        while self.only
            && found.is_none()
            && let Some(cut) = at.iter().rposition(|byte| *byte == b'/')
        {
            at = at.get(..cut).unwrap_or_default();
            found = self.last_match(at, true);
        }
        match found {
            Some(pattern) if pattern.negated => FilterDecision::Include,
            None if !self.only => FilterDecision::Include,
            None if is_directory => FilterDecision::Descend,
            Some(_) | None => FilterDecision::Exclude,
        }
    }

    fn last_match(&self, path: &[u8], is_directory: bool) -> Option<&Pattern> {
        self.patterns.iter().rev().find(|pattern| pattern.matches(path, is_directory))
    }
}

/// A filter for the entries of a listing, which come in any order and possibly without their directories. It remembers
/// two directories, so its size does not depend on the listing.
pub(super) struct ListingFilter<'a> {
    filter: &'a Filter,
    /// A directory that is included, as are all directories above it.
    included: String,
    /// A directory that is excluded with its content.
    excluded: Option<String>,
}

impl<'a> ListingFilter<'a> {
    pub(super) fn new(filter: &'a Filter) -> Self {
        ListingFilter { filter, included: String::new(), excluded: None }
    }

    /// Returns the decision about a path relative to the root of the listing; `None` if a directory above it is
    /// excluded.
    pub(super) fn judge(&mut self, below: &str, is_directory: bool) -> Option<FilterDecision> {
        if self.is_in_excluded(below) {
            return None;
        }
        let verdict = self.filter.judge(below.as_bytes(), is_directory);
        if verdict == FilterDecision::Exclude && is_directory {
            self.excluded = Some(below.to_owned());
        }
        Some(verdict)
    }

    fn is_in_excluded(&mut self, below: &str) -> bool {
        let is_above = |directory: &str, path: &str| path.strip_prefix(directory).is_some_and(|it| it.starts_with('/'));
        if self.excluded.as_ref().is_some_and(|excluded| is_above(excluded, below)) {
            return true;
        }
        let parents = || below.match_indices('/').filter_map(|(end, _)| below.get(..end));
        let known = parents().take_while(|parent| self.included == *parent || is_above(parent, &self.included)).count();
        for parent in parents().skip(known) {
            if self.filter.judge(parent.as_bytes(), true) == FilterDecision::Exclude {
                self.excluded = Some(parent.to_owned());
                return true;
            }
            parent.clone_into(&mut self.included);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(rules: &[&str]) -> Filter {
        let read = |rule: &&str| match rule.split_at(1) {
            ("+", pattern) => Rule::Include(pattern.into()),
            (_, pattern) => Rule::Exclude(pattern.into()),
        };
        Filter::new(&[], &rules.iter().map(read).collect::<Vec<_>>(), None).unwrap()
    }

    /// `path` or `dir/` is included (`+`), read only (`.`) or excluded (`-`).
    fn check(filter: &Filter, expected: &[&str]) {
        for line in expected {
            let (sign, path) = line.split_at(1);
            let verdict = filter.judge(path.trim_end_matches('/').as_bytes(), path.ends_with('/'));
            let wanted = match sign {
                "+" => FilterDecision::Include,
                "." => FilterDecision::Descend,
                _ => FilterDecision::Exclude,
            };
            assert_eq!(verdict, wanted, "{path}");
        }
    }

    #[test]
    fn nothing_is_left_out_unasked() {
        check(&Filter::default(), &["+a", "+.git/", "+.gitignore", "+target/"]);
    }

    #[test]
    fn what_is_excluded_first_may_be_included_again() {
        check(&filter(&["-*.log", "+keep.log"]), &["-a.log", "-d/a.log", "+keep.log", "+d/keep.log", "+other"]);
        check(&filter(&["-*.log", "+keep.log", "-keep.log"]), &["-keep.log"]);
        check(&filter(&["-/a", "-b/", "-!c"]), &["-a", "+d/a", "+b", "-b/", "-d/b/", "+c"]);
        check(&filter(&["-#x", "-\\!y", "- "]), &["-#x", "-!y", "+z"]);
    }

    #[test]
    fn what_is_included_first_is_all_there_is() {
        check(&filter(&["+*.csv"]), &["+a.csv", "+d/a.csv", "-a.txt", ".d/"]);
        check(&filter(&["+docs/"]), &["+docs/", "+docs/a", "+docs/b/c", "-docs", "-other", ".other/"]);
        check(&filter(&["+*.csv", "-tmp/", "-x*"]), &["+a.csv", "-x.csv", "-tmp/", "-y"]);
    }

    #[test]
    fn files_stand_before_flags_and_have_comments() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ignore");
        std::fs::write(&path, "# a comment\n\n*.o\n!keep.o\n/build/\n").unwrap();
        let filter = Filter::new(std::slice::from_ref(&path), &[Rule::Exclude("keep.o".into())], None).unwrap();
        check(&filter, &["-a.o", "-keep.o", "-build/", "+d/build/", "+a.c"]);
        let missing = Filter::new(&[dir.path().join("missing")], &[], None).unwrap_err();
        assert_eq!(missing.kind(), wharf_core::error::Kind::NotFound);
    }

    #[test]
    fn what_is_listed_below_an_excluded_directory_is_excluded_in_any_order() {
        let filter = filter(&["-tmp/", "-*.log"]);
        let mut listing = ListingFilter::new(&filter);
        let mut judge = |path: &str| listing.judge(path.trim_end_matches('/'), path.ends_with('/'));
        for (path, verdict) in [
            ("a/", Some(FilterDecision::Include)),
            ("a/tmp/", Some(FilterDecision::Exclude)),
            ("a/tmp/x/", None),
            ("a/tmpx", Some(FilterDecision::Include)),
            ("b/tmp/", Some(FilterDecision::Exclude)),
            ("a/tmp/y", None),
            ("b/c/d/", Some(FilterDecision::Include)),
            ("b/c/d/e.log", Some(FilterDecision::Exclude)),
            ("b/c/f", Some(FilterDecision::Include)),
            ("never-listed/tmp/d/f", None),
            ("tmp", Some(FilterDecision::Include)),
        ] {
            assert_eq!(judge(path), verdict, "{path}");
        }
    }

    #[test]
    fn every_text_is_a_pattern_but_an_include_that_would_exclude() {
        check(&filter(&["-a{b", "-c\\", "-[d"]), &["-a{b", "-x/a{b", "+ab", "+c", "+d"]);
        assert!(Filter::new(&[], &[Rule::Include("!a".into())], None).is_err());
    }
}
