//! Whether a file is the same on both sides of a sync, by what is known without reading it.

use wharf_client::backend::{SessionFiles, TimeOf};
use wharf_core::model::receipt::SkipReason;
use wharf_core::model::{RemotePath, Timestamp};
use wharf_core::sync_ledger::SyncedFiles;

/// The precision of the times of a side: the finest of those that were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Precision(Option<i128>);

/// Units of time, in nanoseconds, from coarse to fine.
const UNITS: [i128; 5] = [1_000_000_000, 1_000_000, 1_000, 100, 1];

impl Precision {
    /// Adds a time of the side.
    pub(super) fn add(&mut self, time: Timestamp) {
        let time = time.as_nanosecond();
        let unit = UNITS.into_iter().find(|unit| time.rem_euclid(*unit) == 0).unwrap_or(1);
        self.0 = Some(self.0.map_or(unit, |finest| finest.min(unit)));
    }

    /// Returns the precision in which times of both sides can be compared.
    pub(super) fn coarser(self, other: Precision) -> Precision {
        Precision(self.0.max(other.0))
    }

    fn is_same(self, one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
        let unit = self.0.unwrap_or(1);
        let whole = |time: Timestamp| time.as_nanosecond().div_euclid(unit);
        one.zip(other).is_some_and(|(one, other)| whole(one) == whole(other))
    }
}

/// How the files of a sync are compared.
pub(super) struct SyncComparison {
    /// Compare contents instead of times.
    checksum: bool,
    time_of: TimeOf,
    /// Whether the backend hashes contents where they are.
    hashes: bool,
    precision: Precision,
    /// What wharf transferred before.
    known: SyncedFiles,
}

/// A file that has the same length on both sides.
pub(super) struct SameLength {
    pub(super) bytes: u64,
    pub(super) local: Option<Timestamp>,
    pub(super) remote: Option<Timestamp>,
}

/// The result of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Equality {
    /// The files are equal.
    Equal(SkipReason),
    /// The files differ, or nothing tells that they are equal.
    Different,
    /// The files are equal if the local one has this SHA-256.
    IfHash(String),
    /// The files are equal if the backend has the hash of the local one.
    IfRemoteHash,
}

impl SyncComparison {
    pub(super) fn new(checksum: bool, files: &dyn SessionFiles, precision: Precision, known: SyncedFiles) -> Self {
        SyncComparison { checksum, time_of: files.time_of(), hashes: files.hashes_contents(), precision, known }
    }

    /// Compares the files of a path.
    pub(super) fn compare(&self, path: &RemotePath, file: &SameLength) -> Equality {
        let has_times = self.time_of != TimeOf::Write;
        if !self.checksum && has_times && self.precision.is_same(file.local, file.remote) {
            return Equality::Equal(SkipReason::SameTime);
        }
        if !self.checksum && self.time_of == TimeOf::Source {
            return Equality::Different;
        }
        if self.hashes {
            return Equality::IfRemoteHash;
        }
        match self.known.get(path) {
            Some(known) if known.size == file.bytes && self.is_same_remote(known.remote_modified_at, file.remote) => {
                if !self.checksum && file.local.is_some() && known.local_modified_at == file.local {
                    return Equality::Equal(SkipReason::Unchanged);
                }
                Equality::IfHash(known.sha256.clone())
            }
            _ => Equality::Different,
        }
    }

    /// Returns whether wharf has transferred a file before.
    pub(super) fn has_record(&self, path: &RemotePath) -> bool {
        self.known.get(path).is_some()
    }

    /// Returns whether the file in the session has the time that was recorded.
    fn is_same_remote(&self, known: Option<Timestamp>, now: Option<Timestamp>) -> bool {
        match self.time_of {
            // What was recorded is the time of the source, which the service may keep with less precision.
            TimeOf::Source => self.precision.is_same(known, now) || known == now,
            TimeOf::Arrival | TimeOf::Write => known == now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        text.parse().ok()
    }

    fn precision(times: &[&str]) -> Precision {
        let mut precision = Precision::default();
        for text in times {
            precision.add(text.parse().unwrap());
        }
        precision
    }

    #[test]
    fn times_are_compared_in_the_precision_of_the_coarser_side() {
        let (whole, half, fine) = ("2026-01-01T00:00:07Z", "2026-01-01T00:00:07.5Z", "2026-01-01T00:00:07.512345678Z");
        let seconds = precision(&[whole]).coarser(precision(&[fine, whole]));
        assert!(
            seconds.is_same(time(whole), time(fine)) && !seconds.is_same(time(whole), time("2026-01-01T00:00:08Z"))
        );
        let milliseconds = precision(&[whole, half]).coarser(precision(&[fine]));
        assert!(!milliseconds.is_same(time(half), time(fine)));
        assert!(milliseconds.is_same(time("2026-01-01T00:00:07.512Z"), time(fine)));
        let exact = precision(&[fine]);
        assert!(
            exact.is_same(time(fine), time(fine)) && !exact.is_same(time(fine), None) && !exact.is_same(None, None)
        );
        assert!(Precision::default().is_same(time(fine), time(fine)));
        // Before 1970 as well.
        assert!(seconds.is_same(time("1969-12-31T23:59:57Z"), time("1969-12-31T23:59:57.9Z")));
    }
}
