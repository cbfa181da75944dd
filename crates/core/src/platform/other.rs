//! Systems without Unix's modes, devices and signals.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cap_fs_ext::MetadataExt;
use cap_std::fs::Dir;

use super::{FileKey, Signal, SignalEvent, StdinKind};
use crate::body::Attributes;
use crate::model::Timestamp;

/// The time of a file; there is no exec bit.
pub fn attributes(meta: &Metadata) -> Attributes {
    Attributes { modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()), executable: false }
}

/// What a program's file name may have at its end.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[".exe", ".cmd", ".bat"];

/// Whether a file can be run, as far as can be seen here.
pub(crate) fn is_program(meta: &Metadata) -> bool {
    meta.is_file()
}

/// Not known here: the user's own directories are the user's own.
pub fn is_private(meta: &Metadata) -> bool {
    meta.is_file()
}

/// Whether an open file has lost its last name, which cannot be seen here.
pub(crate) fn is_nameless(_meta: &Metadata) -> bool {
    false
}

/// Nothing to do: no mode keeps an owner out.
pub fn unlock_dir(_within: &Dir, _name: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether an error says that the file system has no locks.
pub fn lacks_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Whether this is a socket.
pub fn is_socket(_meta: &std::fs::Metadata) -> bool {
    false
}

/// Opens a regular file for reading.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(super::not_regular()) }
}

/// No file is made up here.
pub(crate) fn may_be_made_up(_meta: &Metadata) -> bool {
    false
}

/// No file is made up here.
pub(crate) fn may_be_made_up_below(_meta: &cap_std::fs::Metadata) -> bool {
    false
}

/// No file is made up here.
pub(crate) fn is_made_up(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Opens a regular file below `dir` for reading.
pub fn open_regular_below(dir: &Dir, path: &Path) -> io::Result<File> {
    let file = dir.open(path)?.into_std();
    if file.metadata()?.is_file() { Ok(file) } else { Err(super::not_regular()) }
}

/// The path below `dir` that `path` means once all links are followed.
pub fn canonicalize_below(dir: &Dir, path: &Path) -> io::Result<PathBuf> {
    dir.canonicalize(path)
}

/// Not known here: what was opened before is opened again.
pub fn is_at(_dir: &Dir, _root: &Dir, _path: &str) -> bool {
    false
}

/// What tells a file from others, as far as it is known here: when it came to be.
pub fn identity(meta: &Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |at| at.as_nanos()).to_string()
}

/// The same of what lies below a directory handle.
pub fn identity_below(meta: &cap_std::fs::Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.into_std().duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |at| at.as_nanos()).to_string()
}

/// Every file has a name here.
pub(crate) fn create_nameless(_dir: &Dir) -> io::Result<Option<File>> {
    Ok(None)
}

/// Every file has a name here.
pub(crate) fn give_name(_file: &File, _dir: &Dir, _name: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Nothing to do: the directory decides.
pub(crate) fn set_new_access(_file: &File, _dir: &Dir, _at_least: u32, _executable: bool) -> io::Result<()> {
    Ok(())
}

/// Nothing to do: the directory decides.
pub(crate) fn keep_access(
    _file: &File,
    _dir: &Dir,
    _name: &str,
    _replaced: &cap_std::fs::Metadata,
    _executable: bool,
) -> io::Result<()> {
    Ok(())
}

/// Not known here.
pub fn check_writable(_dir: &Dir, _name: &Path, _there: Option<&cap_std::fs::Metadata>) -> io::Result<()> {
    Ok(())
}

/// Not known here.
pub fn is_mount_point(_dir: &Dir, _name: &Path) -> bool {
    false
}

/// Not known here.
pub fn has_mounts(_dir: &Dir, _name: &Path) -> bool {
    false
}

/// Reads from the start of a file into `buffer`.
pub fn read_start(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    file.rewind()?;
    file.read(buffer)
}

/// Writes over the start of a file.
pub fn write_start(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)
}

/// Whether nothing can be renamed into place here.
pub fn is_stream(meta: &Metadata) -> bool {
    !meta.is_file() && !meta.is_dir()
}

