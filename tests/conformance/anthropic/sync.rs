//! Syncs of what an agent made: downloads only.

use std::fs;

use wharf_core::error::Kind;
use wharf_core::model::{Receipt, ReceiptStatus, SessionPath};
use wharf_core::sync_ledger::SyncedFiles;
use wharf_transfer::cancellation::Cancellation;
use wharf_transfer::event::Silent;
use wharf_transfer::plan::LocalSource;
use wharf_transfer::sync::SyncOptions;
use wharf_transfer::{Transfer, TransferOptions};

use super::{OUTPUTS, leave};
use crate::room::Room;
use crate::stage::{on_anthropic_with, wait_for};

#[test]
fn the_outputs_of_an_agent_are_synced_and_nothing_is_synced_to_it() {
    let stage = on_anthropic_with(&[]);
    wait_for(async {
        let room = Room::new(&stage).await;
        leave(&room, "filename=a.txt", b"first");
        leave(&room, "filename=b.txt", b"other");
        let disk = tempfile::tempdir().unwrap();
        let to = disk.path().join("out");
        let (options, cancellation) =
            (TransferOptions { jobs: 2, ..TransferOptions::default() }, Cancellation::default());
        let transfer =
            Transfer { backend: &*stage.backend, options: &options, observer: &Silent, cancellation: &cancellation };
        let how = SyncOptions { delete: true, max_delete: None };
        let from = || SessionPath { session: room.id.clone(), path: OUTPUTS.parse().unwrap() };
        let sync = async || {
            let plan = transfer.plan_sync_download(from(), to.clone(), &how, SyncedFiles::default()).await.unwrap();
            let (mut copied, mut deleted) = (0, 0);
            let mut count = |receipt: &Receipt| {
                copied += usize::from(receipt.outcome.status() == ReceiptStatus::Copied);
                deleted += usize::from(receipt.outcome.status() == ReceiptStatus::Deleted);
                Ok(())
            };
            transfer.sync(plan, &mut count, &|_| (), &mut Vec::new()).await.unwrap();
            (copied, deleted)
        };
        assert_eq!((sync().await, sync().await), ((2, 0), (0, 0)));
        leave(&room, "filename=c.txt", b"third");
        fs::write(to.join("mine"), "").unwrap();
        assert_eq!(sync().await, (1, 1));
        assert_eq!(fs::read_to_string(to.join("c.txt")).unwrap(), "third");

        let source = LocalSource::look(&to, None).unwrap();
        let plan = transfer.plan_sync_upload(source, room.at("in"), &how, SyncedFiles::default()).await;
        assert_eq!(plan.err().unwrap().kind(), Kind::Unsupported);
    });
}
