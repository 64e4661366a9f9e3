//! What is said of the whole, below the diagnoses.
//!
//! Takes what was diagnosed; adds the places of the code, notes, what was read, and a line that counts.

use codespan_reporting::term::termcolor::Color;

use super::TextOptions;
use super::evidence;
use crate::logs::amount;
use crate::logs::diagnosed::{Code, CodePlace, Diagnosed, FileRead, Read};
use crate::logs::report;
use crate::logs::report::sheet::{Sheet, bold, colored, right};
use crate::pages::terminal::wrap::{Line, Span, Style};
use crate::report::Detail;

/// More files than this are only counted.
const MAX_FILES: usize = 20;
/// More files than this stand in no table.
const MAX_TABLE: usize = 200;

/// All of it.
pub(super) fn all(diagnosed: &Diagnosed, options: &TextOptions, sheet: &mut Sheet) {
    for code in &diagnosed.code {
        of_code(code, sheet);
    }
    if options.detail == Detail::Verbose {
        files(&diagnosed.read, sheet);
        formats(&diagnosed.read, sheet);
        unrecognised(&diagnosed.read, options, sheet);
    }
    sheet.blank();
    for note in &diagnosed.notes {
        remark("note", Color::Green, note, sheet);
    }
    if options.detail != Detail::Verbose
        && let Some(text) = report::unrecognised(&diagnosed.read)
    {
        remark("note", Color::Green, &format!("{text}: `--verbose` shows some"), sheet);
    }
    let text = format!("{}: {}", report::read(&diagnosed.read), report::conditions(diagnosed));
    let words = sheet.words(&text);
    sheet.whole(vec![words]);
}

/// What was read in part only.
pub(super) fn problems(read: &Read, options: &TextOptions, sheet: &mut Sheet) {
    let most = if options.detail == Detail::Verbose { usize::MAX } else { MAX_FILES };
    let wrong: Vec<&FileRead> =
        read.files.iter().filter(|file| file.stopped.is_some() || file.cut_lines > 0).collect();
    for file in wrong.iter().take(most) {
        if let Some(why) = &file.stopped {
            let text = format!("{} was read in part only: {why}", file.name);
            remark("warning", Color::Yellow, &text, sheet);
        }
        if file.cut_lines > 0 {
            let lines = amount::counted(file.cut_lines, "line");
            let text =
                format!("{}: {lines} too long, of which only the beginning was read", file.name);
            remark("warning", Color::Yellow, &text, sheet);
        }
    }
    if wrong.len() > most {
        let files = amount::counted((wrong.len() - most) as u64, "more file");
        remark(
            "warning",
            Color::Yellow,
            &format!("{files} read in part, too: see `--verbose`"),
            sheet,
        );
    }
}

/// `note: …`, as long as it is.
fn remark(kind: &str, color: Color, text: &str, sheet: &mut Sheet) {
    let kind = sheet.span(colored(color), kind);
    let text = sheet.span(bold(), &format!(": {text}"));
    sheet.whole(vec![kind, text]);
}

/// What the code of `--source` does about it.
fn of_code(code: &Code, sheet: &mut Sheet) {
    sheet.blank();
    let title = format!("`{}` in the code of `{}`", code.rule, code.path);
    let title = sheet.span(bold(), &title);
    sheet.whole(vec![title]);
    let row = |place: &CodePlace| -> Vec<Line> {
        let color = match place.status {
            "proved" => Color::Green,
            "violated" => Color::Red,
            _ => Color::Yellow,
        };
        let status = Style { color: Some(color), ..Style::default() };
        let said = vec![
            sheet.words(&format!("`{}`: ", place.function)),
            sheet.span(status, place.status),
            Span::plain("\n"),
            sheet.words(&place.text),
        ];
        vec![vec![sheet.words(&format!("{}:{}", place.file, place.line))], said]
    };
    let rows: Vec<Vec<Line>> = code.places.iter().map(row).collect();
    sheet.rows(&rows);
    if let Some(why) = &code.silent {
        let words = sheet.words(&format!("nothing can be said of it: {why}"));
        sheet.paragraph(&[words]);
    }
}

fn files(read: &Read, sheet: &mut Sheet) {
    if read.files.is_empty() {
        return;
    }
    sheet.part("files");
    let shown: Vec<&FileRead> = read.files.iter().take(MAX_TABLE).collect();
    let column = |of: fn(&FileRead) -> String| right(shown.iter().map(|file| of(file)).collect());
    let lines = column(|file| amount::count(file.lines));
    let bytes = column(|file| amount::bytes(file.bytes));
    let recognised = column(|file| amount::count(file.recognised));
    // While files grow, lines of a known format are not counted by file.
    let by_file =
        report::recognised(read) == 0 || read.files.iter().any(|file| file.recognised > 0);
    let columns = if by_file { 4 } else { 3 };
    let row = |(number, file): (usize, &&FileRead)| -> Vec<Line> {
        let cells = [&file.name, &lines[number], &bytes[number], &recognised[number]];
        cells.iter().take(columns).map(|cell| vec![sheet.words(cell)]).collect()
    };
    let rows = shown.iter().enumerate().map(row).collect();
    sheet.table(&["file", "lines", "size", "recognised"][..columns], rows);
    let left_out = read.files.len().saturating_sub(MAX_TABLE) as u64;
    if left_out > 0 {
        let words = sheet.words(&format!("… and {} more", amount::count(left_out)));
        sheet.paragraph(&[words]);
    }
}

fn formats(read: &Read, sheet: &mut Sheet) {
    if read.formats.is_empty() {
        return;
    }
    sheet.part("formats");
    let row = |(name, lines): &(String, u64)| -> Vec<Line> {
        vec![vec![sheet.words(name)], vec![sheet.words(&amount::counted(*lines, "line"))]]
    };
    let rows: Vec<Vec<Line>> = read.formats.iter().map(row).collect();
    sheet.rows(&rows);
}

/// Lines that look like rejections, as many as were kept.
fn unrecognised(read: &Read, options: &TextOptions, sheet: &mut Sheet) {
    let Some(text) = report::unrecognised(read) else { return };
    let kept = read.unrecognised.len() as u64;
    let first = match kept < read.unrecognised_count {
        true => format!("; the first {}", amount::count(kept)),
        false => String::new(),
    };
    evidence::add(&format!("{text}{first}"), &read.unrecognised, read, options, sheet);
}
