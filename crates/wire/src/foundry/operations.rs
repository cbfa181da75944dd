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
        /// Lets an agent that speaks `responses` answer. The session is a member of the body.
        CreateResponse = "agents.invoke", POST "/agents/{agent}/endpoint/protocols/openai/responses";
        /// Returns a response, or with `stream=true` its events after `starting_after`.
        GetResponse = "responses.get", GET "/agents/{agent}/endpoint/protocols/openai/responses/{response}";
        DeleteResponse = "responses.delete", DELETE "/agents/{agent}/endpoint/protocols/openai/responses/{response}";
        /// Has no body.
        CancelResponse = "responses.cancel", POST "/agents/{agent}/endpoint/protocols/openai/responses/{response}/cancel";
        /// Returns what a response answers.
        ListInputItems = "responses.items", GET "/agents/{agent}/endpoint/protocols/openai/responses/{response}/input_items";
        CreateConversation = "conversations.create", POST "/agents/{agent}/endpoint/protocols/openai/conversations";
        GetConversation = "conversations.get", GET "/agents/{agent}/endpoint/protocols/openai/conversations/{conversation}";
        /// Sends any body to an agent that speaks `invocations`. The session is in the query.
        Invoke = "agents.invoke", POST "/agents/{agent}/endpoint/protocols/invocations";
        /// Returns how far an invocation is that was answered with 202.
        GetInvocation = "invocations.get", GET "/agents/{agent}/endpoint/protocols/invocations/{invocation}";
        /// Has no body.
        CancelInvocation = "invocations.cancel", POST "/agents/{agent}/endpoint/protocols/invocations/{invocation}/cancel";
        /// Describes the bodies of invocations.
        InvocationDocs = "invocations.docs", GET "/agents/{agent}/endpoint/protocols/invocations/docs/openapi.json";
        /// Describes a file or a directory. Not in the contract \[azd\].
        Stat = "files.stat", GET "/agents/{agent}/endpoint/sessions/{session}/files/stat";
    }
}
