//! Unusual file names in a session.

use wharf_client::backend::Feature;
use wharf_core::error::Kind;

use super::everywhere;
use crate::room::{Room, store};

/// What every backend must take.
const TAKEN: [&str; 21] = [
    "a name with spaces",
    " leading and trailing ",
    "ünï cödé 日本語 👍",
    "e\u{301} is not \u{e9}",
    "\u{e9} is not e\u{301}",
    "-rf",
    "--help",
    "100%",
    "%2e%2e%2f",
    "#fragment",
    "?query=1&other=2+3;4",
    "a:b",
    "quote'\"`$(x)",
    "...",
    "..a",
    "~",
    ".hidden",
    ".wharf-0123456789abcdef",
    "*?[a]{b,c}",
    "<tag>|@^,!",
    "file_123",
];

/// What a backend may refuse, but must not change.
const ODD: [&str; 5] = ["new\nline", "tab\tand\rreturn", "back\\slash", "\u{1b}[31mred\u{202e}", "\u{1}\u{7f}"];

#[test]
fn a_name_comes_back_as_it_went_everywhere() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for name in TAKEN {
            for at in [format!("files/{name}"), format!("dirs/{name}/{name}")] {
                room.put(&at, name.as_bytes()).await.unwrap();
                assert_eq!(room.read(&at).await.unwrap(), name.as_bytes(), "{at:?}");
                assert_eq!(room.stat(&at).await.unwrap().path, at);
                assert_eq!(room.resolve(&at).await.unwrap(), room.at(&at));
            }
        }
        let mut wanted: Vec<_> = TAKEN.iter().map(|name| format!("files/{name}")).collect();
        wanted.sort();
        let listed: Vec<_> = room.list("files", false).await.unwrap().into_iter().map(|line| line.path).collect();
        assert_eq!(listed, wanted);
        assert_eq!(room.list("dirs", true).await.unwrap().len(), 2 * TAKEN.len());
        for name in TAKEN {
            room.remove(&format!("files/{name}"), false).await.unwrap();
            room.remove(&format!("dirs/{name}"), true).await.unwrap();
        }
        assert_eq!(room.paths().await, ["dirs/", "files/"]);
    });
}

#[test]
fn an_odd_name_is_kept_exactly_or_refused() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let mut kept = Vec::new();
        for name in ODD {
            match room.put(name, name.as_bytes()).await {
                Ok(()) => {
                    assert_eq!(room.read(name).await.unwrap(), name.as_bytes(), "{name:?}");
                    kept.push(name);
                }
                Err(error) => assert_eq!(error.kind(), Kind::Usage, "{error}"),
            }
        }
        kept.sort_unstable();
        assert_eq!(room.paths().await, kept);
    });
}

#[test]
fn names_that_differ_in_case_or_in_composition_are_different() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for name in ["readme", "README", "\u{e9}", "e\u{301}", "ﬁ", "fi"] {
            room.put_new(name, name.as_bytes()).await.unwrap();
        }
        for name in ["readme", "README", "\u{e9}", "e\u{301}", "ﬁ", "fi"] {
            assert_eq!(room.read(name).await.unwrap(), name.as_bytes());
        }
    });
}

#[test]
fn a_name_of_255_bytes_is_taken() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        for name in ["x".repeat(255), "ü".repeat(127), "日".repeat(85)] {
            room.put(&format!("{name}/{name}"), b"long").await.unwrap();
            assert_eq!(room.read(&format!("{name}/{name}")).await.unwrap(), b"long");
        }
    });
}

#[test]
fn a_name_that_is_too_long_is_a_usage_error() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let name = "x".repeat(5000);
        for put in
            [room.put(&name, b"").await, room.put_new(&name, b"").await, room.put(&format!("{name}/a"), b"").await]
        {
            assert_eq!(put.unwrap_err().kind(), Kind::Usage);
        }
        assert_eq!(room.paths().await, [""; 0]);
    });
}

#[test]
fn a_name_that_is_too_long_leaves_not_even_a_parent() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let name = "x".repeat(5000);
        for at in [format!("new/{name}"), format!("new/deep/{name}/a")] {
            assert_eq!(room.put(&at, b"").await.unwrap_err().kind(), Kind::Usage);
            assert_eq!(room.put_new(&at, b"").await.unwrap_err().kind(), Kind::Usage);
            if stage.has(Feature::Mkdir) {
                assert_eq!(room.mkdir(&at, true).await.unwrap_err().kind(), Kind::Usage);
            }
            if stage.has(Feature::StoredFiles) && stage.has(Feature::ResourceFile) {
                let file = store(stage, "f", b"").await.unwrap();
                assert_eq!(room.mount(&at, &file).await.unwrap_err().kind(), Kind::Usage);
            }
            assert_eq!(room.paths().await, [""; 0]);
        }
    });
}

#[test]
fn a_path_may_be_deep() {
    everywhere(async |stage| {
        let room = Room::new(stage).await;
        let deep = vec!["d"; 100].join("/");
        room.put(&deep, b"deep").await.unwrap();
        assert_eq!(room.read(&deep).await.unwrap(), b"deep");
        assert_eq!(room.list("", true).await.unwrap().len(), 100);
        room.remove("d", true).await.unwrap();
        assert_eq!(room.paths().await, [""; 0]);
    });
}
