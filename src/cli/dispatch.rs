//! From the words of the command line to a command with resolved arguments.

use super::args::{
    AnyShell, Command, Configure, HookShell, Login, Logout, Mode, Profile, Refresh, Sync, Target,
    Use,
};
use crate::commands::session::LoginFlags;
use crate::commands::target::Choice;
use crate::commands::{
    accounts, clear, completions, configure, init, list, login, logout, profile, profile_edit,
    prompt, refresh, status, sync, use_,
};
use crate::domain::{Error, Result, active};
use crate::identity::directory;
use crate::io::App;
use crate::shell::Dialect;

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    match command {
        Command::List(args) => {
            list::run(app, list::Options { json: args.json }, &directory::names(app))
        }
        Command::Profile(words) => run_profile(app, &words),
        Command::Sync(words) => sync::run(app, &sync_options(words)),
        Command::Configure(words) => configure::run(app, &configure_options(words)),
        Command::Use(words) if words.from_cache => {
            refresh::from_cache(app, words.shell.map(dialect))
        }
        Command::Refresh(Refresh { foreground: true }) => refresh::run(app),
        Command::Refresh(_) => refresh::start(app),
        Command::Use(words) => use_::run(app, &use_options(words)),
        Command::Init(words) => {
            let parts = init::Options {
                prompt: !words.no_prompt,
                completions: !words.no_completions,
                remove: words.remove,
            };
            init::run(app, hooked(words.shell), parts)
        }
        Command::Completions(words) => completions::run(app, hooked(words.shell)),
        Command::Prompt(words) => {
            prompt::run(app, words.shell.map(dialect), words.format.as_deref())
        }
        Command::Clear(words) => clear::run(app, words.shell.map(dialect)),
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
        Command::Login(words) => login::run(app, &login_options(words)),
        Command::Logout(words) => logout::run(app, &logout_scope(words)),
        Command::Status(words) => status::run(app, words.json),
        other => Err(Error::failed(format!("{other:?}"))),
    }
}

fn sync_options(words: Sync) -> sync::Options {
    sync::Options {
        session: words.sso_session,
        template: words.template,
        include: words.include,
        exclude: words.exclude,
        region: words.region,
        output: words.output,
        prune: words.prune,
        dry_run: words.dry_run,
    }
}

fn configure_options(words: Configure) -> configure::Options {
    configure::Options {
        answers: configure::Answers {
            session: words.sso_session,
            start_url: words.start_url,
            sso_region: words.sso_region,
            scopes: words.scopes,
            account: words.account,
            role: words.role,
            region: words.region,
            output: words.output,
            profile: words.profile,
        },
        device_code: words.device_code,
        no_browser: words.no_browser,
        dry_run: words.dry_run,
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

fn use_options(words: Use) -> use_::Options {
    let previous = words.profile.as_deref() == Some("-");
    use_::Options {
        choice: choice(words.profile.filter(|_| !previous), words.target),
        previous,
        mode: words.mode.map(mode),
        region: words.region,
        no_login: words.no_login,
        device_code: words.device_code,
        no_browser: words.no_browser,
        fresh: words.fresh,
        shell: words.shell.map(dialect),
    }
}

fn login_options(words: Login) -> login::Options {
    login::Options {
        profile: words.profile.map(Into::into),
        session: words.sso_session.map(Into::into),
        flags: LoginFlags {
            device_code: words.device_code,
            no_browser: words.no_browser,
            port: words.port,
            force: words.force,
        },
    }
}

fn logout_scope(words: Logout) -> logout::Scope {
    match (words.sso_session, words.all) {
        (Some(name), _) => logout::Scope::Session(name.into()),
        (None, true) => logout::Scope::All,
        (None, false) => logout::Scope::Configured,
    }
}

fn choice(profile: Option<String>, target: Target) -> Choice {
    Choice { profile, account: target.account, role: target.role, session: target.sso_session }
}

fn mode(mode: Mode) -> active::Mode {
    match mode {
        Mode::Keys => active::Mode::Keys,
        Mode::Profile => active::Mode::Profile,
    }
}

fn dialect(shell: AnyShell) -> Dialect {
    match shell {
        AnyShell::Bash => Dialect::Bash,
        AnyShell::Zsh => Dialect::Zsh,
        AnyShell::Sh => Dialect::Sh,
        AnyShell::Fish => Dialect::Fish,
        AnyShell::Powershell => Dialect::PowerShell,
    }
}

fn hooked(shell: HookShell) -> Dialect {
    match shell {
        HookShell::Bash => Dialect::Bash,
        HookShell::Zsh => Dialect::Zsh,
        HookShell::Fish => Dialect::Fish,
        HookShell::Powershell => Dialect::PowerShell,
    }
}
