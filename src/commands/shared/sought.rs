//! WORD…: what a person types for a profile, or an account and role. An exact name first, else parts
//! of names. What programs call takes a [`Choice`] instead: exact names alone.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use std::collections::BTreeMap;

use clap::Args;

use super::choice::{ByRole, Choice};
use super::guard::Consent;
use super::rows::{Row, Rows};
use super::{Completes, pick};
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::label::{invisible, sanitize};
use crate::domain::names::AccountId;
use crate::domain::parts::Parts;
use crate::domain::{Error, Result};
use crate::identity::accounts;
use crate::io::{App, picker};

/// How many rows an error lists.
const LISTED: usize = 10;

/// A profile, or an account and role, by names or parts of names.
#[derive(Args, Clone, Debug, Default)]
pub struct Sought {
    /// Profile, or parts of the names of profile, account and role
    #[arg(value_name = "WORD", add = Completes::Word)]
    pub words: Vec<String>,
    /// The account and role.
    #[command(flatten)]
    pub by_role: ByRole,
}

/// What the words mean.
#[derive(Clone, Debug)]
pub struct Found {
    /// The exact names.
    pub choice: Choice,
    /// Whether parts of names led to it: then nobody has typed what it is.
    pub by_parts: bool,
}

impl Found {
    /// How a person agrees to it, where that is wanted.
    pub const fn consent(&self) -> Consent<'static> {
        if self.by_parts { Consent::Anew } else { Consent::Asked }
    }

    const fn exactly(choice: Choice) -> Self {
        Self { choice, by_parts: false }
    }
}

impl Sought {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.by_role.account.is_none() && self.by_role.role.is_none()
    }

    /// Exact names for the words. Parts that fit one row alone are taken, and standard error says which
    /// one it is; of several a person chooses.
    ///
    /// # Errors
    /// `Config` where nothing fits; `Usage` where several rows do and nobody can be asked;
    /// `Interrupted`.
    pub fn find(&self, app: &App, config: &Config, settings: &Settings) -> Result<Found> {
        let by_role = self.by_role.clone();
        if self.words.is_empty() {
            return account(app, config, settings, by_role);
        }
        let name = self.words.join(" ");
        let mixed = by_role.account.is_some() || by_role.role.is_some();
        if mixed || config.has_profile(&name) {
            return Ok(Found::exactly(Choice {
                profile: Some(name),
                by_role,
                ..Choice::default()
            }));
        }
        let only = by_role.session.as_deref();
        let rows = Rows::load(app, config, only)?;
        let row = row(app, config, settings, &self.words, rows, only)?;
        Ok(Found { choice: row.choice(), by_parts: true })
    }
}

/// The one of these rows that words mean which are no exact name; `session` is the only one that they
/// are of.
pub fn row(
    app: &App,
    config: &Config,
    settings: &Settings,
    words: &[String],
    Rows { mut rows, sessions }: Rows,
    session: Option<&str>,
) -> Result<Row> {
    let parts = Parts::of(words);
    let fitting: Vec<usize> = (0..rows.len()).filter(|&at| parts.fit(rows[at].names())).collect();
    let name = words.join(" ");
    match fitting[..] {
        [at] => {
            let row = rows.swap_remove(at);
            let hidden = row.names().into_iter().find_map(invisible);
            let hidden = hidden.map(|c| format!(", with a character that cannot be seen ({c})"));
            app.term.say(&format!("`{name}` is {}{}", row.described(), hidden.unwrap_or_default()));
            Ok(row)
        }
        [] => {
            let error = nothing(config, words, &parts, &rows);
            let is_listed = |session| accounts::load(app, session).is_ok_and(|kept| kept.is_some());
            Err(if sessions.iter().all(is_listed) {
                error
            } else {
                error.hint("run `ssoenv use` to choose from all accounts and roles: they are not listed yet")
            })
        }
        _ if picker::is_possible(app) => {
            pick::among(app, config, settings, Rows { rows, sessions }, session, &name)
        }
        _ => {
            let fitting: Vec<_> = fitting.iter().map(|&at| rows[at].described()).collect();
            Err(several(&name, "profiles and roles", &fitting)
                .hint("add a word, or give a profile's whole name"))
        }
    }
}

