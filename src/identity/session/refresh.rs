//! A token refreshed without a person. A refresh token works once: that it is sent is noted before,
//! so that whoever comes after a process that has died meanwhile does not send it again.

use crate::domain::profile::SsoSession;
use crate::domain::token::{AccessToken, TokenState};
use crate::domain::{Error, Result};
use crate::identity::instance::start_url;
use crate::identity::session::request::SessionRequest;
use crate::identity::store::session_state::{self, Record};
use crate::identity::store::tokens;
use crate::identity::wire::endpoint;
use crate::identity::wire::oidc::{Grant, Oidc};
use crate::identity::wire::refusal::Failure;
use crate::io::App;

/// How a refresh ended.
#[derive(Debug)]
pub enum Refreshed {
    /// The new token, written.
    Done(AccessToken),
    /// Refused, but another tool had written a good one meanwhile.
    Elsewhere(AccessToken),
    /// Not refreshed. Kind `LoginRequired`: only a person can help; any other: later it may work.
    Failed(Error),
}

/// Refreshes `token`, which the caller has just read under the session's lock.
pub fn run(app: &App, request: SessionRequest, token: &AccessToken) -> Result<Refreshed> {
    let session = request.session;
    match attempt(app, request, token)? {
        Refreshed::Failed(error) => {
            // Another tool, which takes no lock of ours, may have been first.
            let Some(other) = tokens::load(app, session)? else {
                return Ok(Refreshed::Failed(error));
            };
            if other == *token {
                return Ok(Refreshed::Failed(error));
            }
            match Record::load(app, session)?.state(&other, app.clock.now()) {
                TokenState::Fresh | TokenState::Ending => Ok(Refreshed::Elsewhere(other)),
                TokenState::Refreshable => attempt(app, request, &other),
                TokenState::Expired => Ok(Refreshed::Failed(error)),
            }
        }
        done => Ok(done),
    }
}

fn attempt(app: &App, request: SessionRequest, token: &AccessToken) -> Result<Refreshed> {
    let session = request.session;
    let (Some(refresh_token), Some(client)) = (&token.refresh_token, &token.client) else {
        return Ok(Refreshed::Failed(Error::login_required("there is no refresh token")));
    };
    let mut record = Record::load(app, session)?;
    if record.was_sent(refresh_token) {
        record.note_spent(refresh_token);
        record.save(app, session)?;
        return Ok(Refreshed::Failed(not_refreshed(session).cause(
            "an ssoenv that refreshed it has ended before the answer came, and it is not repeated",
        )));
    }
    // It is not spent for a successor that cannot be kept.
    if let Err(error) = tokens::check_writable(app, session) {
        return Ok(Refreshed::Failed(error));
    }
    let net = app.net(&endpoint::http(request.connection))?;
    let region = start_url::region(session, token);
    let oidc = Oidc::new(&app.env, &net.http, request.connection, region)?;
    record.note_sent(refresh_token);
    if let Err(error) = record.save(app, session) {
        return Ok(Refreshed::Failed(error));
    }
    let answer =
        net.run(async { Ok(oidc.create_token(client, Grant::RefreshToken(refresh_token)).await) })?;
    let failure = match answer {
        Ok(new) => {
            let new = AccessToken {
                access_token: new.access_token,
                expires_at: app.clock.now().plus(new.expires_in),
                // A service that gives no new one lets the old one live.
                refresh_token: new.refresh_token.or_else(|| token.refresh_token.clone()),
                client: token.client.clone(),
                start_url: Some(session.start_url.clone()),
                region: token.region.clone(),
            };
            session_state::keep(app, session, &new)?;
            return Ok(Refreshed::Done(new));
        }
        Err(failure) => failure,
    };
    if may_send_again(&failure) {
        record.note_unsent();
        record.save(app, session)?;
        return Ok(Refreshed::Failed(failure.into_error()));
    }
    record.note_spent(refresh_token);
    record.save(app, session)?;
    if failure.is_unknown_client() {
        // A login with that client would end on an error page in the browser.
        tokens::forget_client(app, session, &client.client_id)?;
    }
    Ok(Refreshed::Failed(not_refreshed(session).cause(cause(&failure))))
}

fn not_refreshed(session: &SsoSession) -> Error {
    Error::login_required(format!("the session `{}` was not refreshed", session.label()))
}

/// Whether the refresh token is certainly unused.
fn may_send_again(failure: &Failure) -> bool {
    match failure {
        Failure::Service(error) => error.is_throttling() || error.status >= 500,
        other => other.is_unsent(),
    }
}

fn cause(failure: &Failure) -> String {
    match failure {
        Failure::Service(error) => format!("the refresh was refused: {}", error.describe()),
        other => {
            let error = other.clone().into_error();
            format!("the refresh got no answer ({}), and is not repeated", error.what)
        }
    }
}
