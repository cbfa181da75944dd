//! The paths of the calls, relative to the base URL, whose own path is kept \[recorded\]. Ids are
//! escaped as a whole.

use crate::url::escape;

/// Files: `POST` uploads a form, `GET` lists.
pub const FILES: &str = "/v1/files";

/// Sessions: `POST` makes one, `GET` lists.
pub const SESSIONS: &str = "/v1/sessions";

/// Agents: `POST` makes one, `GET` lists.
pub const AGENTS: &str = "/v1/agents";

/// Environments: `POST` makes one, `GET` lists.
pub const ENVIRONMENTS: &str = "/v1/environments";

/// One file: `GET` tells of it, `DELETE`.
pub fn file(id: &str) -> String {
    format!("{FILES}/{}", escape(id))
}

/// A file's content: `GET`.
pub fn content(id: &str) -> String {
    format!("{}/content", file(id))
}

/// One session: `GET`, `POST` changes it, `DELETE`.
pub fn session(id: &str) -> String {
    format!("{SESSIONS}/{}", escape(id))
}

/// Archives a session: `POST`, without a body.
pub fn archive(id: &str) -> String {
    format!("{}/archive", session(id))
}

/// What is mounted in a session: `GET` lists, `POST` adds a file.
pub fn resources(session_id: &str) -> String {
    format!("{}/resources", session(session_id))
}

/// One resource: `GET`, `POST` changes a repository's token, `DELETE`.
pub fn resource(session_id: &str, id: &str) -> String {
    format!("{}/{}", resources(session_id), escape(id))
}

/// A session's events: `GET` lists, `POST` sends.
pub fn events(session_id: &str) -> String {
    format!("{}/events", session(session_id))
}

/// Events as they happen: `GET`, server-sent events.
pub fn stream(session_id: &str) -> String {
    format!("{}/stream", events(session_id))
}

/// A session's threads: `GET` lists.
pub fn threads(session_id: &str) -> String {
    format!("{}/threads", session(session_id))
}

/// One thread: `GET`. Its history is at `/events` below it, and what happens at `/stream`.
pub fn thread(session_id: &str, id: &str) -> String {
    format!("{}/{}", threads(session_id), escape(id))
}

/// One agent: `GET`, `POST` makes a new version of it.
pub fn agent(id: &str) -> String {
    format!("{AGENTS}/{}", escape(id))
}

/// One environment: `GET`, `POST` changes it, `DELETE`.
pub fn environment(id: &str) -> String {
    format!("{ENVIRONMENTS}/{}", escape(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_segment_each() {
        assert_eq!(file("file_01/../x y"), "/v1/files/file_01%2F..%2Fx%20y");
        assert_eq!(content("file_1"), "/v1/files/file_1/content");
        assert_eq!(archive("sesn_1"), "/v1/sessions/sesn_1/archive");
        assert_eq!(resource("sesn_1", "sesrsc_?"), "/v1/sessions/sesn_1/resources/sesrsc_%3F");
        assert_eq!(stream("sesn_1"), "/v1/sessions/sesn_1/events/stream");
        assert_eq!(agent("agent_1"), "/v1/agents/agent_1");
        assert_eq!(environment("env_1"), "/v1/environments/env_1");
    }
}
