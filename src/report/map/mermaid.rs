//! The map as a mermaid flowchart: what GitHub, GitLab and many wikis draw by themselves.
//!
//! Takes the graph; gives the text of a `flowchart`. Every text of the checked code is in a quoted label,
//! as entity codes wherever it is more than letters, so that nothing in it is a part of the chart.

use std::fmt::Write;

use super::graph::{EffectNode, PackageMap, Standing};
use super::label::{code, idle, missing, place_and_code, row, shown, title};
use crate::source::Sources;

/// Renderers refuse a longer text, unless they are told otherwise.
pub const MAX_TEXT: usize = 50_000;
/// Renderers refuse more edges, unless they are told otherwise.
pub const MAX_EDGES: usize = 500;

/// A chart.
pub struct Chart {
    /// The text, with a line feed at its end.
    pub text: String,
    /// How many edges it has.
    pub edges: usize,
}

impl Chart {
    /// Whether renderers take it as they are set up.
    pub fn is_small(&self) -> bool {
        self.text.len() <= MAX_TEXT && self.edges <= MAX_EDGES
    }
}

/// The map.
pub fn render(packages: &[PackageMap<'_>], sources: &Sources) -> Chart {
    let mut out = String::from("flowchart LR\n");
    let mut edges = Edges::default();
    for (number, package) in packages.iter().enumerate() {
        let title = escaped(&format!("package {}", code(&package.title())));
        let _ = writeln!(out, "subgraph p{number}[\"{title}\"]");
        let mermaid = Mermaid { number, package, sources };
        for index in 0..package.clusters.len() {
            mermaid.cluster(index, &mut out);
        }
        mermaid.unseen(&mut out);
        out.push_str("end\n");
        mermaid.edges(&mut edges);
    }
    out.push_str(&edges.text);
    edges.styles(&mut out);
    out.push_str(
        "classDef proved fill:#e3f5e7,stroke:#14692c,color:#1d232b\n\
         classDef violated fill:#fdeaea,stroke:#b3202a,color:#1d232b,stroke-width:3px\n\
         classDef undecided fill:#fbf1dc,stroke:#875100,color:#1d232b,stroke-dasharray:4 3\n\
         classDef silenced fill:#eceff2,stroke:#57606a,color:#1d232b,stroke-dasharray:4 3\n\
         classDef unseen fill:#eceff2,stroke:#57606a,color:#1d232b\n\
         classDef evidence fill:#ffffff,stroke:#14692c,color:#1d232b\n\
         classDef handler fill:#ffffff,stroke:#0a58ad,color:#1d232b\n",
    );
    Chart { text: out, edges: edges.count }
}

/// Edges are known by their numbers.
#[derive(Default)]
struct Edges {
    text: String,
    count: usize,
    violated: Vec<usize>,
}

impl Edges {
    fn add(&mut self, from: &str, arrow: &str, to: &str, standing: Option<Standing>) {
        let _ = writeln!(self.text, "{from} {arrow} {to}");
        if standing == Some(Standing::Violated) {
            self.violated.push(self.count);
        }
        self.count += 1;
    }

    fn styles(&self, out: &mut String) {
        if !self.violated.is_empty() {
            let numbers: Vec<String> = self.violated.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "linkStyle {} stroke:#b3202a", numbers.join(","));
        }
    }
}

struct Mermaid<'g> {
    number: usize,
    package: &'g PackageMap<'g>,
    sources: &'g Sources,
}

