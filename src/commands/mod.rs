//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod clear;
pub mod completions;
pub mod init;
pub mod list;
pub mod plan;
pub mod profile;
pub mod prompt;
pub mod refresh;
pub mod status;
pub mod switch;
pub mod target;
pub mod use_;
