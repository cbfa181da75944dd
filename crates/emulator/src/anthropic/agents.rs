//! Agents and environments: as much as a session needs of them.
//!
//! Those that clients make are kept while the server runs. Beside them there is one behind every id
//! that begins as theirs do, so that a test can name any; it is in no listing.

use std::sync::Mutex;

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::checks::{check_metadata, known_only};
use super::page::{self, CreationFilter, Order, PageCursor, SortKey};
use super::{ApiError, ApiResult, DOCUMENT_MAX};
use crate::answer::{self, HttpResponse, now};
use crate::request::ApiRequest;
use wharf_core::random;
use wharf_core::sync::lock;
use wharf_wire::anthropic::agents as wire;
use wharf_wire::anthropic::error::code;
use wharf_wire::anthropic::{Deleted, Metadata, sessions::filter};

/// What a session's copy of an agent does not have.
const NOT_COPIED: [&str; 4] = ["metadata", "created_at", "updated_at", "archived_at"];

/// What an agent may be given.
const AGENT_MEMBERS: [&str; 10] = [
    "name",
    "model",
    "description",
    "system",
    "tools",
    "mcp_servers",
    "skills",
    "metadata",
    "multiagent",
    "execution_identity",
];

/// What an environment may be given.
const ENVIRONMENT_MEMBERS: [&str; 5] = ["name", "description", "config", "metadata", "scope"];

/// What clients made.
#[derive(Default)]
pub(super) struct AgentCatalogue(Mutex<CatalogueState>);

#[derive(Default)]
struct CatalogueState {
    /// All versions of each agent, the oldest first.
    agents: Vec<Vec<Value>>,
    environments: Vec<Value>,
}

impl CatalogueState {
    fn agent(&mut self, id: &str) -> Option<&mut Vec<Value>> {
        self.agents.iter_mut().find(|versions| versions.first().is_some_and(|agent| field(agent, "id") == id))
    }

    fn environment(&mut self, id: &str) -> Option<&mut Value> {
        self.environments.iter_mut().find(|environment| field(environment, "id") == id)
    }

    /// Refuses an environment whose name another one has.
    fn free_name(&self, environment: &Value) -> ApiResult<()> {
        let is = |name: &str, known: &Value| field(known, name) == field(environment, name);
        if self.environments.iter().any(|known| is("name", known) && !is("id", known)) {
            let what = format!("an environment is called {} already", field(environment, "name"));
            return Err(ApiError::new(StatusCode::CONFLICT, what));
        }
        Ok(())
    }
}

impl AgentCatalogue {
    pub(super) async fn create_agent(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        only(&given, &AGENT_MEMBERS)?;
        for needed in ["name", "model"] {
            required(&given, needed)?;
        }
        let made = agent(&random::id("agent")?, 1, &given)?;
        lock(&self.0).agents.push(vec![made.clone()]);
        Ok(answer::json(StatusCode::OK, &made))
    }

    pub(super) fn list_agents(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let newest = lock(&self.0).agents.iter().filter_map(|versions| versions.last().cloned()).collect();
        list(newest, request)
    }

    pub(super) fn get_agent(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let version = match request.query.get("version").map(str::parse) {
            None => None,
            Some(Ok(version @ 1..)) => Some(version),
            Some(_) => return Err(ApiError::bad("version: a number from 1")),
        };
        Ok(answer::json(StatusCode::OK, &self.version(id, version)?))
    }

    pub(super) async fn update_agent(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let mut given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        let newest = self.version(id, None)?;
        let number = field(&newest, "version").as_u64().unwrap_or(1);
        if given.shift_remove("version").is_some_and(|asked| asked != *field(&newest, "version")) {
            return Err(ApiError::new(StatusCode::CONFLICT, "version: there is a newer one"));
        }
        only(&given, &AGENT_MEMBERS)?;
        if !field(&newest, "archived_at").is_null() {
            return Err(ApiError::bad(format!("Agent `{id}` is archived.")));
        }
        if given.get("name").is_some_and(|name| name.as_str().is_none_or(str::is_empty)) {
            return Err(ApiError::bad("name: cannot be cleared"));
        }
        let mut fields = newest.as_object().cloned().unwrap_or_default();
        patch_metadata(&mut fields, &mut given)?;
        fields.extend(given);
        let made = agent(id, number + 1, &fields)?;
        let mut catalogue = lock(&self.0);
        match catalogue.agent(id) {
            Some(versions) => versions.push(made.clone()),
            None => catalogue.agents.push(vec![newest, made.clone()]),
        }
        Ok(answer::json(StatusCode::OK, &made))
    }

