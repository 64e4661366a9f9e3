//! The protocol's map for an editor: workspace symbols, and the whole map as text or JSON.
//!
//! Takes what was found out about a folder; gives handlers by their message and effects by their rule.

use codespan_reporting::term::termcolor::Buffer;
use gen_lsp_types::{BaseSymbolInformation, SymbolKind, WorkspaceSymbol, WorkspaceSymbolLocation};
use serde_json::Value;

use super::place::View;
use crate::report::map::graph::Standing;
use crate::report::{Report, escape, json, map};
use crate::source::Place;

/// More symbols than these are not given.
const MAX_SYMBOLS: usize = 1000;

/// The symbols with the query's letters in them, in their order.
pub(super) fn of(view: View<'_>, query: &str) -> Vec<WorkspaceSymbol> {
    let symbol = |name: String, kind, place: Place, container: &str| WorkspaceSymbol {
        location: WorkspaceSymbolLocation::Location(view.location(place)),
        data: None,
        base_symbol_information: BaseSymbolInformation {
            name,
            kind,
            tags: None,
            container_name: Some(escape::line(container).into_owned()),
        },
    };
    let handlers = view.outcome().handlers.iter().map(|handler| {
        let name = format!("{}: {}", handler.message.title(), escape::line(&handler.function));
        (name, SymbolKind::Function, handler.place, "Raft handlers")
    });
    let effects = view.outcome().obligations.iter().map(|o| {
        let status = Standing::of(o).id();
        let name = format!("{}: {} ({status})", o.rule.id, o.effect.title());
        (name, SymbolKind::Event, o.place, o.function.as_str())
    });
    let all = handlers.chain(effects).filter(|(name, ..)| has_letters(name, query));
    all.take(MAX_SYMBOLS).map(|(name, kind, place, of)| symbol(name, kind, place, of)).collect()
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .all(|wanted| letters.any(|c| c == wanted))
}

/// The map as text.
pub(super) fn map_text(view: View<'_>) -> String {
    let mut out = Buffer::no_color();
    let written = map::text::render(view.outcome(), view.sources(), &mut out);
    match written {
        Ok(()) => String::from_utf8_lossy(out.as_slice()).into_owned(),
        Err(error) => error.to_string(),
    }
}

/// The map as `raft-lint map --format json` prints it.
pub(super) fn map_json(view: View<'_>) -> Value {
    let findings = view.found.analysis.findings.clone();
    let text = json::render(&Report::new(view.outcome(), view.sources(), findings));
    serde_json::from_str(&text).unwrap_or_default()
}
