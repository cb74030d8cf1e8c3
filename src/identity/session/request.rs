//! What every step towards a token needs to know.

use crate::domain::Error;
use crate::domain::names::ProfileName;
use crate::domain::profile::{Connection, SsoSession};
use crate::identity::policy::LoginPolicy;

/// Whose token is wanted, and on which terms.
#[derive(Clone, Copy, Debug)]
pub struct SessionRequest<'a> {
    /// The session that the token is of.
    pub session: &'a SsoSession,
    /// How AWS is reached.
    pub connection: &'a Connection,
    /// What is allowed of a login.
    pub policy: &'a LoginPolicy,
    /// The profile that led to the session, for hints and for legacy portals.
    pub profile: Option<&'a ProfileName>,
}

impl SessionRequest<'_> {
    /// The command that logs in to the session.
    pub fn login_command(&self) -> String {
        self.session.login_command(self.profile)
    }

    /// The section of the configuration that `sso_region` is in.
    pub fn section(&self) -> String {
        match (&self.session.name, self.profile) {
            (Some(name), _) => format!("`[sso-session {name}]`"),
            (None, Some(profile)) => format!("the profile `{profile}`"),
            (None, None) => "the profile".to_owned(),
        }
    }

    /// The error where a login is needed, and there is nobody to be asked.
    pub fn nobody_here(&self) -> Error {
        let command = self.login_command();
        Error::login_required(format!("a login to `{}` is needed", self.session.label()))
            .cause("there is neither a terminal nor a browser here")
            .hint(format!("run `{command}` in a terminal, then run this again"))
            .hint(format!("or run `{command} --device-code` and open its URL on any device"))
    }
}
