//! Constants that hold functions: `const STEPS: [Step; 2] = [Node::append, Node::vote];`.
//!
//! Whoever reads one may call what it holds. It is lowered as a function without parameters that takes
//! them as values; other constants are not looked at.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprPath, Ident, Item};

use super::Lowering;
use super::body::BodyLowering;
use crate::ir::read::ReadBody;
use crate::ir::{Function, Owner, TypeRef};

impl Lowering<'_, '_> {
    /// Lowers a `const` or `static` of this name and value, if it may hold a function.
    pub(super) fn constant(&mut self, ident: &Ident, value: &Expr, owner: Option<&Owner>) {
        let mut taking = Taking(false);
        taking.visit_expr(value);
        if !taking.0 {
            return;
        }
        let name = self.name(ident);
        let name_span = self.span(ident.span());
        let (file, module, position) = (self.file, self.module, self.ir.functions.len());
        let mut lowering = BodyLowering::new(self);
        let root = lowering.expr(value);
        let (body, nested) = lowering.finish();
        self.ir.functions.push(Function {
            name,
            file,
            module,
            owner: owner.cloned(),
            generics: Box::default(),
            has_self: false,
            changes_self: false,
            is_async: false,
            params: Box::default(),
            ret: TypeRef::Unknown,
            root: Some(root),
            body: ReadBody::new(body, file, position),
            name_span,
        });
        for item in nested {
            self.item(item);
        }
    }
}

/// Whether something that is not called has the name of a function: one that starts with a small letter.
struct Taking(bool);

impl<'s> Visit<'s> for Taking {
    fn visit_expr(&mut self, expr: &'s Expr) {
        if !self.0 {
            visit::visit_expr(self, expr);
        }
    }

    /// Items in a block are lowered by themselves.
    fn visit_item(&mut self, _: &'s Item) {}

    fn visit_expr_call(&mut self, call: &'s ExprCall) {
        if !matches!(*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_path(&mut self, path: &'s ExprPath) {
        let last = path.path.segments.last().map(|segment| segment.ident.to_string());
        self.0 |= last.is_some_and(|name| name.starts_with(|c: char| c.is_lowercase() || c == '_'));
        visit::visit_expr_path(self, path);
    }
}
