//! The tables of all objects, and their names for `-q`.

use super::agent_line::{AgentLine, LinePart, utc};
use super::human::{event, or_dash, size};
use super::{Align, Column, Fit, Record, TableCell, TableView};
use wharf_client::backend::Capabilities;
use wharf_core::model::receipt::DeletionTarget;
use wharf_core::model::{
    Agent, Deletion, Entry, EntryKind, Environment, Event, EventKind, ExecResult, Outcome, Provider, Receipt, Resource,
    RunResult, Session, SessionPath, StoredFile, TurnResult,
};

const fn left(name: &'static str) -> Column {
    Column::left(name)
}

const fn flexible(name: &'static str) -> Column {
    Column { name, align: Align::Left, fit: Fit::Flexible }
}

const fn right(name: &'static str) -> Column {
    Column { name, align: Align::Right, fit: Fit::Rigid }
}

impl Record for Session {
    const NOUN: &'static str = "sessions";

    const VIEW: TableView<Self> = TableView {
        columns: &[
            Column::id("ID"),
            left("STATUS"),
            flexible("TITLE"),
            flexible("LABELS"),
            left("CREATED"),
            left("EXPIRES"),
        ],
        cells: |s| {
            let labels = s.labels.iter().flatten().map(|(name, value)| format!("{name}={value}"));
            vec![
                s.id.to_string().into(),
                TableCell::status(s.status.word()),
                s.title.clone().unwrap_or_default().into(),
                labels.collect::<Vec<_>>().join(",").into(),
                TableCell::Age(s.created_at),
                TableCell::Age(s.expires_at),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 100,
        parts: |s| {
            let labels = s.labels.iter().flatten().map(|(name, value)| format!("{name}={value}"));
            vec![
                LinePart::word(&s.id),
                LinePart::word(s.status),
                LinePart::named("expires", s.expires_at.map(utc)),
                LinePart::text("title", s.title.as_deref()),
                LinePart::text("labels", Some(labels.collect::<Vec<_>>().join(","))),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for ExecResult {
    const NOUN: &'static str = "commands";

    const VIEW: TableView<Self> =
        TableView { columns: &[Column::id("ID")], cells: |it| vec![TableCell::known(it.key())] };

    const LINE: AgentLine<Self> = AgentLine { max_bytes: usize::MAX, parts: |it| vec![it.key().map(LinePart::Word)] };

    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for RunResult {
    const NOUN: &'static str = "runs";

    const VIEW: TableView<Self> = TableView { columns: &[Column::id("ID")], cells: |it| vec![it.id.clone().into()] };

    const LINE: AgentLine<Self> = AgentLine { max_bytes: usize::MAX, parts: |it| vec![LinePart::word(&it.id)] };

    fn key(&self) -> Option<String> {
        Some(self.id.clone())
    }
}

impl Record for TurnResult {
    const NOUN: &'static str = "turns";

    const VIEW: TableView<Self> =
        TableView { columns: &[Column::id("ID")], cells: |it| vec![TableCell::known(it.key())] };

    const LINE: AgentLine<Self> = AgentLine { max_bytes: usize::MAX, parts: |it| vec![it.key().map(LinePart::Word)] };

    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for Event {
    const NOUN: &'static str = "events";

    const VIEW: TableView<Self> = TableView {
        columns: &[left("AT"), left("TYPE"), flexible("TEXT")],
        cells: |it| vec![TableCell::Time(it.at), it.kind.name().into(), event(it).into()],
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 300,
        parts: |it| {
            // The id by which the call is confirmed.
            let waits = it.tool.as_ref().filter(|_| it.kind == EventKind::NeedsAction);
            vec![
                LinePart::time(it.at),
                LinePart::word(it.kind.name()),
                LinePart::named("tool", waits.and_then(|tool| tool.id.as_ref())),
                LinePart::text("text", Some(event(it))),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

/// A line of a session's log.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub struct LogRecord(pub Event);

impl Record for LogRecord {
    const NOUN: &'static str = "lines";

    const VIEW: TableView<Self> = TableView {
        columns: &[left("AT"), left("TYPE"), left("TEXT")],
        cells: |LogRecord(it)| {
            vec![TableCell::Time(it.at), it.kind.name().into(), it.text.clone().unwrap_or_default().into()]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |LogRecord(it)| {
            vec![
                LinePart::time(it.at),
                LinePart::word(it.kind.name()),
                LinePart::text("text", it.text.as_deref().map(|text| text.trim_end_matches('\n'))),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        self.0.text.clone()
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.0.provider)
    }
}

/// The short table of files: only paths.
pub const ENTRY_SHORT: TableView<Entry> =
    TableView { columns: &[flexible("PATH")], cells: |e| vec![entry_path(e).into()] };

/// The long table of files.
pub const ENTRY_LONG: TableView<Entry> = TableView {
    columns: &[left("MODE"), right("SIZE"), left("MODIFIED"), Column::id("FILE"), flexible("PATH")],
    cells: |e| {
        let kind = match e.kind {
            EntryKind::Directory => 'd',
            EntryKind::Symlink => 'l',
            EntryKind::Other => '?',
            EntryKind::File => '-',
        };
        vec![
            format!("{kind}{}", or_dash(e.mode, |mode| mode.to_string())).into(),
            or_dash(e.size, size).into(),
            TableCell::Age(e.modified_at),
            TableCell::known(e.file_id.as_ref()),
            entry_path(e).into(),
        ]
    },
};

fn entry_path(entry: &Entry) -> String {
    if entry.kind == EntryKind::Directory && !entry.path.is_root() {
        format!("{}/", entry.path)
    } else {
        entry.path.to_string()
    }
}

impl Record for Entry {
    const NOUN: &'static str = "entries";

    const VIEW: TableView<Self> = ENTRY_LONG;

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 120,
        parts: |e| {
            let size = if e.kind == EntryKind::File { LinePart::size(e.size) } else { LinePart::word(e.kind.word()) };
            vec![
                LinePart::word(entry_path(e)),
                size,
                LinePart::time(e.modified_at),
                LinePart::known(e.file_id.as_ref()),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(SessionPath { session: self.session.clone(), path: self.path.clone() }.to_string())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for StoredFile {
    const NOUN: &'static str = "stored files";

    const VIEW: TableView<Self> = TableView {
        columns: &[Column::id("ID"), right("SIZE"), flexible("TYPE"), left("CREATED"), flexible("NAME")],
        cells: |f| {
            vec![
                f.id.to_string().into(),
                or_dash(f.size, size).into(),
                TableCell::known(f.mime_type.as_ref()),
                TableCell::Age(f.created_at),
                f.filename.clone().into(),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 120,
        parts: |f| {
            vec![
                LinePart::word(&f.id),
                LinePart::size(f.size),
                LinePart::time(f.created_at),
                LinePart::text("name", Some(f.filename.as_str())),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for Resource {
    const NOUN: &'static str = "resources";

    const VIEW: TableView<Self> = TableView {
        columns: &[Column::id("ID"), left("KIND"), Column::id("FILE"), left("CREATED"), flexible("MOUNT PATH")],
        cells: |r| {
            vec![
                TableCell::known(r.id.as_ref()),
                r.kind.word().into(),
                TableCell::known(r.file_id.as_ref()),
                TableCell::Age(r.created_at),
                TableCell::known(r.mount_path.as_ref()),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |r| {
            vec![
                LinePart::known(r.id.as_ref()),
                LinePart::word(r.kind.word()),
                LinePart::known(r.mount_path.as_ref()),
                LinePart::named("file", r.file_id.as_ref()),
            ]
        },
    };

    /// Returns the id; a memory store has none, so its mount path is returned.
    fn key(&self) -> Option<String> {
        self.id.clone().or_else(|| self.mount_path.clone())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

const AGENT_COLUMNS: &[Column] = &[
    Column::id("ID"),
    flexible("NAME"),
    left("VERSION"),
    left("STATUS"),
    flexible("MODEL"),
    left("UPDATED"),
    flexible("DESCRIPTION"),
];

fn agent_cells(agent: &Agent) -> Vec<TableCell> {
    vec![
        agent.id.to_string().into(),
        agent.name.clone().into(),
        agent.version.clone().into(),
        TableCell::status(agent.status.word()),
        TableCell::known(agent.model.as_ref()),
        TableCell::Age(agent.updated_at),
        agent.description.clone().unwrap_or_default().into(),
    ]
}

/// Returns the parts of an agent's line, which begins with what names it in its listing.
fn agent_parts(agent: &Agent, name: &str) -> Vec<Option<LinePart>> {
    vec![
        LinePart::word(name),
        LinePart::word(agent.status.word()),
        LinePart::named("version", Some(&agent.version).filter(|version| *version != name)),
        LinePart::text("name", Some(agent.name.as_str())),
        LinePart::text("model", agent.model.as_deref()),
    ]
}

impl Record for Agent {
    const NOUN: &'static str = "agents";

    const VIEW: TableView<Self> = TableView { columns: AGENT_COLUMNS, cells: agent_cells };

    const LINE: AgentLine<Self> = AgentLine { max_bytes: 120, parts: |it| agent_parts(it, it.id.as_str()) };

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

/// A version of an agent as a record in a listing of its versions.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub struct AgentVersionView(pub Agent);

impl Record for AgentVersionView {
    const NOUN: &'static str = "versions";

    const VIEW: TableView<Self> = TableView { columns: AGENT_COLUMNS, cells: |it| agent_cells(&it.0) };

    const LINE: AgentLine<Self> = AgentLine { max_bytes: 120, parts: |it| agent_parts(&it.0, &it.0.version) };

    /// Returns the version, because all versions have the same id.
    fn key(&self) -> Option<String> {
        Some(self.0.version.clone())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.0.provider)
    }
}

impl Record for Environment {
    const NOUN: &'static str = "environments";

    const VIEW: TableView<Self> = TableView {
        columns: &[Column::id("ID"), flexible("NAME"), left("CREATED"), left("ARCHIVED"), flexible("DESCRIPTION")],
        cells: |e| {
            vec![
                e.id.to_string().into(),
                e.name.clone().into(),
                TableCell::Age(e.created_at),
                TableCell::Age(e.archived_at),
                e.description.clone().unwrap_or_default().into(),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 120,
        parts: |e| {
            vec![
                LinePart::word(&e.id),
                LinePart::known(e.archived_at.map(|_| "archived")),
                LinePart::text("name", Some(e.name.as_str())),
                LinePart::text("description", e.description.as_deref()),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }

    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for Receipt {
    const NOUN: &'static str = "files";

    const BY_ANSWERS: bool = true;

    const VIEW: TableView<Self> = TableView {
        columns: &[left("STATUS"), right("BYTES"), left("VERIFIED"), flexible("SOURCE"), flexible("DESTINATION")],
        cells: |r| {
            let verified = match (&r.verified, r.outcome.error()) {
                (Some(verified), _) => verified.to_string(),
                (None, Some(error)) => error.kind().word().to_owned(),
                (None, None) => "-".to_owned(),
            };
            vec![
                TableCell::status(r.outcome.status().word()),
                or_dash(r.bytes, size).into(),
                verified.into(),
                r.source.clone().into(),
                TableCell::known(r.destination.as_ref()),
            ]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |r| {
            let (kind, error, hint) = match &r.outcome {
                Outcome::Failed(error) => (Some(error.kind().word()), Some(error.message()), error.hint_text()),
                Outcome::Skipped(reason) => (None, Some(reason.words()), None),
                Outcome::Copied | Outcome::Planned | Outcome::Deleted | Outcome::PlannedDeletion => (None, None, None),
            };
            vec![
                LinePart::word(r.outcome.status().word()),
                LinePart::known(r.destination.as_ref()),
                LinePart::size(r.bytes),
                LinePart::known(r.verified),
                LinePart::named("from", Some(&r.source)),
                LinePart::named("error", kind),
                LinePart::text("message", error),
                LinePart::text("hint", hint),
            ]
        },
    };

    /// Returns the destination, for `-q`; `None` if the file is not there because it failed or was skipped.
    fn key(&self) -> Option<String> {
        let is_there = match self.outcome {
            Outcome::Copied | Outcome::Planned => true,
            Outcome::Skipped(reason) => reason.is_at_destination(),
            Outcome::Failed(_) | Outcome::Deleted | Outcome::PlannedDeletion => false,
        };
        is_there.then(|| self.id.clone().or_else(|| self.destination.clone())).flatten()
    }

    fn is_failure(&self) -> bool {
        self.outcome.error().is_some()
    }

    /// Returns the stored file, if the receipt is for an upload to the file store.
    fn provider(&self) -> Option<&Provider> {
        Some(&self.provider)
    }
}

impl Record for Deletion {
    const NOUN: &'static str = "deletions";

    const BY_ANSWERS: bool = true;

    const VIEW: TableView<Self> = TableView {
        columns: &[left("DELETED"), flexible("WHAT")],
        cells: |d| {
            let what = match &d.what {
                DeletionTarget::Id(id) => TableCell::Id(id.clone()),
                path @ DeletionTarget::Path { .. } => subject(path).into(),
            };
            vec![if d.deleted { "yes" } else { "no" }.into(), what]
        },
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |d| {
            let state = match (d.deleted, d.missing) {
                (true, _) => "deleted",
                (false, true) => "missing",
                (false, false) => "planned",
            };
            vec![LinePart::word(state), LinePart::word(subject(&d.what))]
        },
    };

    fn key(&self) -> Option<String> {
        (!self.missing).then(|| subject(&self.what))
    }

    fn is_counted(&self) -> bool {
        !self.missing
    }
}

fn subject(deleted: &DeletionTarget) -> String {
    match deleted {
        DeletionTarget::Id(id) => id.clone(),
        DeletionTarget::Path { session, path } => {
            SessionPath { session: session.clone(), path: path.clone() }.to_string()
        }
    }
}

/// The capabilities of a backend as a record.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub struct CapabilitiesView(pub &'static Capabilities);

impl Record for CapabilitiesView {
    const NOUN: &'static str = "backends";

    const VIEW: TableView<Self> = TableView {
        columns: &[left("BACKEND"), left("HOME"), left("PROOF"), flexible("ACCOUNT")],
        cells: |c| vec![c.0.backend.into(), c.0.home.into(), c.0.proof.into(), c.0.account.unwrap_or("none").into()],
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: 120,
        parts: |c| {
            vec![
                LinePart::word(c.0.backend),
                LinePart::named("home", Some(c.0.home)),
                LinePart::named("verifies", Some(c.0.proof)),
                LinePart::named("features", Some(c.0.features.len())),
                LinePart::text("account", c.0.account),
            ]
        },
    };

    fn key(&self) -> Option<String> {
        Some(self.0.backend.to_owned())
    }
}
