//! A turn: what the agent does until it ends, with the answers that it needs and the ways to stop it.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;

use super::sink::{TurnSink, unknown_end};
use super::tools::{Decision, ToolPolicy};
use crate::commands::Cx;
use crate::commands::cx::Signals;
use wharf_client::backend::Backend;
use wharf_client::backend::turn::{PendingCall, RunningTurn, SendGate, ToolAnswer, TurnEnd, TurnEvent};
use wharf_core::advice::Step;
use wharf_core::clock::until;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{SessionId, ToolCall, TurnResult, TurnStatus};
use wharf_transfer::cancellation::cancel_error;

/// How long an agent may take to stop once it was interrupted.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the reader of stdout may take for the end of a turn that was stopped.
const LAST: Duration = Duration::from_secs(1);

/// How long a turn may wait for answers that this process cannot give: tools of the service's own were seen to wait.
pub(in crate::commands) const FOREIGN: Duration = Duration::from_secs(120);

/// Returns how a user finds out what the agent of a session does.
pub(in crate::commands) fn look_at_agent<'a>(backend: &dyn Backend, session: &'a SessionId) -> Step<'a> {
    let session = Some(session.as_str());
    if backend.events().is_none() && backend.logs().is_some() {
        Step::ReadLog { session }
    } else {
        Step::ListEvents { session }
    }
}

/// What follows turns for a user.
pub(in crate::commands) struct TurnFollower<'a> {
    pub(in crate::commands) cx: &'a Cx,
    pub(in crate::commands) session: &'a SessionId,
    pub(in crate::commands) backend: &'static str,
    pub(in crate::commands) policy: &'a ToolPolicy,
    /// Whether a turn may succeed although a tool was denied.
    pub(in crate::commands) allow_denied: bool,
    /// Whether the turn is another process's: it is never interrupted.
    pub(in crate::commands) only_follows: bool,
    /// Whether a turn was left whose end is not known.
    pub(in crate::commands) left: Cell<bool>,
    /// Takes the result instead of stdout.
    pub(in crate::commands) result: Option<&'a Cell<Option<TurnResult>>>,
}

/// Why a turn is being stopped, and when it is given up.
#[derive(Clone, Copy)]
struct TurnStop {
    why: Kind,
    until: Instant,
    /// Whether the interrupt was sent.
    interrupted: bool,
}

impl TurnStop {
    fn new(why: Kind) -> Self {
        TurnStop { why, until: Instant::now() + PATIENCE, interrupted: false }
    }
}

impl TurnFollower<'_> {
    /// Begins a turn, and follows it to its end. If it is stopped before the message was sent, it is not sent;
    /// otherwise the turn is interrupted once it has begun.
    ///
    /// # Errors
    /// Those of `start`; that of the turn's end, unless it is a success.
    pub(in crate::commands) async fn run(
        &self,
        signals: &mut Signals,
        gate: &SendGate,
        start: impl Future<Output = Result<Box<dyn RunningTurn>>>,
    ) -> Result<()> {
        // Before, in case wharf is killed; afterwards, because files may have been synced meanwhile.
        self.cx.forget_untimed_synced(self.session);
        let ended = self.run_turn(signals, gate, start).await;
        self.cx.forget_untimed_synced(self.session);
        ended
    }

    async fn run_turn(
        &self,
        signals: &mut Signals,
        gate: &SendGate,
        start: impl Future<Output = Result<Box<dyn RunningTurn>>>,
    ) -> Result<()> {
        let sink = TurnSink::new(self.cx, self.session, self.backend, self.result);
        let _guard = self.cx.cancellation.register();
        let mut start = std::pin::pin!(start);
        let mut stopping: Option<TurnStop> = None;
        let started = loop {
            let due = stopping.map(|stopping| stopping.until);
            let why = tokio::select! {
                started = &mut start => break started,
                signal = signals.next() => signal.signal.kind(),
                error = self.cx.cancellation.cancelled(), if stopping.is_none() => error.kind(),
                () = until(due) => break Err(self.unheard(gate, stopping.map_or(Kind::Interrupted, |it| it.why))),
            };
            if stopping.is_some() {
                // The second one: leave at once.
                break Err(self.unheard(gate, why));
            }
            stopping = Some(TurnStop::new(why));
            if gate.close() {
                // Uploads for the message end too.
                self.cx.cancellation.cancel(why);
            }
        };
        let started = match (started, stopping) {
            (Err(error), Some(stopping)) if gate.close() && !error.is_uncertain() => {
                Err(self.unheard(gate, stopping.why))
            }
            (started, _) => started,
        };
        match started {
            Ok(turn) => {
                let followed =
                    FollowedTurn { follower: self, turn, sink, signals, stopping: None, pending: Vec::new() };
                followed.run(stopping.map(|it| it.why)).await
            }
            Err(error) => {
                self.left.set(stopping.is_some() || error.is_uncertain());
                let patience = stopping.map(|_| LAST);
                refuse(self.cx, sink, signals, error, patience).await
            }
        }
    }

    /// Returns how the user finds out what the agent does.
    fn look(&self) -> Step<'_> {
        self.cx.backend().map_or(Step::ListEvents { session: Some(self.session.as_str()) }, |backend| {
            look_at_agent(backend, self.session)
        })
    }

    /// Returns the error of a turn that was stopped before it is known whether it has begun.
    fn unheard(&self, gate: &SendGate, why: Kind) -> Error {
        if gate.close() {
            return cancel_error(why).hint("nothing was sent to the agent");
        }
        let look = self.look();
        cancel_error(why).hint(format!("the agent may be working: {look}"))
    }
}

