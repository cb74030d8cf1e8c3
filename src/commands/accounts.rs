//! `accounts` and `roles`: what a person has in every session.

use serde_json::{Value, json};

use super::shared::after_login;
use super::shared::session::{self, LoginFlags};
use super::shared::table;
use crate::config::Config;
use crate::domain::label::sanitise;
use crate::domain::names::{ProfileName, SessionName};
use crate::domain::nearest::nearest;
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::{Error, Kind, Result};
use crate::identity::LoginPolicy;
use crate::identity::accounts::{self, Accounts, Entry, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::io::{App, process};

/// Words of the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Of `accounts`: part of a name, ID or e-mail; of `roles`: an account.
    pub account: Option<String>,
    /// `--sso-session`.
    pub session: Option<SessionName>,
    /// `--refresh`.
    pub refresh: bool,
    /// `--partial`.
    pub partial: bool,
    /// `--json`.
    pub json: bool,
    /// Asked by ssoenv itself: never a login, no output.
    pub background: bool,
}

/// A session's accounts, and what stopped the listing.
struct Listed {
    session: SsoSession,
    accounts: Accounts,
    error: Option<Error>,
}

/// `accounts`.
pub fn accounts(app: &App, options: &Options) -> Result<u8> {
    let listed = list(app, options, Wanted::Accounts)?;
    let search = options.account.as_deref().unwrap_or_default();
    let mut rows: Vec<(&SsoSession, &Entry)> = Vec::new();
    for one in &listed {
        let fitting = one.accounts.accounts.iter().filter(|account| account.fits(search));
        rows.extend(fitting.map(|account| (&one.session, account)));
    }
    rows.sort_by_key(|(_, account)| (name_key(account), account.id.clone()));
    let documents = rows.iter().map(|(session, account)| {
        json!({
            "account_id": account.id,
            "account_name": account.name,
            "email": account.email,
            "sso_session": session_name(session),
        })
    });
    let lines = rows.iter().map(|(session, account)| {
        [
            &account.id,
            shown(account.name.as_deref()),
            shown(account.email.as_deref()),
            session.label(),
        ]
        .map(sanitise)
    });
    let titles = ["ACCOUNT", "NAME", "E-MAIL", "SESSION"];
    finish(app, options, "accounts", listed_error(&listed), documents.collect(), || {
        table::render(titles, lines)
    })
}

/// `roles`.
pub fn roles(app: &App, options: &Options) -> Result<u8> {
    let wanted = options.account.as_deref().map_or(Wanted::Roles, Wanted::RolesOf);
    let listed = list(app, options, wanted)?;
    if options.background {
        return Ok(0);
    }
    let mut rows: Vec<(&SsoSession, &Entry, &String)> = Vec::new();
    let chosen = match &options.account {
        Some(account) => Some(one_account(&listed, account)?),
        None => None,
    };
    for one in &listed {
        for account in &one.accounts.accounts {
            let wanted =
                chosen.is_none_or(|(session, id)| session == &one.session && id == account.id);
            if wanted {
                let roles = account.roles.iter().flatten();
                rows.extend(roles.map(|role| (&one.session, account, role)));
            }
        }
    }
    rows.sort_by_key(|(_, account, role)| (name_key(account), account.id.clone(), (*role).clone()));
    let documents = rows.iter().map(|(session, account, role)| {
        json!({
            "account_id": account.id,
            "account_name": account.name,
            "role": role,
            "sso_session": session_name(session),
        })
    });
    let lines = rows.iter().map(|(session, account, role)| {
        [&account.id, shown(account.name.as_deref()), role, session.label()].map(sanitise)
    });
    let titles = ["ACCOUNT", "NAME", "ROLE", "SESSION"];
    finish(app, options, "roles", listed_error(&listed), documents.collect(), || {
        table::render(titles, lines)
    })
}

fn name_key(account: &Entry) -> String {
    account.name.as_deref().unwrap_or(&account.id).to_lowercase()
}

fn shown(text: Option<&str>) -> &str {
    text.unwrap_or("-")
}

fn session_name(session: &SsoSession) -> Option<&str> {
    session.name.as_ref().map(SessionName::as_str)
}

