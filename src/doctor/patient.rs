//! What the checks look at: read once for all of them.

use crate::config::Config;
use crate::config::finding::Finding;
use crate::config::settings::Settings;
use crate::domain::Result;
use crate::domain::names::ProfileName;
use crate::domain::profile::{SsoSession, Target};
use crate::io::App;

/// Why nothing was looked at: the AWS files.
pub const UNREADABLE: &str = "the AWS files cannot be read";
/// Why nothing was looked at: sessions.
pub const NO_SESSION: &str = "no session is configured";

/// The machine and its files.
#[derive(Debug)]
pub struct Patient<'a> {
    /// Environment, clock, paths.
    pub app: &'a App,
    /// Both AWS files; `None` where one of them cannot be read.
    pub config: Option<Config>,
    /// Every named session, and every legacy portal, that is complete.
    pub sessions: Vec<SsoSession>,
    /// Every profile, and what its credentials are made of.
    pub targets: Vec<(ProfileName, Result<Target>)>,
    /// What was found in the AWS files while reading.
    pub findings: Vec<Finding>,
    /// ssoenv's own settings.
    pub settings: Option<Settings>,
    /// Without the network, and without starting programs.
    pub offline: bool,
}

impl<'a> Patient<'a> {
    /// Reads the files.
    pub fn new(app: &'a App, offline: bool) -> Self {
        let config = Config::load(app).ok();
        let sessions = config.as_ref().map_or_else(Vec::new, |config| {
            let named = config.sessions().into_iter().flatten();
            named.chain(config.legacy_sessions()).collect()
        });
        let targets = config.as_ref().map_or_else(Vec::new, |config| {
            let names = config.profile_names().into_iter();
            names.map(|name| (name.clone(), config.target(&name))).collect()
        });
        let findings = config.as_ref().map_or_else(Vec::new, Config::warnings);
        let settings = Settings::load(app).ok();
        Self { app, config, sessions, targets, findings, settings, offline }
    }
}
