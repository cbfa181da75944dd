//! Agents and environments: what a session is created with is found by its id.

use wharf_client::backend::{AgentQuery, Feature, NewSession};
use wharf_core::error::Kind;
use wharf_core::model::{AgentId, AgentStatus};

use super::in_views_too;
use crate::room::pages;
use crate::stage::refused;

#[test]
fn the_agent_of_a_session_is_found_in_a_version_that_is_listed() {
    in_views_too(async |stage| {
        if !stage.has(Feature::Agents) {
            refused(stage.backend.require_agents().map(|_| ()), Kind::Unsupported);
            return;
        }
        let agents = stage.backend.require_agents().unwrap();
        let session = stage.sessions().create(NewSession::default()).await.unwrap();
        let id: AgentId = session.agent.unwrap().parse().unwrap();
        let newest = agents.get(&id, None).await.unwrap();
        assert_eq!((&newest.id, newest.status), (&id, AgentStatus::Active));
        let versions = pages(None, async |page| agents.versions(&id, page).await).await.unwrap();
        assert_eq!(versions.first().map(|version| &version.version), Some(&newest.version));
        for version in &versions {
            let found = agents.get(&id, Some(&version.version)).await.unwrap();
            assert_eq!((&found.id, &found.version), (&id, &version.version));
        }
        refused(agents.get(&id, Some("77")).await, Kind::NotFound);
        let listed = pages(Some(1), async |page| agents.list(&AgentQuery::default(), page).await).await.unwrap();
        assert!(listed.iter().all(|agent| agent.backend == newest.backend));
    });
}

#[test]
fn an_environment_is_found_by_its_id() {
    in_views_too(async |stage| {
        let id: AgentId = "env_1".parse().unwrap();
        if !stage.has(Feature::Environments) {
            refused(stage.backend.require_environments().map(|_| ()), Kind::Unsupported);
            return;
        }
        let environments = stage.backend.require_environments().unwrap();
        assert_eq!(environments.get(&id).await.unwrap().id, id);
        refused(environments.get(&"nosuch".parse().unwrap()).await, Kind::NotFound);
        pages(Some(1), async |page| environments.list(true, page).await).await.unwrap();
    });
}
