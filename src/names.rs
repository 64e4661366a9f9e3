//! Interned identifiers, shared by all lowering threads.
//!
//! The numbers depend on which thread comes first, so nothing may ever be ordered by them.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::ir::Name;
use crate::ir::read::asks_unknown;
use crate::protocol::Meaning;

/// The interner that lowering threads share.
pub struct SharedNames(Mutex<Names>);

/// Names that the analysis makes values of although a program may not spell them.
const ALWAYS: &[&str] =
    &["Some", "None", "Ok", "Err", "Less", "Equal", "Greater", "cmp", "min", "max"];

/// So many fields of tuples have names of their own, whether a program spells them or not.
const POSITIONS: usize = 64;

impl SharedNames {
    /// An interner that knows these names, and those that the analysis needs.
    pub fn of(names: Names) -> Self {
        let names = SharedNames(Mutex::new(names));
        for text in ALWAYS {
            names.intern(text);
        }
        for position in 0..POSITIONS {
            names.intern(&position.to_string());
        }
        names
    }

    fn intern(&self, text: &str) -> (Name, Arc<str>) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = table.intern(text);
        (name, Arc::clone(&table.texts[name.0 as usize]))
    }

    /// Ends interning; from here on names are only read.
    pub fn freeze(self) -> Names {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's view of [`SharedNames`]: most look-ups are answered without the lock.
pub struct NameCache<'a> {
    shared: &'a SharedNames,
    known: FxHashMap<Arc<str>, Name>,
    used: Option<UsedNames>,
}

/// The names that were asked for since a beginning, numbered as they came.
#[derive(Default)]
pub struct UsedNames {
    texts: Vec<Arc<str>>,
    numbers: FxHashMap<Name, u32>,
}

impl UsedNames {
    fn add(&mut self, name: Name, text: &Arc<str>) {
        self.numbers.entry(name).or_insert_with(|| {
            self.texts.push(Arc::clone(text));
            self.texts.len() as u32 - 1
        });
    }

    /// Their texts, by their numbers.
    pub fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    /// The number of a name, if it was asked for.
    pub fn number(&self, name: Name) -> Option<u32> {
        self.numbers.get(&name).copied()
    }
}

impl<'a> NameCache<'a> {
    /// An empty view.
    pub fn new(shared: &'a SharedNames) -> Self {
        NameCache { shared, known: FxHashMap::default(), used: None }
    }

    /// From here on it is noted which names are asked for; what was noted before is forgotten.
    pub fn note(&mut self) {
        let used = self.used.get_or_insert_default();
        used.texts.clear();
        used.numbers.clear();
    }

    /// What was noted.
    pub fn noted(&mut self) -> Option<&mut UsedNames> {
        self.used.as_mut()
    }

    /// The name of a text. Raw identifiers (`r#type`) count as their plain form.
    pub fn intern(&mut self, text: &str) -> Name {
        let text = text.strip_prefix("r#").unwrap_or(text);
        if let Some((text, &name)) = self.known.get_key_value(text) {
            if let Some(used) = &mut self.used {
                used.add(name, text);
            }
            return name;
        }
        let (name, text) = self.shared.intern(text);
        if let Some(used) = &mut self.used {
            used.add(name, &text);
        }
        self.known.insert(text, name);
        name
    }
}

/// The frozen table.
#[derive(Clone, Default)]
pub struct Names {
    ids: FxHashMap<Arc<str>, Name>,
    texts: Vec<Arc<str>>,
    /// Names that the project gives another meaning: how they are spelled, and the meaning if it is that
    /// of a value.
    said: FxHashMap<Name, (Name, Option<&'static Meaning>)>,
    /// The same by spelling and meaning.
    meant: FxHashMap<(Name, &'static str), Name>,
}

impl Names {
    /// The name of a text, a new one if there was none.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.ids.get(text) {
            return name;
        }
        let name = self.next();
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, name);
        name
    }

    fn next(&self) -> Name {
        Name(u32::try_from(self.texts.len()).expect("fewer than 2^32 identifiers"))
    }

    /// A name of its own for one that is spelled alike but means what `text` means to the analysis.
    pub fn mean(
        &mut self,
        spelled: Name,
        text: &'static str,
        meaning: Option<&'static Meaning>,
    ) -> Name {
        let key = (spelled, meaning.map_or(text, |meaning| meaning.id));
        if let Some(&name) = self.meant.get(&key) {
            return name;
        }
        let name = self.next();
        self.texts.push(Arc::from(text));
        self.said.insert(name, (spelled, meaning));
        self.meant.insert(key, name);
        name
    }

    /// A name as texts: how it is spelled, and what the project means by it if that is something else.
    pub fn as_texts(&self, name: Name) -> (&str, Option<&str>) {
        let meant = |&(_, meaning): &(Name, Option<&'static Meaning>)| {
            meaning.map_or_else(|| self.text(name), |meaning| meaning.id)
        };
        (self.spelled(name), self.said.get(&name).map(meant))
    }

    /// The name of such texts, a new one if nothing is spelled so; none if the project does not mean that by
    /// it.
    pub fn of_texts(&mut self, (spelled, meant): (&str, Option<&str>)) -> Option<Name> {
        // What names are interned as is never raw.
        let spelled = (!spelled.starts_with("r#")).then(|| self.intern(spelled))?;
        match meant {
            None => Some(spelled),
            Some(meant) => self.meant.get(&(spelled, meant)).copied(),
        }
    }

    /// The meaning that the project gives to a value of this name.
    pub fn meaning(&self, name: Name) -> Option<&'static Meaning> {
        if self.said.is_empty() { None } else { self.said.get(&name)?.1 }
    }

    /// Whether two names are spelled alike, whatever they mean.
    pub fn are_alike(&self, a: Name, b: Name) -> bool {
        let plain = |name: Name| self.said.get(&name).map_or(name, |(spelled, _)| *spelled);
        a == b || !self.said.is_empty() && plain(a) == plain(b)
    }

    /// How a name is spelled in the code.
    pub fn spelled(&self, name: Name) -> &str {
        self.said.get(&name).map_or_else(|| self.text(name), |(spelled, _)| self.text(*spelled))
    }

    /// The text of a name: what it means, where the project says so.
    pub fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }

    /// The name of a text, if any file used it.
    pub fn find(&self, text: &str) -> Option<Name> {
        let name = self.ids.get(text).copied();
        if name.is_none() {
            asks_unknown(text);
        }
        name
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
