//! The command line's names of the steps, settings and features that the crates below refer to as data.

use std::sync::OnceLock;

use super::tool_advice::ToolAdvice;
use wharf_core::advice::{self, MissingSetting, Setting, Step, Vocabulary};
use wharf_core::error::{Error, Kind};
use wharf_core::feature::Feature;

/// The words for a model that calls tools, if hints are for one.
static TOOLS: OnceLock<ToolAdvice> = OnceLock::new();

/// Installs the command line's names for messages and hints of this process.
pub fn install() {
    advice::install(&FlagVocabulary);
}

/// Lets messages and hints name the tools of `wharf mcp` and their parameters from now on.
pub(super) fn name_tools(words: ToolAdvice) {
    TOOLS.get_or_init(|| words);
}

/// Returns the error with a hint: that of its kind, unless it has one.
pub(super) fn with_next_step(error: Error) -> Error {
    let kind = error.kind();
    error.or_hint(next_step(kind))
}

/// Returns what to do after an error of this kind.
fn next_step(kind: Kind) -> String {
    let is_for_tools = TOOLS.get().is_some();
    let text = match kind {
        Kind::Internal if is_for_tools => "this is a bug of this server, which its user can report",
        Kind::Internal => "this is a bug in wharf: report it with what --debug prints",
        Kind::Usage if is_for_tools => "tools/list describes the arguments of each tool",
        Kind::Usage => "see `wharf --help`",
        Kind::Auth => return format!("check the credentials: {}", Step::Diagnose { backend: None }),
        Kind::NotFound => "check the name or the path, and list what exists",
        Kind::Conflict => "look at what exists, then choose another name or replace it",
        Kind::Limit => "send or ask for less at once",
        Kind::Unsupported if is_for_tools => "tools/list and backend_get show what this server can do",
        Kind::Unsupported => return format!("see what each backend can do: {}", Step::ListBackends),
        Kind::Unavailable => "it may be temporary: try again",
        Kind::Unverified => "transfer the file again",
        Kind::Partial => "repeat it for what failed",
        Kind::NoMatch => "check what was asked for against what exists",
        Kind::Io => "check the path, its mode and the space on the disk",
        Kind::NeedsAction => "answer what the agent asks",
        Kind::AgentFailed => "read what the agent wrote, then send it another message",
        Kind::Deadline => "allow more time, or do less at once",
        Kind::Interrupted | Kind::Terminated if is_for_tools => "call it again",
        Kind::Interrupted | Kind::Terminated => "run the command again",
        Kind::Closed => "read the output to its end",
    };
    text.to_owned()
}

struct FlagVocabulary;

impl Vocabulary for FlagVocabulary {
    fn step(&self, step: &Step<'_>) -> String {
        TOOLS.get().map_or_else(|| format!("`wharf {}`", command(step)), |tools| tools.step(step))
    }

    fn setting(&self, setting: Setting, value: Option<&str>) -> String {
        let flag = flag(setting);
        match TOOLS.get() {
            Some(tools) => tools.setting(setting, flag, value),
            None => value.map_or_else(|| format!("--{flag}"), |value| format!("--{flag} {value}")),
        }
    }

    fn missing(&self, missing: &MissingSetting<'_>) -> String {
        let flag = flag(missing.setting);
        if let Some(tools) = TOOLS.get() {
            return tools.missing(missing, flag);
        }
        let MissingSetting { example, variable, .. } = missing;
        format!("set it: `--{flag} {example}`, {variable}, or `{flag}` in the profile")
    }

    fn feature(&self, feature: Feature) -> &'static str {
        if TOOLS.get().is_some() { feature.id() } else { feature_name(feature) }
    }

    fn alternative(&self, feature: Feature) -> String {
        if TOOLS.get().is_some() {
            return "leave it out: backend_get lists what the backend can do".to_owned();
        }
        alternative(feature)
    }
}

