//! What came out is what went in, or it is said that it is not.

use bytes::Bytes;
use wharf_core::error::{Error, Kind};
use wharf_core::model::ReceiptStatus;
use wharf_transfer::{IfExists, TransferOptions};

use crate::fake_backend::{FakeBackend, HashReport, LengthReport, Node, PutReport, body};
use crate::stage::{Line, Room, TransferResult, options, run};

fn verifying() -> TransferOptions {
    TransferOptions { verify: true, ..options() }
}

/// Uploads one file to `/f`.
fn upload(other: &FakeBackend, options: TransferOptions) -> TransferResult {
    let room = Room::with(&[("f", "content")]);
    run(other, options).upload(&room.at("f"), "/f")
}

fn upload_to_store(other: &FakeBackend, options: TransferOptions) -> TransferResult {
    let room = Room::with(&[("f", "content")]);
    run(other, options).upload_to_store(&[&room.at("f")])
}

fn telling(tells: PutReport) -> FakeBackend {
    FakeBackend { tells, ..FakeBackend::default() }
}

fn hint(line: &Line) -> &str {
    line.error.as_ref().and_then(Error::hint_text).unwrap_or_default()
}

#[test]
fn what_the_other_side_tells_is_what_is_said() {
    for (tells, plain, verified) in [
        (PutReport::Hash, "sha256", "sha256"),
        (PutReport::UppercaseHash, "sha256", "sha256"),
        (PutReport::Size, "size", "sha256"),
        (PutReport::Nothing, "none: the backend reports neither length nor hash", "sha256"),
    ] {
        for (verify, wanted) in [(false, plain), (true, verified)] {
            let options = || TransferOptions { verify, ..options() };
            let reads = usize::from(verify && plain != "sha256");
            let other = telling(tells);
            assert_eq!(upload(&other, options()).ok().only().verified.as_deref(), Some(wanted));
            assert_eq!(other.count("fetch"), reads, "{tells:?}");
            let other = telling(tells);
            assert_eq!(upload_to_store(&other, options()).ok().only().verified.as_deref(), Some(wanted));
            assert_eq!(other.count("fetch"), reads, "{tells:?}");
        }
    }
}

#[test]
fn a_hash_or_a_length_that_is_wrong_is_unverified() {
    for tells in [PutReport::WrongHash, PutReport::WrongSize] {
        for verify in [false, true] {
            let result = upload(&telling(tells), TransferOptions { verify, ..options() }).fails(Kind::Unverified);
            assert_eq!(result.error().kind().exit_code(), 9);
            assert_eq!((result.only().status, result.only().verified.as_deref()), (ReceiptStatus::Failed, None));
            upload_to_store(&telling(tells), TransferOptions { verify, ..options() }).fails(Kind::Unverified);
        }
    }
}

#[test]
fn a_wrong_copy_is_removed_where_this_run_made_its_name() {
    let known = [
        verifying(),
        TransferOptions { if_exists: IfExists::Error, ..options() },
        TransferOptions { if_exists: IfExists::Skip, ..options() },
        TransferOptions { if_exists: IfExists::Update, ..options() },
    ];
    for options in known {
        let other = telling(PutReport::WrongHash);
        let result = upload(&other, options).fails(Kind::Unverified);
        assert_eq!((other.content("/f"), other.count("remove")), (None, 1));
        assert!(hint(result.only()).contains("removed"), "{:?}", result.only());
    }
}

#[test]
fn a_wrong_copy_stays_and_is_named_where_it_replaced_something() {
    for options in [verifying(), TransferOptions { if_exists: IfExists::Update, ..options() }] {
        let other = telling(PutReport::WrongHash);
        other.set("/f", Node::File(b"old".to_vec()));
        let result = upload(&other, options).fails(Kind::Unverified);
        assert_eq!((other.content("/f").is_some(), other.count("remove")), (true, 0));
        assert!(result.error().message().contains("s1:/f"), "{}", result.error());
        assert!(hint(result.only()).contains("do not use the copy"), "{:?}", result.only());
    }
}

#[test]
fn a_wrong_copy_stays_and_is_named_where_the_replaced_file_is_unknown() {
    let other = telling(PutReport::WrongHash);
    let result = upload(&other, options()).fails(Kind::Unverified);
    assert_eq!((other.content("/f").is_some(), other.count("remove"), other.count("stat")), (true, 0, 0));
    assert!(result.error().message().contains("s1:/f"), "{}", result.error());
}

#[test]
fn what_the_other_side_put_under_a_name_of_its_own_is_not_removed() {
    let elsewhere = |_: &str| Some("/precious".to_owned());
    let other = FakeBackend { elsewhere: Some(Box::new(elsewhere)), ..telling(PutReport::WrongHash) };
    other.set("/precious", Node::File(b"precious".to_vec()));
    let result = upload(&other, verifying()).fails(Kind::Unverified);
    assert_eq!((other.content("/precious"), other.count("remove")), (Some(b"precious".to_vec()), 0));
    assert!(result.error().message().contains("/precious"), "{}", result.error());
}

