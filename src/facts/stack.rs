//! The functions and closures that are being evaluated, in each other.

use super::eval::Frame;
use super::reads;
use crate::program::FnId;

/// The frames, the outermost first.
#[derive(Default)]
pub(super) struct Stack(Vec<Frame>);

impl Stack {
    pub(super) fn push(&mut self, frame: Frame) {
        self.0.push(frame);
    }

    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.0.pop()
    }

    /// The innermost.
    pub(super) fn top(&self) -> Option<&Frame> {
        self.0.last()
    }

    pub(super) fn top_mut(&mut self) -> Option<&mut Frame> {
        self.0.last_mut()
    }

    /// All of them: what is found out from them holds nowhere else.
    pub(super) fn all(&self) -> &[Frame] {
        reads::elsewhere();
        &self.0
    }

    /// All of them, for code that would come to the same with others.
    pub(super) fn unread(&self) -> &[Frame] {
        &self.0
    }

    /// One of a function that is being evaluated. A call whose outcome is taken over may stand where a function
    /// in it is being evaluated, which is as good as if that were entered twice.
    pub(super) fn of(&self, function: FnId) -> Option<&Frame> {
        self.0.iter().find(|f| f.function == function)
    }

    /// Where the locals of the function with a serial are in a way, if it is there still. What is there, or is put
    /// there, has to be noted as the place that it is.
    pub(super) fn with_locals(&self, serial: u32) -> Option<usize> {
        self.0.iter().find(|f| f.serial == serial).map(|f| f.locals)
    }

    /// The serial of the function whose locals are at a position.
    pub(super) fn serial_at(&self, locals: usize) -> Option<u32> {
        self.0.iter().find(|f| f.locals == locals).map(|f| f.serial)
    }

    /// The one with a serial, if it is there still: once it is gone, it is so for good. Whoever asks wants its
    /// locals.
    pub(super) fn with_serial(&self, serial: u32) -> Option<&Frame> {
        let frame = self.0.iter().find(|f| f.serial == serial)?;
        reads::frame(serial);
        Some(frame)
    }
}
