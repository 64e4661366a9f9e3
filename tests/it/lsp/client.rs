//! A client of the language server, over the binary's standard streams or in memory.
//!
//! Takes what to send; gives what came. It waits for messages and never for a time: what does not come
//! fails with what came instead.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};
use lsp_server::{Connection, Message};
use raft_lint::lsp::{Ended, Open, serve};
use serde_json::{Value, json};

use crate::support::raft_lint;

/// Longer than anything takes on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(120);

enum Line {
    Stdio(Child, Option<ChildStdin>),
    Memory(Connection),
}

/// A client.
pub(crate) struct Client {
    line: Line,
    incoming: Receiver<Value>,
    /// What came and was not asked for yet.
    held: Vec<Value>,
    next: i32,
}

impl Client {
    /// The binary, of which nothing was asked yet.
    pub(crate) fn binary(dir: &Path) -> Client {
        let mut command = raft_lint();
        command.arg("lsp").current_dir(dir);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let output = child.stdout.take().expect("its output is a pipe");
        let input = child.stdin.take();
        let (sender, incoming) = unbounded();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(value) = read(&mut output) {
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Client { line: Line::Stdio(child, input), incoming, held: Vec::new(), next: 0 }
    }

    /// A server in this process, with something else that analyses.
    pub(crate) fn memory(open: Open) -> (Client, std::thread::JoinHandle<Ended>) {
        let (server, client) = Connection::memory();
        let thread = std::thread::spawn(move || serve(&server, open).expect("there is memory"));
        let (sender, incoming) = unbounded();
        let receiver = client.receiver.clone();
        std::thread::spawn(move || {
            for message in receiver {
                let value = serde_json::to_value(message).expect("messages are JSON");
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let line = Line::Memory(client);
        (Client { line, incoming, held: Vec::new(), next: 0 }, thread)
    }

    /// The binary with a folder open, for a client that can do all of this.
    pub(crate) fn open(dir: &Path, capabilities: &Value) -> Client {
        let mut client = Client::binary(dir);
        client.initialize(dir, capabilities);
        client
    }

    pub(crate) fn initialize(&mut self, dir: &Path, capabilities: &Value) -> Value {
        let folders = json!([{ "uri": uri(dir), "name": "scratch" }]);
        let params = json!({ "capabilities": capabilities, "workspaceFolders": folders });
        let result = self.ask("initialize", params);
        self.notify("initialized", json!({}));
        result
    }

    /// These bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let Line::Stdio(_, Some(input)) = &mut self.line else { panic!("there is no stream") };
        input.write_all(bytes).and_then(|()| input.flush()).expect("the server reads");
    }

    /// A body as it is, with its header.
    pub(crate) fn body(&mut self, body: &str) {
        self.bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn send(&mut self, value: &Value) {
        match &self.line {
            Line::Stdio(..) => self.body(&value.to_string()),
            Line::Memory(connection) => {
                let message: Message = serde_json::from_value(value.clone()).expect("a message");
                connection.sender.send(message).expect("the server reads");
            }
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; gives its id.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a request.
    pub(crate) fn response(&mut self, id: i32) -> Value {
        self.take(&|m| m["id"] == id && m.get("method").is_none())
    }

    /// The result of a request.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        let response = self.response(id);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].clone()
    }

    /// The code with which a request is refused.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> i64 {
        let id = self.request(method, params);
        let response = self.response(id);
        response["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {response}"))
    }

    /// The first message of which this is true; others are kept.
    pub(crate) fn take(&mut self, wanted: &dyn Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.held.iter().position(wanted) {
            return self.held.remove(at);
        }
        loop {
            let value = self.incoming.recv_timeout(PATIENCE);
            let value = value.unwrap_or_else(|e| panic!("{e}; so far: {:#?}", self.held));
            if wanted(&value) {
                return value;
            }
            self.held.push(value);
        }
    }

    /// Whether there is such a message among those that came.
    pub(crate) fn has(&self, wanted: &dyn Fn(&Value) -> bool) -> bool {
        self.held.iter().any(wanted) || self.incoming.try_iter().any(|value| wanted(&value))
    }

    /// A notification with this in its parameters.
    pub(crate) fn told(&mut self, method: &str, text: &str) -> Value {
        self.take(&|m| m["method"] == method && m["params"].to_string().contains(text))["params"]
            .clone()
    }

    pub(crate) fn opens(&mut self, file: &str, version: i32, text: &str) {
        let item = json!({ "uri": file, "languageId": "rust", "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// Replaces a document's text.
    pub(crate) fn replaces(&mut self, file: &str, version: i32, text: &str) {
        self.changes(file, version, json!([{ "text": text }]));
    }

    pub(crate) fn changes(&mut self, file: &str, version: i32, changes: Value) {
        let document = json!({ "uri": file, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params);
    }

    pub(crate) fn closes(&mut self, file: &str) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": file } }));
    }

    /// The diagnostics of a version of a document.
    pub(crate) fn diagnostics(&mut self, file: &str, version: i32) -> Vec<Value> {
        self.published(&|params| params["uri"] == file && params["version"] == version)
    }

    /// The first list of diagnostics of which this is true.
    pub(crate) fn published(&mut self, wanted: &dyn Fn(&Value) -> bool) -> Vec<Value> {
        let is_it =
            |m: &Value| m["method"] == "textDocument/publishDiagnostics" && wanted(&m["params"]);
        let message = self.take(&is_it);
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Ends the conversation as the protocol asks; gives the exit code.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.ask("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.code().0
    }

    /// The exit code of a server that ends, and what it said on standard error.
    pub(crate) fn code(mut self) -> (Option<i32>, String) {
        let Line::Stdio(child, input) = &mut self.line else { return (None, String::new()) };
        input.take();
        let mut text = String::new();
        let mut errors = child.stderr.take().expect("its errors are a pipe");
        errors.read_to_string(&mut text).expect("messages are UTF-8");
        (child.wait().expect("the server ends").code(), text)
    }
}

fn read(input: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// What a modern client can do.
pub(crate) fn modern() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16"] },
        "textDocument": {
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "publishDiagnostics": { "relatedInformation": true },
            "codeAction": { "codeActionLiteralSupport": {} },
        },
        "window": { "workDoneProgress": true },
        "workspace": {
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "inlayHint": { "refreshSupport": true },
            "workspaceEdit": { "documentChanges": true },
        },
    })
}

/// What the first clients could do.
pub(crate) fn plain() -> Value {
    json!({})
}

/// The URI of a file without anything in its name that has to be encoded.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
