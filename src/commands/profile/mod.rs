//! `profile`: one profile of the AWS files shown or changed.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

mod add;
mod edit;
mod show;

use clap::Subcommand;

use super::shared::Completes;
use crate::domain::Result;
use crate::io::App;

/// Show, add, remove, rename or copy a profile
#[derive(Clone, Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ssoenv profile show prod              Show what the AWS CLI reads
  ssoenv profile rename dev test        Rename the profile dev
  ssoenv profile remove dev --dry-run   Show what would be removed")]
pub enum Words {
    /// Show what the AWS CLI reads
    #[command(after_help = "\
Examples:
  ssoenv profile show prod          Show the profile prod
  ssoenv profile show prod --json   Print it for scripts")]
    Show {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    Add(add::Words),
    /// Remove a profile and its cached credentials
    #[command(after_help = "\
Examples:
  ssoenv profile remove dev --dry-run   Show what would be removed
  ssoenv profile remove dev --yes       Remove it without a question")]
    Remove {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Rename a profile, and what refers to it
    #[command(after_help = "\
Examples:
  ssoenv profile rename dev test             Rename the profile dev
  ssoenv profile rename dev test --dry-run   Show what would change")]
    Rename {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// New name
        new: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Copy a profile
    #[command(after_help = "\
Examples:
  ssoenv profile copy dev test             Copy the profile dev
  ssoenv profile copy dev test --dry-run   Show what would change")]
    Copy {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// Name of the copy
        new: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make a profile the default one
    #[command(after_help = "\
Examples:
  ssoenv profile default dev             Use dev where no profile is named
  ssoenv profile default dev --dry-run   Show what would change")]
    Default {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write a profile that gets its credentials through ssoenv
    #[command(after_help = "\
Examples:
  ssoenv profile use-process dev                Write the profile dev-process
  ssoenv profile use-process dev --as dev-sdk   Choose its name")]
    UseProcess {
        /// Profile
        #[arg(add = Completes::Profile)]
        name: String,
        /// Name of the new profile; NAME-process when left out
        #[arg(long = "as", value_name = "NEW")]
        new: Option<String>,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Shows or changes the profile.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    match words {
        Words::Show { name, json } => show::show(app, name, *json),
        Words::Add(words) => add::run(app, words),
        Words::Remove { name, dry_run } => edit::remove(app, name, *dry_run),
        Words::Rename { name, new, dry_run } => edit::rename(app, name, new, *dry_run),
        Words::Copy { name, new, dry_run } => edit::copy(app, name, new, *dry_run),
        Words::Default { name, dry_run } => edit::default(app, name, *dry_run),
        Words::UseProcess { name, new, dry_run } => {
            edit::use_process(app, name, new.as_deref(), *dry_run)
        }
    }
}
