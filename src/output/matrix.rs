//! The matrix of what each of several things has.

use std::borrow::Cow;

use super::cell::TableCell;
use super::table::{Column, Table};
use super::{Output, terminal};
use wharf_core::error::Result;

/// A row of a matrix: its name, and whether the thing of each column has it.
pub struct MatrixRow {
    /// The name of the row.
    pub name: String,
    /// The marks, one for each column after the first.
    pub marks: Vec<bool>,
}

impl Output {
    /// Prints a matrix for people; `corner` is the header of the names of its rows.
    ///
    /// # Errors
    /// Those of stdout.
    pub fn matrix(
        &self,
        corner: &'static str,
        columns: impl Iterator<Item = &'static str>,
        rows: impl Iterator<Item = MatrixRow>,
    ) -> Result<()> {
        let columns: Vec<_> = std::iter::once(Column::id(corner)).chain(columns.map(Column::left)).collect();
        let mut table = Table::new(Cow::Owned(columns), self.width(), self.colour);
        let yes = if terminal::is_utf8() { "✓" } else { "yes" };
        for MatrixRow { name, marks } in rows {
            let marks = marks.into_iter().map(|has| if has { TableCell::status(yes) } else { TableCell::from("-") });
            let cells = std::iter::once(TableCell::from(name)).chain(marks);
            if let Some(lines) = table.row(cells.map(|cell| cell.show(self.options.utc)).collect()) {
                self.text(&lines)?;
            }
        }
        table.finish().map_or(Ok(()), |lines| self.text(&lines))
    }
}
