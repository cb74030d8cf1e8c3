//! One verb per file: takes resolved arguments, prints through `io::term` alone.

pub mod accounts;
pub mod allow;
pub mod clear;
pub mod completions;
pub mod configure;
pub mod console;
pub mod credentials;
pub mod directory;
pub mod doctor;
pub mod exec;
pub mod init;
pub mod list;
pub mod login;
pub mod logout;
pub mod profile;
pub mod profile_edit;
pub mod prompt;
pub mod refresh;
pub mod serve;
pub mod settings;
pub mod setup;
pub mod shared;
pub mod status;
pub mod sync;
pub mod use_;
pub mod whoami;
