//! Segments: the items, statements, fields, parameters and arms that a comment can stand on.
//!
//! Takes a parsed file; gives their places. Asked only for files with a comment to the lint.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::Lowering;
use crate::ir::comment::{Target, TargetKind};

/// A node's place is found by going through its tokens, once for each node around them. Where that
/// is more often than this for the whole file, nothing further is found.
const MAX_WORK: usize = 12;

/// The segments of a file.
pub(super) struct Segments {
    /// The outer ones before what they hold.
    pub(super) found: Vec<Target>,
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// All segments of a file.
pub(super) fn of(lowering: &mut Lowering<'_, '_>, file: &syn::File) -> Segments {
    let left = MAX_WORK * lowering.source.text.len();
    let mut finder = Finder { lowering, found: Vec::new(), left };
    finder.visit_file(file);
    Segments { is_whole: finder.left > 0, found: finder.found }
}

struct Finder<'f, 'l, 'n> {
    lowering: &'f mut Lowering<'l, 'n>,
    found: Vec<Target>,
    /// How many bytes may still be looked at.
    left: usize,
}

impl Finder<'_, '_, '_> {
    fn add(&mut self, node: &impl Spanned, kind: TargetKind) {
        if self.left == 0 {
            return;
        }
        let span = self.lowering.span(node.span());
        self.left = self.left.saturating_sub((span.end - span.start) as usize);
        self.found.push(Target { span, kind });
    }

    fn place(&self, node: &impl Spanned) -> crate::source::Span {
        self.lowering.span(node.span())
    }

    fn fields(&mut self, owner: &syn::Ident, fields: &syn::Fields) {
        let owner = self.lowering.name(owner);
        for (position, field) in fields.iter().enumerate() {
            let name = match &field.ident {
                Some(ident) => self.lowering.name(ident),
                None => self.lowering.names.intern(&position.to_string()),
            };
            self.add(field, TargetKind::Field { owner, field: name });
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_, '_, '_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let kind = match item {
            syn::Item::Fn(function) => TargetKind::Function(self.place(&function.sig.ident)),
            _ => TargetKind::Other,
        };
        self.add(item, kind);
        visit::visit_item(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.fields(&item.ident, &item.fields);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let of = self.lowering.name(&item.ident);
        for variant in &item.variants {
            let name = self.lowering.name(&variant.ident);
            self.add(variant, TargetKind::Variant { of, variant: name });
            self.fields(&variant.ident, &variant.fields);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let kind = match item {
            syn::ImplItem::Fn(function) => TargetKind::Function(self.place(&function.sig.ident)),
            _ => TargetKind::Other,
        };
        self.add(item, kind);
        visit::visit_impl_item(self, item);
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        let kind = match item {
            syn::TraitItem::Fn(function) => TargetKind::Function(self.place(&function.sig.ident)),
            _ => TargetKind::Other,
        };
        self.add(item, kind);
        visit::visit_trait_item(self, item);
    }

    fn visit_fn_arg(&mut self, argument: &'ast syn::FnArg) {
        if let syn::FnArg::Typed(typed) = argument {
            self.add(argument, TargetKind::Parameter(self.place(&typed.pat)));
        }
        visit::visit_fn_arg(self, argument);
    }

    fn visit_stmt(&mut self, statement: &'ast syn::Stmt) {
        match statement {
            syn::Stmt::Local(local) => {
                self.add(statement, TargetKind::Let(self.place(&local.pat)));
            }
            syn::Stmt::Item(_) => {} // seen as an item
            _ => self.add(statement, TargetKind::Other),
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.add(arm, TargetKind::Arm(self.place(&arm.pat)));
        visit::visit_arm(self, arm);
    }
}
