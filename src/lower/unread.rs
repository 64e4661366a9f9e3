//! Blanks what is never analysed before the parse, for that takes most of the time: the bodies of tests
//! and of `#[cfg(test)]` modules, in many files half of the text, and doc comments, which the parser
//! makes attributes of.
//!
//! What is blanked keeps its length, so that every place stays where it is. Test code in another form is
//! parsed and left out later.

use std::borrow::Cow;
use std::ops::Range;

use super::scan;

const TEST: &[u8] = b"#[cfg(test)]";

/// How far from its `(` the end of a `pub(in path)` is looked for: many may have none.
const MAX_VISIBILITY: usize = 200;
/// The same for the body of a function, from its `fn` on.
const MAX_SIGNATURE: usize = 2000;

/// What is blanked of a text, as far as it was read.
pub(super) struct Unread<'t> {
    text: &'t str,
    /// Something is meant for the lint: in a doc comment it is told that it is none, in a test that it
    /// stands on nothing.
    has_mark: bool,
    /// The start of the text that was kept, and how far the text was taken over.
    kept: String,
    copied: usize,
    /// Attributes were looked at up to here.
    seen: usize,
    /// The next body that is blanked.
    body: Option<Range<usize>>,
}

impl<'t> Unread<'t> {
    /// Nothing of a text yet.
    pub(super) fn new(text: &'t str, has_mark: bool) -> Self {
        Unread { text, has_mark, kept: String::new(), copied: 0, seen: 0, body: None }
    }

    /// Reads what starts at `i`; where to read on, if it is the body of a test.
    pub(super) fn read(&mut self, i: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if let Some(body) = self.body.take_if(|body| body.start <= i) {
            self.kept.push_str(&self.text[self.copied..body.start]);
            let blank = |&b: &u8| if b == b'\n' { '\n' } else { ' ' };
            self.kept.extend(bytes[body.clone()].iter().map(blank));
            self.copied = body.end;
            return Some(body.end);
        }
        match bytes[i] {
            b'/' if !self.has_mark && is_doc(&bytes[i..]) => {
                self.kept.push_str(&self.text[self.copied..i + 2]);
                self.kept.push(' ');
                self.copied = i + 3;
            }
            b'#' if i >= self.seen && (bytes[i..].starts_with(TEST) || marks_test(bytes, i)) => {
                self.seen = attributes(bytes, i).max(i + 1);
                self.body = test_body(bytes, self.seen, !self.has_mark);
            }
            _ => {}
        }
        None
    }

    /// The text with what is blanked.
    pub(super) fn blanked(mut self) -> Cow<'t, str> {
        if self.copied == 0 {
            return Cow::Borrowed(self.text);
        }
        self.kept.push_str(&self.text[self.copied..]);
        Cow::Owned(self.kept)
    }
}

/// Whether the attribute that starts here makes a function a test: `#[test]`, `#[tokio::test(…)]`.
fn marks_test(bytes: &[u8], i: usize) -> bool {
    let Some(path) = bytes[i..].strip_prefix(b"#[") else { return false };
    let length = path.iter().position(|&b| !scan::is_word(b) && b != b':');
    let Some((path, rest)) = length.and_then(|length| path.split_at_checked(length)) else {
        return false;
    };
    let last = path.rsplit(|&b| b == b':').next();
    last == Some(b"test") && matches!(rest.first(), Some(b']' | b'('))
}

/// The body of a module, or of a function if it may be one, that stands here, if it is not empty. Without
/// its end the file does not parse anyway.
fn test_body(bytes: &[u8], i: usize, of_function: bool) -> Option<Range<usize>> {
    let i = visible(bytes, i)?;
    let start = match module_body(bytes, i) {
        None if of_function => function_body(bytes, i)?,
        start => start?,
    };
    let end = closing(bytes, start - 1, b'{', b'}')?;
    (start < end).then_some(start..end)
}

/// Whether a doc comment starts here: `///` and `/**`, but not with one more; `//!` and `/*!`.
fn is_doc(bytes: &[u8]) -> bool {
    match bytes {
        [b'/', b'/' | b'*', b'!', ..] => true,
        [b'/', b'/', b'/', rest @ ..] => rest.first() != Some(&b'/'),
        [b'/', b'*', b'*', rest @ ..] => !matches!(rest.first(), Some(b'*' | b'/')),
        _ => false,
    }
}

/// What follows the attributes that start here.
fn attributes(bytes: &[u8], mut i: usize) -> usize {
    while bytes[i..].starts_with(b"#[") {
        let Some(end) = closing(bytes, i + 1, b'[', b']') else { return bytes.len() };
        i = scan::blanks(bytes, end + 1);
    }
    i
}

/// What follows the visibility of an item that stands here.
fn visible(bytes: &[u8], i: usize) -> Option<usize> {
    let i = scan::blanks(bytes, after(bytes, i, b"pub").unwrap_or(i));
    if bytes.get(i) != Some(&b'(') {
        return Some(i);
    }
    let near = &bytes[..bytes.len().min(i + MAX_VISIBILITY)];
    Some(scan::blanks(bytes, closing(near, i, b'(', b')')? + 1))
}

/// The start of a module's body, if one with a body stands here.
fn module_body(bytes: &[u8], i: usize) -> Option<usize> {
    let i = scan::blanks(bytes, after(bytes, i, b"mod")?);
    let i = scan::blanks(bytes, scan::skip(bytes, i)?);
    (bytes.get(i) == Some(&b'{')).then_some(i + 1)
}

