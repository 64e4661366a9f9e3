//! Which bodies an evaluation has read, so that its result can be kept as long as they stay the same.
//!
//! A body that is read says so to the thread that reads it, if that one records. Nobody can forget to:
//! there is no other way to a body's arenas. What is derived from bodies once for a whole program
//! ([`unrecorded`]) has to be compared by whoever keeps results.

use std::cell::{Cell, RefCell};
use std::ops::{Deref, DerefMut};

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{Body, Name};
use crate::source::FileId;

/// A function's body, by its file and its position there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
pub struct BodyId {
    /// The file's slot.
    pub file: u32,
    /// The position in the file's functions.
    pub item: u32,
}

/// A body that tells who reads it.
#[derive(Clone, Debug, Default)]
pub struct ReadBody {
    id: BodyId,
    body: Body,
}

impl ReadBody {
    /// A body of the function at a position of a file.
    pub fn new(body: Body, file: FileId, item: usize) -> Self {
        ReadBody { id: BodyId { file: file.0, item: item as u32 }, body }
    }

    /// Which it is.
    pub fn id(&self) -> BodyId {
        self.id
    }

    /// The body, for whoever wants nothing but places of it: these follow the text.
    pub fn unread(&self) -> &Body {
        &self.body
    }
}

impl Deref for ReadBody {
    type Target = Body;

    fn deref(&self) -> &Body {
        record(|records| {
            if records.bodies.is_new(self.id, self.id.item ^ self.id.file) {
                records.read.borrow_mut().bodies.insert(self.id);
            }
        });
        &self.body
    }
}

impl DerefMut for ReadBody {
    fn deref_mut(&mut self) -> &mut Body {
        &mut self.body
    }
}

/// What was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Read {
    /// Bodies.
    pub bodies: FxHashSet<BodyId>,
    /// Names of functions of which the callers were asked for.
    pub callers_of: FxHashSet<Name>,
    /// Names of which the definitions were asked for.
    pub names: FxHashSet<Name>,
    /// Texts that were no name at all.
    pub unknown: FxHashSet<Box<str>>,
    /// Whether all structs were gone through.
    pub structs: bool,
    /// Whether all functions, or all items of a file, were.
    pub everything: bool,
}

#[derive(Default)]
struct Records {
    bodies: Recent<BodyId>,
    names: Recent<Name>,
    read: RefCell<Read>,
}

/// What was noted a short while ago: most of what is read is read again and again.
struct Recent<T>([Cell<Option<T>>; RECENT]);

const RECENT: usize = 64;

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Recent(std::array::from_fn(|_| Cell::new(None)))
    }
}

impl<T: Copy + PartialEq> Recent<T> {
    /// Whether it may not have been noted yet; from here on it has. What is the same has the same `number`.
    fn is_new(&self, what: T, number: u32) -> bool {
        self.0[number as usize % RECENT].replace(Some(what)) != Some(what)
    }

    fn forget(&self) {
        self.0.iter().for_each(|cell| cell.set(None));
    }
}

thread_local! {
    /// Whether this thread records: asked all the time, so it is nothing but a byte.
    static IS_ON: Cell<bool> = const { Cell::new(false) };
    static RECORDS: Records = Records::default();
}

/// Notes something down, if this thread records.
#[inline]
fn record(note: impl FnOnce(&Records)) {
    if IS_ON.get() {
        RECORDS.with(note);
    }
}

/// Does some work on this thread, and tells what it has read. It may not be nested.
pub fn recorded<T>(work: impl FnOnce() -> T) -> (T, Read) {
    let _off = Switch::to(true);
    RECORDS.with(|records| {
        records.bodies.forget();
        records.names.forget();
        records.read.take();
    });
    let result = work();
    (result, RECORDS.with(|records| records.read.take()))
}

/// Does some work whose result stands for the whole program: who reads it depends on that, and not on the
/// bodies that it was made from.
pub fn unrecorded<T>(work: impl FnOnce() -> T) -> T {
    let _back = Switch::to(false);
    work()
}

/// The definitions of a name are asked for.
#[inline]
pub fn asks(name: Name) {
    record(|records| {
        if records.names.is_new(name, name.0) {
            records.read.borrow_mut().names.insert(name);
        }
    });
}

/// It is asked for the name of a text, and there is none.
pub fn asks_unknown(text: &str) {
    record(|records| {
        records.read.borrow_mut().unknown.insert(text.into());
    });
}

/// All structs are gone through.
pub fn asks_structs() {
    record(|records| records.read.borrow_mut().structs = true);
}

/// All functions, or all items of a file, are gone through.
pub fn asks_everything() {
    record(|records| records.read.borrow_mut().everything = true);
}

/// The callers of the functions of a name are asked for.
pub fn asks_callers_of(name: Name) {
    record(|records| {
        records.read.borrow_mut().callers_of.insert(name);
    });
}

/// Recording as it was before comes back, after a panic, too.
struct Switch(bool);

impl Switch {
    fn to(on: bool) -> Self {
        Switch(IS_ON.replace(on))
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        IS_ON.set(self.0);
    }
}
