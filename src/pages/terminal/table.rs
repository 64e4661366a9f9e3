//! A table in the cells of a terminal.
//!
//! Takes rows of cells; gives lines. Where there is no room the widest columns become narrower.

use super::wrap::{Line, Span, Style, add, width, wrapped};

/// What stands between two columns.
const GAP: usize = 2;

/// The lines of a table; its first row is the head.
pub(super) fn lines(rows: &[Vec<Line>], most: usize) -> Vec<Line> {
    let widths = widths(rows, most);
    let head = rows.len().min(1);
    let mut lines = side_by_side(&rows[..head], &widths);
    let rules: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
    lines.push(vec![Span::plain(rules.join(&" ".repeat(GAP)))]);
    lines.extend(side_by_side(&rows[head..], &widths));
    lines
}

/// The lines of a table without a head.
pub(crate) fn rows(rows: &[Vec<Line>], most: usize) -> Vec<Line> {
    side_by_side(rows, &widths(rows, most))
}

/// The lines of rows in columns of these widths.
fn side_by_side(rows: &[Vec<Line>], widths: &[usize]) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in rows {
        let cells: Vec<Vec<Line>> =
            row.iter().zip(widths).map(|(cell, &width)| wrapped(cell, width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            lines.push(one_line(&cells, widths, at));
        }
    }
    lines
}

/// How wide each column is.
fn widths(rows: &[Vec<Line>], most: usize) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let of_column =
        |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|cell| width(cell)).max();
    let mut widths: Vec<usize> = (0..columns).map(|i| of_column(i).unwrap_or(0).max(1)).collect();
    let room = most.saturating_sub(GAP * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > 1) else { break };
        *widest -= 1;
    }
    widths
}

/// One line of a row.
fn one_line(cells: &[Vec<Line>], widths: &[usize], at: usize) -> Line {
    let mut line = Line::new();
    let mut end = 0;
    for (cell, wide) in cells.iter().zip(widths) {
        if let Some(shown) = cell.get(at).filter(|shown| !shown.is_empty()) {
            let blank = end - width(&line);
            if blank > 0 {
                add(Style::default(), &" ".repeat(blank), &mut line);
            }
            shown.iter().for_each(|span| add(span.style, &span.text, &mut line));
        }
        end += wide + GAP;
    }
    line
}
