//! A console login that works: from the cache, by a refresh, or by a person. One lock per identity
//! makes one refresh of many; nobody else takes it, so what another tool wrote is looked at again.

use crate::domain::credentials::Freshness;
use crate::domain::login_session::{self, LoginSession};
use crate::domain::{Error, Kind, Result};
use crate::identity::session::login::console;
use crate::identity::session::login_request::LoginRequest;
use crate::identity::store::keyring;
use crate::identity::store::login_sessions::{self, Login, Stored};
use crate::identity::store::turn::Turn;
use crate::identity::wire::endpoint;
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::signin::{Grant, SignIn};
use crate::io::App;

/// How it was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It was there.
    Kept,
    /// It was there, and was refreshed.
    Refreshed,
    /// A person logged in.
    LoggedIn,
}

/// Which login will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Any whose credentials are fresh.
    Fresh,
    /// One with other credentials than those that are cached.
    New,
    /// One that a person makes now.
    Login,
}

/// A login with credentials that live. What lives is used when it could not be refreshed.
///
/// # Errors
/// `LoginRequired` where a person is needed and may not or cannot be asked, `Denied` where the
/// identity may not have such credentials, and the errors of the login.
pub fn obtain(app: &App, request: LoginRequest, wanted: Wanted) -> Result<(Login, Way)> {
    obtain_or(app, request, wanted, |found| Err(request.another_identity(found)))
}

/// [`obtain`], where `take` decides about another identity that has signed in: the login to keep, or
/// the error.
pub fn obtain_or(
    app: &App,
    request: LoginRequest,
    wanted: Wanted,
    take: impl FnOnce(&str) -> Result<LoginSession>,
) -> Result<(Login, Way)> {
    let (session, policy) = (request.session, request.policy);
    keyring::unlock(app, policy)?;
    let before = find(app, session)?;
    if let Ok(login) = before {
        if wanted == Wanted::Fresh && is_fresh(app, &login) {
            log::info!("console login of `{}`: cache hit", session.arn);
            return Ok((login, Way::Kept));
        }
        return renew(app, request, wanted, Some(&login), take);
    }
    renew(app, request, wanted, None, take)
}

/// A new login of whoever signs in.
///
/// # Errors
/// As those of [`obtain`].
pub fn begin(app: &App, request: LoginRequest) -> Result<LoginSession> {
    if !request.policy.allows() {
        return Err(request.policy.explain(Error::login_required("a console login is needed")));
    }
    keyring::unlock(app, request.policy)?;
    let signed_in = console::sign_in(app, request)?;
    let session = LoginSession { arn: signed_in.identity.clone(), ..request.session.clone() };
    let hash = login_sessions::key_hash(&session);
    let _turn = Turn::at_login(app, &hash, &session.arn, true)?;
    signed_in.keep(app, &session)?;
    Ok(session)
}

fn renew(
    app: &App,
    request: LoginRequest,
    wanted: Wanted,
    before: Option<&Login>,
    take: impl FnOnce(&str) -> Result<LoginSession>,
) -> Result<(Login, Way)> {
    let (session, policy) = (request.session, request.policy);
    log::info!("console login of `{}`: cache miss", session.arn);
    let hash = login_sessions::key_hash(session);
    let turn = match Turn::at_login(app, &hash, &session.arn, policy.allows()) {
        Err(error) if error.kind != Kind::Interrupted => match find(app, session)? {
            // Whoever refreshes it has been stopped.
            Ok(login) if wanted == Wanted::Fresh && lives(app, &login) => {
                warn_ending(app, request, &login, &error);
                return Ok((login, Way::Kept));
            }
            _ => return Err(error),
        },
        turn => turn?,
    };
    // Another process may have refreshed it or logged in while this one waited.
    let needed = match find(app, session)? {
        Ok(login) if is_fresh(app, &login) && is_other(&login, before, wanted) => {
            return Ok((login, Way::Kept));
        }
        Ok(_) if wanted == Wanted::Login => Error::login_required("a new login is wanted"),
        Ok(login) => match refreshed(app, request, login, &turn)? {
            Refreshed::Done(login) => return Ok((login, Way::Refreshed)),
            Refreshed::Elsewhere(login) => return Ok((login, Way::Kept)),
            Refreshed::Failed(login, error) if lives(app, &login) => {
                warn_ending(app, request, &login, &error);
                return Ok((*login, Way::Kept));
            }
            Refreshed::Failed(_, error) => error,
        },
        Err(why) => {
            let error = Error::login_required(format!("not logged in as `{}`", session.arn));
            why.into_iter().fold(error, Error::cause).hint(request.run_login())
        }
    };
    if needed.kind != Kind::LoginRequired {
        return Err(needed);
    }
    if !policy.allows() {
        return Err(policy.explain(needed));
    }
    // A port is what this caller alone wants.
    let signed_in = match policy.port {
        Some(_) => console::sign_in(app, request)?,
        None => turn.work(|| console::sign_in(app, request))?,
    };
    let login = if signed_in.identity == session.arn {
        signed_in.keep(app, session)?
    } else {
        let other = take(&signed_in.identity)?;
        signed_in.keep(app, &other)?
    };
    Ok((login, Way::LoggedIn))
}

