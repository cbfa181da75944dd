//! The parts of the chain, in their order, and what they have in common.

use super::outcome::{Availability, TokenResult};
use super::{entra, managed, tools};
use crate::http::Options;
use wharf_core::error::Result;

/// Something that the user may be logged in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CredentialSource {
    ServicePrincipal,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
    AzureDeveloperCli,
}

impl CredentialSource {
    /// All of them, in the order in which they are asked.
    pub(super) const ALL: [CredentialSource; 5] = [
        CredentialSource::ServicePrincipal,
        CredentialSource::WorkloadIdentity,
        CredentialSource::ManagedIdentity,
        CredentialSource::AzureCli,
        CredentialSource::AzureDeveloperCli,
    ];

    /// Its name, for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            CredentialSource::ServicePrincipal => "service principal",
            CredentialSource::WorkloadIdentity => "workload identity",
            CredentialSource::ManagedIdentity => "managed identity",
            CredentialSource::AzureCli => "Azure CLI",
            CredentialSource::AzureDeveloperCli => "Azure Developer CLI",
        }
    }

    /// Whether it can be asked. Sends nothing.
    ///
    /// # Errors
    /// Where it is set up by half: what the user meant is then not known.
    pub(super) fn availability(self) -> Result<Availability> {
        match self {
            CredentialSource::ServicePrincipal => entra::secret().map(Into::into),
            CredentialSource::WorkloadIdentity => entra::workload().map(Into::into),
            CredentialSource::ManagedIdentity => managed::availability(),
            CredentialSource::AzureCli => tools::AZ.availability(),
            CredentialSource::AzureDeveloperCli => tools::AZD.availability(),
        }
    }

    /// Asks it. A `doubtful` one may not take long.
    ///
    /// # Errors
    /// Where it is set up and says no.
    pub(super) async fn ask(self, options: &Options, doubtful: bool) -> Result<TokenResult> {
        match self {
            CredentialSource::ServicePrincipal => entra::ask(entra::secret()?, options).await,
            CredentialSource::WorkloadIdentity => entra::ask(entra::workload()?, options).await,
            CredentialSource::ManagedIdentity => managed::ask(options, doubtful).await,
            CredentialSource::AzureCli => tools::AZ.ask().await,
            CredentialSource::AzureDeveloperCli => tools::AZD.ask().await,
        }
    }
}
