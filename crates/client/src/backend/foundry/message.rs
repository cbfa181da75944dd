//! Sending a message to an agent, at most once.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::client::FoundryClient;
use crate::backend::turn::{Attachment, NewMessage};
use crate::http::{Class, Download, Request, ServerEvents};
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::SessionId;
use wharf_wire::foundry::invocations;
use wharf_wire::foundry::responses::{NewResponse, SESSION_HEADER, part};
use wharf_wire::foundry::{FoundryOperation, NOT_READY};

/// The most bytes of an answer that is kept in memory.
pub(super) const ANSWER_MAX: usize = 16 << 20;

/// The most bytes of all files of a message, which travel in it as base64.
const ATTACHED_MAX: usize = 20 << 20;

/// How long a message waits for a session whose sandbox starts. The readiness limit of the gateway is not known (?).
const WAKING: Duration = Duration::from_secs(120);

/// The pause between two tries of that.
const WAKING_PAUSE: Duration = Duration::from_secs(3);

/// How long an agent may work without a sign: azd waits as long by default.
const SILENCE: Duration = Duration::from_secs(30 * 60);

/// The media type of a stream of events.
const EVENTS: &str = "text/event-stream";

/// An answer of an agent, whose content was not read yet.
pub(super) enum ReplyContent {
    /// A stream of events.
    Events(ServerEvents),
    /// Something else.
    Content(Download),
}

impl ReplyContent {
    fn new(answer: Download) -> Self {
        if answer.media_type() == EVENTS {
            ReplyContent::Events(ServerEvents::new(answer))
        } else {
            ReplyContent::Content(answer)
        }
    }
}

/// A message that is on its way.
pub(super) type SendingMessage = BoxFuture<'static, Result<SentMessage>>;

/// An answer to a message.
pub(super) struct SentMessage {
    pub(super) answer: ReplyContent,
    /// The status of the answer.
    pub(super) status: u16,
    /// The session in which the agent works, where the answer says so.
    pub(super) session: Option<String>,
    /// The id of the invocation, where the answer says so.
    pub(super) invocation: Option<String>,
    /// How long to wait before asking for the invocation.
    pub(super) retry_after: Option<Duration>,
    /// Whether the agent goes on when the connection breaks.
    pub(super) is_background: bool,
}

impl SentMessage {
    pub(super) fn new(answer: Download, is_background: bool) -> Self {
        let header = |name| answer.header(name).filter(|text| !text.is_empty()).map(str::to_owned);
        SentMessage {
            status: answer.status,
            session: header(SESSION_HEADER),
            invocation: header(invocations::ID_HEADER),
            retry_after: answer.retry_after(),
            is_background,
            answer: ReplyContent::new(answer),
        }
    }
}

/// Returns the body of a message.
///
/// # Errors
/// `usage` for files that are too large, or that are no local files.
pub(super) fn new_response(session: &SessionId, message: &NewMessage) -> Result<NewResponse> {
    let input = if message.attachments.is_empty() {
        Value::String(message.text.clone())
    } else {
        let attached: usize = message.attachments.iter().map(size).sum();
        if attached > ATTACHED_MAX {
            let most = ATTACHED_MAX >> 20;
            return Err(Error::usage(format!(
                "files of a message have at most {most} MiB, and these {attached} bytes"
            ))
            .hint("upload them into the session, and name them in the prompt"));
        }
        let text = json!({ "type": part::INPUT_TEXT, "text": message.text });
        let parts: Result<Vec<Value>> =
            std::iter::once(Ok(text)).chain(message.attachments.iter().map(input_part)).collect();
        json!([{ "role": "user", "content": parts? }])
    };
    Ok(NewResponse {
        input,
        agent_session_id: session.as_str().to_owned(),
        conversation: message.conversation.clone(),
        stream: true,
        background: true,
        store: true,
    })
}

fn size(attachment: &Attachment) -> usize {
    match attachment {
        Attachment::Inline { bytes, .. } => bytes.len(),
        Attachment::Stored { .. } => 0,
    }
}

