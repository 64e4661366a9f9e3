//! What makes a finding the same one in another version of the code: no line numbers.

use crate::source::{Place, Sources};

/// The effect's text without whitespace, so that formatting does not change its identity.
pub fn normalised(sources: &Sources, place: Place) -> String {
    sources.snippet(place).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// FNV-1a with 64 bits: defined here, the same in every build and release.
pub fn fingerprint(identity: &str, ordinal: usize) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in identity.bytes().chain(ordinal.to_string().bytes()) {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}
