//! Credentials for one role, as the portal and STS give them.

use super::names::AccountId;
use super::secret::Secret;
use super::timestamp::Timestamp;

/// An access key pair, with a session token and an end when it is temporary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `AccessKeyId`: an identifier, but kept out of logs like the rest.
    pub access_key_id: String,
    /// `SecretAccessKey`.
    pub secret_access_key: Secret,
    /// `SessionToken`; absent for long-term keys.
    pub session_token: Option<Secret>,
    /// `Expiration`; absent for long-term keys.
    pub expiration: Option<Timestamp>,
    /// The account the keys belong to, where it is known.
    pub account_id: Option<AccountId>,
}

impl Credentials {
    /// Seconds until the end; `None` for credentials without one.
    pub fn left(&self, now: Timestamp) -> Option<i64> {
        self.expiration.map(|end| end.seconds() - now.seconds())
    }
}

/// What to do with cached credentials: use them, use them only if nothing newer can be had, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Served from the cache.
    Fresh,
    /// Still alive, but to be replaced; used with a warning when that fails.
    Stale,
    /// Dead.
    Expired,
}

/// Seconds that must be left for credentials or tokens to count as fresh.
pub const FRESH_SECONDS: i64 = 15 * 60;

/// Judges an expiry by the 15-minute rule.
///
/// `issued` is when the credentials were obtained, where that is known: of lives shorter than
/// half an hour, half of the life is enough.
pub fn freshness(expires: Timestamp, issued: Option<Timestamp>, now: Timestamp) -> Freshness {
    let left = expires.seconds() - now.seconds();
    let needed = issued.map_or(FRESH_SECONDS, |issued| {
        FRESH_SECONDS.min((expires.seconds() - issued.seconds()).max(0) / 2)
    });
    if left <= 0 {
        Freshness::Expired
    } else if left < needed {
        Freshness::Stale
    } else {
        Freshness::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::{Freshness, freshness};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn fifteen_minutes_or_half_of_a_short_life() {
        let at = Timestamp::from_seconds;
        assert_eq!(freshness(at(900), None, at(0)), Freshness::Fresh);
        assert_eq!(freshness(at(899), None, at(0)), Freshness::Stale);
        assert_eq!(freshness(at(0), None, at(0)), Freshness::Expired);
        assert_eq!(freshness(at(900), Some(at(0)), at(400)), Freshness::Fresh);
        assert_eq!(freshness(at(900), Some(at(0)), at(451)), Freshness::Stale);
        assert_eq!(freshness(at(3600), Some(at(0)), at(2700)), Freshness::Fresh);
    }
}
