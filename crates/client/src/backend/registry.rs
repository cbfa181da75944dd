//! The backends of this build: the one line that a new backend adds stands in [`ALL`].
//!
//! What a backend lacks is refused here, before it is called, with the backends that have it.

use super::{Backend, Capabilities, Feature, FileStore, Resources, SessionFiles, agb, anthropic, foundry, local};
use wharf_core::config::{Chooser, Settings, env};
use wharf_core::error::{Error, Result};

/// A backend that this build has.
pub struct BackendEntry {
    /// What it can do.
    pub capabilities: &'static Capabilities,
    /// The environment variables that choose it where nothing else does.
    pub chosen_by: &'static [&'static str],
    /// Makes it; sends nothing yet.
    pub open: fn(&Settings) -> Result<Box<dyn Backend>>,
}

/// Every backend, the one that needs no account first.
pub const ALL: &[BackendEntry] = &[
    BackendEntry { capabilities: &local::CAPABILITIES, chosen_by: &[], open: local::open },
    BackendEntry { capabilities: &anthropic::CAPABILITIES, chosen_by: &env::ANTHROPIC, open: anthropic::open },
    BackendEntry { capabilities: &foundry::CAPABILITIES, chosen_by: &env::FOUNDRY_ENDPOINT, open: foundry::open },
    BackendEntry { capabilities: &agb::CAPABILITIES, chosen_by: &env::AGB, open: agb::open },
];

/// Returns which environment variables choose which backend where nothing else does.
pub fn choosers() -> impl Iterator<Item = Chooser> {
    ALL.iter().map(|entry| Chooser { backend: entry.capabilities.backend, variables: entry.chosen_by })
}

/// The backend of that name.
pub fn find(name: &str) -> Result<&'static BackendEntry> {
    ALL.iter().find(|entry| entry.capabilities.backend == name).ok_or_else(|| {
        Error::usage(format!("unknown backend: {name:?}")).hint(format!("this build has: {}", names(ALL.iter())))
    })
}

/// Makes the chosen backend; sends nothing yet.
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
    /// Fails with `unsupported` unless this backend has `feature`.
    pub fn require(&self, feature: Feature) -> Result<()> {
        require(self.capabilities(), feature)
    }

    /// Returns the files inside its sessions.
    pub fn require_files(&self) -> Result<&dyn SessionFiles> {
        self.part(self.files(), Feature::SessionFiles)
    }

    /// Returns its stored files.
    pub fn require_store(&self) -> Result<&dyn FileStore> {
        self.part(self.store(), Feature::StoredFiles)
    }

    /// Returns what is mounted into its sessions.
    pub fn require_resources(&self) -> Result<&dyn Resources> {
        self.part(self.resources(), Feature::Resources)
    }

    fn part<P>(&self, part: Option<P>, feature: Feature) -> Result<P> {
        self.require(feature)?;
        part.ok_or_else(|| self.capabilities().unsupported(feature))
    }
}

fn names(entries: impl Iterator<Item = &'static BackendEntry>) -> String {
    entries.map(|entry| entry.capabilities.backend).collect::<Vec<_>>().join(", ")
}
