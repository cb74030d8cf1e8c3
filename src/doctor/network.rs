//! What only the network knows: whether the service is there, in which Region the portal is, what
//! time it is, and which roles are granted. Everything is asked beside each other.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::answers::{
    Account, CLOCK, Found, REGION, ROLES, Report, SEARCH, SERVICE, Search, granted, judge, skipped,
};
use super::patient::{NO_SESSION, Patient, UNREADABLE};
use super::problem::Problem;
use crate::domain::names::RoleName;
use crate::domain::profile::{Connection, Source, SsoSession, Target};
use crate::domain::token::{AccessToken, TokenState};
use crate::domain::{Kind, Result};
use crate::identity::instance::region::{self, Answer};
use crate::identity::instance::start_url;
use crate::identity::store::{session_state, tokens};
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::portal::{Portal, all_pages};
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::{Attempts, host_of};
use crate::io::App;
use crate::io::http::{Http, HttpSettings, TransportError};

/// The longest that one question may take.
const PATIENCE: Duration = Duration::from_secs(6);
/// How many accounts are asked for their roles.
const ACCOUNTS: usize = 40;

/// The checks that ask the network, and what they look at.
pub const CHECKS: &[(&str, &str)] = &[
    (SERVICE, "the service can be reached, through proxy and certificates"),
    (REGION, "the Region knows the start URL"),
    (CLOCK, "the clock is right"),
    (ROLES, "the roles of profiles are assigned to you"),
];

/// What came back for one question.
enum Came {
    Session(usize, Answer),
    Roles(usize, std::result::Result<Vec<RoleName>, Failure>),
}

/// Asks about every session and every account that profiles use.
pub fn ask(patient: &Patient) -> Result<Vec<Found>> {
    let all: Vec<_> = CHECKS.iter().map(|(check, _)| *check).collect();
    let Some(config) = &patient.config else { return Ok(skipped(&all, UNREADABLE)) };
    if patient.offline {
        return Ok(skipped(&all, "`--offline`"));
    }
    if patient.sessions.is_empty() {
        return Ok(skipped(&all, NO_SESSION));
    }
    let app = patient.app;
    let connection = config.active_connection(&app.env);
    let net = connection.and_then(|connection| {
        let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
        Ok((connection, net))
    });
    let (connection, net) = match net {
        Ok(both) => both,
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => {
            let others: Vec<_> = all.into_iter().filter(|check| *check != SERVICE).collect();
            let mut found = skipped(&others, "the network cannot be asked");
            found.push((SERVICE, Problem::of_error(&error)));
            return Ok(found);
        }
    };
    let mut report = Report::default();
    let mut endpoints = Vec::new();
    for session in &patient.sessions {
        match endpoint::base(&app.env, &connection, Service::Oidc, session.region.as_str()) {
            Ok(url) => endpoints.push(Some(url)),
            Err(error) => {
                report.found.push((SERVICE, Problem::of_error(&error)));
                report.silent.push(REGION);
                endpoints.push(None);
            }
        }
    }
    let accounts = accounts(patient, &connection, &mut report.found);
    let came = net.run(async { Ok(gather(&net.http, patient, &endpoints, &accounts).await) })?;
    let mut search = Search { patient, config, connection: &connection, left: SEARCH };
    for answer in came {
        match answer {
            Came::Session(at, answer) => judge(&mut search, at, answer, &mut report)?,
            Came::Roles(at, Ok(roles)) => {
                report.found.extend(granted(config, &accounts[at], &roles));
            }
            Came::Roles(at, Err(failure)) => report.not_listed(&accounts[at], failure),
        }
    }
    Ok(report.finish(patient))
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

/// The accounts of profiles whose session has a living token; why others are left out.
fn accounts(patient: &Patient, connection: &Connection, found: &mut Vec<Found>) -> Vec<Account> {
    let app = patient.app;
    let mut accounts: BTreeMap<(String, String), Account> = BTreeMap::new();
    let mut tokens: HashMap<&str, Option<AccessToken>> = HashMap::new();
    let mut left_out = false;
    for (name, target) in &patient.targets {
        let Ok(Target { source: Source::Sso(role), .. }) = target else { continue };
        let label = role.session.label();
        let key = (label.to_owned(), role.account_id.to_string());
        if let Some(account) = accounts.get_mut(&key) {
            account.profiles.push((name.clone(), role.role_name.clone()));
            continue;
        }
        let token = tokens.entry(label).or_insert_with(|| living(app, &role.session));
        let Some(token) = token else { continue };
        let region = start_url::region(&role.session, token);
        let base = endpoint::base(&app.env, connection, Service::Portal, region);
        let Ok(endpoint) = base else { continue };
        if accounts.len() == ACCOUNTS {
            left_out = true;
            continue;
        }
        let account = Account {
            session: role.session.clone(),
            endpoint,
            token: token.access_token.clone(),
            id: role.account_id.clone(),
            profiles: vec![(name.clone(), role.role_name.clone())],
        };
        accounts.insert(key, account);
    }
    let mut out: Vec<_> = tokens.into_iter().filter(|(_, token)| token.is_none()).collect();
    out.sort_unstable_by_key(|(label, _)| *label);
    let out = out.into_iter().map(|(label, _)| format!("not logged in to `{label}`"));
    let rest = left_out.then(|| format!("only the first {ACCOUNTS} accounts are asked"));
    found.extend(out.chain(rest).map(|why| (ROLES, Problem::skipped(why))));
    accounts.into_values().collect()
}

fn living(app: &App, session: &SsoSession) -> Option<AccessToken> {
    let token = tokens::load(app, session).ok()??;
    let state = session_state::token_state(app, session, &token);
    let ended = !token.lives(app.clock.now()) || state.is_ok_and(|s| s == TokenState::Expired);
    (!ended).then_some(token)
}
