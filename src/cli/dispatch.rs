//! The commands. What each is, takes and does stands in its file in `commands`; here is one line of
//! the list and one arm.

use clap::Subcommand;

use crate::commands::{
    accounts, allow, clear, completions, configure, console, credentials, deny, directory, doctor,
    exec, init, list, login, logout, profile, prompt, refresh, roles, serve, settings, setup,
    status, sync, use_, whoami,
};
use crate::domain::Result;
use crate::io::App;

/// The commands, in the order of `--help`.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once per process")]
pub enum Command {
    Init(init::Words),
    Use(use_::Words),
    Clear(clear::Words),
    Login(login::Words),
    Logout(logout::Words),
    Status(status::Words),
    List(list::Words),
    Accounts(accounts::Words),
    Roles(roles::Words),
    Exec(exec::Words),
    Credentials(credentials::Words),
    Serve(serve::Words),
    Console(console::Words),
    Whoami(whoami::Words),
    Configure(configure::Words),
    Sync(sync::Words),
    #[command(subcommand)]
    Profile(profile::Words),
    Doctor(doctor::Words),
    Prompt(prompt::Words),
    Completions(completions::Words),
    Setup(setup::Words),
    #[command(subcommand)]
    Settings(settings::Words),
    Allow(allow::Words),
    Deny(deny::Words),
    Refresh(refresh::Words),
    Directory(directory::Words),
}

impl Command {
    /// Whether the hook calls it, before a prompt that must not wait for a person.
    pub const fn is_the_hooks(&self) -> bool {
        matches!(self, Self::Directory(_) | Self::Refresh(_))
    }
}

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: &Command) -> Result<u8> {
    match command {
        Command::Init(words) => init::run(app, words),
        Command::Use(words) => use_::run(app, words),
        Command::Clear(words) => clear::run(app, words),
        Command::Login(words) => login::run(app, words),
        Command::Logout(words) => logout::run(app, words),
        Command::Status(words) => status::run(app, words),
        Command::List(words) => list::run(app, words),
        Command::Accounts(words) => accounts::run(app, words),
        Command::Roles(words) => roles::run(app, words),
        Command::Exec(words) => exec::run(app, words),
        Command::Credentials(words) => credentials::run(app, words),
        Command::Serve(words) => serve::run(app, words),
        Command::Console(words) => console::run(app, words),
        Command::Whoami(words) => whoami::run(app, words),
        Command::Configure(words) => configure::run(app, words),
        Command::Sync(words) => sync::run(app, words),
        Command::Profile(words) => profile::run(app, words),
        Command::Doctor(words) => doctor::run(app, words),
        Command::Prompt(words) => prompt::run(app, words),
        Command::Completions(words) => completions::run(app, words),
        Command::Setup(words) => setup::run(app, words),
        Command::Settings(words) => settings::run(app, words),
        Command::Allow(words) => allow::run(app, words),
        Command::Deny(words) => deny::run(app, words),
        Command::Refresh(words) => refresh::run(app, words),
        Command::Directory(words) => directory::run(app, words),
    }
}
