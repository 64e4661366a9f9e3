//! `[[logs.formats]]` in the configuration: what is accepted, and what is said about a wrong one. Every command reads the
//! configuration whole, so `check` tells it, too.

use crate::tree::{OTHER, Tree};

/// A run in a directory with this configuration: its exit code and its messages.
fn run(toml: &str) -> (Option<i32>, String) {
    let tree = Tree::with(&[(".git/HEAD", ""), ("raft-lint.toml", toml), ("src/lib.rs", OTHER)]);
    let ended = tree.run(&[]);
    (ended.code, ended.err)
}

/// A format with one pattern.
fn format(pattern: &str) -> String {
    format!("[[logs.formats]]\nname = \"mine\"\n[[logs.formats.patterns]]\n{pattern}\n")
}

const GOOD: &str = r"kind = 'rejected'
regex = 'nack from (?P<follower>\S+) at (?P<index>\d+)'";

#[test]
fn a_format_is_accepted() {
    for toml in [
        format(GOOD),
        format(&format!("{GOOD}\nside = 'leader'\nliteral = 'nack'\nexample = '12:00 nack from n4 at 17'")),
        "[logs]\nformats = [{ name = \"a\", patterns = [{ kind = \"caught-up\", regex = 'joined (?P<follower>n\\d)' }] }]\n".to_owned(),
        "[logs]\n".to_owned(),
    ] {
        let (code, err) = run(&toml);
        assert!(code == Some(0) && !err.contains("error"), "{toml}\n{err}");
    }
}

#[test]
fn a_wrong_format_is_an_error_with_its_line_and_what_to_do() {
    let many = format!(
        "[[logs.formats]]\nname = 'mine'\n{}",
        format!("[[logs.formats.patterns]]\n{GOOD}\n").repeat(33)
    );
    let large = r"nack (?P<follower>\w{9000}) (?P<index>\d+)";
    for (toml, place, words) in [
        (
            format("kind = 'reject'\nregex = 'a'"),
            4,
            "there is no kind `reject`\nhelp: did you mean `rejected`?",
        ),
        (
            format("kind = 'rejected'\nregex = '('"),
            5,
            "the expression can't be read: unclosed group",
        ),
        (format("kind = 'rejected'\nregex = 'nack'"), 5, "no named group\nhelp: name what"),
        (
            format("kind = 'rejected'\nregex = 'nack (?P<folower>n)'"),
            5,
            "did you mean `follower`? known are `group`",
        ),
        (
            format("kind = 'rejected'\nregex = 'nack (?P<follower>n)'"),
            5,
            "needs a group `index` or `next_index`",
        ),
        (
            format("kind = 'rejected'\nregex = '(?P<follower>n) (?P<index>.)'"),
            5,
            "help: add `literal",
        ),
        (
            format(&format!("kind = 'rejected'\nregex = '{large}'")),
            5,
            "the expression is too large",
        ),
        (format(&format!("{GOOD}\nside = 'both'")), 6, "known are `leader`, `follower`"),
        (format(&format!("{GOOD}\nliteral = 'na'")), 6, "at least 4 bytes"),
        (format(&format!("{GOOD}\nexample = 'ack'")), 6, "does not match its own expression"),
        (format(&format!("{GOOD}\nexampel = 'ack'")), 6, "unknown field `exampel`"),
        (format(GOOD) + &format(GOOD), 7, "there are two formats `mine`"),
        (format(GOOD).replace("mine", "etcd"), 2, "there are two formats `etcd`"),
        (format(GOOD).replace("mine", " "), 2, "an empty name"),
        ("[[logs.formats]]\nname = 'mine'\npatterns = []\n".to_owned(), 2, "has no patterns"),
        (many, 3, "more than 32 patterns"),
    ] {
        let (code, err) = run(&toml);
        assert_eq!(code, Some(2), "{toml}\n{err}");
        assert!(err.starts_with(&format!("error: raft-lint.toml:{place}: ")), "{toml}\n{err}");
        assert!(err.contains(words) && err.contains("\nhelp: "), "no {words:?} in {err}");
    }
}
