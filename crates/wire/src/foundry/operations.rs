//! The operations, relative to the project's endpoint: `https://HOST/api/projects/PROJECT`.

use crate::routes;

routes! {
    /// An operation on hosted agents, their sessions or the files of a session.
    pub enum FoundryOperation {
        ListAgents = "agents.list", GET "/agents";
        GetAgent = "agents.get", GET "/agents/{agent}";
        UpdateAgent = "agents.update", PATCH "/agents/{agent}";
        DeleteAgent = "agents.remove", DELETE "/agents/{agent}";
        EnableAgent = "agents.enable", POST "/agents/{agent}:enable";
        DisableAgent = "agents.disable", POST "/agents/{agent}:disable";
        DownloadCode = "agents.code", GET "/agents/{agent}/code:download";
        ListVersions = "agents.versions", GET "/agents/{agent}/versions";
        CreateVersion = "agents.publish", POST "/agents/{agent}/versions";
        ImportVersion = "agents.code", POST "/agents/{agent}/versions:import";
        GetVersion = "agents.version", GET "/agents/{agent}/versions/{version}";
        DeleteVersion = "agents.retire", DELETE "/agents/{agent}/versions/{version}";
        CreateSession = "sessions.create", POST "/agents/{agent}/endpoint/sessions";
        ListSessions = "sessions.list", GET "/agents/{agent}/endpoint/sessions";
        GetSession = "sessions.get", GET "/agents/{agent}/endpoint/sessions/{session}";
        DeleteSession = "sessions.delete", DELETE "/agents/{agent}/endpoint/sessions/{session}";
        /// Has no body.
        StopSession = "sessions.stop", POST "/agents/{agent}/endpoint/sessions/{session}:stop";
        /// The log's path in one client.
        SessionLog = "sessions.log", GET "/agents/{agent}/sessions/{session}:logstream";
        /// The log's path in another client.
        VersionLog = "sessions.log", GET "/agents/{agent}/versions/{version}/sessions/{session}:logstream";
        ListDirectory = "files.list", GET "/agents/{agent}/endpoint/sessions/{session}/files";
        /// Removes a file or a directory.
        DeletePath = "files.delete", DELETE "/agents/{agent}/endpoint/sessions/{session}/files";
        UploadFile = "files.upload", PUT "/agents/{agent}/endpoint/sessions/{session}/files/content";
        DownloadFile = "files.download", GET "/agents/{agent}/endpoint/sessions/{session}/files/content";
        /// Takes a [`NewDirectory`](super::NewDirectory). Not in the contract \[azd\].
        CreateDirectory = "files.mkdir", POST "/agents/{agent}/endpoint/sessions/{session}/files/mkdir";
        /// Sends something to an agent.
        Invoke = "agents.invoke", POST "/agents/{agent}/endpoint/protocols/{*protocol}";
        /// Asks for what an agent answered.
        GetInvocation = "agents.invoke", GET "/agents/{agent}/endpoint/protocols/{*protocol}";
        /// Describes a file or a directory. Not in the contract \[azd\].
        Stat = "files.stat", GET "/agents/{agent}/endpoint/sessions/{session}/files/stat";
    }
}
