//! The provider's own object, kept whole.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// What the provider itself said of an object, as the JSON text that it sent: number forms and
/// the order of members stay. `null` where it said nothing.
#[derive(Debug, Clone, Default)]
pub struct Provider(Option<Box<RawValue>>);

impl Provider {
    /// Keeps `value`, a record that serialises to JSON.
    ///
    /// A value that JSON cannot hold (a map with keys that are not strings) is kept as nothing.
    pub fn of(value: &impl Serialize) -> Self {
        Provider(serde_json::value::to_raw_value(value).ok())
    }

    /// The JSON text, where there is one.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref().map(RawValue::get)
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
