//! The page that the browser opens for the authorization code flow.

use super::{GRANT_CODE, client_by_id};
use crate::answer::Answer;
use crate::call::{Call, encode, find};
use crate::pages;
use crate::state::{Client, Code, State};

const PARAMETERS: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge_method",
    "scopes",
    "code_challenge",
];

fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    Answer::html(400, pages::message("Invalid request", what))
}

/// `http://127.0.0.1:PORT/path` → `/path`
pub(crate) fn loopback_path(uri: &str) -> Option<(&str, Option<u16>)> {
    let rest = uri.strip_prefix("http://127.0.0.1")?;
    let (port, path) = match rest.strip_prefix(':') {
        Some(rest) => {
            let (port, _) = rest.split_once('/')?;
            (Some(port.parse().ok()?), &rest[port.len()..])
        }
        None => (None, rest),
    };
    (path.starts_with('/') && !path.contains(['?', '#'])).then_some((path, port))
}

fn check(state: &mut State, call: &Call, query: &[(String, String)]) -> Result<Client, Answer> {
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
    if value("response_type") != "code" {
        return Err(refuse(state, call, "response_type is not code"));
    }
    if value("code_challenge_method") != "S256" {
        return Err(refuse(state, call, "code_challenge_method is not S256"));
    }
    let challenge = value("code_challenge");
    if challenge.len() != 43
        || !challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    {
        return Err(refuse(state, call, "code_challenge is not 43 characters of base64url"));
    }
    let Some(client) = client_by_id(state, call, value("client_id")) else {
        return Err(Answer::html(
            400,
            pages::message("invalid_client", "This client is not registered here."),
        ));
    };
    if !client.may(GRANT_CODE) {
        return Err(refuse(state, call, "the client is not registered for authorization_code"));
    }
    if client.issuer.is_none() {
        return Err(refuse(state, call, "the client is registered without issuerUrl"));
    }
    let Some((path, Some(_))) = loopback_path(value("redirect_uri")) else {
        return Err(refuse(state, call, "redirect_uri is not http://127.0.0.1:PORT/path"));
    };
    let registered =
        client.redirect_uris.iter().any(|r| loopback_path(r).is_some_and(|(p, _)| p == path));
    if !registered {
        return Err(refuse(state, call, "redirect_uri has another path than the registered one"));
    }
    for scope in value("scopes").split(' ') {
        if !client.scopes.iter().any(|s| s == scope) {
            return Err(refuse(state, call, &format!("scope {scope:?} is not registered")));
        }
    }
    Ok(client)
}

/// The redirect that says no.
fn refusal(query: &[(String, String)]) -> Answer {
    Answer::redirect(&format!(
        "{}?error=access_denied&error_description={}&state={}",
        find(query, "redirect_uri").unwrap_or_default(),
        encode("The request was denied by the user"),
        encode(find(query, "state").unwrap_or_default())
    ))
}

/// The person says no at once.
pub(crate) fn denied(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    check(state, call, &call.query)?;
    Ok(refusal(&call.query))
}

pub(crate) fn authorize(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let mut query = if call.method == "POST" { call.form() } else { call.query.clone() };
    let decision = find(&query, "decision").map(ToOwned::to_owned);
    if call.method == "POST" {
        query.retain(|(name, _)| name != "decision");
    }
    let client = check(state, call, &query)?;
    let value = |name: &str| find(&query, name).unwrap_or_default().to_owned();
    let (uri, nonce) = (value("redirect_uri"), value("state"));
    let approve = match decision.as_deref() {
        Some(word) if call.method == "POST" => word == "approve",
        _ if state.auto_approve => true,
        _ => return Ok(Answer::html(200, pages::confirm_authorize(state, &call.path, &query))),
    };
    if !approve {
        return Ok(refusal(&query));
    }
    let code = state.secrets.token("", 700);
    state.codes.insert(
        code.clone(),
        Code {
            client_id: client.id,
            redirect_uri: uri.clone(),
            challenge: value("code_challenge"),
            expires: state.now() + state.lifetimes.authorization_code,
            used: false,
        },
    );
    Ok(Answer::redirect(&format!("{uri}?code={}&state={}", encode(&code), encode(&nonce))))
}

#[cfg(test)]
mod tests {
    use super::loopback_path;

    #[test]
    fn loopback_addresses_only() {
        assert_eq!(
            loopback_path("http://127.0.0.1:54321/oauth/callback"),
            Some(("/oauth/callback", Some(54321)))
        );
        assert_eq!(
            loopback_path("http://127.0.0.1/oauth/callback"),
            Some(("/oauth/callback", None))
        );
        for bad in [
            "http://localhost:1/x",
            "https://127.0.0.1:1/x",
            "http://127.0.0.1:1",
            "http://127.0.0.1.example.com/x",
            "http://127.0.0.1:1/x?y=1",
        ] {
            assert_eq!(loopback_path(bad), None, "{bad}");
        }
    }
}
