//! A conversation with an agent at a terminal: a line is a message.

use super::attachments::Attachments;
use super::turn::TurnFollower;
use crate::commands::question;
use crate::output::report;
use wharf_client::backend::turn::{NewMessage, SendGate, Turns};
use wharf_core::error::{Error, Kind, Result};

/// Asks for messages until the end of the input. Attachments and the instruction go with the first one.
///
/// # Errors
/// `usage` for a format other than text; those after which no other message can be sent.
pub(super) async fn run(
    follower: &TurnFollower<'_>,
    turns: &dyn Turns,
    attachments: Attachments,
    system: Option<String>,
) -> Result<()> {
    let (cx, session) = (follower.cx, follower.session);
    if cx.out.object_format().is_some() {
        return Err(Error::usage("a conversation is text, and a prompt is missing for another format")
            .hint("write the prompt as one word, or - to read it from stdin"));
    }
    let mut first = Some((attachments, system));
    while let Some(line) = question::read_line(cx, "> ").await? {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let (mut attachments, system) = first.take().unwrap_or_default();
        let gate = SendGate::default();
        let start = async {
            let files = attachments.upload(cx, session).await?;
            let message = NewMessage { text: text.to_owned(), attachments: files, system, gate: gate.clone() };
            attachments.send(cx, turns.start(session, message)).await
        };
        match follower.run(&gate, start).await {
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
