//! A lowered file as something to be written down: independent of the run, of the file's place in it, and
//! of the numbers that its names have there.
//!
//! Takes a [`FileIr`] and the names that its lowering asked for; gives bytes, and out of such bytes a
//! [`FileIr`] for another run. The bytes are a stranger's: whatever they are, nothing panics, memory
//! is bounded (a made-up length takes up to 1 MiB on each of 200 levels), and what comes out has the shape that lowering gives. Indices lead to
//! what is there, everything stands below at most one other thing and nothing below itself, nothing is
//! nested deeper than lowering nests, and places are in the text. Whether it is what the text says, they
//! can't tell.

mod checks;
mod ids;

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::checks::{BODY, Shape};
pub use self::ids::Text;
use super::read::ReadBody;
use super::{Body, Expr, FileIr, Name, Pat};
use crate::names::{NameCache, UsedNames};
use crate::source::FileId;

/// Types nest no deeper than this in what is read.
const MAX_TYPES: u32 = 200;

/// Writes a file down behind what `bytes` hold; none if it can't be.
pub fn write(ir: &FileIr, used: &mut UsedNames, bytes: Vec<u8>) -> Option<Vec<u8>> {
    let texts: Vec<&str> = used.texts().iter().map(AsRef::as_ref).collect();
    let bytes = postcard::to_extend(&texts, bytes).ok()?;
    // A file without functions speaks of none.
    let file = ir.functions.first().map_or(FileId(0), |function| function.file);
    ids::writing(file, used, || postcard::to_extend(ir, bytes).ok())
}

/// Writes down what was found out about these files, which are in their order; tells which names are in it, by
/// the numbers that they have there. None if it can't be.
pub fn write_found<T: Serialize>(found: &T, files: Vec<FileId>) -> Option<(Vec<u8>, Vec<Name>)> {
    let (written, names) = ids::numbering(files, || postcard::to_allocvec(found).ok());
    Some((written?, names))
}

/// What was written down about these files with these names; none if it is nothing of that kind.
pub fn read_found<T: DeserializeOwned>(
    bytes: &[u8],
    names: Vec<Name>,
    files: Vec<(FileId, Text)>,
) -> Option<T> {
    let read = ids::reading(names, files, || postcard::take_from_bytes::<T>(bytes).ok());
    read.filter(|(_, rest)| rest.is_empty()).map(|(found, _)| found)
}

/// What was written down, as the file that it is now; none if it is not such a file.
pub fn read(bytes: &[u8], file: FileId, text: Text, names: &mut NameCache<'_>) -> Option<FileIr> {
    let (texts, bytes): (Vec<&str>, _) = postcard::take_from_bytes(bytes).ok()?;
    // What names are interned as is never raw.
    let plain = texts.into_iter().filter(|text| !text.starts_with("r#"));
    let names = plain.map(|text| names.intern(text)).collect();
    read_found(bytes, names, vec![(file, text)])
}

/// Reads what can stand in something of its own kind.
pub(super) fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    if !ids::enter(MAX_TYPES) {
        return Err(D::Error::custom("types are nested too deeply"));
    }
    let inner = T::deserialize(deserializer);
    ids::leave();
    inner
}

impl Serialize for ReadBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Body { exprs, pats } = self.unread();
        (pats, exprs).serialize(serializer)
    }
}

/// Patterns come first: what refers to them is checked when it is read.
impl<'de> Deserialize<'de> for ReadBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Pats(pats), Exprs(exprs)) = Deserialize::deserialize(deserializer)?;
        let wrong = || D::Error::custom("no body has this shape");
        BODY.with_borrow_mut(Shape::end).ok_or_else(wrong)?;
        let (file, item) = ids::next_function();
        Ok(ReadBody::new(Body { exprs, pats }, file, item))
    }
}

struct Pats(Vec<Pat>);
struct Exprs(Vec<Expr>);

impl<'de> Deserialize<'de> for Pats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BODY.with_borrow_mut(Shape::begin_pats);
        checks::each(deserializer, Shape::end_pat).map(Pats)
    }
}

impl<'de> Deserialize<'de> for Exprs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BODY.with_borrow_mut(Shape::begin_exprs);
        checks::each(deserializer, Shape::end_expr).map(Exprs)
    }
}

/// The error of a value that has no number in what is written.
fn unknown<S: Serializer>() -> S::Error {
    S::Error::custom("a name that lowering did not ask for")
}
