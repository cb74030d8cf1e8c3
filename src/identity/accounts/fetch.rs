//! Asking the portal for accounts and roles: how much is asked for, and what is kept when it stops,
//! so that the next call goes on from there.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::Mutex;

use super::known::{Accounts, Entry, load, save};
use super::names;
use super::pace::Pace;
use super::workers::Fetcher;
use crate::domain::token::AccessToken;
use crate::domain::{Error, Kind, Result};
use crate::identity::instance::start_url;
use crate::identity::session::authorized::Authorized;
use crate::identity::session::request::SessionRequest;
use crate::identity::store::tokens;
use crate::identity::wire::endpoint;
use crate::identity::wire::json::sha1_hex;
use crate::identity::wire::portal::{Account, Portal};
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::Attempts;
use crate::io::App;

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    Accounts,
    /// The accounts, and the roles of each.
    Roles,
    /// The accounts, and the roles of those that these words mean.
    RolesOf(&'a str),
}

/// What a listing came to.
pub struct Listed {
    /// What is known now; with an error, what came until then: the next call goes on from there.
    pub accounts: Accounts,
    /// What stopped it.
    pub error: Option<Error>,
    /// The token, if a person has logged in for it.
    pub login: Option<AccessToken>,
}

/// The session's accounts, asked for as far as they are not known yet, and anew with `refresh`.
pub fn list(app: &App, wanted: Wanted<'_>, request: SessionRequest, refresh: bool) -> Listed {
    let before = load(app, request.session).ok().flatten();
    if let Some(known) = before.as_ref().filter(|known| !refresh && is_known(known, wanted)) {
        return Listed { accounts: known.clone(), error: None, login: None };
    }
    let mut portal = match Authorized::obtain(app, request) {
        Ok(portal) => portal,
        Err(error) => {
            let accounts = before.unwrap_or_default();
            return Listed { accounts, error: Some(error), login: None };
        }
    };
    let (accounts, error) =
        match locked(app, wanted, request, refresh, &mut portal, before.as_ref()) {
            Ok(done) => done,
            Err(error) => (before.unwrap_or_default(), Some(error)),
        };
    Listed { accounts, error, login: portal.new_login().cloned() }
}

/// How long another process may list; then this one lists too.
const LISTING: Duration = Duration::from_secs(60);

/// How long a login may take longer for the names of accounts.
const LEARNING: Duration = Duration::from_secs(2);

/// After a login: the names of the first accounts, so that the first prompt has them, and settings
/// that go by them count from the start. Nothing else depends on it, so that a failure is none.
///
/// # Errors
/// Kind `Interrupted` alone.
pub fn learn_names(app: &App, request: SessionRequest, token: &AccessToken) -> Result<()> {
    match ask_names(app, request, token) {
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => log::info!("the names of accounts were not learned: {error}"),
        Ok(()) => {}
    }
    Ok(())
}

fn ask_names(app: &App, request: SessionRequest, token: &AccessToken) -> Result<()> {
    let SessionRequest { session, connection, .. } = request;
    let net = app.net(&endpoint::http(connection))?;
    let region = start_url::region(session, token);
    let portal = Portal::new(&app.env, &net.http, connection, region, Attempts::one())?;
    let page = async {
        portal.list_accounts(&token.access_token, None).await.map_err(Failure::into_error)
    };
    let too_late = || Error::service("they did not come in time");
    let page = app.run_within(LEARNING, page)?.ok_or_else(too_late)?;
    names::remember(app, page.rows.iter().map(|row| (row.id.as_str(), row.name.as_deref())))
}

fn is_known(known: &Accounts, wanted: Wanted<'_>) -> bool {
    match wanted {
        Wanted::Accounts => known.has_accounts(),
        // Of a list that is not whole nobody knows how old its parts are.
        Wanted::Roles | Wanted::RolesOf(_) => known.has_roles(),
    }
}