/// The session of all rows that the words fit, if it is the same one.
pub fn only_session<'a>(rows: &'a [Row], words: &[String]) -> Option<&'a str> {
    let parts = Parts::of(words);
    let mut fitting = rows.iter().filter(|row| parts.fit(row.names())).map(|row| &*row.session);
    let first = fitting.next().filter(|session| !session.is_empty())?;
    fitting.all(|session| session == first).then_some(first)
}

fn nothing(config: &Config, words: &[String], parts: &Parts, rows: &[Row]) -> Error {
    let name = words.join(" ");
    let near = parts.nearest(rows.iter().flat_map(Row::names));
    // One word may be a profile's name with a slip in it: more can be said about that.
    let error = match words {
        [word] => config.not_found(word),
        _ => nothing_fits("profile, account or role", words, None),
    };
    let is_said = words.len() == 1 && config.nearest_profile(&name).is_some();
    match near.filter(|_| !is_said) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if words.len() > 1 => error.hint("run `ssoenv list` to see the profiles"),
        None => error,
    }
}

/// The error of a listing for words that fit no row, and what was probably meant.
pub fn nothing_fits(what: &str, words: &[String], near: Option<String>) -> Error {
    let error = Error::config(format!("no {what} matches `{}`", words.join(" ")));
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// The error for words that fit several, of which it lists some.
fn several(name: &str, what: &str, fitting: &[String]) -> Error {
    Error::usage(format!("`{name}` matches {} {what}", fitting.len())).choices(fitting, LISTED)
}

/// `--account` by parts of its name or ID, unless it is the exact one of an account that is known.
fn account(app: &App, config: &Config, settings: &Settings, by_role: ByRole) -> Result<Found> {
    let exact = |by_role| Ok(Found::exactly(Choice { by_role, ..Choice::default() }));
    let (Some(text), Some(role)) = (&by_role.account, &by_role.role) else { return exact(by_role) };
    if AccountId::is_valid(text) {
        return exact(by_role);
    }
    let Rows { rows, sessions } = Rows::load(app, config, by_role.session.as_deref())?;
    let parts = Parts::of(&[text]);
    let mut known = BTreeMap::new();
    for session in &sessions {
        for entry in accounts::load(app, session)?.into_iter().flat_map(|known| known.accounts) {
            if entry.is_called(text) {
                return exact(by_role);
            }
            known.insert(entry.id, entry.name.unwrap_or_default());
        }
    }
    for row in rows.iter().filter(|row| !row.account_id.is_empty()) {
        known.entry(row.account_id.clone()).or_insert_with(|| row.account_name.clone());
    }
    if known.values().any(|name| name == text) {
        return exact(by_role);
    }
    known.retain(|id, name| parts.fit([&**id, &**name]));
    let described = |(id, name): (&String, &String)| sanitize(&format!("{name} ({id})"));
    match known.len() {
        // A directory that is not known yet may have it.
        0 => exact(by_role),
        1 => {
            let (id, name) = known.first_key_value().expect("one is there");
            app.term.say(&format!("`{text}` is {}", described((id, name))));
            let choice = Choice::role(id, role, by_role.session.clone());
            Ok(Found { choice, by_parts: true })
        }
        _ if picker::is_possible(app) => {
            let query = format!("{text} {role}");
            let (rows, only) = (Rows { rows, sessions }, by_role.session.as_deref());
            let row = pick::among(app, config, settings, rows, only, &query)?;
            Ok(Found { choice: row.choice(), by_parts: true })
        }
        _ => {
            let fitting: Vec<_> = known.iter().map(described).collect();
            Err(several(text, "accounts", &fitting)
                .hint("give the account's ID, or its whole name"))
        }
    }
}
