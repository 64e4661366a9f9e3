//! Names that get a meaning: `role(…)` for a field, binding or parameter, `handler(…)` for a function.
//!
//! Takes a line; gives one action for each meaning that its name may have. Offered are those that share a
//! word with the name; where none does, those of its kind, but only to somebody who asks.

use std::collections::BTreeSet;

use gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionTriggerKind};

use super::super::place::View;
use super::super::scratch::Scratch;
use super::{action, attach};
use crate::ir::comment::TargetKind;
use crate::protocol::Message;
use crate::protocol::meaning::{MEANINGS, Meaning, Side};
use crate::source::{FileId, Span};

/// More are not offered for one name.
const MAX_OFFERS: usize = 6;

/// The actions for the line that an offset is in.
pub(super) fn of(
    view: View<'_>,
    file: FileId,
    offset: usize,
    params: &CodeActionParams,
    scratch: &Scratch,
) -> Vec<CodeAction> {
    let asks = params.context.only.is_some()
        || params.context.trigger_kind == Some(CodeActionTriggerKind::Invoked);
    let lines = view.lines(file);
    let text = &view.sources().file(file).text;
    let line = lines.line_of(offset);
    let (start, code) = lines.line(line);
    let try_comment = |comment: &str| attach::tried(scratch, text, start, comment);
    // What a comment says does not change what it stands on.
    let Some((probe, found)) = try_comment("// raft-lint: role(term)") else { return Vec::new() };
    let Some(target) = found.target else { return Vec::new() };
    let by = probe.text.len();
    let begins_here = target.span.end as usize > start + by;
    let is_said = line > 0 && lines.line(line - 1).1.trim_start().starts_with("// raft-lint:");
    if !begins_here || is_said {
        return Vec::new();
    }
    let comments: Vec<(String, String)> = match target.kind {
        TargetKind::Field { .. } => roles(field_name(code), asks, is_message(view, file, start)),
        TargetKind::Let(pattern) | TargetKind::Parameter(pattern) => {
            let span = pattern.start as usize - by..pattern.end as usize - by;
            let name = text.get(span).unwrap_or("").trim_start_matches("mut ");
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if is_name { roles(name, asks, true) } else { Vec::new() }
        }
        TargetKind::Function(name) => {
            let name = name.start as usize - by;
            handlers(view, file, name, code)
        }
        _ => Vec::new(),
    };
    let offer = |(title, comment): (String, String)| {
        let (insertion, _) = try_comment(&comment)?;
        Some(action(view, file, title, CodeActionKind::RefactorRewrite, &[insertion]))
    };
    comments.into_iter().filter_map(offer).collect()
}

/// The name in `pub(crate) name: Type,`.
fn field_name(line: &str) -> &str {
    let before = line.split_once(':').map_or("", |(before, _)| before);
    before
        .rsplit(|c: char| c.is_whitespace() || c == ')')
        .find(|word| !word.is_empty())
        .unwrap_or("")
}

/// Whether the struct or variant around a line is called like a message.
fn is_message(view: View<'_>, file: FileId, start: usize) -> bool {
    let text = &view.sources().file(file).text[..start];
    let head = text.lines().rev().find(|line| line.trim_end().ends_with('{')).unwrap_or("");
    let words = words(head);
    ["request", "req", "reply", "response", "resp", "args", "message", "msg", "rpc", "result"]
        .iter()
        .any(|word| words.contains(*word))
}

fn roles(name: &str, asks: bool, of_message: bool) -> Vec<(String, String)> {
    let offer = |meaning: &&Meaning| {
        let title = format!("raft-lint: `{name}` is {} (`role({})`)", meaning.summary, meaning.id);
        (title, format!("// raft-lint: role({})", meaning.id))
    };
    // A name of the field's vocabulary says it already.
    if name.is_empty() || MEANINGS.iter().any(|meaning| meaning.name == name || meaning.id == name)
    {
        return Vec::new();
    }
    let own = words(name);
    let shared = |meaning: &Meaning| words(meaning.id).intersection(&own).count();
    let mut near: Vec<&Meaning> = MEANINGS.iter().filter(|meaning| shared(meaning) > 0).collect();
    near.sort_by_key(|meaning| std::cmp::Reverse(shared(meaning)));
    near.truncate(MAX_OFFERS);
    if near.is_empty() && asks {
        let is_of_kind = |m: &&Meaning| (m.side == Side::Message) == of_message;
        near = MEANINGS.iter().filter(is_of_kind).collect();
    }
    near.iter().map(offer).collect()
}

fn handlers(view: View<'_>, file: FileId, name: usize, line: &str) -> Vec<(String, String)> {
    let here = |span: Span| (span.start as usize..=span.end as usize).contains(&name);
    let handlers = &view.outcome().handlers;
    if handlers.iter().any(|h| h.place.file == file && here(h.place.span)) {
        return Vec::new(); // it is known what this handles
    }
    // What it gives says nothing of what it is given.
    let own = words(line.split("->").next().unwrap_or(line));
    let is_near = |message: &Message| {
        let id = words(message.id());
        let is_reply = |words: &BTreeSet<String>| {
            ["reply", "response", "resp", "result"].iter().any(|word| words.contains(*word))
        };
        let subjects = ["append", "vote", "heartbeat", "snapshot"];
        let shares = subjects.iter().any(|word| id.contains(*word) && own.contains(*word));
        shares && (!is_reply(&id) || is_reply(&own))
    };
    let offer = |message: Message| {
        let title =
            format!("raft-lint: this handles {} (`handler({})`)", message.title(), message.id());
        (title, format!("// raft-lint: handler({})", message.id()))
    };
    Message::ALL.into_iter().filter(is_near).map(offer).collect()
}

/// The words of a name in any case.
fn words(name: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.insert(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words.insert(word);
    words.remove("");
    words
}
