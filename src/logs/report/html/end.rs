//! What is said of the whole: notes above the diagnoses; the code and what was read below them.
//!
//! Takes what was diagnosed; gives HTML.

use super::diagnosis::lines;
use super::{place, table_open};
use crate::logs::amount;
use crate::logs::diagnosed::{Code, Diagnosed, FileRead, Read};
use crate::logs::report;
use crate::pages::html::{code as code_of, name, sentence, text};

/// More files than this stand in no table.
const MAX_TABLE: usize = 1_000;

/// What a reader has to know of the whole, and what was read in part.
pub(super) fn notes(diagnosed: &Diagnosed) -> String {
    let stopped = diagnosed.read.files.iter().filter_map(|file| {
        let why = file.stopped.as_ref()?;
        let file = code_of(&file.name);
        Some(format!("<li>{file} was read in part only: {}</li>\n", sentence(why)))
    });
    let items: String = stopped.take(MAX_TABLE).collect();
    let notes = diagnosed.notes.iter().map(|note| format!("<li>{}</li>\n", sentence(note)));
    let items: String = notes.chain([items]).collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<ul class=\"notes\">\n{items}</ul>\n"),
    }
}

/// What the code of `--source` does about it.
pub(super) fn code(diagnosed: &Diagnosed) -> String {
    (1..).zip(&diagnosed.code).map(|(number, code)| about(number, code)).collect()
}

fn about(number: usize, code: &Code) -> String {
    let mut html = format!(
        "<section class=\"code-of\" aria-labelledby=\"code-{number}\">\n<h2 id=\"code-{number}\">{} in the code of {}</h2>\n",
        code_of(code.rule),
        code_of(&code.path)
    );
    if !code.places.is_empty() {
        html += &table_open(
            "Places in the code",
            "",
            &["Place", "Function", "Status", "What that means"],
        );
    }
    for one in &code.places {
        html += &format!(
            "<tr><td>{}</td><td>{}</td><td><span class=\"status {2}\">{2}</span></td><td>{3}</td></tr>\n",
            place(&format!("{}:{}", one.file, one.line)),
            code_of(&one.function),
            text(one.status),
            sentence(&one.text)
        );
    }
    html += if code.places.is_empty() { "" } else { "</tbody></table></div>\n" };
    if let Some(why) = &code.silent {
        html += &format!("<p>Nothing can be said of it: {}</p>\n", sentence(why));
    }
    html + "</section>\n"
}

/// The files, the formats, and the lines that match none.
pub(super) fn read(diagnosed: &Diagnosed) -> String {
    let read = &diagnosed.read;
    let mut html =
        "<section aria-labelledby=\"read\">\n<h2 id=\"read\">What was read</h2>\n".to_owned();
    html += &files(read);
    let seen: Vec<&(String, u64)> = read.formats.iter().filter(|(_, lines)| *lines > 0).collect();
    if !seen.is_empty() {
        html += "<h3>Formats</h3>\n";
        html += &table_open("Formats", "", &["Format", "Lines"]);
        for (format, lines) in seen {
            let lines = amount::count(*lines);
            html += &format!(
                "<tr><th scope=\"row\">{}</th><td class=\"number\">{lines}</td></tr>\n",
                name(format)
            );
        }
        html += "</tbody></table></div>\n";
    }
    if let Some(told) = report::unrecognised(read) {
        html += &format!("<h3>Not recognised</h3>\n<p>{}</p>\n", text(&told));
        if !read.unrecognised.is_empty() {
            html += &lines("Not recognised", &read.unrecognised, diagnosed);
        }
    }
    html + "</section>\n"
}

fn files(read: &Read) -> String {
    if read.files.is_empty() {
        return String::new();
    }
    let mut html = "<h3>Files</h3>\n".to_owned();
    html += &table_open("Files", "", &["File", "Lines", "Size", "Recognised", "Cut"]);
    let row = |file: &FileRead| {
        let numbers = [
            amount::count(file.lines),
            amount::bytes(file.bytes),
            amount::count(file.recognised),
            amount::count(file.cut_lines),
        ];
        let numbers = numbers.map(|number| format!("<td class=\"number\">{number}</td>")).concat();
        format!("<tr><th scope=\"row\">{}</th>{numbers}</tr>\n", place(&file.name))
    };
    html.extend(read.files.iter().take(MAX_TABLE).map(row));
    html += "</tbody></table></div>\n";
    let left_out = read.files.len().saturating_sub(MAX_TABLE) as u64;
    if left_out > 0 {
        html += &format!("<p>… and {} more</p>\n", amount::count(left_out));
    }
    html
}
