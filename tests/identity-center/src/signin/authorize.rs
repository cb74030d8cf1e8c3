//! The page that the browser opens, and the one that shows the code of a login on another device.

use super::{CONFIRMATION, CROSS_DEVICE, Code, SAME_DEVICE, origin};
use crate::answer::Answer;
use crate::call::{Call, encode, find};
use crate::oidc::authorize::loopback_path;
use crate::pages;
use crate::state::State;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

const PARAMETERS: &[&str] = &[
    "response_type",
    "client_id",
    "state",
    "code_challenge_method",
    "scope",
    "redirect_uri",
    "code_challenge",
];

fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    Answer::html(400, pages::message("Invalid request", what))
}

fn check(state: &mut State, call: &Call, query: &[(String, String)]) -> Result<(), Answer> {
    for (name, _) in query {
        if !PARAMETERS.contains(&name.as_str()) {
            return Err(refuse(state, call, &format!("unknown parameter {name}")));
        }
        if query.iter().filter(|(n, _)| n == name).count() > 1 {
            return Err(refuse(state, call, &format!("parameter {name} is repeated")));
        }
    }
    for name in PARAMETERS {
        if find(query, name).is_none_or(str::is_empty) {
            return Err(refuse(state, call, &format!("parameter {name} is missing")));
        }
    }
    let value = |name: &str| find(query, name).unwrap_or_default();
    for (name, word) in
        [("response_type", "code"), ("code_challenge_method", "SHA-256"), ("scope", "openid")]
    {
        if value(name) != word {
            return Err(refuse(state, call, &format!("{name} is not {word}")));
        }
    }
    let challenge = value("code_challenge");
    if challenge.len() != 43
        || !challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    {
        return Err(refuse(state, call, "code_challenge is not 43 characters of base64url"));
    }
    let uri = value("redirect_uri");
    let fits = match value("client_id") {
        SAME_DEVICE => loopback_path(uri)
            .is_some_and(|(path, port)| path == "/oauth/callback" && port.is_some()),
        CROSS_DEVICE => uri == format!("{}{CONFIRMATION}", origin(call)),
        _ => return Err(refuse(state, call, "client_id is not one of the two")),
    };
    if fits { Ok(()) } else { Err(refuse(state, call, "redirect_uri does not fit the client")) }
}

/// The person says no at once.
pub(crate) fn denied(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    check(state, call, &call.query)?;
    Ok(refusal(&call.query))
}

fn refusal(query: &[(String, String)]) -> Answer {
    Answer::redirect(&format!(
        "{}?error=access_denied&state={}",
        find(query, "redirect_uri").unwrap_or_default(),
        encode(find(query, "state").unwrap_or_default())
    ))
}

pub(crate) fn authorize(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let mut query = if call.method == "POST" { call.form() } else { call.query.clone() };
    let decision = find(&query, "decision").map(ToOwned::to_owned);
    if call.method == "POST" {
        query.retain(|(name, _)| name != "decision");
    }
    check(state, call, &query)?;
    match decision.as_deref() {
        Some("approve") if call.method == "POST" => {}
        Some(_) if call.method == "POST" => return Ok(refusal(&query)),
        _ if state.auto_approve => {}
        _ => return Ok(Answer::html(200, pages::confirm_authorize(state, &call.path, &query))),
    }
    let value = |name: &str| find(&query, name).unwrap_or_default().to_owned();
    let code = state.secrets.token("", 400);
    let given = Code {
        client_id: value("client_id"),
        redirect_uri: value("redirect_uri"),
        challenge: value("code_challenge"),
        region: call.via.region.clone(),
        identity: state.signin.identity.clone(),
        expires: state.now() + state.lifetimes.authorization_code,
        used: false,
    };
    let uri = given.redirect_uri.clone();
    state.signin.codes.insert(code.clone(), given);
    Ok(Answer::redirect(&format!("{uri}?code={}&state={}", encode(&code), encode(&value("state")))))
}

/// What the person copies.
pub(crate) fn confirmation(call: &Call) -> Answer {
    let value = |name: &str| call.param(name).unwrap_or_default();
    let text = BASE64_STANDARD.encode(format!("state={}&code={}", value("state"), value("code")));
    Answer::html(200, pages::verification_code(&text))
}
