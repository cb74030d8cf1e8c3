//! The words that name a profile, or an account and role.

use crate::domain::active::Recall;

/// The words that name a profile, or an account and role.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// PROFILE.
    pub profile: Option<String>,
    /// `--account`, an ID or a name.
    pub account: Option<String>,
    /// `--role`.
    pub role: Option<String>,
    /// `--sso-session`.
    pub session: Option<String>,
}

impl Choice {
    /// A profile by its name.
    pub fn profile(name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..Self::default() }
    }

    /// What `SSOENV_PREV` holds.
    pub fn recalled(recall: &Recall) -> Self {
        match recall {
            Recall::Profile(name) => Self::profile(name.as_str()),
            Recall::Role { account_id, role, session } => Self {
                profile: None,
                account: Some(account_id.to_string()),
                role: Some(role.to_string()),
                session: session.as_ref().map(ToString::to_string),
            },
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.profile.is_none() && self.account.is_none() && self.role.is_none()
    }
}
