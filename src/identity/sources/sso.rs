//! Credentials of an SSO role: the cache shared with the AWS CLI, else the portal.

use crate::domain::credentials::Credentials;
use crate::domain::names::{ProfileName, RoleName};
use crate::domain::profile::{Source, SsoRole};
use crate::domain::{Error, Result};
use crate::identity::session::authorized::Authorized;
use crate::identity::session::request::SessionRequest;
use crate::identity::sources::request::Request;
use crate::identity::store::cached::{Wanted, cached_or_fetched};
use crate::identity::store::entry::Entry;
use crate::identity::store::roles;
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::Attempts;

/// Credentials for the role. First the token, with the session's lock alone: a login may take
/// minutes.
///
/// # Errors
/// `LoginRequired`, `Denied` where the role is not granted, `Service`, and those of the login.
pub fn credentials<'a>(
    request: &Request<'a>,
    source: &'a Source,
    role: &'a SsoRole,
    profile: Option<&'a ProfileName>,
    wanted: Wanted,
) -> Result<Credentials> {
    let app = request.app;
    let entry = Entry { source, hash: roles::key_hash(role) };
    let asked = SessionRequest {
        session: &role.session,
        connection: &request.target.connection,
        policy: &request.policy.login,
        profile,
    };
    let prepare = || {
        let portal = Authorized::obtain(app, asked)?;
        request.note_login(asked, &portal);
        Ok(portal)
    };
    let fetch = |mut portal: Authorized<'_>| {
        let answer =
            portal.call(Attempts::new(&app.env, asked.connection), &async |portal, token| {
                portal.get_role_credentials(token, &role.account_id, &role.role_name).await
            });
        request.note_login(asked, &portal);
        let credentials = answer?.map_err(|failure| refused(role, &portal, failure))?;
        if credentials.expiration.is_some_and(|expires| expires <= app.clock.now()) {
            app.term.warn("new credentials look expired: the clock of this machine is wrong");
            app.term.hint("set the clock, then run `ssoenv doctor`");
        }
        Ok(credentials)
    };
    cached_or_fetched(app, &entry, &label(role), wanted, prepare, fetch)
}

fn label(role: &SsoRole) -> String {
    format!("`{}` in `{}`", role.role_name, role.account_id)
}

/// The error for a refusal that is not about the token.
fn refused(role: &SsoRole, portal: &Authorized<'_>, failure: Failure) -> Error {
    let Some(error) = failure.service() else { return failure.into_error() };
    let described = error.describe();
    if error.is_unauthorized() {
        let label = role.session.label();
        return Error::login_required(format!("the portal does not accept the session `{label}`"))
            .cause(described)
            .hint("check `sso_region` and the clock: run `ssoenv doctor`");
    }
    match error.status {
        403 => {
            let roles = granted(role, portal).unwrap_or_default();
            let what = format!("you may not use the role {}", label(role));
            with_suggestion(Error::denied(what).cause(described), role, &roles)
        }
        404 => Error::denied(format!("no account matches `{}`", role.account_id))
            .cause(described)
            .hint("run `ssoenv accounts --refresh` to see your accounts"),
        400 => Error::config(format!("the portal does not take the role {}", label(role)))
            .cause(described)
            .hint("check `sso_account_id` (twelve digits) and `sso_role_name`"),
        _ => failure.into_error(),
    }
}

/// The roles of the account, for a hint; nothing where they cannot be had.
fn granted(role: &SsoRole, portal: &Authorized<'_>) -> Option<Vec<RoleName>> {
    let page = portal.call_once(portal.attempts(), &async |portal, token| {
        portal.list_account_roles(token, &role.account_id, None).await
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
