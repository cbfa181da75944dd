//! How many files are transferred at once: more while that makes a transfer faster, fewer when the service asks for it.
//!
//! Nothing about a service is known in advance, so its answers are measured in rounds: a round is over when as many
//! files are done as are transferred at once. After a round, a higher limit is tried; it stays if the next round is
//! faster in proportion, because otherwise each file only takes longer. Refused requests (429 and 503) halve the limit.

use std::time::Instant;

use super::TransferOptions;
use super::event::{HeldBack, ReachedConcurrency};
use wharf_core::load::ServiceLoad;

/// The limit at the start.
const FIRST: usize = 16;

/// The factor by which a higher limit is tried until one was of no use.
const FAST: f64 = 3.0;

/// The factor after that.
const CAREFUL: f64 = 1.5;

/// The part of the growth of the limit that has to show in the speed.
const WORTH: f64 = 0.25;

/// The part of the speed below which the service has become slower.
const SLOWER: f64 = 0.6;

/// The fewest files of a round: the duration of fewer says little.
const FEWEST: usize = 4;

/// Rounds between a limit that was of no use and the next trial.
const PAUSE: u32 = 8;

/// Bytes that count as much as a file.
const BYTES_OF_FILE: f64 = 65_536.0;

/// The limit of files at once.
pub(super) struct Concurrency {
    ceiling: usize,
    limit: usize,
    highest: usize,
    load: ServiceLoad,
    /// Refusals that were taken into account.
    refusals: u64,
    round: Round,
    /// The speed of the last round, in files a second.
    speed: Option<f64>,
    /// The limit before the one that is tried.
    trial: Option<usize>,
    factor: f64,
    /// Rounds until the next trial.
    pause: u32,
    /// Files that were begun before the limit was lowered: what they tell is of the limit before.
    outdated: usize,
    held_back: HeldBack,
}

/// A measurement.
struct Round {
    begun: Instant,
    files: usize,
    /// Files and bytes, in files.
    work: f64,
    /// Whether the limit was reached.
    limited: bool,
}

impl Round {
    fn new(begun: Instant) -> Self {
        Round { begun, files: 0, work: 0.0, limited: false }
    }
}

impl Concurrency {
    pub(super) fn new(options: &TransferOptions) -> Self {
        let ceiling = options.jobs.max(1);
        Concurrency {
            ceiling,
            limit: FIRST.min(ceiling),
            highest: 0,
            refusals: options.load.refusals(),
            load: options.load.clone(),
            round: Round::new(Instant::now()),
            speed: None,
            trial: None,
            factor: FAST,
            pause: 0,
            outdated: 0,
            held_back: HeldBack::Files,
        }
    }

    /// Returns the number of files that may be transferred at once now.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Notes that a file was begun: `running` files are being transferred now.
    pub(super) fn begun(&mut self, running: usize) {
        self.highest = self.highest.max(running);
        self.round.limited |= running >= self.limit;
    }

    /// Notes the end of a file of this size, while `running` others are being transferred.
    pub(super) fn ended(&mut self, bytes: u64, running: usize) {
        self.ended_at(Instant::now(), bytes, running);
    }

    fn ended_at(&mut self, now: Instant, bytes: u64, running: usize) {
        let refusals = self.load.refusals();
        if self.outdated > 0 {
            self.outdated -= 1;
            self.refusals = refusals;
            self.round = Round::new(now);
            return;
        }
        if refusals > self.refusals {
            self.refusals = refusals;
            self.lower(now, self.limit / 2, running, HeldBack::Refusals);
            return;
        }
        self.round.files += 1;
        #[allow(clippy::cast_precision_loss, reason = "a measurement")]
        let size = bytes as f64;
        self.round.work += 1.0 + size / BYTES_OF_FILE;
        if self.round.files >= self.limit.max(FEWEST) {
            self.end_round(now, running);
        }
    }

    fn end_round(&mut self, now: Instant, running: usize) {
        let Round { begun, work, limited: was_limited, .. } = std::mem::replace(&mut self.round, Round::new(now));
        let speed = work / now.saturating_duration_since(begun).as_secs_f64().max(1e-6);
        let before = self.speed.replace(speed);
        if let Some(lower) = self.trial.take() {
            let growth = ratio(self.limit, lower) - 1.0;
            if was_limited && before.is_some_and(|before| speed < before * (1.0 + WORTH * growth)) {
                // The files of this round ran beside too many others: its speed is not that of the lower limit.
                self.speed = before;
                self.factor = CAREFUL;
                self.pause = PAUSE;
                return self.lower(now, lower, running, HeldBack::Speed);
            }
        } else if before.is_some_and(|before| was_limited && speed < before * SLOWER) {
            self.pause = PAUSE;
            return self.lower(now, self.limit * 3 / 4, running, HeldBack::Speed);
        }
        if !was_limited {
            return;
        }
        if self.limit >= self.ceiling {
            self.hold_back(HeldBack::Ceiling);
        } else if self.pause > 0 {
            self.pause -= 1;
        } else {
            self.trial = Some(self.limit);
            self.limit = grown(self.limit, self.factor).min(self.ceiling);
        }
    }