    /// Lists the versions of an agent. An archived agent has its versions all the same, and each says so.
    pub(super) fn list_agent_versions(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let newest = self.version(id, None)?;
        let all = lock(&self.0).agent(id).cloned().unwrap_or_else(|| vec![newest]);
        page_of((0..).zip(all), request)
    }

    pub(super) fn archive_agent(&self, id: &str) -> ApiResult<HttpResponse> {
        let newest = self.version(id, None)?;
        let mut catalogue = lock(&self.0);
        if catalogue.agent(id).is_none() {
            catalogue.agents.push(vec![newest]);
        }
        let versions = catalogue.agent(id).map_or(&mut [][..], |versions| versions.as_mut_slice());
        versions.iter_mut().for_each(archive);
        Ok(answer::json(StatusCode::OK, &versions.last().cloned().unwrap_or_default()))
    }

    pub(super) async fn create_environment(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        only(&given, &ENVIRONMENT_MEMBERS)?;
        required(&given, "name")?;
        let made = environment(&random::id("env")?, &given)?;
        let mut catalogue = lock(&self.0);
        catalogue.free_name(&made)?;
        catalogue.environments.push(made.clone());
        Ok(answer::json(StatusCode::OK, &made))
    }

    pub(super) fn list_environments(&self, request: &ApiRequest) -> ApiResult<HttpResponse> {
        list(lock(&self.0).environments.clone(), request)
    }

    pub(super) fn get_environment(&self, id: &str) -> ApiResult<HttpResponse> {
        Ok(answer::json(StatusCode::OK, &self.any_environment(id)?))
    }

    pub(super) async fn update_environment(&self, id: &str, request: &ApiRequest) -> ApiResult<HttpResponse> {
        let given: Map<String, Value> = request.document(DOCUMENT_MAX).await?;
        let found = self.any_environment(id)?;
        let changed = changed_environment(id, &found, given)?;
        let mut catalogue = lock(&self.0);
        catalogue.free_name(&changed)?;
        match catalogue.environment(id) {
            Some(known) => known.clone_from(&changed),
            None => catalogue.environments.push(changed.clone()),
        }
        Ok(answer::json(StatusCode::OK, &changed))
    }

    pub(super) fn delete_environment(&self, id: &str) -> ApiResult<HttpResponse> {
        self.any_environment(id)?;
        lock(&self.0).environments.retain(|known| field(known, "id") != id);
        Ok(answer::json(StatusCode::OK, &Deleted::of(id, Deleted::ENVIRONMENT)))
    }

    pub(super) fn archive_environment(&self, id: &str) -> ApiResult<HttpResponse> {
        let found = self.any_environment(id)?;
        let mut catalogue = lock(&self.0);
        if catalogue.environment(id).is_none() {
            catalogue.environments.push(found);
        }
        let archived = catalogue.environment(id).map(|known| {
            archive(known);
            known.clone()
        });
        Ok(answer::json(StatusCode::OK, &archived))
    }

    /// Returns the settings that a session gets from a version of an agent, or from the newest.
    pub(super) fn settings(&self, id: &str, version: Option<u64>) -> ApiResult<Value> {
        let mut agent = self.version(id, version)?;
        if !field(&agent, "archived_at").is_null() {
            return Err(ApiError::bad(format!("Agent `{id}` is archived.")));
        }
        if let Some(fields) = agent.as_object_mut() {
            fields.retain(|name, _| !NOT_COPIED.contains(&name.as_str()));
        }
        Ok(agent)
    }

    /// Returns whether an environment, which must be there, was created by a client.
    pub(super) fn environment_of(&self, id: &str) -> ApiResult<bool> {
        let found = self.any_environment(id)?;
        if !field(&found, "archived_at").is_null() {
            return Err(ApiError::bad(format!("Environment `{id}` is archived.")));
        }
        Ok(field(field(&found, "config"), "type") == "self_hosted")
    }

