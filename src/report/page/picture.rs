//! The picture of a handler's part of the map: from the handler over the evidence to the effects, and the paths
//! past the evidence.
//!
//! Takes a cluster; gives SVG in which each node is a link to its code. Nothing in it depends on colour alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::listing::Listing;
use super::{Page, address, markup};
use crate::finding::Step;
use crate::report::counted;
use crate::report::map::graph::{Cluster, Lead, PackageMap, Row, Standing};
use crate::report::map::label::{clipped, code};
use crate::source::{Place, Sources};

/// Columns: where each begins, and how wide its nodes are.
const LEAD: Column = Column { x: 4, width: 226, most: 29 };
const EVIDENCE: Column = Column { x: 294, width: 362, most: 48 };
const EFFECT: Column = Column { x: 732, width: 384, most: 51 };
const WIDTH: u32 = 1120;
/// Of a longer path the last steps are shown: those that are nearest to the effect.
const MAX_STEPS: usize = 4;
/// Lines of an effect above its rules.
const HEAD: u32 = 3;
/// The height of a line of text.
const LINE: u32 = 17;
/// Between nodes.
const GAP: u32 = 10;

struct Column {
    x: u32,
    width: u32,
    /// So many characters have room.
    most: usize,
}

/// A node's place in the picture.
#[derive(Clone, Copy)]
struct Spot {
    y: u32,
    height: u32,
}

impl Spot {
    fn middle(self) -> u32 {
        self.y + self.height / 2
    }
}

/// The picture.
pub(super) fn svg(
    page: &Page<'_>,
    id: &str,
    package: &PackageMap<'_>,
    cluster: &Cluster<'_>,
    listing: &mut Listing<'_>,
) -> String {
    let sources = page.report.sources;
    let effects = stacked(cluster.effects.iter().map(|effect| HEAD + effect.rows.len() as u32));
    let between = between(cluster, &effects);
    let middle = stacked(between.iter().map(|one| one.lines()));
    let leads = leads(cluster, &effects);
    let spots = effects.iter().chain(&middle).chain(&leads);
    let height = spots.map(|spot| spot.y + spot.height).max().unwrap_or(0) + GAP;
    let at: BTreeMap<Between<'_>, Spot> = between.iter().copied().zip(middle).collect();
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Picture of {0}\">\
         <svg viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"group\" \
         aria-labelledby=\"{id}-picture\"><title id=\"{id}-picture\">{0}: evidence and effects</title>",
        markup::name(cluster.subject.name()),
    );
    edges(cluster, &at, &effects, &leads, &mut out);
    for (lead, spot) in cluster.leads.iter().zip(&leads) {
        let place = lead.place.map(|place| short(place, sources, LEAD.most));
        let lines = [Some(clipped(lead.function, LEAD.most)), place];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        let href = lead.place.map(|place| listing.address(place));
        node(&LEAD, *spot, "lead", href.as_deref(), &lines, &mut out);
    }
    for (one, spot) in &at {
        let (class, told, place) = match *one {
            Between::Evidence(index) => ("proof", None, package.evidence[index].place),
            Between::Step(.., left_out, text, place) => {
                let before = match left_out {
                    0 => String::new(),
                    count => format!("({} before) ", counted(count, "step")),
                };
                ("missing", Some(before + &text.replace('`', "")), place)
            }
        };
        let href = listing.address(place);
        let told = told.map(|text| clipped(&text, EVIDENCE.most));
        let code = quoted(place, sources, EVIDENCE.most);
        let lines = told.into_iter().chain([code, short(place, sources, EVIDENCE.most)]);
        node(&EVIDENCE, *spot, class, Some(&href), &lines.collect::<Vec<_>>(), &mut out);
    }
    for (effect, spot) in cluster.effects.iter().zip(&effects) {
        let href = listing.address(effect.place);
        let place = short(effect.place, sources, EFFECT.most);
        let code = quoted(effect.place, sources, EFFECT.most);
        let lines = [clipped(&effect.title(), EFFECT.most), code, place];
        let class = format!("effect {}", effect.standing().id());
        node(&EFFECT, *spot, &class, Some(&href), &lines, &mut out);
        for (number, row) in (0..).zip(&effect.rows) {
            rule(row, spot.y + (HEAD + number) * LINE + 4, &mut out);
        }
    }
    out + "</svg></div>"
}

