//! The tools: their definitions, and which of them a server offers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use clap::ValueEnum;
use rmcp::model::Tool;
use serde_json::{Map, Value};

use super::inline::InlineLimits;
use crate::output::human;
use wharf_client::backend::registry::require;
use wharf_client::backend::{Capabilities, Feature};
use wharf_core::error::{Error, Kind, Result};

/// The definitions of all tools, in the protocol's form. Names and parameters are those of "Manage files in hosted agent
/// sessions" in Microsoft's documentation, where that page has them.
const DEFINITIONS: &str = include_str!("tools.json");

/// A group of tools, for `--tools`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ToolGroup {
    /// Create, list, stop and delete sessions
    Sessions,
    /// Files in sessions
    Files,
    /// Messages to agents, events and logs
    Agent,
    /// Commands in sessions
    Exec,
    /// Resources mounted into sessions
    Resources,
}

/// Declares the tools with their names, groups and the feature that a backend needs for each.
macro_rules! tools {
    ($($tool:ident $name:literal $group:ident $feature:expr;)*) => {
        /// A tool.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum ToolKind {
            $(
                #[doc = $name]
                $tool,
            )*
        }

        impl ToolKind {
            /// All tools.
            const ALL: &[ToolKind] = &[$(ToolKind::$tool),*];

            /// Returns the name of the tool.
            const fn name(self) -> &'static str {
                match self {
                    $(ToolKind::$tool => $name,)*
                }
            }

            /// Returns the group of the tool; a tool without one is in every selection.
            const fn group(self) -> Option<ToolGroup> {
                use ToolGroup::{Agent, Exec, Files, Resources, Sessions};
                match self {
                    $(ToolKind::$tool => tools!(@group $group),)*
                }
            }

            /// Returns the feature that a backend needs.
            const fn feature(self) -> Option<Feature> {
                match self {
                    $(ToolKind::$tool => $feature,)*
                }
            }
        }
    };
    (@group None) => { None };
    (@group $group:ident) => { Some($group) };
}

tools! {
    BackendGet "backend_get" None None;
    SessionCreate "session_create" Sessions None;
    SessionGet "session_get" Sessions None;
    SessionList "session_list" Sessions None;
    SessionStop "session_stop" Sessions Some(Feature::SessionStop);
    SessionDelete "session_delete" Sessions None;
    FileUpload "session_file_upload" Files Some(Feature::SessionFiles);
    FileDownload "session_file_download" Files Some(Feature::SessionFiles);
    FileList "session_file_list" Files Some(Feature::SessionFiles);
    FileStat "session_file_stat" Files Some(Feature::SessionFiles);
    FileMkdir "session_file_mkdir" Files Some(Feature::Mkdir);
    FileDelete "session_file_delete" Files Some(Feature::SessionFiles);
    AgentInvoke "agent_invoke" Agent Some(Feature::Invoke);
    SessionConfirm "session_confirm" Agent Some(Feature::InvokeTools);
    SessionInterrupt "session_interrupt" Agent Some(Feature::Interrupt);
    SessionEvents "session_events" Agent Some(Feature::Events);
    SessionLogstream "session_logstream" Agent Some(Feature::Logs);
    SessionExec "session_exec" Exec Some(Feature::Exec);
    ResourceAdd "resource_add" Resources Some(Feature::ResourceFile);
    ResourceList "resource_list" Resources Some(Feature::Resources);
    ResourceDelete "resource_delete" Resources Some(Feature::Resources);
}

impl ToolKind {
    /// Returns the tool of a definition.
    fn of(definition: &Tool) -> Option<Self> {
        ToolKind::ALL.iter().copied().find(|kind| kind.name() == definition.name)
    }

    /// Returns whether the tool runs a program of the session, which is this machine on a backend that needs no account.
    pub(super) const fn runs_programs(self) -> bool {
        matches!(self, ToolKind::AgentInvoke | ToolKind::SessionExec)
    }

    /// Returns whether the tool only reads once nothing can be written to this machine.
    const fn reads_without_local_files(self) -> bool {
        matches!(self, ToolKind::FileDownload)
    }
}

