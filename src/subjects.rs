//! What there can be findings about beside the rules of the catalogue.

use crate::finding::Subject;
use crate::{comments, diff};

/// Everything of the kind, by id.
pub fn all() -> impl Iterator<Item = Subject> {
    comments::ALL.iter().copied().chain([diff::LOST_PROOF])
}

/// The one with this id.
pub fn find(id: &str) -> Option<Subject> {
    all().find(|subject| subject.id == id)
}
