//! Asking the portal for accounts and roles: what is asked for, with which token, and what is kept
//! when it stops, so that the next call goes on from there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::workers::Fetcher;
use super::{Directory, Entry, load, names, save};
use crate::domain::names::ProfileName;
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::token::AccessToken;
use crate::domain::{Error, Kind, Result};
use crate::identity::accounts::pace::Pace;
use crate::identity::session::access::{self, Unwanted};
use crate::identity::session::login::LoginPolicy;
use crate::identity::session::refresh;
use crate::identity::sources::sso;
use crate::identity::store::tokens;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::json::sha1_hex;
use crate::identity::wire::portal::{Account, Portal};
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::Attempts;
use crate::io::App;
use crate::io::http::HttpSettings;

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// The accounts.
    Accounts,
    /// The accounts, and the roles of each.
    Roles,
    /// The accounts, and the roles of the one of this ID or name.
    RolesOf(&'a str),
}

/// Who asks, and how.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The session.
    pub session: &'a SsoSession,
    /// How AWS is reached.
    pub connection: &'a Connection,
    /// What is allowed of a login.
    pub policy: &'a LoginPolicy,
    /// For hints.
    pub profile: Option<&'a ProfileName>,
    /// Ask even if it is known.
    pub refresh: bool,
}

/// The session's directory, asked for as far as it is not known yet. With an error, the directory
/// holds what came until then; the next call goes on from there.
pub fn list(app: &App, wanted: Wanted<'_>, asked: Asked<'_>) -> (Directory, Option<Error>) {
    let before = load(app, asked.session).ok().flatten();
    if let Some(known) = before.as_ref().filter(|known| !asked.refresh && is_known(known, wanted)) {
        return (known.clone(), None);
    }
    match locked(app, wanted, asked, before.as_ref()) {
        Ok(done) => done,
        Err(error) => (before.unwrap_or_default(), Some(error)),
    }
}

/// How long a login may take longer for the names of accounts.
const LEARNING: Duration = Duration::from_secs(2);

/// After a login: the names of the first accounts, so that the first prompt has them, and settings
/// that go by them count from the start. Nothing else depends on it, so that a failure is none.
///
/// # Errors
/// Kind `Interrupted` alone.
pub fn learn_names(
    app: &App,
    session: &SsoSession,
    connection: &Connection,
    token: &AccessToken,
) -> Result<()> {
    match ask_names(app, session, connection, token) {
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => log::info!("the names of accounts were not learnt: {error}"),
        Ok(()) => {}
    }
    Ok(())
}

fn ask_names(
    app: &App,
    session: &SsoSession,
    connection: &Connection,
    token: &AccessToken,
) -> Result<()> {
    let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
    let region = refresh::region(session, token);
    let portal = Portal {
        http: &net.http,
        endpoint: endpoint::base(&app.env, connection, Service::Portal, region)?,
        attempts: Attempts::one(),
    };
    let page = async {
        portal.list_accounts(&token.access_token, None).await.map_err(Failure::into_error)
    };
    let too_late = || Error::service("they did not come in time");
    let page = app.run_within(LEARNING, page)?.ok_or_else(too_late)?;
    names::remember(app, page.rows.iter().map(|row| (row.id.as_str(), row.name.as_deref())))
}

fn is_known(directory: &Directory, wanted: Wanted<'_>) -> bool {
    match wanted {
        Wanted::Accounts => directory.has_accounts(),
        // Of a list that is not whole nobody knows how old its parts are.
        Wanted::Roles | Wanted::RolesOf(_) => directory.has_roles(),
    }
}

