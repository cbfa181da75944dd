//! The operations, below the endpoint \[recorded\].

use crate::routes;

routes! {
    /// An operation of the API.
    pub enum AgbOperation {
        /// Takes a [`NewAgbSession`](super::NewAgbSession). Query: `imageId`.
        CreateSession = "sessions.create", POST "/mcp/createSession";
        /// Query: `labels` (JSON), `maxResults`, `nextToken`.
        ListSessions = "sessions.list", GET "/sdk/ListSession";
        /// Takes a [`SessionRef`](super::SessionRef).
        GetSession = "sessions.get", POST "/mcp/getSession";
        /// Takes a [`SessionRef`](super::SessionRef): the status.
        GetSessionInfo = "sessions.status", POST "/mcp/getSessionInfo";
        /// Takes a [`SessionRef`](super::SessionRef): where its desktop is.
        GetMcpResource = "sessions.info", POST "/mcp/getMcpResource";
        /// Query: `sessionId`.
        RefreshIdleTime = "sessions.touch", POST "/mcp/refreshSessionIdleTime";
        /// Query: `sessionId` and `Labels`, with a capital L. Replaces all labels.
        SetLabels = "sessions.label", POST "/sdk/SetLabel";
        /// Query: `sessionId`.
        GetLabels = "sessions.labels", GET "/sdk/GetLabel";
        /// Takes a [`SessionRef`](super::SessionRef). Then the status is asked for until it is gone.
        ReleaseSessionAsync = "sessions.delete", POST "/mcp/releaseSessionAsync";
        /// Takes a [`SessionRef`](super::SessionRef): the older form, that no SDK uses any more.
        ReleaseSession = "sessions.delete", POST "/mcp/releaseSession";
        /// Query: `imageId`. `data` is a string.
        ListTools = "tools.list", POST "/mcp/listTools";
        /// Takes a [`ToolRequest`](super::ToolRequest). Query: [`NO_NEW_SESSION`](super::NO_NEW_SESSION).
        CallTool = "tools.call", POST "/mcp";
        /// Query: `sessionId`, `protocolType`, `port`.
        GetLink = "sessions.link", GET "/internet/getLink";
        /// Query: `sessionId`.
        GetCdpLink = "sessions.link", POST "/internet/getCdpLink";
        /// Query: `sessionId` and `contextTypes`, a JSON array.
        LoadInternalContext = "contexts.load", POST "/sdk/GetAndLoadInternalContext";
        /// Query: `contextId` and `filePath`.
        GetUploadUrl = "contexts.upload_url", POST "/sdk/GetContextFileUploadUrl";
        /// Query: `contextId` and `filePath`.
        GetDownloadUrl = "contexts.download_url", POST "/sdk/GetContextFileDownloadUrl";
        /// Query: `contextId` and `filePath`.
        DeleteContextFile = "contexts.delete_file", POST "/sdk/DeleteContextFile";
        /// Query: `contextId`, `parentFolderPath`, `pageNumber`, `pageSize`.
        ListContextFiles = "contexts.files", POST "/sdk/DescribeContextFiles";
        /// Query: `sessionId`, `contextId`, `path`, `mode`.
        SyncContext = "contexts.sync", POST "/sdk/SyncContext";
        /// Query: `sessionId`, `contextId`, `path`, `taskType`.
        GetContextInfo = "contexts.status", GET "/sdk/GetContextInfo";
        /// Query: `maxResults`, `nextToken`.
        ListContexts = "contexts.list", GET "/sdk/ListContexts";
        /// Query: `id` or `name`, and `allowCreate`, with which it makes one: never to be retried.
        GetContext = "contexts.get", GET "/sdk/GetContext";
        /// Query: `id`, `name`.
        ModifyContext = "contexts.rename", POST "/sdk/ModifyContext";
        /// Query: `id`.
        DeleteContext = "contexts.delete", POST "/sdk/DeleteContext";
        /// Query: `id`. Then the context is asked for until it is `available`.
        ClearContext = "contexts.clear", POST "/sdk/ClearContext";
    }
}