    fn version(&self, id: &str, version: Option<u64>) -> ApiResult<Value> {
        let missing = || ApiError::not_found(format!("Agent `{id}` not found."));
        let known = lock(&self.0).agent(id).cloned();
        let versions = match known {
            Some(versions) => versions,
            None if id.starts_with("agent_") => {
                let given = json!({ "name": id, "model": "claude-opus-5-5" });
                vec![agent(id, 1, given.as_object().unwrap_or(&Map::new()))?]
            }
            None => return Err(missing()),
        };
        let found = match version {
            None => versions.last(),
            Some(version) => versions.iter().find(|agent| *field(agent, "version") == version),
        };
        found.cloned().ok_or_else(missing)
    }

    fn any_environment(&self, id: &str) -> ApiResult<Value> {
        match lock(&self.0).environment(id) {
            Some(known) => Ok(known.clone()),
            None if id.starts_with("env_") => environment(id, &Map::from_iter([("name".to_owned(), id.into())])),
            None => {
                let what = format!("Environment `{id}` not found.");
                Err(ApiError::not_found(what).code(code::NO_ENVIRONMENT))
            }
        }
    }
}

/// Returns a field of an object; null where there is none.
fn field<'a>(object: &'a Value, name: &str) -> &'a Value {
    object.get(name).unwrap_or(&Value::Null)
}

fn only(given: &Map<String, Value>, known: &[&str]) -> ApiResult<()> {
    only_within("", given, known)
}

/// Refuses fields that are not known, and says where they stand.
fn only_within(at: &str, given: &Map<String, Value>, known: &[&str]) -> ApiResult<()> {
    let strange = given.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    known_only(at, &strange.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn required(given: &Map<String, Value>, name: &str) -> ApiResult<()> {
    match given.get(name) {
        None | Some(Value::Null) => Err(ApiError::bad(format!("{name}: Field required"))),
        Some(_) => Ok(()),
    }
}

fn archive(object: &mut Value) {
    // A second time changes nothing.
    if let Some(fields) = object.as_object_mut().filter(|known| known.get("archived_at").is_none_or(Value::is_null)) {
        fields.insert("archived_at".to_owned(), json!(now()));
    }
}

/// Returns a listing, the newest first; the order is unknown.
fn list(all: Vec<Value>, request: &ApiRequest) -> ApiResult<HttpResponse> {
    let archived = page::flag(request, filter::ARCHIVED)?;
    let created = CreationFilter::of(request)?;
    let fits = |object: &Value| {
        let at = field(object, "created_at").as_str().and_then(|at| at.parse().ok());
        (archived || field(object, "archived_at").is_null()) && at.is_none_or(|at| created.holds(at))
    };
    page_of((0..).zip(all).filter(|(_, object)| fits(object)), request)
}

/// Returns the page of objects that a request asks for, the last first.
fn page_of(all: impl Iterator<Item = (i64, Value)>, request: &ApiRequest) -> ApiResult<HttpResponse> {
    let limit = page::limit(request, wire::PAGE_DEFAULT, wire::PAGE_MAX)?;
    let cursor = PageCursor::of(request, Order::Newest)?;
    let all = all.map(|(at, one)| (SortKey::of(at, ""), one)).collect();
    let cut = page::cut(all, Order::Newest, cursor.as_ref(), limit);
    Ok(answer::json(StatusCode::OK, &page::plain(cut)))
}

/// Sets and removes metadata as `given` says, and takes it out of there: null removes a name
/// \[types\].
fn patch_metadata(fields: &mut Map<String, Value>, given: &mut Map<String, Value>) -> ApiResult<()> {
    let patch = match given.shift_remove("metadata") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(patch)) => patch,
        Some(_) => return Err(ApiError::bad("metadata: an object of text")),
    };
    let mut metadata = fields.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in patch {
        match value {
            Value::Null => drop(metadata.shift_remove(&name)),
            value => drop(metadata.insert(name, value)),
        }
    }
    fields.insert("metadata".to_owned(), read_metadata(metadata.into())?);
    Ok(())
}

/// Returns the metadata that a request gives, within the service's limits.
fn read_metadata(given: Value) -> ApiResult<Value> {
    let metadata: Metadata = serde_json::from_value(given)
        .map_err(|e| ApiError::bad(format!("metadata: {e}")).code(code::INVALID_METADATA))?;
    check_metadata(&metadata)?;
    Ok(json!(metadata))
}

