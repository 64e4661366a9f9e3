//! The JUnit report: a suite for each rule, a test case for each finding.
//!
//! Takes a report; gives XML. A rule without findings is one case: it passes if something was proved,
//! and is skipped if there was nothing to decide, because that proves nothing. What could not be decided
//! or checked is an error. Advice fails no run, so it is a skipped case, whose text is shown.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::place::{Seen, seen, spot};
use super::remark::{Kind, Remark, remarks};
use super::{Report, escape, plain, summary};
use crate::finding::Finding;
use crate::outcome::Status;
use crate::rule::Level;
use crate::rules;
use crate::source::Sources;

/// How a case came out; what is said about it.
enum Verdict {
    Passed,
    Skipped(String),
    /// One line, and the whole text.
    Failed(String, String),
    Error(String),
}

struct Case {
    name: String,
    file: Option<String>,
    line: Option<u32>,
    verdict: Verdict,
}

struct Suite<'r> {
    name: &'r str,
    cases: Vec<Case>,
    properties: Vec<(&'static str, String)>,
    out: Option<String>,
}

/// The report as text, with a line feed at its end.
///
/// # Errors
///
/// If there is no memory left.
pub fn render(report: &Report<'_>) -> io::Result<String> {
    let suites = suites(report);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let root = writer.create_element("testsuites").with_attribute(("name", "raft-lint"));
    root.with_attributes(pairs(&counts(all()))).write_inner_content(|writer| {
        suites.iter().try_for_each(|suite| write_suite(suite, writer))
    })?;
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    Ok(text)
}

fn suites<'r>(report: &Report<'r>) -> Vec<Suite<'r>> {
    let remarks = remarks(report);
    let mut ids: Vec<&'r str> = rules::ALL.iter().map(|rule| rule.id).collect();
    for finding in report.open() {
        if !ids.contains(&finding.subject.id) {
            ids.push(finding.subject.id);
        }
    }
    let mut suites: Vec<Suite<'r>> = ids.iter().map(|id| of_rule(id, report, &remarks)).collect();
    let others = remarks.iter().filter(|remark| remark.rule.is_none());
    let mut properties = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    properties.push(("silenced", report.silenced().count().to_string()));
    suites.push(Suite {
        name: "raft-lint",
        cases: others.map(|remark| of_remark(remark, report.sources)).collect(),
        properties,
        out: Some(summary::obligations(report)),
    });
    for suite in &mut suites {
        distinguish(&mut suite.cases);
    }
    suites
}

fn of_rule<'r>(id: &'r str, report: &Report<'r>, remarks: &[Remark<'r>]) -> Suite<'r> {
    let findings = report.open().filter(|finding| finding.subject.id == id);
    let findings = findings.map(|finding| of_finding(finding, report.sources));
    let undecided = remarks.iter().filter(|remark| remark.rule == Some(id));
    let undecided = undecided.map(|remark| of_remark(remark, report.sources));
    let mut cases: Vec<Case> = findings.chain(undecided).collect();
    if cases.is_empty() {
        let obligations = report.outcome.obligations.iter().filter(|o| o.rule.id == id);
        let proved = obligations.filter(|o| matches!(o.status, Status::Proved { .. })).count();
        let verdict = match proved {
            0 => Verdict::Skipped("there was nothing to decide".to_owned()),
            _ => Verdict::Passed,
        };
        let name = "every obligation is proved".to_owned();
        cases.push(Case { name, file: None, line: None, verdict });
    }
    Suite { name: id, cases, properties: Vec::new(), out: None }
}

fn of_finding(finding: &Finding, sources: &Sources) -> Case {
    let at = spot(sources, finding.place);
    let place = match finding.function.as_str() {
        "" => at.file.as_str(),
        function => function,
    };
    // No line starts with a name, as in `plain`.
    let mut lines = vec![format!("at {}:{}:{}: {}", at.file, at.line, at.column, finding.message)];
    lines.extend(plain::lines(finding, sources));
    let text: Vec<String> = lines.iter().map(|line| valid(line)).collect();
    Case {
        name: format!("{place}: {}", finding.message),
        line: Some(at.line),
        verdict: match finding.level {
            Level::Advice => Verdict::Skipped(text.join("\n")),
            _ => Verdict::Failed(finding.message.clone(), text.join("\n")),
        },
        file: Some(at.file),
    }
}

