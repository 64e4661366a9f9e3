//! Finds the few places among gigabytes where a literal of a pattern stands.
//!
//! Takes the literals once; gives places in blocks of lines. All literals are searched in one pass of vector instructions,
//! which looks at four bytes of each: so of each literal only its tail from its rarest four bytes on is searched, and
//! literals share these four bytes where they can. Who gets a place has to look whether the whole literal stands there.

use aho_corasick::{AhoCorasick, MatchKind, Span, packed};

/// So many bytes tell a literal from other text.
pub(super) const FINGERPRINT: usize = 4;

/// All literals, ready to search.
#[derive(Debug)]
pub(super) struct Search {
    literals: Vec<Box<str>>,
    /// Where the searched tail of each starts.
    offsets: Vec<usize>,
    /// For each literal those that share its fingerprint: where one is found, any of them may stand.
    groups: Vec<Vec<usize>>,
    packed: Option<packed::Searcher>,
    /// Where the processor has no such instructions, or there are too many literals.
    automaton: Option<AhoCorasick>,
}

/// A place where literals stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// A byte of it.
    pub(super) inside: usize,
    /// One of them, for [`Search::standing`].
    group: usize,
    /// The first literal that stands there, with its start.
    pub(super) first: (usize, usize),
}

impl Search {
    /// Takes literals of at least [`FINGERPRINT`] bytes.
    pub(super) fn new(literals: &[&str]) -> Self {
        let offsets = offsets(literals);
        let tails: Vec<&str> =
            literals.iter().zip(&offsets).map(|(text, &offset)| &text[offset..]).collect();
        let fingerprint = |number: usize| &tails[number].as_bytes()[..FINGERPRINT];
        let all = 0..literals.len();
        let group = |one: usize| {
            all.clone().filter(|&other| fingerprint(other) == fingerprint(one)).collect()
        };
        let groups = all.clone().map(group).collect();
        let mut config = packed::Config::new();
        let packed = config.heuristic_pattern_limits(false).builder().extend(&tails).build();
        let automaton =
            || AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&tails).ok();
        let automaton = if packed.is_some() { None } else { automaton() };
        let literals = literals.iter().map(|&literal| literal.into()).collect();
        Search { literals, offsets, groups, packed, automaton }
    }

    /// The first place from a byte on.
    pub(super) fn find(&self, text: &[u8], mut from: usize) -> Option<Hit> {
        loop {
            let found = match (&self.packed, &self.automaton) {
                (Some(packed), _) => packed.find_in(text, Span { start: from, end: text.len() }),
                (None, Some(automaton)) => {
                    automaton.find(aho_corasick::Input::new(text).range(from..))
                }
                (None, None) => None,
            }?;
            let (inside, group) = (found.start(), found.pattern().as_usize());
            if let Some(first) = self.standing_at(text, inside, group).next() {
                return Some(Hit { inside, group, first });
            }
            from = inside + 1;
        }
    }

    /// The literals that stand at a place, each with its start.
    pub(super) fn standing(&self, text: &[u8], hit: Hit) -> impl Iterator<Item = (usize, usize)> {
        self.standing_at(text, hit.inside, hit.group)
    }

    fn standing_at(
        &self,
        text: &[u8],
        inside: usize,
        group: usize,
    ) -> impl Iterator<Item = (usize, usize)> {
        self.groups[group].iter().filter_map(move |&literal| {
            let start = inside.checked_sub(self.offsets[literal])?;
            let wanted = self.literals[literal].as_bytes();
            // Most of a group differ at once, and to compare whole texts is a call.
            (text.get(start) == wanted.first() && text[start..].starts_with(wanted))
                .then_some((literal, start))
        })
    }
}

/// For each literal where its searched tail starts: greedily, the four bytes that most of the rest have, for their rarity.
fn offsets(literals: &[&str]) -> Vec<usize> {
    let mut offsets = vec![None; literals.len()];
    loop {
        let open = || {
            literals
                .iter()
                .zip(&offsets)
                .filter(|(_, offset)| offset.is_none())
                .map(|(text, _)| *text)
        };
        let all = open().flat_map(|text| text.as_bytes().windows(FINGERPRINT));
        let value = |bytes: &[u8]| {
            let shared = open().filter(|text| at(text, bytes).is_some()).count() as u64;
            // Sharing is worth less than rarity: each place where the bytes stand costs a look.
            (shared + 1) * 100_000 / frequency(bytes)
        };
        let Some(best) = all.max_by_key(|bytes| (value(bytes), *bytes)).map(<[u8]>::to_vec) else {
            break;
        };
        for (text, offset) in literals.iter().zip(&mut offsets) {
            if offset.is_none() {
                *offset = at(text, &best);
            }
        }
    }
    offsets.into_iter().map(Option::unwrap_or_default).collect()
}

/// Where these bytes stand in a literal, at the border of a character.
fn at(text: &str, bytes: &[u8]) -> Option<usize> {
    let at = text.as_bytes().windows(bytes.len()).position(|window| window == bytes)?;
    text.is_char_boundary(at).then_some(at)
}

/// Roughly how often bytes stand in logs: only the order counts.
fn frequency(bytes: &[u8]) -> u64 {
    let of = |byte: &u8| match byte {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'0'..=b'9' => 10,
        b'l' | b'd' | b'c' | b'm' | b'u' | b'p' | b'h' | b'f' | b'g' => 6,
        b':' | b'=' | b'.' | b'-' | b'/' | b'[' | b']' | b'_' | b',' => 5,
        b'a'..=b'z' => 3,
        _ => 2,
    };
    bytes.iter().map(of).product()
}

#[cfg(test)]
mod tests {
    use super::{FINGERPRINT, Search, offsets};

    #[test]
    fn each_literal_is_found_where_it_stands() {
        let literals = [
            "appendEntries rejected",
            "failed to appendEntries to",
            "MsgAppResp(",
            "restored snapshot",
            "ignored snapshot",
        ];
        let search = Search::new(&literals);
        for (number, literal) in literals.iter().enumerate() {
            for around in ["", "x", &"ordinary text ".repeat(20)] {
                let text = format!("{around}{literal}{around}");
                let hit = search.find(text.as_bytes(), 0).expect("it is there");
                let standing: Vec<_> = search.standing(text.as_bytes(), hit).collect();
                assert_eq!(standing, [(number, around.len())], "{text}");
            }
        }
        for text in ["nothing of it", "Entries rejected", "restored snap", "stored snapshot"] {
            assert!(search.find(text.as_bytes(), 0).is_none(), "{text}");
        }
    }

    #[test]
    fn literals_at_one_place_are_all_found() {
        let search = Search::new(&["appendEntries rejected", "appendEntries rejected, sending"]);
        let text = b"appendEntries rejected, sending older logs";
        let hit = search.find(text, 0).expect("it is there");
        assert_eq!(search.standing(text, hit).count(), 2);
    }

    #[test]
    fn tails_share_their_first_bytes() {
        let literals = ["appendEntries rejected", "failed to appendEntries to", "AppendEntries"];
        let offsets = offsets(&literals);
        let starts: Vec<&str> = literals
            .iter()
            .zip(offsets)
            .map(|(text, offset)| &text[offset..offset + FINGERPRINT])
            .collect();
        assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}");
    }
}
