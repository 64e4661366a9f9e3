//! Messages on standard input and output.
//!
//! Takes bytes from a client; gives a connection. A body that is no message gets an error as its answer
//! and the conversation goes on; only where it can't be told where the next one starts does it end.

use std::io::{self, BufRead, Read, Write};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, select, unbounded};
use lsp_server::{Connection, ErrorCode, Message};
use serde_json::{Value, json};

/// No message is longer: the longest file that is read has 16 MiB, and escapes make it longer.
const MAX_BODY: usize = 128 << 20;
/// No header line is longer.
const MAX_HEADER: u64 = 4096;

/// So long a client may take to read what it was sent, when the conversation is over.
const PATIENCE: Duration = Duration::from_secs(2);

/// The threads that read and write.
pub struct Threads {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<io::Result<()>>,
    /// Is closed when everything is written.
    written: Receiver<()>,
}

impl Threads {
    /// Waits until everything is written, after the connection was dropped.
    ///
    /// # Errors
    ///
    /// Why the conversation broke off.
    pub fn finish(self) -> io::Result<()> {
        if self.written.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let text = "the client does not read what it is sent";
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        let ended = |thread: JoinHandle<io::Result<()>>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("internal error")))
        };
        let written = ended(self.writer);
        // Without an `exit` the reader may wait for ever.
        let read = if self.reader.is_finished() { ended(self.reader) } else { Ok(()) };
        read.and(written)
    }
}

/// A connection over standard input and output.
///
/// # Errors
///
/// If there is no memory for two threads.
pub fn stdio() -> io::Result<(Connection, Threads)> {
    let (sender, outgoing) = unbounded::<Message>();
    let (incoming, receiver) = unbounded();
    let (refuse, refused) = unbounded::<Value>();
    let (is_writing, written) = unbounded();
    let writer = std::thread::Builder::new().name("lsp-writer".to_owned()).spawn(move || {
        let _closed_at_the_end = is_writing;
        write_all(&outgoing, &refused)
    })?;
    let reader = std::thread::Builder::new().name("lsp-reader".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(body) = body(&mut input)? {
            let message = match message(&body) {
                Ok(message) => message,
                Err(answer) => {
                    let _ = refuse.send(answer); // nobody writes any more
                    continue;
                }
            };
            let is_exit = matches!(&message, Message::Notification(n) if n.method == "exit");
            if incoming.send(message).is_err() || is_exit {
                break;
            }
        }
        Ok(())
    })?;
    Ok((Connection { sender, receiver }, Threads { reader, writer, written }))
}

/// Writes what the server says, and the answers to what was no message, until neither comes any more.
fn write_all(outgoing: &Receiver<Message>, refused: &Receiver<Value>) -> io::Result<()> {
    loop {
        select! {
            recv(outgoing) -> message => match message {
                Ok(message) => write_message(&message)?,
                Err(_) => return refused.try_iter().try_for_each(|answer| write(&framed(&answer))),
            },
            recv(refused) -> answer => match answer {
                Ok(answer) => write(&framed(&answer))?,
                Err(_) => return outgoing.iter().try_for_each(|message| write_message(&message)),
            },
        }
    }
}

fn write_message(message: &Message) -> io::Result<()> {
    let mut bytes = Vec::new();
    message.write(&mut bytes)?;
    write(&bytes)
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

fn framed(value: &Value) -> Vec<u8> {
    let text = value.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

/// The next body; nothing at the end of the input.
fn body(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let broken = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        let shown = String::from_utf8_lossy(&line).into_owned();
        let Some(text) = shown.strip_suffix('\n') else {
            return Err(broken(format!("a header that does not end: {shown:?}")));
        };
        let text = text.trim_end_matches('\r');
        if text.is_empty() {
            break;
        }
        let (name, value) = text
            .split_once(':')
            .ok_or_else(|| broken(format!("a header without `:`: {text:?}")))?;
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            let number = value.trim().parse::<usize>().ok().filter(|n| *n <= MAX_BODY);
            length =
                Some(number.ok_or_else(|| broken(format!("no length of a message: {text:?}")))?);
        }
    }
    let length = length.ok_or_else(|| broken("a message without Content-Length".to_owned()))?;
    let mut body = Vec::new();
    input.by_ref().take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(broken("the input ends within a message".to_owned()));
    }
    Ok(Some(body))
}

/// The message in a body, or the answer to something that is none.
fn message(body: &[u8]) -> Result<Message, Value> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| refusal(&Value::Null, ErrorCode::ParseError, &error.to_string()))?;
    let id = value.get("id").filter(|id| id.is_string() || id.is_number()).cloned();
    let is_message = value.get("method").is_some_and(Value::is_string)
        || id.is_some() && (value.get("result").is_some() || value.get("error").is_some());
    let refused = || {
        let id = id.clone().unwrap_or_default();
        refusal(
            &id,
            ErrorCode::InvalidRequest,
            "neither a request, nor a notification, nor a response",
        )
    };
    if !is_message {
        return Err(refused());
    }
    let is_notification = value.get("id").is_none();
    match serde_json::from_value(value) {
        // An id that is none of the protocol's would leave the request without an answer.
        Ok(Message::Notification(_)) if !is_notification => Err(refused()),
        Ok(message) => Ok(message),
        Err(_) => Err(refused()),
    }
}

fn refusal(id: &Value, code: ErrorCode, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": text } })
}

#[cfg(test)]
mod tests {
    use super::{body, message};

    #[test]
    fn bodies_are_as_long_as_their_headers_say() {
        let mut input: &[u8] = b"content-length:2\r\nX: y\r\n\r\n{}Content-Length: 1\n\n1";
        assert_eq!(body(&mut input).ok().flatten().as_deref(), Some(&b"{}"[..]));
        assert_eq!(body(&mut input).ok().flatten().as_deref(), Some(&b"1"[..]));
        assert!(matches!(body(&mut input), Ok(None)));
    }

    #[test]
    fn broken_headers_are_told() {
        for text in [
            "Content-Length: 99999999999999\r\n\r\n",
            "Content-Length: -1\r\n\r\n",
            "Content-Length 1\r\n\r\n",
            "X: y\r\n\r\n",
            "Content-Length: 5\r\n\r\n{}",
            "Content-Length: 5",
        ] {
            assert!(body(&mut text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_message_is_answered() {
        for (text, code) in [
            ("{", -32700),
            ("[]", -32600),
            ("{\"id\":1}", -32600),
            ("{\"id\":1.5,\"method\":\"a\"}", -32600),
        ] {
            let answer = message(text.as_bytes()).expect_err(text);
            assert_eq!(answer["error"]["code"], code, "{text}");
        }
        assert!(message(b"{\"method\":\"exit\"}").is_ok());
    }
}
