//! Files as they grow.
