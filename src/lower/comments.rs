//! Comments to the lint: which there are, what they say, and what they stand on.
//!
//! Takes a file's text and its segments; gives [`Comment`]s. A comment on lines of its own stands on
//! what begins behind it, attributes and other comments in between; one behind code stands on what
//! that code ends. Names are not looked up here.

use std::cell::Cell;

use memchr::memmem;

use super::scan;
use super::segments::Segments;
use crate::ir::comment::{Comment, Directive, MARK, Target};
use crate::source::Span;
use crate::spelling;

/// A longer name or reason is cut: it is shown to people.
const MAX_TEXT: usize = 400;
/// More comments in one file are not read.
const MAX_COMMENTS: usize = 10_000;
/// A silence of more rules is none of a place.
const MAX_RULES: usize = 30;
/// What a comment can say.
const WORDS: [&str; 3] = ["allow", "role", "handler"];
/// How the mark may be misspelt so that it is looked at.
const NEAR: [&str; 4] = ["raft-lint", "raft_lint", "Raft-lint", "Raft-Lint"];
/// What all of them have behind their first byte.
const COMMON: &str = "aft";

/// A comment without what it stands on.
struct Written {
    span: Span,
    directive: Directive,
}

/// Whether something in a text may be meant for the lint.
pub(super) fn has_mark(text: &str) -> bool {
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, COMMON).any(|at| {
        let rest = at.checked_sub(1).map(|start| &bytes[start..]);
        rest.is_some_and(|rest| NEAR.iter().any(|near| rest.starts_with(near.as_bytes())))
    })
}

/// The comments to the lint in a text that starts at an offset of its file. `segments` is asked for
/// only if there are any.
pub(super) fn of(text: &str, offset: u32, segments: impl FnOnce() -> Segments) -> Vec<Comment> {
    let written = written(text);
    if written.is_empty() {
        return Vec::new();
    }
    let Segments { found, is_whole } = segments();
    let attachment = Attachment::new(text, offset, found);
    let mut comments: Vec<Comment> = Vec::with_capacity(written.len());
    // From the last one, so that what lies behind a comment is looked at once.
    let mut next = None;
    for Written { span, directive } in written.into_iter().rev() {
        let head = head(attachment.bytes, span.end as usize, next);
        next = Some((span.start as usize, head));
        let target = attachment.target(span, head);
        let span = Span { start: span.start + offset, end: span.end + offset };
        let directive = match target {
            None if !is_whole => Directive::Malformed(
                "the code is nested too deeply to tell what this stands on".to_owned(),
            ),
            _ => directive,
        };
        comments.push(Comment { span, directive, target });
    }
    comments.reverse();
    comments
}

fn written(text: &str) -> Vec<Written> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut i = scan::after_shebang(bytes);
    while i < bytes.len() {
        let end = scan::skip(bytes, i).unwrap_or(i + 1);
        if bytes[i..].starts_with(b"//") || bytes[i..].starts_with(b"/*") {
            let comment = text.get(i..end).unwrap_or("").trim_end();
            let span = Span { start: i as u32, end: (i + comment.len()) as u32 };
            if let Some(directive) = directive(comment) {
                if found.len() == MAX_COMMENTS {
                    let why = format!(
                        "a file can't have more than {MAX_COMMENTS} comments to the lint: this one and \
                         those behind it are not read"
                    );
                    found.push(Written { span, directive: Directive::Malformed(why) });
                    break;
                }
                found.push(Written { span, directive });
            }
        }
        i = end;
    }
    found
}

/// What a comment says to the lint, if anything.
fn directive(comment: &str) -> Option<Directive> {
    // `// why it is here // raft-lint: …`
    let comment = match comment.split_once("// raft-lint:") {
        Some((before, said)) if before.starts_with("// ") => return Some(parse(said.trim())),
        _ => comment,
    };
    let (kind, content) = comment.split_at(2);
    let plain = kind == "//" && !content.starts_with(['/', '!']);
    let content = content.trim_start_matches(['/', '!', '*']).trim_start();
    let Some(said) = content.strip_prefix(MARK) else { return near_miss(content) };
    if !plain {
        let why = "only a line comment speaks to the lint: write `// raft-lint: …`";
        return Some(Directive::Malformed(why.to_owned()));
    }
    Some(parse(said.trim()))
}

