//! The reports of a check, each in its form and at its place.
//!
//! Takes a report and the targets; adds to what is printed. What no chosen format has a place for goes
//! to standard error.

use std::io::Write;
use std::path::PathBuf;

use codespan_reporting::term::termcolor::Buffer;

use super::Printed;
use crate::cli::{CheckFormat, Color, Target};
use crate::error::Error;
use crate::report::{
    Detail, Report, concise, github, gitlab, json, junit, markdown, page, rdjson, sarif, text,
};

/// Renders for all targets.
pub(super) fn render(
    report: &Report<'_>,
    targets: &[Target<CheckFormat>],
    color: Color,
    printed: &mut Printed,
) -> Result<(), Error> {
    for target in targets {
        match &target.file {
            None => one(report, target.format, &mut printed.out, &mut printed.err)?,
            Some(file) => {
                let mut text = super::file_buffer(color);
                one(report, target.format, &mut text, &mut printed.err)?;
                printed.files.push((file.clone(), text));
            }
        }
    }
    let is_quiet = report.detail == Detail::Quiet;
    let unsaid = !targets.iter().any(|target| holds_notes(target.format));
    if unsaid && !is_quiet {
        text::notes(report.outcome, &mut printed.err).map_err(super::in_memory)?;
    }
    if !is_quiet && (unsaid || targets.iter().all(|target| target.file.is_some())) {
        text::closing(report, &mut printed.err).map_err(super::in_memory)?;
    }
    if targets.iter().any(|target| target.format == CheckFormat::Github) {
        printed.appended.extend(job_summary(report)?);
    }
    Ok(())
}

/// Writes a report in one form.
fn one(
    report: &Report<'_>,
    format: CheckFormat,
    out: &mut Buffer,
    err: &mut Buffer,
) -> Result<(), Error> {
    let text = match format {
        CheckFormat::Text => {
            text::findings(report, out).map_err(super::in_memory)?;
            if report.detail == Detail::Quiet {
                return Ok(());
            }
            return text::closing(report, out).map_err(super::in_memory);
        }
        CheckFormat::Concise => concise::render(report),
        CheckFormat::Json => return json::write(report, out).map_err(super::in_memory),
        CheckFormat::Sarif => sarif::render(report),
        CheckFormat::Github => github::render(report),
        CheckFormat::Gitlab => gitlab::render(report),
        CheckFormat::Rdjson => rdjson::render(report),
        CheckFormat::Junit => junit::render(report).map_err(super::in_memory)?,
        CheckFormat::Markdown => markdown::render(report, markdown::COMMENT),
        CheckFormat::Html => {
            let page = page::render(report, page::Title::Check);
            if let Some(note) = page::too_big(&page) {
                writeln!(err, "{note}").map_err(super::in_memory)?;
            }
            page
        }
    };
    out.write_all(text.as_bytes()).map_err(super::in_memory)
}

/// Whether a format has a place for what is about no file.
fn holds_notes(format: CheckFormat) -> bool {
    !matches!(format, CheckFormat::Gitlab | CheckFormat::Rdjson)
}

/// What GitHub shows on the page of a run: annotations are cut off, this is not. The runner says where
/// it goes.
fn job_summary(report: &Report<'_>) -> Result<Option<(PathBuf, Buffer)>, Error> {
    let named = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|name| !name.is_empty());
    let Some(file) = named else { return Ok(None) };
    let mut text = Buffer::no_color();
    let whole = markdown::render(report, markdown::JOB_SUMMARY);
    text.write_all(whole.as_bytes()).map_err(super::in_memory)?;
    Ok(Some((PathBuf::from(file), text)))
}
