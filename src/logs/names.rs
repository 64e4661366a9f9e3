//! Names of nodes and groups, each once.
//!
//! A stranger's log may name any number of nodes; beyond a bound all further ones are one.

use rustc_hash::FxHashMap;

/// More nodes and groups than this are not told apart.
const MAX_NAMES: usize = 1 << 16;
/// Of a longer name so many bytes count.
const MAX_LENGTH: usize = 128;
/// So many names are found without hashing.
const RECENT: usize = 16;
/// What all further ones are called.
const OTHERS: &str = "(others)";

/// A node's or group's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Name(u32);

/// All names that were seen.
#[derive(Clone, Debug, Default)]
pub struct Names {
    known: FxHashMap<Box<str>, Name>,
    texts: Vec<Box<str>>,
    /// The one that was asked for last, of those that end alike: most lines are about the same few nodes.
    recent: [Name; RECENT],
}

impl Names {
    /// The name for a text.
    pub fn of(&mut self, text: &str) -> Name {
        let slot = text.bytes().last().map_or(0, usize::from) % RECENT;
        let recent = self.recent[slot];
        if self.texts.get(recent.0 as usize).is_some_and(|known| **known == *text) {
            return recent;
        }
        let name = self.find(text);
        self.recent[slot] = name;
        name
    }

    fn find(&mut self, text: &str) -> Name {
        if text.len() > MAX_LENGTH {
            let end = (0..=MAX_LENGTH).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
            return self.of(&text[..end]);
        }
        if let Some(&name) = self.known.get(text) {
            return name;
        }
        if self.texts.len() >= MAX_NAMES && text != OTHERS {
            return self.of(OTHERS);
        }
        let name = Name(u32::try_from(self.texts.len()).expect("invariant: fewer than MAX_NAMES"));
        self.known.insert(text.into(), name);
        self.texts.push(text.into());
        name
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }

    /// Whether some were not told apart.
    pub fn is_full(&self) -> bool {
        self.known.contains_key(OTHERS)
    }
}
