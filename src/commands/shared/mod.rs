//! What several verbs have in common.

pub mod after_login;
pub mod audit;
pub mod checks;
pub mod choice;
mod completes;
pub mod console_login;
pub mod dotfile;
pub mod duration;
mod growth;
pub mod guard;
pub mod listing;
pub mod login;
pub mod on_top;
pub mod pick;
pub mod plan;
pub mod profile_name;
pub mod region;
pub mod rows;
pub mod session;
pub mod shell_code;
pub mod sought;
pub mod switch;
pub mod table;
pub mod target;
pub mod tree;
mod word;

pub use completes::Completes;
pub use word::{hooked, word};
