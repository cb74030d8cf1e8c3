//! The variables of a `use`, an `exec` or a directory: from decisions to an ordered change.

use super::active::{Active, OWN_VARIABLES, Recall};
use super::credentials::Credentials;
use super::env_delta::{EnvDelta, REGION_VARIABLES, TOUCH_LIST};
use super::error::{Error, Result};
use super::region::Naming;
use super::saved::Saved;
use super::segment::Label;
use super::timestamp::Timestamp;

/// All that is decided before variables are written.
#[derive(Clone, Debug)]
pub struct Switch {
    /// What the shell is told about itself.
    pub active: Active,
    /// The region to set; `None` leaves it as the user had it.
    pub region: Option<String>,
    /// What else the profile says of where and how to call, as variables.
    pub settings: Vec<(String, String)>,
    /// The prompt's text.
    pub label: Label,
    /// `SSOENV_WARN_AT`: from then on the prompt shows what is left in a warning color.
    pub warn_at: Option<Timestamp>,
    /// `SSOENV_COLOR`.
    pub color: Option<String>,
    /// How the prompt notices that new credentials are due or there.
    pub refresh: Option<Refresh>,
}

/// What the hook looks at before each prompt.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// When a background refresh is due.
    pub at: Timestamp,
    /// The stamp file of these credentials.
    pub stamp: String,
    /// The generation that the stamp file had.
    pub generation: String,
}

/// The region that the user had before ssoenv: `AWS_REGION`, else `AWS_DEFAULT_REGION`.
pub fn own_region(saved: &Saved) -> Option<&str> {
    REGION_VARIABLES.iter().find_map(|name| saved.original(name)).filter(|text| !text.is_empty())
}

/// [`own_region`] for a call of ours: what AWS cannot have is an error.
pub fn needed_own_region(saved: &Saved) -> Result<Option<&str>> {
    let Some(region) = own_region(saved) else { return Ok(None) };
    let naming = Naming::of(region);
    if !matches!(naming, Naming::Wrong(_)) {
        return Ok(Some(region));
    }
    let set = |name: &&str| saved.original(name) == Some(region);
    let variable = REGION_VARIABLES.into_iter().find(set).unwrap_or("AWS_REGION");
    Err(Error::config(format!("`{variable}` is not valid: `{region}`")).hint(
        match naming.meant() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("set `{variable}` to a Region such as `eu-central-1`"),
        },
    ))
}

/// Keys mode: the role's keys in the environment, and nothing else that could win over them.
pub fn keys(switch: &Switch, credentials: &Credentials) -> EnvDelta {
    let mut delta = EnvDelta::new();
    delta.set("AWS_ACCESS_KEY_ID", &*credentials.access_key_id);
    delta.set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.expose());
    if let Some(token) = &credentials.session_token {
        delta.set("AWS_SESSION_TOKEN", token.expose());
    }
    if let Some(expiration) = credentials.expiration {
        delta.set("AWS_CREDENTIAL_EXPIRATION", expiration.to_rfc3339());
    }
    for name in REGION_VARIABLES {
        match &switch.region {
            Some(region) => delta.set(name, &**region),
            None => delta.unset(name),
        }
    }
    if let Some(profile) = &switch.active.profile {
        delta.set("AWS_SSO_PROFILE", profile.as_str());
    }
    if let Some(account) = &switch.active.account_id {
        delta.set("AWS_ACCOUNT_ID", account.as_str());
    }
    for (name, value) in &switch.settings {
        delta.set(name.clone(), &**value);
    }
    finish(switch, delta)
}

/// Profile mode: `AWS_PROFILE`, and nothing that could win over it but the user's own region.
pub fn profile(switch: &Switch, saved: &Saved) -> EnvDelta {
    let mut delta = EnvDelta::new();
    delta.set("AWS_PROFILE", &*switch.active.key_id);
    for name in REGION_VARIABLES {
        match switch.region.as_deref().or_else(|| saved.original(name)) {
            Some(region) => delta.set(name, region),
            None => delta.unset(name),
        }
    }
    finish(switch, delta)
}

