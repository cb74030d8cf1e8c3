//! What a caller allows and wants: whether a person may be asked to log in, in which way, and which
//! credentials will do.

use std::sync::Arc;
use std::time::Duration;

use crate::config::settings::Settings;
use crate::domain::Error;
use crate::domain::profile::SsoSession;
use crate::domain::secret::Secret;
use crate::domain::words::Flow;
use crate::io::App;

/// Why nobody is asked to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The command or one of its flags says so.
    Unwanted,
    /// Nobody is there, and why that is thought.
    Nobody(String),
    /// A variable or a setting says so.
    Forbidden {
        /// Which.
        why: String,
        /// What helps.
        instead: String,
    },
}

/// What the user allows and wants of a login.
#[derive(Clone, Debug)]
pub struct LoginPolicy {
    /// Why nobody is asked, if that is so.
    pub refusal: Option<Refusal>,
    /// `--device-code`.
    pub device_code: bool,
    /// `--no-browser`.
    pub no_browser: bool,
    /// `--port` of the redirect listener.
    pub port: Option<u16>,
    /// `--force`: a good token does not count.
    pub force: bool,
    /// The setting `login_flow`.
    pub flow: Flow,
    /// The command of the settings that opens a browser.
    pub browser: Option<String>,
    /// The settings, where a session may have a browser of its own.
    pub settings: Option<Arc<Settings>>,
}

impl LoginPolicy {
    /// Whatever works here, by the rules alone.
    pub const fn allowed() -> Self {
        Self {
            refusal: None,
            device_code: false,
            no_browser: false,
            port: None,
            force: false,
            flow: Flow::Auto,
            browser: None,
            settings: None,
        }
    }

    /// Never a login.
    pub fn never() -> Self {
        Self { refusal: Some(Refusal::Unwanted), ..Self::allowed() }
    }

    /// The command that opens the pages of a session.
    pub fn browser_of(&self, session: &SsoSession) -> Option<String> {
        let own = self.settings.as_ref().and_then(|settings| settings.browser(session.label()));
        own.or_else(|| self.browser.clone())
    }

    /// Whether a person may be asked.
    pub const fn allows(&self) -> bool {
        self.refusal.is_none()
    }

    /// Whether a variable or a setting forbids logins, whatever the call says.
    pub const fn is_forbidden(&self) -> bool {
        matches!(self.refusal, Some(Refusal::Forbidden { .. }))
    }

    /// The error for a login that is needed, with the reason why nobody is asked.
    pub fn explain(&self, error: Error) -> Error {
        match &self.refusal {
            None | Some(Refusal::Unwanted) => error,
            Some(Refusal::Nobody(why)) => error.cause(why),
            Some(Refusal::Forbidden { why, instead }) => {
                Error { hints: vec![instead.clone()], ..error }.cause(why)
            }
        }
    }
}

/// What is allowed and wanted of credentials.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether and how a person may be asked to log in.
    pub login: LoginPolicy,
    /// Cached credentials do not count.
    pub fresh: bool,
    /// The code of the MFA device.
    pub mfa_token: Option<Secret>,
    /// Seconds that the credentials must live at least.
    pub min_ttl: i64,
    /// `--region`: the Region of STS too.
    pub region: Option<String>,
    /// Whether the code of an MFA device may be asked for.
    pub may_ask: bool,
}

impl Policy {
    /// By the rules alone, with this policy for logins.
    pub fn new(login: LoginPolicy) -> Self {
        let may_ask = !login.is_forbidden();
        Self { login, fresh: false, mfa_token: None, min_ttl: 0, region: None, may_ask }
    }

    /// The same where nobody is there to be asked, and a code that was given is used up.
    #[must_use]
    pub fn silent(self) -> Self {
        let login = LoginPolicy { refusal: Some(Refusal::Unwanted), ..self.login };
        Self { login, mfa_token: None, may_ask: false, min_ttl: 0, ..self }
    }
}

/// The longest that a person may take, in seconds; `SSOENV_LOGIN_TIMEOUT` changes it.
const TIMEOUT_SECONDS: i64 = 10 * 60;

/// How long a person may take.
pub fn patience(app: &App) -> Duration {
    let seconds = app.env.digits("SSOENV_LOGIN_TIMEOUT").unwrap_or(TIMEOUT_SECONDS);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX).clamp(1, 86_400))
}
