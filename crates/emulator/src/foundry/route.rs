//! Paths and methods, and which call they mean.

use hyper::Method;

use crate::refusal::{Refusal, Result, segment};
use wharf_wire::foundry as wire;

/// What faults and the log call the calls.
pub(crate) const OPERATIONS: &[&str] = &[
    "sessions.create",
    "sessions.get",
    "sessions.list",
    "sessions.stop",
    "sessions.delete",
    "sessions.log",
    "files.upload",
    "files.download",
    "files.list",
    "files.delete",
    "files.mkdir",
    "files.stat",
    "agents.list",
    "agents.get",
    "agents.update",
    "agents.enable",
    "agents.disable",
    "agents.remove",
    "agents.versions",
    "agents.version",
    "agents.publish",
    "agents.retire",
    "agents.code",
    "agents.invoke",
    UNKNOWN,
];

/// What is no call.
pub(super) const UNKNOWN: &str = "unknown";

/// A call, with whom it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// All agents.
    Agents,
    /// An agent.
    Agent(String, AgentCall),
    /// An agent's sessions.
    Sessions(String, SessionsCall),
    /// One session.
    Session(String, String, SessionCall),
    /// What is in a session.
    Files(String, String, FilesCall),
    /// A conversation with an agent.
    Protocol(String),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum AgentCall {
    Get,
    Change,
    Enable,
    Disable,
    Remove,
    Versions,
    Publish,
    Version(String),
    Retire(String),
    /// What has to do with an agent's code.
    Code,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionsCall {
    Create,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionCall {
    Get,
    Stop,
    Delete,
    Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilesCall {
    Upload,
    Download,
    List,
    Delete,
    Mkdir,
    Stat,
}

impl Route {
    /// The call that a path below a project means. What is no call is 404, a call of another method
    /// 405.
    pub(super) fn find(method: &Method, path: &str) -> Result<Self> {
        let unknown = || Refusal::not_found("there is no call of this path");
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (project, agent, rest) = match parts.as_slice() {
            ["api", "projects", project, "agents"] if !project.is_empty() => {
                return if method == Method::GET { Ok(Route::Agents) } else { Err(Refusal::method(method)) };
            }
            ["api", "projects", project, "agents", agent, rest @ ..] => (project, agent, rest),
            _ => return Err(unknown()),
        };
        // A verb stands behind a colon, which is never part of a name.
        let (agent, verb) = agent.split_once(':').map_or((*agent, None), |(agent, verb)| (agent, Some(verb)));
        let agent = segment(agent)?;
        if project.is_empty() || !wire::is_agent_name(&agent) {
            return Err(Refusal::bad("an agent's name has 1 to 63 letters, digits and hyphens"));
        }
        let (get, post, put, delete) =
            (method == Method::GET, method == Method::POST, method == Method::PUT, method == Method::DELETE);
        match (verb, rest) {
            (None, _) => {}
            (Some("enable"), []) if post => return Ok(Route::Agent(agent, AgentCall::Enable)),
            (Some("disable"), []) if post => return Ok(Route::Agent(agent, AgentCall::Disable)),
            (Some("enable" | "disable"), []) => return Err(Refusal::method(method)),
            _ => return Err(unknown()),
        }
        let found = match rest {
            [] if get => Route::Agent(agent, AgentCall::Get),
            [] if delete => Route::Agent(agent, AgentCall::Remove),
            [] if method == Method::PATCH => Route::Agent(agent, AgentCall::Change),
            ["versions:import"] if post => Route::Agent(agent, AgentCall::Code),
            ["code:download"] if get => Route::Agent(agent, AgentCall::Code),
            ["versions:import" | "code:download"] => return Err(Refusal::method(method)),
            ["versions"] if get => Route::Agent(agent, AgentCall::Versions),
            ["versions"] if post => Route::Agent(agent, AgentCall::Publish),
            ["versions", version] if get => Route::Agent(agent, AgentCall::Version(segment(version)?)),
            ["versions", version] if delete => Route::Agent(agent, AgentCall::Retire(segment(version)?)),
            ["endpoint", "sessions"] if get => Route::Sessions(agent, SessionsCall::List),
            ["endpoint", "sessions"] if post => Route::Sessions(agent, SessionsCall::Create),
            ["endpoint", "sessions", id] => match id.split_once(':') {
                Some((id, "stop")) if post => Route::Session(agent, segment(id)?, SessionCall::Stop),
                Some((_, "stop")) => return Err(Refusal::method(method)),
                Some(_) => return Err(unknown()),
                None if get => Route::Session(agent, segment(id)?, SessionCall::Get),
                None if delete => Route::Session(agent, segment(id)?, SessionCall::Delete),
                None => return Err(Refusal::method(method)),
            },
            // Two clients, two paths for one log.
            ["sessions", id] | ["versions", _, "sessions", id] => match id.strip_suffix(":logstream") {
                Some(id) if get => Route::Session(agent, segment(id)?, SessionCall::Log),
                Some(_) => return Err(Refusal::method(method)),
                None => return Err(unknown()),
            },
            ["endpoint", "sessions", id, "files", which @ ..] => {
                let call = match which {
                    [] if get => FilesCall::List,
                    [] if delete => FilesCall::Delete,
                    ["content"] if put => FilesCall::Upload,
                    ["content"] if get => FilesCall::Download,
                    ["mkdir"] if post => FilesCall::Mkdir,
                    ["stat"] if get => FilesCall::Stat,
                    [] | ["content" | "mkdir" | "stat"] => return Err(Refusal::method(method)),
                    _ => return Err(unknown()),
                };
                Route::Files(agent, segment(id)?, call)
            }
            ["endpoint", "protocols", _, ..] => Route::Protocol(agent),
            [] | ["versions" | "endpoint", ..] if rest.len() < 3 => return Err(Refusal::method(method)),
            _ => return Err(unknown()),
        };
        Ok(found)
    }

    /// What faults and the log call it.
    pub(super) fn operation(&self) -> &'static str {
        match self {
            Route::Sessions(_, SessionsCall::Create) => "sessions.create",
            Route::Sessions(_, SessionsCall::List) => "sessions.list",
            Route::Session(_, _, SessionCall::Get) => "sessions.get",
            Route::Session(_, _, SessionCall::Stop) => "sessions.stop",
            Route::Session(_, _, SessionCall::Delete) => "sessions.delete",
            Route::Session(_, _, SessionCall::Log) => "sessions.log",
            Route::Files(_, _, FilesCall::Upload) => "files.upload",
            Route::Files(_, _, FilesCall::Download) => "files.download",
            Route::Files(_, _, FilesCall::List) => "files.list",
            Route::Files(_, _, FilesCall::Delete) => "files.delete",
            Route::Files(_, _, FilesCall::Mkdir) => "files.mkdir",
            Route::Files(_, _, FilesCall::Stat) => "files.stat",
            Route::Agents => "agents.list",
            Route::Agent(_, AgentCall::Get) => "agents.get",
            Route::Agent(_, AgentCall::Change) => "agents.update",
            Route::Agent(_, AgentCall::Enable) => "agents.enable",
            Route::Agent(_, AgentCall::Disable) => "agents.disable",
            Route::Agent(_, AgentCall::Code) => "agents.code",
            Route::Agent(_, AgentCall::Remove) => "agents.remove",
            Route::Agent(_, AgentCall::Versions) => "agents.versions",
            Route::Agent(_, AgentCall::Version(_)) => "agents.version",
            Route::Agent(_, AgentCall::Publish) => "agents.publish",
            Route::Agent(_, AgentCall::Retire(_)) => "agents.retire",
            Route::Protocol(_) => "agents.invoke",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &Method, below: &str) -> Result<Route, u16> {
        let path = format!("/api/projects/p/agents/{below}");
        Route::find(method, &path).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn the_paths_that_clients_build_are_the_calls_that_they_mean() {
        let paths = wire::Paths::of("a1");
        let odd = "a/b c:d";
        let session = |call| Ok(Route::Session("a1".into(), odd.into(), call));
        let files = |call| Ok(Route::Files("a1".into(), odd.into(), call));
        let find = |method: &Method, path: &str| find(method, path.strip_prefix("/agents/").unwrap());
        let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
        assert_eq!(find(&get, paths.agent()), Ok(Route::Agent("a1".into(), AgentCall::Get)));
        assert_eq!(find(&get, &paths.versions()), Ok(Route::Agent("a1".into(), AgentCall::Versions)));
        assert_eq!(find(&post, &paths.sessions()), Ok(Route::Sessions("a1".into(), SessionsCall::Create)));
        assert_eq!(find(&get, &paths.session(odd)), session(SessionCall::Get));
        assert_eq!(find(&delete, &paths.session(odd)), session(SessionCall::Delete));
        assert_eq!(find(&post, &paths.stop(odd)), session(SessionCall::Stop));
        assert_eq!(find(&get, &paths.files(odd)), files(FilesCall::List));
        assert_eq!(find(&delete, &paths.files(odd)), files(FilesCall::Delete));
        assert_eq!(find(&put, &paths.content(odd)), files(FilesCall::Upload));
        assert_eq!(find(&get, &paths.content(odd)), files(FilesCall::Download));
        assert_eq!(find(&post, &paths.mkdir(odd)), files(FilesCall::Mkdir));
        assert_eq!(find(&get, &paths.stat(odd)), files(FilesCall::Stat));
        for path in ["a1/sessions/s1:logstream", "a1/versions/7/sessions/s1:logstream"] {
            let log = Route::Session("a1".into(), "s1".into(), SessionCall::Log);
            assert_eq!(super::tests::find(&get, path), Ok(log), "{path}");
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        for (method, below, status) in [
            (&get, "a_1", 400),
            (&get, "", 400),
            (&get, "a1/endpoint/sessions//files", 400),
            (&get, "a1/endpoint/sessions/%ff", 400),
            (&get, "a1/rest", 404),
            (&get, "a1/endpoint/sessions/s1/files/copy", 404),
            (&get, "a1/endpoint/sessions/s1:start", 404),
            (&get, "a1/sessions/s1", 404),
            (&get, "a1/endpoint/sessions/s1:stop", 405),
            (&post, "a1/endpoint/sessions/s1", 405),
            (&put, "a1/endpoint/sessions", 405),
            (&post, "a1/endpoint/sessions/s1/files/content", 405),
            (&put, "a1", 405),
        ] {
            assert_eq!(find(method, below), Err(status), "{method} {below}");
        }
        assert!(Route::find(&get, "/api/projects/p/deployments").is_err());
    }

    #[test]
    fn every_operation_is_known_to_faults() {
        for (method, below) in [
            (Method::GET, "a1"),
            (Method::DELETE, "a1"),
            (Method::GET, "a1/versions/1"),
            (Method::DELETE, "a1/versions/1"),
            (Method::POST, "a1/versions"),
            (Method::POST, "a1/endpoint/protocols/invocations"),
        ] {
            let operation = find(&method, below).unwrap().operation();
            assert!(OPERATIONS.contains(&operation), "{operation}");
        }
    }
}
