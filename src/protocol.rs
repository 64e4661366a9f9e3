//! The words of the protocol, shared by the engine and the rules. No logic.

mod effect;
mod fact;
pub(crate) mod meaning;
mod message;
mod quantity;

pub use effect::Effect;
pub use fact::Fact;
pub use meaning::{MEANINGS, Meaning, Side};
pub use message::Message;
pub use quantity::Quantity;
