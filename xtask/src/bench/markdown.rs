//! Markdown's tables, aligned so that they read in a terminal too.

/// Cells padded to the width of their column, with Markdown's line under the head.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths);
        text += &line(
            cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect(),
        );
        if index == 0 {
            text += &line(widths.iter().map(|&width| "-".repeat(width)).collect());
        }
    }
    text
}
