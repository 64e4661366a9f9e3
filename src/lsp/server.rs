//! The conversation: what a client sends, and when it gets its answers.
//!
//! Takes messages and rounds of the analysis, one at a time and each at once; gives answers. A request
//! about a text that is not analysed yet waits for that; one about a text that was changed in the
//! meantime is refused as the protocol asks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crossbeam_channel::{Receiver, Select, Sender, unbounded};
use lsp_server::{Connection, ErrorCode, Message, Request, RequestId};
use serde_json::{Value, json};

use super::Open;
use super::client::Client;
use super::documents::{Documents, Version};
use super::folders::{self, Folder};
use super::messages::{answer, log, notification, refusal, request};
use super::place::View;
use super::queries::{Answer, MAP, Query};
use super::scratch::Scratch;
use super::worker::{self, Change, Job, Said, guarded};
use crate::error::Error;
use crate::report::escape;
use gen_lsp_types::{Diagnostic, MessageType};

mod incoming;
mod outgoing;

/// How a conversation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The client asked for it, in two steps.
    Properly,
    /// It left.
    Abruptly,
}

/// Where the conversation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

/// A request that waits for an analysis.
struct Pending {
    id: RequestId,
    query: Query,
    /// The path of its document.
    path: Option<PathBuf>,
    /// How many changes the analysis has to know of.
    generation: u64,
}

/// A request whose answer depends on a trial.
struct Tried {
    id: RequestId,
    path: PathBuf,
    version: Version,
    /// If the trial is better, and if not.
    with: Value,
    without: Value,
}

/// Whether the client shows that the first analysis is on its way.
#[derive(PartialEq, Eq)]
enum Progress {
    None,
    Asked,
    Begun,
    Done,
}

struct Server<'c> {
    connection: &'c Connection,
    jobs: Sender<Job>,
    scratch: Scratch,
    phase: Phase,
    client: Client,
    documents: Documents,
    folders: Vec<Folder>,
    /// How many changes there were, and how many of them are analysed.
    generation: u64,
    analysed: u64,
    pending: Vec<Pending>,
    /// By the number of the trial.
    tried: BTreeMap<u64, Tried>,
    /// What the client has, by URI.
    published: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
    /// What people were told, which they are not told again.
    told: BTreeSet<String>,
    progress: Progress,
    hints: Vec<(String, u32, &'static str)>,
}

/// Talks with a client until it leaves.
///
/// # Errors
///
/// If there is no memory for a thread.
pub fn serve(connection: &Connection, open: Open) -> Result<Ended, Error> {
    let (jobs, queue) = unbounded();
    let (saying, said) = unbounded();
    let builder = std::thread::Builder::new().name("analysis".to_owned());
    builder.spawn(move || worker::run(&queue, &saying, open)).map_err(|error| {
        Error::new(format!("can't start a thread: {error}"), "raise the memory limit")
    })?;
    let mut server = Server {
        connection,
        jobs,
        scratch: Scratch::new()?,
        phase: Phase::New,
        client: Client::of(&Value::Null),
        documents: Documents::default(),
        folders: Vec::new(),
        generation: 0,
        analysed: 0,
        pending: Vec::new(),
        tried: BTreeMap::new(),
        published: BTreeMap::new(),
        told: BTreeSet::new(),
        progress: Progress::None,
        hints: Vec::new(),
    };
    Ok(server.converse(&said))
}

