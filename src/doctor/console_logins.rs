//! Console logins: their caches, and profiles that say two things about their credentials.

use super::patient::Patient;
use super::problem::Problem;
use crate::config::Config;
use crate::domain::login_session::{LoginSession, SESSION_SECONDS, login_command};
use crate::domain::names::ProfileName;
use crate::identity::store::login_sessions::{self, Login, Stored};

/// Logins that are not there, cannot be used or have ended.
pub fn login(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for (session, profile) in config.logins() {
        let fix = login_command(Some(&profile));
        let arn = &session.arn;
        let problem = if session.account_id().is_none() {
            let what = format!("profile `{profile}` has `login_session = {arn}`");
            let why = "that is not the ARN of an identity that can sign in to the console";
            Problem::fail(what, why, "ssoenv configure --console")
        } else {
            let why = match login_sessions::find(patient.app, &session) {
                Err(error) => {
                    found.push(Problem::of_error(&error));
                    continue;
                }
                Ok(Stored::Login(login)) => match ended(patient, &session, &login) {
                    Some(why) => why,
                    None => continue,
                },
                Ok(Stored::Absent) => on_top(patient, &session, &profile),
                Ok(Stored::Broken(why)) => why,
            };
            Problem::warn(format!("not logged in to the console as `{arn}`"), why, fix)
        };
        found.push(problem.at_place(config.source_line(profile.as_str())));
    }
    found
}

/// Why nothing can refresh a login any more.
fn ended(patient: &Patient, session: &LoginSession, login: &Login) -> Option<String> {
    let app = patient.app;
    let expires = login.credentials.expiration?;
    let past = app.clock.now().seconds() - expires.seconds();
    if past < 0 {
        return None;
    }
    let region = login.region.as_deref().or_else(|| session.region.needed().ok().flatten());
    let is_spent = region.is_some_and(|region| {
        login_sessions::is_spent(app, session, &login.refresh_token, region).unwrap_or(false)
    });
    if is_spent {
        return Some("its refresh token was refused or lost".to_owned());
    }
    (past > SESSION_SECONDS).then(|| {
        format!(
            "its credentials ended at {}, and a console session lasts 12 hours",
            expires.to_rfc3339()
        )
    })
}

/// What does not work without the login.
fn on_top(patient: &Patient, session: &LoginSession, holder: &ProfileName) -> String {
    let needs = patient.targets.iter().filter(|(name, target)| {
        let root = target.as_ref().ok().and_then(|target| target.source.login_root());
        name != holder && root.is_some_and(|root| root.arn == session.arn)
    });
    let names: Vec<_> = needs.map(|(name, _)| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "there is no cached login".to_owned(),
        [only] => format!("profile {only} needs the login too"),
        [first, ..] => {
            format!("{} other profiles need the login too, such as {first}", names.len())
        }
    }
}

/// Profiles that have a console login and another source of credentials.
pub fn sources(_: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, values) in config.each().filter(|(_, values)| values.contains("login_session")) {
        let Some(key) = RIVALS.into_iter().find(|key| values.contains(key)) else { continue };
        let problem = Problem::warn(
            format!("profile `{name}` has `login_session` and `{key}`"),
            "AWS tools do not agree which of the two they take",
            format!("keep one of the two in the profile `{name}`"),
        );
        found.push(problem.at_key(Some(values), key));
    }
    found
}

/// A key of every other source.
const RIVALS: [&str; 6] = [
    "role_arn",
    "web_identity_token_file",
    "sso_session",
    "sso_account_id",
    "aws_access_key_id",
    "credential_process",
];
