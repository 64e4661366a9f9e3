//! The end-to-end tests: one binary, one link, a module for each concern.

mod cli;
mod comments;
mod compiles;
mod fixtures;
mod hostile;
mod json;
mod levels;
mod mutants;
mod pages;
mod prefilter;
mod registry;
mod support;
mod tidy;
mod tree;
mod witness;
