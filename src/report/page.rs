//! The page: one HTML file for a reviewer, with everything in it.
//!
//! Takes a report; gives the file. All content is there without the script, which adds filters, walks along
//! the paths and the keyboard. Nothing is loaded, and the security policy allows nothing but the one style
//! and the one script. What comes from the checked code passes `markup` or `line`, which escape it.

mod changes;
mod findings;
mod line;
mod listing;
mod markup;
mod matrix;
mod obligation;
mod overview;
mod picture;
mod rules;
mod section;
mod template;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use self::listing::Functions;
use super::Report;
use super::map::graph::{self, Cluster, PackageMap, Standing, Subject};
use crate::finding::{Finding, Silence};
use crate::outcome::{Obligation, Status};
use crate::protocol::Message;
use crate::source::{FileId, Place};

/// A larger page takes a browser long to open.
pub const MAX_QUICK: usize = 20 << 20;

/// What is said of a page that is larger.
pub fn too_big(page: &str) -> Option<String> {
    let megabytes = page.len() >> 20;
    (page.len() > MAX_QUICK).then(|| {
        format!(
            "note: the page has {megabytes} MiB, which browsers take long to open; give one package, or leave \
             out what is not meant with `--exclude`"
        )
    })
}

/// What the page is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Title {
    /// What was found.
    Check,
    /// What was understood.
    Map,
}

/// What all parts of the page are made from.
struct Page<'r> {
    report: &'r Report<'r>,
    packages: Vec<PackageMap<'r>>,
    findings: BTreeMap<&'r str, &'r Finding>,
    functions: Functions,
    /// How many handlers of a message have the same name.
    namesakes: BTreeMap<(Message, &'r str), usize>,
}

/// The page as text, with a line feed at its end.
pub fn render(report: &Report<'_>, title: Title) -> String {
    let findings: BTreeMap<&str, &Finding> =
        report.findings.iter().map(|f| (f.fingerprint.as_str(), f)).collect();
    let standing = |obligation: &Obligation| {
        let speaker = obligation.part_of.as_ref().unwrap_or(&obligation.fingerprint);
        let silence = findings.get(speaker.as_str()).and_then(|finding| finding.silence.as_ref());
        Standing::with(obligation, silence.or(obligation.silence.as_ref()))
    };
    let mut packages = graph::packages(report.outcome, report.sources, &standing);
    // The protocol's own package comes before those that only use it.
    packages.sort_by_key(|package| Reverse(package.rows().count()));
    let mut namesakes = BTreeMap::new();
    for cluster in packages.iter().flat_map(|package| &package.clusters) {
        if let Subject::Handler(message, name, _) = cluster.subject {
            *namesakes.entry((message, name)).or_default() += 1;
        }
    }
    let page = Page { report, packages, findings, functions: Functions::default(), namesakes };
    template::render(&page, title)
}

impl<'r> Page<'r> {
    /// The finding that speaks for an obligation.
    fn speaker(&self, obligation: &Obligation) -> Option<&'r Finding> {
        let speaker = obligation.part_of.as_ref().unwrap_or(&obligation.fingerprint);
        self.findings.get(speaker.as_str()).copied()
    }

    /// Why an obligation's finding does not count.
    fn silence<'p>(&'p self, obligation: &'p Obligation) -> Option<&'p Silence> {
        let told = self.speaker(obligation).and_then(|finding| finding.silence.as_ref());
        told.or(obligation.silence.as_ref())
    }

    /// Every cluster with where it is.
    fn clusters(&self) -> impl Iterator<Item = (Number, &PackageMap<'r>, &Cluster<'r>)> {
        let numbered = self.packages.iter().enumerate();
        numbered.flat_map(|(number, package)| {
            let clusters = package.clusters.iter().enumerate();
            clusters.map(move |(index, cluster)| (Number(number, index), package, cluster))
        })
    }

    /// The rules that the page speaks of.
    fn rules(&self) -> BTreeSet<&'static str> {
        let outcome = self.report.outcome;
        let missed = outcome.missing.iter().flat_map(|missing| &missing.rules).map(|rule| rule.id);
        let found = self.report.findings.iter().map(|finding| finding.subject.id);
        let asked = outcome.obligations.iter().map(|obligation| obligation.rule.id);
        missed.chain(found).chain(asked).collect()
    }
}

/// A cluster by the numbers of its package and of itself.
#[derive(Clone, Copy)]
struct Number(usize, usize);

impl Number {
    /// Its id in the page.
    fn id(self) -> String {
        format!("s{}-{}", self.0, self.1)
    }
}

/// The address of an obligation.
fn address(fingerprint: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric();
    format!("o-{}", fingerprint.chars().filter(plain).collect::<String>())
}

/// The places that an obligation is about: its effect, and what leads to it or proves it.
fn places(obligation: &Obligation) -> Vec<Place> {
    let mut places = vec![obligation.place];
    match &obligation.status {
        Status::Proved { evidence } => places.extend(evidence.iter().map(|e| e.place)),
        Status::Violated { witness, also, .. } => {
            places.extend(witness.iter().map(|step| step.place));
            places.extend(also);
        }
        Status::Undecided => {}
    }
    places
}

/// The files that an obligation is about.
fn files(obligation: &Obligation) -> BTreeSet<FileId> {
    places(obligation).into_iter().map(|place| place.file).collect()
}
