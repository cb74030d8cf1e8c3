//! Credentials of an SSO role: the cache shared with the AWS CLI, else the portal.

use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::names::{ProfileName, RoleName};
use crate::domain::profile::{Connection, SsoRole};
use crate::domain::token::AccessToken;
use crate::domain::{Error, Result};
use crate::identity::session::access::{self, Unwanted};
use crate::identity::session::login::LoginPolicy;
use crate::identity::session::refresh;
use crate::identity::sources::stale;
use crate::identity::store::roles::{self, Cached};
use crate::identity::store::session_state;
use crate::identity::wire::endpoint::{self, Service};
use crate::identity::wire::portal::Portal;
use crate::identity::wire::refusal::{CallResult, Failure, ServiceError};
use crate::identity::wire::retry::Attempts;
use crate::io::App;
use crate::io::http::HttpSettings;

/// Credentials for the role. Cached ones serve while 15 minutes (or half of a short life) are left
/// and `fresh` is not asked for; below that new ones are fetched, and if that fails while the old
/// ones live, those are used with a warning. Of many processes one fetches.
///
/// # Errors
/// `LoginRequired`, `Denied` where the role is not granted, `Service`, and those of the login.
pub fn role_credentials(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    policy: &LoginPolicy,
    profile: Option<&ProfileName>,
    fresh: bool,
) -> Result<Credentials> {
    let before = roles::load(app, role)?;
    if let Some(cached) = before.as_ref().filter(|cached| !fresh && is_fresh(cached)) {
        log::info!("credentials of {}: cache hit", label(role));
        return Ok(cached.credentials.clone());
    }
    log::info!("credentials of {}: cache miss", label(role));
    let fetched = fetch(app, role, connection, policy, profile, before.as_ref());
    let error = match fetched {
        Ok(credentials) => return Ok(credentials),
        Err(error) => error,
    };
    stale::instead(app, &label(role), before.filter(|_| !fresh), error)
}

fn is_fresh(cached: &Cached) -> bool {
    cached.freshness == Freshness::Fresh
}

fn label(role: &SsoRole) -> String {
    format!("`{}` in `{}`", role.role_name, role.account_id)
}

fn fetch(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    policy: &LoginPolicy,
    profile: Option<&ProfileName>,
    before: Option<&Cached>,
) -> Result<Credentials> {
    let session = &role.session;
    // First the token, with the session's lock alone: a login may take minutes.
    let relaxed = LoginPolicy { force: false, ..policy.clone() };
    let (mut token, _) = access::obtain(app, session, connection, &relaxed, profile, None)?;
    let _lock = session_state::role_lock(app, &roles::key_hash(role))?;
    // Another process may have fetched them while this one waited.
    if let Some(cached) = roles::load(app, role)?
        && is_fresh(&cached)
        && before.is_none_or(|before| before.credentials != cached.credentials)
    {
        return Ok(cached.credentials);
    }
    // A token may be refused before its end: once a refresh is tried, then a person.
    for refresh in [true, false] {
        match get(app, role, connection, &token)? {
            Ok(credentials) => return Ok(keep(app, role, credentials)),
            Err(Failure::Service(error)) if is_unauthorized(&error) => {
                log::info!("the portal refuses the token of `{}`", session.label());
                let unwanted = Some(Unwanted { token: &token, refresh });
                let renewed = access::obtain(app, session, connection, &relaxed, profile, unwanted);
                token = renewed.map_err(|e| e.cause(error.describe()))?.0;
            }
            Err(failure) => return Err(refused(app, role, connection, &token, failure)),
        }
    }
    match get(app, role, connection, &token)? {
        Ok(credentials) => Ok(keep(app, role, credentials)),
        Err(failure) => Err(refused(app, role, connection, &token, failure)),
    }
}

fn keep(app: &App, role: &SsoRole, credentials: Credentials) -> Credentials {
    let now = app.clock.now();
    if credentials.expiration.is_some_and(|expires| expires <= now) {
        app.term.warn("new credentials look expired: the clock of this machine is wrong");
        app.term.hint("set the clock, then run `ssoenv doctor`");
    }
    if let Err(error) = roles::store(app, role, &credentials) {
        // They are good all the same.
        app.term.warn(&format!("the credentials were not cached: {error}"));
    }
    credentials
}

fn get(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    token: &AccessToken,
) -> Result<CallResult<Credentials>> {
    with_portal(app, role, connection, token, async |portal| {
        portal.get_role_credentials(&token.access_token, &role.account_id, &role.role_name).await
    })
}

fn with_portal<T>(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    token: &AccessToken,
    work: impl AsyncFnOnce(&Portal<'_>) -> CallResult<T>,
) -> Result<CallResult<T>> {
    let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
    let region = refresh::region(&role.session, token);
    let portal = Portal {
        http: &net.http,
        endpoint: endpoint::base(&app.env, connection, Service::Portal, region)?,
        attempts: Attempts::new(&app.env),
    };
    net.run(async { Ok(work(&portal).await) })
}

/// Whether the portal refuses the token itself.
pub fn is_unauthorized(error: &ServiceError) -> bool {
    error.status == 401 || error.is(&["UnauthorizedException"])
}

/// The error for a refusal that is not about the token.
fn refused(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    token: &AccessToken,
    failure: Failure,
) -> Error {
    let Some(error) = failure.service() else { return failure.into_error() };
    let described = error.describe();
    if is_unauthorized(error) {
        let label = role.session.label();
        return Error::login_required(format!("the portal does not accept the session `{label}`"))
            .cause(described)
            .hint("check `sso_region` and the clock: run `ssoenv doctor`");
    }
    match error.status {
        403 => {
            let roles = granted(app, role, connection, token).unwrap_or_default();
            let what = format!("you may not use the role {}", label(role));
            with_suggestion(Error::denied(what).cause(described), role, &roles)
        }
        404 => Error::denied(format!("there is no account `{}` for you", role.account_id))
            .cause(described)
            .hint("run `ssoenv accounts --refresh` to see your accounts"),
        400 => Error::config(format!("the portal does not take the role {}", label(role)))
            .cause(described)
            .hint("check `sso_account_id` (twelve digits) and `sso_role_name`"),
        _ => failure.into_error(),
    }
}

/// The roles of the account, for a hint; nothing where they cannot be had.
fn granted(
    app: &App,
    role: &SsoRole,
    connection: &Connection,
    token: &AccessToken,
) -> Option<Vec<RoleName>> {
    let page = with_portal(app, role, connection, token, async |portal| {
        portal.list_account_roles(&token.access_token, &role.account_id, None).await
    });
    Some(page.ok()?.ok()?.rows)
}

fn with_suggestion(error: Error, role: &SsoRole, roles: &[RoleName]) -> Error {
    let account = &role.account_id;
    if roles.is_empty() {
        return error.hint(format!("run `ssoenv roles {account} --refresh` to see your roles"));
    }
    let wanted = role.role_name.as_str();
    let distance = |name: &RoleName| {
        let (a, b) = (name.as_str().to_lowercase(), wanted.to_lowercase());
        ordered(strsim::jaro_winkler(&a, &b))
    };
    let closest = roles.iter().max_by_key(|name| distance(name)).filter(|n| distance(n) > 800);
    let error = match closest {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error,
    };
    let names: Vec<_> = roles.iter().map(|name| format!("`{name}`")).collect();
    error.hint(format!("choose one of your roles in `{account}`: {}", names.join(", ")))
}

/// A similarity between 0 and 1 as thousandths, which can be ordered.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
fn ordered(similarity: f64) -> u32 {
    (similarity * 1000.0) as u32
}
