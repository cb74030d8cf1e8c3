//! `CreateToken` with its three grants.

use super::{GRANT_CODE, GRANT_DEVICE, GRANT_REFRESH, client};
use crate::answer::{Answer, oidc_error};
use crate::call::Call;
use crate::fields::{Fields, list, object, refuse, required};
use crate::state::{Client, Decision, State};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

const COMMON: &[&str] = &["clientId", "clientSecret", "grantType", "scope"];

fn invalid_grant() -> Answer {
    oidc_error(400, "InvalidGrantException", "Invalid grant provided")
}

fn expired() -> Answer {
    oidc_error(400, "ExpiredTokenException", "Device code has expired")
}

fn parse(state: &mut State, call: &Call) -> Result<(Fields, String), Answer> {
    super::unsigned(state, call)?;
    let all =
        [COMMON, &["deviceCode", "code", "redirectUri", "codeVerifier", "refreshToken"]].concat();
    let fields = object(state, call, &all)?;
    required(state, call, &fields, "clientId")?;
    required(state, call, &fields, "clientSecret")?;
    list(state, call, &fields, "scope")?;
    let grant = required(state, call, &fields, "grantType")?;
    let own: &[&str] = match grant.as_str() {
        GRANT_DEVICE => &["deviceCode"],
        GRANT_CODE => &["code", "redirectUri", "codeVerifier"],
        GRANT_REFRESH => &["refreshToken"],
        other => {
            state.violate(call, format!("grant type {other:?} does not exist"));
            return Err(oidc_error(400, "UnsupportedGrantTypeException", "Unsupported grant type"));
        }
    };
    for name in own {
        required(state, call, &fields, name)?;
    }
    for name in fields.keys() {
        if !COMMON.contains(&name.as_str()) && !own.contains(&name.as_str()) {
            return Err(refuse(
                state,
                call,
                &format!("field {name} does not belong to this grant"),
            ));
        }
    }
    Ok((fields, grant))
}

fn text(fields: &Fields, name: &str) -> String {
    fields[name].as_str().unwrap_or_default().to_owned()
}

/// Checks the form of a request whose answer was ordered. A refresh token or code that was sent may be
/// sent again only after a complete answer that says so.
pub(crate) fn lint(state: &mut State, call: &Call, repeatable: bool, slow_down: bool) {
    let Ok((fields, grant)) = parse(state, call) else {
        return;
    };
    if grant == GRANT_DEVICE {
        let code = text(&fields, "deviceCode");
        let now = state.now();
        if slow_down && let Some(device) = state.devices.iter_mut().find(|d| d.code == code) {
            device.interval += Duration::from_secs(5);
            device.last_poll = Some(now);
            device.polls += 2;
        }
        return;
    }
    sent_before(state, call, &fields, &grant);
    if !repeatable {
        sent(state, call);
    }
}

/// Remembers the code or refresh token of a request whose answer did not arrive.
pub(crate) fn sent(state: &mut State, call: &Call) {
    let fields: Fields = serde_json::from_slice(&call.body).unwrap_or_default();
    for name in ["code", "refreshToken"] {
        if let Some(text) = fields.get(name).and_then(|v| v.as_str()) {
            state.sent_once.insert(text.to_owned());
        }
    }
}

/// Notes a violation when a code or refresh token is sent again after an outcome that forbids it.
fn sent_before(state: &mut State, call: &Call, fields: &Fields, grant: &str) {
    let (name, what) = match grant {
        GRANT_CODE => ("code", "authorization code sent twice"),
        GRANT_REFRESH => ("refreshToken", "refresh token sent twice"),
        _ => return,
    };
    if state.sent_once.contains(&text(fields, name)) {
        state.violate(call, what);
    }
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (fields, grant) = parse(state, call)?;
    let client = client(state, call, &text(&fields, "clientId"), &text(&fields, "clientSecret"))?;
    if !client.may(&grant) {
        state.violate(call, format!("the client is not registered for {grant}"));
        return Err(oidc_error(
            400,
            "UnauthorizedClientException",
            "Client is not authorized to perform the action",
        ));
    }
    sent_before(state, call, &fields, &grant);
    match grant.as_str() {
        GRANT_DEVICE => by_device(state, call, &client, &text(&fields, "deviceCode"))?,
        GRANT_CODE => by_code(state, call, &client, &fields)?,
        _ => by_refresh(state, call, &client, &text(&fields, "refreshToken"))?,
    }
    Ok(issue(state, &client))
}

