//! AWS Sign-In as `aws login` uses it: console credentials for an IAM or federated identity, whose refresh token is
//! bound to a key by `DPoP` (RFC 9449).

pub(crate) mod authorize;
mod dpop;
mod session;
pub(crate) mod token;

use crate::answer::{Answer, signin_error};
use crate::call::Call;
use crate::center::IdentityCenter;
use crate::state::State;
use std::collections::{BTreeSet, HashMap};
use std::time::SystemTime;

pub use session::ConsoleSession;

/// The browser is on the same machine as the client.
pub(crate) const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
/// The browser is elsewhere, and the person carries the code back.
pub(crate) const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
/// The page that shows the code of a login on another device.
pub(crate) const CONFIRMATION: &str = "/v1/sessions/confirmation";

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub region: String,
    pub identity: String,
    pub expires: SystemTime,
    pub used: bool,
}

/// What a refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub client_id: String,
    pub thumbprint: String,
    pub region: String,
    pub identity: String,
    pub expires: SystemTime,
    pub used: bool,
}

/// What the service remembers.
#[derive(Debug)]
pub(crate) struct Signin {
    /// The ARN of whoever sits in front of the browser.
    pub identity: String,
    pub codes: HashMap<String, Code>,
    /// By refresh token.
    pub grants: HashMap<String, Grant>,
    /// Identifiers of the proofs that came.
    pub proofs: BTreeSet<String>,
}

impl Default for Signin {
    fn default() -> Self {
        Self {
            identity: "arn:aws:iam::111122223333:user/team/jane".to_owned(),
            codes: HashMap::new(),
            grants: HashMap::new(),
            proofs: BTreeSet::new(),
        }
    }
}

/// A 400 that is also a violation.
fn refuse(state: &mut State, call: &Call, what: &str) -> Answer {
    state.violate(call, what);
    signin_error(400, "INVALID_REQUEST", what)
}

/// Where the client thinks that it is: scheme and host.
fn origin(call: &Call) -> String {
    match &call.via.host {
        Some(host) => format!("https://{host}"),
        None => format!("http://{}", call.header("host").unwrap_or_default()),
    }
}

impl IdentityCenter {
    /// The identity that signs in at the console from now on.
    pub fn console_identity(&self, arn: &str) {
        arn.clone_into(&mut self.shared.state().signin.identity);
    }

    /// Every console session so far is over: nothing refreshes it.
    pub fn end_console_sessions(&self) {
        let mut state = self.shared.state();
        let now = state.now();
        for grant in state.signin.grants.values_mut() {
            grant.expires = now;
        }
    }
}
