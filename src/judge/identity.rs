//! What makes an obligation the same one in another version of the code: no line numbers, no file,
//! no formatting.
//!
//! Takes what an obligation is about; gives its fingerprint. The package counts by its name, so that the
//! fingerprint does not depend on where a check is started.

use super::receiver;
use crate::source::{Place, Sources};
use crate::tokens;

/// The effect's text without what a formatter changes.
pub fn normalised(sources: &Sources, place: Place) -> String {
    let text = &sources.file(place.file).text;
    let start = receiver::start(text, place.span.start as usize);
    tokens::normalised(text.get(start..place.span.end as usize).unwrap_or(""))
}

/// What tells effects apart; those that have the same are numbered. The parts are separated by what none
/// of them holds. Module and file are left out: a function is more often moved to another file than there
/// are two with one name and one effect in a package, and of these only the numbers can change places.
pub fn identity(rule: &str, package: &str, function: &str, effect: &str) -> String {
    [rule, package, function, effect].join("\0")
}

/// The hash of an identity and its number.
pub fn fingerprint(identity: &str, ordinal: usize) -> String {
    hash(&format!("{identity}\0{ordinal}"))
}

/// FNV-1a with 64 bits: defined here, the same in every build and release.
pub fn hash(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::identity;

    #[test]
    fn a_bar_in_a_name_is_no_separator() {
        assert_ne!(identity("r", "a|b", "c", "e"), identity("r", "a", "b|c", "e"));
    }
}
