//! Every edition's syntax, and odd bytes: what the parser knows is read, the rest is reported, and a file
//! beside it is checked all the same.

use super::watched::{problem, wrong};
use crate::tree::{FINDING, Tree, count};

/// Syntax that is read.
const READ: &[(&str, &str)] = &[
    ("2018: raw names", "fn r#match(r#fn: u8) -> u8 { r#fn + r#match(0) }"),
    ("2018: `dyn` and `async`", "async fn f(x: Box<dyn Fn() -> u8>) { async move { x() }.await; }"),
    ("2018: crate paths", "use crate::a::b; use ::std::mem; pub(crate) fn f() { crate::a::g() }"),
    ("2021: C strings", "const A: &CStr = c\"a\\x01\"; const B: &CStr = cr#\"a\"#;"),
    (
        "2021: byte literals",
        "const A: &[u8] = b\"\\xff\"; const B: &[u8] = br##\"\"#\"##; const C: u8 = b'\\'';",
    ),
    ("2021: or patterns", "fn f(x: Option<u8>) { let (Some(1 | 2) | None) = x else { return }; }"),
    (
        "2021: arrays",
        "const fn f<const N: usize>(x: [u8; N]) -> [u8; { N + 1 }] { f::<{ N + 1 }>() }",
    ),
    (
        "2024: let chains",
        "fn f(x: Option<u8>) { if let Some(y) = x && y > 1 && let Some(z) = g(y) { h(z) } }",
    ),
    (
        "2024: unsafe extern",
        "unsafe extern \"C\" { pub safe fn f(x: u8); pub unsafe fn g(); static A: u8; }",
    ),
    ("2024: unsafe attributes", "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}"),
    ("2024: captured lifetimes", "fn f<'a, T>(x: &'a T) -> impl Sized + use<'a, T> { x }"),
    ("2024: async closures", "fn f() { g(async |x| x + 1, async move || {}); }"),
    ("never", "fn f() -> ! { loop {} }"),
    (
        "generic associated types",
        "trait A { type B<'a>: Fn(&'a u8) -> u8 where Self: 'a; const C: u8 = 1; }",
    ),
    ("higher ranks", "fn f(x: &dyn for<'a> Fn(&'a u8) -> &'a u8, y: impl for<'b> A<'b>) {}"),
    ("lifetimes and characters", "fn f<'a>(x: &'a u8) -> char { 'a: loop { break 'a 'b' } }"),
    ("raw lifetimes", "fn f<'r#async>(x: &'r#async u8) {}"),
    ("raw strings", "const A: &str = r###\"\"## \"# \"###;"),
    (
        "numbers",
        "const A: u128 = 0xffff_ffff_u128; const B: f64 = 1e-7_f64; const C: u8 = 0b1_u8; const D: u8 = t.0.0;",
    ),
    (
        "inline constants",
        "fn f() { let x = const { 1 + 1 }; match x { 0..=9 => {} 10.. => {} _ => {} } }",
    ),
    (
        "unions, statics, asm",
        "union U { a: u8 } static mut S: u8 = 1; fn f() { unsafe { asm!(\"nop\", in(\"a\") 1) } }",
    ),
    ("references", "fn f() { let a = &raw const x; let b = &raw mut y; let c = &&mut z; }"),
    ("nested comments", "/* /* // */ */ fn f() {} /** a */ fn g() {} /**/ /***/ fn h() {}"),
    (
        "negative bounds and auto traits",
        "auto trait A {} impl !A for u8 {} unsafe impl Send for u8 {}",
    ),
    ("try blocks and yeet", "fn f() { let x: Option<u8> = try { g()? }; }"),
    (
        "attributes everywhere",
        "#![a] fn f(#[b] x: u8) { #[c] let y = #[d] 1; match x { #[e] _ => {} } }",
    ),
];

