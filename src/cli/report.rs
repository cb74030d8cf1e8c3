//! The end of every command: an exit code, and an error in words.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Command, CommandFactory};

use super::args::Cli;
use super::help;
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::env::Env;
use crate::io::term::{ColorChoice, Term};

/// Shows what clap has to say: help and versions as they are, errors like all others.
pub fn clap(error: &clap::Error, words: &[OsString]) -> ExitCode {
    let is_help = help::is_asked(error);
    if !error.use_stderr() || is_help {
        let folded = is_help.then(|| help::asked(words)).flatten();
        // A reader that has gone is no error.
        drop(folded.as_ref().unwrap_or(error).print());
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    let usage = wrong_usage(&error.render().to_string(), &verb(words));
    Term::new(&Env::process(), ColorChoice::Auto).report(&usage);
    ExitCode::from(usage.kind.exit_code())
}

/// clap's words in the form of all errors: what is wrong first, then tips on what was meant, then
/// the usage. `verb` is the command whose help has more.
fn wrong_usage(text: &str, verb: &str) -> Error {
    let (what, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let (what, values) = match what.split_once("[possible values: ") {
        Some((what, values)) => (what, values.trim_end().strip_suffix(']')),
        None => (what, None),
    };
    let what = what.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut error = Error::usage(what.replace('\'', "`"));
    let lines = || rest.lines().map(str::trim);
    for tip in lines().filter_map(|line| line.strip_prefix("tip: ")) {
        // Nobody means an option as a value.
        if let Some(meant) = tip.contains("similar").then(|| meant(tip)).flatten() {
            error = error.hint(meant);
        }
    }
    if let Some(values) = values {
        error = error.cause(format!("possible values: {values}"));
    }
    error.hint(match lines().find_map(|line| line.strip_prefix("Usage: ")) {
        Some(line) => format!("usage: `{line}`; `{verb} --help` says more"),
        None => format!("`{verb} --help` says more"),
    })
}

/// `did you mean …?` of a tip, without what no help shows.
fn meant(tip: &str) -> Option<String> {
    let hidden = hidden(&Cli::command());
    let names = tip.split('\'').skip(1).step_by(2).filter(|name| !hidden.contains(*name));
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

/// Commands and options that no help shows.
fn hidden(command: &Command) -> BTreeSet<String> {
    let options = command.get_arguments().filter(|argument| argument.is_hide_set());
    let options = options.filter_map(|option| Some(format!("--{}", option.get_long()?)));
    let commands = command.get_subcommands().filter(|command| command.is_hide_set());
    let here = options.chain(commands.map(|command| command.get_name().to_owned()));
    here.chain(command.get_subcommands().flat_map(hidden)).collect()
}

/// The verb that the words are about: `ssoenv use`, `ssoenv settings get`.
fn verb(words: &[OsString]) -> String {
    let root = Cli::command();
    let (mut command, mut verb) = (&root, root.get_name().to_owned());
    for word in words.iter().skip(1).take_while(|word| *word != "--") {
        if let Some(next) = command.find_subcommand(word) {
            verb.extend([" ", next.get_name()]);
            command = next;
        }
    }
    verb
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

#[cfg(test)]
mod tests {
    use super::wrong_usage;

    #[test]
    fn claps_words_read_like_ours() {
        let text = "error: unrecognized subcommand 'ues'\n\n  tip: a similar subcommand exists: \
                    'use'\n\nUsage: ssoenv [OPTIONS] <COMMAND>\n\nFor more information, try '--help'.\n";
        let error = wrong_usage(text, "ssoenv");
        assert_eq!(error.what, "unrecognized subcommand `ues`");
        assert_eq!(
            error.hints,
            [
                "did you mean `use`?",
                "usage: `ssoenv [OPTIONS] <COMMAND>`; `ssoenv --help` says more"
            ]
        );
    }

    #[test]
    fn what_is_hidden_is_not_meant() {
        let meant = |tip: &str| super::meant(tip).unwrap_or_default();
        let both = "some similar subcommands exist: 'roles', 'refresh'";
        assert_eq!(meant(both), "did you mean `roles`?");
        assert_eq!(meant("a similar argument exists: '--from-cache'"), "");
        assert_eq!(
            meant("some similar values exist: 'env', 'env-no-export'"),
            "did you mean `env` or `env-no-export`?"
        );
    }
}
