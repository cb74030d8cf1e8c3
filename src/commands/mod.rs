//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod clear;
pub mod list;
pub mod login;
pub mod logout;
pub mod plan;
pub mod profile;
pub mod refresh;
pub mod session;
pub mod status;
pub mod switch;
pub mod target;
pub mod use_;
