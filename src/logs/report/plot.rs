//! A plot for the page: probed index over time, and below it, on the same axis, the term of each log there.
//!
//! Takes the points of a diagnosis; gives an SVG picture without script and without style attributes, which the page's
//! policy would not let pass. Shapes and words tell what colours tell. It has a title and a description for who can't see it.

mod terms;
mod ticks;

use std::fmt::Write as _;

use super::series::{Across, Placed, Series, share};
use crate::logs::amount;
use crate::logs::diagnosed::{Mark, Point};

const WIDTH: f64 = 760.0;
const RIGHT: f64 = 740.0;
/// The upper panel.
const TOP: f64 = 34.0;
const HEIGHT: f64 = 220.0;
/// So far below it the panel of the terms stands.
const GAP: f64 = 52.0;
/// How wide a digit is.
const DIGIT: f64 = 7.2;

/// Where things are.
struct Frame {
    left: f64,
    series_across: Across,
}

impl Frame {
    fn x(&self, across: f64) -> f64 {
        self.left + 8.0 + across * (RIGHT - self.left - 40.0)
    }
}

fn y(up: f64) -> f64 {
    TOP + 8.0 + (1.0 - up) * (HEIGHT - 16.0)
}

/// The picture with ids that start with this; of the points so many at most. Nothing where there are no points.
pub(super) fn svg(points: &[Point], id: &str, most: usize) -> Option<String> {
    let series = Series::of(points)?;
    let indexes = ticks::of(series.lowest, series.highest);
    let longest = indexes.iter().map(|&index| amount::count(index).len()).max().unwrap_or(0);
    let frame =
        Frame { left: (longest as f64 * DIGIT + 18.0).max(72.0), series_across: series.across };
    let terms = terms::panel(&series, &frame, TOP + HEIGHT + GAP);
    let bottom = terms.as_ref().map_or(TOP + HEIGHT, |panel| panel.bottom);
    let mut svg = format!(
        "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-text\" viewBox=\"0 0 {WIDTH} {}\">\n\
         <title id=\"{id}-title\">Probed index{}</title>\n<desc id=\"{id}-text\">{}</desc>\n",
        bottom + 44.0,
        if terms.is_some() { " and terms" } else { "" },
        described(&series),
    );
    svg += &legend(&series, frame.left);
    svg += &caption("probed index (prevLogIndex)", TOP - 22.0, frame.left);
    panel(TOP, HEIGHT, frame.left, &mut svg);
    for index in indexes {
        let up = share(series.lowest, series.highest, index);
        svg += &level(y(up), &amount::count(index), frame.left);
    }
    bottom_axis(&frame, bottom, &mut svg);
    svg += &way(&series, &frame);
    for placed in thinned(&series.points, most) {
        svg += &sign(placed, &frame);
    }
    svg += &terms.map(|panel| panel.svg).unwrap_or_default();
    Some(svg + "</svg>\n")
}

/// The picture in words.
fn described(series: &Series<'_>) -> String {
    let [first, last] = series.across.ends();
    let ends = [series.points.first(), series.points.last()];
    let [from, to] = ends.map(|placed| placed.map_or(0, |placed| placed.point.index));
    let mut text = format!(
        "{}: from index {} ({first}) to index {} ({last}); lowest {}, highest {}.",
        amount::counted(series.points.len() as u64, "point"),
        amount::count(from),
        amount::count(to),
        amount::count(series.lowest),
        amount::count(series.highest),
    );
    for (name, changes) in [
        ("leader", series.terms(|point| point.prev_log_term)),
        ("follower", series.terms(|point| point.follower_term)),
    ] {
        if !changes.is_empty() {
            let told: Vec<String> =
                changes.iter().take(20).map(|(_, term)| terms::name(*term)).collect();
            let more = if changes.len() > told.len() { ", …" } else { "" };
            let _ = write!(text, " Terms of the {name}'s entries: {}{more}.", told.join(", "));
        }
    }
    text
}

/// The frame of a panel.
fn panel(top: f64, height: f64, left: f64, svg: &mut String) {
    let width = RIGHT - left;
    let _ = writeln!(
        svg,
        "<rect class=\"panel\" x=\"{left:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{height}\" />"
    );
}

fn caption(text: &str, baseline: f64, left: f64) -> String {
    format!("<text class=\"caption\" x=\"{left:.1}\" y=\"{}\">{text}</text>\n", baseline + 14.0)
}

