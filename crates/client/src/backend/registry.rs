//! The backends of this build: the one line that a new backend adds stands in [`ALL`].

use super::{Backend, Capabilities, Feature, agb, anthropic, foundry, local};
use wharf_core::config::{Origin, Settings, env};
use wharf_core::error::{Error, Kind, Result};

/// A backend that this build has.
pub struct Entry {
    /// What it can do.
    pub capabilities: &'static Capabilities,
    /// The environment variables that choose it where nothing else does.
    pub chosen_by: &'static [&'static str],
    /// Makes it; sends nothing yet.
    pub open: fn(&Settings) -> Result<Box<dyn Backend>>,
}

/// Every backend, the one that needs no account first.
pub const ALL: &[Entry] = &[
    Entry { capabilities: &local::CAPABILITIES, chosen_by: &[], open: local::open },
    Entry { capabilities: &anthropic::CAPABILITIES, chosen_by: &env::ANTHROPIC, open: anthropic::open },
    Entry { capabilities: &foundry::CAPABILITIES, chosen_by: &env::FOUNDRY_ENDPOINT, open: foundry::open },
    Entry { capabilities: &agb::CAPABILITIES, chosen_by: &env::AGB, open: agb::open },
];

/// The backend of that name.
pub fn find(name: &str) -> Result<&'static Entry> {
    ALL.iter().find(|entry| entry.capabilities.backend == name).ok_or_else(|| {
        Error::usage(format!("there is no backend of this name: {name:?}"))
            .hint(format!("this build has: {}", names(ALL.iter())))
    })
}

/// Makes the chosen backend; sends nothing yet.
///
/// # Errors
/// `usage` for a name that no backend has; `unsupported` for a setting that it cannot honour and that
/// nobody would want to be ignored; what the backend itself says of its settings.
pub fn open(settings: &Settings) -> Result<Box<dyn Backend>> {
    let entry = find(settings.backend.value.as_deref().unwrap_or_default())?;
    let asked = [(Feature::UserIdentity, &settings.user_identity), (Feature::IsolationKey, &settings.isolation_key)];
    for (feature, setting) in asked {
        if setting.value.is_some() && !entry.capabilities.features.contains(&feature) {
            let error = unsupported(entry.capabilities.backend, feature);
            return Err(Error::new(error.kind(), format!("{} (from {})", error.message(), setting.origin))
                .hint(error.hint_text().unwrap_or_default()));
        }
    }
    if entry.capabilities.account.is_none() {
        let given = [
            ("--base-url", settings.base_url.origin == Origin::Flag),
            ("--token-file", settings.token_file()?.is_some()),
        ];
        if let Some((flag, _)) = given.into_iter().find(|(_, given)| *given) {
            let services = names(ALL.iter().filter(|entry| entry.capabilities.account.is_some()));
            let what =
                format!("{flag} is for a service, and the backend `{}` speaks to none", entry.capabilities.backend);
            return Err(Error::usage(what).hint(format!("choose the service with --backend: {services}")));
        }
    }
    if !settings.betas.is_empty() && !entry.capabilities.has(Feature::Beta) {
        return Err(unsupported(entry.capabilities.backend, Feature::Beta));
    }
    (entry.open)(settings)
}

/// The `unsupported` error for `feature`, with who has it or what to do instead as its hint.
pub fn unsupported(backend: &str, feature: Feature) -> Error {
    let able = names(ALL.iter().filter(|entry| entry.capabilities.has(feature)));
    let error = Error::new(Kind::Unsupported, format!("backend `{backend}` cannot do this: `{}`", feature.name()));
    if able.is_empty() {
        error.hint(feature.instead())
    } else {
        error.hint(format!("{}; it works with: {able}", feature.instead()))
    }
}

fn names(entries: impl Iterator<Item = &'static Entry>) -> String {
    entries.map(|entry| entry.capabilities.backend).collect::<Vec<_>>().join(", ")
}
