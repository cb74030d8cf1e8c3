//! What a test can set: lifetimes, trust policies.

use std::time::Duration;

/// How long what the simulator issues is good for.
#[derive(Clone, Debug)]
pub struct Lifetimes {
    /// Access tokens.
    pub access_token: Duration,
    /// Credentials of roles from the portal.
    pub role_credentials: Duration,
    /// Client registrations.
    pub registration: Duration,
    /// Device codes.
    pub device_code: Duration,
    /// Poll interval of the device flow; answers name whole seconds, rounded down.
    pub interval: Duration,
    /// Refresh tokens; `None`: none are issued.
    pub refresh_token: Option<Duration>,
    /// Authorization codes.
    pub authorization_code: Duration,
    /// Credentials of a console login.
    pub console_credentials: Duration,
    /// The session of a console login, which ends its refresh tokens.
    pub console_session: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token: Duration::from_hours(1),
            role_credentials: Duration::from_hours(1),
            registration: Duration::from_hours(90 * 24),
            device_code: Duration::from_mins(10),
            interval: Duration::from_secs(1),
            refresh_token: Some(Duration::from_hours(90 * 24)),
            authorization_code: Duration::from_mins(5),
            console_credentials: Duration::from_mins(15),
            console_session: Duration::from_hours(12),
        }
    }
}

/// Who may assume an IAM role, and how.
///
/// Accounts, roles and access keys that are named restrict it: the source has to be one of each kind named.
#[derive(Clone, Debug)]
pub struct Trust {
    pub(crate) accounts: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) access_keys: Vec<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) mfa: Option<(String, String)>,
    pub(crate) max_duration: Duration,
}

impl Trust {
    /// Everybody with valid credentials.
    pub fn anyone() -> Self {
        Self {
            accounts: Vec::new(),
            roles: Vec::new(),
            access_keys: Vec::new(),
            external_id: None,
            mfa: None,
            max_duration: Duration::from_hours(1),
        }
    }

    /// Principals of this account. Several calls widen the trust.
    #[must_use]
    pub fn account(mut self, id: &str) -> Self {
        self.accounts.push(id.to_owned());
        self
    }

    /// A role by its name: a permission set's, or an IAM role's.
    #[must_use]
    pub fn role(mut self, name: &str) -> Self {
        self.roles.push(name.to_owned());
        self
    }

    /// One access key.
    #[must_use]
    pub fn access_key(mut self, id: &str) -> Self {
        self.access_keys.push(id.to_owned());
        self
    }

    /// This external id is required.
    #[must_use]
    pub fn external_id(mut self, id: &str) -> Self {
        self.external_id = Some(id.to_owned());
        self
    }

    /// This MFA device and code are required.
    #[must_use]
    pub fn mfa(mut self, serial: &str, code: &str) -> Self {
        self.mfa = Some((serial.to_owned(), code.to_owned()));
        self
    }

    /// The role's maximum session duration (1 h unless set).
    #[must_use]
    pub fn max_duration(mut self, duration: Duration) -> Self {
        self.max_duration = duration;
        self
    }
}
