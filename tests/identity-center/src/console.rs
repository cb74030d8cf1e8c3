//! Console federation: a sign-in token for credentials, a redirect for a sign-in token.

use crate::answer::Answer;
use crate::call::Call;
use crate::operation::Operation;
use crate::state::{KeyKind, State};
use serde_json::{Value, json};
use std::time::Duration;

fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    Answer::new(400, "text/plain", what)
}

fn names(state: &mut State, call: &Call, known: &[&str]) -> Result<(), Answer> {
    for (name, _) in &call.query {
        if !known.contains(&name.as_str()) {
            return Err(refuse(state, call, &format!("unknown parameter {name}")));
        }
    }
    Ok(())
}

pub(crate) fn answer(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    if call.op == Operation::GetSigninToken {
        signin_token(state, call)
    } else {
        login(state, call)
    }
}

fn signin_token(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    names(state, call, &["Action", "SessionDuration", "Session", "SessionType"])?;
    let session = call.param("Session").unwrap_or_default();
    let Ok(Value::Object(session)) = serde_json::from_str(session) else {
        return Err(refuse(state, call, "Session is not a JSON object"));
    };
    for name in ["sessionId", "sessionKey", "sessionToken"] {
        if !session.get(name).is_some_and(Value::is_string) {
            return Err(refuse(state, call, &format!("Session has no text {name}")));
        }
    }
    if session.len() != 3 {
        return Err(refuse(state, call, "Session has other fields than the three"));
    }
    let text = |name: &str| session[name].as_str().unwrap_or_default();
    let keys = state.keys.get(text("sessionId")).cloned();
    let Some(keys) = keys.filter(|k| {
        k.secret == text("sessionKey") && k.session_token.as_deref() == Some(text("sessionToken"))
    }) else {
        return Err(Answer::new(400, "text/plain", "Invalid session credentials"));
    };
    if keys.expires.is_none_or(|at| at <= state.now()) {
        return Err(Answer::new(400, "text/plain", "The credentials have expired"));
    }
    match call.param("SessionDuration").map(str::parse::<u32>) {
        None => {}
        Some(_) if keys.kind == KeyKind::Chained => {
            return Err(Answer::new(
                400,
                "text/plain",
                "SessionDuration is not allowed for credentials from role chaining",
            ));
        }
        Some(Ok(seconds)) if (900..=43200).contains(&seconds) => {}
        Some(_) => {
            return Err(refuse(state, call, "SessionDuration is not between 900 and 43200"));
        }
    }
    let token = state.secrets.token("VCQg", 900);
    let until = state.now() + Duration::from_mins(15);
    state.signin_tokens.insert(token.clone(), until);
    Ok(Answer::json(200, &json!({ "SigninToken": token })))
}

fn login(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    names(state, call, &["Action", "Issuer", "Destination", "SigninToken"])?;
    let destination = call.param("Destination").unwrap_or_default().to_owned();
    if !destination.starts_with("https://") {
        return Err(refuse(state, call, "Destination is not an https address"));
    }
    let token = call.param("SigninToken").unwrap_or_default().to_owned();
    match state.signin_tokens.remove(&token) {
        Some(until) if until > state.now() => Ok(Answer::redirect(&destination)),
        Some(_) => Err(Answer::new(400, "text/plain", "The sign-in token has expired")),
        None => Err(refuse(state, call, "the sign-in token is unknown or was used before")),
    }
}