fn of_remark(remark: &Remark<'_>, sources: &Sources) -> Case {
    let seen = seen(sources, remark.at);
    let Seen { file, line, .. } = match seen {
        Some(seen) => seen,
        None => {
            let name = remark.kind.summary().to_owned();
            return Case { name, file: None, line: None, verdict: verdict(remark) };
        }
    };
    let verdict = verdict(remark);
    let name = format!("{file}: {}", remark.kind.summary());
    Case { name, file: Some(file), line, verdict }
}

/// What can't be decided is an error, what is only worth knowing is skipped.
fn verdict(remark: &Remark<'_>) -> Verdict {
    match remark.kind {
        Kind::Failure | Kind::Undecided | Kind::Unchecked => Verdict::Error(remark.text.clone()),
        Kind::Note => Verdict::Skipped(remark.text.clone()),
    }
}

/// Servers take cases of the same name for one.
fn distinguish(cases: &mut [Case]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let count = seen.entry(case.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            case.name += &format!(" ({count})");
        }
    }
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> [(&'static str, String); 4] {
    let mut counts = [0_usize; 4];
    for case in cases {
        counts[0] += 1;
        match case.verdict {
            Verdict::Passed => {}
            Verdict::Failed(..) => counts[1] += 1,
            Verdict::Error(_) => counts[2] += 1,
            Verdict::Skipped(_) => counts[3] += 1,
        }
    }
    let [tests, failures, errors, skipped] = counts.map(|count| count.to_string());
    [("tests", tests), ("failures", failures), ("errors", errors), ("skipped", skipped)]
}

fn pairs<'p>(attributes: &'p [(&'static str, String)]) -> impl Iterator<Item = (&'p str, &'p str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_str()))
}

fn write_suite(suite: &Suite<'_>, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    let element = writer.create_element("testsuite").with_attribute(("name", suite.name));
    element.with_attributes(pairs(&counts(suite.cases.iter()))).write_inner_content(|writer| {
        if !suite.properties.is_empty() {
            writer.create_element("properties").write_inner_content(|writer| {
                for pair in pairs(&suite.properties) {
                    let property = writer.create_element("property");
                    property
                        .with_attributes([("name", pair.0), ("value", pair.1)])
                        .write_empty()?;
                }
                Ok(())
            })?;
        }
        suite.cases.iter().try_for_each(|case| write_case(suite.name, case, writer))?;
        if let Some(out) = &suite.out {
            writer.create_element("system-out").write_text_content(BytesText::new(out))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_case(suite: &str, case: &Case, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    let mut attributes = vec![("classname", format!("raft-lint.{suite}"))];
    attributes.push(("name", valid(&case.name)));
    attributes.extend(case.file.iter().map(|file| ("file", valid(file))));
    attributes.extend(case.line.iter().map(|line| ("line", line.to_string())));
    let element = writer.create_element("testcase").with_attributes(pairs(&attributes));
    let (name, message, text) = match &case.verdict {
        Verdict::Passed => {
            element.write_empty()?;
            return Ok(());
        }
        Verdict::Skipped(text) => ("skipped", text, None),
        Verdict::Failed(message, text) => ("failure", message, Some(text)),
        Verdict::Error(text) => ("error", text, None),
    };
    let message: Vec<String> = message.lines().map(valid).collect();
    let message = [("message", message.join("\n")), ("type", suite.to_owned())];
    element.write_inner_content(|writer| {
        let known = if name == "skipped" { &message[..1] } else { &message };
        let told = writer.create_element(name).with_attributes(pairs(known));
        match text {
            Some(text) => told.write_text_content(BytesText::new(text))?,
            None => told.write_empty()?,
        };
        Ok(())
    })?;
    Ok(())
}

/// One line without the characters that XML 1.0 can't hold; control characters are among them.
fn valid(text: &str) -> String {
    escape::line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
