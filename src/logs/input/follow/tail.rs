//! A regular file as it grows.
//!
//! Takes its path; gives what was appended. Each look asks the path first what file it means now: all that was written
//! to the old one before the new one had bytes is then read from the old one, which stays open.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::Look;
use crate::discover::files::open_regular;
use crate::logs::input::expand::Identity;
use crate::logs::input::sniff::{self, Content};
use crate::logs::input::split::Splitter;
use crate::logs::input::why;

/// A replaced file is left after so many looks without news, even where the new one is still empty: its writer may go on
/// with it until it is told to begin the new one.
const PATIENCE: u32 = 10;
/// So many bytes show what a file holds.
const ENOUGH: u64 = 64;

pub(super) struct Tail {
    path: PathBuf,
    open: Option<Open>,
    /// What the path was found to be, so that each change is told once.
    told: Told,
}

/// An open file.
struct Open {
    file: File,
    identity: Identity,
    position: u64,
    /// What it holds was looked at.
    is_known: bool,
    /// Looks without news since it was replaced.
    quiet: u32,
}

/// What was said last of the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Absent,
    Unreadable,
}

impl Tail {
    pub(super) fn new(path: &Path) -> Tail {
        Tail { path: path.to_owned(), open: None, told: Told::Nothing }
    }

    pub(super) fn look(&mut self, splitter: &mut Splitter) -> Look {
        let now = std::fs::metadata(&self.path);
        let Some(open) = &mut self.open else { return self.begin() };
        match open.read(splitter) {
            Ok(Look::Nothing) => {}
            Ok(look) => return look,
            Err(error) => return Look::Over(Some(why(&error))),
        }
        match now {
            Ok(now) if open.is_replaced_by(&self.path, &now) => {
                open.quiet += 1;
                if now.len() == 0 && open.quiet < PATIENCE {
                    return Look::Nothing;
                }
                self.open = None;
                Look::Anew("was replaced: the new file is read from its start".to_owned())
            }
            Err(error) if error.kind() == ErrorKind::NotFound && self.told != Told::Absent => {
                self.told = Told::Absent;
                Look::Note("was removed: waiting for a new one".to_owned())
            }
            _ => Look::Nothing,
        }
    }

    /// Opens the file, if it is there.
    fn begin(&mut self) -> Look {
        // Opening a pipe would wait.
        let (told, what) = match open_regular(&self.path) {
            Ok((file, metadata)) => {
                let identity = Identity::of(&self.path, &metadata);
                self.open = Some(Open { file, identity, position: 0, is_known: false, quiet: 0 });
                self.told = Told::Nothing;
                return Look::More;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                (Told::Absent, "does not exist yet: waiting for it".to_owned())
            }
            Err(error) => {
                (Told::Unreadable, format!("can't be read: {}; trying again", why(&error)))
            }
        };
        if self.told == told {
            return Look::Nothing;
        }
        self.told = told;
        Look::Note(what)
    }
}

impl Open {
    /// Whether the path means another file now. Where files have no numbers, a shorter one is another one.
    fn is_replaced_by(&self, path: &Path, now: &Metadata) -> bool {
        Identity::of(path, now) != self.identity || now.len() < self.position
    }

    /// Reads what is new, once.
    fn read(&mut self, splitter: &mut Splitter) -> std::io::Result<Look> {
        let length = self.file.metadata()?.len();
        if length < self.position {
            self.file.seek(SeekFrom::Start(0))?;
            self.position = 0;
            self.is_known = false;
            return Ok(Look::Anew("was cut: it is read from its start again".to_owned()));
        }
        if !self.is_known && length > self.position {
            if let Some(why) = self.foreign()? {
                return Ok(Look::Over(Some(why)));
            }
            self.is_known = length >= ENOUGH;
        }
        let count = splitter.fill(&mut self.file)?;
        self.position += count as u64;
        if count > 0 {
            self.quiet = 0;
        }
        Ok(if count > 0 { Look::More } else { Look::Nothing })
    }

    /// Why this file can't be followed, by its beginning.
    fn foreign(&mut self) -> std::io::Result<Option<String>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut start = Vec::new();
        (&mut self.file).take(ENOUGH).read_to_end(&mut start)?;
        if self.position == 0 && start.starts_with(sniff::UTF8_MARK) {
            self.position = sniff::UTF8_MARK.len() as u64;
        }
        self.file.seek(SeekFrom::Start(self.position))?;
        Ok(match sniff::content(&start) {
            Content::Text | Content::Binary => None,
            Content::Gzip | Content::Zstd => {
                Some("is packed, and a packed file does not grow line by line: read it without `--follow`".to_owned())
            }
            Content::Foreign(what, advice) => Some(format!("is {what}, which is not read: {advice}")),
        })
    }
}
