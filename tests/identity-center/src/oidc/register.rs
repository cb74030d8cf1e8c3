//! `RegisterClient`.

use super::{GRANT_CODE, GRANT_DEVICE, GRANT_REFRESH};
use crate::answer::{Answer, oidc_error};
use crate::call::Call;
use crate::fields::{list, object, optional, refuse, required};
use crate::secrets::random;
use crate::state::{Client, State};
use serde_json::json;

const FIELDS: &[&str] = &[
    "clientName",
    "clientType",
    "scopes",
    "redirectUris",
    "grantTypes",
    "issuerUrl",
    "entitledApplicationArn",
];

/// What a registration asks for.
struct Wanted {
    scopes: Vec<String>,
    redirect_uris: Vec<String>,
    grants: Vec<String>,
    issuer: Option<String>,
}

fn parse(state: &mut State, call: &Call) -> Result<Wanted, Answer> {
    super::unsigned(state, call)?;
    let fields = object(state, call, FIELDS)?;
    required(state, call, &fields, "clientName")?;
    if required(state, call, &fields, "clientType")? != "public" {
        state.violate(call, "clientType is not public");
        return Err(oidc_error(
            400,
            "InvalidClientMetadataException",
            "Only public clients are supported",
        ));
    }
    optional(state, call, &fields, "entitledApplicationArn")?;
    let wanted = Wanted {
        scopes: list(state, call, &fields, "scopes")?,
        redirect_uris: list(state, call, &fields, "redirectUris")?,
        grants: list(state, call, &fields, "grantTypes")?,
        issuer: optional(state, call, &fields, "issuerUrl")?,
    };
    for scope in &wanted.scopes {
        if scope.split(':').count() != 3 || scope.contains([' ', ',']) {
            state.violate(call, format!("scope {scope:?} is not of the form a:b:c"));
            return Err(oidc_error(400, "InvalidScopeException", "Invalid scopes provided"));
        }
    }
    for grant in &wanted.grants {
        if ![GRANT_CODE, GRANT_DEVICE, GRANT_REFRESH].contains(&grant.as_str()) {
            state.violate(call, format!("grant type {grant:?} does not exist"));
            return Err(oidc_error(400, "UnsupportedGrantTypeException", "Unsupported grant type"));
        }
    }
    for uri in &wanted.redirect_uris {
        if !(uri.starts_with("http://127.0.0.1/") || uri.starts_with("http://127.0.0.1:")) {
            state.violate(call, format!("redirect URI {uri} is not on 127.0.0.1"));
            return Err(oidc_error(
                400,
                "InvalidRedirectUriException",
                "Invalid redirect URI provided",
            ));
        }
    }
    if wanted.grants.iter().any(|g| g == GRANT_CODE) && wanted.redirect_uris.is_empty() {
        return Err(refuse(state, call, "authorization_code without redirectUris"));
    }
    Ok(wanted)
}

/// Checks the form of a request alone.
pub(crate) fn lint(state: &mut State, call: &Call) {
    let _ = parse(state, call);
}

pub(crate) fn register(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let wanted = parse(state, call)?;
    if let Some(issuer) = &wanted.issuer
        && (*issuer != state.start_url || call.via.region != state.region)
    {
        return Err(oidc_error(400, "InvalidRequestException", ""));
    }
    let now = state.now();
    let client = Client {
        id: random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 34),
        secret: state.secrets.client_secret(),
        region: call.via.region.clone(),
        expires: now + state.lifetimes.registration,
        grants: wanted.grants,
        redirect_uris: wanted.redirect_uris,
        issuer: wanted.issuer,
        scopes: wanted.scopes,
    };
    let body = json!({
        "authorizationEndpoint": null,
        "clientId": client.id,
        "clientIdIssuedAt": state.shown(now).as_second(),
        "clientSecret": client.secret,
        "clientSecretExpiresAt": state.shown(client.expires).as_second(),
        "tokenEndpoint": null,
    });
    state.clients.insert(client.id.clone(), client);
    Ok(Answer::json(200, &body))
}
