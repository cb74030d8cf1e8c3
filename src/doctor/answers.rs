//! What the answers of the services mean.

use std::time::{Duration, Instant};

use super::mend::Mend;
use super::patient::Patient;
use super::problem::Problem;
use super::sessions;
use crate::config::Config;
use crate::config::edit::Name;
use crate::domain::names::{AccountId, ProfileName, Region, RoleName};
use crate::domain::nearest::nearest;
use crate::domain::profile::{Connection, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Kind, Result};
use crate::identity::instance::region::{self, Answer};
use crate::identity::instance::start_url;
use crate::identity::wire::refusal::Failure;

pub const SERVICE: &str = "network";
pub const REGION: &str = "sso-region-online";
pub const CLOCK: &str = "clock";
pub const ROLES: &str = "assignment";

/// The longest that the search for the Regions of all portals may take.
pub const SEARCH: Duration = Duration::from_secs(10);
/// Seconds that the clock may be wrong.
const SKEW: i64 = 120;

/// A check's name, and what it found.
pub type Found = (&'static str, Problem);

/// These checks did not look.
pub fn skipped(checks: &[&'static str], why: &str) -> Vec<Found> {
    checks.iter().map(|check| (*check, Problem::skipped(why))).collect()
}

/// One account's roles to be compared with what profiles say.
pub struct Account {
    pub session: SsoSession,
    pub endpoint: String,
    pub token: Secret,
    pub id: AccountId,
    pub profiles: Vec<(ProfileName, RoleName)>,
}

/// What was found, and what was not answered.
#[derive(Default)]
pub struct Report {
    pub found: Vec<Found>,
    /// Checks to which a service gave no answer.
    pub silent: Vec<&'static str>,
    /// The service's clock.
    clock: Option<Timestamp>,
}

impl Report {
    /// A service that gives no answer: that is said once, whatever it was asked.
    fn no_answer(&mut self, check: &'static str, failure: Failure) {
        self.found.push((SERVICE, Problem::of_error(&failure.into_error())));
        self.silent.push(check);
    }

    /// An account whose roles could not be listed.
    pub fn not_listed(&mut self, account: &Account, failure: Failure) {
        let (id, session) = (&account.id, &account.session);
        let problem = match &failure {
            Failure::Service(error) if error.is_unauthorized() => Problem::fail(
                format!("the portal refuses the session `{}`", session.label()),
                error.describe(),
                format!("{} --force", session.login_command(None)),
            ),
            Failure::Service(error) if matches!(error.status, 403 | 404) => {
                let profile = account.profiles.first().map(|(profile, _)| profile.as_str());
                let whose = profile.map(|name| format!(" of profile `{name}`")).unwrap_or_default();
                Problem::fail(
                    format!("account `{id}`{whose} is not assigned to you"),
                    error.describe(),
                    "choose one of those that `ssoenv accounts --refresh` lists",
                )
            }
            Failure::Repeating => {
                let error = failure.into_error();
                let why = [vec![error.what], error.causes].concat().join(": ");
                let fix = error.hints.into_iter().next().unwrap_or_default();
                Problem::warn(format!("the roles in account `{id}` cannot be listed"), why, fix)
            }
            _ => return self.no_answer(ROLES, failure),
        };
        self.found.push((ROLES, problem));
    }

    /// What was found, what was not answered, and the clock.
    pub fn finish(mut self, patient: &Patient) -> Vec<Found> {
        match self.clock {
            Some(date) => self.found.extend(skew(patient, date).map(|problem| (CLOCK, problem))),
            None => self.silent.push(CLOCK),
        }
        self.silent.sort_unstable();
        self.silent.dedup();
        self.found.extend(skipped(&self.silent, "a service gives no answer"));
        self.found
    }
}

/// Looks for the Regions of portals, until the time for it is used up.
pub struct Search<'a> {
    pub patient: &'a Patient<'a>,
    pub config: &'a Config,
    pub connection: &'a Connection,
    pub left: Duration,
}

impl Search<'_> {
    fn region(&mut self, start_url: &str) -> Result<Option<Region>> {
        let Self { patient: Patient { app, .. }, config, connection, left } = self;
        let likely = region::likely(app, config);
        let started = Instant::now();
        let budget = (*left).min(region::BUDGET);
        let found = region::discover_within(app, connection, start_url, &likely, budget);
        *left = left.saturating_sub(started.elapsed());
        match found {
            Err(error) if error.kind == Kind::Interrupted => Err(error),
            found => Ok(found.ok().and_then(|found| found.region().cloned())),
        }
    }
}

