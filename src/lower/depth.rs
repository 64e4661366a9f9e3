//! A flat scan that refuses sources whose nesting would overflow the parser's stack.
//!
//! A stack overflow aborts the process and cannot be caught, so the limits are checked before the
//! parse. Two shapes recurse: brackets, and long runs of operators at one level (`!!!!x`,
//! `a = a = a`, `1 + 1 + …`), which have no brackets at all.

/// Deepest bracket nesting that is parsed.
const MAX_DEPTH: usize = 500;
/// Longest run of tokens between separators at one bracket level that is parsed.
const MAX_RUN: usize = 20_000;

/// Why a text is not parsed, if so. Strings, characters and comments are skipped.
pub(super) fn too_deep(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut runs: Vec<usize> = vec![0];
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'/' if bytes.get(i + 1) == Some(&b'/') => i = skip_line(bytes, i),
            b'/' if bytes.get(i + 1) == Some(&b'*') => i = skip_block_comment(bytes, i),
            b'"' => i = skip_string(bytes, i + 1),
            b'r' if raw_string(bytes, i).is_some() => i = raw_string(bytes, i)?,
            b'\'' => i = skip_char(bytes, i),
            b'(' | b'[' | b'{' => {
                if runs.len() > MAX_DEPTH {
                    return Some(format!("brackets nest deeper than {MAX_DEPTH}"));
                }
                runs.push(0);
                i += 1;
            }
            b')' | b']' | b'}' => {
                if runs.len() > 1 {
                    runs.pop();
                }
                if bytes[i] == b'}' {
                    *runs.last_mut()? = 0;
                }
                i += 1;
            }
            b';' | b',' => {
                *runs.last_mut()? = 0;
                i += 1;
            }
            b if b.is_ascii_whitespace() => i += 1,
            b => {
                let run = runs.last_mut()?;
                *run += 1;
                if *run > MAX_RUN {
                    return Some(format!("more than {MAX_RUN} tokens in one expression"));
                }
                i += 1;
                if b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80 {
                    while bytes
                        .get(i)
                        .is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80)
                    {
                        i += 1;
                    }
                }
            }
        }
    }
    None
}

fn skip_line(bytes: &[u8], mut i: usize) -> usize {
    while i < bytes.len() && bytes[i] != b'\n' {
        i += 1;
    }
    i
}

fn skip_block_comment(bytes: &[u8], mut i: usize) -> usize {
    let mut depth = 0usize;
    while i < bytes.len() {
        if bytes[i..].starts_with(b"/*") {
            depth += 1;
            i += 2;
        } else if bytes[i..].starts_with(b"*/") {
            depth -= 1;
            i += 2;
            if depth == 0 {
                break;
            }
        } else {
            i += 1;
        }
    }
    i
}

fn skip_string(bytes: &[u8], mut i: usize) -> usize {
    while i < bytes.len() && bytes[i] != b'"' {
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    i + 1
}

/// End of a raw string that starts at `i`, if one does.
fn raw_string(bytes: &[u8], i: usize) -> Option<usize> {
    let hashes = bytes[i + 1..].iter().take_while(|&&b| b == b'#').count();
    let open = i + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let mut end = open + 1;
    while end < bytes.len() {
        if bytes[end] == b'"'
            && bytes[end + 1..].iter().take(hashes).filter(|&&b| b == b'#').count() == hashes
        {
            return Some(end + 1 + hashes);
        }
        end += 1;
    }
    Some(end)
}

/// A character literal, or the quote of a lifetime.
fn skip_char(bytes: &[u8], i: usize) -> usize {
    match bytes.get(i + 1) {
        Some(b'\\') => {
            let mut end = i + 3;
            while end < bytes.len() && bytes[end] != b'\'' && bytes[end] != b'\n' {
                end += 1;
            }
            end + 1
        }
        Some(_) => {
            // A character has at most four bytes before its closing quote.
            let close = (i + 2..=i + 5).find(|&j| bytes.get(j) == Some(&b'\''));
            match close {
                Some(j)
                    if std::str::from_utf8(&bytes[i + 1..j])
                        .is_ok_and(|s| s.chars().count() == 1) =>
                {
                    j + 1
                }
                _ => i + 1,
            }
        }
        None => i + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn ordinary_code_passes() {
        assert_eq!(too_deep("fn f<'a>(x: &'a str) -> char { let _ = \"(((\"; '(' } // ((("), None);
    }

    #[test]
    fn deep_brackets_are_refused() {
        assert!(too_deep(&"(".repeat(1_000)).is_some());
    }

    #[test]
    fn long_operator_runs_are_refused() {
        assert!(too_deep(&format!("fn f() {{ {}x }}", "!".repeat(100_000))).is_some());
    }

    #[test]
    fn brackets_in_raw_strings_do_not_count() {
        assert_eq!(too_deep(&format!("const S: &str = r#\"{}\"#;", "(".repeat(1_000))), None);
    }
}
