//! Profiles: what is missing, what wins over them, what the directory does not know.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::patient::Patient;
use super::problem::{Problem, Status};
use crate::config::header::profile_section;
use crate::config::{Config, Values};
use crate::domain::credentials::FRESH_SECONDS;
use crate::domain::names::ProfileName;
use crate::domain::nearest::nearest;
use crate::domain::profile::{Source, SsoRole, SsoSession, Target};
use crate::domain::region::{Naming, is_region};
use crate::domain::speech;
use crate::identity::accounts::{self, Entry};

/// Profiles and sessions that do not resolve.
pub fn complete(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    let mut said: HashSet<String> = HashSet::new();
    for (name, session) in config.session_names().iter().zip(config.sessions()) {
        if let Err(error) = session {
            let place = config.session_line(name.as_str());
            said.insert(error.what.clone());
            found.push(Problem::of_error(&error).at_place(place));
        }
    }
    for (name, target) in &patient.targets {
        let lacking = match target {
            // A session alone is enough for tools that want a token, if it is there.
            Ok(Target { source: Source::Other(Some(lacking)), .. }) => Some(&**lacking),
            Ok(_) => None,
            Err(error) => Some(error),
        };
        if let Some(error) = lacking {
            let problem = Problem::of_error(error);
            let problem = if target.is_ok() && names_session(config, name) {
                Problem { status: Status::Warn, ..problem }
            } else {
                problem
            };
            // What is wrong with a session is said once.
            if said.insert(problem.what.clone()) {
                found.push(problem.at_place(config.source_line(name.as_str())));
            }
        }
    }
    found
}

/// Whether the session that a profile names is there.
fn names_session(config: &Config, name: &ProfileName) -> bool {
    let session = config.values(name.as_str()).and_then(|values| values.text("sso_session"));
    session.is_some_and(|session| config.session_values(session).is_some())
}

/// Profiles without a Region, and Regions that are not valid.
pub fn region(patient: &Patient, config: &Config) -> Vec<Problem> {
    let env = &patient.app.env;
    let elsewhere =
        ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().any(|name| env.non_empty(name).is_some());
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let problem = match values.text("region") {
            None if elsewhere || values.is_empty() => continue,
            None => Problem::warn(
                format!("profile `{name}` has no Region"),
                "AWS tools that need one fail with `You must specify a region`",
                format!("add `region = REGION` to `[{}]`", profile_section(name.as_str())),
            ),
            Some(region) => {
                let whose = format_args!("profile `{name}`");
                match misspelled(whose, "region", region, values.has_own_endpoints()) {
                    Some(problem) => problem,
                    None => continue,
                }
            }
        };
        found.push(problem.at_place(config.source_line(name.as_str())));
    }
    found
}

/// Assumed roles that live so short that the AWS CLI never keeps their credentials.
pub fn duration(patient: &Patient, config: &Config) -> Vec<Problem> {
    let short = patient.targets.iter().filter_map(|(name, target)| {
        let Source::AssumeRole(role) = &target.as_ref().ok()?.source else { return None };
        let seconds = role.duration_seconds.filter(|n| i64::from(*n) <= FRESH_SECONDS)?;
        let problem = Problem::warn(
            format!("profile `{name}` asks for credentials of {seconds} seconds"),
            "the AWS CLI caches only what is valid for more than 15 minutes, and asks STS each \
             time; ssoenv caches it for half its life",
            format!("set `duration_seconds = 3600` in the profile `{name}`, or remove it"),
        );
        Some(problem.at_place(config.source_line(name.as_str())))
    });
    short.collect()
}

/// What is wrong with the name of a Region: its form, or that this build does not know it. Other
/// makers' endpoints have names of their own.
pub(super) fn misspelled(
    whose: impl Display,
    key: &str,
    region: &str,
    elsewhere: bool,
) -> Option<Problem> {
    let naming = Naming::of(region);
    let why = match naming {
        Naming::Known => return None,
        Naming::Foreign | Naming::Wrong(_) if elsewhere && is_region(region) => return None,
        Naming::Foreign | Naming::Wrong(_) => "that is not a Region",
        // It may be newer than this build.
        Naming::Unknown(_) => "this version does not know that Region",
    };
    let what = format!("{whose} has `{key} = {region}`");
    let fix = match naming.meant() {
        Some(near) => format!("did you mean `{key} = {near}`?"),
        None => format!("set `{key}` to a Region such as `eu-west-1`"),
    };
    Some(match naming {
        Naming::Unknown(_) => Problem::warn(what, why, fix),
        _ => Problem::fail(what, why, fix),
    })
}

