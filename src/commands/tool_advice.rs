//! The names of steps and settings for models that call the tools of `wharf mcp`. They have no command line: what no tool
//! does is for the user of the server.

use wharf_core::advice::{Setting, Step};

/// Returns the tool for a step, or where the user takes it.
pub(super) fn step(step: &Step<'_>) -> String {
    let text = match *step {
        Step::ListSessions => "session_list",
        Step::Invoke { .. } => "agent_invoke",
        Step::FollowTurn { .. } | Step::ListEvents { .. } => "session_events",
        Step::Interrupt { .. } => "session_interrupt",
        Step::ReadLog { .. } => "session_logstream",
        Step::StopSession { .. } => "session_stop",
        Step::WaitForSession { deleted: false, .. } => "session_get, until its status has changed",
        Step::WaitForSession { deleted: true, .. } => "session_get, until it is not found",
        Step::DeleteSession { force: true, .. } => "session_interrupt, then session_delete",
        Step::DeleteSession { .. } => "session_delete",
        Step::ListFiles { .. } | Step::ListFilesRecursively => "session_file_list",
        Step::StatFile => "session_file_stat",
        Step::MakeDirectory => "session_file_mkdir",
        Step::RemoveFile { .. } => "session_file_delete",
        Step::Upload { .. } => "session_file_upload",
        Step::Download { .. } => "session_file_download",
        Step::ListResources { .. } => "resource_list",
        Step::AddResource { .. } => "resource_add",
        Step::DeleteResourceByPath { .. } => "resource_delete",
        Step::ListBackends => "backend_get",
        Step::PrintInto { .. } => "choose another localPath",
        Step::Diagnose { .. } | Step::ListSettings => "the settings of this server, which its user can check",
        Step::ShowConfigPath => "the configuration of this server",
        Step::SetAgentCommand => "the user can set agent_command in the configuration of this server",
        Step::CreateSessionWithResource => "the user can create such a session",
        Step::ReplaceLabel => "the user can replace a label",
        Step::ListAgents
        | Step::ListAgentVersions { .. }
        | Step::ListEnvironments
        | Step::ListStoredFiles { .. }
        | Step::DeleteStoredFile { id: None } => "the console of the service",
        Step::DeleteStoredFile { id: Some(id) } => return format!("the console of the service (`{id}`)"),
    };
    text.to_owned()
}

/// Returns the parameter of a tool for a setting, or that of the server, whose flag is `flag`.
pub(super) fn setting(setting: Setting, flag: &str, value: Option<&str>) -> String {
    let parameter = match setting {
        Setting::Agent => "agentName",
        Setting::AgentVersion => "agentVersion",
        Setting::Limit => "limit",
        Setting::MaxCost => "maxCostUsd",
        Setting::Name => "another file name",
        Setting::NoParents => "createParents: false",
        Setting::Recursive => "recursive: true",
        Setting::SessionId => "sessionId",
        Setting::Ttl => "ttl",
        Setting::Timeout => "the time limit of this server",
        // The user has to know the flag.
        Setting::Root => return format!("the user can start this server with --root {}", value.unwrap_or("DIR")),
        Setting::All
        | Setting::Backend
        | Setting::BaseUrl
        | Setting::CaCert
        | Setting::ConnectTimeout
        | Setting::Delete
        | Setting::EnvFile
        | Setting::Environment
        | Setting::Exclude
        | Setting::ExpiresIn
        | Setting::Fault
        | Setting::Header
        | Setting::Image
        | Setting::Include
        | Setting::Jobs
        | Setting::Links
        | Setting::Listen
        | Setting::MaxDelete
        | Setting::MaxFiles
        | Setting::MaxSize
        | Setting::NoSettle
        | Setting::Receipt
        | Setting::Require
        | Setting::TokenFile
        | Setting::UserIdentity => {
            let value = value.map(|value| format!(" ({value})")).unwrap_or_default();
            return format!("the setting {flag} of this server{value}");
        }
    };
    parameter.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_that_of_the_command_line() {
        let (session, id) = (Some("s1"), "s1");
        let steps = [
            Step::Diagnose { backend: Some("agb") },
            Step::ListBackends,
            Step::CreateSessionWithResource,
            Step::SetAgentCommand,
            Step::WaitForSession { id, deleted: false },
            Step::DeleteSession { id: session, force: true },
            Step::ListAgentVersions { agent: "a" },
            Step::ListStoredFiles { scope: session },
            Step::DeleteStoredFile { id: session },
            Step::Upload { source: "a", target: "b" },
            Step::PrintInto { path: "x" },
            Step::AddResource { session: id, resource: "f" },
        ];
        let settings = [Setting::SessionId, Setting::Jobs, Setting::Image, Setting::TokenFile, Setting::Recursive];
        let names = steps.iter().map(step).chain(settings.map(|one| setting(one, "image", Some("x"))));
        for name in names {
            assert!(!name.contains("--") && !name.contains("wharf ") && !name.contains("SESSION"), "{name}");
        }
    }
}
