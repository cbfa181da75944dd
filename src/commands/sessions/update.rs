//! `sessions update`.

use clap::Args;
use serde_json::Value;

use super::label_flags::{label, labels};
use crate::commands::Cx;
use crate::commands::args::BodyFlag;
use crate::commands::session_name::SessionUse;
use crate::commands::stdin::document;
use wharf_client::backend::{Feature, body_document as shape};
use wharf_core::config::body;
use wharf_core::error::{Error, Result};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    wharf sessions update SESSION --title 'second try' --label stage=done\n  \
    wharf sessions update SESSION --metadata '{stage: done, draft: null}'")]
pub(in crate::commands) struct SessionsUpdateArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,

    /// New title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Label to set; can be repeated
    #[arg(long, value_name = "K=V")]
    label: Vec<String>,

    /// Labels by the vendor's flag: K=V, or a mapping in which null removes one
    #[arg(long, value_name = "K=V", hide = true)]
    metadata: Vec<String>,

    #[command(flatten)]
    body: BodyFlag,
}

impl SessionsUpdateArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        let name = self.session_id.or(self.name).unwrap_or_default();
        let mut change = shape::change(document(cx, &self.body, false).await?)?;
        if self.title.is_some() {
            change.title = Some(self.title);
        }
        for text in &self.metadata {
            let fields = if !text.trim_start().starts_with('{') && text.contains('=') {
                let (name, value) = label(text)?;
                Value::from_iter([(name, value)])
            } else {
                body::mapping(text, "--metadata")?.into()
            };
            shape::patch(&mut change.labels, "metadata", fields)?;
        }
        shape::patch(&mut change.labels, "--label", Value::from_iter(labels(&self.label)?))?;
        let relabels = !change.labels.set.is_empty() || !change.labels.remove.is_empty();
        if change.title.is_none() && change.extra.is_empty() {
            if !relabels {
                return Err(Error::usage("nothing to change").hint("give --title, --label or --body"));
            }
            backend.require(Feature::SessionLabels)?;
            let id = cx.named_session(&name, SessionUse::Change("Change")).await?;
            return cx.out.one(&backend.sessions().label(&id, change.labels).await?);
        }
        backend.require(Feature::SessionUpdate)?;
        if relabels {
            backend.require(Feature::SessionLabels)?;
        }
        let id = cx.named_session(&name, SessionUse::Change("Change")).await?;
        cx.out.one(&backend.sessions().update(&id, change).await?)
    }
}
