//! What is wrong, why, and the edit or command that fixes it: one check, one function, in one file
//! per family. Offline checks read files and the environment; network checks run beside each
//! other, each with a deadline.

mod answers;
mod audit;
mod aws_cli;
pub mod bundle;
mod console_logins;
mod environment;
mod files;
mod hook;
pub mod mend;
mod network;
pub mod patient;
mod permissions;
pub mod problem;
mod profiles;
mod redact;
pub mod report;
mod sessions;
mod storage;

use std::collections::HashSet;

use crate::config::Config;
use crate::domain::Result;
use patient::{NO_SESSION, Patient, UNREADABLE};
use problem::Problem;
use report::Row;

/// How a check looks, and what has to be there for it.
enum Look {
    /// Nothing.
    Machine(fn(&Patient) -> Vec<Problem>),
    /// AWS files that can be read.
    Files(fn(&Patient, &Config) -> Vec<Problem>),
    /// A profile in them.
    Profiles(fn(&Patient, &Config) -> Vec<Problem>),
    /// A session in them.
    Sessions(fn(&Patient, &Config) -> Vec<Problem>),
    /// The same as for `Files`; it runs a program, and Ctrl-C ends both.
    Program(fn(&Patient, &Config) -> Result<Vec<Problem>>),
}

use Look::{Files, Machine, Profiles, Program, Sessions};

/// The checks that need no network, in the order of the report: the name, what it looks at, the
/// look.
const OFFLINE: &[(&str, &str, Look)] = &[
    ("config-file", "the AWS files can be read", Machine(files::config_file)),
    ("profile-default", "one default section, without prefix", Files(files::profile_default)),
    (
        "section-prefix",
        "sections have the prefix that AWS tools read",
        Files(files::section_prefix),
    ),
    ("dropped-section", "every section counts", Files(files::dropped_section)),
    ("names", "names that every AWS tool reads", Files(files::names)),
    ("inline-comment", "no comments behind values", Files(files::inline_comment)),
    ("syntax", "syntax that every AWS tool reads", Files(files::syntax)),
    ("session-keys", "session keys are in the session alone", Profiles(sessions::keys)),
    ("scopes", "sessions ask for `sso:account:access`", Sessions(sessions::scopes)),
    ("settings", "ssoenv's own settings", Machine(files::settings)),
    ("storage", "secrets are where `storage` says", Machine(storage::storage)),
    ("permissions", "files are readable, and closed to others", Machine(permissions::permissions)),
    ("audit", "the audit log can be written, and by nobody else", Machine(audit::audit)),
    ("profile", "profiles and sessions are complete", Files(profiles::complete)),
    ("region", "profiles have a Region", Profiles(profiles::region)),
    ("role-duration", "assumed roles live long enough to be cached", Profiles(profiles::duration)),
    ("static-keys", "no static keys win over a profile", Profiles(profiles::static_keys)),
    ("long-lived-keys", "no access key that never expires", Profiles(profiles::long_lived)),
    (
        "account-role",
        "the cached list of accounts has those of profiles",
        Profiles(profiles::known),
    ),
    ("active-profile", "the profile that the environment names exists", Files(environment::active)),
    ("environment", "no variables win over the profile", Machine(environment::shadowing)),
    (
        "credentials-env",
        "credentials in the environment are whole and valid",
        Machine(environment::keys),
    ),
    ("coding-agent", "no coding agent runs this", Machine(environment::agent)),
    ("hook", "the shell loads the hook", Machine(hook::hook)),
    ("aws-cli", "an AWS CLI on PATH is new enough", Program(aws_cli::version)),
    (
        "start-url",
        "start URLs are spelled as the portal spells them",
        Sessions(sessions::start_url),
    ),
    ("sso-region", "`sso_region` is a Region", Sessions(sessions::region)),
    ("login", "sessions are logged in", Files(sessions::login)),
    ("console-login", "console logins can be used", Profiles(console_logins::login)),
    (
        "login-source",
        "a console login is a profile's only source",
        Profiles(console_logins::sources),
    ),
    ("registration", "client registrations are valid", Sessions(sessions::registration)),
];

/// Runs the checks.
///
/// # Errors
/// Kind `Interrupted` alone: what does not work is a row of the report.
pub fn examine(patient: &Patient) -> Result<Vec<Row>> {
    let mut rows = Rows::default();
    for (check, about, look) in OFFLINE {
        rows.add(check, about, look.at(patient)?);
    }
    let mut found = network::ask(patient)?;
    for &(check, about) in network::CHECKS {
        let (here, rest) = found.into_iter().partition(|(name, _)| *name == check);
        found = rest;
        let here: Vec<(&str, Problem)> = here;
        rows.add(check, about, here.into_iter().map(|(_, problem)| problem).collect());
    }
    Ok(rows.list)
}

impl Look {
    fn at(&self, patient: &Patient) -> Result<Vec<Problem>> {
        let skipped = |why: &str| Ok(vec![Problem::skipped(why)]);
        match (self, &patient.config) {
            (Machine(look), _) => Ok(look(patient)),
            (_, None) => skipped(UNREADABLE),
            (Profiles(_), _) if patient.targets.is_empty() => skipped("no profile is configured"),
            (Sessions(_), _) if patient.sessions.is_empty() => skipped(NO_SESSION),
            (Files(look) | Profiles(look) | Sessions(look), Some(config)) => {
                Ok(look(patient, config))
            }
            (Program(look), Some(config)) => look(patient, config),
        }
    }
}

#[derive(Default)]
struct Rows {
    list: Vec<Row>,
    said: HashSet<String>,
}

impl Rows {
    /// Adds what a check found. What another one has said already is not said again.
    fn add(&mut self, check: &'static str, about: &'static str, problems: Vec<Problem>) {
        if problems.is_empty() {
            self.list.push(Row { check, about, problem: None });
        }
        for problem in problems {
            if problem.what.is_empty() || self.said.insert(problem.what.clone()) {
                self.list.push(Row { check, about, problem: Some(problem) });
            }
        }
    }
}
