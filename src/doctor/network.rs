//! What only the network knows: whether the service is there, in which Region the portal is, what
//! time it is, and which roles are granted. Everything is asked beside each other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::mend::Mend;
use super::{Patient, Problem, sessions};
use crate::config::Config;
use crate::config::edit::Name;
use crate::domain::names::{AccountId, ProfileName, Region, RoleName};
use crate::domain::nearest::nearest;
use crate::domain::profile::{Connection, Source, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenState;
use crate::domain::{Kind, Result};
use crate::identity::instance::region::{self, Answer};
use crate::identity::instance::start_url;
use crate::identity::store::{session_state, tokens};
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::portal::{Portal, all_pages};
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::{Attempts, host_of};
use crate::io::http::{Http, HttpSettings, TransportError};

/// The longest that one question may take.
const PATIENCE: Duration = Duration::from_secs(6);
/// The longest that the search for the Regions of all portals may take.
const SEARCH: Duration = Duration::from_secs(10);
/// Seconds that the clock may be wrong.
const SKEW: i64 = 120;

/// A check's name, and what it found.
type Found = (&'static str, Problem);

/// One account's roles to be compared with what profiles say.
struct Account {
    session: SsoSession,
    endpoint: String,
    token: Secret,
    id: AccountId,
    profiles: Vec<(ProfileName, RoleName)>,
}

/// What came back for one question.
enum Came {
    Session(usize, Answer),
    Roles(usize, std::result::Result<Vec<RoleName>, Failure>),
}

/// Asks about every session and every account that profiles use.
pub fn ask(patient: &Patient) -> Result<Vec<Found>> {
    let app = patient.app;
    let Some(config) = &patient.config else { return Ok(Vec::new()) };
    if patient.sessions.is_empty() {
        return Ok(Vec::new());
    }
    let connection = connection(patient, config)?;
    let net = match app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() }) {
        Ok(net) => net,
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => return Ok(vec![("network", Problem::of_error(&error))]),
    };
    let mut found = Vec::new();
    let mut endpoints = Vec::new();
    for session in &patient.sessions {
        match endpoint::base(&app.env, &connection, Service::Oidc, session.region.as_str()) {
            Ok(url) => endpoints.push(Some(url)),
            Err(error) => {
                found.push(("network", Problem::of_error(&error)));
                endpoints.push(None);
            }
        }
    }
    let accounts = accounts(patient, &connection);
    let came = net.run(async { Ok(gather(&net.http, patient, &endpoints, &accounts).await) })?;
    let mut search = Search { patient, connection: &connection, left: SEARCH };
    for answer in came {
        match answer {
            Came::Session(at, answer) => judge(&mut search, at, answer, &mut found)?,
            Came::Roles(at, Ok(roles)) => found.extend(granted(config, &accounts[at], &roles)),
            Came::Roles(at, Err(failure)) => found.push(not_listed(&accounts[at], failure)),
        }
    }
    Ok(found)
}

/// Looks for the Regions of portals, until the time for it is used up.
struct Search<'a> {
    patient: &'a Patient<'a>,
    connection: &'a Connection,
    left: Duration,
}