/// Returns a field that was given, or what stands for none.
fn given_or(given: &Map<String, Value>, name: &str, default: Value) -> Value {
    given.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default)
}

fn agent(id: &str, version: u64, given: &Map<String, Value>) -> ApiResult<Value> {
    let made = now();
    Ok(json!({
        "type": "agent",
        "id": id,
        "version": version,
        "name": given_or(given, "name", Value::Null),
        "description": given_or(given, "description", Value::Null),
        "system": given_or(given, "system", Value::Null),
        "model": model(given.get("model").unwrap_or(&Value::Null))?,
        "tools": tools(given.get("tools").unwrap_or(&Value::Null)),
        "mcp_servers": given_or(given, "mcp_servers", json!([])),
        "skills": given_or(given, "skills", json!([])),
        "metadata": read_metadata(given_or(given, "metadata", json!({})))?,
        "multiagent": given_or(given, "multiagent", Value::Null),
        "execution_identity": given_or(given, "execution_identity", json!({ "type": "service_account" })),
        "created_at": given_or(given, "created_at", json!(made)),
        "updated_at": made,
        "archived_at": Value::Null,
    }))
}

/// Returns a model as answers have it: a word becomes an object, and so does the word of an effort.
pub(super) fn model(given: &Value) -> ApiResult<Value> {
    let mut model = match given {
        Value::String(id) => Map::from_iter([("id".to_owned(), json!(id))]),
        Value::Object(object) if object.get("id").is_some_and(Value::is_string) => object.clone(),
        _ => return Err(ApiError::bad("model: a model's id, or an object with one")),
    };
    if let Some(level) = model.get("effort").filter(|effort| effort.is_string()).cloned() {
        model.insert("effort".to_owned(), json!({ "type": level }));
    }
    // Always there: the model's own where a request names none [types].
    model.entry("effort").or_insert_with(|| json!({ "type": "high" }));
    model.entry("speed").or_insert_with(|| json!("standard"));
    model.entry("inference_geo").or_insert(Value::Null);
    Ok(model.into())
}

/// Tools as answers have them, with what the service fills in.
pub(super) fn tools(given: &Value) -> Value {
    let mut tools = given.as_array().cloned().unwrap_or_default();
    for tool in tools.iter_mut().filter_map(Value::as_object_mut) {
        if tool.get("type").and_then(Value::as_str).is_some_and(|kind| kind.contains("toolset")) {
            let policy = json!({ "enabled": true, "permission_policy": { "type": "always_allow" } });
            tool.entry("configs").or_insert_with(|| json!([]));
            tool.entry("default_config").or_insert(policy);
        }
    }
    tools.into()
}

/// What packages are installed by.
const MANAGERS: [&str; 6] = ["apt", "cargo", "gem", "go", "npm", "pip"];

fn environment(id: &str, given: &Map<String, Value>) -> ApiResult<Value> {
    let made = now();
    let scope = given_or(given, "scope", json!("organization"));
    if scope != "organization" && scope != "account" {
        return Err(ApiError::bad("scope: organization or account"));
    }
    Ok(json!({
        "type": "environment",
        "id": id,
        "name": text(given, "name")?,
        "description": text(given, "description")?,
        "config": config(&json!({}), &given_or(given, "config", json!({ "type": "cloud" })))?,
        "metadata": read_metadata(given_or(given, "metadata", json!({})))?,
        "scope": scope,
        "created_at": given_or(given, "created_at", json!(made)),
        "updated_at": made,
        "archived_at": Value::Null,
    }))
}

/// Returns an environment with the changes of a request: what is not given stays \[types\].
fn changed_environment(id: &str, known: &Value, mut given: Map<String, Value>) -> ApiResult<Value> {
    only(&given, &ENVIRONMENT_MEMBERS)?;
    if !field(known, "archived_at").is_null() {
        return Err(ApiError::bad(format!("Environment `{id}` is archived.")).code(code::ENVIRONMENT_ARCHIVED));
    }
    // Of these null means that they stay; a description it clears.
    for name in ["name", "config", "scope"] {
        if given.get(name).is_some_and(Value::is_null) {
            given.shift_remove(name);
        }
    }
    if let Some(asked) = given.get_mut("config") {
        *asked = config(field(known, "config"), asked)?;
    }
    // An empty value removes a name as null does.
    if let Some(metadata) = given.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.values_mut().filter(|value| **value == "").for_each(|value| *value = Value::Null);
    }
    let mut fields = known.as_object().cloned().unwrap_or_default();
    patch_metadata(&mut fields, &mut given)?;
    fields.extend(given);
    environment(id, &fields)
}

