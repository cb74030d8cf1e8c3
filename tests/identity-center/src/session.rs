//! A finished login without the login, for tests that start from a token.

use crate::center::IdentityCenter;
use crate::oidc::{GRANT_CODE, GRANT_REFRESH, SCOPE};
use crate::secrets::random;
use crate::state::{AccessToken, Client, RefreshToken};
use std::time::SystemTime;

/// What a client holds after a login. The times are absolute.
#[derive(Clone, Debug)]
pub struct Session {
    /// Client id of the registration.
    pub client_id: String,
    /// Client secret of the registration.
    pub client_secret: String,
    /// When the registration ends.
    pub registration_expires: SystemTime,
    /// Token for the portal.
    pub access_token: String,
    /// When the access token ends.
    pub expires: SystemTime,
    /// Absent if [`crate::Lifetimes::refresh_token`] is `None`.
    pub refresh_token: Option<String>,
}

impl IdentityCenter {
    /// Registers a client for the authorization code flow and issues its tokens, without a request.
    pub fn session(&self) -> Session {
        let mut state = self.shared.state();
        let now = state.now();
        let lifetimes = state.lifetimes.clone();
        let client = Client {
            id: random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 34),
            secret: state.secrets.client_secret(),
            region: state.region.clone(),
            expires: now + lifetimes.registration,
            grants: vec![GRANT_CODE.to_owned(), GRANT_REFRESH.to_owned()],
            redirect_uris: vec!["http://127.0.0.1/oauth/callback".to_owned()],
            issuer: Some(state.start_url.clone()),
            scopes: vec![SCOPE.to_owned()],
        };
        let issued = state.issue(&client);
        state.clients.insert(client.id.clone(), client.clone());
        Session {
            client_id: client.id,
            client_secret: client.secret,
            registration_expires: client.expires,
            access_token: issued.0,
            expires: now + lifetimes.access_token,
            refresh_token: issued.1,
        }
    }
}

impl crate::state::State {
    /// An access token for a client, and a refresh token if it may have one.
    pub fn issue(&mut self, client: &Client) -> (String, Option<String>) {
        let now = self.now();
        let access = self.secrets.token("aoaAAAAA", 480);
        let token = AccessToken {
            region: client.region.clone(),
            expires: now + self.lifetimes.access_token,
            revoked: false,
        };
        self.access_tokens.insert(access.clone(), token);
        let lifetime = self.lifetimes.refresh_token;
        let refresh = lifetime.filter(|_| client.may(GRANT_REFRESH)).map(|lifetime| {
            let text = self.secrets.token("aorAAAAA", 520);
            let token = RefreshToken {
                client_id: client.id.clone(),
                expires: now + lifetime,
                used: false,
                revoked: false,
            };
            self.refresh_tokens.insert(text.clone(), token);
            text
        });
        (access, refresh)
    }
}