fn find(app: &App, session: &LoginSession) -> Result<std::result::Result<Login, Option<String>>> {
    Ok(match login_sessions::find(app, session)? {
        Stored::Login(login) => Ok(*login),
        Stored::Absent => Err(None),
        Stored::Broken(why) => Err(Some(why)),
    })
}

fn is_fresh(app: &App, login: &Login) -> bool {
    freshness(app, login) == Freshness::Fresh
}

fn lives(app: &App, login: &Login) -> bool {
    freshness(app, login) != Freshness::Expired
}

fn freshness(app: &App, login: &Login) -> Freshness {
    login
        .credentials
        .expiration
        .map_or(Freshness::Expired, |expires| login_session::freshness(expires, app.clock.now()))
}

/// Whether a fresh login serves a caller that has already seen `before`.
fn is_other(login: &Login, before: Option<&Login>, wanted: Wanted) -> bool {
    wanted == Wanted::Fresh || before.is_none_or(|before| before.credentials != login.credentials)
}

/// How a refresh ended.
enum Refreshed {
    /// The new login, written.
    Done(Login),
    /// Refused, but another tool had written a good one meanwhile.
    Elsewhere(Login),
    /// Not refreshed. Kind `LoginRequired`: only a person can help.
    Failed(Box<Login>, Error),
}

/// The refresh of this process, or how it failed for the one for whom this one waited.
fn refreshed(app: &App, request: LoginRequest, login: Login, turn: &Turn) -> Result<Refreshed> {
    if let Some(error) = turn.failure() {
        return Ok(Refreshed::Failed(Box::new(login), error));
    }
    let refreshed = refresh(app, request, login)?;
    if let Refreshed::Failed(_, error) = &refreshed {
        turn.share(error);
    }
    Ok(refreshed)
}

fn refresh(app: &App, request: LoginRequest, login: Login) -> Result<Refreshed> {
    let session = request.session;
    let region = region_of_refresh(app, request, &login)?;
    if login_sessions::is_spent(app, session, &login.refresh_token, &region)? {
        let error = request.ended().cause("its refresh token was refused or lost earlier");
        return Ok(Refreshed::Failed(Box::new(login), error));
    }
    // A refresh token works once: it is not spent for a successor that cannot be kept.
    if let Err(error) = login_sessions::check_writable(app, session) {
        return Ok(Refreshed::Failed(Box::new(login), error));
    }
    let net = app.net(&endpoint::http(request.connection))?;
    let service = SignIn::new(app, &net.http, request.connection, &region)?;
    let grant = Grant::RefreshToken(&login.refresh_token);
    // From before it is sent: whoever comes after a process that died does not send it again.
    if let Err(error) = login_sessions::note_spent(app, session, &login.refresh_token, &region) {
        return Ok(Refreshed::Failed(Box::new(login), error));
    }
    let answer =
        net.run(async { Ok(service.create_token(&login.client_id, &login.key, grant).await) })?;
    let failure = match answer {
        Ok(token) => {
            let login = login.refreshed(&token, app.clock.now());
            if let Err(error) = login.save(app, session) {
                // The credentials are good all the same.
                app.term.warn(&format!("the refreshed login was not written: {error}"));
            }
            return Ok(Refreshed::Done(login));
        }
        Err(failure) => failure,
    };
    if may_send_again(&failure) {
        login_sessions::forget_spent(app, session)?;
        return Ok(Refreshed::Failed(Box::new(login), failure.into_error()));
    }
    // Another tool, which takes no lock of ours, may have been first.
    if let Ok(other) = find(app, session)?
        && other.credentials != login.credentials
        && lives(app, &other)
    {
        return Ok(Refreshed::Elsewhere(other));
    }
    let error = match failure {
        Failure::Service(_) => request.refused(app, &region, failure),
        other => {
            let error = other.into_error();
            request.ended().cause(format!("the refresh got no answer ({})", error.what))
        }
    };
    let error = match login.region {
        None if error.kind == Kind::LoginRequired => error.hint(format!(
            "if the login was made in another Region than `{region}`, set `region` in its profile"
        )),
        _ => error,
    };
    Ok(Refreshed::Failed(Box::new(login), error))
}

/// Whether the refresh token is certainly unused.
fn may_send_again(failure: &Failure) -> bool {
    match failure {
        Failure::Service(error) => error.is_throttling() || error.status >= 500,
        other => other.is_unsent(),
    }
}

fn warn_ending(app: &App, request: LoginRequest, login: &Login, error: &Error) {
    let left = login
        .credentials
        .expiration
        .map_or(0, |end| (end.seconds() - app.clock.now().seconds()).max(0) / 60);
    app.term.warn(&format!(
        "the console login of `{}` was not refreshed, and its credentials end in {left} minutes \
         ({error})",
        request.session.arn
    ));
    for hint in &error.hints {
        app.term.hint(hint);
    }
}

/// Where a login is refreshed: codes and refresh tokens are good only where they were made. The
/// Region that this shell happens to use comes last: ssoenv itself exports it.
fn region_of_refresh(app: &App, request: LoginRequest, login: &Login) -> Result<String> {
    if let Some(made) = &login.region {
        return Ok(made.clone());
    }
    match request.session.region.needed()? {
        Some(profile) => Ok(profile.to_owned()),
        None => request.region_of_login(app),
    }
}