/// Nodes below each other, by their numbers of lines.
fn stacked(lines: impl Iterator<Item = u32>) -> Vec<Spot> {
    let mut y = GAP / 2;
    let spot = |lines: u32| {
        let spot = Spot { y, height: lines * LINE + 8 };
        y += spot.height + GAP;
        spot
    };
    lines.map(spot).collect()
}

/// What stands between a handler and its effects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Between<'o> {
    /// A line of evidence, by its number in the package.
    Evidence(usize),
    /// A step of the path to a row of an effect that lacks the evidence: effect, row, step, and how many steps
    /// before it are left out.
    Step(usize, usize, usize, usize, &'o str, Place),
}

impl Between<'_> {
    fn lines(self) -> u32 {
        match self {
            Between::Evidence(_) => 2,
            Between::Step(..) => 3,
        }
    }
}

/// The evidence of a cluster and the steps past it, in the order in which lines to its effects cross least.
fn between<'o>(cluster: &Cluster<'o>, effects: &[Spot]) -> Vec<Between<'o>> {
    let mut ends: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    let mut order: Vec<(u32, Between<'o>)> = Vec::new();
    for (number, (effect, spot)) in cluster.effects.iter().zip(effects).enumerate() {
        for (row, rule) in effect.rows.iter().enumerate() {
            for index in &rule.evidence {
                ends.entry(*index).or_default().push(spot.middle());
            }
            let is_told = rule.standing == Standing::Violated;
            let steps: Vec<&Step> =
                rule.way(cluster.leads[effect.lead].place).filter(|_| is_told).collect();
            let left_out = steps.len().saturating_sub(MAX_STEPS);
            for (step, found) in steps.into_iter().enumerate().skip(left_out) {
                let left_out = if step == left_out { left_out } else { 0 };
                let one = Between::Step(number, row, step, left_out, &found.text, found.place);
                order.push((spot.middle(), one));
            }
        }
    }
    let mean = |ends: &Vec<u32>| ends.iter().sum::<u32>() / ends.len() as u32;
    order.extend(ends.iter().map(|(index, ends)| (mean(ends), Between::Evidence(*index))));
    order.sort_unstable();
    order.into_iter().map(|(_, one)| one).collect()
}

/// Each lead stands beside the first of its effects.
fn leads(cluster: &Cluster<'_>, effects: &[Spot]) -> Vec<Spot> {
    let mut free = GAP / 2;
    let spot = |(index, lead): (usize, &Lead<'_>)| {
        let mut own = cluster.effects.iter().zip(effects).filter(|(e, _)| e.lead == index);
        let first = own.next().map_or(free, |(_, spot)| spot.y);
        let lines = if lead.place.is_some() { 2 } else { 1 };
        let spot = Spot { y: first.max(free), height: lines * LINE + 8 };
        free = spot.y + spot.height + GAP;
        spot
    };
    cluster.leads.iter().enumerate().map(spot).collect()
}

fn edges(
    cluster: &Cluster<'_>,
    between: &BTreeMap<Between<'_>, Spot>,
    effects: &[Spot],
    leads: &[Spot],
    out: &mut String,
) {
    let mut led = BTreeSet::new();
    let (lead_end, proof_end) = (LEAD.x + LEAD.width, EVIDENCE.x + EVIDENCE.width);
    for (number, (effect, spot)) in cluster.effects.iter().zip(effects).enumerate() {
        let lead = (lead_end, leads[effect.lead].middle());
        for (row, rule) in effect.rows.iter().enumerate() {
            let end = (EFFECT.x, spot.y + (HEAD + row as u32) * LINE + LINE / 2 + 4);
            let class = rule.standing.id();
            for index in &rule.evidence {
                let middle = between[&Between::Evidence(*index)].middle();
                if led.insert((effect.lead, *index)) {
                    curve(lead, (EVIDENCE.x, middle), "way", out);
                }
                curve((proof_end, middle), end, class, out);
            }
            let is_own = |one: &Between<'_>| matches!(one, Between::Step(e, r, ..) if (*e, *r) == (number, row));
            let steps: Vec<Spot> =
                between.iter().filter(|(one, _)| is_own(one)).map(|(_, spot)| *spot).collect();
            if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
                curve(lead, (EVIDENCE.x, first.middle()), class, out);
                for pair in steps.windows(2) {
                    let x = EVIDENCE.x + EVIDENCE.width / 2;
                    curve((x, pair[0].y + pair[0].height), (x, pair[1].y), class, out);
                }
                curve((proof_end, last.middle()), end, class, out);
            } else if rule.evidence.is_empty() {
                past(lead, end, between, class, out);
            }
        }
    }
}

