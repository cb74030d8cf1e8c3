//! The names of all accounts of all sessions in one small file, for prompts, lists and completion:
//! a JSON object, names as the portal gives them.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crate::config::index::AccountNames;
use crate::domain::names::AccountId;
use crate::domain::{Error, Result};
use crate::identity::store::cache_file;
use crate::io::App;
use crate::io::files::{self, Durability};

/// Where the names are.
pub fn path(app: &App) -> Result<PathBuf> {
    Ok(app.paths.cache_dir()?.join("account-names"))
}

/// The names that are known, with the stamp of the file that they come from.
pub fn names(app: &App) -> AccountNames {
    let Ok(path) = path(app) else { return AccountNames::default() };
    let stamp = files::stamp(&path);
    let by_id: HashMap<_, _> = read(app).into_iter().collect();
    AccountNames { by_id, stamps: vec![stamp] }
}

/// The name of one account, if a list of accounts had it.
pub fn account_name(app: &App, account: &AccountId) -> Option<String> {
    read(app).remove(account.as_str())
}

fn read(app: &App) -> BTreeMap<String, String> {
    let bytes = path(app).ok().and_then(|path| files::read(&path).ok().flatten());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Adds names of accounts to the file.
pub(super) fn remember<'a>(
    app: &App,
    accounts: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<()> {
    let path = path(app)?;
    let lock = app.paths.state_dir()?.join("locks").join("account-names.lock");
    let Some(_lock) = app.lock_for_a_moment(&lock)? else {
        log::info!("`{}` is held by another ssoenv: its names are not kept", lock.display());
        return Ok(());
    };
    let before = read(app);
    let mut names = before.clone();
    for (id, name) in accounts {
        if let Some(name) = name {
            names.insert(id.to_owned(), name.to_owned());
        }
    }
    if names == before {
        return Ok(());
    }
    let text = serde_json::to_string(&names)
        .map_err(|error| Error::failed("the account names cannot be written").cause(error))?;
    cache_file::save(&path, &text, Durability::Cached)
}
