//! What the client is told without having asked: diagnostics, troubles, notes.
//!
//! Takes a round of the analysis; publishes what has changed. Diagnostics of an open document are told
//! only if its text is the one that was analysed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{Diagnostic, DiagnosticSeverity, MessageType};
use serde_json::{Value, json};

use super::super::client::Client;
use super::super::convert::Encoding;
use super::super::diagnostics;
use super::super::folders::{self, Folder};
use super::super::messages::{log, notification, request, show, value};
use super::super::place::View;
use super::super::worker::{Found, Round, Trouble};
use super::{MAP, Progress, Server};
use crate::error::Error;
use crate::outcome::{ProblemKind, Status};
use crate::report::escape;

/// Names the first analysis.
pub(super) const TOKEN: &str = "raft-lint/first";

/// What the server can do.
pub(super) fn capabilities(client: &Client) -> Value {
    let encoding = match client.encoding {
        Encoding::Utf8 => "utf-8",
        Encoding::Utf16 => "utf-16",
    };
    json!({
        "positionEncoding": encoding,
        "textDocumentSync": { "openClose": true, "change": 2, "save": true },
        "hoverProvider": true,
        "inlayHintProvider": client.inlay_hints,
        "codeActionProvider": { "codeActionKinds": ["quickfix", "refactor.rewrite"] },
        "workspaceSymbolProvider": true,
        "executeCommandProvider": { "commands": [MAP] },
        "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
    })
}

/// What the client is asked to watch.
pub(super) fn watchers() -> Value {
    let patterns =
        ["**/*.rs", "**/raft-lint.toml", "**/Cargo.toml", "**/*.baseline.json", "**/.gitignore"];
    let watchers: Vec<Value> =
        patterns.iter().map(|pattern| json!({ "globPattern": pattern })).collect();
    json!({ "registrations": [{
        "id": "raft-lint/watch",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    }] })
}

