//! The page.
use crate::logs::diagnosed::Diagnosed;
/// The page.
pub fn html(_: &Diagnosed) -> String {
    String::new()
}
