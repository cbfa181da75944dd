//! Properties of the terminal.

use clap::ValueEnum;

use wharf_core::config::env;

/// `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, as the environment has it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Returns whether to use colour: decided by `--color`, then `NO_COLOR`, `CLICOLOR_FORCE`, TERM and CLICOLOR, then the
/// terminal.
pub fn wants_colour(asked: Color, terminal: bool) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if env::text(env::NO_COLOR).is_some() => false,
        Color::Auto if env::text(env::CLICOLOR_FORCE).is_some_and(|force| force != "0") => true,
        // Windows does not set TERM, and its terminals support colour.
        Color::Auto if env::text(env::TERM).map_or(!cfg!(windows), |term| term == "dumb") => false,
        Color::Auto if env::text(env::CLICOLOR).is_some_and(|wanted| wanted == "0") => false,
        Color::Auto => terminal,
    }
}

/// Returns whether the locale has characters beyond ASCII.
pub(super) fn is_utf8() -> bool {
    // Windows has no such variables, and its console shows all characters.
    let locale = env::LOCALE.iter().find_map(|name| env::text(name));
    locale.map_or(cfg!(windows), |locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

/// Returns the width of the terminal in columns; `None` without a terminal.
pub(super) fn columns() -> Option<usize> {
    let asked = env::text(env::COLUMNS).and_then(|columns| columns.parse().ok());
    asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}
