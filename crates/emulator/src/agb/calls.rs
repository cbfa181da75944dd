//! What faults call the calls of tools.

/// The names that faults have for calls, one for each tool.
pub(super) const CALLS: [&str; 14] = [
    "tools.call.create_directory",
    "tools.call.list_directory",
    "tools.call.get_file_info",
    "tools.call.read_file",
    "tools.call.write_file",
    "tools.call.edit_file",
    "tools.call.move_file",
    "tools.call.delete_file",
    "tools.call.search_files",
    "tools.call.read_multiple_files",
    "tools.call.get_file_change",
    "tools.call.shell",
    "tools.call.run_code",
    "tools.call.get_metrics",
];

/// Returns the name that faults have for a call, by the call's body.
pub(super) fn call_name(body: &[u8]) -> Option<&'static str> {
    /// What the bodies of both routes have in common: the tool, by either name.
    #[derive(serde::Deserialize)]
    struct AnyCall {
        #[serde(alias = "tool")]
        name: String,
    }
    let call: AnyCall = serde_json::from_slice(body).ok()?;
    CALLS.into_iter().find(|known| known.strip_prefix("tools.call.") == Some(&call.name))
}
