//! `--format FORMAT[=FILE]`: one report and where it goes.

use std::path::PathBuf;

use clap::ValueEnum;

/// One report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target<F> {
    /// Its form.
    pub format: F,
    /// Where it goes; standard output, if nowhere else.
    pub file: Option<PathBuf>,
}

/// The help of `--format`, with each format.
pub(super) fn formats<F: ValueEnum>() -> String {
    let values = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let lines = values.map(|value| {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        format!("\n- {:<9} {help}", format!("{}:", value.get_name()))
    });
    let lines: String = lines.collect();
    format!(
        "The report's form, and the file it goes to instead of standard output; several may be asked \
         for [default: text]\n{lines}"
    )
}

/// Reads `FORMAT[=FILE]`.
pub(super) fn target<F: ValueEnum>(text: &str) -> Result<Target<F>, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("there is no file name behind `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let formats = F::value_variants().iter();
    let named =
        |format: &&F| format.to_possible_value().is_some_and(|value| value.matches(name, false));
    let Some(format) = formats.clone().find(named) else {
        let known: Vec<String> = formats
            .filter_map(|f| Some(format!("`{}`", f.to_possible_value()?.get_name())))
            .collect();
        return Err(format!("there is no such format; known are {}", known.join(", ")));
    };
    Ok(Target { format: format.clone(), file })
}
