//! From the words of the command line to a command with resolved arguments.

use std::time::Duration;

use super::args::{
    AnyShell, Command, Configure, Console, CredentialFormat, Credentials, Exec, HookShell, Login,
    Logout, Mode, Profile, Refresh, Serve, Settings, Sync, Target, Use,
};
use crate::commands::session::LoginFlags;
use crate::commands::target::Choice;
use crate::commands::{
    self, accounts, allow, clear, completions, configure, console, credentials, doctor, exec, init,
    list, login, logout, profile, profile_edit, prompt, refresh, serve, settings, setup, status,
    sync, use_, whoami,
};
use crate::domain::{Error, Result, active};
use crate::identity::directory;
use crate::io::App;
use crate::shell::Dialect;
use crate::shell::powershell_hook::Parts;

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
            let parts = Parts { prompt: !words.no_prompt, completions: !words.no_completions };
            let shell = hooked(words.shell);
            init::run(app, init::Options { shell, parts, remove: words.remove })
        }
        Command::Completions(words) => completions::run(app, hooked(words.shell)),
        Command::Prompt(words) => {
            prompt::run(app, words.shell.map(dialect), words.format.as_deref())
        }
        Command::Exec(words) => exec::run(app, &exec_options(words)?),
        Command::Credentials(words) => credentials::run(app, &credentials_options(words)),
        Command::Console(words) => console::run(app, &console_options(words)?),
        Command::Serve(words) => serve::run(app, &serve_options(words)),
        Command::Whoami(words) => {
            let choice = choice(words.profile, words.target);
            whoami::run(app, &whoami::Options { choice, json: words.json })
        }
        Command::Setup(words) => {
            let shell = words.shell.map(hooked);
            setup::run(app, setup::Options { shell, dry_run: words.dry_run, remove: words.remove })
        }
        Command::Settings(words) => run_settings(app, &words),
        Command::Allow(words) if words.list => allow::list(app),
        Command::Allow(words) => allow::allow(app, words.path.as_deref(), words.production),
        Command::Deny(words) => allow::deny(app, words.path.as_deref()),
        Command::Directory(words) => {
            commands::directory::run(app, words.file.as_deref(), words.shell.map(dialect))
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

/// Of `exec --account A --role R aws s3 ls` the first word is the command's, not a profile.
fn exec_options(words: Exec) -> Result<exec::Options> {
    let mut command = words.command;
    let several = words.all.is_some() || words.each.is_some();
    let by_role = words.target.account.is_some() || several;
    let profile = match words.profile {
        Some(word) if by_role && !words.separated => {
            command.insert(0, word);
            None
        }
        Some(word) if several => {
            let word = word.to_string_lossy();
            return Err(Error::usage(format!(
                "`{word}` and `--all` or `--each` exclude each other"
            )));
        }
        Some(word) => Some(word.into_string().map_err(|word| {
            Error::config(format!("the profile `{}` does not exist", word.to_string_lossy()))
        })?),
        None => None,
    };
    Ok(exec::Options {
        choice: choice(profile, words.target),
        command,
        no_login: words.no_login,
        region: words.region,
        min_ttl: words.min_ttl.as_deref().map(duration).transpose()?,
        mfa_token: words.mfa_token,
        serve: words.serve,
        all: words.all,
        each: words.each,
        parallel: words.parallel,
    })
}

fn console_options(words: Console) -> Result<console::Options> {
    Ok(console::Options {
        choice: choice(words.profile, words.target),
        service: words.service,
        destination: words.destination,
        region: words.region,
        duration: words.duration.as_deref().map(duration).transpose()?,
        federate: words.federate,
        print: words.print,
        logout_first: words.logout_first,
    })
}

fn serve_options(words: Serve) -> serve::Options {
    let by_name = words.profiles.into_iter().map(Choice::profile);
    let mut choices: Vec<_> = by_name.collect();
    if choices.is_empty() || words.target.account.is_some() {
        choices.push(choice(None, words.target));
    }
    serve::Options { choices, port: words.port, docker: words.docker }
}

fn credentials_options(words: Credentials) -> credentials::Options {
    use credentials::Format;
    credentials::Options {
        choice: choice(words.profile, words.target),
        format: words.format.map(|format| match format {
            CredentialFormat::Process => Format::Process,
            CredentialFormat::Env => Format::Env,
            CredentialFormat::EnvNoExport => Format::EnvNoExport,
            CredentialFormat::Fish => Format::Fish,
            CredentialFormat::Powershell => Format::PowerShell,
            CredentialFormat::WindowsCmd => Format::WindowsCmd,
            CredentialFormat::Json => Format::Json,
        }),
        login: words.login,
        mfa_token: words.mfa_token,
        write: words.write,
        remove: words.remove,
    }
}

/// `90s`, `30m`, `12h`, or plain seconds.
fn duration(text: &str) -> Result<Duration> {
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(factor).and_then(|(n, f)| n.checked_mul(f));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        Error::usage(format!("`{text}` is not a time")).hint("write it like `30m`, `1h` or `90s`")
    })
}

fn run_settings(app: &App, words: &Settings) -> Result<u8> {
    match words {
        Settings::Get { key } => settings::get(app, key),
        Settings::Set { key, value } => settings::set(app, key, value.as_deref()),
        Settings::List(words) => settings::list(app, words.json),
        Settings::Path => settings::path(app),
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
