//! What is wrong, why, and the edit or command that mends it: one check, one function, in one file
//! per family. Offline checks read files and the environment; network checks run beside each
//! other, each with a deadline.

pub mod bundle;
mod environment;
mod files;
pub mod mend;
mod network;
mod permissions;
mod profiles;
mod redact;
mod sessions;
mod storage;

use std::path::PathBuf;

use serde::Serialize;

use crate::config::Config;
use crate::config::finding::Finding;
use crate::config::settings::Settings;
use crate::domain::names::ProfileName;
use crate::domain::profile::{SsoSession, Target};
use crate::domain::{Error, Result};
use crate::io::App;
use mend::Mend;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing found.
    Ok,
    /// It works here, and may not elsewhere or for long.
    Warn,
    /// It does not work.
    Fail,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Problem {
    /// `Warn` or `Fail`.
    pub status: Status,
    /// What was found: a sentence without a full stop.
    pub what: String,
    /// What it does.
    pub why: String,
    /// The edit or command that mends it.
    pub fix: String,
    /// Where: file and line, from 1.
    pub place: Option<(PathBuf, Option<usize>)>,
    /// What `--fix` may do about it.
    pub mend: Option<Mend>,
}

impl Problem {
    /// Something that does not work.
    pub fn fail(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            what: what.into(),
            why: why.into(),
            fix: fix.into(),
            place: None,
            mend: None,
        }
    }

    /// Something that works here and now.
    pub fn warn(what: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { status: Status::Warn, ..Self::fail(what, why, fix) }
    }

    /// What an error says: the first hint is the fix.
    pub fn of_error(error: &Error) -> Self {
        let why = error.causes.join("; ");
        let fix = error.hints.first().cloned().unwrap_or_default();
        Self::fail(error.what.clone(), why, fix)
    }

    /// In this file, on this line.
    #[must_use]
    pub fn at(mut self, file: impl Into<PathBuf>, line: Option<usize>) -> Self {
        self.place = Some((file.into(), line));
        self
    }

    /// Mended by this.
    #[must_use]
    pub fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }
}

impl From<&Finding> for Problem {
    fn from(finding: &Finding) -> Self {
        Self::warn(&finding.what, &finding.why, &finding.fix).at(&finding.path, Some(finding.line))
    }
}

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Row {
    /// The check's name, in kebab-case.
    pub check: &'static str,
    /// `None`: the check found nothing.
    pub problem: Option<Problem>,
    /// What the check looks at.
    pub about: &'static str,
}

impl Row {
    /// How bad it is.
    pub fn status(&self) -> Status {
        self.problem.as_ref().map_or(Status::Ok, |problem| problem.status)
    }
}

/// What the checks look at.
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
}

impl<'a> Patient<'a> {
    /// Reads the files.
    pub fn new(app: &'a App) -> Self {
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
        Self { app, config, sessions, targets, findings, settings: Settings::load(app).ok() }
    }
}

/// A check: its name, what it looks at, and the look.
type Check = (&'static str, &'static str, fn(&Patient) -> Vec<Problem>);

/// The checks that need no network, in the order of the report.
const OFFLINE: &[Check] = &[
    ("config-file", "the AWS files can be read", files::config_file),
    ("profile-default", "one default section, without prefix", files::profile_default),
    ("section-prefix", "sections have the prefix that AWS tools read", files::section_prefix),
    ("dropped-section", "every section counts", files::dropped_section),
    ("names", "names that every AWS tool reads", files::names),
    ("inline-comment", "no comments behind values", files::inline_comment),
    ("syntax", "syntax that every AWS tool reads", files::syntax),
    ("session-keys", "session keys stand in the session alone", files::session_keys),
    ("scopes", "sessions ask for `sso:account:access`", files::scopes),
    ("settings", "ssoenv's own settings", files::settings),
    ("storage", "secrets live where `storage` says", storage::storage),
    ("permissions", "files are readable, and closed to others", permissions::permissions),
    ("profile", "profiles are complete", profiles::complete),
    ("region", "profiles have a region", profiles::region),
    ("role-duration", "assumed roles live long enough to be kept", profiles::duration),
    ("static-keys", "no static keys win over a profile", profiles::static_keys),
    ("account-role", "accounts and roles are known to the directory", profiles::known),
    ("active-profile", "the profile that the environment names exists", environment::active),
    ("environment", "no variables win over the profile", environment::shadowing),
    ("credentials-env", "keys in the environment are alive", environment::keys),
    ("hook", "the shell loads the hook", environment::hook),
    ("start-url", "start URLs are portals, spelt as they are", sessions::start_url),
    ("sso-region", "`sso_region` is a Region", sessions::region),
    ("login", "sessions are logged in", sessions::login),
    ("registration", "client registrations live", sessions::registration),
];

/// The checks that ask the network, and what they look at.
const NETWORK: &[(&str, &str)] = &[
    ("network", "the service can be reached, proxy and certificates included"),
    ("sso-region-online", "the Region knows the start URL"),
    ("clock", "the clock is right"),
    ("assignment", "the roles of profiles are granted"),
];

/// Runs the checks.
///
/// # Errors
/// Kind `Interrupted` alone: what does not work is a row of the report.
pub fn examine(patient: &Patient, offline: bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for &(check, about, look) in OFFLINE {
        let needs_config =
            !matches!(check, "config-file" | "settings" | "storage" | "permissions" | "hook");
        if patient.config.is_some() || !needs_config {
            add(&mut rows, check, about, look(patient));
        }
    }
    if !offline && patient.config.is_some() {
        let mut found = network::ask(patient)?;
        for &(check, about) in NETWORK {
            let (here, rest) = found.into_iter().partition(|(name, _)| *name == check);
            found = rest;
            let here: Vec<(&str, Problem)> = here;
            add(&mut rows, check, about, here.into_iter().map(|(_, problem)| problem).collect());
        }
    }
    Ok(rows)
}

/// Adds what a check found. What another one has said already is not said again.
fn add(rows: &mut Vec<Row>, check: &'static str, about: &'static str, problems: Vec<Problem>) {
    if problems.is_empty() {
        rows.push(Row { check, about, problem: None });
    }
    for problem in problems {
        let said = rows.iter().filter_map(|row| row.problem.as_ref());
        if !said.into_iter().any(|known| known.what == problem.what) {
            rows.push(Row { check, about, problem: Some(problem) });
        }
    }
}
