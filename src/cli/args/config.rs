//! Words of the commands that read, write and check configuration.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::session::Json;

/// `configure`.
#[derive(Args, Debug)]
pub struct Configure {
    /// Session name
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// Start URL of the access portal
    #[arg(long, value_name = "URL")]
    pub start_url: Option<String>,
    /// Region of the Identity Center instance; found by itself when left out
    #[arg(long, value_name = "REGION")]
    pub sso_region: Option<String>,
    /// OAuth scopes, separated by commas
    #[arg(long, value_name = "LIST")]
    pub scopes: Option<String>,
    /// Account, by ID or name
    #[arg(long, value_name = "ID|NAME")]
    pub account: Option<String>,
    /// Role
    #[arg(long)]
    pub role: Option<String>,
    /// Region of the profile
    #[arg(long)]
    pub region: Option<String>,
    /// Output format of the AWS CLI
    #[arg(long)]
    pub output: Option<String>,
    /// Profile name
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Log in with a code
    #[arg(long)]
    pub device_code: bool,
    /// Log in without opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Print the diff, change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `sync`.
#[derive(Args, Debug)]
pub struct Sync {
    /// Session whose accounts to write
    #[arg(long, value_name = "SESSION")]
    pub sso_session: Option<String>,
    /// Profile name template
    #[arg(long, value_name = "TEMPLATE")]
    pub template: Option<String>,
    /// Only accounts or roles that match (may be given more than once)
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave out accounts or roles that match (may be given more than once)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Region of the profiles; PATTERN=REGION for some of them
    #[arg(long, value_name = "[GLOB=]REGION")]
    pub region: Vec<String>,
    /// Output format of the profiles; PATTERN=FORMAT for some of them
    #[arg(long, value_name = "[GLOB=]FORMAT")]
    pub output: Vec<String>,
    /// Remove profiles of roles that are no longer granted
    #[arg(long)]
    pub prune: bool,
    /// Print the diff, change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `profile`.
#[derive(Debug, Subcommand)]
pub enum Profile {
    /// Show what the AWS CLI reads
    Show {
        /// Profile
        name: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Remove a profile and its cached credentials
    Remove {
        /// Profile
        name: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Rename a profile, and what refers to it
    Rename {
        /// Profile
        name: String,
        /// New name
        new: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Copy a profile
    Copy {
        /// Profile
        name: String,
        /// Name of the copy
        new: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make a profile the default one
    Default {
        /// Profile
        name: String,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write a profile that gets its credentials through ssoenv
    UseProcess {
        /// Profile
        name: String,
        /// Name of the new profile; NAME-process when left out
        #[arg(long = "as", value_name = "NEW")]
        new: Option<String>,
        /// Print the diff, change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// `doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
    /// Mend what can safely be mended, after showing the change
    #[arg(long)]
    pub fix: bool,
    /// Write a redacted report to attach to an issue; `-` prints it
    #[arg(long, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
    /// Only checks that need no network
    #[arg(long)]
    pub offline: bool,
}

/// `settings`.
#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Print a setting
    Get {
        /// Setting
        key: String,
    },
    /// Change a setting
    Set {
        /// Setting
        key: String,
        /// Value; nothing to go back to the default
        value: Option<String>,
    },
    /// Print all settings
    List(Json),
    /// Print where they are kept
    Path,
}
