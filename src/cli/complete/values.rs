//! Names that only this user's files know: profiles, accounts, roles, sessions. Files and caches
//! alone; nothing here asks the network or a person.

use std::collections::BTreeMap;

use super::candidates::{Candidate, most_like};
use crate::commands::shared::Completes;
use crate::config::Config;
use crate::config::index::{self, Index, Row};
use crate::config::settings::kinds::Proposal;
use crate::config::settings::{General, key};
use crate::domain::names::SessionName;
use crate::domain::profile::OUTPUT_FORMATS;
use crate::domain::{console, region_list};
use crate::identity::accounts::{self, Accounts};
use crate::io::App;
use crate::io::files;
use crate::shell::entry::Likeness;

/// The names that are most like `typed`; `words` are those before it.
pub fn find(
    app: &App,
    kind: Completes,
    typed: &str,
    words: &[String],
    allowed: &[Likeness],
) -> Vec<Candidate> {
    let all = match kind {
        Completes::Profile => return profiles(app, typed, allowed),
        Completes::Word => {
            let found = profiles(app, typed, allowed);
            if !found.is_empty() {
                return found;
            }
            accounts(app, None).into_iter().chain(roles(app, None, None)).collect()
        }
        Completes::Account => accounts(app, option(words, "--sso-session")),
        Completes::Role => roles(app, option(words, "--account"), option(words, "--sso-session")),
        Completes::Session => sessions(app),
        Completes::Region => plain(region_list::known_regions()),
        Completes::Service => plain(console::services()),
        Completes::Output => plain(OUTPUT_FORMATS.into_iter()),
        Completes::Setting => proposals(General::KEYS.iter().map(|key| (key.name, key.help))),
        Completes::SettingValue => setting_values(words.last().map(String::as_str)),
    };
    most_like(all, typed, allowed)
}

fn plain<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Candidate> {
    names.filter_map(|name| Candidate::new(name, "")).collect()
}

fn proposals(all: impl Iterator<Item = Proposal>) -> Vec<Candidate> {
    all.filter_map(|(value, help)| Candidate::new(value, help)).collect()
}

/// The value of an option among the words, in both spellings.
fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    let mut words = words.iter();
    let mut found = None;
    while let Some(word) = words.next() {
        if word == name {
            found = words.next().map(String::as_str);
        } else if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('='))
        {
            found = Some(value);
        }
    }
    found
}

/// Profiles. With an index that is true, only the lines that start with `typed` are read.
fn profiles(app: &App, typed: &str, allowed: &[Likeness]) -> Vec<Candidate> {
    let mut found = Vec::new();
    if let Some(mut index) = open(app) {
        let all = index.starting_with(typed, |row| {
            found.extend(profile(&row));
            true
        });
        if all.is_ok() && !found.is_empty() {
            return found;
        }
    }
    let mut every = Vec::new();
    each_row(app, |row| every.extend(profile(row)));
    most_like(every, typed, allowed)
}

fn profile(row: &Row) -> Option<Candidate> {
    let account = if row.account_name.is_empty() { row.account_id } else { row.account_name };
    let help = match (account, row.role) {
        ("", "") => row.source.to_owned(),
        (account, "") => account.to_owned(),
        ("", role) => role.to_owned(),
        (account, role) => format!("{account} {role}"),
    };
    Candidate::new(row.name, &help)
}

fn accounts(app: &App, session: Option<&str>) -> Vec<Candidate> {
    let mut names = BTreeMap::<String, String>::new();
    let mut add = |id: &str, name: &str| {
        if !id.is_empty() {
            let known = names.entry(id.to_owned()).or_default();
            if known.is_empty() {
                name.clone_into(known);
            }
        }
    };
    each_row(app, |row| {
        if session.is_none_or(|session| session == row.session) {
            add(row.account_id, row.account_name);
        }
    });
    if session.is_none() {
        accounts::names(app).by_id.iter().for_each(|(id, name)| add(id, name));
    }
    for known in listings(app, session) {
        for account in known.accounts {
            add(&account.id, account.name.as_deref().unwrap_or_default());
        }
    }
    let by_id = names.iter().filter_map(|(id, name)| Candidate::new(id.clone(), name));
    let by_name = names.iter().filter_map(|(id, name)| Candidate::new(name.clone(), id));
    by_id.chain(by_name).collect()
}

