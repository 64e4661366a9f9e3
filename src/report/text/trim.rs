//! Lines without blanks at their end: codespan pads the lines between two labels.
//!
//! Takes what is written with its colours; passes it on. Blanks are held back until something
//! follows them on their line; a colour does not show on them.

use std::io::{Result, Write};

use codespan_reporting::term::termcolor::{ColorSpec, WriteColor};

/// A writer that drops blanks in front of a line feed.
pub(super) struct Trimmed<'w> {
    out: &'w mut dyn WriteColor,
    held: usize,
}

impl<'w> Trimmed<'w> {
    /// At the start of a line.
    pub(super) fn new(out: &'w mut dyn WriteColor) -> Self {
        Trimmed { out, held: 0 }
    }
}

impl Write for Trimmed<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            let blanks = |text: &[u8]| text.iter().rev().take_while(|b| **b == b' ').count();
            let line = part.strip_suffix(b"\n").unwrap_or(part);
            let (text, end) = line.split_at(line.len() - blanks(line));
            if !text.is_empty() {
                write!(self.out, "{:1$}", "", self.held)?;
                self.out.write_all(text)?;
                self.held = 0;
            }
            self.held += end.len();
            if line.len() < part.len() {
                self.out.write_all(b"\n")?;
                self.held = 0;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }
}

impl WriteColor for Trimmed<'_> {
    fn supports_color(&self) -> bool {
        self.out.supports_color()
    }

    fn set_color(&mut self, spec: &ColorSpec) -> Result<()> {
        self.out.set_color(spec)
    }

    fn reset(&mut self) -> Result<()> {
        self.out.reset()
    }
}

#[cfg(test)]
mod tests {
    use codespan_reporting::term::termcolor::{Buffer, Color};

    use super::*;

    fn written(mut buffer: Buffer) -> Result<String> {
        let mut out = Trimmed::new(&mut buffer);
        out.write_all(b"  a  b ")?;
        out.set_color(ColorSpec::new().set_fg(Some(Color::Red)))?;
        out.write_all(b"  ")?;
        out.reset()?;
        out.write_all(b" \n   \n c ")?;
        out.write_all(b"d\n")?;
        Ok(String::from_utf8_lossy(buffer.as_slice()).into_owned())
    }

    #[test]
    fn no_line_ends_with_blanks() -> Result<()> {
        assert_eq!(written(Buffer::no_color())?, "  a  b\n\n c d\n");
        let coloured = written(Buffer::ansi())?;
        assert!(coloured.contains('\u{1b}') && !coloured.contains(" \n"), "{coloured:?}");
        Ok(())
    }
}
