//! Compatibility with other tools: `--flag=true`, and flags for secrets, which are rejected without repeating their
//! values.

use std::ffi::OsString;

use clap::ArgAction;

use wharf_core::error::{Error, Result};

/// Flags of other tools that take a secret, with the hint for each.
const SECRETS: [(&str, &str); 5] = [
    ("--api-key", "set ANTHROPIC_API_KEY or AGB_API_KEY, or name a file that holds it: `--token-file FILE`"),
    (
        "--auth-token",
        "set ANTHROPIC_AUTH_TOKEN or WHARF_FOUNDRY_TOKEN, or name a file that holds it: `--token-file FILE`",
    ),
    ("--identity-token", "exchange it for a token first, and set ANTHROPIC_AUTH_TOKEN"),
    ("--webhook-key", "no command needs it: leave it out"),
    (
        "--authorization-token",
        "write `authorization_token: TOKEN` into a document: `--body FILE`, or `--body -` from a pipe",
    ),
];

/// Replaces `--flag=true` with `--flag`, and removes `--flag=false`, for flags without a value.
///
/// # Errors
/// `usage` for a secret on the command line. The message does not contain its value.
pub(super) fn adapt(args: Vec<OsString>, grammar: impl FnOnce() -> clap::Command) -> Result<Vec<OsString>> {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let own = || args.iter().take(end).filter_map(|arg| arg.to_str());
    for arg in own() {
        let name = arg.split('=').next().unwrap_or(arg);
        if let Some((flag, hint)) = SECRETS.into_iter().find(|(flag, _)| *flag == name) {
            return Err(Error::usage(format!("secrets are not accepted on the command line: `{flag}`")).hint(hint));
        }
    }
    if !own().any(|arg| switch(arg).is_some()) {
        return Ok(args);
    }
    let mut switches = BooleanFlags::default();
    switches.gather(&grammar());
    let adapted =
        args.into_iter().enumerate().filter_map(|(at, arg)| match arg.to_str().filter(|_| at < end).and_then(switch) {
            Some((name, on)) if switches.is_one(name) => on.then(|| OsString::from(name)),
            _ => Some(arg),
        });
    Ok(adapted.collect())
}

/// Splits `--NAME=true`, `-N=true`, `--NAME=false` or `-N=false` into name and value.
fn switch(arg: &str) -> Option<(&str, bool)> {
    let (name, value) = arg.split_once('=').filter(|(name, _)| name.starts_with('-'))?;
    match value {
        "true" => Some((name, true)),
        "false" => Some((name, false)),
        _ => None,
    }
}

/// The flags of all commands, by whether any command gives them a value.
#[derive(Default)]
struct BooleanFlags {
    plain: Vec<String>,
    valued: Vec<String>,
}

impl BooleanFlags {
    fn gather(&mut self, command: &clap::Command) {
        for arg in command.get_arguments() {
            let to = match arg.get_action() {
                ArgAction::SetTrue => &mut self.plain,
                _ => &mut self.valued,
            };
            to.extend(arg.get_long().map(|name| format!("--{name}")));
            to.extend(arg.get_short().map(|name| format!("-{name}")));
        }
        command.get_subcommands().for_each(|below| self.gather(below));
    }

    fn is_one(&self, name: &str) -> bool {
        let holds = |list: &[String]| list.iter().any(|known| known == name);
        holds(&self.plain) && !holds(&self.valued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapted(line: &str) -> Result<String> {
        let args = line.split(' ').map(OsString::from).collect();
        let words = adapt(args, crate::commands::grammar)?;
        Ok(words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn switches_are_taken_with_a_value() {
        for (line, wanted) in [
            ("wharf sessions list --include-archived=true", "wharf sessions list --include-archived"),
            ("wharf sessions list --include-archived=false -q", "wharf sessions list -q"),
            ("wharf -r=true --debug=false sessions list", "wharf -r sessions list"),
            // What takes a value keeps it, and so does what is not known.
            ("wharf sessions create --title=true", "wharf sessions create --title=true"),
            ("wharf sessions label s1 done=true --nosuch=true", "wharf sessions label s1 done=true --nosuch=true"),
            ("wharf serve -- tool --debug=true", "wharf serve -- tool --debug=true"),
        ] {
            assert_eq!(adapted(line).unwrap(), wanted);
        }
    }

    #[test]
    fn secrets_are_refused_without_being_repeated() {
        for line in ["wharf --api-key=sk-1 sessions list", "wharf sessions list --auth-token sk-1"] {
            let error = adapted(line).unwrap_err();
            assert!(
                error.kind() == wharf_core::error::Kind::Usage && error.hint_text().unwrap().contains("ANTHROPIC_")
            );
            assert!(!format!("{error:?}").contains("sk-1"));
        }
        for line in ["wharf serve -- tool --api-key k", "wharf sessions create --title=--api-key"] {
            assert_eq!(adapted(line).unwrap(), line);
        }
    }
}
