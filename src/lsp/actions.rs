//! Code actions: a silence with a reason, names that get a meaning, and the missing check.
//!
//! Takes what is known about a place; gives edits. Each one was tried on the text before it is offered:
//! its comment stands on what it is about.

use std::collections::HashMap;

use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, Edit, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use super::diagnostics;
use super::place::View;
use super::scratch::Scratch;
use crate::finding::Finding;
use crate::source::{FileId, Place, Span};
use crate::{rules, subjects};

mod attach;
mod check;
mod teach;

pub(super) use check::Candidate;

/// What stands in the place of the reason until somebody writes it.
pub(super) const REASON: &str = "write here why this is safe";

/// A text that is put in somewhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Insertion {
    at: usize,
    text: String,
}

/// The actions at a range of a document, and one that has to be tried first.
pub(super) fn of(
    view: View<'_>,
    file: FileId,
    params: &CodeActionParams,
    scratch: &Scratch,
) -> (Vec<CodeAction>, Option<Candidate>) {
    if !view.client.action_literals {
        return (Vec::new(), None);
    }
    let lines = view.lines(file);
    let (start, end) = (lines.offset(params.range.start), lines.offset(params.range.end));
    let asked = Span { start: start as u32, end: end.max(start) as u32 };
    let mut actions = Vec::new();
    let mut check = None;
    if wants(params, &CodeActionKind::QuickFix) {
        let touches = |place: Place| {
            place.file == file && place.span.start <= asked.end && asked.start <= place.span.end
        };
        for finding in view.open().filter(|finding| touches(finding.place)) {
            actions.extend(silence(view, finding, scratch));
            actions.extend(removal(view, finding));
            check = check.or_else(|| check::of(view, finding, scratch));
        }
    }
    if wants(params, &CodeActionKind::RefactorRewrite) {
        actions.extend(teach::of(view, file, asked.start as usize, params, scratch));
    }
    (actions, check)
}

/// Whether the client asks for actions of a kind, or of all kinds.
fn wants(params: &CodeActionParams, kind: &CodeActionKind) -> bool {
    let text =
        |kind: &CodeActionKind| super::messages::value(kind).as_str().unwrap_or("").to_owned();
    let kind = text(kind);
    params.context.only.as_ref().is_none_or(|only| {
        only.iter().map(text).any(|asked| {
            kind.strip_prefix(&asked)
                .is_some_and(|rest| asked.is_empty() || rest.is_empty() || rest.starts_with('.'))
        })
    })
}

/// Silences a finding, and the other effects in the same file that it speaks for.
fn silence(view: View<'_>, finding: &Finding, scratch: &Scratch) -> Option<CodeAction> {
    let rule = rules::find(finding.subject.id)?;
    let file = finding.place.file;
    let comment = format!("// raft-lint: allow({}) {REASON}", rule.id);
    let text = &view.sources().file(file).text;
    let others: Vec<Place> = finding.also.iter().filter(|p| p.file == file).copied().collect();
    let mut insertions = Vec::new();
    for place in std::iter::once(&finding.place).chain(&others) {
        insertions.push(attach::before(scratch, text, place.span, &comment)?);
    }
    insertions.sort();
    insertions.dedup();
    let title = match others.len() {
        0 => format!("silence `{}` here, with a reason", rule.id),
        1 => format!("silence `{}` here and at another place, with a reason", rule.id),
        more => format!("silence `{}` here and at {more} other places, with a reason", rule.id),
    };
    let mut action = action(view, file, title, CodeActionKind::QuickFix, &insertions);
    action.diagnostics = Some(vec![diagnostics::of_finding(view, finding)]);
    Some(action)
}

/// Removes a silence that silences nothing, if it stands on a line of its own and names one rule.
fn removal(view: View<'_>, finding: &Finding) -> Option<CodeAction> {
    let is_unused = finding.subject == subjects::UNUSED.subject;
    let Place { file, span } = finding.place;
    let lines = view.lines(file);
    let line = lines.line_of(span.start as usize);
    let (_, text) = lines.line(line);
    let is_alone = text.trim() == view.sources().snippet(finding.place) && !text.contains(',');
    if !is_unused || !is_alone {
        return None;
    }
    let at = |line| lines.position(lines.line(line).0);
    let edit = TextEdit {
        range: gen_lsp_types::Range { start: at(line), end: at(line + 1) },
        new_text: String::new(),
    };
    Some(CodeAction {
        title: "remove this silence".to_owned(),
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostics::of_finding(view, finding)]),
        is_preferred: Some(true),
        edit: Some(workspace_edit(view, file, vec![edit])),
        ..CodeAction::default()
    })
}

fn action(
    view: View<'_>,
    file: FileId,
    title: String,
    kind: CodeActionKind,
    insertions: &[Insertion],
) -> CodeAction {
    let lines = view.lines(file);
    let edit = |insertion: &Insertion| {
        let at = lines.position(insertion.at);
        let range = gen_lsp_types::Range { start: at, end: at };
        TextEdit { range, new_text: insertion.text.clone() }
    };
    let edits = insertions.iter().map(edit).collect();
    CodeAction {
        title,
        kind: Some(kind),
        edit: Some(workspace_edit(view, file, edits)),
        ..CodeAction::default()
    }
}

/// Edits of one file; with the version that they are for, if the client can be told.
fn workspace_edit(view: View<'_>, file: FileId, edits: Vec<TextEdit>) -> WorkspaceEdit {
    let path = &view.sources().file(file).path;
    let uri = Uri::from(view.uri(path));
    if !view.client.document_changes {
        let changes = Some(HashMap::from([(uri, edits)]));
        return WorkspaceEdit { changes, ..WorkspaceEdit::default() };
    }
    let text_document = OptionalVersionedTextDocumentIdentifier {
        version: view.found.versions.get(path).map(|version| version.number),
        text_document_identifier: TextDocumentIdentifier { uri },
    };
    let edits = edits.into_iter().map(Edit::TextEdit).collect();
    let edit = TextDocumentEdit { text_document, edits };
    WorkspaceEdit { document_changes: Some(vec![edit.into()]), ..WorkspaceEdit::default() }
}