/// Syntax that is reported where it is not read: a file that is not understood is none that was checked.
const REPORTED: &[(&str, &str)] = &[
    ("2015: parameters without names", "trait A { fn f(u8, &str) -> u8; }"),
    ("2015: `async` as a name", "fn async(async: u8) -> u8 { async }"),
    ("2015: `dyn` as a name", "fn dyn(dyn: u8) -> u8 { dyn::f(dyn) }"),
    ("2015: `try` as a name", "fn try() { try!(f()) }"),
    ("2015: bare traits", "fn f(x: Box<Fn(u8) -> u8>, y: &(A + Send)) { match x { 0...9 => {} } }"),
    ("2021: reserved prefixes", "fn f() { m!(k\"a\"); m!(z'a'); m!(f#a); }"),
    ("2024: generators", "gen fn f() { yield 1; } fn g() { gen { yield 1 } }"),
    ("2024: guarded strings", "fn f() { m!(#\"a\"#); m!(##) }"),
    ("macros 2.0", "pub macro m($x:expr) { $x } macro n { ($x:expr) => { $x } }"),
    ("frontmatter", "---cargo\n[dependencies]\n---\nfn f() {}"),
    ("half a frontmatter", "---\nfn f() {"),
    ("ergonomic clones, pins, views", "fn f(x: &pin mut u8) { let y = x.use; g(use || y) }"),
    ("const traits", "const trait A {} impl const A for u8 {} fn f<T: [const] A>() {}"),
    ("default fields and impls", "struct S { a: u8 = 1 } impl A for B { default fn f() {} }"),
    ("unsafe binders and fields", "struct S { unsafe a: u8 } fn f(x: unsafe<'a> &'a u8) {}"),
    (
        "guards in patterns, deref patterns",
        "fn f() { match x { (Some(y) if y > 1) => {} deref!(z) => {} } }",
    ),
    ("explicit tail calls", "fn f() { become f() }"),
    ("type ascription, box syntax", "fn f() { let x = box (y: u8); let box z = x; }"),
];

#[test]
fn syntax_of_every_edition_is_read() {
    let vote = "pub struct Node { pub term: u64, pub voted_for: Option<u64> }\n";
    for (name, text) in READ {
        let text = format!("{text}\n{vote}");
        assert_eq!(wrong(text.as_bytes()), [""; 0], "{name}");
        assert_eq!(problem(text.as_bytes()), None, "{name}");
    }
    for (name, text) in REPORTED {
        let text = format!("{text}\n{vote}");
        assert_eq!(wrong(text.as_bytes()), [""; 0], "{name}");
        let problem = problem(text.as_bytes());
        assert!(matches!(problem.as_deref(), None | Some("unparsed")), "{name}: {problem:?}");
    }
}

#[test]
fn brackets_that_do_not_match_are_reported() {
    let brackets = ["(", ")", "[", "]", "{", "}", "<", ">", "/*", "*/", "\"", "'", "r#\"", "|"];
    for open in brackets {
        for close in brackets {
            let text = format!("fn vote(term: u64) {{ {open} x {close} y");
            assert_eq!(wrong(text.as_bytes()), [""; 0], "{open} {close}");
        }
        for text in [open.repeat(50_000), format!("{open} ").repeat(50_000)] {
            let text = format!("fn vote(term: u64) {{}}\n{text}");
            assert_eq!(wrong(text.as_bytes()), [""; 0], "{open}");
            assert!(problem(text.as_bytes()).is_some(), "{open} passes for code");
        }
    }
}

