//! The map for graphviz.
//!
//! Takes the graph; gives a `digraph` whose labels are tables. Every text of the checked code is in a label,
//! as character references wherever it is more than letters, so that nothing in it is a part of the graph.

use std::fmt::Write;

use super::graph::{EffectNode, PackageMap, Standing};
use super::label::{code, idle, missing, place_and_code, row, shown, title};
use crate::finding::Step;
use crate::source::Sources;

/// Colours of a standing: line and background. The mark beside says the same.
fn colours(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Proved => ("#14692c", "#e3f5e7"),
        Standing::Violated => ("#b3202a", "#fdeaea"),
        Standing::Undecided => ("#875100", "#fbf1dc"),
        Standing::Silenced => ("#57606a", "#eceff2"),
    }
}

/// The map as text, with a line feed at its end.
pub fn render(packages: &[PackageMap<'_>], sources: &Sources) -> String {
    let mut out = String::from(
        "digraph \"protocol map\" {\n  rankdir=LR;\n  fontname=\"Helvetica\";\n  newrank=true;\n  \
         node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n  edge [arrowsize=0.7, color=\"#57606a\"];\n",
    );
    for (number, package) in packages.iter().enumerate() {
        let _ = writeln!(out, "  subgraph \"cluster_{number}\" {{");
        let _ = writeln!(
            out,
            "    label=<{}>; color=\"#d0d7de\";",
            escaped(&format!("package {}", code(&package.title())))
        );
        let dot = Dot { number, package, sources };
        for index in 0..package.clusters.len() {
            dot.cluster(index, &mut out);
        }
        dot.unseen(&mut out);
        out.push_str("  }\n");
        dot.edges(&mut out);
    }
    out.push_str("}\n");
    out
}

struct Dot<'g> {
    number: usize,
    package: &'g PackageMap<'g>,
    sources: &'g Sources,
}