fn locked(
    app: &App,
    wanted: Wanted<'_>,
    asked: Asked<'_>,
    before: Option<&Directory>,
) -> Result<(Directory, Option<Error>)> {
    let Asked { session, connection, policy, profile, .. } = asked;
    let (mut token, _) = access::obtain(app, session, connection, policy, profile, None)?;
    let hash = sha1_hex(tokens::key(session));
    let lock = app.paths.state_dir()?.join("locks").join(format!("{hash}.directory.lock"));
    let _lock = app.lock_to_share(&lock, || {
        app.term.say("waiting for another ssoenv that lists the same accounts");
    })?;
    let mut directory = match load(app, session)? {
        // Another process has asked while this one waited.
        Some(now) if Some(&now) != before && is_known(&now, wanted) => return Ok((now, None)),
        Some(now) => now,
        None => Directory { start_url: session.start_url.clone(), ..Directory::default() },
    };
    // A list that was stopped half-way goes on; one that was finished starts anew.
    let mut accounts = asked.refresh || !directory.has_accounts();
    if asked.refresh && wanted == Wanted::Roles && !directory.unfinished {
        directory.round += 1;
        directory.unfinished = true;
    }
    for refresh in [Some(true), Some(false), None] {
        let failure = match round(app, asked, wanted, &token, &mut directory, &mut accounts)? {
            Ok(()) => return Ok((directory, None)),
            Err(failure) => failure,
        };
        let refused = failure.service().is_some_and(sso::is_unauthorized);
        let Some(refresh) = refresh.filter(|_| refused) else {
            let error = stopped(&directory, wanted, failure);
            return Ok((directory, Some(error)));
        };
        let unwanted = Some(Unwanted { token: &token, refresh });
        match access::obtain(app, session, connection, policy, profile, unwanted) {
            Ok((renewed, _)) => token = renewed,
            Err(error) => return Ok((directory, Some(error))),
        }
    }
    Ok((directory, Some(Error::login_required("the portal refuses every token"))))
}

fn stopped(directory: &Directory, wanted: Wanted<'_>, failure: Failure) -> Error {
    let error = failure.into_error();
    let (done, all) = (directory.with_roles(), directory.accounts.len());
    if error.kind == Kind::Service && wanted == Wanted::Roles && done > 0 {
        return error
            .cause(format!("the roles of {done} of {all} accounts are known so far"))
            .hint("run the same command again: it goes on from here");
    }
    error
}

/// One run through what is to be done, until it is done, the token is refused or the service
/// stops. What came is in `directory` in every case, and on the disk. `accounts` says whether they
/// are still to be asked for.
fn round(
    app: &App,
    asked: Asked<'_>,
    wanted: Wanted<'_>,
    token: &AccessToken,
    directory: &mut Directory,
    accounts: &mut bool,
) -> Result<CallResult<()>> {
    let net = app.net(&HttpSettings { ca_bundle: asked.connection.ca_bundle.clone() })?;
    let region = refresh::region(asked.session, token);
    let fetcher = Fetcher {
        app,
        session: asked.session,
        portal: Portal {
            http: &net.http,
            endpoint: endpoint::base(&app.env, asked.connection, Service::Portal, region)?,
            attempts: Attempts { throttled: 1, ..Attempts::new(&app.env) },
        },
        token: &token.access_token,
        pace: RefCell::new(Pace::new(Instant::now())),
        turn: Mutex::new(()),
    };
    let work = RefCell::new(std::mem::take(directory));
    let done = net.run(async {
        if *accounts {
            let rows = match fetcher.accounts().await {
                Ok(rows) => rows,
                Err(failure) => return Ok(Err(failure)),
            };
            merge(&mut work.borrow_mut(), rows, app.clock.now().seconds());
            *accounts = false;
        }
        Ok(match wanted {
            Wanted::Accounts => Ok(()),
            Wanted::Roles => fetcher.roles(&work, |known, account| !known.is_listed(account)).await,
            Wanted::RolesOf(text) => {
                fetcher.roles(&work, |_, account| account.is_called(text)).await
            }
        })
    });
    *directory = work.into_inner();
    if matches!(done, Ok(Ok(()))) && wanted == Wanted::Roles {
        directory.roles_at = app.clock.now().seconds();
        directory.unfinished = false;
    }
    // Also when Ctrl-C ended it.
    match save(app, asked.session, directory) {
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        // The list is good all the same.
        Err(error) => app.term.warn(&format!("the list was not kept: {error}")),
        Ok(()) => {}
    }
    done
}

/// Takes a new list of accounts over, and what is known of their roles.
fn merge(directory: &mut Directory, accounts: Vec<Account>, now: i64) {
    let mut known: HashMap<_, _> =
        directory.accounts.drain(..).map(|entry| (entry.id.clone(), entry)).collect();
    directory.accounts = accounts
        .into_iter()
        .map(|account| {
            let old = known.remove(account.id.as_str());
            Entry {
                id: account.id.to_string(),
                name: account.name,
                email: account.email,
                round: old.as_ref().map_or(0, |old| old.round),
                roles: old.and_then(|old| old.roles),
            }
        })
        .collect();
    directory.accounts_at = now;
}
