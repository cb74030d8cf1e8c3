//! A console login (`aws login`): whose it is, and when its credentials are replaced.

use super::arn;
use super::credentials::Freshness;
use super::names::{AccountId, ProfileName, RoleName};
use super::region::ProfileRegion;
use super::speech;
use super::timestamp::Timestamp;

/// Seconds that credentials of a console login live.
pub const LIFE_SECONDS: i64 = 15 * 60;

/// Seconds that a console session lasts at most, refreshes included.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// Seconds that they must have left to count as fresh.
const FRESH_SECONDS: i64 = LIFE_SECONDS / 2;

/// `login_session` of a profile. Profiles that name the same identity share one login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// The ARN of whoever signed in, exactly as written: the cache file is named after it. Empty
    /// before anybody has.
    pub arn: String,
    /// `region` of the profile that has the key.
    pub region: ProfileRegion,
}

impl LoginSession {
    /// A login that whoever signs in will have.
    pub const fn of_anybody(region: ProfileRegion) -> Self {
        Self { arn: String::new(), region }
    }

    /// What the identity is called in its account: the user, `root`, or the role.
    pub fn name(&self) -> &str {
        let last = || self.arn.rsplit([':', '/']).next().unwrap_or_default();
        role_of(&self.arn).unwrap_or_else(last)
    }

    /// The account of the identity.
    pub fn account_id(&self) -> Option<AccountId> {
        arn::account(&self.arn).map(AccountId::from)
    }

    /// The role, where the identity is a role's session.
    pub fn role_name(&self) -> Option<RoleName> {
        role_of(&self.arn).map(RoleName::from)
    }
}

/// The role of `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
pub fn role_of(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?.strip_prefix("assumed-role/")?;
    resource.split('/').next().filter(|name| !name.is_empty())
}

/// The command that logs in again, quoted for the reader's shell.
pub fn login_command(profile: Option<&ProfileName>) -> String {
    match profile {
        Some(profile) => format!("ssoenv login {}", speech::word(profile.as_str())),
        None => "ssoenv login".to_owned(),
    }
}

/// Judges credentials of a console login by their end alone: what they lived for is always the same.
pub fn freshness(expires: Timestamp, now: Timestamp) -> Freshness {
    match expires.seconds() - now.seconds() {
        ..=0 => Freshness::Expired,
        1..FRESH_SECONDS => Freshness::Stale,
        _ => Freshness::Fresh,
    }
}

#[cfg(test)]
mod tests {
    use super::{LoginSession, freshness};
    use crate::domain::credentials::Freshness;
    use crate::domain::region::ProfileRegion;
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn identities_name_account_and_role() {
        for (arn, account, role, name) in [
            ("arn:aws:iam::111122223333:user/team/jane", Some("111122223333"), None, "jane"),
            ("arn:aws:iam::111122223333:root", Some("111122223333"), None, "root"),
            (
                "arn:aws-cn:sts::111122223333:assumed-role/Admin/jane",
                Some("111122223333"),
                Some("Admin"),
                "Admin",
            ),
            ("jane", None, None, "jane"),
        ] {
            let session = LoginSession { arn: arn.to_owned(), region: ProfileRegion::NONE };
            assert_eq!(session.account_id().as_ref().map(AsRef::as_ref), account, "{arn}");
            assert_eq!(session.role_name().as_ref().map(AsRef::as_ref), role, "{arn}");
            assert_eq!(session.name(), name);
        }
    }

    #[test]
    fn fresh_until_half_of_their_life() {
        let at = Timestamp::from_seconds;
        for (left, state) in [
            (900, Freshness::Fresh),
            (450, Freshness::Fresh),
            (449, Freshness::Stale),
            (1, Freshness::Stale),
            (0, Freshness::Expired),
        ] {
            assert_eq!(freshness(at(left), at(0)), state, "{left}");
        }
    }
}
