//! Patterns as gitignore(5) has them, decided as git decides them.
//!
//! A line is parsed to a [`Pattern`]. Its glob is compiled to steps that are followed all at once, so that matching takes
//! at most the product of the lengths of pattern and path. Everything is bytes, as in git: a class has bytes and not
//! characters, and neither a pattern nor a path need be UTF-8.
//! `tests/gitignore.rs` compares this with git itself.

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Whether it includes a path again (`!`).
    pub negated: bool,
    /// Whether it matches directories only: it ended in a slash.
    directories: bool,
    /// Whether it matches the last part of a path, at any depth: it had no other slash.
    names: bool,
    /// The bytes before the first wildcard.
    literal: Vec<u8>,
    /// The steps after them; `None` if nothing can match.
    rest: Option<Vec<GlobStep>>,
}

/// One step of a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GlobStep {
    /// This byte.
    Byte(u8),
    /// Any byte except a slash.
    Any,
    /// One byte of a class, but never a slash.
    Class(ByteClass),
    /// Any number of bytes except slashes.
    Star,
    /// Any number of bytes.
    Stars,
    /// Nothing: the next two steps, which are [`GlobStep::Stars`] and a slash, may be skipped.
    Directories,
}

/// A set of bytes, a bit for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ByteClass([u128; 2]);

impl ByteClass {
    fn add(&mut self, byte: u8) {
        let [low, high] = &mut self.0;
        *(if byte < 128 { low } else { high }) |= 1 << (byte % 128);
    }

    fn holds(&self, byte: u8) -> bool {
        let [low, high] = self.0;
        (if byte < 128 { low } else { high }) & (1 << (byte % 128)) != 0
    }
}

/// Positions between the steps of a glob.
struct Places(Vec<bool>);

impl Places {
    fn has(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(|has| *has)
    }

    fn add(&mut self, at: usize) {
        if let Some(place) = self.0.get_mut(at) {
            *place = true;
        }
    }
}

/// Returns the patterns of an ignore file, line by line.
pub fn of_file(text: &[u8]) -> impl Iterator<Item = Pattern> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#")).map(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // Git's lines are C strings.
        let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
        Pattern::new(without_trailing_spaces(line))
    })
}

/// Returns a line without the spaces at its end; a space after a backslash stays.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        if *byte == b'\\' {
            at += 1;
            if at == line.len() {
                return line;
            }
            end = at + 1;
        } else if *byte != b' ' {
            end = at + 1;
        }
        at += 1;
    }
    line.get(..end).unwrap_or(line)
}

impl Pattern {
    /// Returns the pattern of a text, which includes again if the text begins with `!`. Each text is a pattern; some match
    /// nothing.
    pub fn new(text: &[u8]) -> Self {
        text.strip_prefix(b"!").map_or_else(|| Pattern::positive(text), Pattern::including)
    }

    /// Returns the pattern that includes again what the text matches.
    pub(crate) fn including(text: &[u8]) -> Self {
        Pattern { negated: true, ..Pattern::positive(text) }
    }

    /// Returns the pattern of a text, in which a `!` at the start has no meaning.
    fn positive(text: &[u8]) -> Self {
        let (glob, directories) = text.strip_suffix(b"/").map_or((text, false), |glob| (glob, true));
        let names = !glob.contains(&b'/');
        let glob = if names { glob } else { glob.strip_prefix(b"/").unwrap_or(glob) };
        let plain = glob.iter().position(|byte| b"*?[\\".contains(byte)).unwrap_or(glob.len());
        let (literal, rest) = glob.split_at_checked(plain).unwrap_or((glob, &[]));
        let rest = if glob.is_empty() { None } else { compile(rest) };
        Pattern { negated: false, directories, names, literal: literal.to_vec(), rest }
    }

