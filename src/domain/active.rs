//! The `SSOENV_*` variables: what `use` tells the shell, and what the next call reads from it.

use serde::{Deserialize, Serialize};

use super::env_delta::EnvDelta;
use super::names::{AccountId, ProfileName, RoleName, SessionName};
use super::on_top::OnTop;
use super::timestamp::Timestamp;
use super::words::words;

words! {
    /// What `use` exports.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Mode {
        Keys = "keys": "Export the role's keys",
        Profile = "profile": "Export AWS_PROFILE",
    }
}

/// What this shell uses, or shall use: the public part of the `SSOENV_*` variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// `SSOENV_PROFILE`; absent where an account and role were named that no profile has.
    pub profile: Option<ProfileName>,
    /// `SSOENV_ACCOUNT_ID`.
    pub account_id: Option<AccountId>,
    /// `SSOENV_ACCOUNT_NAME`, raw.
    pub account_name: Option<String>,
    /// `SSOENV_ROLE`.
    pub role: Option<RoleName>,
    /// `SSOENV_SESSION`; absent for legacy portals.
    pub session: Option<SessionName>,
    /// `SSOENV_MODE`.
    pub mode: Mode,
    /// `SSOENV_EXPIRES_AT`: of the role credentials in keys mode, of the token in profile mode.
    pub expires_at: Option<Timestamp>,
    /// `SSOENV_ON_TOP`: how to find back to this, where a role or session policies are on top.
    pub on_top: Option<Box<Recall>>,
    /// `SSOENV_KEY_ID`: what `AWS_ACCESS_KEY_ID` (keys mode) or `AWS_PROFILE` (profile mode) must
    /// still be for all this to be true.
    pub key_id: String,
}

/// Every variable of ours that is exported, in the order in which it is set.
pub const OWN_VARIABLES: [&str; 22] = [
    "SSOENV_PROFILE",
    "SSOENV_ACCOUNT_ID",
    "SSOENV_ACCOUNT_NAME",
    "SSOENV_ROLE",
    "SSOENV_SESSION",
    "SSOENV_ON_TOP",
    "SSOENV_MODE",
    "SSOENV_EXPIRES_AT",
    "SSOENV_KEY_ID",
    "SSOENV_LABEL",
    "SSOENV_LEFT",
    "SSOENV_LABEL_60",
    "SSOENV_LABEL_40",
    "SSOENV_WARN_AT",
    "SSOENV_COLOR",
    "SSOENV_REFRESH_AT",
    "SSOENV_STAMP",
    "SSOENV_GEN",
    "SSOENV_DIRECTORY",
    "SSOENV_OUTSIDE",
    "SSOENV_SAVED",
    "SSOENV_PREV",
];

impl Active {
    /// Reads what an earlier `use` left in the environment.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let mode = Mode::from_name(&get("SSOENV_MODE")?)?;
        let on_top = get("SSOENV_ON_TOP").map(|text| Box::new(Recall::parse(&text)));
        // What is not understood may be a policy, and nothing goes on without it.
        if on_top.as_deref().is_some_and(|recall| !matches!(recall, Recall::OnTop { .. })) {
            return None;
        }
        let digits = |text: &String| text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit());
        Some(Self {
            profile: get("SSOENV_PROFILE").map(ProfileName::new),
            account_id: get("SSOENV_ACCOUNT_ID").map(AccountId::new),
            account_name: get("SSOENV_ACCOUNT_NAME"),
            role: get("SSOENV_ROLE").map(RoleName::new),
            session: get("SSOENV_SESSION").map(SessionName::new),
            mode,
            on_top,
            expires_at: get("SSOENV_EXPIRES_AT")
                .filter(digits)
                .and_then(|text| text.parse().ok())
                .map(Timestamp::from_seconds),
            key_id: get("SSOENV_KEY_ID").unwrap_or_default(),
        })
    }

    /// Puts the variables into `delta`, in order.
    pub fn write(&self, delta: &mut EnvDelta) {
        let mut put = |name: &'static str, value: Option<&str>| match value {
            Some(value) => delta.set(name, value),
            None => delta.unset(name),
        };
        put("SSOENV_PROFILE", self.profile.as_ref().map(AsRef::as_ref));
        put("SSOENV_ACCOUNT_ID", self.account_id.as_ref().map(AsRef::as_ref));
        put("SSOENV_ACCOUNT_NAME", self.account_name.as_deref());
        put("SSOENV_ROLE", self.role.as_ref().map(AsRef::as_ref));
        put("SSOENV_SESSION", self.session.as_ref().map(AsRef::as_ref));
        put("SSOENV_ON_TOP", self.on_top.as_deref().map(Recall::text).as_deref());
        put("SSOENV_MODE", Some(self.mode.name()));
        let expires = self.expires_at.map(|time| time.seconds().to_string());
        put("SSOENV_EXPIRES_AT", expires.as_deref());
        put("SSOENV_KEY_ID", Some(&self.key_id));
    }

    /// How `use -` finds back here: the profile, or account, role and session. Never a key.
    pub fn recall(&self) -> Option<Recall> {
        if let Some(on_top) = &self.on_top {
            return Some(on_top.as_ref().clone());
        }
        Recall::new(
            self.profile.as_ref().map(AsRef::as_ref),
            self.account_id.as_ref().map(AsRef::as_ref),
            self.role.as_ref().map(AsRef::as_ref),
            self.session.as_ref().map(AsRef::as_ref),
        )
    }

    /// Whether the shell no longer has what `use` gave it.
    pub fn is_shadowed(&self, get: impl Fn(&str) -> Option<String>) -> bool {
        self.shadows(get).next().is_some()
    }

    /// The variables that were set, changed or removed since, so that another identity counts.
    fn shadows<'a>(
        &'a self,
        get: impl Fn(&str) -> Option<String> + 'a,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let (own, other) = match self.mode {
            Mode::Keys => ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"),
            Mode::Profile => ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"),
        };
        let changed = (get(own).unwrap_or_default() != self.key_id).then_some(own);
        changed.into_iter().chain(get(other).is_some().then_some(other))
    }
}

