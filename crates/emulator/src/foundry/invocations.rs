//! The protocol `invocations`: a body of any kind for the agent, and an answer of the kind that the agent likes.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;
use serde_json::json;

use super::agent_work::{AgentAct, AgentTurn};
use super::invocation::{Invocation, ReplyForm, read};
use super::refusal::{Refusal, RuntimeError, set};
use super::session_log::LogStream;
use super::sessions::public_id;
use super::turns::CancelOnDrop;
use super::{FoundryEmulator, PROMPT_MAX};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_core::random;
use wharf_wire::foundry::invocations::ID_HEADER as INVOCATION;
use wharf_wire::foundry::responses::SESSION_HEADER as SESSION;

impl FoundryEmulator {
    pub(super) async fn invoke(&self, agent: &str, request: &ApiRequest) -> Result<HttpResponse, Refusal> {
        let body = request.body.all(PROMPT_MAX).await?;
        // Of an id that cannot be one, the runtime makes a new one without a word.
        let session = match request.query.get("agent_session_id").filter(|id| is_id(id)) {
            Some(id) => self.use_session(agent, id, "invocations").await?,
            None => self.open_session_for(agent, "invocations").await?,
        };
        let public = public_id(&session);
        let (form, text) = read(&body);
        let id = random::uuid()?;
        let invocation = Invocation::new(id.clone());
        let (agent_work, logs) = (Arc::clone(&self.agent), Arc::clone(&self.logs));
        let (ours, session) = (Arc::clone(&invocation), session.id);
        self.turns.start(&id, session.clone(), move |cancelled| async move {
            let act = |act: AgentAct<'_>| {
                if let AgentAct::Log(text) = act {
                    logs.write(&session, text);
                }
                ours.act(&act);
            };
            logs.line(&session, LogStream::Status, format!("Invocation {} started", ours.id));
            let turn = AgentTurn { id: &ours.id, session: &session, text: &text };
            let end = agent_work.work(turn, cancelled, act).await;
            logs.end(&session, &format!("Invocation {}", ours.id), &end);
            ours.end(end);
        });
        let answer = match form {
            ReplyForm::Json | ReplyForm::Text => invocation.whole(form).await,
            ReplyForm::Events => {
                let guard = CancelOnDrop { turns: Arc::clone(&self.turns), id: id.clone() };
                Arc::clone(&invocation).events(guard, &public).await
            }
            ReplyForm::Later | ReplyForm::Accepted => {
                if form == ReplyForm::Later {
                    self.invocations.add(agent, &invocation);
                }
                let accepted = json!({ "invocation_id": id, "status": "queued" });
                Ok(answer::json(StatusCode::ACCEPTED, &accepted))
            }
        };
        match answer {
            Ok(mut answer) => {
                set(&mut answer, SESSION, &public);
                set(&mut answer, INVOCATION, &id);
                Ok(answer)
            }
            Err(error) => Err(error.header(SESSION, public).header(INVOCATION, id).into()),
        }
    }

    pub(super) fn get_invocation(&self, agent: &str, id: &str) -> Result<HttpResponse, Refusal> {
        let found = self.invocations.find(agent, id).ok_or_else(|| unhandled("get_invocation", id))?;
        let mut answer = answer::json(StatusCode::OK, &found.shown());
        if !found.is_over() {
            answer.headers_mut().insert(RETRY_AFTER, 1.into());
        }
        set(&mut answer, INVOCATION, id);
        Ok(answer)
    }

    pub(super) async fn cancel_invocation(&self, agent: &str, id: &str) -> Result<HttpResponse, Refusal> {
        let found = self.invocations.find(agent, id).ok_or_else(|| unhandled("cancel_invocation", id))?;
        self.turns.cancel(id).await;
        let mut answer = answer::json(StatusCode::OK, &found.shown());
        set(&mut answer, INVOCATION, id);
        Ok(answer)
    }
}

/// Returns whether a text can be the id of a session or an invocation \[runtime\].
fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
}

/// Returns the error of an agent that has no handler for a call.
fn unhandled(handler: &str, id: &str) -> RuntimeError {
    let what = format!("{handler} not implemented");
    RuntimeError::of_agent(StatusCode::NOT_FOUND, "not_found", &what).header(INVOCATION, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_a_length_and_an_alphabet() {
        assert!(is_id("sess-1") && !is_id("a b") && !is_id("") && !is_id(&"x".repeat(257)));
    }
}
