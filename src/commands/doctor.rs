//! `wharf doctor`: checks of the configuration and the environment.

use jiff::Timestamp;
use serde::Serialize;

use super::Cx;
use crate::output::{AgentLine, Align, Column, Fit, LinePart, Record, TableCell, TableView};
use wharf_client::backend::{Capabilities, Check};
use wharf_core::error::{Error, Result};
use wharf_core::verdict::Verdict;

/// The date of this version; a clock before it is wrong.
const EPOCH: &str = "2026-11-01T00:00:00Z";

pub(super) async fn run(cx: &Cx) -> Result<()> {
    let settings = cx.settings()?;
    let file = match &settings.file {
        Some(file) if file.exists() => format!("{}: read", file.display()),
        Some(file) => format!("{}: does not exist (optional)", file.display()),
        None => "none: neither HOME nor WHARF_CONFIG is set".to_owned(),
    };
    let mut findings = vec![
        Check { name: "configuration", outcome: settings.agent_command().map(|_| file) },
        Check { name: "clock", outcome: clock() },
    ];
    let mut warnings = Vec::new();
    match cx.backend() {
        Ok(backend) => {
            let Capabilities { backend: name, account, .. } = backend.capabilities();
            let credentials = account.unwrap_or("none needed");
            findings.push(Check { name: "backend", outcome: Ok(format!("{name} (from {})", settings.backend.origin)) });
            findings.push(Check { name: "credentials", outcome: Ok(credentials.to_owned()) });
            findings.extend(backend.diagnose().await);
            warnings = backend.warnings();
        }
        Err(error) => findings.push(Check { name: "backend", outcome: Err(error) }),
    }
    let mut verdict = Verdict::default();
    let mut listing = cx.out.listing().ignore_closed_stdout();
    for finding in findings {
        listing.push(&CheckRecord::of(&finding))?;
        match finding.outcome {
            Ok(_) => verdict.succeeded(),
            Err(error) => verdict.failed(error),
        }
    }
    for (check, warning) in warnings {
        cx.out.note(format!("warning: {warning}"));
        listing.push(&CheckRecord { ok: true, ..CheckRecord::of(&Check { name: check, outcome: Err(warning) }) })?;
    }
    listing.conclude(verdict.into_result("checks"))
}

fn clock() -> Result<String> {
    let now = Timestamp::now();
    match EPOCH.parse::<Timestamp>() {
        Ok(epoch) if now < epoch => Err(Error::conflict(format!("the clock of this machine is wrong: {now}"))
            .hint("set it: credentials and expiry depend on it")),
        _ => Ok(now.to_string()),
    }
}

/// A check in the report.
#[derive(Serialize)]
struct CheckRecord {
    check: &'static str,
    ok: bool,
    detail: String,
    hint: Option<String>,
}

impl CheckRecord {
    fn of(finding: &Check) -> Self {
        match &finding.outcome {
            Ok(detail) => CheckRecord { check: finding.name, ok: true, detail: detail.clone(), hint: None },
            Err(error) => CheckRecord {
                check: finding.name,
                ok: false,
                detail: error.message().to_owned(),
                hint: error.hint_text().map(str::to_owned),
            },
        }
    }
}

impl Record for CheckRecord {
    const NOUN: &'static str = "checks";

    const VIEW: TableView<Self> = TableView {
        columns: &[
            Column { name: "CHECK", align: Align::Left, fit: Fit::Rigid },
            Column { name: "OK", align: Align::Left, fit: Fit::Rigid },
            Column { name: "DETAIL", align: Align::Left, fit: Fit::Flexible },
        ],
        cells: |c| {
            let detail = c.hint.as_ref().map_or_else(|| c.detail.clone(), |hint| format!("{}; {hint}", c.detail));
            let word = match (c.ok, &c.hint) {
                (true, None) => "yes",
                (true, Some(_)) => "WARN",
                (false, _) => "NO",
            };
            vec![c.check.into(), TableCell::status(word), detail.into()]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |c| {
            let word = match (c.ok, &c.hint) {
                (true, None) => "ok",
                (true, Some(_)) => "warning",
                (false, _) => "failed",
            };
            vec![
                LinePart::word(c.check),
                LinePart::word(word),
                LinePart::text("detail", Some(&*c.detail)),
                LinePart::text("hint", c.hint.as_deref()),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.check.to_owned())
    }
}
