//! Console logins: who is named by `login_session`, and by which profile.

use std::collections::HashSet;

use super::profiles::Config;
use super::region_key;
use super::resolve::{assumes_role, has_static_keys};
use super::values::Values;
use crate::domain::Result;
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;
use crate::domain::profile::MOST_STEPS;

impl Config {
    /// Each identity that a profile names, with the first such profile.
    pub fn logins(&self) -> Vec<(LoginSession, ProfileName)> {
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        for (name, values) in self.each() {
            if let Some(arn) = values.text("login_session")
                && known.insert(arn)
                && let Some(session) = login_of(name, values)
            {
                found.push((session, name.clone()));
            }
        }
        found
    }

    /// The profile that has the `login_session` in which a profile's chain ends.
    pub fn login_holder(&self, name: &ProfileName) -> Option<ProfileName> {
        let end = self.chain_end(name).ok()?;
        self.values(end.as_str())?.contains("login_session").then_some(end)
    }

    /// The profile whose own credentials the roles of a profile's chain are taken with; the profile
    /// itself where it takes none.
    ///
    /// # Errors
    /// As [`Config::target`], for a chain that leads nowhere or back to itself, or is too long.
    pub fn chain_end(&self, name: &ProfileName) -> Result<ProfileName> {
        let mut end = name.clone();
        let mut visited = HashSet::from([end.clone()]);
        loop {
            let values = self.values(end.as_str()).ok_or_else(|| self.not_found(end.as_str()))?;
            let is_source = end != *name && has_static_keys(values);
            let next = values.text("source_profile").filter(|_| assumes_role(values) && !is_source);
            let Some(next) = next.map(ProfileName::new) else { return Ok(end) };
            // Only its own keys make a profile its own source.
            if next == end && has_static_keys(values) {
                return Ok(end);
            }
            let too_long = visited.len() > MOST_STEPS;
            if too_long || !self.has_profile(next.as_str()) || !visited.insert(next.clone()) {
                return Err(match self.target(name) {
                    Err(error) => error,
                    Ok(_) => self.not_found(next.as_str()),
                });
            }
            end = next;
        }
    }
}

fn login_of(name: &ProfileName, values: Values) -> Option<LoginSession> {
    let arn = values.text("login_session")?.to_owned();
    Some(LoginSession { arn, region: region_key::of_profile(name, values) })
}