    /// Returns whether it matches a path below the root of the tree, with `/` between its parts. What is below a directory
    /// that matches does not match by itself.
    pub fn matches(&self, path: &[u8], is_directory: bool) -> bool {
        if self.directories && !is_directory {
            return false;
        }
        let Some(steps) = &self.rest else { return false };
        let text = if self.names { path.rsplit(|byte| *byte == b'/').next().unwrap_or(path) } else { path };
        text.strip_prefix(self.literal.as_slice()).is_some_and(|text| follow(steps, text))
    }
}

/// Returns the steps of a glob; `None` if nothing can match it.
fn compile(glob: &[u8]) -> Option<Vec<GlobStep>> {
    let at = |at: usize| glob.get(at).copied();
    let mut steps = Vec::new();
    let mut now = 0;
    while let Some(byte) = at(now) {
        let begins = now == 0 || at(now - 1) == Some(b'/');
        now += 1;
        match byte {
            b'\\' => {
                steps.push(GlobStep::Byte(at(now)?));
                now += 1;
            }
            b'?' => steps.push(GlobStep::Any),
            b'[' => {
                let (class, end) = class(glob, now)?;
                steps.push(GlobStep::Class(class));
                now = end;
            }
            b'*' => {
                let several = at(now) == Some(b'*');
                while at(now) == Some(b'*') {
                    now += 1;
                }
                match (at(now), at(now + 1)) {
                    _ if !several || !begins => steps.push(GlobStep::Star),
                    (Some(b'/'), _) => steps.extend([GlobStep::Directories, GlobStep::Stars]),
                    (None, _) | (Some(b'\\'), Some(b'/')) => steps.push(GlobStep::Stars),
                    _ => steps.push(GlobStep::Star),
                }
            }
            byte => steps.push(GlobStep::Byte(byte)),
        }
    }
    Some(steps)
}

/// Returns the class whose bracket is before `start`, and the position after it; `None` if it has no end or an unknown
/// named class.
fn class(glob: &[u8], start: usize) -> Option<(ByteClass, usize)> {
    let at = |at: usize| glob.get(at).copied();
    let mut set = ByteClass::default();
    let mut now = start;
    let negated = matches!(at(now), Some(b'!' | b'^'));
    now += usize::from(negated);
    // The start of a range, if one follows.
    let mut before = None;
    let first = now;
    loop {
        let byte = at(now)?;
        if byte == b']' && now > first {
            break;
        }
        if let (b'-', Some(low)) = (byte, before)
            && at(now + 1)? != b']'
        {
            now += 1;
            (low..=escaped(glob, &mut now)?).for_each(|byte| set.add(byte));
            before = None;
            continue;
        }
        if byte == b'[' && at(now + 1) == Some(b':') {
            let inside = glob.get(now + 2..)?;
            let inside = inside.get(..inside.iter().position(|byte| *byte == b']')?)?;
            if let Some(name) = inside.strip_suffix(b":") {
                let holds = named(name)?;
                (0..=u8::MAX).filter(|byte| holds(*byte)).for_each(|byte| set.add(byte));
                now += 2 + inside.len() + 1;
                before = None;
                continue;
            }
        }
        let byte = escaped(glob, &mut now)?;
        set.add(byte);
        before = Some(byte);
    }
    if negated {
        set = ByteClass(set.0.map(|half| !half));
    }
    Some((set, now + 1))
}

/// Returns the byte at `now`, or after the backslash there, and moves past it.
fn escaped(glob: &[u8], now: &mut usize) -> Option<u8> {
    let mut byte = *glob.get(*now)?;
    if byte == b'\\' {
        *now += 1;
        byte = *glob.get(*now)?;
    }
    *now += 1;
    Some(byte)
}

/// Returns the test of a named class, such as `[:digit:]`.
fn named(name: &[u8]) -> Option<fn(u8) -> bool> {
    Some(match name {
        b"alnum" => |byte| byte.is_ascii_alphanumeric(),
        b"alpha" => |byte| byte.is_ascii_alphabetic(),
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => |byte| byte.is_ascii_control(),
        b"digit" => |byte| byte.is_ascii_digit(),
        b"graph" => |byte| byte.is_ascii_graphic(),
        b"lower" => |byte| byte.is_ascii_lowercase(),
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => |byte| byte.is_ascii_punctuation(),
        // Git's own, which has neither vertical tab nor form feed.
        b"space" => |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'),
        b"upper" => |byte| byte.is_ascii_uppercase(),
        b"xdigit" => |byte| byte.is_ascii_hexdigit(),
        _ => return None,
    })
}

