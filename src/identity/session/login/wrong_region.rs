//! A login that failed because of `sso_region`, told with the right Region where it can be found.

use crate::config::Config;
use crate::domain::region::Naming;
use crate::domain::{Error, Kind, Result};
use crate::identity::instance::region::{Discovered, discover, likely};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

/// The error of a login whose start URL the configured Region does not know, or whose Region does
/// not answer and may be misspelled; with the Region that does know it, if it can be found.
pub fn explain(app: &App, request: SessionRequest, error: Error) -> Result<Error> {
    let SessionRequest { session, connection, .. } = request;
    let (region, section) = (&session.region, request.section());
    let likely = Config::load(app).map(|config| likely(app, &config)).unwrap_or_default();
    let found = match discover(app, connection, &session.start_url, &likely) {
        Ok(found) => found,
        Err(error) if error.kind == Kind::Interrupted => return Err(error),
        Err(_) => Discovered::Unknown,
    };
    let set =
        |right: &str| format!("set `sso_region = {right}` in {section}: run `ssoenv doctor --fix`");
    // Nothing answered in a Region that nobody knows, and the others do answer.
    let nameless = error.kind == Kind::Service;
    let meant = Naming::of(region.as_str()).meant();
    Ok(match found.region() {
        Some(right) if right != region => Error {
            kind: Kind::Config,
            what: format!(
                "the start URL `{}` belongs to `{right}`, not `{region}`",
                session.start_url
            ),
            hints: vec![set(right.as_str())],
            ..error
        },
        _ if found == Discovered::Nowhere && nameless => Error {
            kind: Kind::Config,
            what: format!("`sso_region = {region}` in {section} names no Region that answers"),
            hints: vec![match meant {
                Some(meant) => format!("did you mean `sso_region = {meant}`? run `ssoenv doctor`"),
                None => "check `sso_region` and `sso_start_url`: run `ssoenv doctor`".to_owned(),
            }],
            ..error
        },
        _ if found == Discovered::Nowhere => Error {
            hints: vec![format!("check `sso_start_url` in {section}: no Region knows this one")],
            ..error
        },
        // It may be new, or the network may be down; a near miss is said all the same.
        _ if nameless => match meant {
            Some(meant) => error.hint(format!(
                "or is `sso_region = {region}` in {section} misspelled? did you mean `{meant}`?"
            )),
            None => error,
        },
        _ => error,
    })
}
