//! Tokens and credentials given up: files and keyring first, then the session at the portal.

use std::path::Path;

use serde_json::{Map, Value};

use crate::domain::login_session::LoginSession;
use crate::domain::profile::{AssumeRole, Connection, SsoRole, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::token::AccessToken;
use crate::domain::{Error, Kind, Result};
use crate::identity::instance::start_url;
use crate::identity::policy::LoginPolicy;
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::turn::{self, Turn};
use crate::identity::store::{
    entry, keyring, login_sessions, roles, session_state, stamps, tokens,
};
use crate::identity::wire::endpoint;
use crate::identity::wire::json::sha1_hex;
use crate::identity::wire::portal::Portal;
use crate::identity::wire::refusal::Failure;
use crate::identity::wire::retry::Attempts;
use crate::io::{App, files};

/// A token that is gone from here and may still live at the portal.
#[derive(Clone, Debug)]
pub struct GivenUp {
    /// What the session is called.
    pub label: String,
    pub token: Secret,
    /// Where to end it.
    pub region: String,
}

/// What follows from a session besides its token.
#[derive(Clone, Debug, Default)]
pub struct Follows {
    /// Roles of profiles and of the list of accounts.
    pub roles: Vec<SsoRole>,
    /// Chains that end in the session.
    pub assumed: Vec<AssumeRole>,
}

/// A logout under way. It goes on past what fails, so that all goes that can: a keyring that is
/// locked keeps no file here, and no session open at the portal.
pub struct Logout<'a> {
    app: &'a App,
    failure: Option<Error>,
    given_up: Vec<GivenUp>,
}

impl<'a> Logout<'a> {
    /// Begins; a keyring is unlocked if a person can be asked.
    ///
    /// # Errors
    /// Kind `Interrupted`.
    pub fn begin(app: &'a App) -> Result<Self> {
        let mut logout = Self { app, failure: None, given_up: Vec::new() };
        let unlocked = keyring::unlock(app, &LoginPolicy::allowed());
        logout.go_on(unlocked)?;
        Ok(logout)
    }

    /// Removes a session's token, role credentials and chains, from files and keyring; whether
    /// there was a token.
    pub fn forget(&mut self, session: &SsoSession, follows: &Follows) -> Result<bool> {
        let app = self.app;
        // Somebody who was stopped does not keep anything logged in.
        let turn = Turn::at_session(app, session, false);
        let _turn = self.go_on(turn)?;
        let left = self.go_on(tokens::left(app, session))?.flatten();
        let kept = self.go_on(tokens::load(app, session))?.flatten();
        let removed = tokens::remove(app, session);
        let had = self.go_on(removed)?.unwrap_or_default();
        let registration = tokens::registration(app, session);
        self.go_on(registration.and_then(|document| document.remove_left_file()))?;
        let roles = follows.roles.iter().map(roles::key_hash);
        for hash in session_state::noted_roles(app, session)?.into_iter().chain(roles) {
            self.go_on(entry::remove(app, &hash))?;
        }
        for assume in &follows.assumed {
            let name = roles::assume_role_file_name(assume);
            self.go_on(cache_file::remove(&app.paths.cli_cache()?.join(name)))?;
        }
        self.go_on(turn::forget_failure(app, &sha1_hex(tokens::key(session))))?;
        // What could not be removed is found by the record the next time.
        if self.failure.is_none() {
            let removed = session_state::remove(app, session);
            self.go_on(removed)?;
        }
        let living = left.into_iter().chain(kept).filter(|token| token.lives(app.clock.now()));
        self.given_up.extend(living.map(|token| given_up(session, token)));
        Ok(had)
    }

    /// Removes a console login, and the roles on top of it with these hashes; whether there was
    /// one. AWS has no call that ends it.
    pub fn forget_login(&mut self, session: &LoginSession, roles: &[String]) -> Result<bool> {
        let app = self.app;
        let hash = login_sessions::key_hash(session);
        let turn = Turn::at_login(app, &hash, &session.arn, false);
        let _turn = self.go_on(turn)?;
        // What a call has laid on top stands in no profile.
        let noted = session_state::noted_roles_of_login(app, session)?;
        for hash in roles.iter().chain(&noted) {
            self.go_on(entry::remove(app, hash))?;
        }
        if self.failure.is_none() {
            self.go_on(session_state::forget_roles_of_login(app, session))?;
        }
        self.go_on(turn::forget_failure(app, &hash))?;
        let removed = login_sessions::remove(app, session);
        Ok(self.go_on(removed)?.unwrap_or_default())
    }

