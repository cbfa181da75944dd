//! The provider's own object, kept whole.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The provider's own object, as the JSON text that it sent: the forms of numbers and the order of fields stay. `null` if
/// there is none.
#[derive(Debug, Clone, Default)]
pub struct Provider {
    text: Option<Box<RawValue>>,
    /// The text to show instead, if the object holds secrets.
    shown: Option<Box<RawValue>>,
}

impl Provider {
    /// Keeps `value`, a record that serialises to JSON.
    ///
    /// A value that JSON cannot hold (a map with keys that are not strings) is kept as nothing.
    pub fn of(value: &impl Serialize) -> Self {
        Provider { text: serde_json::value::to_raw_value(value).ok(), shown: None }
    }

    /// Keeps `value`, and shows `shown` except with `--format raw`.
    pub fn masked(value: &(impl Serialize + ?Sized), shown: &impl Serialize) -> Self {
        let text = |value: Result<_, _>| value.ok();
        Provider {
            text: text(serde_json::value::to_raw_value(value)),
            shown: text(serde_json::value::to_raw_value(shown)),
        }
    }

    /// Returns the JSON text without secrets, if any.
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref().or(self.text.as_deref()).map(RawValue::get)
    }

    /// Returns the JSON text with secrets, if any, for `--format raw`.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref().map(RawValue::get)
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown.as_ref().or(self.text.as_ref()).serialize(serializer)
    }
}
