//! Words of the command line resolved into the options of commands.

use std::time::Duration;

use super::args::{Configure, Console, Credentials, Exec, Login, Logout, Serve, Sync, Target, Use};
use crate::commands::shared::choice::Choice;
use crate::commands::shared::session::LoginFlags;
use crate::commands::{configure, console, credentials, exec, login, logout, serve, sync, use_};
use crate::domain::{Error, Result};

pub(super) fn sync_options(words: Sync) -> sync::Options {
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

pub(super) fn configure_options(words: Configure) -> configure::Options {
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

pub(super) fn use_options(words: Use) -> use_::Options {
    let previous = words.profile.as_deref() == Some("-");
    use_::Options {
        choice: choice(words.profile.filter(|_| !previous), words.target),
        previous,
        mode: words.mode,
        region: words.region,
        no_login: words.no_login,
        device_code: words.device_code,
        no_browser: words.no_browser,
        fresh: words.fresh,
        shell: words.shell,
    }
}

pub(super) fn login_options(words: Login) -> login::Options {
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

pub(super) fn logout_scope(words: Logout) -> logout::Scope {
    match (words.sso_session, words.all) {
        (Some(name), _) => logout::Scope::Session(name.into()),
        (None, true) => logout::Scope::All,
        (None, false) => logout::Scope::Configured,
    }
}

pub(super) fn exec_options(words: Exec) -> Result<exec::Options> {
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

pub(super) fn console_options(words: Console) -> Result<console::Options> {
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

pub(super) fn serve_options(words: Serve) -> serve::Options {
    let by_name = words.profiles.into_iter().map(Choice::profile);
    let mut choices: Vec<_> = by_name.collect();
    if choices.is_empty() || words.target.account.is_some() {
        choices.push(choice(None, words.target));
    }
    serve::Options { choices, port: words.port, docker: words.docker, write: words.write }
}

pub(super) fn credentials_options(words: Credentials) -> credentials::Options {
    credentials::Options {
        choice: choice(words.profile, words.target),
        format: words.format,
        login: words.login,
        mfa_token: words.mfa_token,
        write: words.write,
        remove: words.remove,
    }
}

pub(super) fn duration(text: &str) -> Result<Duration> {
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

pub(super) fn choice(profile: Option<String>, target: Target) -> Choice {
    Choice { profile, account: target.account, role: target.role, session: target.sso_session }
}
