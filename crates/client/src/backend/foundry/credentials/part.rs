//! The parts of the chain, in their order, and what they have in common.

use super::{Token, entra, managed, tools};
use crate::http::Options;
use wharf_core::config::env;
use wharf_core::error::Result;

/// Something that the user may be logged in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    ServicePrincipal,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
    AzureDeveloperCli,
}

/// Whether a part can be asked.
pub(super) enum SetUp {
    /// It can. `key` tells its tokens from all others; without one they are not kept on a disk.
    Ready { key: Option<String> },
    /// Nothing says that it can or cannot.
    Perhaps,
    /// It cannot, and why.
    Missing(String),
}

/// What a part says when it is asked.
pub(super) enum Answer {
    Token(Token),
    /// It is not there after all.
    Absent(String),
    /// It is there, and says that nobody is logged in, or something like it.
    Nothing(String),
}

impl Part {
    /// All of them, in the order in which they are asked.
    pub(super) const ALL: [Part; 5] = [
        Part::ServicePrincipal,
        Part::WorkloadIdentity,
        Part::ManagedIdentity,
        Part::AzureCli,
        Part::AzureDeveloperCli,
    ];

    /// Its name, for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Part::ServicePrincipal => "service principal",
            Part::WorkloadIdentity => "workload identity",
            Part::ManagedIdentity => "managed identity",
            Part::AzureCli => "Azure CLI",
            Part::AzureDeveloperCli => "Azure Developer CLI",
        }
    }

    /// Whether it can be asked. Sends nothing.
    ///
    /// # Errors
    /// Where it is set up by half: what the user meant is then not known.
    pub(super) fn set_up(self) -> Result<SetUp> {
        match self {
            Part::ServicePrincipal => entra::secret().map(Into::into),
            Part::WorkloadIdentity => entra::workload().map(Into::into),
            Part::ManagedIdentity => managed::set_up(),
            Part::AzureCli => tools::AZ.set_up(),
            Part::AzureDeveloperCli => tools::AZD.set_up(),
        }
    }

    /// Asks it. A `doubtful` one may not take long.
    ///
    /// # Errors
    /// Where it is set up and says no.
    pub(super) async fn ask(self, options: &Options, doubtful: bool) -> Result<Answer> {
        match self {
            Part::ServicePrincipal => entra::ask(entra::secret()?, options).await,
            Part::WorkloadIdentity => entra::ask(entra::workload()?, options).await,
            Part::ManagedIdentity => managed::ask(options, doubtful).await,
            Part::AzureCli => tools::AZ.ask().await,
            Part::AzureDeveloperCli => tools::AZD.ask().await,
        }
    }
}

/// The variables of these names that are not set, for people.
pub(super) fn unset(names: &[&str]) -> Option<String> {
    let unset: Vec<_> = names.iter().copied().filter(|name| env::text(name).is_none()).collect();
    match unset.as_slice() {
        [] => None,
        [one] => Some(format!("{one} is not set")),
        [first @ .., last] => Some(format!("{} and {last} are not set", first.join(", "))),
    }
}
