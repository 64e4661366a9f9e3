//! What a log line looks like, written as the line with names in braces.
//!
//! ```text
//! {leader:hex} received MsgAppResp(rejected, hint: (index {hint_index}, term {hint_term})) from {follower:hex} for index {index}
//! ```
//!
//! | in a template | matches |
//! |---|---|
//! | `{index}` and the other numbers of [`Field`] | digits |
//! | `{follower}`, `{leader}`, `{group}` | a word: up to white space, a quote, a comma or a bracket |
//! | `{follower:hex}` | a word of hexadecimal digits |
//! | `{prev_log_term@index}` | a log id of openraft: `T12-N1.400100`, `12.400100`, `T12-N1-400100`, `12-400100` |
//! | `{_@match_index?}` | the same, or `None` |
//! | `{_}`, `{#}` | a word, a number that nobody needs |
//! | `{*}` | anything, up to the first place where the text after it stands |
//! | `{?…?}` | what is taken along if it is there |
//! | `{{`, `}}` | a brace |
//!
//! A line is matched from a place on where the pattern's literal stands, forwards and backwards; so nothing is searched for,
//! and each byte of a line is looked at once for each pattern that has its literal there. Regular expressions could say the
//! same, but take several times as long, and a reader would have to undo their escapes.

use memchr::memmem;
use smallvec::SmallVec;

use super::field::Field;

/// Captured texts with what they become.
pub(super) type Captured<'t> = SmallVec<[(Field, &'t str); 12]>;

/// A template, ready to match.
#[derive(Debug)]
pub(super) struct Template {
    /// From the start to what has the literal in it.
    before: Vec<Piece>,
    /// The text that has the literal in it.
    anchor: Box<str>,
    /// Where in it the literal starts.
    offset: usize,
    /// From there to the end.
    after: Vec<Piece>,
}

/// A part of a template.
#[derive(Debug)]
enum Piece {
    Text(Box<str>),
    Number(Option<Field>),
    Word(Option<Field>),
    Hex(Option<Field>),
    LogId { term: Option<Field>, index: Option<Field>, or_none: bool },
    Anything,
    Optional(Vec<Piece>),
}

impl Template {
    /// Reads a template; `literal` has to stand in one of its texts that are not optional.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn read(template: &str, literal: &str) -> Result<Self, String> {
        let mut rest = template;
        let mut pieces = pieces(&mut rest, false)?;
        let has = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(literal));
        let at = pieces.iter().position(has).ok_or("the literal is not in the template")?;
        let after = pieces.split_off(at + 1);
        let Some(Piece::Text(anchor)) = pieces.pop() else { return Err("no text".to_owned()) };
        let offset = anchor.find(literal).unwrap_or_default();
        Ok(Template { before: pieces, anchor, offset, after })
    }

    /// Matches a text in which the literal stands at `literal_at`; gives the end of the match.
    pub(super) fn matches<'t>(
        &self,
        text: &'t str,
        literal_at: usize,
        captured: &mut Captured<'t>,
    ) -> Option<usize> {
        captured.clear();
        let start = literal_at.checked_sub(self.offset)?;
        if !text.as_bytes().get(start..)?.starts_with(self.anchor.as_bytes()) {
            return None;
        }
        backwards(&self.before, text, start, captured)?;
        forwards(&self.after, text, start + self.anchor.len(), captured)
    }
}

/// Reads pieces up to the end, or up to the end of what is optional.
fn pieces(rest: &mut &str, optional: bool) -> Result<Vec<Piece>, String> {
    let mut all = Vec::new();
    let mut text = String::new();
    loop {
        let Some(at) = rest.find(['{', '}', '?']) else {
            text.push_str(rest);
            *rest = "";
            break;
        };
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            text.push_str(&tail[..1]);
            *rest = after;
        } else if let Some(after) = tail.strip_prefix("?}") {
            *rest = after;
            if !optional {
                return Err("`?}` without `{?`".to_owned());
            }
            push_text(&mut all, &mut text);
            return Ok(all);
        } else if let Some(after) = tail.strip_prefix("{?") {
            push_text(&mut all, &mut text);
            *rest = after;
            all.push(Piece::Optional(pieces(rest, true)?));
        } else if let Some(after) = tail.strip_prefix('{') {
            push_text(&mut all, &mut text);
            let (name, after) = after.split_once('}').ok_or("a brace is not closed")?;
            all.push(piece(name)?);
            *rest = after;
        } else {
            text.push_str(&tail[..1]);
            *rest = &tail[1..];
        }
    }
    if optional {
        return Err("`{?` is not closed".to_owned());
    }
    push_text(&mut all, &mut text);
    let text_follows =
        |pair: &[Piece]| !matches!(pair[0], Piece::Anything) || matches!(pair[1], Piece::Text(_));
    if all.windows(2).all(text_follows) { Ok(all) } else { Err("no text after `{*}`".to_owned()) }
}

