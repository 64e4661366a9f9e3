//! Packs: many entries in one file, since to make a file takes longer than to write what is in it.
//!
//! Takes keys and entries; gives the head of a file that holds them one behind the other, and finds them
//! there again. The head is a list of what is in the file, with a hash; each entry has one of its own. A
//! pack that is damaged or not whole is none.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, Once, PoisonError};

use rustc_hash::FxHashMap;
use sha2::Digest;

use super::entry::{self, HASH, Key};
use super::store;

/// What a pack starts with: for those who look at it.
const MARK: &[u8] = b"raft-lint pack\n";
/// The mark, the hash of the list, and how many entries there are.
const HEAD: usize = MARK.len() + HASH + LENGTH;
/// The bytes of a number.
const LENGTH: usize = 4;
/// What the list says of an entry: its key and its length.
const LISTED: usize = HASH + LENGTH;

/// A pack with more entries is none: more would not fit into one that was written here.
const MAX_LISTED: usize = 100_000;

/// The head of the pack of these entries, and its name; none if it can't be written down.
pub(super) fn head(entries: &[(Key, Vec<u8>)]) -> Option<(Vec<u8>, String)> {
    let mut list = Vec::with_capacity(entries.len() * LISTED);
    for (key, bytes) in entries {
        list.extend_from_slice(key.bytes());
        list.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_le_bytes());
    }
    let hash = hash(&list);
    let count = u32::try_from(entries.len()).ok()?;
    Some(([MARK, &hash, &count.to_le_bytes(), &list].concat(), entry::hex(&hash)))
}

/// Where an entry is: in which pack, from which byte, and how many bytes it has.
type Place = (usize, u64, usize);

/// A pack that can be read.
struct Pack {
    file: Mutex<File>,
    /// What is marked as used with the first entry that is.
    mark: Option<PathBuf>,
    is_marked: Once,
}

/// Packs that can be read.
#[derive(Default)]
pub(super) struct Packs {
    all: Vec<Pack>,
    places: FxHashMap<Key, Place>,
}

impl Packs {
    /// Adds the entries of a pack with so many bytes, if it is one. `mark` is its path, if it has to be
    /// marked as used.
    pub(super) fn add(&mut self, mut file: File, length: u64, mark: Option<PathBuf>) {
        let Some(list) = list(&mut file, length) else { return };
        let pack = self.all.len();
        let mut start = (HEAD + list.len() * LISTED) as u64;
        for (key, length) in list {
            self.places.insert(key, (pack, start, length));
            start += length as u64;
        }
        self.all.push(Pack { file: Mutex::new(file), mark, is_marked: Once::new() });
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The bytes of an entry that is no longer than `most`.
    pub(super) fn read(&self, key: &Key, most: usize) -> Option<Vec<u8>> {
        let &(pack, start, length) = self.places.get(key).filter(|place| place.2 <= most)?;
        let pack = &self.all[pack];
        let mut file = pack.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes).ok()?;
        drop(file);
        if let Some(path) = &pack.mark {
            pack.is_marked.call_once(|| store::mark_used(path));
        }
        Some(bytes)
    }
}

/// The keys and lengths of a pack's entries.
fn list(file: &mut File, length: u64) -> Option<Vec<(Key, usize)>> {
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let (said, count) = head.strip_prefix(MARK)?.split_at_checked(HASH)?;
    let count = u32::from_le_bytes(count.try_into().ok()?) as usize;
    if count > MAX_LISTED {
        return None;
    }
    let rest = length.checked_sub((HEAD + count * LISTED) as u64)?;
    let mut list = vec![0; count * LISTED];
    file.read_exact(&mut list).ok()?;
    if said != hash(&list) {
        return None;
    }
    let one = |listed: &[u8]| {
        let (key, length) = listed.split_at_checked(HASH)?;
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        Some((Key::of_bytes(key.try_into().ok()?), length))
    };
    let listed: Vec<(Key, usize)> = list.chunks_exact(LISTED).map(one).collect::<Option<_>>()?;
    let all: u64 = listed.iter().map(|(_, length)| *length as u64).sum();
    (all == rest).then_some(listed)
}

fn hash(list: &[u8]) -> [u8; HASH] {
    entry::of_build().chain_update(list).finalize().into()
}
