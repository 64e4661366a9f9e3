//! What the client can do, and what it wants.
//!
//! Takes the parameters of `initialize` as they came; whatever is missing or of another form is not
//! there, so that no client fails because of a field that is not looked at.

use std::path::PathBuf;

use serde_json::Value;

use super::convert::{self, Encoding};

/// The client.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// What columns count.
    pub(super) encoding: Encoding,
    /// Whether diagnostics may name other places.
    pub(super) related: bool,
    /// Whether hovers may be Markdown.
    pub(super) markdown: bool,
    /// Whether it shows progress that the server starts.
    pub(super) progress: bool,
    /// Whether it can be asked to watch files.
    pub(super) watches: bool,
    /// Whether edits may name the version that they are for.
    pub(super) document_changes: bool,
    /// Whether it knows code actions, and not only commands.
    pub(super) action_literals: bool,
    /// Whether it can be told to ask for inlay hints again.
    pub(super) inlay_refresh: bool,
    /// Whether inlay hints are wanted.
    pub(super) inlay_hints: bool,
    /// The folders that are open, as the client names them.
    pub(super) folders: Vec<PathBuf>,
}

impl Client {
    pub(super) fn of(params: &Value) -> Client {
        let can = |pointer: &str| params.pointer(&format!("/capabilities{pointer}"));
        let does = |pointer: &str| can(pointer).and_then(Value::as_bool).unwrap_or(false);
        let lists = |pointer: &str, word: &str| {
            let list = can(pointer).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|value| value == word))
        };
        let utf8 = lists("/general/positionEncodings", "utf-8");
        let hints = params.pointer("/initializationOptions/inlayHints").and_then(Value::as_bool);
        Client {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            related: does("/textDocument/publishDiagnostics/relatedInformation"),
            markdown: lists("/textDocument/hover/contentFormat", "markdown"),
            progress: does("/window/workDoneProgress"),
            watches: does("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            document_changes: does("/workspace/workspaceEdit/documentChanges"),
            action_literals: can("/textDocument/codeAction/codeActionLiteralSupport").is_some(),
            inlay_refresh: does("/workspace/inlayHint/refreshSupport"),
            inlay_hints: hints.unwrap_or(true),
            folders: folders(params),
        }
    }
}

/// The folders, or the one root of an older client.
fn folders(params: &Value) -> Vec<PathBuf> {
    let uri = |value: &Value| convert::path(value.as_str()?);
    let listed = params["workspaceFolders"].as_array().map_or(&[][..], Vec::as_slice);
    let listed: Vec<PathBuf> = listed.iter().filter_map(|folder| uri(&folder["uri"])).collect();
    if !listed.is_empty() {
        return listed;
    }
    let root = uri(&params["rootUri"]);
    let path = || params["rootPath"].as_str().map(PathBuf::from).filter(|path| path.is_absolute());
    root.or_else(path).into_iter().collect()
}