impl Server<'_> {
    /// Takes over what was found out.
    pub(super) fn round(&mut self, round: Round) {
        self.analysed = round.generation;
        let mut troubles = BTreeMap::new();
        for result in round.folders {
            if let Some(trouble) = result.trouble {
                self.tell_trouble(&trouble, result.found.is_some());
                troubles.insert(result.root.clone(), trouble);
            }
            let known = self.folders.iter_mut().find(|folder| folder.root == result.root);
            if let Some(folder) = known {
                folder.found = result.found;
            }
        }
        self.publish_all(&troubles);
        self.tell_notes();
        self.refresh_hints();
        self.answer_pending();
        if std::mem::replace(&mut self.progress, Progress::Done) == Progress::Begun {
            self.progress(json!({ "kind": "end" }));
        }
    }

    /// A person is told once of each cause.
    fn tell_trouble(&mut self, trouble: &Trouble, was_found: bool) {
        let until_then =
            if was_found { "the last good settings are used" } else { "nothing is analysed" };
        let text = match trouble {
            Trouble::Settings(error) => {
                format!("{error}\nuntil this is put right, {until_then}")
            }
            Trouble::Refused(error) => error.to_string(),
            Trouble::Crashed(why) => format!(
                "internal error: {why}\nplease report it; what was found before stays, and the next \
                 change is analysed again"
            ),
        };
        if self.told.insert(text.clone()) {
            self.send(show(MessageType::Error, &text));
        }
    }

    fn publish_all(&mut self, troubles: &BTreeMap<PathBuf, Trouble>) {
        let mut now: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)> = BTreeMap::new();
        let mut stale = Vec::new();
        for folder in &self.folders {
            for (path, list) in self.diagnostics(folder, troubles.get(&folder.root)) {
                // What lies in two folders belongs to the inner one.
                let around = folders::around(&self.folders, &path);
                if around.is_some_and(|around| around.root != folder.root) {
                    continue;
                }
                let uri = folder.uri(&self.documents, &path);
                let version = self.documents.at(&path).map(|document| document.version);
                let analysed = folder.found.as_ref().and_then(|found| found.versions.get(&path));
                let is_rust = path.extension().is_some_and(|extension| extension == "rs");
                if is_rust && analysed != version.as_ref() {
                    stale.push(uri);
                    continue;
                }
                now.insert(uri, (version.map(|version| version.number), list));
            }
        }
        let gone = self.published.keys().filter(|uri| !now.contains_key(*uri));
        let gone: Vec<String> = gone.filter(|uri| !self.is_stale(uri, &stale)).cloned().collect();
        for uri in gone {
            self.withdraw(&uri);
        }
        for (uri, (version, list)) in now {
            let entry = (version, list);
            if self.published.get(&uri) != Some(&entry) {
                self.publish(&uri, entry.0, &entry.1);
                self.published.insert(uri, entry);
            }
        }
    }

    /// Whether a file's diagnostics stay as they are until its text is analysed.
    fn is_stale(&self, uri: &str, stale: &[String]) -> bool {
        let is_open = || {
            let (path, document) = self.documents.named(uri)?;
            let found = folders::around(&self.folders, path)?.found.as_ref();
            Some(found.and_then(|found| found.versions.get(path)) != Some(&document.version))
        };
        stale.iter().any(|known| known == uri) || is_open().unwrap_or(false)
    }

    /// The diagnostics of a folder's files, with those that are open and have none.
    fn diagnostics(
        &self,
        folder: &Folder,
        trouble: Option<&Trouble>,
    ) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
        let mut all = BTreeMap::new();
        if let Some(found) = folder.found.as_deref() {
            let (client, documents) = (&self.client, &self.documents);
            all = diagnostics::of(View { client, documents, folder, found });
            for path in found.versions.keys().filter(|path| documents.at(path).is_some()) {
                all.entry(path.clone()).or_default();
            }
        }
        if let Some((path, diagnostic)) = trouble.and_then(of_settings) {
            all.entry(path).or_default().push(diagnostic);
        }
        all
    }

    fn publish(&self, uri: &str, version: Option<i32>, list: &[Diagnostic]) {
        let mut params = json!({ "uri": uri, "diagnostics": value(&list) });
        if let Some(version) = version {
            params["version"] = json!(version);
        }
        self.send(notification("textDocument/publishDiagnostics", params));
    }

    /// Takes back what was published about a file.
    pub(super) fn withdraw(&mut self, uri: &str) {
        if self.published.remove(uri).is_some_and(|(_, list)| !list.is_empty()) {
            self.publish(uri, None, &[]);
        }
    }

    /// Takes back what was published about a folder that is closed.
    pub(super) fn withdraw_all(&mut self, folder: &Folder) {
        let prefix = folder.uri(&self.documents, &folder.root);
        let below = self.published.keys().filter(|uri| {
            uri.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        for uri in below.cloned().collect::<Vec<_>>() {
            self.withdraw(&uri);
        }
    }

    /// Logs what was not recognised, not decided or not read, once each.
    fn tell_notes(&mut self) {
        let found: Vec<Arc<Found>> = self.folders.iter().filter_map(|f| f.found.clone()).collect();
        for found in found {
            let outcome = &found.analysis.found.outcome;
            let notes = outcome.notes.iter().map(|note| {
                let kind = if note.fails { MessageType::Warning } else { MessageType::Info };
                (kind, note.text.clone())
            });
            let internal = outcome.problems.iter().filter(|p| p.kind == ProblemKind::Internal);
            let internal =
                internal.map(|p| (MessageType::Error, format!("{}: {}", p.file, p.text)));
            for (kind, text) in notes.chain(internal).collect::<Vec<_>>() {
                if self.told.insert(text.clone()) {
                    self.send(log(kind, &text));
                }
            }
        }
    }

    /// Clients ask again by themselves only for what was edited.
    fn refresh_hints(&mut self) {
        if !self.client.inlay_refresh || !self.client.inlay_hints {
            return;
        }
        let mut hints = Vec::new();
        for found in self.folders.iter().filter_map(|folder| folder.found.as_deref()) {
            let analysed = &found.analysis.found;
            let proved = analysed.outcome.obligations.iter();
            for o in proved.filter(|o| matches!(o.status, Status::Proved { .. })) {
                let file = &analysed.sources.file(o.place.file).name;
                hints.push((file.clone(), analysed.sources.line(o.place), o.rule.id));
            }
        }
        if hints != self.hints {
            self.hints = hints;
            self.send(request("raft-lint/hints", "workspace/inlayHint/refresh", Value::Null));
        }
    }
}

/// What is wrong with the configuration, in its line.
fn of_settings(trouble: &Trouble) -> Option<(PathBuf, Diagnostic)> {
    let Trouble::Settings(error) = trouble else { return None };
    let (path, line, text) = located(error)?;
    let text = format!("{}\nhelp: {}", escape::line(text), escape::line(&error.hint));
    Some((path, diagnostics::in_line(line, DiagnosticSeverity::Error, &text)))
}

/// `NAME:LINE: TEXT`, as an error about a line of the configuration says it.
fn located(error: &Error) -> Option<(PathBuf, u32, &str)> {
    error.text.match_indices(':').find_map(|(at, _)| {
        let (line, text) = error.text[at + 1..].split_once(": ")?;
        let path = std::path::Path::new(&error.text[..at]).canonicalize().ok()?;
        Some((path, line.parse().ok()?, text))
    })
}