impl Mermaid<'_> {
    fn cluster(&self, index: usize, out: &mut String) {
        let cluster = &self.package.clusters[index];
        let number = self.number;
        let _ =
            writeln!(out, "subgraph c{number}_{index}[\"{}\"]", escaped(&title(&cluster.subject)));
        for (lead, function) in cluster.leads.iter().enumerate() {
            let place = function.place.map(|place| shown(place, self.sources));
            let lines: Vec<String> =
                [Some(code(function.function)), place].into_iter().flatten().collect();
            node(&format!("l{number}_{index}_{lead}"), ["([", "])"], &lines, "handler", out);
        }
        let homes = self.package.evidence.iter().enumerate().filter(|(_, node)| node.home == index);
        for (evidence, found) in homes {
            let (place, code) = place_and_code(found.place, self.sources);
            node(&format!("v{number}_{evidence}"), ["[", "]"], &[place, code], "evidence", out);
        }
        for (effect, found) in cluster.effects.iter().enumerate() {
            let id = format!("e{number}_{index}_{effect}");
            node(&id, ["[", "]"], &self.effect(found), found.standing().id(), out);
            let lead = cluster.leads[found.lead].place;
            for (row, rule) in found.rows.iter().enumerate() {
                for (step, way) in rule.way(lead).enumerate() {
                    let (place, line) = place_and_code(way.place, self.sources);
                    let id = format!("w{number}_{index}_{effect}_{row}_{step}");
                    let class = rule.standing.id();
                    node(&id, ["[", "]"], &[code(&way.text), line, place], class, out);
                }
            }
        }
        out.push_str("end\n");
    }

    fn effect(&self, node: &EffectNode<'_>) -> Vec<String> {
        let (place, code) = place_and_code(node.place, self.sources);
        let mut lines = vec![node.title(), place, code];
        lines.extend(node.rows.iter().map(row));
        lines
    }

    /// Grey: what was looked for, and handlers without an effect.
    fn unseen(&self, out: &mut String) {
        let number = self.number;
        for (index, looked_for) in self.package.missing.iter().enumerate() {
            let lines = missing(looked_for);
            node(&format!("m{number}_{index}"), ["[", "]"], &lines, "unseen", out);
        }
        if !self.package.idle.is_empty() {
            let lines = idle(&self.package.idle, self.sources);
            node(&format!("i{number}"), ["[", "]"], &lines, "unseen", out);
        }
    }

    fn edges(&self, edges: &mut Edges) {
        let number = self.number;
        let mut drawn = std::collections::BTreeSet::new();
        for (index, cluster) in self.package.clusters.iter().enumerate() {
            for (effect, node) in cluster.effects.iter().enumerate() {
                let lead = format!("l{number}_{index}_{}", node.lead);
                let to = format!("e{number}_{index}_{effect}");
                for (row_number, row) in node.rows.iter().enumerate() {
                    for evidence in &row.evidence {
                        let from = format!("v{number}_{evidence}");
                        if drawn.insert((lead.clone(), from.clone())) {
                            edges.add(&lead, "---", &from, None);
                        }
                        if drawn.insert((from.clone(), to.clone())) {
                            edges.add(&from, "-->", &to, None);
                        }
                    }
                    let arrow = if row.standing == Standing::Proved { "-->" } else { "-.->" };
                    let steps = row.way(cluster.leads[node.lead].place).count();
                    let is_bare = row.evidence.is_empty();
                    let is_drawn =
                        steps == 0 && !drawn.insert((format!("{lead}{arrow}"), to.clone()));
                    if is_bare && !is_drawn {
                        // A path goes past the evidence, step by step.
                        let mut from = lead.clone();
                        let step = |step| format!("w{number}_{index}_{effect}_{row_number}_{step}");
                        for next in (0..steps).map(step).chain([to.clone()]) {
                            edges.add(&from, arrow, &next, Some(row.standing));
                            from = next;
                        }
                    }
                }
            }
            for (home, effect) in &cluster.reaches {
                let to = format!("e{number}_{home}_{effect}");
                edges.add(&format!("l{number}_{index}_0"), "-.->", &to, None);
            }
        }
    }
}

fn node(id: &str, shape: [&str; 2], lines: &[String], class: &str, out: &mut String) {
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    let _ = writeln!(out, "{id}{}\"{}\"{}:::{class}", shape[0], lines.join("<br/>"), shape[1]);
}

/// Text in a quoted label: everything but letters, numbers and blanks as an entity code. An empty label
/// would not be accepted.
fn escaped(text: &str) -> String {
    if text.trim().is_empty() {
        return "#160;".to_owned();
    }
    let mut safe = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' || matches!(c, '.' | '/' | ',') {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}
