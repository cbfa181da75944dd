//! The implementation for systems without Unix's modes, devices and signals, such as Windows.

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

/// Returns the modification time of a file. There is no execute bit.
pub fn attributes(meta: &Metadata) -> Attributes {
    Attributes { modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()), executable: false }
}

/// The possible extensions of programs.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[".exe", ".cmd", ".bat"];

/// Returns whether a file is an executable program, as far as that can be determined.
pub(crate) fn is_program(meta: &Metadata) -> bool {
    meta.is_file()
}

/// Returns whether a file is private. Ownership is not checked: the user's own directories are private.
pub(crate) fn is_private(meta: &Metadata) -> bool {
    meta.is_file()
}

/// Returns false: a file without a name cannot be detected.
pub(crate) fn is_nameless(_meta: &Metadata) -> bool {
    false
}

/// Does nothing: no mode denies access to the owner.
pub fn unlock_dir(_within: &Dir, _name: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns whether an error means that the file system does not support locks.
pub fn lacks_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

/// Returns false: there are no sockets in the file system.
pub fn is_socket(_meta: &std::fs::Metadata) -> bool {
    false
}

/// Opens a regular file for reading.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(super::not_regular()) }
}

/// Returns false: reported lengths are right.
pub(crate) fn may_be_made_up(_meta: &Metadata) -> bool {
    false
}

/// Returns false: reported lengths are right.
pub(crate) fn may_be_made_up_below(_meta: &cap_std::fs::Metadata) -> bool {
    false
}

/// Returns false: the system generates no files.
pub fn is_generated(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Returns false: reported lengths are right.
pub(crate) fn is_made_up(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Opens a regular file below `dir` for reading.
pub fn open_regular_below(dir: &Dir, path: &Path) -> io::Result<File> {
    let file = dir.open(path)?.into_std();
    if file.metadata()?.is_file() { Ok(file) } else { Err(super::not_regular()) }
}

/// Resolves the links of a path below `dir`; returns the result relative to `dir`.
pub fn canonicalize_below(dir: &Dir, path: &Path) -> io::Result<PathBuf> {
    dir.canonicalize(path)
}

/// Returns false: directories are not compared, so the caller opens the path again.
pub fn is_at(_dir: &Dir, _root: &Dir, _path: &str) -> bool {
    false
}

/// Returns a text that identifies a file as far as possible: its creation time.
pub fn identity(meta: &Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |at| at.as_nanos()).to_string()
}

/// Does the same as [`identity`] for an entry below a directory handle.
pub fn identity_below(meta: &cap_std::fs::Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.into_std().duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |at| at.as_nanos()).to_string()
}

/// Returns `None`: files without a name are not supported.
pub(crate) fn create_nameless(_dir: &Dir) -> io::Result<Option<File>> {
    Ok(None)
}

/// Fails: files without a name are not supported.
pub(crate) fn give_name(_file: &File, _dir: &Dir, _name: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Does nothing: a new file inherits its access rights from the directory.
pub(crate) fn set_new_access(_file: &File, _dir: &Dir, _at_least: u32, _executable: bool) -> io::Result<()> {
    Ok(())
}

/// Does nothing: a new file inherits its access rights from the directory.
pub(crate) fn keep_access(
    _file: &File,
    _dir: &Dir,
    _name: &str,
    _replaced: &cap_std::fs::Metadata,
    _executable: bool,
) -> io::Result<()> {
    Ok(())
}

/// Does nothing: access rights cannot be checked in advance.
pub fn check_writable(_dir: &Dir, _name: &Path, _there: Option<&cap_std::fs::Metadata>) -> io::Result<()> {
    Ok(())
}

/// Returns false: mount points are not detected.
pub fn is_mount_point(_dir: &Dir, _name: &Path) -> bool {
    false
}

/// Returns false: mount points are not detected.
pub fn has_mounts(_dir: &Dir, _name: &Path) -> bool {
    false
}

/// Reads bytes from the start of a file into `buffer`; returns their number.
pub fn read_start(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    file.rewind()?;
    file.read(buffer)
}

/// Overwrites the start of a file.
pub fn write_start(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)
}

/// Returns whether the file must be written in place and cannot be replaced by a rename.
pub fn is_stream(meta: &Metadata) -> bool {
    !meta.is_file() && !meta.is_dir()
}

