//! Strict reading of JSON bodies: names, letter case and types.

use crate::answer::{Answer, oidc_error};
use crate::call::Call;
use crate::state::State;
use serde_json::{Map, Value};

pub(crate) type Fields = Map<String, Value>;

/// A 400 that is also a violation.
pub(crate) fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    oidc_error(400, "InvalidRequestException", what)
}

/// The body as an object that has no other fields than `allowed`.
pub(crate) fn object(state: &mut State, call: &Call, allowed: &[&str]) -> Result<Fields, Answer> {
    if !call.header("content-type").is_some_and(|t| t.starts_with("application/json")) {
        return Err(refuse(state, call, "Content-Type is not application/json"));
    }
    if !call.raw_query.is_empty() {
        return Err(refuse(state, call, "query parameters on an operation that has none"));
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(&call.body) else {
        return Err(refuse(state, call, "the body is not a JSON object"));
    };
    for name in fields.keys() {
        if !allowed.contains(&name.as_str()) {
            return Err(refuse(state, call, &format!("unknown field {name}")));
        }
    }
    Ok(fields)
}

/// A text field.
pub(crate) fn optional(
    state: &mut State,
    call: &Call,
    fields: &Fields,
    name: &str,
) -> Result<Option<String>, Answer> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(refuse(state, call, &format!("field {name} is empty"))),
        Some(_) => Err(refuse(state, call, &format!("field {name} is not a string"))),
    }
}

/// A text field that must be there.
pub(crate) fn required(
    state: &mut State,
    call: &Call,
    fields: &Fields,
    name: &str,
) -> Result<String, Answer> {
    match optional(state, call, fields, name)? {
        Some(text) => Ok(text),
        None => Err(refuse(state, call, &format!("field {name} is missing"))),
    }
}

/// A field that is a list of texts; an absent one is an empty list.
pub(crate) fn list(
    state: &mut State,
    call: &Call,
    fields: &Fields,
    name: &str,
) -> Result<Vec<String>, Answer> {
    let Some(value) = fields.get(name) else {
        return Ok(Vec::new());
    };
    let texts: Option<Vec<String>> = value
        .as_array()
        .and_then(|items| items.iter().map(|i| i.as_str().map(ToOwned::to_owned)).collect());
    match texts {
        Some(texts) if !texts.is_empty() => Ok(texts),
        _ => Err(refuse(state, call, &format!("field {name} is not a list of strings"))),
    }
}
