//! What ssoenv keeps of a session besides the token file: a record of what the shared file cannot
//! say. No secret: hashes and times alone.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::login_session::LoginSession;
use crate::domain::profile::{Source, SsoSession};
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::token::{AccessToken, TokenState};
use crate::domain::{Error, Result};
use crate::identity::store::{cache_file, tokens};
use crate::identity::wire::json::{hex, sha1_hex};
use crate::io::App;
use crate::io::files::Durability;
use crate::io::own;

/// What is remembered of a session's token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The hash of a refresh token that must not be sent again: it was refused, or it was sent
    /// and the answer was lost.
    spent: Option<String>,
    /// The hash of a refresh token that was sent. For whoever holds the session's lock it is a
    /// spent one, because its sender has died; for others its answer may still come.
    sent: Option<String>,
    /// The hash of the access token that ssoenv got last and of its end, and when it came.
    issued: Option<(String, Timestamp)>,
}

impl Record {
    /// Reads the session's record; nothing where there is none.
    pub fn load(app: &App, session: &SsoSession) -> Result<Self> {
        let path = path(app, session)?;
        let bytes = match own::read(&path) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => return Err(refused(&path, &error)),
        };
        let mut record = Self::default();
        for line in String::from_utf8_lossy(&bytes).lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["spent", hash] => record.spent = Some(hash.to_owned()),
                ["sent", hash] => record.sent = Some(hash.to_owned()),
                ["issued", hash, seconds] => {
                    let time = seconds.parse().ok().map(Timestamp::from_seconds);
                    record.issued = time.map(|time| (hash.to_owned(), time));
                }
                _ => {}
            }
        }
        Ok(record)
    }

    /// Remembers that ssoenv got this token now: nothing is under way any more.
    fn note_issued(&mut self, token: &AccessToken, now: Timestamp) {
        self.issued = Some((identity(token), now));
        self.sent = None;
    }

    /// Remembers that this refresh token is about to be sent.
    pub fn note_sent(&mut self, refresh_token: &Secret) {
        self.sent = Some(hash(refresh_token));
    }

    /// Takes that back: the service has certainly not used it up.
    pub fn note_unsent(&mut self) {
        self.sent = None;
    }

    /// Whether this refresh token was sent, and its answer is not known.
    pub fn was_sent(&self, refresh_token: &Secret) -> bool {
        self.sent.as_ref().is_some_and(|sent| *sent == hash(refresh_token))
    }

    /// Remembers that this refresh token must not be sent again.
    pub fn note_spent(&mut self, refresh_token: &Secret) {
        self.spent = Some(hash(refresh_token));
        self.sent = None;
    }

    /// Judges a token with what is remembered of it.
    pub fn state(&self, token: &AccessToken, now: Timestamp) -> TokenState {
        let issued = self.issued.as_ref().filter(|(known, _)| *known == identity(token));
        let spent = token.refresh_token.as_ref().is_some_and(|refresh| {
            self.spent.as_ref().is_some_and(|known| *known == hash(refresh))
        });
        token.state_known(now, issued.map(|(_, time)| *time), spent)
    }

    /// Writes the record.
    pub fn save(&self, app: &App, session: &SsoSession) -> Result<()> {
        let refresh = [("spent", &self.spent), ("sent", &self.sent)].into_iter();
        let refresh =
            refresh.filter_map(|(word, hash)| Some(format!("{word} {}\n", hash.as_ref()?)));
        let issued = self.issued.iter();
        let issued = issued.map(|(token, time)| format!("issued {token} {}\n", time.seconds()));
        let text: String = refresh.chain(issued).collect();
        cache_file::save(&path(app, session)?, &text, Durability::Synced)
    }
}

/// Writes a new token, and remembers when it came.
pub fn keep(app: &App, session: &SsoSession, token: &AccessToken) -> Result<()> {
    tokens::save(app, session, token)?;
    let mut record = Record::load(app, session)?;
    record.note_issued(token, app.clock.now());
    record.save(app, session)
}

/// Removes the session's record.
pub fn remove(app: &App, session: &SsoSession) -> Result<()> {
    cache_file::remove(&path(app, session)?)?;
    cache_file::remove(&roles_path(app, session)?).map(drop)
}

/// Remembers that credentials of this hash follow from the session or console login at the root of
/// their source, so that a logout finds them.
pub fn note_role(app: &App, source: &Source, hash: &str) -> Result<()> {
    let path = match (source.sso_root(), source.login_root()) {
        (Some(role), _) => roles_path(app, &role.session)?,
        (None, Some(login)) => login_roles_path(app, login)?,
        (None, None) => return Ok(()),
    };
    if noted(&path)?.iter().any(|known| known == hash) {
        return Ok(());
    }
    own::append_line(&path, hash).map_err(|error| refused(&path, &error))
}

/// The hashes that were remembered of a session.
pub fn noted_roles(app: &App, session: &SsoSession) -> Result<Vec<String>> {
    noted(&roles_path(app, session)?)
}

/// The hashes that were remembered of a console login.
pub fn noted_roles_of_login(app: &App, login: &LoginSession) -> Result<Vec<String>> {
    noted(&login_roles_path(app, login)?)
}

/// Forgets them.
pub fn forget_roles_of_login(app: &App, login: &LoginSession) -> Result<()> {
    cache_file::remove(&login_roles_path(app, login)?).map(drop)
}

fn noted(path: &Path) -> Result<Vec<String>> {
    let bytes = own::read(path).map_err(|error| refused(path, &error))?.unwrap_or_default();
    let is_hash = |line: &&str| line.len() == 40 && line.bytes().all(|b| b.is_ascii_hexdigit());
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().filter(is_hash).map(ToOwned::to_owned).collect())
}

fn roles_path(app: &App, session: &SsoSession) -> Result<PathBuf> {
    Ok(path(app, session)?.with_extension("roles"))
}

fn login_roles_path(app: &App, login: &LoginSession) -> Result<PathBuf> {
    Ok(app.paths.state_dir()?.join("sessions").join(sha1_hex(&login.arn)).with_extension("roles"))
}

/// The state of a token as every part of ssoenv sees it.
pub fn token_state(app: &App, session: &SsoSession, token: &AccessToken) -> Result<TokenState> {
    let now = app.clock.now();
    match token.state(now) {
        // The record cannot make a fresh token any fresher.
        TokenState::Fresh => Ok(TokenState::Fresh),
        _ => Ok(Record::load(app, session)?.state(token, now)),
    }
}

fn path(app: &App, session: &SsoSession) -> Result<PathBuf> {
    Ok(app.paths.state_dir()?.join("sessions").join(sha1_hex(tokens::key(session))))
}

/// A hash that is another one when anything about the token's life has changed.
fn identity(token: &AccessToken) -> String {
    let mut digest = Sha256::new();
    digest.update(token.access_token.expose().as_bytes());
    digest.update(token.expires_at.seconds().to_be_bytes());
    hex(&digest.finalize())
}

fn hash(secret: &Secret) -> String {
    hex(&Sha256::digest(secret.expose().as_bytes()))
}

fn refused(path: &Path, error: &std::io::Error) -> Error {
    Error::config(format!("the record `{}` is refused", path.display()))
        .cause(error)
        .hint(format!("remove `{}`", path.display()))
}
