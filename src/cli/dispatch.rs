//! From the words of the command line to a command with resolved arguments.

use super::args::Command;
use crate::domain::{Error, Result};
use crate::io::App;

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    let _ = app;
    match command {
        other => Err(Error::failed(format!("{other:?}"))),
    }
}
