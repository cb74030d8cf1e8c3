//! The words that name a profile, or an account and role.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::Completes;
use crate::domain::active::Recall;
use crate::domain::on_top::OnTop;
use crate::domain::{Error, Result};

/// A profile, or an account and role.
#[derive(Args, Clone, Debug, Default)]
pub struct Choice {
    /// Profile
    #[arg(add = Completes::Profile)]
    pub profile: Option<String>,
    /// The account and role.
    #[command(flatten)]
    pub by_role: ByRole,
    /// What is laid on top, by options of some commands, or in the shell that is recalled.
    #[arg(skip)]
    pub on_top: Option<OnTop>,
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
        Self { by_role: ByRole { account, role, session }, ..Self::default() }
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
            Recall::OnTop { of, on_top } => {
                Self { on_top: Some(on_top.clone()), ..Self::recalled(of) }
            }
        }
    }

    /// The same with this on top, if there is something.
    ///
    /// # Errors
    /// `Usage` where what is recalled has something on top already.
    pub fn with(self, on_top: Option<OnTop>) -> Result<Self> {
        match (&self.on_top, &on_top) {
            (Some(_), Some(_)) => Err(Error::usage(
                "what was used before has a role or session policies on top already",
            )
            .hint("name the profile instead of `-`")),
            (None, Some(_)) => Ok(Self { on_top, ..self }),
            (_, None) => Ok(self),
        }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.profile.is_none() && self.by_role.account.is_none() && self.by_role.role.is_none()
    }
}
