//! Parts of what is known on a way, that tell when they are read.

use std::ops::{Deref, DerefMut};

use super::reads;

/// A part of what is known: whoever looks at it, or changes it, notes that in the [`reads`] of the code
/// that is evaluated. What compares ways with each other, or hands a part on as it is, needs not: where
/// nobody has looked at a part, all ways have that of the beginning. Nor does what sets a part, whatever it
/// was, if that is told of a call's end: as facts are, where they are learned.
#[derive(Clone, Debug, Default)]
pub(super) struct Part<T, const KIND: u32>(T);

impl<T, const KIND: u32> Part<T, KIND> {
    /// The part, for code of which what is evaluated comes to the same whatever it is.
    pub(super) fn unread(&self) -> &T {
        &self.0
    }

    /// The same, to be changed.
    pub(super) fn unread_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T, const KIND: u32> Deref for Part<T, KIND> {
    type Target = T;

    fn deref(&self) -> &T {
        reads::part(KIND);
        &self.0
    }
}

impl<T, const KIND: u32> DerefMut for Part<T, KIND> {
    fn deref_mut(&mut self) -> &mut T {
        reads::part(KIND);
        &mut self.0
    }
}
