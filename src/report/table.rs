//! Columns on the terminal. Chinese characters are two columns wide, so bytes and characters do not do.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Lines of text in columns two spaces apart, each row with its style; no spaces at the end of a line.
pub(super) fn lines(align: &[Align], rows: &[(Style, Vec<String>)]) -> Vec<String> {
    let widths: Vec<usize> = (0..align.len())
        .map(|column| rows.iter().map(|(_, row)| width(row, column)).max().unwrap_or(0))
        .collect();
    rows.iter()
        .map(|(style, row)| {
            let cells = row.iter().zip(align).zip(&widths).map(|((cell, align), wide)| {
                let gap = " ".repeat(wide - cell.width());
                match align {
                    Align::Left => format!("{cell}{gap}"),
                    Align::Right => format!("{gap}{cell}"),
                }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            format!("{style}{}{style:#}", line.trim_end())
        })
        .collect()
}

fn width(row: &[String], column: usize) -> usize {
    row.get(column).map_or(0, |cell| cell.width())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_in_chinese() {
        let row = |a: &str, b: &str| (Style::new(), vec![a.to_owned(), b.to_owned()]);
        let rows = [row("睁眼", "1"), row("yaw", "12"), row("x", "")];
        assert_eq!(lines(&[Align::Left, Align::Right], &rows), ["睁眼   1", "yaw   12", "x"]);
    }
}