/// Syncs `file` only: there is no call to sync a file system.
pub fn sync_file_system(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Does nothing: directories cannot be synced.
pub fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Creates a directory and its parents.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

/// Returns `None`: file systems have no number.
pub fn device(_dir: &Dir) -> Option<u64> {
    None
}

/// Returns 0 for both: there are no user and group ids.
pub fn owner(_meta: &cap_std::fs::Metadata) -> (u32, u32) {
    (0, 0)
}

/// Creates a subdirectory.
pub fn create_private_dir_in(dir: &Dir, name: &str) -> io::Result<()> {
    dir.create_dir(name)
}

/// Creates an empty file, unless the name exists.
pub fn create_private_file(path: &Path) -> io::Result<()> {
    match File::options().write(true).create_new(true).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Returns `None`: ownership is not checked.
pub fn foreign_owner(_dir: &Dir) -> Option<u32> {
    None
}

/// Returns `None`: there are no permission bits.
pub fn mode_of(_meta: &Metadata) -> Option<u32> {
    None
}

/// Returns `None`: there are no permission bits.
pub fn mode(_meta: &cap_std::fs::Metadata) -> Option<u32> {
    None
}

/// Makes a file read-only or writable, according to the owner's write bit.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    file.set_permissions(permissions)
}

/// Returns the identity of the file at `path`, following links.
pub fn key_of(path: &Path) -> io::Result<FileKey> {
    let meta = cap_std::fs::Metadata::from_file(&File::open(path)?)?;
    Ok((meta.dev(), meta.ino()))
}

/// Returns 1: further names of a file are not detected.
pub fn names_of(_meta: &Metadata) -> u64 {
    1
}

/// Returns an empty list: the files of standard streams are not identified.
pub fn files_of_streams() -> Vec<(&'static str, FileKey)> {
    Vec::new()
}

/// Returns the bytes of a name, in UTF-8.
pub fn bytes_of(name: &OsStr) -> Cow<'_, [u8]> {
    match name.to_string_lossy() {
        Cow::Borrowed(name) => name.as_bytes().into(),
        Cow::Owned(name) => name.into_bytes().into(),
    }
}

/// Returns the name with these bytes, in UTF-8.
pub fn name_of(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Returns standard output.
pub fn stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Returns standard error.
pub fn stderr() -> io::Stderr {
    io::stderr()
}

/// Returns false: that the reader of stdout is gone cannot be learned before something is written.
pub fn wait_for_closed_stdout() -> bool {
    false
}

/// Returns false: that the writers of stdin are gone cannot be learned before all is read.
pub fn wait_for_closed_stdin() -> bool {
    false
}

/// Returns true: whether a write would block cannot be determined.
pub fn stderr_ready(_wait: Duration) -> bool {
    true
}

/// Returns standard input.
pub fn stdin() -> io::Result<io::Stdin> {
    Ok(io::stdin())
}

/// Does nothing: there is no relevant limit of open files.
pub fn check_handles(_more: i32) -> io::Result<()> {
    Ok(())
}

/// Does nothing: a replaced stream cannot be detected.
pub fn stdout_is_kept() -> io::Result<()> {
    Ok(())
}

/// Returns the type of stdin: a terminal is not read, anything else is a document.
pub fn stdin_kind() -> StdinKind {
    if io::stdin().is_terminal() { StdinKind::Other } else { StdinKind::Document }
}

/// Returns true: whether a read would block cannot be determined.
pub fn stdin_ready(_wait: Duration) -> bool {
    true
}

/// Does nothing: the system's handling of Ctrl-C ends the process.
pub fn watch_signals(_asked: &Arc<AtomicBool>, _on_signal: impl FnMut(SignalEvent) + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Does nothing: there are no sessions of processes.
pub fn leave_session() {}

/// Fails: there are no signals.
pub fn send_signal(_process: u32, _signal: Signal) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Fails: there are no process groups.
pub fn signal_group(_leader: u32, _signal: Signal) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Returns `None`: the start of a process is not determined.
pub fn process_start(_process: u32) -> Option<String> {
    None
}

/// Returns false: the ancestors of a process are not determined.
pub fn belongs_to(_process: u32) -> bool {
    false
}

/// Returns an empty list: environments of other processes cannot be read.
pub(super) fn processes_with(_variable: &str, _values: &[String]) -> Vec<u32> {
    Vec::new()
}

/// Returns the metadata of what is at `path` in a directory, without following a link at its end.
///
/// # Errors
/// Those of the system; `PermissionDenied` for a path that leads out of the directory.
#[expect(clippy::disallowed_methods, reason = "this is the function to call instead")]
pub fn entry_metadata(dir: &Dir, path: impl AsRef<Path>) -> io::Result<cap_std::fs::Metadata> {
    dir.symlink_metadata(path)
}

/// Returns an empty list: there are no process groups.
pub fn group_leaders_with(_variable: &str, _value: &Path) -> Vec<u32> {
    Vec::new()
}

/// A handle on the output of a program, which reports nothing.
pub struct OutputProbe;

/// The reader of a program's output.
pub trait OutputReader: tokio::io::AsyncRead + Unpin + Send {}

impl<T: tokio::io::AsyncRead + Unpin + Send> OutputReader for T {}

impl OutputProbe {
    /// Creates a handle.
    pub fn of<T>(_stream: &T) -> io::Result<Self> {
        Ok(OutputProbe)
    }

    /// Returns the maximum: all of the output is read.
    pub fn waiting(&self) -> u64 {
        u64::MAX
    }

    /// Fails: there are no pseudo-terminals.
    pub fn resize(&self, _size: super::TerminalSize) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A value that no error code has.
pub(crate) const TERMINAL_CLOSED: i32 = i32::MIN;

/// No error code: a file without a known format is refused like any other.
pub const UNKNOWN_FORMAT: i32 = i32::MIN;

/// The raw mode of the terminal on stdin, which is not supported.
pub struct RawMode;

impl RawMode {
    /// Returns `None`: raw mode is not supported.
    pub fn of_stdin() -> Option<Self> {
        None
    }
}

/// Does nothing: changes of the size are not reported.
pub fn watch_resizes(_on_resize: impl FnMut() -> bool + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Returns `None`: processes do not end by signals.
pub fn ending_signal(_status: ExitStatus) -> Option<i32> {
    None
}

/// Returns the exit status of a process.
pub fn exit_status(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
