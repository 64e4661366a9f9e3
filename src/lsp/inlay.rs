//! Inlay hints: which rules are proved in a line.
//!
//! Takes a file and a range of lines; gives one hint for each line with proved effects.

use std::collections::BTreeMap;

use gen_lsp_types::{InlayHint, Label, Position, Range, Tooltip};

use super::hover;
use super::markup::Markup;
use super::place::View;
use crate::outcome::{Obligation, Status};
use crate::source::FileId;

/// The hints in a range.
pub(super) fn of(view: View<'_>, file: FileId, range: Range) -> Vec<InlayHint> {
    let lines = view.lines(file);
    let mut proved: BTreeMap<usize, Vec<&Obligation>> = BTreeMap::new();
    let here = view.outcome().obligations.iter().filter(|o| o.place.file == file);
    for obligation in here.filter(|o| matches!(o.status, Status::Proved { .. })) {
        let line = lines.line_of(obligation.place.span.start as usize);
        if (range.start.line as usize..=range.end.line as usize).contains(&line) {
            proved.entry(line).or_default().push(obligation);
        }
    }
    let hint = |(line, obligations): (usize, Vec<&Obligation>)| {
        let mut rules: Vec<&str> = obligations.iter().map(|o| o.rule.id).collect();
        rules.sort_unstable();
        rules.dedup();
        let more = rules.len() - 1;
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        let mut tooltip = Markup::new(view.client.markdown);
        for obligation in obligations {
            hover::obligation(view, obligation, tooltip.section());
        }
        let (start, text) = lines.line(line);
        let position: Position = lines.position(start + text.len());
        InlayHint {
            position,
            label: Label::String(format!("proved: {}{more}", rules[0])),
            kind: None,
            text_edits: None,
            tooltip: Some(Tooltip::MarkupContent(tooltip.content())),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }
    };
    proved.into_iter().map(hint).collect()
}
