//! The first half of the wizard: a session that is there, or one that is described.

use super::answers::Answers;
use super::ask::{self, Line};
use crate::commands::shared::checks;
use crate::commands::shared::region;
use crate::config::{Config, Values, scopes};
use crate::domain::names::{Region, SessionName};
use crate::domain::profile::SsoSession;
use crate::domain::region_list::known_regions;
use crate::domain::{Error, Kind, Result};
use crate::identity::instance::start_url::same_portal;
use crate::identity::wire::endpoint::{self, Service};
use crate::io::{self, App};

/// The session to log in to, and its scopes as text. What the config file says of a session of
/// that name is taken; what is missing there is asked.
pub fn session(
    app: &App,
    config: &Config,
    answers: &mut Answers,
) -> Result<(SsoSession, Option<String>)> {
    let known: Vec<String> = config.session_names().iter().map(ToString::to_string).collect();
    let name = Line {
        text: "SSO session name",
        flag: "--sso-session NAME",
        default: Some(known.first().cloned().unwrap_or_else(|| "sso".to_owned())),
        help: None,
        suggestions: known,
        judge: checks::name,
    };
    // In every step: an answer that is refused is not kept for the next run.
    let given = answers.session.take();
    let name = match given {
        // A session that is there keeps its name, whatever it is.
        Some(given) if config.session_values(&given).is_some() => given,
        given => name.answer(app, given.as_deref())?,
    };
    answers.session = Some(name.clone());
    let values = config.session_values(&name);
    let present = |key: &str| values.and_then(|values| values.text(key));
    let legacy = legacy(config, answers, values);
    let start_url = start_url(app, present("sso_start_url"), legacy.as_ref(), &name, answers)?;
    let region =
        region(app, config, present("sso_region"), legacy.as_ref(), &start_url, &name, answers)?;
    let scope_text = match (present("sso_registration_scopes"), answers.scopes.take()) {
        (_, Some(given)) => {
            ask::judged("SSO registration scopes", "--scopes", checks::scopes, &given)?;
            Some(given)
        }
        (Some(present), None) => Some(present.to_owned()),
        // A session without the key has the default; adding it would change its registration.
        (None, None) => values.is_none().then(|| checks::NEEDED_SCOPE.to_owned()),
    };
    answers.scopes.clone_from(&scope_text);
    let session = SsoSession {
        name: Some(SessionName::new(name)),
        start_url,
        region: Region::new(region),
        scopes: scope_text.as_deref().map(scopes),
    };
    Ok((session, scope_text))
}

/// The portal of the legacy profile that is to be converted, or the only one there is: what is
/// proposed for a new session.
fn legacy(config: &Config, answers: &Answers, session: Option<Values>) -> Option<SsoSession> {
    if session.is_some() {
        return None;
    }
    if let Some(name) = &answers.profile
        && let Ok(Some(session)) = config.own_session(&name.as_str().into())
        && session.name.is_none()
    {
        return Some(session);
    }
    match config.legacy_sessions().as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn start_url(
    app: &App,
    present: Option<&str>,
    legacy: Option<&SsoSession>,
    session: &str,
    answers: &mut Answers,
) -> Result<String> {
    let line = Line {
        text: "SSO start URL",
        flag: "--start-url URL",
        default: legacy.map(|legacy| legacy.start_url.clone()),
        help: Some("the address of the AWS access portal: https://NAME.awsapps.com/start"),
        suggestions: Vec::new(),
        judge: |text| checks::start_url(text).map(drop),
    };
    let url = match (present, answers.start_url.take()) {
        (Some(present), None) => present.to_owned(),
        (present, given) => {
            let answer = line.answer(app, given.as_deref())?;
            // The judge was content: there is a repaired form.
            let url = checks::start_url(&answer).unwrap_or(answer.clone());
            if url != answer {
                app.term.say(&format!("the start URL is taken as {url}"));
            }
            agree(app, session, "sso_start_url", present, &url)?;
            url
        }
    };
    answers.start_url = Some(url.clone());
    Ok(url)
}

fn region(
    app: &App,
    config: &Config,
    present: Option<&str>,
    legacy: Option<&SsoSession>,
    start_url: &str,
    session: &str,
    answers: &mut Answers,
) -> Result<String> {
    let region = match (present, answers.sso_region.take()) {
        (Some(present), None) => present.to_owned(),
        (present, given) => {
            let legacy = legacy.filter(|legacy| same_portal(&legacy.start_url, start_url));
            let mut one_for_all = None;
            let found = match (&given, legacy) {
                (Some(_), _) => None,
                (None, Some(legacy)) => Some(legacy.region.to_string()),
                (None, None) => {
                    let connection = config.connection(None)?;
                    one_for_all = endpoint::one_for_all(&app.env, &connection, Service::Oidc);
                    super::portal::find_region(app, config, &connection, start_url)?
                }
            };
            if let Some(found) = &found {
                app.term.say(&format!("the SSO Region is {found}"));
            }
            let line = Line {
                text: "SSO region",
                flag: "--sso-region REGION",
                default: None,
                help: Some("the Region of the Identity Center instance"),
                suggestions: known_regions().map(str::to_owned).collect(),
                judge: checks::region,
            };
            let answer = line.answer(app, given.as_deref().or(found.as_deref()));
            let region = answer.map_err(|error| match one_for_all {
                Some(origin) if error.kind != Kind::Interrupted => error.cause(format!(
                    "one configured endpoint, `{origin}`, stands for all Regions: it cannot say which is right"
                )),
                _ => error,
            })?;
            region::warn_of_unknown(app, &region);
            agree(app, session, "sso_region", present, &region)?;
            region
        }
    };
    answers.sso_region = Some(region.clone());
    Ok(region)
}

/// A session that says something else is changed only with the user's word.
fn agree(app: &App, session: &str, key: &str, present: Option<&str>, new: &str) -> Result<()> {
    let Some(present) = present.filter(|present| *present != new) else { return Ok(()) };
    if key == "sso_start_url" && same_portal(present, new) {
        app.term.say(&format!("`{key}` of the session `{session}` is repaired: {new}"));
        return Ok(());
    }
    let question =
        format!("The session `{session}` has `{key} = {present}`: change it to `{new}`?");
    if io::ask::confirm(app, &question, false)? {
        return Ok(());
    }
    Err(Error::failed(format!("the session `{session}` is left as it is"))
        .hint("choose another `--sso-session`"))
}
