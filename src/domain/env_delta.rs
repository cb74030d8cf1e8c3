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

/// A set of credentials.
pub const KEY_VARIABLES: [&str; 4] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
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
#[derive(Clone, PartialEq, Eq)]
pub struct EnvDelta {
    changes: Vec<Change>,
    /// Where the last name of each [`slot`] stands, counted from one: nearly every name is found,
    /// or found missing, by one look.
    slots: [u8; SLOTS],
}

const SLOTS: usize = 128;

/// What programs can be given in variables: Linux takes 128 KiB for one, macOS 1 MiB for all, Windows
/// 32 KiB for one.
const ROOM: usize = if cfg!(windows) { 30_000 } else { 96 * 1024 };

impl EnvDelta {
    /// No change, and room for all that `use` makes.
    pub fn new() -> Self {
        Self { changes: Vec::with_capacity(64), slots: [0; SLOTS] }
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
            self.push(Cow::Borrowed(name), None);
        }
    }

    /// The change of `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&Option<String>> {
        self.position(name).map(|at| &self.changes[at].1)
    }

    /// All changes in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether all that is set has room in an environment, beside what is there already.
    pub fn has_room(&self) -> bool {
        let set = self.changes.iter().filter_map(|(_, value)| value.as_ref());
        set.map(String::len).sum::<usize>() <= ROOM
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn put(&mut self, name: Cow<'static, str>, value: Option<String>) {
        match self.position(&name) {
            Some(at) => self.changes[at].1 = value,
            None => self.push(name, value),
        }
    }

    fn push(&mut self, name: Cow<'static, str>, value: Option<String>) {
        let slot = slot(&name);
        self.changes.push((name, value));
        self.slots[slot] = u8::try_from(self.changes.len()).unwrap_or(u8::MAX);
    }

    fn position(&self, name: &str) -> Option<usize> {
        let is_at = |at: &usize| self.changes.get(*at).is_some_and(|(known, _)| same(known, name));
        let guess = usize::from(self.slots[slot(name)]).checked_sub(1)?;
        Some(guess).filter(is_at).or_else(|| (0..self.changes.len()).find(is_at))
    }
}

impl Default for EnvDelta {
    fn default() -> Self {
        Self::new()
    }
}

/// Names that share a slot may be the same, others are not.
fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let end = bytes.last().copied().map_or(0, usize::from);
    let middle = bytes.get(bytes.len() / 2).copied().map_or(0, usize::from);
    (bytes.len() + 2 * end + 9 * middle) % SLOTS
}

/// Whether two names are the same. Most are one text of the program; else nearly all start alike, so
/// their ends are looked at first.
pub(super) fn same(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other)
        || one.len() == other.len() && one.bytes().rev().eq(other.bytes().rev())
}

impl std::fmt::Debug for EnvDelta {
    /// Names only: values may be keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(
                self.changes.iter().map(|(name, value)| {
                    format!("{}{name}", if value.is_some() { "+" } else { "-" })
                }),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::EnvDelta;

    /// Names of one length, end and middle share a slot; more than 255 do not fit into one byte.
    #[test]
    fn every_name_has_one_change_however_many_there_are() {
        let mut delta = EnvDelta::new();
        for round in ["old", "new"] {
            for number in 0..600 {
                delta.set(format!("N_{number:03}_X_{number:03}_Y"), round);
            }
        }
        assert_eq!(delta.changes().len(), 600);
        assert!(delta.changes().iter().all(|(_, value)| value.as_deref() == Some("new")));
        assert_eq!(delta.get("N_600_X_600_Y"), None);
        delta.unset_if_untouched("N_001_X_001_Y");
        assert_eq!(delta.get("N_001_X_001_Y"), Some(&Some("new".to_owned())));
    }
}
