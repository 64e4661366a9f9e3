//! Lists that ways share until one of them changes its own: worlds are copied much more often than
//! they are changed.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A list that is copied at the first change after it was shared.
#[derive(Debug)]
pub(super) struct Shared<T>(Rc<Vec<T>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(Rc::new(Vec::new()))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(list: Vec<T>) -> Self {
        Shared(Rc::new(list))
    }
}

impl<T> Shared<T> {
    /// Whether both are the same list, not only equal ones.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        Rc::make_mut(&mut self.0)
    }
}

/// A value that ways share until one of them changes its own.
#[derive(Debug, Default)]
pub(super) struct Kept<T>(Rc<T>);

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept(Rc::clone(&self.0))
    }
}

impl<T> From<T> for Kept<T> {
    fn from(value: T) -> Self {
        Kept(Rc::new(value))
    }
}

impl<T> Kept<T> {
    /// Whether both are the same value, not only equal ones.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether both are equal.
    pub(super) fn equals(&self, other: &Self) -> bool
    where
        T: PartialEq,
    {
        self.is(other) || *self.0 == *other.0
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Kept<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