/// Does nothing: without this call, files are synced one by one.
pub fn sync_file_system(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Directories cannot be synced here.
pub fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a directory and its parents.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Not known here.
pub fn device(_dir: &Dir) -> Option<u64> {
    None
}

/// There are no numbers of users.
pub fn owner(_meta: &cap_std::fs::Metadata) -> (u32, u32) {
    (0, 0)
}

/// Makes a directory below another one.
pub fn create_private_dir_in(dir: &Dir, name: &str) -> io::Result<()> {
    dir.create_dir(name)
}

/// Makes an empty file, unless something has its name.
pub fn create_private_file(path: &Path) -> io::Result<()> {
    match File::options().write(true).create_new(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Not known here: the user's own directories are the user's own.
pub fn foreign_owner(_dir: &Dir) -> Option<u32> {
    None
}

/// There are no permission bits.
pub fn mode_of(_meta: &Metadata) -> Option<u32> {
    None
}

/// There are no permission bits.
pub fn mode(_meta: &cap_std::fs::Metadata) -> Option<u32> {
    None
}

/// Without modes, only the right to write can be taken.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    file.set_permissions(permissions)
}

/// What a file is that is reached by a path, through links.
pub fn key_of(path: &Path) -> io::Result<FileKey> {
    let meta = cap_std::fs::Metadata::from_file(&File::open(path)?)?;
    Ok((meta.dev(), meta.ino()))
}

/// Not known here: each file has one name.
pub fn names_of(_meta: &Metadata) -> u64 {
    1
}

/// Not known here.
pub fn files_of_streams() -> Vec<(&'static str, FileKey)> {
    Vec::new()
}

/// The bytes of a name, in UTF-8.
pub fn bytes_of(name: &OsStr) -> Cow<'_, [u8]> {
    match name.to_string_lossy() {
        Cow::Borrowed(name) => name.as_bytes().into(),
        Cow::Owned(name) => name.into_bytes().into(),
    }
}

/// The name that these bytes are, in UTF-8.
pub fn name_of(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Standard output, for writing.
pub fn stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Standard error, for writing.
pub fn stderr() -> io::Stderr {
    io::stderr()
}

/// Whether it would keep its writer waiting cannot be told here.
pub fn stderr_ready(_wait: Duration) -> bool {
    true
}

/// Standard input, for reading.
pub fn stdin() -> io::Result<io::Stdin> {
    Ok(io::stdin())
}

/// There is no limit that would be met.
pub fn check_handles(_more: i32) -> io::Result<()> {
    Ok(())
}

/// Whether it is cannot be told here.
pub fn stdout_is_kept() -> io::Result<()> {
    Ok(())
}

/// Whatever is not a terminal is a document.
pub fn stdin_kind() -> StdinKind {
    if io::stdin().is_terminal() { StdinKind::Other } else { StdinKind::Document }
}

/// There is no way to look without reading.
pub fn stdin_ready(_wait: Duration) -> bool {
    true
}

/// The system's own handling of Ctrl-C ends the process.
pub fn watch_signals(_asked: &Arc<AtomicBool>, _on_signal: impl FnMut(SignalEvent) + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// There are no signals.
pub fn send_signal(_process: u32, _signal: Signal) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There are no groups of processes: nothing is sent.
pub fn signal_group(_leader: u32, _signal: Signal) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// There is no way to tell.
pub fn process_start(_process: u32) -> Option<String> {
    None
}

/// There is no way to tell.
pub fn processes_with(_variable: &str, _values: &[String]) -> Vec<u32> {
    Vec::new()
}

/// Knows nothing of an output stream.
pub struct OutputProbe;

/// A stream of a program's output.
pub trait OutputReader: tokio::io::AsyncRead + Unpin + Send {}

impl<T: tokio::io::AsyncRead + Unpin + Send> OutputReader for T {}

impl OutputProbe {
    /// Makes a handle that knows nothing.
    pub fn of<T>(_stream: &T) -> io::Result<Self> {
        Ok(OutputProbe)
    }

    /// Everything up to the end of the stream is to be read.
    pub fn waiting(&self) -> u64 {
        u64::MAX
    }

    /// There are no pseudo-terminals.
    pub fn resize(&self, _size: super::TerminalSize) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// No answer means this.
pub(crate) const TERMINAL_CLOSED: i32 = i32::MIN;

/// A terminal that passes every key on, which is not done here.
pub struct RawMode;

impl RawMode {
    /// Changes nothing.
    pub fn of_stdin() -> Option<Self> {
        None
    }
}

/// Nothing tells of a new size.
pub fn watch_resizes(_on_resize: impl FnMut() -> bool + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// No signal ends a process.
pub fn ending_signal(_status: ExitStatus) -> Option<i32> {
    None
}

/// The status of a process that ended.
pub fn exit_status(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
