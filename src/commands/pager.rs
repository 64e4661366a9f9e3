//! The pager: what shows a page that is longer than the screen.
//!
//! Takes a text; decides whether it needs a pager and which, and gives the text to it. Where the pager can't
//! show it, it says so, and the caller prints the text itself: nothing is lost.

use std::io::Write;
use std::process::{Command, Stdio};

use unicode_width::UnicodeWidthStr;

/// The pager where none is named: colours stay, a short text is just printed, the screen is kept.
const PAGER: &str = "less -FRX";
/// What `less` is told where it is named without options, as `PAGER=less` does.
const LESS: (&str, &str) = ("LESS", "FRX");

/// What there is to decide from.
pub(super) struct Asked {
    /// Whether the text goes where no pager is wanted.
    pub(super) never: bool,
    /// The columns and lines of the terminal.
    pub(super) screen: Option<(usize, usize)>,
    /// The commands that are named, what counts most first. A command without words turns the pager off.
    pub(super) variables: [Option<String>; 2],
    /// Whether the terminal can't move its cursor.
    pub(super) dumb: bool,
}

/// The words of the command, if the text needs one.
pub(super) fn chosen(asked: &Asked, text: &str) -> Option<Vec<String>> {
    let (columns, lines) = asked.screen.filter(|_| !asked.never && !asked.dumb)?;
    if height(text, columns) < lines {
        return None;
    }
    let named = asked.variables.iter().flatten().next();
    let words = shlex::split(named.map_or(PAGER, String::as_str))?;
    (!words.is_empty() && words != ["cat"]).then_some(words)
}

/// How many lines of the screen a text takes.
fn height(text: &str, columns: usize) -> usize {
    text.lines().map(|line| seen(line).width().div_ceil(columns.max(1)).max(1)).sum()
}

/// A line without what sets its colours.
fn seen(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or("", |(_, text)| text));
    first + &rest.collect::<String>()
}

/// Gives the text to the pager and waits for its end; false if the text was not shown. A pager that is quit
/// early has shown enough.
pub(super) fn shown(words: &[String], text: &[u8]) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if std::env::var_os(LESS.0).is_none() {
        command.env(LESS.0, LESS.1);
    }
    let Ok(mut pager) = command.spawn() else { return false };
    if let Some(mut input) = pager.stdin.take() {
        let _ = input.write_all(text);
    }
    // A signal, such as that of Ctrl-C, is one way to quit.
    pager.wait().is_ok_and(|status| status.code().is_none_or(|code| code == 0))
}

#[cfg(test)]
mod tests {
    use super::{Asked, chosen, height, shown};

    fn asked() -> Asked {
        Asked { never: false, screen: Some((10, 3)), variables: [None, None], dumb: false }
    }

    fn named(variables: [Option<&str>; 2]) -> Option<String> {
        let variables = variables.map(|name| name.map(str::to_owned));
        chosen(&Asked { variables, ..asked() }, "1\n2\n3\n").map(|words| words.join("|"))
    }

    #[test]
    fn a_pager_is_for_what_is_longer_than_the_screen() {
        assert_eq!(chosen(&asked(), "1\n2\n"), None);
        assert!(chosen(&asked(), "1\n2\n3\n").is_some());
        assert!(chosen(&asked(), "12345678901234567890 long\n").is_some(), "lines are broken");
        assert_eq!(chosen(&Asked { never: true, ..asked() }, "1\n2\n3\n"), None);
        assert_eq!(chosen(&Asked { dumb: true, ..asked() }, "1\n2\n3\n"), None);
        assert_eq!(chosen(&Asked { screen: None, ..asked() }, "1\n2\n3\n"), None);
        assert_eq!(height("\u{1b}[0m\u{1b}[1mbold text\u{1b}[0m!\n\n", 10), 2);
    }

    #[test]
    fn the_more_exact_variable_counts() {
        assert_eq!(named([None, None]).as_deref(), Some("less|-FRX"));
        assert_eq!(named([None, Some("more -s")]).as_deref(), Some("more|-s"));
        assert_eq!(named([Some("'my pager' -x"), Some("more")]).as_deref(), Some("my pager|-x"));
        assert_eq!(named([Some(""), Some("more")]), None, "turned off");
        assert_eq!(named([Some("cat"), None]), None);
        assert_eq!(named([Some("less '"), None]), None, "half a command is none");
    }

    #[test]
    fn what_was_not_shown_is_told() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(!shown(&words("raft-lint-has-no-such-pager"), b"text"));
        assert!(!shown(&[], b"text"));
    }
}
