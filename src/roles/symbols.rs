//! Symbolic values: hash-consed terms that remember where a value came from.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use super::classify;
use crate::ir::{BinaryOp, Name, TypeRef};
use crate::program::{PackageId, Program};
use crate::protocol::Message;

/// Index of a symbol in [`Symbols`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Sym(pub u32);

/// Where a symbolic value came from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// `self` of the analysed function.
    SelfValue,
    /// A parameter of the analysed function; the flag says that it is part of a request.
    Param(Name, bool),
    /// A constant, static or other path.
    Global(Name),
    /// The place of a local variable: frame serial and name.
    Local(u32, Name),
    /// A field.
    Field(Sym, Name),
    /// A field of a variant's payload.
    Payload(Sym, Name, Name),
    /// `base[index]`.
    Index(Sym, Sym),
    /// A call that was not entered.
    Call(Name, Box<[Sym]>),
    /// A method call that was not entered; the receiver comes first.
    Method(Name, Box<[Sym]>),
    /// Arithmetic.
    Binary(BinaryOp, Sym, Sym),
    /// An integer.
    Int(u64),
    /// An element of a container or iterator.
    Elem(Sym),
    /// What is in an `Option` or `Result`.
    Inner(Sym),
    /// `&mut place`, where it is known what is in the place.
    Borrowed(Sym),
    /// What was in a field or element from the start, where something else is in it now.
    Former(Sym),
    /// A value with no role of its own that was bound to a name.
    Named(Sym, Name),
    /// A struct or tuple taken as one value.
    Composite(Box<[Sym]>),
    /// A value that entered a place declared as this message.
    Received(Sym, Message),
    /// What was stored in a place that has a role of its own: place and value.
    Stored(Sym, Sym),
    /// Something that is not known.
    Fresh(u32),
}

impl Origin {
    /// Looks at each of the symbols that this one is made of.
    fn each_part(&self, mut look: impl FnMut(Sym)) {
        match self {
            Origin::SelfValue
            | Origin::Param(..)
            | Origin::Global(_)
            | Origin::Local(..)
            | Origin::Int(_)
            | Origin::Fresh(_) => {}
            Origin::Field(part, _)
            | Origin::Payload(part, ..)
            | Origin::Elem(part)
            | Origin::Inner(part)
            | Origin::Borrowed(part)
            | Origin::Former(part)
            | Origin::Named(part, _)
            | Origin::Received(part, _) => look(*part),
            Origin::Index(a, b) | Origin::Binary(_, a, b) | Origin::Stored(a, b) => {
                look(*a);
                look(*b);
            }
            Origin::Call(_, parts) | Origin::Method(_, parts) | Origin::Composite(parts) => {
                parts.iter().for_each(|part| look(*part));
            }
        }
    }

