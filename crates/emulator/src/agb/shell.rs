//! The tool `shell`: a few commands, and no shell.
//!
//! A command is words between spaces, joined by `&&`. What is within single quotes is itself, `\`
//! makes the next sign one that means nothing; outside of quotes there may be letters, digits and
//! `_-./:=,+@%` besides. `> WORD` and `>> WORD` at the end write the output of a command. All else is
//! refused, as the tool's own error: no variables, no pipes, no patterns, no double quotes.

use serde_json::json;

use super::AgbEmulator;
use super::session::{AgbSession, home};
use super::tools::{ToolCallResult, path_of, wrong};
use wharf_client::backend::PutOptions;
use wharf_core::error::Error;
use wharf_core::random;
use wharf_wire::agb as wire;
use wharf_wire::agb::text::ToolError;

/// One command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SimpleCommand {
    /// Its name and its arguments.
    pub(super) words: Vec<String>,
    /// Where its output goes, and whether behind what is there.
    pub(super) to: Option<(String, bool)>,
}

/// The output of a command, and its exit status.
#[derive(Debug, Default)]
pub(super) struct CommandResult {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
    pub(super) code: i64,
}

impl CommandResult {
    pub(super) fn output(stdout: impl Into<Vec<u8>>) -> Self {
        CommandResult { stdout: stdout.into(), ..CommandResult::default() }
    }

    pub(super) fn failed(code: i64, stderr: impl Into<String>) -> Self {
        CommandResult { code, stderr: format!("{}\n", stderr.into()), ..CommandResult::default() }
    }
}

/// Reads a line of commands.
pub(super) fn parse(line: &str) -> Result<Vec<SimpleCommand>, String> {
    let mut all = Vec::new();
    let mut now = SimpleCommand::default();
    // Whether the next word is where output goes, and how.
    let mut redirect = None;
    let mut word: Option<String> = None;
    let mut signs = line.trim().chars().peekable();
    loop {
        let sign = signs.next();
        match sign {
            Some('\'') => {
                let word = word.get_or_insert_default();
                loop {
                    match signs.next() {
                        Some('\'') => break,
                        Some('\0') | None => return Err("a quoted word does not end".to_owned()),
                        Some(other) => word.push(other),
                    }
                }
                continue;
            }
            Some('\\') => match signs.next() {
                Some('\n' | '\0') | None => return Err("nothing follows a backslash".to_owned()),
                Some(other) => {
                    word.get_or_insert_default().push(other);
                    continue;
                }
            },
            Some(plain) if plain.is_alphanumeric() || "_-./:=,+@%".contains(plain) => {
                word.get_or_insert_default().push(plain);
                continue;
            }
            _ => {}
        }
        // Everything else ends a word.
        if let Some(word) = word.take() {
            match redirect.take() {
                Some(append) => now.to = Some((word, append)),
                None if now.to.is_some() => return Err("a word follows where output goes".to_owned()),
                None => now.words.push(word),
            }
        }
        match sign {
            None | Some(' ' | '\t') => {}
            Some('>') if redirect.is_none() && now.to.is_none() => redirect = Some(signs.next_if_eq(&'>').is_some()),
            Some('&') if signs.next_if_eq(&'&').is_some() => {}
            Some(other) => return Err(format!("{other:?} outside of single quotes")),
        }
        if matches!(sign, None | Some('&')) {
            if redirect.is_some() || now.words.is_empty() {
                return Err("a command or a word is missing".to_owned());
            }
            all.push(std::mem::take(&mut now));
            if sign.is_none() {
                return Ok(all);
            }
        }
    }
}

impl AgbEmulator {
    /// Runs a line of commands until one fails.
    pub(super) async fn shell(&self, found: &AgbSession, asked: &wire::Shell) -> ToolCallResult {
        let line = parse(&asked.command)
            .map_err(|problem| wrong(format!("the emulator does not run a shell and knows few commands: {problem}")))?;
        let mut cwd = match asked.cwd.as_deref() {
            None | Some("") => home(),
            Some(cwd) => path_of(cwd, &home())?,
        };
        let mut all = CommandResult::default();
        for command in &line {
            let mut ran = self.command(found, &mut cwd, command).await?;
            if let Some((to, append)) = command.to.as_ref().filter(|_| ran.code == 0) {
                let (at, content) = (path_of(to, &cwd)?, std::mem::take(&mut ran.stdout).into());
                let done = async {
                    self.need_directory(found, &at).await?;
                    self.write(
                        found,
                        &at,
                        content,
                        *append,
                        PutOptions { keep_existing: false, bulk: true, expires_in: None },
                    )
                    .await
                };
                if let Err(e) = done.await as Result<(), Error> {
                    ran = CommandResult::failed(1, format!("sh: 1: cannot create {to}: {}", super::tools::reason(&e)));
                }
            }
            all.stdout.append(&mut ran.stdout);
            all.stderr.push_str(&ran.stderr);
            all.code = ran.code;
            if all.code != 0 {
                break;
            }
        }
        let trace = if all.code == 0 { String::new() } else { random::hex::<6>().unwrap_or_default() };
        let stderr = all.stderr.replace(found.session.id.as_str(), &found.id);
        let stdout = String::from_utf8_lossy(&all.stdout);
        Ok(json!({ "stdout": stdout, "stderr": stderr, "exit_code": all.code, "traceId": trace }).to_string())
    }
}

/// Returns the tool's own error for a command that is not one of the few.
pub(super) fn no_command(name: &str) -> ToolError {
    ToolError { code: Some(ToolError::NO_COMMAND), message: format!("sh: 1: {name}: not found") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_wire::agb::text::quoted;

    fn words(line: &str) -> Vec<Vec<String>> {
        parse(line).expect(line).into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn words_are_plain_or_quoted() {
        assert_eq!(words("echo hello"), [["echo", "hello"]]);
        assert_eq!(words("  mv -T -- /a 'b c'\t'' "), [["mv", "-T", "--", "/a", "b c", ""]]);
        assert_eq!(words(r"rm '/it'\''s'a"), [["rm", "/it'sa"]]);
        assert_eq!(words("cd /a && pwd"), [vec!["cd", "/a"], vec!["pwd"]]);
        for odd in ["$(x) `y` \"z\" * ? ; | & > <\n#\\", "it's", ""] {
            assert_eq!(words(&format!("echo {}", quoted(odd))), [["echo", odd]], "{odd:?}");
        }
    }

    #[test]
    fn output_goes_to_a_word() {
        let parsed = parse("base64 -d '/a b'>'/c d' && echo x >>/e").unwrap();
        assert_eq!(parsed[0].to, Some(("/c d".to_owned(), false)));
        assert_eq!(parsed[1].to, Some(("/e".to_owned(), true)));
    }

    #[test]
    fn a_shell_is_refused() {
        for bad in [
            "",
            "&&",
            "a &&",
            "a & b",
            "a; b",
            "a | b",
            "$x",
            "`x`",
            "\"x\"",
            "a*",
            "a?",
            "~",
            "a\nb",
            "#",
            "(a)",
            "'a",
            "a\\",
            "a >",
            "a > b c",
            "a > b > c",
            "> b",
            "a < b",
            "a 2>&1",
            "{a}",
            "!a",
            "'a\0b'",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
