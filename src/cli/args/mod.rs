//! The command line as clap reads it. What the words mean is decided in `dispatch`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod access;
mod config;
mod session;
mod shell;

use clap::{ArgAction, Args, Parser, Subcommand};

pub use access::*;
pub use config::*;
pub use session::*;
pub use shell::*;

use crate::commands::shared::word;
use crate::io::term::ColorChoice;

/// AWS IAM Identity Center credentials in your shell.
#[derive(Debug, Parser)]
#[command(
    name = "ssoenv",
    version,
    propagate_version = true,
    max_term_width = 100,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Start with: eval \"$(ssoenv init bash)\", then ssoenv configure, then ssoenv use."
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_parser = word::<ColorChoice>(),
        default_value = ColorChoice::Auto.name(),
        value_name = "WHEN",
        display_order = 900
    )]
    pub color: ColorChoice,
    /// Say on standard error what is done (-vv: more), without secrets
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 901)]
    pub verbose: u8,
    /// Answer confirmations with yes (also SSOENV_ASSUME_YES=1)
    #[arg(long, global = true, display_order = 902)]
    pub yes: bool,
    /// What people in PowerShell type for help.
    #[arg(short = '?', global = true, action = ArgAction::HelpLong, hide = true)]
    pub question: Option<bool>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once per process")]
pub enum Command {
    /// Print the hook for a shell: eval "$(ssoenv init bash)"
    Init(Init),
    /// Switch this shell to a profile, or to an account and role
    Use(Use),
    /// Give this shell back what it had before `use`
    Clear(Clear),
    /// Log in to IAM Identity Center
    Login(Login),
    /// Forget tokens and role credentials, and end the session at the portal
    Logout(Logout),
    /// Show what this shell uses, and every session
    Status(Json),
    /// List the profiles
    List(Json),
    /// List the accounts that you may use
    Accounts(Accounts),
    /// List the roles that you may use
    Roles(Roles),
    /// Run a command with a profile's credentials
    Exec(Exec),
    /// Print credentials for `credential_process` and scripts
    Credentials(Credentials),
    /// Serve credentials to SDKs on this machine (container-credentials endpoint)
    Serve(Serve),
    /// Open the AWS console
    Console(Console),
    /// Show who AWS says you are
    Whoami(Whoami),
    /// Set up a session and a profile, step by step
    Configure(Configure),
    /// Write a profile for every account and role
    Sync(Sync),
    /// Show, remove, rename or copy a profile
    #[command(subcommand)]
    Profile(Profile),
    /// Find out what is wrong, and mend it
    Doctor(Doctor),
    /// Print the prompt segment, from the environment alone
    Prompt(Prompt),
    /// Print the completion script of a shell
    Completions(Completions),
    /// Add the hook to a shell's start file
    Setup(Setup),
    /// Read or change ssoenv's own settings
    #[command(subcommand)]
    Settings(Settings),
    /// Trust the `.ssoenv` file of a directory
    Allow(Allow),
    /// No longer trust the `.ssoenv` file of a directory
    Deny(Deny),
    /// Refresh this shell's credentials in the background (called by the hook)
    #[command(hide = true)]
    Refresh(Refresh),
    /// What the directory asks for (called by the hook)
    #[command(hide = true)]
    Directory(Directory),
}
