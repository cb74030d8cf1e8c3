//! `status`: what this shell uses, and how every session stands.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::collections::HashSet;

use clap::Args;
use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::active::{Active, Mode, Recall};
use crate::domain::credentials::Freshness;
use crate::domain::label::sanitize;
use crate::domain::login_session::{LoginSession, login_command};
use crate::domain::names::ProfileName;
use crate::domain::on_top::OnTop;
use crate::domain::profile::{Source, SsoSession};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{AccessToken, TokenState};
use crate::domain::winner::Winner;
use crate::domain::{Result, segment};
use crate::identity::sources;
use crate::identity::store::login_sessions::{self, Stored};
use crate::identity::store::{entry, keyring, roles, session_state, tokens};
use crate::io::App;

use super::shared::session;

/// Show what this shell uses, and every session
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv status          Show the active profile and the sessions
  ssoenv status --json   The same for scripts")]
pub struct Words {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

struct Standing {
    session: SsoSession,
    token: Option<AccessToken>,
    state: TokenState,
    /// When the registered client ends, with which a token is refreshed or got.
    registration: Option<Timestamp>,
    /// Roles whose cached credentials still live.
    live_roles: usize,
}

/// A console login, as it stands.
struct Login {
    session: LoginSession,
    /// The first profile that names it.
    profile: ProfileName,
    stored: Stored,
}

/// Prints the state, for people or as JSON.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    let active = Active::read(|name| app.env.get(name));
    let mut standings = Vec::new();
    let living = living(app, &config)?;
    for session in session::readable_sessions(app, &config)? {
        standings.push(standing(app, &living, session)?);
    }
    let mut logins = Vec::new();
    for (session, profile) in config.logins() {
        let stored = login_sessions::find(app, &session)?;
        logins.push(Login { session, profile, stored });
    }
    if words.json {
        app.term.out_json(&document(app, active.as_ref(), &standings, &logins))?;
    } else {
        app.term.out(&lines(app, active.as_ref(), &standings, &logins))?;
    }
    Ok(0)
}

/// The session of each profile whose cached credentials live. Profiles may be many and such
/// credentials are few: a profile is looked at closely only if some of them may be its own.
fn living(app: &App, config: &Config) -> Result<Vec<SsoSession>> {
    let known = if keyring::is_chosen(app)? { None } else { Some(entry::living(app)?) };
    let mut sessions = Vec::new();
    if known.as_ref().is_some_and(HashSet::is_empty) {
        return Ok(sessions);
    }
    for (name, values) in config.each() {
        let Some([Some(account), Some(role), session, url]) = config.role_words(values) else {
            continue;
        };
        let hash = || roles::hash_of(account, role, session, url.unwrap_or_default());
        if known.as_ref().is_some_and(|known| !known.contains(&hash())) {
            continue;
        }
        if let Ok(target) = config.target(name)
            && let Source::Sso(role) = &target.source
            && let Some(cached) = sources::cached(app, &target.source)?
            && cached.freshness != Freshness::Expired
        {
            sessions.push(role.session.clone());
        }
    }
    Ok(sessions)
}

fn standing(app: &App, living: &[SsoSession], session: SsoSession) -> Result<Standing> {
    let token = tokens::load(app, &session)?;
    let state = match &token {
        Some(token) => session_state::token_state(app, &session, token)?,
        None => TokenState::Expired,
    };
    let live_roles = living.iter().filter(|of| **of == session).count();
    let registration = match token.as_ref().and_then(|token| token.client.as_ref()) {
        Some(client) => client.expires_at,
        None => tokens::registration_end(app, &session)?,
    };
    Ok(Standing { session, token, state, registration, live_roles })
}

fn time(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| time.to_rfc3339().into())
}

fn region(app: &App) -> Option<String> {
    app.env.non_empty("AWS_REGION").or_else(|| app.env.non_empty("AWS_DEFAULT_REGION"))
}

fn document(
    app: &App,
    active: Option<&Active>,
    standings: &[Standing],
    logins: &[Login],
) -> String {
    let now = app.clock.now();
    let active = active.map(|active| {
        let mut fields = json!({
            "profile": active.profile.as_ref().map(AsRef::<str>::as_ref),
            "account_id": active.account_id.as_ref().map(AsRef::<str>::as_ref),
            "account_name": active.account_name,
            "role": active.role.as_ref().map(AsRef::<str>::as_ref),
            "region": region(app),
            "mode": active.mode.name(),
            "expires_at": time(active.expires_at),
        });
        // Only where there is one: without it, the keys are the documented ones and no others.
        if let Some(on_top) = on_top(active) {
            fields["on_top"] = json!(on_top);
        }
        fields
    });
    let logins = logins.iter().map(|login| login_document(login, now));
    let sessions: Vec<_> = standings
        .iter()
        .map(|standing| {
            let token = standing.token.as_ref();
            let registration = standing.registration;
            json!({
                "name": standing.session.name.as_ref().map(AsRef::<str>::as_ref),
                "start_url": standing.session.start_url,
                "region": standing.session.region.as_str(),
                "logged_in": token.is_some_and(|token| token.expires_at > now),
                "expires_at": time(token.map(|token| token.expires_at)),
                "refreshable": token.is_some_and(|token| token.refreshable(now)),
                "registration_expires_at": time(registration),
            })
        })
        .chain(logins)
        .collect();
    json!({ "active": active, "sessions": sessions }).to_string()
}

