//! What a project says of its own names: `role(…)` and `handler(…)`, in comments or in the
//! configuration.
//!
//! Takes the lowered files; gives each name that was spoken of a meaning where it is used, so that no
//! later stage has to know of it, and tells which functions are handlers or have a role. A name means
//! something only for what it was said of: what is spelled alike elsewhere keeps its own meaning. What
//! is said of nothing, or twice, is a fault. It decides nothing about code.

mod bindings;
mod fields;
mod index;
mod variants;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::fields::{Fields, NewField};
use self::index::Index;
use self::variants::Variants;
pub use self::vocabulary::{Spoken, Vocabulary};
use crate::ir::comment::{Comment, Directive, TargetKind};
use crate::ir::{FileIr, Function, Name, Pat, TypeRef};
use crate::names::Names;
use crate::program::PackageId;
use crate::protocol::{MEANINGS, Meaning, Message};
use crate::source::{FileId, Place, Span};
use crate::spelling;

/// What came of it.
#[derive(Default, Debug)]
pub struct Said {
    /// Functions that are handlers, by the place of their name.
    pub(super) handlers: FxHashMap<Place, Message>,
    /// Functions whose value has a role, by the place of their name: what they are called then.
    pub(super) functions: FxHashMap<Place, Name>,
    /// Fields that types have to tell apart, by their spelling.
    pub(super) fields: FxHashMap<Name, NewField>,
    /// What is wrong with a comment.
    pub faults: Vec<(Place, String)>,
    /// What is wrong with a name of the configuration, by line.
    pub unused: Vec<(u32, String)>,
    /// How many names were given a meaning.
    pub names: usize,
}

/// Everything that is said, by what it is said of.
#[derive(Default)]
struct Collected {
    fields: Fields,
    variants: Variants,
    functions: BTreeMap<Place, &'static Meaning>,
    handlers: BTreeMap<Place, Message>,
    /// Bindings by file and function.
    bindings: BTreeMap<(usize, usize), FxHashMap<Span, &'static Meaning>>,
    /// Comments on fields: their types may have other definitions.
    on_fields: Vec<(Place, index::Type, Name)>,
}

/// The type that a function belongs to.
fn owner(function: &Function) -> Option<Name> {
    match function.owner.as_ref().map(|o| &o.self_ty) {
        Some(TypeRef::Path { name, .. }) => Some(*name),
        _ => None,
    }
}

/// Does something with each file, and its package.
fn each_file(
    files: &mut [Option<Arc<FileIr>>],
    packages: &[PackageId],
    mut work: impl FnMut(&mut FileIr, PackageId),
) {
    for (ir, &package) in files.iter_mut().zip(packages) {
        if let Some(ir) = ir {
            work(Arc::make_mut(ir), package);
        }
    }
}

/// Two different things are said of one.
fn two(what: &str, first: &str, second: &str) -> String {
    format!("this has two {what}, `{first}` and `{second}`: keep one of them")
}

/// Gives the names their meanings. `packages` belong to the file slots.
pub fn apply(
    files: &mut [Option<Arc<FileIr>>],
    packages: &[PackageId],
    names: &mut Names,
    vocabulary: &Vocabulary,
) -> Said {
    let speaks = files.iter().flatten().any(|ir| !ir.comments.is_empty());
    if !speaks && vocabulary.is_empty() {
        return Said::default();
    }
    let index = Index::new(files, packages);
    let mut said = Said::default();
    let mut collected = Collected::default();
    for (slot, ir) in files.iter().enumerate() {
        let Some(ir) = ir else { continue };
        let patterns = Patterns::default();
        let here = Here { slot, package: packages[slot], ir, index: &index, patterns: &patterns };
        for comment in &ir.comments {
            match here.collect(comment, &mut collected) {
                Ok(named) => said.names += usize::from(named),
                Err(why) => said.faults.push((here.place(comment.span), why)),
            }
        }
    }
    collected.add_vocabulary(&index, names, vocabulary, &mut said);
    for (place, owner, field) in &collected.on_fields {
        if !collected.fields.is_whole(*owner, *field, &index) {
            let why = format!(
                "the package has more than one type `{}` with such a field, and they are told apart by \
                 their names: give the role to each, or a type a name of its own",
                names.text(owner.1)
            );
            said.faults.push((*place, why));
        }
    }
    for ((slot, function), bindings) in collected.bindings {
        if let Some(ir) = &mut files[slot] {
            let ir = Arc::make_mut(ir);
            bindings::rename(&mut ir.functions[function], &bindings, names);
        }
    }
    // Fields first: those of a variant are known by its spelling.
    said.fields = collected.fields.rename(files, packages, &index, names);
    collected.variants.rename(files, packages, &index, names);
    for (place, meaning) in collected.functions {
        let spelled = files[place.file.0 as usize]
            .as_ref()
            .and_then(|ir| ir.functions.iter().find(|f| f.name_span == place.span).map(|f| f.name));
        if let Some(spelled) = spelled {
            said.functions.insert(place, names.mean(spelled, meaning.name, Some(meaning)));
        }
    }
    said.handlers = collected.handlers.into_iter().collect();
    said
}

