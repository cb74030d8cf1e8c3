//! An ordered change of environment variables, and the variables that `use` owns.

use std::borrow::Cow;

/// Variables that `use` sets or unsets, in the contract's order.
pub const TOUCH_LIST: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SSO_PROFILE",
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
];

/// Region variables: set when a region is known, given back by `clear`.
pub const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Variables that hold secrets, ours or the user's.
pub const SECRET_VARIABLES: [&str; 5] = [
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "SSOENV_SAVED",
];

/// One step: set a variable, or remove it (`None`). Removed, never blank.
pub type Change = (Cow<'static, str>, Option<String>);

/// Changes in the order in which they are to be made; one per name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EnvDelta(Vec<Change>);

impl EnvDelta {
    /// No change, and room for all that `use` makes.
    pub fn new() -> Self {
        Self(Vec::with_capacity(64))
    }

    /// Sets `name`; a later call for the same name wins in place.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.put(name.into(), Some(value.into()));
    }

    /// Removes `name`.
    pub fn unset(&mut self, name: impl Into<Cow<'static, str>>) {
        self.put(name.into(), None);
    }

    /// Removes `name` unless it is already set or removed here.
    pub fn unset_if_untouched(&mut self, name: &'static str) {
        if self.get(name).is_none() {
            self.0.push((Cow::Borrowed(name), None));
        }
    }

    /// The change of `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&Option<String>> {
        self.0.iter().find(|(known, _)| same(known, name)).map(|(_, value)| value)
    }

    /// All changes in order.
    pub fn changes(&self) -> &[Change] {
        &self.0
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, name: Cow<'static, str>, value: Option<String>) {
        match self.0.iter_mut().find(|(known, _)| same(known, &name)) {
            Some(change) => change.1 = value,
            None => self.0.push((name, value)),
        }
    }
}

/// Whether two names are the same. Nearly all start alike, so their ends are looked at first.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().rev().eq(other.bytes().rev())
}

impl std::fmt::Debug for EnvDelta {
    /// Names only: values may be keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(
                self.0.iter().map(|(name, value)| {
                    format!("{}{name}", if value.is_some() { "+" } else { "-" })
                }),
            )
            .finish()
    }
}
