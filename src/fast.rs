//! Calls answered before clap, runtime or HTTP client exist; anything unknown falls through.

use std::process::ExitCode;

use crate::cli::complete;
use crate::io::env::Env;

/// Answers the call if it is one of the fast ones.
pub fn try_run() -> Option<ExitCode> {
    complete::try_run(&Env::process())
}
