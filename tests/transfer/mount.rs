//! Uploads on the way to a mount: verified, and deleted or named where nothing is mounted of them.

use std::future::pending;
use std::path::Path;

use futures_util::FutureExt;
use wharf_core::error::{Details, Error, Kind, Result};
use wharf_core::model::{FileId, Provider, Receipt, Session, SessionId, SessionMount, SessionStatus};
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::event::Silent;
use wharf_transfer::filter::{Filter, Rule};
use wharf_transfer::mount::{MountSource, MountUploads};
use wharf_transfer::plan::LocalSource;
use wharf_transfer::{Transfer, TransferOptions};

use crate::fake_backend::{FakeBackend, PutReport};
use crate::stage::{Room, options, wait_for};

/// Uploads the files `a`, `b` and `c` and mounts each with what `mount` answers; gives the errors and
/// what is left.
fn mounts(
    other: &FakeBackend,
    cancellation: &Cancellation,
    mount: impl AsyncFn(usize) -> Result<()>,
) -> (Vec<Error>, Vec<String>) {
    let room = Room::with(&[("a", "1"), ("b", "22"), ("c", "333")]);
    let sources: Vec<_> =
        ["a", "b", "c"].iter().map(|name| LocalSource::look(room.at(name).to_str().unwrap(), None).unwrap()).collect();
    let options = TransferOptions { jobs: 2, ..options() };
    wait_for(async {
        let transfer = Transfer { backend: other, options: &options, observer: &Silent, cancellation };
        let mut uploads = MountUploads::new(transfer);
        let mut errors = Vec::new();
        match uploads.upload(&sources).await {
            Ok(ids) => {
                let names: Vec<_> = ids.iter().map(FileId::as_str).collect();
                assert_eq!(names, ["file_a", "file_b", "file_c"], "in the order of the sources");
                for (number, id) in ids.iter().enumerate() {
                    errors.extend(uploads.mount(std::slice::from_ref(id), mount(number)).await.err());
                }
            }
            Err(error) => errors.push(error),
        }
        (errors, uploads.left().iter().map(ToString::to_string).collect())
    })
}

fn kinds(errors: &[Error]) -> Vec<Kind> {
    errors.iter().map(Error::kind).collect()
}

#[test]
fn what_is_mounted_stays() {
    let other = FakeBackend::default();
    let (errors, left) = mounts(&other, &Cancellation::default(), async |_| Ok(()));
    assert_eq!((kinds(&errors), left.len(), other.count("delete")), (vec![], 0, 0));
}

#[test]
fn an_upload_that_is_not_what_was_sent_is_refused_before_anything_is_mounted() {
    for tells in [PutReport::WrongHash, PutReport::WrongSize] {
        let other = FakeBackend { tells, ..FakeBackend::default() };
        let (errors, left) = mounts(&other, &Cancellation::default(), async |_| panic!("nothing is to be mounted"));
        assert_eq!((kinds(&errors), left.len()), (vec![Kind::Unverified], 0), "{tells:?}");
        assert_eq!(other.count("delete"), 3);
    }
}

