//! What the checked code calls the values of the protocol, so that a help text can say the missing
//! check in the code's own names.
//!
//! Names are looked for in the function of the effect first, then in its callers: a value that the
//! code reads is named as it reads it. The missing check is mostly about a value that it never
//! reads; then the definition of the message, or of the node, tells what it is called ([`defined`]).

mod defined;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::derive::role_under;
use super::eval::Engine;
use super::scope::Scope;
use super::world::World;
use crate::ir::{Name, TypeRef};
use crate::program::FnId;
use crate::protocol::{Message, Quantity};
use crate::roles::symbols::{Origin, Role, Sym, SymData, Symbols};
use crate::roles::vocabulary::Words;

/// Nesting of an expression that is looked into.
const MAX_DEPTH: u32 = 6;

/// What the code calls the values of the protocol, as parts of a sentence.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Naming(BTreeMap<Quantity, String>);

impl Naming {
    /// The code's name in backticks, or the protocol's.
    pub fn of(&self, quantity: Quantity) -> &str {
        self.0.get(&quantity).map_or(quantity.title(), String::as_str)
    }
}

impl Engine<'_> {
    /// The names at an effect in the function at `depth` of the stack that writes `written`.
    pub(super) fn naming(&self, world: &World, depth: usize, written: &[Sym]) -> Naming {
        let functions = (0..=depth).rev().filter(|i| !self.frames.all()[*i].is_closure);
        let namer = Namer {
            symbols: &self.symbols,
            handling: world.handling,
            handler: *world.handler,
            scopes: functions.map(|i| self.scope(world, i)).collect(),
            read: self.read_values(world.handling),
            named: RefCell::default(),
            own: OnceCell::new(),
            requests: OnceCell::new(),
            fields: &self.named_fields,
        };
        let mut names = BTreeMap::new();
        for quantity in Quantity::ALL {
            let text = match quantity {
                Quantity::NewCommit => {
                    written.first().and_then(|w| namer.scopes[0].local(*w)).map(code)
                }
                _ => namer.quantity(quantity),
            };
            names.extend(text.map(|text| (quantity, text)));
        }
        namer.agree_on_previous(&mut names);
        Naming(names)
    }

    /// The values that the code has read so far and that can be written down, by role.
    fn read_values(&self, handling: Option<Message>) -> FxHashMap<Role, Vec<Sym>> {
        let mut read: FxHashMap<Role, Vec<Sym>> = FxHashMap::default();
        for (sym, data) in self.symbols.iter() {
            let role = nameable_role(&self.symbols, data, handling);
            if role != Role::None && is_read(&self.symbols, data, role) {
                read.entry(role).or_default().push(sym);
            }
        }
        read
    }
}

/// What a name is looked for in.
struct Namer<'a> {
    symbols: &'a Symbols<'a>,
    handling: Option<Message>,
    /// The function in which the message was recognised.
    handler: Option<FnId>,
    /// The effect's function first.
    scopes: Vec<Scope<'a>>,
    read: FxHashMap<Role, Vec<Sym>>,
    /// What was found so far.
    named: RefCell<FxHashMap<Role, Option<String>>>,
    /// The values of the node, and requests, that may have fields with a role.
    own: OnceCell<Vec<Sym>>,
    requests: OnceCell<Vec<Sym>>,
    fields: &'a RefCell<NamedFields>,
}

/// The roles that fields have of a value of a type that is here, while a message is handled.
pub(super) type NamedFields = FxHashMap<(Sym, Option<Message>), Rc<[(Role, Name)]>>;

fn code(text: String) -> String {
    format!("`{text}`")
}

