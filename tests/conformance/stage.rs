//! The backends under test, and what each one plays on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use wharf_client::backend::anthropic::Setup;
use wharf_client::backend::local::{Durability, Local};
use wharf_client::backend::{
    Backend, Capabilities, Feature, FileStore, Resources, SessionFiles, Sessions, agb, anthropic, foundry, local,
};
use wharf_client::http::{Credentials, Options};
use wharf_core::error::{Kind, Result};
use wharf_core::model::SessionStatus;

use crate::lean::MinimalBackend;

/// Every backend under test whose sessions hold files that can be written and read.
pub(crate) const STAGES: &[fn() -> Stage] = &[on_local, on_lean, on_foundry, on_agb, on_agb_that_runs];

/// Those whose session files are a view of what is mounted and of what an agent made.
pub(crate) const VIEWS: &[fn() -> Stage] = &[on_anthropic];

/// Those whose sessions run commands.
pub(crate) const RUNNERS: &[fn() -> Stage] = &[on_local, on_agb_that_runs];

/// Those whose sessions have agents.
pub(crate) const AGENTS: &[fn() -> Stage] = &[on_local, on_anthropic, on_foundry];

/// The local backend.
fn on_local() -> Stage {
    let home = tempfile::tempdir().unwrap();
    let store = Local::new(home.path().join("store"), local::CAPABILITIES.limits, Durability::Synced);
    let backend = Box::new(store.with_agent(Ok(Some(vec!["cat".to_owned()]))));
    Stage { shortest_ttl: Some(Duration::from_millis(200)), ..Stage::plain(backend, home) }
}

/// A backend that lacks all that may be lacking, so that this is tested too.
fn on_lean() -> Stage {
    let home = tempfile::tempdir().unwrap();
    let backend = Box::new(MinimalBackend::over(local::at(home.path().join("store"), local::CAPABILITIES.limits)));
    Stage { one_in: 8, ..Stage::plain(backend, home) }
}

/// Microsoft Foundry, as `wharf serve` speaks it.
fn on_foundry() -> Stage {
    on_foundry_with(&[])
}

/// The same with what `--fault` takes.
pub(crate) fn on_foundry_with(faults: &[&str]) -> Stage {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&home, faults);
    let agent = "order-agent";
    let mut options = Options::new("foundry", server.variable("FOUNDRY_PROJECT_ENDPOINT"));
    options.auth = Some(Arc::new(Credentials::bearer(&server.variable("WHARF_FOUNDRY_TOKEN")).unwrap()));
    let backend = foundry::with(
        options,
        foundry::FoundrySetup { agent: Some(agent.to_owned()), records: Some(home.path().join("turns")) },
    )
    .unwrap();
    Stage {
        one_in: 16,
        agent,
        stopped: SessionStatus::Idle,
        keeps_in_one_step: false,
        server: Some(server),
        ..Stage::plain(backend, home)
    }
}

/// Anthropic's managed agents, as `wharf serve` speaks them.
fn on_anthropic() -> Stage {
    on_anthropic_with(&[])
}

/// The same with what `--fault` takes.
pub(crate) fn on_anthropic_with(faults: &[&str]) -> Stage {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&home, faults);
    let agent = "agent_1";
    let mut options = Options::new("anthropic", server.variable("ANTHROPIC_BASE_URL"));
    let key = Credentials::key("x-api-key", &server.variable("ANTHROPIC_API_KEY")).unwrap();
    options.auth = Some(Arc::new(key));
    options.idle_timeout = Duration::from_secs(2);
    let setup = Setup {
        agent: Some(agent.to_owned()),
        environment: Some("env_1".to_owned()),
        settle: Duration::from_millis(200),
        ..Setup::default()
    };
    let backend = anthropic::with(options, setup).unwrap();
    Stage { agent, server: Some(server), ..Stage::plain(backend, home) }
}

/// AGB cloud, as `wharf serve` speaks it.
fn on_agb() -> Stage {
    on_agb_with(&[])
}

/// The same with what `--fault` takes.
pub(crate) fn on_agb_with(faults: &[&str]) -> Stage {
    on_agb_of(&faults.iter().flat_map(|fault| ["--fault", *fault]).collect::<Vec<_>>())
}

/// The same with commands that really run, those that wharf needs for files among them.
fn on_agb_that_runs() -> Stage {
    Stage { one_in: 64, ..on_agb_of(&["--exec"]) }
}

fn on_agb_of(args: &[&str]) -> Stage {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start_with(&home, args);
    let mut options = Options::new("agb", server.variable("AGB_ENDPOINT"));
    options.auth = Some(Arc::new(Credentials::bearer(&server.variable("AGB_API_KEY")).unwrap()));
    let backend = agb::with(options, Some("agb-code-space-1".to_owned())).unwrap();
    Stage {
        one_in: 16,
        keeps_in_one_step: false,
        tells_expiry: false,
        blank_labels: false,
        keeps_running: false,
        server: Some(server),
        ..Stage::plain(backend, home)
    }
}

/// `wharf serve` with a store below a stage's directory, so that nothing stays when it is killed.
pub(crate) struct Server {
    child: Child,
    variables: Vec<(String, String)>,
}

impl Server {
    fn start(home: &TempDir, faults: &[&str]) -> Self {
        Self::start_with(home, &faults.iter().flat_map(|fault| ["--fault", *fault]).collect::<Vec<_>>())
    }

