//! Files as they grow: `--follow`.
//!
//! Takes the files; gives their lines from the start on, and each new line when it is whole. The caller owns the loop and
//! the waiting: [`Follow::poll`] looks once and waits for nothing. A file may be replaced, cut, removed, or come later.
//! What was cut and has grown beyond its old length between two looks is not seen as cut: no reader of lengths can.
//!
//! | module | what it follows |
//! |---|---|
//! | `tail` | regular files |
//! | `stream` | standard input and pipes |

mod stream;
mod tail;

use self::stream::Stream;
use self::tail::Tail;
use super::split::{Block, Splitter};
use super::{LogFile, Place};
use crate::logs::diagnosed::FileRead;

/// A block is not longer.
const BLOCK: usize = 1 << 17;
/// After so many reads of one file the others have their turn.
const TURN: usize = 256;

/// The files that are followed.
pub struct Follow {
    files: Vec<Followed>,
    notes: Vec<String>,
}

struct Followed {
    name: String,
    kind: Kind,
    splitter: Splitter,
    stopped: Option<String>,
}

enum Kind {
    Tail(Tail),
    Stream(Stream),
    /// Nothing more will come.
    Over,
}

/// What one look at a file has shown.
enum Look {
    /// Bytes were read into the splitter.
    More,
    /// There is nothing now.
    Nothing,
    /// What comes is another file; the lines of the old one are at their end.
    Anew(String),
    /// Something that happened only once.
    Note(String),
    /// Nothing will come: the end of a stream, or why it can't be read.
    Over(Option<String>),
}

impl Follow {
    /// Follows the files; nothing is read yet.
    pub fn new(files: &[LogFile]) -> Follow {
        Follow { files: files.iter().map(Followed::new).collect(), notes: Vec::new() }
    }

    /// Gives the lines that are new in any file, with the position of the file among those given to [`Follow::new`].
    /// Tells whether there were any: if so there may be more at once, and otherwise it is time to wait.
    pub fn poll(&mut self, mut on_block: impl FnMut(usize, Block<'_>)) -> bool {
        let mut any = false;
        for (number, file) in self.files.iter_mut().enumerate() {
            any |= file.poll(&mut self.notes, |block| on_block(number, block));
        }
        any
    }

    /// Gives the last lines that have no end, where nobody will wait for it any more.
    pub fn finish(&mut self, mut on_block: impl FnMut(usize, Block<'_>)) {
        for (number, file) in self.files.iter_mut().enumerate() {
            file.kind = Kind::Over;
            file.last(&mut |block| on_block(number, block));
        }
    }

    /// Whether nothing will ever come: all were streams that have ended, or can't be read.
    pub fn is_over(&self) -> bool {
        self.files.iter().all(|file| matches!(file.kind, Kind::Over))
    }

    /// What has happened to the files since this was asked last: waited for, replaced, cut, removed.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// What was read until now, in the order of the files.
    pub fn read(&self) -> Vec<FileRead> {
        let read = |file: &Followed| file.splitter.read(&file.name, file.stopped.clone());
        self.files.iter().map(read).collect()
    }
}

impl Followed {
    fn new(file: &LogFile) -> Followed {
        let kind = match &file.place {
            Place::Path(path) => Kind::Tail(Tail::new(path)),
            Place::StandardInput | Place::Pipe(_) => Kind::Stream(Stream::of(file)),
        };
        Followed { name: file.name.clone(), kind, splitter: Splitter::new(BLOCK), stopped: None }
    }

    fn poll(&mut self, notes: &mut Vec<String>, mut on_block: impl FnMut(Block<'_>)) -> bool {
        let mut any = false;
        for _ in 0..TURN {
            let look = match &mut self.kind {
                Kind::Tail(tail) => tail.look(&mut self.splitter),
                Kind::Stream(stream) => stream.look(&mut self.splitter),
                Kind::Over => return any,
            };
            match look {
                Look::More => any |= self.whole(&mut on_block),
                Look::Nothing => return any,
                Look::Note(what) => notes.push(format!("`{}` {what}", self.name)),
                Look::Anew(what) => {
                    any |= self.last(&mut on_block);
                    self.splitter.restart();
                    notes.push(format!("`{}` {what}", self.name));
                }
                Look::Over(why) => {
                    any |= self.last(&mut on_block);
                    self.kind = Kind::Over;
                    self.stopped = why;
                }
            }
        }
        any
    }

    fn whole(&mut self, on_block: &mut impl FnMut(Block<'_>)) -> bool {
        let mut any = false;
        while let Some(to) = self.splitter.ready() {
            on_block(self.splitter.give(to));
            any = true;
        }
        any
    }

    fn last(&mut self, on_block: &mut impl FnMut(Block<'_>)) -> bool {
        let last = self.splitter.last();
        let any = last.is_some();
        last.into_iter().for_each(on_block);
        any
    }
}
