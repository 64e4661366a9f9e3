//! What real systems have logged in situations that are known: `fixtures/logs/truth.json`, which was written by the programs
//! that made these situations.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{figure, json};
use crate::support::root;

/// A situation.
#[derive(Deserialize)]
struct Truth {
    logs: String,
    files: Vec<String>,
    leader: Option<String>,
    leader_term: Option<u64>,
    follower: Option<String>,
    group: Option<String>,
    expected: String,
    #[serde(default)]
    terms: Vec<u64>,
    rejections: Option<f64>,
}

/// What is wrong with what was said about a situation.
fn wrong(truth: &Truth) -> Option<String> {
    let directory = root().join("fixtures/logs").join(&truth.logs);
    let names: Vec<&str> = truth.files.iter().map(String::as_str).collect();
    let (report, output) = json(&directory, &names);
    let diagnoses = report["diagnoses"].as_array().map_or(&[][..], Vec::as_slice);
    let same =
        |said: &Value, known: &Option<String>| known.is_none() || said.as_str() == known.as_deref();
    let about =
        |one: &&Value| same(&one["follower"], &truth.follower) && same(&one["group"], &truth.group);
    let said: Vec<&Value> = diagnoses.iter().filter(about).collect();
    let Some(found) = said.iter().find(|one| one["condition"] == truth.expected.as_str()) else {
        let said: Vec<String> = diagnoses.iter().map(|one| one["headline"].to_string()).collect();
        return Some(format!("said {said:?}: {}", String::from_utf8_lossy(&output.stderr)));
    };
    // Its own name is not in the lines of every leader; then it is called as its file is.
    let number = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    if let (Some(known), Some(leader)) = (&truth.leader, found["leader"].as_str())
        && leader != known
        && number(leader) != number(known)
    {
        return Some(format!("leader {leader} instead of {known}"));
    }
    if let (Some(known), Some(term)) = (truth.leader_term, found["leader_term"].as_u64())
        && term != known
        && truth.expected != "healthy"
    {
        return Some(format!("term {term} instead of {known}"));
    }
    if let Some(known) = truth.rejections.filter(|known| *known > 0.0)
        && figure(found, "probes") != known
    {
        return Some(format!("{} probes instead of {known}", figure(found, "probes")));
    }
    let crossed = figure(found, "terms_crossed");
    if truth.expected == "divergence" && crossed > truth.terms.len() as f64 {
        return Some(format!("{crossed} terms crossed of {:?}", truth.terms));
    }
    let code = if truth.expected == "healthy" { 0 } else { 1 };
    let others = diagnoses.len() > said.len();
    (output.status.code() != Some(code) && !others).then(|| format!("exit {:?}", output.status))
}

#[test]
fn what_real_systems_log_is_diagnosed_as_what_it_was() {
    let text = std::fs::read_to_string(root().join("fixtures/logs/truth.json"))
        .expect("the truth is written");
    let truths: Vec<Truth> = serde_json::from_str(&text).expect("it is a list of situations");
    assert!(truths.len() > 40, "{} situations", truths.len());
    let (hidden, shown): (Vec<&Truth>, Vec<&Truth>) =
        truths.iter().partition(|truth| truth.logs.ends_with("-default-level"));
    let wrong: Vec<String> = shown
        .iter()
        .filter_map(|truth| Some(format!("{} ({}): {}", truth.logs, truth.expected, wrong(truth)?)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), shown.len(), wrong.join("\n"));
    assert!(!hidden.is_empty());
    for truth in hidden {
        let (report, _) = json(&root().join("fixtures/logs").join(&truth.logs), &["."]);
        let notes = report["notes"].to_string();
        assert!(notes.contains("not health"), "{}: {notes}", truth.logs);
        let sure = |one: &Value| one["condition"] == "healthy" && one["confidence"] == "high";
        let diagnoses = report["diagnoses"].as_array().expect("a list");
        let about = diagnoses
            .iter()
            .filter(|one| one["follower"] == truth.follower.as_deref().unwrap_or_default());
        assert!(about.clone().count() > 0 && !about.clone().any(sure), "{}: {report}", truth.logs);
    }
}

#[test]
fn each_recording_is_in_the_truth() {
    let text = std::fs::read_to_string(root().join("fixtures/logs/truth.json"))
        .expect("the truth is written");
    let truths: Vec<Truth> = serde_json::from_str(&text).expect("it is a list of situations");
    let directories = |path: &Path| -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(path).expect("it is a directory").flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let logs = root().join("fixtures/logs");
    for system in directories(&logs) {
        for situation in directories(&system) {
            let name = situation
                .strip_prefix(&logs)
                .expect("it is below")
                .to_string_lossy()
                .replace('\\', "/");
            assert!(truths.iter().any(|truth| truth.logs == name), "{name} has no truth");
        }
    }
}
