//! What a person has in every session: listed, asked for as far as needed, and printed, for `accounts` and
//! `roles`.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;
use serde_json::{Value, json};

use super::login::{self, Redirect, Wish};
use super::sought::nothing_fits;
use super::{Completes, after_login, session};
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::names::SessionName;
use crate::domain::parts::Parts;
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Kind, Result};
use crate::identity::LoginPolicy;
use crate::identity::accounts::{self, Accounts, Entry, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::io::{App, process};

/// What both verbs take.
#[derive(Args, Clone, Debug)]
pub struct Flags {
    /// Ask the service even if the list is known
    #[arg(long)]
    refresh: bool,
    /// Print what there is when the service stops answering
    #[arg(long)]
    partial: bool,
    /// Only this session
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    session: Option<SessionName>,
    /// Asked by ssoenv itself: never a login, no output
    #[arg(long, hide = true)]
    pub background: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
}

/// A session's accounts, and what stopped the listing.
pub struct Listed {
    pub session: SsoSession,
    /// What is known of it.
    pub accounts: Accounts,
    error: Option<Error>,
}

/// By name, whatever the case.
pub fn name_key(account: &Entry) -> String {
    account.name.as_deref().unwrap_or(&account.id).to_lowercase()
}

/// What stands for nothing.
pub fn shown(text: Option<&str>) -> &str {
    text.unwrap_or("-")
}

/// Legacy portals have none.
pub fn session_name(session: &SsoSession) -> Option<&str> {
    session.name.as_ref().map(SessionName::as_str)
}

/// The accounts of all sessions that are meant, asked for as far as needed.
pub fn list(app: &App, flags: &Flags, wanted: Wanted<'_>) -> Result<Vec<Listed>> {
    let config = Config::load(app)?;
    let sessions = match &flags.session {
        Some(name) => vec![config.session(name)?],
        None => session::readable_sessions(app, &config)?,
    };
    if sessions.is_empty() {
        return Err(Error::config("there is no IAM Identity Center session in the configuration")
            .hint("run `ssoenv configure` to add one"));
    }
    let policy = if flags.background {
        LoginPolicy::never()
    } else {
        let settings = Settings::load_warning(app)?;
        flags.redirect.of(login::policy(app, &settings, Wish::Implied)?)
    };
    let mut listed = Vec::new();
    for session in sessions {
        let (connection, profile) = session::reach(app, &config, &session)?;
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
        let (accounts, error) = after_login::accounts(app, wanted, request, flags.refresh);
        if let Some(error) = &error {
            let partial = flags.partial && error.kind == Kind::Service;
            if !partial {
                return Err(error.clone());
            }
        } else if stale && !flags.refresh {
            refresh_later(&session, roles);
        }
        listed.push(Listed { session, accounts, error });
    }
    Ok(listed)
}

/// Starts a process of its own that asks again, so that the next call is up to date.
pub fn refresh_later(session: &SsoSession, roles: bool) {
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

/// The error for words that no account fits, and what was probably meant: one of these texts.
pub fn no_account<'a, T: IntoIterator<Item = &'a str>>(
    listed: &'a [Listed],
    words: &[String],
    texts: impl Fn(&'a Entry) -> T,
) -> Error {
    let all = listed.iter().flat_map(|one| &one.accounts.accounts);
    nothing_fits("account", words, Parts::of(words).nearest(all.flat_map(texts)))
        .hint("run `ssoenv accounts --refresh` to see your accounts")
}

/// What stopped the first listing that was stopped.
pub fn listed_error(listed: &[Listed]) -> Option<Error> {
    listed.iter().find_map(|one| one.error.clone())
}

/// Prints the rows; with an error, what there is of them, and the error behind it.
pub fn finish(
    app: &App,
    flags: &Flags,
    word: &str,
    error: Option<Error>,
    documents: impl ExactSizeIterator<Item = Value>,
    lines: impl FnOnce() -> String,
) -> Result<u8> {
    if flags.background {
        return Ok(0);
    }
    if flags.json {
        let rows = Value::Array(documents.collect());
        let document = match &error {
            None => rows,
            Some(_) => json!({"complete": false, word: rows}),
        };
        app.term.out_json(&document.to_string())?;
    } else if documents.len() == 0 && error.is_none() {
        app.term.say(&format!("There are no {word} here."));
    } else {
        app.term.out(&lines())?;
    }
    match error {
        Some(error) => Err(error),
        None => Ok(0),
    }
}
