//! Patterns.

use syn::{Member, Pat as SynPat};

use super::body::BodyLowering;
use crate::ir::{ExprId, Name, Pat, PatId};
use crate::source::Span;

impl<'s> BodyLowering<'_, '_, '_, 's> {
    /// Lowers a pattern; a guard inside an arm's pattern is split off by [`Self::guarded_pat`].
    pub(super) fn pat(&mut self, pat: &'s SynPat) -> PatId {
        let lowered = match pat {
            SynPat::Wild(_) => Pat::Wild,
            SynPat::Ident(p) => {
                let span = self.span(p.ident.span());
                let text = p.ident.to_string();
                let name = self.intern(&text);
                if p.subpat.is_none()
                    && p.by_ref.is_none()
                    && p.mutability.is_none()
                    && text.starts_with(|c: char| c.is_uppercase())
                {
                    Pat::Path { path: Box::new([name]), span }
                } else {
                    let sub = p.subpat.as_ref().map(|(_, sub)| self.pat(sub));
                    Pat::Bind { name, sub, span }
                }
            }
            SynPat::Lit(lit) => Pat::Lit(self.literal_expr(lit)),
            SynPat::Or(or) => Pat::Or(or.cases.iter().map(|p| self.pat(p)).collect()),
            SynPat::Paren(p) => return self.pat(&p.pat),
            SynPat::Reference(p) => return self.pat(&p.pat),
            SynPat::Type(p) => return self.pat(&p.pat),
            SynPat::Guard(p) => return self.pat(&p.pat),
            SynPat::Path(p) => {
                let (path, span) = self.pat_path(&p.path);
                Pat::Path { path, span }
            }
            SynPat::Struct(p) => {
                let (path, span) = self.pat_path(&p.path);
                let fields = p
                    .fields
                    .iter()
                    .map(|f| {
                        let name = match &f.member {
                            Member::Named(ident) => self.file.name(ident),
                            Member::Unnamed(index) => self.intern(&index.index.to_string()),
                        };
                        (name, self.pat(&f.pat))
                    })
                    .collect();
                Pat::Struct { path, fields, span }
            }
            SynPat::Tuple(p) => {
                let (elems, rest) = self.pat_list(p.elems.iter());
                Pat::Tuple { elems, rest }
            }
            SynPat::TupleStruct(p) => {
                let (path, span) = self.pat_path(&p.path);
                let (elems, rest) = self.pat_list(p.elems.iter());
                Pat::TupleStruct { path, elems, rest, span }
            }
            SynPat::Slice(p) => {
                let (elems, rest) = self.pat_list(p.elems.iter());
                Pat::Slice { elems, rest }
            }
            _ => Pat::Opaque,
        };
        self.push_pat(lowered)
    }

    /// Lowers an arm's pattern and its guard.
    pub(super) fn guarded_pat(&mut self, pat: &'s SynPat) -> (PatId, Option<ExprId>) {
        match pat {
            SynPat::Guard(p) => {
                let id = self.pat(&p.pat);
                (id, Some(self.expr(&p.guard)))
            }
            other => (self.pat(other), None),
        }
    }

    fn pat_path(&mut self, path: &syn::Path) -> (Box<[Name]>, Span) {
        let names = self.path(path);
        (names, self.path_span(path))
    }

    fn pat_list(&mut self, pats: impl Iterator<Item = &'s SynPat>) -> (Box<[PatId]>, Option<u32>) {
        let mut elems = Vec::new();
        let mut rest = None;
        for pat in pats {
            if matches!(pat, SynPat::Rest(_)) {
                rest = Some(elems.len() as u32);
            } else {
                elems.push(self.pat(pat));
            }
        }
        (elems.into(), rest)
    }
}