/// What a session's OIDC endpoint said.
pub fn judge(search: &mut Search, at: usize, answer: Answer, report: &mut Report) -> Result<()> {
    let (patient, config) = (search.patient, search.config);
    let session = &patient.sessions[at];
    report.clock = report.clock.or(answer.date);
    let failure = match answer.result {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    let (region, url) = (&session.region, &session.start_url);
    let refused = failure.service().is_some_and(|error| error.status == 400);
    let misspelled = region::may_be_misspelled(region, &failure);
    // No Region knows the address of an identity provider: that has been said.
    if refused && start_url::parse(url).is_err() {
        return Ok(());
    }
    let right = if refused || misspelled { search.region(url)? } else { None };
    if !refused && right.is_none() {
        report.no_answer(REGION, failure);
        return Ok(());
    }
    let Some(right) = right.filter(|right| right != region) else {
        let problem = Problem::fail(
            format!("Identity Center in `{region}` does not know `{url}`"),
            "logins fail",
            "check `sso_start_url` and `sso_region`: the portal's address is in your browser",
        );
        report.found.push((REGION, sessions::placed(config, session, "sso_start_url", problem)));
        return Ok(());
    };
    let of_session = session.name.as_ref().map(|name| (Name::session(name.as_str()), None));
    let of_profiles = sessions::legacy_profiles(config, session).into_iter();
    let of_profiles = of_profiles.map(|name| (Name::profile(name.as_str()), Some(name)));
    for (section, profile) in of_session.into_iter().chain(of_profiles) {
        let whose =
            profile.as_ref().map(|name| format!(" of the profile `{name}`")).unwrap_or_default();
        let what = format!("the start URL `{url}`{whose} belongs to `{right}`, not `{region}`");
        let (why, fix) = ("logins fail in any other Region", format!("set `sso_region = {right}`"));
        let (key, value) = ("sso_region", right.to_string());
        let mend = Mend::Set { name: section, key: key.to_owned(), value };
        let problem = Problem::fail(what, why, fix).mended_by(mend);
        let problem = match profile {
            Some(profile) => sessions::in_profile(config, &profile, key, problem),
            None => sessions::placed(config, session, key, problem),
        };
        report.found.push((REGION, problem));
    }
    Ok(())
}

const SET_CLOCK: &str = if cfg!(windows) {
    "w32tm /resync"
} else if cfg!(target_os = "macos") {
    "sudo sntp -sS time.apple.com"
} else {
    "sudo timedatectl set-ntp true"
};

fn skew(patient: &Patient, date: Timestamp) -> Option<Problem> {
    let ahead = patient.app.clock.now().seconds() - date.seconds();
    if ahead.abs() <= SKEW {
        return None;
    }
    let direction = if ahead > 0 { "ahead" } else { "behind" };
    let what = format!("the clock of this machine is {} seconds {direction}", ahead.abs());
    let why = "AWS refuses signatures, and good credentials look expired";
    Some(Problem::fail(what, why, SET_CLOCK))
}

/// Roles of profiles that the account does not have.
pub fn granted(config: &Config, account: &Account, roles: &[RoleName]) -> Vec<Found> {
    let missing = account.profiles.iter().filter(|(_, role)| !roles.contains(role));
    let problems = missing.map(|(profile, role)| {
        let near = nearest(role.as_str(), roles.iter().map(AsRef::as_ref));
        let fix = match near {
            Some(near) => format!("did you mean `sso_role_name = {near}`?"),
            None => format!("choose one of those that `ssoenv roles {}` lists", account.id),
        };
        let what = format!("role `{role}` of profile `{profile}` is not assigned to you");
        let problem = Problem::fail(what, format!("account `{}` has others", account.id), fix);
        (ROLES, problem.at_place(config.source_line(profile.as_str())))
    });
    problems.collect()
}
