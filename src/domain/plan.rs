//! What a name that was given to `use` means, once the configuration has been read.

use serde::{Deserialize, Serialize};

use super::active::{Active, Mode, Recall};
use super::error::{Error, Result};
use super::timestamp::Timestamp;

/// Whose cache an entry is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cache {
    /// The AWS CLI's: SSO roles.
    Shared,
    /// ssoenv's: assumed roles.
    Own,
    /// The AWS CLI's: console logins.
    Login,
}

/// A profile, or an account and role, with all that settings say about it. Holds no secret, so it
/// can be kept in a file and spare the next call the reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The profile; absent for an account and role that no profile has.
    pub profile: Option<String>,
    /// The account, where it is known before credentials are there.
    pub account_id: Option<String>,
    /// The account's name, where the directory knows it.
    pub account_name: Option<String>,
    pub role: Option<String>,
    /// The named session.
    pub session: Option<String>,
    /// The profile's region, or that of a `[match]` section.
    pub region: Option<String>,
    /// Why the region cannot be used; such a plan is not kept.
    #[serde(skip)]
    pub wrong_region: Option<Error>,
    /// Variables that say what else the profile says of where and how to call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<(String, String)>,
    /// What a call has laid on top; such a plan is not kept.
    #[serde(skip)]
    pub on_top: Option<Recall>,
    /// `--mode` left out.
    pub mode: Mode,
    /// `prompt_format`.
    pub prompt_format: Option<String>,
    /// `SSOENV_COLOR`.
    pub color: Option<String>,
    /// The class of a `[match]` section, such as `production`.
    pub class: Option<String>,
    /// Whether a person must agree first. Such a plan is not kept: nobody is asked on the fast path.
    #[serde(skip)]
    pub confirm: bool,
    /// Variables of coding agents, where those get nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied_with: Vec<String>,
    /// Seconds before the end from which the prompt warns.
    pub prompt_warn: i64,
    /// Seconds before the end at which a refresh is due.
    pub refresh_lead: i64,
    /// The hash that names the credentials' cache entry and stamp. No path: that is the caller's.
    pub key: Option<String>,
    /// The cache that has the entry as a file, where the configuration alone says so.
    pub cache: Option<Cache>,
}

impl Plan {
    /// What the shell is told about itself.
    pub fn active(&self, mode: Mode, expires_at: Option<Timestamp>, key_id: &str) -> Active {
        Active {
            profile: self.profile.as_deref().map(Into::into),
            account_id: self.account_id.as_deref().map(Into::into),
            account_name: self.account_name.clone(),
            role: self.role.as_deref().map(Into::into),
            session: self.session.as_deref().map(Into::into),
            mode,
            on_top: self.on_top.clone().map(Box::new),
            expires_at,
            key_id: key_id.to_owned(),
        }
    }

    /// The region, for who needs it.
    ///
    /// # Errors
    /// Kind `Config` where it is wrong.
    pub fn region(&self) -> Result<Option<&str>> {
        match &self.wrong_region {
            None => Ok(self.region.as_deref()),
            Some(error) => Err(error.clone()),
        }
    }

    /// Judges the region for a caller that needs it, unless another one was asked for: before anybody
    /// logs in for it.
    pub fn judge_region(&self, asked: Option<&str>) -> Result<()> {
        if asked.is_none() { self.region().map(drop) } else { Ok(()) }
    }

    /// How `use -` finds back here.
    pub fn recall(&self) -> Option<Recall> {
        if let Some(on_top) = &self.on_top {
            return Some(on_top.clone());
        }
        Recall::new(
            self.profile.as_deref(),
            self.account_id.as_deref(),
            self.role.as_deref(),
            self.session.as_deref(),
        )
    }
}