/// Which tools a server offers.
#[derive(Debug, Clone)]
pub(super) struct ToolSelection {
    /// The groups; all of them if empty.
    pub(super) groups: Vec<ToolGroup>,
    /// Whether only tools are offered that change nothing.
    pub(super) read_only: bool,
    /// Whether programs may run on this machine.
    pub(super) allow_local_exec: bool,
    /// The limits of contents inside of messages, which the definitions name.
    pub(super) limits: InlineLimits,
}

/// The tools of a server.
pub(super) struct Catalog {
    tools: HashMap<&'static str, OfferedTool>,
    /// The tools in the form and order of the listing.
    listing: Arc<Vec<Tool>>,
    selection: ToolSelection,
    capabilities: &'static Capabilities,
    /// The tools that change nothing.
    readers: HashSet<ToolKind>,
}

/// A tool that a server offers.
pub(super) struct OfferedTool {
    pub(super) kind: ToolKind,
    pub(super) input: Value,
    pub(super) output: Option<Value>,
}

impl Catalog {
    /// Returns the tools that a backend can serve and the selection has.
    ///
    /// # Errors
    /// `internal` if a definition is invalid.
    pub(super) fn new(capabilities: &'static Capabilities, selection: ToolSelection) -> Result<Self> {
        let invalid = |e: &dyn std::fmt::Display| Error::new(Kind::Internal, format!("a tool's definition: {e}"));
        let InlineLimits { text, base64, local_files } = selection.limits;
        let definitions = DEFINITIONS.replace("{text}", &human::size(text)).replace("{base64}", &human::size(base64));
        let definitions: Vec<Tool> = serde_json::from_str(&definitions).map_err(|e| invalid(&e))?;
        let readers = definitions.iter().filter(|tool| is_reader(tool)).filter_map(ToolKind::of).collect();
        let mut catalog = Catalog { tools: HashMap::new(), listing: Arc::default(), selection, capabilities, readers };
        let mut listing = Vec::new();
        for mut definition in definitions {
            let kind = ToolKind::of(&definition).ok_or_else(|| invalid(&definition.name))?;
            if catalog.check_offered(kind).is_err() {
                continue;
            }
            if !local_files || catalog.selection.read_only && kind.reads_without_local_files() {
                without_local_files(kind, &mut definition);
            }
            let output = definition.output_schema.as_deref().map(|schema| Value::Object(schema.clone()));
            let input = Value::Object((*definition.input_schema).clone());
            definition.output_schema = definition.output_schema.map(|schema| Arc::new(with_error(&schema)));
            catalog.tools.insert(kind.name(), OfferedTool { kind, input, output });
            listing.push(definition);
        }
        catalog.listing = Arc::new(listing);
        Ok(catalog)
    }

    /// Returns the tools for a listing.
    pub(super) fn listing(&self) -> Arc<Vec<Tool>> {
        Arc::clone(&self.listing)
    }

    /// Returns a tool.
    ///
    /// # Errors
    /// `usage` for an unknown one; `unsupported` for one that is not offered.
    pub(super) fn find(&self, name: &str) -> Result<&OfferedTool> {
        if let Some(tool) = self.tools.get(name) {
            return Ok(tool);
        }
        match ToolKind::ALL.iter().find(|kind| kind.name() == name) {
            Some(kind) => {
                let missing = || Error::new(Kind::Internal, format!("{name} is offered, and has no definition"));
                Err(self.check_offered(*kind).err().unwrap_or_else(missing))
            }
            None => Err(Error::usage(format!("unknown tool: {name:?}")).hint("tools/list names the tools")),
        }
    }

    /// Returns whether a tool changes something in a session.
    pub(super) fn changes_sessions(&self, kind: ToolKind) -> bool {
        !self.readers.contains(&kind) && !kind.reads_without_local_files()
    }

    /// Returns whether the work of a tool waits for neither a service nor a program.
    pub(super) fn is_done_at_once(&self, kind: ToolKind) -> bool {
        self.capabilities.account.is_none() && !kind.runs_programs()
    }

