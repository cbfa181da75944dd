//! Changing a session: directories, moves, removals.

use wharf_client::backend::{Feature, MkdirOptions};
use wharf_core::error::Kind;
use wharf_core::model::EntryKind;
use wharf_core::model::entry::Mode;

use super::everywhere;
use crate::room::Room;
use crate::stage::{Stage, refused};

/// A session with these files, each holding its own path.
async fn with<'a>(stage: &'a Stage, paths: &[&str]) -> Room<'a> {
    let room = Room::new(stage).await;
    for path in paths {
        room.put(path, path.as_bytes()).await.unwrap();
    }
    room
}

#[test]
fn mkdir_makes_parents_and_takes_a_directory_that_exists_as_success() {
    everywhere(async |stage| {
        let room = with(stage, &["f"]).await;
        let Some(made) = stage.allows(Feature::Mkdir, room.mkdir("a/b/c", true).await) else {
            assert_eq!(room.paths().await, ["f"]);
            return;
        };
        assert_eq!((made.path.as_str(), made.kind, made.size), ("a/b/c", EntryKind::Directory, None));
        for at in ["a/b/c", "a", ""] {
            assert_eq!(room.mkdir(at, true).await.unwrap().kind, EntryKind::Directory);
        }
        for at in ["f", "f/below", "f/far/below"] {
            let error = room.mkdir(at, true).await.unwrap_err();
            assert_eq!((error.kind(), error.hint_text().is_some()), (Kind::Conflict, true), "{at}: {error}");
            assert!(error.message().contains("not a directory"), "{at}: {error}");
        }
        assert_eq!(room.paths().await, ["a/", "a/b/", "a/b/c/", "f"]);
    });
}

#[test]
fn mkdir_without_parents_needs_the_parent_and_a_free_name() {
    everywhere(async |stage| {
        let room = with(stage, &["f"]).await;
        let Some(_) = stage.allows(Feature::Mkdir, room.mkdir("a", false).await) else { return };
        room.mkdir("a/b", false).await.unwrap();
        refused(room.mkdir("gone/b", false).await, Kind::NotFound);
        for at in ["a", "a/b", "f", "f/below", ""] {
            refused(room.mkdir(at, false).await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["a/", "a/b/", "f"]);
    });
}

#[test]
fn mkdir_gives_the_mode_that_is_asked_for() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for mode in [0o755, 0o700, 0o777, 0o1777] {
            let at = format!("deep/{mode:o}");
            let options = MkdirOptions { parents: true, mode: Some(mode), bulk: false };
            let Some(_) = stage.allows(Feature::MkdirMode, room.mkdir_with(&at, options).await) else { return };
            assert_eq!(stage.files().stat(&room.at(&at)).await.unwrap().mode, Some(Mode(mode)));
        }
    });
}

#[test]
fn a_directory_that_another_program_removed_is_created_again() {
    everywhere(async |stage| {
        if !stage.has(Feature::Mkdir) {
            return;
        }
        let room = Room::new(stage).await;
        for content in ["text".as_bytes(), b"\0 not a text"] {
            for _ in 0..2 {
                room.put("there/deep/f", content).await.unwrap();
                room.put("there/deep/g", content).await.unwrap();
                assert_eq!(room.paths().await, ["there/", "there/deep/", "there/deep/f", "there/deep/g"]);
                assert_eq!(stage.remove_behind("there"), 1);
            }
        }
        let ensure = async |at: &str| stage.files().ensure_directory(&room.at(at), false).await;
        for _ in 0..2 {
            ensure("there/deep").await.unwrap();
            stage.backend.flush().await.unwrap();
            assert_eq!(room.paths().await, ["there/", "there/deep/"]);
            assert_eq!(stage.remove_behind("there"), 1);
        }
        // During a transfer.
        ensure("there/deep").await.unwrap();
        assert_eq!(stage.remove_behind("there"), 1);
        ensure("there/deep/x").await.unwrap();
        room.remove("there", true).await.unwrap();
        ensure("there/deep/x").await.unwrap();
        assert_eq!(room.paths().await, ["there/", "there/deep/", "there/deep/x/"]);
        for at in ["there", "there/deep/x"] {
            room.mkdir(at, true).await.unwrap();
            assert_eq!(stage.remove_behind(at.rsplit('/').next().unwrap()), 1);
            room.mkdir(at, true).await.unwrap();
        }
    });
}