fn push_text(all: &mut Vec<Piece>, text: &mut String) {
    if !text.is_empty() {
        all.push(Piece::Text(std::mem::take(text).into()));
    }
}

/// What stands in one pair of braces.
fn piece(name: &str) -> Result<Piece, String> {
    let field = |name: &str| match name {
        "_" => Ok(None),
        name => Field::named(name).map(Some).ok_or_else(|| format!("there is no field `{name}`")),
    };
    if let Some((term, index)) = name.split_once('@') {
        let or_none = index.ends_with('?');
        let index = field(index.trim_end_matches('?'))?;
        return Ok(Piece::LogId { term: field(term)?, index, or_none });
    }
    if let Some(name) = name.strip_suffix(":hex") {
        return Ok(Piece::Hex(field(name)?));
    }
    Ok(match name {
        "*" => Piece::Anything,
        "#" => Piece::Number(None),
        "_" => Piece::Word(None),
        name => match field(name)? {
            Some(field) if !field.is_number() => Piece::Word(Some(field)),
            field => Piece::Number(field),
        },
    })
}

/// Whether a byte belongs to a word.
pub(super) fn is_of_word(byte: u8) -> bool {
    !matches!(
        byte,
        b' ' | b'\t'
            | b'\r'
            | b'\n'
            | b','
            | b'"'
            | b'\''
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'='
    )
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the run of such bytes that starts here ends.
#[inline]
fn end_of(text: &str, at: usize, is: impl Fn(u8) -> bool) -> usize {
    let run = text.as_bytes()[at..].iter().position(|&byte| !is(byte));
    run.map_or(text.len(), |length| at + length)
}

/// Where the run of such bytes that ends here starts.
#[inline]
fn start_of(text: &str, end: usize, is: impl Fn(u8) -> bool) -> usize {
    text.as_bytes()[..end].iter().rposition(|&byte| !is(byte)).map_or(0, |at| at + 1)
}

/// Keeps what was matched; nothing where that is empty.
#[inline]
fn take<'t>(field: Option<Field>, text: &'t str, captured: &mut Captured<'t>) -> Option<()> {
    if text.is_empty() {
        return None;
    }
    if let Some(field) = field {
        captured.push((field, text));
    }
    Some(())
}

/// The same, if it has only such digits.
fn hex(text: &str) -> Option<&str> {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(text)
}

fn forwards<'t>(
    pieces: &[Piece],
    text: &'t str,
    mut at: usize,
    captured: &mut Captured<'t>,
) -> Option<usize> {
    for (number, piece) in pieces.iter().enumerate() {
        let end = match piece {
            Piece::Text(wanted) => {
                text.as_bytes()[at..].starts_with(wanted.as_bytes()).then_some(at + wanted.len())?
            }
            Piece::Number(field) => {
                let end = end_of(text, at, |byte| byte.is_ascii_digit());
                take(*field, &text[at..end], captured)?;
                end
            }
            Piece::Word(field) => {
                let end = end_of(text, at, is_of_word);
                take(*field, &text[at..end], captured)?;
                end
            }
            Piece::Hex(field) => {
                let end = end_of(text, at, is_of_name);
                take(*field, hex(&text[at..end])?, captured)?;
                end
            }
            Piece::LogId { term, index, or_none } => {
                if *or_none && text.as_bytes()[at..].starts_with(b"None") {
                    at + "None".len()
                } else {
                    log_id(text, at, *term, *index, captured)?
                }
            }
            Piece::Anything => match pieces.get(number + 1) {
                Some(Piece::Text(next)) => {
                    at + memmem::find(&text.as_bytes()[at..], next.as_bytes())?
                }
                _ => text.len(),
            },
            Piece::Optional(inner) => {
                let kept = captured.len();
                forwards(inner, text, at, captured).unwrap_or_else(|| {
                    captured.truncate(kept);
                    at
                })
            }
        };
        at = end;
    }
    Some(at)
}

