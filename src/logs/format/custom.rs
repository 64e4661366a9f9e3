//! Formats of the user: regular expressions with named groups, from the configuration.
//!
//! Takes what is written there; gives a pattern, or says what is wrong with it and what to do. A stranger may have written
//! it: an expression runs in linear time, and how large it may become is limited.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

use super::field::{Field, NAMES};
use super::list::KINDS;
use super::search::FINGERPRINT;
use crate::error::Error;
use crate::logs::event::{EventKind, Side};
use crate::spelling::nearest;

/// A longer expression is refused.
const MAX_EXPRESSION: usize = 2_000;
/// An expression that takes more bytes of memory is refused.
const MAX_SIZE: usize = 1 << 20;
/// All formats together have no more patterns.
pub const MAX_PATTERNS: usize = 32;

/// A format of the user.
#[derive(Clone, Debug)]
pub struct Custom {
    /// Its name.
    pub name: String,
    /// Its patterns, at least one.
    pub patterns: Vec<CustomPattern>,
}

/// One kind of line.
#[derive(Clone, Debug)]
pub struct CustomPattern {
    /// What happened.
    pub kind: EventKind,
    /// Who says so.
    pub side: Side,
    /// A text that all its lines have.
    pub literal: String,
    /// A line, if the user gave one.
    pub example: Option<String>,
    pub(super) regex: Regex,
    /// The number of each group, with what it becomes.
    pub(super) groups: Vec<(usize, Field)>,
}

/// A part of what the user wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// `kind`.
    Kind,
    /// `side`.
    Side,
    /// `regex`.
    Regex,
    /// `literal`.
    Literal,
    /// `example`.
    Example,
}

/// What is wrong with a part, and what to do.
pub type Wrong = (Part, Error);

/// What the user wrote of one pattern.
#[derive(Clone, Copy, Debug)]
pub struct Written<'w> {
    /// `kind`.
    pub kind: &'w str,
    /// `side`; the leader's if nothing is said.
    pub side: Option<&'w str>,
    /// `regex`.
    pub regex: &'w str,
    /// `literal`; taken out of the expression if nothing is said.
    pub literal: Option<&'w str>,
    /// `example`.
    pub example: Option<&'w str>,
}

/// Reads one pattern.
///
/// # Errors
///
/// The part that is wrong, with what to do.
pub fn read(written: &Written<'_>) -> Result<CustomPattern, Wrong> {
    let kind = kind(written.kind)?;
    let side = side(written.side)?;
    let regex = compile(written.regex)?;
    let groups = groups(&regex)?;
    if let Some(missing) = missing(kind, side, &groups) {
        let text = format!("a pattern of the kind `{}` needs {missing}", written.kind);
        return Err((
            Part::Regex,
            Error::new(text, "name the groups: `(?P<follower>\\S+)`, `(?P<index>\\d+)`"),
        ));
    }
    let literal = literal(written)?;
    let fits = |example: &str| regex.is_match(example) && example.contains(&literal);
    if written.example.is_some_and(|example| !fits(example)) {
        let text = "the example does not match its own expression";
        let hint =
            "an expression matches a part of the line; escape brackets and points with a backslash";
        return Err((Part::Example, Error::new(text, hint)));
    }
    if let Some(example) = written.example {
        numbers(&regex, &groups, example)?;
    }
    Ok(CustomPattern {
        kind,
        side,
        literal,
        example: written.example.map(str::to_owned),
        regex,
        groups,
    })
}

/// In an example all that has to be a number is one.
fn numbers(regex: &Regex, groups: &[(usize, Field)], example: &str) -> Result<(), Wrong> {
    let Some(found) = regex.captures(example) else { return Ok(()) };
    for &(group, field) in groups.iter().filter(|(_, field)| field.is_number()) {
        let Some(value) = found.get(group) else { continue };
        if value.as_str().parse::<u64>().is_err() {
            let name = NAMES.iter().find(|(_, known)| *known == field).map_or("", |(name, _)| name);
            let shown: String = value.as_str().chars().take(80).collect();
            let text = format!("the group `{name}` holds no number in the example: `{shown}`");
            let hint = format!("let it hold only the digits: `(?P<{name}>\\d+)`");
            return Err((Part::Example, Error::new(text, hint)));
        }
    }
    Ok(())
}

fn kind(word: &str) -> Result<EventKind, Wrong> {
    let found = KINDS.iter().find(|(id, _, _)| *id == word);
    found.map(|&(_, kind, _)| kind).ok_or_else(|| {
        let all = KINDS.map(|(id, _, _)| id);
        (Part::Kind, unknown("kind", word, &all))
    })
}

