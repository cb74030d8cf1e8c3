//! Starting the command: its environment, and why it did not start.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::commands::shared::{after_login, plan, switch, tree};
use crate::config::settings::Settings;
use crate::domain::env_delta::EnvDelta;
use crate::domain::profile::Target;
use crate::domain::{Error, Result};
use crate::identity::Policy;
use crate::io::{App, process};

/// The shell's code for a command that is not there.
const NOT_FOUND: u8 = 127;
/// The shell's code for a command that cannot be run.
const NOT_EXECUTABLE: u8 = 126;

/// The variables of keys mode for a target. What `clear` and `use -` need is not among them.
pub fn variables(
    app: &App,
    settings: &Settings,
    target: &Target,
    policy: &Policy,
) -> Result<EnvDelta> {
    let credentials = after_login::credentials(app, target, policy)?;
    let plan = plan::make(app, settings, target);
    let mut delta = switch::keys(app, &plan, policy.region.as_deref(), &credentials);
    // A shell that is started is still in this tree, and what was named here wins.
    tree::stay(app, &mut delta);
    Ok(delta)
}

/// The command with its arguments as they are, in an environment changed by `delta`.
pub fn command(words: &[OsString], delta: &EnvDelta) -> Command {
    let mut command = process::command(&words[0]);
    command.args(&words[1..]);
    for (name, value) in delta.changes() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// The code of a command that is nowhere on the path: told before anybody has to log in for it.
pub fn missing(app: &App, command: &[OsString]) -> Option<u8> {
    let program = &command[0];
    if !cfg!(unix) || process::find(&app.env, program).is_some() {
        return None;
    }
    Some(not_started(app, command, &io::ErrorKind::NotFound.into()))
}

/// Says why the command did not start; gives the code that a shell would give.
pub fn not_started(app: &App, command: &[OsString], error: &io::Error) -> u8 {
    let name = command[0].to_string_lossy();
    let (code, error) = match error.kind() {
        io::ErrorKind::NotFound => (
            NOT_FOUND,
            Error::failed(format!("the command `{name}` was not found"))
                .hint("check its spelling and `PATH`"),
        ),
        io::ErrorKind::ArgumentListTooLong => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` has too many arguments")).cause(error),
        ),
        _ => (
            NOT_EXECUTABLE,
            Error::failed(format!("the command `{name}` cannot be run"))
                .cause(error)
                .hint("check its mode and what its first line names"),
        ),
    };
    app.term.report(&error);
    code
}
