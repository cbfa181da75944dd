//! What may be sent twice.

use wharf_core::advice::Step;

/// The effect of sending a request twice. Every request states it: there is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It changes nothing: sent again whenever that may help.
    Safe,
    /// Twice is the same as once: sent again whenever that may help, although the first may have
    /// done its work already.
    Idempotent,
    /// Twice is two: sent again only if nothing was sent (no connection was made) or if the service
    /// refused before it acted (429, 503, and 529, which Anthropic answers when it is overloaded).
    /// Where the answer is lost, the error says that it may have happened, and names this step, which shows whether it
    /// did.
    Once(Step<'static>),
}
