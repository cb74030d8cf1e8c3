//! The list that a person chooses from where no profile was named, or several fit: the most used
//! first.

use std::collections::HashMap;

use crate::config::Config;
use crate::config::history::History;
use crate::config::settings::Settings;
use crate::domain::label::{cell_width, clean};
use crate::domain::names::SessionName;
use crate::domain::profile::{Source, SsoRole, SsoSession};
use crate::domain::rank::Ranking;
use crate::domain::{Error, Result, segment};
use crate::identity::accounts::Wanted;
use crate::identity::session::request::SessionRequest;
use crate::identity::{LoginPolicy, sources};
use crate::io::{App, picker};

use super::after_login;
use super::choice::Choice;
use super::growth::Growth;
use super::rows::{Row, Rows};
use super::session::{self, Chosen};

/// Cells of a row: name, account, role, region, what is left.
const CELLS: usize = 5;
/// Cells that the last one takes: `expired`.
const LEFT_CELLS: usize = 7;
const INSTEAD: &str = "name a profile: `ssoenv list` shows them";

struct List<'a> {
    app: &'a App,
    config: &'a Config,
    /// The only session that rows may be of.
    only: Option<&'a str>,
    growth: Growth,
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
    policy: &LoginPolicy,
) -> Result<Choice> {
    let mut rows = Rows::load(app, config, session)?;
    if rows.rows.is_empty() {
        // A session that does not exist is for the login to name.
        if (session.is_none() && rows.sessions.is_empty()) || !picker::is_possible(app) {
            return Err(Error::config("there is no profile to choose from")
                .hint("run `ssoenv configure` to make one"));
        }
        log_in(app, config, settings, session, policy)?;
        rows = Rows::of(app, config, rows.sessions, session)?;
    }
    among(app, config, settings, rows, session, "").map(|row| row.choice())
}

/// A list without any row begins with a login: what the session offers comes while it is open, and
/// before a picker of the user's own.
fn log_in(
    app: &App,
    config: &Config,
    settings: &Settings,
    session: Option<&str>,
    policy: &LoginPolicy,
) -> Result<()> {
    let name = session.map(SessionName::new);
    let Chosen { session, connection, profile } =
        session::choose(app, config, None, name.as_ref())?;
    let (session, profile) = (&session, profile.as_ref());
    let request = SessionRequest { session, connection: &connection, policy, profile };
    if own_picker(app, settings).is_none() {
        return after_login::token(app, request).map(drop);
    }
    match after_login::accounts(app, Wanted::Roles, request, false) {
        (_, Some(error)) => Err(error),
        _ => Ok(()),
    }
}

fn own_picker(app: &App, settings: &Settings) -> Option<String> {
    let own = app.env.non_empty("SSOENV_PICKER").or_else(|| settings.general.picker.clone());
    own.filter(|own| own != "builtin")
}

/// The same among these rows, with a query that is typed already.
pub fn among(
    app: &App,
    config: &Config,
    settings: &Settings,
    rows: Rows,
    only: Option<&str>,
    query: &str,
) -> Result<Row> {
    let Rows { rows, sessions } = rows;
    // Nobody is asked, nothing is asked for.
    let growing = if picker::is_possible(app) { &*sessions } else { &[] };
    let growth = Growth::start(app, growing);
    let mut list = List { app, config, only, growth, sessions, rows, left: HashMap::new() };
    let ranking = list.ranking();
    let chosen = match own_picker(app, settings) {
        Some(command) => picker::choose_with(app, &command, &mut list, ranking, query, INSTEAD)?,
        None => picker::choose(app, &mut list, ranking, query, INSTEAD)?,
    };
    Ok(list.rows.swap_remove(chosen))
}

impl List<'_> {
    fn ranking(&self) -> Ranking {
        let history = History::load(self.app);
        let weights = history.weights(self.app);
        Ranking::new(self.rows.iter().map(|row| {
            let weight = weights.get(&*row.history_name()).copied().unwrap_or_default();
            (row.names(), weight)
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

    fn is_growing(&self) -> bool {
        self.growth.is_on()
    }

    fn grown(&mut self, chosen: Option<usize>) -> Option<(Ranking, Option<usize>)> {
        if !self.growth.has_come(self.app) {
            return None;
        }
        let chosen = chosen.map(|at| self.rows[at].history_name());
        let sessions = std::mem::take(&mut self.sessions);
        let grown = Rows::of(self.app, self.config, sessions.clone(), self.only);
        self.sessions = sessions;
        self.rows = grown.ok()?.rows;
        self.left.clear();
        let is_it = |row: &Row| chosen.as_ref().is_some_and(|name| row.history_name() == *name);
        Some((self.ranking(), self.rows.iter().position(is_it)))
    }

    fn preview(&mut self, at: usize) -> String {
        let left = self.left(at);
        let row = &self.rows[at];
        let profile = match &*row.profile {
            "" => "no profile".to_owned(),
            name => format!("profile {name}"),
        };
        let credentials = match &*left {
            "" => String::new(),
            "expired" => "credentials expired".to_owned(),
            left => format!("credentials for {left}"),
        };
        let place = row.place();
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
