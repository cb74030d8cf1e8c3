//! The list that a person chooses from where no profile was named: the profiles, and the accounts
//! and roles of the directory that no profile has; the most used first.

use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::config::history::History;
use crate::config::settings::Settings;
use crate::domain::active::Recall;
use crate::domain::label::{cell_width, clean};
use crate::domain::names::SessionName;
use crate::domain::profile::{Source, SsoRole, SsoSession};
use crate::domain::rank::Ranking;
use crate::domain::{Error, Result, segment};
use crate::identity::{accounts, sources};
use crate::io::{App, picker};

use super::choice::Choice;
use super::session;

/// Cells of a row: name, account, role, region, what is left.
const CELLS: usize = 5;
/// Cells that the last one takes: `expired`.
const LEFT_CELLS: usize = 7;
const INSTEAD: &str = "name a profile: `ssoenv list` shows them";

/// A row of the list, raw.
#[derive(Clone, Debug)]
struct Row {
    /// Empty where no profile has the role.
    profile: String,
    account_id: String,
    account_name: String,
    role: String,
    region: String,
    session: String,
    /// Where in [`List::sessions`] the role of a row without a profile is.
    of_session: Option<usize>,
}

struct List<'a> {
    app: &'a App,
    config: &'a Config,
    sessions: Vec<SsoSession>,
    rows: Vec<Row>,
    /// What is left of the credentials of rows that were shown.
    left: HashMap<usize, String>,
}

/// Lets a person choose; `session` narrows the list. Esc and Ctrl-C are [`Error::interrupted`], and
/// without a terminal it is wrong usage.
pub fn choose(
    app: &App,
    config: &Config,
    settings: &Settings,
    session: Option<&str>,
) -> Result<Choice> {
    let mut list = List::of(app, config, session)?;
    if list.rows.is_empty() {
        return Err(Error::config("there is no profile to choose from")
            .hint("run `ssoenv configure`, or `ssoenv roles` to learn what there is"));
    }
    let ranking = list.ranking();
    let own = app.env.non_empty("SSOENV_PICKER").or_else(|| settings.general.picker.clone());
    let chosen = match own.as_deref().filter(|own| *own != "builtin") {
        Some(command) => picker::choose_with(app, command, &mut list, &ranking, INSTEAD)?,
        None => picker::choose(app, &mut list, ranking, INSTEAD)?,
    };
    Ok(list.rows[chosen].choice())
}

impl Row {
    fn choice(&self) -> Choice {
        if self.of_session.is_none() {
            return Choice::profile(self.profile.clone());
        }
        let session = (!self.session.is_empty()).then(|| self.session.clone());
        Choice::role(&self.account_id, &self.role, session)
    }

    /// The name that the history knows it by.
    fn history_name(&self) -> String {
        if self.of_session.is_none() {
            return self.profile.clone();
        }
        let session = (!self.session.is_empty()).then(|| self.session.as_str().into());
        let (account_id, role) = (self.account_id.as_str().into(), self.role.as_str().into());
        Recall::Role { account_id, role, session }.text()
    }

    fn account(&self) -> &str {
        if self.account_name.is_empty() { &self.account_id } else { &self.account_name }
    }
}