    /// Fails with the reason why a tool is not offered.
    fn check_offered(&self, kind: ToolKind) -> Result<()> {
        let ToolSelection { groups, read_only: reads, allow_local_exec, .. } = &self.selection;
        let name = kind.name();
        if let Some(feature) = kind.feature() {
            require(self.capabilities, feature)?;
        }
        if kind.group().is_some_and(|group| !groups.is_empty() && !groups.contains(&group)) {
            return Err(Error::new(Kind::Unsupported, format!("{name} is not in the groups of this server"))
                .hint("the user can start the server with another --tools"));
        }
        if *reads && !self.readers.contains(&kind) && !kind.reads_without_local_files() {
            return Err(Error::new(Kind::Unsupported, format!("{name} changes something, and this server only reads"))
                .hint("the user can start the server without --read-only"));
        }
        if kind.runs_programs() && self.capabilities.account.is_none() && !allow_local_exec {
            return Err(Error::new(Kind::Unsupported, format!("{name} would run a program on this machine"))
                .hint("the user can start the server with --allow-local-exec"));
        }
        Ok(())
    }
}

/// Returns whether a tool changes nothing.
fn is_reader(tool: &Tool) -> bool {
    tool.annotations.as_ref().is_some_and(|hints| hints.read_only_hint == Some(true))
}

/// The parameters of files on this machine.
const LOCAL_PARAMETERS: [&str; 2] = ["localPath", "overwrite"];

/// Removes files on this machine from a definition.
fn without_local_files(kind: ToolKind, definition: &mut Tool) {
    let (description, required) = match kind {
        ToolKind::FileUpload => (
            "Write one file. Give exactly one of contentText, contentBase64. Parents are made. Replaces an existing file.",
            None,
        ),
        ToolKind::FileDownload => (
            "Read one file, inline: text as text, else base64; over the limit it is an error that names the size, never a \
             cut text. offset and length read a part.",
            None,
        ),
        ToolKind::ResourceAdd => ("Mount a stored file into the session, read-only.", Some("fileId")),
        _ => return,
    };
    definition.description = Some(description.into());
    let mut schema = without_local_parameters(&definition.input_schema);
    definition.output_schema = definition.output_schema.as_deref().map(without_local_parameters).map(Arc::new);
    if let Some(all) = schema.get_mut("required").and_then(Value::as_array_mut) {
        all.extend(required.map(Value::from));
    }
    definition.input_schema = Arc::new(schema);
    if kind.reads_without_local_files() {
        definition.annotations = definition.annotations.take().map(|hints| hints.read_only(true));
    }
}

fn without_local_parameters(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut schema = schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !LOCAL_PARAMETERS.contains(&&**name));
    }
    schema
}

