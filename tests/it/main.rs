//! The built program against a simulated Identity Center, real files and real shells.
#![allow(clippy::disallowed_methods, reason = "tests make the world that the program sees")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "skipped tests say so")]

mod assume_role;
mod coexist;
mod completion;
mod completion_words;
mod config_botocore;
mod config_cases;
mod config_index;
mod config_settings;
mod config_vectors;
mod configure;
mod configure_wizard;
mod credentials;
mod directory;
mod directory_switch;
mod doctor;
mod edit;
mod edit_profiles;
mod endpoints;
mod exec;
mod exec_serve;
mod faults;
mod guard;
mod hooks;
mod hostile_page;
mod interop_sso;
mod layers;
mod login;
mod login_terminal;
mod main_job;
mod picker;
mod powershell;
mod powershell_quoting;
mod prompt;
mod quoting;
mod refresh;
mod secrets;
mod serve;
mod settings;
mod setup;
mod stampede;
mod support;
mod sync;
mod tokens;
