//! From the words of the command line to a command with resolved arguments.

use super::args::{Command, Profile, Refresh, Settings};
use crate::commands::{
    self, accounts, allow, clear, completions, configure, console, credentials, doctor, exec, init,
    list, login, logout, profile, profile_edit, prompt, refresh, serve, settings, setup, status,
    sync, use_, whoami,
};
use crate::domain::Result;
use crate::io::App;
use crate::shell::entry::Parts;

use super::resolve::{
    choice, configure_options, console_options, credentials_options, exec_options, login_options,
    logout_scope, serve_options, sync_options, use_options,
};

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    match command {
        Command::List(args) => list::run(
            app,
            list::Options { json: args.json },
            &crate::identity::accounts::names(app),
        ),
        Command::Profile(words) => run_profile(app, &words),
        Command::Sync(words) => sync::run(app, &sync_options(words)),
        Command::Configure(words) => configure::run(app, &configure_options(words)),
        Command::Use(words) if words.from_cache => refresh::from_cache(app, words.shell),
        Command::Refresh(Refresh { foreground: true }) => refresh::run(app),
        Command::Refresh(_) => refresh::start(app),
        Command::Use(words) => use_::run(app, &use_options(words)),
        Command::Init(words) => {
            let parts = Parts {
                prompt: !words.no_prompt,
                completions: !words.no_completions,
                full: words.full,
            };
            init::run(app, init::Options { shell: words.shell, parts, remove: words.remove })
        }
        Command::Completions(words) => completions::run(app, words.shell),
        Command::Prompt(words) => prompt::run(app, words.shell, words.format.as_deref()),
        Command::Exec(words) => exec::run(app, &exec_options(words)?),
        Command::Credentials(words) => credentials::run(app, &credentials_options(words)),
        Command::Console(words) => console::run(app, &console_options(words)?),
        Command::Serve(words) => serve::run(app, &serve_options(words)),
        Command::Whoami(words) => {
            let choice = choice(words.profile, words.target);
            whoami::run(app, &whoami::Options { choice, json: words.json })
        }
        Command::Setup(words) => {
            let shell = words.shell;
            setup::run(app, setup::Options { shell, dry_run: words.dry_run, remove: words.remove })
        }
        Command::Settings(words) => run_settings(app, &words),
        Command::Allow(words) if words.list => allow::list(app),
        Command::Allow(words) => allow::allow(app, words.path.as_deref(), words.production),
        Command::Deny(words) => allow::deny(app, words.path.as_deref()),
        Command::Directory(words) => {
            commands::directory::run(app, words.file.as_deref(), words.shell)
        }
        Command::Clear(words) => clear::run(app, words.shell),
        Command::Accounts(words) => accounts::accounts(
            app,
            &accounts::Options {
                account: words.search,
                session: words.sso_session.map(Into::into),
                refresh: words.refresh,
                partial: words.partial,
                json: words.json,
                background: words.background,
            },
        ),
        Command::Roles(words) => accounts::roles(
            app,
            &accounts::Options {
                account: words.account,
                session: words.sso_session.map(Into::into),
                refresh: words.refresh,
                partial: words.partial,
                json: words.json,
                background: words.background,
            },
        ),
        Command::Doctor(words) => doctor::run(
            app,
            &doctor::Options {
                json: words.json,
                fix: words.fix,
                bundle: words.bundle,
                offline: words.offline,
            },
        ),
        Command::Login(words) => login::run(app, &login_options(words)),
        Command::Logout(words) => logout::run(app, &logout_scope(words)),
        Command::Status(words) => status::run(app, words.json),
    }
}

fn run_profile(app: &App, words: &Profile) -> Result<u8> {
    match words {
        Profile::Show { name, json } => profile::show(app, name, *json),
        Profile::Remove { name, dry_run } => profile_edit::remove(app, name, *dry_run),
        Profile::Rename { name, new, dry_run } => profile_edit::rename(app, name, new, *dry_run),
        Profile::Copy { name, new, dry_run } => profile_edit::copy(app, name, new, *dry_run),
        Profile::Default { name, dry_run } => profile_edit::default(app, name, *dry_run),
        Profile::UseProcess { name, new, dry_run } => {
            profile_edit::use_process(app, name, new.as_deref(), *dry_run)
        }
    }
}

fn run_settings(app: &App, words: &Settings) -> Result<u8> {
    match words {
        Settings::Get { key } => settings::get(app, key),
        Settings::Set { key, value } => settings::set(app, key, value.as_deref()),
        Settings::List(words) => settings::list(app, words.json),
        Settings::Path => settings::path(app),
    }
}