impl Server<'_> {
    fn converse(&mut self, said: &Receiver<Said>) -> Ended {
        let messages = &self.connection.receiver;
        loop {
            let mut both = Select::new();
            both.recv(messages);
            both.recv(said);
            if both.ready() == 0 {
                let Ok(message) = messages.recv() else { return Ended::Abruptly };
                if let Some(ended) = self.message(message) {
                    return ended;
                }
            } else {
                let Ok(said) = said.recv() else { return Ended::Abruptly };
                if guarded(|| self.said(said)).is_err() {
                    self.send(log(MessageType::Error, "internal error; please report it"));
                }
            }
        }
    }

    /// A message, whatever it does. `exit` ends the conversation.
    fn message(&mut self, message: Message) -> Option<Ended> {
        match message {
            Message::Request(request) => {
                let id = request.id.clone();
                if guarded(|| self.request(request)).is_err() {
                    let text = "internal error; please report it";
                    self.send(refusal(id, ErrorCode::InternalError, text));
                }
            }
            Message::Notification(notification) if notification.method == "exit" => {
                let properly = self.phase == Phase::ShutDown;
                return Some(if properly { Ended::Properly } else { Ended::Abruptly });
            }
            Message::Notification(notification) => {
                if self.phase == Phase::Running
                    && guarded(|| self.notification(notification)).is_err()
                {
                    self.send(log(MessageType::Error, "internal error; please report it"));
                }
            }
            Message::Response(response) => self.response(&response),
        }
        None
    }

    fn said(&mut self, said: Said) {
        match said {
            Said::Round(round) => self.round(round),
            Said::Tried { number, is_better } => {
                let Some(tried) = self.tried.remove(&number) else { return };
                let version = self.documents.at(&tried.path).map(|document| document.version);
                if version != Some(tried.version) {
                    let text = "the document was changed";
                    return self.send(refusal(tried.id, ErrorCode::ContentModified, text));
                }
                let result = if is_better { tried.with } else { tried.without };
                self.send(answer(tried.id, result));
            }
        }
    }

    fn send(&self, message: Message) {
        // A client that has left needs nothing more; the loop will see that it has.
        let _ = self.connection.sender.send(message);
    }

    /// Hands a change to the analysis.
    fn change(&mut self, change: Change) {
        self.generation += 1;
        let _ = self.jobs.send(Job { generation: self.generation, change });
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let refused = match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => {
                return self.initialize(id, &params);
            }
            (Phase::New, _) => (ErrorCode::ServerNotInitialized, "`initialize` comes first".into()),
            (Phase::Running, "initialize") => {
                (ErrorCode::InvalidRequest, "`initialize` comes once".into())
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                let pending = std::mem::take(&mut self.pending).into_iter().map(|p| p.id);
                let tried = std::mem::take(&mut self.tried).into_values().map(|tried| tried.id);
                for waiting in pending.chain(tried) {
                    let text = "the server was shut down";
                    self.send(refusal(waiting, ErrorCode::RequestCanceled, text));
                }
                return self.send(answer(id, Value::Null));
            }
            (Phase::Running, _) => match Query::read(&method, params) {
                Ok(query) => return self.query(id, query),
                Err(refusal) => refusal,
            },
            (Phase::ShutDown, _) => (ErrorCode::InvalidRequest, "the server was shut down".into()),
        };
        self.send(refusal(id, refused.0, &escape::line(&refused.1)));
    }

    fn initialize(&mut self, id: RequestId, params: &Value) {
        self.phase = Phase::Running;
        self.client = Client::of(params);
        self.folders = self.client.folders.iter().cloned().map(Folder::new).collect();
        let capabilities = outgoing::capabilities(&self.client);
        let info = json!({ "name": "raft-lint", "version": env!("CARGO_PKG_VERSION") });
        self.send(answer(id, json!({ "capabilities": capabilities, "serverInfo": info })));
        self.open_folders();
    }

    fn open_folders(&mut self) {
        let roots = self.folders.iter().map(|folder| folder.root.clone()).collect();
        self.change(Change::Folders(roots));
    }

    /// Answers a request at once if its text is the one that was analysed, and later otherwise.
    fn query(&mut self, id: RequestId, query: Query) {
        let path = match query.document() {
            None => None,
            Some(uri) => match self.documents.named(uri) {
                Some((path, _)) => Some(path.to_path_buf()),
                None => return self.send(answer(id, Value::Null)),
            },
        };
        match self.try_answer(&query, path.as_ref(), self.generation) {
            Some(result) => self.reply(id, result),
            None => {
                self.pending.push(Pending { id, query, path, generation: self.generation });
                if self.analysed == self.generation {
                    self.answer_pending(); // no analysis is under way that could bring the answer
                }
            }
        }
    }

    fn view<'v>(&'v self, folder: &'v Folder) -> Option<View<'v>> {
        let found = folder.found.as_deref()?;
        Some(View { client: &self.client, documents: &self.documents, folder, found })
    }

    /// The answer, if what was analysed is what the client has, after so many changes.
    fn try_answer(&self, query: &Query, path: Option<&PathBuf>, generation: u64) -> Option<Answer> {
        let Some(path) = path else {
            let views = self.folders.iter().filter_map(|folder| self.view(folder));
            let views: Vec<View<'_>> = views.collect();
            let is_now = self.analysed >= generation;
            return is_now.then(|| Answer::Now(query.overall(&views)));
        };
        let Some(folder) = folders::around(&self.folders, path) else {
            return Some(Answer::Now(Value::Null));
        };
        let view = self.view(folder)?;
        let version = self.documents.at(path)?.version;
        let is_this = view.found.versions.get(path) == Some(&version);
        is_this.then(|| query.about(view, path, &self.scratch))
    }

    /// Answers, or has it tried first which answer is right.
    fn reply(&mut self, id: RequestId, result: Answer) {
        match result {
            Answer::Now(result) => self.send(answer(id, result)),
            Answer::Tried { trial, with, without } => {
                let number = self.generation + 1;
                let (path, version) = (trial.path.clone(), trial.version);
                self.change(Change::Trial { number, trial });
                self.tried.insert(number, Tried { id, path, version, with, without });
            }
        }
    }

    /// Answers what waited for an analysis that is there now.
    fn answer_pending(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            match self.try_answer(&pending.query, pending.path.as_ref(), pending.generation) {
                Some(result) => self.reply(pending.id, result),
                None if pending.generation <= self.analysed => {
                    let text = "this text could not be analysed";
                    self.send(refusal(pending.id, ErrorCode::ContentModified, text));
                }
                None => self.pending.push(pending),
            }
        }
    }

    /// Asks the client for what it can do beside answering.
    fn ask_client(&mut self) {
        if self.client.watches {
            self.send(request(
                "raft-lint/watch",
                "client/registerCapability",
                outgoing::watchers(),
            ));
        }
        if self.client.progress && self.progress == Progress::None {
            self.progress = Progress::Asked;
            let token = json!({ "token": outgoing::TOKEN });
            self.send(request("raft-lint/progress", "window/workDoneProgress/create", token));
        }
    }

    fn progress(&mut self, value: Value) {
        let params = json!({ "token": outgoing::TOKEN, "value": value });
        self.send(notification("$/progress", params));
    }
}
