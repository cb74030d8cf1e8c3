//! From the words of the command line to a command with resolved arguments.

use super::args::{Command, HookShell, Profile};
use crate::commands::{completions, list, profile};
use crate::config::index::AccountNames;
use crate::domain::{Error, Result};
use crate::io::App;

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    match command {
        Command::List(args) => {
            list::run(app, list::Options { json: args.json }, &AccountNames::default())
        }
        Command::Profile(Profile::Show { name, json }) => profile::show(app, &name, json),
        Command::Completions(args) => {
            let shell = match args.shell {
                HookShell::Bash => completions::Shell::Bash,
                HookShell::Zsh => completions::Shell::Zsh,
                HookShell::Fish => completions::Shell::Fish,
                HookShell::Powershell => completions::Shell::Powershell,
            };
            completions::run(app, shell)
        }
        other => Err(Error::failed(format!("{other:?}"))),
    }
}
