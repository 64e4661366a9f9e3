//! An entry: its name, and its bytes.
//!
//! Takes what lowering gave; gives bytes that only the same build takes back, and only for the same text.
//! They start with a hash of the build, of the text's hash and of everything behind it, so that a damaged
//! entry, one of another build and one of another file are none.

use std::any::TypeId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::ir::{FileIr, portable};
use crate::names::{NameCache, UsedNames};
use crate::source::{FileId, SourceFile};

/// What an entry starts with: for those who look at it.
const MARK: &[u8] = b"raft-lint cache\n";
/// The bytes of a hash.
pub(super) const HASH: usize = 32;
/// Where the content starts.
const HEAD: usize = MARK.len() + HASH;

/// No entry is longer than these for each byte of the text.
const MOST_FOR_BYTE: usize = 4;

/// The hash of a text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key([u8; HASH]);

impl Key {
    /// That of a text.
    pub fn of(text: &str) -> Self {
        Key(Sha256::digest(text.as_bytes()).into())
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
    let mut bytes = Vec::with_capacity(16 << 10);
    bytes.extend_from_slice(MARK);
    bytes.extend_from_slice(&[0; HASH]);
    let mut bytes = portable::write(ir, used, bytes)?;
    let hash = hash(key, &bytes[HEAD..]);
    bytes[MARK.len()..HEAD].copy_from_slice(&hash);
    Some(bytes)
}

/// What lowering gave, if these are the bytes that this build has written for this text.
pub fn read(
    bytes: &[u8],
    key: &Key,
    file: FileId,
    source: &SourceFile,
    names: &mut NameCache<'_>,
) -> Option<FileIr> {
    let (said, content) = bytes.strip_prefix(MARK)?.split_at_checked(HASH)?;
    (said == hash(key, content)).then(|| portable::read(content, file, source, names)).flatten()
}

fn hash(key: &Key, content: &[u8]) -> [u8; HASH] {
    of_build().chain_update(key.0).chain_update(content).finalize().into()
}

/// What only this build hashes so.
pub(super) fn of_build() -> Sha256 {
    Sha256::new().chain_update(build().to_le_bytes())
}