#[test]
fn odd_bytes_are_survived() {
    let code = "pub fn vote(term: u64) -> u64 { term + 1 }\n";
    let digits = "9".repeat(100_000);
    for (name, text) in [
        ("NUL", code.replace("term + 1", "term\0+ 1")),
        ("NUL in a string", code.replace("term + 1", "\"\0\"")),
        ("only NUL", "\0".repeat(1 << 20)),
        (
            "characters that turn the line",
            format!("// \u{202e}{code}/* \u{2066} */ fn \u{200b}f() {{}}"),
        ),
        ("a mark in the middle", format!("{code}\u{feff}{code}")),
        ("two marks", format!("\u{feff}\u{feff}{code}")),
        ("old line ends", code.repeat(3).replace('\n', "\r")),
        ("line separators", code.repeat(3).replace(' ', "\u{2028}")),
        ("a huge number", code.replace("+ 1", &format!("+ {digits} + 0x{digits} + 1e{digits}"))),
        ("a huge name", code.replace("term", &"t".repeat(1 << 20))),
        ("a huge name of many characters", code.replace("term", &"ｔ".repeat(1 << 18))),
        (
            "a huge string",
            code.replace("term + 1", &format!("\"{}\"", "\\u{1F600}".repeat(100_000))),
        ),
        (
            "a string with many line ends",
            code.replace("term + 1", &format!("\"{}\"", "\\\n".repeat(100_000))),
        ),
        ("256 hashes", format!("{code}const S: &str = r{0}\"\"{0};", "#".repeat(256))),
        ("255 hashes", format!("{code}const S: &str = r{0}\"\"{0};", "#".repeat(255))),
        ("many raw strings that do not end", format!("{code}{}", "r#\"\" ".repeat(100_000))),
        ("a shebang alone", format!("#!{code}")),
        ("a shebang that is an attribute", format!("#!\n[allow(x)]\n{code}")),
    ] {
        assert_eq!(wrong(text.as_bytes()), [""; 0], "{name}");
    }
}

/// As large as a file may be: it is read; one byte more, and it is said.
#[test]
fn files_of_the_largest_size_are_read_or_refused() {
    let limit = 16 << 20;
    let code = "pub fn vote(term: u64) -> u64 { term + 1 }\n";
    let comment = |length: usize| format!("{code}//{}", "x".repeat(length - code.len() - 2));
    assert_eq!(wrong(comment(limit).as_bytes()), [""; 0]);
    assert_eq!(problem(comment(limit).as_bytes()), None);
    assert_eq!(problem(comment(limit + 1).as_bytes()).as_deref(), Some("too-large"));
    let wide =
        |times| format!("{code}{}", "const A: u64 = term(1, 2) + [3, 4][0];\n".repeat(times));
    let (most, more) = (wide(80_000), wide(400_000));
    assert_eq!(wrong(most.as_bytes()), [""; 0], "{} bytes of constants", most.len());
    assert_eq!(problem(most.as_bytes()), None);
    assert_eq!(wrong(more.as_bytes()), [""; 0], "{} bytes of constants", more.len());
    assert_eq!(problem(more.as_bytes()).as_deref(), Some("too-deep"));
    let line = format!("{code}fn f() {{ {} }}", "x.y(1); ".repeat(1_250_000));
    assert_eq!(wrong(line.as_bytes()), [""; 0], "a line of {} bytes", line.len());
    let sum = format!("pub fn vote(term: u64) -> u64 {{ {}1 }}", "term + ".repeat(7_500_000));
    assert!(sum.len() > 50_000_000);
    assert_eq!(wrong(sum.as_bytes()), [""; 0], "50 MB of one expression");
    assert_eq!(problem(sum.as_bytes()).as_deref(), Some("too-large"));
    let sum = &format!("{} 1 }}", &sum[..limit - 10]);
    assert_eq!(wrong(sum.as_bytes()), [""; 0], "one expression of {} bytes", sum.len());
    assert_eq!(problem(sum.as_bytes()).as_deref(), Some("too-deep"));
}

/// Whatever a file holds, the one beside it is checked.
#[test]
fn a_file_that_is_not_read_hides_no_other() {
    let tree = Tree::with(&[("good.rs", FINDING)]);
    for (number, (_, text)) in REPORTED.iter().chain(READ).enumerate() {
        tree.write(&format!("odd_{number}.rs"), text.as_bytes());
    }
    let report = tree.json();
    assert!(count(&report, "findings") > 0, "{report:#}");
}
