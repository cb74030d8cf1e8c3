//! From a target and its plan to the change of variables: the part that `use`, `exec`, the
//! background refresh and directories share.

use std::path::Path;

use crate::domain::active::{Active, Mode};
use crate::domain::call_settings;
use crate::domain::credentials::Credentials;
use crate::domain::env_delta::{EnvDelta, REGION_VARIABLES};
use crate::domain::names::ProfileName;
use crate::domain::plan::Plan;
use crate::domain::profile::Target;
use crate::domain::prompt_format::{self, Facts};
use crate::domain::saved::Saved;
use crate::domain::segment::Label;
use crate::domain::speech;
use crate::domain::switch::{self, Refresh, Switch};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::TokenState;
use crate::domain::{Error, Result};
use crate::identity::session::login_request::LoginRequest;
use crate::identity::session::login_session::{self, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::identity::store::{keyring, session_state, stamps, tokens};
use crate::identity::{LoginPolicy, Policy, sources};
use crate::io::App;

use super::after_login;
use super::guard::Permit;

/// What the caller wants of the switch.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Keys or profile mode.
    pub mode: Mode,
    /// `--region`.
    pub region: Option<&'a str>,
    /// `--fresh`.
    pub fresh: bool,
    /// What the user allows of a login.
    pub policy: &'a LoginPolicy,
}

/// Makes sure of credentials or token, and gives the change of variables.
pub fn delta(app: &App, permit: &mut Permit, request: &Request) -> Result<EnvDelta> {
    let delta = match request.mode {
        Mode::Keys => {
            permit.plan().judge_region(request.region)?;
            let credentials = credentials(app, permit, request)?;
            let region = region(app, permit.plan(), request.region)?;
            keys(app, permit.plan(), region, &credentials)
        }
        Mode::Profile => profile(app, permit, request)?,
    };
    fitting(permit.plan(), delta)
}

/// The credentials, whatever their source, from the cache where it has them.
fn credentials(app: &App, permit: &mut Permit, request: &Request) -> Result<Credentials> {
    let policy = Policy {
        fresh: request.fresh,
        region: request.region.map(str::to_owned),
        // Where nobody may log in nobody types a code either: a prompt, a directory.
        may_ask: request.policy.allows(),
        ..Policy::new(request.policy.clone())
    };
    after_login::credentials(app, permit, &policy)
}

/// The change of keys mode. The same inputs give the same lines.
pub fn keys(app: &App, plan: &Plan, region: Option<String>, credentials: &Credentials) -> EnvDelta {
    let mut active = plan.active(Mode::Keys, credentials.expiration, &credentials.access_key_id);
    active.account_id = active.account_id.or_else(|| credentials.account_id.clone());
    let decided = Switch {
        label: label(app, plan, &active, region.as_deref()),
        warn_at: warn_at(plan, &active),
        color: plan.color.clone(),
        refresh: refresh(app, plan, credentials),
        region,
        settings: settings(app, plan),
        active,
    };
    switch::keys(&decided, credentials)
}

/// The change, if an environment takes it: what is too long would make every program fail that is
/// started with it.
///
/// # Errors
/// Kind `Config` otherwise.
pub fn fitting(plan: &Plan, delta: EnvDelta) -> Result<EnvDelta> {
    let is_bad = |value: &Option<String>| value.as_ref().is_some_and(|text| text.contains('\0'));
    if let Some((name, _)) = delta.changes().iter().find(|(_, value)| is_bad(value)) {
        return Err(Error::config(format!("the value for `{name}` has a NUL character"))
            .hint("remove it from the profile: `ssoenv profile show PROFILE` shows where it is"));
    }
    if delta.has_room() {
        return Ok(delta);
    }
    let error = Error::config("the credentials are too long for environment variables")
        .cause("every program that is started with them would fail");
    let Some(profile) = &plan.profile else {
        return Err(error.hint("run `ssoenv exec --serve`, which hands them out on request"));
    };
    let name = speech::word(profile);
    Err(error
        .hint(format!("run `ssoenv exec --serve {name} -- COMMAND`: it hands them out on request"))
        .hint(format!("or run `ssoenv use {name} --mode profile`")))
}

/// The profile's settings, less those that the user has set. Most profiles have none.
fn settings(app: &App, plan: &Plan) -> Vec<(String, String)> {
    if plan.settings.is_empty() {
        return Vec::new();
    }
    call_settings::to_set(&plan.settings, |name| Saved::own(|name| app.env.get(name), name))
}

/// The region of keys mode: `--region`, the plan's, else the one that the user had before ssoenv.
///
/// # Errors
/// Kind `Config` where the profile's counts, and is wrong.
pub fn region(app: &App, plan: &Plan, asked: Option<&str>) -> Result<Option<String>> {
    if let Some(asked) = asked {
        return Ok(Some(asked.to_owned()));
    }
    if let Some(region) = plan.region()? {
        return Ok(Some(region.to_owned()));
    }
    let saved = Saved::capture(|name| app.env.get(name));
    Ok(switch::own_region(&saved).map(str::to_owned))
}

fn label(app: &App, plan: &Plan, active: &Active, region: Option<&str>) -> Label {
    let facts = Facts::of(active, region);
    prompt_format::label(plan.prompt_format.as_deref(), &facts, || app.env.is_utf8())
}

fn warn_at(plan: &Plan, active: &Active) -> Option<Timestamp> {
    active.expires_at.map(|end| end.plus(-plan.prompt_warn))
}

