//! `sync`: a profile for every account and role, in a marked block of its own.
//!
//! Names once given stay with their role. What somebody wrote into the block stays; values that
//! flags ask for replace others, and each is said.

mod block;
mod rules;
mod template;
mod words;

pub use words::Words;

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::config::settings::Settings;
use crate::config::store::Editing;
use crate::domain::names::SessionName;
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Result};
use crate::identity::accounts::{Accounts, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

use crate::commands::shared::{after_login, switch};
use block::{Block, Keys, Section};
use rules::{Granted, Rules, granted};

/// What a run did.
#[derive(Default)]
struct Report {
    added: usize,
    changed: Vec<String>,
    gone: Vec<String>,
}

/// Writes the profiles of a session.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let settings = Settings::load_warning(app)?;
    let rules = Rules::read(words, &settings)?;
    let config = Config::load(app)?;
    let session = session(&config, words.session.as_deref())?;
    let accounts = listed(app, &config, &settings, &session)?;
    let mut editing = Editing::begin(app)?;
    let report = apply(&mut editing, &session, &rules, &accounts, words.prune)?;
    let changed = editing.finish(app, words.dry_run)?;
    tell(app, &report, words, changed);
    Ok(0)
}

/// The session whose accounts are written: a named one.
fn session(config: &Config, wanted: Option<&str>) -> Result<SsoSession> {
    if let Some(name) = wanted {
        return config.session(&SessionName::new(name));
    }
    match config.session_names().as_slice() {
        [only] => config.session(only),
        [] => Err(Error::config("there is no `[sso-session]` in the configuration")
            .hint("run `ssoenv configure`")),
        several => {
            let names: Vec<_> = several.iter().map(|name| format!("`{name}`")).collect();
            Err(Error::usage(format!("there are several sessions: {}", names.join(", ")))
                .hint("add `--sso-session SESSION`"))
        }
    }
}

/// All accounts and roles, as the portal has them now.
fn listed(
    app: &App,
    config: &Config,
    settings: &Settings,
    session: &SsoSession,
) -> Result<Accounts> {
    let connection = config.connection(None)?;
    let policy = switch::login_policy(settings);
    let request =
        SessionRequest { session, connection: &connection, policy: &policy, profile: None };
    match after_login::accounts(app, Wanted::Roles, request, true) {
        (accounts, None) => Ok(accounts),
        // With a part of the roles, names and what is gone would come out wrong.
        (_, Some(error)) => Err(error.hint("run `ssoenv sync` again: nothing was written")),
    }
}

fn apply(
    editing: &mut Editing,
    session: &SsoSession,
    rules: &Rules,
    accounts: &Accounts,
    prune: bool,
) -> Result<Report> {
    let name = session.label();
    let eol = editing.config.eol();
    let mut block = Block::find(&editing.config, name)?;
    let granted: Vec<Granted> = granted(accounts);
    let mut report = Report::default();
    let is_granted: HashSet<(&str, &str)> =
        granted.iter().map(|g| (g.account_id, g.role)).collect();
    let ours = |section: &Section| section.get("sso_session") == Some(name);
    let is_gone = |section: &Section| {
        ours(section) && role_of(section).is_some_and(|role| !is_granted.contains(&role))
    };
    report.gone =
        block.sections.iter().filter(|s| is_gone(s)).filter_map(|s| s.profile.clone()).collect();
    if prune {
        block.remove(eol, is_gone);
    }
    let known: HashMap<(String, String), usize> = block
        .sections
        .iter()
        .enumerate()
        .filter(|(_, section)| ours(section))
        .filter_map(|(at, section)| {
            role_of(section).map(|(a, r)| ((a.to_owned(), r.to_owned()), at))
        })
        .collect();
    let mut taken = taken(editing, &block)?;
    for role in granted.iter().filter(|role| rules.wants(role)) {
        let keys = rules.keys(role, name);
        if let Some(&at) = known.get(&(role.account_id.to_owned(), role.role.to_owned())) {
            update(&mut block.sections[at], &keys, rules, &mut report)?;
        } else {
            let base = rules.template.name(&role.fields(name));
            let profile = template::unique(&base, role.account_id, &mut taken);
            block.sections.push(Section::new(&profile, keys, eol));
            report.added += 1;
        }
    }
    block.put(&mut editing.config, name)?;
    Ok(report)
}

/// Account and role of a section.
fn role_of(section: &Section) -> Option<(&str, &str)> {
    Some((section.get("sso_account_id")?, section.get("sso_role_name")?))
}

/// Names in use, in lower case: of both files, and of what stays in the block.
fn taken(editing: &Editing, block: &Block) -> Result<HashSet<String>> {
    let config = editing.preview()?;
    let (start, end) = block.range;
    let parsed = editing.config.parsed();
    // The block's own profiles count as far as they are still in it.
    let inside: HashSet<&str> = parsed
        .sections()
        .iter()
        .filter(|s| (start..end).contains(&(s.header.start as usize)))
        .map(|s| parsed.str(s.name))
        .collect();
    let mut taken: HashSet<String> = config
        .names()
        .map(crate::domain::names::ProfileName::as_str)
        .filter(|name| {
            let title = crate::config::header::profile_section(name);
            !inside.contains(&*title)
                || editing.credentials.has(&crate::config::edit::Name::profile(*name))
        })
        .map(str::to_lowercase)
        .collect();
    taken.extend(block.sections.iter().filter_map(|s| s.profile.as_deref()).map(str::to_lowercase));
    Ok(taken)
}

/// Brings a section that is there to what flags ask for; other keys stay as they are.
fn update(section: &mut Section, keys: &Keys, rules: &Rules, report: &mut Report) -> Result<()> {
    for (key, value) in keys {
        let asked = match key.as_str() {
            "region" => !rules.region.is_empty(),
            "output" => !rules.output.is_empty(),
            _ => false,
        };
        let old = section.get(key).map(str::to_owned);
        if !asked || old.as_deref() == Some(value) {
            continue;
        }
        section.set(key, value)?;
        let profile = section.profile.as_deref().unwrap_or_default();
        report.changed.push(match old {
            Some(old) => format!("`{key}` of `{profile}` was `{old}`, and is now `{value}`"),
            None => format!("`{key}` of `{profile}` is now `{value}`"),
        });
    }
    Ok(())
}

fn tell(app: &App, report: &Report, words: &Words, changed: bool) {
    for change in &report.changed {
        app.term.say(change);
    }
    if !report.gone.is_empty() {
        let names = report.gone.join(", ");
        if words.prune {
            app.term.say(&format!("no longer granted, and removed: {names}"));
        } else {
            app.term.warn(&format!("no longer granted: {names}"));
            app.term.hint("run `ssoenv sync --prune` to remove them");
        }
    }
    let verb = if words.dry_run { "would be added" } else { "added" };
    if changed {
        let (added, other) = (report.added, report.changed.len());
        app.term.say(&format!("{added} profiles {verb}, {other} values changed"));
    } else {
        app.term.say("nothing to change");
    }
}