    fn start_with(home: &TempDir, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wharf"));
        command
            .arg("serve")
            .args(args)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir(home)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command.envs([("HOME", home.path()), ("TMPDIR", home.path())]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let export = |line: std::io::Result<String>| {
            let line = line.unwrap();
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        };
        let mut variables: Vec<(String, String)> = Vec::new();
        for variable in lines.filter_map(export) {
            variables.push(variable);
            // It says everything at once, and this last.
            if variables.last().is_some_and(|(name, _)| name == "AGB_API_KEY") {
                break;
            }
        }
        Server { child, variables }
    }

    pub(crate) fn variable(&self, name: &str) -> String {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An empty backend with a directory of its own.
pub(crate) struct Stage {
    pub(crate) backend: Box<dyn Backend>,
    /// A time to live that a test can wait for, where there is one.
    pub(crate) shortest_ttl: Option<Duration>,
    /// One of this number of random sequences runs on this stage.
    pub(crate) one_in: u32,
    /// The agent that its sessions belong to, where they belong to one.
    pub(crate) agent: &'static str,
    /// What a session is after it was stopped.
    pub(crate) stopped: SessionStatus,
    /// Whether nothing can come between the look for a file that is to be kept and the write.
    pub(crate) keeps_in_one_step: bool,
    /// Whether a session says when it goes away.
    pub(crate) tells_expiry: bool,
    /// Whether a label may have no value.
    pub(crate) blank_labels: bool,
    /// Whether a session in which a command runs is not deleted.
    pub(crate) keeps_running: bool,
    // They go after the backend.
    pub(crate) server: Option<Server>,
    home: TempDir,
}

impl Stage {
    /// A stage that plays everything.
    fn plain(backend: Box<dyn Backend>, home: TempDir) -> Self {
        Stage {
            backend,
            shortest_ttl: None,
            one_in: 1,
            agent: "a word",
            stopped: SessionStatus::Stopped,
            keeps_in_one_step: true,
            tells_expiry: true,
            blank_labels: true,
            keeps_running: true,
            server: None,
            home,
        }
    }

    pub(crate) fn capabilities(&self) -> &'static Capabilities {
        self.backend.capabilities()
    }

    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.capabilities().features.contains(&feature)
    }

    /// What came of something that needs `feature`. None where the backend lacks it, which must have
    /// been the answer.
    #[track_caller]
    pub(crate) fn allows<T>(&self, feature: Feature, result: Result<T>) -> Option<T> {
        if self.has(feature) {
            Some(result.unwrap())
        } else {
            refused(result, Kind::Unsupported);
            None
        }
    }

    /// Removes the directories of a name from all sessions, as another program does. Returns how many there were.
    pub(crate) fn remove_behind(&self, name: &str) -> usize {
        let (mut left, mut removed) = (vec![self.home.path().to_owned()], 0);
        while let Some(directory) = left.pop() {
            for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
                if entry.file_name() == name {
                    fs::remove_dir_all(entry.path()).unwrap();
                    removed += 1;
                } else if entry.file_type().unwrap().is_dir() {
                    left.push(entry.path());
                }
            }
        }
        removed
    }

    pub(crate) fn sessions(&self) -> &dyn Sessions {
        self.backend.sessions()
    }

    /// The parts, for a test that knows that they are there.
    pub(crate) fn files(&self) -> &dyn SessionFiles {
        self.backend.require_files().unwrap()
    }

    pub(crate) fn store(&self) -> &dyn FileStore {
        self.backend.require_store().unwrap()
    }

    pub(crate) fn resources(&self) -> &dyn Resources {
        self.backend.require_resources().unwrap()
    }
}

/// It failed in this way.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T>, kind: Kind) {
    match result {
        Ok(_) => panic!("this should be refused as `{}`, and was done", kind.word()),
        Err(error) => assert_eq!(error.kind(), kind, "{error}"),
    }
}

thread_local! {
    /// A test has one: the connections of a backend live in it.
    static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
}

/// Runs a future to its end.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

#[test]
fn every_backend_of_this_build_is_on_a_stage() {
    let staged: Vec<_> = STAGES.iter().chain(VIEWS).map(|open| open().capabilities().backend).collect();
    for entry in wharf_client::backend::registry::ALL {
        assert!(staged.contains(&entry.capabilities.backend), "only {staged:?}");
    }
}

#[test]
fn a_part_is_there_exactly_if_the_capabilities_say_so() {
    for open in STAGES.iter().chain(VIEWS) {
        let stage = open();
        let backend = &stage.backend;
        assert_eq!(backend.files().is_some(), stage.has(Feature::SessionFiles));
        assert_eq!(backend.store().is_some(), stage.has(Feature::StoredFiles));
        assert_eq!(backend.resources().is_some(), stage.has(Feature::Resources));
        assert_eq!(backend.exec().is_some(), stage.has(Feature::Exec));
        assert_eq!(backend.turns().is_some(), stage.has(Feature::Invoke));
        assert_eq!(backend.logs().is_some(), stage.has(Feature::Logs));
        assert_eq!(backend.events().is_some(), stage.has(Feature::Events));
        assert_eq!(backend.agents().is_some(), stage.has(Feature::Agents));
        assert_eq!(backend.environments().is_some(), stage.has(Feature::Environments));
    }
}
