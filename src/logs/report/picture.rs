//! The picture for a terminal: probed index over time, and below it the terms of both logs there.
//!
//! Takes the points of a diagnosis and a width; gives lines. Few points are signs; many are dots of braille patterns, or
//! stars where only ASCII can be shown.

use codespan_reporting::term::termcolor::Color;

use super::series::{Across, Series};
use crate::logs::amount;
use crate::logs::diagnosed::{Mark, Point};
use crate::pages::terminal::wrap::{Line, Span, Style, add, width};

/// No picture is wider.
const WIDEST: usize = 72;
/// No picture is narrower: there is none, then.
const NARROWEST: usize = 24;
/// How high it is, unless the index stays the same.
const ROWS: usize = 8;
/// Dots in a cell.
const DOTS: (usize, usize) = (2, 4);

/// The lines, none wider than asked for; nothing where there are no points or no room.
pub(super) fn lines(points: &[Point], most: usize, ascii: bool) -> Vec<Line> {
    let Some(series) = Series::of(points) else { return Vec::new() };
    let rows = if series.lowest == series.highest { 1 } else { ROWS };
    let labels: Vec<String> = (0..rows).map(|row| label(&series, row, rows)).collect();
    let names = ["follower", "leader"];
    let beside = labels.iter().map(String::len).chain(names.map(str::len)).max().unwrap_or(0);
    let columns = most.saturating_sub(beside + 2).min(WIDEST);
    if columns < NARROWEST {
        return Vec::new();
    }
    let canvas = canvas(&series, columns, rows, ascii);
    let mut lines = Vec::new();
    for (label, cells) in labels.iter().zip(canvas) {
        let mut line = vec![Span::plain(format!("{label:>beside$} ┤"))];
        cells.into_iter().for_each(|(style, c)| add(style, c.encode_utf8(&mut [0; 4]), &mut line));
        trim(&mut line);
        lines.push(line);
    }
    lines.push(vec![Span::plain(format!("{:beside$} └{}", "", "─".repeat(columns)))]);
    for ends in ends(series.across, columns) {
        lines.push(vec![Span::plain(format!("{:beside$}  {ends}", ""))]);
    }
    for (name, of) in [("leader", leader as fn(&Point) -> Option<u64>), ("follower", follower)] {
        let changes = series.terms(of);
        if !changes.is_empty() {
            let strip = strip(&changes, columns);
            lines.push(vec![Span::plain(format!("{name:>beside$}  {strip}"))]);
        }
    }
    lines.extend(legend(&series, beside + 2, columns, ascii));
    lines
}

fn leader(point: &Point) -> Option<u64> {
    point.prev_log_term
}

fn follower(point: &Point) -> Option<u64> {
    point.follower_term
}

/// The index of a row: of the first, the last and one between them.
fn label(series: &Series<'_>, row: usize, rows: usize) -> String {
    let span = u128::from(series.highest - series.lowest);
    let down = match rows {
        1 => 0,
        _ => span * row as u128 / (rows as u128 - 1),
    };
    let is_told = row == 0 || row + 1 == rows || (row == rows / 2 && span > 2 * rows as u128);
    match u64::try_from(down) {
        Ok(down) if is_told => amount::count(series.highest - down),
        _ => String::new(),
    }
}

/// Whether each point has room for a sign of its own.
fn is_sparse(series: &Series<'_>, columns: usize) -> bool {
    series.points.len() <= columns
}

type Cells = Vec<(Style, char)>;

fn canvas(series: &Series<'_>, columns: usize, rows: usize, ascii: bool) -> Vec<Cells> {
    let mut cells = vec![vec![(Style::default(), ' '); columns]; rows];
    let sparse = is_sparse(series, columns);
    let mut dots = vec![vec![0_u8; columns]; rows];
    for placed in &series.points {
        if sparse || ascii || placed.point.mark != Mark::Rejected {
            continue;
        }
        let x = at(placed.across, columns * DOTS.0);
        let y = at(1.0 - placed.up, rows * DOTS.1);
        dots[y / DOTS.1][x / DOTS.0] |= dot(x % DOTS.0, y % DOTS.1);
    }
    for (row, dots) in cells.iter_mut().zip(&dots) {
        for (cell, &dots) in row.iter_mut().zip(dots).filter(|(_, dots)| **dots != 0) {
            cell.1 = char::from_u32(0x2800 + u32::from(dots)).unwrap_or('*');
        }
    }
    // What happens once is not hidden by what happens often.
    let is_one = |mark: Mark| mark != Mark::Rejected;
    let often = series.points.iter().filter(|p| !is_one(p.point.mark) && (sparse || ascii));
    for placed in often.chain(series.points.iter().filter(|p| is_one(p.point.mark))) {
        let (x, y) = (at(placed.across, columns), at(1.0 - placed.up, rows));
        cells[y][x] = sign(placed.point.mark, ascii);
    }
    cells
}

