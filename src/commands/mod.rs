//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod accounts;
pub mod clear;
pub mod completions;
pub mod configure;
pub mod doctor;
pub mod exec;
pub mod init;
pub mod list;
pub mod login;
pub mod logout;
pub mod plan;
pub mod profile;
pub mod profile_edit;
pub mod prompt;
pub mod refresh;
pub mod session;
pub mod settings;
pub mod status;
pub mod switch;
pub mod sync;
pub mod table;
pub mod target;
pub mod use_;
pub mod whoami;
