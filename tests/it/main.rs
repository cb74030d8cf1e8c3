//! The built program against a simulated Identity Center, real files and real shells.
#![allow(clippy::disallowed_methods, reason = "tests make the world that the program sees")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "skipped tests say so")]

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
mod directory;
mod edit;
mod edit_profiles;
mod endpoints;
mod faults;
mod hooks;
mod interop_sso;
mod layers;
mod login;
mod main_job;
mod powershell;
mod powershell_quoting;
mod prompt;
mod quoting;
mod refresh;
mod settings;
mod setup;
mod stampede;
mod support;
mod sync;
mod tokens;
