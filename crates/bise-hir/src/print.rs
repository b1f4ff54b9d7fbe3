//! Prints.
use crate::{Operator, Program};
/// x
pub fn print_program(_p: &Program) -> String {
    String::new()
}
/// x
pub fn print_operator(_p: &Operator) -> String {
    String::new()
}
