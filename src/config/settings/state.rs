//! All settings together, and what holds for a target.

use std::path::PathBuf;

use super::key::Key;
use super::layer::Origin;
use super::matching::{Match, Names};
use super::table::{General, Rules};
use crate::config::finding::Finding;
use crate::domain::words::Agents;

/// All settings, defaults where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The section `[ssoenv]`.
    pub general: General,
    /// What the system's file alone says there.
    pub system: General,
    /// `[match "…"]` sections: the system's, then the user's, in the order of the files.
    pub matches: Vec<Match>,
    /// Where the user's settings are, or would be.
    pub path: PathBuf,
    /// What is not known, or not taken, and is said to everybody.
    pub warnings: Vec<Finding>,
    /// What the user's file says and the system's does not allow: for `doctor`.
    pub overruled: Vec<Finding>,
    /// Where the keys of `[ssoenv]` are set.
    pub(super) origins: Vec<(&'static str, Origin)>,
}

impl Settings {
    /// What the `[match]` sections say about a profile, or an account and role; later sections win
    /// per key, but what the system's file holds.
    pub fn rules(&self, names: &Names) -> Rules {
        let (mut rules, mut system) = (Rules::default(), Rules::default());
        for section in self.matches.iter().filter(|section| section.matches(names)) {
            for (key, value) in section.lines() {
                let mut wanted = rules.clone();
                // Checked when the line was read.
                _ = (key.set)(&mut wanted, value);
                if section.is_systems() {
                    system.clone_from(&wanted);
                } else if self.holds(key, &system, &wanted) {
                    continue;
                }
                rules = wanted;
            }
        }
        rules
    }

    /// The command that opens the pages of a session: what its `[match]` sections say, else `browser` of
    /// `[ssoenv]`.
    pub fn browser(&self, session: &str) -> Option<String> {
        let found = self.rules(&Names { session: Some(session), ..Names::default() }).browser;
        found.or_else(|| self.general.browser.clone())
    }

    /// `agent_markers`: where the system's file denies something to agents, a user can only add to those
    /// that it knows.
    pub fn agent_markers(&self) -> Vec<String> {
        let mut markers = self.general.agent_markers.clone();
        let mut system = self.matches.iter().filter(|section| section.is_systems());
        if system.any(|section| section.rules().agents == Agents::Deny) {
            markers.extend_from_slice(&self.system.agent_markers);
        }
        markers.sort();
        markers.dedup();
        markers
    }

    /// What sections that may go by the names of accounts say, for accounts without a known name: they
    /// might match.
    pub fn rules_by_name(&self) -> impl Iterator<Item = &Rules> {
        self.matches.iter().filter(|section| section.may_name_accounts()).map(Match::rules)
    }

    /// Whether the system's value stays where a user wants another one.
    pub fn holds<S>(&self, key: &Key<S>, system: &S, wanted: &S) -> bool {
        key.is_held(self.is_locked(key.name), system, wanted)
    }

    /// Whether the system's file locks the key.
    pub fn is_locked(&self, key: &str) -> bool {
        self.system.lock.iter().any(|locked| locked == key)
    }

    /// Where a key of `[ssoenv]` is set; `None` for the default.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.origins.iter().find(|(name, _)| *name == key).map(|(_, origin)| origin)
    }
}
