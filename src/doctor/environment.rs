//! Variables of this shell: what they name, what they win over, what is left of credentials.

use super::hook;
use super::patient::Patient;
use super::problem::Problem;
use crate::config::Config;
use crate::domain::active::{Active, Mode};
use crate::domain::env_delta::KEY_VARIABLES;
use crate::domain::speech;
use crate::domain::timestamp::Timestamp;
use crate::domain::winner::Winner;

/// `AWS_PROFILE` and its like name a profile that is there.
pub fn active(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for variable in [FIRST, SECOND, "SSOENV_PROFILE"] {
        let Some(name) = patient.app.env.get(variable) else { continue };
        if name.is_empty() {
            let what = format!("`{variable}` is empty");
            let why = "AWS tools look for a profile without a name";
            found.push(Problem::fail(what, why, speech::unset(&[variable])));
        } else if !config.has_profile(&name) {
            let fix = match config.nearest_profile(&name) {
                _ if is_ours(patient) => hook::clear(patient),
                Some(near) => format!(
                    "did you mean `{}`? {}",
                    speech::word(near),
                    (speech::reader().set)(variable, near)
                ),
                None => speech::unset(&[variable]),
            };
            let what = format!("profile `{name}` of `{variable}` not found");
            found.push(Problem::fail(what, "every AWS tool fails with it", fix));
        }
    }
    found
}

/// Whether what this shell has is what `use` has given it.
fn is_ours(patient: &Patient) -> bool {
    let get = |name: &str| patient.app.env.get(name);
    Active::read(get).is_some_and(|active| !active.is_shadowed(get))
}

/// Variables that AWS tools take before a profile.
pub fn shadowing(patient: &Patient) -> Vec<Problem> {
    let env = &patient.app.env;
    let profile = env.non_empty(FIRST).or_else(|| env.non_empty(SECOND));
    let mut found = Vec::new();
    let mut add = |name: &str, why: &str, unset: &[&str]| {
        found.push(Problem::warn(format!("`{name}` is set"), why, speech::unset(unset)));
    };
    let winner = Winner::of(|name| env.get(name));
    match (&profile, &winner) {
        (Some(profile), Winner::Keys) => {
            let why = format!(
                "the AWS CLI and most AWS SDKs use these credentials and not the profile \
                 `{profile}`; the SDK for JavaScript does the opposite"
            );
            add("AWS_ACCESS_KEY_ID", &why, &set(patient));
        }
        (Some(profile), Winner::Use(active)) if active.mode == Mode::Keys => {
            let name = if env.non_empty(FIRST).is_some() { FIRST } else { SECOND };
            let why = format!(
                "the SDK for JavaScript uses the profile `{profile}`; the AWS CLI and other AWS \
                 SDKs use the credentials of `ssoenv use`"
            );
            add(name, &why, &[name]);
        }
        _ => {}
    }
    if env.get("AWS_SECURITY_TOKEN").is_some() {
        let name = "AWS_SECURITY_TOKEN";
        add(name, "botocore takes it before `AWS_SESSION_TOKEN`", &[name]);
    }
    if profile.is_some() {
        for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
            if env.get(name).is_some() {
                add(name, "it wins over an SSO profile", &[name]);
            }
        }
    }
    if let (Some(first), Some(second)) = (env.get(FIRST), env.get(SECOND))
        && first != second
    {
        add(SECOND, "boto3 takes it before `AWS_PROFILE`, the AWS CLI after it", &[SECOND]);
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if env.get(name).is_some_and(|value| value.is_empty()) {
            add(name, "it is empty, and wins over the profile's Region all the same", &[name]);
        }
    }
    let mut tokens = env.names();
    tokens.retain(|name| name.starts_with(BEARER) && env.non_empty(name).is_some());
    tokens.sort_unstable();
    for name in tokens {
        let service = name[BEARER.len()..].replace('_', " ");
        let why = format!("calls to {service} use this token and not the profile's credentials");
        add(&name, &why, &[&name]);
    }
    found
}

/// Variables by which a coding agent is told from a person.
pub fn agent(patient: &Patient) -> Vec<Problem> {
    let Some(settings) = &patient.settings else { return Vec::new() };
    let markers = settings.agent_markers().into_iter();
    let set = markers.filter(|name| patient.app.env.non_empty(name).is_some());
    let found = set.map(|name| {
        Problem::warn(
            format!("`{name}` is set: a coding agent runs this"),
            "it gets no credentials where `agents = deny`, and is not asked to log in",
            format!("if you are a person: {}", speech::unset(&[&name])),
        )
    });
    found.collect()
}

/// Name a profile, in the AWS CLI's order.
const FIRST: &str = "AWS_PROFILE";
const SECOND: &str = "AWS_DEFAULT_PROFILE";

/// A token of one service, whose name follows.
const BEARER: &str = "AWS_BEARER_TOKEN_";

/// Those of the set that this shell has.
fn set(patient: &Patient) -> Vec<&'static str> {
    KEY_VARIABLES.into_iter().filter(|name| patient.app.env.get(name).is_some()).collect()
}

/// Expired credentials, and half a pair.
pub fn keys(patient: &Patient) -> Vec<Problem> {
    let env = &patient.app.env;
    let mut found = Vec::new();
    let has = |name: &str| env.non_empty(name).is_some();
    if has("AWS_ACCESS_KEY_ID") != has("AWS_SECRET_ACCESS_KEY") {
        let what = "only one of `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` is set";
        let fix = speech::unset(&set(patient));
        found.push(Problem::fail(what, "AWS tools refuse one without the other", fix));
    }
    if let Some(text) = env.get("AWS_CREDENTIAL_EXPIRATION") {
        let expired = Timestamp::parse(&text).is_some_and(|end| end <= patient.app.clock.now());
        if expired {
            let what = format!("the credentials in the environment expired at `{text}`");
            let why = "the AWS CLI refuses them without asking AWS";
            let fix = match env.non_empty("SSOENV_PROFILE").filter(|_| is_ours(patient)) {
                Some(name) => {
                    hook::changing(patient, &format!("ssoenv use {}", speech::word(&name)))
                }
                None if is_ours(patient) => hook::clear(patient),
                None => speech::unset(&set(patient)),
            };
            found.push(Problem::fail(what, why, fix));
        }
    }
    found
}