#[test]
fn where_one_upload_fails_the_others_are_deleted() {
    let refuse = |call: &str, name: &str| (call == "upload" && name == "b").then(|| Error::new(Kind::Limit, "no"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    let (errors, left) = mounts(&other, &Cancellation::default(), async |_| panic!("nothing is to be mounted"));
    assert_eq!((kinds(&errors), left.len(), other.count("delete")), (vec![Kind::Limit], 0, 2));
}

#[test]
fn a_mount_that_fails_takes_its_own_upload_along() {
    let other = FakeBackend::default();
    let fail = async |number| if number == 1 { Err(Error::conflict("taken")) } else { Ok(()) };
    let (errors, left) = mounts(&other, &Cancellation::default(), fail);
    assert_eq!((kinds(&errors), left.len(), other.count("delete")), (vec![Kind::Conflict], 0, 1));
}

#[test]
fn an_upload_that_may_be_mounted_or_cannot_be_deleted_is_named() {
    let other = FakeBackend::default();
    let lost = || Error::new(Kind::Unavailable, "lost").details(Details { uncertain: true, ..Details::default() });
    let fail = async |number| if number == 1 { Err(lost()) } else { Ok(()) };
    let (errors, left) = mounts(&other, &Cancellation::default(), fail);
    assert_eq!((kinds(&errors), left, other.count("delete")), (vec![Kind::Unavailable], vec!["file_b".to_owned()], 0));
    let refuse = |call: &str, _: &str| (call == "delete").then(|| Error::new(Kind::Unavailable, "no"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    let (errors, left) = mounts(&other, &Cancellation::default(), async |_| Err(Error::conflict("taken")));
    assert_eq!((errors.len(), left), (3, ["file_a", "file_b", "file_c"].map(str::to_owned).to_vec()));
}

#[test]
fn asked_to_stop_while_files_are_uploaded_it_keeps_none() {
    let cancellation = Cancellation::default();
    let asking = cancellation.clone();
    let pace = move |name: &str| {
        if Path::new(name).file_name().unwrap() != "b" {
            return std::future::ready(()).boxed();
        }
        asking.cancel(Kind::Interrupted);
        pending().boxed()
    };
    let other = FakeBackend { pace: Some(Box::new(pace)), ..FakeBackend::default() };
    let (errors, left) = mounts(&other, &cancellation, async |_| panic!("nothing is to be mounted"));
    assert_eq!((kinds(&errors), left.len()), (vec![Kind::Interrupted], 0));
    assert!(other.count("delete") > 0);
    assert_eq!(other.count("delete"), other.count("upload") - 1, "all that were complete");
}

#[test]
fn asked_to_stop_between_two_mounts_it_deletes_the_rest_and_what_was_begun() {
    let cancellation = Cancellation::default();
    let asking = cancellation.clone();
    let other = FakeBackend::default();
    let mount = async |number| {
        if number == 1 {
            asking.cancel(Kind::Terminated);
            pending::<()>().await;
        }
        Ok(())
    };
    let (errors, left) = mounts(&other, &cancellation, mount);
    assert_eq!((kinds(&errors), left), (vec![Kind::Terminated; 2], Vec::<String>::new()));
    assert_eq!(other.count("delete"), 2, "the second one, which may be mounted as a copy, and the third");
}

/// A session in which `path` is mounted.
fn session(path: &str) -> Session {
    let id: SessionId = "s1".parse().unwrap();
    let mount = SessionMount { resource_id: "sesrsc_1".to_owned(), path: path.to_owned() };
    Session {
        id,
        backend: "other",
        status: SessionStatus::Idle,
        title: None,
        labels: None,
        created_at: None,
        updated_at: None,
        expires_at: None,
        agent: None,
        mounts: vec![mount],
        provider: Provider::default(),
    }
}

/// What came of staging files and creating a session with them.
struct Staging {
    /// `ID PATH` of each file, if nothing failed.
    files: Result<Vec<String>>,
    /// `STATUS DESTINATION` of each receipt, and the resource, in order.
    receipts: Vec<String>,
    left: Vec<String>,
}

/// Stages local files and directories of `room`, and creates a session unless `fails` says how that fails.
fn stage(
    other: &FakeBackend,
    options: &TransferOptions,
    room: &Room,
    sources: &[(&str, &str)],
    fails: Option<Error>,
) -> Staging {
    let sources: Vec<_> = sources
        .iter()
        .map(|(name, path)| MountSource {
            source: LocalSource::look(room.at(name), None).unwrap(),
            path: path.parse().unwrap(),
        })
        .collect();
    let mut receipts = Vec::new();
    let mut sink = |receipt: &Receipt| {
        let destination = receipt.destination.as_deref().unwrap_or_default();
        let resource = receipt.resource_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        receipts.push(format!("{} {destination}{resource}", receipt.outcome.status().word()));
        Ok(())
    };
    let cancellation = Cancellation::default();
    let transfer = Transfer { backend: other, options, observer: &Silent, cancellation: &cancellation };
    let mut uploads = MountUploads::new(transfer);
    let files = wait_for(async {
        let files = uploads.stage(&sources, "run-", &[], &mut sink).await?;
        let ids: Vec<_> = files.iter().map(|file| file.id.clone()).collect();
        let created = uploads.mount(&ids, async { fails.map_or(Ok(session("/mnt/in/a")), Err) }).await;
        uploads.report(created.as_ref(), &mut sink)?;
        created.map(|_| files.iter().map(|file| format!("{} {}", file.id, file.path)).collect())
    });
    receipts.sort();
    Staging { files, receipts, left: uploads.left().iter().map(ToString::to_string).collect() }
}

#[test]
fn a_session_gets_what_an_upload_would_send_and_each_file_has_its_receipt() {
    let other = FakeBackend::default();
    let room = Room::with(&[("t/a", "1"), ("t/d/b", "22"), ("t/x.tmp", "3"), ("c:1", "4444")]);
    std::fs::create_dir(room.at("t/empty")).unwrap();
    let filter = Filter::new(&[], &[Rule::Exclude("*.tmp".into())], None).unwrap();
    let options = TransferOptions { filter, jobs: 3, ..options() };
    let staging = stage(&other, &options, &room, &[("c:1", "/c/z"), ("t", "/in")], None);
    let files = ["file_run-c_1 /mnt/c/z", "file_run-a /mnt/in/a", "file_run-b /mnt/in/d/b"];
    assert_eq!(staging.files.unwrap(), files, "in the order of the sources, with the prefix and a name that is taken");
    let receipts =
        ["copied s1:/mnt/c/z", "copied s1:/mnt/in/a sesrsc_1", "copied s1:/mnt/in/d/b", "skipped s1:/in/empty"];
    assert_eq!((staging.receipts, staging.left.len()), (receipts.map(str::to_owned).to_vec(), 0));
    assert_eq!((other.count("upload"), other.count("delete"), other.count("put")), (3, 0, 0));
}

#[test]
fn what_cannot_be_in_one_session_is_refused_before_anything_is_sent() {
    let room = Room::with(&[("t/a", "1"), ("t/d/b", "22"), ("c", "333")]);
    for (sources, kind) in [
        (&[("c", "/x"), ("c", "/x")][..], Kind::Conflict),
        (&[("c", "/mnt/x"), ("c", "/x")], Kind::Conflict),
        (&[("t", "/in"), ("c", "/in/a")], Kind::Conflict),
        (&[("t", "/in"), ("c", "/in/d")], Kind::Conflict),
        (&[("c", "/in/d"), ("t", "/in")], Kind::Conflict),
        (&[("c", "/in"), ("t", "/in")], Kind::Conflict),
        (&[("c", "/outputs/c")], Kind::Unsupported),
        (&[("t", "/in"), ("c", "/c"), ("c", "/c2")], Kind::Limit),
    ] {
        let mut other = FakeBackend::default();
        other.limits.mounts = Some(3);
        let staging = stage(&other, &options(), &room, sources, None);
        assert_eq!(staging.files.unwrap_err().kind(), kind, "{sources:?}");
        assert_eq!((staging.receipts.len(), other.writes()), (0, 0), "{sources:?}");
    }
    let mut other = FakeBackend::default();
    other.limits.file_bytes = Some(2);
    let staging = stage(&other, &options(), &room, &[("t", "/t"), ("c", "/c")], None);
    assert_eq!((staging.files.unwrap_err().kind(), other.writes()), (Kind::Limit, 0));
}

#[test]
fn where_one_file_of_a_session_fails_no_stored_file_is_left_and_each_receipt_says_so() {
    let room = Room::with(&[("t/a", "1"), ("t/b", "22"), ("t/c", "333")]);
    let refuse = |call: &str, name: &str| (call == "upload" && name == "run-b").then(|| Error::new(Kind::Limit, "no"));
    let other = FakeBackend { refuse: Some(Box::new(refuse)), ..FakeBackend::default() };
    let staging = stage(&other, &options(), &room, &[("t", "/t")], None);
    let error = staging.files.unwrap_err();
    assert_eq!((error.kind(), error.message(), staging.left.len()), (Kind::Limit, "no", 0));
    assert_eq!(staging.receipts, ["a", "b", "c"].map(|name| format!("failed /mnt/t/{name}")));
    assert_eq!((other.count("upload"), other.count("delete")), (3, 2));
}

#[test]
fn where_no_session_is_created_its_files_are_deleted_or_named() {
    let room = Room::with(&[("t/a", "1"), ("t/b", "22")]);
    let lost = Error::new(Kind::Unavailable, "lost").details(Details { uncertain: true, ..Details::default() });
    for (error, deleted) in [(Error::conflict("no"), 2), (lost, 0)] {
        let other = FakeBackend::default();
        let staging = stage(&other, &options(), &room, &[("t", "/t")], Some(error.clone()));
        assert_eq!(staging.files.unwrap_err().kind(), error.kind());
        assert_eq!(staging.receipts, ["a", "b"].map(|name| format!("failed /mnt/t/{name}")));
        assert_eq!((other.count("delete"), staging.left.len()), (deleted, 2 - deleted));
    }
}
