//! zstd, unpacked as it is read.
//!
//! Takes compressed bytes; gives the bytes of all frames, one after the other; skippable frames hold nothing. Where an
//! archive ends too early or is damaged, all whole blocks before that are given before the error.

use std::io::{self, BufRead, BufReader, Read};

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// A larger window is refused: it is memory. What `zstd` itself takes without being told to.
const WINDOW_LOG_MAX: u32 = 27;
const INPUT: usize = 1 << 17;

/// A reader of what is packed in another one.
pub(super) struct Unzstd<R> {
    packed: BufReader<R>,
    decoder: Decoder<'static>,
    /// How many bytes the decoder wants next: a block, or its head. 0 between two frames.
    wanted: usize,
    /// The output was full: there may be more of it without more input.
    more: bool,
}

impl<R: Read> Unzstd<R> {
    pub(super) fn new(packed: R) -> io::Result<Unzstd<R>> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
        Ok(Unzstd {
            packed: BufReader::with_capacity(INPUT, packed),
            decoder,
            wanted: 0,
            more: false,
        })
    }
}

impl<R: Read> Read for Unzstd<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        let mut output = OutBuffer::around(output);
        loop {
            let available =
                if self.more { self.packed.buffer() } else { self.packed.fill_buf()? };
            if available.is_empty() && !self.more {
                return match self.wanted {
                    0 => Ok(0),
                    _ => Err(io::Error::other("the zstd data ends too early")),
                };
            }
            // Not more than is wanted: an error takes back all that the same call has given.
            let give = available.len().min(self.wanted.max(1));
            let mut input = InBuffer::around(&available[..give]);
            let ran = self.decoder.run(&mut input, &mut output);
            let (taken, given) = (input.pos(), output.pos());
            self.packed.consume(taken);
            self.wanted = ran.map_err(|error| explained(&error))?;
            // Where a frame has ended there is no more; asking would begin another one.
            self.more = given == output.capacity() && self.wanted > 0;
            if given > 0 {
                return Ok(given);
            }
        }
    }
}

/// In the words of a reader.
fn explained(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let lower = text.to_lowercase();
    io::Error::other(match () {
        () if lower.contains("memory") => {
            format!("the zstd data needs a window of more than {} MiB", (1 << WINDOW_LOG_MAX) >> 20)
        }
        () if lower.contains("unknown frame") => "what stands there is no zstd data".to_owned(),
        () if lower.contains("dictionary") => "the zstd data needs a dictionary".to_owned(),
        () => format!("the zstd data is damaged ({text})"),
    })
}
