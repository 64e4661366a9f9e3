//! The receiver of a method call that stands on a line of its own.
//!
//! A place in a chain over several lines starts at the method, for people; what identifies it must not
//! depend on where a formatter breaks the line.

/// How far a receiver is looked for.
const MAX_BYTES: usize = 4096;

/// Where the expression starts that a place at `start` is the last method call of; `start` itself if
/// nothing with a dot stands in front of it. A bracket in a string can end the search too early, which
/// is the same in every version of the text.
pub(super) fn start(text: &str, start: usize) -> usize {
    let Some(before) = text.as_bytes().get(start.saturating_sub(MAX_BYTES)..start) else {
        return start;
    };
    let offset = start - before.len();
    let mut at = before.len();
    while let Some(operand) = operand(before, dot(before, at)) {
        at = operand;
    }
    let mut found = offset + at;
    while !text.is_char_boundary(found) {
        found += 1;
    }
    found
}

fn without_blanks(bytes: &[u8], at: usize) -> usize {
    bytes[..at].trim_ascii_end().len()
}

/// Where the dot in front of a position stands, which is none of a range.
fn dot(bytes: &[u8], at: usize) -> Option<usize> {
    let end = without_blanks(bytes, at);
    let is_dot = |i: Option<usize>| i.is_some_and(|i| bytes[i] == b'.');
    (is_dot(end.checked_sub(1)) && !is_dot(end.checked_sub(2))).then(|| end - 1)
}

/// Where the operand starts that ends at a position: `a::b`, `f(x)`, `x[i]`, `x?`.
fn operand(bytes: &[u8], end: Option<usize>) -> Option<usize> {
    let end = without_blanks(bytes, end?);
    let mut at = end;
    loop {
        match at.checked_sub(1).map(|last| bytes[last]) {
            Some(b'?') => at -= 1,
            Some(b')' | b']') => at = opening(bytes, at)?,
            Some(b':') if at >= 2 && bytes[at - 2] == b':' => at -= 2,
            Some(b) if is_word(b) => {
                at -= bytes[..at].iter().rev().take_while(|b| is_word(**b)).count();
                // A path goes on, a name ends the operand.
                if !bytes[..at].ends_with(b"::") {
                    return Some(at);
                }
            }
            _ => return (at < end).then_some(at),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Where the bracket opens that closes in front of a position.
fn opening(bytes: &[u8], end: usize) -> Option<usize> {
    let mut depth = 0usize;
    for at in (0..end).rev() {
        match bytes[at] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::start;

    #[test]
    fn chains_start_at_their_receiver() {
        for (text, expected) in [
            ("let x = self.log\n    .", "self.log\n    ."),
            ("a(); self.raft.lock().await?.log[i]\n .", "self.raft.lock().await?.log[i]\n ."),
            ("f(Store::of(a, b).get(0)\n.", "Store::of(a, b).get(0)\n."),
            ("return (a + b)\n.", "(a + b)\n."),
            ("x = 0..", ""),
            ("x = ", ""),
            (")\n.", ""),
        ] {
            assert_eq!(&text[start(text, text.len())..], expected, "{text}");
        }
    }
}
