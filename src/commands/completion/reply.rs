//! The answer to a shell's script: a line that says which files of this machine are offered as well, then a line for each
//! word.

use std::fmt::Write as _;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter as _};

use super::candidates::LocalOffer;
use super::shell_words::{ShellSyntax, SplitLine, quoted_for_bash};
use crate::output::escape;

/// The shell whose script asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScriptShell {
    Bash {
        /// What stands on the line in front of the text that bash replaces, as far as it belongs to the same word.
        kept: String,
        /// Whether bash is going to list the words rather than to insert one.
        lists: bool,
    },
    Zsh,
    Fish,
    /// No shell: a process that fills the cache for the next one that asks.
    Cache,
}

/// What a script asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ScriptRequest {
    pub(super) shell: ScriptShell,
    /// The words of the line from the program on; the last one is being completed.
    pub(super) words: Vec<String>,
}

impl ScriptRequest {
    /// Reads the name of a shell and what its script passes; `None` if that is no request of a script.
    pub(super) fn read(shell: &str, args: &[String]) -> Option<Self> {
        let (shell, words) = match (shell, args) {
            ("bash", [line, replaced, reason]) => {
                let split = SplitLine::new(ShellSyntax::Bash, line);
                let word = line.get(split.start..)?;
                let kept = word.strip_suffix(replaced.as_str()).unwrap_or_default().to_owned();
                // What readline calls `?`, `!` and `@`.
                let lists = matches!(reason.as_str(), "63" | "33" | "64");
                (ScriptShell::Bash { kept, lists }, split.words)
            }
            ("fish", [line]) => (ScriptShell::Fish, SplitLine::new(ShellSyntax::Fish, line).words),
            ("zsh", words) => (ScriptShell::Zsh, words.to_vec()),
            ("cache", words) => (ScriptShell::Cache, words.to_vec()),
            _ => return None,
        };
        (words.len() > 1).then_some(ScriptRequest { shell, words })
    }

    /// Returns the word that is being completed.
    pub(super) fn part(&self) -> &str {
        self.words.last().map_or("", String::as_str)
    }

    /// Returns the answer.
    pub(super) fn reply(&self, mut found: Vec<CompletionCandidate>, local: LocalOffer, is_escaped: bool) -> String {
        let is_flag = self.part().starts_with('-') && !is_escaped;
        found.retain(|word| {
            let text = word.get_value().to_str().unwrap_or_default();
            // What a terminal would obey, or a line would end, is left out: it cannot be typed in another way.
            let is_safe = !text.is_empty() && matches!(escape::for_terminal(text), std::borrow::Cow::Borrowed(_));
            is_safe && text.starts_with('-') == is_flag
        });
        match &self.shell {
            ScriptShell::Bash { kept, lists } => bash(found, local, self.part(), kept, *lists),
            ScriptShell::Zsh => lines(&found, local, |word, about| match about {
                Some(about) => format!("{word}\t{word}  -- {about}"),
                None => format!("{word}\t{word}"),
            }),
            ScriptShell::Fish => lines(&found, local, |word, about| match about {
                Some(about) => format!("{word}\t{about}"),
                None => word.to_owned(),
            }),
            ScriptShell::Cache => String::new(),
        }
    }
}

fn name(local: LocalOffer) -> &'static str {
    match local {
        LocalOffer::None => "words",
        LocalOffer::Files => "files",
        LocalOffer::Directories => "directories",
    }
}

fn lines(found: &[CompletionCandidate], local: LocalOffer, line: impl Fn(&str, Option<String>) -> String) -> String {
    let mut reply = format!("{}\n", name(local));
    for word in found {
        let _ = writeln!(reply, "{}", line(&word.get_value().to_string_lossy(), about(word)));
    }
    reply
}

/// Returns the first line of the text about a word.
fn about(word: &CompletionCandidate) -> Option<String> {
    let text = word.get_help()?.to_string();
    text.lines().next().filter(|line| !line.is_empty()).map(str::to_owned)
}

