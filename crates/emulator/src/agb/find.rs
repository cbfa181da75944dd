//! The commands `find` and `stat`, and patterns for names.

use std::fmt::Write as _;

use super::AgbEmulator;
use super::session::AgbSession;
use super::shell::CommandResult;
use super::tools::{ToolCallResult, path_of, reason};
use wharf_core::model::{Entry, EntryKind, RemotePath};

/// Returns whether a name fits a pattern in which `*` is any signs and `?` is one.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where to go on when what follows the last star does not fit after all.
    let (mut p, mut n, mut star) = (0, 0, None);
    while let Some(sign) = name.get(n) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == sign => {
                p += 1;
                n += 1;
            }
            _ => match &mut star {
                None => return false,
                Some((at, from)) => {
                    *from += 1;
                    p = *at + 1;
                    n = *from;
                }
            },
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|sign| *sign == '*'))
}

/// Returns the letter of a kind, as `find` has it.
fn letter(kind: EntryKind) -> char {
    match kind {
        EntryKind::File => 'f',
        EntryKind::Directory => 'd',
        EntryKind::Symlink => 'l',
        EntryKind::Other => 'p',
    }
}

/// Returns the bits of a mode that tell the kind.
fn kind_bits(kind: EntryKind) -> u32 {
    match kind {
        EntryKind::File => 0o100_000,
        EntryKind::Directory => 0o040_000,
        EntryKind::Symlink => 0o120_000,
        EntryKind::Other => 0o010_000,
    }
}

/// Seconds since 1970 with a fraction.
fn seconds(entry: &Entry) -> String {
    entry.modified_at.map_or_else(String::new, |time| format!("{}.{:09}0", time.as_second(), time.subsec_nanosecond()))
}

/// What `find` is asked for.
struct Search {
    least: usize,
    most: usize,
    kind: Option<char>,
    name: Option<String>,
    format: String,
}

/// Reads what follows the paths.
fn read(words: &[String]) -> Result<Search, String> {
    let mut search = Search { least: 0, most: usize::MAX, kind: None, name: None, format: "%p\\n".to_owned() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("missing argument to `{word}'"));
        match word.as_str() {
            "-mindepth" => search.least = value()?.parse().map_err(|_| "a depth is a number".to_owned())?,
            "-maxdepth" => search.most = value()?.parse().map_err(|_| "a depth is a number".to_owned())?,
            "-type" => search.kind = value()?.chars().next(),
            "-name" => search.name = Some(value()?.clone()),
            "-print" => "%p\\n".clone_into(&mut search.format),
            "-print0" => "%p\\0".clone_into(&mut search.format),
            "-printf" => search.format.clone_from(value()?),
            other => return Err(format!("unknown predicate `{other}'")),
        }
    }
    Ok(search)
}

/// Fills in a format of `find`.
fn print(format: &str, shown: &str, start: &str, depth: usize, entry: &Entry) -> Result<String, String> {
    let mut text = String::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        let (mark, next) = match sign {
            '%' | '\\' => (sign, signs.next()),
            plain => {
                text.push(plain);
                continue;
            }
        };
        let _ = match (mark, next) {
            ('\\', Some('0')) => write!(text, "\0"),
            ('\\', Some('n')) => writeln!(text),
            ('\\', Some('t')) => write!(text, "\t"),
            ('\\', Some('\\')) => write!(text, "\\"),
            ('%', Some('%')) => write!(text, "%"),
            ('%', Some('p')) => write!(text, "{shown}"),
            ('%', Some('P')) => {
                write!(text, "{}", shown.strip_prefix(start).unwrap_or(shown).trim_start_matches('/'))
            }
            ('%', Some('f')) => write!(text, "{}", shown.rsplit('/').find(|name| !name.is_empty()).unwrap_or("/")),
            ('%', Some('s')) => write!(text, "{}", entry.size.unwrap_or_default()),
            ('%', Some('y')) => write!(text, "{}", letter(entry.kind)),
            ('%', Some('m')) => write!(text, "{:o}", entry.mode.map_or(0, |mode| mode.0 & 0o7777)),
            ('%', Some('d')) => write!(text, "{depth}"),
            // The target of a link is not reported: there are none that a client could have made.
            ('%', Some('l')) => Ok(()),
            ('%', Some('T')) if signs.next() == Some('@') => write!(text, "{}", seconds(entry)),
            (mark, next) => return Err(format!("unknown directive {mark}{}", next.unwrap_or_default())),
        };
    }
    Ok(text)
}

