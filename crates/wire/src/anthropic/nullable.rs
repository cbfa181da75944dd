//! A field that may be missing, null, or there: three things, where the protocol tells them apart.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field that may be absent, null or a value. Use it with `#[serde(default, skip_serializing_if =
/// "Nullable::is_absent")]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nullable<T> {
    /// It is not there.
    #[default]
    Absent,
    /// It is null.
    Null,
    /// It is this.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns the value, or null for `None`.
    pub fn or_null(value: Option<T>) -> Self {
        value.map_or(Nullable::Null, Nullable::Value)
    }

    /// Returns whether it is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Nullable::Absent)
    }

    /// Returns the value; `None` for null.
    pub fn value(&self) -> Option<&T> {
        match self {
            Nullable::Value(value) => Some(value),
            Nullable::Absent | Nullable::Null => None,
        }
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(writer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Option::deserialize(reader).map(Nullable::or_null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Title {
        #[serde(default, skip_serializing_if = "Nullable::is_absent")]
        title: Nullable<String>,
    }

    #[test]
    fn all_three_come_back_as_they_went() {
        for (text, title) in [
            ("{}", Nullable::Absent),
            (r#"{"title":null}"#, Nullable::Null),
            (r#"{"title":"x"}"#, Nullable::Value("x".to_owned())),
        ] {
            let read: Title = serde_json::from_str(text).unwrap();
            assert_eq!(read, Title { title });
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
