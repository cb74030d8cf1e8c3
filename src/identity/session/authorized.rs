//! The access portal as a session may use it: called with the session's token, which is renewed
//! when the portal refuses it.

use crate::domain::Result;
use crate::domain::secret::Secret;
use crate::domain::token::AccessToken;
use crate::identity::instance::start_url;
use crate::identity::session::access::{self, Obtained, Unwanted, Way};
use crate::identity::session::request::SessionRequest;
use crate::identity::wire::endpoint;
use crate::identity::wire::portal::Portal;
use crate::identity::wire::refusal::{CallResult, Failure};
use crate::identity::wire::retry::Attempts;
use crate::io::App;

/// A session with a token that works, as far as is known.
pub struct Authorized<'a> {
    app: &'a App,
    request: SessionRequest<'a>,
    token: AccessToken,
    /// Whether a person has logged in for it.
    logged_in: bool,
}

impl<'a> Authorized<'a> {
    /// Obtains a token, as [`access::obtain`] does.
    pub fn obtain(app: &'a App, request: SessionRequest<'a>) -> Result<Self> {
        Ok(Self::new(app, request, access::obtain(app, request, None)?))
    }

    /// With a token that has just been obtained.
    pub fn new(app: &'a App, request: SessionRequest<'a>, obtained: Obtained) -> Self {
        let logged_in = obtained.way == Way::LoggedIn;
        Self { app, request, token: obtained.token, logged_in }
    }

    /// How often a call is tried.
    pub fn attempts(&self) -> Attempts {
        Attempts::new(&self.app.env, self.request.connection)
    }

    /// The token, if a person has logged in for it.
    pub fn new_login(&self) -> Option<&AccessToken> {
        self.logged_in.then_some(&self.token)
    }

    /// Calls the portal. A token may be refused before its end: then a refresh is tried once, then
    /// a login.
    pub fn call<T>(
        &mut self,
        attempts: Attempts,
        work: &impl AsyncFn(&Portal<'_>, &Secret) -> CallResult<T>,
    ) -> Result<CallResult<T>> {
        for refresh in [true, false] {
            let error = match self.call_once(attempts, work)? {
                Err(Failure::Service(error)) if error.is_unauthorized() => error,
                answer => return Ok(answer),
            };
            log::info!("the portal refuses the token of `{}`", self.request.session.label());
            let unwanted = Unwanted { token: &self.token, refresh };
            let renewed = access::obtain(self.app, self.request, Some(unwanted))
                .map_err(|needed| needed.cause(error.describe()))?;
            self.logged_in |= renewed.way == Way::LoggedIn;
            self.token = renewed.token;
        }
        self.call_once(attempts, work)
    }

    /// Calls the portal with the token as it is.
    pub fn call_once<T>(
        &self,
        attempts: Attempts,
        work: &impl AsyncFn(&Portal<'_>, &Secret) -> CallResult<T>,
    ) -> Result<CallResult<T>> {
        let SessionRequest { session, connection, .. } = self.request;
        let net = self.app.net(&endpoint::http(connection))?;
        let region = start_url::region(session, &self.token);
        let portal = Portal::new(&self.app.env, &net.http, connection, region, attempts)?;
        net.run(async { Ok(work(&portal, &self.token.access_token).await) })
    }
}
