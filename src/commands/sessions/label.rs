//! `sessions label`.

use clap::Args;

use crate::commands::Cx;
use crate::commands::args::session_and_rest;
use crate::commands::session_name::SessionUse;
use crate::output::{AgentLine, Align, Column, Fit, LinePart, Record, TableView};
use wharf_client::backend::{Feature, LabelPatch};
use wharf_core::error::Result;
use wharf_core::model::{Labels, Provider};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wharf sessions label SESSION team=red stage=\n  wharf sessions label SESSION stage-"
)]
pub(in crate::commands) struct SessionsLabelArgs {
    /// Session id, @last or @TITLE
    #[arg(value_name = "SESSION", required_unless_present = "session_id")]
    name: Option<String>,

    /// K=V sets a label, K- removes it
    #[arg(value_name = "K=V|K-")]
    changes: Vec<String>,

    /// The session, by the vendor's flag
    #[arg(long, value_name = "SESSION", hide = true)]
    session_id: Option<String>,
}

/// The record that `sessions label` prints.
#[derive(serde::Serialize)]
struct LabelsRecord {
    #[serde(flatten)]
    labels: Labels,
    /// The whole session.
    #[serde(skip)]
    provider: Provider,
}

impl Record for LabelsRecord {
    const NOUN: &'static str = "labels";

    const VIEW: TableView<Self> = TableView {
        columns: &[Column { name: "LABELS", align: Align::Left, fit: Fit::Flexible }],
        cells: |labels| vec![labels.key().unwrap_or_default().into()],
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |it| {
            if it.labels.is_empty() {
                return vec![LinePart::word("no"), LinePart::word(Self::NOUN)];
            }
            it.labels.iter().map(|(name, value)| LinePart::word(format!("{name}={value}"))).collect()
        },
    };

    fn key(&self) -> Option<String> {
        let lines: Vec<_> = self.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl SessionsLabelArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let backend = cx.backend()?;
        backend.require(Feature::SessionLabels)?;
        let (id, changes) = session_and_rest(self.session_id, self.name, self.changes);
        let mut patch = LabelPatch::default();
        for change in &changes {
            match (change.split_once('='), change.strip_suffix('-')) {
                (None, Some(name)) if !name.is_empty() => patch.remove.push(name.to_owned()),
                _ => patch.set.extend([super::label_flags::label(change)?]),
            }
        }
        let reads = patch.set.is_empty() && patch.remove.is_empty();
        let usage = if reads { SessionUse::Read } else { SessionUse::Change("Change the labels of") };
        let session = backend.sessions().label(&cx.named_session(&id, usage).await?, patch).await?;
        cx.out.one(&LabelsRecord { labels: session.labels.unwrap_or_default(), provider: session.provider })
    }
}