/// Returns a file as a part of a message, in the form of the official clients \[recorded\].
fn input_part(attachment: &Attachment) -> Result<Value> {
    match attachment {
        Attachment::Stored { file, .. } => Err(Error::usage(format!("there are no stored files here: {file}"))),
        Attachment::Inline { name, bytes } => {
            let media_type = mime_guess::from_path(name).first_or_octet_stream();
            let data = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
            Ok(if media_type.type_() == mime_guess::mime::IMAGE {
                json!({ "type": part::INPUT_IMAGE, "image_url": data, "detail": "auto" })
            } else {
                json!({ "type": part::INPUT_FILE, "filename": name, "file_data": data })
            })
        }
    }
}

impl FoundryClient {
    /// Creates a response in the background, so that a connection that breaks does not stop the agent. If the service
    /// refuses that, before the agent began, it is asked once more without.
    ///
    /// # Errors
    /// Those of the service; an uncertain one if the answer was lost.
    pub(super) async fn create_response(self: Arc<Self>, new: NewResponse) -> Result<SentMessage> {
        let class = Class::Once(Step::ReadLog { session: None });
        let request = |new: &NewResponse| {
            Ok(self.call(class, FoundryOperation::CreateResponse, &[])?.json(new).read_timeout(SILENCE))
        };
        match self.when_awake(|| request(&new)).await {
            Err(error) if refuses_background(&error) => {
                let new = NewResponse { background: false, store: false, ..new };
                Ok(SentMessage::new(self.when_awake(|| request(&new)).await?, false))
            }
            sent => Ok(SentMessage::new(sent?, true)),
        }
    }

    /// Invokes the agent with a body of its own form: JSON where the text is JSON, else text \[azd\].
    ///
    /// # Errors
    /// Those of the service; an uncertain one if the answer was lost.
    pub(super) async fn create_invocation(self: Arc<Self>, session: SessionId, text: String) -> Result<SentMessage> {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let kind = if is_json { "application/json" } else { "text/plain" };
        let content = Bytes::from(text);
        let request = || {
            let class = Class::Once(Step::ReadLog { session: None });
            let request = self.call(class, FoundryOperation::Invoke, &[])?;
            let request = request.query(invocations::SESSION, session.as_str());
            Ok(request.content(kind, content.clone()).read_timeout(SILENCE))
        };
        Ok(SentMessage::new(self.when_awake(request).await?, false))
    }

    /// Sends a request, again and again while the session's sandbox starts.
    async fn when_awake<'a>(&'a self, request: impl Fn() -> Result<Request<'a>>) -> Result<Download> {
        let end = Instant::now() + WAKING;
        loop {
            match request()?.fetch().await {
                Err(error)
                    if error.code().is_some_and(|code| NOT_READY.contains(&code))
                        && !error.is_uncertain()
                        && Instant::now() < end =>
                {
                    sleep(WAKING_PAUSE).await;
                }
                answer => return answer,
            }
        }
    }
}

/// Returns whether the service refused a response because it was to run in the background or to be stored.
fn refuses_background(error: &Error) -> bool {
    let words = ["background", "store", "unsupported_parameter"];
    let says = |text: &str| words.iter().any(|word| text.contains(word));
    error.status() == Some(400) && (says(error.message()) || error.code().is_some_and(says))
}

/// Reads the content of an answer.
///
/// # Errors
/// `unavailable` for one that is longer than 16 MiB, or whose end did not come.
pub(super) async fn read_answer(answer: Download) -> Result<Bytes> {
    let mut body = answer.of_size("answer", None)?.unhashed();
    let mut content = BytesMut::new();
    while let Some(block) = body.next().await? {
        if content.len() + block.len() > ANSWER_MAX {
            let most = ANSWER_MAX >> 20;
            return Err(Error::new(Kind::Unavailable, format!("the agent's answer is longer than {most} MiB")));
        }
        content.extend_from_slice(&block);
    }
    Ok(content.freeze())
}