/// Which of so many cells it is.
fn at(share: f64, cells: usize) -> usize {
    ((share * (cells - 1) as f64).round() as usize).min(cells - 1)
}

/// The bit of a dot in a braille pattern.
fn dot(x: usize, y: usize) -> u8 {
    match (x, y) {
        (0, 3) => 0x40,
        (_, 3) => 0x80,
        (0, y) => 1 << y,
        (_, y) => 8 << y,
    }
}

fn sign(mark: Mark, ascii: bool) -> (Style, char) {
    let color = |color| Style { color: Some(color), bold: true, ..Style::default() };
    let (style, unicode, letter) = match mark {
        Mark::Rejected => (Style::default(), '●', '*'),
        Mark::Snapshot => (color(Color::Cyan), '◆', 'S'),
        Mark::Truncated => (color(Color::Yellow), '▼', 'T'),
        Mark::Matched => (color(Color::Green), '✓', 'M'),
    };
    (style, if ascii { letter } else { unicode })
}

/// Both ends of the axis; below each other where they have no room side by side.
fn ends(across: Across, columns: usize) -> Vec<String> {
    let [first, last] = across.ends();
    if first == last {
        return vec![format!("{first:^columns$}").trim_end().to_owned()];
    }
    match columns.checked_sub(first.len() + last.len()) {
        Some(gap) if gap > 0 => vec![format!("{first}{}{last}", " ".repeat(gap))],
        _ => vec![first, format!("{last:>columns$}")],
    }
}

/// `11 ───── 10 ── 8`: each term where it begins, as far as there is room.
fn strip(changes: &[(f64, u64)], columns: usize) -> String {
    let (strip, is_whole) = written(changes, columns);
    if is_whole {
        return strip;
    }
    let count = format!(" {} values", amount::count(changes.len() as u64));
    let (strip, _) = written(changes, columns.saturating_sub(count.len()).max(1));
    strip + &count
}

/// As many of the terms as there is room for, and whether that is all.
fn written(changes: &[(f64, u64)], columns: usize) -> (String, bool) {
    let mut strip = String::new();
    let mut written = 0;
    let mut is_whole = true;
    for (number, &(across, term)) in changes.iter().enumerate() {
        let start = if number == 0 { 0 } else { at(across, columns) };
        let text = if term == 0 { "none".to_owned() } else { term.to_string() };
        let is_late = number > 0 && start < written + 1;
        // The last one is told even where it ends.
        let start = match number + 1 == changes.len() {
            true if written + 1 + text.len() <= columns => {
                start.clamp(if number == 0 { 0 } else { written + 1 }, columns - text.len())
            }
            _ if is_late || start + text.len() > columns => {
                is_whole = false;
                continue;
            }
            _ => start,
        };
        if number > 0 {
            line_to(start, &mut strip, written);
        }
        strip.push_str(&text);
        written = start + text.len();
    }
    line_to(columns + 1, &mut strip, written);
    (strip.trim_end().to_owned(), is_whole)
}

/// Draws a line from what is written to a column, with a space at both of its ends.
fn line_to(column: usize, strip: &mut String, written: usize) {
    match column - written {
        0 => {}
        1 => strip.push(' '),
        gap => {
            strip.push(' ');
            strip.push_str(&"─".repeat(gap - 2));
            strip.push(' ');
        }
    }
}

/// What each sign stands for, in as many lines as that takes.
fn legend(series: &Series<'_>, before: usize, columns: usize, ascii: bool) -> Vec<Line> {
    let start = || vec![Span::plain(" ".repeat(before))];
    let mut lines = vec![start()];
    for mark in series.marks() {
        let (style, mut c) = sign(mark, ascii);
        if mark == Mark::Rejected && !ascii && !is_sparse(series, columns) {
            c = '⠶';
        }
        let line = lines.last_mut().expect("invariant: there is a line");
        let is_first = width(line) == before;
        if !is_first && width(line) + mark.title().len() + 4 > before + columns {
            lines.push(start());
        } else if !is_first {
            add(Style::default(), "  ", line);
        }
        let line = lines.last_mut().expect("invariant: there is a line");
        add(style, c.encode_utf8(&mut [0; 4]), line);
        add(Style::default(), &format!(" {}", mark.title()), line);
    }
    lines
}

/// Takes the blanks off the end.
fn trim(line: &mut Line) {
    while let Some(last) = line.last_mut() {
        last.text.truncate(last.text.trim_end_matches(' ').len());
        if !last.text.is_empty() {
            break;
        }
        line.pop();
    }
}
