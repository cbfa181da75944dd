//! The process: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    wharf::commands::run(std::env::args_os())
}
