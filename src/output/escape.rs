//! Escaping of untrusted text for terminals.

use std::borrow::Cow;

use std::fmt::Write as _;
use wharf_core::utf8::unfinished;

/// Escapes characters that a terminal would interpret, reorder or hide.
///
/// Control characters become `\n`, `\r`, `\t` or two hexadecimal digits (`\x1b`), others become `\u{202e}`. A backslash
/// is not escaped, so the result is for reading, not for parsing. Borrows the text if there is nothing to escape.
#[must_use]
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unsafe(c) => push_code(&mut shown, c),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Escapes the same characters in JSON as `\u` sequences. They can occur only in strings, so the value is unchanged.
#[must_use]
pub fn json_for_terminal(json: &str) -> Cow<'_, str> {
    let touched = |c: char| is_unsafe(c) && !matches!(c, '\n' | '\t' | '\r');
    if !json.chars().any(touched) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if touched(c) {
            push_json_code(&mut shown, c);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Returns a text as a word for a POSIX shell, which reads it back exactly: quoted if it has to be, and as `$'...'` if it
/// has characters that a terminal would interpret, reorder or hide.
#[must_use]
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_=.,:/@+%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(is_unsafe) {
        return Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let mut word = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            '\n' => word.push_str("\\n"),
            '\r' => word.push_str("\\r"),
            '\t' => word.push_str("\\t"),
            c if is_unsafe(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(word, "\\{byte:03o}");
                }
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    Cow::Owned(word)
}

/// Returns a text as a JSON string of at most `room` bytes in which nothing moves a terminal, and whether it was shortened
/// to fit, which a final `…` shows.
#[must_use]
pub fn json_text_within(text: &str, room: usize) -> (String, bool) {
    const END: &str = "…\"";
    let mut shown = String::from("\"");
    // The length up to which the text is kept if the rest does not fit.
    let mut kept = shown.len();
    for c in text.chars() {
        match c {
            '"' | '\\' => shown.extend(['\\', c]),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unsafe(c) => push_json_code(&mut shown, c),
            c => shown.push(c),
        }
        if shown.len() + END.len() <= room {
            kept = shown.len();
        }
        if shown.len() >= room {
            shown.truncate(kept);
            shown.push_str(END);
            return (shown, true);
        }
    }
    shown.push('"');
    (shown, false)
}

/// Appends the escape of a character in JSON.
fn push_json_code(shown: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(shown, "\\u{unit:04x}");
    }
}

/// Escapes what the runner of GitHub Actions takes for a command in a line: `::` at the start, after white space, and
/// `##[` anywhere.
#[must_use]
pub fn for_runner(line: &str) -> Cow<'_, str> {
    let rest = line.trim_start();
    let line = match rest.strip_prefix("::") {
        Some(rest) => Cow::Owned(format!("{}\\x3a:{rest}", &line[..line.len() - rest.len() - 2])),
        None => Cow::Borrowed(line),
    };
    if line.contains("##[") { Cow::Owned(line.replace("##[", "##\\x5b")) } else { line }
}

/// Escapes the same in a line of JSON, whose value is unchanged.
#[must_use]
pub fn json_for_runner(json: &str) -> Cow<'_, str> {
    // Only a string can contain it, and a line of JSON never begins with a colon.
    if json.contains("##[") { Cow::Owned(json.replace("##[", "##\\u005b")) } else { Cow::Borrowed(json) }
}

/// Appends the escape of a character: `\x1b` below 0x100, else `\u{202e}`.
fn push_code(shown: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String cannot fail.
    let _ = if code < 0x100 { write!(shown, "\\x{code:02x}") } else { write!(shown, "\\u{{{code:x}}}") };
}

