//! Calls answered before clap, runtime or HTTP client exist; anything unknown falls through.

use std::process::ExitCode;

/// Answers the call if it is one of the fast ones.
pub fn try_run() -> Option<ExitCode> {
    None
}
