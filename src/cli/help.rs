//! The help of a command: of the options that every command takes, one line.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory};

use super::args::Cli;

/// The options of every command; `ssoenv help` says what they do.
const GLOBAL: &str = "Global options: --color WHEN, -v, --yes, -h, -V; see `ssoenv help`";

/// Whether clap shows help instead of reading on.
pub fn is_asked(error: &clap::Error) -> bool {
    use ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand};
    matches!(error.kind(), DisplayHelp | DisplayHelpOnMissingArgumentOrSubcommand)
}

/// The help that the words ask for. Only what is printed is folded: completion and man pages
/// read the definition, which names every option.
pub fn asked(words: &[OsString]) -> Option<clap::Error> {
    let mut program = Cli::command();
    // Puts the global options into the subcommands, where they can be hidden.
    program.build();
    let globals: Vec<_> = program.get_arguments().map(|one| one.get_id().clone()).collect();
    let fold = |command: Command| fold(command, &|one| globals.contains(one.get_id()));
    program.mut_subcommands(fold).try_get_matches_from(words).err()
}

/// The command and those below it, without the options that `is_global` picks.
fn fold(command: Command, is_global: &dyn Fn(&clap::Arg) -> bool) -> Command {
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    command
        .mut_args(|one| if is_global(&one) { one.hide(true) } else { one })
        .mut_subcommands(|one| fold(one, is_global))
        .after_help(format!("{GLOBAL}\n\n{examples}").trim_end().to_owned())
}
