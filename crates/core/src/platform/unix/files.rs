//! Files and directories.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileExt, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptionsExt};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use crate::body::Attributes;
use crate::model::{Timestamp, entry};
use crate::platform::{FileKey, not_regular};

/// Returns the modification time of a file, and whether it is executable.
pub fn attributes(meta: &Metadata) -> Attributes {
    Attributes {
        modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()),
        executable: meta.permissions().mode() & 0o111 != 0,
    }
}

/// Returns the metadata of what is at `path` in a directory, without following a link at its end.
///
/// # Errors
/// Those of the system; `PermissionDenied` for a path that leads out of the directory.
#[expect(clippy::disallowed_methods, reason = "the times are checked before")]
pub fn entry_metadata(dir: &Dir, path: impl AsRef<Path>) -> io::Result<cap_std::fs::Metadata> {
    let path = path.as_ref();
    // `cap-std` 4 panics on a time of -2^63 seconds if the path has one component; a time that a user may set, and that
    // tmpfs and btrfs store.
    let has_lowest_time = rustix::fs::statat(dir, path, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| [stat.st_mtime, stat.st_atime].iter().any(|time| i128::from(*time) == i128::from(i64::MIN)));
    if has_lowest_time { dir.symlink_metadata(Path::new(".").join(path)) } else { dir.symlink_metadata(path) }
}

/// The possible extensions of programs: none.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[""];

/// Returns whether a file is an executable program.
pub(crate) fn is_program(meta: &Metadata) -> bool {
    meta.is_file() && meta.permissions().mode() & 0o111 != 0
}

/// Returns whether an open file belongs to this user, and no other user may read or change it.
pub(crate) fn is_private(meta: &Metadata) -> bool {
    let owner = std::os::unix::fs::MetadataExt::uid(meta);
    let others = meta.permissions().mode() & 0o077;
    others == 0 && owner == rustix::process::geteuid().as_raw()
}

/// Returns whether an open file has no name any more.
pub(crate) fn is_nameless(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) == 0
}

/// Sets the permission bits of an open file or directory.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    // Reading the mode takes a tenth of the time of changing it, and most files have the right mode.
    if file.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(mode))
}

/// Sets the mode of a directory to 0700.
pub fn unlock_dir(within: &Dir, name: &Path) -> io::Result<()> {
    let mode = <cap_std::fs::Permissions as cap_std::fs::PermissionsExt>::from_mode(0o700);
    within.set_permissions(name, mode)
}

/// Returns whether an error means that the file system does not support locks, as some network file systems.
pub fn lacks_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error().is_some_and(|code| Errno::from_raw_os_error(code) == Errno::NOLCK)
}

/// Returns whether a file is a socket, which cannot be opened.
pub fn is_socket(meta: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&meta.file_type())
}

/// Opens a regular file for reading, and no other type: see [`open_regular_below`].
pub fn open_regular(path: &Path) -> io::Result<File> {
    regular(|flags| Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?.into()))
}

/// Returns whether the length that the system reports for a file may be wrong: the file has no blocks, like most files
/// whose content the kernel generates on demand.
pub(crate) fn may_be_made_up(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::blocks(meta) == 0
}

/// Does the same as [`may_be_made_up`] for an entry below a directory handle.
pub(crate) fn may_be_made_up_below(meta: &cap_std::fs::Metadata) -> bool {
    cap_std::fs::MetadataExt::blocks(meta) == 0
}

/// Returns whether a file is in a file system whose files the kernel generates, such as that of `/proc`.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn is_generated(file: &File) -> io::Result<bool> {
    /// The magic numbers of file systems with generated files, from linux/magic.h: proc, sysfs, debugfs, tracefs,
    /// securityfs, configfs, cgroup and cgroup2.
    const WITHOUT_FILES: [u32; 8] =
        [0x9fa0, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x7363_6673, 0x6265_6570, 0x0027_e0eb, 0x6367_7270];
    let kind = rustix::fs::fstatfs(file)?.f_type;
    Ok(u32::try_from(kind).is_ok_and(|kind| WITHOUT_FILES.contains(&kind)))
}

