//! Where the functions of a text are, found by its words alone.
//!
//! Takes any text; gives its words and the functions that are no test code. It has to find code that
//! the lint does not recognise, or that was left out unparsed, so it asks no other stage.

use std::cell::OnceCell;
use std::ops::Range;

use super::words::{Bag, Exhausted, Lexicon, Work};
use crate::tokens;

/// A text with its words.
pub(super) struct Text<'s> {
    text: &'s str,
    /// Without what a formatter changes.
    words: Vec<Range<usize>>,
    /// The number of each.
    ids: Vec<u32>,
    /// In the order of their starts; one that stands in another follows it.
    pub(super) functions: Vec<Function>,
}

/// A function: from `fn` to its last brace.
pub(super) struct Function {
    /// Bytes.
    pub(super) name: Range<usize>,
    pub(super) span: Range<usize>,
    /// The function that it stands in.
    parent: Option<usize>,
    bag: OnceCell<Bag>,
}

impl<'s> Text<'s> {
    pub(super) fn new(text: &'s str, lexicon: &Lexicon<'s>) -> Self {
        let all = tokens::spans(text);
        let functions = functions(text, &all);
        let words = all.into_iter().filter(|word| !tokens::is_layout(&text[word.clone()]));
        let words: Vec<Range<usize>> = words.collect();
        let ids = words.iter().map(|word| lexicon.id(&text[word.clone()])).collect();
        Text { text, words, ids, functions }
    }

    pub(super) fn name(&self, function: &Function) -> &'s str {
        &self.text[function.name.clone()]
    }

    /// The innermost function around a byte range, by its index.
    pub(super) fn around(&self, place: &Range<usize>) -> Option<usize> {
        let before = self.functions.partition_point(|f| f.span.start <= place.start);
        let mut inner = before.checked_sub(1);
        while let Some(index) = inner {
            let function = &self.functions[index];
            if place.end <= function.span.end {
                break;
            }
            inner = function.parent;
        }
        inner
    }

    /// The words of a byte range, as indices.
    fn within(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.words.partition_point(|word| word.start < span.start);
        let end = self.words.partition_point(|word| word.start < span.end);
        start..end
    }

    /// The numbers of the words of a byte range.
    pub(super) fn ids(&self, span: &Range<usize>) -> &[u32] {
        &self.ids[self.within(span)]
    }

    /// The words of a byte range.
    pub(super) fn words(&self, span: &Range<usize>) -> Vec<&'s str> {
        self.within(span).map(|index| &self.text[self.words[index].clone()]).collect()
    }

    /// The words of a function. It is counted once, and paid for: functions may stand in functions.
    pub(super) fn bag(&self, index: usize, work: &Work) -> Result<&Bag, Exhausted> {
        let function = &self.functions[index];
        if let Some(bag) = function.bag.get() {
            return Ok(bag);
        }
        let words = self.ids(&function.span);
        work.spend(SORTED * words.len())?;
        Ok(function.bag.get_or_init(|| Bag::new(words.to_vec())))
    }

    /// The words around a byte range, so many on each side, and as many of its first ones.
    pub(super) fn context(&self, place: &Range<usize>, count: usize) -> Bag {
        let within = self.within(place);
        let until = within.end.min(within.start + count);
        let before = &self.ids[within.start.saturating_sub(count)..until];
        let after = &self.ids[within.end..(within.end + count).min(self.ids.len())];
        Bag::new([before, after].concat())
    }

    /// The byte ranges in a function at which so many words follow each other that fit.
    pub(super) fn find(
        &self,
        function: &Function,
        length: usize,
        work: &Work,
        fits: impl Fn(&Found<'_, 's>) -> bool,
    ) -> Result<Vec<Range<usize>>, Exhausted> {
        let within = self.within(&function.span);
        work.spend(within.len().saturating_mul(length.max(1)))?;
        let last = (within.end + 1).saturating_sub(length.max(1)).max(within.start);
        let fitting = (within.start..last).filter(|&first| {
            let words = first..first + length;
            fits(&Found { text: self, words })
        });
        let range =
            |first: usize| self.words[first].start..self.words[first + length.max(1) - 1].end;
        Ok(fitting.map(range).collect())
    }
}

/// Some words that follow each other.
pub(super) struct Found<'t, 's> {
    text: &'t Text<'s>,
    words: Range<usize>,
}

impl<'s> Found<'_, 's> {
    pub(super) fn ids(&self) -> &[u32] {
        &self.text.ids[self.words.clone()]
    }

    pub(super) fn word(&self, index: usize) -> &'s str {
        &self.text.text[self.text.words[self.words.start + index].clone()]
    }
}

/// What it costs to sort a word among others.
const SORTED: usize = 8;

/// The byte ranges of a text's functions without test code, in the order of their starts.
pub(crate) fn extents(text: &str) -> Vec<Range<usize>> {
    functions(text, &tokens::spans(text)).into_iter().map(|function| function.span).collect()
}