fn command(step: &Step<'_>) -> String {
    match *step {
        Step::Diagnose { backend } => backend.map_or("doctor".to_owned(), |backend| format!("doctor -b {backend}")),
        Step::ShowConfigPath => "config path".to_owned(),
        Step::ListSettings => "config list".to_owned(),
        Step::ListBackends => "backends".to_owned(),
        Step::CreateSessionWithResource => "sessions create --resource SPEC".to_owned(),
        Step::ListSessions => "sessions list".to_owned(),
        Step::Invoke { session } => format!("invoke {} PROMPT", session.unwrap_or("SESSION")),
        Step::FollowTurn { session } => format!("invoke {} --follow", session.unwrap_or("SESSION")),
        Step::Interrupt { session } => format!("sessions interrupt {}", session.unwrap_or("SESSION")),
        Step::SetAgentCommand => "config set agent_command '[\"PROGRAM\", \"ARG\"]'".to_owned(),
        Step::ListEvents { session } => format!("sessions events {}", session.unwrap_or("SESSION")),
        Step::ReadLog { session } => format!("sessions logs {}", session.unwrap_or("SESSION")),
        Step::StopSession { id } => format!("sessions stop {}", id.unwrap_or("SESSION")),
        Step::WaitForSession { id, deleted: false } => format!("sessions wait {id}"),
        Step::WaitForSession { id, deleted: true } => format!("sessions wait {id} --for deleted"),
        Step::ReplaceLabel => "sessions label SESSION OLD- NEW=VALUE".to_owned(),
        Step::DeleteSession { id, force } => {
            format!("sessions delete {}{}", session(id), if force { " --force" } else { "" })
        }
        Step::ListAgents => "agents list".to_owned(),
        Step::ListAgentVersions { agent } => format!("agents list {agent}"),
        Step::ListEnvironments => "environments list".to_owned(),
        Step::ListStoredFiles { scope: None } => "files ls".to_owned(),
        Step::ListStoredFiles { scope: Some(scope) } => format!("files ls --scope-id {scope}"),
        Step::DeleteStoredFile { id } => format!("files rm {}", id.unwrap_or("FILE_ID")),
        Step::ListFiles { session: id } => format!("files ls {}:/", session(id)),
        Step::ListFilesRecursively => "files ls -R".to_owned(),
        Step::StatFile => "files stat".to_owned(),
        Step::MakeDirectory => "files mkdir".to_owned(),
        Step::RemoveFile { target } => format!("files rm {}", target.unwrap_or("SESSION:PATH")),
        Step::Upload { source, target } => format!("files upload {source} {target}"),
        Step::Download { target, dest } => format!("files download {target} {dest}"),
        Step::PrintInto { path } => format!("files cat TARGET > {path}"),
        Step::ListResources { session: id } => format!("resources list {}", session(id)),
        Step::AddResource { session, resource } => format!("resources add {session} {resource}"),
        Step::DeleteResourceByPath { session: id } => {
            format!("resources delete {} --mount-path PATH", session(id))
        }
    }
}

fn session(id: Option<&str>) -> &str {
    id.unwrap_or("SESSION")
}

const fn flag(setting: Setting) -> &'static str {
    match setting {
        Setting::Agent => "agent",
        Setting::AgentVersion => "agent-version",
        Setting::All => "all",
        Setting::Backend => "backend",
        Setting::BaseUrl => "base-url",
        Setting::CaCert => "ca-cert",
        Setting::ConnectTimeout => "connect-timeout",
        Setting::Delete => "delete",
        Setting::EnvFile => "env-file",
        Setting::Environment => "environment",
        Setting::Exclude => "exclude",
        Setting::ExpiresIn => "expires-in",
        Setting::Fault => "fault",
        Setting::Header => "header",
        Setting::Image => "image",
        Setting::Include => "include",
        Setting::Jobs => "jobs",
        Setting::Limit => "limit",
        Setting::Links => "links",
        Setting::Listen => "listen",
        Setting::MaxCost => "max-cost",
        Setting::MaxDelete => "max-delete",
        Setting::MaxFiles => "max-files",
        Setting::MaxSize => "max-size",
        Setting::Name => "name",
        Setting::NoParents => "no-parents",
        Setting::NoSettle => "no-settle",
        Setting::Receipt => "receipt",
        Setting::Recursive => "recursive",
        Setting::Require => "require",
        Setting::Root => "root",
        Setting::SessionId => "id",
        Setting::Timeout => "timeout",
        Setting::TokenFile => "token-file",
        Setting::Ttl => "ttl",
        Setting::UserIdentity => "user-identity",
    }
}

