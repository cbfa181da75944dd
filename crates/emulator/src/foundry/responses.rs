//! The protocol `responses`: created, streamed, read again, cancelled and deleted.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::agent_work::{AgentAct, AgentTurn};
use super::ids;
use super::refusal::{Refusal, RuntimeError, set};
use super::response::{AgentResponse, ResponseState, status};
use super::response_request::ResponseRequest;
use super::session_log::LogStream;
use super::sessions::{public_id, version_of};
use super::sse;
use super::turns::CancelOnDrop;
use super::{FoundryEmulator, PROMPT_MAX};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_core::model::{Session, Timestamp};
use wharf_core::sync::lock;
use wharf_wire::foundry::FoundryOperation;
use wharf_wire::foundry::responses::SESSION_HEADER as SESSION;
use wharf_wire::url::Query;

/// The name of the protocol in versions of agents.
const PROTOCOL: &str = "responses";

impl FoundryEmulator {
    /// Answers an operation on the responses of an agent.
    pub(super) async fn responses(
        &self,
        operation: FoundryOperation,
        agent: &str,
        id: &str,
        request: &ApiRequest,
    ) -> Result<HttpResponse, Refusal> {
        if operation == FoundryOperation::CreateResponse {
            return self.create_response(agent, request).await;
        }
        if !ids::is_response(id) {
            let param = format!("responseId{{{id}}}");
            return Err(RuntimeError::invalid("invalid_parameters", "Malformed identifier.", Some(&param)).into());
        }
        let found =
            self.responses.find(agent, id).filter(|response| response.is_visible()).ok_or_else(|| missing(id))?;
        let done = match operation {
            FoundryOperation::GetResponse if request.query.get("stream") == Some("true") => {
                resume(&found, &request.query)
            }
            FoundryOperation::GetResponse => Ok(answer::json(StatusCode::OK, &found.object())),
            FoundryOperation::CancelResponse => self.cancel_response(&found).await,
            FoundryOperation::DeleteResponse => self.delete_response(&found).await,
            _ => list_input(&found, &request.query),
        };
        match done {
            Ok(mut answer) => {
                set(&mut answer, SESSION, &found.session);
                Ok(answer)
            }
            Err(error) => Err(error.header(SESSION, &found.session).into()),
        }
    }

    async fn create_response(&self, agent: &str, request: &ApiRequest) -> Result<HttpResponse, Refusal> {
        let body = request.body.all(PROMPT_MAX).await?;
        let asked = ResponseRequest::read(&body)?;
        let session = self.session_of(agent, &asked).await?;
        let public = public_id(&session);
        if let Some(conversation) = &asked.conversation {
            let key = (agent.to_owned(), conversation.clone());
            lock(&self.responses.sessions).insert(key, public.clone());
        }
        let response = self.begin_response(agent, &session, public, asked)?;
        self.answer_response(response).await
    }

    /// Returns the session that a response is made in: the one that is named, or that of the conversation or the previous
    /// response, or a new one.
    async fn session_of(&self, agent: &str, asked: &ResponseRequest) -> Result<Session, Refusal> {
        if let Some(id) = &asked.session {
            return self.use_session(agent, id, PROTOCOL).await;
        }
        let mut known = None;
        if let Some(conversation) = &asked.conversation {
            let key = (agent.to_owned(), conversation.clone());
            known = lock(&self.responses.sessions).get(&key).cloned();
        } else if let Some(previous) = &asked.previous {
            let found = self.responses.find(agent, previous).ok_or_else(|| missing(previous))?;
            known = Some(found.session.clone());
        }
        if let Some(id) = known {
            match self.use_session(agent, &id, PROTOCOL).await {
                // It was deleted.
                Err(Refusal::Gateway(refusal)) if refusal.status == StatusCode::NOT_FOUND => {}
                found => return found,
            }
        }
        self.open_session_for(agent, PROTOCOL).await
    }