/// Returns the schema of a result that has its fields, or an error in their place: clients check both.
fn with_error(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut whole = schema.clone();
    let mut success = Map::new();
    success.extend(whole.shift_remove_entry("required"));
    if let Some(properties) = whole.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("error".to_owned(), serde_json::json!({ "type": "object" }));
    }
    whole.insert("anyOf".to_owned(), serde_json::json!([success, { "required": ["error"] }]));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use wharf_client::backend::registry::ALL;

    fn names(backend: &str, selection: &ToolSelection) -> HashSet<String> {
        let entry = ALL.iter().find(|entry| entry.capabilities.backend == backend).unwrap();
        let catalog = Catalog::new(entry.capabilities, selection.clone()).unwrap();
        catalog.listing().iter().map(|tool| tool.name.to_string()).collect()
    }

    const EVERYTHING: ToolSelection =
        ToolSelection { groups: Vec::new(), read_only: false, allow_local_exec: true, limits: LIMITS };

    const LIMITS: InlineLimits = InlineLimits { text: 2048, base64: 1024, local_files: true };

    #[test]
    fn each_tool_is_defined_once_and_offered_by_a_backend() {
        let definitions: Vec<Tool> = serde_json::from_str(DEFINITIONS).unwrap();
        let defined: Vec<_> = definitions.iter().map(|tool| tool.name.to_string()).collect();
        let declared: HashSet<_> = ToolKind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
        assert_eq!(defined.iter().cloned().collect::<HashSet<_>>(), declared);
        assert_eq!(defined.len(), declared.len());
        let offered: HashSet<_> = ALL.iter().flat_map(|entry| names(entry.capabilities.backend, &EVERYTHING)).collect();
        assert_eq!(offered, declared);
    }

    #[test]
    fn a_backend_offers_what_it_can_do() {
        let offers = |backend: &str, name: &str| names(backend, &EVERYTHING).contains(name);
        assert!(offers("local", "session_exec") && offers("agb", "session_exec"));
        assert!(!offers("foundry", "session_exec") && !offers("anthropic", "session_exec"));
        assert!(offers("anthropic", "session_confirm") && !offers("foundry", "session_confirm"));
        assert!(!offers("anthropic", "session_file_mkdir") && !offers("agb", "resource_add"));
    }

    #[test]
    fn programs_run_on_this_machine_only_where_that_is_allowed() {
        let careful = ToolSelection { allow_local_exec: false, ..EVERYTHING };
        let missing: HashSet<_> = &names("local", &EVERYTHING) - &names("local", &careful);
        assert_eq!(missing, HashSet::from(["agent_invoke", "session_exec"].map(str::to_owned)));
        assert_eq!(names("agb", &EVERYTHING), names("agb", &careful));
    }

    #[test]
    fn a_server_that_only_reads_offers_readers() {
        let selection = ToolSelection { read_only: true, ..EVERYTHING };
        let entry = ALL.first().unwrap();
        let catalog = Catalog::new(entry.capabilities, selection).unwrap();
        let listing = catalog.listing();
        assert!(listing.iter().all(is_reader));
        let download = listing.iter().find(|tool| tool.name == "session_file_download").unwrap();
        assert!(LOCAL_PARAMETERS.iter().all(|name| !download.input_schema["properties"][*name].is_object()));
        assert_eq!(catalog.find("session_delete").err().map(|error| error.kind()), Some(Kind::Unsupported));
        assert_eq!(catalog.find("no_such_tool").err().map(|error| error.kind()), Some(Kind::Usage));
    }

    #[test]
    fn a_tool_names_local_files_only_where_directories_are_shared() {
        let entry = ALL.first().unwrap();
        let with_local = |selection: ToolSelection| {
            let catalog = Catalog::new(entry.capabilities, selection).unwrap();
            let names = catalog.listing();
            let names = names
                .iter()
                .filter(|tool| serde_json::to_string(tool).unwrap().contains("\"localPath\":{\"type\":\"string\""));
            names.map(|tool| tool.name.to_string()).collect::<HashSet<_>>()
        };
        let whole = serde_json::to_string(&*Catalog::new(entry.capabilities, EVERYTHING).unwrap().listing()).unwrap();
        assert!(whole.contains("at most 2.0 KiB") && whole.contains("1.0 KiB decoded") && !whole.contains("{text}"));
        let all = ["session_file_upload", "session_file_download", "resource_add"].map(str::to_owned);
        assert_eq!(with_local(EVERYTHING), HashSet::from(all));
        let selection = ToolSelection { limits: InlineLimits { local_files: false, ..LIMITS }, ..EVERYTHING };
        let catalog = Catalog::new(entry.capabilities, selection.clone()).unwrap();
        for tool in catalog.listing().iter() {
            let input = serde_json::to_string(&(&tool.input_schema, &tool.output_schema)).unwrap();
            let description = tool.description.as_deref().unwrap_or_default();
            assert!(!input.contains("localPath") && !description.contains("local file"), "{}", tool.name);
        }
        assert_eq!(catalog.find("resource_add").unwrap().input["required"], serde_json::json!(["sessionId", "fileId"]));
    }

    #[test]
    fn a_group_is_offered_alone() {
        let selection = ToolSelection { groups: vec![ToolGroup::Resources], ..EVERYTHING };
        let expected = ["backend_get", "resource_add", "resource_list", "resource_delete"].map(str::to_owned);
        assert_eq!(names("local", &selection), HashSet::from(expected));
    }
}
