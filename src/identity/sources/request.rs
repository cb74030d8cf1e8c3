//! One request for the credentials of a target.

use std::cell::RefCell;

use crate::domain::profile::Target;
use crate::domain::token::AccessToken;
use crate::identity::policy::Policy;
use crate::identity::session::authorized::Authorized;
use crate::identity::session::request::SessionRequest;
use crate::io::App;

/// Whose credentials are wanted, on which terms, and what happened on the way.
pub struct Request<'a> {
    /// The world.
    pub app: &'a App,
    /// Whose credentials.
    pub target: &'a Target,
    /// On which terms.
    pub policy: &'a Policy,
    pub(super) login: RefCell<Option<NewLogin<'a>>>,
}

/// A login that a person has just made.
#[derive(Clone, Debug)]
pub struct NewLogin<'a> {
    pub request: SessionRequest<'a>,
    /// What came of it.
    pub token: AccessToken,
}

impl<'a> Request<'a> {
    /// The configured name of a role's session, or one that tells the sessions of ssoenv apart.
    pub(super) fn session_name(&self, configured: Option<&str>) -> String {
        let now = self.app.clock.now().seconds();
        configured.map_or_else(|| format!("ssoenv-session-{now}"), str::to_owned)
    }

    /// Notes a login to the session, if there was one.
    pub fn note_login(&self, request: SessionRequest<'a>, session: &Authorized<'_>) {
        if let Some(token) = session.new_login() {
            *self.login.borrow_mut() = Some(NewLogin { request, token: token.clone() });
        }
    }
}
