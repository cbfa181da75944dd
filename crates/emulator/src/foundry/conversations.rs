//! Conversations: names that tie responses to one session. The runtime takes any name; those that were created can be
//! looked at.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{ApiError, ApiResult, DOCUMENT_MAX, FoundryEmulator, ids};
use crate::answer::{self, HttpResponse};
use crate::request::ApiRequest;
use wharf_core::model::Timestamp;
use wharf_core::sync::lock;

impl FoundryEmulator {
    pub(super) async fn create_conversation(&self, agent: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        let id = ids::new("conv")?;
        let conversation = json!({
            "id": id,
            "object": "conversation",
            "created_at": Timestamp::now().as_second(),
            "metadata": given.get("metadata").filter(|value| value.is_object()).cloned().unwrap_or_else(|| json!({})),
        });
        lock(&self.responses.conversations).insert((agent.to_owned(), id), conversation.clone());
        Ok(answer::json(StatusCode::OK, &conversation))
    }

    pub(super) fn get_conversation(&self, agent: &str, id: &str) -> ApiResult<HttpResponse> {
        let found = lock(&self.responses.conversations).get(&(agent.to_owned(), id.to_owned())).cloned();
        let found = found.ok_or_else(|| ApiError::not_found(format!("Conversation {id} does not exist")))?;
        Ok(answer::json(StatusCode::OK, &found))
    }
}
