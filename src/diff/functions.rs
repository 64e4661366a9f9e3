//! Where the functions of a text are, found by its words alone.
//!
//! Takes any text; gives its words and the functions that are no test code. It has to find code that
//! the lint does not recognise, or that was left out unparsed, so it asks no other stage.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::tokens;

/// A text with its words.
pub(super) struct Text<'s> {
    text: &'s str,
    /// Without what a formatter changes.
    words: Vec<Range<usize>>,
    pub(super) functions: Vec<Function>,
}

/// A function: from `fn` to its last brace.
pub(super) struct Function {
    /// Bytes.
    pub(super) name: Range<usize>,
    pub(super) span: Range<usize>,
}

/// How often each word occurs.
pub(super) type Bag<'s> = BTreeMap<&'s str, usize>;

impl<'s> Text<'s> {
    pub(super) fn new(text: &'s str) -> Self {
        let all = tokens::spans(text);
        let functions = functions(text, &all);
        let words = all.into_iter().filter(|word| !tokens::is_layout(&text[word.clone()]));
        Text { text, words: words.collect(), functions }
    }

    pub(super) fn name(&self, function: &Function) -> &'s str {
        &self.text[function.name.clone()]
    }

    /// The innermost function around a byte range.
    pub(super) fn around(&self, place: &Range<usize>) -> Option<&Function> {
        let holds = |f: &&Function| f.span.start <= place.start && place.end <= f.span.end;
        self.functions.iter().filter(holds).min_by_key(|f| f.span.len())
    }

    /// The words of a function, as indices.
    fn within(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.words.partition_point(|word| word.start < span.start);
        let end = self.words.partition_point(|word| word.start < span.end);
        start..end
    }

    fn word(&self, index: usize) -> &'s str {
        &self.text[self.words[index].clone()]
    }

    /// The words of a byte range.
    pub(super) fn words(&self, span: &Range<usize>) -> Vec<&'s str> {
        self.within(span).map(|index| self.word(index)).collect()
    }

    pub(super) fn bag(&self, function: &Function) -> Bag<'s> {
        bag(self.words(&function.span))
    }

    /// The words around a byte range, so many on each side.
    pub(super) fn context(&self, place: &Range<usize>, count: usize) -> Bag<'s> {
        let within = self.within(place);
        let around = within.start.saturating_sub(count)..(within.end + count).min(self.words.len());
        bag(around.map(|index| self.word(index)))
    }

    /// The byte ranges in a function at which such words follow each other.
    pub(super) fn find(
        &self,
        function: &Function,
        length: usize,
        fits: impl Fn(&[&str]) -> bool,
    ) -> Vec<Range<usize>> {
        let within = self.within(&function.span);
        let words = self.words(&function.span);
        let fitting = (0..words.len()).filter(|&i| words.get(i..i + length).is_some_and(&fits));
        let range = |i: usize| {
            let first = within.start + i;
            self.words[first].start..self.words[first + length.max(1) - 1].end
        };
        fitting.map(range).collect()
    }
}

fn bag<'s>(words: impl IntoIterator<Item = &'s str>) -> Bag<'s> {
    let mut bag = Bag::new();
    for word in words {
        *bag.entry(word).or_default() += 1;
    }
    bag
}

/// Shorter pieces have too much in common with everything.
const MIN_WORDS: usize = 16;

/// How much two bags have in common: 0 to 100. A piece that was taken out of another one is like it.
pub(super) fn likeness(a: &Bag<'_>, b: &Bag<'_>) -> usize {
    let (size_a, size_b): (usize, usize) = (a.values().sum(), b.values().sum());
    let shared: usize = a.iter().map(|(word, count)| *count.min(b.get(word).unwrap_or(&0))).sum();
    let smaller = size_a.min(size_b);
    let whole = 200 * shared / (size_a + size_b).max(1);
    let part = if smaller >= MIN_WORDS { 80 * shared / smaller } else { 0 };
    whole.max(part)
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
                    functions.push(Function { name, span });
                }
            }
            _ => {}
        }
        i += 1;
    }
    functions.sort_by_key(|f| (f.span.start, f.span.end));
    functions
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`.
fn is_test_attribute<'t>(word: &impl Fn(usize) -> &'t str, at: usize) -> bool {
    if word(at + 1) != "[" {
        return false;
    }
    let words: Vec<&str> = (at + 2..at + 40).map(word).take_while(|word| *word != "]").collect();
    let tested = words.contains(&"test") && !words.contains(&"not");
    tested && (words.first() == Some(&"cfg") || words.last() == Some(&"test"))
}

/// The word behind the item that starts with an attribute.
fn item_end<'t>(word: &impl Fn(usize) -> &'t str, start: usize, end: usize) -> usize {
    let mut depth = 0usize;
    for i in start..end {
        match word(i) {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" if depth <= 1 => return i + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return i + 1,
            _ => {}
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::Text;

    fn names(text: &str) -> Vec<&str> {
        let read = Text::new(text);
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
    fn the_innermost_function_is_around() {
        let text = "fn a() { fn b() { x } }";
        let read = Text::new(text);
        let at = text.find('x').expect("x is there");
        assert_eq!(read.around(&(at..at + 1)).map(|f| read.name(f)), Some("b"));
    }
}
