//! Paths and methods, and which call they mean.

use hyper::Method;

use crate::refusal::{Refusal, Result, segment};
use wharf_wire::anthropic::sessions::filter;
use wharf_wire::anthropic::{events, files, list};

/// What faults and the log call the calls.
pub(crate) const OPERATIONS: &[&str] = &[
    "files.upload",
    "files.list",
    "files.get",
    "files.download",
    "files.delete",
    "sessions.create",
    "sessions.list",
    "sessions.get",
    "sessions.update",
    "sessions.delete",
    "sessions.archive",
    "resources.add",
    "resources.list",
    "resources.get",
    "resources.update",
    "resources.delete",
    "events.send",
    "events.list",
    "events.stream",
    "threads.list",
    "threads.get",
    "threads.archive",
    "threads.events",
    "threads.stream",
    "agents.create",
    "agents.list",
    "agents.get",
    "agents.update",
    "agents.versions",
    "agents.archive",
    "environments.create",
    "environments.list",
    "environments.get",
    "environments.update",
    "environments.delete",
    "environments.archive",
    "outputs.add",
    UNKNOWN,
];

/// What is no call.
pub(super) const UNKNOWN: &str = "unknown";

/// Where the calls are that only the emulator has.
pub(super) const OWN: &str = "/_emulator/anthropic/";