fn side(word: Option<&str>) -> Result<Side, Wrong> {
    match word {
        None | Some("leader") => Ok(Side::Leader),
        Some("follower") => Ok(Side::Follower),
        Some(other) => Err((Part::Side, unknown("side", other, &["leader", "follower"]))),
    }
}

/// An error with the nearest word and all words.
fn unknown(what: &str, word: &str, all: &[&str]) -> Error {
    let shown: String = word.chars().take(80).collect();
    let near = nearest(word, all.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let list = all.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    Error::new(
        format!("there is no {what} `{shown}`"),
        format!("{}known are {list}", near.unwrap_or_default()),
    )
}

fn compile(expression: &str) -> Result<Regex, Wrong> {
    let wrong = |text: String, hint: &str| (Part::Regex, Error::new(text, hint));
    if expression.len() > MAX_EXPRESSION {
        let text =
            format!("the expression has {} bytes, more than {MAX_EXPRESSION}", expression.len());
        return Err(wrong(text, "give several shorter patterns"));
    }
    let built = RegexBuilder::new(expression)
        .size_limit(MAX_SIZE)
        .dfa_size_limit(MAX_SIZE)
        .nest_limit(50)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            let hint =
                "repeat less: a count such as `{1000}` makes an expression large, `+` does not";
            wrong("the expression is too large".to_owned(), hint)
        }
        other => {
            // Its last line says what is wrong; those before draw where.
            let message = other.to_string();
            let last = message.lines().last().unwrap_or_default().trim();
            let why: String = last.trim_start_matches("error: ").chars().take(200).collect();
            let hint =
                "the syntax is that of the crate `regex`: no look-around, no back-references";
            wrong(format!("the expression can't be read: {why}"), hint)
        }
    })
}

fn groups(regex: &Regex) -> Result<Vec<(usize, Field)>, Wrong> {
    let mut all = Vec::new();
    for (number, name) in regex.capture_names().enumerate() {
        let Some(name) = name else { continue };
        let field = Field::named(name).ok_or_else(|| {
            let known = NAMES.map(|(known, _)| known);
            (Part::Regex, unknown("group", name, &known))
        })?;
        all.push((number, field));
    }
    if all.is_empty() {
        let hint =
            "name what is to be taken out of the line: `(?P<follower>\\S+)`, `(?P<index>\\d+)`";
        return Err((Part::Regex, Error::new("the expression has no named group", hint)));
    }
    Ok(all)
}

/// What a pattern of this kind lacks.
fn missing(kind: EventKind, side: Side, groups: &[(usize, Field)]) -> Option<&'static str> {
    let has = |wanted: &[Field]| groups.iter().any(|(_, field)| wanted.contains(field));
    let follower = has(&[Field::Follower]);
    match (kind, side) {
        (EventKind::Rejected, Side::Leader) if !follower => Some("a group `follower`"),
        (EventKind::Rejected, Side::Leader) => {
            let index =
                has(&[Field::Index, Field::NextIndex, Field::RetryIndex, Field::RefusedNextIndex]);
            (!index).then_some("a group `index` or `next_index`")
        }
        (EventKind::Rejected, Side::Follower) => {
            let index = has(&[Field::Index, Field::FollowerEntryTerm]);
            (!index).then_some("a group `index` or `follower_entry_term`")
        }
        (EventKind::NextIndexMoved, _) if !follower => Some("a group `follower`"),
        (EventKind::NextIndexMoved, _) => {
            let next = has(&[Field::NextIndex, Field::RetryIndex]);
            (!next).then_some("a group `next_index` or `retry_index`")
        }
        (EventKind::SuffixTruncated | EventKind::ConflictRemoved, _) => {
            (!has(&[Field::Index, Field::LastKeptIndex])).then_some("a group `index`")
        }
        (EventKind::DivergenceAdvised | EventKind::SnapshotSent, _) => {
            (!follower).then_some("a group `follower`")
        }
        _ => None,
    }
}

/// The text that all lines of a pattern have.
fn literal(written: &Written<'_>) -> Result<String, Wrong> {
    if let Some(given) = written.literal {
        let plain = given.len() >= FINGERPRINT && given.bytes().all(survives);
        let hint = format!(
            "give a text of at least {FINGERPRINT} bytes that all lines of the pattern have, without quotes, \
             backslashes, `<`, `>` and `&`, which JSON may escape"
        );
        let wrong = || (Part::Literal, Error::new("the literal can't be searched for", hint));
        return if plain { Ok(given.to_owned()) } else { Err(wrong()) };
    }
    let parsed = regex_syntax::parse(written.regex).ok();
    let mut best = String::new();
    if let Some(hir) = &parsed {
        longest(hir, &mut best);
    }
    if best.len() >= FINGERPRINT {
        return Ok(best);
    }
    let text =
        "the expression has no text that all its lines have, by which they could be found quickly";
    let hint = "add `literal = \"…\"`: a text of the line that hardly any other line has";
    Err((Part::Regex, Error::new(text, hint)))
}

