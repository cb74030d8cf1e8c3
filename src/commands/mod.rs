//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod completions;
pub mod list;
pub mod profile;
