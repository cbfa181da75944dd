//! The commands that `shell` knows. Each takes what its namesake of the GNU core utilities takes,
//! as far as it goes; an option that is not known is refused, and never ignored.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::AgbEmulator;
use super::session::AgbSession;
use super::shell::{CommandResult, SimpleCommand, no_command};
use super::tools::{ToolCallResult, path_of, reason};
use wharf_client::backend::{MkdirOptions, PutOptions};
use wharf_core::body::hex;
use wharf_core::error::{Error, Kind};
use wharf_core::model::{Entry, EntryKind, RemotePath, Timestamp};

/// Signs in a line of `base64`.
const WRAP: usize = 76;

/// The options and the other words of a command.
struct CommandArguments<'w> {
    name: &'w str,
    options: Vec<char>,
    rest: Vec<&'w str>,
    /// The mode that `chmod` gives to files.
    mode: Option<u32>,
    /// What `touch` makes of files.
    time: Option<Timestamp>,
}

impl<'w> CommandArguments<'w> {
    /// Takes words apart; nothing but the options in `known` may be there.
    fn read(name: &'w str, words: &'w [String], known: &str) -> Result<Self, String> {
        let (mut options, mut rest, mut ended) = (Vec::new(), Vec::new(), false);
        for word in words {
            match word.strip_prefix('-').filter(|letters| !ended && !letters.is_empty()) {
                Some("-") => ended = true,
                Some(letters) if letters.chars().all(|letter| known.contains(letter)) => {
                    options.extend(letters.chars());
                }
                Some(_) => return Err(format!("{name}: unrecognized option '{word}'")),
                None => rest.push(word.as_str()),
            }
        }
        let mut words = CommandArguments { name, options, rest, mode: None, time: None };
        match name {
            "chmod" => words.read_mode()?,
            "touch" => words.read_time()?,
            _ => {}
        }
        Ok(words)
    }

    fn has(&self, letters: &str) -> bool {
        self.options.iter().any(|option| letters.contains(*option))
    }

    /// Returns the mode of `chmod MODE PATH...`.
    fn read_mode(&mut self) -> Result<(), String> {
        let mode = if self.rest.is_empty() { "" } else { self.rest.remove(0) };
        let known = match mode {
            "+x" | "a+x" | "u+x" => Some(0o755),
            mode => u32::from_str_radix(mode, 8).ok().filter(|mode| *mode <= 0o777),
        };
        self.mode = Some(known.ok_or("chmod: only +x and modes of three octal digits are known here")?);
        Ok(())
    }

    /// Returns the time of `touch -d @SECONDS PATH...`.
    fn read_time(&mut self) -> Result<(), String> {
        let time = if self.rest.is_empty() || !self.has("d") { "" } else { self.rest.remove(0) };
        let read = || {
            let (seconds, fraction) = time.strip_prefix('@')?.split_once('.').unwrap_or((time.get(1..)?, "0"));
            let nanoseconds = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
            Timestamp::new(seconds.parse().ok()?, nanoseconds).ok()
        };
        self.time = Some(read().ok_or("touch: only `touch -d @SECONDS PATH...` is known here")?);
        Ok(())
    }
}

impl AgbEmulator {
    /// Runs one command. One that is not known is the tool's own error.
    pub(super) async fn command(
        &self,
        found: &AgbSession,
        cwd: &mut RemotePath,
        command: &SimpleCommand,
    ) -> ToolCallResult<CommandResult> {
        let Some((name, words)) = command.words.split_first() else { return Ok(CommandResult::default()) };
        let known = match name.as_str() {
            "true" | "false" | "pwd" | "cd" | "rmdir" | "chmod" => "",
            "echo" => return Ok(CommandResult::output(format!("{}\n", words.join(" ")))),
            "find" => return self.run_find(found, cwd, words).await,
            "stat" => return self.run_stat(found, cwd, words).await,
            "test" => "edfs",
            "readlink" => "f",
            "mv" => "fnT",
            "cp" => "afnprRT",
            "ln" => "fLT",
            "rm" => "frR",
            "mkdir" => "p",
            "ls" => "aA1",
            "cat" | "sha256sum" | "md5sum" => "b",
            "touch" => "dm",
            "base64" => "dw0",
            _ => return Err(no_command(name)),
        };
        let words = match CommandArguments::read(name, words, known) {
            Ok(words) => words,
            Err(problem) => return Ok(CommandResult::failed(1, problem)),
        };
        match (words.name, words.rest.as_slice()) {
            ("true", _) => Ok(CommandResult::default()),
            ("false", _) => Ok(CommandResult { code: 1, ..CommandResult::default() }),
            ("pwd", _) => Ok(CommandResult::output(format!("{cwd}\n"))),
            ("mv" | "cp" | "ln", [from, to]) => self.put_over(found, cwd, &words, from, to).await,
            ("mv" | "cp" | "ln", _) | (_, []) => {
                Ok(CommandResult::failed(1, format!("{name}: another number of words is needed")))
            }
            ("cd" | "test", [_, _, ..]) => Ok(CommandResult::failed(1, format!("{name}: too many words"))),
            ("cd", [to]) => {
                let ran = self.each(found, cwd, &words).await?;
                if ran.code == 0 {
                    *cwd = path_of(to, cwd)?;
                }
                Ok(ran)
            }
            _ => self.each(found, cwd, &words).await,
        }
    }

