//! The names that a program gives: which there are, of what kind, and where they stand.
//!
//! A name is renamed wherever it stands in the program, as a whole word. So a name that several
//! things have is one name, and counts as the kind that is seen furthest.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use raft_lint::source::FileId;
use raft_lint::tokens;
use syn::visit::{self, Visit};
use syn::{Ident, Pat};

use crate::lint::Edits;

/// What has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Kind {
    Function,
    Field,
    Type,
    Variant,
    Constant,
    Parameter,
    Local,
}

impl Kind {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Kind::Function => "function",
            Kind::Field => "field",
            Kind::Type => "type, trait",
            Kind::Variant => "variant",
            Kind::Constant => "constant",
            Kind::Parameter => "parameter",
            Kind::Local => "local",
        }
    }

    /// A name of this kind that says nothing. Its form is that of the old one: the case of a letter
    /// tells a constant in a pattern from a new name.
    fn neutral(self, old: &str, number: usize) -> String {
        match old.chars().next() {
            // It says that the value is not used.
            Some('_') => format!("_neutral_{number}"),
            Some(first) if !first.is_uppercase() => format!("neutral_{number}"),
            _ if self == Kind::Constant => format!("NEUTRAL_{number}"),
            _ => format!("Neutral{number}"),
        }
    }
}

/// What the standard library calls its own: a program that gives something such a name calls the
/// library's by it, too, as far as can be seen without types.
const FOREIGN: &[&str] = &[
    "abs",
    "all",
    "and",
    "and_then",
    "any",
    "append",
    "as_bytes",
    "as_mut",
    "as_ref",
    "as_slice",
    "as_str",
    "await",
    "back",
    "borrow",
    "borrow_mut",
    "chain",
    "clamp",
    "clear",
    "clone",
    "cloned",
    "cmp",
    "collect",
    "contains",
    "contains_key",
    "copied",
    "count",
    "dedup",
    "default",
    "deref",
    "drain",
    "drop",
    "entry",
    "enumerate",
    "eq",
    "err",
    "expect",
    "extend",
    "extend_from_slice",
    "filter",
    "filter_map",
    "find",
    "first",
    "flat_map",
    "flatten",
    "flush",
    "fmt",
    "fold",
    "for_each",
    "front",
    "from",
    "get",
    "get_mut",
    "get_or_insert",
    "hash",
    "id",
    "index",
    "insert",
    "into",
    "into_inner",
    "into_iter",
    "is_empty",
    "is_none",
    "is_ok",
    "is_some",
    "iter",
    "iter_mut",
    "join",
    "keys",
    "kind",
    "last",
    "last_mut",
    "len",
    "load",
    "lock",
    "main",
    "map",
    "map_err",
    "max",
    "max_by_key",
    "min",
    "name",
    "new",
    "next",
    "now",
    "ok",
    "ok_or",
    "or_default",
    "or_insert",
    "parse",
    "partial_cmp",
    "poll",
    "pop",
    "pop_front",
    "position",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "range",
    "read",
    "recv",
    "remove",
    "replace",
    "resize",
    "retain",
    "rev",
    "send",
    "set",
    "skip",
    "sort",
    "sort_unstable",
    "splice",
    "split",
    "split_off",
    "start",
    "step",
    "store",
    "sum",
    "sync_all",
    "sync_data",
    "swap",
    "take",
    "then",
    "to_owned",
    "to_string",
    "to_vec",
    "truncate",
    "unwrap",
    "unwrap_or",
    "values",
    "values_mut",
    "write",
    "write_all",
    "zip",
    "Debug",
    "Clone",
    "Copy",
    "Default",
    "PartialEq",
    "Eq",
    "Ord",
    "PartialOrd",
    "Hash",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "String",
    "Box",
    "Arc",
    "Rc",
    "Mutex",
    "Ordering",
    "Less",
    "Equal",
    "Greater",
    "Error",
    "Instant",
    "Duration",
    "Future",
    "Iterator",
    "Pin",
    "Context",
    "Poll",
    "Ready",
    "Pending",
    "From",
    "Into",
    "Item",
    "Output",
    "Target",
    "end",
    "is_null",
    "core",
    "std",
];

/// Crates that are always there.
const LIBRARIES: &[&str] = &["alloc", "core", "std"];

/// The names of a program.
pub(crate) struct Names {
    /// In their order.
    pub(crate) all: BTreeMap<String, Kind>,
    /// Where each word stands.
    words: BTreeMap<String, Vec<(FileId, Range<usize>)>>,
}

