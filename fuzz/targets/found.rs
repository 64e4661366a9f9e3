//! What the cache has of a text's functions, whatever its bytes are: a text, `\0`, and what somebody says that an
//! earlier run found out.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use raft_lint::cache::Cache;
use raft_lint::finding;
use raft_lint::outcome::ProblemKind;
use raft_lint::pipeline::{self, Options};
use raft_lint::report::{Report, json};
use raft_lint_fuzz::with_stack;

static CACHE: LazyLock<Arc<Cache>> = LazyLock::new(|| {
    let name = format!("raft-lint-fuzz-{}", std::process::id());
    Arc::new(Cache::new(std::env::temp_dir().join(name)))
});

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (text, content) = bytes.split_at(end);
    let content = content.strip_prefix(b"\0").unwrap_or(content);
    with_stack(|| {
        let options =
            Options { cache: Some(Arc::clone(&CACHE)), prefilter: true, ..Options::default() };
        let (outcome, sources) = pipeline::run_text_after(text, content, &options);
        let internal = |kind| kind == ProblemKind::Internal;
        assert!(!outcome.problems.iter().any(|problem| internal(problem.kind)));
        json::render(&Report::new(&outcome, &sources, finding::of(&outcome)));
    });
});