impl Search<'_> {
    fn region(&mut self, start_url: &str) -> Result<Option<Region>> {
        let Self { patient: Patient { app, config, .. }, connection, left } = self;
        let likely = config.as_ref().map(|config| region::likely(app, config)).unwrap_or_default();
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

fn connection(patient: &Patient, config: &Config) -> Result<Connection> {
    let names = ["SSOENV_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
    let active = names.into_iter().find_map(|name| patient.app.env.non_empty(name));
    config.connection(active.as_deref())
}

async fn gather(
    http: &Http,
    patient: &Patient<'_>,
    endpoints: &[Option<String>],
    accounts: &[Account],
) -> Vec<Came> {
    let mut asked = JoinSet::new();
    for (at, (session, endpoint)) in patient.sessions.iter().zip(endpoints).enumerate() {
        let Some(endpoint) = endpoint.clone() else { continue };
        let (http, start_url) = (http.clone(), session.start_url.clone());
        asked.spawn(async move {
            let answer = region::knock(&http, &endpoint, &start_url, PATIENCE).await;
            Came::Session(at, answer)
        });
    }
    for (at, account) in accounts.iter().enumerate() {
        let http = http.clone();
        let (endpoint, token, id) =
            (account.endpoint.clone(), account.token.clone(), account.id.clone());
        asked.spawn(async move {
            let attempts = Attempts { any: 1, throttled: 2 };
            let portal = Portal { http: &http, endpoint, attempts };
            let (portal, token, id) = (&portal, &token, &id);
            let roles = all_pages(|next| async move {
                portal.list_account_roles(token, id, next.as_deref()).await
            });
            let late = || Failure::Transport(TransportError::late(&host_of(&portal.endpoint)));
            Came::Roles(at, timeout(PATIENCE, roles).await.unwrap_or_else(|_| Err(late())))
        });
    }
    // Each ends by itself: PATIENCE is over for all of them at about the same time.
    asked.join_all().await
}

/// The accounts of profiles whose session has a living token, at most 40.
fn accounts(patient: &Patient, connection: &Connection) -> Vec<Account> {
    let app = patient.app;
    let mut accounts: BTreeMap<(String, String), Account> = BTreeMap::new();
    for (name, target) in &patient.targets {
        let Ok(target) = target else { continue };
        let Source::Sso(role) = &target.source else { continue };
        let key = (role.session.label().to_owned(), role.account_id.to_string());
        if let Some(account) = accounts.get_mut(&key) {
            account.profiles.push((name.clone(), role.role_name.clone()));
            continue;
        }
        let Ok(Some(token)) = tokens::load(app, &role.session) else { continue };
        let state = session_state::token_state(app, &role.session, &token);
        if !token.lives(app.clock.now()) || state.is_ok_and(|s| s == TokenState::Expired) {
            continue;
        }
        let region = start_url::region(&role.session, &token);
        let base = endpoint::base(&app.env, connection, Service::Portal, region);
        let Ok(endpoint) = base else { continue };
        if accounts.len() < 40 {
            let account = Account {
                session: role.session.clone(),
                endpoint,
                token: token.access_token.clone(),
                id: role.account_id.clone(),
                profiles: vec![(name.clone(), role.role_name.clone())],
            };
            accounts.insert(key, account);
        }
    }
    accounts.into_values().collect()
}

/// What a session's OIDC endpoint said.
fn judge(search: &mut Search, at: usize, answer: Answer, found: &mut Vec<Found>) -> Result<()> {
    let patient = search.patient;
    let session = &patient.sessions[at];
    if let Some(problem) = answer.date.and_then(|date| skew(patient, date))
        && !found.iter().any(|(check, _)| *check == "clock")
    {
        found.push(("clock", problem));
    }
    let failure = match answer.result {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    let (region, url) = (&session.region, &session.start_url);
    let refused = failure.service().is_some_and(|error| error.status == 400);
    let misspelt = region::may_be_misspelt(region, &failure);
    // No Region knows the address of an identity provider: that has been said.
    if refused && start_url::parse(url).is_err() {
        return Ok(());
    }
    let right = if refused || misspelt { search.region(url)? } else { None };
    if !refused && right.is_none() {
        found.push(("network", Problem::of_error(&failure.into_error())));
        return Ok(());
    }
    let check = "sso-region-online";
    let Some(right) = right.filter(|right| right != region) else {
        let problem = Problem::fail(
            format!("the Identity Center in `{region}` does not know `{url}`"),
            "logins fail",
            "check `sso_start_url` and `sso_region`: the portal's address is in your browser",
        );
        found.push((check, sessions::placed(patient, session, "sso_start_url", problem)));
        return Ok(());
    };
    let of_session = session.name.as_ref().map(|name| (Name::session(name.as_str()), None));
    let of_profiles = sessions::legacy_profiles(patient, session).into_iter();
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
            Some(profile) => sessions::in_profile(patient, &profile, key, problem),
            None => sessions::placed(patient, session, key, problem),
        };
        found.push((check, problem));
    }
    Ok(())
}

fn skew(patient: &Patient, date: Timestamp) -> Option<Problem> {
    let ahead = patient.app.clock.now().seconds() - date.seconds();
    if ahead.abs() <= SKEW {
        return None;
    }
    let direction = if ahead > 0 { "ahead" } else { "behind" };
    let what = format!("the clock of this machine is {} seconds {direction}", ahead.abs());
    let why = "AWS refuses signatures, and good credentials look expired";
    Some(Problem::fail(what, why, "set the clock, for example with `timedatectl set-ntp true`"))
}

/// Roles of profiles that the account does not have.
fn granted(config: &Config, account: &Account, roles: &[RoleName]) -> Vec<Found> {
    let missing = account.profiles.iter().filter(|(_, role)| !roles.contains(role));
    let problems = missing.map(|(profile, role)| {
        let near = nearest(role.as_str(), roles.iter().map(AsRef::as_ref));
        let fix = match near {
            Some(near) => format!("did you mean `sso_role_name = {near}`?"),
            None => format!("choose one of `ssoenv roles {}`", account.id),
        };
        let what = format!("the role `{role}` of the profile `{profile}` is not granted to you");
        let problem = Problem::fail(what, format!("account `{}` has others", account.id), fix);
        let problem = match config.source_line(profile.as_str()) {
            Some((file, line)) => problem.at(file, Some(line)),
            None => problem,
        };
        ("assignment", problem)
    });
    problems.collect()
}

fn not_listed(account: &Account, failure: Failure) -> Found {
    let (id, session) = (&account.id, &account.session);
    let problem = match failure.service() {
        Some(error) if error.status == 401 => Problem::fail(
            format!("the portal refuses the session `{}`", session.label()),
            error.describe(),
            format!("{} --force", session.login_command(None)),
        ),
        Some(error) if matches!(error.status, 403 | 404) => {
            let profile = account.profiles.first().map(|(profile, _)| profile.as_str());
            let whose = profile
                .as_ref()
                .map(|name| format!(" of the profile `{name}`"))
                .unwrap_or_default();
            Problem::fail(
                format!("the account `{id}`{whose} is not yours"),
                error.describe(),
                "choose one of `ssoenv accounts --refresh`",
            )
        }
        _ => {
            let error = failure.into_error();
            let why = [vec![error.what], error.causes].concat().join(": ");
            let fix = error.hints.into_iter().next().unwrap_or_default();
            Problem::warn(format!("the roles in the account `{id}` could not be listed"), why, fix)
        }
    };
    ("assignment", problem)
}
