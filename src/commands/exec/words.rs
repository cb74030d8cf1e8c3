//! The words of `exec`, and where its command begins among them.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::commands::shared::choice::{ByRole, Choice};
use crate::commands::shared::login::Redirect;
use crate::commands::shared::{Completes, on_top};
use crate::domain::{Error, Result};

/// Run a command with a profile's credentials
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv exec prod -- aws s3 ls             Run one command as prod
  ssoenv exec prod --serve -- make deploy   Keep credentials fresh meanwhile
  ssoenv exec --all 'dev-*' -- aws s3 ls    Run it for all that match")]
pub struct Words {
    /// Profile whose credentials the command gets
    #[arg(add = Completes::Profile)]
    pub profile: Option<OsString>,
    /// The command and its arguments, as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// The account and role.
    #[command(flatten)]
    pub by_role: ByRole,
    /// What is laid on top.
    #[command(flatten)]
    pub on_top: on_top::Laid,
    /// Fail with exit code 3 rather than log in
    #[arg(long)]
    pub no_login: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    pub redirect: Redirect,
    /// Region for the command
    #[arg(long, add = Completes::Region)]
    pub region: Option<String>,
    /// Credentials must live at least this long (30m, 1h)
    #[arg(long, value_name = "TIME")]
    pub min_ttl: Option<String>,
    /// Keep credentials fresh through a local endpoint
    #[arg(long)]
    pub serve: bool,
    /// Code of the MFA device for an assumed role
    #[arg(long, value_name = "CODE")]
    pub mfa_token: Option<String>,
    /// Run the command for every profile whose name matches
    #[arg(long, value_name = "GLOB", conflicts_with_all = ["account", "each", "serve"])]
    pub all: Option<String>,
    /// Run the command for every profile named in a file, one a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["account", "serve"])]
    pub each: Option<PathBuf>,
    /// With --all or --each: how many run at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub parallel: u16,
    /// Whether `--` stood before the command.
    #[arg(skip)]
    pub separated: bool,
}

impl Words {
    /// What the command gets, and the command. The word before it is a part of it where no profile
    /// can be meant.
    pub fn choice_and_command(&self) -> Result<(Choice, Vec<OsString>)> {
        let mut command = self.command.clone();
        let several = self.all.is_some() || self.each.is_some();
        let by_role = self.by_role.account.is_some() || several;
        let profile = match &self.profile {
            Some(word) if by_role && !self.separated => {
                command.insert(0, word.clone());
                None
            }
            Some(word) if several => {
                let word = word.to_string_lossy();
                return Err(Error::usage(format!(
                    "`{word}` and `--all` or `--each` exclude each other"
                )));
            }
            Some(word) => Some(word.clone().into_string().map_err(|word| {
                Error::config(format!("the profile `{}` does not exist", word.to_string_lossy()))
            })?),
            None => None,
        };
        Ok((Choice { profile, by_role: self.by_role.clone(), ..Choice::default() }, command))
    }
}