fn lines(app: &App, active: Option<&Active>, standings: &[Standing], logins: &[Login]) -> String {
    let mut lines = Vec::new();
    let winner = Winner::of(|name| app.env.get(name));
    match active {
        None => lines.push("no profile is active in this shell".to_owned()),
        Some(active) => {
            lines.push(active_words(active, region(app).as_deref(), app.clock.now()));
            if matches!(winner, Winner::Default) {
                lines.push(format!("  changed since `use`: {} is not set", own(active)));
            }
            if let (Winner::Use(_), Mode::Keys, Some(other)) =
                (&winner, active.mode, app.env.get("AWS_PROFILE"))
            {
                lines.push(format!(
                    "  `AWS_PROFILE` is set to `{other}` since `use`: only the SDK for JavaScript uses it"
                ));
            }
        }
    }
    if let Some(words) = winner.in_words() {
        let changed = if active.is_some() { "changed since `use`: " } else { "" };
        lines.push(format!("  {changed}{words}"));
    }
    if standings.is_empty() && logins.is_empty() {
        lines.push("no session is configured: run `ssoenv configure`".to_owned());
    }
    for standing in standings {
        lines.push(session_words(standing, app.clock.now()));
    }
    for login in logins {
        lines.push(login_words(login, app.clock.now()));
    }
    lines.iter().map(|line| sanitize(line) + "\n").collect()
}

/// A console login, called by whose it is.
fn login_document(login: &Login, now: Timestamp) -> Value {
    let (end, region) = match &login.stored {
        Stored::Login(found) => (found.credentials.expiration, found.region.clone()),
        _ => (None, None),
    };
    let profile = || login.session.region.needed().ok().flatten().map(str::to_owned);
    json!({
        "name": login.session.arn,
        "start_url": null,
        "region": region.or_else(profile),
        "logged_in": end.is_some_and(|end| end > now),
        "expires_at": time(end),
        "refreshable": end.is_some(),
        "registration_expires_at": null,
    })
}

fn login_words(login: &Login, now: Timestamp) -> String {
    let state = match &login.stored {
        Stored::Login(found) => match found.credentials.expiration {
            Some(end) if end > now => {
                format!("logged in, {}, refreshes automatically", left(end, now))
            }
            _ => "credentials expired, refreshes automatically while the session lasts".to_owned(),
        },
        Stored::Absent => not_logged_in("", login),
        Stored::Broken(why) => not_logged_in(&format!(" ({why})"), login),
    };
    format!("console login {}: {state}", login.session.arn)
}

fn not_logged_in(why: &str, login: &Login) -> String {
    format!("not logged in{why}: run `{}`", login_command(Some(&login.profile)))
}

/// What is on top of the profile.
fn on_top(active: &Active) -> Option<&OnTop> {
    match active.on_top.as_deref() {
        Some(Recall::OnTop { on_top, .. }) => Some(on_top),
        _ => None,
    }
}

/// The variable that `use` has set.
fn own(active: &Active) -> &'static str {
    match active.mode {
        Mode::Keys => "`AWS_ACCESS_KEY_ID`",
        Mode::Profile => "`AWS_PROFILE`",
    }
}

fn active_words(active: &Active, region: Option<&str>, now: Timestamp) -> String {
    let mut parts = Vec::new();
    parts.extend(active.profile.as_ref().map(|name| format!("profile {name}")));
    let account = match (&active.account_name, &active.account_id) {
        (Some(name), Some(id)) => Some(format!("{name} ({id})")),
        (name, id) => name.clone().or_else(|| id.as_ref().map(ToString::to_string)),
    };
    parts.extend(account.map(|account| format!("account {account}")));
    parts.extend(active.role.as_ref().map(|role| format!("role {role}")));
    if let Some(on_top) = on_top(active) {
        parts.extend(on_top.role_arn.as_ref().map(|arn| format!("on top {arn}")));
        parts.extend(on_top.has_policies().then(|| "narrowed by session policies".to_owned()));
    }
    parts.extend(region.map(|region| format!("region {region}")));
    parts.push(format!("{} mode", active.mode.name()));
    parts.extend(active.expires_at.map(|time| left(time, now)));
    format!("active: {}", parts.join(", "))
}

fn session_words(standing: &Standing, now: Timestamp) -> String {
    let label = standing.session.label();
    let token = standing.token.as_ref();
    let refreshable = token.is_some_and(|token| token.refreshable(now));
    let state = match (token, standing.state) {
        (Some(token), TokenState::Fresh | TokenState::Ending) => {
            let renewal = if refreshable { ", refreshes automatically" } else { "" };
            format!("logged in, {}{renewal}", left(token.expires_at, now))
        }
        (Some(token), TokenState::Refreshable) if token.expires_at > now => {
            format!("logged in, {}, due for a refresh", left(token.expires_at, now))
        }
        (Some(_), TokenState::Refreshable) => "expired, refreshes automatically".to_owned(),
        (Some(token), TokenState::Expired) => {
            let registered = token.client.as_ref().and_then(|client| client.expires_at);
            match registered {
                Some(end) if end <= now && token.refresh_token.is_some() => {
                    "expired, and so is the registration that could refresh it".to_owned()
                }
                _ => "expired".to_owned(),
            }
        }
        (None, _) => "not logged in".to_owned(),
    };
    let login = match standing.state {
        TokenState::Expired => format!(": run `{}`", standing.session.login_command(None)),
        _ => String::new(),
    };
    let roles = match standing.live_roles {
        0 => String::new(),
        1 => "; credentials of 1 profile still live".to_owned(),
        n => format!("; credentials of {n} profiles still live"),
    };
    let region = &standing.session.region;
    format!("session {label} ({}, {region}): {state}{login}{roles}", standing.session.start_url)
}

fn left(end: Timestamp, now: Timestamp) -> String {
    if end <= now { "expired".to_owned() } else { format!("{} left", segment::left(end, now)) }
}
