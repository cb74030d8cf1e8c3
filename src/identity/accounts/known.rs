//! What is known of a session's accounts and roles, kept in `<cache>/ssoenv/directory/`, one file per
//! session. Reading is synchronous and cheap.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::names;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::parts::Parts;
use crate::domain::profile::{SsoRole, SsoSession};
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::instance::start_url::same_portal;
use crate::identity::store::{cache_file, tokens};
use crate::identity::wire::json::sha1_hex;
use crate::io::App;
use crate::io::files::{self, Durability};

/// Seconds after which the accounts are asked for anew, in the background where that is possible.
const STALE_SECONDS: i64 = 60 * 60;

/// What is known of a session's accounts and roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// The portal that it is of.
    pub start_url: String,
    /// When `ListAccounts` was last finished, in seconds of the epoch; 0: never.
    pub accounts_at: i64,
    /// When the roles of every account were last known together; 0: never.
    pub roles_at: i64,
    /// How often the roles were asked for anew.
    #[serde(default)]
    pub round: u64,
    /// Whether the last round was stopped: the next one goes on with it.
    #[serde(default)]
    pub unfinished: bool,
    /// In the portal's order.
    pub accounts: Vec<Entry>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Twelve digits.
    pub id: String,
    /// As the portal gives it: not fit for a terminal.
    pub name: Option<String>,
    /// As the portal gives it.
    pub email: Option<String>,
    /// `None` until they were listed.
    pub roles: Option<Vec<String>>,
    /// The round in which they were listed.
    #[serde(default)]
    pub round: u64,
}

impl Entry {
    /// The names that parts are found in.
    pub fn texts(&self) -> [&str; 3] {
        let names = [Some(&*self.id), self.name.as_deref(), self.email.as_deref()];
        names.map(Option::unwrap_or_default)
    }

    /// ID and name.
    pub fn names(&self) -> (&str, Option<&str>) {
        (&self.id, self.name.as_deref())
    }

    /// Whether a person may mean this account: by its ID, or by its whole name in any letter case.
    pub fn is_called(&self, text: &str) -> bool {
        self.id == text
            || self.name.as_deref().is_some_and(|name| name.to_lowercase() == text.to_lowercase())
    }
}

impl Accounts {
    /// Whether the account's roles were listed in this round.
    pub(super) fn is_listed(&self, account: &Entry) -> bool {
        account.roles.is_some() && account.round >= self.round
    }

    /// Takes the roles of an account over.
    pub(super) fn listed(&mut self, at: usize, roles: Vec<String>) {
        let account = &mut self.accounts[at];
        account.roles = Some(roles);
        account.round = self.round;
    }

    /// How many accounts have their roles listed in this round.
    pub fn with_roles(&self) -> usize {
        self.accounts.iter().filter(|account| self.is_listed(account)).count()
    }

    /// The accounts that words mean: those of exactly this ID or name, else those that parts of ID or
    /// name fit.
    pub fn meant(&self, words: &str) -> Vec<&Entry> {
        let exact: Vec<_> = self.accounts.iter().filter(|entry| entry.is_called(words)).collect();
        if !exact.is_empty() {
            return exact;
        }
        let parts = Parts::of(&[words]);
        self.accounts.iter().filter(|entry| parts.fit(entry.texts().into_iter().take(2))).collect()
    }

    /// Whether the accounts are all there.
    pub fn has_accounts(&self) -> bool {
        self.accounts_at > 0
    }

    /// Whether the roles are all there.
    pub fn has_roles(&self) -> bool {
        self.has_accounts() && self.accounts.iter().all(|account| account.roles.is_some())
    }

    /// Whether it is time to ask again.
    pub fn is_stale(&self, now: Timestamp, roles: bool) -> bool {
        let asked = if roles { self.roles_at } else { self.accounts_at };
        !(0..STALE_SECONDS).contains(&(now.seconds() - asked))
    }

    /// Every role of every account, as far as they are known.
    pub fn sso_roles(&self, session: &SsoSession) -> Vec<SsoRole> {
        let roles = self.accounts.iter().flat_map(|account| {
            account.roles.iter().flatten().map(|role| SsoRole {
                session: session.clone(),
                account_id: AccountId::new(account.id.clone()),
                role_name: RoleName::new(role.clone()),
            })
        });
        roles.collect()
    }
}

/// Where the session's accounts are kept.
fn path(app: &App, session: &SsoSession) -> Result<PathBuf> {
    let hash = sha1_hex(tokens::key(session));
    Ok(app.paths.cache_dir()?.join("directory").join(format!("{hash}.json")))
}

/// The session's accounts as far as they are known; nothing where there are none, or where they are
/// another portal's.
pub fn load(app: &App, session: &SsoSession) -> Result<Option<Accounts>> {
    let path = path(app, session)?;
    let bytes = match files::read(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(error) => {
            log::info!("ignored: `{}`: {error}", path.display());
            return Ok(None);
        }
    };
    let known = serde_json::from_slice::<Accounts>(&bytes)
        .inspect_err(|error| log::info!("ignored: `{}`: {error}", path.display()))
        .ok();
    Ok(known.filter(|known| same_portal(&known.start_url, &session.start_url)))
}

/// The accounts of every session: for completion, which has no time to read the configuration. Files
/// that cannot be read count as none.
pub fn all(app: &App) -> Vec<Accounts> {
    let folder = app.paths.cache_dir().map(|cache| cache.join("directory"));
    let entries = folder.ok().and_then(|folder| fs::read_dir(folder).ok());
    let read = |path: PathBuf| serde_json::from_slice(&files::read(&path).ok()??).ok();
    entries.into_iter().flatten().flatten().filter_map(|entry| read(entry.path())).collect()
}

/// Writes the session's accounts, and the names that lists and prompts show.
pub(super) fn save(app: &App, session: &SsoSession, accounts: &Accounts) -> Result<()> {
    let text = serde_json::to_string(accounts)
        .map_err(|error| Error::failed("the list of accounts cannot be written").cause(error))?;
    cache_file::save(&path(app, session)?, &text, Durability::Cached)?;
    let names = accounts.accounts.iter();
    names::remember(app, names.map(|account| (&*account.id, account.name.as_deref())))
}

#[cfg(test)]
mod tests {
    use super::{Accounts, Entry, STALE_SECONDS};
    use crate::domain::timestamp::Timestamp;

    #[test]
    fn accounts_are_found_by_name_and_id() {
        let entry = Entry {
            id: "012345678901".to_owned(),
            name: Some("Acme Prod".to_owned()),
            email: Some("aws@example.com".to_owned()),
            roles: None,
            round: 0,
        };
        let known = Accounts { accounts: vec![entry], ..Accounts::default() };
        for (words, meant, called) in [
            ("prod", true, false),
            ("PROD acme", true, false),
            ("acme prod", true, true),
            ("2345", true, false),
            ("012345678901", true, true),
            ("AWS@", false, false),
            ("dev", false, false),
        ] {
            let found = (known.meant(words).len() == 1, known.accounts[0].is_called(words));
            assert_eq!(found, (meant, called), "{words}");
        }
    }

    #[test]
    fn accounts_grow_stale() {
        let known = Accounts { accounts_at: 1000, roles_at: 0, ..Accounts::default() };
        let at = |seconds| Timestamp::from_seconds(seconds);
        assert!(!known.is_stale(at(1001), false));
        assert!(known.is_stale(at(1000 + STALE_SECONDS), false));
        assert!(known.is_stale(at(999), false), "a clock that was set back");
        assert!(known.is_stale(at(1001 + STALE_SECONDS), true));
    }
}
