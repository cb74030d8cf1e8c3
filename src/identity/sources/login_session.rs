//! Credentials of a console login (`login_session`): the cache shared with the AWS CLI, else a
//! refresh, else a person.

use crate::domain::Result;
use crate::domain::credentials::Credentials;
use crate::domain::login_session::LoginSession;
use crate::domain::names::ProfileName;
use crate::domain::profile::Source;
use crate::identity::session::login_request::LoginRequest;
use crate::identity::session::login_session;
use crate::identity::sources::request::Request;
use crate::identity::store::cached::Wanted;
use crate::identity::store::entry::Entry;
use crate::identity::store::login_sessions;

/// Credentials of the login.
///
/// # Errors
/// Those of [`login_session::obtain`].
pub fn credentials(
    request: &Request,
    source: &Source,
    session: &LoginSession,
    profile: Option<&ProfileName>,
    wanted: Wanted,
) -> Result<Credentials> {
    let app = request.app;
    let entry = Entry { source, hash: login_sessions::key_hash(session) };
    if let Some(cached) = entry.load(app)?
        && !wanted.fresh
        && wanted.is_met(&cached, app.clock.now())
    {
        log::info!("credentials of `{}`: cache hit", session.arn);
        return Ok(cached.credentials);
    }
    let login = LoginRequest {
        session,
        connection: &request.target.connection,
        policy: &request.policy.login,
        profile,
        region: None,
    };
    let wanted = if wanted.fresh || wanted.min_ttl > 0 {
        login_session::Wanted::New
    } else {
        login_session::Wanted::Fresh
    };
    login_session::obtain(app, login, wanted).map(|(login, _)| login.credentials)
}
