//! Sessions: start URLs, Regions, tokens and registrations.

use super::mend::Mend;
use super::patient::{NO_SESSION, Patient};
use super::problem::{Problem, Status};
use super::profiles;
use crate::config::edit::Name;
use crate::config::{self, Config};
use crate::domain::names::ProfileName;
use crate::domain::profile::SsoSession;
use crate::domain::token::TokenState;
use crate::identity::instance::start_url as urls;
use crate::identity::instance::start_url::normalize_start_url;
use crate::identity::session::access;
use crate::identity::store::{session_state, tokens};

/// `sso_start_url` and `sso_region` beside `sso_session`. Equal ones can be taken out.
pub fn keys(_: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let Some(session) = values.text("sso_session") else { continue };
        let session = config.session_values(session);
        for key in ["sso_start_url", "sso_region"] {
            let Some((file, line)) = values.place(key) else { continue };
            let theirs = session.and_then(|session| session.text(key));
            let what = format!("profile `{name}` has `{key}` beside `sso_session`");
            let fix = format!("remove `{key}` from the profile `{name}`");
            let problem = match theirs {
                Some(theirs) if values.text(key) != Some(theirs) => {
                    let why =
                        format!("the session says `{theirs}`: the AWS CLI refuses the profile");
                    Problem::fail(what, why, fix)
                }
                _ => {
                    let why = "the SDK for Rust refuses the profile, JavaScript ignores the key";
                    let problem = Problem::warn(what, why, fix);
                    match theirs {
                        Some(_) => problem.mended_by(Mend::RemoveKey {
                            profile: name.to_string(),
                            key: key.to_owned(),
                        }),
                        None => problem,
                    }
                }
            };
            found.push(problem.at(&file.path, Some(line)));
        }
    }
    found
}

/// Scopes without `sso:account:access`.
pub fn scopes(_: &Patient, config: &Config) -> Vec<Problem> {
    const KEY: &str = "sso_registration_scopes";
    const NEEDED: &str = "sso:account:access";
    let mut found = Vec::new();
    for name in config.session_names() {
        let Some(values) = config.session_values(name.as_str()) else { continue };
        let Some((file, line)) = values.place(KEY) else { continue };
        let text = values.text(KEY).unwrap_or_default();
        let scopes = config::scopes(text);
        if scopes.is_empty() || scopes.iter().any(|scope| scope == NEEDED) {
            continue;
        }
        let what = format!("session `{name}` asks for scopes without `{NEEDED}`");
        let why = "a login cannot list accounts or get role credentials";
        let value = format!("{},{NEEDED}", text.trim_end_matches([',', ' ']));
        let fix = format!("set `{KEY} = {value}`");
        let problem = Problem::warn(what, why, fix).mended_by(Mend::Set {
            name: Name::session(name.as_str()),
            key: KEY.to_owned(),
            value,
        });
        found.push(problem.at(&file.path, Some(line)));
    }
    found
}

/// Start URLs that are no portal's, or have a tail that makes another cache file of them.
pub fn start_url(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for session in &patient.sessions {
        let text = &session.start_url;
        if let Err(error) = urls::parse(text) {
            found.push(placed(config, session, "sso_start_url", Problem::of_error(&error)));
            continue;
        }
        let Some(plain) = normalize_start_url(text).filter(|_| has_tail(text)) else { continue };
        let what = format!(
            "the start URL `{text}` of `{}` has extra characters after the address",
            session.label()
        );
        let why = "each spelling is another portal to the caches of AWS tools, and the service \
                   may refuse it";
        let problem = Problem::warn(what, why, format!("set `sso_start_url = {plain}`"));
        let problem = match &session.name {
            Some(name) => problem.mended_by(Mend::Set {
                name: Name::session(name.as_str()),
                key: "sso_start_url".to_owned(),
                value: plain,
            }),
            None => problem,
        };
        found.push(placed(config, session, "sso_start_url", problem));
    }
    found
}

fn has_tail(url: &str) -> bool {
    url.ends_with('/') || url.contains('#')
}

/// `sso_region` that is no Region.
pub fn region(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for session in &patient.sessions {
        let whose = format!("`{}`", session.label());
        let region = session.region.as_str();
        let Some(problem) = profiles::misspelled(&whose, "sso_region", region, false) else {
            continue;
        };
        found.push(placed(config, session, "sso_region", problem));
    }
    found
}

/// Sessions that are not logged in, or not for long.
pub fn login(patient: &Patient, config: &Config) -> Vec<Problem> {
    let app = patient.app;
    if config.names().next().is_none() && config.session_names().is_empty() {
        let (what, why) = ("nothing is configured yet", "there is no session to log in to");
        return vec![Problem::warn(what, why, "ssoenv configure")];
    }
    if patient.sessions.is_empty() {
        return vec![Problem::skipped(NO_SESSION)];
    }
    let mut found = Vec::new();
    for session in &patient.sessions {
        let stored = match tokens::find(app, session) {
            Ok(stored) => stored,
            Err(error) => {
                found.push(Problem::of_error(&error));
                continue;
            }
        };
        let state = match &stored {
            tokens::Stored::Token(token) => {
                session_state::token_state(app, session, token).unwrap_or(TokenState::Expired)
            }
            _ => TokenState::Expired,
        };
        match state {
            TokenState::Fresh | TokenState::Refreshable => {}
            TokenState::Ending => found.push(Problem::warn(
                format!("session `{}` ends soon and cannot be refreshed", session.label()),
                "the next command after that needs a login",
                format!("{} --force", session.login_command(None)),
            )),
            TokenState::Expired => {
                let error = access::login_needed(app, session, None, &stored);
                let problem = Problem::of_error(&error);
                let fix = session.login_command(None);
                found.push(Problem { status: Status::Warn, fix, ..problem });
            }
        }
    }
    found
}

/// Registrations that have ended, so that a living token cannot be refreshed.
pub fn registration(patient: &Patient, _: &Config) -> Vec<Problem> {
    let now = patient.app.clock.now();
    let mut found = Vec::new();
    for session in &patient.sessions {
        let Ok(Some(token)) = tokens::load(patient.app, session) else { continue };
        let ended = token.client.as_ref().and_then(|client| client.expires_at);
        if token.refresh_token.is_some() && ended.is_some_and(|ended| ended <= now) {
            found.push(Problem::warn(
                format!("the client registration of `{}` has expired", session.label()),
                "the session cannot be refreshed any more; the next login registers again",
                session.login_command(None),
            ));
        }
    }
    found
}

/// The profiles that have this portal's keys in themselves; none of a named session.
pub(super) fn legacy_profiles(config: &Config, session: &SsoSession) -> Vec<ProfileName> {
    if session.name.is_some() {
        return Vec::new();
    }
    let is_of = |name: &ProfileName| {
        config.own_session(name).is_ok_and(|other| other.as_ref() == Some(session))
    };
    config.profile_names().into_iter().filter(is_of).collect()
}

/// At the key of the session, or of the first profile that has it in itself.
pub(super) fn placed(
    config: &Config,
    session: &SsoSession,
    key: &str,
    problem: Problem,
) -> Problem {
    match &session.name {
        Some(name) => problem.at_key(config.session_values(name.as_str()), key),
        None => match legacy_profiles(config, session).first() {
            Some(profile) => in_profile(config, profile, key, problem),
            None => problem,
        },
    }
}

/// At the key of this profile.
pub(super) fn in_profile(
    config: &Config,
    profile: &ProfileName,
    key: &str,
    problem: Problem,
) -> Problem {
    problem.at_key(config.values(profile.as_str()), key)
}
