//! Types of expressions, as far as declarations tell.

use super::tree::Tree;
use crate::ir::{ExprId, ExprKind, TypeRef};

/// Methods that give (a guard of, a reference to) the same value.
const SAME: &[&str] = &[
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "unwrap",
    "expect",
    "as_ref",
    "as_mut",
    "clone",
    "blocking_read",
    "blocking_write",
    "blocking_lock",
    "deref",
    "deref_mut",
    "get_mut",
    "to_owned",
];
const MAX_DEPTH: u32 = 12;

/// The type of an expression behind wrappers, if declarations tell.
pub(super) fn of(tree: &Tree<'_>, expr: ExprId) -> Option<TypeRef> {
    within(tree, expr, MAX_DEPTH)
}

fn within(tree: &Tree<'_>, expr: ExprId, fuel: u32) -> Option<TypeRef> {
    let less = fuel.checked_sub(1)?;
    let program = tree.program;
    match tree.kind(expr) {
        ExprKind::Path(path) => {
            let [name] = **path else { return None };
            if Some(name) == program.known.self_value {
                return tree.function.owner.as_ref().map(|owner| owner.self_ty.clone());
            }
            let (declared, value) = tree.declaration(name)?;
            match (declared, value) {
                (Some(TypeRef::Unknown), _) | (None, None) => None,
                (Some(ty), _) => Some(program.declared(ty, tree.function, tree.package)),
                (None, Some(value)) => within(tree, value, less),
            }
        }
        ExprKind::Field(base, name) => {
            program.field_type(&within(tree, *base, less)?, *name, tree.package)
        }
        ExprKind::Ref(inner, _)
        | ExprKind::Unary(_, inner)
        | ExprKind::Await(inner)
        | ExprKind::Try(inner) => within(tree, *inner, less),
        ExprKind::Index(base, _) => program.element_type(&within(tree, *base, less)?, tree.package),
        ExprKind::MethodCall { receiver, method, args } => {
            let text = tree.text(*method);
            let same = SAME.contains(&text) && (args.is_empty() || text == "expect");
            if same { within(tree, *receiver, less) } else { None }
        }
        // `HashMap::new()`
        ExprKind::Call { callee, .. } => match tree.kind(*callee) {
            ExprKind::Path(path) => match **path {
                [.., ty, name]
                    if matches!(tree.text(name), "new" | "with_capacity" | "default") =>
                {
                    let path = TypeRef::Path { name: ty, qualifier: None, args: Box::new([]) };
                    Some(program.declared(&path, tree.function, tree.package))
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a type is a map or set whose order changes from process to process.
pub(super) fn is_unordered(tree: &Tree<'_>, ty: &TypeRef) -> bool {
    let TypeRef::Path { name, args, .. } = ty else { return false };
    // A hasher of one's own may be a fixed one.
    let most = match tree.text(*name) {
        "HashMap" => 2,
        "HashSet" => 1,
        _ => return false,
    };
    args.len() <= most && tree.program.struct_def(*name, tree.package).is_none()
}
