//! The prompt of `invoke`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::commands::Cx;
use crate::commands::stdin::waited;
use wharf_core::body::open_stdin;
use wharf_core::error::{Error, Result};
use wharf_core::platform;

/// The longest prompt, in bytes.
const LONGEST: u64 = 8 << 20;

/// Returns the prompt, from the command line, a file or stdin.
///
/// # Errors
/// `usage` for one that is missing, empty, too long or not UTF-8; `not_found` and others for the file.
pub(in crate::commands) async fn read(cx: &Cx, text: Option<String>, file: Option<PathBuf>) -> Result<String> {
    let text = match (text, file) {
        (Some(text), _) if text != "-" => text,
        (None, Some(file)) if file != Path::new("-") => {
            let name = format!("`{}`", platform::shown(&file));
            let shown = name.clone();
            let open = move || {
                let file = File::open(file).map_err(|e| Error::io(format!("opening {shown}"), &e))?;
                text_of(file, &shown)
            };
            waited(cx, "a prompt", &name, open).await?
        }
        (None, None) => {
            return Err(Error::usage("a prompt is missing").hint("write it as one word, or - to read it from stdin"));
        }
        _ => {
            let stdin = open_stdin()?;
            waited(cx, "a prompt", "stdin", move || text_of(stdin, "stdin")).await?
        }
    };
    if text.trim().is_empty() { Err(Error::usage("the prompt is empty")) } else { Ok(text) }
}

fn text_of(from: impl Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| Error::io(format!("reading {name}"), &e))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Error::usage(format!("the prompt in {name} is larger than 8 MiB"))
            .hint("upload it, and name the file in a short prompt"));
    }
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("the prompt in {name} is not UTF-8")))
}
