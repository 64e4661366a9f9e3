//! Comments to the lint: which there are, what they say, and what they stand on.
//!
//! Takes a file's text and its segments; gives [`Comment`]s. A comment on lines of its own stands on
//! what begins behind it, attributes and other comments in between; one behind code stands on what
//! that code ends. Names are not looked up here.

use super::scan;
use crate::ir::comment::{Comment, Directive, MARK, Target};
use crate::source::Span;

/// A longer name or reason is cut: it is shown to people.
const MAX_TEXT: usize = 400;

/// More comments in one file are not read.
const MAX_COMMENTS: usize = 10_000;

/// A comment without what it stands on.
struct Written {
    span: Span,
    directive: Directive,
}

/// The comments to the lint in a text that starts at an offset of its file. `segments` is asked for
/// only if there are any.
pub(super) fn of(text: &str, offset: u32, segments: impl FnOnce() -> Vec<Target>) -> Vec<Comment> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let written = written(text);
    if written.is_empty() {
        return Vec::new();
    }
    let attachment = Attachment::new(text, offset, segments());
    let attached = written.into_iter().map(|Written { span, directive }| {
        let target = attachment.target(span);
        let span = Span { start: span.start + offset, end: span.end + offset };
        Comment { span, directive, target }
    });
    attached.collect()
}

fn written(text: &str) -> Vec<Written> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut i = scan::after_shebang(bytes);
    while i < bytes.len() && found.len() < MAX_COMMENTS {
        let end = scan::skip(bytes, i).unwrap_or(i + 1);
        if bytes[i..].starts_with(b"//") || bytes[i..].starts_with(b"/*") {
            let comment = text.get(i..end).unwrap_or("").trim_end();
            let span = Span { start: i as u32, end: (i + comment.len()) as u32 };
            found.extend(directive(comment).map(|directive| Written { span, directive }));
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
    let said = content.strip_prefix(MARK)?;
    if !plain {
        let why = "only a line comment speaks to the lint: write `// raft-lint: …`";
        return Some(Directive::Malformed(why.to_owned()));
    }
    Some(parse(said.trim()))
}

fn parse(said: &str) -> Directive {
    let malformed = |why: String| Directive::Malformed(why);
    let (verb, rest) = match said.split_once('(') {
        Some((verb, rest)) => (verb.trim(), rest),
        None => {
            let verb = said.split_whitespace().next().unwrap_or("");
            return malformed(format!(
                "`{}` is followed by no `(…)`: write `allow(rule) reason`, `role(name)` or \
                 `handler(message)`",
                cut(verb)
            ));
        }
    };
    let Some((inside, after)) = rest.split_once(')') else {
        return malformed("the `(` is not closed".to_owned());
    };
    let one = || match inside.trim() {
        "" => Err(malformed(format!("nothing stands between the brackets of `{}`", cut(verb)))),
        name => Ok(cut(name).into_boxed_str()),
    };
    match verb {
        "allow" => {
            let names = inside.split(',').map(str::trim).filter(|name| !name.is_empty());
            let rules: Box<[Box<str>]> = names.map(|name| cut(name).into()).collect();
            if rules.is_empty() {
                return malformed("`allow()` names no rule".to_owned());
            }
            let reason = after.trim_start_matches([':', '-', '–', '—', ' ', '\t']);
            Directive::Allow { rules, reason: cut(reason.trim()).into() }
        }
        "role" => one().map_or_else(|malformed| malformed, Directive::Role),
        "handler" => one().map_or_else(|malformed| malformed, Directive::Handler),
        other => {
            let known = ["allow", "role", "handler"];
            let near = |word: &&&str| strsim::levenshtein(other, word) <= 2;
            let hint = known.iter().find(near).map(|word| format!(": did you mean `{word}`?"));
            let known = ": known are `allow`, `role` and `handler`".to_owned();
            malformed(format!("`{}` is no word for the lint{}", cut(other), hint.unwrap_or(known)))
        }
    }
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
        let mut by_head: Vec<(usize, Target)> =
            segments.iter().map(|t| (head(bytes, t.span.start as usize - offset), *t)).collect();
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
        Attachment { bytes, offset, by_head, by_start: segments, parents }
    }

    fn target(&self, comment: Span) -> Option<Target> {
        let start = comment.start as usize;
        let line = self.bytes[..start].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let code = self.bytes[line..start].trim_ascii_end();
        if code.trim_ascii_start().is_empty() {
            return self.behind(comment);
        }
        let code = code.strip_suffix(b",").unwrap_or(code);
        self.around(line + code.len().saturating_sub(1))
    }

    /// The outermost segment whose code begins behind the comment.
    fn behind(&self, comment: Span) -> Option<Target> {
        let at = head(self.bytes, comment.end as usize);
        let first = self.by_head.partition_point(|(head, _)| *head < at);
        self.by_head.get(first).filter(|(head, _)| *head == at).map(|(_, target)| *target)
    }

    /// The innermost segment that a byte is part of.
    fn around(&self, at: usize) -> Option<Target> {
        let at = (at + self.offset) as u32;
        let last = self.by_start.partition_point(|target| target.span.start <= at);
        let mut candidate = last.checked_sub(1);
        while let Some(i) = candidate {
            if at < self.by_start[i].span.end {
                return Some(self.by_start[i]);
            }
            candidate = self.parents[i];
        }
        None
    }
}

/// The first byte of the code behind a position: blanks, comments and attributes are passed over.
fn head(bytes: &[u8], mut i: usize) -> usize {
    loop {
        i = scan::blanks(bytes, i);
        if bytes.get(i) != Some(&b'#') {
            return i;
        }
        let open = if bytes.get(i + 1) == Some(&b'!') { i + 2 } else { i + 1 };
        if bytes.get(open) != Some(&b'[') {
            return i;
        }
        i = closing(bytes, open);
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