/// Returns false: other systems have no files that the kernel generates.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn is_generated(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Returns whether the length that the system reports for a file is wrong: an empty file has content, or all files of
/// the file system report the same length.
pub(crate) fn is_made_up(mut file: &File) -> io::Result<bool> {
    if is_generated(file)? {
        return Ok(true);
    }
    Ok(file.metadata()?.len() == 0 && file.read(&mut [0])? > 0)
}

/// Opens a regular file below `dir` for reading. It never opens another type of file, even if the path is replaced
/// meanwhile: opening a FIFO would wait for its writer or wake it, and opening a device can have side effects.
pub fn open_regular_below(dir: &Dir, path: &Path) -> io::Result<File> {
    regular(|flags| open_below(dir, path, flags))
}

fn open_below(dir: &Dir, path: &Path, flags: OFlags) -> io::Result<File> {
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let mut options = cap_std::fs::OpenOptions::new();
    Ok(dir.open_with(path, options.read(true).custom_flags(flags))?.into_std())
}

fn regular(open: impl Fn(OFlags) -> io::Result<File>) -> io::Result<File> {
    let check = |file: File| if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        // O_PATH does not open the file, and keeps referring to the same inode.
        let seen = check(open(OFlags::PATH)?)?;
        match rustix::fs::open(in_proc(&seen), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
            // Without /proc, the file can be replaced between the check and the opening.
            Err(Errno::NOENT) => {}
            opened => return Ok(opened?.into()),
        }
    }
    check(open(OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?)
}

/// Resolves the links of a path below `dir`; returns the result relative to `dir`. No file is opened for reading.
pub fn canonicalize_below(dir: &Dir, path: &Path) -> io::Result<PathBuf> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let seen = open_below(dir, path, OFlags::PATH)?;
        if let (Ok(root), Ok(real)) = (std::fs::read_link(in_proc(dir)), std::fs::read_link(in_proc(&seen))) {
            // If it is not below `dir`, another program has moved it.
            return real.strip_prefix(root).map(Path::to_owned).map_err(|_| io::ErrorKind::NotFound.into());
        }
    }
    dir.canonicalize(path)
}

/// Returns whether `path` below `root` is the directory `dir`. Opens nothing.
pub fn is_at(dir: &Dir, root: &Dir, path: &str) -> bool {
    let (Ok(one), Ok(other)) = (rustix::fs::fstat(dir), rustix::fs::statat(root, path, AtFlags::empty())) else {
        return false;
    };
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// Returns a text that identifies a file on its file system: inode number and creation time, because inode numbers are
/// reused.
pub fn identity(meta: &Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} {}", std::os::unix::fs::MetadataExt::ino(meta), made.map_or(0, |at| at.as_nanos()))
}

/// Does the same as [`identity`] for an entry below a directory handle.
pub fn identity_below(meta: &cap_std::fs::Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.into_std().duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} {}", cap_std::fs::MetadataExt::ino(meta), made.map_or(0, |at| at.as_nanos()))
}

/// Creates a file without a name in a directory; returns `None` if the system does not support that.
pub(crate) fn create_nameless(dir: &Dir) -> io::Result<Option<File>> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        static CAN_NAME: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        // Naming the file later requires /proc, which may not be mounted.
        if !CAN_NAME.get_or_init(|| std::fs::exists(in_proc(dir)).is_ok_and(|there| there)) {
            return Ok(None);
        }
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        match rustix::fs::openat(dir, ".", flags, Mode::from_raw_mode(0o666)) {
            Ok(file) => Ok(Some(file.into())),
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOSYS) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = dir;
        Ok(None)
    }
}

