//! Credentials cached or fetched, whatever they are of: cached ones while they will do, else new ones
//! that one of many processes fetches; and where those cannot be had, the cached ones while they
//! live.

use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Kind, Result};
use crate::identity::store::entry::{Cached, Entry};
use crate::identity::store::turn::Turn;
use crate::io::App;

/// Which cached credentials will do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// None of those that there were at the start.
    pub fresh: bool,
    /// Seconds that they must live at least.
    pub min_ttl: i64,
}

impl Wanted {
    /// Whether they are good, and live as long as is wanted.
    pub fn is_met(self, cached: &Cached, now: Timestamp) -> bool {
        cached.freshness == Freshness::Fresh && self.is_long_enough(cached, now)
    }

    fn is_long_enough(self, cached: &Cached, now: Timestamp) -> bool {
        let left = cached.credentials.left(now);
        left.is_none_or(|left| left >= self.min_ttl)
    }
}

/// The credentials of an entry. `prepare` does what may take a person minutes, and holds up nobody
/// else; `fetch` does the rest, in one process at a time.
///
/// # Errors
/// Those of `prepare` and `fetch`, unless there are cached credentials that live.
pub fn cached_or_fetched<T>(
    app: &App,
    entry: &Entry,
    label: &str,
    wanted: Wanted,
    prepare: impl FnOnce() -> Result<T>,
    fetch: impl FnOnce(T) -> Result<Credentials>,
) -> Result<Credentials> {
    let before = entry.load(app)?;
    let now = app.clock.now();
    if let Some(cached) = before.as_ref().filter(|c| !wanted.fresh && wanted.is_met(c, now)) {
        log::info!("credentials of {label}: cache hit");
        return Ok(cached.credentials.clone());
    }
    log::info!("credentials of {label}: cache miss");
    let fetched = prepare().and_then(|prepared| {
        let turn = Turn::at_role(app, &entry.hash)?;
        // Another process may have fetched them while this one waited.
        if let Some(cached) = entry.load(app)?
            && before.as_ref().is_none_or(|before| before.credentials != cached.credentials)
            && wanted.is_met(&cached, app.clock.now())
        {
            return Ok(cached.credentials);
        }
        let credentials = turn.work(|| fetch(prepared))?;
        if let Err(error) = entry.store(app, &credentials) {
            // They are good all the same.
            app.term.warn(&format!("the credentials were not cached: {error}"));
        }
        Ok(credentials)
    });
    let spare = before.filter(|cached| {
        let alive = cached.freshness != Freshness::Expired;
        alive && !wanted.fresh && wanted.is_long_enough(cached, now)
    });
    match (fetched, spare) {
        (Err(error), Some(cached)) if error.kind != Kind::Interrupted => {
            warn_ending(app, label, &cached.credentials, &error);
            Ok(cached.credentials)
        }
        (fetched, _) => fetched,
    }
}

fn warn_ending(app: &App, label: &str, credentials: &Credentials, error: &Error) {
    let left = credentials.left(app.clock.now()).unwrap_or(0).max(0) / 60;
    app.term.warn(&format!(
        "the credentials of {label} were not renewed and end in {left} minutes ({error})"
    ));
    error.hints.iter().for_each(|hint| app.term.hint(hint));
}
