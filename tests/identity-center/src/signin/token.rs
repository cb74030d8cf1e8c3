//! `CreateOAuth2Token`: a code or a refresh token in, short-lived console credentials out.

use super::{Grant, dpop, refuse};
use crate::answer::{Answer, signin_error};
use crate::arn;
use crate::call::Call;
use crate::fields::{Fields, object, required};
use crate::secrets::{access_key, unique_id};
use crate::state::{KeyKind, Keys, State};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TOKEN_TYPE: &str = "urn:aws:params:oauth:token-type:access_token_sigv4";
const CODE: &str = "authorization_code";
const REFRESH: &str = "refresh_token";

/// The body, whose form is right.
fn parse(state: &mut State, call: &Call) -> Result<(Fields, bool), Answer> {
    for name in ["authorization", "cookie"] {
        if call.header(name).is_some() {
            return Err(refuse(state, call, &format!("header {name} on a call that has none")));
        }
    }
    let of_code: &[&str] = &["clientId", "grantType", "code", "codeVerifier", "redirectUri"];
    let of_refresh: &[&str] = &["clientId", "grantType", "refreshToken"];
    let invalid = |_| signin_error(400, "INVALID_REQUEST", "The request is malformed");
    let is_refresh = String::from_utf8_lossy(&call.body).contains(REFRESH);
    let names = if is_refresh { of_refresh } else { of_code };
    let fields = object(state, call, names).map_err(invalid)?;
    for name in names {
        required(state, call, &fields, name).map_err(invalid)?;
    }
    if fields["grantType"] != if is_refresh { REFRESH } else { CODE } {
        return Err(refuse(state, call, "the grant type does not exist"));
    }
    Ok((fields, is_refresh))
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Checks the form of a request whose answer was ordered.
pub(crate) fn lint(state: &mut State, call: &Call, repeatable: bool) {
    let Ok((fields, _)) = parse(state, call) else { return };
    let _ = dpop::thumbprint(state, call);
    sent_before(state, call, &fields);
    if !repeatable {
        sent(state, call);
    }
}

/// Remembers the code or refresh token of a request whose answer did not arrive.
pub(crate) fn sent(state: &mut State, call: &Call) {
    let fields: Fields = serde_json::from_slice(&call.body).unwrap_or_default();
    for name in ["code", "refreshToken"] {
        if fields.contains_key(name) {
            state.sent_once.insert(text(&fields, name).to_owned());
        }
    }
}

fn sent_before(state: &mut State, call: &Call, fields: &Fields) {
    let mut secrets = ["code", "refreshToken"].into_iter().map(|name| text(fields, name));
    if secrets.any(|secret| state.sent_once.contains(secret)) {
        state.violate(call, "a code or refresh token sent again after an outcome that forbids it");
    }
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (fields, is_refresh) = parse(state, call)?;
    let thumbprint = dpop::thumbprint(state, call)?;
    sent_before(state, call, &fields);
    let grant = if is_refresh {
        by_refresh(state, call, &fields, &thumbprint)?
    } else {
        by_code(state, call, &fields, thumbprint)?
    };
    Ok(answer(state, &grant, !is_refresh))
}

fn by_code(
    state: &mut State,
    call: &Call,
    fields: &Fields,
    thumbprint: String,
) -> Result<Grant, Answer> {
    let verifier = text(fields, "codeVerifier");
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    if !well_formed {
        let what = "codeVerifier is not 43 to 128 characters of the RFC's alphabet";
        return Err(refuse(state, call, what));
    }
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let Some(code) = state.signin.codes.get_mut(text(fields, "code")) else {
        return Err(refuse(state, call, "unknown authorization code"));
    };
    let twice = std::mem::replace(&mut code.used, true);
    let code = code.clone();
    if code.region != call.via.region {
        return Err(signin_error(400, "INVALID_REQUEST", "The code is of another Region"));
    }
    if code.expires <= state.now() {
        return Err(signin_error(401, "AUTHCODE_EXPIRED", "The authorization code has expired"));
    }
    let wrong = if twice {
        "authorization code used twice"
    } else if code.client_id != text(fields, "clientId") {
        "the authorization code belongs to another client"
    } else if code.redirect_uri != text(fields, "redirectUri") {
        "redirectUri differs from the one of the authorize request"
    } else if code.challenge != challenge {
        "codeVerifier does not fit the code_challenge"
    } else {
        return Ok(Grant {
            client_id: code.client_id,
            thumbprint,
            region: code.region,
            identity: code.identity,
            expires: state.now() + state.lifetimes.console_session,
            used: false,
        });
    };
    Err(refuse(state, call, wrong))
}

fn by_refresh(
    state: &mut State,
    call: &Call,
    fields: &Fields,
    thumbprint: &str,
) -> Result<Grant, Answer> {
    let invalid = || signin_error(400, "INVALID_REQUEST", "The refresh token is not valid");
    let Some(grant) = state.signin.grants.get_mut(text(fields, "refreshToken")) else {
        return Err(invalid());
    };
    // Before the token is used up: nothing came of it here.
    if grant.region != call.via.region {
        return Err(invalid());
    }
    let twice = std::mem::replace(&mut grant.used, true);
    let grant = grant.clone();
    let wrong = if twice {
        "refresh token sent twice"
    } else if grant.client_id != text(fields, "clientId") {
        "the refresh token belongs to another client"
    } else if grant.thumbprint != thumbprint {
        "DPoP: another key than the one of the login"
    } else if grant.expires <= state.now() {
        return Err(signin_error(401, "TOKEN_EXPIRED", "The session has expired"));
    } else {
        return Ok(Grant { used: false, ..grant });
    };
    Err(refuse(state, call, wrong))
}

fn answer(state: &mut State, grant: &Grant, with_id: bool) -> Answer {
    let (keys, refresh) = issue(state, grant);
    let mut body = json!({
        "accessToken": {
            "accessKeyId": keys.access_key,
            "secretAccessKey": keys.secret,
            "sessionToken": keys.session_token,
        },
        "tokenType": TOKEN_TYPE,
        "expiresIn": state.lifetimes.console_credentials.as_secs(),
        "refreshToken": refresh,
    });
    if with_id {
        body["idToken"] = id_token(state, &grant.identity).into();
    }
    Answer::json(200, &body)
}

/// Credentials that STS accepts, and the next refresh token.
pub(super) fn issue(state: &mut State, grant: &Grant) -> (Keys, String) {
    let name = grant.identity.rsplit('/').next().unwrap_or_default().to_owned();
    let is_role = grant.identity.contains(":assumed-role/");
    let keys = Keys {
        access_key: access_key("ASIA"),
        secret: state.secrets.secret_key(),
        session_token: Some(state.secrets.session_token()),
        expires: Some(state.now() + state.lifetimes.console_credentials),
        arn: grant.identity.clone(),
        account: arn::account(&grant.identity).to_owned(),
        user_id: unique_id("AIDA"),
        role: if is_role { grant.identity.split('/').nth(1).unwrap_or_default() } else { &name }
            .to_owned(),
        kind: if is_role { KeyKind::Assumed } else { KeyKind::User },
    };
    state.keys.insert(keys.access_key.clone(), keys.clone());
    let refresh = state.secrets.token("", 600);
    state.signin.grants.insert(refresh.clone(), grant.clone());
    (keys, refresh)
}

/// Slashes are escaped, as the service may do it.
pub(super) fn id_token(state: &mut State, identity: &str) -> String {
    let now = state.shown(state.now()).as_second();
    let claims = json!({
        "sub": identity, "aud": super::SAME_DEVICE, "iss": "https://signin.aws.amazon.com",
        "session_arn": format!("arn:aws:signin:us-east-1:{}:session/x", arn::account(identity)),
        "iat": now, "exp": now + 900,
    });
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let signature = state.secrets.token("", 128);
    let claims = claims.to_string().replace('/', "\\/");
    format!("{}.{}.{signature}", encode("{\"typ\":\"JWT\",\"alg\":\"ES384\"}"), encode(&claims))
}
