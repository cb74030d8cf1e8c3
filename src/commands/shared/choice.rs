//! The words that name a profile, or an account and role.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::Completes;
use crate::domain::active::Recall;

/// A profile, or an account and role.
#[derive(Args, Clone, Debug, Default)]
pub struct Choice {
    /// Profile
    #[arg(add = Completes::Profile)]
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub by_role: ByRole,
}

/// An account and role.
#[derive(Args, Clone, Debug, Default)]
pub struct ByRole {
    /// Account, by ID or name, instead of a profile
    #[arg(long, value_name = "ID|NAME", requires = "role", add = Completes::Account)]
    pub account: Option<String>,
    /// Role in that account
    #[arg(long, value_name = "ROLE", requires = "account", add = Completes::Role)]
    pub role: Option<String>,
    /// Session that knows the account
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    pub session: Option<String>,
}

impl Choice {
    /// A profile by its name.
    pub fn profile(name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..Self::default() }
    }

    /// An account and role; `session` where several may know the account.
    pub fn role(
        account: impl Into<String>,
        role: impl Into<String>,
        session: Option<String>,
    ) -> Self {
        let (account, role) = (Some(account.into()), Some(role.into()));
        Self { profile: None, by_role: ByRole { account, role, session } }
    }

    /// What `SSOENV_PREV` holds.
    pub fn recalled(recall: &Recall) -> Self {
        match recall {
            Recall::Profile(name) => Self::profile(name.as_str()),
            Recall::Role { account_id, role, session } => Self::role(
                account_id.as_str(),
                role.as_str(),
                session.as_ref().map(ToString::to_string),
            ),
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.profile.is_none() && self.by_role.account.is_none() && self.by_role.role.is_none()
    }
}
