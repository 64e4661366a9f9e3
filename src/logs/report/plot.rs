//! The plot.
