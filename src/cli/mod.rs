//! The command line: the only place that knows clap, exit codes and how errors are shown.

pub mod args;
pub mod complete;
mod dispatch;
mod help;
mod logger;
mod report;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use dispatch::Command;

use crate::domain::speech;
use crate::io::env::Env;
use crate::io::term::Term;
use crate::io::{App, crash, process};
use crate::shell;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    speech::found_by(shell::reader);
    let words: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(words.clone()) {
        Ok(cli) => cli,
        Err(error) => return report::clap(&error, &words),
    };
    process::hide_memory();
    let env = Env::process();
    let color = cli.global.color;
    let mut term = Term::new(&env, color);
    if cli.command.is_the_hooks() {
        term = term.without_questions();
    }
    logger::install(cli.global.verbose);
    crash::install(term);
    let app = App::new(env, term, cli.global.yes);
    let result = dispatch::run(&app, &cli.command);
    report::result(&app, result)
}

/// Reads the words. What follows the first `--` of `exec` is the command, even where no profile
/// stands before it (`exec --account A --role R -- ls`).
fn parse(words: Vec<OsString>) -> Result<Cli, clap::Error> {
    let Some(at) = words.iter().position(|word| word == "--") else {
        return Cli::try_parse_from(words);
    };
    match Cli::try_parse_from(&words[..at]) {
        Ok(Cli { global, command: Command::Exec(mut exec) }) => {
            if exec.command.is_empty() {
                exec.command.extend_from_slice(&words[at + 1..]);
                exec.separated = true;
            } else {
                exec.command.extend_from_slice(&words[at..]);
            }
            Ok(Cli { global, command: Command::Exec(exec) })
        }
        _ => Cli::try_parse_from(words),
    }
}

#[cfg(test)]
mod tests {
    use super::dispatch::Command;
    use super::parse;

    fn exec(line: &str) -> (Option<String>, Vec<String>, bool) {
        let words = line.split(' ').map(Into::into).collect();
        let Ok(super::Cli { command: Command::Exec(exec), .. }) = parse(words) else {
            panic!("not exec: {line}")
        };
        let text = |word: std::ffi::OsString| word.into_string().expect("UTF-8 in this test");
        (exec.profile.map(text), exec.command.into_iter().map(text).collect(), exec.separated)
    }

    #[test]
    fn exec_takes_its_command_as_it_is() {
        let words = |w: &[&str]| w.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let prod = Some("prod".to_owned());
        for (line, profile, command, separated) in [
            ("ssoenv exec prod -- ls -la", prod.clone(), words(&["ls", "-la"]), true),
            (
                "ssoenv exec prod ls -la --region x",
                prod.clone(),
                words(&["ls", "-la", "--region", "x"]),
                false,
            ),
            ("ssoenv exec prod --region x ls", prod.clone(), words(&["ls"]), false),
            ("ssoenv exec --account 1 --role r -- ls --", None, words(&["ls", "--"]), true),
            ("ssoenv exec prod -- -- x", prod.clone(), words(&["--", "x"]), true),
            ("ssoenv exec prod ls -- -x", prod, words(&["ls", "--", "-x"]), false),
        ] {
            assert_eq!(exec(line), (profile, command, separated), "{line}");
        }
    }

    #[test]
    fn the_definition_holds_together() {
        <super::Cli as clap::CommandFactory>::command().debug_assert();
    }
}