/// A line that passes the evidence between its nodes.
fn past(
    lead: (u32, u32),
    end: (u32, u32),
    between: &BTreeMap<Between<'_>, Spot>,
    class: &str,
    out: &mut String,
) {
    let gaps = || between.values().map(|spot| spot.y + spot.height + GAP / 2);
    let last = gaps().max().unwrap_or(0);
    let gap = gaps().min_by_key(|gap| gap.abs_diff(end.1)).unwrap_or(end.1);
    let y = if end.1 > last { end.1 } else { gap };
    let (left, right) = (EVIDENCE.x - 6, EVIDENCE.x + EVIDENCE.width + 6);
    curve(lead, (left, y), class, out);
    curve((left, y), (right, y), class, out);
    curve((right, y), end, class, out);
}

fn curve(from: (u32, u32), to: (u32, u32), class: &str, out: &mut String) {
    let bend = (to.0 - from.0) / 2;
    let (a, b) = (from.0 + bend, to.0 - bend);
    let _ = write!(
        out,
        "<path class=\"edge {class}\" d=\"M{} {}C{a} {} {b} {} {} {}\"/>",
        from.0, from.1, from.1, to.1, to.0, to.1
    );
}

fn node(
    column: &Column,
    spot: Spot,
    class: &str,
    href: Option<&str>,
    lines: &[String],
    out: &mut String,
) {
    if let Some(href) = href {
        let _ = write!(out, "<a href=\"#{href}\">");
    }
    let _ = write!(
        out,
        "<rect class=\"node {class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\"/>",
        column.x, spot.y, column.width, spot.height
    );
    for (number, line) in (1..).zip(lines) {
        let (x, y) = (column.x + 8, spot.y + number * LINE);
        let kind = if number == 1 { "name" } else { "more" };
        let _ =
            write!(out, "<text class=\"{kind}\" x=\"{x}\" y=\"{y}\">{}</text>", markup::name(line));
    }
    out.push_str(if href.is_some() { "</a>" } else { "" });
}

/// A rule at an effect, as a row of its node.
fn rule(row: &Row<'_>, y: u32, out: &mut String) {
    let standing = row.standing;
    let _ = write!(
        out,
        "<a class=\"row\" data-obligation=\"{0}\" href=\"#{0}\"><rect class=\"row {1}\" x=\"{2}\" y=\"{y}\" \
         width=\"{3}\" height=\"{LINE}\"/><text class=\"{1}\" x=\"{4}\" y=\"{5}\">{6} {7} {8}</text></a>",
        address(&row.obligation.fingerprint),
        standing.id(),
        EFFECT.x + 1,
        EFFECT.width - 2,
        EFFECT.x + 8,
        y + 13,
        standing.mark(),
        if standing == Standing::Proved { "" } else { standing.id() },
        row.obligation.rule.id,
    );
}

/// The end of a place's name: what tells files apart.
fn short(place: Place, sources: &Sources, most: usize) -> String {
    let file = sources.file(place.file).shown();
    let line = format!(":{}", sources.line(place));
    let (count, room) = (file.chars().count(), most.saturating_sub(line.len()));
    let name = match count.checked_sub(room).filter(|more| *more > 0) {
        Some(more) => format!("…{}", file.chars().skip(more + 1).collect::<String>()),
        None => file.into_owned(),
    };
    format!("{}{line}", code(&name))
}

/// The line of code at a place.
fn quoted(place: Place, sources: &Sources, most: usize) -> String {
    let file = sources.file(place.file);
    clipped(file.line_text(sources.line(place)).trim(), most)
}
