//! The parts of the chain, in their order, and what they have in common.

use super::outcome::{Answer, SetUp};
use super::{entra, managed, tools};
use crate::http::Options;
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
