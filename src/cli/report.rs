//! The end of every command: an exit code, and an error in words.

use std::process::ExitCode;

use crate::domain::Result;
use crate::io::App;

/// Shows what clap has to say: help and versions on standard output, errors on standard error.
pub fn clap(error: &clap::Error) -> ExitCode {
    // A reader that has gone is no error.
    drop(error.print());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Shows an error, and turns the result into the exit code of the contract.
pub fn result(app: &App, result: Result<u8>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            app.term.report(&error);
            ExitCode::from(error.kind.exit_code())
        }
    }
}
