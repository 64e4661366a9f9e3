//! Types: references and lifetimes are dropped, paths keep their last two segments.

use syn::punctuated::Punctuated;
use syn::{GenericArgument, PathArguments, Type, TypeParamBound};

use super::Lowering;
use crate::ir::TypeRef;

/// The analysis' view of a type.
pub(super) fn type_ref(file: &mut Lowering<'_, '_>, ty: &Type) -> TypeRef {
    match ty {
        Type::Path(p) => path_ref(file, &p.path),
        Type::Reference(r) => type_ref(file, &r.elem),
        Type::Ptr(p) => type_ref(file, &p.elem),
        Type::Paren(p) => type_ref(file, &p.elem),
        Type::Group(g) => type_ref(file, &g.elem),
        Type::Slice(s) => TypeRef::Slice(Box::new(type_ref(file, &s.elem))),
        Type::Array(a) => TypeRef::Slice(Box::new(type_ref(file, &a.elem))),
        Type::Tuple(t) => TypeRef::Tuple(t.elems.iter().map(|t| type_ref(file, t)).collect()),
        Type::ImplTrait(i) => TypeRef::Bounds(bounds(file, &i.bounds)),
        Type::TraitObject(t) => TypeRef::Bounds(bounds(file, &t.bounds)),
        _ => TypeRef::Unknown,
    }
}

/// The traits of a bound list.
pub(super) fn bounds<P>(
    file: &mut Lowering<'_, '_>,
    bounds: &Punctuated<TypeParamBound, P>,
) -> Box<[TypeRef]> {
    bounds
        .iter()
        .filter_map(|bound| match bound {
            TypeParamBound::Trait(t) => Some(path_ref(file, &t.path)),
            _ => None,
        })
        .collect()
}

fn path_ref(file: &mut Lowering<'_, '_>, path: &syn::Path) -> TypeRef {
    let Some(last) = path.segments.last() else { return TypeRef::Unknown };
    let qualifier = path.segments.iter().rev().nth(1).map(|s| file.name(&s.ident));
    let args = match &last.arguments {
        PathArguments::AngleBracketed(a) => a
            .args
            .iter()
            .filter_map(|arg| match arg {
                GenericArgument::Type(ty) => Some(type_ref(file, ty)),
                GenericArgument::AssocType(assoc) => Some(type_ref(file, &assoc.ty)),
                _ => None,
            })
            .collect(),
        PathArguments::Parenthesized(_) | PathArguments::None => Box::default(),
    };
    TypeRef::Path { name: file.name(&last.ident), qualifier, args }
}
