//! The same edits through the language server, in memory: from the changed text to its diagnostics.
//!
//! Takes a tree and edits; gives times. It waits for messages only.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, Notification, Request};
use raft_lint::error::Error;
use raft_lint::lsp::{Analyser, Analysis, Open, serve};
use raft_lint::workspace::Workspace;
use serde_json::{Value, json};

use super::edits::Edit;

/// Longer than any analysis takes.
const PATIENCE: Duration = Duration::from_secs(300);

struct Folder(Workspace);

impl Analyser for Folder {
    fn set_text(&mut self, path: &Path, text: Arc<str>) {
        self.0.set_text(path, text);
    }

    fn close_text(&mut self, path: &Path) {
        self.0.close_text(path);
    }

    fn reread_file(&mut self, path: &Path) {
        self.0.reread_file(path);
    }

    fn reread(&mut self) {
        self.0.reread();
    }

    fn analyse(&mut self) -> Result<Analysis, Error> {
        let found = self.0.analyse()?;
        let findings = found.findings.clone();
        Ok(Analysis { found, findings, remarks: Vec::new() })
    }
}

/// A server with a folder open.
pub(crate) struct Server {
    connection: Connection,
    version: i32,
}

impl Server {
    pub(crate) fn open(tree: &Path) -> Server {
        let (server, connection) = Connection::memory();
        let open: Open = Box::new(|root| {
            let workspace = super::opened(root)?;
            Ok(Box::new(Folder(workspace)) as Box<dyn Analyser>)
        });
        std::thread::spawn(move || serve(&server, open));
        let folders = json!([{ "uri": uri(tree), "name": "tree" }]);
        let server = Server { connection, version: 0 };
        let params = json!({ "capabilities": {}, "workspaceFolders": folders });
        let request = Request { id: 1.into(), method: "initialize".to_owned(), params };
        server.send(Message::Request(request));
        server.notify("initialized", json!({}));
        server
    }

    fn send(&self, message: Message) {
        self.connection.sender.send(message).expect("the server is there");
    }

    fn notify(&self, method: &str, params: Value) {
        let method = method.to_owned();
        self.send(Message::Notification(Notification { method, params }));
    }

    /// Waits for the diagnostics of the last version of a document.
    fn wait(&self, uri: &str) -> Result<(), String> {
        loop {
            let message = self.connection.receiver.recv_timeout(PATIENCE);
            let Message::Notification(told) = message.map_err(|e| e.to_string())? else { continue };
            let params = &told.params;
            let is_it = params["uri"] == uri && params["version"] == self.version;
            if told.method == "textDocument/publishDiagnostics" && is_it {
                return Ok(());
            }
        }
    }

    /// The time of an edit, and of taking it back.
    pub(crate) fn times(&mut self, edit: &Edit) -> Result<[Duration; 2], String> {
        let uri = uri(&edit.path);
        self.version += 1;
        let version = self.version;
        let item =
            json!({ "uri": uri, "languageId": "rust", "version": version, "text": &*edit.before });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
        self.wait(&uri)?;
        let mut times = [Duration::ZERO; 2];
        for (text, time) in [&edit.after, &edit.before].into_iter().zip(&mut times) {
            self.version += 1;
            let document = json!({ "uri": uri, "version": self.version });
            let changes = json!([{ "text": &**text }]);
            let params = json!({ "textDocument": document, "contentChanges": changes });
            let started = Instant::now();
            self.notify("textDocument/didChange", params);
            self.wait(&uri)?;
            *time = started.elapsed();
        }
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
        Ok(times)
    }
}

/// The URI of a path, with everything encoded that has to be.
fn uri(path: &Path) -> String {
    let encoded = path.display().to_string().replace('%', "%25").replace(' ', "%20");
    format!("file://{encoded}")
}