/// The bindings of a file by their place, with the functions that they are in; made when first asked
/// for.
#[derive(Default)]
struct Patterns(std::cell::OnceCell<BTreeMap<(u32, u32), (usize, Bound)>>);

/// What stands at the place of a pattern.
#[derive(Clone)]
enum Bound {
    /// A binding.
    Name,
    /// A variant, struct or constant: enum and name as written.
    Path(Option<Name>, Name),
}

impl Patterns {
    /// Everything in a span, in order.
    fn within(&self, ir: &FileIr, span: Span) -> Vec<(Span, usize, Bound)> {
        let all = self.0.get_or_init(|| {
            let mut all = BTreeMap::new();
            for (position, function) in ir.functions.iter().enumerate() {
                for pat in &function.body.pats {
                    let (at, bound) = match pat {
                        Pat::Bind { span, .. } => (*span, Bound::Name),
                        _ => match pat.named().map(|(path, at)| (path.split_last(), at)) {
                            Some((Some((last, qualifiers)), at)) => {
                                (at, Bound::Path(qualifiers.last().copied(), *last))
                            }
                            _ => continue,
                        },
                    };
                    all.insert((at.start, at.end), (position, bound));
                }
            }
            all
        });
        all.range((span.start, 0)..(span.end, u32::MAX))
            .map(|((start, end), (f, b))| (Span { start: *start, end: *end }, *f, b.clone()))
            .filter(|(at, ..)| span.contains(*at))
            .collect()
    }
}

/// The file that comments are read in.
struct Here<'h> {
    slot: usize,
    package: PackageId,
    ir: &'h FileIr,
    index: &'h Index,
    patterns: &'h Patterns,
}