    /// Starts the turn of a response.
    fn begin_response(
        &self,
        agent: &str,
        session: &Session,
        public: String,
        asked: ResponseRequest,
    ) -> Result<Arc<AgentResponse>, Refusal> {
        let reference = json!({ "type": "agent_reference", "name": agent, "version": version_of(session) });
        let mut fields =
            Map::from_iter([("agent_reference".to_owned(), reference), ("model".to_owned(), asked.model.into())]);
        fields.extend(asked.conversation.iter().map(|id| ("conversation".to_owned(), json!({ "id": id }))));
        fields.extend(asked.previous.iter().map(|id| ("previous_response_id".to_owned(), id.as_str().into())));
        fields.extend(asked.metadata.map(|metadata| ("metadata".to_owned(), metadata)));
        let response = Arc::new(AgentResponse {
            id: ids::new("caresp")?,
            agent: agent.to_owned(),
            session: public,
            mode: asked.mode,
            conversation: asked.conversation,
            input: asked.input,
            fields,
            created_at: Timestamp::now().as_second(),
            state: Mutex::new(ResponseState::default()),
            changed: tokio::sync::watch::Sender::new(()),
        });
        if !self.responses.add(Arc::clone(&response)) {
            let what = "Conversation is locked — task is in_progress";
            let error = RuntimeError::of_responses(StatusCode::CONFLICT, "conversation_locked", what, None);
            return Err(error.with("type", "conflict".into()).header(SESSION, &response.session).into());
        }
        let (agent, logs) = (Arc::clone(&self.agent), Arc::clone(&self.logs));
        let (ours, text, session) = (Arc::clone(&response), asked.text, session.id.clone());
        self.turns.start(&response.id, session.clone(), move |cancelled| async move {
            let act = |act: AgentAct<'_>| {
                if let AgentAct::Log(text) = act {
                    logs.write(&session, text);
                }
                ours.act(&act);
            };
            logs.line(&session, LogStream::Status, format!("Response {} started", ours.id));
            let turn = AgentTurn { id: &ours.id, session: &session, text: &text };
            let end = agent.work(turn, cancelled, act).await;
            logs.end(&session, &format!("Response {}", ours.id), &end);
            ours.end(end, agent.is_scripted().then_some(text.len()));
        });
        Ok(response)
    }

    /// Answers with a response, as its client wants it.
    async fn answer_response(&self, response: Arc<AgentResponse>) -> Result<HttpResponse, Refusal> {
        let (mode, session) = (response.mode, response.session.clone());
        // A client that goes away cancels the turn unless it is in the background.
        let guard =
            (!mode.background).then(|| CancelOnDrop { turns: Arc::clone(&self.turns), id: response.id.clone() });
        let mut answer = if mode.stream {
            follow(response, 0, guard)
        } else {
            if mode.background {
                response.begun().await;
            } else {
                response.over().await;
                if response.never_began() {
                    return Err(RuntimeError::raised().header(SESSION, session).into());
                }
                if !mode.store {
                    self.responses.remove(&response.id);
                }
            }
            answer::json(StatusCode::OK, &response.object())
        };
        set(&mut answer, SESSION, &session);
        Ok(answer)
    }

    async fn cancel_response(&self, response: &AgentResponse) -> Result<HttpResponse, RuntimeError> {
        let refused = |what: &str| Err(RuntimeError::invalid("invalid_request_error", what, Some("response_id")));
        if !response.mode.background {
            return refused("Cannot cancel a synchronous response.");
        }
        self.turns.cancel(&response.id).await;
        let how = response.state().status;
        match how {
            status::COMPLETED => refused("Cannot cancel a completed response."),
            status::FAILED => refused("Cannot cancel a failed response."),
            status::INCOMPLETE => refused("Cannot cancel a response in terminal state."),
            _ => Ok(answer::json(StatusCode::OK, &response.object())),
        }
    }

    async fn delete_response(&self, response: &AgentResponse) -> Result<HttpResponse, RuntimeError> {
        if response.mode.background && !response.is_over() {
            let what = "Cannot delete an in-flight response.";
            return Err(RuntimeError::invalid("invalid_request_error", what, Some("response_id")));
        }
        response.over().await;
        self.responses.remove(&response.id);
        Ok(answer::json(StatusCode::OK, &json!({ "id": response.id, "object": "response", "deleted": true })))
    }
}

/// Answers with the events of a response after one.
fn resume(response: &Arc<AgentResponse>, query: &Query) -> Result<HttpResponse, RuntimeError> {
    let refused = |what: &str, param: &str| Err(RuntimeError::invalid("invalid_request_error", what, Some(param)));
    let mode = response.mode;
    if !mode.background {
        return refused("This response cannot be streamed because it was not created with background=true.", "stream");
    }
    if !mode.stream {
        return refused("This response cannot be streamed because it was not created with stream=true.", "stream");
    }
    let after: i64 = match query.get("starting_after").map(str::parse) {
        None => -1,
        Some(Ok(after)) => after,
        Some(Err(_)) => return refused("starting_after must be an integer", "starting_after"),
    };
    let from = usize::try_from(after.saturating_add(1)).unwrap_or(0);
    Ok(follow(Arc::clone(response), from, None))
}

/// Returns the stream of a response's events from a number on, to its end.
fn follow(response: Arc<AgentResponse>, from: usize, guard: Option<CancelOnDrop>) -> HttpResponse {
    let changed = response.changed.subscribe();
    let events = stream::unfold((response, from, changed, guard), |(response, from, mut changed, guard)| async move {
        loop {
            // Looked at before the events: what comes after is not missed.
            let over = response.is_over();
            changed.mark_unchanged();
            let (text, next) = response.events(from, sse::BLOCK);
            if !text.is_empty() {
                return Some((Ok(Bytes::from(text)), (response, next, changed, guard)));
            }
            if over || changed.changed().await.is_err() {
                return None;
            }
        }
    });
    answer::that_ends(sse::answer(events.boxed()))
}

fn list_input(response: &AgentResponse, query: &Query) -> Result<HttpResponse, RuntimeError> {
    let refused = |what: &str, param: &str| Err(RuntimeError::invalid("invalid_request_error", what, Some(param)));
    let limit = match query.get("limit").map(str::parse::<usize>) {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => return refused("limit must be between 1 and 100", "limit"),
    };
    let mut items: Vec<&Value> = response.input.iter().collect();
    match query.get("order") {
        None | Some("desc") => items.reverse(),
        Some("asc") => {}
        Some(_) => return refused("order must be 'asc' or 'desc'", "order"),
    }
    let id = |item: &Value| item.get("id").cloned().unwrap_or_default();
    if let Some(place) = query.get("after").and_then(|after| items.iter().position(|item| id(item) == after)) {
        items.drain(..=place);
    }
    let has_more = items.len() > limit;
    items.truncate(limit);
    let (first_id, last_id) = (items.first().map(|item| id(item)), items.last().map(|item| id(item)));
    let list = json!({
        "object": "list", "data": items, "first_id": first_id, "last_id": last_id, "has_more": has_more,
    });
    Ok(answer::json(StatusCode::OK, &list))
}

fn missing(id: &str) -> RuntimeError {
    let what = format!("response '{id}' was not found");
    RuntimeError::of_responses(StatusCode::NOT_FOUND, "invalid_request_error", &what, Some("response_id"))
}