/// A line across with its number.
fn level(y: f64, text: &str, left: f64) -> String {
    format!(
        "<path class=\"grid\" d=\"M{left:.1} {y:.1}H{RIGHT}\" /><text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>\n",
        left - 8.0,
        y + 4.0
    )
}

/// The axis that both panels share.
fn bottom_axis(frame: &Frame, bottom: f64, svg: &mut String) {
    for (across, text) in ticks::across(frame.series_across) {
        let x = frame.x(across);
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\" /><text class=\"middle\" x=\"{x:.1}\" y=\"{}\">{text}</text>",
            bottom + 16.0
        );
    }
    let name = match frame.series_across {
        Across::Number(..) => "number of the probe".to_owned(),
        Across::Time(first, last) => match (first.date(), last.date()) {
            (Some(first), Some(last)) if first == last => format!("time on {first} (UTC)"),
            (Some(first), Some(last)) => format!("time from {first} to {last} (UTC)"),
            _ => "time of day, as the lines have it".to_owned(),
        },
    };
    let middle = f64::midpoint(frame.left, RIGHT);
    let _ = writeln!(
        svg,
        "<text class=\"middle caption\" x=\"{middle:.1}\" y=\"{}\">{name}</text>",
        bottom + 36.0
    );
}

/// A thin line from each refused probe to the next.
fn way(series: &Series<'_>, frame: &Frame) -> String {
    let refused = series.points.iter().filter(|placed| placed.point.mark == Mark::Rejected);
    let places = refused.map(|placed| format!("{:.1} {:.1}", frame.x(placed.across), y(placed.up)));
    let places: Vec<String> = places.collect();
    match places.len() {
        0 | 1 => String::new(),
        _ => format!("<path class=\"way\" d=\"M{}\" />\n", places.join("L")),
    }
}

/// A point with what is told when something points at it.
fn sign(placed: &Placed<'_>, frame: &Frame) -> String {
    let point = placed.point;
    let (x, y) = (frame.x(placed.across), y(placed.up));
    let mut told = format!("probe {}", amount::count(point.number.saturating_add(1)));
    if let Some(time) = point.time {
        told += &format!(", {}", time.time_of_day());
    }
    told += &format!(": {} at index {}", point.mark.title(), amount::count(point.index));
    if let Some(term) = point.prev_log_term {
        told += &format!(", leader's term there {}", terms::name(term));
    }
    if let Some(term) = point.follower_term {
        told += &format!(", follower's {}", terms::name(term));
    }
    format!("{}<title>{told}</title></path>\n", shape(point.mark, x, y))
}

/// The shape of a mark, which is not closed yet.
fn shape(mark: Mark, x: f64, y: f64) -> String {
    let way = match mark {
        Mark::Rejected => "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z",
        Mark::Snapshot => "m0 -7l7 7l-7 7l-7 -7z",
        Mark::Truncated => "m-7 -5h14l-7 12z",
        Mark::Matched => "m-6 0l5 5l8 -11",
    };
    format!("<path class=\"point {}\" d=\"M{x:.1} {y:.1}{way}\">", mark.id())
}

fn legend(series: &Series<'_>, left: f64) -> String {
    let mut svg = String::new();
    let marks = series.marks();
    let width = |mark: &Mark| mark.title().len() as f64 * 6.4 + 34.0;
    let mut x = RIGHT - marks.iter().map(width).sum::<f64>() + 14.0;
    x = x.max(left + 200.0);
    for mark in marks {
        let _ = write!(svg, "{}</path>", shape(mark, x, TOP - 12.0));
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\">{}</text>",
            x + 12.0,
            TOP - 8.0,
            mark.title()
        );
        x += width(&mark);
    }
    svg
}

/// So many points at most: what happens once, the first, the last, and some of the others at equal distances.
fn thinned<'s, 'd>(points: &'s [Placed<'d>], most: usize) -> Vec<&'s Placed<'d>> {
    if points.len() <= most {
        return points.iter().collect();
    }
    let rare: Vec<usize> = (0..points.len())
        .filter(|&at| points[at].point.mark != Mark::Rejected)
        .take(most / 2)
        .collect();
    let others = most - rare.len();
    let spread = (0..others).map(|n| n * (points.len() - 1) / others.saturating_sub(1).max(1));
    let mut chosen: Vec<usize> = rare.iter().copied().chain(spread).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen.into_iter().map(|at| &points[at]).collect()
}
