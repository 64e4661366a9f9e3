//! The panel of the terms: that of the leader's entry and that of the follower's at each probed index, as steps.
//!
//! Takes the points; gives the panel, or nothing where no term is known. A solid and a dashed line, each with its terms.

use std::fmt::Write as _;

use super::super::series::Series;
use super::{DIGIT, Frame, RIGHT, caption, level, panel as frame_of, share, ticks};
use crate::logs::amount;

const HEIGHT: f64 = 112.0;
/// What is left free above the highest and below the lowest line, for their terms.
const ABOVE: f64 = 20.0;
const BELOW: f64 = 32.0;

/// The panel, and where it ends.
pub(super) struct Panel {
    pub(super) svg: String,
    pub(super) bottom: f64,
}

/// How a term is told; a follower without an entry there has none.
pub(super) fn name(term: u64) -> String {
    if term == 0 { "none".to_owned() } else { amount::count(term) }
}

pub(super) fn panel(series: &Series<'_>, frame: &Frame, top: f64) -> Option<Panel> {
    let leader = series.terms(|point| point.prev_log_term);
    let follower = series.terms(|point| point.follower_term);
    let known = leader.iter().chain(&follower).map(|(_, term)| *term).filter(|&term| term > 0);
    let (lowest, highest) = (known.clone().min(), known.max());
    if leader.is_empty() && follower.is_empty() {
        return None;
    }
    let (lowest, highest) = (lowest.unwrap_or(0), highest.unwrap_or(0));
    let y =
        |term: u64| top + ABOVE + (1.0 - share(lowest, highest, term)) * (HEIGHT - ABOVE - BELOW);
    let mut svg = caption("term of the entry there", top - 22.0, frame.left);
    svg += &legend(!leader.is_empty(), !follower.is_empty(), top);
    frame_of(top, HEIGHT, frame.left, &mut svg);
    for term in ticks::few(lowest, highest) {
        svg += &level(y(term), &amount::count(term), frame.left);
    }
    for (changes, class) in [(&leader, "leader"), (&follower, "follower")] {
        svg += &steps(changes, frame, class, &y);
        svg += &labels(changes, frame, class, &y, top + HEIGHT);
    }
    Some(Panel { svg, bottom: top + HEIGHT })
}

/// The line of one log: it is not drawn where there is no entry.
fn steps(changes: &[(f64, u64)], frame: &Frame, class: &str, y: &dyn Fn(u64) -> f64) -> String {
    let mut way = String::new();
    let mut is_drawn = false;
    for (number, &(across, term)) in changes.iter().enumerate() {
        let x = frame.x(across);
        if is_drawn {
            let _ = write!(way, "H{x:.1}");
        }
        match (term, is_drawn) {
            (0, _) => {}
            (term, true) => {
                let _ = write!(way, "V{:.1}", y(term));
            }
            (term, false) => {
                let start = if number == 0 { frame.left } else { x };
                let _ = write!(way, "M{start:.1} {:.1}", y(term));
            }
        }
        is_drawn = term > 0;
    }
    if is_drawn {
        let _ = write!(way, "H{RIGHT}");
    }
    match way.is_empty() {
        true => way,
        false => format!("<path class=\"steps {class}\" d=\"{way}\" />\n"),
    }
}

/// The terms beside their steps, as far as there is room: the leader's above its line, the follower's below.
fn labels(
    changes: &[(f64, u64)],
    frame: &Frame,
    class: &str,
    y: &dyn Fn(u64) -> f64,
    bottom: f64,
) -> String {
    let mut svg = String::new();
    let mut free = 0.0;
    for &(across, term) in changes {
        let text = name(term);
        let width = text.len() as f64 * DIGIT;
        let x = (frame.x(across) + 4.0).min(RIGHT - width - 4.0);
        if x < free {
            continue;
        }
        free = x + width + 8.0;
        let baseline = match (term, class) {
            (0, _) => bottom - 4.0,
            (term, "leader") => y(term) - 5.0,
            (term, _) => y(term) + 14.0,
        };
        let _ = writeln!(
            svg,
            "<text class=\"label {class}\" x=\"{x:.1}\" y=\"{baseline:.1}\">{text}</text>"
        );
    }
    svg
}

fn legend(leader: bool, follower: bool, top: f64) -> String {
    let mut svg = String::new();
    let lines = [(leader, "leader", "leader's log"), (follower, "follower", "follower's log")];
    for (number, (_, class, text)) in lines.into_iter().filter(|(is, ..)| *is).enumerate() {
        let x = RIGHT - 260.0 + number as f64 * 130.0;
        let middle = top - 12.0;
        let _ = writeln!(
            svg,
            "<path class=\"steps {class}\" d=\"M{x} {middle}h28\" /><text x=\"{}\" y=\"{}\">{text}</text>",
            x + 34.0,
            middle + 4.0
        );
    }
    svg
}
