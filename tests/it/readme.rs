//! The README's tables of commands, options and exit codes, and the page on the configuration: each
//! against the code, in both directions.

use std::collections::BTreeSet;

use clap::{Arg, Command, CommandFactory};
use raft_lint::cli::Cli;
use raft_lint::commands::Exit;
use raft_lint::require::Need;

use crate::support::root;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("the page is there").replace("\r\n", "\n")
}

/// The rows of the table whose header starts so.
fn rows(page: &str, header: &str) -> Vec<String> {
    let mut lines = page.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows: Vec<String> =
        lines.by_ref().take_while(|line| line.starts_with('|')).map(str::to_owned).collect();
    assert!(!rows.is_empty(), "there is no table `{header}`");
    rows
}

/// The code spans in the first cell of a row.
fn spans(row: &str) -> Vec<&str> {
    let cell = row.trim_start_matches('|').split(" | ").next().unwrap_or("");
    cell.split('`').skip(1).step_by(2).collect()
}

/// The long options that a row names.
fn options(row: &str) -> Vec<&str> {
    let words = row.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    words.filter_map(|word| word.strip_prefix("--")).map(name_of).collect()
}

fn name_of(option: &str) -> &str {
    option.split(['=', '[', ',']).next().unwrap_or(option)
}

fn visible(command: &Command) -> BTreeSet<String> {
    let shown = |arg: &&Arg| !arg.is_hide_set();
    let longs = command.get_arguments().filter(shown).filter_map(|arg| arg.get_long());
    longs.map(str::to_owned).collect()
}

#[test]
fn the_tables_of_options_are_those_of_the_program() {
    options_are_told("README.md", "check");
    options_are_told("docs/logs.md", "logs");
}

fn options_are_told(page: &str, command: &str) {
    let whole = Cli::command();
    let command = whole.find_subcommand(command).expect("there is this command");
    let page = read(page);
    let rows = rows(&page, &format!("| option of `{command}`"));
    let told: Vec<String> = rows
        .iter()
        .flat_map(|row| spans(row))
        .filter_map(|span| Some(name_of(span.strip_prefix("--")?.split(' ').next()?).to_owned()))
        .collect();
    let set: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(set, visible(command));
    assert_eq!(told.len(), set.len(), "an option has one row: {told:?}");
    for arg in command.get_arguments().filter(|arg| arg.get_short().is_some()) {
        let short = format!("`-{}`", arg.get_short().unwrap_or_default());
        assert!(rows.iter().any(|row| row.contains(&short)), "no row has {short}");
    }
}

#[test]
fn the_table_of_commands_is_that_of_the_program() {
    let whole = Cli::command();
    let readme = read("README.md");
    let rows = rows(&readme, "| command |");
    let told: Vec<&str> = rows
        .iter()
        .filter_map(|row| spans(row).first().and_then(|span| span.split(' ').nth(1)))
        .map(|name| name.trim_matches(['[', ']']))
        .collect();
    let known: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
    let set = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(set(&told), set(&known));
    assert_eq!(told.len(), known.len(), "a command has one row: {told:?}");
    for (row, name) in rows.iter().zip(&told) {
        let command = whole.find_subcommand(name).expect("it is known");
        let of_it = visible(command);
        for option in options(row) {
            assert!(of_it.contains(option), "`{name}` has no --{option}");
        }
        // What a command has beyond `check`, its row tells.
        let check = visible(whole.find_subcommand("check").expect("there is a check"));
        for own in of_it.difference(&check) {
            assert!(options(row).contains(&own.as_str()), "the row of `{name}` lacks --{own}");
        }
    }
}

#[test]
fn the_tables_of_exit_codes_are_those_of_the_program() {
    for (page, header) in
        [("README.md", "| exit code |"), ("docs/logs.md", "| exit code of `logs`")]
    {
        let told: Vec<u8> = rows(&read(page), header)
            .iter()
            .filter_map(|row| row.split('|').nth(1)?.trim().parse().ok())
            .collect();
        assert_eq!(told, [Exit::Clean, Exit::Findings, Exit::Failed].map(|exit| exit as u8));
    }
}

#[test]
fn the_values_of_options_are_told() {
    let whole = Cli::command();
    let check = whole.find_subcommand("check").expect("there is a check");
    let readme = read("README.md");
    let mut told = 0;
    for arg in check.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let Some(long) = arg.get_long() else { continue };
        let rows = rows(&readme, "| option of `check`");
        let row = rows.iter().find(|row| row.contains(&format!("`--{long}")));
        for value in arg.get_possible_values().iter().filter(|_| arg.get_action().takes_values()) {
            let name = format!("`{}`", value.get_name());
            assert!(row.is_some_and(|row| row.contains(&name)), "--{long} {name} is not told");
            told += 1;
        }
    }
    assert!(told >= 6, "{told}");
}

#[test]
fn the_page_on_configuration_has_each_key_and_each_word() {
    let page = read("docs/configuration.md");
    let keys: BTreeSet<String> =
        rows(&page, "| key |").iter().flat_map(|row| spans(row)).map(str::to_owned).collect();
    let schema: serde_json::Value =
        serde_json::from_str(&read("docs/raft-lint.schema.json")).expect("the schema is JSON");
    let known = schema["properties"].as_object().expect("it has properties");
    assert_eq!(keys, known.keys().cloned().collect());
    let words = rows(&page, "| word |");
    assert_eq!(words.len(), Need::ALL.len());
    for need in Need::ALL {
        let row = format!("| `{}` | {} |", need.id(), need.summary());
        assert!(words.contains(&row), "no row is: {row}");
    }
}
