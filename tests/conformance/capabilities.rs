//! What a backend says of itself against what its parts answer.

use std::time::Duration;

use serde_json::Map;
use wharf_client::backend::exec::{CommandLine, NewCommand, ProgramInput, TerminalSize};
use wharf_client::backend::turn::{Attachment, EventQuery, LogQuery, MessageProtocol, NewMessage, ToolAnswer};
use wharf_client::backend::{
    AgentQuery, Backend, Feature, LabelPatch, MkdirOptions, NewResource, NewSession, NewStoredFile, PageRequest,
    PutOptions, SessionChange, SessionFilters, SessionQuery, agb, anthropic, foundry, registry,
};
use wharf_client::http::Options;
use wharf_core::error::{Kind, Result};
use wharf_core::model::{FileId, Labels, ResourceKind, SessionId, SessionPath};

use crate::content::Content;
use crate::stage::{STAGES, VIEWS, wait_for};

/// Returns every feature that a backend of this build has.
fn features() -> Vec<Feature> {
    let mut all: Vec<Feature> = Vec::new();
    for feature in registry::ALL.iter().flat_map(|entry| entry.capabilities.features) {
        if !all.contains(feature) {
            all.push(*feature);
        }
    }
    all
}

async fn start(backend: &dyn Backend, session: &SessionId, terminal: Option<TerminalSize>) -> Result<()> {
    let command = CommandLine::Argv(vec!["true".into()]);
    let new =
        NewCommand { command, cwd: None, env: Vec::new(), withheld: Vec::new(), input: ProgramInput::Empty, terminal };
    backend.require_exec()?.start(session, new).await.map(drop)
}

async fn invoke(backend: &dyn Backend, session: &SessionId, message: NewMessage) -> Result<()> {
    let message = NewMessage { text: "text".to_owned(), ..message };
    backend.require_turns()?.start(session, message).await.map(drop)
}

async fn start_code(backend: &dyn Backend, session: &SessionId) -> Result<()> {
    let command = CommandLine::Code { language: "python".to_owned(), code: "1".to_owned() };
    let input = ProgramInput::Empty;
    let new = NewCommand { command, cwd: None, env: Vec::new(), withheld: Vec::new(), input, terminal: None };
    backend.require_exec()?.start(session, new).await.map(drop)
}

async fn put_nothing(backend: &dyn Backend, session: &SessionId) -> Result<()> {
    backend.require_files()?.put_bundle(session, &[], PutOptions::default()).await.map(drop)
}

fn resource(kind: ResourceKind) -> NewResource {
    let (file_id, mount_path) = ("file_1".parse().ok(), Some("word".to_owned()));
    NewResource { kind, file_id, mount_path, extra: Map::new() }
}

