//! What a person can switch to: the profiles, and the accounts and roles of the kept directory that no
//! profile has.

use std::collections::HashSet;

use super::choice::Choice;
use super::session;
use crate::config::Config;
use crate::domain::Result;
use crate::domain::active::Recall;
use crate::domain::label::clean;
use crate::domain::names::SessionName;
use crate::domain::profile::SsoSession;
use crate::identity::accounts;
use crate::io::App;

/// A profile, or an account and role; raw.
#[derive(Clone, Debug)]
pub struct Row {
    /// Empty where no profile has the role.
    pub profile: String,
    pub account_id: String,
    /// Empty where it is not known.
    pub account_name: String,
    pub role: String,
    /// The profile's Region.
    pub region: String,
    /// The session's name.
    pub session: String,
    /// Where in [`Rows::sessions`] the role of a row without a profile is.
    pub of_session: Option<usize>,
}

/// All rows, and the sessions that they are of.
pub struct Rows {
    /// The profiles first.
    pub rows: Vec<Row>,
    /// The sessions that count.
    pub sessions: Vec<SsoSession>,
}

impl Row {
    /// What a command is told about it.
    pub fn choice(&self) -> Choice {
        if self.of_session.is_none() {
            return Choice::profile(self.profile.clone());
        }
        let session = (!self.session.is_empty()).then(|| self.session.clone());
        Choice::role(&self.account_id, &self.role, session)
    }

    /// The name that the history knows it by.
    pub fn history_name(&self) -> String {
        if self.of_session.is_none() {
            return self.profile.clone();
        }
        let session = (!self.session.is_empty()).then(|| self.session.as_str().into());
        let (account_id, role) = (self.account_id.as_str().into(), self.role.as_str().into());
        Recall::Role { account_id, role, session }.text()
    }

    /// The account as people know it.
    pub fn account(&self) -> &str {
        if self.account_name.is_empty() { &self.account_id } else { &self.account_name }
    }

    /// The names that it is found by.
    pub fn names(&self) -> [&str; 4] {
        [&self.profile, &self.account_name, &self.account_id, &self.role]
    }

    /// `Admin in Acme Prod (111122223333)`.
    pub fn place(&self) -> String {
        let account = match (&*self.account_name, &*self.account_id) {
            ("", id) => id.to_owned(),
            (name, id) => format!("{name} ({id})"),
        };
        match (&*self.role, &*account) {
            ("", account) => account.to_owned(),
            (role, "") => role.to_owned(),
            (role, account) => format!("{role} in {account}"),
        }
    }

    /// All of it for a message: `prod` in backticks, and its place.
    pub fn described(&self) -> String {
        let (profile, place) = (clean(&self.profile), self.place());
        match (&*profile, clean(&place)) {
            ("", place) => place.into_owned(),
            (profile, place) if place.is_empty() => format!("`{profile}`"),
            (profile, place) => format!("`{profile}`: {place}"),
        }
    }
}

impl Rows {
    /// Everything that the files and the kept directory know; `session` narrows it.
    pub fn load(app: &App, config: &Config, session: Option<&str>) -> Result<Self> {
        Self::of(app, config, session::readable_sessions(app, config)?, session)
    }

    /// The same, of sessions that were read before.
    pub fn of(
        app: &App,
        config: &Config,
        mut sessions: Vec<SsoSession>,
        session: Option<&str>,
    ) -> Result<Self> {
        if let Some(only) = session {
            let is_it = |name: &SessionName| name.as_str() == only;
            sessions.retain(|session| session.name.as_ref().is_some_and(is_it));
        }
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
        Ok(Self { rows, sessions })
    }
}
