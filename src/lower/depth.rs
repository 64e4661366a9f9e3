//! Refuses sources whose nesting would overflow the parser's stack.
//!
//! A stack overflow aborts the process and cannot be caught, so the limits are checked before the
//! parse. Two shapes recurse: brackets, and long runs of operators at one level (`!!!!x`,
//! `a = a = a`, `1 + 1 + …`, `f()()()…`), which nest without any bracket around them. What is counted are the
//! tokens that one expression, type or pattern may still go on from, on all levels together.

use super::scan;

/// Deepest bracket nesting that is parsed.
const MAX_DEPTH: usize = 500;
/// Longest run of tokens between separators, with those before the open brackets, that is parsed.
const MAX_RUN: usize = 20_000;
/// Most tokens of a file that is parsed: the parser takes some 300 bytes for each.
const MAX_TOKENS: usize = 2_000_000;
/// Longest number that is parsed: the parser's time grows with the square.
const MAX_DIGITS: usize = 1_000;

/// What stands between two brackets, as far as it was read.
#[derive(Default)]
struct Level {
    /// The tokens since the last separator.
    run: usize,
    /// How many `<` may be open: a comma between them separates arguments of one type.
    angles: usize,
    /// Whether there was a `|`: a comma behind it may separate parameters of a closure, whose body goes on.
    has_bar: bool,
}

/// The open levels.
struct Levels {
    open: Vec<Level>,
    /// The tokens of all of them.
    total: usize,
}

impl Levels {
    fn last(&mut self) -> &mut Level {
        self.open.last_mut().expect("invariant: the outermost level is never closed")
    }

    /// Whether one more token is too many.
    fn token(&mut self) -> bool {
        self.last().run += 1;
        self.total += 1;
        self.total > MAX_RUN
    }

    /// What comes is part of nothing before it on this level.
    fn separate(&mut self) {
        let ended = std::mem::take(self.last());
        self.total -= ended.run;
    }

    /// The same, unless a type or a closure goes on behind the comma.
    fn comma(&mut self) {
        let last = self.last();
        if last.angles == 0 && !last.has_bar {
            self.separate();
        }
    }

    fn close(&mut self) {
        if self.open.len() > 1 {
            self.separate();
            self.open.pop();
        }
    }
}

/// What was read of a text.
pub(super) struct Depth {
    levels: Levels,
    /// The last byte of the token before.
    before: u8,
    tokens: usize,
}

impl Depth {
    /// Nothing of it yet.
    pub(super) fn new() -> Self {
        let levels = Levels { open: vec![Level::default()], total: 0 };
        Depth { levels, before: b' ', tokens: 0 }
    }

    /// Reads what is from `i` to `end`: white space, a comment or a token. Why the text is not parsed, if so.
    pub(super) fn read(&mut self, bytes: &[u8], i: usize, end: usize) -> Result<(), String> {
        let byte = bytes[i];
        let is_comment = byte == b'/' && matches!(bytes.get(i + 1), Some(b'/' | b'*'));
        if byte.is_ascii_whitespace() || is_comment {
            return Ok(());
        }
        self.tokens += 1;
        if self.tokens > MAX_TOKENS {
            return Err(format!("more than {MAX_TOKENS} tokens in one file"));
        }
        if byte.is_ascii_digit() && end - i > MAX_DIGITS {
            return Err(format!("a number of more than {MAX_DIGITS} digits"));
        }
        match byte {
            b')' | b']' | b'}' => {
                self.levels.close();
                if byte == b'}' && !goes_on(bytes, i + 1) {
                    self.levels.separate();
                }
            }
            b';' => self.levels.separate(),
            b',' => self.levels.comma(),
            b'"' | b'\'' => {}
            _ => self.part(bytes, i)?,
        }
        // Of a word its first byte, which tells a number; of `<<` what stands before it.
        if byte != b'<' || opens(self.before, bytes.get(i + 1)) {
            self.before = byte;
        }
        Ok(())
    }