/// Reports a message that was not taken.
async fn refuse(
    cx: &Cx,
    mut sink: TurnSink<'_>,
    signals: &mut Signals,
    error: Error,
    patience: Option<Duration>,
) -> Result<()> {
    if !is_local(&error) {
        sink.conclude(None, unknown_end(status_of(&error), &error))?;
    }
    cx.close_output(signals, sink.close(), patience).await?;
    Err(error)
}

/// Returns whether an error came before the first request.
fn is_local(error: &Error) -> bool {
    error.status().is_none()
        && matches!(error.kind(), Kind::Usage | Kind::Auth | Kind::NotFound | Kind::Io | Kind::Unsupported)
}

/// Returns the status of a turn that ends with this error instead of an end of its own.
fn status_of(error: &Error) -> TurnStatus {
    match error.kind() {
        Kind::Deadline => TurnStatus::TimedOut,
        Kind::Interrupted | Kind::Terminated => TurnStatus::Interrupted,
        Kind::NeedsAction => TurnStatus::NeedsAction,
        Kind::Unavailable => TurnStatus::Unknown,
        _ if error.is_uncertain() => TurnStatus::Unknown,
        _ => TurnStatus::Failed,
    }
}

/// The answer to a call of a tool.
type Answer<'a> = LocalBoxFuture<'a, (PendingCall, Result<Decision>)>;

/// A turn that is being followed.
struct FollowedTurn<'a> {
    follower: &'a TurnFollower<'a>,
    turn: Box<dyn RunningTurn>,
    sink: TurnSink<'a>,
    signals: &'a mut Signals,
    stopping: Option<TurnStop>,
    /// Calls that were not answered.
    pending: Vec<ToolCall>,
}