const fn feature_name(feature: Feature) -> &'static str {
    match feature {
        Feature::SessionTitle => "sessions create --title",
        Feature::SessionLabels => "sessions label",
        Feature::SessionTtl => "sessions create --ttl",
        Feature::SessionId => "sessions create --id",
        Feature::SessionResources => "sessions create --resource",
        Feature::SessionAgent => "sessions create --agent",
        Feature::SessionAgentVersion => "sessions create --agent-version",
        Feature::SessionEnvironment => "sessions create --environment",
        Feature::SessionVaults => "sessions create --vault",
        Feature::SessionImage => "sessions create --image",
        Feature::SessionBudget => "sessions create --max-cost",
        Feature::SessionFilters => "sessions list by agent, time or memory store",
        Feature::CallAgent => "--agent with any command",
        Feature::SessionUpdate => "sessions update",
        Feature::SessionTouch => "sessions touch",
        Feature::SessionStop => "sessions stop",
        Feature::SessionArchive => "sessions archive",
        Feature::SessionFiles => "files in a session",
        Feature::Mkdir => "files mkdir",
        Feature::MkdirMode => "files mkdir --mode",
        Feature::Move => "files mv",
        Feature::Bundles => "small files in groups",
        Feature::StoredFiles => "stored files",
        Feature::FileExpiry => "files upload --expires-in",
        Feature::Verify => "files upload --verify",
        Feature::SyncUpload => "files sync to a session",
        Feature::Beta => "--beta",
        Feature::Resources => "resources",
        Feature::ResourceUpdate => "resources update",
        Feature::ResourceFile => "resources of type file",
        Feature::ResourceGithubRepository => "resources of type github_repository",
        Feature::ResourceMemoryStore => "resources of type memory_store",
        Feature::ResourceContext => "resources of type context",
        Feature::Agents => "agents",
        Feature::AgentFilters => "agents list --include-archived",
        Feature::Environments => "environments",
        Feature::Exec => "exec",
        Feature::ExecTerminal => "exec -t",
        Feature::ExecLanguage => "exec --language",
        Feature::Invoke => "invoke",
        Feature::InvokeAttach => "invoke --attach",
        Feature::InvokeSystem => "invoke --system",
        Feature::InvokeConversation => "invoke --conversation",
        Feature::InvokeProtocol => "invoke --protocol",
        Feature::InvokeTools => "invoke --on-ask, --allow-tool and --tool",
        Feature::Events => "sessions events",
        Feature::Logs => "sessions logs",
        Feature::Interrupt => "sessions interrupt",
        Feature::UserIdentity => "--user-identity",
        Feature::IsolationKey => "--isolation-key",
    }
}

fn alternative(feature: Feature) -> String {
    let text = match feature {
        Feature::SessionArchive => {
            "`sessions stop` keeps the files and frees the compute; `sessions delete` removes all"
        }
        Feature::SessionUpdate => "a session keeps the settings of its creation; `sessions label` changes labels",
        Feature::ResourceUpdate => "unmount it and mount it anew: `resources delete`, `resources add`",
        Feature::SessionLabels => "keep the ids of the sessions that belong together: `sessions create -q >ids`",
        Feature::CallAgent => {
            "it is for `sessions create`; `sessions list --agent-id` lists an agent's sessions where the service can"
        }
        Feature::SessionTouch => "using the session keeps it: upload a file, or list one",
        Feature::SessionStop => "`sessions delete` removes it with its files; until then it stays as it is",
        Feature::StoredFiles => "files live in sessions here: `wharf files ls SESSION:/`",
        Feature::Resources | Feature::ResourceFile => {
            "upload into the session instead: `wharf files upload ./file SESSION:/path`"
        }
        Feature::Agents => "no session needs an agent there",
        Feature::Environments => "no session needs an environment there",
        Feature::Exec => "an agent works in its sessions, and no command can be run there",
        Feature::Invoke => "no agent works there; run a command: `wharf exec SESSION -- COMMAND`",
        Feature::Events => "a session keeps no history there",
        Feature::Logs => "what happened in a session is listed by `wharf sessions events`",
        Feature::ExecTerminal => "leave out -t; -i passes stdin on without a terminal",
        Feature::ExecLanguage => "run the interpreter: `wharf exec SESSION -- python3 FILE`",
        Feature::Bundles => "files are transferred one by one",
        Feature::Move => "upload to the new path and remove the old one",
        Feature::Mkdir => "uploading a file makes its parents",
        Feature::SyncUpload => {
            "`files upload` adds files there; `files sync` takes a session as its source: `wharf files sync SESSION:/dir ./dir`"
        }
        Feature::Verify => "what was uploaded cannot be read back there; its length is compared anyway",
        Feature::ResourceGithubRepository => "clone it and upload the tree: `wharf files upload ./repo SESSION:/repo`",
        Feature::ResourceMemoryStore | Feature::ResourceContext => {
            "upload the files: `wharf files upload ./dir SESSION:/dir`"
        }
        _ => "leave it out, or choose a backend that has it: see `wharf backends`",
    };
    text.to_owned()
}