    /// Whether both are made in the same way, of whatever symbols.
    pub fn is_like(&self, other: &Origin) -> bool {
        use Origin::{Binary, Call, Composite, Field, Method, Named, Payload, Received};
        match (self, other) {
            (Field(_, a), Field(_, b)) | (Named(_, a), Named(_, b)) => a == b,
            (Payload(_, of, a), Payload(_, other, b)) => of == other && a == b,
            (Call(a, of), Call(b, other)) | (Method(a, of), Method(b, other)) => {
                a == b && of.len() == other.len()
            }
            (Composite(of), Composite(other)) => of.len() == other.len(),
            (Binary(a, ..), Binary(b, ..)) => a == b,
            (Received(_, a), Received(_, b)) => a == b,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The symbols that this one is made of.
    pub fn parts(&self) -> SmallVec<[Sym; 4]> {
        let mut parts = SmallVec::new();
        self.each_part(|part| parts.push(part));
        parts
    }

    /// The same origin of other symbols.
    pub fn with_parts(&self, mut other: impl FnMut(Sym) -> Sym) -> Origin {
        match self {
            Origin::SelfValue
            | Origin::Param(..)
            | Origin::Global(_)
            | Origin::Local(..)
            | Origin::Int(_)
            | Origin::Fresh(_) => self.clone(),
            Origin::Field(part, name) => Origin::Field(other(*part), *name),
            Origin::Payload(part, variant, name) => Origin::Payload(other(*part), *variant, *name),
            Origin::Elem(part) => Origin::Elem(other(*part)),
            Origin::Inner(part) => Origin::Inner(other(*part)),
            Origin::Borrowed(part) => Origin::Borrowed(other(*part)),
            Origin::Former(part) => Origin::Former(other(*part)),
            Origin::Named(part, name) => Origin::Named(other(*part), *name),
            Origin::Received(part, message) => Origin::Received(other(*part), *message),
            Origin::Index(a, b) => Origin::Index(other(*a), other(*b)),
            Origin::Binary(op, a, b) => Origin::Binary(*op, other(*a), other(*b)),
            Origin::Stored(a, b) => Origin::Stored(other(*a), other(*b)),
            Origin::Call(name, parts) => {
                Origin::Call(*name, parts.iter().copied().map(other).collect())
            }
            Origin::Method(name, parts) => {
                Origin::Method(*name, parts.iter().copied().map(other).collect())
            }
            Origin::Composite(parts) => {
                Origin::Composite(parts.iter().copied().map(other).collect())
            }
        }
    }
}

/// What a symbol means to the protocol. `Req` roles are parts of a request, the others are local.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs)] // the names are those of the paper
pub enum Role {
    #[default]
    None,
    Request,
    ReqTerm,
    PrevIndex,
    PrevTerm,
    PrevLogId,
    ReqEntries,
    ReqEntry,
    ReqEntryTerm,
    /// Another part of a request's entry, such as its own index.
    ReqEntryPart,
    LeaderCommit,
    Candidate,
    CandidateLastTerm,
    CandidateLastIndex,
    CandidateLastLogId,
    /// `log_term` or `index` of a message whose kind decides.
    ReqLogTerm,
    ReqLogIndex,
    ReqLogId,
    CurrentTerm,
    VotedFor,
    CommitIndex,
    LastApplied,
    Log,
    LocalEntry,
    LocalEntryTerm,
    OwnLastTerm,
    OwnLastIndex,
    OwnLastLogId,
    SnapshotIndex,
    SnapshotTerm,
    MatchIndex,
    NextIndex,
    OwnTermStart,
    Zero,
}

/// What went into a symbol, through any number of steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tags(pub u32);

#[allow(missing_docs)]
impl Tags {
    pub const REQUEST: Tags = Tags(1);
    pub const LOCAL: Tags = Tags(1 << 1);
    pub const LOG: Tags = Tags(1 << 2);
    pub const PREV_INDEX: Tags = Tags(1 << 3);
    pub const PREV_TERM: Tags = Tags(1 << 4);
    pub const ENTRIES: Tags = Tags(1 << 5);
    pub const MATCH: Tags = Tags(1 << 6);
    pub const QUORUM: Tags = Tags(1 << 7);
    pub const LEADER_COMMIT: Tags = Tags(1 << 8);
    pub const COMMIT: Tags = Tags(1 << 9);
    pub const LAST: Tags = Tags(1 << 10);
    pub const SNAPSHOT: Tags = Tags(1 << 11);
    pub const CURRENT_TERM: Tags = Tags(1 << 12);
    pub const CANDIDATE_LAST: Tags = Tags(1 << 13);
    pub const CANDIDATE: Tags = Tags(1 << 14);
    pub const STORE: Tags = Tags(1 << 15);
    pub const REQ_INDEX: Tags = Tags(1 << 16);
    pub const UNKNOWN_PARAM: Tags = Tags(1 << 17);
    /// Something that is called committed.
    pub const COMMITTED: Tags = Tags(1 << 18);

    /// From the replicas' progress, or from a majority of it.
    pub const COUNTED: Tags = Tags::MATCH.with(Tags::QUORUM);

    pub const fn with(self, other: Tags) -> Tags {
        Tags(self.0 | other.0)
    }
    pub const fn without(self, other: Tags) -> Tags {
        Tags(self.0 & !other.0)
    }
    pub const fn any(self, other: Tags) -> bool {
        self.0 & other.0 != 0
    }
    /// Comes from a request and from nothing local.
    pub const fn only_request(self) -> bool {
        self.any(Tags::REQUEST) && !self.any(Tags::LOCAL)
    }
}

/// A symbol's record.
#[derive(Clone, Debug)]
pub struct SymData {
    /// Where it came from.
    pub origin: Origin,
    /// What it means.
    pub role: Role,
    /// What went into it.
    pub tags: Tags,
    /// Its type, if known, behind wrappers.
    pub ty: Option<Rc<TypeRef>>,
    /// The last symbol that went into it, or that it is, of which nothing is known but where it was made.
    pub made: Option<Sym>,
    /// The same number for all symbols that are made in one way of such symbols, whichever these are; others have
    /// one of their own.
    pub shape: u32,
}

impl SymData {
    /// Whether both mean the same, whatever they are.
    pub fn means(&self, other: &SymData) -> bool {
        self.role == other.role && self.tags == other.tags && self.ty == other.ty
    }
}

/// The table of symbols of one analysis.
pub struct Symbols<'p> {
    /// The program that is analysed.
    pub program: &'p Program,
    /// The package whose definitions come first.
    pub package: PackageId,
    data: Vec<SymData>,
    ids: FxHashMap<Origin, Sym>,
    fresh: u32,
}

impl<'p> Symbols<'p> {
    /// An empty table.
    pub fn new(program: &'p Program, package: PackageId) -> Self {
        Symbols { program, package, data: Vec::new(), ids: FxHashMap::default(), fresh: 0 }
    }

