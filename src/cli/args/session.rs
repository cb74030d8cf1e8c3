//! Words of the commands about sessions and what a person has in them.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

/// Only `--json`.
#[derive(Args, Debug)]
pub struct Json {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `login`.
#[derive(Args, Debug)]
pub struct Login {
    /// Profile whose session to log in to
    #[arg(conflicts_with = "sso_session")]
    pub profile: Option<String>,
    /// Session to log in to
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// Show a code to enter on any device
    #[arg(long)]
    pub device_code: bool,
    /// Do not open a browser: print the URL, paste the answer
    #[arg(long)]
    pub no_browser: bool,
    /// Port of the local redirect listener, for SSH forwarding
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Log in even if the token is good
    #[arg(long)]
    pub force: bool,
}

/// `logout`.
#[derive(Args, Debug)]
pub struct Logout {
    /// Only this session
    #[arg(long, value_name = "SESSION", conflicts_with = "all")]
    pub sso_session: Option<String>,
    /// Everything that `aws sso logout` removes, tokens of other tools too
    #[arg(long)]
    pub all: bool,
}

/// `accounts`.
#[derive(Args, Debug)]
pub struct Accounts {
    /// Only accounts whose name, ID or e-mail holds this
    pub search: Option<String>,
    /// Ask the service even if the list is known
    #[arg(long)]
    pub refresh: bool,
    /// Print what there is when the service stops answering
    #[arg(long)]
    pub partial: bool,
    /// Only this session
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// Asked by ssoenv itself: never a login, no output
    #[arg(long, hide = true)]
    pub background: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `roles`.
#[derive(Args, Debug)]
pub struct Roles {
    /// Only this account, by ID or name
    pub account: Option<String>,
    /// Ask the service even if the list is known
    #[arg(long)]
    pub refresh: bool,
    /// Print what there is when the service stops answering
    #[arg(long)]
    pub partial: bool,
    /// Only this session
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// Asked by ssoenv itself: never a login, no output
    #[arg(long, hide = true)]
    pub background: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}
