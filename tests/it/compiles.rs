//! Every fixture compiles, so that what is linted is Rust and not something like it.

use crate::support;

#[test]
fn fixtures_compile() {
    let fixtures = support::fixtures();
    let failures = support::in_parallel(&fixtures, |fixture| {
        let wrong = support::compile(&fixture.path).err();
        (fixture.name(), wrong.into_iter().collect())
    });
    support::verdict("rustc", fixtures.len(), &failures);
}