/// Returns whether the steps match the whole text, following all ways through them at once.
fn follow(steps: &[GlobStep], text: &[u8]) -> bool {
    let mut here = Places(vec![false; steps.len() + 1]);
    let mut next = Places(vec![false; steps.len() + 1]);
    here.add(0);
    skip(steps, &mut here);
    for byte in text {
        next.0.fill(false);
        for (at, step) in steps.iter().enumerate().filter(|(at, _)| here.has(*at)) {
            let (takes, stays) = match step {
                GlobStep::Byte(wanted) => (wanted == byte, false),
                GlobStep::Any => (*byte != b'/', false),
                GlobStep::Class(class) => (*byte != b'/' && class.holds(*byte), false),
                GlobStep::Star => (*byte != b'/', true),
                GlobStep::Stars => (true, true),
                GlobStep::Directories => (false, false),
            };
            if takes {
                next.add(if stays { at } else { at + 1 });
            }
        }
        std::mem::swap(&mut here, &mut next);
        skip(steps, &mut here);
    }
    here.has(steps.len())
}

/// Adds the positions that are reached from each one over steps that may match nothing.
fn skip(steps: &[GlobStep], here: &mut Places) {
    for (at, step) in steps.iter().enumerate() {
        if here.has(at) {
            match step {
                GlobStep::Star | GlobStep::Stars => here.add(at + 1),
                GlobStep::Directories => {
                    here.add(at + 1);
                    here.add(at + 3);
                }
                GlobStep::Byte(_) | GlobStep::Any | GlobStep::Class(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_git_reads_them() {
        let read = |text: &[u8]| of_file(text).collect::<Vec<_>>();
        let of = |text: &[u8]| Pattern::new(text);
        assert_eq!(
            read(b"\xef\xbb\xbfa\r\n#c\n\n!b \nc\\ \nd\\  \ne\t\n"),
            [of(b"a"), of(b"!b"), of(b"c\\ "), of(b"d\\ "), of(b"e\t")]
        );
        assert_eq!(read(b"a\0b\n  \\"), [of(b"a"), of(b"  \\")]);
    }

    #[test]
    fn globs() {
        let matches = |pattern: &str, path: &str| {
            Pattern::new(pattern.as_bytes()).matches(path.trim_end_matches('/').as_bytes(), path.ends_with('/'))
        };
        for (pattern, yes, no) in [
            ("{{a.b}}/", "{{a.b}}/", "{{a.b}}"),
            ("*.py{}", "d/x.py{}", "x.py"),
            ("key[[:digit:]].pem", "key1.pem", "keyx.pem"),
            ("b{c", "d/b{c", "bc"),
            ("[z-a]", "z", "a"),
            ("a\\*", "a*", "ab"),
            ("[!a]", "\u{7f}", "a"),
            ("[]-]x", "]x", "[x"),
            ("/a/**/b", "a/b", "ab"),
            ("/a/**/b", "a/x/y/b", "a/xb"),
            ("**/b/c", "x/b/c", "x/bc"),
            ("a/*", "a/b", "a/b/c"),
            ("a/**", "a/b/c", "a"),
            ("a/b*c", "a/bxc", "a/b/c"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
        for nothing in ["", "/", "//", "a\\", "[a", "[[:nope:]]", "!"] {
            assert!(!["a", "a\\", "[a", "/"].iter().any(|path| matches(nothing, path)), "{nothing}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        let glob = "*a".repeat(200) + "b";
        assert!(!Pattern::new(glob.as_bytes()).matches(&[b'a'; 4000], false));
    }
}