fn is_unsafe(c: char) -> bool {
    c.is_control() // C0, DEL and C1
        || matches!(c,
            '\u{ad}' // soft hyphen
            | '\u{34f}' // grapheme joiner
            | '\u{61c}' // Arabic letter mark
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers, which show nothing
            | '\u{17b4}' | '\u{17b5}' // Khmer vowels that are not written
            | '\u{180b}'..='\u{180f}' // Mongolian variation selectors
            // Zero-width characters and direction marks, including the joiner U+200D. An emoji of several parts is
            // therefore printed in parts, which is less harmful than hidden text.
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' // line and paragraph separators, bidi embeddings and overrides
            | '\u{2060}'..='\u{206f}' // invisible operators, bidi isolates, deprecated formatting
            // Variation selectors, except for the last two, which select the form of common emoji.
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}' // byte order mark
            | '\u{fff0}'..='\u{fffb}' // not assigned; interlinear annotation
            | '\u{1bca0}'..='\u{1bca3}' // controls of shorthand
            | '\u{1d173}'..='\u{1d17a}' // controls of musical notation
            // The plane of invisible characters: tags, the supplement of variation selectors (both are used to hide
            // text) and unassigned ones.
            | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes text that arrives in blocks. Line breaks and tabs are kept, other characters that a terminal would interpret
/// are escaped.
#[derive(Debug, Default)]
pub struct TerminalText {
    /// The start of an incomplete character, or a `\r` whose meaning depends on the next byte.
    rest: Vec<u8>,
}

impl TerminalText {
    /// Returns the escaped text of the next block. Invalid UTF-8 becomes U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        let mut block = std::mem::take(&mut self.rest);
        block.extend_from_slice(bytes);
        let unfinished = unfinished(&block).max(usize::from(block.last() == Some(&b'\r')));
        self.rest = block.split_off(block.len() - unfinished);
        let mut safe = String::with_capacity(block.len());
        let text = String::from_utf8_lossy(&block);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' | '\t' => safe.push(c),
                '\r' if chars.peek() == Some(&'\n') => safe.push(c),
                '\r' => safe.push_str("\\r"),
                c if is_unsafe(c) => push_code(&mut safe, c),
                c => safe.push(c),
            }
        }
        safe
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        for_terminal(text).into_owned()
    }

    #[test]
    fn json_stays_the_same_to_a_parser() {
        let text = "a\u{9b}31m\u{202e}b\u{e0041}\u{7f}";
        let json = serde_json::to_string(&[text]).unwrap();
        let shown = json_for_terminal(&json);
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [text]);
    }

    #[test]
    fn clean_text_is_borrowed() {
        for text in ["", "plain", r"C:\new\x1b", "żółć 日本語 👍🏽 ❤️", "שלום مرحبا", "a\u{a0}b"]
        {
            assert!(matches!(for_terminal(text), Cow::Borrowed(t) if t == text), "{text:?}");
        }
    }

    #[test]
    fn clipboard_write_by_osc_52() {
        assert_eq!(shown("a\x1b]52;c;cm0gLXJmIC8=\x07b"), r"a\x1b]52;c;cm0gLXJmIC8=\x07b");
    }

    #[test]
    fn link_to_elsewhere_by_osc_8() {
        assert_eq!(
            shown("\x1b]8;;https://evil.example\x1b\\https://good.example\x1b]8;;\x1b\\"),
            r"\x1b]8;;https://evil.example\x1b\https://good.example\x1b]8;;\x1b\"
        );
    }

    #[test]
    fn line_forged_by_carriage_return() {
        assert_eq!(shown("FAILED\rpassed"), r"FAILED\rpassed");
        assert_eq!(shown("one\r\ntwo\tthree"), r"one\r\ntwo\tthree");
    }

    #[test]
    fn window_title() {
        assert_eq!(shown("\x1b]0;pwned\x07"), r"\x1b]0;pwned\x07");
        assert_eq!(shown("\x1b]2;pwned\u{9c}"), r"\x1b]2;pwned\x9c");
    }

    #[test]
    fn cursor_moves_and_erasing() {
        assert_eq!(shown("\x1b[2A\x1b[2K\x1b[1;1Hok"), r"\x1b[2A\x1b[2K\x1b[1;1Hok");
        assert_eq!(shown("rm -rf /\x08\x08\x08\x08"), r"rm -rf /\x08\x08\x08\x08");
    }

    #[test]
    fn c1_introducers() {
        assert_eq!(shown("\u{9b}31mred"), r"\x9b31mred");
        assert_eq!(shown("\u{9d}52;c;eA==\u{9c}"), r"\x9d52;c;eA==\x9c");
        assert_eq!(shown("\u{90}q\u{85}"), r"\x90q\x85");
    }

    #[test]
    fn file_name_reversed() {
        assert_eq!(shown("invoice\u{202e}fdp.exe"), r"invoice\u{202e}fdp.exe");
        assert_eq!(shown("a\u{2066}b\u{2069}c\u{200f}\u{61c}"), r"a\u{2066}b\u{2069}c\u{200f}\u{61c}");
    }

    #[test]
    fn text_smuggled_in_tags() {
        let hidden: String = "hi".chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).collect();
        assert_eq!(shown(&format!("ok{hidden}")), r"ok\u{e0068}\u{e0069}");
        assert_eq!(shown("a\u{e0001}\u{e007f}\u{e0100}\u{e01ef}"), r"a\u{e0001}\u{e007f}\u{e0100}\u{e01ef}");
    }

    #[test]
    fn names_that_only_look_alike() {
        assert_eq!(shown("pay\u{200b}pal\u{ad}\u{feff}"), r"pay\u{200b}pal\xad\u{feff}");
        assert_eq!(shown("👨\u{200d}👩"), r"👨\u{200d}👩");
        assert_eq!(shown("prod\u{3164}\u{34f}"), r"prod\u{3164}\u{34f}");
        assert_eq!(shown("\u{115f}\u{17b5}\u{180e}\u{fe00}\u{1d173}"), r"\u{115f}\u{17b5}\u{180e}\u{fe00}\u{1d173}");
        assert_eq!(shown("a\u{2060}\u{2064}\u{fff9}b\u{fffb}"), r"a\u{2060}\u{2064}\u{fff9}b\u{fffb}");
    }

    #[test]
    fn other_line_breaks() {
        assert_eq!(shown("a\u{2028}b\u{2029}c\x0b\x0c"), r"a\u{2028}b\u{2029}c\x0b\x0c");
        assert_eq!(shown("\0\x7f"), r"\x00\x7f");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text: String) {
            let shown = for_terminal(&text);
            prop_assert!(!shown.chars().any(is_unsafe));
            prop_assert_eq!(for_terminal(&shown), shown.as_ref());
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_runner() {
        for (line, safe) in [
            ("::error::x", r"\x3a:error::x"),
            (" \u{a0}::stop-commands::x", " \u{a0}\\x3a:stop-commands::x"),
            ("a ##[add-mask]b ##[x]", r"a ##\x5badd-mask]b ##\x5bx]"),
            ("::##[a]", r"\x3a:##\x5ba]"),
        ] {
            assert_eq!(for_runner(line), safe);
        }
        for line in ["", ":", "error: a::b", "# [x]"] {
            assert!(matches!(for_runner(line), Cow::Borrowed(same) if same == line), "{line:?}");
        }
        let json = serde_json::to_string(&["##[a]::"]).unwrap();
        let safe = json_for_runner(&json);
        assert!(!safe.contains("##["), "{safe}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&safe).unwrap(), ["##[a]::"]);
    }

    #[test]
    fn blocks_of_text_keep_lines_and_lose_what_drives_a_terminal() {
        let mut text = TerminalText::default();
        assert_eq!(text.push(b"a\tb\r\n\x1b[2Jc\rd \xc3"), "a\tb\r\n\\x1b[2Jc\\rd ");
        assert_eq!(text.push(b"\xa4\r"), "\u{e4}");
        assert_eq!(text.push(b"\n\xff"), "\r\n\u{fffd}");
    }
}
