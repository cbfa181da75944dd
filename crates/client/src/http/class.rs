//! Which requests may be sent twice.

use wharf_core::advice::Step;

/// The effect of sending a request twice. Every request sets a class: there is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request changes nothing: it is retried whenever that may help.
    Safe,
    /// Sending the request twice has the effect of sending it once: it is retried whenever that may help, even if an
    /// earlier attempt may have succeeded.
    Idempotent,
    /// Each sending has an effect: the request is retried only if nothing was sent (no connection) or if the service
    /// refused it before acting (429, 503, and 529, which Anthropic answers when it is overloaded). If the answer is
    /// lost, the error says that the effect is unknown, and names this step, which shows it.
    Once(Step<'static>),
}
