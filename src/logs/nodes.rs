//! Which names mean the same node: what lines call it, and what the file or container is called that it writes to.
//!
//! From what is surest to what is least: a line names its own node; a writer is called as a node is, or has its name as a word;
//! its lines were joined with the lines about a node by what they say; and both end in the same number, if that fits for every
//! node that is named. Where nothing fits, or several do, a writer stays a stranger: the wrong node must not be accused.

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::{Name, Names};

/// Among more nodes or writers than this, no name is looked for.
const MAX_SEARCHED: usize = 256;
/// So many lines have to be joined before a writer is taken for a node.
const JOINED: u32 = 3;

/// What was learned.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// A writer's name in lines; `None` if it has several.
    learned: FxHashMap<Name, Option<Name>>,
    /// The node whose lines a writer's were joined with, and how often.
    joined: FxHashMap<Name, (Name, u32)>,
    /// Names that lines use, in the order in which they came.
    named: Vec<Name>,
    is_named: FxHashSet<Name>,
    /// Names of files and containers.
    writers: Vec<Name>,
    /// What was found out for a writer, until something new is known.
    found: FxHashMap<Name, Option<Name>>,
}

impl Nodes {
    /// A line was written there.
    pub fn see(&mut self, writer: Name) {
        if self.writers.len() < MAX_SEARCHED && !self.writers.contains(&writer) {
            self.writers.push(writer);
            self.found.clear();
        }
    }

    /// A line names its own node.
    pub fn learn(&mut self, writer: Option<Name>, own: Name) {
        self.mention(own);
        if let Some(writer) = writer {
            let known = self.learned.entry(writer).or_insert(Some(own));
            if *known != Some(own) {
                *known = None;
            }
        }
    }

    /// A line names another node.
    pub fn mention(&mut self, other: Name) {
        if self.is_named.len() <= MAX_SEARCHED && self.is_named.insert(other) {
            self.named.push(other);
            self.found.clear();
        }
    }

    /// A writer's line was joined with one about a node by what both say.
    pub fn join(&mut self, writer: Name, node: Name) {
        let (known, times) = self.joined.entry(writer).or_insert((node, 0));
        if *known == node {
            *times = times.saturating_add(1);
            if *times == JOINED {
                self.found.remove(&writer);
            }
        } else {
            *times = 0; // not the same each time: nothing is learned
        }
    }

    /// The node that writes there, if that is known.
    pub fn of_writer(&mut self, writer: Name, names: &Names) -> Option<Name> {
        if let Some(learned) = self.learned.get(&writer) {
            return *learned;
        }
        if let Some(found) = self.found.get(&writer) {
            return *found;
        }
        let joined = self.joined.get(&writer).filter(|(_, times)| *times >= JOINED);
        let joined = joined.map(|(node, _)| *node);
        let found = self.called(writer, names).or(joined).or_else(|| self.numbered(writer, names));
        self.found.insert(writer, found);
        found
    }

    /// The only named node whose name is a writer's, or a word of it.
    fn called(&self, writer: Name, names: &Names) -> Option<Name> {
        if self.is_named.contains(&writer) {
            return Some(writer);
        }
        if self.named.len() > MAX_SEARCHED {
            return None;
        }
        let writer = names.text(writer);
        let words = |node: &str| {
            writer.eq_ignore_ascii_case(node)
                || writer
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .any(|word| word.eq_ignore_ascii_case(node))
        };
        only(self.named.iter().copied().filter(|&node| words(names.text(node))))
    }

    /// The node that ends in the same number, if each named node has exactly one writer with its number.
    fn numbered(&self, writer: Name, names: &Names) -> Option<Name> {
        if self.named.len() > MAX_SEARCHED || self.writers.len() >= MAX_SEARCHED {
            return None;
        }
        let of = |name: Name| number(names.text(name));
        let fits = |&node: &Name| {
            of(node).is_some()
                && self.writers.iter().filter(|&&writer| of(writer) == of(node)).count() == 1
        };
        if !self.named.iter().all(fits) {
            return None;
        }
        let own = of(writer)?;
        only(self.named.iter().copied().filter(|&node| of(node) == Some(own)))
    }
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next();
    first.filter(|_| all.next().is_none())
}

/// The number at the end of a name, without leading zeros.
fn number(name: &str) -> Option<&str> {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let number = name[digits..].trim_start_matches('0');
    (digits < name.len()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::Nodes;
    use crate::logs::names::Names;

    /// The node that is found for each writer.
    fn found(named: &[&str], writers: &[&str]) -> Vec<String> {
        let (mut names, mut nodes) = (Names::default(), Nodes::default());
        named.iter().for_each(|name| nodes.mention(names.of(name)));
        writers.iter().for_each(|name| nodes.see(names.of(name)));
        let node = |name: &&str| {
            let writer = names.of(name);
            nodes
                .of_writer(writer, &names)
                .map_or("?".to_owned(), |node| names.text(node).to_owned())
        };
        writers.iter().map(node).collect()
    }

    #[test]
    fn a_writer_is_called_by_a_word_of_its_name() {
        assert_eq!(found(&["4", "n5"], &["node-4", "cluster/n5", "x-4-n5"]), ["4", "n5", "?"]);
        assert_eq!(found(&["vault-1"], &["vault-1"]), ["vault-1"]);
    }

    #[test]
    fn numbers_have_to_fit_for_all() {
        assert_eq!(found(&["n2", "n3"], &["node-1", "node-2", "node-03"]), ["?", "n2", "n3"]);
        assert_eq!(found(&["n2", "n3"], &["app-0", "app-1", "app-2"]), ["?", "?", "?"]);
        assert_eq!(found(&["n2", "x"], &["app-1", "app-2"]), ["?", "?"]);
    }

    #[test]
    fn lines_that_belong_together_tell_who_writes() {
        let (mut names, mut nodes) = (Names::default(), Nodes::default());
        let (writer, node, other) = (names.of("host-b"), names.of("n3"), names.of("n2"));
        nodes.see(writer);
        nodes.mention(node);
        (0..3).for_each(|_| nodes.join(writer, node));
        assert_eq!(nodes.of_writer(writer, &names), Some(node));
        nodes.join(writer, other);
        nodes.see(other);
        assert_eq!(nodes.of_writer(writer, &names), None);
    }
}
