//! Words of the commands that speak to a shell: hooks, switching, prompts, directories.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::PathBuf;

use clap::Args;

use super::access::Target;
use crate::commands::shared::{hooked, word};
use crate::domain::active::Mode;
use crate::shell::Dialect;

/// `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// The shell to print the hook for
    #[arg(value_parser = hooked())]
    pub shell: Dialect,
    /// Leave the prompt alone
    #[arg(long)]
    pub no_prompt: bool,
    /// Leave completion alone
    #[arg(long)]
    pub no_completions: bool,
    /// Print what takes the hook out of a running shell
    #[arg(long)]
    pub remove: bool,
    /// Print the hook itself where a line that loads it is printed (PowerShell)
    #[arg(long, hide = true)]
    pub full: bool,
}

/// `use`.
#[derive(Args, Debug)]
pub struct Use {
    /// Profile; `-` is the previous one; left out: choose from a list
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// What to export
    #[arg(long, value_parser = word::<Mode>())]
    pub mode: Option<Mode>,
    /// Region to export
    #[arg(long)]
    pub region: Option<String>,
    /// Fail with exit code 3 rather than log in
    #[arg(long)]
    pub no_login: bool,
    /// Log in with a code
    #[arg(long)]
    pub device_code: bool,
    /// Log in without opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Fetch new role credentials even if the cached ones are good
    #[arg(long)]
    pub fresh: bool,
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    pub shell: Option<Dialect>,
    /// From the caches alone (called by the hook)
    #[arg(long, hide = true)]
    pub from_cache: bool,
}

/// `clear`.
#[derive(Args, Debug)]
pub struct Clear {
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    pub shell: Option<Dialect>,
}

/// `prompt`.
#[derive(Args, Debug)]
pub struct Prompt {
    /// Escape for this shell's prompt
    #[arg(long, value_parser = word::<Dialect>())]
    pub shell: Option<Dialect>,
    /// Text with {profile} {account} {account_id} {role} {region} {left}
    #[arg(long)]
    pub format: Option<String>,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// Shell
    #[arg(value_parser = hooked())]
    pub shell: Dialect,
}

/// `setup`.
#[derive(Args, Debug)]
pub struct Setup {
    /// Shell; the one that runs this when left out
    #[arg(value_parser = hooked())]
    pub shell: Option<Dialect>,
    /// Print the diff, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the line out again
    #[arg(long)]
    pub remove: bool,
}

/// `allow`.
#[derive(Args, Debug)]
pub struct Allow {
    /// Directory or `.ssoenv` file; the current directory when left out
    pub path: Option<PathBuf>,
    /// Also if the profile is of class `production`
    #[arg(long)]
    pub production: bool,
    /// List what is trusted
    #[arg(long, conflicts_with_all = ["path", "production"])]
    pub list: bool,
}

/// `deny`.
#[derive(Args, Debug)]
pub struct Deny {
    /// Directory or `.ssoenv` file; the current directory when left out
    pub path: Option<PathBuf>,
}

/// `refresh`.
#[derive(Args, Debug)]
pub struct Refresh {
    /// Do the work in this process instead of a detached one
    #[arg(long, hide = true)]
    pub foreground: bool,
}

/// `directory`.
#[derive(Args, Debug)]
pub struct Directory {
    /// The `.ssoenv` file that the hook found; nothing when a tree was left
    pub file: Option<PathBuf>,
    /// Shell to print for
    #[arg(long, value_parser = word::<Dialect>())]
    pub shell: Option<Dialect>,
}
