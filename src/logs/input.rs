//! Input: from arguments to blocks of whole lines, unpacked.
//!
//! Takes what the user named: files, directories, globs, standard input. Gives [`LogFile`]s in an order that depends on
//! the names alone ([`expand`]), and of each the blocks of its lines ([`Blocks`], or [`Follow`] while they grow). What a
//! file is packed with is seen by its first bytes. Memory does not grow with the files.
//!
//! What never happens: a file that ends too early, is damaged or can't be read passes for a whole one
//! ([`FileRead::stopped`]); a directory's pipes are opened, or a socket or device; a link is followed out of a directory.

mod expand;
mod follow;
mod gzip;
mod sniff;
mod split;
mod zstandard;

pub use expand::{Absent, Expanded, expand};

pub use follow::Follow;
pub use split::{Block, LINE_LIMIT, lines_in};

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use self::gzip::Gunzip;
use self::sniff::{Content, Sniffed};
use self::split::Splitter;
use self::zstandard::Unzstd;
use super::diagnosed::FileRead;
use crate::discover::files::open_regular;

/// A block is not longer, unless a line is. As long as a processor's own cache holds.
const BLOCK: usize = 1 << 18;

/// A file with lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogFile {
    /// As shown to people.
    pub name: String,
    /// Where it is.
    pub place: Place,
}

/// Where lines come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Standard input.
    StandardInput,
    /// The path of a regular file.
    Path(PathBuf),
    /// The path of a pipe that was named itself: the shell's `<(command)` is one.
    Pipe(PathBuf),
}

/// Bytes from anywhere.
type Source = Box<dyn Read + Send>;

/// The lines of one file, block by block.
pub struct Blocks {
    source: Option<Source>,
    splitter: Splitter,
    stopped: Option<String>,
}

impl Blocks {
    /// Of a file. One that can't be opened has no lines, and says why ([`Blocks::read`]).
    pub fn of(file: &LogFile) -> Blocks {
        Blocks::unpacked(opened(file))
    }

    /// Of a reader, unpacked where it is packed.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Blocks {
        Blocks::unpacked(unpacked(Box::new(reader)))
    }

    fn unpacked(source: io::Result<Source>) -> Blocks {
        let (source, stopped) = match source {
            Ok(source) => (Some(source), None),
            Err(error) => (None, Some(why(&error))),
        };
        Blocks { source, splitter: Splitter::new(BLOCK), stopped }
    }

    /// The next lines; none at the end. Gives what there is, and waits only where there is no whole line.
    #[expect(
        clippy::should_implement_trait,
        reason = "a block lends the buffer, which no iterator can"
    )]
    pub fn next(&mut self) -> Option<Block<'_>> {
        loop {
            if let Some(to) = self.splitter.ready() {
                return Some(self.splitter.give(to));
            }
            let Some(source) = &mut self.source else { return self.splitter.last() };
            match self.splitter.fill(source) {
                Ok(0) => self.source = None,
                Ok(_) => {}
                Err(error) => {
                    self.source = None;
                    self.stopped = Some(why(&error));
                }
            }
        }
    }

    /// What was read until now, for the file's shown name.
    pub fn read(&self, name: &str) -> FileRead {
        self.splitter.read(name, self.stopped.clone())
    }
}

/// What a file holds, without its packing.
fn opened(file: &LogFile) -> io::Result<Source> {
    unpacked(match &file.place {
        Place::StandardInput => Box::new(io::stdin()),
        Place::Path(path) => Box::new(open_regular(path)?.0),
        Place::Pipe(path) => Box::new(open_pipe(path)?),
    })
}

/// Opens a pipe: waits for its writer. Anything that has taken its place is closed again unread.
fn open_pipe(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    match expand::is_pipe(&file.metadata()?) {
        true => Ok(file),
        false => Err(io::Error::other("it is no pipe any more")),
    }
}

/// What a source holds, without its packing.
fn unpacked(source: Source) -> io::Result<Source> {
    match peeled(source)? {
        (Content::Text | Content::Binary, source) => Ok(source),
        (Content::Gzip | Content::Zstd, _) => Err(foreign("packed twice", "unpack it once")),
        (Content::Foreign(what, advice), _) => Err(foreign(what, advice)),
    }
}

/// Takes one packing away; what comes then, and is again a packing where there were two.
fn peeled(source: Source) -> io::Result<(Content, Source)> {
    let (content, source) = Sniffed::new(source);
    let unpacked: Source = match content {
        Content::Gzip => Box::new(Gunzip::new(source)),
        Content::Zstd => Box::new(Unzstd::new(source)?),
        _ => return Ok((content, Box::new(source))),
    };
    let (content, unpacked) = Sniffed::new(unpacked);
    Ok((content, Box::new(unpacked)))
}

fn foreign(what: &str, advice: &str) -> io::Error {
    io::Error::other(format!("is {what}, which is not read: {advice}"))
}

/// An error in words, without the number of the operating system.
fn why(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
