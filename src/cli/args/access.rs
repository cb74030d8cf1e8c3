//! Words of the commands that use credentials.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::commands::credentials::Format;
use crate::commands::shared::word;

/// A profile, or an account and role.
#[derive(Args, Clone, Debug, Default)]
pub struct Target {
    /// Account, by ID or name, instead of a profile
    #[arg(long, value_name = "ID|NAME", requires = "role")]
    pub account: Option<String>,
    /// Role in that account
    #[arg(long, value_name = "ROLE", requires = "account")]
    pub role: Option<String>,
    /// Session that knows the account
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
}

/// `exec`.
#[derive(Args, Debug)]
pub struct Exec {
    /// Profile whose credentials the command gets
    pub profile: Option<OsString>,
    /// The command and its arguments, as they are
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// Fail with exit code 3 rather than log in
    #[arg(long)]
    pub no_login: bool,
    /// Region for the command
    #[arg(long)]
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

/// `credentials`.
#[derive(Args, Debug)]
pub struct Credentials {
    /// Profile
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// Output format; `process` when left out
    #[arg(long, value_parser = word::<Format>())]
    pub format: Option<Format>,
    /// Log in if needed
    #[arg(long)]
    pub login: bool,
    /// Code of the MFA device for an assumed role
    #[arg(long, value_name = "CODE")]
    pub mfa_token: Option<String>,
    /// Put the keys into ~/.aws/credentials, for tools that read only that
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with = "format")]
    pub write: Option<String>,
    /// Take out what --write put in
    #[arg(long, conflicts_with_all = ["format", "login"])]
    pub remove: bool,
}

/// `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// Profiles to serve, each under its own path
    pub profiles: Vec<String>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// Port to listen on; a free one when left out
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Print what a container needs
    #[arg(long)]
    pub docker: bool,
    /// Write the lines to FILE (mode 0600, removed at the end) instead of printing them
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// `console`.
#[derive(Args, Debug)]
pub struct Console {
    /// Profile
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// Service to open, by its short name
    #[arg(long, value_name = "SERVICE", conflicts_with = "destination")]
    pub service: Option<String>,
    /// Console page to open
    #[arg(long, value_name = "URL")]
    pub destination: Option<String>,
    /// Region of the console
    #[arg(long)]
    pub region: Option<String>,
    /// How long the console session lasts (15m to 12h)
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,
    /// Sign in with a federation token instead of the access portal
    #[arg(long)]
    pub federate: bool,
    /// Print the URL instead of opening it
    #[arg(long)]
    pub print: bool,
    /// Sign out of the old console session first
    #[arg(long)]
    pub logout_first: bool,
}

/// `whoami`.
#[derive(Args, Debug)]
pub struct Whoami {
    /// Profile
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub target: Target,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}
