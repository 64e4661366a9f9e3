//! What functions have shown, as something to be written down for a later run.
//!
//! Takes a memory, and the files of its program; gives bytes, and out of such bytes the memory for a run over the
//! same files, some of which may have changed. The bytes are a stranger's: whatever they are, what comes out
//! speaks of functions, packages and places that are there, and of no more than an evaluation shows.

use std::sync::Arc;

use super::follow::{self, Follow};
use super::{Asked, Before, Kept, Memory};
use crate::facts::event::Event;
use crate::facts::events::MAX_EVENTS;
use crate::facts::show::Shown;
use crate::ir::portable::{self, Text};
use crate::names::Names;
use crate::program::{FnId, Program};
use crate::roles::state;
use crate::roles::storage::Storage;
use crate::source::{Edits, FileId, Place};

/// No way of an event is told in more steps, or leads through more functions.
const MAX_WAY: usize = 64;

/// How a name is spelled, and what the project means by it.
type Texts<'t> = (&'t str, Option<&'t str>);

/// How much there is of what a memory may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Functions of the program.
    pub functions: usize,
    /// Packages.
    pub packages: usize,
}

impl Memory {
    /// An empty one that keeps no more functions than these.
    pub fn of_at_most(functions: usize) -> Self {
        Memory { most: Some(functions), ..Memory::default() }
    }

    /// Whether it has something that was not read.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// What is kept, for a later run over the same files, which are in their order; none if it can't be
    /// written.
    pub fn write(&self, files: &[FileId]) -> Option<Vec<u8>> {
        let Before::Other(program, _) = &self.before else { return None };
        // What a bug of ours has spoiled is tried anew each time.
        let kept = self.kept.iter().filter(|(_, kept)| !kept.shown.failed);
        let mut kept: Vec<(&Asked, &Kept)> = kept.collect();
        kept.sort_unstable_by_key(|(asked, _)| **asked);
        let (written, names) = portable::write_found(&kept, files.to_vec())?;
        let texts = names.iter().map(|name| program.names.as_texts(*name));
        let mut bytes = postcard::to_allocvec(&texts.collect::<Vec<_>>()).ok()?;
        bytes.extend_from_slice(&written);
        Some(bytes)
    }

    /// With what was kept of these files before some of them changed; none if this is nothing of that kind.
    pub fn read(
        self,
        bytes: &[u8],
        names: &mut Names,
        files: Vec<(FileId, Text)>,
        extent: Extent,
    ) -> Option<Self> {
        let (texts, bytes): (Vec<Texts<'_>>, _) = postcard::take_from_bytes(bytes).ok()?;
        let names = texts.into_iter().map(|texts| names.of_texts(texts)).collect::<Option<_>>()?;
        let mut kept: Vec<(Asked, Kept)> = portable::read_found(bytes, names, files)?;
        let are_whole = kept.iter_mut().all(|((id, _), kept)| {
            let shown = Arc::get_mut(&mut kept.shown);
            extent.has(*id) && shown.is_some_and(|shown| extent.has_all(shown))
        });
        are_whole.then(|| Memory { kept: kept.into_iter().collect(), ..self })
    }

    /// The same as what is kept of the program that is analysed next.
    pub fn of_same(self) -> Self {
        Memory { before: Before::Same, ..self }
    }

    /// The same as what is kept of an older program, whose texts have been edited since.
    pub fn of_older(self, program: Program, edits: Edits) -> Self {
        let states = state::of_packages(&program);
        let storage = Storage::of(&program, &states);
        let before = Before::Other(Arc::new(program), Arc::new(storage));
        Memory { before, edits, is_changed: true, ..self }
    }
}

impl Extent {
    fn has(&self, id: FnId) -> bool {
        (id.0 as usize) < self.functions
    }

    /// Whether an evaluation may have shown this.
    fn has_all(&self, shown: &mut Shown) -> bool {
        let is_there = |event: &Event| {
            event.package.is_none_or(|package| (package.0 as usize) < self.packages)
                && event.steps.len().max(event.stack.len()) <= MAX_WAY
        };
        !shown.failed
            && shown.events.len() <= MAX_EVENTS
            && shown.events.iter().all(is_there)
            && follow::shown(shown, self).is_some()
    }
}

/// All stays where it is.
impl Follow for Extent {
    fn function(&self, id: &mut FnId) -> Option<()> {
        self.has(*id).then_some(())
    }

    fn place(&self, _: &mut Place) -> Option<()> {
        Some(())
    }
}
