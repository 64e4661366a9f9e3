//! Which names mean the same node: what lines call it, and what the file or container is called that it writes to.
//!
//! A line that names its own node teaches what its writer is called. Where no line does, a writer `raft-4` or `n4` is the node
//! that others call `4`. A file with the lines of several nodes is nobody's.

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::{Name, Names};

/// Among more nodes than this, no name is looked for in a writer's.
const MAX_SEARCHED: usize = 256;

/// What was learned.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// A writer's name in lines; `None` if it has several.
    learned: FxHashMap<Name, Option<Name>>,
    /// Names that lines use.
    named: FxHashSet<Name>,
}

impl Nodes {
    /// A line names its own node.
    pub fn learn(&mut self, writer: Option<Name>, own: Name) {
        self.named.insert(own);
        if let Some(writer) = writer {
            let known = self.learned.entry(writer).or_insert(Some(own));
            if *known != Some(own) {
                *known = None;
            }
        }
    }

    /// A line names another node.
    pub fn mention(&mut self, other: Name) {
        self.named.insert(other);
    }

    /// The node that writes there.
    pub fn of_writer(&self, writer: Name, names: &Names) -> Option<Name> {
        match self.learned.get(&writer) {
            Some(learned) => *learned,
            None => Some(self.called(writer, names).unwrap_or(writer)),
        }
    }

    /// The only one of the named nodes whose name stands in a writer's.
    fn called(&self, writer: Name, names: &Names) -> Option<Name> {
        if self.named.contains(&writer) {
            return Some(writer);
        }
        if self.named.len() > MAX_SEARCHED {
            return None;
        }
        let writer = names.text(writer);
        let mut fitting =
            self.named.iter().copied().filter(|&name| stands_in(names.text(name), writer));
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

/// Whether a node's name is a word of a writer's name, or both end in the same number: `n3` writes `node-3.log`.
fn stands_in(node: &str, writer: &str) -> bool {
    let mut words = writer.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| !node.is_empty() && word.eq_ignore_ascii_case(node))
        || number(node).is_some_and(|own| number(writer) == Some(own))
}

/// The number at the end of a name, without leading zeros.
fn number(name: &str) -> Option<&str> {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let number = name[digits..].trim_start_matches('0');
    (!number.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::stands_in;

    #[test]
    fn a_writer_is_called_by_a_word_or_its_number() {
        assert!(stands_in("4", "node-4"));
        assert!(stands_in("4", "n4"));
        assert!(stands_in("n4", "node-04"));
        assert!(stands_in("n4", "cluster/n4"));
        assert!(!stands_in("4", "n14"));
        assert!(!stands_in("", "n4"));
        assert!(!stands_in("4", ""));
    }
}