    /// The record of a symbol.
    pub fn get(&self, sym: Sym) -> &SymData {
        &self.data[sym.0 as usize]
    }

    /// The role of a symbol.
    pub fn role(&self, sym: Sym) -> Role {
        self.get(sym).role
    }

    /// The tags of a symbol.
    pub fn tags(&self, sym: Sym) -> Tags {
        self.get(sym).tags
    }

    /// The type of a symbol.
    pub fn ty(&self, sym: Sym) -> Option<Rc<TypeRef>> {
        self.get(sym).ty.clone()
    }

    /// The name that a value has by itself: that of the field, the method or the binding.
    pub fn name(&self, sym: Sym) -> Option<Name> {
        let mut at = sym;
        loop {
            at = match &self.get(at).origin {
                Origin::Field(_, name)
                | Origin::Payload(_, _, name)
                | Origin::Named(_, name)
                | Origin::Method(name, _)
                | Origin::Call(name, _)
                | Origin::Param(name, _)
                | Origin::Local(_, name)
                | Origin::Global(name) => return Some(*name),
                Origin::Inner(base)
                | Origin::Borrowed(base)
                | Origin::Former(base)
                | Origin::Elem(base)
                | Origin::Index(base, _)
                | Origin::Received(base, _)
                | Origin::Stored(base, _) => *base,
                _ => return None,
            };
        }
    }

    /// All symbols so far.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, &SymData)> {
        (0..).map(Sym).zip(&self.data)
    }

    /// The record that an origin would have, without making a symbol of it.
    pub fn peek(&self, origin: Origin) -> SymData {
        let ty = classify::type_of(self, &origin);
        let (role, tags) = classify::classify(self, &origin, ty.as_ref());
        SymData { origin, role, tags, ty: ty.map(Rc::new), made: None, shape: 0 }
    }

    /// The symbol of an origin; role, tags and type are decided at its first use.
    pub fn intern(&mut self, origin: Origin) -> Sym {
        self.intern_typed(origin, None)
    }

    /// The symbol of an origin, if there is one.
    pub fn known(&self, origin: &Origin) -> Option<Sym> {
        self.ids.get(origin).copied()
    }

    /// As [`Self::intern`], with a type that is known from elsewhere.
    pub fn intern_typed(&mut self, origin: Origin, ty: Option<TypeRef>) -> Sym {
        let origin = self.said(origin);
        if let Some(&sym) = self.ids.get(&origin) {
            return sym;
        }
        let ty = ty.or_else(|| classify::type_of(self, &origin));
        let (role, tags) = classify::classify(self, &origin, ty.as_ref());
        let sym = Sym(self.data.len() as u32);
        let made = self.made(&origin, sym);
        let shape = if made.is_some() { self.shape(&origin) } else { sym.0 };
        let data = SymData { origin: origin.clone(), role, tags, ty: ty.map(Rc::new), made, shape };
        self.data.push(data);
        self.ids.insert(origin, sym);
        sym
    }

    /// The last symbol of a new one's parts, or it itself, that belongs to the place where it was made.
    fn made(&self, origin: &Origin, sym: Sym) -> Option<Sym> {
        if matches!(origin, Origin::Fresh(_) | Origin::Local(..)) {
            return Some(sym);
        }
        let mut made = None;
        origin.each_part(|part| made = made.max(self.get(part).made));
        made
    }

    /// The number of a new symbol's shape.
    fn shape(&self, origin: &Origin) -> u32 {
        let shape = match origin {
            Origin::Fresh(_) => Origin::Fresh(0),
            Origin::Local(_, name) => Origin::Local(0, *name),
            origin => origin.with_parts(|part| Sym(self.get(part).shape)),
        };
        let mut hasher = FxHasher::default();
        shape.hash(&mut hasher);
        hasher.finish() as u32
    }

    /// The number of symbols so far: those from it on are newer.
    pub fn next(&self) -> Sym {
        Sym(self.data.len() as u32)
    }

    /// A field with a role takes the name that its owner gives it.
    fn said(&self, origin: Origin) -> Origin {
        let Origin::Field(base, name) = origin else { return origin };
        let new = self.program.said_field(self.get(base).ty.as_deref(), name, self.package);
        Origin::Field(base, new.unwrap_or(name))
    }

    /// A value of which nothing is known.
    pub fn fresh(&mut self) -> Sym {
        self.fresh += 1;
        self.intern(Origin::Fresh(self.fresh))
    }

    /// A value of which only the sources are known.
    pub fn composite(&mut self, parts: Vec<Sym>) -> Sym {
        self.intern(Origin::Composite(parts.into()))
    }
}
