use clap::CommandFactory;

use super::{OF_A_PROFILE, OPTIONS_OF_EXEC, Question};
use crate::cli::args::Cli;
use crate::cli::complete::line::Current;
use crate::commands::shared::Completes;
use crate::shell::Dialect;

fn question(line: &str) -> Question {
    let mut words: Vec<_> = line.split(' ').map(str::to_owned).collect();
    let text = words.pop().expect("a word");
    let pieces = vec![1; words.len()];
    let shell = &Dialect::Zsh.hook().expect("a hook").completion;
    Question { shell, words, current: Current { text, ..Current::default() }, pieces }
}

#[test]
fn the_command_of_exec_is_the_shells() {
    for (line, expected) in [
        ("ssoenv exec pr", None),
        ("ssoenv exec prod ", Some(3)),
        ("ssoenv exec prod l", Some(3)),
        ("ssoenv exec prod --reg", None),
        ("ssoenv exec prod --region ", None),
        ("ssoenv exec prod --region eu-west-1 ", Some(5)),
        ("ssoenv exec prod --region=eu-west-1 l", Some(4)),
        ("ssoenv exec prod -- ", Some(4)),
        ("ssoenv exec prod -- -", Some(4)),
        ("ssoenv exec prod -- git lo", Some(4)),
        ("ssoenv exec prod git --no-pager lo", Some(3)),
        ("ssoenv -v --color never exec prod -- git lo", Some(7)),
        ("ssoenv exec --account a --role r -- l", Some(7)),
        ("ssoenv exec --account a --role r l", Some(6)),
        ("ssoenv exec --all p* --parallel 3 l", Some(6)),
        ("ssoenv exec --account ", None),
    ] {
        let question = question(line);
        let verb = question.verb().map(|(at, _)| at).expect("exec");
        assert_eq!(question.command_of_exec(verb), expected, "{line}");
    }
}

#[test]
fn the_tables_follow_the_definition() {
    let mut cli = Cli::command();
    cli.build();
    let exec = cli.find_subcommand("exec").expect("exec");
    let mut options: Vec<_> = exec
        .get_opts()
        .filter(|option| option.get_num_args().is_some_and(|n| n.takes_values()))
        .filter_map(|option| option.get_long().map(|long| format!("--{long}")))
        .collect();
    let mut known = OPTIONS_OF_EXEC.map(str::to_owned).to_vec();
    options.sort();
    known.sort();
    assert_eq!(known, options);
    let takes_a_profile = |command: &&clap::Command| {
        let first = command.get_positionals().next().and_then(|first| first.get::<Completes>());
        matches!(first, Some(Completes::Profile | Completes::Word))
    };
    let mut first: Vec<_> =
        cli.get_subcommands().filter(takes_a_profile).map(clap::Command::get_name).collect();
    let mut known = OF_A_PROFILE;
    first.sort_unstable();
    known.sort_unstable();
    assert_eq!(first, known);
}
