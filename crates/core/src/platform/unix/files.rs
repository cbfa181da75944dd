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

/// The exec bit and the time of a file.
pub fn attributes(meta: &Metadata) -> Attributes {
    Attributes {
        modified_at: meta.modified().ok().and_then(|time| Timestamp::try_from(time).ok()),
        executable: meta.permissions().mode() & 0o111 != 0,
    }
}

/// What a program's file name may have at its end: nothing.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[""];

/// Whether a file can be run.
pub(crate) fn is_program(meta: &Metadata) -> bool {
    meta.is_file() && meta.permissions().mode() & 0o111 != 0
}

/// Returns whether an open file belongs to this user, and no other user may read or change it.
pub fn is_private(meta: &Metadata) -> bool {
    let owner = std::os::unix::fs::MetadataExt::uid(meta);
    let others = meta.permissions().mode() & 0o077;
    others == 0 && owner == rustix::process::geteuid().as_raw()
}

/// Whether an open file has lost its last name.
pub(crate) fn is_nameless(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) == 0
}

/// Sets the permission bits of an open file or directory.
pub fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    // Looking costs a tenth of a change, and most files are made as they are to be.
    if file.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(mode))
}

/// Lets the owner of a directory into it and change it.
pub fn unlock_dir(within: &Dir, name: &Path) -> io::Result<()> {
    let mode = <cap_std::fs::Permissions as cap_std::fs::PermissionsExt>::from_mode(0o700);
    within.set_permissions(name, mode)
}

/// Whether an error says that the file system has no locks, as some network mounts have none.
pub fn lacks_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error().is_some_and(|code| Errno::from_raw_os_error(code) == Errno::NOLCK)
}

/// Whether this is a socket, which cannot be opened.
pub fn is_socket(meta: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&meta.file_type())
}

/// Opens a regular file for reading, and nothing else: see [`open_regular_below`].
pub fn open_regular(path: &Path) -> io::Result<File> {
    regular(|flags| Ok(rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?.into()))
}

/// Whether the length of a file may be anything but what the system says of it: it has no blocks, as
/// most files that the kernel makes up while they are read.
pub(crate) fn may_be_made_up(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::blocks(meta) == 0
}

/// The same for what lies below a directory handle.
pub(crate) fn may_be_made_up_below(meta: &cap_std::fs::Metadata) -> bool {
    cap_std::fs::MetadataExt::blocks(meta) == 0
}

/// Whether a file's length is anything but what the system says of it: bytes come of an empty one, or it
/// is on a file system that says the same of every file.
pub(crate) fn is_made_up(mut file: &File) -> io::Result<bool> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        /// The numbers of file systems without files, from linux/magic.h: proc, sysfs, debugfs, tracefs,
        /// securityfs, configfs, cgroup and cgroup2.
        const WITHOUT_FILES: [u32; 8] =
            [0x9fa0, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x7363_6673, 0x6265_6570, 0x0027_e0eb, 0x6367_7270];
        let kind = rustix::fs::fstatfs(file)?.f_type;
        if u32::try_from(kind).is_ok_and(|kind| WITHOUT_FILES.contains(&kind)) {
            return Ok(true);
        }
    }
    Ok(file.metadata()?.len() == 0 && file.read(&mut [0])? > 0)
}

/// Opens a regular file below `dir` for reading, and nothing else, whatever takes its place
/// meanwhile: opening a FIFO would wait for its writer or wake him up, and opening a device can
/// start something.
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
        // A handle that only points at something opens nothing, and goes on pointing at the same.
        let seen = check(open(OFlags::PATH)?)?;
        match rustix::fs::open(in_proc(&seen), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
            // Without /proc, a moment remains in which something else can take its place.
            Err(Errno::NOENT) => {}
            opened => return Ok(opened?.into()),
        }
    }
    check(open(OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?)
}

/// The path below `dir` that `path` means once all links are followed; opens nothing on the way.
pub fn canonicalize_below(dir: &Dir, path: &Path) -> io::Result<PathBuf> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let seen = open_below(dir, path, OFlags::PATH)?;
        if let (Ok(root), Ok(real)) = (std::fs::read_link(in_proc(dir)), std::fs::read_link(in_proc(&seen))) {
            // Another program moved it away since.
            return real.strip_prefix(root).map(Path::to_owned).map_err(|_| io::ErrorKind::NotFound.into());
        }
    }
    dir.canonicalize(path)
}

/// Whether `dir` is what `path` below `root` stands for; looks, and opens nothing.
pub fn is_at(dir: &Dir, root: &Dir, path: &str) -> bool {
    let (Ok(one), Ok(other)) = (rustix::fs::fstat(dir), rustix::fs::statat(root, path, AtFlags::empty())) else {
        return false;
    };
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// What tells a file from every other one, as far as the file system says: its number, and when it
/// came to be, since numbers are used again.
pub fn identity(meta: &Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} {}", std::os::unix::fs::MetadataExt::ino(meta), made.map_or(0, |at| at.as_nanos()))
}

/// The same of what lies below a directory handle.
pub fn identity_below(meta: &cap_std::fs::Metadata) -> String {
    let made = meta.created().ok().and_then(|at| at.into_std().duration_since(std::time::UNIX_EPOCH).ok());
    format!("{} {}", cap_std::fs::MetadataExt::ino(meta), made.map_or(0, |at| at.as_nanos()))
}

