//! Notifications and responses of the client.
//!
//! Takes what it says of documents, files and folders; hands changes to the analysis. What makes no
//! sense is logged and changes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    FileChangeType, FileEvent, MessageType,
};
use lsp_server::{ErrorCode, Notification, RequestId, Response};
use serde_json::{Value, json};

use super::super::convert;
use super::super::documents::MAX_BYTES;
use super::super::folders::{self, Folder};
use super::super::messages::{log, refusal};
use super::super::queries::read;
use super::super::worker::Change;
use super::{Pending, Progress, Server};
use crate::{config, workspace};

impl Server<'_> {
    pub(super) fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        let done = match method.as_str() {
            "initialized" => {
                self.ask_client();
                Ok(())
            }
            "$/cancelRequest" => {
                self.cancel(&params["id"]);
                Ok(())
            }
            "textDocument/didOpen" => parsed(params).and_then(|p| self.opened(p)),
            "textDocument/didChange" => parsed(params).and_then(|p| self.changed(&p)),
            "textDocument/didClose" => parsed(params).and_then(|p| self.closed(&p)),
            "textDocument/didSave" => parsed(params).map(|p| self.saved(&p)),
            "workspace/didChangeWatchedFiles" => parsed(params).map(|p| self.watched(&p)),
            "workspace/didChangeWorkspaceFolders" => parsed(params).map(|p| self.regrouped(p)),
            _ => Ok(()), // the protocol lets a server ignore what it does not know
        };
        if let Err(why) = done {
            self.send(log(MessageType::Warning, &format!("{method}: {why}")));
        }
    }

    pub(super) fn response(&mut self, response: &Response) {
        let is_progress = response.id.to_string() == "\"raft-lint/progress\"";
        if is_progress && self.progress == Progress::Asked && response.response_result.is_ok() {
            self.progress = Progress::Begun;
            self.progress(json!({ "kind": "begin", "title": "raft-lint: analysing" }));
        }
    }

    /// A request that waits is given up; one that was answered is none any more.
    fn cancel(&mut self, id: &Value) {
        let is_it = |known: &RequestId| json!(known) == *id;
        let mut given_up = Vec::new();
        let pending = self.pending.extract_if(.., |pending| is_it(&pending.id));
        given_up.extend(pending.map(|pending| pending.id));
        self.tried.retain(|_, tried| {
            let stays = !is_it(&tried.id);
            given_up.extend((!stays).then(|| tried.id.clone()));
            stays
        });
        for id in given_up {
            self.send(refusal(id, ErrorCode::RequestCanceled, "cancelled"));
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) -> Result<(), String> {
        let item = params.text_document;
        let opened = self.documents.open(item.uri.as_ref(), item.version, item.text)?;
        if folders::around(&self.folders, &opened.path).is_none() && self.client.folders.is_empty()
        {
            self.folders.push(Folder::new(folders::of_file(&opened.path)));
            self.open_folders();
        }
        self.hand_over(&opened.path)?;
        match opened.was_open {
            true => Err(format!("`{}` was open already", item.uri.as_ref())),
            false => Ok(()),
        }
    }

    fn changed(&mut self, params: &DidChangeTextDocumentParams) -> Result<(), String> {
        let document = &params.text_document;
        let uri = document.text_document_identifier.uri.as_ref();
        let (changes, encoding) = (&params.content_changes, self.client.encoding);
        let path = self.documents.change(uri, document.version, changes, encoding)?;
        let is_of_it = |pending: &mut Pending| pending.path.as_deref() == Some(&path);
        let outdated: Vec<Pending> = self.pending.extract_if(.., is_of_it).collect();
        for pending in outdated {
            let text = "the document was changed";
            self.send(refusal(pending.id, ErrorCode::ContentModified, text));
        }
        self.hand_over(&path)
    }

    fn hand_over(&mut self, path: &Path) -> Result<(), String> {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let Some(document) = self.documents.at(path).filter(|_| is_rust) else { return Ok(()) };
        let (path, version) = (path.to_path_buf(), document.version);
        if document.is_too_long() {
            let uri = document.uri.clone();
            self.withdraw(&uri);
            self.change(Change::Closed(path));
            return Err(format!(
                "`{uri}` is longer than {} MiB and is not looked at",
                MAX_BYTES >> 20
            ));
        }
        let text = Arc::clone(&document.text);
        self.change(Change::Text { path, text, version });
        Ok(())
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) -> Result<(), String> {
        let (path, uri) = self.documents.close(params.text_document.uri.as_ref())?;
        self.withdraw(&uri);
        self.change(Change::Closed(path));
        Ok(())
    }

    /// A client that watches files tells of them itself.
    fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        if self.client.watches {
            return;
        }
        let path = convert::path(params.text_document.uri.as_ref());
        let settings = path.is_some_and(|path| is_settings(&path));
        self.change(if settings { Change::Settings } else { Change::Disk });
    }

    fn watched(&mut self, params: &DidChangeWatchedFilesParams) {
        let event = |event: &FileEvent| {
            let path = workspace::canonical(&convert::path(event.uri.as_ref())?);
            let is_changed = event.kind == FileChangeType::Changed; // neither new nor gone
            Some((path, is_changed))
        };
        let events: Vec<(PathBuf, bool)> = params.changes.iter().filter_map(event).collect();
        if events.iter().any(|(path, _)| is_settings(path)) {
            self.change(Change::Settings);
        } else if events.iter().any(|(path, is_changed)| !is_changed || !is_source(path)) {
            self.change(Change::Disk);
        } else {
            // What is open is not what is on disk.
            for (path, _) in events {
                if self.documents.at(&path).is_none() {
                    self.change(Change::File(path));
                }
            }
        }
    }

    fn regrouped(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let path = |uri: &str| convert::path(uri);
        let removed = params.event.removed.iter().filter_map(|folder| path(folder.uri.as_ref()));
        let removed: Vec<_> = removed.map(|path| workspace::canonical(&path)).collect();
        for folder in
            self.folders.extract_if(.., |folder| removed.contains(&folder.root)).collect::<Vec<_>>()
        {
            self.withdraw_all(&folder);
        }
        for added in params.event.added.iter().filter_map(|folder| path(folder.uri.as_ref())) {
            let folder = Folder::new(added);
            if self.folders.iter().all(|known| known.root != folder.root) {
                self.folders.push(folder);
            }
        }
        self.open_folders();
    }
}

/// The parameters of a notification, or what is wrong with them.
fn parsed<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, String> {
    read(params).map_err(|(_, text)| text)
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// Whether a file can change what is looked at and how serious it is.
fn is_settings(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    name == config::NAME || name == "Cargo.toml" || name.ends_with(".baseline.json")
}
