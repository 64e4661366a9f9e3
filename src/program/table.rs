//! What is looked up by a name; whoever looks tells the thread that does ([`crate::ir::read`]).

use rustc_hash::FxHashMap;

use crate::ir::Name;
use crate::ir::read::asks;

/// Definitions by name.
pub(super) struct Table<V>(FxHashMap<Name, V>);

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table(FxHashMap::default())
    }
}

impl<V> Table<V> {
    /// What is defined by a name.
    pub(super) fn get(&self, name: &Name) -> Option<&V> {
        asks(*name);
        self.0.get(name)
    }

    /// Whether anything is.
    pub(super) fn contains_key(&self, name: &Name) -> bool {
        self.get(name).is_some()
    }

    /// The place for another definition.
    pub(super) fn add(&mut self, name: Name) -> &mut V
    where
        V: Default,
    {
        self.0.entry(name).or_default()
    }
}
