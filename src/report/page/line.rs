//! Lines of code as HTML: words coloured, places marked, very long lines in part.
//!
//! Takes a file, a range of its lines and what is marked; gives the lines. It knows nothing of what a mark
//! means.

use std::ops::Range;

use super::listing::Mark;
use crate::pages::highlight::{Kind, pieces};
use crate::pages::html;
use crate::source::SourceFile;

/// Of a longer line so many bytes are shown, and as many around each of its marks.
const MAX_LINE: usize = 320;
/// So many of them are before the mark.
const BEFORE: usize = 60;
/// What stands for what is not shown.
const CUT: &str = "<span class=\"cut\">…</span>";

/// A piece of a line: what it is, and where in the file.
struct Piece {
    kind: Kind,
    span: Range<usize>,
}

/// Each line of a range, without its number.
pub(super) fn lines(file: &SourceFile, range: Range<u32>, marks: &[Mark]) -> Vec<String> {
    let start = file.line_start(range.start) as usize;
    let end = (file.line_start(range.end) as usize).min(file.text.len());
    let text = file.text.get(start..end).unwrap_or("");
    let mut lines: Vec<Vec<Piece>> = range.clone().map(|_| Vec::new()).collect();
    let (mut at, mut line) = (start, 0);
    for (kind, piece) in pieces(text) {
        for (number, part) in piece.split('\n').enumerate() {
            if number > 0 {
                at += 1;
                line += 1;
            }
            if let Some(pieces) = lines.get_mut(line).filter(|_| !part.is_empty()) {
                pieces.push(Piece { kind, span: at..at + part.len() });
            }
            at += part.len();
        }
    }
    range.zip(lines).map(|(number, pieces)| shown(file, number, &pieces, marks)).collect()
}

/// One line.
fn shown(file: &SourceFile, number: u32, pieces: &[Piece], marks: &[Mark]) -> String {
    let start = file.line_start(number) as usize;
    let end = start + file.line_text(number).len();
    let here: Vec<&Mark> =
        marks.iter().filter(|m| (m.start as usize) < end && (m.end as usize) > start).collect();
    let mut html = String::new();
    let mut at = start;
    for window in windows(file, start..end, &here) {
        html += if window.start > at { CUT } else { "" };
        at = window.end;
        part(file, window, pieces, &here, &mut html);
    }
    html + if at < end { CUT } else { "" }
}

/// A part of a line.
fn part(
    file: &SourceFile,
    window: Range<usize>,
    pieces: &[Piece],
    marks: &[&Mark],
    html: &mut String,
) {
    let seen = |p: &&Piece| p.span.start < window.end && p.span.end > window.start;
    let pieces: Vec<&Piece> = pieces.iter().filter(seen).collect();
    let mut edges: Vec<usize> =
        marks.iter().flat_map(|m| [m.start as usize, m.end as usize]).collect();
    edges.extend(pieces.iter().flat_map(|piece| [piece.span.start, piece.span.end]));
    edges.extend([window.start, window.end]);
    edges.retain(|edge| window.start <= *edge && *edge <= window.end);
    edges.sort_unstable();
    edges.dedup();
    let mut open: Option<String> = None;
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let class = class(marks, from);
        if class != open {
            *html += if open.is_some() { "</mark>" } else { "" };
            if let Some(class) = &class {
                *html += &format!("<mark class=\"{class}\">");
            }
            open = class;
        }
        let kind = pieces.iter().find(|p| p.span.contains(&from)).map_or(Kind::Plain, |p| p.kind);
        *html += &piece(kind, file.text.get(from..to).unwrap_or(""));
    }
    *html += if open.is_some() { "</mark>" } else { "" };
}

/// The parts of a line that are shown: all of it, or what is around its marks.
fn windows(file: &SourceFile, line: Range<usize>, marks: &[&Mark]) -> Vec<Range<usize>> {
    if line.len() <= MAX_LINE {
        return vec![line];
    }
    let whole = |at: usize| (at..=line.end).find(|at| file.text.is_char_boundary(*at));
    let mut starts: Vec<usize> = marks
        .iter()
        .map(|m| (m.start as usize).saturating_sub(BEFORE).max(line.start))
        .map(|start| if start < line.start + MAX_LINE - 2 * BEFORE { line.start } else { start })
        .collect();
    starts.sort_unstable();
    let mut windows: Vec<Range<usize>> = Vec::new();
    for start in if starts.is_empty() { vec![line.start] } else { starts } {
        let end = whole((start + MAX_LINE).min(line.end)).unwrap_or(line.end);
        let start = whole(start).unwrap_or(line.end);
        match windows.last_mut().filter(|last| start <= last.end) {
            Some(last) => last.end = end,
            None => windows.push(start..end),
        }
    }
    windows
}

/// The classes of all that is marked at an offset.
fn class(marks: &[&Mark], at: usize) -> Option<String> {
    let here = marks.iter().filter(|m| m.start as usize <= at && at < m.end as usize);
    let mut classes: Vec<&str> = here.flat_map(|mark| mark.class.split(' ')).collect();
    classes.sort_unstable();
    classes.dedup();
    (!classes.is_empty()).then(|| classes.join(" "))
}

fn piece(kind: Kind, text: &str) -> String {
    let text = html::text(&text.replace('\r', "").replace('\t', "    "));
    match html::class(kind) {
        Some(class) => format!("<span class=\"code-{class}\">{text}</span>"),
        None => text,
    }
}
