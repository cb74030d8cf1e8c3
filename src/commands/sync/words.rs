//! The words of `sync`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use crate::commands::shared::Completes;
use crate::commands::shared::login::Redirect;

/// Write a profile for every account and role
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = "\
Examples:
  ssoenv sync --dry-run            Show what would be written
  ssoenv sync --include 'Acme*'    Only accounts that match
  ssoenv sync --prune              Also remove profiles of roles that are gone")]
pub struct Words {
    /// Session whose accounts to write
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    pub session: Option<String>,
    /// Names of new profiles, such as `{account_name}-{role}`; profiles that exist keep theirs
    #[arg(long, value_name = "TEMPLATE")]
    pub template: Option<String>,
    /// Only accounts or roles that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out accounts or roles that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Region of the profiles; GLOB=REGION for those that match (repeatable, the last match counts)
    #[arg(long, value_name = "[GLOB=]REGION", add = Completes::Region)]
    pub region: Vec<String>,
    /// Output format of the profiles; GLOB=FORMAT for those that match (repeatable, the last match counts)
    #[arg(long, value_name = "[GLOB=]FORMAT", add = Completes::Output)]
    pub output: Vec<String>,
    /// Also write a profile for roles that have one outside the block
    #[arg(long)]
    pub all: bool,
    /// Remove profiles of roles that are no longer assigned
    #[arg(long)]
    pub prune: bool,
    /// Print the diff, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    pub redirect: Redirect,
}
