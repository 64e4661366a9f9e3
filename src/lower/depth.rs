//! A flat scan that refuses sources whose nesting would overflow the parser's stack.
//!
//! A stack overflow aborts the process and cannot be caught, so the limits are checked before the
//! parse. Two shapes recurse: brackets, and long runs of operators at one level (`!!!!x`,
//! `a = a = a`, `1 + 1 + …`), which have no brackets at all.

use super::scan;

/// Deepest bracket nesting that is parsed.
const MAX_DEPTH: usize = 500;
/// Longest run of tokens between separators at one bracket level that is parsed.
const MAX_RUN: usize = 20_000;

/// Why a text is not parsed, if so. Strings, characters and comments are skipped.
pub(super) fn too_deep(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut runs: Vec<usize> = vec![0];
    let mut i = scan::after_shebang(bytes);
    while i < bytes.len() {
        match bytes[i] {
            b'(' | b'[' | b'{' => {
                if runs.len() > MAX_DEPTH {
                    return Some(format!("brackets nest deeper than {MAX_DEPTH}"));
                }
                runs.push(0);
            }
            b')' | b']' | b'}' => {
                if runs.len() > 1 {
                    runs.pop();
                }
                if bytes[i] == b'}' && !goes_on(bytes, i + 1) {
                    *runs.last_mut()? = 0;
                }
            }
            b';' | b',' => *runs.last_mut()? = 0,
            b if b.is_ascii_whitespace() || matches!(b, b'"' | b'\'') => {}
            b'/' if matches!(bytes.get(i + 1), Some(b'/' | b'*')) => {}
            _ => {
                let run = runs.last_mut()?;
                *run += 1;
                if *run > MAX_RUN {
                    return Some(format!("more than {MAX_RUN} tokens in one expression"));
                }
            }
        }
        i = scan::skip(bytes, i).unwrap_or(i + 1);
    }
    None
}

/// Whether what follows a block may belong to the same expression.
fn goes_on(bytes: &[u8], i: usize) -> bool {
    let rest = &bytes[scan::blanks(bytes, i)..];
    let operator = rest.first().is_some_and(|b| b"=+-*/%&|^<>.?".contains(b));
    operator || rest.starts_with(b"else") || rest.starts_with(b"as ")
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
    fn blocks_in_an_expression_do_not_end_it() {
        assert!(too_deep(&format!("fn f() {{ x {}; }}", "= {} ".repeat(100_000))).is_some());
        assert_eq!(too_deep(&format!("fn f() {{ {} }}", "if x {} ".repeat(100_000))), None);
    }

    #[test]
    fn quotes_in_odd_places_open_no_string() {
        let deep = "(".repeat(1_000);
        assert!(too_deep(&format!("#!/usr/bin/env x\"\n{deep}")).is_some());
        assert!(too_deep(&format!("fn f() {{ a =\u{a0}r\"\\\"; {deep}")).is_some());
    }

    #[test]
    fn brackets_in_raw_strings_do_not_count() {
        assert_eq!(too_deep(&format!("const S: &str = r#\"{}\"#;", "(".repeat(1_000))), None);
    }
}