/// The pieces from the last to the first; nothing optional stands there.
fn backwards<'t>(
    pieces: &[Piece],
    text: &'t str,
    mut end: usize,
    captured: &mut Captured<'t>,
) -> Option<()> {
    for (number, piece) in pieces.iter().enumerate().rev() {
        let start = match piece {
            Piece::Text(wanted) => {
                text.as_bytes()[..end].ends_with(wanted.as_bytes()).then(|| end - wanted.len())?
            }
            Piece::Number(field) => {
                let start = start_of(text, end, |byte| byte.is_ascii_digit());
                take(*field, &text[start..end], captured)?;
                start
            }
            Piece::Word(field) => {
                let start = start_of(text, end, is_of_word);
                take(*field, &text[start..end], captured)?;
                start
            }
            Piece::Hex(field) => {
                let start = start_of(text, end, is_of_name);
                take(*field, hex(&text[start..end])?, captured)?;
                start
            }
            Piece::Anything => match number.checked_sub(1).map(|before| &pieces[before]) {
                Some(Piece::Text(before)) => {
                    memmem::rfind(&text.as_bytes()[..end], before.as_bytes())? + before.len()
                }
                _ => 0,
            },
            Piece::LogId { .. } | Piece::Optional(_) => return None,
        };
        end = start;
    }
    Some(())
}

/// A log id: the term, perhaps the node that led it, and the index.
fn log_id<'t>(
    text: &'t str,
    at: usize,
    term: Option<Field>,
    index: Option<Field>,
    captured: &mut Captured<'t>,
) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |at: usize| {
        let end = end_of(text, at, |byte| byte.is_ascii_digit());
        (end > at).then_some(end)
    };
    let start = if bytes.get(at) == Some(&b'T') { at + 1 } else { at };
    let end = digits(start)?;
    let term_text = &text[start..end];
    // The node may be a name with points and dashes in it: the index is what stands after the last one.
    let all =
        end_of(text, end, |byte| is_of_word(byte) && !matches!(byte, b':' | b';' | b'<' | b'>'));
    let tail = text[end..all].trim_end_matches(['.', '-']);
    let separator = tail.rfind(['.', '-'])?;
    let index_at = end + separator + 1;
    let index_end = digits(index_at)?;
    take(term, term_text, captured)?;
    take(index, &text[index_at..index_end], captured)?;
    Some(index_end)
}

#[cfg(test)]
mod tests {
    use super::{Captured, Template};
    use crate::logs::format::field::Field;

    fn matched<'t>(template: &str, literal: &str, text: &'t str) -> Option<Vec<(Field, &'t str)>> {
        let template = Template::read(template, literal).expect("it is a template");
        let mut captured = Captured::new();
        template.matches(text, text.find(literal)?, &mut captured)?;
        captured.sort_unstable();
        Some(captured.to_vec())
    }

    #[test]
    fn a_template_is_the_line_with_names_in_braces() {
        let template =
            "{leader:hex} moved {follower} to {{{*}next={next_index}{? of {match_index}?}}}";
        let all = |next, more: &[(Field, &'static str)]| {
            let mut all =
                vec![(Field::Leader, "a1"), (Field::Follower, "n-4"), (Field::NextIndex, next)];
            all.extend_from_slice(more);
            Some(all)
        };
        let of = |text| matched(template, "moved", text);
        assert_eq!(of("x a1 moved n-4 to {state next=7}"), all("7", &[]));
        assert_eq!(of("a1 moved n-4 to {next=7 of 5}"), all("7", &[(Field::MatchIndex, "5")]));
        assert_eq!(of("a1 moved n-4 to {next=7 of none}"), None, "the brace does not follow");
        assert_eq!(of("xa1 moved n-4 to {next=7}"), None, "not hexadecimal");
        assert_eq!(of("a1 moved n-4 to {next=}"), None);
        assert_eq!(of("a1 moved n-4"), None);
    }

    #[test]
    fn a_log_id_has_a_term_and_an_index() {
        let of = |text: &'static str| {
            let all = matched("at {prev_log_term@index?}.", "at ", text)?;
            Some(all.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" "))
        };
        for (text, expected) in [
            ("at T12-N1.400100.", Some("400100 12")),
            ("at 12.400100.", Some("400100 12")),
            ("at T12-N1-400100.", Some("400100 12")),
            ("at 12-1-400100.", Some("400100 12")),
            ("at 12-400100.", Some("400100 12")),
            ("at T12-Nnode-a.example.7.", Some("7 12")),
            ("at None.", Some("")),
            ("at T12.", None),
            ("at T-N1.4.", None),
            ("at nothing.", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_template_may_be_wrong() {
        for template in ["{index", "{indx}", "{?a", "a?}", "{*}{index}", "b"] {
            assert!(Template::read(template, "a").is_err(), "{template}");
        }
    }
}
