//! Labels: the service reads and writes all of them at once, in separate calls.

use super::client::{AgbClient, send};
use crate::backend::LabelPatch;
use crate::http::Class;
use wharf_core::advice::Step;
use wharf_core::error::{Error, Kind, Result};
use wharf_core::model::{Labels, SessionId};
use wharf_wire::agb::{self as wire, AgbOperation};

impl AgbClient {
    /// Returns the labels of a session.
    pub(super) async fn labels(&self, id: &SessionId) -> Result<Labels> {
        let reply = send(self.get(AgbOperation::GetLabels).query("sessionId", id.as_str())).await?;
        let answer: wire::GetLabels = reply.data()?;
        answer.labels().ok_or_else(|| Error::new(Kind::Unavailable, format!("the labels cannot be read: `{id}`")))
    }

    /// Reads, merges and writes all labels. Changes that another client makes in between are lost.
    pub(super) async fn change_labels(&self, id: &SessionId, patch: LabelPatch) -> Result<()> {
        check(&patch.set)?;
        let before = self.labels(id).await?;
        let mut after = before.clone();
        after.retain(|name, _| !patch.remove.contains(name));
        after.extend(patch.set);
        if after == before {
            return Ok(());
        }
        if after.is_empty() {
            return Err(Error::new(
                Kind::Unsupported,
                format!("the service cannot remove the last label of a session: `{id}`"),
            )
            .hint(format!("set another one with the same command: {}", Step::ReplaceLabel)));
        }
        let request = self.post(Class::Idempotent, AgbOperation::SetLabels).query("sessionId", id.as_str());
        send(request.query("Labels", &wire::write_labels(&after))).await.map(drop)
    }
}

/// Parses labels in a document as the service has them: a JSON object in a string.
pub(super) fn of_text(text: &str) -> Result<Labels> {
    wire::read_labels(text)
        .ok_or_else(|| Error::usage("`labels` in the body must be a mapping, or text that is a JSON object"))
}

/// Checks labels: no name and no value may be blank \[sdk\].
pub(super) fn check(labels: &Labels) -> Result<()> {
    let blank = labels.iter().find(|(name, value)| name.trim().is_empty() || value.trim().is_empty());
    match blank {
        Some((name, _)) => Err(Error::usage(format!("a label has a name and a value here: {name:?}"))
            .hint("write `name=value`; `name-` removes a label")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_name_or_value_is_refused() {
        let labels = |name: &str, value: &str| Labels::from([(name.to_owned(), value.to_owned())]);
        assert!(check(&labels("a", "1")).is_ok() && check(&Labels::new()).is_ok());
        for (name, value) in [("", "1"), (" ", "1"), ("a", ""), ("a", "\t")] {
            assert_eq!(check(&labels(name, value)).unwrap_err().kind(), Kind::Usage, "{name:?}={value:?}");
        }
        assert_eq!(of_text(r#"{"a":"1"}"#).unwrap(), labels("a", "1"));
        assert_eq!(of_text("[]").unwrap_err().kind(), Kind::Usage);
    }
}
