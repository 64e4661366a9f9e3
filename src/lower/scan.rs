//! A scanner over the bytes of a source file, for what has to be known before the parse.
//!
//! It knows just enough of Rust's lexical structure not to take a bracket in a comment, a string
//! or a character for one in the code.

use memchr::{memchr, memchr2};

/// End of the comment, literal or word that starts at `i`; `None` if something else does.
pub(super) fn skip(bytes: &[u8], i: usize) -> Option<usize> {
    match *bytes.get(i)? {
        b'/' if bytes.get(i + 1) == Some(&b'/') => Some(line_comment(bytes, i)),
        b'/' if bytes.get(i + 1) == Some(&b'*') => Some(block_comment(bytes, i)),
        b'"' => Some(string(bytes, i + 1)),
        b'\'' => Some(character(bytes, i)),
        b if is_word(b) => Some(word(bytes, i)),
        _ => None,
    }
}

/// Which bytes may be part of a name or number: most of what is read is.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = (b as u8).is_ascii_alphanumeric() || b as u8 == b'_' || b >= 0x80;
        b += 1;
    }
    table
};

/// Whether a byte may be part of a name or number.
pub(super) fn is_word(b: u8) -> bool {
    IS_WORD[usize::from(b)]
}

/// End of a name or number; of the whole literal where the name is a raw string's prefix.
fn word(bytes: &[u8], i: usize) -> usize {
    let length = bytes[i..].iter().position(|&b| !is_word(b));
    let end = length.map_or(bytes.len(), |length| i + length);
    if bytes[end - 1] != b'r' || !matches!(bytes.get(end), Some(b'"' | b'#')) {
        return end;
    }
    // White space and marks beyond ASCII end a name, too.
    let name = bytes[i..end].iter().rposition(|&b| b >= 0x80).map_or(i, |last| i + last + 1);
    match &bytes[name..end] {
        b"r" | b"br" | b"cr" => raw_string(bytes, end).unwrap_or(end),
        _ => end,
    }
}

/// Skips white space and comments.
pub(super) fn blanks(bytes: &[u8], mut i: usize) -> usize {
    loop {
        match bytes.get(i) {
            Some(b) if b.is_ascii_whitespace() => i += 1,
            Some(b'/') if matches!(bytes.get(i + 1), Some(b'/' | b'*')) => {
                i = skip(bytes, i).unwrap_or(i + 1);
            }
            _ => return i,
        }
    }
}

/// Where the code starts: behind a `#!` line, which is no `#![attribute]`.
pub(super) fn after_shebang(bytes: &[u8]) -> usize {
    let shebang = bytes.starts_with(b"#!") && bytes.get(blanks(bytes, 2)) != Some(&b'[');
    if shebang { line_comment(bytes, 0) } else { 0 }
}

fn line_comment(bytes: &[u8], i: usize) -> usize {
    memchr(b'\n', &bytes[i..]).map_or(bytes.len(), |length| i + length)
}

fn block_comment(bytes: &[u8], mut i: usize) -> usize {
    let mut depth = 0usize;
    while let Some(at) = memchr2(b'/', b'*', &bytes[i..]) {
        i += at;
        match (bytes[i], bytes.get(i + 1)) {
            (b'/', Some(b'*')) => depth += 1,
            (b'*', Some(b'/')) if depth == 1 => return i + 2,
            (b'*', Some(b'/')) => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
    }
    bytes.len()
}

fn string(bytes: &[u8], mut i: usize) -> usize {
    while let Some(at) = bytes.get(i..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        i += at;
        if bytes[i] == b'"' {
            return i + 1;
        }
        i += 2;
    }
    bytes.len()
}

/// End of a raw string whose hashes start at `i`, if one does.
fn raw_string(bytes: &[u8], i: usize) -> Option<usize> {
    let hashes = bytes[i..].iter().take_while(|&&b| b == b'#').count();
    let open = i + hashes;
    // The language allows no more hashes.
    if hashes > 255 || bytes.get(open) != Some(&b'"') {
        return None;
    }
    let closes = |end: &usize| {
        let after = bytes[end + 1..].iter().take(hashes);
        bytes[*end] == b'"' && after.filter(|&&b| b == b'#').count() == hashes
    };
    let end = (open + 1..bytes.len()).find(closes);
    Some(end.map_or(bytes.len(), |end| end + 1 + hashes))
}

/// End of a character literal, or of the quote of a lifetime.
fn character(bytes: &[u8], i: usize) -> usize {
    match bytes.get(i + 1) {
        Some(b'\\') => {
            let mut end = i + 3;
            while end < bytes.len() && bytes[end] != b'\'' && bytes[end] != b'\n' {
                end += 1;
            }
            (end + 1).min(bytes.len())
        }
        Some(_) => {
            // A character has at most four bytes before its closing quote.
            let close = (i + 2..=i + 5).find(|&j| bytes.get(j) == Some(&b'\''));
            let one = |j: &usize| {
                std::str::from_utf8(&bytes[i + 1..*j]).is_ok_and(|s| s.chars().count() == 1)
            };
            close.filter(one).map_or(i + 1, |j| j + 1)
        }
        None => i + 1,
    }
}