    fn lower(&mut self, now: Instant, limit: usize, running: usize, why: HeldBack) {
        (self.limit, self.trial, self.outdated) = (limit.max(1), None, running);
        self.hold_back(why);
        if why == HeldBack::Refusals {
            (self.factor, self.pause, self.speed) = (CAREFUL, 1, None);
        }
        self.round = Round::new(now);
    }

    /// Notes why there are not more files at once. Other limits hardly count beside what the service asked for.
    fn hold_back(&mut self, why: HeldBack) {
        if self.held_back != HeldBack::Refusals {
            self.held_back = why;
        }
    }

    /// Returns what was reached; `files` is the most files at the same time, with those in bundles.
    pub(super) fn report(&self, files: usize) -> ReachedConcurrency {
        ReachedConcurrency { highest: self.highest, files, ceiling: self.ceiling, held_back: self.held_back }
    }
}

#[allow(clippy::cast_precision_loss, reason = "limits are small")]
fn ratio(limit: usize, lower: usize) -> f64 {
    limit as f64 / lower.max(1) as f64
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "limits are small"
)]
fn grown(limit: usize, factor: f64) -> usize {
    ((limit as f64 * factor) as usize).max(limit + 1)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    use std::time::Duration;

    use super::*;

    /// A service that works on `places` files at once, each for a while; others wait.
    struct Simulation {
        concurrency: Concurrency,
        load: ServiceLoad,
        started: Instant,
        /// The ends of the files that are being transferred, in ms.
        running: BinaryHeap<Reverse<u64>>,
        now: u64,
        free: Vec<u64>,
    }

    impl Simulation {
        fn new(jobs: usize, places: usize) -> Self {
            let load = ServiceLoad::default();
            let options = TransferOptions { jobs, load: load.clone(), ..TransferOptions::default() };
            let concurrency = Concurrency::new(&options);
            Simulation {
                concurrency,
                load,
                started: Instant::now(),
                running: BinaryHeap::new(),
                now: 0,
                free: vec![0; places],
            }
        }

        /// Transfers files, each of which the service works on for `takes` ms; returns the limit then.
        fn transfer(&mut self, files: usize, takes: u64) -> usize {
            for _ in 0..files {
                while self.running.len() < self.concurrency.limit() {
                    // The place that is free first.
                    let place = self.free.iter_mut().min().unwrap();
                    *place = self.now.max(*place) + takes;
                    self.running.push(Reverse(*place));
                    self.concurrency.begun(self.running.len());
                }
                let Reverse(end) = self.running.pop().unwrap();
                self.now = end;
                self.concurrency.ended_at(self.started + Duration::from_millis(end), 4096, self.running.len());
            }
            self.concurrency.limit()
        }
    }

    #[test]
    fn the_limit_grows_to_the_ceiling_where_that_is_faster() {
        let mut service = Simulation::new(64, 1000);
        assert_eq!(service.concurrency.limit(), FIRST);
        assert_eq!(service.transfer(300, 50), 64);
        // Each of 300 files takes 50 ms: 16, 48, and then 64 at once.
        assert!(service.now <= 350, "{}", service.now);
        let ReachedConcurrency { highest, ceiling, held_back, .. } = service.concurrency.report(0);
        assert_eq!((highest, ceiling, held_back), (64, 64, HeldBack::Ceiling));
    }

    #[test]
    fn the_limit_stays_where_more_files_at_once_are_not_faster() {
        for places in [8, 16, 20] {
            let mut service = Simulation::new(256, places);
            let limit = service.transfer(2000, 50);
            assert!(limit <= 2 * FIRST, "{limit} at once for {places} places");
            assert_eq!(service.concurrency.report(0).held_back, HeldBack::Speed);
        }
    }

    #[test]
    fn refusals_halve_the_limit_once_and_it_grows_again() {
        let mut service = Simulation::new(64, 1000);
        service.transfer(200, 50);
        service.load.refuse();
        service.load.refuse();
        service.transfer(1, 50);
        assert_eq!(service.concurrency.limit(), 32);
        // What was begun before tells nothing about the new limit.
        service.load.refuse();
        assert_eq!(service.transfer(31, 50), 32);
        assert_eq!(service.concurrency.report(0).held_back, HeldBack::Refusals);
        assert_eq!(service.transfer(1000, 50), 64);
    }

    #[test]
    fn the_limit_is_never_zero_and_never_above_the_ceiling() {
        for jobs in [0, 1, 2, 5] {
            let mut service = Simulation::new(jobs, 1000);
            for _ in 0..20 {
                service.load.refuse();
                let limit = service.transfer(7, 10);
                assert!((1..=jobs.max(1)).contains(&limit), "{limit} of {jobs}");
            }
        }
    }

    #[test]
    fn a_slower_service_gets_fewer_files_at_once() {
        let mut service = Simulation::new(64, 1000);
        service.transfer(400, 50);
        let limit = service.transfer(200, 500);
        assert!(limit < 64, "{limit}");
    }
}
