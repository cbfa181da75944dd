//! What a service answered, for `--format raw`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::sync::lock;
use serde_json::value::RawValue;

/// The answers to requests that changed something, until they are printed. Its clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<AnswerBuffer>);

#[derive(Debug, Default)]
struct AnswerBuffer {
    list: Mutex<Vec<Box<RawValue>>>,
    all: AtomicBool,
}

impl Answers {
    /// Whether answers to requests that change nothing are wanted as well.
    pub fn wants_all(&self) -> bool {
        self.0.all.load(Relaxed)
    }

    /// Keeps the answers to all requests of some work.
    pub async fn with_all<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.all.store(true, Relaxed);
        let done = work.await;
        self.0.all.store(false, Relaxed);
        done
    }

    /// Keeps one.
    pub fn keep(&self, answer: Box<RawValue>) {
        self.list().push(answer);
    }

    /// Takes all that came since this was called last, in the order in which they came.
    pub fn take(&self) -> Vec<Box<RawValue>> {
        std::mem::take(&mut *self.list())
    }

    fn list(&self) -> MutexGuard<'_, Vec<Box<RawValue>>> {
        lock(&self.0.list)
    }
}
