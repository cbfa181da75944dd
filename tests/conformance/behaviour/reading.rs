//! Looking at a session: stat, listings, content and ranges of it.

use futures_util::StreamExt;
use wharf_core::error::Kind;
use wharf_core::model::EntryKind;

use super::everywhere;
use crate::content::bytes;
use crate::room::{Line, Room};
use crate::stage::refused;

fn directory(path: &str) -> Line {
    Line { path: path.to_owned(), kind: EntryKind::Directory, size: None, file_id: None }
}

fn file(path: &str, size: u64) -> Line {
    Line { path: path.to_owned(), kind: EntryKind::File, size: Some(size), file_id: None }
}

#[test]
fn stat_tells_what_a_path_holds() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("d/f", b"12345").await.unwrap();
        assert_eq!(room.stat("").await.unwrap(), directory(""));
        assert_eq!(room.stat("d").await.unwrap(), directory("d"));
        assert_eq!(room.stat("d/f").await.unwrap(), file("d/f", 5));
    });
}

#[test]
fn a_listing_holds_one_level_by_name() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        assert_eq!(room.list("", false).await.unwrap(), []);
        for at in ["b", "a", "d/x", "d/deep/y", "B", "a b", "é", "z", "10", "9", ".hidden"] {
            room.put(at, at.as_bytes()).await.unwrap();
        }
        let names: Vec<_> = room.list("", false).await.unwrap().into_iter().map(|line| line.path).collect();
        assert_eq!(names, [".hidden", "10", "9", "B", "a", "a b", "b", "d", "z", "é"], "by the bytes of the name");
        assert_eq!(room.list("d", false).await.unwrap(), [directory("d/deep"), file("d/x", 3)]);
        assert_eq!(room.list("d/deep", false).await.unwrap(), [file("d/deep/y", 8)]);
    });
}

#[test]
fn a_whole_tree_is_listed_parents_first_and_by_name_within_each_directory() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        // As plain text `a b` and `a.b` come before `a/b`.
        for at in ["a/b", "a b", "a.b", "a/c/d", "a/c.d", "b/z/z", "b/z-/z", "c"] {
            room.put(at, b"").await.unwrap();
        }
        let wanted =
            ["a/", "a/b", "a/c/", "a/c/d", "a/c.d", "a b", "a.b", "b/", "b/z/", "b/z/z", "b/z-/", "b/z-/z", "c"];
        assert_eq!(room.paths().await, wanted);
        let below: Vec<_> = room.list("b", true).await.unwrap().into_iter().map(|line| line.path).collect();
        assert_eq!(below, ["b/z", "b/z/z", "b/z-", "b/z-/z"]);
    });
}

#[test]
fn a_listing_of_a_file_is_the_file() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("d/f", b"12345").await.unwrap();
        for recursive in [false, true] {
            assert_eq!(room.list("d/f", recursive).await.unwrap(), [file("d/f", 5)]);
        }
    });
}

#[test]
fn what_is_missing_is_not_found() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("f", b"12345").await.unwrap();
        for at in ["gone", "gone/below", "f "] {
            refused(room.stat(at).await, Kind::NotFound);
            refused(room.read(at).await, Kind::NotFound);
            refused(room.read_range(at, 0, None).await, Kind::NotFound);
            refused(room.resolve(at).await, Kind::NotFound);
            refused(room.list(at, false).await, Kind::NotFound);
            refused(room.list(at, true).await, Kind::NotFound);
            refused(room.remove(at, true).await, Kind::NotFound);
        }
        for recursive in [false, true] {
            refused(room.stat("f/below").await, Kind::NotFound);
            refused(room.read("f/below").await, Kind::NotFound);
            refused(room.read_range("f/below", 0, None).await, Kind::NotFound);
            refused(room.resolve("f/below").await, Kind::NotFound);
            refused(room.list("f/below", recursive).await, Kind::NotFound);
            refused(room.remove("f/below", recursive).await, Kind::NotFound);
        }
        assert_eq!(room.paths().await, ["f"]);
    });
}

/// A sync deletes what a listing lacks: one from which a part is missing says so.
#[test]
fn a_listing_of_what_is_removed_meanwhile_is_whole_or_has_an_error() {
    everywhere(async |stage| {
        for of_session in [false, true] {
            let room = Room::new(stage).await;
            for at in ["d/x", "e/x"] {
                room.put(at, b"x").await.unwrap();
            }
            let files = stage.backend.require_files().unwrap();
            let mut entries = files.list(&room.at(""), true).await.unwrap();
            let mut listed = vec![entries.next().await.unwrap()];
            if of_session {
                room.delete().await.unwrap();
            } else {
                room.remove("d", true).await.unwrap();
            }
            listed.extend(entries.collect::<Vec<_>>().await);
            let errors: Vec<_> = listed.iter().filter_map(|entry| entry.as_ref().err()).collect();
            assert!(listed.len() == 4 || errors.len() == 1, "{listed:?}");
            assert!(errors.iter().all(|error| error.kind() == Kind::NotFound), "{errors:?}");
        }
    });
}

#[test]
fn a_directory_has_no_content() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("d/f", b"12345").await.unwrap();
        for at in ["", "d"] {
            refused(room.read(at).await, Kind::Conflict);
            refused(room.read_range(at, 0, Some(0)).await, Kind::Conflict);
        }
    });
}

#[test]
fn a_path_without_links_means_itself() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("d/a b", b"").await.unwrap();
        for at in ["", "d", "d/a b"] {
            assert_eq!(room.resolve(at).await.unwrap(), room.at(at));
        }
    });
}

#[test]
fn a_range_counts_from_zero_and_includes_its_last_byte() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("f", b"0123456789").await.unwrap();
        for (first, last, wanted) in [
            (0, Some(0), &b"0"[..]),
            (0, Some(3), b"0123"),
            (4, Some(6), b"456"),
            (9, Some(9), b"9"),
            (9, None, b"9"),
            (8, None, b"89"),
            (0, None, b"0123456789"),
            (0, Some(9), b"0123456789"),
            (5, Some(10), b"56789"),
            (5, Some(u64::MAX), b"56789"),
        ] {
            assert_eq!(room.read_range("f", first, last).await.unwrap(), wanted, "{first}-{last:?}");
        }
    });
}

#[test]
fn a_range_that_begins_past_the_end_is_a_usage_error() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        room.put("f", b"0123456789").await.unwrap();
        room.put("empty", b"").await.unwrap();
        for (at, first, last) in [
            ("f", 10, None),
            ("f", 10, Some(12)),
            ("f", u64::MAX, None),
            ("f", u64::MAX, Some(u64::MAX)),
            ("empty", 1, None),
        ] {
            refused(room.read_range(at, first, last).await, Kind::Usage);
        }
        assert_eq!(room.read_range("empty", 0, None).await.unwrap(), b"", "nothing is all there is");
        assert_eq!(room.read_range("empty", 0, Some(5)).await.unwrap(), b"");
    });
}

#[test]
fn a_range_of_a_large_file_is_exact() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let large = bytes(1_100_000);
        room.put("large", &large).await.unwrap();
        for (first, last) in [(0, 65_535), (65_535, 65_536), (65_536, 262_145), (1, 1_099_998), (1_099_999, 1_099_999)]
        {
            let part = room.read_range("large", first as u64, Some(last as u64)).await.unwrap();
            assert!(part == large[first..=last], "{first}-{last}");
        }
    });
}