/// Keys in the credentials file that some tools take before the profile of that name.
pub fn static_keys(_: &Patient, config: &Config) -> Vec<Problem> {
    let file = config.credentials_file();
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let Some(entry) = values.credentials_only().filter(|v| v.contains("aws_access_key_id"))
        else {
            continue;
        };
        let Ok(target) = config.target(name) else { continue };
        if !is_configured(values) {
            continue;
        }
        let line = entry.place("aws_access_key_id").map(|(_, line)| line);
        let what = format!("profile `{name}` also has static keys in the credentials file");
        let why = match target.source {
            Source::Static { .. } => "every AWS tool uses them instead of the profile",
            _ => "some AWS SDKs use them instead of the profile",
        };
        let fix = format!("remove the keys of `[{name}]` from `{}`", file.path.display());
        found.push(Problem::warn(what, why, fix).at(&file.path, line));
    }
    found
}

/// Whether the config file says how to get credentials.
fn is_configured(values: Values) -> bool {
    let keys = ["credential_process", "sso_session", "sso_account_id", "role_arn"];
    values.config_only().is_some_and(|own| keys.iter().any(|key| own.contains(key)))
}

/// How the ID of an access key begins that never expires.
const LONG_LIVED: &str = "AKIA";

/// Access keys that work until somebody deletes them. Those beside an SSO profile are another
/// check's.
pub fn long_lived(_: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let Some((file, line)) = values.place("aws_access_key_id") else { continue };
        let key = values.text("aws_access_key_id").unwrap_or_default();
        if !key.starts_with(LONG_LIVED) || is_configured(values) {
            continue;
        }
        let what = format!("profile `{name}` has a long-lived access key");
        let why = "whoever reads the file can use it until somebody deletes it in IAM";
        let fix = format!(
            "replace it with an SSO profile (`ssoenv configure`), delete the key in IAM, then \
             `ssoenv profile remove {}`",
            speech::word(name.as_str())
        );
        found.push(Problem::warn(what, why, fix).at(&file.path, Some(line)));
    }
    found
}

/// So many accounts that are not there are no spelling mistakes: nothing like them is looked for.
const MISSPELT: usize = 20;

/// Accounts and roles of profiles that a complete directory does not have.
pub fn known(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    // Each is read once: it may be as large as the configuration.
    let mut directories: Vec<(&SsoSession, HashMap<String, Entry>)> = Vec::new();
    for (name, target) in &patient.targets {
        let Some(Source::Sso(role)) = target.as_ref().ok().map(|target| &target.source) else {
            continue;
        };
        let at = directories.iter().position(|(session, _)| **session == role.session);
        let at = at.unwrap_or_else(|| {
            directories.push((&role.session, listed(patient, &role.session)));
            directories.len() - 1
        });
        let guess = found.len() < MISSPELT;
        if let Some(problem) = unknown(&directories[at].1, name, role, guess) {
            found.push(problem.at_place(config.source_line(name.as_str())));
        }
    }
    if directories.iter().any(|(_, accounts)| accounts.is_empty()) {
        found.push(Problem::skipped("no list of accounts is cached: `ssoenv roles` gets it"));
    }
    found
}

/// The accounts of a session, by ID; none where they are not known to be all.
fn listed(patient: &Patient, session: &SsoSession) -> HashMap<String, Entry> {
    let known = accounts::load(patient.app, session).ok().flatten();
    let known = known.filter(accounts::Accounts::has_accounts);
    let accounts = known.into_iter().flat_map(|known| known.accounts);
    accounts.map(|entry| (entry.id.clone(), entry)).collect()
}

fn unknown(
    accounts: &HashMap<String, Entry>,
    name: &ProfileName,
    role: &SsoRole,
    guess: bool,
) -> Option<Problem> {
    if accounts.is_empty() {
        return None;
    }
    let refresh = "if it was granted recently: `ssoenv roles --refresh`";
    let account = role.account_id.as_str();
    let Some(entry) = accounts.get(account) else {
        let ids = accounts.keys().map(String::as_str);
        let fix = match guess.then(|| nearest(account, ids)).flatten() {
            Some(near) => format!("did you mean `sso_account_id = {near}`?"),
            None => refresh.to_owned(),
        };
        let what = format!("account `{account}` of profile `{name}` is not one of yours");
        return Some(Problem::warn(what, "the cached list of accounts does not have it", fix));
    };
    let roles = entry.roles.as_ref()?;
    let wanted = role.role_name.as_str();
    if roles.iter().any(|role| role == wanted) {
        return None;
    }
    let fix = match nearest(wanted, roles.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `sso_role_name = {near}`?"),
        None => refresh.to_owned(),
    };
    let what = format!("role `{wanted}` of profile `{name}` is not one of yours");
    Some(Problem::warn(what, "the cached list of roles does not have it", fix))
}
