//! `ssoenv login`: a token for a session, by refresh or by a person.

use super::shared::after_login;
use super::shared::session::{self, LoginFlags};
use crate::config::Config;
use crate::domain::Result;
use crate::domain::names::{ProfileName, SessionName};
use crate::identity::session::access::{Obtained, Way};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The profile whose session is meant.
    pub profile: Option<ProfileName>,
    /// `--sso-session`.
    pub session: Option<SessionName>,
    /// How.
    pub flags: LoginFlags,
}

/// Logs in, and says on standard error how that ended. Nothing goes to standard output.
pub fn run(app: &App, options: &Options) -> Result<u8> {
    let config = Config::load(app)?;
    let chosen = session::choose(app, &config, options.profile.as_ref(), options.session.as_ref())?;
    let policy = session::policy(app, options.flags)?;
    let (session, profile) = (&chosen.session, chosen.profile.as_ref());
    let request =
        SessionRequest { session, connection: &chosen.connection, policy: &policy, profile };
    let Obtained { token, way } = after_login::token(app, request)?;
    let label = session.label();
    let until = token.expires_at.to_rfc3339();
    app.term.say(&match way {
        Way::Kept => format!("Already logged in to `{label}` until {until}."),
        Way::Refreshed => format!("The session `{label}` was refreshed, until {until}."),
        Way::LoggedIn => format!("Logged in to `{label}` until {until}."),
    });
    Ok(0)
}
