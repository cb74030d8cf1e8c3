//! `sync`: a profile for every account and role, in a marked block of its own.
//!
//! Names once given stay with their role. What somebody wrote into the block stays; values that
//! flags ask for replace others, and each is said.

mod block;
mod rules;
mod words;

pub use words::Words;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::config::Config;
use crate::config::edit::Name;
use crate::config::header::profile_section;
use crate::config::settings::Settings;
use crate::config::store::Editing;
use crate::domain::names::{ProfileName, SessionName};
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Result};
use crate::identity::LoginPolicy;
use crate::identity::accounts::{Accounts, Wanted};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

use crate::commands::shared::login::{self, Wish};
use crate::commands::shared::{after_login, profile_name, region};
use block::{Block, Keys, Section};
use rules::{Granted, Rules, granted};

/// What a run did.
#[derive(Default)]
struct Report {
    added: usize,
    /// Roles that had a profile in the block.
    kept: usize,
    /// Roles that have a profile outside the block, and get no second one.
    elsewhere: usize,
    /// Filters and rules without effect.
    idle: Vec<String>,
    changed: Vec<String>,
    gone: Vec<String>,
}

/// Writes the profiles of a session.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let settings = Settings::load_warning(app)?;
    let rules = Rules::read(words, &settings)?;
    rules.region.iter().for_each(|(_, region)| region::warn_of_unknown(app, region));
    let config = Config::load(app)?;
    let session = session(&config, words.session.as_deref())?;
    let policy = words.redirect.of(login::policy(app, &settings, Wish::Implied)?);
    let accounts = listed(app, &config, &policy, &session)?;
    let mut editing = Editing::begin(app)?;
    let report = apply(&mut editing, &session, &rules, &accounts, words)?;
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
        [] => Err(Error::config("no `[sso-session]` is configured").hint("run `ssoenv configure`")),
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
    policy: &LoginPolicy,
    session: &SsoSession,
) -> Result<Accounts> {
    let connection = config.connection(None)?;
    let request = SessionRequest { session, connection: &connection, policy, profile: None };
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
    words: &Words,
) -> Result<Report> {
    let name = session.label();
    let eol = editing.config.eol();
    let mut block = Block::find(&editing.config, name)?;
    let granted: Vec<Granted> = granted(accounts);
    let mut report = Report { idle: rules.idle(&granted), ..Report::default() };
    let is_granted: HashSet<(&str, &str)> =
        granted.iter().map(|g| (g.account_id, g.role)).collect();
    let ours = |section: &Section| section.get("sso_session") == Some(name);
    let is_gone = |section: &Section| {
        ours(section) && role_of(section).is_some_and(|role| !is_granted.contains(&role))
    };
    report.gone =
        block.sections.iter().filter(|s| is_gone(s)).filter_map(|s| s.profile.clone()).collect();
    if words.prune {
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
    let config = editing.preview()?;
    let inside = inside(editing, &block);
    let outside = if words.all { HashSet::new() } else { outside(&config, &inside, name) };
    let mut taken = taken(editing, &config, &inside, &block);
    for role in granted.iter().filter(|role| rules.wants(role)) {
        let keys = rules.keys(role, name);
        if let Some(&at) = known.get(&(role.account_id.to_owned(), role.role.to_owned())) {
            report.kept += 1;
            update(&mut block.sections[at], &keys, rules, &mut report)?;
        } else if outside.contains(&(role.account_id, role.role)) {
            report.elsewhere += 1;
        } else {
            let base = rules.template.name(&role.fields(name));
            let profile = profile_name::unique(&base, role.account_id, &mut taken);
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

/// The headers in the block, as the file has them.
fn inside<'a>(editing: &'a Editing, block: &Block) -> HashSet<&'a str> {
    let (start, end) = block.range;
    let parsed = editing.config.parsed();
    let sections = parsed.sections().iter();
    let sections = sections.filter(|s| (start..end).contains(&(s.header.start as usize)));
    sections.map(|s| parsed.str(s.name)).collect()
}

/// Account and role of the session's profiles that are not in the block.
fn outside<'a>(
    config: &'a Config,
    inside: &HashSet<&str>,
    session: &str,
) -> HashSet<(&'a str, &'a str)> {
    let profiles = config.each().filter(|(name, values)| {
        values.text("sso_session") == Some(session)
            && !values.contains("role_arn")
            && !inside.contains(&*profile_section(name.as_str()))
    });
    let roles = profiles
        .filter_map(|(_, values)| values.text("sso_account_id").zip(values.text("sso_role_name")));
    roles.collect()
}

/// Names in use, in lower case: of both files, and of what stays in the block.
fn taken(
    editing: &Editing,
    config: &Config,
    inside: &HashSet<&str>,
    block: &Block,
) -> BTreeSet<String> {
    // The block's own profiles count as far as they are still in it.
    let names = config.names().map(ProfileName::as_str).filter(|name| {
        !inside.contains(&*profile_section(name)) || editing.credentials.has(&Name::profile(*name))
    });
    let kept = block.sections.iter().filter_map(|section| section.profile.as_deref());
    names.chain(kept).map(str::to_lowercase).collect()
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
    for idle in &report.idle {
        app.term.warn(idle);
    }
    for change in &report.changed {
        app.term.say(change);
    }
    if !report.gone.is_empty() {
        let names = report.gone.join(", ");
        if words.prune {
            app.term.say(&format!("no longer assigned, and removed: {names}"));
        } else {
            app.term.warn(&format!("no longer assigned: {names}"));
            app.term.hint("run `ssoenv sync --prune` to remove them");
        }
    }
    let profiles = |count: usize| format!("{count} profile{}", if count == 1 { "" } else { "s" });
    if report.elsewhere > 0 {
        let (count, s) = (report.elsewhere, if report.elsewhere == 1 { " has" } else { "s have" });
        app.term.say(&format!("{count} role{s} a profile already (`--all` writes another one)"));
    }
    if words.template.is_some() && report.kept > 0 {
        let (kept, verb) = (profiles(report.kept), if report.kept == 1 { "keeps" } else { "keep" });
        app.term.say(&format!("{kept} {verb} the name: `--template` names new profiles only"));
    }
    let verb = if words.dry_run { "would be added" } else { "added" };
    if changed {
        let (added, other) = (profiles(report.added), report.changed.len());
        app.term.say(&format!("{added} {verb}, {other} values changed"));
    } else {
        app.term.say("nothing to change");
    }
}
