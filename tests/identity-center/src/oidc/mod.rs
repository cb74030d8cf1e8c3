//! The OIDC service: registration, device authorization, authorize page, tokens.

pub(crate) mod authorize;
pub(crate) mod device;
pub(crate) mod register;
pub(crate) mod token;

use crate::answer::{Answer, oidc_error};
use crate::call::Call;
use crate::fields::refuse;
use crate::state::{Client, State};

pub(crate) const GRANT_CODE: &str = "authorization_code";
pub(crate) const GRANT_REFRESH: &str = "refresh_token";
pub(crate) const GRANT_DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const SCOPE: &str = "sso:account:access";

impl Client {
    /// May the client use this grant? One that named none may do what a device client does.
    pub fn may(&self, grant: &str) -> bool {
        if !self.grants.is_empty() {
            return self.grants.iter().any(|g| g == grant);
        }
        match grant {
            GRANT_DEVICE => true,
            GRANT_REFRESH => self.scopes.iter().any(|s| s == SCOPE),
            _ => false,
        }
    }
}

/// The client that a request names, if its secret fits and the registration lives.
fn client(state: &mut State, call: &Call, id: &str, secret: &str) -> Result<Client, Answer> {
    let invalid = || oidc_error(401, "InvalidClientException", "Invalid client provided");
    let Some(client) = state.clients.get(id).cloned() else {
        return Err(invalid());
    };
    if client.secret != secret {
        state.violate(call, "the client secret is not the one of this client");
        return Err(invalid());
    }
    if client.expires <= state.now() {
        state.violate(call, "expired registration used");
        return Err(invalid());
    }
    if client.region != call.via.region {
        return Err(invalid());
    }
    Ok(client)
}

/// The client by its id alone, as the authorize page knows it.
fn client_by_id(state: &mut State, call: &Call, id: &str) -> Option<Client> {
    let client = state.clients.get(id).cloned()?;
    if client.expires <= state.now() {
        state.violate(call, "expired registration used");
        return None;
    }
    (client.region == call.via.region).then_some(client)
}

/// Calls of these services carry no signature, cookie or portal token.
fn unsigned(state: &mut State, call: &Call) -> Result<(), Answer> {
    for name in ["authorization", "cookie", "x-amz-sso_bearer_token"] {
        if call.header(name).is_some() {
            return Err(refuse(state, call, &format!("header {name} on an OIDC call")));
        }
    }
    Ok(())
}