impl Dot<'_> {
    fn cluster(&self, index: usize, out: &mut String) {
        let cluster = &self.package.clusters[index];
        let number = self.number;
        let _ = writeln!(out, "    subgraph \"cluster_{number}_{index}\" {{");
        let _ = writeln!(
            out,
            "      label=<<B>{}</B>>; style=rounded; color=\"#57606a\";",
            escaped(&title(&cluster.subject))
        );
        for (lead, function) in cluster.leads.iter().enumerate() {
            let place = function.place.map(|place| shown(place, self.sources));
            let rows = [Some(code(function.function)), place];
            let rows: Vec<String> = rows.into_iter().flatten().map(|row| escaped(&row)).collect();
            let label = table("#0a58ad", "#ffffff", &rows);
            let _ = writeln!(out, "      \"l{number}_{index}_{lead}\" [label={label}];");
        }
        let homes = self.package.evidence.iter().enumerate().filter(|(_, node)| node.home == index);
        for (evidence, node) in homes {
            let (place, code) = place_and_code(node.place, self.sources);
            let rows = [escaped(&place), format!("<I>{}</I>", escaped(&code))];
            let label = table("#14692c", "#ffffff", &rows);
            let _ = writeln!(out, "      \"v{number}_{evidence}\" [label={label}];");
        }
        for (effect, node) in cluster.effects.iter().enumerate() {
            let _ = writeln!(
                out,
                "      \"e{number}_{index}_{effect}\" [label={}];",
                self.effect(node)
            );
            let lead = cluster.leads[node.lead].place;
            for (row, rule) in node.rows.iter().enumerate() {
                for (step, found) in rule.way(lead).enumerate() {
                    let id = step_id(number, index, effect, row, step);
                    let label = self.step(found, rule.standing);
                    let _ = writeln!(out, "      {id} [label={label}];");
                }
            }
        }
        out.push_str("    }\n");
    }

    /// A table with a row for each rule; edges lead to the rows.
    fn effect(&self, node: &EffectNode<'_>) -> String {
        let (place, code) = place_and_code(node.place, self.sources);
        let (line, _) = colours(node.standing());
        let mut label = format!(
            "<<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\" COLOR=\"{line}\">\
             <TR><TD ALIGN=\"LEFT\"><B>{}</B></TD></TR><TR><TD ALIGN=\"LEFT\">{}</TD></TR>\
             <TR><TD ALIGN=\"LEFT\"><I>{}</I></TD></TR>",
            escaped(&node.title()),
            escaped(&place),
            escaped(&code)
        );
        for (number, rule) in node.rows.iter().enumerate() {
            let (line, background) = colours(rule.standing);
            let _ = write!(
                label,
                "<TR><TD ALIGN=\"LEFT\" PORT=\"r{number}\" BGCOLOR=\"{background}\">\
                 <FONT COLOR=\"{line}\">{}</FONT></TD></TR>",
                row(rule)
            );
        }
        label + "</TABLE>>"
    }

    /// A step of a path that lacks the evidence.
    fn step(&self, step: &Step, standing: Standing) -> String {
        let (place, line) = place_and_code(step.place, self.sources);
        let line = format!("<I>{}</I>", escaped(&line));
        let rows = [escaped(&code(&step.text)), line, escaped(&place)];
        table(colours(standing).0, "#ffffff", &rows)
    }

    /// Grey: what was looked for, and handlers without an effect.
    fn unseen(&self, out: &mut String) {
        let number = self.number;
        let (line, background) = colours(Standing::Silenced);
        let headed = |mut rows: Vec<String>| {
            rows[0] = format!("<B>{}</B>", rows[0]);
            table(line, background, &rows)
        };
        for (index, looked_for) in self.package.missing.iter().enumerate() {
            let mut rows = missing(looked_for);
            rows[0] = escaped(&rows[0]); // the others are rules
            let label = headed(rows);
            let _ = writeln!(out, "    \"m{number}_{index}\" [label={label}];");
        }
        if !self.package.idle.is_empty() {
            let rows = idle(&self.package.idle, self.sources);
            let label = headed(rows.iter().map(|row| escaped(row)).collect());
            let _ = writeln!(out, "    \"i{number}\" [label={label}];");
        }
    }

    fn edges(&self, out: &mut String) {
        let number = self.number;
        let mut led = std::collections::BTreeSet::new();
        for (index, cluster) in self.package.clusters.iter().enumerate() {
            for (effect, node) in cluster.effects.iter().enumerate() {
                let lead = format!("\"l{number}_{index}_{}\"", node.lead);
                for (row, rule) in node.rows.iter().enumerate() {
                    let to = format!("\"e{number}_{index}_{effect}\":r{row}");
                    let (color, style) = drawn(rule.standing);
                    for evidence in &rule.evidence {
                        let from = format!("\"v{number}_{evidence}\"");
                        if led.insert((lead.clone(), *evidence)) {
                            let _ = writeln!(out, "  {lead} -> {from};");
                        }
                        let _ =
                            writeln!(out, "  {from} -> {to} [color=\"{color}\", style={style}];");
                    }
                    if rule.evidence.is_empty() {
                        // A path goes past the evidence, step by step.
                        let mut from = lead.clone();
                        let place = cluster.leads[node.lead].place;
                        let steps = 0..rule.way(place).count();
                        let steps = steps.map(|step| step_id(number, index, effect, row, step));
                        for next in steps.chain([to]) {
                            let _ = writeln!(
                                out,
                                "  {from} -> {next} [color=\"{color}\", style={style}];"
                            );
                            from = next;
                        }
                    }
                }
            }
            for (home, effect) in &cluster.reaches {
                let _ = writeln!(
                    out,
                    "  \"l{number}_{index}_0\" -> \"e{number}_{home}_{effect}\" [style=dotted];"
                );
            }
        }
    }
}

fn step_id(package: usize, cluster: usize, effect: usize, row: usize, step: usize) -> String {
    format!("\"w{package}_{cluster}_{effect}_{row}_{step}\"")
}

/// The colour and the kind of line to an obligation.
fn drawn(standing: Standing) -> (&'static str, &'static str) {
    let style = match standing {
        Standing::Proved => "solid",
        Standing::Violated => "bold",
        Standing::Undecided | Standing::Silenced => "dashed",
    };
    (colours(standing).0, style)
}

fn table(line: &str, background: &str, rows: &[String]) -> String {
    let rows: String =
        rows.iter().map(|row| format!("<TR><TD ALIGN=\"LEFT\">{row}</TD></TR>")).collect();
    format!(
        "<<TABLE BORDER=\"1\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\" COLOR=\"{line}\" \
         BGCOLOR=\"{background}\">{rows}</TABLE>>"
    )
}

/// Text in a table: everything but letters, numbers and blanks as a character reference. An empty cell
/// would not be accepted.
fn escaped(text: &str) -> String {
    if text.is_empty() {
        return " ".to_owned();
    }
    let mut safe = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' || matches!(c, '.' | '/' | ':' | '_') {
            safe.push(c);
        } else {
            let _ = write!(safe, "&#{};", u32::from(c));
        }
    }
    safe
}