    /// Removes what `aws sso logout` removes: every token, and every role's credentials; and all
    /// that the keyring has of ssoenv. What the tokens' sessions are called.
    pub fn forget_all(&mut self) -> Result<Vec<String>> {
        let before = self.given_up.len();
        self.forget_files()?;
        self.forget_entries()?;
        Ok(self.given_up[before..].iter().map(|token| token.label.clone()).collect())
    }

    fn forget_files(&mut self) -> Result<()> {
        let app = self.app;
        for path in self.go_on(list(&app.paths.sso_cache()?))?.unwrap_or_default() {
            let Found::Object(fields) = cache_file::read(&path) else { continue };
            if !fields.contains_key("accessToken") {
                continue;
            }
            if self.go_on(cache_file::remove(&path))?.is_some() {
                self.given_up.extend(token_in(&fields, &path.display().to_string()));
            }
        }
        for path in self.go_on(list(&app.paths.cli_cache()?))?.unwrap_or_default() {
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let Found::Object(fields) = cache_file::read(&path) else { continue };
            if fields.get("ProviderType").and_then(Value::as_str) == Some("sso")
                && let Some(hash) = path.file_stem().and_then(|stem| stem.to_str())
            {
                self.go_on(entry::remove(app, hash))?;
            }
        }
        for path in self.go_on(list(&app.paths.login_cache(&app.env)?))?.unwrap_or_default() {
            let Found::Object(fields) = cache_file::read(&path) else { continue };
            if login_sessions::credentials_of(&fields).is_some() {
                self.go_on(cache_file::remove(&path))?;
            }
        }
        for hash in entry::files_of_sessions(app)? {
            self.go_on(entry::remove(app, &hash))?;
        }
        self.go_on(turn::forget_failures(app))?;
        Ok(())
    }

    /// Empties the keyring of ssoenv's entries. Where secrets live in files it may have some of
    /// before, and is asked only if it is there and open.
    fn forget_entries(&mut self) -> Result<()> {
        let app = self.app;
        let names = match keyring::names(app) {
            Err(error) if !keyring::is_chosen(app)? => {
                log::info!("no entries of the keyring are removed: {error}");
                return Ok(());
            }
            names => self.go_on(names)?.unwrap_or_default(),
        };
        for name in names {
            let bytes = self.go_on(keyring::get(app, &name))?.flatten();
            self.go_on(cache_file::remove(&stamps::path_of_key(app, &name)?))?;
            if self.go_on(keyring::remove(app, &name))?.is_some()
                && let Some(Found::Object(fields)) = bytes.map(|bytes| Found::parse(&bytes))
            {
                self.given_up.extend(token_in(&fields, &name));
            }
        }
        Ok(())
    }

    /// Ends the sessions of the tokens at the portal.
    ///
    /// # Errors
    /// What failed first on the way.
    pub fn end(self, connection: &Connection) -> Result<()> {
        for token in &self.given_up {
            end_at_portal(self.app, connection, token)?;
        }
        let again = "then run it again: what is left here was not removed";
        self.failure.map_or(Ok(()), |error| Err(error.hint(again)))
    }

    /// Whether all went that there was.
    pub fn is_complete(&self) -> bool {
        self.failure.is_none()
    }

    /// What was done; `None` for what failed, which is told in the end. Only Ctrl-C ends it now.
    fn go_on<T>(&mut self, done: Result<T>) -> Result<Option<T>> {
        match done {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind == Kind::Interrupted => Err(error),
            Err(error) => {
                self.failure.get_or_insert(error);
                Ok(None)
            }
        }
    }
}

fn given_up(session: &SsoSession, token: AccessToken) -> GivenUp {
    GivenUp {
        label: session.label().to_owned(),
        region: start_url::region(session, &token).to_owned(),
        token: token.access_token,
    }
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

fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    files::list(folder).map_err(|error| {
        Error::config(format!("`{}` cannot be listed", folder.display()))
            .cause(error)
            .hint(format!("make `{}` yours and readable", folder.display()))
    })
}

/// Ends a session at the portal. What fails is told as a warning: nothing is left here to steal.
fn end_at_portal(app: &App, connection: &Connection, given_up: &GivenUp) -> Result<()> {
    let done = (|| {
        let net = app.net(&endpoint::http(connection))?;
        let region = &given_up.region;
        let portal = Portal::new(&app.env, &net.http, connection, region, Attempts::one())?;
        net.run(async { Ok(portal.logout(&given_up.token).await) })
    })();
    let error = match done {
        Ok(Ok(())) => return Ok(()),
        // Ended before, in another way.
        Ok(Err(Failure::Service(error))) if error.is_unauthorized() => return Ok(()),
        Ok(Err(failure)) => failure.into_error(),
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(error) => error,
    };
    app.term.warn(&format!(
        "`{}` is logged out here, but was not ended at the portal: {error}",
        given_up.label
    ));
    Ok(())
}
