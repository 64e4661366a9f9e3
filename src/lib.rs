//! raft-lint proves that a Raft implementation asks the questions that keep its log safe, or shows
//! the path that does not.
//!
//! The way of the data; each stage is a module with one entry function, takes the stage before it
//! by reference, and owns its result:
//!
//! | stage | entry | from → to |
//! |---|---|---|
//! | discover | [`discover::discover`] | paths → texts, packages, modules |
//! | prefilter | [`discover::prefilter::kept`] | texts → packages with Raft vocabulary |
//! | parse and lower | [`lower::lower`] | texts → [`ir`], one file each, in parallel |
//! | program | [`program::Program::new`] | files → items, types, calls |
//! | roles and facts | [`facts::analyse`] | program → effects with what holds there |
//! | judge | [`judge::judge`] | effects × [`rules`] → obligations |
//! | comments | [`comments::apply`] | silences in the code → what does not count, and what is wrong with them |
//! | recognise | [`recognise::recognise`] | outcome → what was expected and not seen |
//! | what is new | [`diff::compare`], [`baseline`] | two outcomes, or a file → what was known, what is lost |
//! | report | [`report`] | outcome and findings → text, JSON, SARIF and the other formats |
//!
//! [`cache`] keeps what lowering gave for the next run.
//!
//! [`logs`] is a row of its own: it reads what a running cluster says.
//!
//! [`workspace`] keeps them open for an editor, with which [`lsp`] talks.
//!
//! [`pipeline::run`] puts them in a row, [`commands`] put a command line around it, and a
//! [`config`] file.
//!
//! What never happens: nothing behind [`lower`] sees syn; nothing before [`judge`] knows a rule;
//! a stage in between never fails on bad input, it gives a result and a list of problems; nothing
//! of the checked code is executed; and nothing is ordered by thread or hash, so that the same
//! input gives the same bytes.

#![forbid(unsafe_code)]

pub mod baseline;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod comments;
pub mod config;
pub mod diff;
pub mod discover;
pub mod error;
pub mod facts;
pub mod finding;
pub mod ir;
pub mod judge;
pub mod known;
pub mod levels;
pub mod logs;
pub mod lower;
pub mod lsp;
pub mod names;
pub mod outcome;
pub mod pages;
pub mod pipeline;
pub mod program;
pub mod protocol;
pub mod recognise;
pub mod report;
pub mod require;
pub mod roles;
pub mod rule;
#[path = "../rules/mod.rs"]
pub mod rules;
pub mod source;
pub mod spelling;
pub mod subjects;
pub mod tokens;
pub mod workspace;