impl Namer<'_> {
    fn quantity(&self, quantity: Quantity) -> Option<String> {
        let part = |role: Role, part: &str, whole: Role| {
            let of_whole = || Some(format!("the {part} of {}", self.name(whole)?));
            self.name(role).or_else(of_whole)
        };
        match quantity {
            Quantity::PrevIndex => part(Role::PrevIndex, "index", Role::PrevLogId),
            Quantity::PrevTerm => part(Role::PrevTerm, "term", Role::PrevLogId),
            Quantity::CandidateLast => {
                let pair = self.pair(Role::CandidateLastTerm, Role::CandidateLastIndex);
                pair.or_else(|| self.name(Role::CandidateLastLogId))
            }
            Quantity::OwnLast => {
                let pair = self.pair(Role::OwnLastTerm, Role::OwnLastIndex);
                let of_log = |log| format!("the term and index of the last entry of {log}");
                pair.or_else(|| self.name(Role::OwnLastLogId))
                    .or_else(|| self.name(Role::Log).map(of_log))
            }
            Quantity::CurrentTerm => self.name(Role::CurrentTerm),
            Quantity::Log => self.name(Role::Log),
            Quantity::CommitIndex => self.name(Role::CommitIndex),
            Quantity::NewCommit => None,
        }
    }

    /// The previous entry's index and term are parts of one thing: names that start at two are
    /// no pair, and then the paper's words are better.
    fn agree_on_previous(&self, names: &mut BTreeMap<Quantity, String>) {
        let (index, term) = (names.get(&Quantity::PrevIndex), names.get(&Quantity::PrevTerm));
        let (Some(index), Some(term)) = (index.and_then(|n| root(n)), term.and_then(|n| root(n)))
        else {
            return;
        };
        if index == term {
            return;
        }
        let whole = self.name(Role::PrevLogId);
        let of = whole.as_deref().and_then(root);
        let (of_index, of_term) = (of == Some(index), of == Some(term));
        names.retain(|q, _| match q {
            Quantity::PrevIndex => of_index,
            Quantity::PrevTerm => of_term,
            _ => true,
        });
        match whole {
            Some(whole) if of_index => {
                names.insert(Quantity::PrevTerm, format!("the term of {whole}"));
            }
            Some(whole) if of_term => {
                names.insert(Quantity::PrevIndex, format!("the index of {whole}"));
            }
            _ => {}
        }
    }

    /// A term and an index as a tuple, as far as both are plain expressions.
    fn pair(&self, term: Role, index: Role) -> Option<String> {
        let (term, index) = (self.name(term)?, self.name(index)?);
        let plain = |text: &str| Some(text.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        match (plain(&term), plain(&index)) {
            (Some(t), Some(i)) if !t.contains('`') && !i.contains('`') => {
                Some(format!("`({t}, {i})`"))
            }
            _ => Some(match (term.split_once(" of "), index.split_once(" of ")) {
                (Some((t, of)), Some((i, same))) if of == same => format!("({t}, {i}) of {of}"),
                _ => format!("({term}, {index})"),
            }),
        }
    }

    /// What the code calls a value of this role: as it reads it, as a definition says, or as a
    /// binding that only its name gives a role.
    fn name(&self, role: Role) -> Option<String> {
        if let Some(named) = self.named.borrow().get(&role) {
            return named.clone();
        }
        let named = self.named_anew(role);
        self.named.borrow_mut().insert(role, named.clone());
        named
    }

    fn named_anew(&self, role: Role) -> Option<String> {
        let (direct, bound): (Vec<Sym>, Vec<Sym>) = self
            .read
            .get(&role)
            .map(|all| all.iter().partition(|s| !is_bound(&self.symbols.get(**s).origin)))
            .unwrap_or_default();
        let read = self.shortest(&direct).map(code);
        read.or_else(|| self.defined(role)).or_else(|| self.shortest(&bound).map(code))
    }

    /// The shortest name that the nearest scope has for one of these values.
    fn shortest(&self, values: &[Sym]) -> Option<String> {
        self.scopes.iter().find_map(|scope| {
            let texts = values.iter().filter_map(|sym| scope.text(*sym, MAX_DEPTH));
            // Inside of the log itself there is no name for it.
            texts.filter(|text| text != "self").min_by(|a, b| (a.len(), a).cmp(&(b.len(), b)))
        })
    }
}

/// What the path in a name starts at: `args` of "`args.prev_log_index`".
fn root(name: &str) -> Option<&str> {
    let path = name.strip_suffix('`')?.rsplit_once('`')?.1;
    let (root, _) = path.split_once('.')?;
    Some(root.rsplit_once('(').map_or(root, |(_, inner)| inner))
}

