//! Pages of listings, in both forms there are, and answers to deletions.

use serde::{Deserialize, Serialize};

use super::{Extra, Nullable, or_default, some};

/// The query parameter with the number of items on a page.
pub const LIMIT: &str = "limit";

/// The query parameter with a cursor.
pub const PAGE: &str = "page";

/// The query parameter with the id of the last file before a page.
pub const AFTER: &str = "after_id";

/// The query parameter with the id of the first file behind a page.
pub const BEFORE: &str = "before_id";

/// A page. Which fields are there depends on the call and its beta names \[docs\]:
///
/// | | fields |
/// |---|---|
/// | most listings | `next_page` |
/// | sessions | `next_page`, `prev_page` |
/// | files, with [`beta::FILES`](super::beta::FILES) | `has_more`, `first_id`, `last_id` |
/// | files, with [`beta::MANAGED_AGENTS`](super::beta::MANAGED_AGENTS) only | `next_page`, and those three |
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct ListPage<T> {
    /// The items.
    pub data: Vec<T>,
    /// The value of [`PAGE`] for the next page; null or missing on the last.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub next_page: Nullable<String>,
    /// The cursor of the previous page; for sessions only, null on the first page.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub prev_page: Nullable<String>,
    /// Whether there is a next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
    /// The id of the first item.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub first_id: Nullable<String>,
    /// The id of the last item, which is [`AFTER`] of the next page.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub last_id: Nullable<String>,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The parameter that requests the next page, in addition to those of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// As [`PAGE`].
    Page(String),
    /// As [`AFTER`].
    After(String),
}

impl<T> ListPage<T> {
    /// Returns the page after this one, where there is one. Both forms are read, whichever was asked for.
    pub fn next(&self) -> Option<Next> {
        Next::of(self.next_page.value().cloned(), self.has_more, self.last_id.value().cloned())
    }
}

impl Next {
    /// Returns the page after one with these fields. An empty cursor is none, as the official clients have it
    /// \[types\].
    pub fn of(next_page: Option<String>, has_more: Option<bool>, last_id: Option<String>) -> Option<Self> {
        match (next_page.filter(|cursor| !cursor.is_empty()), last_id) {
            (Some(cursor), _) => Some(Next::Page(cursor)),
            (None, Some(id)) if has_more == Some(true) && !id.is_empty() => Some(Next::After(id)),
            _ => None,
        }
    }
}

/// The fields of the answer to a deletion that a client relies on.
#[derive(Debug, Clone, Deserialize)]
pub struct DeletedAnswer {
    /// The id of the deleted object.
    pub id: String,
    /// [`Deleted::FILE`] or another; of a file it may lack \[types\].
    #[serde(rename = "type", default, deserialize_with = "some")]
    pub kind: Option<String>,
}

impl DeletedAnswer {
    /// Returns whether it says that something was deleted: an object that is still there has an id as well.
    pub fn is_one(&self) -> bool {
        self.kind.as_ref().is_none_or(|kind| kind.ends_with("_deleted"))
    }
}

/// The answer to a deletion.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deleted {
    /// The id of the deleted object.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// [`Deleted::FILE`] or another.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// Fields that these types do not name.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Deleted {
    /// A file.
    pub const FILE: &'static str = "file_deleted";
    /// A session.
    pub const SESSION: &'static str = "session_deleted";
    /// A resource.
    pub const RESOURCE: &'static str = "session_resource_deleted";
    /// An environment.
    pub const ENVIRONMENT: &'static str = "environment_deleted";

    /// Returns the answer to a deletion of an object of this kind.
    pub fn of(id: impl Into<String>, kind: &str) -> Self {
        Deleted { id: id.into(), kind: kind.to_owned(), extra: Extra::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str) -> Option<Next> {
        serde_json::from_str::<ListPage<serde_json::Value>>(text).unwrap().next()
    }

    #[test]
    fn both_forms_of_a_page_lead_to_the_next() {
        let page = |cursor: &str| Some(Next::Page(cursor.to_owned()));
        let after = |id: &str| Some(Next::After(id.to_owned()));
        assert_eq!(next(r#"{"data":[{"id":"a"}],"next_page":"page_1"}"#), page("page_1"));
        assert_eq!(next(r#"{"data":[],"next_page":"page_1","has_more":false,"last_id":null}"#), page("page_1"));
        assert_eq!(next(r#"{"data":[{}],"has_more":true,"first_id":"a","last_id":"b"}"#), after("b"));
        assert_eq!(next(r#"{"data":[{}],"has_more":true,"next_page":null,"last_id":"b","new":1}"#), after("b"));
    }

    #[test]
    fn both_forms_of_the_last_page_end() {
        for last in [
            r#"{"data":[]}"#,
            r#"{"data":[],"next_page":null}"#,
            r#"{"data":[{}],"next_page":""}"#,
            r#"{"data":[{}],"has_more":true,"last_id":""}"#,
            r#"{"data":[{}],"next_page":null,"prev_page":"page_0"}"#,
            r#"{"data":[{}],"has_more":false,"first_id":"a","last_id":"b"}"#,
            r#"{"data":[],"has_more":true,"first_id":null,"last_id":null}"#,
            r#"{"data":[{}],"last_id":"b"}"#,
        ] {
            assert_eq!(next(last), None, "{last}");
        }
    }
}
