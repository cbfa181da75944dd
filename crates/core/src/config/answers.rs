//! The unmodified answers of a service, for `--format raw`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::sync::lock;
use serde_json::value::RawValue;

/// A buffer of answers until they are printed. Clones share it. By default it gets the answers to requests that change
/// something.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<AnswerBuffer>);

#[derive(Debug, Default)]
struct AnswerBuffer {
    list: Mutex<Vec<Box<RawValue>>>,
    all: AtomicBool,
}

impl Answers {
    /// Returns whether it gets the answers to all requests.
    pub fn wants_all(&self) -> bool {
        self.0.all.load(Relaxed)
    }

    /// Runs `work` and collects the answers to all of its requests.
    pub async fn with_all<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.all.store(true, Relaxed);
        let done = work.await;
        self.0.all.store(false, Relaxed);
        done
    }

    /// Adds an answer.
    pub fn keep(&self, answer: Box<RawValue>) {
        self.list().push(answer);
    }

    /// Removes and returns the collected answers, in order of arrival.
    pub fn take(&self) -> Vec<Box<RawValue>> {
        std::mem::take(&mut *self.list())
    }

    fn list(&self) -> MutexGuard<'_, Vec<Box<RawValue>>> {
        lock(&self.0.list)
    }
}
