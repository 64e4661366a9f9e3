//! `raft-lint lsp`: conversations with the language server.

mod actions;
mod client;
mod conversation;
mod crash;
mod equal;
mod hostile;
mod neovim;
mod stale;

use serde_json::Value;

/// The position of the first place where a text stands.
pub(crate) fn position(text: &str, wanted: &str) -> Value {
    let at = text.find(wanted).unwrap_or_else(|| panic!("{wanted} is not there"));
    let line = text[..at].matches('\n').count();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    serde_json::json!({ "line": line, "character": at - start })
}

/// The rules of diagnostics.
pub(crate) fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|d| d["code"].as_str().unwrap_or("")).collect()
}
