//! Profiles: what is missing, what wins over them, what the directory does not know.

use std::collections::HashMap;

use super::{Patient, Problem, Status};
use crate::config::Config;
use crate::domain::credentials::FRESH_SECONDS;
use crate::domain::names::ProfileName;
use crate::domain::nearest::nearest;
use crate::domain::profile::{Source, SsoRole, SsoSession, Target};
use crate::domain::region::Naming;
use crate::identity::accounts::{self, Entry};

/// Profiles and sessions that do not resolve.
pub fn complete(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
    let mut found: Vec<Problem> = Vec::new();
    for (name, session) in config.session_names().iter().zip(config.sessions()) {
        if let Err(error) = session {
            let place = config.session_line(name.as_str());
            found.push(placed(Problem::of_error(&error), place));
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
            if !found.iter().any(|known| known.what == problem.what) {
                found.push(placed(problem, config.source_line(name.as_str())));
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

fn placed(problem: Problem, place: Option<(std::path::PathBuf, usize)>) -> Problem {
    match place {
        Some((file, line)) => problem.at(file, Some(line)),
        None => problem,
    }
}

/// Profiles without a region, and regions that are none.
pub fn region(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
    let env = &patient.app.env;
    let elsewhere =
        ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().any(|name| env.non_empty(name).is_some());
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let problem = match values.text("region") {
            None if elsewhere || values.is_empty() => continue,
            None => Problem::warn(
                format!("the profile `{name}` has no `region`"),
                "AWS tools that need one fail with `You must specify a region`",
                format!("set `region` in the profile `{name}`"),
            ),
            Some(region) => {
                let Some(problem) = misspelt(&format!("the profile `{name}`"), "region", region)
                else {
                    continue;
                };
                problem
            }
        };
        found.push(placed(problem, config.source_line(name.as_str())));
    }
    found
}

/// Assumed roles that live so short that the AWS CLI never keeps their credentials.
pub fn duration(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
    let short = patient.targets.iter().filter_map(|(name, target)| {
        let Source::AssumeRole(role) = &target.as_ref().ok()?.source else { return None };
        let seconds = role.duration_seconds.filter(|n| i64::from(*n) <= FRESH_SECONDS)?;
        let problem = Problem::warn(
            format!("the profile `{name}` asks for a role of {seconds} seconds"),
            "the AWS CLI keeps only what has more than 15 minutes left, and asks STS each time; \
             ssoenv keeps it for half its life",
            format!("set `duration_seconds = 3600` in the profile `{name}`, or leave it out"),
        );
        Some(placed(problem, config.source_line(name.as_str())))
    });
    short.collect()
}

/// What is wrong with the name of a Region: its form, or that it is one letter from a known one.
pub(super) fn misspelt(whose: &str, key: &str, region: &str) -> Option<Problem> {
    let naming = Naming::of(region);
    if naming == Naming::Known {
        return None;
    }
    let what = format!("{whose} has `{key} = {region}`");
    let fix = naming.meant().map(|near| format!("did you mean `{key} = {near}`?"));
    if matches!(naming, Naming::Wrong(_)) {
        let fix = fix.unwrap_or_else(|| format!("set `{key}` to a Region such as `eu-west-1`"));
        return Some(Problem::fail(what, "that is not the name of a Region", fix));
    }
    // It may be newer than this build.
    fix.map(|fix| Problem::warn(what, "this version does not know such a Region", fix))
}

/// Keys in the credentials file that some tools take before the profile of that name.
pub fn static_keys(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
    let file = config.credentials_file();
    let mut found = Vec::new();
    for (name, values) in config.each() {
        let Some(entry) = values.credentials_only().filter(|v| v.contains("aws_access_key_id"))
        else {
            continue;
        };
        let Ok(target) = config.target(name) else { continue };
        let own = values.config_only();
        let configured = own.is_some_and(|own| {
            own.contains("credential_process")
                || own.contains("sso_session")
                || own.contains("sso_account_id")
                || own.contains("role_arn")
        });
        if !configured {
            continue;
        }
        let line = entry.place("aws_access_key_id").map(|(_, line)| line);
        let what = format!("the profile `{name}` also has static keys in the credentials file");
        let why = match target.source {
            Source::Static { .. } => "they win over the profile in every AWS tool",
            _ => "some AWS SDKs take them before the profile",
        };
        let fix = format!("remove the keys of `[{name}]` from `{}`", file.path.display());
        found.push(Problem::warn(what, why, fix).at(&file.path, line));
    }
    found
}

/// Accounts and roles of profiles that a complete directory does not have.
pub fn known(patient: &Patient) -> Vec<Problem> {
    let Some(config) = &patient.config else { return Vec::new() };
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
        if let Some(problem) = unknown(&directories[at].1, name, role) {
            found.push(placed(problem, config.source_line(name.as_str())));
        }
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
) -> Option<Problem> {
    if accounts.is_empty() {
        return None;
    }
    let refresh = "run `ssoenv roles --refresh` if it was granted lately";
    let account = role.account_id.as_str();
    let Some(entry) = accounts.get(account) else {
        let near = nearest(account, accounts.keys().map(String::as_str));
        let fix = match near {
            Some(near) => format!("did you mean `sso_account_id = {near}`?"),
            None => refresh.to_owned(),
        };
        let what = format!("the account `{account}` of the profile `{name}` is not one of yours");
        return Some(Problem::warn(what, "the last list of accounts does not have it", fix));
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
    let what = format!("the role `{wanted}` of the profile `{name}` is not one of yours");
    Some(Problem::warn(what, "the last list of roles does not have it", fix))
}
