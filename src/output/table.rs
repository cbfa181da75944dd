//! Tables for people, with one line per row, printed while rows still arrive.

use std::borrow::Cow;
use std::ops::Range;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The number of rows that are measured before the first line is printed.
pub const SAMPLE: usize = 100;

const GAP: &str = "  ";
/// The column width in characters at which shrinking stops while other columns can still shrink.
const NARROW: usize = 8;

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left, for text.
    Left,
    /// Right, for numbers.
    Right,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The header, in upper case.
    pub name: &'static str,
    /// The alignment of the cells and the header.
    pub align: Align,
    /// What becomes of the column if the table is too wide.
    pub fit: Fit,
}

/// What becomes of a column if the table is wider than the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is never shortened: a part of an id is of no use.
    Whole,
    /// It is shortened after the flexible ones.
    Rigid,
    /// It is shortened first.
    Flexible,
}

impl Column {
    /// Returns a column of text that is shortened after the flexible ones.
    pub const fn left(name: &'static str) -> Self {
        Column { name, align: Align::Left, fit: Fit::Rigid }
    }

    /// Returns a column of ids, which are never shortened.
    pub const fn id(name: &'static str) -> Self {
        Column { name, align: Align::Left, fit: Fit::Whole }
    }
}

/// The text of a cell, and the style that it has if the table is in colour.
#[derive(Debug, Clone, Default)]
pub(super) struct StyledCell {
    pub(super) text: String,
    pub(super) style: Style,
    /// Whether it is an id, which is never shortened, in a column that may be.
    pub(super) is_id: bool,
}

impl From<String> for StyledCell {
    fn from(text: String) -> Self {
        StyledCell { text, ..StyledCell::default() }
    }
}

/// A table that is printed while it grows.
///
/// The first [`SAMPLE`] rows decide the column widths. After that, each row is returned as it arrives, so that memory
/// does not grow with the table.
#[derive(Debug)]
pub struct Table {
    columns: Cow<'static, [Column]>,
    width: Option<usize>,
    /// Whether the header is bold, and cells have their styles.
    colour: bool,
    /// The rows that are not measured yet.
    held: Vec<Vec<StyledCell>>,
    /// The width of each column, once the first rows are measured.
    widths: Option<Vec<usize>>,
}

impl Table {
    /// Creates a table. `width` is the width of the terminal in columns, which no line exceeds unless its ids do. With
    /// `None`, or 0 from a terminal that does not know its width, nothing is shortened.
    #[must_use]
    pub fn new(columns: impl Into<Cow<'static, [Column]>>, width: Option<usize>, colour: bool) -> Self {
        Self {
            columns: columns.into(),
            width: width.filter(|width| *width > 0),
            colour,
            held: Vec::new(),
            widths: None,
        }
    }

    /// Adds a row of plain texts, one cell per column.
    pub fn text_row(&mut self, cells: impl IntoIterator<Item = String>) -> Option<String> {
        self.row(cells.into_iter().map(StyledCell::from).collect())
    }

    /// Adds a row with one cell per column. Cells are single lines, already escaped for the terminal.
    ///
    /// Returns the lines to print now, with line breaks.
    pub(super) fn row(&mut self, cells: Vec<StyledCell>) -> Option<String> {
        if let Some(widths) = &self.widths {
            return Some(self.line(widths, &cells) + "\n");
        }
        self.held.push(cells);
        (self.held.len() >= SAMPLE).then(|| self.print_held())
    }

    /// Returns the remaining lines; `None` if there are none, so that an empty table prints nothing.
    #[must_use]
    pub fn finish(mut self) -> Option<String> {
        (!self.held.is_empty()).then(|| self.print_held())
    }

    /// Fixes the column widths; returns the header and the measured rows.
    fn print_held(&mut self) -> String {
        let rows = std::mem::take(&mut self.held);
        let widths = self.measure(&rows);
        let names: Vec<_> = self.columns.iter().map(|column| StyledCell::from(column.name.to_owned())).collect();
        let header = self.line(&widths, &names);
        let style = if self.colour { Style::new().bold() } else { Style::new() };
        let mut text = format!("{style}{header}{style:#}\n");
        for row in &rows {
            text.push_str(&self.line(&widths, row));
            text.push('\n');
        }
        self.widths = Some(widths);
        text
    }