    /// Runs a command for each path; all are tried, and those that fail are reported.
    async fn each(
        &self,
        found: &AgbSession,
        cwd: &RemotePath,
        words: &CommandArguments<'_>,
    ) -> ToolCallResult<CommandResult> {
        let (mut ran, name) = (CommandResult::default(), words.name);
        for word in &words.rest {
            match self.one(found, words, word, &path_of(word, cwd)?).await {
                Ok(text) => ran.stdout.extend_from_slice(&text),
                Err(e) => {
                    ran.code = 1;
                    if name != "test" {
                        let _ = writeln!(ran.stderr, "{name}: cannot use '{word}': {}", reason(&e));
                    }
                }
            }
        }
        Ok(ran)
    }

    /// Runs a command for one path, and returns its output.
    async fn one(
        &self,
        found: &AgbSession,
        words: &CommandArguments<'_>,
        word: &str,
        at: &RemotePath,
    ) -> Result<Vec<u8>, Error> {
        let files = self.files();
        let is_directory = |entry: &Entry| entry.kind == EntryKind::Directory;
        match words.name {
            "cd" if is_directory(&self.look(found, at).await?) => {}
            "test" => {
                let entry = self.look(found, at).await?;
                let fits = match words.options.as_slice() {
                    ['d'] => is_directory(&entry),
                    ['f'] => entry.kind == EntryKind::File,
                    ['s'] => entry.size.is_some_and(|size| size > 0),
                    options => options == ['e'],
                };
                if !fits {
                    return Err(Error::conflict("it is not so"));
                }
            }
            "rm" => match self.stat(found, at).await {
                Err(e) if e.kind() == Kind::NotFound && words.has("f") => {}
                Ok(entry) if is_directory(&entry) && !words.has("rR") => return Err(Error::conflict("Is a directory")),
                entry => {
                    entry?;
                    files.remove(&found.at(at.clone()), words.has("rR")).await?;
                }
            },
            "rmdir" if is_directory(&self.stat(found, at).await?) => files.remove(&found.at(at.clone()), false).await?,
            "cd" | "rmdir" => return Err(Error::conflict("Not a directory")),
            "mkdir" => {
                let parents = words.has("p");
                if !parents || !self.look(found, at).await.is_ok_and(|entry| is_directory(&entry)) {
                    files.mkdir(&found.at(at.clone()), MkdirOptions { parents, mode: None, bulk: true }).await?;
                }
            }
            "chmod" | "touch" => {
                if self.look(found, at).await?.kind != EntryKind::File {
                    return Err(Error::conflict("only of files"));
                }
                self.backend.set_attributes(&found.at(at.clone()), words.mode, words.time)?;
            }
            // Only the last part of a path may be missing.
            "readlink" if words.has("f") => {
                let real = match (files.resolve(&found.at(at.clone())).await, at.parent()) {
                    (Err(e), Some(parent)) if e.kind() == Kind::NotFound => {
                        files.resolve(&found.at(parent)).await?.path.join(at.name())
                    }
                    (real, _) => real?.path,
                };
                return Ok(format!("{real}\n").into_bytes());
            }
            "readlink" => return Err(Error::conflict("only -f is known here")),
            "ls" if is_directory(&self.look(found, at).await?) => {
                let entries = self.children(found, at, false).await?;
                let shown = |name: &str| words.has("aA") || !name.starts_with('.');
                let lines = entries.iter().filter(|entry| shown(&entry.name));
                return Ok(lines.flat_map(|entry| [entry.name.as_bytes(), b"\n"].concat()).collect());
            }
            "ls" => return Ok(format!("{word}\n").into_bytes()),
            _ => return self.describe(found, words, word, at).await,
        }
        Ok(Vec::new())
    }

