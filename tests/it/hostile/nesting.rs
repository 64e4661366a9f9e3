//! Nesting of every kind, just within the bounds of what is parsed and far beyond: a stack that overflows
//! ends the process, and no boundary stops that.

use super::watched::{problem, wrong};
use crate::support::{in_parallel, verdict};

/// What stands before the nested part, what is repeated before and after its core, and what stands behind.
type Shape = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Expressions in a function that handles a message.
const EXPRESSIONS: &[Shape] = &[
    ("", "(", "term", ")", ""),
    ("", "[", "term", "]", ""),
    ("", "{", "term", "}", ""),
    ("", "(0, ", "term", ")", ""),
    ("", "f(", "term", ")", ""),
    ("", "f(0, ", "term", ")", ""),
    ("", "x[", "0", "]", ""),
    ("", "S { a: ", "term", "}", ""),
    ("", "vec![", "term", "]", ""),
    ("", "m! { ", "term", "}", ""),
    ("", "assert!(", "term", ")", ""),
    ("", "matches!(x, Some(x) if ", "term", ")", ""),
    ("", "unsafe { ", "term", "}", ""),
    ("", "async { ", "term", "}", ""),
    ("", "loop { ", "term", "}", ""),
    ("", "while x { ", "term", "}", ""),
    ("", "for x in y { ", "term", "}", ""),
    ("", "if term == 1 { ", "term", "}", ""),
    ("", "if let Some(x) = y { ", "term", "}", ""),
    ("", "match x { _ => ", "term", "}", ""),
    ("", "match x { 1 => 0, _ => ", "term", "}", ""),
    ("", "'a: { ", "term", "}", ""),
    ("", "|| { ", "term", "}", ""),
    ("", "|x| ", "term", "", ""),
    ("", "|a, b| ", "term", "", ""),
    ("", "move |a: u8, b: Vec<u8, u8>| ", "term", "", ""),
    ("", "!", "term", "", ""),
    ("", "-", "term", "", ""),
    ("", "*", "term", "", ""),
    ("", "&", "term", "", ""),
    ("", "&mut ", "term", "", ""),
    ("", "&raw const ", "term", "", ""),
    ("", "return ", "term", "", ""),
    ("", "break ", "term", "", ""),
    ("", "..", "term", "", ""),
    ("", "x = ", "term", "", ""),
    ("", "x += ", "term", "", ""),
    ("", "term + ", "term", "", ""),
    ("", "term && ", "term", "", ""),
    ("", "term || ", "term", "", ""),
    ("", "term & ", "term", "", ""),
    ("", "term << ", "term", "", ""),
    ("", "term == 1 && ", "term", "", ""),
    ("", "", "term", "?", ""),
    ("", "", "term", ".x", ""),
    ("", "", "term", ".0", ""),
    ("", "", "term", ".await", ""),
    ("", "", "term", ".max(term)", ""),
    ("", "", "term", ".f::<u8, u8>(1, 2)", ""),
    ("", "", "term", "()", ""),
    ("", "", "term", "(1, 2)", ""),
    ("", "", "term", "[0]", ""),
    ("", "", "term", "[..]", ""),
    ("", "", "term", " as u64", ""),
    ("", "", "term", " as\nVec<u8, u8>", ""),
    ("", "S {} + ", "term", "", ""),
    ("", "if term == 1 {} else ", "{}", "", ""),
    ("", "if let Some(x) = y { x } else ", "{ 1 }", "", ""),
    ("", "x = {} = ", "term", "", ""),
    ("", "", "{ term }", "()", ""),
    ("let ", "Some(", "x", ")", " = term"),
    ("let ", "(a, ", "x", ")", " = term"),
    ("let ", "[a, ", "x", "]", " = term"),
    ("let ", "S { a: ", "x", "}", " = term"),
    ("let ", "&", "x", "", " = term"),
    ("let ", "x @ ", "x", "", " = term"),
    ("let (", "A | ", "x", "", ") = term"),
    ("match term { ", "A | ", "x", "", " => {} }"),
    ("let x: ", "Vec<", "u8", ">", " = term"),
    ("let x: ", "Vec<u8, ", "u8", ">", " = term"),
    ("let x: ", "<", "T", " as A<u8, u8>>::B", " = term"),
    ("let x: ", "Box<dyn A<B = ", "u8", ">>", " = term"),
    ("let x: ", "&'a ", "u8", "", " = term"),
    ("let x: ", "*const ", "u8", "", " = term"),
    ("let x: ", "[", "u8", "; 1]", " = term"),
    ("let x: ", "(u8, ", "u8", ")", " = term"),
    ("let x: ", "fn() -> ", "u8", "", " = term"),
    ("let x: ", "for<'a, 'b> fn() -> ", "u8", "", " = term"),
    ("let x: ", "impl Fn() -> ", "u8", "", " = term"),
    ("let x: ", "fn(", "u8", ")", " = term"),
    ("let x: ", "[u8; { ", "1", "}]", " = term"),
    ("let x: dyn ", "A + ", "A", "", " = term"),
    ("f::<", "Vec<u8, ", "u8", ">", ">()"),
    ("let x = y else { ", "let x = y else { ", "return", " };", " }"),
    ("", "let x = 1; { ", "", "}", ""),
    ("", "fn g() { ", "", "}", ""),
    ("#[a] ", "#[a(b, c)] ", "term", "", ""),
    ("#[cfg(", "all(a, ", "b", ")", ")] term"),
    ("const { ", "const { ", "1", "}", " }"),
    ("", "", "a", "::a", ""),
    ("", "", "a", "::<u8, u8>::a", ""),
];

