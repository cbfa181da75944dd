//! The words that a value can be.

use std::sync::atomic::{AtomicU8, Ordering};

use clap::ValueEnum;
use clap_complete::engine::CompletionCandidate;

use super::line::TypedLine;
use super::query::{BackendQuestion, ListedItem};
use super::service::LineBackend;
use super::subject::Subject;
use crate::commands::help;
use crate::output::escape;
use wharf_client::backend::registry;
use wharf_core::config::Settings;
use wharf_core::config::edit::KEYS;
use wharf_core::config::profile::ConfigFile;
use wharf_core::model::{SessionName, SessionPath, SessionStatus, Target};

/// The longest title that is shown beside an id, in characters.
const TITLE: usize = 60;

/// The most entries of a directory of this machine that are looked at.
const LOCAL: usize = 1000;

/// What the shell itself offers beside the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalOffer {
    None,
    Files,
    Directories,
}

/// Where words are looked for, and what they need of the line.
pub(super) struct Candidates {
    grammar: fn() -> clap::Command,
    pub(super) line: TypedLine,
    pub(super) service: LineBackend,
    local: AtomicU8,
}

impl Candidates {
    pub(super) fn new(grammar: fn() -> clap::Command, line: TypedLine, service: LineBackend) -> Self {
        Candidates { grammar, line, service, local: AtomicU8::new(LocalOffer::None as u8) }
    }

    /// Returns which files of this machine a value could be, after it was completed.
    pub(super) fn local(&self) -> LocalOffer {
        match self.local.load(Ordering::Relaxed) {
            local if local == LocalOffer::Files as u8 => LocalOffer::Files,
            local if local == LocalOffer::Directories as u8 => LocalOffer::Directories,
            _ => LocalOffer::None,
        }
    }

    fn offer_local(&self, local: LocalOffer) {
        self.local.store(local as u8, Ordering::Relaxed);
    }

    /// Returns the words that begin with `part` and name what an argument is about.
    pub(super) fn of(&self, subject: Subject, part: &str) -> Vec<CompletionCandidate> {
        match subject {
            Subject::Session => self.sessions(part, ""),
            Subject::Target { stored, local } => self.targets(part, stored, local),
            Subject::StoredFile { local: false } if part.starts_with('@') => local_specs(part),
            Subject::StoredFile { local } => {
                if local {
                    self.offer_local(LocalOffer::Files);
                }
                ids(&self.service.items(&BackendQuestion::StoredFiles), part)
            }
            Subject::Resource => {
                let session =
                    self.line.flag("session_id").or_else(|| self.line.positionals.first().map(String::as_str));
                let session = session.and_then(|session| self.service.session(session.trim_end_matches(':')));
                session.map_or_else(Vec::new, |session| {
                    ids(&self.service.items(&BackendQuestion::Resources(session)), part)
                })
            }
            Subject::Agent => ids(&self.service.items(&BackendQuestion::Agents), part),
            Subject::Environment => ids(&self.service.items(&BackendQuestion::Environments), part),
            Subject::Label => {
                let sessions = self.service.items(&BackendQuestion::Sessions);
                let mut labels: Vec<String> = sessions.into_iter().flat_map(|session| session.labels).collect();
                labels.sort();
                labels.dedup();
                words(labels, part)
            }
            Subject::Backend => {
                let backends = registry::ALL.iter().map(|entry| entry.capabilities);
                let named = backends.map(|it| candidate(it.backend, it.account));
                named.filter(|word| begins(word, part)).collect()
            }
            Subject::Profile => words(profiles(), part),
            Subject::Key => words(KEYS.iter().map(|key| key.name.to_owned()).chain(["profile".to_owned()]), part),
            Subject::Setting => {
                let settings = self.service.settings().map(Settings::all).unwrap_or_default();
                words(settings.into_iter().map(|(name, _)| name.to_owned()), part)
            }
            Subject::Status => {
                let statuses = SessionStatus::value_variants().iter().map(|status| status.word().to_owned());
                words(statuses.chain(["deleted".to_owned()]), part)
            }
            Subject::Help => self.help(part),
            Subject::LocalFile => {
                self.offer_local(LocalOffer::Files);
                Vec::new()
            }
            Subject::LocalDirectory => {
                self.offer_local(LocalOffer::Directories);
                Vec::new()
            }
        }
    }

    /// Returns the names of sessions, each with `end` behind it. Titles are offered for a part that begins as one.
    fn sessions(&self, part: &str, end: &str) -> Vec<CompletionCandidate> {
        self.named_sessions(&self.service.items(&BackendQuestion::Sessions), part, end)
    }

    fn named_sessions(&self, sessions: &[ListedItem], part: &str, end: &str) -> Vec<CompletionCandidate> {
        let last = self.service.last_session();
        let mut names = Vec::new();
        if part.starts_with(SessionName::MARK) {
            // A title that several sessions have names none of them.
            let title = |session: &&ListedItem| {
                let title = session.title.as_deref().unwrap_or_default();
                let is_only = sessions.iter().filter(|other| other.title.as_deref() == Some(title)).count() == 1;
                is_only && !title.is_empty() && title != "last" && !(end == ":" && title.contains(':'))
            };
            names.extend(sessions.iter().filter(title).map(|session| {
                let name = format!("{}{}{end}", SessionName::MARK, session.title.as_deref().unwrap_or_default());
                candidate(&name, Some(&session.id))
            }));
        } else {
            names.extend(
                sessions.iter().map(|session| candidate(&format!("{}{end}", session.id), session.title.as_deref())),
            );
        }
        if part.starts_with(SessionName::MARK) || (part.is_empty() && last.is_some()) {
            let last = last.map(|last| last.title.unwrap_or_else(|| last.session.to_string()));
            names.push(candidate(&format!("{}{end}", SessionName::Last), last.as_deref()));
        }
        names.retain(|name| begins(name, part));
        names
    }

