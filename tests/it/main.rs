//! The end-to-end tests: one binary, one link, a module for each concern.

mod cli;
mod compiles;
mod config;
mod config_hostile;
mod fixtures;
mod hostile;
mod init;
mod json;
mod levels;
mod mutants;
mod output;
mod pages;
mod prefilter;
mod readme;
mod registry;
mod require;
mod support;
mod tidy;
mod tree;
mod witness;
