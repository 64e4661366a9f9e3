//! The end-to-end tests: one binary, one link, a module for each concern.

mod cli;
mod comments;
mod compiles;
mod fixtures;
mod formats;
mod hostile;
mod inert;
mod json;
mod levels;
mod mutants;
mod outputs;
mod pages;
mod places;
mod prefilter;
mod registry;
mod sarif;
mod support;
mod taught;
mod tidy;
mod tree;
mod witness;
