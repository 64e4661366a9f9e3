//! The fault boundary of the stages that look at the whole program.
//!
//! Takes the files and what is done with them; gives its result without those files at which it panics, and
//! which they are. A bug of ours that some file brings to light costs this file, and its run is not clean;
//! the others are analysed all the same. What a panic says is printed by the program, once.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::program::PackageId;
use crate::source::FileId;

/// So many faulty files of a package are looked for one by one; after that, all of it is left out.
const MAX_CULPRITS: usize = 8;

/// Does the work on the files, by itself or without those at which it fails. `work` is given those that
/// are left, and those that were left out.
pub(super) fn contained<T>(
    files: &[FileId],
    packages: &[PackageId],
    work: &dyn Fn(&[FileId], &[FileId]) -> T,
) -> T {
    let attempt = |left: &[FileId], out: &[FileId]| {
        catch_unwind(AssertUnwindSafe(|| work(left, out))).ok() // the files stay as they are
    };
    if let Some(whole) = attempt(files, &[]) {
        return whole;
    }
    let fails = |files: &[FileId]| attempt(files, &[]).is_none();
    let mut out = Vec::new();
    let package = |file: &FileId| packages[file.0 as usize];
    let mut by_package = files.to_vec();
    by_package.sort_by_key(|file| (package(file), *file));
    for files in by_package.chunk_by(|a, b| package(a) == package(b)) {
        out.extend(culprits(files, &fails));
    }
    out.sort();
    let left: Vec<FileId> = files.iter().copied().filter(|file| !out.contains(file)).collect();
    // Packages that fail only together tell nothing of a file.
    attempt(&left, &out).unwrap_or_else(|| work(&[], files))
}

/// The files of a package without which it does not fail.
fn culprits(package: &[FileId], fails: &dyn Fn(&[FileId]) -> bool) -> Vec<FileId> {
    let mut left = package.to_vec();
    let mut found = Vec::new();
    while fails(&left) {
        let culprit = smallest(&left, fails);
        found.extend_from_slice(&culprit);
        left.retain(|file| !culprit.contains(file));
        if found.len() > MAX_CULPRITS {
            return package.to_vec();
        }
    }
    found
}

/// A part of files that fail, as small as halving makes it.
fn smallest(files: &[FileId], fails: &dyn Fn(&[FileId]) -> bool) -> Vec<FileId> {
    let mut part = files;
    while part.len() > 1 {
        let halves = part.split_at(part.len() / 2);
        part = match halves {
            (first, _) if fails(first) => first,
            (_, second) if fails(second) => second,
            _ => break,
        };
    }
    part.to_vec()
}

#[cfg(test)]
pub(super) mod tests {
    use super::contained;
    use crate::outcome::ProblemKind;
    use crate::pipeline::{self, Options};
    use crate::program::{PackageId, Program};
    use crate::source::FileId;

    /// Stands for a bug of ours in a stage that looks at the whole program.
    pub(in crate::pipeline) fn fail_where_asked(program: &Program) {
        let mut names = program.ids().map(|id| program.text(program.function(id).name));
        assert!(!names.any(|name| name == "fail_the_whole_program"), "as the test asks");
    }

    #[test]
    fn a_bug_of_ours_costs_a_file() {
        let tree = tempfile::tempdir().expect("a directory can be made");
        let vote = "pub struct Node { pub current_term: u64, pub voted_for: Option<u64> }\n\
             impl Node { pub fn handle_request_vote(&mut self, term: u64, candidate_id: u64) -> bool {\n\
             self.voted_for = Some(candidate_id); true } }\n";
        let write = |name: &str, text: &str| {
            std::fs::write(tree.path().join(name), text).expect("a file can be written");
        };
        write("a.rs", "pub fn commit(term: u64) {}\n");
        write("b.rs", vote);
        let paths = vec![tree.path().to_owned()];
        let options = Options { paths, threads: 2, prefilter: true, ..Options::default() };
        let run = || pipeline::run(&options).expect("the tree can be read").0;
        let before = run();
        assert!(before.count("violated") > 0 && before.problems.is_empty(), "{before:#?}");
        write("a.rs", "pub fn fail_the_whole_program(term: u64) {}\n");
        let after = run();
        assert_eq!(after.count("violated"), before.count("violated"));
        let [problem] = &after.problems[..] else { panic!("{:#?}", after.problems) };
        assert_eq!((problem.kind, problem.file.as_str()), (ProblemKind::Internal, "a.rs"));
        assert_eq!((before.parsed, after.parsed), (2, 1));
    }

    /// What is left and what is left out of thirty files in three packages, if work on these together fails.
    fn left(faulty: &[&[u32]]) -> (Vec<u32>, Vec<u32>) {
        let files: Vec<FileId> = (0..30).map(FileId).collect();
        let packages: Vec<PackageId> = (0..30).map(|file| PackageId(file % 3)).collect();
        let numbers = |files: &[FileId]| files.iter().map(|file| file.0).collect::<Vec<_>>();
        contained(&files, &packages, &|left, out| {
            let left = numbers(left);
            let fails = faulty.iter().any(|faulty| faulty.iter().all(|file| left.contains(file)));
            assert!(!fails, "a bug of ours");
            (left, numbers(out))
        })
    }

    #[test]
    fn only_what_fails_is_left_out() {
        assert_eq!(left(&[]).1, [0; 0]);
        assert_eq!(left(&[&[7]]).1, [7]);
        assert_eq!(left(&[&[0], &[29], &[6]]).1, [0, 6, 29]);
        let (all, out) = left(&[&[4]]);
        assert_eq!((all.len(), out), (29, vec![4]));
    }

    #[test]
    fn files_that_fail_together_are_left_out_together() {
        let (_, out) = left(&[&[0, 27]]);
        assert!(out.contains(&0) && out.contains(&27) && out.iter().all(|f| f % 3 == 0), "{out:?}");
    }

    #[test]
    fn where_nothing_helps_nothing_is_analysed() {
        let (left, out) = left(&[&[0, 1]]);
        assert_eq!((left.len(), out.len()), (0, 30));
    }
}
