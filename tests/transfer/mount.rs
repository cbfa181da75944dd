//! Uploads on the way to a mount: verified, and deleted or named where nothing is mounted of them.

use std::future::pending;
use std::path::Path;

use futures_util::FutureExt;
use wharf_core::error::{Details, Error, Kind, Result};
use wharf_core::model::FileId;
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::event::Silent;
use wharf_transfer::mount::MountUploads;
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
fn asked_to_stop_between_two_mounts_it_deletes_the_rest_and_names_what_was_begun() {
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
    assert_eq!((kinds(&errors), left), (vec![Kind::Terminated; 2], vec!["file_b".to_owned()]));
    assert_eq!(other.count("delete"), 1, "the third, which nothing was mounted of");
}