impl Names {
    /// Those of all texts.
    pub(crate) fn of<'t>(texts: impl Iterator<Item = (FileId, &'t Arc<str>)>) -> Names {
        let mut given = Given::default();
        let mut words: BTreeMap<String, Vec<(FileId, Range<usize>)>> = BTreeMap::new();
        for (id, text) in texts {
            if let Ok(file) = syn::parse_file(text) {
                given.visit_file(&file);
            }
            for (word, range) in all_words(text) {
                words.entry(word.to_owned()).or_default().push((id, range));
            }
        }
        let Given { mut all, traits, implemented, used } = given;
        let foreign = implemented.iter().filter(|(of, _)| !traits.contains(of));
        let foreign: BTreeSet<&String> =
            foreign.flat_map(|(_, names)| names).chain(&used).collect();
        all.retain(|name, _| !foreign.contains(name) && !FOREIGN.contains(&name.as_str()));
        Names { all, words }
    }

    /// Gives a name's place to another one that says nothing; tells which.
    pub(crate) fn renamed(&self, name: &str) -> (String, Edits) {
        let kind = self.all[name];
        let free = |number: &usize| !self.words.contains_key(&kind.neutral(name, *number));
        let number = (7..).find(free).expect("there are more numbers than words");
        let new = kind.neutral(name, number);
        let mut edits = Edits::default();
        for (file, range) in self.words.get(name).into_iter().flatten() {
            edits.0.entry(*file).or_default().push((range.clone(), new.clone()));
        }
        (new, edits)
    }
}

/// The words of a text, those included that stand in braces in a string.
fn all_words(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut all = Vec::new();
    for span in tokens::spans(text) {
        let word = &text[span.clone()];
        if !word.starts_with('"') {
            all.push((word, span));
            continue;
        }
        for (at, _) in word.match_indices('{') {
            let rest = &word[at + 1..];
            let part = |c: char| !(c.is_alphanumeric() || c == '_');
            let end = rest.find(part).unwrap_or(rest.len());
            if end > 0 && rest[end..].starts_with(['}', ':']) {
                let start = span.start + at + 1;
                all.push((&rest[..end], start..start + end));
            }
        }
    }
    all
}

/// What a program gives names to.
#[derive(Default)]
struct Given {
    all: BTreeMap<String, Kind>,
    /// Its own traits.
    traits: BTreeSet<String>,
    /// What it calls by the names of a trait.
    implemented: Vec<(String, Vec<String>)>,
    /// What it takes from elsewhere.
    used: BTreeSet<String>,
}

impl Given {
    fn add(&mut self, ident: &Ident, kind: Kind) {
        let name = ident.to_string();
        if name == "self" || name == "_" || name.starts_with("r#") {
            return;
        }
        let known = self.all.entry(name).or_insert(kind);
        *known = (*known).min(kind);
    }

    fn add_foreign(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => self.add_foreign(&path.tree),
            syn::UseTree::Name(name) => {
                self.used.insert(name.ident.to_string());
            }
            syn::UseTree::Rename(rename) => {
                self.used.insert(rename.ident.to_string());
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_foreign(tree));
            }
            syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'a> Visit<'a> for Given {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let own = |path: &syn::UsePath| {
            ["crate", "self", "super"].contains(&path.ident.to_string().as_str())
        };
        match &item.tree {
            syn::UseTree::Path(path) if own(path) => {}
            tree => self.add_foreign(tree),
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let names = || path.segments.iter().map(|segment| segment.ident.to_string());
        if names().next().is_some_and(|first| LIBRARIES.contains(&first.as_str())) {
            self.used.extend(names());
        }
        visit::visit_path(self, path);
    }

    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        self.add(&signature.ident, Kind::Function);
        for input in &signature.inputs {
            if let syn::FnArg::Typed(typed) = input
                && let Pat::Ident(ident) = &*typed.pat
            {
                self.add(&ident.ident, Kind::Parameter);
            }
        }
        visit::visit_signature(self, signature);
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if let Some((path, _)) = &item.trait_ {
            let of = path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
            let name = |item: &syn::ImplItem| match item {
                syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                syn::ImplItem::Type(ty) => Some(ty.ident.to_string()),
                syn::ImplItem::Const(constant) => Some(constant.ident.to_string()),
                _ => None,
            };
            self.implemented.push((of, item.items.iter().filter_map(name).collect()));
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.traits.insert(item.ident.to_string());
        self.add(&item.ident, Kind::Type);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.add(&item.ident, Kind::Type);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.add(&item.ident, Kind::Type);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.add(&item.ident, Kind::Type);
        visit::visit_item_type(self, item);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.add(&item.ident, Kind::Constant);
        visit::visit_item_const(self, item);
    }

    fn visit_variant(&mut self, variant: &'a syn::Variant) {
        self.add(&variant.ident, Kind::Variant);
        visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'a syn::Field) {
        if let Some(ident) = &field.ident {
            self.add(ident, Kind::Field);
        }
        visit::visit_field(self, field);
    }

    fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
        if pat.ident.to_string().starts_with(|c: char| c.is_lowercase() || c == '_') {
            self.add(&pat.ident, Kind::Local);
        }
        visit::visit_pat_ident(self, pat);
    }
}