/// Calls what needs `feature` and as little else as possible.
async fn call(backend: &dyn Backend, session: &SessionId, feature: Feature) -> Result<()> {
    let word = || Some("word".to_owned());
    let home = SessionPath { session: session.clone(), path: backend.capabilities().home.parse()? };
    let at = home.at(home.path.join("entry"));
    let (id, file): (_, FileId) = ("word".parse()?, "file_1".parse()?);
    let (sessions, day) = (backend.sessions(), Some(Duration::from_secs(24 * 3600)));
    let labels = Labels::from([("name".to_owned(), "value".to_owned())]);
    let new = NewSession::default();
    let create = async |new| sessions.create(new).await.map(drop);
    let mkdir = async |options| backend.require_files()?.mkdir(&at, options).await.map(drop);
    let with = |kind| NewSession { resources: vec![resource(kind)], ..NewSession::default() };
    match feature {
        Feature::SessionTitle => create(NewSession { title: word(), ..new }).await,
        Feature::SessionTtl => create(NewSession { ttl: day, ..new }).await,
        Feature::SessionId => create(NewSession { id: Some(id), ..new }).await,
        Feature::SessionAgent => create(NewSession { agent: word(), ..new }).await,
        Feature::SessionAgentVersion => create(NewSession { agent_version: word(), ..new }).await,
        Feature::SessionEnvironment => create(NewSession { environment: word(), ..new }).await,
        Feature::SessionVaults => create(NewSession { vaults: vec!["word".to_owned()], ..new }).await,
        Feature::SessionImage => create(NewSession { image: word(), ..new }).await,
        Feature::SessionBudget => create(NewSession { max_cost: Some(250), ..new }).await,
        Feature::SessionResources => {
            let kinds =
                [ResourceKind::File, ResourceKind::GithubRepository, ResourceKind::MemoryStore, ResourceKind::Context];
            let kind = kinds.into_iter().find(|kind| backend.capabilities().has(Feature::of_resource(*kind)));
            create(with(kind.unwrap_or(ResourceKind::File))).await
        }
        Feature::ResourceFile => create(with(ResourceKind::File)).await,
        Feature::ResourceGithubRepository => create(with(ResourceKind::GithubRepository)).await,
        Feature::ResourceMemoryStore => create(with(ResourceKind::MemoryStore)).await,
        Feature::ResourceContext => create(with(ResourceKind::Context)).await,
        Feature::SessionLabels => {
            let query = SessionQuery { labels: labels.clone(), ..SessionQuery::default() };
            let listed = sessions.list(&query, PageRequest::default()).await.map(drop);
            let patch = LabelPatch { set: labels, remove: Vec::new() };
            listed.and(sessions.label(session, patch).await.map(drop))
        }
        Feature::SessionFilters => {
            let query = SessionQuery {
                filters: SessionFilters { agent: Some("word".to_owned()), ..SessionFilters::default() },
                ..SessionQuery::default()
            };
            sessions.list(&query, PageRequest::default()).await.map(drop)
        }
        Feature::SessionUpdate => sessions.update(session, SessionChange::default()).await.map(drop),
        Feature::SessionTouch => sessions.touch(session).await.map(drop),
        Feature::SessionStop => sessions.stop(session).await.map(drop),
        Feature::SessionArchive => sessions.archive(session).await.map(drop),
        Feature::SessionFiles => backend.require_files()?.stat(&at).await.map(drop),
        Feature::Mkdir => mkdir(MkdirOptions::default()).await,
        Feature::MkdirMode => mkdir(MkdirOptions { mode: Some(0o700), ..MkdirOptions::default() }).await,
        Feature::Move => backend.require_files()?.rename(&at, &at.path.join("other")).await.map(drop),
        Feature::Bundles => put_nothing(backend, session).await,
        Feature::Exec => start(backend, session, None).await,
        Feature::ExecTerminal => start(backend, session, Some(TerminalSize { rows: 24, columns: 80 })).await,
        Feature::ExecLanguage => start_code(backend, session).await,
        Feature::Agents => backend.require_agents()?.get(&"agent_1".parse()?, None).await.map(drop),
        Feature::AgentFilters => {
            let query = AgentQuery { include_archived: true, ..AgentQuery::default() };
            backend.require_agents()?.list(&query, PageRequest::default()).await.map(drop)
        }
        Feature::Environments => backend.require_environments()?.get(&"env_1".parse()?).await.map(drop),
        Feature::Events => {
            backend.require_events()?.list(session, &EventQuery::default(), PageRequest::default()).await.map(drop)
        }
        Feature::Interrupt => sessions.interrupt(session).await.map(drop),
        Feature::Invoke => invoke(backend, session, NewMessage::default()).await,
        Feature::InvokeAttach | Feature::InvokeSystem | Feature::InvokeConversation | Feature::InvokeProtocol => {
            let mut message = NewMessage::default();
            match feature {
                Feature::InvokeAttach => message.attachments.push(Attachment::Stored { file, is_image: false }),
                Feature::InvokeSystem => message.system = word(),
                Feature::InvokeConversation => message.conversation = word(),
                _ => message.protocol = Some(MessageProtocol::Responses),
            }
            invoke(backend, session, message).await
        }
        Feature::Logs => backend.require_logs()?.read(session, &LogQuery::default()).await.map(drop),
        Feature::InvokeTools => backend.require_turns()?.answer(session, "word", ToolAnswer::Allow).await,
        Feature::StoredFiles => backend.require_store()?.get(&file).await.map(drop),
        Feature::FileExpiry => {
            let options = PutOptions { expires_in: day, ..PutOptions::default() };
            let put = backend.require_files()?.put(&at, &Content(b"x"), options).await.map(drop);
            let new = NewStoredFile { filename: "x".to_owned(), mime_type: None, expires_in: day };
            put.and(backend.require_store()?.upload(new, &Content(b"x")).await.map(drop))
        }
        Feature::Resources => backend.require_resources()?.list(session, PageRequest::default()).await.map(drop),
        Feature::ResourceUpdate => backend.require_resources()?.update(session, "word", Map::new()).await.map(drop),
        // These are about how the backend is set up or what a transfer may do: no part has a call for them.
        Feature::CallAgent
        | Feature::Verify
        | Feature::SyncUpload
        | Feature::Beta
        | Feature::UserIdentity
        | Feature::IsolationKey => backend.require(feature),
    }
}

#[test]
fn a_feature_that_is_claimed_is_not_answered_as_unsupported() {
    for open in STAGES.iter().chain(VIEWS) {
        let stage = open();
        let session = wait_for(stage.sessions().create(NewSession::default())).unwrap().id;
        for feature in features().into_iter().filter(|feature| stage.has(*feature)) {
            let answer = wait_for(call(&*stage.backend, &session, feature));
            let kind = answer.as_ref().err().map(wharf_core::error::Error::kind);
            let name = stage.capabilities().backend;
            assert_ne!(kind, Some(Kind::Unsupported), "{name}: {}: {answer:?}", feature.name());
        }
    }
}

/// The services do not run: a request would fail as `unavailable`.
#[test]
fn a_feature_that_is_not_claimed_is_answered_as_unsupported_before_a_request_is_sent() {
    let options = |name| {
        let mut options = Options::new(name, "http://127.0.0.1:9");
        options.retries = 0;
        options
    };
    let mut backends: Vec<Box<dyn Backend>> = vec![
        foundry::with(options("foundry"), foundry::FoundrySetup { agent: Some("agent".to_owned()), records: None })
            .unwrap(),
        agb::with(options("agb"), Some("image".to_owned())).unwrap(),
        anthropic::with(options("anthropic"), anthropic::Setup::default()).unwrap(),
    ];
    let stages: Vec<_> = STAGES.iter().map(|open| open()).filter(|stage| stage.server.is_none()).collect();
    let known = |backends: &[Box<dyn Backend>], name| backends.iter().any(|one| one.capabilities().backend == name);
    for entry in registry::ALL.iter().filter(|entry| entry.capabilities.account.is_some()) {
        assert!(known(&backends, entry.capabilities.backend), "{}", entry.capabilities.backend);
    }
    backends.extend(stages.into_iter().map(|stage| stage.backend));
    let session: SessionId = "s1".parse().unwrap();
    let mut lacking = 0;
    for backend in &backends {
        let capabilities = backend.capabilities();
        for feature in features().into_iter().filter(|feature| !capabilities.has(*feature)) {
            let error = wait_for(call(&**backend, &session, feature)).unwrap_err();
            let name = capabilities.backend;
            assert_eq!(error.kind(), Kind::Unsupported, "{name}: {}: {error}", feature.name());
            lacking += 1;
        }
    }
    assert!(lacking > 50, "only {lacking} features were called");
}
