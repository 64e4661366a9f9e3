//! The end-to-end tests: one binary, one link, a module for each concern.

mod baseline;
mod cli;
mod compiles;
mod diff;
mod fixtures;
mod hostile;
mod json;
mod levels;
mod mutants;
mod pages;
mod prefilter;
mod registry;
mod repository;
mod revisions;
mod support;
mod tidy;
mod tree;
mod witness;
