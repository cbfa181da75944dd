//! Unix.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, OFlags, SeekFrom};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::StdinIs;
use crate::body::Attributes;
use crate::error::Kind;
use crate::model::Timestamp;

/// The exec bit and the time of a file.
pub fn attributes(meta: &Metadata) -> Attributes {
    Attributes {
        modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()),
        executable: meta.permissions().mode() & 0o111 != 0,
    }
}

/// Gives every reader of an open file the right to run it.
pub fn make_executable(file: &File) -> io::Result<()> {
    let mode = file.metadata()?.permissions().mode() & 0o777;
    set_mode(file, mode | ((mode & 0o444) >> 2))
}

/// Sets the permission bits of an open file or directory.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(mode))
}

/// Lets the owner of a directory into it and change it.
pub fn unlock_dir(within: &cap_std::fs::Dir, name: &Path) -> io::Result<()> {
    let mode = <cap_std::fs::Permissions as cap_std::fs::PermissionsExt>::from_mode(0o700);
    within.set_permissions(name, mode)
}

/// Whether an error says that the file system has no locks, as some network mounts have none.
pub fn lacks_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || error
            .raw_os_error()
            .is_some_and(|code| rustix::io::Errno::from_raw_os_error(code) == rustix::io::Errno::NOLCK)
}

/// Opens a file for reading; never waits, even if a FIFO took its place, and refuses what is not
/// a regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

/// Whether bytes written here go to a device, a pipe or a socket, so that nothing can be renamed
/// into place.
pub fn is_stream(meta: &Metadata) -> bool {
    let kind = meta.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_fifo() || kind.is_socket()
}

/// Makes everything durable that was written to the file system that `file` is on.
pub fn sync_file_system(file: &File) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::fs::syncfs(file)?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = file;
        rustix::fs::sync();
    }
    Ok(())
}

/// Makes the names in a directory durable.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a directory and its parents, readable by their owner only.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Permission bits of what lies below a directory handle.
pub fn mode(meta: &cap_std::fs::Metadata) -> Option<u32> {
    Some(cap_std::fs::PermissionsExt::mode(&meta.permissions()) & 0o7777)
}

/// What standard input is.
pub fn stdin_is() -> StdinIs {
    let stdin = rustix::stdio::stdin();
    let Ok(stat) = rustix::fs::fstat(stdin) else { return StdinIs::Other };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo | FileType::Socket => StdinIs::Document,
        FileType::RegularFile if rustix::fs::seek(stdin, SeekFrom::Current(0)) == Ok(0) => StdinIs::Document,
        _ => StdinIs::Other,
    }
}

/// Whether a byte or the end arrives on standard input within `wait`.
pub fn stdin_ready(wait: Duration) -> bool {
    let stdin = rustix::stdio::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    let Ok(timeout) = wait.try_into() else { return true };
    !matches!(poll(&mut fds, Some(&timeout)), Ok(0))
}

/// Calls `on_signal` in a thread of its own, for every signal that asks the process to stop.
pub fn watch_signals(mut on_signal: impl FnMut(Kind) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            on_signal(if signal == SIGINT { Kind::Interrupted } else { Kind::Terminated });
        }
    })?;
    Ok(())
}