/// The change that leaves `AWS_PROFILE` where keys were dropped: it fails closed.
pub fn name_only(app: &App, plan: &Plan) -> EnvDelta {
    let name = plan.profile.as_deref().unwrap_or_default();
    let active = plan.active(Mode::Profile, None, name);
    let saved = Saved::capture(|variable| app.env.get(variable));
    let decided = Switch {
        label: label(app, plan, &active, plan.region.as_deref()),
        warn_at: warn_at(plan, &active),
        color: plan.color.clone(),
        refresh: None,
        region: None,
        settings: Vec::new(),
        active,
    };
    switch::profile(&decided, &saved)
}

/// [`name_only`] until there are credentials: the hook takes them when their stamp comes.
pub fn awaiting(app: &App, plan: &Plan) -> EnvDelta {
    let mut delta = name_only(app, plan);
    let stamp = plan.key.as_deref().and_then(|key| stamps::path_of_key(app, key).ok());
    if let Some(stamp) = stamp.as_deref().and_then(Path::to_str) {
        delta.set("SSOENV_STAMP", stamp);
        delta.set("SSOENV_GEN", "0");
    }
    delta
}

/// Whether all that a switch needs is in the caches, so that nobody is waited for.
pub fn is_at_hand(app: &App, target: &Target, mode: Mode) -> bool {
    let fresh = || -> Result<bool> {
        Ok(match (mode, target.source.sso_root()) {
            (Mode::Keys, _) => sources::is_fresh(app, &target.source)?,
            (Mode::Profile, Some(role)) => match tokens::load(app, &role.session)? {
                Some(token) => {
                    session_state::token_state(app, &role.session, &token)? == TokenState::Fresh
                }
                None => false,
            },
            (Mode::Profile, None) => target.source.login_root().is_none(),
        })
    };
    // What is wrong is told at once.
    fresh().unwrap_or(true)
}

/// When the hook has to ask for new credentials. Of a life shorter than twice the lead, half.
fn refresh(app: &App, plan: &Plan, credentials: &Credentials) -> Option<Refresh> {
    let stamp_file = stamps::path_of_key(app, plan.key.as_deref()?).ok()?;
    let expires = credentials.expiration?;
    let lead = match stamps::issued(&stamp_file, credentials) {
        Some(issued) => plan.refresh_lead.min((expires.seconds() - issued.seconds()).max(0) / 2),
        None => plan.refresh_lead,
    };
    Some(Refresh {
        at: expires.plus(-lead),
        stamp: stamp_file.into_os_string().into_string().ok()?,
        generation: stamps::generation(credentials).to_string(),
    })
}

fn profile(app: &App, permit: &mut Permit, request: &Request) -> Result<EnvDelta> {
    let Some(name) = permit.target().profile.clone() else {
        return Err(Error::usage("profile mode needs a profile, and no single one has this role")
            .hint("add `--mode keys`, or make a profile: `ssoenv configure`"));
    };
    let expires = token_expiry(app, permit.target(), request, &name)?;
    permit.look_again(app, None)?;
    permit.note(app, None)?;
    let plan = permit.plan();
    let saved = Saved::capture(|variable| app.env.get(variable));
    if request.region.is_none() {
        warn_of_own_region(app, plan, &saved);
    }
    let active = plan.active(Mode::Profile, expires, name.as_str());
    let region = request.region.or(switch::own_region(&saved)).or(plan.region.as_deref());
    let decided = Switch {
        label: label(app, plan, &active, region),
        warn_at: warn_at(plan, &active),
        color: plan.color.clone(),
        refresh: None,
        region: request.region.map(str::to_owned),
        settings: Vec::new(),
        active,
    };
    Ok(switch::profile(&decided, &saved))
}

/// Makes sure that SDKs will find a valid token, or says why they will not; and when it ends.
fn token_expiry(
    app: &App,
    target: &Target,
    request: &Request,
    name: &ProfileName,
) -> Result<Option<Timestamp>> {
    if let Some(session) = target.source.login_root() {
        let (connection, policy) = (&target.connection, request.policy);
        let profile = Some(name);
        let login = LoginRequest { session, connection, policy, profile, region: None };
        login_session::obtain(app, login, Wanted::Fresh)?;
        warn_of_keyring(app, name)?;
        // The AWS tools refresh it as long as the console session lasts, and nobody says how long.
        return Ok(None);
    }
    let Some(role) = target.source.sso_root() else { return Ok(None) };
    let asked = SessionRequest {
        session: &role.session,
        connection: &target.connection,
        policy: request.policy,
        profile: Some(name),
    };
    let token = after_login::token(app, asked)?.token;
    warn_of_keyring(app, name)?;
    Ok(Some(token.expires_at))
}

fn warn_of_keyring(app: &App, name: &ProfileName) -> Result<()> {
    if keyring::is_chosen(app)? {
        let name = speech::word(name.as_str());
        app.term.warn(&format!(
            "AWS tools do not find the token of `{name}`: `storage = keyring` is not shared"
        ));
        app.term.hint(&format!("run `ssoenv profile use-process {name}`, and use that profile"));
    }
    Ok(())
}

fn warn_of_own_region(app: &App, plan: &Plan, saved: &Saved) {
    for variable in REGION_VARIABLES {
        if let Some(own) = saved.original(variable)
            && Some(own) != plan.region.as_deref()
        {
            app.term.warn(&format!(
                "`{variable}={own}` in your environment wins over the profile's region"
            ));
            return;
        }
    }
}