/// The start of a function's body, if one with a body stands here.
fn function_body(bytes: &[u8], mut i: usize) -> Option<usize> {
    for qualifier in [&b"const"[..], b"async", b"unsafe"] {
        i = scan::blanks(bytes, after(bytes, i, qualifier).unwrap_or(i));
    }
    i = after(bytes, i, b"fn")?;
    let near = &bytes[..bytes.len().min(i + MAX_SIGNATURE)];
    while let Some(b) = near.get(i) {
        i = match b {
            b'{' => return Some(i + 1),
            b';' | b'}' => return None,
            b'(' => closing(near, i, b'(', b')')? + 1,
            b'[' => closing(near, i, b'[', b']')? + 1,
            _ => scan::skip(near, i).unwrap_or(i + 1),
        };
    }
    None
}

/// The end of this word, if it stands here.
fn after(bytes: &[u8], i: usize, word: &[u8]) -> Option<usize> {
    let end = i + word.len();
    let whole = bytes.get(end).is_some_and(|&b| !scan::is_word(b));
    (whole && bytes[i..].starts_with(word)).then_some(end)
}

/// The bracket that closes the one at `i`.
fn closing(bytes: &[u8], mut i: usize, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0usize;
    while i < bytes.len() {
        match bytes[i] {
            b if b == open => depth += 1,
            b if b == close && depth == 1 => return Some(i),
            b if b == close => depth = depth.checked_sub(1)?,
            _ => {}
        }
        i = scan::skip(bytes, i).unwrap_or(i + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::lower::comments::has_mark;
    use crate::lower::survey::survey;

    /// Blanks at the end of a line don't matter here.
    fn blanked(text: &str) -> String {
        let blank = survey(text, false).expect("it is not deep");
        assert_eq!(blank.len(), text.len());
        blank.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_bodies_of_test_modules_go() {
        let text = "fn a() {}\n#[cfg(test)]\n#[allow(x)] // y\npub(crate) mod tests {\n  fn ä() {}\n}\nfn b() {}";
        let left = "fn a() {} #[cfg(test)] #[allow(x)] // y pub(crate) mod tests { } fn b() {}";
        assert_eq!(blanked(text), left);
    }

    #[test]
    fn the_bodies_of_tests_go() {
        for (text, left) in [
            ("#[test] fn f() { g() } fn h() { i() }", "#[test] fn f() { } fn h() { i() }"),
            (
                "#[a]\n#[tokio::test(flavor = \"x\")]\n#[b]\npub async fn f<T>(a: [u8; 2]) -> R<T> where T: U { x }",
                "#[a] #[tokio::test(flavor = \"x\")] #[b] pub async fn f<T>(a: [u8; 2]) -> R<T> where T: U { }",
            ),
            ("#[cfg(test)] const unsafe fn f() { g() }", "#[cfg(test)] const unsafe fn f() { }"),
            ("mod m { #[test] fn f() { a { b } } }", "mod m { #[test] fn f() { } }"),
        ] {
            assert_eq!(blanked(text), left);
        }
    }

    #[test]
    fn brackets_in_literals_and_comments_do_not_close() {
        let body = r###"let a = "}"; let b = '}'; let c = r#""}"#; let d = br"\"; /* } */ // }"###;
        let text = format!("#[cfg(test)] mod t {{ fn f<'a>() {{ {body}\n }} }} fn kept() {{}}");
        assert_eq!(blanked(&text), "#[cfg(test)] mod t { } fn kept() {}");
    }

    #[test]
    fn doc_comments_become_plain_ones() {
        for (text, plain) in [
            ("/// a\nfn f() {}", "// a\nfn f() {}"),
            ("//! a", "// a"),
            ("/** a */ fn f() {} /*! b */", "/* a */ fn f() {} /* b */"),
            ("/// ä\r\n///\n/// \"\nfn f() {}", "// ä // // \" fn f() {}"),
            ("///", "//"),
            ("struct S { /// a\n x: u8 }", "struct S { // a x: u8 }"),
        ] {
            assert_eq!(blanked(text), plain.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    #[test]
    fn anything_else_stays() {
        for text in [
            "//// a",
            "/*** a */ /**/ /***/",
            "let a = \"/// b\"; // /// c",
            "/// raft-lint: allow(stale-term) a doc comment",
            "#[cfg(test)] mod tests;",
            "#[test] fn f() { g() } // raft-lint: allow(stale-term) it stands in a test",
            "#[test] fn f();",
            "#[test] fn f",
            "#[test] fn f(",
            "#[test] extern \"C\" fn f() { g() }",
            "#[test_case(1)] fn f() { g() }",
            "#[latest] fn f() { g() }",
            "#[test = 1] fn f() { g() }",
            "#[test",
            "#[cfg(test)] impl S { fn f() {} }",
            "#[cfg(test)] use x::{a, b};",
            "#[cfg(not(test))] mod real { fn f() {} }",
            "// #[cfg(test)] mod tests { fn f() {}",
            "const S: &str = \"#[cfg(test)] mod t { x }\";",
            "#[cfg(test)] mod tests { fn f() {",
            "#[cfg(test)]\nmod\n",
            "#[cfg(test)] mod",
            "#[cfg(test)]",
            "#[cfg(test)] #[",
            "#[cfg(test)] pub(",
            "#!/bin/x \" #[cfg(test)] mod t { fn f() {} }\nfn g() { \"\" }",
        ] {
            assert_eq!(survey(text, has_mark(text)).as_deref(), Ok(text));
        }
    }
}
