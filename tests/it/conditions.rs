//! What is said of the conditions that logs show: each has its page with the sections that an operator looks for,
//! pages and advice agree, every source is public, and nothing is advised that can lose what was committed.

use std::collections::BTreeSet;

use raft_lint::logs::advice;
use raft_lint::logs::condition::Condition;
use raft_lint::rules;

use crate::support;

/// The sections of a page, in their order.
const HEADINGS: &[&str] = &[
    "What it means",
    "How it looks",
    "How it is told from its siblings",
    "Arithmetic",
    "What to do",
    "What not to do",
    "Where each system shows it",
    "Caveats",
    "In the code",
    "Known limits",
];

/// The formats of which something is said, as `docs/logs.md` lists them.
const FORMATS: &[&str] =
    &["etcd", "raft-rs", "openraft", "hashicorp", "async-raft", "nuraft", "generic"];

/// Hosts that anybody can read.
const PUBLIC: &[&str] = &[
    "github.com",
    "etcd.io",
    "docs.rs",
    "developer.hashicorp.com",
    "support.hashicorp.com",
    "www.ibm.com",
];

/// What is wrong with each page, all at once.
fn each(what: &str, wrong: impl Fn(Condition) -> Vec<String>) {
    let failures: Vec<_> = Condition::ALL.map(|c| (c.id().to_owned(), wrong(c))).into();
    support::verdict(what, failures.len(), &failures);
}

fn section(condition: Condition, title: &str) -> &'static str {
    support::section(condition.page(), title).unwrap_or_default()
}

/// Words in one line, whatever lines they stand in.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The addresses in a text.
fn addresses(text: &str) -> Vec<&str> {
    let starts = text.match_indices("http").map(|(at, _)| &text[at..]);
    let whole = starts.map(|rest| {
        rest.split(['>', ' ', '\n', ')']).next().unwrap_or(rest).trim_end_matches(['.', ',', ';'])
    });
    whole.filter(|address| address.contains("://")).collect()
}

#[test]
fn each_has_a_page_with_its_sections() {
    each("sections", |condition| {
        let mut wrong = Vec::new();
        let mut lines = condition.page().lines();
        if lines.next() != Some(format!("# {}", condition.id()).as_str()) {
            wrong.push(format!("does not start with `# {}`", condition.id()));
        }
        let found: Vec<&str> = lines.filter_map(|line| line.strip_prefix("## ")).collect();
        if found != HEADINGS {
            wrong.push(format!("expected {HEADINGS:?}\n     got {found:?}"));
        }
        for title in HEADINGS.iter().filter(|title| section(condition, title).trim().is_empty()) {
            wrong.push(format!("nothing stands under {title}"));
        }
        let looks = section(condition, "How it looks").matches("```text\n").count();
        if looks < 3 {
            wrong.push(format!("lines of two systems and a picture, not {looks} blocks"));
        }
        if condition.summary().is_empty() || condition.summary().contains('\n') {
            wrong.push("the summary is one line".to_owned());
        }
        wrong
    });
    for condition in Condition::ALL {
        assert_eq!(Condition::find(condition.id()), Some(condition));
    }
    assert_eq!(Condition::find("diverged"), None, "a title is no id");
}

#[test]
fn what_to_do_is_in_order() {
    each("steps", |condition| {
        let steps = section(condition, "What to do").lines();
        let numbers: Vec<usize> =
            steps.filter_map(|line| line.split_once(". ")?.0.parse().ok()).collect();
        let expected: Vec<usize> = (1..=numbers.len()).collect();
        let mut wrong = Vec::new();
        if numbers.len() < 2 || numbers != expected {
            wrong.push(format!("steps {numbers:?}"));
        }
        if !section(condition, "What not to do").trim_start().starts_with("- Do not ") {
            wrong.push("what not to do is no list of it".to_owned());
        }
        wrong
    });
}

