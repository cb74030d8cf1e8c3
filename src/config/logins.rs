//! Console logins: who is named by `login_session`, and by which profile.

use super::profiles::Config;
use super::region_key;
use super::values::Values;
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;

/// How many `source_profile` steps are followed.
const DEPTH: usize = 8;

impl Config {
    /// Each identity that a profile names, with the first such profile.
    pub fn logins(&self) -> Vec<(LoginSession, ProfileName)> {
        let mut found: Vec<(LoginSession, ProfileName)> = Vec::new();
        for (name, values) in self.each() {
            let Some(session) = login_of(name, values) else { continue };
            if !found.iter().any(|(known, _)| known.arn == session.arn) {
                found.push((session, name.clone()));
            }
        }
        found
    }

    /// The profile that has the `login_session` in which a profile's chain ends.
    pub fn login_holder(&self, name: &ProfileName) -> Option<ProfileName> {
        let mut name = name.clone();
        for _ in 0..DEPTH {
            let values = self.values(name.as_str())?;
            let next = values.text("source_profile").filter(|_| values.contains("role_arn"));
            match next {
                Some(next) => name = ProfileName::new(next),
                None => return values.contains("login_session").then_some(name),
            }
        }
        None
    }
}

fn login_of(name: &ProfileName, values: Values) -> Option<LoginSession> {
    let arn = values.text("login_session")?.to_owned();
    Some(LoginSession { arn, region: region_key::of_profile(name, values) })
}
