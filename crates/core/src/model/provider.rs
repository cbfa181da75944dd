//! The provider's own object, kept whole.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// What the provider itself said of an object, as the JSON text that it sent: number forms and
/// the order of fields stay. `null` where it said nothing.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    text: Option<Box<RawValue>>,
    /// What is shown in its place, where it holds secrets.
    shown: Option<Box<RawValue>>,
}

impl Provider {
    /// Keeps `value`, a record that serialises to JSON.
    ///
    /// A value that JSON cannot hold (a map with keys that are not strings) is kept as nothing.
    pub fn of(value: &impl Serialize) -> Self {
        Provider { text: serde_json::value::to_raw_value(value).ok(), shown: None }
    }

    /// Keeps `value`, and shows `shown` wherever the provider's very own text is not asked for.
    pub fn masked(value: &(impl Serialize + ?Sized), shown: &impl Serialize) -> Self {
        let text = |value: Result<_, _>| value.ok();
        Provider {
            text: text(serde_json::value::to_raw_value(value)),
            shown: text(serde_json::value::to_raw_value(shown)),
        }
    }

    /// The JSON text as it is shown, where there is one: without secrets.
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref().or(self.text.as_deref()).map(RawValue::get)
    }

    /// The JSON text, where there is one, secrets included: for `--format raw`.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref().map(RawValue::get)
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown.as_ref().or(self.text.as_ref()).serialize(serializer)
    }
}