    /// Returns the width of each column, which is that of its widest cell, reduced to fit the terminal.
    fn measure(&self, rows: &[Vec<StyledCell>]) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.name.width().max(1)).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.text.width().max(*width);
            }
        }
        if let Some(limit) = self.width {
            self.shrink(&mut widths, limit);
        }
        widths
    }

    /// Shrinks the widest columns until a line fits `limit`: first flexible columns, then rigid ones, then both down to
    /// one character.
    fn shrink(&self, widths: &mut [usize], limit: usize) {
        for (width, column) in widths.iter_mut().zip(&*self.columns) {
            if column.fit != Fit::Whole {
                *width = limit.min(*width);
            }
        }
        let room = limit.saturating_sub(GAP.len() * self.columns.len().saturating_sub(1));
        for (all, least) in [(false, NARROW), (true, NARROW), (true, 1)] {
            while widths.iter().sum::<usize>() > room {
                let Some((width, _)) = widths
                    .iter_mut()
                    .zip(&*self.columns)
                    .filter(|(width, column)| match column.fit {
                        Fit::Whole => false,
                        Fit::Rigid => all && **width > least,
                        Fit::Flexible => **width > least,
                    })
                    .max_by_key(|(width, _)| **width)
                else {
                    break;
                };
                *width -= 1;
            }
        }
    }

    /// Formats a line without line break and trailing spaces.
    fn line(&self, widths: &[usize], cells: &[StyledCell]) -> String {
        let mut line = String::new();
        let mut styled: Vec<(Range<usize>, Style)> = Vec::new();
        // The length up to the last id, which is printed whatever its width.
        let mut whole = 0;
        for (index, ((cell, column), width)) in cells.iter().zip(&*self.columns).zip(widths).enumerate() {
            if index > 0 {
                line.push_str(GAP);
            }
            // Without a terminal, a cell wider than its column is not shortened, and misaligns the line.
            let is_whole = column.fit == Fit::Whole || cell.is_id;
            let style = cell.style;
            let cell = if self.width.is_some() && !is_whole { cut(&cell.text, *width) } else { Cow::from(&*cell.text) };
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if column.align == Align::Right {
                line.push_str(&padding);
            }
            if style != Style::new() {
                styled.push((line.len()..line.len() + cell.len(), style));
            }
            line.push_str(&cell);
            if column.align == Align::Left {
                line.push_str(&padding);
            }
            if is_whole {
                whole = line.trim_end().len();
            }
        }
        line.truncate(line.trim_end().len());
        // The terminal may be narrower than one character per column with gaps.
        let mut shown = match self.width {
            Some(limit) => match line.get(..whole) {
                // Nothing would be left of the other columns but the mark that they are cut.
                Some(ids) if whole > 0 && ids.width() + 1 >= limit => ids.to_owned(),
                _ => cut(&line, limit).into_owned(),
            },
            None => line.clone(),
        };
        if self.colour {
            // From the end, so that the positions of the others stay right.
            for (range, style) in styled.into_iter().rev() {
                // A cell that was cut has no style.
                if line.get(..range.end).is_some_and(|start| shown.starts_with(start)) {
                    shown.insert_str(range.end, &format!("{style:#}"));
                    shown.insert_str(range.start, &style.to_string());
                }
            }
        }
        shown
    }
}

/// Shortens `text` to `width` columns; returns an empty text if `width` is too small to be useful.
pub(super) fn fit(text: &str, width: usize) -> String {
    if width < NARROW { String::new() } else { cut(text, width).into_owned() }
}

