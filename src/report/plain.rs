//! What there is to say about a finding beside its message, in plain lines.
//!
//! Takes a finding; gives the path, the other places, what is lost and what to do. The lines are not yet
//! escaped; none starts with a name, which could look like a command to a build server.

use super::place::spot;
use crate::finding::{ALSO, Finding};
use crate::source::{Place, Sources};

/// The lines, in the order of the path.
pub(super) fn lines(finding: &Finding, sources: &Sources) -> Vec<String> {
    let told = |place: Place, text: &str| {
        let at = spot(sources, place);
        format!("at {}:{}: {text}", at.file, at.line)
    };
    let way = finding.witness.iter().map(|step| told(step.place, &step.text));
    let also = finding.also.iter().map(|place| told(*place, ALSO));
    let ends = [("note", &finding.note), ("help", &finding.help)];
    let ends = ends.into_iter().filter(|(_, text)| !text.is_empty());
    way.chain(also).chain(ends.map(|(kind, text)| format!("{kind}: {text}"))).collect()
}
