//! The requests that are answered from what was found out.
//!
//! Takes a method and its parameters; gives a query, and the answer to it.

use std::path::Path;

use gen_lsp_types::{
    CodeActionParams, ExecuteCommandParams, HoverParams, InlayHintParams, Position, Range,
    WorkspaceSymbolParams,
};
use lsp_server::ErrorCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::actions::{self, Candidate};
use super::messages::value;
use super::place::View;
use super::scratch::Scratch;
use super::worker::Trial;
use super::{hover, inlay, symbols};

/// The command that gives the protocol's map.
pub(super) const MAP: &str = "raft-lint.map";

/// A request.
pub(super) enum Query {
    Hover { uri: String, position: Position },
    Hints { uri: String, range: Range },
    Actions(Box<CodeActionParams>),
    Symbols(String),
    Map { as_json: bool },
}

/// What a request gets.
pub(super) enum Answer {
    Now(Value),
    /// One of two, when it is known whether a changed text has less to find.
    Tried {
        trial: Trial,
        with: Value,
        without: Value,
    },
}

/// Why a request is refused.
pub(super) type Refusal = (ErrorCode, String);

impl Query {
    /// What is asked for.
    pub(super) fn read(method: &str, params: Value) -> Result<Query, Refusal> {
        Ok(match method {
            "textDocument/hover" => {
                let at = read::<HoverParams>(params)?.text_document_position_params;
                Query::Hover { uri: at.text_document.uri.0, position: at.position }
            }
            "textDocument/inlayHint" => {
                let InlayHintParams { text_document, range, .. } = read(params)?;
                Query::Hints { uri: text_document.uri.0, range }
            }
            "textDocument/codeAction" => {
                Query::Actions(Box::new(read(without_diagnostics(params))?))
            }
            "workspace/symbol" => Query::Symbols(read::<WorkspaceSymbolParams>(params)?.query),
            "workspace/executeCommand" => command(&read(params)?)?,
            _ => {
                return Err((ErrorCode::MethodNotFound, format!("`{method}` is not supported")));
            }
        })
    }

    /// The document that it is about, if it is about one.
    pub(super) fn document(&self) -> Option<&str> {
        match self {
            Query::Hover { uri, .. } | Query::Hints { uri, .. } => Some(uri),
            Query::Actions(params) => Some(params.text_document.uri.as_ref()),
            Query::Symbols(_) | Query::Map { .. } => None,
        }
    }

    /// The answer about an open document, whose text is the one that was analysed.
    pub(super) fn about(&self, view: View<'_>, path: &Path, scratch: &Scratch) -> Answer {
        let nothing = Answer::Now(Value::Null);
        if view.outdated().contains_key(path) {
            return nothing;
        }
        let Some(file) = view.file(path) else { return nothing };
        match self {
            Query::Hover { position, .. } => {
                let offset = view.lines(file).offset(*position);
                Answer::Now(value(&hover::of(view, file, offset)))
            }
            Query::Hints { range, .. } if view.client.inlay_hints => {
                Answer::Now(value(&inlay::of(view, file, *range)))
            }
            Query::Actions(params) => {
                let (mut actions, check) = actions::of(view, file, params, scratch);
                let without = value(&actions);
                let Some(Candidate { action, text, fingerprint }) = check else {
                    return Answer::Now(without);
                };
                actions.insert(0, action);
                let trial = Trial {
                    path: path.to_path_buf(),
                    version: view.found.versions.get(path).copied().unwrap_or_default(),
                    text: text.into(),
                    fingerprint,
                };
                Answer::Tried { trial, with: value(&actions), without }
            }
            _ => nothing,
        }
    }

    /// The answer about all folders.
    pub(super) fn overall(&self, views: &[View<'_>]) -> Value {
        match self {
            Query::Symbols(query) => {
                let all = views.iter().flat_map(|view| symbols::of(*view, query));
                value(&all.collect::<Vec<_>>())
            }
            Query::Map { as_json: false } => {
                let texts: Vec<String> =
                    views.iter().map(|view| symbols::map_text(*view)).collect();
                Value::String(texts.join("\n"))
            }
            Query::Map { as_json: true } => {
                let mut maps: Vec<Value> =
                    views.iter().map(|view| symbols::map_json(*view)).collect();
                if maps.len() == 1 { maps.remove(0) } else { Value::Array(maps) }
            }
            _ => Value::Null,
        }
    }
}

/// What other servers have found is in there, too, in whatever form; it is not looked at.
fn without_diagnostics(mut params: Value) -> Value {
    if let Some(diagnostics) = params.pointer_mut("/context/diagnostics") {
        *diagnostics = Value::Array(Vec::new());
    }
    params
}

/// `raft-lint.map`, with the name of a format.
fn command(params: &ExecuteCommandParams) -> Result<Query, Refusal> {
    let refused = |text: String| Err((ErrorCode::InvalidParams, text));
    if params.command != MAP {
        return refused(format!("there is no command `{}`: known is `{MAP}`", params.command));
    }
    match params.arguments.as_deref().unwrap_or_default() {
        [] => Ok(Query::Map { as_json: false }),
        [format] if format == "text" => Ok(Query::Map { as_json: false }),
        [format] if format == "json" => Ok(Query::Map { as_json: true }),
        _ => refused(format!("`{MAP}` takes one argument, `\"text\"` or `\"json\"`")),
    }
}

pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}
