//! Items: functions with their owners and generics, structs, enums, aliases.

use std::fmt::Write;

use proc_macro2::{LineColumn, Span as TokenSpan};
use syn::{FnArg, ImplItem, Item, Signature, TraitItem};

use super::Lowering;
use super::body::BodyLowering;
use super::release::is_left_out;
use super::ty::{bounds, type_ref};
use crate::ir::read::ReadBody;
use crate::ir::{
    AliasDef, EnumDef, FieldDef, Function, GenericParam, Name, Owner, Param, StructDef, TypeRef,
};

/// The `impl` or `trait` that encloses an item.
#[derive(Clone, Default)]
struct Scope {
    owner: Option<Owner>,
    generics: Vec<GenericParam>,
}

impl Lowering<'_, '_> {
    /// Lowers all items of a file or module; what no release build has is left out.
    pub(super) fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    /// Lowers one item.
    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Fn(f) if !is_left_out(&f.attrs) => {
                self.function(&f.sig, Some(&f.block), &Scope::default());
            }
            Item::Mod(m) if !is_left_out(&m.attrs) => {
                if let Some((_, items)) = &m.content {
                    let name = self.name(&m.ident);
                    let around = self.module.replace(name);
                    self.items(items);
                    self.module = around;
                }
            }
            Item::Impl(i) if !is_left_out(&i.attrs) => self.impl_block(i),
            Item::Trait(t) if !is_left_out(&t.attrs) => self.trait_block(t),
            Item::Struct(s) => {
                let name = self.name(&s.ident);
                let fields = self.fields(&s.fields);
                self.ir.structs.push(StructDef { name, fields });
            }
            Item::Enum(e) => {
                let name = self.name(&e.ident);
                let variants = e
                    .variants
                    .iter()
                    .map(|v| StructDef {
                        name: self.name(&v.ident),
                        fields: self.fields(&v.fields),
                    })
                    .collect();
                self.ir.enums.push(EnumDef { name, variants });
            }
            Item::Type(t) => {
                let name = self.name(&t.ident);
                let target = type_ref(self, &t.ty);
                self.ir.aliases.push(AliasDef { name, target, owner: None });
            }
            Item::Const(c) if !is_left_out(&c.attrs) => self.constant(&c.ident, &c.expr, None),
            Item::Static(s) if !is_left_out(&s.attrs) => self.constant(&s.ident, &s.expr, None),
            _ => {}
        }
    }

    fn fields(&mut self, fields: &syn::Fields) -> Box<[FieldDef]> {
        fields
            .iter()
            .enumerate()
            .map(|(i, f)| FieldDef {
                name: match &f.ident {
                    Some(ident) => self.name(ident),
                    None => self.names.intern(&i.to_string()),
                },
                ty: type_ref(self, &f.ty),
            })
            .collect()
    }

    fn impl_block(&mut self, block: &syn::ItemImpl) {
        let trait_name = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
        let owner = Owner {
            self_ty: type_ref(self, &block.self_ty),
            trait_name: trait_name.map(|s| self.name(&s.ident)),
            is_trait: false,
        };
        if owner.trait_name.is_some() {
            self.ir.impls.push(owner.clone());
        }
        let scope = Scope { owner: Some(owner), generics: self.generics(&block.generics) };
        for item in &block.items {
            match item {
                ImplItem::Fn(f) if !is_left_out(&f.attrs) => {
                    self.function(&f.sig, Some(&f.block), &scope);
                }
                ImplItem::Type(t) => {
                    let name = self.name(&t.ident);
                    let target = type_ref(self, &t.ty);
                    self.ir.aliases.push(AliasDef { name, target, owner: scope.owner.clone() });
                }
                ImplItem::Const(c) if !is_left_out(&c.attrs) => {
                    self.constant(&c.ident, &c.expr, scope.owner.as_ref());
                }
                _ => {}
            }
        }
    }

    fn trait_block(&mut self, block: &syn::ItemTrait) {
        let name = self.name(&block.ident);
        let self_ty = TypeRef::Path { name, qualifier: None, args: Box::default() };
        let owner = Owner { self_ty, trait_name: Some(name), is_trait: true };
        let scope = Scope { owner: Some(owner), generics: self.generics(&block.generics) };
        for item in &block.items {
            match item {
                TraitItem::Fn(f) if !is_left_out(&f.attrs) => {
                    self.function(&f.sig, f.default.as_ref(), &scope);
                }
                TraitItem::Const(c) if !is_left_out(&c.attrs) => {
                    if let Some((_, value)) = &c.default {
                        self.constant(&c.ident, value, scope.owner.as_ref());
                    }
                }
                _ => {}
            }
        }
    }

    fn generics(&mut self, generics: &syn::Generics) -> Vec<GenericParam> {
        let mut params: Vec<GenericParam> = generics
            .type_params()
            .map(|p| GenericParam { name: self.name(&p.ident), bounds: bounds(self, &p.bounds) })
            .collect();
        let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
        for predicate in predicates {
            let syn::WherePredicate::Type(predicate) = predicate else { continue };
            let TypeRef::Path { name, qualifier: None, .. } = type_ref(self, &predicate.bounded_ty)
            else {
                continue;
            };
            let bounds = bounds(self, &predicate.bounds);
            params.push(GenericParam { name, bounds });
        }
        params
    }

    fn function(&mut self, sig: &Signature, block: Option<&syn::Block>, scope: &Scope) {
        let name = self.name(&sig.ident);
        let name_span = self.span(sig.ident.span());
        let mut generics = scope.generics.clone();
        generics.extend(self.generics(&sig.generics));
        let ret = match &sig.output {
            syn::ReturnType::Default => TypeRef::Tuple(Box::default()),
            syn::ReturnType::Type(_, ty) => type_ref(self, ty),
        };
        let file = self.file;
        let mut lowering = BodyLowering::new(self);
        let mut params = Vec::new();
        for input in &sig.inputs {
            if let FnArg::Typed(typed) = input {
                let pat = lowering.pat(&typed.pat);
                let is_reference = matches!(*typed.ty, syn::Type::Reference(_));
                let ty = type_ref(lowering.file, &typed.ty);
                params.push(Param { pat, ty, is_reference });
            }
        }
        let root = block.map(|b| lowering.block(b, None, b.brace_token.span.join()));
        let (body, nested) = lowering.finish();
        let body = ReadBody::new(body, file, self.ir.functions.len());
        self.ir.functions.push(Function {
            name,
            file,
            module: self.module,
            owner: scope.owner.clone(),
            generics: generics.into(),
            has_self: sig.receiver().is_some(),
            changes_self: sig.receiver().is_some_and(|receiver| {
                matches!(receiver.kind, syn::ReceiverKind::Reference(_, _, Some(_)))
            }),
            is_async: sig.asyncness.is_some(),
            params: params.into(),
            ret,
            root,
            body,
            name_span,
        });
        for item in nested {
            self.item(item);
        }
    }

    /// Interns an identifier.
    pub(super) fn name(&mut self, ident: &syn::Ident) -> Name {
        self.ident.clear();
        let _ = write!(self.ident, "{ident}"); // into a string it does not fail
        self.names.intern(&self.ident)
    }

    /// The byte span of a token.
    pub(super) fn span(&self, span: TokenSpan) -> crate::source::Span {
        if self.is_ascii {
            let (start, end) = (self.offset_of(span.start()), self.offset_of(span.end()));
            return crate::source::Span { start, end };
        }
        let range = span.byte_range();
        crate::source::Span {
            start: range.start as u32 + self.offset,
            end: range.end as u32 + self.offset,
        }
    }

    /// The byte at a line and column, where each character is one byte: faster than `byte_range`,
    /// which keeps a tree of all positions.
    fn offset_of(&self, at: LineColumn) -> u32 {
        let line = at.line as u32;
        let mark = if line == 1 { self.offset } else { 0 };
        self.source.line_start(line) + mark + at.column as u32
    }

    /// Whether a line ends between two bytes.
    pub(super) fn breaks_line(&self, start: u32, end: u32) -> bool {
        let between = self.source.text.get(start as usize..end as usize);
        between.is_some_and(|text| text.contains('\n'))
    }
}