fn finish(switch: &Switch, mut delta: EnvDelta) -> EnvDelta {
    for name in TOUCH_LIST {
        delta.unset_if_untouched(name);
    }
    switch.active.write(&mut delta);
    switch.label.write(&mut delta);
    if let Some(time) = switch.warn_at {
        delta.set("SSOENV_WARN_AT", time.seconds().to_string());
    }
    if let Some(color) = &switch.color {
        delta.set("SSOENV_COLOR", &**color);
    }
    if let Some(refresh) = &switch.refresh {
        delta.set("SSOENV_REFRESH_AT", refresh.at.seconds().to_string());
        delta.set("SSOENV_STAMP", &*refresh.stamp);
        delta.set("SSOENV_GEN", &*refresh.generation);
    }
    for name in OWN_VARIABLES {
        delta.unset_if_untouched(name);
    }
    delta
}

/// Takes back what an earlier `use` carried along, and adds what `clear` and `use -` need: the
/// user's values, and what was used before.
pub fn remember(delta: &mut EnvDelta, saved: Saved, previous: Option<&Recall>) {
    saved.take_back(delta);
    saved.write(delta);
    if let Some(previous) = previous {
        delta.set("SSOENV_PREV", previous.text());
    }
}

#[cfg(test)]
mod tests {
    use super::{Refresh, Switch, keys, own_region, profile, remember};
    use crate::domain::active::{Active, Mode, Recall};
    use crate::domain::credentials::Credentials;
    use crate::domain::env_delta::EnvDelta;
    use crate::domain::saved::Saved;
    use crate::domain::secret::Secret;
    use crate::domain::segment::Label;
    use crate::domain::timestamp::Timestamp;

    fn switch(mode: Mode) -> Switch {
        Switch {
            active: Active {
                on_top: None,
                profile: Some("prod".into()),
                account_id: Some("111122223333".into()),
                account_name: Some("Acme".into()),
                role: Some("Admin".into()),
                session: Some("corp".into()),
                mode,
                expires_at: Some(Timestamp::from_seconds(1_735_787_045)),
                key_id: if mode == Mode::Keys { "ASIAX".into() } else { "prod".into() },
            },
            region: None,
            settings: Vec::new(),
            label: Label { text: "Acme Admin".into(), ..Label::default() },
            warn_at: None,
            color: None,
            refresh: Some(Refresh {
                at: Timestamp::from_seconds(1_735_786_000),
                stamp: "/s/x".into(),
                generation: "7".into(),
            }),
        }
    }

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "ASIAX".into(),
            secret_access_key: Secret::new("SECRET"),
            session_token: Some(Secret::new("TOKEN")),
            expiration: Some(Timestamp::from_seconds(1_735_787_045)),
            account_id: None,
        }
    }

    fn set(delta: &EnvDelta) -> Vec<&str> {
        let changes = delta.changes().iter();
        changes.filter(|(_, value)| value.is_some()).map(|(name, _)| &**name).collect()
    }

    #[test]
    fn keys_mode_sets_in_the_order_of_the_contract() {
        let delta =
            keys(&Switch { region: Some("r".into()), ..switch(Mode::Keys) }, &credentials());
        assert_eq!(
            set(&delta)[..8],
            [
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
                "AWS_CREDENTIAL_EXPIRATION",
                "AWS_REGION",
                "AWS_DEFAULT_REGION",
                "AWS_SSO_PROFILE",
                "AWS_ACCOUNT_ID",
            ]
        );
        assert_eq!(delta.get("AWS_PROFILE"), Some(&None));
        assert_eq!(delta.get("AWS_SECURITY_TOKEN"), Some(&None));
        assert_eq!(delta.get("SSOENV_COLOR"), Some(&None));
    }

    #[test]
    fn profile_mode_keeps_the_users_region() {
        let saved = Saved::capture(|name| (name == "AWS_DEFAULT_REGION").then(|| "mine".into()));
        let delta = profile(&switch(Mode::Profile), &saved);
        assert_eq!(set(&delta)[..2], ["AWS_PROFILE", "AWS_DEFAULT_REGION"]);
        assert_eq!(delta.get("AWS_ACCESS_KEY_ID"), Some(&None));
        assert_eq!(own_region(&saved), Some("mine"));
    }

    #[test]
    fn the_way_back_is_remembered_last() {
        let mut delta = keys(&switch(Mode::Keys), &credentials());
        remember(&mut delta, Saved::capture(|_| None), Some(&Recall::Profile("dev".into())));
        assert_eq!(delta.get("SSOENV_PREV"), Some(&Some("dev".into())));
        assert!(delta.get("SSOENV_SAVED").is_some_and(Option::is_some));
    }
}
