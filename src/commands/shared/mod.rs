//! What several verbs have in common.

pub mod after_login;
pub mod choice;
pub mod guard;
pub mod pick;
pub mod plan;
pub mod region;
pub mod session;
pub mod shell_code;
pub mod switch;
pub mod table;
pub mod target;
pub mod tree;
mod word;

pub use word::{hooked, word};
