//! The names of all accounts of all sessions in one small file, for prompts, lists and completion:
//! `ID`, a tab, `NAME` on each line.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::Directory;
use crate::config::index::AccountNames;
use crate::domain::Result;
use crate::domain::names::AccountId;
use crate::identity::cache_file;
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

/// The name of one account, if a directory had it.
pub fn account_name(app: &App, account: &AccountId) -> Option<String> {
    read(app).remove(account.as_str())
}

fn read(app: &App) -> BTreeMap<String, String> {
    let bytes = path(app).ok().and_then(|path| files::read(&path).ok().flatten());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(id, name)| (id.to_owned(), name.to_owned())).collect()
}

/// Adds a directory's names to the file. Names with line breaks or tabs are left out.
pub(super) fn remember(app: &App, directory: &Directory) -> Result<()> {
    let path = path(app)?;
    let lock = app.paths.state_dir()?.join("locks").join("account-names.lock");
    let _lock = app.lock(&lock, || {})?;
    let before = read(app);
    let mut names = before.clone();
    for account in &directory.accounts {
        match &account.name {
            Some(name) if !name.contains(['\t', '\n', '\r']) => {
                names.insert(account.id.clone(), name.clone());
            }
            _ => {}
        }
    }
    if names == before {
        return Ok(());
    }
    let lines: Vec<_> = names.iter().map(|(id, name)| format!("{id}\t{name}\n")).collect();
    let text = lines.concat();
    cache_file::save(&path, &text, Durability::Cached)
}