/// Items beside it.
const ITEMS: &[Shape] = &[
    ("", "mod a { ", "", "}", ""),
    ("", "impl A { fn f() { ", "", "} }", ""),
    ("", "trait A { fn f() { ", "", "} }", ""),
    ("use ", "a::{b, ", "a", "}", ";"),
    ("use ", "a::", "a", "", ";"),
    ("", "#[a] ", "fn f() {}", "", ""),
    ("", "#[a(", "", ")]", " fn f() {}"),
    ("", "#![a]\n", "", "", ""),
    ("", "/// a\n", "fn f() {}", "", ""),
    ("", "/* ", "", " */", ""),
    ("", "/*", "", "", ""),
    ("", "#[cfg(test)] mod t { ", "", "}", ""),
    ("", "#[cfg(test)] pub(", "", "", ""),
    ("", "#[cfg(test)] #[a", "", "", ""),
    ("", "#[cfg(test)] mod t {} ", "", "", ""),
    ("type A = ", "B<u8, ", "u8", ">", ";"),
    ("type A<T: ", "B<C: ", "u8", ">", "> = u8;"),
    ("fn f<T: ", "A<u8, ", "u8", ">", ">() {}"),
    ("fn f<", "T, ", "T", "", ">() {}"),
    ("fn f() where ", "T: A, ", "", "", " {}"),
    ("fn f<T>() where T: ", "for<'a> ", "A", "", " {}"),
    ("enum E { ", "A = ", "1", "", " }"),
    ("enum E { ", "A(u8), ", "", "", " }"),
    ("const A: u8 = ", "-", "1", "", ";"),
    ("static A: [u8; ", "1 + ", "1", "", "] = 1;"),
    ("macro_rules! m { ", "($x:expr) => { ", "", "};", " }"),
    ("macro_rules! m { () => ", "{ $( ", "", " )* }", " }"),
    ("m! { ", "[ ", "", " ]", " }"),
    ("macro m($x:expr) { ", "{ ", "", "}", " }"),
    ("extern \"C\" { ", "fn f(); ", "", "", " }"),
    ("impl ", "A<u8, ", "u8", ">", " for B {}"),
    ("pub(in ", "a::", "a", "", ") fn f() {}"),
    ("const S: &str = ", "\"\" \"", "", "", ";"),
    ("const S: &str = r", "#", "\"\"", "#", ";"),
    ("const S: &str = \"", "\\\\", "", "", "\";"),
    ("const C: char = ", "'", "", "", ";"),
    ("const C: u8 = b", "'\\", "", "", ";"),
];

fn nested((before, open, core, close, after): Shape, times: usize) -> String {
    format!("{before}{}{core}{}{after}", open.repeat(times), close.repeat(times))
}

/// The programs: a name, and how to write it.
fn programs(times: usize) -> Vec<(String, String)> {
    let vote = "pub struct Node { pub term: u64, pub voted_for: Option<u64> }\n";
    let handler = |body: &str| {
        format!(
            "{vote}pub fn handle_request_vote(node: &mut Node, term: u64, candidate_id: u64) -> bool {{\n\
             {body};\n node.voted_for = Some(candidate_id); true }}\n"
        )
    };
    let name = |shape: &Shape| format!("{times} times {:?} … {:?}", shape.1, shape.3);
    let inside = EXPRESSIONS.iter().map(|s| (name(s), handler(&nested(*s, times))));
    let beside =
        ITEMS.iter().map(|s| (name(s), format!("{}{}", nested(*s, times), handler("term"))));
    inside.chain(beside).collect()
}

fn survived(times: usize) {
    let programs = programs(times);
    let failures = in_parallel(&programs, |(name, text)| (name.clone(), wrong(text.as_bytes())));
    verdict("nesting", programs.len(), &failures);
}

#[test]
fn nesting_within_the_bound_of_brackets_is_survived() {
    survived(240); // some shapes open two
}

#[test]
fn nesting_within_the_bound_of_tokens_is_survived() {
    survived(3_300);
    survived(19_000);
}

#[test]
fn nesting_of_a_hundred_thousand_levels_is_survived() {
    survived(100_000);
}

/// What is repeated a million times, where that makes one tree of it.
#[test]
fn chains_of_a_million_terms_are_refused() {
    for (open, close) in [("a + ", ""), ("", ".f()"), ("", "()"), ("", "[0]"), ("", "(1, 2)")] {
        let shape = ("let vote = ", open, "term", close, "");
        let text = format!("fn f(term: u64) {{ {}; }}", nested(shape, 1_000_000));
        assert_eq!(wrong(text.as_bytes()), [""; 0], "{open}…{close}");
        assert_eq!(problem(text.as_bytes()).as_deref(), Some("too-deep"), "{open}…{close}");
    }
}

/// The bound is that of nesting: what stands side by side is no matter how long.
#[test]
fn what_is_wide_and_not_deep_is_read() {
    for (before, element, after) in [
        ("static A: [u8; 1] = [", "1 << 3, ", "];"),
        ("static A: [u8; 1] = [", "f(1, 2), ", "];"),
        ("static A: [bool; 1] = [", "a < b, ", "];"),
        ("static A: [u8; 1] = [", "A | B, ", "];"),
        ("fn g() { h(&[", "|x, y| x, ", "]); }"),
        ("", "fn f(x: Vec<u8>) -> Vec<u8> { x }\n", ""),
        ("enum E { ", "A(Vec<u8>), ", "}"),
        ("fn g() { match x { ", "A | B => { 1 }\n", "} }"),
        ("fn g() { ", "x[0] = y[1];\n", "}"),
        ("fn g() { ", "if x < y { f() }\n", "}"),
    ] {
        let text = format!("fn vote(term: u64) {{}}\n{before}{}{after}", element.repeat(3_000));
        assert_eq!(problem(text.as_bytes()), None, "{before}{element}…");
    }
}