/// A comment that starts like one to the lint, and says what only such a one says.
fn near_miss(content: &str) -> Option<Directive> {
    let said = NEAR.iter().find_map(|near| content.strip_prefix(near))?;
    let said = said.trim_start_matches([' ', '\t', ':']);
    let verb = said.split_once('(')?.0.trim_end();
    let why = "a comment to the lint starts with `// raft-lint: `, written just so";
    WORDS.contains(&verb).then(|| Directive::Malformed(why.to_owned()))
}

fn parse(said: &str) -> Directive {
    parts(said).unwrap_or_else(Directive::Malformed)
}

/// What stands behind the mark; or what is wrong with it.
fn parts(said: &str) -> Result<Directive, String> {
    if said.contains(MARK) {
        return Err("a comment says one thing: write one on each line".to_owned());
    }
    let Some((verb, rest)) = said.split_once('(') else {
        let verb = said.split_whitespace().next().unwrap_or("");
        return Err(format!(
            "`{}` is followed by no `(…)`: write `allow(rule) reason`, `role(name)` or \
             `handler(message)`",
            cut(verb)
        ));
    };
    let verb = verb.trim();
    let (inside, after) = rest.split_once(')').ok_or("the `(` is not closed")?;
    if verb != "allow" && WORDS.iter().any(|word| after.contains(&format!("{word}("))) {
        return Err("a comment says one thing: write one on each line".to_owned());
    }
    let one = || match inside.trim() {
        "" => Err(format!("nothing stands between the brackets of `{}`", cut(verb))),
        name => Ok(cut(name).into_boxed_str()),
    };
    match verb {
        "allow" => Ok(Directive::Allow { rules: rules(inside)?, reason: reason(after) }),
        "role" => one().map(Directive::Role),
        "handler" => one().map(Directive::Handler),
        other => Err(match spelling::nearest(other, WORDS.into_iter()) {
            Some(near) => {
                format!("`{}` is no word for the lint: did you mean `{near}`?", cut(other))
            }
            None => format!(
                "`{}` is no word for the lint: known are `allow`, `role` and `handler`",
                cut(other)
            ),
        }),
    }
}

/// The rules of a silence, each once.
fn rules(inside: &str) -> Result<Box<[Box<str>]>, String> {
    let mut rules: Vec<Box<str>> = Vec::new();
    for name in inside.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !rules.iter().any(|known| **known == *name) {
            rules.push(cut(name).into());
        }
        if rules.len() > MAX_RULES {
            return Err(format!("a silence names no more than {MAX_RULES} rules"));
        }
    }
    match rules.is_empty() {
        true => Err("`allow()` names no rule".to_owned()),
        false => Ok(rules.into()),
    }
}

/// Why, without what stands between it and the bracket.
fn reason(after: &str) -> Box<str> {
    let reason = after.trim_start_matches([':', '-', '–', '—', ' ', '\t']).trim();
    let says = reason.contains(char::is_alphanumeric);
    if says { cut(reason).into() } else { Box::default() }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Segments, ordered so that what a comment stands on is found without looking at all of them.
struct Attachment<'t> {
    bytes: &'t [u8],
    /// Where the text starts in its file.
    offset: usize,
    /// Where each line starts.
    lines: Vec<usize>,
    /// Where the code of the line that was asked for last starts.
    first: Cell<(usize, usize)>,
    /// With the first byte behind their attributes, ordered by it; outer ones first.
    by_head: Vec<(usize, Target)>,
    /// By their start, outer ones first.
    by_start: Vec<Target>,
    /// The segment around each of `by_start`.
    parents: Vec<Option<usize>>,
}

