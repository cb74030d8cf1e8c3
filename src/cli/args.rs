//! The command line as clap reads it: the options of every command. Those of one stand with it, in
//! `commands`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::{ArgAction, Args, Parser};

use super::dispatch::Command;
use crate::commands::shared::word;
use crate::io::term::ColorChoice;
use crate::shell::Dialect;
use crate::shell::entry::StartFile;

/// AWS IAM Identity Center credentials in your shell.
#[derive(Debug, Parser)]
#[command(
    name = "ssoenv",
    version,
    propagate_version = true,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = first_steps()
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// What a new user types, and the line of each shell.
fn first_steps() -> String {
    let mut text =
        "First steps:\n  ssoenv setup       Add the hook to the start file of your shell\n  \
                    ssoenv configure   Set up a session and a profile\n  \
                    ssoenv use         Choose a profile\n\nWhat `ssoenv setup` adds:"
            .to_owned();
    let hooks = Dialect::ALL.iter().filter_map(|dialect| Some((dialect.name(), dialect.hook()?)));
    let lines = hooks.map(|(name, hook)| match hook.start_file {
        StartFile::Line(_) => format!("\n  {name:<12} {}", hook.line),
        StartFile::Whole(_) => format!("\n  {name:<12} a file of its own"),
    });
    text.extend(lines);
    text
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// When to use color
    #[arg(
        long,
        global = true,
        value_parser = word::<ColorChoice>(),
        default_value = ColorChoice::Auto.name(),
        value_name = "WHEN",
        display_order = 900
    )]
    pub color: ColorChoice,
    /// Log progress to stderr, without secrets (-vv for more)
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 901)]
    pub verbose: u8,
    /// Answer confirmations with yes (also SSOENV_ASSUME_YES=1)
    #[arg(long, global = true, display_order = 902)]
    pub yes: bool,
    /// What people in PowerShell type for help.
    #[arg(short = '?', global = true, action = ArgAction::HelpLong, hide = true)]
    pub question: Option<bool>,
}
