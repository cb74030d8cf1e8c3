//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod login;
pub mod logout;
pub mod session;
