//! The implementation for Unix.

mod files;
mod process;
mod streams;
mod terminal;

pub use files::*;
pub use process::*;
pub use streams::*;
pub use terminal::*;
