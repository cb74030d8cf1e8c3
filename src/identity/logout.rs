//! Tokens and credentials given up: files and keyring first, then the session at the portal.

use std::path::Path;

use serde_json::{Map, Value};

use super::cache_file::{self, Found};
use super::credential_store;
use super::endpoint::{self, Service};
use super::keyring;
use super::portal::Portal;
use super::retry::Attempts;
use super::role_cache;
use super::session_state;
use super::token_store;
use crate::domain::profile::{AssumeRole, Connection, SsoRole, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::token::AccessToken;
use crate::domain::{Error, Result};
use crate::io::http::HttpSettings;
use crate::io::{App, files};

/// A token that is gone from here and may still live at the portal.
#[derive(Clone, Debug)]
pub struct GivenUp {
    /// What the session is called.
    pub label: String,
    /// The token.
    pub token: Secret,
    /// Where to end it.
    pub region: String,
}

/// What follows from a session besides its token.
#[derive(Clone, Debug, Default)]
pub struct Follows {
    /// Roles of profiles and of the directory.
    pub roles: Vec<SsoRole>,
    /// Chains that end in the session.
    pub assumed: Vec<AssumeRole>,
}

/// Removes a session's token, role credentials and chains, from files and keyring; `None` where
/// there was no token, else those that still live.
pub fn forget(app: &App, session: &SsoSession, follows: &Follows) -> Result<Option<Vec<GivenUp>>> {
    let _lock = session_state::lock(app, session, true)?;
    let tokens = token_store::find_all(app, session)?;
    let had = token_store::remove(app, session)?;
    token_store::registration(app, session)?.remove_left_file()?;
    for hash in session_state::noted_roles(app, session)? {
        credential_store::remove_hash(app, &hash)?;
    }
    for role in &follows.roles {
        credential_store::remove(app, role)?;
    }
    for assume in &follows.assumed {
        let name = credential_store::assume_role_file_name(assume);
        cache_file::remove(&app.paths.cli_cache()?.join(name))?;
    }
    session_state::remove(app, session)?;
    let living = tokens.into_iter().filter(|token| token.lives(app.clock.now()));
    Ok(had.then(|| living.map(|token| given_up(session, token)).collect()))
}

fn given_up(session: &SsoSession, token: AccessToken) -> GivenUp {
    GivenUp {
        label: session.label().to_owned(),
        region: super::refresh::region(session, &token).to_owned(),
        token: token.access_token,
    }
}

/// Removes what `aws sso logout` removes: every token, and every role's credentials; and all that
/// the keyring has of ssoenv.
pub fn forget_all(app: &App) -> Result<Vec<GivenUp>> {
    let mut tokens = forget_entries(app)?;
    for path in list(&app.paths.sso_cache()?)? {
        let Found::Object(fields) = cache_file::read(&path) else { continue };
        if !fields.contains_key("accessToken") {
            continue;
        }
        cache_file::remove(&path)?;
        tokens.extend(token_in(&fields, &path.display().to_string()));
    }
    for path in list(&app.paths.cli_cache()?)? {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let Found::Object(fields) = cache_file::read(&path) else { continue };
        if fields.get("ProviderType").and_then(Value::as_str) == Some("sso")
            && let Some(hash) = path.file_stem().and_then(|stem| stem.to_str())
        {
            credential_store::remove_hash(app, hash)?;
        }
    }
    role_cache::remove_of_sessions(app)?;
    Ok(tokens)
}

/// The token in a document, with where to end it.
fn token_in(fields: &Map<String, Value>, place: &str) -> Option<GivenUp> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Some(GivenUp {
        label: text("startUrl").unwrap_or(place).to_owned(),
        token: Secret::new(text("accessToken")?),
        region: text("region")?.to_owned(),
    })
}

/// Empties the keyring of ssoenv's entries. Where secrets live in files it may have some of before,
/// and is asked only if it is there and open.
fn forget_entries(app: &App) -> Result<Vec<GivenUp>> {
    if keyring::check_built().is_err() && !keyring::is_chosen(app)? {
        return Ok(Vec::new());
    }
    let names = match keyring::names(app) {
        Err(error) if !keyring::is_chosen(app)? => {
            log::info!("no entries of the keyring are removed: {error}");
            return Ok(Vec::new());
        }
        names => names?,
    };
    let mut tokens = Vec::new();
    for name in names {
        let bytes = keyring::get(app, &name)?;
        keyring::remove(app, &name)?;
        if let Some(Found::Object(fields)) = bytes.map(|bytes| Found::parse(&bytes)) {
            tokens.extend(token_in(&fields, &name));
        }
    }
    Ok(tokens)
}

fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    files::list(folder).map_err(|error| {
        Error::config(format!("`{}` cannot be listed", folder.display()))
            .cause(error)
            .hint(format!("make `{}` yours and readable", folder.display()))
    })
}

/// Ends a session at the portal. What fails is told as a warning: nothing is left here to steal.
pub fn end_at_portal(app: &App, connection: &Connection, given_up: &GivenUp) -> Result<()> {
    let done = (|| {
        let net = app.net(&HttpSettings { ca_bundle: connection.ca_bundle.clone() })?;
        let portal = Portal {
            http: &net.http,
            endpoint: endpoint::base(&app.env, connection, Service::Portal, &given_up.region)?,
            attempts: Attempts::one(),
        };
        net.run(async { Ok(portal.logout(&given_up.token).await) })
    })();
    let error = match done {
        Ok(Ok(())) => return Ok(()),
        // Ended before, in another way.
        Ok(Err(failure)) if failure.service().is_some_and(super::sso::is_unauthorized) => {
            return Ok(());
        }
        Ok(Err(failure)) => failure.into_error(),
        Err(error) if error.kind == crate::domain::Kind::Interrupted => return Err(error),
        Err(error) => error,
    };
    app.term.warn(&format!(
        "`{}` is logged out here, but was not ended at the portal: {error}",
        given_up.label
    ));
    Ok(())
}
