//! Messages to the client.
//!
//! Takes values; gives messages. What comes from the checked code is escaped here or before.

use gen_lsp_types::MessageType;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::report::escape;

/// A value that the protocol defines. Those are objects with names as keys.
pub(super) fn value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

pub(super) fn notification(method: &str, params: Value) -> Message {
    Message::Notification(Notification { method: method.to_owned(), params })
}

pub(super) fn request(id: &str, method: &str, params: Value) -> Message {
    let id = RequestId::from(id.to_owned());
    Message::Request(Request { id, method: method.to_owned(), params })
}

pub(super) fn answer(id: RequestId, result: Value) -> Message {
    Message::Response(Response { id, response_result: Ok(result) })
}

pub(super) fn refusal(id: RequestId, code: ErrorCode, text: &str) -> Message {
    Message::Response(Response::new_err(id, code as i32, text.to_owned()))
}

/// Something that a person sees at once.
pub(super) fn show(kind: MessageType, text: &str) -> Message {
    told("window/showMessage", kind, text)
}

/// Something for the log.
pub(super) fn log(kind: MessageType, text: &str) -> Message {
    told("window/logMessage", kind, text)
}

fn told(method: &str, kind: MessageType, text: &str) -> Message {
    let lines: Vec<_> = text.lines().map(escape::line).collect();
    let message = format!("raft-lint: {}", lines.join("\n"));
    notification(method, json!({ "type": value(&kind), "message": message }))
}