/// The accounts of all sessions that are meant, asked for as far as needed.
fn list(app: &App, options: &Options, wanted: Wanted<'_>) -> Result<Vec<Listed>> {
    let config = Config::load(app)?;
    let sessions = match &options.session {
        Some(name) => vec![config.session(name)?],
        None => session::readable_sessions(app, &config)?,
    };
    if sessions.is_empty() {
        return Err(Error::config("there is no IAM Identity Center session in the configuration")
            .hint("run `ssoenv configure` to add one"));
    }
    let policy = if options.background {
        LoginPolicy::never()
    } else {
        session::policy(app, LoginFlags::default())?
    };
    let mut listed = Vec::new();
    for session in sessions {
        let (connection, profile) = reach(app, &config, &session)?;
        let now = app.clock.now();
        let roles = wanted != Wanted::Accounts;
        // What has to be asked for now is not asked for again in the background.
        let stale = accounts::load(app, &session)?.is_some_and(|known| {
            let served = if roles { known.has_roles() } else { known.has_accounts() };
            served && known.is_stale(now, roles)
        });
        let request = SessionRequest {
            session: &session,
            connection: &connection,
            policy: &policy,
            profile: profile.as_ref(),
        };
        let (accounts, error) = after_login::accounts(app, wanted, request, options.refresh);
        if let Some(error) = &error {
            let partial = options.partial && error.kind == Kind::Service;
            if !partial {
                return Err(error.clone());
            }
        } else if stale && !options.refresh {
            refresh_later(&session, roles);
        }
        listed.push(Listed { session, accounts, error });
    }
    Ok(listed)
}

/// How a session is reached: a legacy portal through the first profile that names it.
fn reach(
    app: &App,
    config: &Config,
    session: &SsoSession,
) -> Result<(Connection, Option<ProfileName>)> {
    if session.name.is_some() {
        return Ok((session::active_connection(app, config)?, None));
    }
    let profile = config
        .profile_names()
        .into_iter()
        .find(|name| config.session_of(name).is_ok_and(|other| other.as_ref() == Some(session)));
    let connection = config.connection(profile.as_ref().map(ProfileName::as_str))?;
    Ok((connection, profile))
}

/// Starts a process of its own that asks again, so that the next call is up to date.
fn refresh_later(session: &SsoSession, roles: bool) {
    let Some(name) = &session.name else { return };
    let Ok(program) = process::current_exe() else { return };
    let mut command = process::command(program);
    let verb = if roles { "roles" } else { "accounts" };
    command.args([verb, "--refresh", "--background", "--sso-session", name.as_str()]);
    process::without_secrets(&mut command);
    match process::detach(command) {
        Ok(()) => log::info!("the accounts of `{name}` are asked for in the background"),
        Err(error) => log::info!("no background refresh: {error}"),
    }
}

fn listed_error(listed: &[Listed]) -> Option<Error> {
    listed.iter().find_map(|one| one.error.clone())
}

/// The one account that a person names.
fn one_account<'a>(listed: &'a [Listed], text: &str) -> Result<(&'a SsoSession, &'a str)> {
    let fitting: Vec<_> = listed
        .iter()
        .flat_map(|one| one.accounts.accounts.iter().map(move |account| (&one.session, account)))
        .filter(|(_, account)| account.is_called(text))
        .collect();
    match fitting[..] {
        [(session, account)] => Ok((session, &account.id)),
        [] => {
            let error = Error::denied(format!("there is no account `{text}` for you"));
            let accounts = || listed.iter().flat_map(|one| &one.accounts.accounts);
            let fitting = accounts().filter(|account| account.fits(text)).take(5);
            let mut near: Vec<_> = fitting
                .map(|account| format!("`{}`", account.name.as_ref().unwrap_or(&account.id)))
                .collect();
            if near.is_empty() {
                let words = accounts().flat_map(|a| a.name.iter().chain([&a.id]));
                near.extend(
                    nearest(text, words.map(String::as_str)).map(|word| format!("`{word}`")),
                );
            }
            Err(if near.is_empty() {
                error.hint("run `ssoenv accounts --refresh` to see your accounts")
            } else {
                error.hint(format!("did you mean {}?", near.join(" or ")))
            })
        }
        _ => {
            let list = fitting
                .iter()
                .map(|(session, account)| format!("`{}` in `{}`", account.id, session.label()));
            Err(Error::usage(format!("`{text}` is not one account"))
                .cause(format!("it may be {}", list.collect::<Vec<_>>().join(", ")))
                .hint("give the account's ID, or add `--sso-session NAME`"))
        }
    }
}

/// Prints the rows; with an error, what there is of them, and the error behind it.
fn finish(
    app: &App,
    options: &Options,
    word: &str,
    error: Option<Error>,
    documents: Vec<Value>,
    lines: impl FnOnce() -> String,
) -> Result<u8> {
    if options.background {
        return Ok(0);
    }
    if options.json {
        let document = match &error {
            None => Value::Array(documents),
            Some(_) => json!({"complete": false, word: documents}),
        };
        app.term.out(&format!("{document}\n"))?;
    } else if documents.is_empty() && error.is_none() {
        app.term.say(&match &options.account {
            Some(text) => format!("There are no {word} that fit `{text}`."),
            None => format!("There are no {word} here."),
        });
    } else {
        app.term.out(&lines())?;
    }
    match error {
        Some(error) => Err(error),
        None => Ok(0),
    }
}