impl Here<'_> {
    fn place(&self, span: Span) -> Place {
        Place { file: FileId(self.slot as u32), span }
    }

    /// What one comment says; true if it gives a name a meaning.
    fn collect(&self, comment: &Comment, collected: &mut Collected) -> Result<bool, String> {
        let target = comment.target.map(|target| target.kind);
        match &comment.directive {
            Directive::Role(id) => {
                let meaning = meaning(id)?;
                let target = target.ok_or_else(|| nothing(A_VALUE))?;
                self.role(meaning, target, comment.span, collected).map(|()| true)
            }
            Directive::Handler(id) => {
                let message = message(id)?;
                let target = target.ok_or_else(|| nothing(A_RECEIVER))?;
                self.handler(message, target, collected).map(|()| true)
            }
            Directive::Malformed(why) => Err(why.clone()),
            Directive::Allow { .. } if target.is_none() => Err(nothing("an item or a statement")),
            Directive::Allow { .. } => Ok(false),
        }
    }

    fn role(
        &self,
        meaning: &'static Meaning,
        target: TargetKind,
        comment: Span,
        collected: &mut Collected,
    ) -> Result<(), String> {
        match target {
            TargetKind::Field { owner, field } => {
                let owner = (self.package, owner);
                collected.on_fields.push((self.place(comment), owner, field));
                collected.fields.add(owner, field, meaning, true)
            }
            TargetKind::Function(name) => {
                let at = self.place(name);
                let function = self.index.function_at(at).ok_or(LEFT_OUT)?;
                if !function.returns {
                    return Err("this function returns nothing that could have a role".to_owned());
                }
                collected.add_function(at, meaning)
            }
            TargetKind::Let(pattern) | TargetKind::Parameter(pattern) => {
                let found = self.patterns.within(self.ir, pattern);
                let bound = found.iter().filter(|(.., bound)| matches!(bound, Bound::Name));
                let bound: Vec<_> = bound.collect();
                let [(at, function, _)] = bound[..] else {
                    return Err(match bound.is_empty() {
                        true => "no name is bound here, or the function is not analysed",
                        false => {
                            "more than one name is bound here: bind the one that has the role by itself"
                        }
                    }
                    .to_owned());
                };
                let known = collected.bindings.entry((self.slot, *function)).or_default();
                match known.insert(*at, meaning) {
                    Some(known) if known != meaning => Err(two("roles", known.id, meaning.id)),
                    _ => Ok(()),
                }
            }
            TargetKind::Variant { .. } | TargetKind::Arm(_) | TargetKind::Other => {
                Err(format!("nothing here has a value: a role is given to {A_VALUE}"))
            }
        }
    }

    fn handler(
        &self,
        message: Message,
        target: TargetKind,
        collected: &mut Collected,
    ) -> Result<(), String> {
        let (of, variant) = match target {
            TargetKind::Function(name) => {
                let at = self.place(name);
                let function = self.index.function_at(at).ok_or(LEFT_OUT)?;
                if !function.receives {
                    return Err("this function receives nothing".to_owned());
                }
                return collected.add_handler_at(at, message);
            }
            TargetKind::Variant { of, variant } => (Some(of), variant),
            TargetKind::Arm(pattern) => {
                // The outermost path starts first, and is the longest that does.
                let found = self.patterns.within(self.ir, pattern).into_iter();
                let paths = found.filter_map(|(at, _, bound)| match bound {
                    Bound::Path(of, last) => Some((at, (of, last))),
                    Bound::Name => None,
                });
                let outermost = paths.min_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
                outermost.ok_or("the pattern of this arm names no variant")?.1
            }
            TargetKind::Field { .. }
            | TargetKind::Let(_)
            | TargetKind::Parameter(_)
            | TargetKind::Other => {
                return Err(format!("nothing here receives a message: a handler is {A_RECEIVER}"));
            }
        };
        collected.variants.add(self.package, of, variant, message, self.index)
    }
}

const A_VALUE: &str = "a field, a `let`, a parameter or a function";
const A_RECEIVER: &str = "a function, an arm of a `match` or a variant";
const LEFT_OUT: &str = "this function is left out of the analysis: it is test code";

impl Collected {
    fn add_function(&mut self, at: Place, meaning: &'static Meaning) -> Result<(), String> {
        match self.functions.insert(at, meaning) {
            Some(known) if known != meaning => Err(two("roles", known.id, meaning.id)),
            _ => Ok(()),
        }
    }

    fn add_handler_at(&mut self, at: Place, message: Message) -> Result<(), String> {
        match self.handlers.insert(at, message) {
            Some(known) if known != message => Err(two("messages", known.id(), message.id())),
            _ => Ok(()),
        }
    }
}

fn nothing(expected: &str) -> String {
    format!("the comment stands on nothing: put it on the line before {expected}, or behind it")
}

/// The meaning of this id.
///
/// # Errors
///
/// If there is none, with the nearest one.
pub fn meaning(id: &str) -> Result<&'static Meaning, String> {
    Meaning::find(id).ok_or_else(|| unknown("role", id, MEANINGS.iter().map(|m| m.id)))
}

/// The message of this id.
///
/// # Errors
///
/// If there is none, with the nearest one.
pub fn message(id: &str) -> Result<Message, String> {
    let ids = || Message::ALL.into_iter().map(Message::id);
    Message::find(id).ok_or_else(|| unknown("message", id, ids()))
}

fn unknown<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let hint = match spelling::nearest(id, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<String> = known.map(|k| format!("`{k}`")).collect();
            format!("known are {}", known.join(", "))
        }
    };
    format!("there is no {what} `{id}`: {hint}")
}