    /// Returns the line that a command prints about a file's content.
    async fn describe(
        &self,
        found: &AgbSession,
        words: &CommandArguments<'_>,
        word: &str,
        at: &RemotePath,
    ) -> Result<Vec<u8>, Error> {
        if self.look(found, at).await?.kind == EntryKind::Directory {
            return Err(Error::conflict("Is a directory"));
        }
        let content = self.bytes(found, at, 0, None).await?;
        Ok(match words.name {
            "cat" => content.into(),
            "sha256sum" => summed(&hex(&Sha256::digest(&content)), words, word),
            "md5sum" => summed(&hex(&Md5::digest(&content)), words, word),
            _ if words.has("d") => {
                let text: Vec<u8> = content.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
                BASE64_STANDARD.decode(text).map_err(|_| Error::conflict("invalid input"))?
            }
            _ if words.has("w") => BASE64_STANDARD.encode(&content).into_bytes(),
            _ => {
                let text = BASE64_STANDARD.encode(&content).into_bytes();
                text.chunks(WRAP).flat_map(|line| [line, b"\n"].concat()).collect()
            }
        })
    }

    /// Runs `mv`, `cp` and `ln`. A directory is a destination to put into, unless `-T` is given; a file is replaced, unless
    /// `-n` is given, or `ln` is without `-f`.
    async fn put_over(
        &self,
        found: &AgbSession,
        cwd: &RemotePath,
        words: &CommandArguments<'_>,
        from: &str,
        to: &str,
    ) -> ToolCallResult<CommandResult> {
        let (source, mut target) = (path_of(from, cwd)?, path_of(to, cwd)?);
        let done = async {
            let entry = self.stat(found, &source).await?;
            let mut there = self.look(found, &target).await.ok();
            if there.as_ref().is_some_and(|there| there.kind == EntryKind::Directory) && !words.has("T") {
                target = target.join(source.name());
                there = self.look(found, &target).await.ok();
            }
            if there.is_some() && words.has("n") {
                return Ok(());
            }
            if words.name == "ln" && there.is_some() && !words.has("f") {
                return Err(Error::conflict("File exists"));
            }
            if target == source || target.is_within(&source) && entry.kind == EntryKind::Directory {
                return Err(Error::conflict("it would be within itself"));
            }
            self.need_directory(found, &target).await?;
            if words.name == "mv" {
                return self.files().rename(&found.at(source.clone()), &target).await.map(drop);
            }
            if words.name == "ln" {
                return self.second_name(found, &source, &target).await;
            }
            self.copy(found, &source, &target, words).await
        };
        Ok(match done.await as Result<(), Error> {
            Ok(()) => CommandResult::default(),
            Err(e) => {
                CommandResult::failed(1, format!("{}: cannot put '{from}' at '{to}': {}", words.name, reason(&e)))
            }
        })
    }

    /// Creates a second name of a file, or of the one that a link leads to.
    async fn second_name(&self, found: &AgbSession, from: &RemotePath, to: &RemotePath) -> Result<(), Error> {
        let entry = self.look(found, from).await?;
        let (from, to) = (found.at(entry.path), found.at(to.clone()));
        if self.backend.share(&from, entry.size.unwrap_or_default(), &self.backend, &to)? {
            return Ok(());
        }
        Err(Error::conflict("no second name is possible here"))
    }

    async fn copy(
        &self,
        found: &AgbSession,
        from: &RemotePath,
        to: &RemotePath,
        words: &CommandArguments<'_>,
    ) -> Result<(), Error> {
        let files = self.files();
        let entry = self.stat(found, from).await?;
        let (mut all, directory) = (Vec::new(), entry.kind == EntryKind::Directory);
        if directory {
            if !words.has("arR") {
                return Err(Error::conflict("-r not specified; omitting directory"));
            }
            all = self.children(found, from, true).await?;
        }
        for entry in std::iter::once(entry).chain(all) {
            let target = match entry.path.below(from) {
                "" => to.clone(),
                below => to.descend(below)?,
            };
            let at = found.at(target);
            match entry.kind {
                EntryKind::Directory => {
                    files.mkdir(&at, MkdirOptions { parents: true, mode: None, bulk: true }).await?;
                }
                EntryKind::File => {
                    let mut source = self.stored(found, &entry, bytes::Bytes::new());
                    if !words.has("ap") {
                        source.attributes.modified_at = None;
                    }
                    files.put(&at, &source, PutOptions { keep_existing: false, bulk: true, expires_in: None }).await?;
                }
                _ => return Err(Error::conflict("neither a file nor a directory")),
            }
        }
        Ok(())
    }
}

/// Returns a line of a checksum: a name with a backslash or a line end is escaped, and a backslash says so.
fn summed(sum: &str, words: &CommandArguments<'_>, name: &str) -> Vec<u8> {
    let mark = if words.has("b") { '*' } else { ' ' };
    if name.contains(['\\', '\n']) {
        let name = name.replace('\\', "\\\\").replace('\n', "\\n");
        return format!("\\{sum} {mark}{name}\n").into_bytes();
    }
    format!("{sum} {mark}{name}\n").into_bytes()
}
