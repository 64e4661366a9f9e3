//! What a package has of the files, the functions and whatever is listed in their order.
//!
//! Both are numbered file by file, so that a package has a few runs of them; in a workspace of thousands of
//! packages a name may have as many meanings, of which mostly those of one package are asked for.

use std::ops::Range;

use super::{FnId, Located, PackageId, Program};
use crate::ir::read::asks_everything;

/// The runs of each package.
#[derive(Default)]
pub(super) struct Packages {
    files: Vec<Vec<Range<u32>>>,
    functions: Vec<Vec<Range<u32>>>,
}

impl Packages {
    /// Adds the next file, which has `functions`.
    pub(super) fn add(&mut self, package: PackageId, slot: usize, functions: Range<u32>) {
        let slot = slot as u32;
        lengthen(&mut self.files, package, slot..slot + 1);
        lengthen(&mut self.functions, package, functions);
    }

    /// The runs of a package's files.
    pub(super) fn files(&self, package: PackageId) -> &[Range<u32>] {
        self.files.get(package.0 as usize).map_or(&[], Vec::as_slice)
    }

    fn functions(&self, package: PackageId) -> &[Range<u32>] {
        self.functions.get(package.0 as usize).map_or(&[], Vec::as_slice)
    }
}

/// Adds a run behind those of a package.
fn lengthen(runs: &mut Vec<Vec<Range<u32>>>, package: PackageId, run: Range<u32>) {
    let at = package.0 as usize;
    if runs.len() <= at {
        runs.resize_with(at + 1, Vec::new);
    }
    match runs[at].last_mut() {
        Some(last) if last.end == run.start => last.end = run.end,
        _ => runs[at].push(run),
    }
}

/// Those of a list whose numbers are in the runs; both are in the order of the numbers.
fn within<'l, T>(
    runs: &'l [Range<u32>],
    all: &'l [T],
    number: impl Fn(&T) -> u32 + Copy + 'l,
) -> impl Iterator<Item = &'l T> {
    let few = runs.len() <= all.len();
    let by_run = few.then_some(runs).into_iter().flatten().flat_map(move |run| {
        let rest = &all[all.partition_point(|item| number(item) < run.start)..];
        &rest[..rest.partition_point(|item| number(item) < run.end)]
    });
    let holds = move |item: &&T| {
        let number = number(item);
        let next = runs.partition_point(|run| run.end <= number);
        runs.get(next).is_some_and(|run| run.start <= number)
    };
    let by_item = (!few).then_some(all).into_iter().flatten().filter(holds);
    by_run.chain(by_item)
}

impl Program {
    /// All functions of a package.
    pub fn ids_of(&self, package: PackageId) -> impl Iterator<Item = FnId> + '_ {
        asks_everything();
        self.package_runs.functions(package).iter().cloned().flatten().map(FnId)
    }

    /// Those of a list, which is in the order of its functions, whose functions are of a package.
    pub fn in_package<'l, T>(
        &'l self,
        all: &'l [T],
        package: PackageId,
        function: impl Fn(&T) -> FnId + Copy + 'l,
    ) -> impl Iterator<Item = &'l T> {
        within(self.package_runs.functions(package), all, move |item| function(item).0)
    }

    /// Those of such a list that are of a package and pass; or all that do, if it has none.
    pub fn near_first<'l, T>(
        &'l self,
        all: &'l [T],
        package: PackageId,
        function: impl Fn(&T) -> FnId + Copy + 'l,
        test: impl Fn(&&T) -> bool + Copy + 'l,
    ) -> impl Iterator<Item = &'l T> {
        let mut near = self.in_package(all, package, function).filter(test).peekable();
        // Where the list has no others, it is not gone through again.
        let is_whole = match (all.first(), all.last()) {
            (Some(first), Some(last)) => {
                let ends = [first, last].map(|item| function(item).0);
                let mut runs = self.package_runs.functions(package).iter();
                runs.any(|run| ends.iter().all(|end| run.contains(end)))
            }
            _ => true,
        };
        let others = near.peek().is_none() && !is_whole;
        near.chain(others.then_some(all).into_iter().flatten().filter(test))
    }

    /// Those of a list of definitions, which is in the order of their files, that are of a package.
    pub(super) fn located_in<'l, T>(
        &'l self,
        all: &'l [T],
        package: PackageId,
        located: impl Fn(&T) -> Located + Copy + 'l,
    ) -> impl Iterator<Item = &'l T> {
        within(self.package_runs.files(package), all, move |item| located(item).file)
    }

    /// The first definition in the asking package, else the first of all.
    pub(super) fn nearest<'l>(
        &'l self,
        all: &'l [Located],
        from: PackageId,
    ) -> Option<&'l Located> {
        match all {
            [only] => Some(only),
            _ => self.located_in(all, from, |l| *l).next().or_else(|| all.first()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_by_runs() {
        let all: Vec<u32> = (0..100).step_by(3).collect();
        let runs = [2..4, 9..10, 50..61, 99..200];
        let expected: Vec<u32> =
            all.iter().copied().filter(|n| runs.iter().any(|run| run.contains(n))).collect();
        let found = |all: &[u32]| within(&runs, all, |n| *n).copied().collect::<Vec<u32>>();
        assert_eq!(found(&all), expected);
        assert_eq!(expected, [3, 9, 51, 54, 57, 60, 99]);
        // A list that is shorter than the runs are many.
        assert_eq!(found(&[9, 49, 99]), [9, 99]);
        assert_eq!(found(&[]), [0; 0]);
        assert_eq!(within(&[], &all, |n| *n).count(), 0);
    }

    #[test]
    fn a_package_may_stand_around_another() {
        let mut packages = Packages::default();
        packages.add(PackageId(2), 0, 0..5);
        packages.add(PackageId(2), 1, 5..5);
        packages.add(PackageId(0), 2, 5..7);
        packages.add(PackageId(2), 3, 7..9);
        assert_eq!(packages.files(PackageId(2)), [0..2, 3..4]);
        assert_eq!(packages.functions(PackageId(2)), [0..5, 7..9]);
        assert_eq!(packages.functions(PackageId(0)).first(), Some(&(5..7)));
        assert!(packages.functions(PackageId(1)).is_empty());
        assert!(packages.functions(PackageId(7)).is_empty());
    }
}