fn roles(app: &App, account: Option<&str>, session: Option<&str>) -> Vec<Candidate> {
    let mut roles = BTreeMap::<String, String>::new();
    let mut add = |role: &str, account: &str| {
        if !role.is_empty() {
            roles.entry(role.to_owned()).or_insert_with(|| account.to_owned());
        }
    };
    let listings = listings(app, session);
    // The exact name wins over those in another letter case.
    let is_exact = |id: &str, name: &str| account.is_some_and(|text| text == id || text == name);
    let mut exact = listings.iter().flat_map(|known| &known.accounts).any(|entry| {
        let (id, name) = entry.names();
        is_exact(id, name.unwrap_or_default())
    });
    each_row(app, |row| exact |= is_exact(row.account_id, row.account_name));
    let fits = |id: &str, name: &str| {
        is_exact(id, name)
            || account.is_none_or(|text| !exact && text.to_lowercase() == name.to_lowercase())
    };
    each_row(app, |row| {
        if fits(row.account_id, row.account_name)
            && session.is_none_or(|session| session == row.session)
            && matches!(row.source, "sso" | "sso-legacy")
        {
            let name = if row.account_name.is_empty() { row.account_id } else { row.account_name };
            add(row.role, name);
        }
    });
    for known in listings {
        for entry in &known.accounts {
            if fits(&entry.id, entry.name.as_deref().unwrap_or_default()) {
                let name = entry.name.as_deref().unwrap_or(&entry.id);
                entry.roles.iter().flatten().for_each(|role| add(role, name));
            }
        }
    }
    roles.into_iter().filter_map(|(role, help)| Candidate::new(role, &help)).collect()
}

/// What the portal has told of a session's accounts and roles, or of all sessions'.
fn listings(app: &App, session: Option<&str>) -> Vec<Accounts> {
    let Some(name) = session else { return accounts::all(app) };
    let session = Config::load(app).and_then(|config| config.session(&SessionName::new(name)));
    let known = session.and_then(|session| accounts::load(app, &session));
    known.ok().flatten().into_iter().collect()
}

fn sessions(app: &App) -> Vec<Candidate> {
    let Ok(config) = Config::load(app) else { return Vec::new() };
    let names = config.session_names();
    let help = |name| config.session_values(name)?.text("sso_start_url");
    names
        .iter()
        .filter_map(|name| Candidate::new(name.as_str(), help(name.as_str()).unwrap_or_default()))
        .collect()
}

fn setting_values(key: Option<&str>) -> Vec<Candidate> {
    match key.map(|name| key::find(General::KEYS, name)) {
        Some(Ok(key)) => proposals((key.proposals)().into_iter()),
        _ => Vec::new(),
    }
}

fn open(app: &App) -> Option<Index> {
    // The stamp of the names is enough to see whether the index is true.
    index::open(app, &[files::stamp(&accounts::names_path(app).ok()?)])
}

/// Every profile: from the index, or from the files, and then the index is written for next time.
fn each_row(app: &App, mut each: impl FnMut(&Row)) {
    if let Some(mut index) = open(app) {
        let all = index.starting_with("", |row| {
            each(&row);
            true
        });
        if all.is_ok() {
            return;
        }
    }
    let Ok(config) = Config::load(app) else { return };
    let names = accounts::names(app);
    for (place, summary) in (0..).zip(config.summaries()) {
        each(&Row {
            name: summary.profile.as_str(),
            account_id: summary.account_id.unwrap_or_default(),
            account_name: summary.account_id.and_then(|id| names.get(id)).unwrap_or_default(),
            role: summary.role.unwrap_or_default(),
            session: summary.session.unwrap_or_default(),
            source: summary.source,
            region: summary.region.unwrap_or_default(),
            place,
        });
    }
    index::write(app, &config, &names);
}
