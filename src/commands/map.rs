//! `raft-lint map`: what the lint understood, for a reviewer.
//!
//! Takes paths; prints handlers, obligations with their evidence, and what was expected but not
//! recognised. It judges nothing: violated obligations do not fail it.

use std::io::Write;

use codespan_reporting::term::termcolor::Buffer;

use super::{Exit, Printed, check, settings, targets};
use crate::cli::{MapArgs, MapFormat};
use crate::error::Error;
use crate::levels::Layer;
use crate::outcome::Outcome;
use crate::pipeline;
use crate::report::map::graph::{self, PackageMap, Standing};
use crate::report::map::{dot, mermaid, text as plain};
use crate::report::{Detail, Report, json, page, text};
use crate::source::Sources;
use crate::{finding, judge};

/// Prints the map.
pub(super) fn run(args: &MapArgs) -> Result<Printed, Error> {
    if let Some(file) = &args.output {
        targets::refuse_rust(file)?;
    }
    let input = settings::of_input(&args.input)?;
    let (mut outcome, sources) = pipeline::run(&input.options)?;
    judge::settle(&mut outcome);
    let (mut out, mut err) = super::buffers(args.color.color);
    text::problems(&outcome, Detail::Normal, &mut err).map_err(super::in_memory)?;
    if args.output.is_some() {
        out = super::file_buffer(args.color.color);
    }
    let mut report = Report::new(&outcome, &sources, finding::of(&outcome));
    report.configured = input.configured(&Layer::default(), true);
    report.complete = check::is_whole(&outcome);
    match args.format {
        MapFormat::Text => plain::render(&outcome, &sources, &mut out),
        MapFormat::Json => json::write(&report, &mut out),
        MapFormat::Html => {
            let page = page::render(&report, page::Title::Map);
            if let Some(note) = page::too_big(&page) {
                writeln!(err, "{note}").map_err(super::in_memory)?;
            }
            out.write_all(page.as_bytes())
        }
        MapFormat::Dot => {
            out.write_all(dot::render(&packages(&outcome, &sources), &sources).as_bytes())
        }
        MapFormat::Mermaid => {
            let chart = mermaid::render(&packages(&outcome, &sources), &sources);
            if !chart.is_small() {
                writeln!(err, "{}", too_big(&chart)).map_err(super::in_memory)?;
            }
            out.write_all(chart.text.as_bytes())
        }
    }
    .map_err(super::in_memory)?;
    input.end(&mut err)?;
    let exit = if check::is_broken(&outcome) { Exit::Failed } else { Exit::Clean };
    let mut printed = Printed::new(exit, out, err);
    if let Some(file) = &args.output {
        let text = std::mem::replace(&mut printed.out, Buffer::no_color());
        printed.files.push((file.clone(), text));
    }
    Ok(printed)
}

fn packages<'o>(outcome: &'o Outcome, sources: &'o Sources) -> Vec<PackageMap<'o>> {
    graph::packages(outcome, sources, &|obligation| Standing::of(obligation))
}

/// What to do where a renderer of mermaid would refuse the chart.
fn too_big(chart: &mermaid::Chart) -> String {
    format!(
        "note: this chart has {} bytes and {} edges: renderers of mermaid refuse more than {} and {} unless \
         they are told otherwise; give one package, or use `--format dot` or `--format html`",
        chart.text.len(),
        chart.edges,
        mermaid::MAX_TEXT,
        mermaid::MAX_EDGES
    )
}
