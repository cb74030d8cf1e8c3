//! Console logins as verbs see them: which one is meant, logging in to it, and what follows from it.

use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::config::{Config, active_names};
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;
use crate::domain::profile::Connection;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::identity::session::login_request::LoginRequest;
use crate::identity::session::login_session::{self, Wanted, Way};
use crate::identity::sources;
use crate::io::{App, ask};

use super::session;

/// A console login, and how AWS is reached for it.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub session: LoginSession,
    /// The profile's endpoint settings.
    pub connection: Connection,
    /// The profile that led to it.
    pub profile: ProfileName,
}

/// The console login that a profile's chain ends in.
pub fn of_profile(config: &Config, profile: &ProfileName) -> Option<Chosen> {
    let target = config.target(profile).ok()?;
    let session = target.source.login_root()?.clone();
    Some(Chosen { session, connection: target.connection, profile: profile.clone() })
}

/// The console login that a command means, unless it means a session of IAM Identity Center: the
/// profile's; what this shell uses; the only one, where there is no session.
pub fn choose(app: &App, config: &Config, profile: Option<&ProfileName>) -> Result<Option<Chosen>> {
    if let Some(profile) = profile {
        return Ok(of_profile(config, profile));
    }
    for profile in active_names(&app.env) {
        if config.has_profile(profile.as_str()) {
            return Ok(of_profile(config, &profile));
        }
    }
    let logins = config.logins();
    let [(_, profile)] = logins.as_slice() else { return Ok(None) };
    let only = session::sessions(config)?.is_empty();
    Ok(of_profile(config, profile).filter(|_| only))
}

/// Logs in, and says on standard error how that ended.
pub fn log_in(
    app: &App,
    config: &Config,
    chosen: &Chosen,
    policy: &LoginPolicy,
    region: Option<&str>,
) -> Result<()> {
    let request = LoginRequest {
        session: &chosen.session,
        connection: &chosen.connection,
        policy,
        profile: Some(&chosen.profile),
        region,
    };
    let wanted = if policy.force { Wanted::Login } else { Wanted::Fresh };
    let mut other = None;
    let take = |found: &str| {
        let arn = &chosen.session.arn;
        let question = format!(
            "The browser is signed in as `{found}`, and the profile is of `{arn}`. Change the profile?"
        );
        if !ask::confirm(app, &question, false)? {
            return Err(Error::failed(format!("the login as `{found}` was not kept")).hint(
                "sign out of the console or choose the other session there, then try again",
            ));
        }
        let session = LoginSession { arn: found.to_owned(), ..chosen.session.clone() };
        other = Some(session.clone());
        Ok(session)
    };
    let (login, way) = login_session::obtain_or(app, request, wanted, take)?;
    if let Some(session) = &other {
        change(app, config, &chosen.profile, session)?;
    }
    let arn = other.as_ref().map_or(&chosen.session.arn, |session| &session.arn);
    let until = login.credentials.expiration.map(Timestamp::to_rfc3339).unwrap_or_default();
    app.term.say(&match way {
        Way::Kept => format!("Already logged in as `{arn}`; credentials until {until}."),
        Way::Refreshed => format!("The login of `{arn}` was refreshed; credentials until {until}."),
        Way::LoggedIn => format!("Logged in as `{arn}`; credentials until {until}."),
    });
    Ok(())
}

/// Writes another identity into the profile that names the one before.
fn change(app: &App, config: &Config, profile: &ProfileName, session: &LoginSession) -> Result<()> {
    let holder = config.login_holder(profile).unwrap_or_else(|| profile.clone());
    let mut editing = Editing::begin(app)?;
    editing.config.set(&Name::profile(holder.as_str()), "login_session", &session.arn)?;
    editing.finish(app, false)?;
    app.term.say(&format!("The profile `{holder}` is now of `{}`.", session.arn));
    Ok(())
}

/// The hashes of the cached credentials of roles that are assumed with a login.
pub fn roles_on_top(app: &App, config: &Config, session: &LoginSession) -> Vec<String> {
    let targets = config.names().filter_map(|name| config.target(name).ok());
    let on_top = targets.filter(|target| {
        let root = target.source.login_root();
        root.is_some_and(|root| root.arn == session.arn)
    });
    on_top.filter_map(|target| sources::key_hash(app, &target.source)).collect()
}