/// Names of rules and of other conditions are those that there are; a condition's page names what it is
/// mistaken for, and the rule that the report points to.
#[test]
fn names_on_the_pages_exist() {
    let conditions: BTreeSet<&str> =
        Condition::ALL.iter().map(|condition| condition.id()).collect();
    each("names", |condition| {
        let mut wrong = Vec::new();
        let code = section(condition, "In the code");
        let named = |text: &str| -> Vec<String> {
            text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        for name in named(code).iter().filter(|name| !name.contains(' ')) {
            if rules::find(name).is_none() && !conditions.contains(name.as_str()) {
                wrong.push(format!("`{name}` is no rule"));
            }
        }
        if advice::rule(condition).is_some_and(|rule| !code.contains(&format!("`{rule}`"))) {
            wrong.push(format!("does not name {:?}", advice::rule(condition)));
        }
        let siblings = named(section(condition, "How it is told from its siblings"));
        let known = siblings.iter().filter(|name| conditions.contains(name.as_str())).count();
        if known == 0 {
            wrong.push("names no sibling".to_owned());
        }
        wrong
    });
}

#[test]
fn every_source_is_public() {
    let mut seen = 0;
    for condition in Condition::ALL {
        for address in addresses(condition.page()) {
            let host = address.strip_prefix("https://").and_then(|rest| rest.split('/').next());
            let host = host.unwrap_or_else(|| panic!("{}: {address}", condition.id()));
            assert!(PUBLIC.contains(&host), "{}: {address}", condition.id());
            seen += 1;
        }
        if condition != Condition::Lag && condition != Condition::Healthy {
            assert!(!addresses(section(condition, "Caveats")).is_empty(), "{}", condition.id());
        }
    }
    assert!(seen > 30, "{seen}");
    let addresses = addresses("see <https://e.x/a>, (https://e.x/b). http://e.x/c; https");
    assert_eq!(addresses, ["https://e.x/a", "https://e.x/b", "http://e.x/c"]);
}

/// What the report prints of a system stands on the condition's page, with the same source.
#[test]
fn caveats_of_the_report_stand_on_the_page() {
    let mut seen = 0;
    each("caveats", |condition| {
        let found = FORMATS.iter().flat_map(|format| advice::caveats(condition, format));
        let lacks = |source: &str| !condition.page().contains(source);
        found
            .filter(|c| lacks(c.source))
            .map(|c| format!("lacks {}: {}", c.system, c.source))
            .collect()
    });
    for condition in Condition::ALL {
        seen +=
            FORMATS.iter().map(|format| advice::caveats(condition, format).len()).sum::<usize>();
        assert!(advice::caveats(condition, "unheard-of").is_empty());
    }
    assert!(seen > 15, "{seen}");
}

/// An emptied node that is still a voter is how acknowledged entries are lost. On every page and in every
/// answer a disk is emptied only behind the removal, and each page but the harmless ones forbids the rest.
#[test]
fn nothing_is_advised_that_can_lose_what_was_committed() {
    each("safety", |condition| {
        let mut wrong = Vec::new();
        let steps = words(section(condition, "What to do"));
        for (at, _) in steps.match_indices("empty its disk") {
            let before = steps[..at].to_lowercase();
            if !before.contains("remove it from the configuration; only then") {
                wrong.push("a disk is emptied before the node is removed".to_owned());
            }
        }
        if steps.to_lowercase().contains("remove it from the configuration")
            && !steps.contains("a new node with a new id")
        {
            wrong.push("a removed node comes back under its old id".to_owned());
        }
        for word in ["--force-new-cluster", "peers.json", "allow_log_reversion", "rm -"] {
            if steps.contains(word) {
                wrong.push(format!("advises `{word}`"));
            }
        }
        let never = words(section(condition, "What not to do")).to_lowercase();
        let forbids = never.contains("delete data") || never.contains("delete its data");
        if condition != Condition::Healthy && !forbids {
            wrong.push("does not forbid to delete data".to_owned());
        }
        if !matches!(condition, Condition::Healthy | Condition::LostEntries)
            && !never.contains("do not raise election timeouts")
        {
            wrong.push("does not speak of election timeouts".to_owned());
        }
        wrong
    });
    let lost = words(section(Condition::LostEntries, "What to do"));
    assert!(lost.contains("disks first") && lost.contains("fsync"), "{lost}");
    assert!(lost.starts_with("1. Leave the leader running"), "{lost}");
    for (condition, format) in
        Condition::ALL.iter().flat_map(|c| FORMATS.iter().map(move |f| (c, f)))
    {
        for step in advice::practice(*condition, format) {
            assert!(!step.text.contains("force"), "{step:?}");
        }
    }
}

#[test]
fn the_guide_lists_conditions_formats_and_levels() {
    let guide = std::fs::read_to_string(support::root().join("docs/logs.md")).expect("a page");
    let guide = guide.replace("\r\n", "\n");
    for name in Condition::ALL.iter().map(|c| c.id()).chain(FORMATS.iter().copied()) {
        assert!(guide.contains(&format!("\n| `{name}` |")), "docs/logs.md lacks `{name}`");
    }
    for setting in ["--log-level=debug", "RUST_LOG=openraft=debug", "RUST_LOG=async_raft=trace"] {
        let said = FORMATS.iter().any(|format| advice::visibility(format).contains(setting));
        assert!(said && guide.contains(setting), "{setting}");
    }
}