/// What was used before, as `SSOENV_PREV` holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// A profile: its plain name.
    Profile(ProfileName),
    /// `//ACCOUNT/ROLE/SESSION`, with nothing behind the last slash for a legacy portal.
    Role { account_id: AccountId, role: RoleName, session: Option<SessionName> },
    /// A JSON object: one of the above in `of`, and what is on top of it.
    OnTop {
        /// The profile, or account and role.
        of: Box<Recall>,
        /// The role and session policies.
        on_top: OnTop,
    },
}

/// The object of [`Recall::OnTop`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTopText {
    of: String,
    on_top: OnTop,
}

impl Recall {
    /// The profile where there is one, else account, role and session.
    pub fn new(
        profile: Option<&str>,
        account_id: Option<&str>,
        role: Option<&str>,
        session: Option<&str>,
    ) -> Option<Self> {
        match profile {
            Some(profile) => Some(Self::Profile(profile.into())),
            None => Some(Self::Role {
                account_id: account_id?.into(),
                role: role?.into(),
                session: session.map(Into::into),
            }),
        }
    }

    /// Reads `SSOENV_PREV`.
    pub fn parse(text: &str) -> Self {
        let role = || {
            let mut parts = text.strip_prefix("//")?.splitn(3, '/');
            let account_id = parts.next().filter(|id| AccountId::is_valid(id))?;
            let role = parts.next().filter(|role| !role.is_empty())?;
            let session = parts.next()?;
            Some(Self::Role {
                account_id: account_id.into(),
                role: role.into(),
                session: (!session.is_empty()).then(|| session.into()),
            })
        };
        let on_top = || {
            let OnTopText { of, on_top } =
                text.starts_with('{').then(|| serde_json::from_str(text).ok())??;
            Some(Self::OnTop { of: Box::new(Self::parse(&of)), on_top })
        };
        role().or_else(on_top).unwrap_or_else(|| Self::Profile(text.into()))
    }

    /// The text for `SSOENV_PREV`.
    pub fn text(&self) -> String {
        match self {
            Self::Profile(name) => name.to_string(),
            Self::Role { account_id, role, session } => {
                let session = session.as_ref().map_or("", SessionName::as_str);
                format!("//{account_id}/{role}/{session}")
            }
            Self::OnTop { of, on_top } => {
                let text = OnTopText { of: of.text(), on_top: on_top.clone() };
                serde_json::to_string(&text).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Recall;

    #[test]
    fn recall_comes_back() {
        for text in [
            "prod",
            "//123456789012/Admin/corp",
            "//123456789012/Admin/",
            "/x",
            "a b",
            "{\"of\":\"prod\",\"on_top\":{\"role_arn\":\"arn:aws:iam::123456789012:role/x\"}}",
            "{\"of\":\"//123456789012/Admin/corp\",\"on_top\":{\"policy\":\"{}\"}}",
            "{x}",
        ] {
            assert_eq!(Recall::parse(text).text(), text);
        }
        assert!(matches!(Recall::parse("//1/Admin/corp"), Recall::Profile(_)));
        assert!(matches!(Recall::parse("//123456789012/Admin/a/b"), Recall::Role { .. }));
    }
}