impl<'t> Attachment<'t> {
    fn new(text: &'t str, offset: u32, mut segments: Vec<Target>) -> Self {
        let (bytes, offset) = (text.as_bytes(), offset as usize);
        segments.sort_by_key(|t| (t.span.start, std::cmp::Reverse(t.span.end)));
        let head = |t: &Target| head(bytes, t.span.start as usize - offset, None);
        let mut by_head: Vec<(usize, Target)> = segments.iter().map(|t| (head(t), *t)).collect();
        // The sort keeps the order of equal ones: outer before inner.
        by_head.sort_by_key(|(head, _)| *head);
        let mut parents = Vec::with_capacity(segments.len());
        let mut open: Vec<usize> = Vec::new();
        for (i, target) in segments.iter().enumerate() {
            while open.last().is_some_and(|&o| !segments[o].span.contains(target.span)) {
                open.pop();
            }
            parents.push(open.last().copied());
            open.push(i);
        }
        let ends = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect();
        let first = Cell::new((usize::MAX, 0));
        Attachment { bytes, offset, lines, first, by_head, by_start: segments, parents }
    }

    /// What a comment stands on, behind which the code at `head` begins.
    fn target(&self, comment: Span, head: usize) -> Option<Target> {
        let start = comment.start as usize;
        let line = self.lines[self.lines.partition_point(|line| *line <= start) - 1];
        let code = self.bytes[line..start].trim_ascii_end();
        // Other comments in front of it are none of the code.
        let (_, first) = match self.first.get() {
            known @ (of, _) if of == line => known,
            // What lies behind the comment is not looked at.
            _ => (line, scan::blanks(&self.bytes[..start], line)),
        };
        self.first.set((line, first));
        if first >= start {
            return self.behind(head);
        }
        let code = code.strip_suffix(b",").unwrap_or(code);
        self.around(line + code.len().saturating_sub(1))
    }

    /// The outermost segment whose code begins here.
    fn behind(&self, at: usize) -> Option<Target> {
        let first = self.by_head.partition_point(|(head, _)| *head < at);
        self.by_head.get(first).filter(|(head, _)| *head == at).map(|(_, target)| *target)
    }

    /// The innermost segment that a byte is part of; where it closes a block, the one that ends there.
    fn around(&self, at: usize) -> Option<Target> {
        let closes = self.bytes[at] == b'}';
        let at = (at + self.offset) as u32;
        let last = self.by_start.partition_point(|target| target.span.start <= at);
        let mut candidate = last.checked_sub(1);
        while let Some(i) = candidate {
            let target = self.by_start[i];
            if at < target.span.end {
                // `} // …` in front of an `else` ends nothing that a comment can stand on.
                return (!closes || target.span.end == at + 1).then_some(target);
            }
            candidate = self.parents[i];
        }
        None
    }
}

/// The first byte of the code behind a position: blanks, comments and attributes are passed over. For
/// what lies behind a place that is `known` the answer is known, too.
fn head(bytes: &[u8], mut i: usize, known: Option<(usize, usize)>) -> usize {
    loop {
        match bytes.get(i) {
            Some(b) if b.is_ascii_whitespace() => i += 1,
            Some(b'/') if matches!(bytes.get(i + 1), Some(b'/' | b'*')) => {
                if let Some((_, head)) = known.filter(|(start, _)| *start == i) {
                    return head;
                }
                i = scan::skip(bytes, i).unwrap_or(i + 1);
            }
            Some(b'#') => {
                let open = if bytes.get(i + 1) == Some(&b'!') { i + 2 } else { i + 1 };
                if bytes.get(open) != Some(&b'[') {
                    return i;
                }
                i = closing(bytes, open);
            }
            _ => return i,
        }
    }
}

/// Behind the bracket that closes the one at a position.
fn closing(bytes: &[u8], open: usize) -> usize {
    let (mut i, mut depth) = (open, 0usize);
    while i < bytes.len() {
        match bytes[i] {
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {
                i = scan::skip(bytes, i).unwrap_or(i + 1);
                continue;
            }
        }
        i += 1;
    }
    bytes.len()
}