/// Shortens `text` to `width` columns, at least 1, including a final `…`.
pub(super) fn cut(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    // A text can be narrower than the sum of its characters (emoji with a skin colour), but not wider, except for the
    // selector that widens the previous character.
    let mut used = 1;
    let mut short: String = text
        .chars()
        .take_while(|c| {
            used += if *c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(1) };
            used <= width
        })
        .collect();
    short.push('…');
    Cow::Owned(short)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "ID", align: Align::Left, fit: Fit::Rigid },
        Column { name: "SIZE", align: Align::Right, fit: Fit::Rigid },
        Column { name: "TITLE", align: Align::Left, fit: Fit::Flexible },
    ];

    fn cells(cells: [&str; 3]) -> Vec<StyledCell> {
        cells.map(|cell| cell.to_owned().into()).to_vec()
    }

    fn table(width: Option<usize>, rows: &[[&str; 3]]) -> String {
        let mut table = Table::new(COLUMNS, width, false);
        let mut text: String = rows.iter().filter_map(|row| table.row(cells(*row))).collect();
        text.extend(table.finish());
        text
    }

    #[test]
    fn no_rows_print_nothing() {
        assert_eq!(Table::new(COLUMNS, None, true).finish(), None);
    }

    #[test]
    fn one_row() {
        assert_eq!(table(None, &[["a", "1", "b"]]), "ID  SIZE  TITLE\na      1  b\n");
    }

    #[test]
    fn sides_and_no_space_at_line_ends() {
        assert_eq!(
            table(None, &[["one", "1", "long title"], ["seventeen", "123456", ""], ["", "", " "]]),
            "ID           SIZE  TITLE\n\
             one             1  long title\n\
             seventeen  123456\n\
             \n"
        );
    }

    #[test]
    fn only_the_header_is_bold() {
        let mut table = Table::new(COLUMNS, None, true);
        assert_eq!(table.row(cells(["a", "1", "b"])), None);
        assert_eq!(table.finish().as_deref(), Some("\x1b[1mID  SIZE  TITLE\x1b[0m\na      1  b\n"));
    }

    #[test]
    fn a_status_has_its_colour_and_the_columns_stay_where_they_are() {
        let row = |status: &str| {
            let style = anstyle::AnsiColor::Green.on_default();
            vec![
                StyledCell { text: status.to_owned(), style, is_id: false },
                "1".to_owned().into(),
                "title".to_owned().into(),
            ]
        };
        let lines = |width, colour| {
            let mut table = Table::new(COLUMNS, width, colour);
            for status in ["running", "idle"] {
                assert_eq!(table.row(row(status)), None);
            }
            table.finish().unwrap()
        };
        let green = "\x1b[32m";
        assert_eq!(
            lines(Some(80), true),
            format!(
                "\x1b[1mID       SIZE  TITLE\x1b[0m\n{green}running\x1b[0m     1  title\n{green}idle\x1b[0m        1  title\n"
            )
        );
        assert_eq!(lines(Some(80), false), "ID       SIZE  TITLE\nrunning     1  title\nidle        1  title\n");
        for width in 1..30 {
            let plain = ["\x1b[32m", "\x1b[1m", "\x1b[0m"]
                .iter()
                .fold(lines(Some(width), true), |it, code| it.replace(code, ""));
            assert_eq!(plain, lines(Some(width), false), "{width}");
        }
    }

    #[test]
    fn wide_characters() {
        assert_eq!(
            table(None, &[["日本", "1", "x"], ["👍🏽❤️", "2", "y"], ["cafe\u{301}", "3", "z"]]),
            "ID    SIZE  TITLE\n\
             日本     1  x\n\
             👍🏽❤️     2  y\n\
             cafe\u{301}     3  z\n"
        );
    }

    #[test]
    fn cut_to_40_columns() {
        let title = "A title that is much longer than what is left";
        assert_eq!(
            table(Some(40), &[["0123456789", "17", title], ["x", "1", "日本語日本語日本語日本語日本語"]]),
            "ID          SIZE  TITLE\n\
             0123456789    17  A title that is much …\n\
             x              1  日本語日本語日本語日…\n"
        );
    }

    #[test]
    fn cut_to_80_columns() {
        let row = ["0123456789".repeat(9), "123".into(), "t".repeat(60)];
        let text = table(Some(80), &[[&row[0], &row[1], &row[2]]]);
        let line = text.lines().nth(1).unwrap();
        // The title gives way first, then the identifier too.
        assert_eq!(line, format!("{}…   123  ttttttt…", &row[0][..63]));
        assert_eq!(line.width(), 80);
    }

    #[test]
    fn ids_are_whole_and_other_columns_give_way() {
        const WITH_ID: &[Column] = &[
            Column::id("ID"),
            Column::left("STATUS"),
            Column { name: "TITLE", align: Align::Left, fit: Fit::Flexible },
        ];
        let table = |width, id: &str| {
            let mut table = Table::new(WITH_ID, Some(width), false);
            let title = "a title that is longer than what is left of the line";
            let mut text: String = table.row(cells([id, "running", title])).into_iter().collect();
            text.extend(table.finish());
            text.lines().nth(1).unwrap().to_owned()
        };
        let id = "sesn_0123456789abcdef01234567";
        assert_eq!(table(80, id), format!("{id}  running  a title that is longer than what is lef…"));
        assert_eq!(table(48, id), format!("{id}  running  a title…"));
        assert_eq!(table(35, id), format!("{id}  …  …"));
        // What does not fit behind an id is left out, and an id that does not fit goes on in the next line.
        assert_eq!(table(32, id), format!("{id}  …"));
        assert_eq!((table(30, id).as_str(), table(20, id).as_str()), (id, id));
        let longest = "x".repeat(128);
        assert_eq!(table(80, &longest), longest);
    }

    #[test]
    fn an_id_in_a_column_of_other_things_is_whole() {
        let mut table = Table::new(COLUMNS, Some(20), false);
        let [id, size, title] = ["aa", "1", "sesn_0123456789abcdef"].map(|text| StyledCell::from(text.to_owned()));
        assert_eq!(table.row(vec![id, size, StyledCell { is_id: true, ..title }]), None);
        assert_eq!(table.row(cells(["bb", "2", "a title that is cut here"])), None);
        let shown = "ID  SIZE  TITLE\naa     1  sesn_0123456789abcdef\nbb     2  a title t…\n";
        assert_eq!(table.finish().unwrap(), shown);
    }

    #[test]
    fn an_id_after_the_sample_is_whole_as_well() {
        const WITH_ID: &[Column] = &[Column::left("KIND"), Column::id("ID"), Column::left("WHAT")];
        let mut table = Table::new(WITH_ID, Some(20), false);
        for _ in 0..SAMPLE {
            drop(table.row(cells(["file", "i1", "what"])));
        }
        let line = table.row(cells(["file", "file_0123456789abcdef", "what"])).unwrap();
        assert!(line.contains("file_0123456789abcdef"), "{line}");
    }

    #[test]
    fn tables_narrower_than_their_gaps() {
        let row = ["identifier", "123456", "some title"];
        assert_eq!(table(Some(20), &[row]), "ID       SIZE  TITLE\nident…  1234…  some…\n");
        for width in 1..40 {
            for line in table(Some(width), &[row]).lines() {
                assert!(line.width() <= width, "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn width_zero_is_no_limit() {
        let long = "x".repeat(300);
        assert_eq!(table(Some(0), &[["a", "1", &long]]), table(None, &[["a", "1", &long]]));
    }

    #[test]
    fn rows_after_the_sample_stream() {
        for (width, later) in [(None, "later  12345  longer"), (Some(80), "l…  123…  longer")] {
            let mut table = Table::new(COLUMNS, width, false);
            for _ in 1..SAMPLE {
                assert_eq!(table.row(cells(["aa", "1", "abcdefgh"])), None);
            }
            let first = table.row(cells(["aa", "1", "abcdefgh"])).unwrap();
            assert_eq!(first.lines().count(), SAMPLE + 1);
            assert!(first.starts_with("ID  SIZE  TITLE\naa     1  abcdefgh\n"));
            assert_eq!(table.row(cells(["later", "12345", "longer"])), Some(format!("{later}\n")));
            assert_eq!(table.row(cells(["a", "2", "b"])).unwrap(), "a      2  b\n");
            assert_eq!(table.finish(), None);
        }
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z ]{0,30}",
            "[a-z日本語👍🏽\u{1f3ff}❤\u{fe0f}\u{fe0e}🇵🇱\u{301}لاक्षကြ#1\u{20e3} \u{3000}]{0,40}",
            any::<String>().prop_map(|text| crate::output::escape::for_terminal(&text).into_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn never_wider_than_the_terminal(
            width in 1_usize..100,
            rows in prop::collection::vec([cell(), cell(), cell()], 1..110),
        ) {
            let mut table = Table::new(COLUMNS, Some(width), false);
            let mut text: String = rows.iter().filter_map(|row| table.row(row.clone().map(StyledCell::from).to_vec())).collect();
            text.extend(table.finish());
            prop_assert_eq!(text.matches('\n').count(), rows.len() + 1);
            for line in text.split('\n') {
                prop_assert!(line.width() <= width, "{} > {}: {:?}", line.width(), width, line);
                prop_assert_eq!(line.trim_end(), line);
            }
        }

        #[test]
        fn nothing_is_lost_without_a_limit(rows in prop::collection::vec([cell(), cell(), cell()], 1..110)) {
            let mut table = Table::new(COLUMNS, None, false);
            let mut text: String = rows.iter().filter_map(|row| table.row(row.clone().map(StyledCell::from).to_vec())).collect();
            text.extend(table.finish());
            for (line, row) in text.split('\n').skip(1).zip(&rows) {
                for cell in row {
                    prop_assert!(line.contains(cell.trim_end()), "{:?}: {:?}", line, cell);
                }
            }
        }
    }
}