/// One pass: what is open is on a stack.
fn functions(text: &str, all: &[Range<usize>]) -> Vec<Function> {
    let word = |i: usize| all.get(i).map_or("", |span| &text[span.clone()]);
    let mut functions = Vec::new();
    let mut braces: Vec<Option<(usize, usize)>> = Vec::new();
    let mut pending: Option<(usize, usize)> = None;
    let mut brackets = 0usize;
    let mut i = 0;
    while i < all.len() {
        match word(i) {
            "#" if is_test_attribute(&word, i) => {
                i = item_end(&word, i, all.len());
                continue;
            }
            "fn" if tokens::is_name(word(i + 1)) => {
                pending = Some((i, brackets));
                i += 1;
            }
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            ";" if pending.is_some_and(|(_, depth)| depth == brackets) => pending = None,
            "{" => braces.push(pending.take_if(|(_, depth)| *depth == brackets)),
            "}" => {
                if let Some(Some((start, depth))) = braces.pop() {
                    brackets = depth;
                    let (name, span) = (all[start + 1].clone(), all[start].start..all[i].end);
                    functions.push(Function { name, span, parent: None, bag: OnceCell::new() });
                }
            }
            _ => {}
        }
        i += 1;
    }
    functions.sort_by_key(|f| (f.span.start, f.span.end));
    find_parents(&mut functions);
    functions
}

fn find_parents(functions: &mut [Function]) {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..functions.len() {
        let start = functions[index].span.start;
        while open.last().is_some_and(|&last| functions[last].span.end <= start) {
            open.pop();
        }
        functions[index].parent = open.last().copied();
        open.push(index);
    }
}

/// More words of an attribute are not looked at.
const MAX_ATTRIBUTE: usize = 64;

/// What is left out of the analysis: `#[test]`, `#[tokio::test(…)]`, `#[cfg(test)]`,
/// `#[cfg(all(test, …))]`, and the same of `debug_assertions`; not `#[cfg(any(test, …))]`.
fn is_test_attribute<'t>(word: &impl Fn(usize) -> &'t str, at: usize) -> bool {
    if word(at + 1) != "[" {
        return false;
    }
    let off = |i: usize| matches!(word(i), "test" | "debug_assertions");
    let rooted = word(at + 2) == ":" && word(at + 3) == ":";
    let mut path = if rooted { at + 4 } else { at + 2 };
    while path < at + MAX_ATTRIBUTE && word(path + 1) == ":" && word(path + 2) == ":" {
        path += 3;
    }
    if word(path) == "test" {
        return true;
    }
    if path > at + 2 || word(path) != "cfg" || word(path + 1) != "(" {
        return false;
    }
    let condition = path + 2;
    if word(condition) != "all" || word(condition + 1) != "(" {
        return off(condition);
    }
    let mut depth = 0usize;
    for i in condition + 2..at + MAX_ATTRIBUTE {
        match word(i) {
            "(" => depth += 1,
            ")" if depth == 0 => return false,
            ")" => depth -= 1,
            _ if depth == 0 && off(i) => return true,
            _ => {}
        }
    }
    false
}

/// The word behind the item, arm, field or expression that starts with an attribute.
fn item_end<'t>(word: &impl Fn(usize) -> &'t str, start: usize, end: usize) -> usize {
    let mut depth = 0usize;
    for i in start..end {
        match word(i) {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" if depth == 0 => return i, // it ends what the item stands in
            "}" if depth == 1 => return i + 1,
            "}" | ")" | "]" => depth -= 1,
            ";" if depth == 0 => return i + 1,
            _ => {}
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::Text;
    use crate::diff::words::Lexicon;

    fn names(text: &str) -> Vec<&str> {
        let read = Text::new(text, &Lexicon::default());
        read.functions.iter().map(|f| read.name(f)).collect()
    }

    #[test]
    fn functions_have_bodies_and_are_no_tests() {
        let text = "fn a(x: [u8; 2]) { fn b() {} } trait T { fn c(); } #[test] fn d() { e(); } \
                    #[cfg(test)] mod tests { fn f() {} } #[inline] fn g() -> fn() { h }";
        assert_eq!(names(text), ["a", "b", "g"]);
        assert_eq!(names("fn a() { } } fn b() { { "), ["a"]);
    }

    #[test]
    fn test_code_is_what_the_analysis_leaves_out() {
        for attribute in [
            "test",
            "tokio::test",
            "tokio::test(flavor = \"multi_thread\")",
            "::madsim::test",
            "cfg(test)",
            "cfg(all(unix, test))",
            "cfg(debug_assertions)",
        ] {
            assert_eq!(names(&format!("#[{attribute}] fn a() {{}} fn b() {{}}")), ["b"]);
        }
        for attribute in [
            "cfg(any(test, feature = \"server\"))",
            "cfg(not(test))",
            "cfg(all(unix, not(test)))",
            "cfg_attr(test, allow(dead_code))",
            "doc(test)",
            "test::other",
            "",
        ] {
            assert_eq!(names(&format!("#[{attribute}] fn a() {{}} fn b() {{}}")), ["a", "b"]);
        }
    }

    #[test]
    fn test_code_at_the_end_of_a_block_ends_with_it() {
        for text in [
            "fn a() { match x { X => 1, #[cfg(test)] Y => 2 } } fn b() {}",
            "fn a() { S { x, #[cfg(test)] y: 2 } } fn b() {}",
            "fn a() { #[cfg(test)] x() } fn b() {}",
            "fn a() { f(#[cfg(test)] x) } fn b() {}",
        ] {
            assert_eq!(names(text), ["a", "b"], "{text}");
        }
    }

    #[test]
    fn the_innermost_function_is_around() {
        let text = "fn a() { fn b() { x } fn c() {} y } z";
        let read = Text::new(text, &Lexicon::default());
        let around = |word: &str| {
            let at = text.find(word).expect("it is there");
            read.around(&(at..at + 1)).map(|f| read.name(&read.functions[f]))
        };
        assert_eq!((around("x"), around("y"), around("z")), (Some("b"), Some("a"), None));
    }
}
