//! Lines of the logs that show something: where, when, what, and what they say.
//!
//! Takes lines; adds rows. A path that all files share is said once, and of a long line beginning and end are shown: the
//! JSON and the page show all that was kept of it, and so does `--verbose`.

use super::TextOptions;
use crate::logs::diagnosed::{Evidence, Read};
use crate::logs::report;
use crate::logs::report::sheet::{INDENT, Sheet, dimmed};
use crate::pages::terminal::wrap::{Line, Span, width};
use crate::report::Detail;

/// A place that is not longer stands as it was given.
const SHORT: usize = 24;
/// Between two columns.
const GAP: usize = 2;
/// So many lines of the report for one line of a log.
const MOST_LINES: usize = 2;
/// A word is hardly longer.
const WORD: usize = 20;
/// A text is not cut to less.
const LEAST: usize = 80;

/// Adds lines below a title.
pub(super) fn add(
    title: &str,
    lines: &[Evidence],
    read: &Read,
    options: &TextOptions,
    sheet: &mut Sheet,
) {
    let full: Vec<String> = lines.iter().map(|line| report::place(read, line)).collect();
    let is_long = full.iter().any(|place| place.chars().count() > SHORT);
    let common = if is_long { common_directory(read) } else { "" };
    match common {
        "" => sheet.part(title),
        common => sheet.part(&format!("{title}, in `{}`", common.trim_end_matches('/'))),
    }
    let place = |place: &String| vec![sheet.words(place.strip_prefix(common).unwrap_or(place))];
    let places: Vec<Line> = full.iter().map(place).collect();
    let time = |line: &Evidence| line.time.map(|time| time.time_of_day()).unwrap_or_default();
    let times: Vec<String> = lines.iter().map(time).collect();
    let room = sheet.room().saturating_sub(INDENT);
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let of_places = widest(&mut places.iter().map(|place| width(place)));
    let of_times = widest(&mut times.iter().map(String::len));
    let beside = of_places <= room / 3;
    let left = if beside { of_places + GAP + of_times + GAP } else { 0 };
    let most = match options.detail {
        Detail::Verbose => usize::MAX,
        _ => (MOST_LINES * room.saturating_sub(left)).saturating_sub(LEAST / 8).max(LEAST),
    };
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for ((line, place), time) in lines.iter().zip(places).zip(times) {
        let mut said = Line::new();
        if !line.shows.is_empty() {
            said.push(sheet.words(&line.shows));
        }
        let text = sheet.span(dimmed(), &shortened(&line.text, most));
        let time = vec![sheet.words(&time)];
        if beside {
            said.extend((!said.is_empty()).then(|| Span::plain("\n")));
            said.push(text);
            rows.push(vec![place, time, said]);
            continue;
        }
        let mut all = place;
        all.push(Span::plain(" "));
        all.extend(time);
        for part in [said, vec![text]].into_iter().filter(|part| width(part) > 0) {
            all.push(Span::plain("\n"));
            all.extend(part);
        }
        rows.push(vec![all]);
    }
    sheet.rows(&rows);
}

/// The directory that all files lie in, with its last `/`; empty where there is none.
fn common_directory(read: &Read) -> &str {
    let mut names = read.files.iter().map(|file| file.name.as_str());
    let first = names.next().unwrap_or_default();
    let mut common = &first[..first.rfind('/').map_or(0, |at| at + 1)];
    for name in names {
        while !name.starts_with(common) {
            let shorter = common.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
            common = &common[..shorter];
        }
    }
    if common == "/" { "" } else { common }
}

/// Beginning and end of a text: what it is about stands in front, what came of it often behind.
fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let front = most * 2 / 5;
    let back = most.saturating_sub(front + 3);
    let start: String = text.chars().take(front).collect();
    let end: String = text.chars().skip(count - back).collect();
    // Words stay whole, where they are no longer than words are.
    let is_near = |part: &str| part.chars().count() <= WORD;
    let start = match start.rsplit_once(' ') {
        Some((whole, part)) if is_near(part) => whole,
        _ => &start,
    };
    let end = match end.split_once(' ') {
        Some((part, whole)) if is_near(part) => whole,
        _ => &end,
    };
    format!("{start} … {end}")
}

#[cfg(test)]
mod tests {
    use super::{common_directory, shortened};
    use crate::logs::diagnosed::{FileRead, Read};

    fn common(names: &[&str]) -> String {
        let file = |name: &&str| FileRead { name: (*name).to_owned(), ..FileRead::default() };
        let read = Read { files: names.iter().map(file).collect(), ..Read::default() };
        common_directory(&read).to_owned()
    }

    #[test]
    fn files_share_whole_directories() {
        assert_eq!(common(&["logs/a/n1.log", "logs/a/n2.log"]), "logs/a/");
        assert_eq!(common(&["logs/ab/n1.log", "logs/a/n2.log"]), "logs/");
        assert_eq!(common(&["/var/n1.log", "/srv/n2.log"]), "");
        assert_eq!(common(&["/var/log/n1.log"]), "/var/log/");
        assert_eq!(common(&["n1.log", "logs/n1.log"]), "");
        assert_eq!(common(&[]), "");
    }

    #[test]
    fn beginning_and_end_of_a_long_text_are_left() {
        let text = format!("begin {} end", "ä".repeat(300));
        let short = shortened(&text, 80);
        assert_eq!(short.chars().count(), 80);
        assert!(short.starts_with("begin ä") && short.ends_with("ä end") && short.contains(" … "));
        assert_eq!(shortened("short", 80), "short");
        let words = shortened(&"a word or two ".repeat(30), 80);
        assert!(words.starts_with("a word or two a") && words.len() <= 82, "{words}");
        let is_whole = |word: &str| ["a", "word", "or", "two", "…"].contains(&word);
        assert!(words.split_whitespace().all(is_whole), "{words}");
    }
}