/// Makes a file in a directory that has no name yet; none where the system cannot.
pub(crate) fn create_nameless(dir: &Dir) -> io::Result<Option<File>> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        static CAN_NAME: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        // A name is given by way of /proc, which is not everywhere.
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

/// Gives a file that has no name its first one, unless that is taken.
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

/// The extended attributes that hold the ACL of a file, and the one that a directory gives to what is
/// made in it (`acl(5)`).
#[cfg(any(target_os = "linux", target_os = "android"))]
const ACL: [&str; 2] = ["system.posix_acl_access", "system.posix_acl_default"];

/// Gives a new file at least these permission bits, unless its directory has a default ACL, which
/// decides alone; with `executable`, every reader may run it.
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

/// Gives a file that is to replace `name` in `dir` the read and write bits and the ACL of that one,
/// and its owner and group as far as the user may; with `executable`, every reader may run it. Neither
/// setuid, setgid nor sticky is kept.
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
        // Without the right to change the owner, the file keeps this user.
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

/// What the system says of making or replacing `name` in `dir`, as far as it can be asked beforehand;
/// `there` is what has the name now.
pub fn check_writable(dir: &Dir, name: &Path, there: Option<&cap_std::fs::Metadata>) -> io::Result<()> {
    use rustix::fs::{Access, accessat};
    accessat(dir, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?;
    let Some(there) = there else { return Ok(()) };
    // A file that cannot be changed at all can be replaced; one that is immutable cannot.
    if accessat(dir, name, Access::WRITE_OK, AtFlags::EACCESS) == Err(Errno::PERM) {
        return Err(Errno::PERM.into());
    }
    let around = rustix::fs::fstat(dir)?;
    let user = rustix::process::geteuid();
    let owned = [around.st_uid, cap_std::fs::MetadataExt::uid(there)].contains(&user.as_raw());
    if around.st_mode & 0o1000 != 0 && !owned && !user.is_root() {
        // In a sticky directory each has his own.
        return Err(Errno::PERM.into());
    }
    Ok(())
}

/// Whether `name` in `dir` is where something is mounted.
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
    // A second mount of the same file system does not show here.
    match (rustix::fs::fstat(dir), rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)) {
        (Ok(outside), Ok(inside)) => outside.st_dev != inside.st_dev,
        _ => false,
    }
}

/// Whether something is mounted at `name` in `dir` or below it, as far as the system tells.
pub fn has_mounts(dir: &Dir, name: &Path) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::unix::ffi::OsStrExt;
        if !dir.symlink_metadata(name).is_ok_and(|meta| meta.is_dir()) {
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

/// A path of `mountinfo`, where blanks and the like are octal numbers (`proc(5)`).
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

/// Reads from the start of a file into `buffer`.
pub fn read_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    file.read_at(buffer, 0)
}

/// Writes over the start of a file.
pub fn write_start(file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all_at(bytes, 0)
}

/// Where Linux shows what a handle points at.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn in_proc(handle: &impl std::os::fd::AsRawFd) -> String {
    format!("/proc/self/fd/{}", handle.as_raw_fd())
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

/// Makes the names in a directory durable; never opens anything else that took its place.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    rustix::fs::fsync(rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)?;
    Ok(())
}

/// Makes a directory and its parents, readable by their owner only.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// The number of the file system that a directory is on.
pub fn device(dir: &Dir) -> Option<u64> {
    use cap_std::fs::MetadataExt;
    dir.dir_metadata().ok().map(|meta| meta.dev())
}

/// Owner and group of what lies below a directory handle.
pub fn owner(meta: &cap_std::fs::Metadata) -> (u32, u32) {
    use cap_std::fs::MetadataExt;
    (meta.uid(), meta.gid())
}

/// Makes a directory below another one, readable by its owner only.
pub fn create_private_dir_in(dir: &Dir, name: &str) -> io::Result<()> {
    let mut builder = cap_std::fs::DirBuilder::new();
    cap_std::fs::DirBuilderExt::mode(&mut builder, 0o700);
    dir.create_dir_with(name, &builder)
}

/// Makes an empty file, readable by its owner only, unless something has its name.
pub fn create_private_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// The number of the user that a directory belongs to, where that is neither this user nor root.
pub fn foreign_owner(dir: &Dir) -> Option<u32> {
    let owner = rustix::fs::fstat(dir).ok()?.st_uid;
    (owner != 0 && owner != rustix::process::geteuid().as_raw()).then_some(owner)
}

/// Permission bits of a file or directory.
pub fn mode_of(meta: &Metadata) -> Option<u32> {
    Some(meta.permissions().mode() & 0o7777)
}

/// Permission bits of what lies below a directory handle.
pub fn mode(meta: &cap_std::fs::Metadata) -> Option<u32> {
    Some(cap_std::fs::PermissionsExt::mode(&meta.permissions()) & 0o7777)
}

/// What a file is that is reached by a path, through links.
pub fn key_of(path: &Path) -> io::Result<FileKey> {
    Ok(key(&path.metadata()?))
}

pub(super) fn key(meta: &Metadata) -> FileKey {
    (std::os::unix::fs::MetadataExt::dev(meta), std::os::unix::fs::MetadataExt::ino(meta))
}

/// How many names a file has.
pub fn names_of(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

/// The bytes of a name.
pub fn bytes_of(name: &OsStr) -> Cow<'_, [u8]> {
    name.as_bytes().into()
}

/// The name that these bytes are.
pub fn name_of(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}