#[test]
fn a_copy_that_cannot_be_removed_is_said_to_be_there() {
    let refuse = |call: &str, _: &str| matches!(call, "remove" | "delete").then(|| Error::new(Kind::Auth, "not yours"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..telling(PutReport::WrongHash) };
    let result = upload(&other, verifying()).fails(Kind::Unverified);
    assert!(hint(result.only()).contains("still there: not yours"), "{:?}", result.only());
    let result = upload_to_store(&other, options()).fails(Kind::Unverified);
    assert!(hint(result.only()).contains("still there, as `file_f`: not yours"), "{:?}", result.only());
}

#[test]
fn a_wrong_stored_file_is_deleted_by_its_id() {
    for (tells, damages) in [(PutReport::WrongHash, false), (PutReport::WrongSize, false), (PutReport::Size, true)] {
        let other = FakeBackend { damages, ..telling(tells) };
        let result = upload_to_store(&other, verifying()).fails(Kind::Unverified);
        assert_eq!((other.asked("delete"), other.files_there().len()), (vec!["file_f".to_owned()], 0));
        assert!(hint(result.only()).contains("removed"), "{:?}", result.only());
    }
}

#[test]
fn a_flipped_bit_is_found_by_reading_back() {
    for tells in [PutReport::Size, PutReport::Nothing] {
        let other = FakeBackend { damages: true, ..telling(tells) };
        upload(&other, verifying()).fails(Kind::Unverified);
        assert_eq!(other.content("/f"), None);
        // And only by that.
        upload(&FakeBackend { damages: true, ..telling(tells) }, options()).ok();
    }
}

#[test]
fn what_comes_back_shorter_or_longer_is_found_by_reading_back() {
    for back in ["conten", "content and more", ""] {
        let fetch = move |_: &str, _| Some(Ok(body(None, vec![Ok(Bytes::from_static(back.as_bytes()))])));
        let other = FakeBackend { fetch: Some(Box::new(fetch)), ..telling(PutReport::Nothing) };
        upload(&other, verifying()).fails(Kind::Unverified);
    }
}

#[test]
fn what_cannot_be_read_back_is_no_success_and_says_so() {
    for kind in [Kind::Unsupported, Kind::Unavailable] {
        let refuse = move |call: &str, _: &str| (call == "fetch").then(|| Error::new(kind, "not this way"));
        let other = FakeBackend { refuse: Some(Box::new(refuse)), ..telling(PutReport::Size) };
        for result in [upload(&other, verifying()), upload_to_store(&other, verifying())] {
            let result = result.fails(kind);
            let error = result.error().message();
            assert!(error.contains("reading back") && error.contains("not this way"), "{error}");
        }
        assert_eq!((other.count("remove"), other.count("delete")), (0, 0), "the content is not known to be wrong");
    }
    let fetch = |_: &str, _| {
        Some(Ok(body(Some(7), vec![Ok(Bytes::from_static(b"con")), Err(crate::fake_backend::broken(true, None))])))
    };
    let other = FakeBackend { fetch: Some(Box::new(fetch)), ..telling(PutReport::Size) };
    upload(&other, verifying()).fails(Kind::Unavailable);
}

/// Downloads one file over an old one.
fn download(other: &FakeBackend) -> (Room, TransferResult) {
    let room = Room::with(&[("to/f", "old")]);
    let result = run(other, options()).download("/t", &room.at("to"));
    assert_eq!(room.names("to"), ["f"]);
    (room, result)
}

#[test]
fn a_download_is_verified_as_far_as_the_other_side_tells() {
    for (knows, length, verified) in [
        (HashReport::Hash, LengthReport::Missing, "sha256"),
        (HashReport::Streamed, LengthReport::True, "sha256"),
        (HashReport::Nothing, LengthReport::True, "size"),
        (HashReport::Nothing, LengthReport::Missing, "none: the backend reports neither length nor hash"),
    ] {
        let other = FakeBackend { knows, length, ..FakeBackend::with(&[("/t/f", "content")]) };
        let (room, result) = download(&other);
        assert_eq!((result.ok().only().verified.as_deref(), room.read("to/f").as_str()), (Some(verified), "content"));
    }
}

#[test]
fn a_download_that_is_not_what_was_announced_is_not_kept() {
    for (knows, length) in [
        (HashReport::WrongHash, LengthReport::True),
        (HashReport::WrongHash, LengthReport::Missing),
        (HashReport::Hash, LengthReport::Wrong(6)),
        (HashReport::Nothing, LengthReport::Wrong(8)),
        (HashReport::Streamed, LengthReport::Wrong(0)),
    ] {
        let other = FakeBackend { knows, length, ..FakeBackend::with(&[("/t/f", "content")]) };
        let (room, result) = download(&other);
        let result = result.fails(Kind::Unverified);
        assert_eq!((result.kinds().len(), room.read("to/f").as_str()), (1, "old"), "{knows:?} {length:?}");
        let (verdict, _) = run(&other, options()).stream(&["/t/f"]);
        assert_eq!(verdict.unwrap_err().kind(), Kind::Unverified);
    }
}

#[test]
fn a_stored_file_that_is_damaged_is_not_kept() {
    let room = Room::new();
    let other = FakeBackend { knows: HashReport::WrongHash, ..FakeBackend::default() };
    other.set("/stored/file_a", Node::File(b"content".to_vec()));
    run(&other, options()).download("file_a", &room.at("a")).fails(Kind::Unverified);
    assert!(room.names("").is_empty());
}
