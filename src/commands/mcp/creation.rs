//! What a call has created. It is deleted again if the answer that names it does not reach the client.

use std::rc::Rc;

use tokio::time::timeout;

use super::limits::UNDOING;
use crate::commands::Cx;
use crate::commands::uploads::delete_files_of;
use wharf_client::backend::Backend;
use wharf_core::error::{Kind, Result};
use wharf_core::model::{FileId, SessionId};

/// What a call has created.
pub(super) struct CallCreation {
    pub(super) what: Created,
    /// The backend, unless it is that of the settings.
    pub(super) agent: Option<Rc<dyn Backend>>,
}

/// A session, or a resource in one.
pub(super) enum Created {
    Session(SessionId),
    Resource {
        session: SessionId,
        id: String,
        /// The stored file, if the call uploaded it.
        uploaded: Option<FileId>,
    },
}

impl Created {
    /// Returns the name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Created::Session(id) => format!("session `{id}`"),
            Created::Resource { session, id, .. } => format!("resource `{id}` of the session `{session}`"),
        }
    }
}

impl CallCreation {
    /// Deletes what was created, and returns how that ended.
    pub(super) async fn undo(&self, cx: &Cx) -> String {
        let name = self.what.name();
        match timeout(UNDOING, self.delete(cx)).await {
            Ok(Ok(())) => format!("the {name} that the call created was deleted"),
            Ok(Err(error)) if error.kind() == Kind::NotFound => format!("the {name} that the call created is gone"),
            Ok(Err(error)) => format!("the {name} that the call created remains: {error}"),
            Err(_) => self.may_remain(),
        }
    }

    /// Returns that it is not known whether what was created remains.
    pub(super) fn may_remain(&self) -> String {
        format!("the {} that the call created may remain", self.what.name())
    }

    async fn delete(&self, cx: &Cx) -> Result<()> {
        let backend = match &self.agent {
            Some(agent) => &**agent,
            None => cx.backend()?,
        };
        match &self.what {
            Created::Session(id) => {
                backend.sessions().delete(id, true).await?;
                cx.forget_mounts(id);
            }
            Created::Resource { session, id, uploaded } => {
                backend.require_resources()?.remove(session, id).await?;
                let files = uploaded.as_slice();
                for (_, done) in delete_files_of(backend, cx.upload_log().as_ref(), Some(session), files).await {
                    done?;
                }
            }
        }
        backend.flush().await
    }
}
