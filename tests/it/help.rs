//! The help of every command: its examples, its width, and where the global options are named.

use clap::{Arg, Command, CommandFactory};
use ssoenv::cli::args::Cli;

use crate::support::World;

/// Every command that help shows: `use`, `profile show`.
fn commands() -> Vec<String> {
    fn below(name: &str, command: &Command, all: &mut Vec<String>) {
        let shown = |one: &&Command| !one.is_hide_set() && one.get_name() != "help";
        for one in command.get_subcommands().filter(shown) {
            let name = format!("{name} {}", one.get_name()).trim().to_owned();
            below(&name, one, all);
            all.push(name);
        }
    }
    let mut all = Vec::new();
    below("", &Cli::command(), &mut all);
    all
}

/// The lines of the last block, each as what is typed, without quotes around a word.
fn examples(help: &str) -> Vec<Vec<String>> {
    let (_, lines) = help.split_once("\nExamples:\n").unwrap_or_default();
    let typed = |line: &str| {
        let (typed, said) = line.trim().split_once("   ").unwrap_or_default();
        assert!(!said.trim().is_empty(), "an example says what it does: {line:?}");
        let quoted = |(at, part): (usize, &str)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        };
        typed.split('\'').enumerate().flat_map(quoted).collect()
    };
    lines.lines().map(typed).collect()
}

#[test]
fn every_command_ends_with_examples_that_parse() {
    let world = World::new();
    for name in commands() {
        for flag in ["--help", "-h"] {
            let help = world.ok(&format!("{name} {flag}"));
            let examples = examples(&help);
            assert!((1..=3).contains(&examples.len()), "{name} {flag}:\n{help}");
            for words in examples {
                let line = words.join(" ");
                assert!(
                    format!("{line} ").starts_with(&format!("ssoenv {name} ")),
                    "{name}: {line}"
                );
                if let Err(error) = Cli::command().try_get_matches_from(&words) {
                    panic!("{line}: {error}");
                }
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_100_columns() {
    let world = World::new();
    for name in commands().into_iter().chain([String::new()]) {
        for flag in ["--help", "-h"] {
            let help = world.ok(&format!("{name} {flag}"));
            let wide = help.lines().find(|line| line.chars().count() > 100);
            assert_eq!(wide, None, "{name} {flag}");
        }
    }
}

#[test]
fn global_options_take_one_line_below_subcommands() {
    let world = World::new();
    let program = world.ok("help");
    let options: Vec<_> =
        Cli::command().get_arguments().filter(|one| !one.is_hide_set()).cloned().collect();
    let name = |one: &Arg| match one.get_short() {
        Some(short) => format!("-{short}"),
        None => format!("--{}", one.get_long().expect("an option")),
    };
    let names: Vec<_> =
        options.iter().map(name).chain(["-h".to_owned(), "-V".to_owned()]).collect();
    assert!(names.len() > 4, "{names:?}");
    for name in &names {
        assert!(program.contains(&format!(" {name}")), "{name}: {program}");
    }
    for command in commands() {
        for help in
            [format!("{command} --help"), format!("{command} -h"), format!("help {command}")]
        {
            let text = world.ok(&help);
            let line = text.lines().find(|line| line.starts_with("Global options: "));
            let line = line.unwrap_or_else(|| panic!("{help}:\n{text}"));
            for name in &names {
                assert!(line.contains(&format!(" {name}")), "{help}: {line}");
                assert!(
                    !text.contains(&format!("\n  {name}"))
                        && !text.contains(&format!("\n      {name} ")),
                    "{help}:\n{text}"
                );
            }
        }
    }
}