/// Returns the answer to bash, which takes a word as it is to stand on the line, from the place on where bash breaks it.
fn bash(mut found: Vec<CompletionCandidate>, local: LocalOffer, part: &str, kept: &str, lists: bool) -> String {
    // bash offers files by itself only where there are no words.
    let is_mixed = local != LocalOffer::None && !found.is_empty();
    if is_mixed {
        found.extend(PathCompleter::any().complete(part.as_ref()));
    }
    let before = SplitLine::new(ShellSyntax::Bash, kept);
    let read = before.words.last().map_or("", String::as_str);
    let shows_about = lists && found.len() > 1;
    let mut reply = format!("{}\n", name(if is_mixed { LocalOffer::None } else { local }));
    for word in &found {
        let text = word.get_value().to_string_lossy();
        let Some(rest) = text.strip_prefix(read) else { continue };
        let mut rest = quoted_for_bash(rest, before.quote);
        if shows_about {
            rest.extend(about(word).map(|about| format!("  ({about})")));
        } else if !text.ends_with(['/', ':', '=']) {
            match before.quote {
                None => rest.push(' '),
                // bash ends the word inside of quotes, unless a quote seems to stand there already.
                Some(quote) if rest.ends_with(quote) => rest.push(quote),
                Some(_) => {}
            }
        }
        let _ = writeln!(reply, "{rest}");
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str, replaced: &str, reason: &str) -> ScriptRequest {
        ScriptRequest::read("bash", &[line, replaced, reason].map(str::to_owned)).unwrap()
    }

    fn reply(request: &ScriptRequest, words: &[&str]) -> Vec<String> {
        let found = words.iter().map(|word| CompletionCandidate::new(*word).help(Some("title".into()))).collect();
        let reply = request.reply(found, LocalOffer::None, false);
        reply.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn bash_gets_what_follows_the_place_where_it_breaks_a_word() {
        let asked = request("wharf files ls s-1:/da", "/da", "9");
        assert_eq!(asked.words, ["wharf", "files", "ls", "s-1:/da"]);
        assert_eq!(reply(&asked, &["s-1:/data/", "s-1:/day one"]), ["/data/", "/day\\ one "]);
        assert_eq!(reply(&request("wharf sessions get @la", "@la", "9"), &["@last"]), ["@last "]);
        let quoted = request("wharf files ls s-1:\"/my d", "/my d", "9");
        assert_eq!(reply(&quoted, &["s-1:/my $dir/"]), ["/my \\$dir/"]);
        for (name, word) in [("Y\"", "/d/Y\\\"\""), ("Y", "/d/Y")] {
            let open = request("wharf files cat \"s1:/d/Y", "/d/Y", "9");
            assert_eq!(reply(&open, &[&format!("s1:/d/{name}")]), [word]);
        }
        let open = request("wharf files cat 's1:/d/X", "/d/X", "9");
        assert_eq!(reply(&open, &["s1:/d/X'"]), [r"/d/X'\'''"]);
        let listed = request("wharf sessions get s", "s", "63");
        assert_eq!(reply(&listed, &["s-1", "s-2"]), ["s-1  (title)", "s-2  (title)"]);
    }

    #[test]
    fn what_a_terminal_or_a_shell_would_obey_is_quoted_or_left_out() {
        let asked = request("wharf files ls s:", "", "9");
        let names = ["s:/$(touch pwned)", "s:/`x`", "s:/a;b", "s:/it's", "s:/a\nb", "s:/a\x1b[2J", "s:/a\u{202e}b"];
        assert_eq!(reply(&asked, &names), ["/\\$\\(touch\\ pwned\\) ", "/\\`x\\` ", "/a\\;b ", "/it\\'s "]);
        assert_eq!(reply(&request("wharf files rm ", "", "9"), &["-rf", "ok"]), ["ok "]);
        let zsh = ScriptRequest::read("zsh", &["wharf", "files", "rm", ""].map(str::to_owned)).unwrap();
        assert_eq!(reply(&zsh, &["-rf", "a b", "c\td"]), ["a b\ta b  -- title"]);
    }

    #[test]
    fn only_requests_of_scripts_are_read() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(ScriptRequest::read("bash", &words(&["wharf ls"])), None);
        assert_eq!(ScriptRequest::read("fish", &words(&["wharf"])), None);
        assert_eq!(ScriptRequest::read("1", &words(&["wharf", ""])), None);
        assert_eq!(ScriptRequest::read("fish", &words(&["wharf "])).unwrap().words, ["wharf", ""]);
    }
}
