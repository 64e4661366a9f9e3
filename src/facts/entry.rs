//! What is an entry, and where it comes from: the log, the request, or the code itself.

use super::eval::Engine;
use super::value::Value;
use super::world::World;
use crate::ir::{Name, TypeRef};
use crate::protocol::{Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, Tags};
use crate::roles::vocabulary::Words;

impl Engine<'_> {
    /// Whether an entry is made on this way, of the current term.
    pub(super) fn is_made_here(&self, value: &Value) -> bool {
        let Value::Struct(Some(name), fields, _) = value else { return false };
        self.symbols.program.words(*name).any(Words::ENTRY)
            && fields.iter().any(|(_, value)| {
                let Value::Sym(sym) = value else { return false };
                let data = self.symbols.get(*sym);
                let state = matches!(data.origin, Origin::Field(..) | Origin::Stored(..));
                state && data.role == Role::CurrentTerm
            })
    }

    /// Whether an entry has been added to the log on this way.
    pub(super) fn is_just_appended(&self, world: &World, entry: Sym) -> bool {
        world.has(Fact::OwnEntryAppended)
            && self.appended().iter().any(|added| self.shares(*added, entry))
    }

    /// Whether a value is part of the request's entries.
    pub(super) fn is_from_request(&self, world: &World, sym: Sym, fuel: u32) -> bool {
        let data = self.symbols.get(sym);
        let handled = matches!(world.handling, Some(Message::AppendEntries));
        handled
            && data.tags.only_request()
            && match (&data.role, &data.origin) {
                (Role::ReqEntry | Role::ReqEntries, _) => true,
                (
                    Role::ReqEntryPart,
                    Origin::Field(base, _) | Origin::Payload(base, ..) | Origin::Named(base, _),
                ) if fuel > 0 => self.is_from_request(world, *base, fuel - 1),
                (_, Origin::Composite(parts)) if fuel > 0 => {
                    parts.iter().any(|p| self.is_from_request(world, *p, fuel - 1))
                }
                _ => false,
            }
    }

    /// Whether a value is an entry of the own log, or part of one, by operations that are known.
    pub(super) fn is_from_log(&self, sym: Sym, fuel: u32) -> bool {
        let Some(less) = fuel.checked_sub(1) else { return false };
        let data = self.symbols.get(sym);
        if !data.tags.any(Tags::LOG) {
            return false;
        }
        match &data.origin {
            Origin::Index(base, _) | Origin::Elem(base) => {
                self.symbols.role(*base) == Role::Log || self.is_from_log(*base, less)
            }
            Origin::Field(base, _)
            | Origin::Payload(base, ..)
            | Origin::Inner(base)
            | Origin::Named(base, _) => self.is_from_log(*base, less),
            Origin::Stored(_, value) => self.is_from_log(*value, less),
            Origin::Method(name, args) => {
                const TAKES: &[&str] = &[
                    "iter",
                    "into_iter",
                    "skip",
                    "drain",
                    "get",
                    "get_mut",
                    "last",
                    "back",
                    "to_vec",
                    "rev",
                    "enumerate",
                    "split_off",
                    "take_while",
                    "filter",
                    "as_slice",
                    "unwrap_or",
                    "last_mut",
                    "nth",
                    "first",
                    "front",
                ];
                let Some(base) = args.first() else { return false };
                TAKES.contains(&self.symbols.program.text(*name))
                    && (self.symbols.role(*base) == Role::Log || self.is_from_log(*base, less))
            }
            Origin::Composite(parts) => parts.iter().any(|p| self.is_from_log(*p, less)),
            _ => false,
        }
    }

    /// Whether an argument is an entry, or holds one: by where it comes from, or by its name.
    pub(super) fn carries_entry(&mut self, values: &[Value]) -> bool {
        values.iter().any(|value| match value {
            Value::Unit | Value::Cond(_) | Value::Closure(_) => false,
            Value::Struct(_, fields, _) => {
                let named = |name: Name| {
                    let words = self.symbols.program.words(name);
                    words.any(Words::ENTRY.with(Words::ENTRIES).with(Words::PAYLOAD))
                };
                fields.iter().any(|(name, _)| named(*name))
                    || fields.to_vec().iter().any(|(_, v)| self.holds_entry(v))
            }
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                parts.to_vec().iter().any(|part| self.holds_entry(part))
            }
            Value::Sym(sym) => self.is_entry(*sym),
        })
    }

    /// Whether a value is an entry, or made of one.
    fn holds_entry(&mut self, value: &Value) -> bool {
        let sym = self.symbol(value);
        self.is_entry(sym)
    }

    /// Whether a value is an entry, by its role, its origin or its name.
    pub(super) fn is_entry(&self, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let part = matches!(
            data.role,
            Role::None
                | Role::LocalEntry
                | Role::ReqEntry
                | Role::ReqEntries
                | Role::ReqEntryPart
                | Role::OwnLastLogId
        );
        let scalar = data.ty.as_deref();
        let scalar = scalar.is_some_and(|ty| crate::roles::classify::is_scalar(&self.symbols, ty));
        let of_entry = data.tags.any(Tags::LOG.with(Tags::ENTRIES));
        part && (of_entry && !matches!(data.origin, Origin::Binary(..))
            || !scalar && self.is_called_entry(sym))
    }

    /// Whether a value, or its type, is called an entry or a command.
    fn is_called_entry(&self, sym: Sym) -> bool {
        let program = self.symbols.program;
        let called = |name: Name| {
            let words = program.words(name);
            words.any(Words::ENTRY.with(Words::ENTRIES).with(Words::PAYLOAD).with(Words::LOG))
                && !words.any(Words::INDEX.with(Words::TERM).with(Words::ID).with(Words::STORE))
        };
        let data = self.symbols.get(sym);
        let typed = match data.ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => called(*name),
            _ => false,
        };
        typed
            || match &data.origin {
                Origin::Param(name, _) | Origin::Named(_, name) | Origin::Field(_, name) => {
                    called(*name)
                }
                _ => false,
            }
    }

    /// Whether an argument can be an entry, and not only a position or a signal.
    pub(super) fn carries_something(&self, values: &[Value]) -> bool {
        values.iter().any(|value| match value {
            Value::Unit | Value::Cond(_) | Value::Closure(_) => false,
            Value::Variant(_, parts) | Value::Tuple(parts) | Value::Choice(parts) => {
                self.carries_something(parts)
            }
            Value::Struct(..) => true,
            Value::Sym(sym) => {
                let data = self.symbols.get(*sym);
                let position = data.role != Role::None
                    && !matches!(data.role, Role::LocalEntry | Role::ReqEntry | Role::ReqEntries);
                let scalar = data
                    .ty
                    .as_deref()
                    .is_some_and(|ty| crate::roles::classify::is_scalar(&self.symbols, ty));
                !position && !scalar && !matches!(data.origin, Origin::Int(_) | Origin::Binary(..))
            }
        })
    }

    /// The command of an own entry, and nothing around it.
    pub(super) fn is_bare_command(&self, value: &Value) -> bool {
        value.alternatives().iter().any(|part| {
            let Value::Sym(sym) = part else { return false };
            match &self.symbols.get(*sym).origin {
                Origin::Field(base, name) | Origin::Payload(base, _, name) => {
                    self.symbols.program.words(*name).any(Words::PAYLOAD)
                        && self.is_from_log(*base, 6)
                }
                _ => false,
            }
        })
    }

    /// Whether a value is part of an entry of the own log or of the request.
    pub(super) fn is_part_of_entry_of(&self, world: &World, value: &Value) -> bool {
        let Value::Sym(sym) = value else { return false };
        let data = self.symbols.get(*sym);
        let part = matches!(data.origin, Origin::Field(..) | Origin::Payload(..));
        part && data.role != Role::LocalEntryTerm
            && (self.is_from_log(*sym, 8) || self.is_from_request(world, *sym, 8))
    }
}
