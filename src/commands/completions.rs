//! `wharf completions` and `wharf man`, which are generated from the grammar.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::{Cx, completion};
use wharf_core::error::{Error, Result};

#[derive(Debug, Args)]
#[command(after_help = "The scripts for bash, zsh and fish ask wharf for sessions, paths, stored\n\
    files, agents and more, within 0.3 s; hosted backends are asked again after\n\
    30 s. They find wharf on PATH, and set WHARF_COMPLETE when they call it.\n\n\
    Examples:\n  \
    wharf completions bash > ~/.local/share/bash-completion/completions/wharf\n  \
    wharf completions zsh > ~/.zfunc/_wharf\n  \
    wharf completions fish > ~/.config/fish/completions/wharf.fish")]
pub(super) struct CompletionsArgs {
    /// Shell to print the script for
    #[arg(value_enum)]
    shell: Shell,

    /// Print a script that knows commands and flags only; always so for elvish and PowerShell
    #[arg(long = "static")]
    is_static: bool,
}

impl CompletionsArgs {
    /// Prints the completion script for `grammar`, which must have the arguments of all commands.
    pub(super) fn run(&self, cx: &Cx, grammar: clap::Command) -> Result<()> {
        let script = match self.shell {
            Shell::Bash if !self.is_static => completion::BASH.to_owned(),
            Shell::Zsh if !self.is_static => completion::ZSH.to_owned(),
            Shell::Fish if !self.is_static => completion::FISH.to_owned(),
            shell => completion::static_script(shell, grammar),
        };
        cx.out.bytes(script.as_bytes())
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  wharf man ~/.local/share/man/man1")]
pub(super) struct ManArgs {
    /// Directory for the pages; created if it does not exist
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

impl ManArgs {
    /// Writes a manual page for each command of `cli`.
    pub(super) fn run(&self, cli: clap::Command) -> Result<()> {
        let doing = |e: std::io::Error| Error::io(format!("writing the manual pages to `{}`", self.dir.display()), &e);
        std::fs::create_dir_all(&self.dir).map_err(doing)?;
        // An existing page, or a link, is replaced rather than written through.
        let made = tempfile::tempdir_in(&self.dir).map_err(doing)?;
        clap_mangen::generate_to(cli, made.path()).map_err(doing)?;
        for page in made.path().read_dir().map_err(doing)? {
            let page = page.map_err(doing)?;
            std::fs::rename(page.path(), self.dir.join(page.file_name())).map_err(doing)?;
        }
        made.close().map_err(doing)
    }
}
