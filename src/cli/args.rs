//! The command line as clap reads it. What the words mean is decided in `dispatch`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// AWS IAM Identity Center credentials in your shell.
#[derive(Debug, Parser)]
#[command(
    name = "ssoenv",
    version,
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
        value_enum,
        default_value_t,
        value_name = "WHEN",
        display_order = 900
    )]
    pub color: Color,
    /// Say on standard error what is done (-vv: more), without secrets
    #[arg(short, long, global = true, action = ArgAction::Count, display_order = 901)]
    pub verbose: u8,
    /// Answer confirmations with yes (also SSOENV_ASSUME_YES=1)
    #[arg(long, global = true, display_order = 902)]
    pub yes: bool,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless the environment objects
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
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

/// Only `--json`.
#[derive(Args, Debug)]
pub struct Json {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// The shell to print the hook for
    #[arg(value_enum)]
    pub shell: HookShell,
    /// Leave the prompt alone
    #[arg(long)]
    pub no_prompt: bool,
    /// Leave completion alone
    #[arg(long)]
    pub no_completions: bool,
    /// Print what takes the hook out of a running shell
    #[arg(long)]
    pub remove: bool,
}

/// Shells with a hook.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum HookShell {
    /// bash 3.2 and newer
    Bash,
    /// zsh 5 and newer
    Zsh,
    /// fish 3.4 and newer
    Fish,
    /// PowerShell 5.1 and newer
    #[value(alias = "pwsh")]
    Powershell,
}

/// Shells that `use` can speak to.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum AnyShell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// POSIX sh
    Sh,
    /// fish
    Fish,
    /// PowerShell
    #[value(alias = "pwsh")]
    Powershell,
}

/// `--mode`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mode {
    /// Export the role's keys
    Keys,
    /// Export AWS_PROFILE
    Profile,
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
    #[arg(long, value_enum)]
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
    #[arg(long, value_enum)]
    pub shell: Option<AnyShell>,
    /// From the caches alone (called by the hook)
    #[arg(long, hide = true)]
    pub from_cache: bool,
}

/// `clear`.
#[derive(Args, Debug)]
pub struct Clear {
    /// Shell to print for
    #[arg(long, value_enum)]
    pub shell: Option<AnyShell>,
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

/// `--format` of `credentials`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum CredentialFormat {
    /// JSON for `credential_process`
    Process,
    /// export NAME='value'
    Env,
    /// NAME='value'
    EnvNoExport,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// cmd.exe
    WindowsCmd,
    /// ssoenv's own JSON
    Json,
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
    #[arg(long, value_enum)]
    pub format: Option<CredentialFormat>,
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
    /// Write a redacted report to attach to an issue
    #[arg(long, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
    /// Only checks that need no network
    #[arg(long)]
    pub offline: bool,
}

/// `prompt`.
#[derive(Args, Debug)]
pub struct Prompt {
    /// Escape for this shell's prompt
    #[arg(long, value_enum)]
    pub shell: Option<AnyShell>,
    /// Text with {profile} {account} {account_id} {role} {region} {left}
    #[arg(long)]
    pub format: Option<String>,
}

/// `completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// Shell
    #[arg(value_enum)]
    pub shell: HookShell,
}

/// `setup`.
#[derive(Args, Debug)]
pub struct Setup {
    /// Shell; the one that runs this when left out
    #[arg(value_enum)]
    pub shell: Option<HookShell>,
    /// Print the diff, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take the line out again
    #[arg(long)]
    pub remove: bool,
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
    #[arg(long, value_enum)]
    pub shell: Option<AnyShell>,
}
