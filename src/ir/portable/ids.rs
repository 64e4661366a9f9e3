//! What stands for something outside of the bytes: names, the file, places of its text.
//!
//! serde hands nothing down to the parts of a value, so what they are relative to lies beside, for the
//! thread that writes or reads. Outside of both nothing can be written or read.

use std::cell::RefCell;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checks::{BODY, Shape};
use super::unknown;
use crate::ir::{ExprId, Name, PatId};
use crate::names::UsedNames;
use crate::source::{FileId, Span};

/// What is read.
struct Reading {
    /// By number.
    names: Vec<Name>,
    file: FileId,
    text: Arc<str>,
    /// How many functions were read.
    functions: usize,
    /// How many types are open.
    types: u32,
}

thread_local! {
    static WRITING: RefCell<UsedNames> = RefCell::default();
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// Writes something with these names.
pub(super) fn writing<T>(used: &mut UsedNames, write: impl FnOnce() -> T) -> T {
    WRITING.with_borrow_mut(|writing| std::mem::swap(writing, used));
    let written = write();
    WRITING.with_borrow_mut(|writing| std::mem::swap(writing, used));
    written
}

/// Reads something in which these names, this file and its text are meant.
pub(super) fn reading<T>(
    names: Vec<Name>,
    file: FileId,
    text: Arc<str>,
    read: impl FnOnce() -> T,
) -> T {
    READING.set(Some(Reading { names, file, text, functions: 0, types: 0 }));
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
        (reading.file, reading.functions - 1)
    })
}

/// Reads something relative to what is read.
fn relative<'de, D: Deserializer<'de>, R: Deserialize<'de>, T>(
    deserializer: D,
    meant: impl FnOnce(&Reading, R) -> Option<T>,
) -> Result<T, D::Error> {
    let read = R::deserialize(deserializer)?;
    let meant = READING.with_borrow(|reading| meant(reading.as_ref()?, read));
    meant.ok_or_else(|| D::Error::custom("it leads to nothing"))
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = WRITING.with_borrow(|used| used.number(*self));
        number.ok_or_else(unknown::<S>)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        relative(deserializer, |reading, number: u32| reading.names.get(number as usize).copied())
    }
}

/// Whatever file it was: it is that which is read.
impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        relative(deserializer, |reading, ()| Some(reading.file))
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
            reading.text.get(start as usize..end as usize)?;
            Some(Span { start, end })
        })
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