impl<'a> List<'a> {
    fn of(app: &'a App, config: &'a Config, session: Option<&str>) -> Result<Self> {
        let names = accounts::names(app);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let mut rows: Vec<Row> = config
            .summaries()
            .map(|summary| Row {
                profile: summary.profile.as_str().to_owned(),
                account_id: text(summary.account_id),
                account_name: text(summary.account_id.and_then(|id| names.get(id))),
                role: text(summary.role),
                region: text(summary.region),
                session: text(summary.session),
                of_session: None,
            })
            .collect();
        let sessions = session::readable_sessions(app, config)?;
        let mut found = Vec::new();
        {
            let key = |row: &Row| (row.account_id.clone(), row.role.clone(), row.session.clone());
            let covered: HashSet<_> = rows.iter().map(key).collect();
            for (at, session) in sessions.iter().enumerate() {
                let name = text(session.name.as_ref().map(SessionName::as_str));
                for account in accounts::load(app, session)?.into_iter().flat_map(|d| d.accounts) {
                    let row = Row {
                        profile: String::new(),
                        account_id: account.id,
                        account_name: account.name.unwrap_or_default(),
                        role: String::new(),
                        region: String::new(),
                        session: name.clone(),
                        of_session: Some(at),
                    };
                    let roles = account.roles.into_iter().flatten();
                    let new = roles.map(|role| Row { role, ..row.clone() });
                    found.extend(new.filter(|row| !covered.contains(&key(row))));
                }
            }
        }
        rows.extend(found);
        if let Some(session) = session {
            rows.retain(|row| row.session == session);
        }
        Ok(Self { app, config, sessions, rows, left: HashMap::new() })
    }

    fn ranking(&self) -> Ranking {
        let history = History::load(self.app);
        let weights = history.weights(self.app);
        Ranking::new(self.rows.iter().map(|row| {
            let weight = weights.get(&*row.history_name()).copied().unwrap_or_default();
            ([&*row.profile, &*row.account_name, &*row.account_id, &*row.role], weight)
        }))
    }

    /// `53m`, `expired`, or nothing where no credentials are cached.
    fn left(&mut self, at: usize) -> String {
        if let Some(known) = self.left.get(&at) {
            return known.clone();
        }
        let row = &self.rows[at];
        let source = match row.of_session {
            Some(session) => Some(Source::Sso(SsoRole {
                session: self.sessions[session].clone(),
                account_id: row.account_id.as_str().into(),
                role_name: row.role.as_str().into(),
            })),
            None => self.config.target(&row.profile.as_str().into()).ok().map(|t| t.source),
        };
        let cached = source.and_then(|source| sources::cached(self.app, &source).ok().flatten());
        let now = self.app.clock.now();
        let left = match cached.and_then(|cached| cached.credentials.expiration) {
            Some(end) if end <= now => "expired".to_owned(),
            Some(end) => segment::left(end, now),
            None => String::new(),
        };
        self.left.insert(at, left.clone());
        left
    }
}

impl picker::Rows for List<'_> {
    fn cells(&mut self, at: usize) -> Vec<String> {
        let left = self.left(at);
        let row = &self.rows[at];
        vec![
            row.profile.clone(),
            row.account().to_owned(),
            row.role.clone(),
            row.region.clone(),
            left,
        ]
    }

    fn widths(&self) -> Vec<usize> {
        let width = |text: &str| cell_width(&clean(text));
        let mut widths = vec![0; CELLS];
        for row in &self.rows {
            let texts = [&*row.profile, row.account(), &*row.role, &*row.region];
            for (widest, text) in widths.iter_mut().zip(texts) {
                *widest = width(text).max(*widest);
            }
        }
        widths[CELLS - 1] = LEFT_CELLS;
        widths
    }

    fn preview(&mut self, at: usize) -> String {
        let left = self.left(at);
        let row = &self.rows[at];
        let account = match (&*row.account_name, &*row.account_id) {
            ("", id) => id.to_owned(),
            (name, id) => format!("{name} ({id})"),
        };
        let profile = match &*row.profile {
            "" => "no profile".to_owned(),
            name => format!("profile {name}"),
        };
        let credentials = match &*left {
            "" => String::new(),
            "expired" => "credentials expired".to_owned(),
            left => format!("credentials for {left}"),
        };
        let place = joined(&[&row.role, &account], " in ");
        let session = match &*row.session {
            "" => String::new(),
            name => format!("session {name}"),
        };
        joined(&[&profile, &place, &credentials, &row.region, &session], ", ")
    }
}

/// The texts that are not empty.
fn joined(texts: &[&str], between: &str) -> String {
    let texts: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    texts.join(between)
}
