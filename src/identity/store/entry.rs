//! Cached credentials: the entry of an SSO role in `~/.aws/cli/cache`, shared with the AWS CLI in both
//! directions, of a console login (written in [`login_sessions`]), or of an assumed role in ssoenv's
//! own cache; or any of them in the keyring. Synchronous,
//! no network: the fast path reads through it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::domain::Result;
use crate::domain::credentials::{Credentials, FRESH_SECONDS, Freshness, freshness};
use crate::domain::login_session;
use crate::domain::plan::Cache;
use crate::domain::profile::Source;
use crate::identity::store::cache_file::{self, Found};
use crate::identity::store::document::Document;
use crate::identity::store::entry_json::{credentials_of, own_fields, plain, shared_fields};
use crate::identity::store::{login_sessions, session_state, stamps, turn};
use crate::io::App;
use crate::io::files::{self, Durability};
use crate::io::own;

/// Credentials from a cache, and whether they should be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// As the entry has them.
    pub credentials: Credentials,
    /// By the 15-minute rule.
    pub freshness: Freshness,
}

/// Where the credentials of a source are kept.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What gives them.
    pub source: &'a Source,
    /// What names the file, the lock and the stamp.
    pub hash: String,
}

impl Entry<'_> {
    /// The entry, wherever it lives.
    pub fn document<'a>(&self, app: &'a App) -> Result<Document<'a>> {
        match self.source {
            Source::Sso(_) => document(app, Cache::Shared, &self.hash),
            Source::Login(_) => document(app, Cache::Login, &self.hash),
            _ => document(app, Cache::Own, &self.hash),
        }
    }

    /// The cached credentials, dead ones too; `None` where there are none that can be read.
    ///
    /// # Errors
    /// Kind `Config` where a link or somebody else's file is in the place of one of ssoenv's own.
    pub fn load(&self, app: &App) -> Result<Option<Cached>> {
        let Found::Object(fields) = self.document(app)?.read()? else { return Ok(None) };
        let is_login = matches!(self.source, Source::Login(_));
        let found = if is_login {
            login_sessions::credentials_of(&fields)
        } else {
            credentials_of(&fields)
        };
        let Some(credentials) = found else {
            log::info!("ignored: an entry lacks credentials");
            return Ok(None);
        };
        Ok(if is_login {
            judged_login(app, credentials)
        } else {
            judged(app, credentials, &self.hash)
        })
    }

    /// Writes credentials, the stamp that tells running shells of them, and, where a session is at
    /// the root of the source, that its end is theirs too.
    pub fn store(&self, app: &App, credentials: &Credentials) -> Result<()> {
        let session = self.source.sso_root().map(|role| &role.session);
        let document = self.document(app)?;
        if let Source::Sso(role) = self.source {
            let ours = ["ProviderType", "Credentials"];
            document.write(shared_fields(role, credentials), &ours, Durability::Cached)?;
        } else {
            document.save(&own_fields(session, credentials), Durability::Cached)?;
        }
        session_state::note_role(app, self.source, &self.hash)?;
        stamps::write(&stamps::path_of_key(app, &self.hash)?, credentials)
    }
}

fn document<'a>(app: &'a App, cache: Cache, hash: &str) -> Result<Document<'a>> {
    let path = path(app, cache, hash)?;
    match cache {
        Cache::Shared | Cache::Login => Document::shared(app, path),
        Cache::Own => Document::own(app, path),
    }
}

fn path(app: &App, cache: Cache, hash: &str) -> Result<PathBuf> {
    let mut path = match cache {
        Cache::Shared => app.paths.cli_cache()?,
        Cache::Own => own_folder(app)?,
        Cache::Login => app.paths.login_cache(&app.env)?,
    };
    path.push(format!("{hash}.json"));
    Ok(path)
}

fn own_folder(app: &App) -> Result<PathBuf> {
    Ok(app.paths.cache_dir()?.join("roles"))
}

/// Removes the credentials with this hash from both caches, their stamp, and what is noted of a
/// failure; whether there were any.
pub fn remove(app: &App, hash: &str) -> Result<bool> {
    turn::forget_failure(app, hash)?;
    // All are tried before the failure of one is told.
    let stamp = cache_file::remove(&stamps::path_of_key(app, hash)?);
    let own = document(app, Cache::Own, hash)?.remove();
    let shared = document(app, Cache::Shared, hash)?.remove()?;
    stamp?;
    Ok(own? || shared)
}

/// The hashes of all credentials in the shared cache that live.
pub fn living(app: &App) -> Result<HashSet<String>> {
    let lives = |path: &Path| {
        let hash = path.file_stem()?.to_str()?;
        let Found::Object(fields) = cache_file::read(path) else { return None };
        let cached = judged(app, credentials_of(&fields)?, hash)?;
        (cached.freshness != Freshness::Expired).then(|| hash.to_owned())
    };
    let paths = files::list(&app.paths.cli_cache()?).unwrap_or_default();
    Ok(paths.iter().filter_map(|path| lives(path)).collect())
}

/// The hashes of the files of ssoenv's own that have a session at the root of their chains.
pub fn files_of_sessions(app: &App) -> Result<Vec<String>> {
    let folder = own_folder(app)?;
    let of_session = |path: &PathBuf| {
        let bytes = own::read(path).ok().flatten().unwrap_or_default();
        let entry: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        entry.get("Session").is_some_and(Value::is_string)
    };
    let paths = files::list(&folder).unwrap_or_default().into_iter().filter(of_session);
    Ok(paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect())
}

/// The credentials of an entry in a file, where it is as nearly all are. What is not is for
/// [`Entry::load`] to judge. A link is followed only in the cache that is shared.
pub fn load_plain(app: &App, cache: Cache, hash: &str) -> Option<Cached> {
    let path = path(app, cache, hash).ok()?;
    let bytes = match cache {
        Cache::Shared | Cache::Login => files::read(&path),
        Cache::Own => own::read(&path),
    };
    if cache == Cache::Login {
        let Found::Object(fields) = Found::parse(&bytes.ok()??) else { return None };
        return judged_login(app, login_sessions::credentials_of(&fields)?);
    }
    judged(app, plain(&bytes.ok()??)?, hash)
}

/// The credentials of a console login, and how fresh they are.
fn judged_login(app: &App, credentials: Credentials) -> Option<Cached> {
    let freshness = login_session::freshness(credentials.expiration?, app.clock.now());
    Some(Cached { credentials, freshness })
}

/// The credentials of an entry, and how fresh they are.
fn judged(app: &App, credentials: Credentials, hash: &str) -> Option<Cached> {
    let (expires, now) = (credentials.expiration?, app.clock.now());
    // How long they live in all matters only for short lives, and is known only for our own.
    let left = expires.seconds() - now.seconds();
    let short = (1..FRESH_SECONDS).contains(&left);
    let issued = if short {
        stamps::issued(&stamps::path_of_key(app, hash).ok()?, &credentials)
    } else {
        None
    };
    Some(Cached { freshness: freshness(expires, issued, now), credentials })
}
