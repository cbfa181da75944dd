//! A disk that takes two names for the same: the second one is a conflict, and the first copy stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wharf_core::error::Kind;
use wharf_core::model::ReceiptStatus;
use wharf_transfer::{IfExists, TransferOptions};

use crate::fake_backend::FakeBackend;
use crate::stage::{Room, options, run};

/// A file system, unmounted even where an assertion failed.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(done.is_ok_and(|status| status.success()), "{} is still mounted", self.0.display());
    }
}

fn done(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}

/// A directory, on a disk that folds names where there is one.
struct Disk {
    root: PathBuf,
    folds: bool,
    _mounted: Option<Mounted>,
}

fn folds(at: &Path) -> bool {
    fs::create_dir(at.join("Probe")).unwrap();
    let folds = at.join("pROBE").exists();
    fs::remove_dir(at.join("Probe")).unwrap();
    folds
}

/// Looks for a disk that folds names: the one of the tests, one in memory, or one in a file.
fn disk(room: &Room) -> Disk {
    let at = room.at("disk");
    fs::create_dir_all(&at).unwrap();
    if folds(&at) {
        return Disk { root: at, folds: true, _mounted: None };
    }
    let image = room.at("image");
    let (to, image) = (at.to_str().unwrap(), image.to_str().unwrap());
    let empty = || fs::File::create_new(image).or_else(|_| fs::File::options().write(true).open(image));
    let make = |program: &str, args: &[&str]| {
        empty().and_then(|file| file.set_len(0).and_then(|()| file.set_len(64 << 20))).unwrap();
        done(program, args)
    };
    let mount = || done("mount", &["-o", "loop", image, to]);
    let vfat = || make("mkfs.vfat", &[image]) && mount();
    let ext4 = || make("mkfs.ext4", &["-q", "-O", "casefold", "-E", "encoding=utf8", image]) && mount();
    let ntfs = || make("mkntfs", &["-q", "-F", "-Q", image]) && done("lowntfs-3g", &["-o", "ignore_case", image, to]);
    let tmpfs = || done("mount", &["-t", "tmpfs", "-o", "casefold", "tmpfs", to]);
    for mount in [&tmpfs as &dyn Fn() -> bool, &ext4, &vfat, &ntfs] {
        if mount() {
            let mounted = Mounted(at.clone());
            let root = at.join("root");
            fs::create_dir(&root).unwrap();
            // What folds only where it is told to.
            done("chattr", &["+F", root.to_str().unwrap()]);
            if folds(&root) {
                return Disk { root, folds: true, _mounted: Some(mounted) };
            }
        }
    }
    Disk { root: at, folds: false, _mounted: None }
}

#[test]
fn a_name_that_the_disk_takes_for_another_is_a_conflict() {
    let room = Room::new();
    let disk = disk(&room);
    let files = [("/t/README", "first"), ("/t/Readme", "second"), ("/t/readme", "third"), ("/t/Stra\u{df}e", "1")];
    let other = FakeBackend::with(&files);
    for jobs in [1, 8] {
        for if_exists in [IfExists::Overwrite, IfExists::Update, IfExists::Skip] {
            let to = disk.root.join(format!("{jobs}-{if_exists:?}"));
            for again in [false, true] {
                let result = run(&other, TransferOptions { jobs, if_exists, ..options() }).download("/t", &to);
                if !disk.folds {
                    let skips = again && if_exists != IfExists::Overwrite;
                    let result = result.ok();
                    let status = if skips { ReceiptStatus::Skipped } else { ReceiptStatus::Copied };
                    assert_eq!(result.count(status), 4, "{if_exists:?} {again}: {:?}", result.lines);
                    assert_eq!(fs::read_to_string(to.join("readme")).unwrap(), "third");
                    continue;
                }
                let result = result.fails(Kind::Partial);
                assert_eq!(result.kinds(), vec![Kind::Conflict; 2], "{if_exists:?} {again}: {:?}", result.lines);
                assert_eq!(fs::read_to_string(to.join("README")).unwrap(), "first");
                assert_eq!(fs::read_dir(&to).unwrap().count(), 2);
            }
        }
    }
}

#[test]
fn names_that_differ_only_in_how_they_are_composed_are_kept_apart_or_are_a_conflict() {
    let room = Room::new();
    let disk = disk(&room);
    let other = FakeBackend::with(&[("/t/\u{fc}", "one"), ("/t/u\u{308}", "two")]);
    let result = run(&other, options()).download("/t", &disk.root.join("to"));
    let kept = fs::read_dir(disk.root.join("to")).unwrap().count();
    assert_eq!((result.copied(), result.count(ReceiptStatus::Failed)), (kept, 2 - kept), "{:?}", result.lines);
}

/// Directories that fold are one directory, and their files are told apart by theirs.
#[test]
fn directories_that_the_disk_takes_for_one_hold_the_files_of_both() {
    let room = Room::new();
    let other =
        FakeBackend::with(&[("/t/D/one", "1"), ("/t/D/same", "first"), ("/t/d/SAME", "second"), ("/t/d/two", "2")]);
    let disk = disk(&room);
    let result = run(&other, options()).download("/t", &disk.root.join("to"));
    if !disk.folds {
        assert_eq!(result.ok().copied(), 4);
        assert_eq!(fs::read_to_string(disk.root.join("to/d/SAME")).unwrap(), "second");
        return;
    }
    let result = result.fails(Kind::Partial);
    assert_eq!((result.copied(), result.kinds()), (3, vec![Kind::Conflict]));
    assert_eq!(fs::read_to_string(disk.root.join("to/d/same")).unwrap(), "first");
}