/// A call, with whom it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    Files(FilesCall),
    File(String, FileCall),
    Sessions(SessionsCall),
    Session(String, SessionCall),
    Resources(String, ResourcesCall),
    Resource(String, String, ResourceCall),
    Events(String, EventsCall),
    Threads(String),
    Thread(String, String, ThreadCall),
    Agents(CatalogueCall),
    Agent(String, AgentCall),
    Environments(CatalogueCall),
    Environment(String, EnvironmentCall),
    /// What an agent would have made, from a test: the emulator's own.
    Output(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilesCall {
    Upload,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileCall {
    Get,
    Download,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionsCall {
    Create,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionCall {
    Get,
    Update,
    Delete,
    Archive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourcesCall {
    Add,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourceCall {
    Get,
    Update,
    Delete,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventsCall {
    Send,
    List,
    Stream,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThreadCall {
    Get,
    Archive,
    Events,
    Stream,
}

/// Of agents and of environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CatalogueCall {
    Create,
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgentCall {
    Get,
    Update,
    Versions,
    Archive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EnvironmentCall {
    Get,
    Update,
    Delete,
    Archive,
}

impl Route {
    /// The call that a path means. What is no call is 404, a call of another method 405.
    pub(super) fn find(method: &Method, path: &str) -> Result<Self> {
        let unknown = || Refusal::not_found("there is no call of this path");
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let verb = match *method {
            Method::GET => 'g',
            Method::POST => 'p',
            Method::DELETE => 'd',
            _ => 'x',
        };
        let found = match (parts.as_slice(), verb) {
            (["v1", "files"], 'p') => Route::Files(FilesCall::Upload),
            (["v1", "files"], 'g') => Route::Files(FilesCall::List),
            (["v1", "files", id], 'g') => Route::File(segment(id)?, FileCall::Get),
            (["v1", "files", id], 'd') => Route::File(segment(id)?, FileCall::Delete),
            (["v1", "files", id, "content"], 'g') => Route::File(segment(id)?, FileCall::Download),
            (["v1", "sessions"], 'p') => Route::Sessions(SessionsCall::Create),
            (["v1", "sessions"], 'g') => Route::Sessions(SessionsCall::List),
            (["v1", "sessions", id], 'g') => Route::Session(segment(id)?, SessionCall::Get),
            (["v1", "sessions", id], 'p') => Route::Session(segment(id)?, SessionCall::Update),
            (["v1", "sessions", id], 'd') => Route::Session(segment(id)?, SessionCall::Delete),
            (["v1", "sessions", id, "archive"], 'p') => Route::Session(segment(id)?, SessionCall::Archive),
            (["v1", "sessions", id, "resources"], 'p') => Route::Resources(segment(id)?, ResourcesCall::Add),
            (["v1", "sessions", id, "resources"], 'g') => Route::Resources(segment(id)?, ResourcesCall::List),
            (["v1", "sessions", id, "resources", one], 'g') => {
                Route::Resource(segment(id)?, segment(one)?, ResourceCall::Get)
            }
            (["v1", "sessions", id, "resources", one], 'p') => {
                Route::Resource(segment(id)?, segment(one)?, ResourceCall::Update)
            }
            (["v1", "sessions", id, "resources", one], 'd') => {
                Route::Resource(segment(id)?, segment(one)?, ResourceCall::Delete)
            }
            (["v1", "sessions", id, "events"], 'p') => Route::Events(segment(id)?, EventsCall::Send),
            (["v1", "sessions", id, "events"], 'g') => Route::Events(segment(id)?, EventsCall::List),
            (["v1", "sessions", id, "events", "stream"], 'g') => Route::Events(segment(id)?, EventsCall::Stream),
            (["v1", "sessions", id, "threads"], 'g') => Route::Threads(segment(id)?),
            (["v1", "sessions", id, "threads", one], 'g') => {
                Route::Thread(segment(id)?, segment(one)?, ThreadCall::Get)
            }
            (["v1", "sessions", id, "threads", one, "archive"], 'p') => {
                Route::Thread(segment(id)?, segment(one)?, ThreadCall::Archive)
            }
            (["v1", "sessions", id, "threads", one, "events"], 'g') => {
                Route::Thread(segment(id)?, segment(one)?, ThreadCall::Events)
            }
            (["v1", "sessions", id, "threads", one, "stream"], 'g') => {
                Route::Thread(segment(id)?, segment(one)?, ThreadCall::Stream)
            }
            (["v1", "agents"], 'p') => Route::Agents(CatalogueCall::Create),
            (["v1", "agents"], 'g') => Route::Agents(CatalogueCall::List),
            (["v1", "agents", id], 'g') => Route::Agent(segment(id)?, AgentCall::Get),
            (["v1", "agents", id], 'p') => Route::Agent(segment(id)?, AgentCall::Update),
            (["v1", "agents", id, "versions"], 'g') => Route::Agent(segment(id)?, AgentCall::Versions),
            (["v1", "agents", id, "archive"], 'p') => Route::Agent(segment(id)?, AgentCall::Archive),
            (["v1", "environments"], 'p') => Route::Environments(CatalogueCall::Create),
            (["v1", "environments"], 'g') => Route::Environments(CatalogueCall::List),
            (["v1", "environments", id], 'g') => Route::Environment(segment(id)?, EnvironmentCall::Get),
            (["v1", "environments", id], 'p') => Route::Environment(segment(id)?, EnvironmentCall::Update),
            (["v1", "environments", id], 'd') => Route::Environment(segment(id)?, EnvironmentCall::Delete),
            (["v1", "environments", id, "archive"], 'p') => Route::Environment(segment(id)?, EnvironmentCall::Archive),
            (["_emulator", "anthropic", "sessions", id, "outputs"], 'p') => Route::Output(segment(id)?),
            // A path that another method would make a call.
            _ if verb != 'g' && Self::find(&Method::GET, path).is_ok() => return Err(Refusal::method(method)),
            _ if verb != 'p' && Self::find_post(path) => return Err(Refusal::method(method)),
            _ => return Err(unknown()),
        };
        Ok(found)
    }

    /// Whether `POST` is a call, where `GET` is not.
    fn find_post(path: &str) -> bool {
        path.ends_with("/archive") || path.ends_with("/outputs") && path.starts_with(OWN)
    }

    /// What faults and the log call it.
    pub(super) fn operation(&self) -> &'static str {
        match self {
            Route::Files(FilesCall::Upload) => "files.upload",
            Route::Files(FilesCall::List) => "files.list",
            Route::File(_, FileCall::Get) => "files.get",
            Route::File(_, FileCall::Download) => "files.download",
            Route::File(_, FileCall::Delete) => "files.delete",
            Route::Sessions(SessionsCall::Create) => "sessions.create",
            Route::Sessions(SessionsCall::List) => "sessions.list",
            Route::Session(_, SessionCall::Get) => "sessions.get",
            Route::Session(_, SessionCall::Update) => "sessions.update",
            Route::Session(_, SessionCall::Delete) => "sessions.delete",
            Route::Session(_, SessionCall::Archive) => "sessions.archive",
            Route::Resources(_, ResourcesCall::Add) => "resources.add",
            Route::Resources(_, ResourcesCall::List) => "resources.list",
            Route::Resource(_, _, ResourceCall::Get) => "resources.get",
            Route::Resource(_, _, ResourceCall::Update) => "resources.update",
            Route::Resource(_, _, ResourceCall::Delete) => "resources.delete",
            Route::Events(_, EventsCall::Send) => "events.send",
            Route::Events(_, EventsCall::List) => "events.list",
            Route::Events(_, EventsCall::Stream) => "events.stream",
            Route::Threads(_) => "threads.list",
            Route::Thread(_, _, ThreadCall::Get) => "threads.get",
            Route::Thread(_, _, ThreadCall::Archive) => "threads.archive",
            Route::Thread(_, _, ThreadCall::Events) => "threads.events",
            Route::Thread(_, _, ThreadCall::Stream) => "threads.stream",
            Route::Agents(CatalogueCall::Create) => "agents.create",
            Route::Agents(CatalogueCall::List) => "agents.list",
            Route::Agent(_, AgentCall::Get) => "agents.get",
            Route::Agent(_, AgentCall::Update) => "agents.update",
            Route::Agent(_, AgentCall::Versions) => "agents.versions",
            Route::Agent(_, AgentCall::Archive) => "agents.archive",
            Route::Environments(CatalogueCall::Create) => "environments.create",
            Route::Environments(CatalogueCall::List) => "environments.list",
            Route::Environment(_, EnvironmentCall::Get) => "environments.get",
            Route::Environment(_, EnvironmentCall::Update) => "environments.update",
            Route::Environment(_, EnvironmentCall::Delete) => "environments.delete",
            Route::Environment(_, EnvironmentCall::Archive) => "environments.archive",
            Route::Output(_) => "outputs.add",
        }
    }

    /// The query parameters that it takes, beside `beta` \[types\].
    pub(super) fn parameters(&self) -> &'static [&'static str] {
        const AGENTS: &[&str] = &["created_at[gte]", "created_at[lte]", filter::ARCHIVED, list::LIMIT, list::PAGE];
        const PAGES: &[&str] = &[list::LIMIT, list::PAGE];
        match self {
            Route::Files(FilesCall::List) => {
                &[list::LIMIT, list::PAGE, list::AFTER, list::BEFORE, files::IDS, files::SCOPE]
            }
            Route::Sessions(SessionsCall::List) => filter::ALL,
            Route::Resources(_, ResourcesCall::List)
            | Route::Thread(_, _, ThreadCall::Events)
            | Route::Agent(_, AgentCall::Versions) => PAGES,
            Route::Events(_, EventsCall::List) => events::FILTERS,
            Route::Events(_, EventsCall::Stream) | Route::Thread(_, _, ThreadCall::Stream) => &[events::DELTAS],
            Route::Threads(_) => &[filter::STATUSES, list::LIMIT, list::PAGE],
            Route::Agents(CatalogueCall::List) => AGENTS,
            Route::Agent(_, AgentCall::Get) => &["version"],
            Route::Environments(CatalogueCall::List) => &[filter::ARCHIVED, list::LIMIT, list::PAGE],
            Route::Output(_) => &["filename", "after", "mime_type", "expires_in", "downloadable"],
            _ => &[],
        }
    }

    /// Whether it is about files alone, which need no name of a feature.
    pub(super) fn is_files(&self) -> bool {
        matches!(self, Route::Files(_) | Route::File(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_wire::anthropic::paths;

    fn find(method: &Method, path: &str) -> Result<&'static str, u16> {
        let found = Route::find(method, path).map_err(|refusal| refusal.status.as_u16())?;
        let operation = found.operation();
        assert!(OPERATIONS.contains(&operation), "{operation}");
        Ok(operation)
    }

    #[test]
    fn the_paths_that_clients_build_are_the_calls_that_they_mean() {
        let (get, post, delete) = (Method::GET, Method::POST, Method::DELETE);
        let (id, one) = ("sesn_a/b c", "sesrsc_1");
        for (method, path, operation) in [
            (&post, paths::FILES.to_owned(), "files.upload"),
            (&get, paths::FILES.to_owned(), "files.list"),
            (&get, paths::file("file_1"), "files.get"),
            (&get, paths::content("file_1"), "files.download"),
            (&delete, paths::file("file_1"), "files.delete"),
            (&post, paths::SESSIONS.to_owned(), "sessions.create"),
            (&get, paths::SESSIONS.to_owned(), "sessions.list"),
            (&get, paths::session(id), "sessions.get"),
            (&post, paths::session(id), "sessions.update"),
            (&delete, paths::session(id), "sessions.delete"),
            (&post, paths::archive(id), "sessions.archive"),
            (&post, paths::resources(id), "resources.add"),
            (&get, paths::resources(id), "resources.list"),
            (&get, paths::resource(id, one), "resources.get"),
            (&post, paths::resource(id, one), "resources.update"),
            (&delete, paths::resource(id, one), "resources.delete"),
            (&post, paths::events(id), "events.send"),
            (&get, paths::events(id), "events.list"),
            (&get, paths::stream(id), "events.stream"),
            (&post, paths::AGENTS.to_owned(), "agents.create"),
            (&get, paths::AGENTS.to_owned(), "agents.list"),
            (&get, paths::agent("agent_1"), "agents.get"),
            (&post, paths::agent("agent_1"), "agents.update"),
            (&post, paths::ENVIRONMENTS.to_owned(), "environments.create"),
            (&get, paths::ENVIRONMENTS.to_owned(), "environments.list"),
            (&get, paths::environment("env_1"), "environments.get"),
            (&post, paths::environment("env_1"), "environments.update"),
            (&delete, paths::environment("env_1"), "environments.delete"),
            (&get, paths::threads(id), "threads.list"),
            (&get, paths::thread(id, "sthr_1"), "threads.get"),
            (&post, format!("{}/archive", paths::thread(id, "sthr_1")), "threads.archive"),
            (&get, format!("{}/events", paths::thread(id, "sthr_1")), "threads.events"),
            (&get, format!("{}/stream", paths::thread(id, "sthr_1")), "threads.stream"),
            (&post, format!("{OWN}sessions/sesn_1/outputs"), "outputs.add"),
        ] {
            assert_eq!(find(method, &path), Ok(operation), "{method} {path}");
        }
        assert_eq!(Route::find(&get, &paths::session(id)).ok(), Some(Route::Session(id.into(), SessionCall::Get)));
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        for (method, path, status) in [
            (&get, "/v1/messages", 404),
            (&get, "/v1/files/", 400),
            (&get, "/v1/files/%ff", 400),
            (&get, "/v1/sessions/sesn_1/files", 404),
            (&put, "/v1/files", 405),
            (&post, "/v1/files/file_1/content", 405),
            (&get, "/v1/sessions/sesn_1/archive", 405),
            (&put, "/v1/sessions/sesn_1", 405),
            (&post, "/v1/sessions/sesn_1/threads", 405),
            (&get, "/v1/sessions/sesn_1/threads/sthr_1/archive", 405),
            (&get, "/v1/sessions/sesn_1/threads/sthr_1/x", 404),
            (&get, "/_emulator/anthropic/sessions/sesn_1/outputs", 405),
        ] {
            assert_eq!(find(method, path), Err(status), "{method} {path}");
        }
    }
}
