//! Credentials that should be replaced, and could not be.

use crate::domain::credentials::{Credentials, Freshness};
use crate::domain::{Error, Kind, Result};
use crate::identity::store::roles::Cached;
use crate::io::App;

/// What lives is used with a warning instead of `error`; of what is dead, the error remains.
pub fn instead(app: &App, what: &str, before: Option<Cached>, error: Error) -> Result<Credentials> {
    let alive = before.filter(|cached| cached.freshness != Freshness::Expired);
    let Some(cached) = alive.filter(|_| error.kind != Kind::Interrupted) else {
        return Err(error);
    };
    let left = cached
        .credentials
        .expiration
        .map_or(0, |at| (at.seconds() - app.clock.now().seconds()).max(0) / 60);
    app.term.warn(&format!(
        "the credentials of {what} were not renewed and end in {left} minutes ({error})"
    ));
    for hint in &error.hints {
        app.term.hint(hint);
    }
    Ok(cached.credentials)
}