/// Returns a text, or null.
fn text(given: &Map<String, Value>, name: &str) -> ApiResult<Value> {
    let value = given_or(given, name, Value::Null);
    if value.is_null() || value.is_string() { Ok(value) } else { Err(ApiError::bad(format!("{name}: a text"))) }
}

/// Returns an environment's configuration as answers have it: what a request leaves out is as it was, and
/// at first the service's default \[types\].
fn config(known: &Value, given: &Value) -> ApiResult<Value> {
    match field(given, "type").as_str() {
        Some("self_hosted") => {
            check_fields("config", given, &["type"])?;
            return Ok(json!({ "type": "self_hosted" }));
        }
        Some("cloud") => {}
        _ => return Err(ApiError::bad("config.type: cloud or self_hosted")),
    }
    check_fields("config", given, &["type", "networking", "packages"])?;
    let networking = networking(field(known, "networking"), field(given, "networking"))?;
    let packages = packages(field(known, "packages"), field(given, "packages"))?;
    let any = MANAGERS.iter().any(|manager| field(&packages, manager).as_array().is_some_and(|all| !all.is_empty()));
    if any && field(&networking, "type") == "limited" && field(&networking, "allow_package_managers") != true {
        return Err(ApiError::bad("config.packages: a limited network needs allow_package_managers: true"));
    }
    Ok(json!({ "type": "cloud", "networking": networking, "packages": packages }))
}

fn networking(known: &Value, given: &Value) -> ApiResult<Value> {
    const WHERE: &str = "config.networking";
    match (given.is_null(), field(given, "type").as_str()) {
        (true, _) if known.is_null() => Ok(json!({ "type": "unrestricted" })),
        (true, _) => Ok(known.clone()),
        (_, Some("unrestricted")) => {
            check_fields(WHERE, given, &["type"])?;
            Ok(json!({ "type": "unrestricted" }))
        }
        (_, Some("limited")) => {
            check_fields(WHERE, given, &["type", "allowed_hosts", "allow_mcp_servers", "allow_package_managers"])?;
            let mut network = json!({ "type": "limited" });
            for (name, default, fits) in [
                ("allowed_hosts", json!([]), is_texts as fn(&Value) -> bool),
                ("allow_mcp_servers", json!(false), Value::is_boolean),
                ("allow_package_managers", json!(false), Value::is_boolean),
            ] {
                let value = [given, known].map(|from| field(from, name)).into_iter().find(|value| !value.is_null());
                let value = value.cloned().unwrap_or(default);
                if !fits(&value) {
                    return Err(ApiError::bad(format!("{WHERE}.{name}: another type is needed")));
                }
                if let Some(network) = network.as_object_mut() {
                    network.insert(name.to_owned(), value);
                }
            }
            Ok(network)
        }
        _ => Err(ApiError::bad(format!("{WHERE}.type: unrestricted or limited"))),
    }
}

fn packages(known: &Value, given: &Value) -> ApiResult<Value> {
    const WHERE: &str = "config.packages";
    check_fields(WHERE, given, &[&["type"][..], &MANAGERS].concat())?;
    let mut packages = json!({ "type": "packages" });
    for manager in MANAGERS {
        let value = [given, known].map(|from| field(from, manager)).into_iter().find(|value| !value.is_null());
        let value = value.cloned().unwrap_or_else(|| json!([]));
        if !is_texts(&value) {
            return Err(ApiError::bad(format!("{WHERE}.{manager}: a list of text")));
        }
        if let Some(packages) = packages.as_object_mut() {
            packages.insert(manager.to_owned(), value);
        }
    }
    Ok(packages)
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|all| all.iter().all(Value::is_string))
}

/// Refuses what is not an object, or has fields that are not known; null is one without any.
fn check_fields(at: &str, given: &Value, known: &[&str]) -> ApiResult<()> {
    match given {
        Value::Null => Ok(()),
        Value::Object(given) => only_within(&format!("{at}."), given, known),
        _ => Err(ApiError::bad(format!("{at}: an object"))),
    }
}
