//! A session's access token, by the cheapest way that works: the cache, another process's refresh
//! or login, a refresh of our own, a login.

use crate::domain::names::ProfileName;
use crate::domain::profile::SsoSession;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{AccessToken, TokenState};
use crate::domain::{Error, Kind, Result};
use crate::identity::session::login;
use crate::identity::session::refresh::{self, Refreshed};
use crate::identity::session::request::SessionRequest;
use crate::identity::store::tokens::{self, Stored};
use crate::identity::store::turn::Turn;
use crate::identity::store::{keyring, session_state};
use crate::io::App;

/// How the token was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the cache.
    Kept,
    /// From the cache, by a refresh.
    Refreshed,
    /// By a login.
    LoggedIn,
}

/// A token, and how it was obtained.
#[derive(Clone, Debug)]
pub struct Obtained {
    pub token: AccessToken,
    /// How it was obtained.
    pub way: Way,
}

/// What a caller knows of the token it does not want.
#[derive(Clone, Copy, Debug)]
pub struct Unwanted<'a> {
    /// The one that the service refused, or that `--force` replaces.
    pub token: &'a AccessToken,
    /// Whether a refresh may replace it; otherwise only a person can.
    pub refresh: bool,
}

impl Obtained {
    fn by(way: Way, token: AccessToken) -> Self {
        Self { token, way }
    }
}

/// A token that works for the session, and a new one where `force` is asked for; see [`obtain`].
pub fn ensure(app: &App, request: SessionRequest) -> Result<Obtained> {
    keyring::unlock(app, request.policy)?;
    let known = tokens::load(app, request.session)?.filter(|_| request.policy.force);
    obtain(app, request, known.as_ref().map(|token| Unwanted { token, refresh: false }))
}

/// A token that is not the unwanted one. Fresh ones are taken as they are; below 15 minutes they
/// are refreshed, under the session's lock and after another look at the file; what lives is used
/// when that fails; then a person is asked, if the policy allows it.
///
/// # Errors
/// `LoginRequired` where a login is needed and not allowed or not possible, and the errors of
/// [`login::log_in`].
pub fn obtain(
    app: &App,
    request: SessionRequest,
    unwanted: Option<Unwanted<'_>>,
) -> Result<Obtained> {
    let SessionRequest { session, policy, profile, .. } = request;
    keyring::unlock(app, policy)?;
    let (found, state) = look(app, session, unwanted)?;
    match (&found, state) {
        (Stored::Token(token), TokenState::Fresh) => {
            log::info!("token of `{}`: cache hit", session.label());
            return Ok(Obtained::by(Way::Kept, token.clone()));
        }
        (_, TokenState::Expired) if !policy.allows() => {
            return Err(policy.explain(login_needed(app, session, profile, &found)));
        }
        _ => {}
    }
    log::info!("token of `{}`: {}", session.label(), in_words(&found, state));
    let turn = match Turn::at_session(app, session, policy.allows()) {
        Err(error) if error.kind != Kind::Interrupted => match found {
            // Whoever refreshes it has been stopped.
            Stored::Token(token) if is_wanted(&token, unwanted) && token.lives(app.clock.now()) => {
                warn_ending(app, request, &token, &error);
                return Ok(Obtained::by(Way::Kept, token));
            }
            _ => return Err(error),
        },
        turn => turn?,
    };
    // Another process may have refreshed it or logged in while this one waited.
    let (found, state) = look(app, session, unwanted)?;
    let mut cause = None;
    if let Stored::Token(token) = &found {
        match state {
            TokenState::Fresh | TokenState::Ending => {
                return Ok(Obtained::by(Way::Kept, token.clone()));
            }
            TokenState::Refreshable => match refreshed(app, request, token, &turn)? {
                Refreshed::Done(token) => return Ok(Obtained::by(Way::Refreshed, token)),
                Refreshed::Elsewhere(token) => return Ok(Obtained::by(Way::Kept, token)),
                Refreshed::Failed(error) => {
                    if is_wanted(token, unwanted) && token.lives(app.clock.now()) {
                        warn_ending(app, request, token, &error);
                        return Ok(Obtained::by(Way::Kept, token.clone()));
                    }
                    if error.kind != Kind::LoginRequired {
                        return Err(error);
                    }
                    cause = error.causes.into_iter().next();
                }
            },
            TokenState::Expired => {}
        }
    }
    if !policy.allows() {
        let error = policy.explain(login_needed(app, session, profile, &found));
        return Err(match cause {
            Some(cause) => error.cause(cause),
            None => error,
        });
    }
    // A port is what this caller alone wants.
    let token = match policy.port {
        Some(_) => login::log_in(app, request)?,
        None => turn.work(|| login::log_in(app, request))?,
    };
    session_state::keep(app, session, &token)?;
    Ok(Obtained::by(Way::LoggedIn, token))
}

