//! From the words of the command line to a command with resolved arguments.

use super::args::{AnyShell, Command, HookShell, Mode, Profile, Refresh, Target, Use};
use crate::commands::target::Choice;
use crate::commands::{clear, completions, init, list, profile, prompt, refresh, status, use_};
use crate::config::index::AccountNames;
use crate::domain::{Error, Result, active};
use crate::io::App;
use crate::shell::Dialect;
use crate::shell::hooks::Parts;

/// Runs one command; the number is the exit code.
pub fn run(app: &App, command: Command) -> Result<u8> {
    match command {
        Command::List(args) => {
            list::run(app, list::Options { json: args.json }, &AccountNames::default())
        }
        Command::Profile(Profile::Show { name, json }) => profile::show(app, &name, json),
        Command::Use(words) if words.from_cache => {
            refresh::from_cache(app, words.shell.map(dialect))
        }
        Command::Refresh(Refresh { foreground: true }) => refresh::run(app),
        Command::Refresh(_) => refresh::start(app),
        Command::Use(words) => use_::run(app, &use_options(words)),
        Command::Clear(words) => clear::run(app, words.shell.map(dialect)),
        Command::Status(words) => status::run(app, words.json),
        Command::Completions(args) => completions::run(app, hook_dialect(args.shell)),
        Command::Init(args) => {
            let parts = Parts { prompt: !args.no_prompt, completions: !args.no_completions };
            let shell = hook_dialect(args.shell);
            init::run(app, init::Options { shell, parts, remove: args.remove })
        }
        Command::Prompt(args) => prompt::run(app, args.shell.map(dialect), args.format.as_deref()),
        other => Err(Error::failed(format!("{other:?}"))),
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

fn hook_dialect(shell: HookShell) -> Dialect {
    match shell {
        HookShell::Bash => Dialect::Bash,
        HookShell::Zsh => Dialect::Zsh,
        HookShell::Fish => Dialect::Fish,
        HookShell::Powershell => Dialect::PowerShell,
    }
}
