//! A conversation with an agent at a terminal: a line is a message.

use super::draft::{Draft, NEW_CONVERSATION};
use super::turn::TurnFollower;
use crate::commands::question;
use crate::output::report;
use wharf_client::backend::turn::{SendGate, Turns};
use wharf_core::error::{Error, Kind, Result};

/// Asks for messages until the end of the input. Attachments and the instruction go with the first one.
///
/// # Errors
/// `usage` for a format other than text; those after which no other message can be sent.
pub(super) async fn run(follower: &TurnFollower<'_>, turns: &dyn Turns, mut draft: Draft) -> Result<()> {
    let cx = follower.cx;
    if cx.out.object_format().is_some() {
        return Err(Error::usage("a conversation is text, and a prompt is missing for another format")
            .hint("write the prompt as one word, or - to read it from stdin"));
    }
    if draft.conversation.is_none() && turns.has_conversations(follower.session, draft.protocol).await? {
        draft.conversation = Some(NEW_CONVERSATION.to_owned());
    }
    while let Some(line) = question::read_line(cx, "> ").await? {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let gate = SendGate::default();
        let mut signals = cx.signals();
        let ended = follower.run(&mut signals, &gate, draft.send(follower, turns, text.to_owned(), &gate)).await;
        // Until the next message, a signal ends the conversation.
        drop(signals);
        match ended {
            Ok(()) => {}
            Err(error) if !follower.left.get() && goes_on(error.kind()) => cx.out.report(&error),
            Err(error) => return Err(error),
        }
    }
    // The cursor is still behind the prompt.
    report::say("");
    Ok(())
}

/// Returns whether another message can be sent after a turn that ended so.
fn goes_on(kind: Kind) -> bool {
    matches!(kind, Kind::AgentFailed | Kind::NeedsAction | Kind::Limit | Kind::Interrupted)
}
