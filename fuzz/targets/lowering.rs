//! Scanning, parsing and lowering of one file, whatever its bytes are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use raft_lint::discover;
use raft_lint::lower;
use raft_lint::names::Names;
use raft_lint::outcome::ProblemKind;
use raft_lint::source::FileId;
use raft_lint_fuzz::with_stack;

fuzz_target!(|bytes: &[u8]| {
    with_stack(|| {
        let found = discover::of_text(bytes);
        let wanted: Vec<FileId> = (0..found.sources.files.len() as u32).map(FileId).collect();
        let (files, _, problems) = lower::lower(&found.sources, &wanted, Names::default(), None);
        assert_eq!(files.iter().flatten().count() + problems.len(), wanted.len());
        assert!(problems.iter().all(|problem| problem.kind != ProblemKind::Internal));
    });
});
