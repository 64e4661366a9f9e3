//! An entry: its name, and its bytes.
//!
//! Takes what lowering gave, or what was found out about the functions of a run; gives bytes that only the same
//! build takes back, and only for the same text or files. They start with a hash of the build, of the entry's
//! kind and name and of everything behind it, so that a damaged entry, one of another build and one of another
//! file are none.

use std::any::TypeId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ir::FileIr;
use crate::ir::portable::{self, Text};
use crate::names::{NameCache, UsedNames};
use crate::source::{FileId, SourceFile};

/// What an entry starts with, for those who look at it: what lowering gave.
const LOWERED: &[u8; MARK] = b"raft-lint cache\n";
/// What was found out about the functions of a run.
const FOUND: &[u8; MARK] = b"raft-lint found\n";
/// The bytes of such a mark.
const MARK: usize = 16;
/// The bytes of a hash.
pub(super) const HASH: usize = 32;
/// Where the content starts.
const HEAD: usize = MARK + HASH;

/// No entry is longer than these for each byte of the text.
const MOST_FOR_BYTE: usize = 4;

/// The hash of a text, or of what tells the files of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Key([u8; HASH]);

impl Key {
    /// That of a text.
    pub fn of(text: &str) -> Self {
        Key(Sha256::digest(text.as_bytes()).into())
    }

    /// That of a file's text.
    pub fn of_source(source: &SourceFile) -> Self {
        Key(*source.sha256())
    }

    /// That of several texts one behind the other.
    pub fn of_all<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let with = |hasher: Sha256, text: &str| {
            hasher.chain_update((text.len() as u64).to_le_bytes()).chain_update(text)
        };
        Key(texts.into_iter().fold(Sha256::new(), with).finalize().into())
    }

    /// One that was written down.
    pub(super) fn of_bytes(bytes: [u8; HASH]) -> Self {
        Key(bytes)
    }

    /// To be written down.
    pub(super) fn bytes(&self) -> &[u8; HASH] {
        &self.0
    }

    /// As the name of a file.
    pub fn name(&self) -> String {
        hex(&self.0)
    }
}

/// A hash as the name of a file.
pub(super) fn hex(hash: &[u8; HASH]) -> String {
    hash.iter().fold(String::with_capacity(2 * HASH), |mut name, byte| {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from_digit(u32::from(digit), 16).expect("invariant: four bits"));
        }
        name
    })
}

/// Which build this is: another one may lower otherwise, or write otherwise. It depends on the sources of
/// raft-lint (`build.rs`) and on the system; and on the compiler and on everything that raft-lint is linked
/// with, since the compiler makes the number of a type from those.
pub fn build() -> u64 {
    static BUILD: LazyLock<u64> = LazyLock::new(|| {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), env!("RAFT_LINT_SOURCES")).hash(&mut hasher);
        (std::env::consts::ARCH, std::env::consts::OS).hash(&mut hasher);
        (TypeId::of::<FileIr>(), crate::lower::parser(), usize::BITS).hash(&mut hasher);
        hasher.finish()
    });
    *BUILD
}

/// The greatest length of the entry of a text.
pub fn most(text: usize) -> usize {
    text.saturating_mul(MOST_FOR_BYTE).saturating_add(4096)
}

/// The entry of a file, with the names that its lowering asked for; none if it can't be written.
pub fn write(ir: &FileIr, key: &Key, used: &mut UsedNames) -> Option<Vec<u8>> {
    sealed(LOWERED, key, |bytes| portable::write(ir, used, bytes))
}

/// The entry of what was found out about functions.
pub fn write_found(content: &[u8], key: &Key) -> Vec<u8> {
    let write = |mut bytes: Vec<u8>| {
        bytes.extend_from_slice(content);
        Some(bytes)
    };
    sealed(FOUND, key, write).expect("invariant: bytes can be written")
}

/// What was found out about functions, if these are the bytes that this build has written for this key.
pub fn read_found<'b>(bytes: &'b [u8], key: &Key) -> Option<&'b [u8]> {
    content(FOUND, bytes, key)
}

/// An entry with the content that is written behind its head.
fn sealed(
    mark: &[u8; MARK],
    key: &Key,
    write: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(16 << 10);
    bytes.extend_from_slice(mark);
    bytes.extend_from_slice(&[0; HASH]);
    let mut bytes = write(bytes)?;
    let hash = hash(mark, key, &bytes[HEAD..]);
    bytes[MARK..HEAD].copy_from_slice(&hash);
    Some(bytes)
}

/// The content of an entry, if it is as it was written.
fn content<'b>(mark: &[u8; MARK], bytes: &'b [u8], key: &Key) -> Option<&'b [u8]> {
    let (said, content) = bytes.strip_prefix(mark)?.split_at_checked(HASH)?;
    (said == hash(mark, key, content)).then_some(content)
}

/// What lowering gave, if these are the bytes that this build has written for this text.
pub fn read(
    bytes: &[u8],
    key: &Key,
    file: FileId,
    text: Text,
    names: &mut NameCache<'_>,
) -> Option<FileIr> {
    portable::read(content(LOWERED, bytes, key)?, file, text, names)
}

fn hash(mark: &[u8; MARK], key: &Key, content: &[u8]) -> [u8; HASH] {
    of_build().chain_update(mark).chain_update(key.0).chain_update(content).finalize().into()
}

/// What only this build hashes so.
pub(super) fn of_build() -> Sha256 {
    Sha256::new().chain_update(build().to_le_bytes())
}
