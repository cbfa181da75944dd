//! The operations, relative to the base URL, whose own path is kept \[recorded\].

use crate::routes;

routes! {
    /// An operation of the files API or of the managed agents API.
    pub enum AnthropicOperation {
        /// A form with the content.
        UploadFile = "files.upload", POST "/v1/files";
        ListFiles = "files.list", GET "/v1/files";
        GetFile = "files.get", GET "/v1/files/{file_id}";
        DownloadFile = "files.download", GET "/v1/files/{file_id}/content";
        DeleteFile = "files.delete", DELETE "/v1/files/{file_id}";
        CreateSession = "sessions.create", POST "/v1/sessions";
        ListSessions = "sessions.list", GET "/v1/sessions";
        GetSession = "sessions.get", GET "/v1/sessions/{session_id}";
        UpdateSession = "sessions.update", POST "/v1/sessions/{session_id}";
        DeleteSession = "sessions.delete", DELETE "/v1/sessions/{session_id}";
        /// Has no body.
        ArchiveSession = "sessions.archive", POST "/v1/sessions/{session_id}/archive";
        AddResource = "resources.add", POST "/v1/sessions/{session_id}/resources";
        ListResources = "resources.list", GET "/v1/sessions/{session_id}/resources";
        GetResource = "resources.get", GET "/v1/sessions/{session_id}/resources/{resource_id}";
        /// Changes the token of a repository.
        UpdateResource = "resources.update", POST "/v1/sessions/{session_id}/resources/{resource_id}";
        DeleteResource = "resources.delete", DELETE "/v1/sessions/{session_id}/resources/{resource_id}";
        SendEvents = "events.send", POST "/v1/sessions/{session_id}/events";
        ListEvents = "events.list", GET "/v1/sessions/{session_id}/events";
        /// Answers with server-sent events.
        StreamEvents = "events.stream", GET "/v1/sessions/{session_id}/events/stream";
        ListThreads = "threads.list", GET "/v1/sessions/{session_id}/threads";
        GetThread = "threads.get", GET "/v1/sessions/{session_id}/threads/{thread_id}";
        ArchiveThread = "threads.archive", POST "/v1/sessions/{session_id}/threads/{thread_id}/archive";
        ListThreadEvents = "threads.events", GET "/v1/sessions/{session_id}/threads/{thread_id}/events";
        /// Answers with server-sent events.
        StreamThread = "threads.stream", GET "/v1/sessions/{session_id}/threads/{thread_id}/stream";
        CreateAgent = "agents.create", POST "/v1/agents";
        ListAgents = "agents.list", GET "/v1/agents";
        GetAgent = "agents.get", GET "/v1/agents/{agent_id}";
        /// Adds a version.
        UpdateAgent = "agents.update", POST "/v1/agents/{agent_id}";
        ListAgentVersions = "agents.versions", GET "/v1/agents/{agent_id}/versions";
        ArchiveAgent = "agents.archive", POST "/v1/agents/{agent_id}/archive";
        CreateEnvironment = "environments.create", POST "/v1/environments";
        ListEnvironments = "environments.list", GET "/v1/environments";
        GetEnvironment = "environments.get", GET "/v1/environments/{environment_id}";
        UpdateEnvironment = "environments.update", POST "/v1/environments/{environment_id}";
        DeleteEnvironment = "environments.delete", DELETE "/v1/environments/{environment_id}";
        ArchiveEnvironment = "environments.archive", POST "/v1/environments/{environment_id}/archive";
    }
}