/// The refresh of this process, or how it failed for the one for whom this one waited.
fn refreshed(
    app: &App,
    request: SessionRequest,
    token: &AccessToken,
    turn: &Turn,
) -> Result<Refreshed> {
    if let Some(error) = turn.failure() {
        return Ok(Refreshed::Failed(error));
    }
    let refreshed = refresh::run(app, request, token)?;
    if let Refreshed::Failed(error) = &refreshed {
        turn.share(error);
    }
    Ok(refreshed)
}

/// What is stored, and its state as this caller has to see it: the unwanted token is never fresh.
fn look(
    app: &App,
    session: &SsoSession,
    unwanted: Option<Unwanted<'_>>,
) -> Result<(Stored, TokenState)> {
    let stored = tokens::find(app, session)?;
    let Stored::Token(token) = &stored else { return Ok((stored, TokenState::Expired)) };
    let state = session_state::token_state(app, session, token)?;
    if is_wanted(token, unwanted) {
        return Ok((stored, state));
    }
    let may_refresh = unwanted.is_some_and(|unwanted| unwanted.refresh);
    let dead = AccessToken { expires_at: Timestamp::from_seconds(0), ..token.clone() };
    let state = match session_state::token_state(app, session, &dead)? {
        TokenState::Refreshable if may_refresh => TokenState::Refreshable,
        _ => TokenState::Expired,
    };
    Ok((stored, state))
}

fn is_wanted(token: &AccessToken, unwanted: Option<Unwanted<'_>>) -> bool {
    unwanted.is_none_or(|unwanted| unwanted.token.access_token != token.access_token)
}

fn warn_ending(app: &App, request: SessionRequest, token: &AccessToken, error: &Error) {
    let left = ago(token.expires_at.seconds() - app.clock.now().seconds());
    app.term.warn(&format!(
        "the session `{}` was not refreshed and ends in {left} ({error})",
        request.session.label()
    ));
    app.term.hint(&format!("run `{} --force`", request.login_command()));
}

/// The error that says which login is needed, and why.
pub fn login_needed(
    app: &App,
    session: &SsoSession,
    profile: Option<&ProfileName>,
    found: &Stored,
) -> Error {
    let label = session.label();
    let now = app.clock.now();
    let error = match found {
        Stored::Token(token) if token.lives(now) => {
            Error::login_required(format!("the session `{label}` is no longer accepted"))
                .cause("it was ended at the portal, or its administrator shortened it")
        }
        Stored::Token(token) => {
            let past = ago(now.seconds() - token.expires_at.seconds());
            let error = Error::login_required(format!("the session `{label}` expired {past} ago"));
            match token.client.as_ref().and_then(|client| client.expires_at) {
                Some(expires) if expires <= now && token.refresh_token.is_some() => error
                    .cause("its client registration has expired too, so it cannot be refreshed"),
                _ => error,
            }
        }
        Stored::Absent => {
            let error = Error::login_required(format!("not logged in to `{label}`"));
            match sibling(app, session) {
                Some(url) => error.cause(format!(
                    "there is a token for `{url}`, but the AWS tools take that for another portal"
                )),
                None => error,
            }
        }
        Stored::Broken(why) => {
            Error::login_required(format!("not logged in to `{label}`")).cause(why)
        }
        Stored::OtherPortal(url) => Error::login_required(format!("not logged in to `{label}`"))
            .cause(format!("its start URL has changed; the token is for `{url}`")),
    };
    error.hint(format!("run `{}`", session.login_command(profile)))
}

/// A legacy start URL spelled another way that has a token.
fn sibling(app: &App, session: &SsoSession) -> Option<String> {
    if session.name.is_some() {
        return None;
    }
    let bare = session.start_url.trim_end_matches(['#', '/']);
    ["", "/", "#", "#/", "/#", "/#/"].into_iter().map(|tail| format!("{bare}{tail}")).find(|url| {
        let other = SsoSession { start_url: url.clone(), ..session.clone() };
        *url != session.start_url
            && tokens::find(app, &other).is_ok_and(|stored| stored != Stored::Absent)
    })
}

/// `12 minutes`, `3 hours`: rounded down, never zero.
fn ago(seconds: i64) -> String {
    let unit = |number: i64, name: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {name}{plural}")
    };
    match seconds {
        ..60 => unit(seconds.max(1), "second"),
        60..7200 => unit(seconds / 60, "minute"),
        7200..172_800 => unit(seconds / 3600, "hour"),
        _ => unit(seconds / 86_400, "day"),
    }
}

fn in_words(found: &Stored, state: TokenState) -> &'static str {
    match (found, state) {
        (Stored::Token(_), TokenState::Fresh) => "fresh",
        (Stored::Token(_), TokenState::Refreshable) => "to be refreshed",
        (Stored::Token(_), TokenState::Ending) => "ends soon, cannot be refreshed",
        (Stored::Token(_), TokenState::Expired) => "cannot be used",
        _ => "cache miss",
    }
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn spans_in_words() {
        for (seconds, words) in [
            (0, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
            (180_000, "2 days"),
        ] {
            assert_eq!(ago(seconds), words);
        }
    }
}
