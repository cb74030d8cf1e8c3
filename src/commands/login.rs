//! `ssoenv login`: a token for a session, by refresh or by a person.
#![allow(clippy::doc_markdown, reason = "these texts are read on a terminal")]

use clap::Args;

use super::shared::login::{self, Redirect, Wish};
use super::shared::rows::Rows;
use super::shared::{Completes, after_login, console_login, region, session, sought};
use crate::config::Config;
use crate::config::settings::Settings;
use crate::domain::names::{ProfileName, SessionName};
use crate::domain::profile::SsoSession;
use crate::domain::{Error, Kind, Result};
use crate::identity::LoginPolicy;
use crate::identity::session::access::{Obtained, Way};
use crate::identity::session::request::SessionRequest;
use crate::io::App;

/// Log in to IAM Identity Center, or to the console for a `login_session` profile
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  ssoenv login                              Log in through the browser
  ssoenv login prod --device-code           Log in with a code
  ssoenv login --all                        Log in to every session")]
pub struct Words {
    /// Profile whose session to log in to, or parts of the names of profile, account and role
    #[arg(value_name = "WORD", conflicts_with = "session", add = Completes::Word)]
    typed: Vec<String>,
    /// Session to log in to
    #[arg(long = "sso-session", value_name = "SESSION", add = Completes::Session)]
    session: Option<SessionName>,
    /// Log in to every session, one after another
    #[arg(long, conflicts_with_all = ["typed", "session", "region"])]
    all: bool,
    /// Show a code to enter on any device
    #[arg(long)]
    device_code: bool,
    /// Do not open a browser: print the URL, paste the answer
    #[arg(long)]
    no_browser: bool,
    /// Where the browser comes back to.
    #[command(flatten)]
    redirect: Redirect,
    /// Region to sign in to the console in
    #[arg(long, conflicts_with = "session", add = Completes::Region)]
    region: Option<String>,
    /// Log in even if the token is good
    #[arg(long)]
    force: bool,
}

/// Logs in, and says on standard error how that ended. Nothing goes to standard output.
pub fn run(app: &App, words: &Words) -> Result<u8> {
    let config = Config::load(app)?;
    region::check(app, words.region.as_deref())?;
    let settings = Settings::load_warning(app)?;
    let (profile, named) = match words.typed.as_slice() {
        [] => (None, words.session.clone()),
        typed => session_of(app, &config, &settings, typed)?,
    };
    let policy = LoginPolicy {
        device_code: words.device_code,
        no_browser: words.no_browser,
        force: words.force,
        ..words.redirect.of(login::policy(app, &settings, Wish::Told)?)
    };
    if words.all {
        return all(app, &config, &policy);
    }
    if named.is_none()
        && let Some(chosen) = console_login::choose(app, &config, profile.as_ref())?
    {
        console_login::log_in(app, &config, &chosen, &policy, words.region.as_deref())?;
        return Ok(0);
    }
    let chosen = session::choose(app, &config, profile.as_ref(), named.as_ref())?;
    let (session, profile) = (&chosen.session, chosen.profile.as_ref());
    let request =
        SessionRequest { session, connection: &chosen.connection, policy: &policy, profile };
    log_in(app, request)?;
    Ok(0)
}

/// Logs in to each session; one that fails stops no other. Gives the worst code. Console logins are not
/// among them: who signs in there depends on what the browser is signed in to.
fn all(app: &App, config: &Config, policy: &LoginPolicy) -> Result<u8> {
    let named = config.sessions();
    let sessions = if named.is_empty() {
        config.legacy_sessions().into_iter().map(Ok).collect()
    } else {
        named
    };
    if sessions.is_empty() {
        return Err(session::none());
    }
    let (count, mut failed, mut worst) = (sessions.len(), 0, 0);
    for session in sessions {
        let done = session.and_then(|session| {
            let (connection, profile) = session::reach(app, config, &session)?;
            let (session, profile) = (&session, profile.as_ref());
            log_in(app, SessionRequest { session, connection: &connection, policy, profile })
                .map_err(|error| about(session, error))
        });
        match done {
            Ok(()) => {}
            Err(error) if error.kind == Kind::Interrupted => return Err(error),
            Err(error) => {
                app.term.report(&error);
                failed += 1;
                worst = worst.max(error.kind.exit_code());
            }
        }
    }
    let sessions = if count == 1 { "1 session".to_owned() } else { format!("{count} sessions") };
    app.term.say(&format!("{sessions}: {} logged in, {failed} failed", count - failed));
    Ok(worst)
}

/// The error with the session that it is about.
fn about(session: &SsoSession, error: Error) -> Error {
    Error { what: format!("{}: {}", session.label(), error.what), ..error }
}

/// Logs in, and says how that ended.
fn log_in(app: &App, request: SessionRequest) -> Result<()> {
    let Obtained { token, way } = after_login::token(app, request)?;
    let label = request.session.label();
    let until = token.expires_at.to_rfc3339();
    app.term.say(&match way {
        Way::Kept => format!("Already logged in to `{label}` until {until}."),
        Way::Refreshed => format!("The session `{label}` was refreshed, until {until}."),
        Way::LoggedIn => format!("Logged in to `{label}` until {until}."),
    });
    Ok(())
}

/// The profile, or the session, that words mean. Rows of one session need no choice.
fn session_of(
    app: &App,
    config: &Config,
    settings: &Settings,
    words: &[String],
) -> Result<(Option<ProfileName>, Option<SessionName>)> {
    let name = words.join(" ");
    if config.has_profile(&name) {
        return Ok((Some(ProfileName::new(name)), None));
    }
    let rows = Rows::load(app, config, None)?;
    if let Some(session) = sought::only_session(&rows.rows, words) {
        return Ok((None, Some(SessionName::new(session))));
    }
    let row = sought::row(app, config, settings, words, rows, None)?;
    Ok(match row.of_session {
        None => (Some(ProfileName::new(row.profile)), None),
        // A legacy portal has no name: it is chosen as without words.
        Some(_) => (None, (!row.session.is_empty()).then(|| SessionName::new(row.session))),
    })
}