impl AgbEmulator {
    /// Runs `find PATH... [-mindepth N] [-maxdepth N] [-type T] [-name PATTERN] [-print|-print0|-printf F]`.
    pub(super) async fn run_find(
        &self,
        found: &AgbSession,
        cwd: &RemotePath,
        words: &[String],
    ) -> ToolCallResult<CommandResult> {
        let split = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
        let (starts, rest) = words.split_at(split);
        let search = match read(rest) {
            Ok(search) if !starts.is_empty() => search,
            Ok(_) => return Ok(CommandResult::failed(1, "find: a path is missing")),
            Err(problem) => return Ok(CommandResult::failed(1, format!("find: {problem}"))),
        };
        let mut ran = CommandResult::default();
        for start in starts {
            let at = path_of(start, cwd)?;
            let root = match self.stat(found, &at).await {
                Ok(root) => root,
                Err(e) => {
                    let _ = writeln!(ran.stderr, "find: '{start}': {}", reason(&e));
                    ran.code = 1;
                    continue;
                }
            };
            let inside = match root.kind {
                EntryKind::Directory if search.most > 0 => self.children(found, &at, search.most > 1).await,
                _ => Ok(Vec::new()),
            };
            let inside = inside.map_err(|e| super::tools::trouble("find", start, &e))?;
            for entry in std::iter::once(root).chain(inside) {
                let below = entry.path.below(&at).to_owned();
                let depth = if entry.path == at { 0 } else { below.split('/').count() };
                let shown = match depth {
                    0 => start.clone(),
                    _ => format!("{}/{below}", start.trim_end_matches('/')),
                };
                let fits = (search.least..=search.most).contains(&depth)
                    && search.kind.is_none_or(|kind| kind == letter(entry.kind))
                    && search.name.as_ref().is_none_or(|pattern| matches(pattern, &entry.name));
                if fits {
                    match print(&search.format, &shown, start, depth, &entry) {
                        Ok(text) => ran.stdout.extend_from_slice(text.as_bytes()),
                        Err(problem) => return Ok(CommandResult::failed(1, format!("find: {problem}"))),
                    }
                }
            }
        }
        Ok(ran)
    }

    /// Runs `stat [-L] (-c FORMAT | --printf FORMAT) PATH...`: `%n %s %a %f %F %Y %%`.
    pub(super) async fn run_stat(
        &self,
        found: &AgbSession,
        cwd: &RemotePath,
        words: &[String],
    ) -> ToolCallResult<CommandResult> {
        let (mut format, mut end, mut follow) = (None, "\n", false);
        let mut words = words.iter();
        let mut paths = Vec::new();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-L" => follow = true,
                "-c" => format = words.next().cloned(),
                "--" => paths.extend(words.by_ref()),
                other => match (other.strip_prefix("--format="), other.strip_prefix("--printf=")) {
                    (Some(text), _) => format = Some(text.to_owned()),
                    (_, Some(text)) => (format, end) = (Some(text.to_owned()), ""),
                    _ if other.starts_with('-') => {
                        return Ok(CommandResult::failed(1, format!("stat: unknown option {other}")));
                    }
                    _ => paths.push(word),
                },
            }
        }
        let Some(format) = format.filter(|_| !paths.is_empty()) else {
            return Ok(CommandResult::failed(1, "stat: a format with -c, and a path, are needed"));
        };
        let mut ran = CommandResult::default();
        for path in paths {
            let at = path_of(path, cwd)?;
            let entry = if follow { self.look(found, &at).await } else { self.stat(found, &at).await };
            match entry {
                Err(e) => {
                    let _ = writeln!(ran.stderr, "stat: cannot statx '{path}': {}", reason(&e));
                    ran.code = 1;
                }
                Ok(entry) => match stat_line(&format, path, &entry, end.is_empty()) {
                    Ok(text) => ran.stdout.extend_from_slice(format!("{text}{end}").as_bytes()),
                    Err(problem) => return Ok(CommandResult::failed(1, format!("stat: {problem}"))),
                },
            }
        }
        Ok(ran)
    }

    /// Returns what is at a path, without following a link.
    pub(super) async fn stat(&self, found: &AgbSession, at: &RemotePath) -> Result<Entry, wharf_core::error::Error> {
        self.files().stat(&found.at(at.clone())).await
    }
}

/// Fills in a format of `stat`; `escapes` are known to `--printf` alone.
fn stat_line(format: &str, path: &str, entry: &Entry, escapes: bool) -> Result<String, String> {
    let mode = entry.mode.map_or(0, |mode| mode.0 & 0o7777);
    let mut text = String::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        let next = if sign == '%' || escapes && sign == '\\' { signs.next() } else { None };
        let _ = match (sign, next) {
            ('%', Some('n')) => write!(text, "{path}"),
            ('%', Some('s')) => write!(text, "{}", entry.size.unwrap_or_default()),
            ('%', Some('a')) => write!(text, "{mode:o}"),
            ('%', Some('f')) => write!(text, "{:x}", mode | kind_bits(entry.kind)),
            ('%', Some('F')) => write!(
                text,
                "{}",
                match entry.kind {
                    EntryKind::File if entry.size == Some(0) => "regular empty file",
                    EntryKind::File => "regular file",
                    EntryKind::Directory => "directory",
                    EntryKind::Symlink => "symbolic link",
                    EntryKind::Other => "fifo",
                }
            ),
            ('%', Some('Y')) => {
                write!(text, "{}", entry.modified_at.map_or(0, wharf_core::model::Timestamp::as_second))
            }
            ('%', Some('%')) => write!(text, "%"),
            ('\\', Some('n')) => writeln!(text),
            ('\\', Some('t')) => write!(text, "\t"),
            ('\\', Some('0')) => write!(text, "\0"),
            ('\\', Some('\\')) => write!(text, "\\"),
            ('%', next) => return Err(format!("unknown directive %{}", next.unwrap_or_default())),
            ('\\', Some(other)) => return Err(format!("unknown escape \\{other}")),
            (plain, _) => write!(text, "{plain}"),
        };
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_for_names() {
        for (pattern, name) in [
            ("*.txt", "a.txt"),
            ("*", ""),
            ("a*b*c", "aXbbYc"),
            ("?", "\u{e9}"),
            ("*a*a", "aaa"),
            ("[x]", "[x]"),
            ("**", "x"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.txt", "a.TXT"), ("?", ""), ("?", "ab"), ("a*b", "abc"), ("", "a"), ("a", "")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
