//! Which files of a tree are meant: `--include`, `--exclude` and `--ignore-file`, in gitignore syntax.
//!
//! The patterns stand in one list: those of the ignore files first, in the order of the files, then
//! those of the flags, in the order of the command line. The last one that matches a path decides.
//! What no pattern matches is taken, unless the first flag was an `--include`. A directory that is
//! left out is not looked into, so that nothing below it can be taken.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::{Error, Result};

/// One flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `--include PATTERN`
    Include(String),
    /// `--exclude PATTERN`
    Exclude(String),
}

/// What to do with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is meant.
    Take,
    /// It is a directory that is not meant itself, and may hold what is.
    Pass,
    /// It is left out, with all that is below it.
    Leave,
}

/// The patterns, ready to be asked.
#[derive(Debug, Default)]
pub struct Filter {
    rules: Option<Gitignore>,
    /// Whether what no pattern matches is left out.
    only: bool,
}

impl Filter {
    /// Reads the ignore files and puts all patterns in their order.
    ///
    /// # Errors
    /// `usage` for what is no pattern; what reading a file answered.
    pub fn new(files: &[PathBuf], rules: &[Rule]) -> Result<Self> {
        if files.is_empty() && rules.is_empty() {
            return Ok(Filter::default());
        }
        let mut builder = GitignoreBuilder::new("");
        for file in files {
            let name = file.display();
            let text = std::fs::read_to_string(file)
                .map_err(|e| Error::io(format!("reading the ignore file `{name}`"), &e))?;
            for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
                add(&mut builder, line, line, || format!("{name}:{number}"))?;
            }
        }
        for rule in rules {
            match rule {
                Rule::Include(pattern) if pattern.starts_with('!') => {
                    return Err(Error::usage(format!("--include takes a pattern without `!`: {pattern:?}"))
                        .hint("use --exclude, or write a name that begins with it as `[!]name`"));
                }
                Rule::Include(pattern) => {
                    add(&mut builder, &format!("!{pattern}"), pattern, || "--include".to_owned())?;
                }
                // A `#` begins a comment in a file, and a name here.
                Rule::Exclude(pattern) if pattern.starts_with('#') => {
                    add(&mut builder, &format!("\\{pattern}"), pattern, || "--exclude".to_owned())?;
                }
                Rule::Exclude(pattern) => add(&mut builder, pattern, pattern, || "--exclude".to_owned())?,
            }
        }
        let rules_of_all = builder.build().map_err(|e| Error::usage(format!("the patterns cannot be used: {e}")))?;
        Ok(Filter { rules: Some(rules_of_all), only: matches!(rules.first(), Some(Rule::Include(_))) })
    }

    /// Whether the path `below` the root of a tree is meant.
    pub fn judge(&self, below: &Path, is_directory: bool) -> Verdict {
        let Some(rules) = &self.rules else { return Verdict::Take };
        // What is included as a directory is included with all that is in it.
        let found = if self.only {
            rules.matched_path_or_any_parents(below, is_directory)
        } else {
            rules.matched(below, is_directory)
        };
        match found {
            Match::Whitelist(_) => Verdict::Take,
            Match::None if !self.only => Verdict::Take,
            Match::None if is_directory => Verdict::Pass,
            Match::None | Match::Ignore(_) => Verdict::Leave,
        }
    }
}

/// Adds a line; `typed` is what people know it by.
fn add(builder: &mut GitignoreBuilder, line: &str, typed: &str, whence: impl Fn() -> String) -> Result<()> {
    builder.add_line(None, line).map(drop).map_err(|e| {
        let text = e.to_string();
        let what = text.rsplit_once("': ").map_or(text.as_str(), |(_, reason)| reason);
        Error::usage(format!("{}: this is no pattern: {typed:?}: {what}", whence()))
            .hint("patterns are those of .gitignore: `*.log`, `/build/`, `docs/**/*.md`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(rules: &[&str]) -> Filter {
        let read = |rule: &&str| match rule.split_at(1) {
            ("+", pattern) => Rule::Include(pattern.to_owned()),
            (_, pattern) => Rule::Exclude(pattern.to_owned()),
        };
        Filter::new(&[], &rules.iter().map(read).collect::<Vec<_>>()).unwrap()
    }

    /// `path` or `dir/` is taken (`+`), passed through (`.`) or left (`-`).
    fn check(filter: &Filter, expected: &[&str]) {
        for line in expected {
            let (sign, path) = line.split_at(1);
            let verdict = filter.judge(Path::new(path.trim_end_matches('/')), path.ends_with('/'));
            let wanted = match sign {
                "+" => Verdict::Take,
                "." => Verdict::Pass,
                _ => Verdict::Leave,
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
        let filter = Filter::new(std::slice::from_ref(&path), &[Rule::Exclude("keep.o".to_owned())]).unwrap();
        check(&filter, &["-a.o", "-keep.o", "-build/", "+d/build/", "+a.c"]);
        let missing = Filter::new(&[dir.path().join("missing")], &[]).unwrap_err();
        assert_eq!(missing.kind(), crate::error::Kind::NotFound);
    }

    #[test]
    fn a_bad_pattern_is_named_with_where_it_stands() {
        let error = Filter::new(&[], &[Rule::Exclude("a{b".to_owned())]).unwrap_err();
        assert!(error.message().contains("--exclude: this is no pattern: \"a{b\""), "{}", error.message());
        assert!(Filter::new(&[], &[Rule::Include("!a".to_owned())]).is_err());
    }
}
