//! What stands for something outside of the bytes: names, files, places of their texts.
//!
//! serde hands nothing down to the parts of a value, so what they are relative to lies beside, for the
//! thread that writes or reads. Outside of both nothing can be written or read.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checks::{BODY, Shape};
use super::unknown;
use crate::ir::read::BodyId;
use crate::ir::{ExprId, Name, PatId};
use crate::names::UsedNames;
use crate::source::{FileId, Span};

/// The numbers that names have in what is written.
enum Numbers {
    /// Those that lowering asked for: there are no others.
    Asked(UsedNames),
    /// As they come.
    Given(FxHashMap<Name, u32>, Vec<Name>),
}

impl Numbers {
    fn of(&mut self, name: Name) -> Option<u32> {
        match self {
            Numbers::Asked(used) => used.number(name),
            Numbers::Given(numbers, all) => Some(*numbers.entry(name).or_insert_with(|| {
                all.push(name);
                all.len() as u32 - 1
            })),
        }
    }
}

/// What is written.
struct Writing {
    names: Numbers,
    /// In their order.
    files: Vec<FileId>,
}

/// What spans of a file are checked against.
#[derive(Clone, Debug)]
pub enum Text {
    /// The text that they are in.
    Whole(Arc<str>),
    /// Of a text that is not there any more only its length is known.
    Gone(u32),
}

impl Text {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        match self {
            Text::Whole(text) => text.len(),
            Text::Gone(length) => *length as usize,
        }
    }

    fn has(&self, start: u32, end: u32) -> bool {
        match self {
            Text::Whole(text) => text.get(start as usize..end as usize).is_some(),
            Text::Gone(length) => end <= *length,
        }
    }
}

/// What is read.
struct Reading {
    /// By number.
    names: Vec<Name>,
    /// By number, with what is in them.
    files: Vec<(FileId, Text)>,
    /// The file that was spoken of last: a span is in it.
    current: usize,
    /// How many functions were read.
    functions: usize,
    /// How many types are open.
    types: u32,
}

thread_local! {
    static WRITING: RefCell<Option<Writing>> = const { RefCell::new(None) };
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// Writes something of one file with these names.
pub(super) fn writing<T>(file: FileId, used: &mut UsedNames, write: impl FnOnce() -> T) -> T {
    let names = Numbers::Asked(std::mem::take(used));
    WRITING.set(Some(Writing { names, files: vec![file] }));
    let written = write();
    if let Some(Writing { names: Numbers::Asked(names), .. }) = WRITING.take() {
        *used = names;
    }
    written
}

/// Writes something of these files, which are in their order; tells which names are in it, by their numbers.
pub(super) fn numbering<T>(files: Vec<FileId>, write: impl FnOnce() -> T) -> (T, Vec<Name>) {
    let names = Numbers::Given(FxHashMap::default(), Vec::new());
    WRITING.set(Some(Writing { names, files }));
    let written = write();
    match WRITING.take() {
        Some(Writing { names: Numbers::Given(_, names), .. }) => (written, names),
        _ => (written, Vec::new()),
    }
}

/// Reads something in which these names, and places in these files, are meant.
pub(super) fn reading<T>(
    names: Vec<Name>,
    files: Vec<(FileId, Text)>,
    read: impl FnOnce() -> T,
) -> T {
    READING.set(Some(Reading { names, files, current: 0, functions: 0, types: 0 }));
    BODY.with_borrow_mut(Shape::restart);
    let done = read();
    READING.set(None);
    done
}

/// A type in a type begins, unless there are too many around it.
pub(super) fn enter(most: u32) -> bool {
    READING.with_borrow_mut(|reading| {
        let open = reading.as_mut().filter(|reading| reading.types < most);
        open.map(|reading| reading.types += 1).is_some()
    })
}

/// A type in a type ends.
pub(super) fn leave() {
    READING.with_borrow_mut(|reading| {
        if let Some(reading) = reading {
            reading.types -= 1;
        }
    });
}

/// The file and the position of the function whose body was read.
pub(super) fn next_function() -> (FileId, usize) {
    READING.with_borrow_mut(|reading| {
        let reading = reading.as_mut().expect("invariant: only what is being read has a body");
        reading.functions += 1;
        (reading.files[reading.current].0, reading.functions - 1)
    })
}

/// Reads something relative to what is read.
fn relative<'de, D: Deserializer<'de>, R: Deserialize<'de>, T>(
    deserializer: D,
    meant: impl FnOnce(&mut Reading, R) -> Option<T>,
) -> Result<T, D::Error> {
    let read = R::deserialize(deserializer)?;
    let meant = READING.with_borrow_mut(|reading| meant(reading.as_mut()?, read));
    meant.ok_or_else(|| D::Error::custom("it leads to nothing"))
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = WRITING.with_borrow_mut(|writing| writing.as_mut()?.names.of(*self));
        number.ok_or_else(unknown::<S>)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        relative(deserializer, |reading, number: u32| reading.names.get(number as usize).copied())
    }
}

/// By its number among those that are written about.
impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number =
            WRITING.with_borrow(|writing| writing.as_ref()?.files.binary_search(self).ok());
        let number =
            number.ok_or_else(|| S::Error::custom("a file that nothing is written about"))?;
        (number as u32).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        relative(deserializer, |reading, number: u32| {
            reading.current = number as usize;
            reading.files.get(reading.current).map(|(file, _)| *file)
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end.wrapping_sub(self.start)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        relative(deserializer, |reading, (start, length): (u32, u32)| {
            let end = start.checked_add(length)?;
            let (_, text) = reading.files.get(reading.current)?;
            text.has(start, end).then_some(Span { start, end })
        })
    }
}

impl Serialize for BodyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (FileId(self.file), self.item).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BodyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (FileId(file), item) = Deserialize::deserialize(deserializer)?;
        Ok(BodyId { file, item })
    }
}

impl Serialize for ExprId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ExprId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = ExprId(u32::deserialize(deserializer)?);
        let fits = BODY.with_borrow_mut(|body| body.refers_to_expr(id));
        fits.map(|()| id).ok_or_else(|| D::Error::custom("no such expression"))
    }
}

impl Serialize for PatId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PatId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = PatId(u32::deserialize(deserializer)?);
        let fits = BODY.with_borrow_mut(|body| body.refers_to_pat(id));
        fits.map(|()| id).ok_or_else(|| D::Error::custom("no such pattern"))
    }
}
