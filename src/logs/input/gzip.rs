//! gzip, unpacked as it is read.
//!
//! Takes compressed bytes; gives the bytes of all members, one after the other. Where an archive ends too early or is
//! damaged, all that can be unpacked is given before the error.

use std::io::{self, BufRead, BufReader, Read};

use zlib_rs::{Inflate, InflateFlush, Status};

use super::sniff::GZIP;

/// The largest window, and 16 for "with the header and checksum of gzip".
const WINDOW_BITS: u8 = 15 + 16;
const INPUT: usize = 1 << 16;

/// A reader of what is packed in another one.
pub(super) struct Gunzip<R> {
    packed: BufReader<R>,
    inflate: Inflate,
    /// No member is open.
    between: bool,
    /// The output was full: there may be more of it without more input.
    more: bool,
    /// Why nothing more can be unpacked.
    broken: Option<&'static str>,
}

impl<R: Read> Gunzip<R> {
    pub(super) fn new(packed: R) -> Gunzip<R> {
        Gunzip {
            packed: BufReader::with_capacity(INPUT, packed),
            inflate: Inflate::new(true, WINDOW_BITS),
            between: false,
            more: false,
            broken: None,
        }
    }

    /// Looks for another member: there is one, or the archive ends.
    fn next_member(&mut self) -> io::Result<bool> {
        // Some tools fill their last block with zeros, which gzip itself takes silently.
        let mut start = [0; GZIP.len()];
        let mut known = 0;
        while known < start.len() {
            let input = self.packed.fill_buf()?;
            let Some(&byte) = input.first() else { break };
            self.packed.consume(1);
            if known > 0 || byte != 0 {
                start[known] = byte;
                known += 1;
            }
        }
        if known == 0 {
            return Ok(false);
        }
        if start != GZIP {
            return Err(io::Error::other("what follows the gzip data is no gzip data"));
        }
        self.inflate = Inflate::new(true, WINDOW_BITS);
        // The two bytes are gone from the buffer, so they are given first.
        let _ = self.inflate.decompress(&GZIP, &mut [], InflateFlush::NoFlush);
        self.between = false;
        Ok(true)
    }

    /// Unpacks once: how many bytes were taken and given, and what that means.
    fn step(&mut self, output: &mut [u8]) -> io::Result<(usize, Step)> {
        let input = if self.more { self.packed.buffer() } else { self.packed.fill_buf()? };
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, output, InflateFlush::NoFlush);
        let taken = (self.inflate.total_in() - before.0) as usize;
        let given = (self.inflate.total_out() - before.1) as usize;
        let is_stuck = taken == 0 && given == 0 && !self.more;
        let is_empty = input.is_empty();
        self.packed.consume(taken);
        self.more = given == output.len();
        let step = match status {
            Ok(Status::StreamEnd) => Step::Ended,
            Ok(_) if is_stuck && is_empty => Step::Broken("the gzip data ends too early"),
            Ok(_) if is_stuck => Step::Broken("the gzip data is damaged"),
            Ok(_) => Step::Open,
            Err(_) => Step::Broken("the gzip data is damaged"),
        };
        Ok((given, step))
    }
}

/// What one step leads to.
enum Step {
    Open,
    Ended,
    Broken(&'static str),
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(why) = self.broken {
                return Err(io::Error::other(why));
            }
            if self.between && !self.next_member()? {
                return Ok(0);
            }
            let (given, step) = self.step(output)?;
            match step {
                Step::Open => {}
                Step::Ended => self.between = true,
                Step::Broken(why) => self.broken = Some(why),
            }
            if given > 0 {
                return Ok(given);
            }
        }
    }
}