/// The role for which a value's name may stand: none for another term, and for a buffer.
fn nameable_role(symbols: &Symbols<'_>, data: &SymData, handling: Option<Message>) -> Role {
    match role_under(data.role, handling) {
        Role::CurrentTerm if is_other_term(symbols, data) => Role::None,
        Role::Log if is_buffer(symbols, data) => Role::None,
        role => role,
    }
}

/// A value is followed through no more than so many others: nobody writes down what is further away.
const MAX_LINKS: usize = 100;

/// The value behind bindings, wrappers and stores.
fn behind<'s>(symbols: &'s Symbols<'_>, mut data: &'s SymData) -> &'s SymData {
    for _ in 0..MAX_LINKS {
        match data.origin {
            Origin::Named(base, _)
            | Origin::Inner(base)
            | Origin::Received(base, _)
            | Origin::Stored(base, _) => data = symbols.get(base),
            _ => break,
        }
    }
    data
}

/// Whether a value was declared as an `Option`: entries that wait to be written, not the log.
fn is_buffer(symbols: &Symbols<'_>, data: &SymData) -> bool {
    let (program, package) = (symbols.program, symbols.package);
    match &behind(symbols, data).origin {
        Origin::Field(base, field) => {
            let Some(TypeRef::Path { name, .. }) = symbols.get(*base).ty.as_deref() else {
                return false;
            };
            let def = program.struct_def(*name, package);
            let of = def.and_then(|d| d.fields.iter().find(|f| f.name == *field));
            of.is_some_and(
                |f| matches!(&f.ty, TypeRef::Path { name, .. } if program.text(*name) == "Option"),
            )
        }
        _ => false,
    }
}

/// Whether a role is one of the node's own state.
fn is_local(role: Role) -> bool {
    use Role::{CurrentTerm, Log, OwnLastIndex, OwnLastLogId, OwnLastTerm};
    matches!(role, CurrentTerm | Log | OwnLastTerm | OwnLastIndex | OwnLastLogId)
}

/// Whether a name says that a term is that of something else: `progress.match_term`.
fn is_other_term(symbols: &Symbols<'_>, data: &SymData) -> bool {
    let of_other = Words::MATCH
        .with(Words::LAST)
        .with(Words::PREV)
        .with(Words::LOG)
        .with(Words::ENTRY)
        .with(Words::SNAPSHOT)
        .with(Words::COMMIT);
    match &behind(symbols, data).origin {
        Origin::Field(_, name) | Origin::Method(name, _) | Origin::Call(name, _) => {
            symbols.program.words(*name).any(of_other)
        }
        _ => false,
    }
}

/// Whether a value is a part of the node, and not of what a variant carries.
fn is_own<'s>(symbols: &'s Symbols<'_>, mut data: &'s SymData) -> bool {
    for _ in 0..MAX_LINKS {
        match &data.origin {
            Origin::Payload(..) => return false,
            Origin::Field(base, _)
            | Origin::Named(base, _)
            | Origin::Inner(base)
            | Origin::Received(base, _)
            | Origin::Index(base, _)
            | Origin::Elem(base) => data = symbols.get(*base),
            _ => return true,
        }
    }
    false
}

/// Whether only its binding's name gives a value a role.
fn is_bound(origin: &Origin) -> bool {
    matches!(origin, Origin::Named(..))
}

/// Whether a value is one that was read, not computed.
fn is_read(symbols: &Symbols<'_>, data: &SymData, role: Role) -> bool {
    const PARTS: &[&str] =
        &["iter", "iter_mut", "into_iter", "values", "drain", "rev", "last", "back"];
    let program = symbols.program;
    let data = behind(symbols, data);
    match &data.origin {
        Origin::Param(..) => true,
        // What came with an answer or an event is not the node's own.
        Origin::Field(..) | Origin::Payload(..) => !is_local(role) || is_own(symbols, data),
        Origin::Method(name, args) | Origin::Call(name, args) => {
            // `matches.values().sort_unstable()` is no log.
            let vague = role == Role::Log && program.words(*name).any(Words::OTHER);
            args.len() == 1 && !vague && !PARTS.contains(&program.text(*name))
        }
        _ => false,
    }
}
