//! The names of steps and settings for models that call the tools of `wharf mcp`. They have no command line: what no tool
//! does is for the user of the server.

use wharf_core::advice::{MissingSetting, Setting, Step};

/// The names of tools and of their parameters, as far as they depend on the backend of the server.
pub(super) struct ToolAdvice {
    /// Whether a call may name another agent.
    pub(super) calls_agents: bool,
    /// Whether the backend is a service, which has a console.
    pub(super) is_hosted: bool,
}

impl ToolAdvice {
    /// Returns the tool for a step, or where the user takes it.
    pub(super) fn step(&self, step: &Step<'_>) -> String {
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
            | Step::DeleteStoredFile { id: None } => self.console(),
            Step::DeleteStoredFile { id: Some(id) } => return format!("{} (`{id}`)", self.console()),
        };
        text.to_owned()
    }

    /// Returns the parameter of a tool for a setting, or that of the server, whose flag is `flag`.
    pub(super) fn setting(&self, setting: Setting, flag: &str, value: Option<&str>) -> String {
        let parameter = match setting {
            Setting::Agent if self.calls_agents => "agentName",
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
            Setting::Agent
            | Setting::All
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

    /// Returns how the user sets what is missing: `field` is its name in the profile.
    pub(super) fn missing(&self, missing: &MissingSetting<'_>, field: &str) -> String {
        let variable = missing.variable;
        let user = format!("the user of this server can set {variable}, or `{field}` in the profile");
        if missing.setting == Setting::Agent && self.calls_agents {
            format!("name it in agentName, or {user}")
        } else {
            user
        }
    }

    /// Returns where the user does what no tool does.
    fn console(&self) -> &'static str {
        if self.is_hosted { "the console of the service" } else { "the user's command line" }
    }
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
        for (calls_agents, is_hosted) in [(false, false), (false, true), (true, true)] {
            let words = ToolAdvice { calls_agents, is_hosted };
            let missing =
                [Setting::Agent, Setting::Image].map(|setting| words.missing(&setting.missing("x", "WHARF_X"), "x"));
            let settings = settings.map(|one| words.setting(one, "image", Some("x")));
            for name in steps.iter().map(|step| words.step(step)).chain(settings).chain(missing) {
                assert!(!name.contains("--") && !name.contains("wharf ") && !name.contains("SESSION"), "{name}");
            }
        }
    }

    #[test]
    fn a_parameter_is_named_only_where_the_backend_has_it() {
        let words = |calls_agents| ToolAdvice { calls_agents, is_hosted: true };
        let missing = Setting::Agent.missing("NAME", "WHARF_AGENT");
        assert_eq!(words(true).setting(Setting::Agent, "agent", None), "agentName");
        assert!(words(true).missing(&missing, "agent").contains("agentName"));
        assert!(!words(false).setting(Setting::Agent, "agent", None).contains("agentName"));
        assert!(!words(false).missing(&missing, "agent").contains("agentName"));
    }
}