/// Gives a nameless file a name; fails if the name exists.
pub(crate) fn give_name(file: &File, dir: &Dir, name: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        rustix::fs::linkat(rustix::fs::CWD, in_proc(file), dir, name, AtFlags::SYMLINK_FOLLOW)?;
        Ok(())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = (file, dir, name);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The extended attributes with the ACL of a file and with the default ACL of a directory (`acl(5)`).
#[cfg(any(target_os = "linux", target_os = "android"))]
const ACL: [&str; 2] = ["system.posix_acl_access", "system.posix_acl_default"];

/// Sets at least the permission bits `at_least` on a new file, unless the default ACL of its directory decides. With
/// `executable`, each user who can read the file can execute it.
pub(crate) fn set_new_access(file: &File, dir: &Dir, at_least: u32, executable: bool) -> io::Result<()> {
    let mode = file.metadata()?.permissions().mode() & 0o777;
    let base = if mode & at_least == at_least || has_default_acl(dir) { mode } else { mode | at_least };
    let wanted = entry::Mode(base).runnable(executable).0;
    if wanted == mode { Ok(()) } else { file.set_permissions(Permissions::from_mode(wanted)) }
}

fn has_default_acl(dir: &Dir) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let [_, default] = ACL;
        rustix::fs::getxattr_query(in_proc(dir), default).is_ok_and(|length| length > 0)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = dir;
        false
    }
}

/// Copies the access rights of `name` in `dir` to the file that will replace it: read and write bits, the ACL, and as
/// far as permitted owner and group. With `executable`, each user who can read the file can execute it. The setuid,
/// setgid and sticky bits are not copied.
pub(crate) fn keep_access(
    file: &File,
    dir: &Dir,
    name: &str,
    replaced: &cap_std::fs::Metadata,
    executable: bool,
) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (uid, gid) = owner(replaced);
    let meta = file.metadata()?;
    if (meta.uid(), meta.gid()) != (uid, gid) {
        let group = Some(rustix::fs::Gid::from_raw(gid));
        let owner = rustix::process::geteuid().is_root().then(|| rustix::fs::Uid::from_raw(uid));
        // Without the permission to change the owner, the file belongs to this user.
        let _ = rustix::fs::fchown(file, owner, group);
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let [access, _] = ACL;
        let mut acl = [0_u8; 2048];
        let at = format!("{}/{name}", in_proc(dir));
        if let Ok(length) = rustix::fs::lgetxattr(at, access, &mut acl[..]) {
            let acl = acl.get(..length).unwrap_or_default();
            let _ = rustix::fs::fsetxattr(file, access, acl, rustix::fs::XattrFlags::empty());
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (dir, name);
    let mode = entry::Mode(cap_std::fs::PermissionsExt::mode(&replaced.permissions()));
    set_mode(file, mode.of_replacement(executable).0)
}

/// Returns the error that creating or replacing `name` in `dir` would have, as far as that can be checked in advance.
/// `there` is the metadata of the existing entry.
pub fn check_writable(dir: &Dir, name: &Path, there: Option<&cap_std::fs::Metadata>) -> io::Result<()> {
    use rustix::fs::{Access, accessat};
    accessat(dir, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?;
    let Some(there) = there else { return Ok(()) };
    // A read-only file can be replaced, but an immutable one cannot.
    if accessat(dir, name, Access::WRITE_OK, AtFlags::EACCESS) == Err(Errno::PERM) {
        return Err(Errno::PERM.into());
    }
    let around = rustix::fs::fstat(dir)?;
    let user = rustix::process::geteuid();
    let owned = [around.st_uid, cap_std::fs::MetadataExt::uid(there)].contains(&user.as_raw());
    if around.st_mode & 0o1000 != 0 && !owned && !user.is_root() {
        // In a sticky directory, users can replace only their own files.
        return Err(Errno::PERM.into());
    }
    Ok(())
}

/// Returns whether `name` in `dir` is a mount point.
pub fn is_mount_point(dir: &Dir, name: &Path) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{StatxAttributes, StatxFlags};
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        if let Ok(seen) = rustix::fs::statx(dir, name, flags, StatxFlags::empty())
            && seen.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT)
        {
            return seen.stx_attributes.contains(StatxAttributes::MOUNT_ROOT);
        }
    }
    // This does not detect a bind mount of the same file system.
    match (rustix::fs::fstat(dir), rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)) {
        (Ok(outside), Ok(inside)) => outside.st_dev != inside.st_dev,
        _ => false,
    }
}

