//! The backends of this build. A new backend adds one line to [`ALL`].
//!
//! A missing feature is an error here, before the backend is called; the error lists the backends that have it.

use super::{
    Agents, Backend, Capabilities, Environments, Events, Exec, Feature, FileStore, Logs, Resources, SessionFiles,
    Turns, agb, anthropic, foundry, local,
};
use wharf_core::config::{Chooser, Settings, env};
use wharf_core::error::{Error, Result};

/// A backend of this build.
pub struct BackendEntry {
    /// The features and limits of the backend.
    pub capabilities: &'static Capabilities,
    /// The environment variables that select the backend if no flag or setting does.
    pub chosen_by: &'static [&'static str],
    /// Creates the backend without sending anything.
    pub open: fn(&Settings) -> Result<Box<dyn Backend>>,
}

/// All backends; the first one needs no account.
pub const ALL: &[BackendEntry] = &[
    BackendEntry { capabilities: &local::CAPABILITIES, chosen_by: &[], open: local::open },
    BackendEntry { capabilities: &anthropic::CAPABILITIES, chosen_by: &env::ANTHROPIC, open: anthropic::open },
    BackendEntry { capabilities: &foundry::CAPABILITIES, chosen_by: &env::FOUNDRY_ENDPOINT, open: foundry::open },
    BackendEntry { capabilities: &agb::CAPABILITIES, chosen_by: &env::AGB, open: agb::open },
];

/// Returns which environment variables select which backend.
pub fn choosers() -> impl Iterator<Item = Chooser> {
    ALL.iter().map(|entry| Chooser { backend: entry.capabilities.backend, variables: entry.chosen_by })
}

/// Returns the backend with a name.
pub fn find(name: &str) -> Result<&'static BackendEntry> {
    ALL.iter().find(|entry| entry.capabilities.backend == name).ok_or_else(|| {
        Error::usage(format!("unknown backend: {name:?}")).hint(format!("use one of {}", names(ALL.iter())))
    })
}

/// Creates the selected backend without sending anything.
///
/// # Errors
/// `usage` for a name that no backend has; `unsupported` for a setting that it cannot honour and that
/// must not be ignored; what the backend itself says of its settings.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let entry = find(settings.backend.value.as_deref().unwrap_or_default())?;
    let asked = [(Feature::UserIdentity, &settings.user_identity), (Feature::IsolationKey, &settings.isolation_key)];
    for (feature, setting) in asked {
        if setting.value.is_some() {
            require(entry.capabilities, feature).map_err(|error| {
                let what = format!("{} (from {})", error.message(), setting.origin);
                error.with_message(what)
            })?;
        }
    }
    if !settings.betas.is_empty() {
        require(entry.capabilities, Feature::Beta)?;
    }
    (entry.open)(settings)
}

/// Checks that a backend has `feature`.
///
/// # Errors
/// `unsupported`, with what to do instead and the backends that have it as its hint.
pub fn require(capabilities: &Capabilities, feature: Feature) -> Result<()> {
    if capabilities.has(feature) {
        return Ok(());
    }
    let able = names(ALL.iter().filter(|entry| entry.capabilities.has(feature)));
    let error = capabilities.unsupported(feature);
    Err(if able.is_empty() { error } else { error.hint(format!("{}; it works with: {able}", feature.alternative())) })
}

/// The features and parts that a backend may lack, or the `unsupported` error.
impl dyn Backend + '_ {
    /// Fails with `unsupported` if this backend lacks `feature`.
    pub fn require(&self, feature: Feature) -> Result<()> {
        require(self.capabilities(), feature)
    }

    /// Returns the part for files in sessions, or `unsupported`.
    pub fn require_files(&self) -> Result<&dyn SessionFiles> {
        self.part(self.files(), Feature::SessionFiles)
    }

    /// Returns the part for stored files, or `unsupported`.
    pub fn require_store(&self) -> Result<&dyn FileStore> {
        self.part(self.store(), Feature::StoredFiles)
    }

    /// Returns the part for resources, or `unsupported`.
    pub fn require_resources(&self) -> Result<&dyn Resources> {
        self.part(self.resources(), Feature::Resources)
    }

    /// Returns the part for agents, or `unsupported`.
    pub fn require_agents(&self) -> Result<&dyn Agents> {
        self.part(self.agents(), Feature::Agents)
    }

    /// Returns the part for environments, or `unsupported`.
    pub fn require_environments(&self) -> Result<&dyn Environments> {
        self.part(self.environments(), Feature::Environments)
    }

    /// Returns the part that runs commands in its sessions.
    pub fn require_exec(&self) -> Result<&dyn Exec> {
        self.part(self.exec(), Feature::Exec)
    }

    /// Returns the part for what happens in sessions, or `unsupported`.
    pub fn require_events(&self) -> Result<&dyn Events> {
        self.part(self.events(), Feature::Events)
    }

    /// Returns the part for the logs of sessions, or `unsupported`.
    pub fn require_logs(&self) -> Result<&dyn Logs> {
        self.part(self.logs(), Feature::Logs)
    }

    /// Returns the part that talks to agents, or `unsupported`.
    pub fn require_turns(&self) -> Result<&dyn Turns> {
        self.part(self.turns(), Feature::Invoke)
    }

    fn part<P>(&self, part: Option<P>, feature: Feature) -> Result<P> {
        self.require(feature)?;
        part.ok_or_else(|| self.capabilities().unsupported(feature))
    }
}

fn names(entries: impl Iterator<Item = &'static BackendEntry>) -> String {
    entries.map(|entry| entry.capabilities.backend).collect::<Vec<_>>().join(", ")
}
