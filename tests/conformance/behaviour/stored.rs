//! Stored files: immutable, outside any session, known by id.

use wharf_client::backend::{ByteRange, Feature, FetchOptions, NewStoredFile, PageRequest};
use wharf_core::error::{Kind, Result};
use wharf_core::model::{FileId, StoredFile};

use super::{everywhere, in_views_too};
use crate::content::{BrokenSource, bytes};
use crate::room::{Room, drain, pages, store};
use crate::stage::{Stage, refused};

async fn read(stage: &Stage, id: &FileId, range: Option<(u64, Option<u64>)>) -> Result<Vec<u8>> {
    let range = range.map(|(first, last)| ByteRange { first, last });
    drain(stage.store().fetch(id, FetchOptions { range, ..FetchOptions::default() }).await?).await
}

async fn listed(stage: &Stage, size: Option<usize>) -> Vec<FileId> {
    let found: Vec<StoredFile> = pages(size, async |page| stage.store().list(None, page).await).await.unwrap();
    found.into_iter().map(|file| file.id).collect()
}

#[test]
fn a_stored_file_comes_back_as_it_went() {
    in_views_too(async |stage| {
        for (name, content) in [("a.txt", bytes(10)), ("empty", bytes(0)), ("large", bytes(1_000_001))] {
            let stored = store(stage, name, &content).await;
            let Some(id) = stage.allows(Feature::StoredFiles, stored) else { return };
            let got = stage.store().get(&id).await.unwrap();
            assert_eq!((got.filename.as_str(), got.size), (name, Some(content.len() as u64)));
            if got.downloadable != Some(false) {
                assert!(read(stage, &id, None).await.unwrap() == content, "{name}");
            }
        }
    });
}

#[test]
fn a_range_of_a_stored_file_counts_as_one_of_any_file() {
    everywhere(async |stage| {
        if !stage.has(Feature::StoredFiles) {
            return;
        }
        let id = store(stage, "f", b"0123456789").await.unwrap();
        for (first, last, wanted) in [
            (0, Some(0), &b"0"[..]),
            (4, Some(6), b"456"),
            (9, None, b"9"),
            (5, Some(99), b"56789"),
            (0, None, b"0123456789"),
        ] {
            assert_eq!(read(stage, &id, Some((first, last))).await.unwrap(), wanted, "{first}-{last:?}");
        }
        refused(read(stage, &id, Some((10, None))).await, Kind::Usage);
        refused(read(stage, &id, Some((99, Some(100)))).await, Kind::Usage);
    });
}

#[test]
fn pages_of_any_size_hold_every_stored_file_once_and_the_newest_first() {
    in_views_too(async |stage| {
        if !stage.has(Feature::StoredFiles) {
            return;
        }
        let mut stored = Vec::new();
        for n in 0..5 {
            stored.insert(0, store(stage, "same name", format!("{}", n / 2).as_bytes()).await.unwrap());
        }
        for size in [Some(1), Some(2), Some(4), Some(5), Some(6), None] {
            assert_eq!(listed(stage, size).await, stored, "{size:?}");
        }
    });
}

#[test]
fn two_of_the_same_content_are_two_and_one_outlives_the_other() {
    everywhere(async |stage| {
        if !stage.has(Feature::StoredFiles) {
            return;
        }
        let (one, two) = (store(stage, "one", b"same").await.unwrap(), store(stage, "two", b"same").await.unwrap());
        assert_ne!(one, two);
        stage.store().delete(&one).await.unwrap();
        assert_eq!(read(stage, &two, None).await.unwrap(), b"same");
        assert_eq!(listed(stage, None).await, std::slice::from_ref(&two));
        refused(stage.store().get(&one).await, Kind::NotFound);
        refused(read(stage, &one, None).await, Kind::NotFound);
        refused(read(stage, &one, Some((99, None))).await, Kind::NotFound);
        refused(stage.store().delete(&one).await, Kind::NotFound);
        stage.store().delete(&two).await.unwrap();
        let again = store(stage, "again", b"same").await.unwrap();
        assert_eq!(read(stage, &again, None).await.unwrap(), b"same");
    });
}

#[test]
fn a_source_that_breaks_stores_nothing() {
    in_views_too(async |stage| {
        if !stage.has(Feature::StoredFiles) {
            return;
        }
        for first in [0, 1_000_000] {
            let new = NewStoredFile { filename: "f".to_owned(), mime_type: None, expires_in: None };
            refused(stage.store().upload(new, &BrokenSource(first)).await, Kind::Io);
        }
        assert_eq!(listed(stage, None).await, []);
    });
}

#[test]
fn a_stored_file_keeps_its_name_and_its_type() {
    everywhere(async |stage| {
        if !stage.has(Feature::StoredFiles) {
            return;
        }
        for filename in ["ünï cödé 日本語", "-rf", "100% #1?&+", " ", "..."] {
            let new = NewStoredFile {
                filename: filename.to_owned(),
                mime_type: Some("text/x-odd".to_owned()),
                expires_in: None,
            };
            let (file, _) = stage.store().upload(new, &crate::content::Content(b"")).await.unwrap();
            let got = stage.store().get(&file.id).await.unwrap();
            assert_eq!((got.filename.as_str(), got.mime_type.as_deref()), (filename, Some("text/x-odd")));
        }
        for filename in ["", "a/b", ".."] {
            refused(store(stage, filename, b"").await, Kind::Usage);
        }
    });
}

#[test]
fn a_scope_selects_what_is_mounted_in_a_session() {
    everywhere(async |stage| {
        if !(stage.has(Feature::StoredFiles) && stage.has(Feature::ResourceFile)) {
            return;
        }
        let room = Room::new(stage).await;
        let (mounted, _other) = (store(stage, "a", b"a").await.unwrap(), store(stage, "b", b"b").await.unwrap());
        let scoped = async || {
            let page = stage.store().list(Some(&room.id), PageRequest::default()).await.unwrap();
            page.items.into_iter().map(Result::unwrap).collect::<Vec<_>>()
        };
        assert!(scoped().await.is_empty());
        room.mount("one", &mounted).await.unwrap();
        room.mount("two", &mounted).await.unwrap();
        let found = scoped().await;
        assert_eq!(
            found.iter().map(|file| &file.id).collect::<Vec<_>>(),
            [&mounted],
            "once, however often it is mounted"
        );
        assert_eq!(found[0].scope.as_ref().map(|scope| &scope.id), Some(&room.id));
        room.unmount("one").await.unwrap();
        assert_eq!(scoped().await.len(), 1);
        room.unmount("two").await.unwrap();
        assert!(scoped().await.is_empty());
    });
}