/// Returns whether `name` in `dir` is a mount point or has one below it, as far as the system reports that.
pub fn has_mounts(dir: &Dir, name: &Path) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::unix::ffi::OsStrExt;
        if !entry_metadata(dir, name).is_ok_and(|meta| meta.is_dir()) {
            return is_mount_point(dir, name);
        }
        let real =
            open_below(dir, name, OFlags::PATH | OFlags::NOFOLLOW).and_then(|seen| std::fs::read_link(in_proc(&seen)));
        if let (Ok(real), Ok(mounts)) = (real, std::fs::read("/proc/self/mountinfo")) {
            let fields = mounts.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
            return fields.map(unescape).any(|at| Path::new(std::ffi::OsStr::from_bytes(&at)).starts_with(&real));
        }
    }
    is_mount_point(dir, name)
}

/// Decodes a path in `mountinfo`, in which white space and backslashes are octal escapes (`proc(5)`).
#[cfg(any(target_os = "linux", target_os = "android"))]
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..3).filter(|_| *byte == b'\\').and_then(|digits| str::from_utf8(digits).ok());
        if let Some(escaped) = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            path.push(escaped);
            rest = after.get(3..).unwrap_or_default();
        } else {
            path.push(*byte);
            rest = after;
        }
    }
    path
}

/// Reads bytes from the start of a file into `buffer`; returns their number.
pub fn read_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    file.read_at(buffer, 0)
}

/// Overwrites the start of a file.
pub fn write_start(file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all_at(bytes, 0)
}

/// Returns the path under which Linux provides an open file.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn in_proc(handle: &impl std::os::fd::AsRawFd) -> String {
    format!("/proc/self/fd/{}", handle.as_raw_fd())
}

/// Returns whether the file is a device, a pipe or a socket, which must be written in place and cannot be replaced by a
/// rename.
pub fn is_stream(meta: &Metadata) -> bool {
    let kind = meta.file_type();
    kind.is_char_device() || kind.is_block_device() || kind.is_fifo() || kind.is_socket()
}

/// Syncs the file system that `file` is on.
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

/// Syncs the entries of a directory. Fails if `path` is not a directory.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    rustix::fs::fsync(rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)?;
    Ok(())
}

/// Creates a directory and its parents, with mode 0700.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Returns the number of the file system that a directory is on.
pub fn device(dir: &Dir) -> Option<u64> {
    use cap_std::fs::MetadataExt;
    dir.dir_metadata().ok().map(|meta| meta.dev())
}

/// Returns the user and group ids of an entry below a directory handle.
pub fn owner(meta: &cap_std::fs::Metadata) -> (u32, u32) {
    use cap_std::fs::MetadataExt;
    (meta.uid(), meta.gid())
}

/// Creates a subdirectory with mode 0700.
pub fn create_private_dir_in(dir: &Dir, name: &str) -> io::Result<()> {
    let mut builder = cap_std::fs::DirBuilder::new();
    cap_std::fs::DirBuilderExt::mode(&mut builder, 0o700);
    dir.create_dir_with(name, &builder)
}

/// Creates an empty file with mode 0600, unless the name exists.
pub fn create_private_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Returns the user id of a directory's owner, unless that is this user or root.
pub fn foreign_owner(dir: &Dir) -> Option<u32> {
    let owner = rustix::fs::fstat(dir).ok()?.st_uid;
    (owner != 0 && owner != rustix::process::geteuid().as_raw()).then_some(owner)
}

/// Returns the permission bits of a file or directory.
pub fn mode_of(meta: &Metadata) -> Option<u32> {
    Some(meta.permissions().mode() & 0o7777)
}

/// Returns the permission bits of an entry below a directory handle.
pub fn mode(meta: &cap_std::fs::Metadata) -> Option<u32> {
    Some(cap_std::fs::PermissionsExt::mode(&meta.permissions()) & 0o7777)
}

/// Returns the identity of the file at `path`, following links.
pub fn key_of(path: &Path) -> io::Result<FileKey> {
    Ok(key(&path.metadata()?))
}

pub(super) fn key(meta: &Metadata) -> FileKey {
    (std::os::unix::fs::MetadataExt::dev(meta), std::os::unix::fs::MetadataExt::ino(meta))
}

/// Returns the number of names (hard links) of a file.
pub fn names_of(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

/// Returns the bytes of a name.
pub fn bytes_of(name: &OsStr) -> Cow<'_, [u8]> {
    name.as_bytes().into()
}

/// Returns the name with these bytes.
pub fn name_of(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}
