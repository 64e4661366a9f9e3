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
    /// Where the searched tail of each starts.
    offsets: Vec<usize>,
    packed: Option<packed::Searcher>,
    /// Where the processor has no such instructions, or there are too many literals.
    automaton: Option<AhoCorasick>,
}

/// A place where a literal probably stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// Which one: its position.
    pub(super) literal: usize,
    /// A byte of it.
    pub(super) inside: usize,
    /// Where it starts, if it stands there.
    pub(super) start: Option<usize>,
}

impl Search {
    /// Takes literals of at least [`FINGERPRINT`] bytes.
    pub(super) fn new(literals: &[&str]) -> Self {
        let offsets = offsets(literals);
        let tails: Vec<&str> = literals.iter().zip(&offsets).map(|(text, &offset)| &text[offset..]).collect();
        let mut config = packed::Config::new();
        let packed = config.heuristic_pattern_limits(false).builder().extend(&tails).build();
        let automaton = || AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&tails).ok();
        let automaton = if packed.is_some() { None } else { automaton() };
        Search { offsets, packed, automaton }
    }

    /// The first place from a byte on.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<Hit> {
        let found = match (&self.packed, &self.automaton) {
            (Some(packed), _) => packed.find_in(text, Span { start: from, end: text.len() }),
            (None, Some(automaton)) => automaton.find(aho_corasick::Input::new(text).range(from..)),
            (None, None) => None,
        }?;
        let literal = found.pattern().as_usize();
        Some(Hit { literal, inside: found.start(), start: found.start().checked_sub(self.offsets[literal]) })
    }
}

/// For each literal where its searched tail starts: greedily, the four bytes that most of the rest have, for their rarity.
fn offsets(literals: &[&str]) -> Vec<usize> {
    let mut offsets = vec![None; literals.len()];
    loop {
        let open = || literals.iter().zip(&offsets).filter(|(_, offset)| offset.is_none()).map(|(text, _)| *text);
        let all = open().flat_map(|text| text.as_bytes().windows(FINGERPRINT));
        let value = |bytes: &[u8]| {
            let shared = open().filter(|text| at(text, bytes).is_some()).count() as u64;
            // Sharing is worth less than rarity: each place where the bytes stand costs a look.
            (shared + 1) * 100_000 / frequency(bytes)
        };
        let Some(best) = all.max_by_key(|bytes| (value(bytes), *bytes)).map(<[u8]>::to_vec) else { break };
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
        let literals = ["appendEntries rejected", "failed to appendEntries to", "MsgAppResp(", "äöüß"];
        let search = Search::new(&literals);
        for (number, literal) in literals.iter().enumerate() {
            for around in ["", "x", &"ordinary text ".repeat(20)] {
                let text = format!("{around}{literal}{around}");
                let hit = search.find(text.as_bytes(), 0).expect("it is there");
                assert_eq!((hit.literal, hit.start), (number, Some(around.len())), "{text}");
            }
        }
        assert!(search.find(b"nothing of it", 0).is_none());
        let at_start = search.find(b"Entries rejected", 0);
        assert!(at_start.is_none_or(|hit| hit.start.is_none()), "only a tail of it stands there");
    }

    #[test]
    fn tails_start_with_rare_bytes_and_share_them() {
        let literals = ["appendEntries rejected", "failed to appendEntries to", "AppendEntries"];
        let offsets = offsets(&literals);
        let starts: Vec<&str> =
            literals.iter().zip(offsets).map(|(text, offset)| &text[offset..offset + FINGERPRINT]).collect();
        assert_eq!(starts, ["dEnt"; 3]);
    }
}
