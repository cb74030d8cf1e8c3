//! Access tokens and client registrations of IAM Identity Center.

use super::credentials::{Freshness, freshness};
use super::secret::Secret;
use super::timestamp::Timestamp;

/// A registered OAuth client (`RegisterClient`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRegistration {
    /// `clientId`.
    pub client_id: String,
    /// `clientSecret`.
    pub client_secret: Secret,
    /// When `clientSecret` ends; absent in files of tools that do not say.
    pub expires_at: Option<Timestamp>,
    /// The grant types it was registered for; empty for device code clients.
    pub grant_types: Vec<String>,
    /// The scopes it was registered with.
    pub scopes: Option<Vec<String>>,
}

/// An access token with what is needed to refresh it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// `accessToken`.
    pub access_token: Secret,
    /// `expiresAt`.
    pub expires_at: Timestamp,
    /// `refreshToken`, single use.
    pub refresh_token: Option<Secret>,
    /// The client that owns the refresh token.
    pub client: Option<ClientRegistration>,
    /// `startUrl` as the file says.
    pub start_url: Option<String>,
    /// `region` as the file says.
    pub region: Option<String>,
}

/// What can be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// At least 15 minutes are left.
    Fresh,
    /// Less is left, and a refresh is possible.
    Refreshable,
    /// Less is left, no refresh is possible, and it still lives.
    Ending,
    /// Dead, and no refresh is possible.
    Expired,
}

impl AccessToken {
    /// Whether the file holds all that `refresh_token` needs and the registration
    /// lives.
    pub fn refreshable(&self, now: Timestamp) -> bool {
        let registered = self
            .client
            .as_ref()
            .and_then(|client| client.expires_at)
            .is_some_and(|expires| expires > now);
        self.refresh_token.is_some() && registered
    }

    /// Judges the token by the 15-minute rule.
    pub fn state(&self, now: Timestamp) -> TokenState {
        self.state_known(now, None, false)
    }

    /// [`AccessToken::state`] with what ssoenv remembers of the token: when it was `issued` (of
    /// lives shorter than half an hour, half is enough), and whether its refresh token is `spent`.
    pub fn state_known(
        &self,
        now: Timestamp,
        issued: Option<Timestamp>,
        spent: bool,
    ) -> TokenState {
        let freshness = freshness(self.expires_at, issued, now);
        if freshness == Freshness::Fresh {
            TokenState::Fresh
        } else if self.refreshable(now) && !spent {
            TokenState::Refreshable
        } else if freshness == Freshness::Stale {
            TokenState::Ending
        } else {
            TokenState::Expired
        }
    }

    /// Whether the token is not past its end.
    pub fn lives(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }
}