    /// A token that an expression, type or pattern goes on with.
    fn part(&mut self, bytes: &[u8], i: usize) -> Result<(), String> {
        let (byte, levels) = (bytes[i], &mut self.levels);
        let follows = i.checked_sub(1).map(|previous| bytes[previous]);
        match byte {
            b'<' if opens(self.before, bytes.get(i + 1)) => levels.last().angles += 1,
            b'>' if follows == Some(b'=') => levels.separate(), // `=>`: a pattern has ended
            b'>' if follows == Some(b'-') => {}
            b'>' => levels.last().angles = levels.last().angles.saturating_sub(1),
            b'.' => levels.last().angles = 0, // no type has one
            b'|' => levels.last().has_bar = true,
            _ => {}
        }
        if levels.token() {
            return Err(format!("more than {MAX_RUN} tokens in one expression"));
        }
        if matches!(byte, b'(' | b'[' | b'{') {
            if levels.open.len() > MAX_DEPTH {
                return Err(format!("brackets nest deeper than {MAX_DEPTH}"));
            }
            levels.open.push(Level::default());
        }
        Ok(())
    }
}

/// Whether a `<` may open the arguments of a type: it compares or shifts behind a number or a bracket.
fn opens(before: u8, after: Option<&u8>) -> bool {
    !before.is_ascii_digit() && !matches!(before, b')' | b']') && after != Some(&b'=')
}

/// Whether what follows a block may belong to the same expression.
fn goes_on(bytes: &[u8], i: usize) -> bool {
    let rest = &bytes[scan::blanks(bytes, i)..];
    let operator = rest.first().is_some_and(|b| b"=+-*/%&|^<>.?([".contains(b));
    let word = |word: &[u8]| {
        rest.starts_with(word) && !rest.get(word.len()).is_some_and(|&b| scan::is_word(b))
    };
    operator || word(b"else") || word(b"as")
}

#[cfg(test)]
mod tests {
    use crate::lower::survey::survey;

    fn too_deep(text: &str) -> Option<String> {
        survey(text, false).err()
    }

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
    fn commas_end_no_type_and_no_closure() {
        for open in [
            "Vec<u8, ",
            "for<'a, 'b> fn() -> ",
            "|a, b| ",
            "|a, b| x | ",
            "|a, b| x > y && ",
            "x.f::<A, B>() + ",
        ] {
            assert!(too_deep(&format!("fn f() {{ {}", open.repeat(20_000))).is_some(), "{open}");
        }
        for element in [
            "1 << 3, ",
            "(1, 2), ",
            "Vec::<u8, u8>::new(), ",
            "a <= b, ",
            "A | B => 1,",
            "x < y.z, ",
        ] {
            assert_eq!(
                too_deep(&format!("fn f() {{ [{}] }}", element.repeat(20_000))),
                None,
                "{element}"
            );
        }
    }

    #[test]
    fn calls_of_what_is_called_nest() {
        for close in ["()", "(1, 2)", "[0]", "\n[..]"] {
            assert!(
                too_deep(&format!("fn f() {{ x{} }}", close.repeat(30_000))).is_some(),
                "{close}"
            );
            assert!(
                too_deep(&format!("fn f() {{ S {{}}{} }}", close.repeat(30_000))).is_some(),
                "{close}"
            );
        }
    }

    #[test]
    fn numbers_have_an_end() {
        assert!(too_deep(&format!("const A: u8 = {};", "9".repeat(2_000))).is_some());
        assert!(too_deep(&format!("const A: f64 = 0.{};", "9".repeat(2_000))).is_some());
        assert_eq!(too_deep(&format!("const A: f64 = {}.0;", "9".repeat(309))), None);
    }

    #[test]
    fn what_is_open_on_all_levels_counts() {
        let level = format!("{}(", "-".repeat(1_000));
        assert!(too_deep(&format!("fn f() {{ {}", level.repeat(100))).is_some());
        assert_eq!(too_deep(&format!("fn f() {{ {}", "(1); f(2, 3);".repeat(100_000))), None);
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
