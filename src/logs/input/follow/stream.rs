//! A stream that is read as it comes, by a thread of its own: reading one waits, and a look may not.
//!
//! Takes standard input or a pipe; gives what has come since the last look. The thread ends with the stream, or
//! with the program.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use super::Look;
use crate::logs::input::split::{Splitter, read_some};
use crate::logs::input::{LogFile, Source, opened, why};

/// So many pieces wait to be looked at; then the thread waits.
const PIECES: usize = 4;
const PIECE: usize = 1 << 16;

/// What the thread sends: bytes, and at the end why there are no more if that is no end.
type Piece = Result<Vec<u8>, String>;

pub(super) struct Stream {
    pieces: Receiver<Piece>,
    /// Of the last piece, what did not fit.
    rest: Vec<u8>,
    at: usize,
}

impl Stream {
    pub(super) fn of(file: &LogFile) -> Stream {
        let (sender, pieces) = sync_channel(PIECES);
        let file = file.clone();
        // Opening a pipe waits, too: for its writer.
        thread::spawn(move || {
            let ended = opened(&file)
                .and_then(|source| send(source, |piece| sender.send(Ok(piece)).is_ok()));
            if let Err(error) = ended {
                // Nobody listens any more where the program ends.
                let _ = sender.send(Err(why(&error)));
            }
        });
        Stream { pieces, rest: Vec::new(), at: 0 }
    }

    pub(super) fn look(&mut self, splitter: &mut Splitter) -> Look {
        if self.at == self.rest.len() {
            match self.pieces.try_recv() {
                Ok(Ok(piece)) => (self.rest, self.at) = (piece, 0),
                Ok(Err(why)) => return Look::Over(Some(why)),
                Err(TryRecvError::Empty) => return Look::Nothing,
                Err(TryRecvError::Disconnected) => return Look::Over(None),
            }
        }
        let mut waiting = &self.rest[self.at..];
        match splitter.fill(&mut waiting) {
            Ok(count) => self.at += count,
            Err(error) => return Look::Over(Some(why(&error))),
        }
        Look::More
    }
}

/// Sends all of a source, piece by piece, while somebody takes them.
fn send(mut source: Source, mut take: impl FnMut(Vec<u8>) -> bool) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        let count = read_some(&mut source as &mut dyn Read, &mut buffer)?;
        if count == 0 || !take(buffer[..count].to_vec()) {
            return Ok(());
        }
    }
}
