//! Accounts and roles that come while a list is open: asked for by a process of its own, which keeps
//! what it has about once a second, and read from there.

use std::time::{Duration, Instant};

use super::listing;
use crate::domain::profile::SsoSession;
use crate::identity::accounts::{self, Accounts};
use crate::identity::store::tokens;
use crate::io::App;

/// A listing from which nothing has come for so long has ended.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sessions whose accounts or roles are not all there yet.
#[derive(Debug)]
pub struct Growth {
    sessions: Vec<(SsoSession, Known)>,
    /// When something came last.
    last: Instant,
}

/// How many accounts are known, and how many with their roles; `None` where all are.
type Known = Option<(usize, usize)>;

impl Growth {
    /// Asks for what is missing, and for what is old, of the sessions that have a token.
    pub fn start(app: &App, sessions: &[SsoSession]) -> Self {
        let now = app.clock.now();
        let mut growing = Vec::new();
        for session in sessions.iter().filter(|session| session.name.is_some()) {
            let token = tokens::load(app, session).ok().flatten();
            if !token.is_some_and(|token| token.expires_at > now || token.refreshable(now)) {
                continue;
            }
            let directory = accounts::load(app, session).ok().flatten();
            let is_old = directory.as_ref().is_none_or(|known| known.is_stale(now, true));
            let known = count(directory.as_ref());
            if known.is_some() || is_old {
                listing::refresh_later(session, true);
            }
            if known.is_some() {
                growing.push((session.clone(), known));
            }
        }
        Self { sessions: growing, last: Instant::now() }
    }

    /// Whether more may come.
    pub fn is_on(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// Whether something has come since this was asked last.
    pub fn has_come(&mut self, app: &App) -> bool {
        let mut come = false;
        for (session, known) in &mut self.sessions {
            let now = count(accounts::load(app, session).ok().flatten().as_ref());
            come |= now != *known;
            *known = now;
        }
        self.sessions.retain(|(_, known)| known.is_some());
        if come {
            self.last = Instant::now();
        } else if self.last.elapsed() > PATIENCE {
            self.sessions.clear();
        }
        come
    }
}

fn count(directory: Option<&Accounts>) -> Known {
    let Some(known) = directory else { return Some((0, 0)) };
    let with_roles = known.accounts.iter().filter(|account| account.roles.is_some()).count();
    (!known.has_roles()).then_some((known.accounts.len(), with_roles))
}
