//! Sessions: start URLs, Regions, tokens and registrations.

use super::mend::Mend;
use super::{Patient, Problem, profiles};
use crate::config::Config;
use crate::config::edit::Name;
use crate::domain::names::ProfileName;
use crate::domain::profile::SsoSession;
use crate::domain::token::TokenState;
use crate::identity::instance::start_url as urls;
use crate::identity::instance::start_url::normalise_start_url;
use crate::identity::session::access;
use crate::identity::store::{session_state, tokens};

/// Start URLs that are no portal's, or have a tail that makes another cache file of them.
pub fn start_url(patient: &Patient) -> Vec<Problem> {
    let mut found = Vec::new();
    for session in &patient.sessions {
        let text = &session.start_url;
        if let Err(error) = urls::parse(text) {
            found.push(placed(patient, session, "sso_start_url", Problem::of_error(&error)));
            continue;
        }
        let Some(plain) = normalise_start_url(text).filter(|_| has_tail(text)) else { continue };
        let what = format!("the start URL `{text}` of `{}` has a tail", session.label());
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
        found.push(placed(patient, session, "sso_start_url", problem));
    }
    found
}

fn has_tail(url: &str) -> bool {
    url.ends_with(['/', '#']) || url.contains("/#") || url.contains('#')
}

/// `sso_region` that is no Region.
pub fn region(patient: &Patient) -> Vec<Problem> {
    let mut found = Vec::new();
    for session in &patient.sessions {
        let whose = format!("`{}`", session.label());
        let Some(problem) = profiles::misspelt(&whose, "sso_region", session.region.as_str())
        else {
            continue;
        };
        found.push(placed(patient, session, "sso_region", problem));
    }
    found
}

/// Sessions that are not logged in, or not for long.
pub fn login(patient: &Patient) -> Vec<Problem> {
    let app = patient.app;
    let is_empty =
        |config: &Config| config.names().next().is_none() && config.session_names().is_empty();
    if patient.config.as_ref().is_some_and(is_empty) {
        let (what, why) = ("nothing is configured yet", "there is no session to log in to");
        return vec![Problem::warn(what, why, "run `ssoenv configure`")];
    }
    let mut found = Vec::new();
    for session in &patient.sessions {
        let Ok(stored) = tokens::find(app, session) else { continue };
        let state = match &stored {
            tokens::Stored::Token(token) => {
                session_state::token_state(app, session, token).unwrap_or(TokenState::Expired)
            }
            _ => TokenState::Expired,
        };
        match state {
            TokenState::Fresh | TokenState::Refreshable => {}
            TokenState::Ending => found.push(Problem::warn(
                format!("the session `{}` ends soon and cannot be refreshed", session.label()),
                "a login will be needed then",
                format!("{} --force", session.login_command(None)),
            )),
            TokenState::Expired => {
                let error = access::login_needed(app, session, None, &stored);
                let problem = Problem::of_error(&error);
                found.push(Problem { status: super::Status::Warn, ..problem });
            }
        }
    }
    found
}

/// Registrations that have ended, so that a living token cannot be refreshed.
pub fn registration(patient: &Patient) -> Vec<Problem> {
    let now = patient.app.clock.now();
    let mut found = Vec::new();
    for session in &patient.sessions {
        let Ok(Some(token)) = tokens::load(patient.app, session) else { continue };
        let ended = token.client.as_ref().and_then(|client| client.expires_at);
        if token.refresh_token.is_some() && ended.is_some_and(|ended| ended <= now) {
            found.push(Problem::warn(
                format!("the client registration of `{}` has expired", session.label()),
                "the session cannot be refreshed any more; the next login registers anew",
                session.login_command(None),
            ));
        }
    }
    found
}

/// The profiles that have this portal's keys in themselves; none of a named session.
pub(super) fn legacy_profiles(patient: &Patient, session: &SsoSession) -> Vec<ProfileName> {
    let Some(config) = patient.config.as_ref().filter(|_| session.name.is_none()) else {
        return Vec::new();
    };
    let is_of = |name: &ProfileName| {
        config.session_of(name).is_ok_and(|other| other.as_ref() == Some(session))
    };
    config.profile_names().into_iter().filter(is_of).collect()
}

/// At the key of the session, or of the first profile that has it in itself.
pub(super) fn placed(
    patient: &Patient,
    session: &SsoSession,
    key: &str,
    problem: Problem,
) -> Problem {
    match &session.name {
        Some(name) => {
            let values = patient.config.as_ref().and_then(|c| c.session_values(name.as_str()));
            match values.and_then(|values| values.place(key)) {
                Some((file, line)) => problem.at(&file.path, Some(line)),
                None => problem,
            }
        }
        None => match legacy_profiles(patient, session).first() {
            Some(profile) => in_profile(patient, profile, key, problem),
            None => problem,
        },
    }
}

/// At the key of this profile.
pub(super) fn in_profile(
    patient: &Patient,
    profile: &ProfileName,
    key: &str,
    problem: Problem,
) -> Problem {
    let values = patient.config.as_ref().and_then(|config| config.values(profile.as_str()));
    match values.and_then(|values| values.place(key)) {
        Some((file, line)) => problem.at(&file.path, Some(line)),
        None => problem,
    }
}
