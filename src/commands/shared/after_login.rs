//! What a login teaches, wherever on the way it was made: the Region of the portal behind an
//! organization's own host, and the names of the first accounts.

use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::Result;
use crate::domain::credentials::Credentials;
use crate::domain::token::AccessToken;
use crate::identity::accounts::{self, Accounts, Wanted};
use crate::identity::instance::start_url;
use crate::identity::session::access::{self, Obtained, Way};
use crate::identity::session::request::SessionRequest;
use crate::identity::{Policy, sources};
use crate::io::App;

use super::guard::Permit;

/// A token, as [`access::ensure`] obtains it.
pub fn token(app: &App, request: SessionRequest) -> Result<Obtained> {
    let obtained = access::ensure(app, request)?;
    if obtained.way == Way::LoggedIn {
        learn(app, request, &obtained.token)?;
    }
    Ok(obtained)
}

/// The credentials that the guard permits, as [`sources::credentials`] gets them: if it still does
/// with what was learned on the way.
pub fn credentials(app: &App, permit: &mut Permit, policy: &Policy) -> Result<Credentials> {
    let (credentials, login) = sources::credentials(app, permit.target(), policy);
    if let Some(login) = login {
        learn(app, login.request, &login.token)?;
    }
    let credentials = credentials?;
    permit.look_again(app, credentials.account_id.clone())?;
    permit.note(app, Some(&credentials))?;
    Ok(credentials)
}

/// The permitted credentials that live in the cache, where there is no time for better ones.
pub fn living(app: &App, permit: &mut Permit) -> Result<Option<Credentials>> {
    let Some(credentials) = sources::living(app, &permit.target().source)? else {
        return Ok(None);
    };
    permit.look_again(app, credentials.account_id.clone())?;
    permit.note(app, Some(&credentials))?;
    Ok(Some(credentials))
}

/// A session's accounts, as [`accounts::list`] lists them; with an error what came until then.
pub fn accounts(
    app: &App,
    wanted: Wanted<'_>,
    request: SessionRequest,
    refresh: bool,
) -> (Accounts, Option<crate::domain::Error>) {
    let listed = accounts::list(app, wanted, request, refresh);
    if let Some(token) = &listed.login {
        // The names came with the list.
        remember_region(app, request, token);
    }
    (listed.accounts, listed.error)
}

fn learn(app: &App, request: SessionRequest, token: &AccessToken) -> Result<()> {
    remember_region(app, request, token);
    accounts::learn_names(app, request, token)
}

/// Corrects `sso_region` after a login that ended in another Region, as the AWS CLI does: every AWS
/// tool reads it there. That it cannot be written is a warning: this login is good all the same.
fn remember_region(app: &App, request: SessionRequest, token: &AccessToken) {
    let session = request.session;
    let Some(region) = token.region.as_deref().filter(|region| *region != session.region.as_str())
    else {
        return;
    };
    if !start_url::is_vanity(&session.start_url) {
        return;
    }
    let name = match (&session.name, request.profile) {
        (Some(name), _) => Name::session(name.as_str()),
        (None, Some(profile)) => Name::profile(profile.as_str()),
        (None, None) => return,
    };
    match write(app, &name, region) {
        Ok(()) => app.term.say(&format!(
            "The portal of `{}` is in {region}: `sso_region` was corrected.",
            session.label()
        )),
        Err(error) => {
            app.term.warn(&format!("`sso_region` should be `{region}`, and was not set: {error}"));
        }
    }
}

fn write(app: &App, name: &Name, region: &str) -> Result<()> {
    let mut editing = Editing::begin(app)?;
    editing.config.set(name, "sso_region", region)?;
    editing.finish(app, false).map(drop)
}