impl FollowedTurn<'_> {
    /// Follows the turn to its end; one that is to be stopped is interrupted first.
    async fn run(mut self, stop: Option<Kind>) -> Result<()> {
        let TurnFollower { cx, policy, .. } = *self.follower;
        let mut answers: FuturesUnordered<Answer<'_>> = FuturesUnordered::new();
        if let Some(why) = stop {
            self.stop(why).await;
        }
        let mut asked: HashSet<Option<String>> = HashSet::new();
        let mut foreign: Option<Instant> = None;
        loop {
            let due = self.stopping.map(|stopping| stopping.until).or(foreign);
            let waits = self.sink.is_waiting();
            let is_stopping = self.stopping.is_some();
            tokio::select! {
                passed = self.sink.pass(), if waits => if let Err(error) = passed {
                    return self.give_up(error).await;
                },
                event = self.turn.next(), if !waits || is_stopping => match event {
                    Ok(TurnEvent::Event(event)) => {
                        foreign = None;
                        if let Err(error) = self.sink.event(*event) {
                            return self.give_up(error).await;
                        }
                    }
                    Ok(TurnEvent::Waits(calls)) => {
                        foreign = calls.is_empty().then(|| Instant::now() + FOREIGN);
                        // The service names those that still wait each time when one was answered.
                        for call in calls.into_iter().filter(|call| asked.insert(call.call.id.clone())) {
                            answers.push(Box::pin(async move {
                                let decision = policy.decide(cx, &call).await;
                                (call, decision)
                            }));
                        }
                    }
                    Ok(TurnEvent::Ended(end)) => return self.finish(*end).await,
                    Err(error) => return self.fail(error).await,
                },
                Some((call, decision)) = answers.next(), if !answers.is_empty() => {
                    if let Err(error) = self.answer(call, decision).await {
                        return self.give_up(error).await;
                    }
                }
                signal = self.signals.next() => {
                    let why = signal.signal.kind();
                    if is_stopping {
                        // The second one: leave at once.
                        let error = self.stopped(why);
                        return self.give_up(error).await;
                    }
                    self.stop(why).await;
                }
                error = cx.cancellation.cancelled(), if !is_stopping => self.stop(error.kind()).await,
                () = until(due) => match self.stopping {
                    Some(stopping) => {
                        let error = self.stopped(stopping.why);
                        return self.give_up(error).await;
                    }
                    None => self.stop(Kind::NeedsAction).await,
                },
            }
        }
    }

    /// Passes on the decision on a call.
    async fn answer(&mut self, call: PendingCall, decision: Result<Decision>) -> Result<()> {
        let answer = match decision? {
            Decision::Answer(answer) => answer,
            Decision::Stop => {
                self.pending.push(call.call);
                if self.stopping.is_none() {
                    self.stop(Kind::NeedsAction).await;
                }
                return Ok(());
            }
        };
        if matches!(answer, ToolAnswer::Deny(_)) {
            self.sink.denied(&call.call);
        }
        self.turn.answer(call.call.id.as_deref().unwrap_or_default(), answer).await
    }

    /// Interrupts the agent.
    async fn stop(&mut self, why: Kind) {
        let stopping = TurnStop::new(why);
        if self.follower.only_follows {
            self.stopping = Some(TurnStop { until: Instant::now(), ..stopping });
            return;
        }
        self.stopping = Some(stopping);
        // Where the service does not hear of it, that shows when the turn does not end.
        tokio::select! {
            sent = self.turn.interrupt() => self.stopping = Some(TurnStop { interrupted: sent.is_ok(), ..stopping }),
            () = until(Some(stopping.until)) => {}
            // The second signal: the turn is given up.
            _ = self.signals.next() => self.stopping = Some(TurnStop { until: Instant::now(), ..stopping }),
        }
    }

    /// Returns the error of a turn that was stopped, and whose end did not come.
    fn stopped(&self, why: Kind) -> Error {
        let look = self.follower.look();
        let error = match why {
            Kind::NeedsAction => self.unanswered(),
            why => cancel_error(why),
        };
        if self.follower.only_follows {
            return error.hint(format!("the agent was not interrupted: {look}"));
        }
        if self.stopping.is_some_and(|stopping| stopping.interrupted) {
            return error.hint(format!("the agent was asked to stop, and may still be working: {look}"));
        }
        let stop = Step::Interrupt { session: Some(self.follower.session.as_str()) };
        error.hint(format!("the agent may not have been asked to stop, and may still be working: {look}; {stop}"))
    }

    /// Returns the error of a turn that waits for answers that were not given.
    fn unanswered(&self) -> Error {
        let names: Vec<_> = self.pending.iter().filter_map(|call| call.name.as_deref()).collect();
        let what = match &*names {
            [] => "the agent waits for an answer of another client".to_owned(),
            names => format!("the agent waits for an answer: {}", names.join(", ")),
        };
        Error::new(Kind::NeedsAction, what)
    }

    /// Reports a turn that ended.
    async fn finish(mut self, end: TurnEnd) -> Result<()> {
        let why = self.stopping.map(|stopping| stopping.why);
        let denied = self.sink.has_denied() && !self.follower.allow_denied;
        let (status, error) = match (why, end.status) {
            (Some(Kind::NeedsAction), _) => {
                let error = self
                    .unanswered()
                    .hint("allow the tool with --allow-tool, or answer a tool of yours with --tool NAME=COMMAND");
                (TurnStatus::NeedsAction, Some(error))
            }
            (Some(Kind::Deadline), _) => {
                (TurnStatus::TimedOut, Some(cancel_error(Kind::Deadline).hint("the agent was stopped")))
            }
            (Some(why), _) => (TurnStatus::Interrupted, Some(cancel_error(why).hint("the agent was stopped"))),
            (None, TurnStatus::Completed) if denied => {
                let error =
                    Error::new(Kind::NeedsAction, "a tool was denied").hint("to accept that, add --allow-denied");
                (TurnStatus::NeedsAction, Some(error))
            }
            (None, TurnStatus::Interrupted) => {
                (TurnStatus::Interrupted, Some(Error::new(Kind::Interrupted, "the agent was interrupted")))
            }
            (None, status) => (status, end.error.clone()),
        };
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend(end.pending);
        let end = TurnEnd { status, error: error.clone(), pending, ..end };
        self.sink.finish(&*self.turn, end, why.is_some())?;
        let patience = why.map(|_| LAST);
        self.follower.cx.close_output(self.signals, self.sink.close(), patience).await?;
        error.map_or(Ok(()), Err)
    }

    /// Reports a turn after an error that ends its events.
    async fn fail(self, error: Error) -> Result<()> {
        match self.stopping {
            // That it cannot be followed any more comes of that.
            Some(stopping) if error.kind() != Kind::NotFound => {
                let error = self.stopped(stopping.why);
                self.give_up(error).await
            }
            None if !self.turn.has_begun() => {
                self.follower.left.set(error.is_uncertain());
                refuse(self.follower.cx, self.sink, self.signals, error, None).await
            }
            _ => self.give_up(error).await,
        }
    }

    /// Reports a turn whose end was not learned.
    async fn give_up(mut self, error: Error) -> Result<()> {
        self.follower.left.set(true);
        let look = self.follower.look();
        let still = format!("the agent may still be working: {look}");
        let error = if error.kind() == Kind::Io { error.hint(still) } else { error.or_hint(still) };
        let status = match status_of(&error) {
            TurnStatus::Failed => TurnStatus::Unknown,
            status => status,
        };
        let end = TurnEnd { pending: std::mem::take(&mut self.pending), ..unknown_end(status, &error) };
        drop(self.sink.conclude(Some(&*self.turn), end));
        // A reader that stalls does not hold up the end.
        drop(tokio::time::timeout(LAST, self.sink.close()).await);
        Err(error)
    }
}
