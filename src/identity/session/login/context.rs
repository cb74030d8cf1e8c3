//! What both flows share: who logs in where, the registered client, and what a login that failed is
//! told as.

use std::cell::Cell;
use std::time::Duration;

use crate::domain::token::ClientRegistration;
use crate::domain::{Error, Result};
use crate::identity::instance::region::may_be_misspelled;
use crate::identity::instance::start_url::Resolved;
use crate::identity::policy;
use crate::identity::session::request::SessionRequest;
use crate::identity::store::tokens;
use crate::identity::wire::oidc::{Oidc, Registration, Token};
use crate::identity::wire::refusal::Failure;
use crate::io::App;

/// Everything that a flow needs.
pub struct Context<'a> {
    pub app: &'a App,
    pub request: SessionRequest<'a>,
    /// Set when the service does not know the start URL, or the Region may be misspelled.
    pub wrong_place: &'a Cell<bool>,
    pub oidc: Oidc<'a>,
    pub resolved: Resolved,
}

/// The end of a flow: a token and the client that owns it; or the wish for the other flow.
pub enum Flown {
    Token(Token, ClientRegistration),
    Device,
}

impl Context<'_> {
    pub fn deadline(&self) -> Duration {
        policy::patience(self.app)
    }

    pub fn label(&self) -> &str {
        self.request.session.label()
    }

    /// A client from the cache, or a new one.
    pub async fn client(&self, registration: Registration<'_>) -> Result<ClientRegistration> {
        let session = self.request.session;
        let code = matches!(registration, Registration::Code { .. });
        if let Some(client) = tokens::load_registration(self.app, session, code)? {
            return Ok(client);
        }
        let name = match &session.name {
            Some(name) => format!("ssoenv-{name}"),
            None => "ssoenv".to_owned(),
        };
        let client = self.oidc.register_client(&name, registration).await;
        let client = client.map_err(|failure| self.refused(failure))?;
        tokens::save_registration(self.app, session, &client)?;
        Ok(client)
    }

    /// Drops a registration that the service does not know any more.
    pub fn forget_client(&self) -> Result<()> {
        log::info!("the service does not know the registered client: registering anew");
        tokens::remove_registration(self.app, self.request.session).map(drop)
    }

    /// The error for a failed call, with what a wrong Region or start URL looks like.
    pub fn refused(&self, failure: Failure) -> Error {
        match failure.service() {
            Some(error) if error.is_empty_invalid_request() => {
                self.wrong_place.set(true);
                let (region, url) = (&self.resolved.region, &self.resolved.start_url);
                Error::config(format!(
                    "the Identity Center in `{region}` does not know the start URL `{url}`"
                ))
                .cause(error.describe())
                .hint("check `sso_region` and `sso_start_url`: run `ssoenv doctor --fix`")
            }
            Some(error) if error.is(&["AccessDeniedException"]) => {
                let described = error.describe();
                self.denied(&described)
            }
            Some(error) if error.is(&["ExpiredTokenException"]) => self.too_late(),
            Some(error) if error.is(&["InvalidGrantException"]) => {
                Error::failed("the login was not accepted")
                    .cause(error.describe())
                    .hint(format!("run `{}` again", self.request.login_command()))
            }
            _ => {
                if may_be_misspelled(&self.resolved.region, &failure) {
                    self.wrong_place.set(true);
                }
                failure.into_error()
            }
        }
    }

    /// The service does not know even the client that it has just registered.
    pub fn unknown_client(&self) -> Error {
        Error::service("the service does not accept the client it registered").hint(format!(
            "run `{}` again in a minute; if that does not help, run `ssoenv doctor`",
            self.request.login_command()
        ))
    }

    pub fn denied(&self, cause: &str) -> Error {
        Error::failed(format!("the login to `{}` was denied in the browser", self.label()))
            .cause(cause)
            .hint(format!("run `{}` and allow the request", self.request.login_command()))
    }

    pub fn too_late(&self) -> Error {
        Error::failed(format!("nobody finished the login to `{}` in time", self.label()))
            .hint(format!("run `{}` again", self.request.login_command()))
            .hint("if the page in the browser showed an error, run `ssoenv doctor`")
    }
}
