//! What is seen of the difference between two texts.

use super::*;
use crate::ir::moved;
use crate::lower;
use crate::names::Names;
use crate::program::PackageId;
use crate::roles::messages;
use crate::source::{Edit, FileId, SourceFile, Sources};

fn program(text: &str, names: Names) -> Program {
    let file = SourceFile::new("a.rs".to_owned(), "a.rs".into(), text.into());
    let sources = Sources { files: vec![file.into()], ..Sources::default() };
    let (files, names, problems) = lower::lower(&sources, &[FileId(0)], names, None);
    assert!(problems.is_empty(), "{problems:?}");
    let program =
        Program::new(files, names, vec![PackageId(0)], vec!["a".to_owned()], Said::default());
    program.derive_all(messages::judged);
    program
}

const OLD: &str = "struct Node { term: u64 }\n\
                   fn first() { second(1); }\n\
                   fn second(term: u64) -> bool { term > 1 }\n\
                   fn third() -> u64 { 3 }\n";

/// The edits that the lowered code tells.
fn of_code(old: &Program, new: &Program) -> Vec<Edit> {
    let ir = |program: &Program| program.files[0].clone().expect("it is lowered");
    moved::edits(&ir(old), &ir(new))
}

fn between(old: &Program, new: &Program, edits: Vec<Edit>) -> Changes {
    let mut of_file = Edits::default();
    of_file.add(FileId(0), edits);
    new.changes_since(old, &of_file).expect("the versions are alike")
}

/// The names of the changed bodies, of changed definitions, and of those that are called otherwise.
fn changes(new: &str) -> [Vec<String>; 3] {
    let old = program(OLD, Names::default());
    let new_program = program(new, old.names.clone());
    let of_texts = between(&old, &new_program, vec![Edit::between(OLD, new)]);
    let changes = between(&old, &new_program, of_code(&old, &new_program));
    assert_eq!(format!("{changes:?}"), format!("{of_texts:?}"), "without the texts: {new}");
    let old_ids = old.ids().filter(|id| changes.bodies.contains(&old.function(*id).body.id()));
    let bodies = old_ids.map(|id| old.function(id).name).collect();
    let texts = |names: Vec<Name>| {
        let mut texts: Vec<String> =
            names.iter().map(|name| new_program.text(*name).to_owned()).collect();
        texts.sort();
        texts
    };
    let names = changes.names.iter().copied().collect();
    [texts(bodies), texts(names), texts(changes.callers_of.iter().copied().collect())]
}

fn expect(new: &str, bodies: &[&str], names: &[&str], callers_of: &[&str]) {
    assert_eq!(changes(new), [bodies, names, callers_of].map(|list| list.to_vec()), "{new}");
}

#[test]
fn comments_and_spaces_change_nothing() {
    expect(&OLD.replace("{ second", "{ /* é */  second"), &[], &[], &[]);
    expect(&OLD.replace("fn third", "\n// third\nfn third"), &[], &[], &[]);
}

#[test]
fn another_body_is_one_body() {
    expect(&OLD.replace("term > 1", "term > 2"), &["second"], &[], &[]);
    expect(&OLD.replace("term > 1", "term >= 1"), &["second"], &[], &[]);
}

#[test]
fn another_call_changes_who_calls_whom() {
    expect(&OLD.replace("{ 3 }", "{ first(); 3 }"), &["third"], &[], &["first"]);
    expect(&OLD.replace("second(1)", "()"), &["first"], &[], &["second"]);
}

#[test]
fn what_comes_or_goes_is_known_by_its_name() {
    expect(&OLD.replace("fn third", "fn more() {} fn third"), &[], &["more"], &[]);
    expect(&OLD.replace("fn first() { second(1); }\n", ""), &["first"], &["first"], &["second"]);
    expect(&OLD.replace("struct Node {", "struct Node { log: u64,"), &[], &["Node"], &[]);
    expect(&OLD.replace("-> u64 { 3", "-> u32 { 3"), &["third"], &["third"], &[]);
}

#[test]
fn whether_structs_are_others_is_told() {
    let differ = |new: &str| {
        let old = program(OLD, Names::default());
        let mut edits = Edits::default();
        edits.add(FileId(0), vec![Edit::between(OLD, new)]);
        let changes = program(new, old.names.clone()).changes_since(&old, &edits);
        changes.expect("the versions are alike").structs
    };
    assert!(differ(&OLD.replace("struct Node {", "struct Node { log: u64,")));
    assert!(!differ(&OLD.replace("fn third", "fn more() {} fn third")));
}

#[test]
fn what_moves_is_found_again() {
    let new = OLD.replace("fn first", "fn more() {} fn first");
    let old = program(OLD, Names::default());
    let new_program = program(&new, old.names.clone());
    let mut edits = Edits::default();
    edits.add(FileId(0), vec![Edit::between(OLD, &new)]);
    let changes = new_program.changes_since(&old, &edits).expect("the versions are alike");
    assert_eq!(changes.moves.pairs().count(), 3);
    for (before, now) in changes.moves.pairs() {
        assert_eq!(old.function(before).name, new_program.function(now).name);
    }
}

/// What stands between two hunks is the same, and is known where it is.
#[test]
fn several_hunks_leave_what_is_between_them() {
    let new = OLD.replace("second(1)", "second(1 + 1)").replace("{ 3 }", "{ 3 - 1 }");
    let (old, new) =
        (program(OLD, Names::default()), |old: &Program| program(&new, old.names.clone()));
    let new = new(&old);
    let changes = between(&old, &new, of_code(&old, &new));
    let mut changed: Vec<&str> = old
        .ids()
        .filter(|id| changes.bodies.contains(&old.function(*id).body.id()))
        .map(|id| old.text(old.function(id).name))
        .collect();
    changed.sort_unstable();
    assert_eq!(changed, ["first", "third"]);
}