fn by_device(state: &mut State, call: &Call, client: &Client, code: &str) -> Result<(), Answer> {
    let (auto, now) = (state.auto_approve, state.now());
    let Some(device) = state.devices.iter_mut().find(|d| d.code == code) else {
        state.violate(call, "unknown device code");
        return Err(invalid_grant());
    };
    if device.client_id != client.id {
        state.violate(call, "the device code belongs to another client");
        return Err(invalid_grant());
    }
    if device.used {
        state.violate(call, "device code used twice");
        return Err(invalid_grant());
    }
    if device.expires <= now {
        return Err(expired());
    }
    // The AWS CLI polls once before it shows the code and once right after: the first poll is free.
    device.polls += 1;
    let too_soon = device.polls > 2
        && device.last_poll.is_some_and(|at| now < at + device.interval.mul_f64(0.8));
    device.last_poll = Some(now);
    if too_soon {
        let again = std::mem::replace(&mut device.told_to_slow_down, true);
        device.interval += Duration::from_secs(5);
        if again {
            state.violate(call, "polls on too fast after slow_down");
        }
        return Err(oidc_error(400, "SlowDownException", "Slow down"));
    }
    match device.decision {
        Decision::Approved => {
            device.used = true;
            Ok(())
        }
        Decision::Denied => Err(oidc_error(400, "AccessDeniedException", "Access denied")),
        Decision::Open => {
            if auto {
                device.decision = Decision::Approved;
            }
            Err(oidc_error(400, "AuthorizationPendingException", "Authorization is still pending"))
        }
    }
}

fn by_code(state: &mut State, call: &Call, client: &Client, fields: &Fields) -> Result<(), Answer> {
    let verifier = text(fields, "codeVerifier");
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    if !well_formed {
        return Err(refuse(
            state,
            call,
            "codeVerifier is not 43 to 128 characters of the RFC's alphabet",
        ));
    }
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let now = state.now();
    let Some(code) = state.codes.get_mut(&text(fields, "code")) else {
        state.violate(call, "unknown authorization code");
        return Err(invalid_grant());
    };
    let twice = std::mem::replace(&mut code.used, true);
    let wrong = if twice {
        "authorization code used twice"
    } else if code.client_id != client.id {
        "the authorization code belongs to another client"
    } else if code.redirect_uri != text(fields, "redirectUri") {
        "redirectUri differs from the one of the authorize request"
    } else if code.challenge != challenge {
        "codeVerifier does not fit the code_challenge"
    } else if code.expires <= now {
        return Err(invalid_grant());
    } else {
        return Ok(());
    };
    state.violate(call, wrong);
    Err(invalid_grant())
}

fn by_refresh(state: &mut State, call: &Call, client: &Client, token: &str) -> Result<(), Answer> {
    let now = state.now();
    let Some(refresh) = state.refresh_tokens.get_mut(token) else {
        return Err(invalid_grant());
    };
    if refresh.client_id != client.id {
        state.violate(call, "the refresh token belongs to another client");
        return Err(invalid_grant());
    }
    if std::mem::replace(&mut refresh.used, true) {
        state.violate(call, "refresh token sent twice");
        return Err(invalid_grant());
    }
    if refresh.revoked || refresh.expires <= now {
        return Err(invalid_grant());
    }
    Ok(())
}

fn issue(state: &mut State, client: &Client) -> Answer {
    let (access, refresh) = state.issue(client);
    let body = json!({
        "accessToken": access,
        "aws_sso_app_session_id": null,
        "expiresIn": state.lifetimes.access_token.as_secs(),
        "idToken": null,
        "issuedTokenType": null,
        "originSessionId": null,
        "refreshToken": refresh,
        "tokenType": "Bearer",
    });
    Answer::json(200, &body)
}
