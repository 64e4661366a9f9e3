//! The reports about logs: how they look, what they hold, and that nothing out of a log acts in them. What they are made
//! from is written by hand; the diagnosis has tests of its own.

mod samples;

use codespan_reporting::term::termcolor::Buffer;
use raft_lint::logs::condition::Condition;
use raft_lint::logs::diagnosed::{Caveat, Confidence, Diagnosed, Diagnosis};
use raft_lint::logs::report::{self, TextOptions};
use raft_lint::report::Detail;

use serde_json::{Value, json};

use crate::browser::{self, chromium, or_not_run, script};
use crate::support::{self, root};

fn text(diagnosed: &Diagnosed, options: TextOptions) -> String {
    let mut buffer = Buffer::no_color();
    report::problems(diagnosed, &options, &mut buffer).expect("writing into memory");
    report::text(diagnosed, &options, &mut buffer).expect("writing into memory");
    String::from_utf8(buffer.into_inner()).expect("text is UTF-8")
}

/// Compares with a file of `tests/it/snapshots/logs`.
fn is_as_it_was(name: &str, now: &str) {
    let path = root().join("tests/it/snapshots/logs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, now).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(now, expected, "{name}: run with UPDATE=1 if this is meant");
}

#[test]
fn the_texts_are_as_they_were() {
    let normal = TextOptions::default();
    is_as_it_was("generic.txt", &text(&samples::generic(), normal));
    is_as_it_was("hashicorp.txt", &text(&samples::hashicorp(), normal));
    is_as_it_was("troubles.txt", &text(&samples::troubles(), normal));
    is_as_it_was("healthy.txt", &text(&samples::healthy(), normal));
    let verbose = TextOptions { detail: Detail::Verbose, ..normal };
    is_as_it_was("verbose.txt", &text(&samples::hashicorp(), verbose));
    let narrow = TextOptions { width: 60, ascii: true, ..normal };
    is_as_it_was("narrow.txt", &text(&samples::troubles(), narrow));
}

#[test]
fn the_json_and_the_page_are_as_they_were() {
    is_as_it_was("generic.json", &report::json(&samples::generic()));
    is_as_it_was("generic.html", &report::html(&samples::generic()));
}

/// Every kind of value, so that every field is there.
fn everything() -> Vec<Diagnosed> {
    vec![
        samples::generic(),
        samples::hashicorp(),
        samples::troubles(),
        samples::healthy(),
        samples::hostile(),
        samples::many(60),
        Diagnosed::default(),
    ]
}

/// Each condition has its words, whether names are known or not.
#[test]
fn headlines_say_who_and_what() {
    let headlines = |known: bool| {
        let one = |condition: Condition| {
            let mut one = samples::divergence("D");
            (one.condition, one.severity) = (condition, condition.severity());
            if !known {
                (one.leader, one.leader_term, one.follower) = (None, None, None);
            }
            one
        };
        let diagnoses = Condition::ALL.map(one).to_vec();
        let quiet = TextOptions { detail: Detail::Quiet, ..TextOptions::default() };
        text(&Diagnosed { diagnoses, ..Diagnosed::default() }, quiet)
    };
    is_as_it_was("headlines.txt", &[headlines(true), headlines(false)].concat());
}

/// All names of objects in a report, as dotted paths.
fn fields(prefix: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(all) => {
            for (name, value) in all {
                let path = format!("{prefix}.{name}");
                into.push(path.trim_start_matches('.').to_owned());
                fields(&path, value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(prefix, value, into)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_documented_and_exists() {
    let page =
        std::fs::read_to_string(root().join("docs/logs-json.md")).expect("the page is there");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut documented: Vec<String> = rows.map(str::to_owned).collect();
    let mut existing = Vec::new();
    for diagnosed in everything() {
        let report = report::json(&diagnosed);
        fields("", &serde_json::from_str(&report).expect("it is JSON"), &mut existing);
    }
    for names in [&mut documented, &mut existing] {
        names.sort();
        names.dedup();
    }
    assert!(existing.len() > 60, "{existing:?}");
    assert_eq!(documented, existing);
}

/// Nothing of a log acts: on a terminal, on a build server, in a page, or on who reads the JSON.
#[test]
fn hostile_names_and_lines_are_inert() {
    let hostile = samples::hostile();
    let is_odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    let mut texts = vec![report::json(&hostile), report::html(&hostile)];
    for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
        for ascii in [false, true] {
            let text = text(&hostile, TextOptions { detail, ascii, width: 80 });
            assert!(!ascii || text.is_ascii(), "{text}");
            assert!(!text.lines().any(|line| line.starts_with("error: fake")), "{text}");
            texts.push(text);
        }
    }
    for text in &texts {
        let odd: Vec<char> = text.chars().filter(|&c| is_odd(c)).collect();
        assert!(odd.is_empty(), "{odd:?} in {text}");
        assert!(!text.contains("##[error]") && !text.contains("##vso["), "{text}");
    }
    let page = &texts[1];
    assert!(!page.contains("<script") && !page.contains("<b "), "{page}");
    let json: Value = serde_json::from_str(&texts[0]).expect("it is JSON");
    assert_eq!(json["notes"], json!(samples::EVIL), "values stay the same");
}

#[test]
fn no_line_is_wider_than_asked_for() {
    for width in [40, 60, 100, 200] {
        let text = text(&samples::generic(), TextOptions { width, ..TextOptions::default() });
        let indented = text.lines().filter(|line| line.starts_with("  "));
        let wide: Vec<&str> = indented.filter(|line| line.chars().count() > width).collect();
        assert!(wide.is_empty(), "{width}: {wide:#?}");
    }
}

#[test]
fn a_thousand_followers_can_be_read() {
    let many = samples::many(1000);
    let text = text(&many, TextOptions::default());
    assert!(text.lines().count() < 600, "{} lines", text.lines().count());
    assert_eq!(text.matches("  do, in this order").count(), 1, "the same advice is given once");
    assert_eq!(text.matches("what to do: as for `node-0` above").count(), 9);
    assert!(text.contains("… and 950 more; `--format json` has all"), "{text}");
    assert!(text.contains("1,000 divergence, 20 healthy"), "{text}");
    let json: Value = serde_json::from_str(&report::json(&many)).expect("it is JSON");
    assert_eq!(json["diagnoses"].as_array().map(Vec::len), Some(1020));
    let page = report::html(&many);
    assert_eq!(page.matches("<svg").count(), 200);
    assert!(page.len() < 4 << 20, "{} bytes", page.len());
}

/// What is said of a system stands at the first diagnosis that it is about.
#[test]
fn what_several_have_in_common_is_told_once() {
    let mut diagnosed = samples::troubles();
    let practice = "system: type this (https://example.org/practice)".to_owned();
    let caveat = Caveat {
        system: "system 1",
        text: "this goes wrong",
        source: "https://example.org/caveat",
    };
    let ill: Vec<&mut Diagnosis> = diagnosed.diagnoses.iter_mut().take(3).collect();
    for (number, one) in ill.into_iter().enumerate() {
        one.first = vec![format!("step {number}"), practice.clone()];
        one.caveats = vec![caveat.clone()];
    }
    let texts = [text(&diagnosed, TextOptions::default()), report::html(&diagnosed)];
    for text in &texts {
        assert!((0..3).all(|number| text.contains(&format!("step {number}"))), "{text}");
        assert_eq!(text.matches("type this").count(), 1, "{text}");
        assert_eq!(text.matches("this goes wrong").count(), 1, "{text}");
    }
    assert_eq!(report::json(&diagnosed).matches("type this").count(), 3);
}

/// The JSON is bounded, too; and what is only counted is counted.
#[test]
fn what_is_left_out_is_counted_everywhere() {
    let mut diagnosed = samples::many(60);
    let all = text(&diagnosed, TextOptions::default());
    assert!(all.contains("… and 10 more; `--format json` has all"), "{all}");
    diagnosed.left_out = vec![(Condition::Divergence, 5), (Condition::Healthy, 70)];
    let more = text(&diagnosed, TextOptions::default());
    assert!(more.contains("… and 15 more; `--format json` has more"), "{more}");
    let healthy =
        70 + diagnosed.diagnoses.iter().filter(|one| one.condition == Condition::Healthy).count();
    let closing = format!("65 divergence, {healthy} healthy");
    assert!(more.contains(&closing), "{more}");
    let page = report::html(&diagnosed);
    assert!(
        page.contains(&closing)
            && page.contains("… and 75 more; <code>--format json</code> counts them")
    );
}

#[test]
fn health_that_was_not_seen_is_told_apart() {
    let mut diagnosed = samples::healthy();
    let sure = text(&diagnosed, TextOptions::default());
    assert!(
        sure.contains("`B` replicates from leader `A`") && !sure.contains("confidence"),
        "{sure}"
    );
    for one in &mut diagnosed.diagnoses {
        one.confidence = Confidence::Low;
        one.uncertain = vec!["no line at that level".to_owned()];
    }
    let unsure = text(&diagnosed, TextOptions::default());
    let headline =
        "ok[healthy]: nothing known against follower `B` of leader `A` (term 12), low confidence\n";
    assert!(
        unsure.contains(headline) && unsure.contains("not surer: no line at that level"),
        "{unsure}"
    );
    let json: Value = serde_json::from_str(&report::json(&diagnosed)).expect("it is JSON");
    assert!(
        json["diagnoses"][0]["headline"].to_string().contains("nothing known against"),
        "{json:#}"
    );
    assert!(report::html(&diagnosed).contains("<td>low: no line at that level</td>"));
}

#[test]
fn quiet_is_a_line_for_each() {
    let quiet = TextOptions { detail: Detail::Quiet, ..TextOptions::default() };
    let quiet = text(&Diagnosed { read: Default::default(), ..samples::troubles() }, quiet);
    assert_eq!(quiet.lines().count(), 5, "{quiet}");
    assert!(quiet.lines().all(|line| line.contains("]: ")), "{quiet}");
}

#[test]
fn colours_are_used_where_there_are_some() {
    let mut buffer = Buffer::ansi();
    let options = TextOptions::default();
    report::text(&samples::troubles(), &options, &mut buffer).expect("writing into memory");
    let text = String::from_utf8(buffer.into_inner()).expect("text is UTF-8");
    assert!(text.contains("\u{1b}[31merror[stuck]\u{1b}[0m"), "{text}");
}

#[test]
fn the_page_works_in_a_browser() {
    let found = chromium().and_then(|chromium| Ok((chromium, script("page.mjs")?)));
    let Some((chromium, mut command)) = or_not_run("browser", "RAFT_LINT_BROWSER", found) else {
        return;
    };
    let dir = tempfile::tempdir().expect("a temporary directory can be made");
    let names = ["generic", "hashicorp", "troubles", "healthy", "hostile", "many", "nothing"];
    let pages = names.into_iter().zip(everything()).map(|(name, diagnosed)| {
        let file = dir.path().join(format!("{name}.html"));
        std::fs::write(&file, report::html(&diagnosed)).expect("a file can be written");
        json!({ "name": name, "file": file, "kind": "document", "texts": ["What the logs say"] })
    });
    let pages: Vec<Value> = pages.collect();
    let list = dir.path().join("pages.json");
    std::fs::write(&list, json!(pages).to_string()).expect("a file can be written");
    let output = command.arg(&list).env("RAFT_LINT_CHROMIUM", chromium).output();
    let results = browser::json(&output.expect("node starts"));
    let failures: Vec<(String, Vec<String>)> = names
        .iter()
        .map(|name| {
            let texts = results[*name].as_array().expect("each page was looked at").iter();
            (
                (*name).to_owned(),
                texts.map(|text| text.as_str().unwrap_or("?").to_owned()).collect(),
            )
        })
        .collect();
    support::verdict("pages about logs", failures.len(), &failures);
}
