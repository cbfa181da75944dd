//! What is left in sessions where work ends early, and its removal.
//!
//! A call that creates something in a session may be carried out after its caller was dropped. It therefore goes on, and a
//! clean-up comes after it. Clean-ups of dropped work run in the background, and the end of the command waits for them.

use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::stat::AgbFiles;
use super::tools::{from_root, words};
use crate::http::Class;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{RemotePath, SessionId, SessionPath};
use wharf_core::sync::lock;
use wharf_wire::agb as wire;

/// The calls of some work that create something in a session.
#[derive(Clone, Default)]
pub(super) struct CreatingCalls(Arc<Mutex<JoinSet<()>>>);

impl CreatingCalls {
    /// Makes a call, which goes on if this is dropped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let (sender, answer) = oneshot::channel();
        // A caller that is gone needs no answer.
        lock(&self.0).spawn(async move { drop(sender.send(call.await)) });
        answer.await.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "a call ended without an answer")))
    }

    /// Waits for the calls that have not ended; returns whether there were any.
    async fn wait(&self) -> bool {
        let mut calls = std::mem::take(&mut *lock(&self.0));
        while calls.try_join_next().is_some() {}
        let any = !calls.is_empty();
        while calls.join_next().await.is_some() {}
        any
    }
}

/// Temporary paths of work in a session. What is dropped before it is closed is removed in the background.
pub(super) struct TemporaryPaths {
    files: AgbFiles,
    session: SessionId,
    pub(super) paths: Vec<RemotePath>,
    pub(super) calls: CreatingCalls,
    closed: bool,
}

impl TemporaryPaths {
    pub(super) fn new(files: &AgbFiles, session: &SessionId, paths: Vec<RemotePath>) -> Self {
        let calls = CreatingCalls::default();
        TemporaryPaths { files: files.clone(), session: session.clone(), paths, calls, closed: false }
    }

    /// Ends work of which nothing temporary is left.
    pub(super) fn keep(mut self) {
        self.closed = true;
    }

    /// Removes the paths; returns those that may be left.
    pub(super) async fn remove(mut self) -> Vec<SessionPath> {
        let left = self.files.clear(&self.session, &self.paths).await;
        self.closed = true;
        left
    }
}

impl Drop for TemporaryPaths {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        let (files, session, paths) = (self.files.clone(), self.session.clone(), std::mem::take(&mut self.paths));
        let remove = move || {
            let (files, session, paths) = (files.clone(), session.clone(), paths.clone());
            async move { files.clear(&session, &paths).await }
        };
        self.files.clean_up_later(self.calls.clone(), remove);
    }
}

impl AgbFiles {
    /// Removes what dropped work has left, in the background: at once, which ends a script that still works, and again
    /// after calls that were on their way. `remove` returns what may be left.
    pub(super) fn clean_up_later<R>(&self, calls: CreatingCalls, remove: impl Fn() -> R + Send + Sync + 'static)
    where
        R: Future<Output = Vec<SessionPath>> + Send,
    {
        let Ok(runtime) = Handle::try_current() else { return };
        let mut cleanups = lock(&self.client.cleanups);
        let clean_up = async move {
            let left = remove().await;
            if calls.wait().await { remove().await } else { left }
        };
        cleanups.spawn_on(clean_up, &runtime);
    }

    /// Removes temporary paths; returns those that may be left. What the shell does not remove goes by the tool, which takes
    /// files only.
    pub(super) async fn clear(&self, session: &SessionId, paths: &[RemotePath]) -> Vec<SessionPath> {
        let from_root: Vec<String> = paths.iter().map(from_root).collect();
        let arguments: Vec<&str> = from_root.iter().map(String::as_str).collect();
        match self.client.act(Class::Idempotent, session, words("rm -rf --", &arguments)).await {
            Ok(Ok(_)) => Vec::new(),
            outcome => self.clear_by_tool(session, paths, outcome.err()).await,
        }
    }

    /// Removes files after the shell has not; returns the paths that may be left. `error` is that of the call, if it failed.
    pub(super) async fn clear_by_tool(
        &self,
        session: &SessionId,
        paths: &[RemotePath],
        mut error: Option<Error>,
    ) -> Vec<SessionPath> {
        let mut left = Vec::new();
        for path in paths {
            let at = SessionPath { session: session.clone(), path: path.clone() };
            if error.as_ref().is_none_or(|error| error.status().is_some_and(|status| status >= 500)) {
                let asked = wire::PathOnly { path: path.to_string() };
                match self.client.tool(Class::Idempotent, session, wire::name::DELETE_FILE, &asked).await {
                    Ok(Ok(_)) => continue,
                    Ok(Err(_)) => match self.entry(&at).await {
                        Ok(None) => continue,
                        Ok(Some(_)) => left.push(at.clone()),
                        Err(why) => error = Some(why),
                    },
                    Err(why) => error = Some(why),
                }
            }
            // A service that refuses the caller, or does not know the session, has nothing of it.
            if error.as_ref().is_some_and(|error| error.kind() == Kind::Unavailable) {
                left.push(at);
            }
        }
        left.dedup();
        left
    }
}