/// Whether a byte stands in a line of JSON as it is.
fn survives(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&') && !byte.is_ascii_control()
}

/// The longest text that each match has.
fn longest(hir: &Hir, best: &mut String) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            for piece in text.split(|c: char| c.is_ascii() && !survives(c as u8)) {
                if piece.len() > best.len() {
                    piece.clone_into(best);
                }
            }
        }
        HirKind::Capture(capture) => longest(&capture.sub, best),
        HirKind::Repetition(repetition) if repetition.min > 0 => longest(&repetition.sub, best),
        HirKind::Concat(parts) => {
            for part in parts {
                longest(part, best);
            }
        }
        HirKind::Empty
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Written, read};
    use crate::logs::event::{EventKind, Side};

    const GOOD: Written<'static> = Written {
        kind: "rejected",
        side: None,
        regex: r"nack from (?P<follower>\S+) at (?P<index>\d+)",
        literal: None,
        example: Some("12:00:00 nack from n4 at 17"),
    };

    #[test]
    fn a_pattern_is_read() {
        let pattern = read(&GOOD).expect("it is right");
        assert_eq!((pattern.kind, pattern.side), (EventKind::Rejected, Side::Leader));
        assert_eq!(pattern.literal, "nack from ");
        let given = read(&Written { literal: Some("nack"), ..GOOD }).expect("it is right");
        assert_eq!(given.literal, "nack");
        let escaped = r#""msg":"refused (?P<follower>\w+) (?:x|y) at index=(?P<index>\d+)"#;
        let pattern =
            read(&Written { regex: escaped, example: None, ..GOOD }).expect("it is right");
        assert_eq!(pattern.literal, " at index=", "quotes may be escaped");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let long = format!("(?P<follower>{})", "a".repeat(2_000));
        for (written, part, words) in [
            (Written { kind: "reject", ..GOOD }, Part::Kind, "did you mean `rejected`?"),
            (Written { kind: "x", ..GOOD }, Part::Kind, "`suffix-truncated`"),
            (Written { side: Some("leeder"), ..GOOD }, Part::Side, "did you mean `leader`?"),
            (Written { regex: "(", ..GOOD }, Part::Regex, "can't be read: unclosed group"),
            (Written { regex: "(?=a)", ..GOOD }, Part::Regex, "look-around"),
            (Written { regex: "nack", ..GOOD }, Part::Regex, "no named group"),
            (
                Written { regex: r"nack (?P<folower>\S+)", ..GOOD },
                Part::Regex,
                "did you mean `follower`?",
            ),
            (
                Written { regex: r"nack (?P<follower>\S+)", ..GOOD },
                Part::Regex,
                "a group `index` or `next_index`",
            ),
            (
                Written { regex: r"nack (?P<index>\d+)", ..GOOD },
                Part::Regex,
                "needs a group `follower`",
            ),
            (
                Written { regex: r"(?P<follower>\S+) (?P<index>\d+)", ..GOOD },
                Part::Regex,
                "add `literal",
            ),
            (
                Written { regex: r"(?i)nack (?P<follower>\S+) (?P<index>\d+)", ..GOOD },
                Part::Regex,
                "add `literal",
            ),
            (Written { regex: &long, ..GOOD }, Part::Regex, "more than 2000"),
            (
                Written { regex: r"(?P<follower>\w{9000}) n (?P<index>\d+)", ..GOOD },
                Part::Regex,
                "too large",
            ),
            (Written { literal: Some("nac"), ..GOOD }, Part::Literal, "at least 4 bytes"),
            (Written { literal: Some("\"nack"), ..GOOD }, Part::Literal, "JSON"),
            (Written { example: Some("nack of n4"), ..GOOD }, Part::Example, "does not match"),
            (
                Written {
                    regex: r"nack from (?P<follower>\S+) at (?P<index>\S+)",
                    example: Some("nack from n4 at i17"),
                    ..GOOD
                },
                Part::Example,
                "the group `index` holds no number in the example: `i17`\nhelp: let it hold only the digits: `(?P<index>\\d+)`",
            ),
            (Written { kind: "next-index-moved", ..GOOD }, Part::Regex, "`retry_index`"),
        ] {
            let (of, error) = read(&written).expect_err("it is wrong");
            let message = error.to_string();
            assert_eq!(of, part, "{message}");
            assert!(message.contains(words), "no {words:?} in {message}");
            assert!(!error.text.contains('\n') && !error.hint.contains('\n'), "{message}");
        }
    }
}
