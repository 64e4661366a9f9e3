//! Mutants: texts of which parts are gone, doubled, in another place, or none of theirs.

use fastrand::Rng;

/// What is moved around.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    /// Words, marks and lines: what comes out has much of the form that it had.
    Token,
    /// Any bytes.
    Byte,
}

/// Bytes that mean something to somebody.
const ODD: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b"\x1b[2J",
    b"\"",
    b"'",
    b"//",
    b"/*",
    b"*/",
    b"r#\"",
    b"{",
    b"}",
    b"(",
    b")",
    b"<",
    b">",
    b"#[cfg(test)]",
    b"18446744073709551616",
    b"-1",
    b"raft-lint:",
    b"\\",
    b"=",
    b"[[",
    b"]]",
    b"$",
    b"!",
    b"..",
    b"::",
    b"\xf0\x9f\x98\x80",
];

/// One of the texts, changed in a few places.
pub(super) fn mutant(rng: &mut Rng, texts: &[String], unit: Unit) -> Vec<u8> {
    let text = rng.choice(texts).map_or("", String::as_str);
    let mut parts: Vec<&[u8]> = match unit {
        Unit::Token if rng.u8(..3) == 0 => text.split_inclusive('\n').map(str::as_bytes).collect(),
        Unit::Token => tokens(text),
        Unit::Byte => text.as_bytes().chunks(1).collect(),
    };
    let other = rng.choice(texts).map(|text| tokens(text)).unwrap_or_default();
    for _ in 0..rng.usize(1..12) {
        if parts.is_empty() {
            break;
        }
        let at = rng.usize(..parts.len());
        let to = rng.usize(..parts.len());
        match rng.u8(..8) {
            0 => drop(parts.remove(at)),
            1 => parts.insert(to, parts[at]),
            2 => parts.swap(at, to),
            3 => parts[at] = parts[to],
            4 => parts.insert(at, rng.choice(ODD).copied().unwrap_or_default()),
            5 => parts[at] = rng.choice(&other).copied().unwrap_or_default(),
            6 => drop(parts.drain(at..(at + rng.usize(..40)).min(parts.len()))),
            _ => {
                let copied = parts[at..(at + rng.usize(..40)).min(parts.len())].to_vec();
                parts.splice(to..to, copied);
            }
        }
    }
    parts.concat()
}

/// Words with what follows, and marks each by itself.
fn tokens(text: &str) -> Vec<&[u8]> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match is_word(first) {
            true => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token.as_bytes());
        rest = after;
    }
    tokens
}
