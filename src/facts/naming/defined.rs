//! Names from definitions: of a message's fields, or of the node's.

use std::rc::Rc;

use super::{MAX_DEPTH, Namer, is_local, nameable_role};
use crate::facts::derive::role_under;
use crate::facts::scope::is_position;
use crate::ir::{Name, StructDef, TypeRef};
use crate::roles::messages;
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};

impl Namer<'_> {
    /// What a definition calls a value of this role: a field of the message that is handled, or of
    /// the node.
    pub(super) fn defined(&self, role: Role) -> Option<String> {
        let program = self.symbols.program;
        let local = is_local(role);
        let bases = if local {
            self.own.get_or_init(|| self.bases(true))
        } else {
            self.requests.get_or_init(|| self.bases(false))
        };
        let mut best: Option<String> = None;
        for &base in bases {
            let Some((of, field)) = self.field_with(base, role) else { continue };
            let [of, field] = [of, field].map(|n| program.spelled(n));
            let text = match self.scopes.iter().find_map(|s| s.text(base, MAX_DEPTH)) {
                Some(whole) => format!("`{whole}.{field}`"),
                None if local => continue,
                None => format!("`{field}` of `{of}`"),
            };
            let shorter = |best: &String| (text.len(), &text) < (best.len(), best);
            if best.as_ref().is_none_or(shorter) {
                best = Some(text);
            }
        }
        best.or_else(|| if local { None } else { self.defined_in_variant(role) })
    }

    /// The values that may have such a field: the node's own, or requests.
    fn bases(&self, local: bool) -> Vec<Sym> {
        let fits = |data: &SymData| match local {
            true => {
                let is_plain = data.tags.any(Tags::LOCAL) && data.role == Role::None;
                is_plain && self.type_here(data).is_some()
            }
            false => self.is_request(data) && self.is_message(data),
        };
        let all = self.symbols.iter().filter(|(_, data)| fits(data));
        all.map(|(base, _)| base).collect()
    }

    /// The definition of a value's type.
    fn type_here(&self, data: &SymData) -> Option<&StructDef> {
        match data.ty.as_deref() {
            Some(TypeRef::Path { name, .. }) => {
                self.symbols.program.struct_def(*name, self.symbols.package)
            }
            _ => None,
        }
    }

    /// A request, or what a wrapper that is not here (`Request<VoteRequest>`) has in it.
    fn is_request(&self, data: &SymData) -> bool {
        match data.origin {
            Origin::Field(base, name) if is_position(self.symbols.program.text(name)) => {
                self.symbols.role(base) == Role::Request
            }
            _ => data.role == Role::Request,
        }
    }

    fn is_message(&self, data: &SymData) -> bool {
        let program = self.symbols.program;
        let of = |ty| messages::by_type(program, ty, self.symbols.package);
        match &data.origin {
            Origin::Received(_, message) => Some(*message) == self.handling,
            _ => match data.ty.as_deref().and_then(of) {
                Some(message) => Some(message) == self.handling,
                None => true,
            },
        }
    }

    /// The field of a value's type that has this role, and the type.
    fn field_with(&self, base: Sym, role: Role) -> Option<(Name, Name)> {
        let own = self.type_here(self.symbols.get(base));
        // What came out of a wrapper that is not here has no type: it is what the handler takes.
        let (def, roles) = match own {
            Some(def) => {
                let mut known = self.fields.borrow_mut();
                let roles = known.entry((base, self.handling));
                (def, Rc::clone(roles.or_insert_with(|| self.field_roles(base, def))))
            }
            None => {
                let def = self.taken()?;
                (def, self.field_roles(base, def))
            }
        };
        let (_, field) = roles.iter().find(|(of, _)| *of == role)?;
        Some((def.name, *field))
    }

    /// The roles that the fields of a value have, if it is of this type.
    fn field_roles(&self, base: Sym, def: &StructDef) -> Rc<[(Role, Name)]> {
        let role = |field: Name| {
            let data = self.symbols.peek(Origin::Field(base, field));
            (nameable_role(self.symbols, &data, self.handling), field)
        };
        let all = def.fields.iter().map(|field| role(field.name));
        all.filter(|(role, _)| *role != Role::None).collect()
    }

    /// The message that the handler takes as a parameter, in whatever wrapping.
    fn taken(&self) -> Option<&StructDef> {
        let program = self.symbols.program;
        let handler = self.handler?;
        let package = program.package(handler);
        let mut open: Vec<&TypeRef> =
            program.function(handler).params.iter().map(|p| &p.ty).collect();
        while let Some(ty) = open.pop() {
            let TypeRef::Path { name, args, .. } = ty else { continue };
            if messages::by_type(program, ty, package) == self.handling
                && let Some(def) = program.struct_def(*name, package)
                && !def.fields.is_empty()
                && args.is_empty()
            {
                return Some(def);
            }
            open.extend(args.iter());
        }
        None
    }

    /// The same for a message that is a variant: `prev_log_term` of `Message::AppendEntries`.
    fn defined_in_variant(&self, role: Role) -> Option<String> {
        let (program, package) = (self.symbols.program, self.symbols.package);
        self.symbols.iter().find_map(|(_, data)| {
            let Origin::Payload(base, variant, _) = data.origin else { return None };
            if !self.is_message(self.symbols.get(base)) {
                return None;
            }
            let (of, def) = program.variant_def(None, variant, package)?;
            let field = def.fields.iter().map(|f| f.name).find(|field| {
                let data = self.symbols.peek(Origin::Payload(base, variant, *field));
                role_under(data.role, self.handling) == role
            })?;
            let [field, of, variant] = [field, of.name, variant].map(|n| program.spelled(n));
            Some(format!("`{field}` of `{of}::{variant}`"))
        })
    }
}
