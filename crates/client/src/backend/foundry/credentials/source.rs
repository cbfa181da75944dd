//! The sources of the chain, in order, and their common operations.

use super::outcome::{Availability, TokenResult};
use super::{entra, managed, tools};
use crate::http::Options;
use wharf_core::error::Result;

/// A source of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CredentialSource {
    ServicePrincipal,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
    AzureDeveloperCli,
}

impl CredentialSource {
    /// All sources, in the order in which they are used.
    pub(super) const ALL: [CredentialSource; 5] = [
        CredentialSource::ServicePrincipal,
        CredentialSource::WorkloadIdentity,
        CredentialSource::ManagedIdentity,
        CredentialSource::AzureCli,
        CredentialSource::AzureDeveloperCli,
    ];

    /// Returns the name of the source, for display.
    pub(super) const fn name(self) -> &'static str {
        match self {
            CredentialSource::ServicePrincipal => "service principal",
            CredentialSource::WorkloadIdentity => "workload identity",
            CredentialSource::ManagedIdentity => "managed identity",
            CredentialSource::AzureCli => "Azure CLI",
            CredentialSource::AzureDeveloperCli => "Azure Developer CLI",
        }
    }

    /// Returns whether the source is another program.
    pub(super) const fn is_program(self) -> bool {
        matches!(self, CredentialSource::AzureCli | CredentialSource::AzureDeveloperCli)
    }

    /// Returns whether the source can be used. Sends nothing.
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

    /// Requests a token from the source. A `doubtful` source has a short time limit.
    ///
    /// # Errors
    /// Where it is set up and says no.
    pub(super) async fn get_token(self, options: &Options, doubtful: bool) -> Result<TokenResult> {
        match self {
            CredentialSource::ServicePrincipal => entra::get_token(entra::secret()?, options).await,
            CredentialSource::WorkloadIdentity => entra::get_token(entra::workload()?, options).await,
            CredentialSource::ManagedIdentity => managed::get_token(options, doubtful).await,
            CredentialSource::AzureCli => tools::AZ.get_token().await,
            CredentialSource::AzureDeveloperCli => tools::AZD.get_token().await,
        }
    }
}