    /// Returns paths in sessions, and what else a target can be.
    fn targets(&self, part: &str, stored: bool, local: bool) -> Vec<CompletionCandidate> {
        if Target::is_session_path(part) {
            return self.paths(part).unwrap_or_default();
        }
        // The first argument of an upload is a source, and that of a download is not its destination.
        let is_first = self.line.positionals.is_empty() && self.line.flag("file").is_none();
        let is_source = local && !stored;
        if local && (is_source || !is_first) {
            self.offer_local(LocalOffer::Files);
        }
        if part.contains('/') || (is_source && is_first) {
            return Vec::new();
        }
        if part.starts_with(SessionName::MARK) || !stored {
            return self.sessions(part, ":");
        }
        let mut answers =
            self.service.all_items(&[&BackendQuestion::Sessions, &BackendQuestion::StoredFiles]).into_iter();
        let mut names = self.named_sessions(&answers.next().unwrap_or_default(), part, ":");
        names.extend(ids(&answers.next().unwrap_or_default(), part));
        names
    }

    /// Returns the entries of the directory in which a path in a session lies.
    fn paths(&self, part: &str) -> Option<Vec<CompletionCandidate>> {
        let (session, path) = part.split_once(':')?;
        let (directory, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        let at = SessionPath { session: self.service.session(session)?, path: self.service.directory(directory)? };
        let mut entries = self.service.items(&BackendQuestion::Directory(at));
        // As a shell does: a name with a dot in front has to be asked for.
        entries.retain(|entry| entry.id.starts_with(name) && (name.starts_with('.') || !entry.id.starts_with('.')));
        let word = |entry: &ListedItem| {
            let slash = if entry.is_directory { "/" } else { "" };
            candidate(&format!("{session}:{directory}{}{slash}", entry.id), None)
        };
        Some(entries.iter().map(word).collect())
    }

    /// Returns the commands below those in front, and at first the topics of the help.
    fn help(&self, part: &str) -> Vec<CompletionCandidate> {
        let grammar = (self.grammar)();
        let above = self.line.positionals.iter().try_fold(&grammar, |above, name| above.find_subcommand(name));
        let named = |command: &clap::Command| {
            candidate(command.get_name(), command.get_about().map(ToString::to_string).as_deref())
        };
        let mut found: Vec<_> = above.into_iter().flat_map(clap::Command::get_subcommands).map(named).collect();
        if self.line.positionals.is_empty() {
            found.extend(help::TOPICS.iter().map(|(name, about, _)| candidate(name, Some(about))));
        }
        found.retain(|word| begins(word, part));
        found
    }
}

/// Returns the files and directories of this machine that a SPEC `@LOCAL` can name.
fn local_specs(part: &str) -> Vec<CompletionCandidate> {
    let path = part.strip_prefix('@').unwrap_or_default();
    let (directory, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    let entries = std::fs::read_dir(if directory.is_empty() { "." } else { directory });
    let named = entries.into_iter().flatten().take(LOCAL).flatten().filter_map(|entry| {
        let entry_name = entry.file_name().into_string().ok()?;
        let is_meant = entry_name.starts_with(name) && (name.starts_with('.') || !entry_name.starts_with('.'));
        let slash = if is_meant && entry.path().is_dir() { "/" } else { "" };
        is_meant.then(|| format!("@{directory}{entry_name}{slash}"))
    });
    let mut named: Vec<_> = named.collect();
    named.sort();
    words(named, part)
}

/// Returns the names of the profiles.
fn profiles() -> Vec<String> {
    let file = wharf_core::config::config_path().and_then(|path| ConfigFile::read(&path, None).ok());
    file.map_or_else(Vec::new, |file| file.profiles.into_keys().collect())
}

/// Returns the ids that begin with `part`, with their titles.
fn ids(items: &[ListedItem], part: &str) -> Vec<CompletionCandidate> {
    let ids = items.iter().map(|item| candidate(&item.id, item.title.as_deref()));
    ids.filter(|word| begins(word, part)).collect()
}

/// Returns those that begin with `part`.
fn words(all: impl IntoIterator<Item = String>, part: &str) -> Vec<CompletionCandidate> {
    all.into_iter().filter(|word| word.starts_with(part)).map(|word| candidate(&word, None)).collect()
}

fn begins(word: &CompletionCandidate, part: &str) -> bool {
    word.get_value().to_str().is_some_and(|word| word.starts_with(part))
}

/// Returns a word with a text about it, of which a terminal obeys nothing.
fn candidate(word: &str, about: Option<&str>) -> CompletionCandidate {
    let about = about.filter(|about| !about.trim().is_empty()).map(|about| {
        let mut cut: String = about.chars().take(TITLE).collect();
        if cut.len() < about.len() {
            cut.push('…');
        }
        escape::for_terminal(&cut).into_owned().into()
    });
    CompletionCandidate::new(word).help(about)
}