/// Fetches what is wanted, as one of several processes that may want the same.
fn locked(
    app: &App,
    wanted: Wanted<'_>,
    request: SessionRequest,
    refresh: bool,
    portal: &mut Authorized<'_>,
    before: Option<&Accounts>,
) -> Result<(Accounts, Option<Error>)> {
    let session = request.session;
    let hash = sha1_hex(tokens::key(session));
    let lock = app.paths.state_dir()?.join("locks").join(format!("{hash}.directory.lock"));
    let what = "another ssoenv that lists the same accounts";
    let _lock = app.lock_to_share(&lock, LISTING, what)?;
    let mut known = match load(app, session)? {
        // Another process has asked while this one waited.
        Some(now) if Some(&now) != before && is_known(&now, wanted) => return Ok((now, None)),
        Some(now) => now,
        None => Accounts { start_url: session.start_url.clone(), ..Accounts::default() },
    };
    if refresh && wanted == Wanted::Roles && !known.unfinished {
        known.round += 1;
        known.unfinished = true;
    }
    // A list that was stopped half-way goes on; one that was finished starts anew.
    let accounts_first = Cell::new(refresh || !known.has_accounts());
    let known = RefCell::new(known);
    let attempts = Attempts { throttled: 1, ..Attempts::new(&app.env, request.connection) };
    // With another token it goes on where the refused one left off.
    let done = portal.call(attempts, &async |portal, token| {
        let pace = RefCell::new(Pace::new(app.clock.instant()));
        let fetcher = Fetcher { app, session, portal, token, pace, turn: Mutex::new(()) };
        if accounts_first.get() {
            let rows = fetcher.accounts().await?;
            merge(&mut known.borrow_mut(), rows, app.clock.now().seconds());
            accounts_first.set(false);
        }
        match wanted {
            Wanted::Accounts => Ok(()),
            Wanted::Roles => {
                fetcher.roles(&known, |known, account| !known.is_listed(account)).await
            }
            Wanted::RolesOf(words) => {
                let ids = |known: &Accounts| -> HashSet<String> {
                    known.meant(words).iter().map(|account| account.id.clone()).collect()
                };
                let meant = ids(&known.borrow());
                fetcher.roles(&known, |_, account| meant.contains(&account.id)).await
            }
        }
    });
    let mut known = known.into_inner();
    if matches!(done, Ok(Ok(()))) && wanted == Wanted::Roles {
        known.roles_at = app.clock.now().seconds();
        known.unfinished = false;
    }
    // Also when Ctrl-C ended it.
    match save(app, session, &known) {
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        // The list is good all the same.
        Err(error) => app.term.warn(&format!("the list was not kept: {error}")),
        Ok(()) => {}
    }
    let error = match done {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(stopped(&known, wanted, failure)),
        Err(error) => Some(error),
    };
    Ok((known, error))
}

fn stopped(known: &Accounts, wanted: Wanted<'_>, failure: Failure) -> Error {
    let error = failure.into_error();
    let (done, all) = (known.with_roles(), known.accounts.len());
    if error.kind == Kind::Service && wanted == Wanted::Roles && done > 0 {
        return error
            .cause(format!("the roles of {done} of {all} accounts are known so far"))
            .hint("run the same command again: it goes on from here");
    }
    error
}

/// Takes a new list of accounts over, and what is known of their roles.
fn merge(known: &mut Accounts, accounts: Vec<Account>, now: i64) {
    let mut before: HashMap<_, _> =
        known.accounts.drain(..).map(|entry| (entry.id.clone(), entry)).collect();
    known.accounts = accounts
        .into_iter()
        .map(|account| {
            let old = before.remove(account.id.as_str());
            Entry {
                id: account.id.to_string(),
                name: account.name,
                email: account.email,
                round: old.as_ref().map_or(0, |old| old.round),
                roles: old.and_then(|old| old.roles),
            }
        })
        .collect();
    known.accounts_at = now;
}