#[test]
fn a_move_renames_and_replaces_a_file_but_no_directory() {
    everywhere(async |stage| {
        let room = with(stage, &["a", "b", "d/x", "e/y"]).await;
        let Some(moved) = stage.allows(Feature::Move, room.rename("a", "c").await) else {
            assert_eq!(room.paths().await, ["a", "b", "d/", "d/x", "e/", "e/y"]);
            return;
        };
        assert_eq!((moved.path.as_str(), moved.size), ("c", Some(1)));
        assert_eq!(room.rename("c", "b").await.unwrap().path, "b");
        assert_eq!(room.read("b").await.unwrap(), b"a");
        room.rename("b", "d/b").await.unwrap();
        room.rename("d", "g").await.unwrap();
        assert_eq!(room.paths().await, ["e/", "e/y", "g/", "g/b", "g/x"]);
        for (from, to) in [("g/b", "e"), ("g", "e"), ("g", "e/y"), ("e/y", "g/b/below"), ("g/b", "")] {
            refused(room.rename(from, to).await, Kind::Conflict);
        }
        room.remove("e/y", false).await.unwrap();
        for from in ["g/b", "g"] {
            refused(room.rename(from, "e").await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["e/", "g/", "g/b", "g/x"], "an empty directory is not replaced either");
    });
}

#[test]
fn a_move_onto_itself_changes_nothing_and_one_into_itself_is_a_conflict() {
    everywhere(async |stage| {
        let room = with(stage, &["a", "d/x"]).await;
        let Some(_) = stage.allows(Feature::Move, room.rename("a", "a").await) else { return };
        room.rename("d", "d").await.unwrap();
        for (from, to) in [("d", "d/below"), ("d", "d/x"), ("a", "a/below"), ("", "a"), ("", ""), ("", "new")] {
            refused(room.rename(from, to).await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["a", "d/", "d/x"]);
        assert_eq!(room.read("a").await.unwrap(), b"a");
    });
}

#[test]
fn a_move_needs_a_source_and_a_directory_to_go_to() {
    everywhere(async |stage| {
        let room = with(stage, &["a"]).await;
        if !stage.has(Feature::Move) {
            return;
        }
        for (from, to) in [("gone", "new"), ("gone", "gone"), ("a/below", "new"), ("a", "gone/new")] {
            refused(room.rename(from, to).await, Kind::NotFound);
        }
        assert_eq!(room.paths().await, ["a"]);
    });
}

#[test]
fn a_file_is_removed_and_its_directory_stays() {
    everywhere(async |stage| {
        let room = with(stage, &["a", "d/x", "kept"]).await;
        room.remove("a", false).await.unwrap();
        room.remove("d/x", true).await.unwrap();
        assert_eq!(room.paths().await, ["d/", "kept"]);
        refused(room.remove("a", false).await, Kind::NotFound);
    });
}

#[test]
fn a_full_directory_is_removed_only_with_all_that_is_in_it() {
    everywhere(async |stage| {
        let room = with(stage, &["d/deep/y", "d/x", "da", "kept"]).await;
        for at in ["d", "d/deep"] {
            refused(room.remove(at, false).await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["d/", "d/deep/", "d/deep/y", "d/x", "da", "kept"], "nothing is gone");
        room.remove("d/deep/y", false).await.unwrap();
        room.remove("d/deep", false).await.unwrap();
        assert_eq!(room.paths().await, ["d/", "d/x", "da", "kept"]);
        room.put("d/deep/y", b"").await.unwrap();
        room.remove("d", true).await.unwrap();
        assert_eq!(room.paths().await, ["da", "kept"]);
    });
}

#[test]
fn what_was_removed_leaves_its_name_free() {
    everywhere(async |stage| {
        let room = with(stage, &["f"]).await;
        room.remove("f", false).await.unwrap();
        room.put("f/now/below", b"1").await.unwrap();
        room.remove("f", true).await.unwrap();
        room.put_new("f", b"2").await.unwrap();
        assert_eq!(room.read("f").await.unwrap(), b"2");
    });
}

#[test]
fn the_root_is_never_removed() {
    everywhere(async |stage| {
        let room = with(stage, &["a", "d/x"]).await;
        for recursive in [false, true] {
            refused(room.remove("", recursive).await, Kind::Conflict);
        }
        assert_eq!(room.paths().await, ["a", "d/", "d/x"]);
    });
}
