//! Which session a command means: the one named, the profile's, what this shell uses, the only
//! one, or the one that is picked.

use crate::config::{Config, active_names};
use crate::domain::label::label;
use crate::domain::names::{ProfileName, SessionName};
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::{Error, Result};
use crate::io::{App, ask};

/// A session, and how AWS is reached for it.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub session: SsoSession,
    /// The active profile's endpoint settings.
    pub connection: Connection,
    /// The profile that led to it, for hints.
    pub profile: Option<ProfileName>,
}

/// The session that a command without further words means.
///
/// # Errors
/// `Config` for a profile or session that is not there or incomplete; `Usage` where several fit
/// and there is no terminal to ask.
pub fn choose(
    app: &App,
    config: &Config,
    profile: Option<&ProfileName>,
    session: Option<&SessionName>,
) -> Result<Chosen> {
    if let Some(name) = session {
        let session = config.session(name)?;
        return Ok(Chosen {
            session,
            connection: config.active_connection(&app.env)?,
            profile: None,
        });
    }
    if let Some(profile) = profile {
        let session = config.session_of(profile)?.ok_or_else(|| {
            Error::config(format!("the profile `{profile}` has no IAM Identity Center session"))
                .hint("run `ssoenv login --sso-session NAME`, or `ssoenv configure` to add one")
        })?;
        return of_profile(config, session, profile.clone());
    }
    for profile in active_names(&app.env) {
        if config.has_profile(profile.as_str())
            && let Some(session) = config.session_of(&profile)?
        {
            return of_profile(config, session, profile);
        }
    }
    let mut sessions = sessions(config)?;
    let session = match sessions.len() {
        0 => return Err(none()),
        1 => sessions.remove(0),
        _ => {
            let default = ProfileName::from("default");
            if config.has_profile("default")
                && let Some(session) = config.session_of(&default)?
            {
                return of_profile(config, session, default);
            }
            pick(app, sessions)?
        }
    };
    let (connection, profile) = reach(app, config, &session)?;
    Ok(Chosen { session, connection, profile })
}

/// How a session is reached: a legacy portal through the first profile that names it.
pub fn reach(
    app: &App,
    config: &Config,
    session: &SsoSession,
) -> Result<(Connection, Option<ProfileName>)> {
    if session.name.is_some() {
        return Ok((config.active_connection(&app.env)?, None));
    }
    let is_of = |name: &ProfileName| {
        config.own_session(name).is_ok_and(|other| other.as_ref() == Some(session))
    };
    let profile = config.profile_names().into_iter().find(is_of);
    let connection = config.connection(profile.as_ref().map(ProfileName::as_str))?;
    Ok((connection, profile))
}

/// The sessions that count: the named ones, or the legacy portals where there is none.
pub fn sessions(config: &Config) -> Result<Vec<SsoSession>> {
    let named: Vec<_> =
        config.session_names().iter().map(|name| config.session(name)).collect::<Result<_>>()?;
    Ok(if named.is_empty() { config.legacy_sessions() } else { named })
}

/// [`sessions`] for a listing: one that cannot be read is said, and does not hide the others.
pub fn readable_sessions(app: &App, config: &Config) -> Result<Vec<SsoSession>> {
    let (mut named, mut broken) = (Vec::new(), Vec::new());
    for session in config.sessions() {
        match session {
            Ok(session) => named.push(session),
            Err(error) => broken.push(error),
        }
    }
    if named.is_empty() {
        return broken.into_iter().next().map_or_else(|| Ok(config.legacy_sessions()), Err);
    }
    for error in broken {
        app.term.warn(&error.to_string());
        error.hints.iter().for_each(|hint| app.term.hint(hint));
    }
    Ok(named)
}

fn of_profile(config: &Config, session: SsoSession, profile: ProfileName) -> Result<Chosen> {
    let connection = config.connection(Some(profile.as_str()))?;
    Ok(Chosen { session, connection, profile: Some(profile) })
}

/// The error where nobody has set up a session.
pub fn none() -> Error {
    Error::config("there is no IAM Identity Center session in the configuration")
        .hint("run `ssoenv configure` to add one")
}

fn pick(app: &App, sessions: Vec<SsoSession>) -> Result<SsoSession> {
    let names: Vec<_> = sessions.iter().map(|session| label(session.label(), 80)).collect();
    if !app.term.can_ask() {
        return Err(Error::usage("there are several sessions, and no terminal to choose one at")
            .cause(format!("they are {}", quoted(&names)))
            .hint("name one with `--sso-session`"));
    }
    let picked = ask::select(app, "Session", &names, "--sso-session SESSION")?;
    Ok(sessions.into_iter().nth(picked).expect("the index is one of the list's"))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
