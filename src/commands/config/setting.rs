//! Settings as records.

use serde::Serialize;

use crate::output::{AgentLine, Align, Column, Fit, LinePart, Record, TableCell, TableView};
use wharf_core::config::Origin;

/// A setting with its origin.
#[derive(Serialize)]
pub(super) struct SettingRecord {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
    pub(super) origin: Origin,
}

impl Record for SettingRecord {
    const NOUN: &'static str = "settings";

    const VIEW: TableView<Self> = TableView {
        columns: &[
            Column { name: "NAME", align: Align::Left, fit: Fit::Rigid },
            Column { name: "VALUE", align: Align::Left, fit: Fit::Flexible },
            Column { name: "FROM", align: Align::Left, fit: Fit::Rigid },
        ],
        cells: |s| vec![s.name.into(), TableCell::known(s.value.as_ref()), s.origin.to_string().into()],
    };

    const LINE: AgentLine<Self> = AgentLine {
        max_bytes: usize::MAX,
        parts: |s| {
            let value = s.value.as_deref().unwrap_or("-");
            vec![LinePart::word(s.name), LinePart::word(value), LinePart::named("from", Some(&s.origin))]
        },
    };

    fn key(&self) -> Option<String> {
        self.value.clone()
    }
}
