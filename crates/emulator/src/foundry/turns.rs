//! The turns that run: each is a task that can be cancelled, and belongs to a session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::task::JoinSet;

use wharf_core::model::SessionId;
use wharf_core::sync::lock;

/// All turns that run.
#[derive(Default)]
pub(super) struct RunningTurns {
    turns: Mutex<HashMap<String, TurnHandle>>,
    tasks: Mutex<JoinSet<()>>,
}

/// One of them.
struct TurnHandle {
    session: SessionId,
    cancel: watch::Sender<bool>,
    /// Closed when it has ended.
    ended: watch::Receiver<()>,
}

impl RunningTurns {
    /// Starts a turn. Its work gets what tells it to stop.
    pub(super) fn start<W>(self: &Arc<Self>, id: &str, session: SessionId, work: impl FnOnce(Cancelled) -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (cancel, cancelled) = watch::channel(false);
        let (running, ended) = watch::channel(());
        lock(&self.turns).insert(id.to_owned(), TurnHandle { session, cancel, ended });
        let (turns, id, work) = (Arc::clone(self), id.to_owned(), work(Cancelled(cancelled)));
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            work.await;
            lock(&turns.turns).remove(&id);
            drop(running);
        });
    }

    /// Tells a turn to stop, without waiting.
    pub(super) fn abandon(&self, id: &str) {
        if let Some(turn) = lock(&self.turns).get(id) {
            turn.cancel.send_replace(true);
        }
    }

    /// Cancels a turn and waits for its end.
    pub(super) async fn cancel(&self, id: &str) {
        self.cancel_where(|name, _| name == id).await;
    }

    /// Cancels all turns of a session and waits for their end.
    pub(super) async fn end_session(&self, session: &SessionId) {
        self.cancel_where(|_, turn| turn.session == *session).await;
    }

    /// Cancels all turns and waits for their end.
    pub(super) async fn end_all(&self) {
        self.cancel_where(|_, _| true).await;
    }

    async fn cancel_where(&self, which: impl Fn(&str, &TurnHandle) -> bool) {
        let ending: Vec<_> = lock(&self.turns)
            .iter()
            .filter(|(id, turn)| which(id, turn))
            .map(|(_, turn)| {
                turn.cancel.send_replace(true);
                turn.ended.clone()
            })
            .collect();
        for mut ended in ending {
            while ended.changed().await.is_ok() {}
        }
    }
}

/// What tells a turn to stop.
pub(super) struct Cancelled(watch::Receiver<bool>);

impl Cancelled {
    /// Waits until the turn is to stop.
    pub(super) async fn wait(&mut self) {
        if self.0.wait_for(|cancelled| *cancelled).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Cancels a turn when it is dropped: a client that goes away takes its agent with it.
pub(super) struct CancelOnDrop {
    pub(super) turns: Arc<RunningTurns>,
    pub(super) id: String,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.turns.abandon(&self.id);
    }
}
