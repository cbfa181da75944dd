//! Small files in groups, where a backend transfers a group with fewer requests than its files one by one.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::Transfer;
use super::engine::RunningFiles;
use super::event::TransferEvent;
use wharf_client::backend::BundleLimits;
use wharf_core::error::{Error, Kind};

/// Work for the engine.
pub(super) enum Work<T> {
    One(T),
    Bundle(Vec<T>),
}

/// What counts of an item that may be part of a bundle.
pub(super) struct BundleShare {
    pub(super) bytes: u64,
    pub(super) path_bytes: usize,
}

/// The fewest files of a bundle that does not wait for more: finding them takes time as well.
const PATIENT: usize = 64;

/// Collects items that may travel together; all others pass at once.
pub(super) struct Bundles<S: Stream, F> {
    items: S,
    share: F,
    limits: Option<BundleLimits>,
    group: Vec<S::Item>,
    bytes: u64,
    path_bytes: usize,
    ready: VecDeque<Work<S::Item>>,
    ended: bool,
}

impl<S: Stream, F: Fn(&S::Item) -> Option<BundleShare>> Bundles<S, F> {
    /// Returns the work of items. Without limits there are no bundles. `share` says which items may be part of one.
    pub(super) fn new(items: S, limits: Option<BundleLimits>, share: F) -> Self {
        let ready = VecDeque::new();
        Bundles { items, share, limits, group: Vec::new(), bytes: 0, path_bytes: 0, ready, ended: false }
    }

    /// Adds an item to the group, or passes it.
    fn add(&mut self, item: S::Item) {
        let share = (self.share)(&item);
        let Some((limits, share)) = self.limits.zip(share).filter(|(limits, share)| share.bytes <= limits.file_bytes)
        else {
            return self.ready.push_back(Work::One(item));
        };
        let is_full = self.group.len() >= limits.files
            || self.bytes + share.bytes > limits.bytes
            || self.path_bytes + share.path_bytes > limits.path_bytes;
        if is_full {
            self.close();
        }
        self.group.push(item);
        self.bytes += share.bytes;
        self.path_bytes += share.path_bytes;
    }

    /// Ends the group.
    fn close(&mut self) {
        let group = std::mem::take(&mut self.group);
        (self.bytes, self.path_bytes) = (0, 0);
        if self.limits.is_some_and(|limits| group.len() >= limits.fewest) {
            self.ready.push_back(Work::Bundle(group));
        } else {
            self.ready.extend(group.into_iter().map(Work::One));
        }
    }
}

impl<S: Stream + Unpin, F: Fn(&S::Item) -> Option<BundleShare> + Unpin> Stream for Bundles<S, F>
where
    S::Item: Unpin,
{
    type Item = Work<S::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(work) = this.ready.pop_front() {
                return Poll::Ready(Some(work));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            match Pin::new(&mut this.items).poll_next(context) {
                Poll::Ready(Some(item)) => this.add(item),
                Poll::Ready(None) => {
                    this.ended = true;
                    this.close();
                }
                Poll::Pending if this.group.len() >= PATIENT => this.close(),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// Returns whether the files of a bundle that failed as a whole fail with its error, because each would fail with it.
pub(super) fn fails_each(error: &Error) -> bool {
    matches!(error.kind(), Kind::Auth | Kind::NotFound | Kind::Deadline | Kind::Interrupted)
}

impl Transfer<'_> {
    /// Reports that a bundle failed before these files were finished, and holds requests for as long as the service asked.
    pub(super) fn report_unbundled(&self, error: &Error, files: usize, running: &RunningFiles) {
        if let Some(wait) = error.retry_after() {
            running.pace.hold(wait);
        }
        if files > 0 && !fails_each(error) {
            self.observer.on(TransferEvent::Unbundled { files, error });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt, stream};

    const LIMITS: BundleLimits = BundleLimits { fewest: 2, files: 3, bytes: 100, file_bytes: 50, path_bytes: 1000 };

    fn groups(sizes: &[u64], limits: Option<BundleLimits>) -> Vec<Vec<u64>> {
        let share = |size: &u64| Some(BundleShare { bytes: *size, path_bytes: 10 }).filter(|_| *size != 7);
        let work = Bundles::new(stream::iter(sizes.to_vec()), limits, share);
        let work = work.map(|work| match work {
            Work::One(size) => vec![size],
            Work::Bundle(sizes) => sizes,
        });
        work.collect().now_or_never().unwrap()
    }

    #[test]
    fn small_items_travel_in_groups_of_bounded_size() {
        assert_eq!(groups(&[1, 2, 3, 4, 5], Some(LIMITS)), [vec![1, 2, 3], vec![4, 5]]);
        assert_eq!(groups(&[40, 50, 40, 1], Some(LIMITS)), [vec![40, 50], vec![40, 1]]);
        // What is large, or may not travel with others, does not hold up the group.
        assert_eq!(groups(&[1, 51, 7, 2], Some(LIMITS)), [vec![51], vec![7], vec![1, 2]]);
        // Too few are not worth a bundle.
        assert_eq!(groups(&[1, 2, 3, 4], Some(LIMITS)), [vec![1, 2, 3], vec![4]]);
        assert_eq!(groups(&[1, 2], None), [vec![1], vec![2]]);
        assert_eq!(groups(&[1, 2, 3], Some(BundleLimits { path_bytes: 20, ..LIMITS })), [vec![1, 2], vec![3]]);
        assert!(groups(&[], Some(LIMITS)).is_empty());
    }

    #[test]
    fn items_that_come_late_do_not_hold_up_a_group_that_is_large_enough() {
        let limits = BundleLimits { files: 1000, bytes: 1000, ..LIMITS };
        for (come, groups) in [(PATIENT, Some(PATIENT)), (PATIENT - 1, None)] {
            let items = stream::iter(vec![1_u64; come]).chain(stream::pending());
            let share = |_: &u64| Some(BundleShare { bytes: 1, path_bytes: 1 });
            let first = Bundles::new(items, Some(limits), share).next().now_or_never().flatten();
            let len = first.map(|work| match work {
                Work::One(_) => 1,
                Work::Bundle(items) => items.len(),
            });
            assert_eq!(len, groups);
        }
    }
}
